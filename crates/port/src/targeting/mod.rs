//! From what screening found to an inspection day: which boxes stand in the yard, in which hours a scan of them helps, what
//! each is worth to the attacker, and with what chance each is scanned. Never picks: that is the draw's. Never leaves a
//! box out for want of an alert: what follows alerts alone is learnt and evaded.

mod day;
mod error;
mod evidence;
mod plan;
mod settings;

pub use day::{Day, LeftOut, SLOT, Target};
pub use error::TargetingError;
pub use evidence::{Counted, counted};
pub use plan::{Covered, DrawKeys, Hour, MODEL, Plan, plan, what_if};
pub use settings::{Assumed, MOST_HOURS, Settings, Values};
