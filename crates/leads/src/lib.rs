//! Leads: raise, score, explain, life cycle. A lead is a hypothesis with reasons; nothing here names a vessel
//! or a person guilty, and only a person changes a lead's state other than by its age.

pub mod decision;
pub mod desk;
pub mod lead;
pub mod release;
pub mod score;
pub mod screened;
pub mod state;

pub use decision::{Action, Decision, DismissReason, NewDecision, Outcome};
pub use desk::{Desk, Timing};
pub use lead::{Lead, Reason};
pub use score::{Level, Probability, Weighed, weigh};
pub use state::{Refused, State};
