//! The life cycle of a lead: which act is open in which state, and to which state it leads.

use serde::{Deserialize, Serialize};

use crate::decision::Action;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    New,
    Acknowledged,
    Accepted,
    Dismissed,
    Expired,
    OutcomeRecorded,
}

/// Why an act is not open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    #[error("a lead that is {} cannot be {}", state.code(), action.code())]
    NotOpen { state: State, action: Action },
}

impl State {
    pub const ALL: [Self; 6] = [
        Self::New,
        Self::Acknowledged,
        Self::Accepted,
        Self::Dismissed,
        Self::Expired,
        Self::OutcomeRecorded,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Acknowledged => "acknowledged",
            Self::Accepted => "accepted",
            Self::Dismissed => "dismissed",
            Self::Expired => "expired",
            Self::OutcomeRecorded => "outcome_recorded",
        }
    }

    /// New and acknowledged leads wait for a decision; the others are closed or being followed.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Acknowledged)
    }

    /// The state after `action`, which must be open here. An expired lead may still be taken up: age is no verdict.
    pub const fn after(self, action: Action) -> Result<Self, Refused> {
        match (self, action) {
            (Self::New | Self::Expired, Action::Acknowledge) => Ok(Self::Acknowledged),
            (Self::New | Self::Acknowledged | Self::Expired, Action::Accept) => Ok(Self::Accepted),
            (Self::New | Self::Acknowledged | Self::Expired, Action::Dismiss) => Ok(Self::Dismissed),
            (Self::Accepted, Action::RecordOutcome) => Ok(Self::OutcomeRecorded),
            (state, action) => Err(Refused::NotOpen { state, action }),
        }
    }

    /// The state of a lead whose last decision led to `decided`, if anyone has decided.
    pub const fn of(decided: Option<Self>, expired: bool) -> Self {
        match decided {
            Some(Self::Acknowledged) | None if expired => Self::Expired,
            Some(state) => state,
            None => Self::New,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decided_lead_is_not_decided_again() {
        for state in [State::Accepted, State::Dismissed, State::OutcomeRecorded] {
            for action in [Action::Acknowledge, Action::Accept, Action::Dismiss] {
                assert!(state.after(action).is_err(), "{state:?} {action:?}");
            }
        }
    }

    #[test]
    fn an_outcome_needs_an_accepted_lead() {
        for state in State::ALL {
            assert_eq!(state.after(Action::RecordOutcome).is_ok(), state == State::Accepted, "{state:?}");
        }
    }

    #[test]
    fn age_closes_only_what_nobody_decided() {
        assert_eq!(State::of(None, true), State::Expired);
        assert_eq!(State::of(Some(State::Acknowledged), true), State::Expired);
        assert_eq!(State::of(Some(State::Accepted), true), State::Accepted);
        assert_eq!(State::of(None, false), State::New);
    }
}
