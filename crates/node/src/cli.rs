//! The command line: names and options that people script against (they are kept; new ones are added beside).

pub(crate) mod accounts;
pub(crate) mod detect;
pub(crate) mod exchange;
pub(crate) mod port;
pub(crate) mod stix;
pub(crate) mod taxii;

use std::net::SocketAddr;
use std::path::PathBuf;

use bitacora_primitives::{Instant, Role};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Counter-narcotics cooperation between sovereign partners: contacts to leads, decisions to a log that verifies.
#[derive(Debug, Parser)]
#[command(name = "bitacora", version = crate::commands::VERSION, propagate_version = true, max_term_width = 110)]
pub(crate) struct Cli {
    /// Language of messages; without it the locale chooses
    #[arg(long, global = true, value_enum)]
    pub(crate) lang: Option<Lang>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Lang {
    Es,
    En,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read recordings or live feeds into the store
    #[command(after_help = "Example:\n  bitacora ingest --data ./data recording.nm4 2022-01-03.csv.gz\n  \
        bitacora ingest tcp://127.0.0.1:4001\n  zcat log.gz | bitacora ingest -\n\n\
        A recording without timestamps needs --start and --rate.")]
    Ingest(IngestArgs),
    /// Print AIS messages as JSON lines, without storing anything
    #[command(
        after_help = "Example:\n  bitacora decode --raw recording.nm4 | head\n  bitacora decode --summary recording.nm4\n  \
        bitacora decode --format parquet --out messages.parquet recording.nm4"
    )]
    Decode(DecodeArgs),
    /// Find segments, encounters, gaps, loitering, stops, port visits or identity conflicts in a table or the archive
    #[command(
        after_help = "Example:\n  bitacora detect encounters --in positions.csv --set min_minutes=30\n  \
        bitacora detect gaps --mode gfw --in positions.csv.gz --map mmsi=ssvid\n  \
        bitacora detect port-visits --in positions.parquet --anchorages anchorages.csv\n  \
        bitacora detect stops --describe\n  \
        bitacora detect --from 2026-01-01 --to 2026-02-01 --data ./data --out events/\n  \
        bitacora detect gaps --from 2026-01-01 --to 2026-01-02 --archive /mnt/positions --memory 512"
    )]
    Detect(detect::DetectArgs),
    /// Serve the page and the API, and watch the configured feeds
    #[command(
        after_help = "Example:\n  bitacora node --data ./data\n  bitacora node --replay recording.nm4 --speed 60"
    )]
    Node(NodeArgs),
    /// Serve a generated 24-hour theatre with one officer of each role
    #[command(after_help = "Example:\n  bitacora demo --speed 600")]
    Demo(DemoArgs),
    /// Add officers and list them
    #[command(after_help = "Example:\n  bitacora officer add \"Cap. M. Restrepo\" --role watch")]
    Officer(OfficerArgs),
    /// Write the generated theatre as an NMEA recording, with its truth beside it
    #[command(after_help = "Example:\n  bitacora scenario --seed 7 --out theatre.nmea --truth truth.json")]
    Scenario(ScenarioArgs),
    /// Draft, sign, install, amend and end agreements
    #[command(after_help = "Example:\n  bitacora agreement keys CO-US-MAR --party CO --data ./data\n  \
        bitacora agreement draft draft.json --out co-us.json\n  bitacora agreement sign co-us.json --data ./data")]
    Agreement(exchange::AgreementArgs),
    /// Release an item to the partner, or call for help
    #[command(
        after_help = "Example:\n  bitacora release CO-US-MAR IND-2611-0007 --to US --purpose seizure --officer off-..."
    )]
    Release(exchange::ReleaseArgs),
    /// Stop giving, whole or in part, at once: it takes effect before this returns
    #[command(
        after_help = "Example:\n  bitacora suspend CO-US-MAR --officer off-... --from CO --reason-es ... --reason-en ... \
        --until-es \"mientras sigan los ataques\" --until-en \"as long as attacks go on\""
    )]
    Suspend(exchange::SuspendArgs),
    /// End a suspension, or take a scope out of it
    #[command(
        after_help = "Example:\n  bitacora resume CO-US-MAR sus-... --officer off-... --officer off-... --purpose seizure --met-es ... --met-en ..."
    )]
    Resume(exchange::ResumeArgs),
    /// Check a log's directory offline, with public keys alone
    #[command(
        after_help = "Example:\n  bitacora verify ./log --keys ./keys\n  bitacora verify ./log --keys ./keys --interval sus-..."
    )]
    Verify(exchange::VerifyArgs),
    /// Witness both logs of an agreement: commitments and times, never a record
    #[command(after_help = "Example:\n  bitacora witness --data ./oversight\n  \
        bitacora witness --data ./oversight --agreement co-us.json --bind 127.0.0.1:8770")]
    Witness(exchange::WitnessArgs),
    /// Exchange by a file on a stick, where there is no link
    #[command(
        after_help = "Example:\n  bitacora carry out CO-US-MAR --out bundle.bitacora\n  bitacora carry in bundle.bitacora"
    )]
    Carry(exchange::CarryArgs),
    /// What this node shows its own country's platforms, as one STIX 2.1 bundle; or read what others wrote
    #[command(after_help = "Example:\n  bitacora stix --all --data ./data --out bundle.json\n  \
        bitacora stix ./data/exchange/CO-US-MAR/CO/records/000.jsonl --data ./data\n  bitacora stix --check bundle.json\n\n\
        The data folder is read and never written; a node may run on it. What a partner gave is shown while the partner's\n\
        lease lasts, which the running node alone holds, and once an officer opened it. What is left out is counted on\n\
        standard error by its reason. docs/INTEROP.md says more.")]
    Stix(stix::StixArgs),
    /// Let platforms of the node's own country poll and push over TAXII 2.1; poll and push to servers of others
    #[command(after_help = "Example:\n  bitacora taxii token opencti --write >> ./data/bitacora.toml\n  \
        bitacora taxii poll fusion-centre --data ./data\n  bitacora taxii servers --data ./data\n\n\
        The token itself is printed on standard error, once. docs/INTEROP.md says more.")]
    Taxii(taxii::TaxiiArgs),
    /// Screen containers, solve inspection games, draw inspections and verify draws
    Port(port::PortArgs),
    /// Promises against every rival measurement: figures in, verdicts, reports and bundles out
    Accounts(accounts::AccountsArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DataArgs {
    /// Data folder; without it BITACORA_DATA, then the user's data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// PostgreSQL URL in place of SQLite in the data folder
    #[arg(long, value_name = "URL", env = "BITACORA_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct IngestArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// Files (plain, gzip or zstd), tcp://host:port, udp://host:port, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// Print the summary as JSON lines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReadingArgs {
    /// Names of columns: time=timestamp,mmsi=ssvid,...
    #[arg(long, value_name = "FIELD=COLUMN,...")]
    pub(crate) map: Option<String>,
    /// Time of the first line of a recording without timestamps
    #[arg(long, value_name = "TIME", requires = "rate", value_parser = |text: &str| Instant::parse(text))]
    pub(crate) start: Option<Instant>,
    /// Sentences a second of a recording without timestamps
    #[arg(long, value_name = "PER_SECOND", requires = "start", value_parser = positive)]
    pub(crate) rate: Option<f64>,
}

#[derive(Debug, Args)]
pub(crate) struct DecodeArgs {
    /// Files (plain, gzip or zstd) or - for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<String>,
    /// Raw integers as transmitted
    #[arg(long)]
    pub(crate) raw: bool,
    /// JSON lines, or a table with a row a message
    #[arg(long, value_enum, default_value = "json")]
    pub(crate) format: DecodeFormat,
    /// Only counts by type and by refusal reason
    #[arg(long)]
    pub(crate) summary: bool,
    /// With --summary: JSON in place of a table
    #[arg(long, requires = "summary")]
    pub(crate) json: bool,
    /// Write to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum DecodeFormat {
    Json,
    Csv,
    Parquet,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Address to serve on; loopback unless said otherwise, port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) bind: Option<SocketAddr>,
}

