//! How the condition of a promise moved: put forward, in force, relaxed, waived, ended; by whom, when and in which words.
//! Whether the condition is met is for the parties to say, never for this code.

use serde::{Deserialize, Serialize};

use super::{NotRecorded, name, text};
use crate::codes::codes;
use crate::day::Dates;

codes!(
    /// Where a condition stands.
    ConditionState, "state of a condition",
    Asserted = "asserted",
    InForce = "in_force",
    Relaxed = "relaxed",
    Waived = "waived",
    Ended = "ended",
);

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionMove {
    /// The commitment's id.
    pub commitment: String,
    pub state: ConditionState,
    pub day: Dates,
    pub party: String,
    pub text: String,
    pub source_name: String,
    #[serde(default)]
    pub source_ref: String,
}

impl ConditionMove {
    pub(super) fn check(&self) -> Result<(), NotRecorded> {
        name("commitment", &self.commitment)?;
        name("party", &self.party)?;
        text("text", &self.text)?;
        name("source_name", &self.source_name)
    }
}
