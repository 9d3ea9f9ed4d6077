//! What is said to have happened: kind, time, place and how many, in both languages. A number that nobody gave is
//! absent, never zero.

use bitacora_primitives::markings::Text;
use bitacora_primitives::{Instant, Position};
use serde::{Deserialize, Serialize};

use crate::error::Refused;
use crate::status::IncidentKind;

/// Longest account in one language, characters.
pub const MAX_TEXT: usize = 4_000;
pub const MAX_PLACE: usize = 200;
pub const MAX_NOTE: usize = 2_000;
/// More people than any incident at sea or ashore has hurt: a larger number is a slip of the hand.
pub const MAX_PEOPLE: u32 = 1_000_000;

/// One account of an incident. A correction is another whole account, so that each can be read by itself.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    pub kind: IncidentKind,
    /// When it happened.
    pub occurred: Instant,
    pub text: Text,
    /// In words, as the sources say it; may be empty.
    pub place: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub injured: Option<u32>,
}

impl Report {
    /// Refuses what cannot be or is too long. `now` is when it is written down: nothing is reported beforehand.
    pub(crate) fn check(&self, now: Instant) -> Result<(), Refused> {
        words("text.es", &self.text.es, MAX_TEXT)?;
        words("text.en", &self.text.en, MAX_TEXT)?;
        at_most("place", &self.place, MAX_PLACE)?;
        for (field, people) in [("dead", self.dead), ("injured", self.injured)] {
            if people.is_some_and(|number| number > MAX_PEOPLE) {
                return Err(Refused::TooMany { field, most: MAX_PEOPLE });
            }
        }
        if self.occurred > now {
            return Err(Refused::InTheFuture { occurred: self.occurred });
        }
        match (self.kind, self.dead, self.injured) {
            (IncidentKind::Death, Some(0), _) | (IncidentKind::Injury, _, Some(0)) => {
                Err(Refused::NobodyHurt { kind: self.kind })
            }
            _ => Ok(()),
        }
    }

    /// Whether this is an incident of `kind`: of its own, and of those that its dead and injured make it. A strike
    /// with three dead is no clear day for "no deaths".
    pub fn is(&self, kind: IncidentKind) -> bool {
        self.kind == kind
            || match kind {
                IncidentKind::Death => self.dead.is_some_and(|number| number > 0),
                IncidentKind::Injury => self.injured.is_some_and(|number| number > 0),
                IncidentKind::Strike | IncidentKind::Violation => false,
            }
    }
}

/// Something must be said, and not too much.
pub(crate) fn words(field: &'static str, text: &str, most: usize) -> Result<(), Refused> {
    if text.trim().is_empty() {
        return Err(Refused::Empty { field });
    }
    at_most(field, text, most)
}

pub(crate) fn at_most(field: &'static str, text: &str, most: usize) -> Result<(), Refused> {
    let length = text.chars().count();
    if length > most { Err(Refused::TooLong { field, length, most }) } else { Ok(()) }
}
