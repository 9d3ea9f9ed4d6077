//! Why the register does not take an entry. A refusal changes nothing.

use bitacora_primitives::{IncidentId, Instant};

use crate::status::{IncidentKind, IncidentStatus};

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no incident {0}")]
    Unknown(IncidentId),
    #[error("entry {found} of incident {incident} stands where entry {expected} should")]
    OutOfOrder { incident: IncidentId, expected: u32, found: u32 },
    #[error("incident {0} is reported already")]
    AlreadyReported(IncidentId),
    #[error("`{act}` is for an officer to sign")]
    OfficerMissing { act: &'static str },
    #[error("what an officer signs is a report, not a proposal of a machine")]
    OfficerProposes,
    #[error("the incident is a proposal that no officer has signed")]
    NotSigned,
    #[error("the incident is signed already")]
    AlreadySigned,
    #[error("the incident was withdrawn")]
    Withdrawn,
    #[error("the account of entry {found} is not the one that stands, which is that of entry {expected}")]
    NotWhatStands { expected: u32, found: u32 },
    #[error("the correction says what stands already")]
    NothingCorrected,
    #[error("an incident that is {from} does not become {to}")]
    NoSuchChange { from: IncidentStatus, to: IncidentStatus },
    #[error("{to} needs two sources of different origin")]
    NotCorroborated { to: IncidentStatus },
    #[error("verified needs two sources of different origin graded D4 or better, or one graded B2 or better")]
    NotVerified,
    #[error("the source is named already, as of the same day and citation")]
    SourceKnown,
    #[error("an incident has at most {most} entries")]
    Full { most: u32 },
    #[error("`{field}` is empty")]
    Empty { field: &'static str },
    #[error("`{field}` has {length} characters, more than {most}")]
    TooLong { field: &'static str, length: usize, most: usize },
    #[error("`{field}` is more than {most}")]
    TooMany { field: &'static str, most: u32 },
    #[error("{occurred} lies in the future")]
    InTheFuture { occurred: Instant },
    #[error("a {kind} that hurt nobody is none")]
    NobodyHurt { kind: IncidentKind },
}

impl Refused {
    /// A stable code for the edges.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "unknown_incident",
            Self::OutOfOrder { .. } => "incident_moved",
            Self::AlreadyReported(_) => "already_reported",
            Self::OfficerMissing { .. } => "officer_missing",
            Self::OfficerProposes => "officer_proposes",
            Self::NotSigned => "not_signed",
            Self::AlreadySigned => "already_signed",
            Self::Withdrawn => "withdrawn",
            Self::NotWhatStands { .. } => "not_what_stands",
            Self::NothingCorrected => "nothing_corrected",
            Self::NoSuchChange { .. } => "no_such_change",
            Self::NotCorroborated { .. } => "not_corroborated",
            Self::NotVerified => "not_verified",
            Self::SourceKnown => "source_known",
            Self::Full { .. } => "incident_full",
            Self::Empty { field: "note" } => "note_missing",
            Self::Empty { .. } => "field_empty",
            Self::TooLong { .. } => "field_too_long",
            Self::TooMany { .. } => "number_too_large",
            Self::InTheFuture { .. } => "in_the_future",
            Self::NobodyHurt { .. } => "nobody_hurt",
        }
    }
}

/// Why stored entries do not make a register. The place counts entries from 0, in the order of the log.
#[derive(Debug, thiserror::Error)]
pub enum NotReplayed {
    #[error("stored entry {place} is no entry of an incident")]
    NotAnEntry { place: usize, source: serde_json::Error },
    #[error("stored entry {place} is refused")]
    Refused { place: usize, source: Refused },
}
