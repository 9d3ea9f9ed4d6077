//! Receivers' clocks: how far each is off, from transmissions that two stations heard, by slice of time. Says which
//! stations' times are not to be trusted; corrects none.

use std::collections::{BTreeMap, VecDeque};

use bitacora_primitives::{Duration, EventId, EvidenceRef, Instant, Mmsi, Numbers, Position, TrackId};
use rustc_hash::FxHashMap;

use super::parameters::ClockParameters;
use crate::behaviour::{Event, EventEvidence, EvidenceRole, Kind};

/// Stations that may hear one transmission and be compared; the first heard count.
const HEARINGS: usize = 8;
/// Slices open at once; the oldest is settled when another begins.
const SLICES: usize = 64;
/// Rounds in which the offsets settle.
const ROUNDS: u32 = 20;
/// Two clocks that differ do not tell which is wrong.
const LEAST_STATIONS: usize = 3;

/// One hearing of a transmission.
#[derive(Clone, Copy, Debug)]
pub struct Hearing<'a> {
    /// A hash of the payload. Give dynamic reports only: static ones repeat word for word.
    pub payload: u64,
    pub mmsi: Mmsi,
    pub station: &'a str,
    /// By the station's own clock.
    pub stamped: Instant,
    pub evidence: EvidenceRef,
}

/// A station whose clock was off in one slice.
#[derive(Clone, PartialEq, Debug)]
pub struct ClockFault {
    pub station: Box<str>,
    pub start: Instant,
    pub end: Instant,
    /// Positive when the clock is ahead of the others.
    pub offset_s: f64,
    /// Stations it was compared with, and transmissions they shared.
    pub compared: u32,
    pub shared: u32,
    /// A transmission as this station stamped it, and as another did.
    pub evidence: [EventEvidence; 2],
}

impl ClockFault {
    /// As an event, at the place of the station. A station that is named by its number is the event's vessel, another
    /// stands under 0.
    pub fn event(&self, place: Position) -> Event {
        let digits: String = self.station.chars().filter(char::is_ascii_digit).take(10).collect();
        let number = digits.parse().ok().and_then(Mmsi::new);
        let none = Mmsi::new(0);
        let track = TrackId::of(&[b"station", self.station.as_bytes()]);
        let [here, there] = self.evidence;
        Event {
            id: EventId::of(&[b"clock_fault", track.bytes(), &self.start.micros().to_be_bytes()]),
            revision: 0,
            kind: Kind::ClockFault,
            mmsi: number.or(none).unwrap_or(here.mmsi),
            other: None,
            track,
            other_track: None,
            start: self.start,
            end: Some(self.end),
            position: place,
            end_position: None,
            numbers: Numbers::from([
                ("duration_h".to_owned(), (self.end - self.start).hours_f64()),
                ("offset_s".to_owned(), self.offset_s),
                ("stations_compared".to_owned(), f64::from(self.compared)),
                ("shared_transmissions".to_owned(), f64::from(self.shared)),
            ]),
            evidence: vec![here, there],
            place: None,
            withdrawn: false,
        }
    }
}

/// The state: transmissions that may be heard again, and pairs of stations by slice.
#[derive(Debug)]
pub struct ClockFaults {
    parameters: ClockParameters,
    numbers: FxHashMap<Box<str>, u32>,
    labels: Vec<Box<str>>,
    waiting: FxHashMap<u64, Transmission>,
    order: VecDeque<u64>,
    slices: BTreeMap<i64, FxHashMap<(u32, u32), Pair>>,
    passed_over: u64,
}

#[derive(Debug)]
struct Transmission {
    mmsi: Mmsi,
    first: Instant,
    heard: Vec<(u32, Instant, EvidenceRef)>,
    /// One station heard it twice: the vessel says the same again, and times mean nothing.
    repeated: bool,
}

#[derive(Debug)]
struct Pair {
    /// Microseconds by which the first is ahead of the second.
    ahead: Vec<i64>,
    vessels: Vec<Mmsi>,
    count: u32,
    evidence: [EventEvidence; 2],
}

impl ClockFaults {
    pub fn new(parameters: &ClockParameters) -> Self {
        Self {
            parameters: parameters.clone(),
            numbers: FxHashMap::default(),
            labels: Vec::new(),
            waiting: FxHashMap::default(),
            order: VecDeque::new(),
            slices: BTreeMap::new(),
            passed_over: 0,
        }
    }

    /// Comparisons beyond the bounds on pairs, which were not made.
    pub const fn passed_over(&self) -> u64 {
        self.passed_over
    }

