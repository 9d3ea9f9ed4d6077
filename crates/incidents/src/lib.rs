//! The incident register: strikes, deaths, injuries and violations, each with its sources, its status and its whole
//! history; and the conditions of a suspension that refer to them. Never edits a fact and never judges by itself:
//! a machine may propose an incident, which counts for nothing until an officer signs it.

pub mod condition;
pub mod entry;
pub mod error;
pub mod incident;
pub mod register;
pub mod report;
pub mod source;
pub mod status;

pub use condition::{BadCondition, Condition, Progress};
pub use entry::{Act, Entry};
pub use error::{NotReplayed, Refused};
pub use incident::{Change, Incident};
pub use register::Register;
pub use report::Report;
pub use source::Source;
pub use status::{IncidentKind, IncidentStatus};
