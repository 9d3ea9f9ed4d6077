//! Entry to a loaded area: when a vessel's motion crossed the border, in continuous time, and when it left. A vessel
//! first heard inside, or heard again inside after silence, has no known entry. Who may be there is not asked here.

pub mod shape;

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Duration, Instant, Numbers, Position, TrackId};
use serde::{Deserialize, Serialize};

use self::shape::Areas;
use super::located::{self, Located, RowFix};
use super::{Event, EvidenceRole, Kind, event_id};
use crate::tracks::fix::Fix;
use crate::tracks::positions::Positions;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AreaParameters {
    /// Between fixes farther apart than this nothing is known of the motion.
    pub max_silence: Duration,
}

impl Default for AreaParameters {
    fn default() -> Self {
        Self { max_silence: Duration::from_secs(3600) }
    }
}

/// The state for one track.
#[derive(Clone, Debug, Default)]
pub struct AreaEntries(Border<Fix>);

/// The one definition, for fixes of the stream and rows of the batch alike.
#[derive(Clone, Debug)]
struct Border<P> {
    last: Option<P>,
    inside: Vec<Inside<P>>,
    near: Vec<u32>,
    shares: Vec<f64>,
}

/// A time and a place on a leg, and the fix that stands for it.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Point<P> {
    micros: i64,
    position: Position,
    fix: P,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Inside<P> {
    area: u32,
    from: Point<P>,
    /// Whether the border was crossed then, or the vessel was merely first heard inside.
    entered: bool,
}

/// A stay that goes on (no end) or is over.
#[derive(Clone, Copy, Debug)]
struct Stay<P> {
    inside: Inside<P>,
    /// The last of it, and whether the border was crossed then.
    until: Option<(Point<P>, bool)>,
}

impl<P> Default for Border<P> {
    fn default() -> Self {
        Self { last: None, inside: Vec::new(), near: Vec::new(), shares: Vec::new() }
    }
}

impl AreaEntries {
    /// Takes the next fix of the track, later than the one before.
    pub fn observe(
        &mut self,
        track: TrackId,
        fix: &Fix,
        areas: &Areas,
        parameters: &AreaParameters,
        out: &mut Vec<Event>,
    ) {
        self.0.observe(*fix, areas, parameters, &mut |stay| out.push(stay.event(track, areas)));
    }

    /// The track has fallen silent or ended.
    pub fn end(&mut self, track: TrackId, areas: &Areas, out: &mut Vec<Event>) {
        self.0.end(&mut |stay| out.push(stay.event(track, areas)));
    }
}

impl<P: Located> Border<P> {
    fn observe(
        &mut self,
        fix: P,
        areas: &Areas,
        parameters: &AreaParameters,
        report: &mut impl FnMut(&Stay<P>),
    ) {
        if let Some(last) = self.last {
            let silence = fix.micros().saturating_sub(last.micros());
            if silence <= 0 {
                return;
            }
            if silence > parameters.max_silence.micros() {
                self.end(report);
            }
        }
        let Some(last) = self.last else {
            self.last = Some(fix);
            let (lat, lon) = (fix.lat(), fix.lon());
            areas.near(lat, lat, lon, lon, &mut self.near);
            for area in self.near.iter().copied().filter(|area| areas.holds(*area, lat, lon)) {
                let from = Point { micros: fix.micros(), position: fix.position(), fix };
                let inside = Inside { area, from, entered: false };
                report(&Stay { inside, until: None });
                self.inside.push(inside);
            }
            return;
        };
        self.last = Some(fix);
        let from = (last.lat(), last.lon());
        let to = (fix.lat(), last.lon() + wrap_longitude(fix.lon() - last.lon()));
        let (west, east) = (from.1.min(to.1), from.1.max(to.1));
        areas.near(from.0.min(to.0), from.0.max(to.0), west, east, &mut self.near);
        let near = std::mem::take(&mut self.near);
        for area in &near {
            self.pass(*area, (last, fix), (from, to), areas, report);
        }
        self.near = near;
    }