    /// Takes the next hearing, in order of arrival.
    pub fn observe(&mut self, hearing: &Hearing<'_>, out: &mut Vec<ClockFault>) {
        match self.number(hearing.station) {
            Some(station) => self.observe_by(station, hearing, out),
            None => self.passed_over += 1,
        }
    }

    /// The same by a station whose number is known.
    pub fn observe_by(&mut self, station: u32, hearing: &Hearing<'_>, out: &mut Vec<ClockFault>) {
        let stamped = hearing.stamped;
        let fresh =
            || Transmission { mmsi: hearing.mmsi, first: stamped, heard: Vec::new(), repeated: false };
        let transmission = self.waiting.entry(hearing.payload).or_insert_with(|| {
            self.order.push_back(hearing.payload);
            fresh()
        });
        if (stamped - transmission.first).abs() > self.parameters.max_offset
            || transmission.mmsi != hearing.mmsi
        {
            *transmission = fresh();
        }
        if let Some((_, at, _)) = transmission.heard.iter().find(|(known, ..)| *known == station) {
            // One line given twice is no second transmission.
            transmission.repeated |= *at != stamped;
            if *at == stamped {
                return;
            }
        }
        if !transmission.repeated && transmission.heard.len() < HEARINGS {
            let slice = transmission.first.micros().div_euclid(self.parameters.slice.micros().max(1));
            let here = (station, stamped, hearing.evidence);
            for there in &transmission.heard {
                let pairs = self.slices.entry(slice).or_default();
                let full = pairs.len() >= self.parameters.max_pairs as usize;
                self.passed_over +=
                    u64::from(!compare(pairs, here, *there, hearing.mmsi, &self.parameters, full));
            }
            transmission.heard.push(here);
        }
        while self.order.len() > self.parameters.max_waiting.max(1) as usize {
            if let Some(oldest) = self.order.pop_front() {
                self.waiting.remove(&oldest);
            }
        }
        while self.slices.len() > SLICES
            && let Some((slice, pairs)) = self.slices.pop_first()
        {
            self.settle(slice, &pairs, out);
        }
    }

    /// No hearing stamped before `time` will come: slices that it could still belong to stay.
    pub fn settle_before(&mut self, time: Instant, out: &mut Vec<ClockFault>) {
        let span = self.parameters.slice.micros().max(1);
        let over = (time - self.parameters.max_offset).micros().div_euclid(span);
        while let Some(first) = self.slices.first_entry().filter(|first| *first.key() < over) {
            let (slice, pairs) = first.remove_entry();
            self.settle(slice, &pairs, out);
        }
    }

    /// The input has ended, or all slices are to be judged now.
    pub fn finish(&mut self, out: &mut Vec<ClockFault>) {
        while let Some((slice, pairs)) = self.slices.pop_first() {
            self.settle(slice, &pairs, out);
        }
        self.waiting.clear();
        self.order.clear();
    }

    /// The number of a station, given when it is first named; `None` beyond `max_pairs`.
    pub fn number(&mut self, label: &str) -> Option<u32> {
        if let Some(number) = self.numbers.get(label) {
            return Some(*number);
        }
        let number = self.labels.len() as u32;
        if number >= self.parameters.max_pairs {
            return None;
        }
        self.labels.push(label.into());
        self.numbers.insert(label.into(), number);
        Some(number)
    }

    fn settle(&self, slice: i64, pairs: &FxHashMap<(u32, u32), Pair>, out: &mut Vec<ClockFault>) {
        let span = self.parameters.slice.micros().max(1);
        let start = Instant::from_micros(slice.saturating_mul(span));
        let mut links: BTreeMap<u32, Vec<Link<'_>>> = BTreeMap::new();
        for ((a, b), pair) in pairs {
            if pair.count < self.parameters.min_shared
                || (pair.vessels.len() as u32) < self.parameters.min_vessels
            {
                continue;
            }
            let mut ahead = pair.ahead.clone();
            ahead.sort_unstable();
            let Some(median) = ahead.get(ahead.len() / 2).map(|micros| *micros as f64 / 1e6) else {
                continue;
            };
            links.entry(*a).or_default().push(Link { to: *b, ahead_s: median, pair });
            links.entry(*b).or_default().push(Link { to: *a, ahead_s: -median, pair });
        }
        links.values_mut().for_each(|links| links.sort_by_key(|link| link.to));
        let offsets = offsets(&links);
        for (station, offset_s) in offsets {
            let (Some(links), Some(label)) = (links.get(&station), self.labels.get(station as usize)) else {
                continue;
            };
            if libm::fabs(offset_s) <= self.parameters.fault.secs_f64() {
                continue;
            }
            let Some(most) = links.iter().max_by_key(|link| (link.pair.count, std::cmp::Reverse(link.to)))
            else {
                continue;
            };
            let [mut here, mut there] = most.pair.evidence;
            // The pair is kept under the lower number first.
            if station > most.to {
                std::mem::swap(&mut here, &mut there);
            }
            here.role = EvidenceRole::FirstContradicted;
            there.role = EvidenceRole::ContradictedFix;
            out.push(ClockFault {
                station: label.clone(),
                start,
                end: start + Duration::from_micros(span),
                offset_s,
                compared: links.len() as u32,
                shared: links.iter().map(|link| link.pair.count).sum(),
                evidence: [here, there],
            });
        }
    }
}

