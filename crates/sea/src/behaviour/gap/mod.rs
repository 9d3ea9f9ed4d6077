//! AIS gaps: silence of one vessel longer than the threshold. `live` keeps the gaps of a track as it is heard,
//! with revisions; `exact` finds the same in stored positions; `gfw` is the peer's definition, for comparison.
//! The numbers beside a gap say how far reception alone may explain it; nothing here says why a vessel fell silent.

pub mod exact;
pub mod gfw;
pub mod live;
pub mod order;
pub mod silence;

use bitacora_primitives::{Duration, Instant, Position};
use geographiclib_rs::{Geodesic, InverseGeodesic};

pub use live::Gaps;
pub use silence::{End, Silence};

use crate::tracks::fix::KNOT;
use crate::tracks::split::Track;

/// Fixes that a track needs for a gap while another track of its MMSI is being heard.
const FIXES_BESIDE_ANOTHER: u32 = 10;

/// Geodesic distance on WGS 84, metres (Karney 2013).
pub fn geodesic_m(from: Position, to: Position) -> f64 {
    Geodesic::wgs84().inverse(from.lat(), from.lon(), to.lat(), to.lon())
}

/// Whether the silence of the track at `index` is one of the vessel. An outlier's is not; nor is that of a short
/// track while the same number is heard on another.
pub fn silence_counts(tracks: &[Track], index: usize) -> bool {
    let Some(track) = tracks.get(index) else { return false };
    let beside = tracks.iter().any(|other| {
        other.serial != track.serial && other.confirmed() && other.last.observed >= track.last.observed
    });
    if beside { track.fixes >= FIXES_BESIDE_ANOTHER } else { track.confirmed() || tracks.len() == 1 }
}

/// A message that shows that a number was heard, with or without a position.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Heard {
    pub observed: Instant,
    pub position: Option<Position>,
}

/// One gap of [`gaps_by_mmsi`]; distance and speed need both positions.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SilenceBetween {
    pub off: Heard,
    pub on: Heard,
    pub distance_m: Option<f64>,
    pub implied_speed_kn: Option<f64>,
}

/// The definition of pipe-gaps for messages of one MMSI, sorted by time: consecutive, strictly farther apart than
/// the threshold, without regard to tracks; a message whose position is "not available" ends a silence too.
/// [`gfw::detect`] is the same for many vessels at once.
pub fn gaps_by_mmsi(messages: &[Heard], threshold: Duration) -> impl Iterator<Item = SilenceBetween> + '_ {
    messages.windows(2).filter_map(move |pair| match pair {
        [off, on] if on.observed - off.observed > threshold => {
            let distance_m = off.position.zip(on.position).map(|(from, to)| geodesic_m(from, to));
            let seconds = (on.observed - off.observed).secs_f64();
            let implied_speed_kn = distance_m.map(|metres| metres / seconds / KNOT);
            Some(SilenceBetween { off: *off, on: *on, distance_m, implied_speed_kn })
        }
        _ => None,
    })
}
