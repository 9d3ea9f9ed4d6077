//! What an officer does with a claim.

use bitacora_primitives::Instant;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// It enters the node's picture, evidence or register, as theirs.
    Take,
    SetAside,
}

impl Act {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::SetAside => "set_aside",
        }
    }
    /// Kind of the leaf in the node's log.
    pub const fn leaf_kind(self) -> &'static str {
        match self {
            Self::Take => "claim_taken",
            Self::SetAside => "claim_set_aside",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetAsideReason {
    NotCredible,
    AlreadyKnown,
    OutOfArea,
    TooOld,
    NotUsable,
    /// Needs a note.
    Other,
}

/// What an officer asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAct {
    pub act: Act,
    /// The version on the officer's screen.
    pub version: Instant,
    #[serde(default)]
    pub reason: Option<SetAsideReason>,
    #[serde(default)]
    pub note: String,
}

/// Longest note, characters.
pub const MAX_NOTE: usize = 2_000;

/// Why an act is not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    #[error("setting aside needs a reason")]
    ReasonMissing,
    #[error("taking has no reason")]
    ReasonNotAsked,
    #[error("reason `other` needs a note")]
    NoteMissing,
    #[error("the note has {length} characters, more than {MAX_NOTE}")]
    NoteTooLong { length: usize },
    #[error("the claim is of version {version} by now")]
    Moved { version: Instant },
    #[error("its source took the claim back")]
    Withdrawn,
    #[error("the claim was decided already")]
    Decided,
}

impl Refused {
    /// Stable code for the page.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ReasonMissing => "reason_missing",
            Self::ReasonNotAsked => "reason_unknown",
            Self::NoteMissing => "note_missing",
            Self::NoteTooLong { .. } => "note_too_long",
            Self::Moved { .. } => "state_moved",
            Self::Withdrawn => "claim_withdrawn",
            Self::Decided => "already_decided",
        }
    }
}

impl NewAct {
    /// Whether its words are complete, whatever it is about.
    pub(crate) fn check(&self) -> Result<(), Refused> {
        let length = self.note.chars().count();
        if length > MAX_NOTE {
            return Err(Refused::NoteTooLong { length });
        }
        match (self.act, self.reason) {
            (Act::Take, None) => Ok(()),
            (Act::Take, Some(_)) => Err(Refused::ReasonNotAsked),
            (Act::SetAside, None) => Err(Refused::ReasonMissing),
            (Act::SetAside, Some(SetAsideReason::Other)) if self.note.trim().is_empty() => {
                Err(Refused::NoteMissing)
            }
            (Act::SetAside, Some(_)) => Ok(()),
        }
    }
}