/// Adds one comparison; false when there is no room for another pair.
fn compare(
    pairs: &mut FxHashMap<(u32, u32), Pair>,
    here: (u32, Instant, EvidenceRef),
    there: (u32, Instant, EvidenceRef),
    mmsi: Mmsi,
    parameters: &ClockParameters,
    full: bool,
) -> bool {
    let (first, second) = if here.0 < there.0 { (here, there) } else { (there, here) };
    let key = (first.0, second.0);
    if full && !pairs.contains_key(&key) {
        return false;
    }
    let shown = |(_, observed, evidence): (u32, Instant, EvidenceRef)| EventEvidence {
        role: EvidenceRole::FirstContradicted,
        evidence,
        observed,
        mmsi,
    };
    let pair = pairs.entry(key).or_insert_with(|| Pair {
        ahead: Vec::new(),
        vessels: Vec::new(),
        count: 0,
        evidence: [shown(first), shown(second)],
    });
    pair.count = pair.count.saturating_add(1);
    if pair.ahead.len() < parameters.max_samples.max(1) as usize {
        pair.ahead.push((first.1 - second.1).micros());
    }
    if pair.vessels.len() < parameters.min_vessels as usize && !pair.vessels.contains(&mmsi) {
        pair.vessels.push(mmsi);
    }
    true
}

struct Link<'a> {
    to: u32,
    /// Seconds by which this station is ahead of the other.
    ahead_s: f64,
    pair: &'a Pair,
}

/// Each station's offset from the median clock of the stations that are linked with it. Differences first along a
/// tree, then by weighted medians over all neighbours, which a minority of wrong pairs does not move.
fn offsets(links: &BTreeMap<u32, Vec<Link<'_>>>) -> BTreeMap<u32, f64> {
    let mut all: BTreeMap<u32, f64> = BTreeMap::new();
    for root in links.keys() {
        if all.contains_key(root) {
            continue;
        }
        let mut part: BTreeMap<u32, f64> = BTreeMap::from([(*root, 0.0)]);
        let mut open = VecDeque::from([*root]);
        while let Some(at) = open.pop_front() {
            let known = part.get(&at).copied().unwrap_or(0.0);
            for link in links.get(&at).into_iter().flatten() {
                part.entry(link.to).or_insert_with(|| {
                    open.push_back(link.to);
                    known - link.ahead_s
                });
            }
        }
        let members: Vec<u32> = part.keys().copied().collect();
        for _ in 0..ROUNDS {
            for at in &members {
                let told: Vec<(f64, f64)> = links
                    .get(at)
                    .into_iter()
                    .flatten()
                    .filter_map(|link| Some((part.get(&link.to)? + link.ahead_s, f64::from(link.pair.count))))
                    .collect();
                if let (Some(slot), Some(median)) = (part.get_mut(at), weighted_median(told)) {
                    *slot = median;
                }
            }
        }
        let middle = weighted_median(part.values().map(|offset| (*offset, 1.0)).collect()).unwrap_or(0.0);
        // Two alone do not tell which is wrong.
        let sure = members.len() >= LEAST_STATIONS;
        all.extend(part.into_iter().map(|(at, offset)| (at, if sure { offset - middle } else { 0.0 })));
    }
    all
}

fn weighted_median(mut of: Vec<(f64, f64)>) -> Option<f64> {
    of.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = 0.5 * of.iter().map(|(_, weight)| weight).sum::<f64>();
    let mut sum = 0.0;
    of.iter()
        .find(|(_, weight)| {
            sum += weight;
            sum >= half
        })
        .map(|(value, _)| *value)
}
