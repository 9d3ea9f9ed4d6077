//! Port visits from port events, as Global Fishing Watch joins them (pipe-anchorages e1db7c87,
//! `create_port_visits`). The order in which the events come does not matter. Reads no positions.

use std::cmp::Ordering;

use bitacora_primitives::geodesy::wrap_longitude;

/// What happened at a port, in the order in which events of one time stand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PortEventKind {
    Entry,
    GapBegin,
    GapEnd,
    StopBegin,
    StopEnd,
    Exit,
}

impl PortEventKind {
    /// By the peer's name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "PORT_ENTRY" => Self::Entry,
            "PORT_GAP_BEGIN" => Self::GapBegin,
            "PORT_GAP_END" => Self::GapEnd,
            "PORT_STOP_BEGIN" => Self::StopBegin,
            "PORT_STOP_END" => Self::StopEnd,
            "PORT_EXIT" => Self::Exit,
            _ => return None,
        })
    }
    pub const fn code(self) -> &'static str {
        match self {
            Self::Entry => "PORT_ENTRY",
            Self::GapBegin => "PORT_GAP_BEGIN",
            Self::GapEnd => "PORT_GAP_END",
            Self::StopBegin => "PORT_STOP_BEGIN",
            Self::StopEnd => "PORT_STOP_END",
            Self::Exit => "PORT_EXIT",
        }
    }
    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// One port event of one vessel. `S` names the segment, `A` the anchorage.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PortEvent<A, S> {
    pub kind: PortEventKind,
    pub micros: i64,
    pub anchorage: A,
    /// Of the anchorage, degrees.
    pub lat: f64,
    pub lon: f64,
    /// Of the vessel, degrees; `None` at the beginning of a gap.
    pub vessel: Option<(f64, f64)>,
    pub segment: S,
}

/// A visit: where it began and ended, and how sure that is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Visit<A> {
    pub start_micros: i64,
    pub start_anchorage: A,
    pub end_micros: i64,
    pub end_anchorage: A,
    /// 4: entry, exit, and a stop or gap; 3: one of the two and a stop or gap; 2: only a stop or gap; 1: only
    /// entry or exit.
    pub confidence: u8,
    pub events: u32,
}

/// The state of one vessel: takes its events in order, and lets a visit go as soon as it is over.
#[derive(Clone, Debug)]
pub struct Joiner<A, S> {
    open: Option<Open<A, S>>,
}

#[derive(Clone, Debug)]
struct Open<A, S> {
    visit: Visit<A>,
    seen: u8,
    last_segment: S,
    last_place: (f64, f64),
}

impl<A, S> Default for Joiner<A, S> {
    fn default() -> Self {
        Self { open: None }
    }
}

/// Confidence of a visit whose events have these bits.
const fn confidence(seen: u8) -> u8 {
    use PortEventKind::{Entry, Exit, GapBegin, GapEnd, StopBegin, StopEnd};
    let stayed = seen & (GapBegin.bit() | GapEnd.bit() | StopBegin.bit() | StopEnd.bit()) != 0;
    let (entry, exit) = (seen & Entry.bit() != 0, seen & Exit.bit() != 0);
    match (stayed, entry && exit, entry || exit) {
        (true, true, _) => 4,
        (true, false, true) => 3,
        (true, false, false) => 2,
        (false, ..) => 1,
    }
}

impl<A: Clone, S: Clone + PartialEq> Joiner<A, S> {
    /// The visit that is going on.
    pub fn current(&self) -> Option<Visit<A>> {
        self.open.as_ref().map(Open::settled)
    }

    /// Takes the next event. What it returns is over: the visit before, and this one when the event is an exit.
    pub fn push(&mut self, event: &PortEvent<A, S>, max_segment_miles: f64) -> [Option<Visit<A>>; 2] {
        let apart = self.open.as_ref().is_some_and(|open| {
            open.last_segment != event.segment
                && miles(open.last_place, (event.lat, event.lon)) > max_segment_miles
        });
        let before = if event.kind == PortEventKind::Entry || apart { self.finish() } else { None };
        let open = self.open.get_or_insert_with(|| Open {
            visit: Visit {
                start_micros: event.micros,
                start_anchorage: event.anchorage.clone(),
                end_micros: event.micros,
                end_anchorage: event.anchorage.clone(),
                confidence: 1,
                events: 0,
            },
            seen: 0,
            last_segment: event.segment.clone(),
            last_place: (event.lat, event.lon),
        });
        open.visit.end_micros = event.micros;
        open.visit.end_anchorage = event.anchorage.clone();
        open.visit.events = open.visit.events.saturating_add(1);
        open.seen |= event.kind.bit();
        open.last_segment = event.segment.clone();
        open.last_place = (event.lat, event.lon);
        let this = if event.kind == PortEventKind::Exit { self.finish() } else { None };
        [before, this]
    }

    /// The vessel's events are at an end.
    pub fn finish(&mut self) -> Option<Visit<A>> {
        self.open.take().map(|open| open.settled())
    }
}

impl<A: Clone, S> Open<A, S> {
    fn settled(&self) -> Visit<A> {
        Visit { confidence: confidence(self.seen), ..self.visit.clone() }
    }
}

/// The peer's distance between two anchorages: on the plane at their mean latitude, 60 nautical miles a degree.
fn miles(a: (f64, f64), b: (f64, f64)) -> f64 {
    let scale = libm::cos((0.5 * (a.0 + b.0)).to_radians());
    libm::hypot(b.0 - a.0, scale * wrap_longitude(b.1 - a.1)) * 60.0
}

/// Time, then kind, then the rest in the peer's order of fields, so that any order of arrival gives one order.
fn order<A: Ord, S: Ord>(a: &PortEvent<A, S>, b: &PortEvent<A, S>) -> Ordering {
    let place = |one: &PortEvent<A, S>| one.vessel.unwrap_or((f64::NEG_INFINITY, f64::NEG_INFINITY));
    let (p, q) = (place(a), place(b));
    a.micros
        .cmp(&b.micros)
        .then_with(|| a.kind.cmp(&b.kind))
        .then_with(|| a.anchorage.cmp(&b.anchorage))
        .then_with(|| a.lat.total_cmp(&b.lat))
        .then_with(|| a.lon.total_cmp(&b.lon))
        .then_with(|| p.0.total_cmp(&q.0))
        .then_with(|| p.1.total_cmp(&q.1))
        .then_with(|| a.segment.cmp(&b.segment))
}

/// All visits of one vessel from its events in any order.
pub fn visits<A: Ord + Clone, S: Ord + Clone>(
    events: &mut [PortEvent<A, S>],
    max_segment_miles: f64,
) -> Vec<Visit<A>> {
    events.sort_by(order);
    let mut joiner = Joiner::default();
    let mut found = Vec::new();
    for event in events.iter() {
        found.extend(joiner.push(event, max_segment_miles).into_iter().flatten());
    }
    found.extend(joiner.finish());
    found
}
