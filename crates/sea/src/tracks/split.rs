//! Which track of its MMSI a fix belongs to. A fix that no open track can have reached begins another; nothing
//! is said of why (two ships with one number, a wrong position, a wrong clock): see `conflict`.

use bitacora_primitives::{Duration, TrackId};

use super::fix::{Fix, KNOT};
use crate::behaviour::gap::Gaps;
use crate::behaviour::parameters::MotionParameters;
use crate::behaviour::reception::Noted;
use crate::picture::detectors::Alone;

/// Tracks of one MMSI that are open at once; beyond it the least used is closed.
const MAX_TRACKS: usize = 8;
/// A track of one fix beside a confirmed one is forgotten after this: it was an outlier.
const OUTLIER_LIFE: Duration = Duration::from_hours(1);

/// One open track with the state of its detectors.
#[derive(Clone, Debug)]
pub struct Track {
    pub id: TrackId,
    /// Unique within the picture.
    pub serial: u64,
    pub first: Fix,
    pub last: Fix,
    pub fixes: u32,
    pub gaps: Gaps,
    /// The detectors that look at this track alone; none before its second fix.
    pub alone: Option<Box<Alone>>,
    /// The track's place in the encounter detector.
    pub slot: Option<u32>,
    pub noted: Option<Noted>,
    /// Silences noticed since the last fix, and the number of the timer that notices the next.
    pub stage: u8,
    pub timer: u32,
}

impl Track {
    pub fn new(fix: &Fix, serial: u64) -> Self {
        Self {
            id: track_id(fix),
            serial,
            first: *fix,
            last: *fix,
            fixes: 1,
            gaps: Gaps::default(),
            alone: None,
            slot: None,
            noted: None,
            stage: 0,
            timer: 0,
        }
    }

    /// One fix alone may be an outlier.
    pub const fn confirmed(&self) -> bool {
        self.fixes >= 2
    }

    /// True when a hull can have gone from the track's last fix to this one.
    pub fn can_reach(&self, fix: &Fix, motion: &MotionParameters) -> bool {
        can_reach(&self.last, fix, motion)
    }
}

/// What the split needs to know of an open track, with or without detectors.
pub trait Candidate {
    fn last(&self) -> &Fix;
    fn fixes(&self) -> u32;
    fn serial(&self) -> u64;
    fn id(&self) -> TrackId;
}

impl Candidate for Track {
    fn last(&self) -> &Fix {
        &self.last
    }
    fn fixes(&self) -> u32 {
        self.fixes
    }
    fn serial(&self) -> u64 {
        self.serial
    }
    fn id(&self) -> TrackId {
        self.id
    }
}

/// The id of the track that a fix begins.
pub fn track_id(fix: &Fix) -> TrackId {
    TrackId::of(&[
        &fix.mmsi.number().to_be_bytes(),
        &fix.observed.micros().to_be_bytes(),
        fix.evidence.source.bytes(),
        &fix.evidence.line.to_be_bytes(),
    ])
}

fn confirmed(track: &impl Candidate) -> bool {
    track.fixes() >= 2
}

pub(super) fn can_reach(last: &Fix, fix: &Fix, motion: &MotionParameters) -> bool {
    let seconds = (fix.observed - last.observed).secs_f64().abs();
    last.distance_m(fix) <= motion.slack_m + motion.max_speed_kn * KNOT * seconds
}

/// How badly the fix fits: metres off the expected place, over the metres that one may be off after so long.
fn misfit(last: &Fix, fix: &Fix) -> f64 {
    const EXACT_M: f64 = 100.0;
    const DRIFT_M_S: f64 = 5.0;
    const KEEPS_COURSE_S: f64 = 1800.0;
    let seconds = (fix.observed - last.observed).secs_f64().abs();
    let mut metres = last.distance_m(fix);
    if seconds <= KEEPS_COURSE_S
        && let Some(expected) = last.dead_reckoned(fix.observed)
    {
        metres = metres.min(bitacora_primitives::geodesy::haversine(expected, fix.position).value());
    }
    metres / (EXACT_M + DRIFT_M_S * seconds)
}

/// Where a fix goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Placement {
    /// To the open track at this index.
    On(usize),
    /// To a track that it begins.
    Begins,
}

/// Chooses the track. Pure choice: changes nothing.
pub fn place<T: Candidate>(tracks: &[T], fix: &Fix, motion: &MotionParameters) -> Placement {
    if let [only] = tracks {
        return if can_reach(only.last(), fix, motion) { Placement::On(0) } else { Placement::Begins };
    }
    let mut best: Option<(f64, usize)> = None;
    for (index, track) in tracks.iter().enumerate() {
        if can_reach(track.last(), fix, motion) {
            // A single fix may be an outlier: where both fit, the established track has it.
            let misfit = misfit(track.last(), fix) * if confirmed(track) { 1.0 } else { 4.0 };
            if best.is_none_or(|(least, _)| misfit < least) {
                best = Some((misfit, index));
            }
        }
    }
    best.map_or(Placement::Begins, |(_, index)| Placement::On(index))
}

/// Takes out the tracks that have had their time: outliers beside a confirmed track, and the least used when
/// there are too many.
pub fn thin<T: Candidate>(tracks: &mut Vec<T>, now: bitacora_primitives::Instant, closed: &mut Vec<T>) {
    if tracks.len() < 2 {
        return;
    }
    if tracks.iter().any(confirmed) {
        let mut index = 0;
        while let Some(track) = tracks.get(index) {
            if !confirmed(track) && now - track.last().observed > OUTLIER_LIFE {
                closed.push(tracks.remove(index));
            } else {
                index += 1;
            }
        }
    }
    while tracks.len() >= MAX_TRACKS {
        let least = tracks
            .iter()
            .enumerate()
            .min_by_key(|(_, track)| (confirmed(*track), track.last().observed, track.serial()))
            .map(|(index, _)| index);
        match least {
            Some(index) => closed.push(tracks.remove(index)),
            None => break,
        }
    }
}
