//! Options of the exchange's commands: agreement, release, suspend, resume, verify, carry.

use std::path::PathBuf;

use bitacora_primitives::markings::{AgreementId, AreaId, ClauseId, ItemKind, PartyCode, Purpose};
use bitacora_primitives::{IncidentId, OfficerId, SuspensionId};
use clap::{Args, Subcommand};

use super::DataArgs;

#[derive(Debug, Args)]
pub(crate) struct AgreementArgs {
    #[command(subcommand)]
    pub(crate) act: AgreementAct,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AgreementAct {
    /// Print this node's public keys for an agreement, making them if need be
    Keys {
        agreement: AgreementId,
        /// This node's party
        #[arg(long)]
        party: PartyCode,
        /// Make a new transport key, to be named by the next version of the agreement
        #[arg(long)]
        new_transport: bool,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Check a draft, fill in what follows from its clauses, and write it ready to sign
    Draft {
        /// The draft as JSON: docs/EXCHANGE.md has an example
        file: PathBuf,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Add this node's signature: the second one makes it an agreement
    #[command(visible_alias = "countersign")]
    Sign {
        file: PathBuf,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Put an agreement that both have signed in force at this node
    Install {
        file: PathBuf,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Write a draft of the next version, which names the one in force
    #[command(visible_alias = "renew")]
    Amend {
        agreement: AgreementId,
        #[command(flatten)]
        data: DataArgs,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// End an agreement: nothing more goes out under it
    End {
        agreement: AgreementId,
        /// Officers who sign; as many as the agreement asks to amend
        #[arg(long = "officer", required = true)]
        officers: Vec<OfficerId>,
        #[arg(long)]
        reason_es: String,
        #[arg(long)]
        reason_en: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Replace this node's record key: records are signed by the new one from the next leaf on
    Rotate {
        agreement: AgreementId,
        #[arg(long)]
        reason_es: String,
        #[arg(long)]
        reason_en: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// From now on an officer's signature counts no longer: left, or a key stolen
    Dismiss {
        agreement: AgreementId,
        #[arg(long)]
        officer: OfficerId,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Trust a transport key no longer: its links end at once, and none is taken again
    Revoke {
        /// SHA-256 of the key, hex, as in the agreement
        transport: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Print the public keys that anyone verifies the logs of an agreement with
    Trust { file: PathBuf },
    /// Show a file: parties, clauses in both languages, who signed, and the compiled policies
    Show {
        file: PathBuf,
        /// The Cedar policies, too
        #[arg(long)]
        policies: bool,
    },
    /// List this node's agreements and how they stand
    List {
        #[command(flatten)]
        data: DataArgs,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ReleaseArgs {
    pub(crate) agreement: AgreementId,
    /// The item's id or its number for the radio; without it, a distress message
    #[arg(required_unless_present = "distress")]
    pub(crate) item: Option<String>,
    #[arg(long)]
    pub(crate) to: PartyCode,
    /// seizure, arrest, rescue or prosecution
    #[arg(long, default_value = "seizure")]
    pub(crate) purpose: String,
    /// Officers who sign; none leaves it to a standing flow
    #[arg(long = "officer")]
    pub(crate) officers: Vec<OfficerId>,
    /// Safety of life: what is the matter
    #[arg(long, requires_all = ["lat", "lon"], conflicts_with = "item")]
    pub(crate) distress: Option<String>,
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) lat: Option<f64>,
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) lon: Option<f64>,
    #[arg(long, requires = "distress")]
    pub(crate) persons_on_board: Option<u32>,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is stopped or resumed; without any of these, everything.
#[derive(Debug, Args)]
pub(crate) struct ScopeArgs {
    /// Only what this party gives
    #[arg(long, value_name = "PARTY")]
    pub(crate) from: Option<PartyCode>,
    /// Only what this party is given
    #[arg(long, value_name = "PARTY")]
    pub(crate) to: Option<PartyCode>,
    /// Only these kinds of item
    #[arg(long = "item", value_name = "KIND")]
    pub(crate) items: Vec<ItemKind>,
    #[arg(long = "area", value_name = "AREA")]
    pub(crate) areas: Vec<AreaId>,
    #[arg(long = "purpose", value_name = "PURPOSE")]
    pub(crate) purposes: Vec<Purpose>,
}

#[derive(Debug, Args)]
pub(crate) struct SuspendArgs {
    pub(crate) agreement: AgreementId,
    #[arg(long)]
    pub(crate) officer: OfficerId,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// A clause whose flow goes on; safety of life always does
    #[arg(long = "except", value_name = "CLAUSE")]
    pub(crate) exceptions: Vec<ClauseId>,
    #[arg(long)]
    pub(crate) reason_es: String,
    #[arg(long)]
    pub(crate) reason_en: String,
    /// As long as what, in Spanish
    #[arg(long)]
    pub(crate) until_es: String,
    /// As long as what, in English
    #[arg(long)]
    pub(crate) until_en: String,
    /// An incident of the register
    #[arg(long)]
    pub(crate) incident: Option<IncidentId>,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeArgs {
    pub(crate) agreement: AgreementId,
    pub(crate) suspension: SuspensionId,
    /// Officers who sign; as many as the agreement asks
    #[arg(long = "officer", required = true)]
    pub(crate) officers: Vec<OfficerId>,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// Which condition was met, in Spanish
    #[arg(long)]
    pub(crate) met_es: String,
    /// Which condition was met, in English
    #[arg(long)]
    pub(crate) met_en: String,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// A log's directory: `checkpoint`, `tile/`, and `records/` where the holder has them
    pub(crate) dir: PathBuf,
    /// Public keys, one a line
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: PathBuf,
    /// The partner's log directory, to hold the two against each other; found beside DIR where there is one
    #[arg(long, value_name = "DIR")]
    pub(crate) partner: Option<PathBuf>,
    /// What the log recorded inside this suspension
    #[arg(long, value_name = "SUSPENSION")]
    pub(crate) interval: Option<SuspensionId>,
    /// Structure and hashes only
    #[arg(long)]
    pub(crate) no_signatures: bool,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WitnessArgs {
    /// The signed agreement; without it, this witness's public keys are printed
    #[arg(long, value_name = "FILE", requires = "bind")]
    pub(crate) agreement: Option<PathBuf>,
    /// Its name in the agreement
    #[arg(long, default_value = "oversight")]
    pub(crate) name: String,
    /// Where the parties connect
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) bind: Option<std::net::SocketAddr>,
    #[command(flatten)]
    pub(crate) data: DataArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CarryArgs {
    #[command(subcommand)]
    pub(crate) way: CarryWay,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CarryWay {
    /// Write what the partner is not known to hold to a file for a stick
    Out {
        agreement: AgreementId,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Take in a file that the partner carried out
    In {
        file: PathBuf,
        #[command(flatten)]
        data: DataArgs,
    },
}
