//! Encounter: two tracks within a distance of each other without a break for at least a time, in continuous time
//! on the straight motion between fixes. No grid of times, no midnight, any longitude. It does not ask where.
//!
//! One definition in two forms with the same results: [`Encounters`] for a stream, [`batch`] for an archive.
//! An archive too large for that is run by tile, each with the stream's detector over the [`legs`] that touch it.
//! Beside it, and kept apart, the definition of Global Fishing Watch in [`gfw`].

pub mod approach;
pub mod batch;
mod blocks;
pub mod by_cell;
pub mod distance;
mod extent;
pub mod gfw;
mod grid;
pub mod legs;
mod live;
mod motion;
mod row;
mod run;
mod step;

pub use live::{Encounters, Pair};
pub use row::EncounterRow;
pub use run::{Meeting, Party};
