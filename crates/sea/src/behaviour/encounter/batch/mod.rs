//! The batch form of the encounter detector: all positions at once, the results of the stream.
//!
//! The motion of each track is cut into slices of time, each with the box that holds it ([`slices`]). Boxes of one
//! slice that come within the distance make candidates ([`candidates`]); the candidates of a pair in slices that
//! follow one another are walked leg by leg where, and only where, an encounter can be ([`walk`]). Boxes rule out;
//! what is reported comes from the same steps and the same sums as in the stream.

pub mod candidates;
#[cfg(test)]
mod plain;
mod slices;
pub mod tiles;
mod walk;

pub use candidates::Candidate;
pub use slices::Motions;
pub use tiles::{Tile, Tiling};

use super::run::Meeting;
use crate::behaviour::parameters::EncounterParameters;
use crate::tracks::positions::Positions;

/// An encounter of two tracks of a batch.
#[derive(Clone, PartialEq, Debug)]
pub struct Encounter {
    /// Places of the two tracks in the order in which they were given.
    pub tracks: [u32; 2],
    /// Their numbers; the first is not the greater if the tracks were given by number.
    pub vessels: [u32; 2],
    /// Fixes are named by their row.
    pub meeting: Meeting<u32>,
}

/// The encounters among the vessels of these positions, one track a number, by pair and start.
pub fn encounters(positions: &Positions, parameters: &EncounterParameters) -> Vec<Encounter> {
    encounters_of(positions, positions.by_vessel().iter(), parameters)
}

/// The encounters among these tracks, each with its MMSI and its rows in order of time; by pair and start.
pub fn encounters_of<'a>(
    positions: &Positions,
    tracks: impl IntoIterator<Item = (u32, &'a [u32])>,
    parameters: &EncounterParameters,
) -> Vec<Encounter> {
    let motions = Motions::new(positions, tracks, parameters);
    let candidates = motions.candidates(None);
    motions.settle(candidates)
}
