//! What happened to containers, from files of terminals, carriers and port systems, as events of `port`'s model. Judges
//! nothing: a number with a wrong check digit is an event like any other.

mod batch;
pub mod csv;
pub mod dcsa;
pub mod edifact;
pub mod epcis;

pub use batch::{Batch, Defect, KEPT_DEFECTS};
