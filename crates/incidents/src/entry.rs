//! The entries of the register: who said what, when. Each is signed and has its own leaf; none is ever changed.

use bitacora_primitives::{IncidentId, Instant, OfficerId};
use serde::{Deserialize, Serialize};

use crate::report::Report;
use crate::source::Source;
use crate::status::IncidentStatus;

/// One entry. `seq` counts the entries of one incident from 1.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub incident: IncidentId,
    pub seq: u32,
    /// When it was written down.
    pub at: Instant,
    /// `None` for a machine, which may only propose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer: Option<OfficerId>,
    pub what: Act,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// An officer reports an incident; it stands as alleged.
    Reported {
        report: Report,
        source: Source,
    },
    /// A machine found one; it counts for nothing until it is signed.
    Proposed {
        report: Report,
        source: Source,
    },
    /// An officer takes a proposal over, as if having reported it.
    Signed {
        note: String,
    },
    SourceAdded {
        source: Source,
    },
    StatusChanged {
        to: IncidentStatus,
        note: String,
    },
    /// Another whole account in place of that of entry `of`, which stays readable.
    Corrected {
        of: u32,
        report: Report,
        note: String,
    },
    /// Entered by mistake, entered twice, or a proposal that an officer turns down. It counts no more.
    Withdrawn {
        note: String,
    },
}

impl Act {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Reported { .. } => "reported",
            Self::Proposed { .. } => "proposed",
            Self::Signed { .. } => "signed",
            Self::SourceAdded { .. } => "source_added",
            Self::StatusChanged { .. } => "status_changed",
            Self::Corrected { .. } => "corrected",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    /// Kind of the leaf in the node's log.
    pub const fn leaf_kind(&self) -> &'static str {
        match self {
            Self::Reported { .. } => "incident_reported",
            Self::Proposed { .. } => "incident_proposed",
            Self::Signed { .. } => "incident_signed",
            Self::SourceAdded { .. } => "incident_source_added",
            Self::StatusChanged { .. } => "incident_status_changed",
            Self::Corrected { .. } => "incident_corrected",
            Self::Withdrawn { .. } => "incident_withdrawn",
        }
    }

    pub fn note(&self) -> &str {
        match self {
            Self::Signed { note }
            | Self::StatusChanged { note, .. }
            | Self::Corrected { note, .. }
            | Self::Withdrawn { note } => note,
            Self::Reported { .. } | Self::Proposed { .. } | Self::SourceAdded { .. } => "",
        }
    }
}