    /// One leg and one area that it may touch.
    fn pass(
        &mut self,
        area: u32,
        (last, fix): (P, P),
        (from, to): ((f64, f64), (f64, f64)),
        areas: &Areas,
        report: &mut impl FnMut(&Stay<P>),
    ) {
        let mut shares = std::mem::take(&mut self.shares);
        areas.touches(area, from, to, &mut shares);
        if shares.is_empty() {
            self.shares = shares;
            return;
        }
        let span = fix.micros().saturating_sub(last.micros()) as f64;
        let at = |share: f64| (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
        let point = |share: f64| {
            let (lat, lon) = at(share);
            let position = Position::new(lat.clamp(-90.0, 90.0), wrap_longitude(lon));
            Point {
                micros: last.micros().saturating_add(libm::round(share * span) as i64),
                position: position.unwrap_or(fix.position()),
                fix: if share < 0.5 { last } else { fix },
            }
        };
        // Between two touches the leg is wholly inside or outside, as its middle there is.
        let mut begin = 0.0;
        for end in shares.iter().copied().chain(std::iter::once(1.0)) {
            if end > begin {
                let (lat, lon) = at(0.5 * (begin + end));
                let holds = areas.holds(area, lat, wrap_longitude(lon));
                let known = self.inside.iter().position(|inside| inside.area == area);
                match (known, holds) {
                    (None, true) => {
                        let inside = Inside { area, from: point(begin), entered: true };
                        report(&Stay { inside, until: None });
                        self.inside.push(inside);
                    }
                    (Some(index), false) => {
                        let inside = self.inside.swap_remove(index);
                        report(&Stay { inside, until: Some((point(begin), true)) });
                    }
                    _ => {}
                }
            }
            begin = end;
        }
        self.shares = shares;
    }

    fn end(&mut self, report: &mut impl FnMut(&Stay<P>)) {
        if let Some(last) = self.last.take() {
            let point = Point { micros: last.micros(), position: last.position(), fix: last };
            self.inside.sort_unstable_by_key(|inside| inside.area);
            for inside in self.inside.drain(..) {
                report(&Stay { inside, until: Some((point, false)) });
            }
        }
    }
}

impl Stay<Fix> {
    fn event(&self, track: TrackId, areas: &Areas) -> Event {
        let Inside { area, from, entered } = self.inside;
        let start = Instant::from_micros(from.micros);
        let mut numbers = Numbers::from([
            ("area".to_owned(), f64::from(area)),
            ("entered".to_owned(), f64::from(u8::from(entered))),
        ]);
        let mut evidence = vec![from.fix.as_evidence(EvidenceRole::BeforeBorder)];
        if let Some((until, left)) = self.until {
            let hours = until.micros.saturating_sub(from.micros) as f64 / 3.6e9;
            numbers.insert("duration_h".to_owned(), hours);
            numbers.insert("left".to_owned(), f64::from(u8::from(left)));
            evidence.push(until.fix.as_evidence(EvidenceRole::AfterBorder));
        } else {
            numbers.insert("duration_h".to_owned(), 0.0);
        }
        Event {
            id: event_id(Kind::AreaEntry, from.fix.mmsi, start, from.fix.evidence, area),
            revision: u32::from(self.until.is_some()),
            kind: Kind::AreaEntry,
            mmsi: from.fix.mmsi,
            other: None,
            track,
            other_track: None,
            start,
            end: self.until.map(|(until, _)| Instant::from_micros(until.micros)),
            position: from.position,
            end_position: self.until.map(|(until, _)| until.position),
            numbers,
            evidence,
            place: areas.name(area).map(str::to_owned),
            withdrawn: false,
        }
    }
}

/// One stay of the batch form.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Found {
    pub mmsi: u32,
    pub area: u32,
    pub start: Instant,
    pub end: Instant,
    /// Whether the border was crossed at the start and at the end; otherwise the vessel was first or last heard.
    pub entered: bool,
    pub left: bool,
    pub entry: Position,
    pub exit: Position,
}

/// The stays of each vessel in each area, by number, time of leaving, and area.
pub fn area_entries(positions: &Positions, areas: &Areas, parameters: &AreaParameters) -> Vec<Found> {
    let mut found = Vec::new();
    for (mmsi, rows) in positions.by_vessel().iter() {
        let mut border = Border::default();
        let begin = found.len();
        let mut report = |stay: &Stay<RowFix>| {
            if let Some((until, left)) = stay.until {
                found.push(Found {
                    mmsi,
                    area: stay.inside.area,
                    start: Instant::from_micros(stay.inside.from.micros),
                    end: Instant::from_micros(until.micros),
                    entered: stay.inside.entered,
                    left,
                    entry: stay.inside.from.position,
                    exit: until.position,
                });
            }
        };
        for fix in located::fixes(positions, rows, &[]) {
            border.observe(fix, areas, parameters, &mut report);
        }
        border.end(&mut report);
        if let Some(own) = found.get_mut(begin..) {
            own.sort_by_key(|stay| (stay.end, stay.area, stay.start));
        }
    }
    found
}
