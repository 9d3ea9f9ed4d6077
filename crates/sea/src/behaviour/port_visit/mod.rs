//! Port visits: entry, stop, silence and exit at anchorages, by two thresholds each, joined into visits with a
//! confidence. The definition is Global Fishing Watch's (pipe-anchorages e1db7c87), on every fix instead of a
//! thinned day. Whether a port is where the vessel said it would be is not asked here.

pub mod anchorages;
pub mod gfw;
pub mod visits;

use bitacora_primitives::{Duration, Instant, Numbers, Position, TrackId};
use serde::{Deserialize, Serialize};

use self::anchorages::Anchorages;
use self::visits::{Joiner, PortEvent, PortEventKind, Visit};
use super::located::{self, Located, RowFix};
use super::{Event, EventEvidence, EvidenceRole, Kind, event_id};
use crate::tracks::fix::Fix;
use crate::tracks::positions::Positions;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PortVisitParameters {
    /// In port at or below; the peer's `anchorage_entry_dist_km`.
    pub entry_m: f64,
    /// Out of port at or above; between the two the state stays.
    pub exit_m: f64,
    /// Stopped at or below, and moving again at or above `stop_end_kn`.
    pub stop_begin_kn: f64,
    pub stop_end_kn: f64,
    /// Silence in port of at least this length is a gap, which begins this long after the last fix.
    pub min_gap: Duration,
    /// Events of different segments farther apart than this are not one visit.
    pub max_segment_miles: f64,
    /// Visits below this confidence are not reported (1 to 4). The peer's product takes 2.
    pub min_confidence: u8,
    /// Fixes without a speed (or above 102.2 kn) are passed over, as by the peer. Otherwise they count for the
    /// distance and leave the vessel stopped or moving as it was.
    pub need_speed: bool,
}

impl PortVisitParameters {
    /// Global Fishing Watch's own.
    pub fn gfw() -> Self {
        Self { need_speed: true, ..Self::default() }
    }
}

