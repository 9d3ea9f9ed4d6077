//! What a named officer decides about a lead. A decision is signed with the officer's key and has its own leaf
//! in the log.

use bitacora_primitives::{FactId, Instant, LeadId, Officer};
use serde::{Deserialize, Serialize};

use crate::state::State;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Acknowledge,
    Accept,
    Dismiss,
    RecordOutcome,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DismissReason {
    Fishing,
    PilotOrBunker,
    Anchorage,
    ReceptionHole,
    GnssFault,
    KnownVessel,
    /// Of a container: the seal or number was read wrong.
    Misread,
    /// Opened or moved under an order that came late, or that nobody recorded.
    LawfulHandling,
    /// A scale, a sensor or a message was wrong.
    FaultyReport,
    Duplicate,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    BoardedSeizure,
    BoardedNothingFound,
    Cleared,
    Lost,
    NotPursued,
}

/// What an officer asks for. `seen_state` is the state on the officer's screen: if it is no longer so, someone
/// else was first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    pub action: Action,
    pub reason: Option<String>,
    #[serde(default)]
    pub note: String,
    pub seen_state: State,
}

/// A stored decision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decision {
    pub id: FactId,
    pub lead: LeadId,
    pub action: Action,
    pub reason: Option<String>,
    pub note: String,
    pub officer: Officer,
    pub at: Instant,
    /// The revision that lay on the desk.
    pub lead_revision: u32,
    /// Index of its leaf in the node's log.
    pub leaf: u64,
}

/// Longest free note, characters.
pub const MAX_NOTE: usize = 2_000;

/// Why a decision's words are not accepted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadDecision {
    #[error("`{}` needs a reason code", action.code())]
    ReasonMissing { action: Action },
    #[error("`{reason}` is not a reason for `{}`", action.code())]
    ReasonUnknown { action: Action, reason: String },
    #[error("reason `other` needs a note")]
    NoteMissing,
    #[error("the note has {length} characters, more than {MAX_NOTE}")]
    NoteTooLong { length: usize },
}

impl Action {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Accept => "accept",
            Self::Dismiss => "dismiss",
            Self::RecordOutcome => "record_outcome",
        }
    }
}

impl NewDecision {
    /// Dismissing needs one of [`DismissReason`], an outcome one of [`Outcome`]; the other acts take no reason.
    pub fn check(&self) -> Result<(), BadDecision> {
        let length = self.note.chars().count();
        if length > MAX_NOTE {
            return Err(BadDecision::NoteTooLong { length });
        }
        let action = self.action;
        let known = |reason: &str| match action {
            Action::Dismiss => code_of::<DismissReason>(reason),
            Action::RecordOutcome => code_of::<Outcome>(reason),
            Action::Acknowledge | Action::Accept => false,
        };
        match (action, self.reason.as_deref()) {
            (Action::Acknowledge | Action::Accept, None) => Ok(()),
            (Action::Dismiss | Action::RecordOutcome, None) => Err(BadDecision::ReasonMissing { action }),
            (_, Some(reason)) if !known(reason) => {
                Err(BadDecision::ReasonUnknown { action, reason: reason.chars().take(40).collect() })
            }
            (Action::Dismiss, Some("other")) if self.note.trim().is_empty() => Err(BadDecision::NoteMissing),
            _ => Ok(()),
        }
    }
}

fn code_of<'a, T: Deserialize<'a>>(text: &'a str) -> bool {
    let input: serde::de::value::StrDeserializer<'a, serde::de::value::Error> =
        serde::de::IntoDeserializer::into_deserializer(text);
    T::deserialize(input).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(action: Action, reason: Option<&str>, note: &str) -> Result<(), BadDecision> {
        NewDecision { action, reason: reason.map(Into::into), note: note.into(), seen_state: State::New }
            .check()
    }

    #[test]
    fn a_dismissal_says_why() {
        assert_eq!(new(Action::Dismiss, Some("fishing"), ""), Ok(()));
        assert_eq!(
            new(Action::Dismiss, None, "x"),
            Err(BadDecision::ReasonMissing { action: Action::Dismiss })
        );
        assert_eq!(new(Action::Dismiss, Some("other"), " "), Err(BadDecision::NoteMissing));
        assert!(new(Action::Dismiss, Some("cleared"), "").is_err());
        assert!(new(Action::Accept, Some("fishing"), "").is_err());
        assert_eq!(new(Action::RecordOutcome, Some("cleared"), ""), Ok(()));
    }

    #[test]
    fn a_note_has_a_bound() {
        assert!(new(Action::Accept, None, &"ñ".repeat(MAX_NOTE)).is_ok());
        assert!(new(Action::Accept, None, &"ñ".repeat(MAX_NOTE + 1)).is_err());
    }
}
