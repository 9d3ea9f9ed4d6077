//! Signs that a position is not where a hull is: speed and course against the way made, circles, copies,
//! reception, receivers' clocks, land. Each flags; none drops a fix, and none says who did it or why.

pub mod circle;
pub mod clock;
pub mod copy;
mod fit;
pub mod land;
pub mod motion;
pub mod parameters;
mod plane;
pub mod receiver;

pub use parameters::IntegrityParameters;

use bitacora_primitives::{SourceId, TrackId};

use super::Event;
use crate::tracks::Fix;
use crate::tracks::positions::Positions;

/// A detector that looks at one track alone.
pub trait TrackDetector: Default {
    type Parameters;
    /// Takes the next fix of the track. Fixes come in order of time; one that is not later is passed over.
    fn observe(&mut self, track: TrackId, fix: &Fix, parameters: &Self::Parameters, out: &mut Vec<Event>);
    /// The track has fallen silent or ended.
    fn end(&mut self, track: TrackId, parameters: &Self::Parameters, out: &mut Vec<Event>);
}

/// The track that batch forms use where the key is the number itself.
pub fn track_of_number(mmsi: u32) -> TrackId {
    TrackId::of(&[b"number", &mmsi.to_be_bytes()])
}

/// The batch form: each vessel's rows in order of time through a fresh state. All revisions, by vessel.
pub fn batch<D: TrackDetector>(
    positions: &Positions,
    source: SourceId,
    parameters: &D::Parameters,
) -> Vec<Event> {
    let mut out = Vec::new();
    for (mmsi, rows) in positions.by_vessel().iter() {
        let mut detector = D::default();
        let track = track_of_number(mmsi);
        for number in rows {
            if let Some(fix) =
                positions.row(*number as usize).and_then(|row| Fix::of_row(&row, source, *number))
            {
                detector.observe(track, &fix, parameters, &mut out);
            }
        }
        detector.end(track, parameters, &mut out);
    }
    out
}