impl Default for PortVisitParameters {
    fn default() -> Self {
        Self {
            entry_m: 3_000.0,
            exit_m: 4_000.0,
            stop_begin_kn: 0.2,
            stop_end_kn: 0.5,
            min_gap: Duration::from_hours(4),
            max_segment_miles: 60.0,
            min_confidence: 1,
            need_speed: false,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    AtSea,
    InPort,
    Stopped,
}

/// What is remembered of the nearest anchorage: it stays the nearest while the vessel has moved less than half
/// the lead over the second, so that most fixes need no search.
#[derive(Clone, Copy, Debug)]
struct Known<P> {
    at: P,
    index: u32,
    distance_m: f64,
    second_m: f64,
}

/// One vessel's (or track's) way in and out of port.
#[derive(Clone, Debug)]
struct InOut<P> {
    last: Option<(P, State)>,
    known: Option<Known<P>>,
    active: Option<u32>,
}

impl<P> Default for InOut<P> {
    fn default() -> Self {
        Self { last: None, known: None, active: None }
    }
}

impl<P: Located> InOut<P> {
    /// The nearest anchorage and its distance, where that is below the exit distance.
    fn nearest(&mut self, fix: &P, anchorages: &Anchorages, exit_m: f64) -> Option<(u32, f64)> {
        if let Some(known) = self.known {
            // With room for the rounding of distances on the plane and over half the globe.
            let moved = known.at.distance_m(fix) * 1.0001 + 1.0;
            if known.distance_m - moved > exit_m {
                return None;
            }
            if known.second_m - known.distance_m > 2.0 * moved {
                return Some((known.index, to_anchorage(fix, anchorages, known.index)))
                    .filter(|(_, distance)| *distance < exit_m);
            }
        }
        let found = anchorages.nearest(fix.position())?;
        self.known = Some(Known {
            at: *fix,
            index: found.index,
            distance_m: found.distance_m,
            second_m: found.second_m,
        });
        Some((found.index, to_anchorage(fix, anchorages, found.index)))
            .filter(|(_, distance)| *distance < exit_m)
    }

    /// Takes the next fix, and whether a gap may end with it; calls `emit` with (kind, time, anchorage, at the fix) in
    /// order of time.
    fn observe(
        &mut self,
        (fix, may_end_gap): (P, bool),
        anchorages: &Anchorages,
        parameters: &PortVisitParameters,
        emit: &mut impl FnMut(PortEventKind, i64, u32, bool),
    ) {
        if parameters.need_speed && !(0.0..=102.25).contains(&fix.sog_kn()) {
            return;
        }
        let before = self.last.map(|(_, state)| state);
        let was_in = matches!(before, Some(State::InPort | State::Stopped));
        let near = self.nearest(&fix, anchorages, parameters.exit_m);
        let in_port = near.filter(|(_, distance)| *distance <= parameters.entry_m || was_in);
        if let Some((index, _)) = in_port {
            self.active = Some(index);
        }
        // An unknown speed neither stops a vessel nor sets it in motion.
        let (sog, was_stopped) = (fix.sog_kn(), before == Some(State::Stopped));
        let moves = sog >= parameters.stop_end_kn;
        let stopped = sog <= parameters.stop_begin_kn || (was_stopped && !moves);
        let state = match (in_port.is_some(), stopped) {
            (false, _) => State::AtSea,
            (true, false) => State::InPort,
            (true, true) => State::Stopped,
        };
        let now = fix.micros();
        if let (Some(active), Some((last, from))) = (self.active, self.last) {
            if was_in && may_end_gap && now.saturating_sub(last.micros()) >= parameters.min_gap.micros() {
                emit(
                    PortEventKind::GapBegin,
                    last.micros().saturating_add(parameters.min_gap.micros()),
                    active,
                    false,
                );
                emit(PortEventKind::GapEnd, now, active, true);
            }
            if from == State::AtSea && state != State::AtSea {
                emit(PortEventKind::Entry, now, active, true);
            }
            if from == State::Stopped && state != State::Stopped {
                emit(PortEventKind::StopEnd, now, active, true);
            }
            if from != State::Stopped && state == State::Stopped {
                emit(PortEventKind::StopBegin, now, active, true);
            }
            if from != State::AtSea && state == State::AtSea {
                emit(PortEventKind::Exit, now, active, true);
            }
        }
        self.last = Some((fix, state));
    }

    /// Nothing more is known until `until`: a vessel last in port that has been silent long enough has a gap.
    fn end(
        &mut self,
        until: i64,
        parameters: &PortVisitParameters,
        emit: &mut impl FnMut(PortEventKind, i64, u32, bool),
    ) {
        if let (Some(active), Some((last, State::InPort | State::Stopped))) = (self.active, self.last)
            && until.saturating_sub(last.micros()) >= parameters.min_gap.micros()
        {
            let begin = last.micros().saturating_add(parameters.min_gap.micros());
            emit(PortEventKind::GapBegin, begin, active, false);
        }
        *self = Self::default();
    }
}

/// As [`Located::distance_m`], to an anchorage.
fn to_anchorage(fix: &impl Located, anchorages: &Anchorages, index: u32) -> f64 {
    let Some(anchorage) = anchorages.get(index) else { return f64::INFINITY };
    let there = RowFix {
        micros: 0,
        position: anchorage.position,
        cos_lat: anchorages.cos_lat(index),
        sog_kn: f32::NAN,
        heading_deg: f32::NAN,
        row: 0,
    };
    fix.distance_m(&there)
}

/// The state for one track.
#[derive(Clone, Debug, Default)]
pub struct PortVisits {
    way: InOut<Fix>,
    joiner: Joiner<u32, ()>,
    last: Option<Fix>,
    visit: Option<Open>,
}

#[derive(Clone, Debug)]
struct Open {
    first: Fix,
    next_revision: u32,
    confidence: u8,
}

impl PortVisits {
    /// Takes the next fix of the track, later than the one before. A visit is reported when its confidence reaches
    /// the least wanted, again when it grows, and when it ends.
    pub fn observe(
        &mut self,
        track: TrackId,
        fix: &Fix,
        anchorages: &Anchorages,
        parameters: &PortVisitParameters,
        out: &mut Vec<Event>,
    ) {
        if self.last.is_some_and(|last| fix.observed <= last.observed) {
            return;
        }
        let (mut happened, before) = (Vec::new(), self.last.unwrap_or(*fix));
        self.way.observe((*fix, true), anchorages, parameters, &mut |kind, micros, anchorage, at_fix| {
            happened.push((kind, micros, anchorage, at_fix));
        });
        self.last = Some(*fix);
        for (kind, micros, anchorage, at_fix) in happened {
            let evidence = if at_fix { *fix } else { before };
            self.take(track, (kind, micros, anchorage), &evidence, anchorages, parameters, out);
        }
    }

    /// The track has ended; nothing more is known of it until `until`.
    pub fn end(
        &mut self,
        track: TrackId,
        until: Instant,
        anchorages: &Anchorages,
        parameters: &PortVisitParameters,
        out: &mut Vec<Event>,
    ) {
        let mut happened = Vec::new();
        self.way.end(until.micros(), parameters, &mut |kind, micros, anchorage, _| {
            happened.push((kind, micros, anchorage));
        });
        if let Some(last) = self.last {
            for one in happened {
                self.take(track, one, &last, anchorages, parameters, out);
            }
            if let Some(visit) = self.joiner.finish() {
                self.report(track, &visit, true, &last, anchorages, parameters, out);
            }
        }
        *self = Self::default();
    }

    fn take(
        &mut self,
        track: TrackId,
        (kind, micros, anchorage): (PortEventKind, i64, u32),
        fix: &Fix,
        anchorages: &Anchorages,
        parameters: &PortVisitParameters,
        out: &mut Vec<Event>,
    ) {
        let event = port_event(kind, micros, anchorage, (), anchorages, None);
        let [before, this] = self.joiner.push(&event, parameters.max_segment_miles);
        if let Some(visit) = before {
            self.report(track, &visit, true, fix, anchorages, parameters, out);
        }
        if let Some(visit) = this.or_else(|| self.joiner.current()) {
            self.report(track, &visit, this.is_some(), fix, anchorages, parameters, out);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one place where a visit becomes an event")]
    fn report(
        &mut self,
        track: TrackId,
        visit: &Visit<u32>,
        ended: bool,
        fix: &Fix,
        anchorages: &Anchorages,
        parameters: &PortVisitParameters,
        out: &mut Vec<Event>,
    ) {
        let open = self.visit.get_or_insert(Open { first: *fix, next_revision: 0, confidence: 0 });
        let (first, revision) = (open.first, open.next_revision);
        let news = visit.confidence > open.confidence || ended;
        if visit.confidence >= parameters.min_confidence && news {
            open.confidence = visit.confidence;
            open.next_revision += 1;
            let at = |index| anchorages.get(index).map_or(fix.position, |one| one.position);
            let (start, end) =
                (Instant::from_micros(visit.start_micros), Instant::from_micros(visit.end_micros));
            out.push(Event {
                id: event_id(Kind::PortVisit, first.mmsi, start, first.evidence, 0),
                revision,
                kind: Kind::PortVisit,
                mmsi: first.mmsi,
                other: None,
                track,
                other_track: None,
                start,
                end: ended.then_some(end),
                position: at(visit.start_anchorage),
                end_position: Some(at(visit.end_anchorage)),
                numbers: Numbers::from([
                    ("duration_h".to_owned(), (end - start).hours_f64()),
                    ("confidence".to_owned(), f64::from(visit.confidence)),
                    ("anchorage".to_owned(), f64::from(visit.start_anchorage)),
                ]),
                evidence: evidence(&first, fix),
                place: anchorages.get(visit.start_anchorage).map(|one| one.id.clone()),
                withdrawn: false,
            });
        }
        if ended {
            self.visit = None;
        }
    }
}

fn evidence(first: &Fix, last: &Fix) -> Vec<EventEvidence> {
    vec![first.as_evidence(EvidenceRole::FirstInPort), last.as_evidence(EvidenceRole::LastInPort)]
}

fn port_event<S>(
    kind: PortEventKind,
    micros: i64,
    anchorage: u32,
    segment: S,
    anchorages: &Anchorages,
    vessel: Option<Position>,
) -> PortEvent<u32, S> {
    let place = anchorages.get(anchorage).map(|one| one.position);
    PortEvent {
        kind,
        micros,
        anchorage,
        lat: place.map_or(0.0, Position::lat),
        lon: place.map_or(0.0, Position::lon),
        vessel: vessel.map(|at| (at.lat(), at.lon())),
        segment,
    }
}

/// One visit of the batch form; anchorages by their place in [`Anchorages`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Found {
    pub mmsi: u32,
    pub visit: Visit<u32>,
}

/// The port events of one number's rows. `segments` names the segment of each row (0 beyond its end).
pub fn port_events(
    positions: &Positions,
    rows: &[u32],
    segments: &[u32],
    anchorages: &Anchorages,
    until: Option<Instant>,
    parameters: &PortVisitParameters,
) -> Vec<PortEvent<u32, u32>> {
    let mut events = Vec::new();
    let mut way = InOut::default();
    let segment_of = |row: u32| segments.get(row as usize).copied().unwrap_or(0);
    let mut last_segment = 0;
    for fix in located::fixes(positions, rows, &[]) {
        let segment = segment_of(fix.row);
        last_segment = segment;
        way.observe((fix, true), anchorages, parameters, &mut |kind, micros, anchorage, at_fix| {
            let vessel = at_fix.then_some(fix.position);
            events.push(port_event(kind, micros, anchorage, segment, anchorages, vessel));
        });
    }
    if let Some(until) = until {
        way.end(until.micros(), parameters, &mut |kind, micros, anchorage, _| {
            events.push(port_event(kind, micros, anchorage, last_segment, anchorages, None));
        });
    }
    events
}

/// The visits of every number on every fix, by number and time (`gfw::port_visits` thins first). `until`: to when the input goes, for vessels that are silent
/// in port at its end; the peer takes the end of the last day.
pub fn port_visits(
    positions: &Positions,
    segments: &[u32],
    anchorages: &Anchorages,
    until: Option<Instant>,
    parameters: &PortVisitParameters,
) -> Vec<Found> {
    let mut found = Vec::new();
    for (mmsi, rows) in positions.by_vessel().iter() {
        let mut events = port_events(positions, rows, segments, anchorages, until, parameters);
        let visits = visits::visits(&mut events, parameters.max_segment_miles);
        let wanted = visits.into_iter().filter(|visit| visit.confidence >= parameters.min_confidence);
        found.extend(wanted.map(|visit| Found { mmsi, visit }));
    }
    found
}