#[derive(Debug, Args)]
pub(crate) struct NodeArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
    /// A live feed, tcp://host:port or udp://host:port; may be given several times
    #[arg(long, value_name = "URL")]
    pub(crate) feed: Vec<String>,
    /// Play a recording as if it came in now
    #[arg(long, value_name = "FILE", conflicts_with = "feed")]
    pub(crate) replay: Option<PathBuf>,
    /// Times faster than it happened, with --replay
    #[arg(long, default_value_t = 60.0, requires = "replay", value_parser = positive)]
    pub(crate) speed: f64,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
    /// Times faster than it happens
    #[arg(long, default_value_t = 60.0, value_parser = positive)]
    pub(crate) speed: f64,
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
    /// A theatre of two hours and fewer vessels
    #[arg(long)]
    pub(crate) small: bool,
    /// Where the partner's page is served; the next port after --bind, or a free one
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) partner_bind: Option<SocketAddr>,
    /// Play a script with the officers of the demo
    #[arg(long, value_enum)]
    pub(crate) script: Option<Script>,
    /// End when the theatre and the script have been played
    #[arg(long)]
    pub(crate) exit: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Script {
    /// A strike is reported, sharing is stopped, the link is cut, part is resumed, and all check the same history
    Suspension,
}

#[derive(Debug, Args)]
pub(crate) struct OfficerArgs {
    #[command(subcommand)]
    pub(crate) act: OfficerAct,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OfficerAct {
    /// Add an officer and print the one-time sign-in link
    Add {
        name: String,
        #[arg(long, value_parser = |text: &str| text.parse::<Role>())]
        role: Role,
        #[command(flatten)]
        data: DataArgs,
        /// Address of the node for the link
        #[arg(long, value_name = "URL")]
        base: Option<String>,
    },
    /// Print a new one-time sign-in link for an officer
    Link {
        /// The officer's id
        id: String,
        #[command(flatten)]
        data: DataArgs,
        #[arg(long, value_name = "URL")]
        base: Option<String>,
    },
    /// List the officers
    List {
        #[command(flatten)]
        data: DataArgs,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ScenarioArgs {
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
    /// A theatre of two hours and fewer vessels
    #[arg(long)]
    pub(crate) small: bool,
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Where to write the truth, kept apart from the recording
    #[arg(long, value_name = "FILE")]
    pub(crate) truth: Option<PathBuf>,
}

/// A rate or a speed: time goes on, and forwards.
fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("it is no number above 0".to_owned()),
    }
}
