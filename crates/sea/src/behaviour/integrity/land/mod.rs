//! Positions on land: fixes farther inside the coastline than its coarseness explains. Without a coastline
//! nothing is said; canals and rivers that the coastline lacks are said to be land.

mod shore;

pub use shore::{Land, LandBuilder, Place, TooLarge};

use bitacora_primitives::{Numbers, SourceId, TrackId};

use super::parameters::LandParameters;
use super::track_of_number;
use crate::behaviour::{Event, EvidenceRole, Kind, event_id};
use crate::tracks::Fix;
use crate::tracks::positions::Positions;

/// Whether the land check can speak: the map shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LandCheck {
    On,
    /// There is no coastline in the data folder.
    OffWithoutCoastline,
}

impl LandCheck {
    pub const fn of(land: Option<&Land>) -> Self {
        if land.is_some() { Self::On } else { Self::OffWithoutCoastline }
    }
    pub const fn code(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::OffWithoutCoastline => "off_without_coastline",
        }
    }
}

/// How far inside the land a fix lies if that is more than the tolerance: its quality flag. Depths beyond
/// `max_depth_m` are given as that.
pub fn depth_inland_m(fix: &Fix, land: &Land, parameters: &LandParameters) -> Option<f64> {
    if !land.on_land(fix.position) {
        return None;
    }
    let most = parameters.max_depth_m.max(parameters.tolerance_m);
    let depth = land.distance_to_shore_m(fix.position, most).unwrap_or(most);
    (depth > parameters.tolerance_m).then_some(depth)
}

/// The state for one track.
#[derive(Clone, Debug, Default)]
pub struct OnLand {
    run: Option<Box<Run>>,
}

#[derive(Clone, Debug)]
struct Run {
    first: Fix,
    last: Fix,
    fixes: u32,
    deepest_m: f64,
    /// Revision to be used next, once reported.
    reported: Option<u32>,
}

impl OnLand {
    /// Takes the next fix of the track; returns its flag, the depth inland. Without land nothing is flagged.
    pub fn observe(
        &mut self,
        track: TrackId,
        fix: &Fix,
        land: Option<&Land>,
        parameters: &LandParameters,
        out: &mut Vec<Event>,
    ) -> Option<f64> {
        let depth = land.and_then(|land| depth_inland_m(fix, land, parameters));
        let over = self
            .run
            .as_ref()
            .is_some_and(|run| depth.is_none() || fix.observed - run.last.observed > parameters.max_silence);
        if over {
            self.end(track, out);
        }
        let depth_m = depth?;
        let run = self.run.get_or_insert_with(|| {
            Box::new(Run { first: *fix, last: *fix, fixes: 0, deepest_m: 0.0, reported: None })
        });
        if run.fixes > 0 && fix.observed <= run.last.observed {
            return depth;
        }
        run.last = *fix;
        run.fixes += 1;
        run.deepest_m = run.deepest_m.max(depth_m);
        if run.reported.is_none()
            && run.fixes >= parameters.min_fixes
            && run.last.observed - run.first.observed >= parameters.min_duration
        {
            run.reported = Some(1);
            out.push(run.event(track, 0, false));
        }
        depth
    }

    /// The track has fallen silent or ended.
    pub fn end(&mut self, track: TrackId, out: &mut Vec<Event>) {
        if let Some(run) = self.run.take()
            && let Some(revision) = run.reported
        {
            out.push(run.event(track, revision, true));
        }
    }
}

impl Run {
    fn event(&self, track: TrackId, revision: u32, ended: bool) -> Event {
        let start = self.first.observed;
        Event {
            id: event_id(Kind::OnLand, self.first.mmsi, start, self.first.evidence, 0),
            revision,
            kind: Kind::OnLand,
            mmsi: self.first.mmsi,
            other: None,
            track,
            other_track: None,
            start,
            end: ended.then_some(self.last.observed),
            position: self.first.position,
            end_position: Some(self.last.position),
            numbers: Numbers::from([
                ("duration_h".to_owned(), (self.last.observed - start).hours_f64()),
                ("fixes".to_owned(), f64::from(self.fixes)),
                ("max_inland_m".to_owned(), self.deepest_m),
            ]),
            evidence: vec![
                self.first.as_evidence(EvidenceRole::FirstContradicted),
                self.last.as_evidence(EvidenceRole::LastContradicted),
            ],
            place: None,
            withdrawn: false,
        }
    }
}

/// The batch form: the rows flagged, with their depth, in order of vessel and time; and all revisions.
pub fn on_land(
    positions: &Positions,
    source: SourceId,
    land: Option<&Land>,
    parameters: &LandParameters,
) -> (Vec<(u32, f64)>, Vec<Event>) {
    let (mut flags, mut out) = (Vec::new(), Vec::new());
    for (mmsi, rows) in positions.by_vessel().iter() {
        let mut state = OnLand::default();
        let track = track_of_number(mmsi);
        for number in rows {
            if let Some(fix) =
                positions.row(*number as usize).and_then(|row| Fix::of_row(&row, source, *number))
                && let Some(depth) = state.observe(track, &fix, land, parameters, &mut out)
            {
                flags.push((*number, depth));
            }
        }
        state.end(track, &mut out);
    }
    (flags, out)
}
