//! Receiver contradiction: a position heard by a terrestrial station from beyond its range, or by two stations that
//! cannot hear one transmitter. The range is learned from the feed; a station that hears satellites' distances
//! is judged never.

mod station;

use bitacora_primitives::{EventId, Numbers, Position, SourceId, TrackId};
use rustc_hash::FxHashMap;

use self::station::Station;
use super::parameters::ReceiverParameters;
use super::track_of_number;
use crate::behaviour::{Event, EvidenceRole, Kind};
use crate::tracks::Fix;
use crate::tracks::positions::Positions;

/// Runs of one track that are followed at once: a false position is heard by few stations.
const RUNS: usize = 8;
/// Receptions remembered of one time.
const HEARINGS: usize = 32;

/// One reception.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    pub fix: Fix,
    /// As the feed names it.
    pub station: &'a str,
    /// Where the station stands; `None` where nobody says, and it is learned.
    pub place: Option<Position>,
}

/// The state for all stations and tracks.
#[derive(Debug)]
pub struct ReceiverContradictions {
    parameters: ReceiverParameters,
    numbers: FxHashMap<Box<str>, u32>,
    stations: Vec<Station>,
    tracks: FxHashMap<TrackId, Track>,
    unjudged: u64,
}

#[derive(Debug, Default)]
struct Track {
    last: Option<(Fix, u32)>,
    /// Who has heard the track where at the time of `last`, the first few of them.
    heard: Vec<(u32, Position)>,
    runs: Vec<Run>,
}

#[derive(Clone, Debug)]
struct Run {
    station: u32,
    first: Fix,
    last: Fix,
    receptions: u32,
    farthest_m: f64,
    range_m: f64,
    /// Distance of another station that heard the same transmission, and what both reach together.
    pair: Option<(f64, f64)>,
    /// Revision to be used next, once reported.
    reported: Option<u32>,
}

impl ReceiverContradictions {
    pub fn new(parameters: &ReceiverParameters) -> Self {
        Self {
            parameters: parameters.clone(),
            numbers: FxHashMap::default(),
            stations: Vec::new(),
            tracks: FxHashMap::default(),
            unjudged: 0,
        }
    }

    /// Receptions of stations beyond `max_stations`, which were not judged.
    pub const fn unjudged(&self) -> u64 {
        self.unjudged
    }

    /// What is known of a station: its place and its range in metres, when it has learned enough to be judged.
    pub fn station(&self, label: &str) -> Option<(Position, f64)> {
        let station = self.stations.get(*self.numbers.get(label)? as usize)?;
        Some((station.place()?, station.range_m()?))
    }

    /// Where a station stands, or, while that is being learned, a place that it has heard.
    pub fn about(&self, label: &str) -> Option<Position> {
        self.stations.get(*self.numbers.get(label)? as usize)?.about()
    }

    /// Whether the track is followed.
    pub fn follows(&self, track: TrackId) -> bool {
        self.tracks.contains_key(&track)
    }

    /// Takes the next reception, in order of (time, number, evidence).
    pub fn observe(&mut self, track: TrackId, heard: &Heard<'_>, out: &mut Vec<Event>) {
        match self.number(heard.station, heard.place) {
            Some(number) => self.observe_by(track, &heard.fix, [number], out),
            None => self.unjudged += 1,
        }
    }

    /// The same of all stations that heard the fix, by their numbers.
    pub fn observe_by(
        &mut self,
        track: TrackId,
        fix: &Fix,
        numbers: impl IntoIterator<Item = u32>,
        out: &mut Vec<Event>,
    ) {
        let Self { parameters, stations, tracks, .. } = self;
        let state = tracks.entry(track).or_default();
        for number in numbers {
            state.observe(track, fix, (number, stations), parameters, out);
        }
    }

    /// The track has fallen silent or ended.
    pub fn end(&mut self, track: TrackId, out: &mut Vec<Event>) {
        if let Some(mut state) = self.tracks.remove(&track) {
            state.close(&self.stations, track, |_| true, out);
        }
    }

    /// The input has ended.
    pub fn finish(&mut self, out: &mut Vec<Event>) {
        let mut tracks: Vec<TrackId> = self.tracks.keys().copied().collect();
        tracks.sort_unstable();
        tracks.into_iter().for_each(|track| self.end(track, out));
    }

    /// The number of a station, given when it is first named; `None` beyond `max_stations`.
    pub fn number(&mut self, label: &str, place: Option<Position>) -> Option<u32> {
        if let Some(number) = self.numbers.get(label) {
            return Some(*number);
        }
        let number = self.stations.len() as u32;
        if number >= self.parameters.max_stations {
            return None;
        }
        self.stations.push(Station::new(label, place));
        self.numbers.insert(label.into(), number);
        Some(number)
    }
}

/// A fix that stands elsewhere, for distances.
fn fix_at(fix: &Fix, place: Position) -> Fix {
    Fix { position: place, cos_lat: station::cos_lat(place), ..*fix }
}

impl Track {
    fn observe(
        &mut self,
        track: TrackId,
        fix: &Fix,
        (number, stations): (u32, &mut [Station]),
        parameters: &ReceiverParameters,
        out: &mut Vec<Event>,
    ) {
        let Some(station) = stations.get_mut(number as usize) else { return };
        if self.is_copy(fix, number) {
            return;
        }
        let judged = station.range_m().zip(station.distance_m(fix));
        station.learn(fix, parameters);
        let over = |run: &Run| fix.observed - run.last.observed > parameters.max_silence;
        self.close(stations, track, over, out);
        let before = self.last.replace((*fix, number));
        let Some((range_m, distance_m)) = judged else { return };
        let pair = before
            .filter(|(last, other)| {
                *other != number
                    && last.position == fix.position
                    && (fix.observed - last.observed).abs() <= parameters.same_transmission
            })
            .and_then(|(_, other)| {
                let (other, station) = (stations.get(other as usize)?, stations.get(number as usize)?);
                let apart_m = other.distance_m(&fix_at(fix, station.place()?))?;
                let reach_m = range_m + other.range_m()?;
                (apart_m > reach_m).then_some((apart_m, reach_m))
            });
        if distance_m <= range_m && pair.is_none() {
            // The station hears it where it may: the earlier receptions were propagation.
            self.close(stations, track, |run| run.station == number, out);
            return;
        }
        let Some(run) = self.run(number, fix) else { return };
        run.last = *fix;
        run.receptions += 1;
        run.farthest_m = run.farthest_m.max(distance_m);
        run.range_m = range_m;
        run.pair = match (run.pair, pair) {
            (Some(a), Some(b)) => Some(if b.0 > a.0 { b } else { a }),
            (a, b) => a.or(b),
        };
        if run.reported.is_none()
            && run.receptions >= parameters.min_receptions
            && let Some(station) = stations.get(number as usize)
        {
            run.reported = Some(1);
            out.push(run.event(station, track, 0, false));
        }
    }

    /// Whether this very reception was given before: one line given twice is no second reception.
    fn is_copy(&mut self, fix: &Fix, station: u32) -> bool {
        if self.last.is_none_or(|(last, _)| last.observed != fix.observed) {
            self.heard.clear();
        }
        let reception = (station, fix.position);
        let known = self.heard.contains(&reception);
        if !known && self.heard.len() < HEARINGS {
            self.heard.push(reception);
        }
        known
    }

    /// The run of this station, begun if there is room.
    fn run(&mut self, station: u32, fix: &Fix) -> Option<&mut Run> {
        let at = match self.runs.iter().position(|run| run.station == station) {
            Some(at) => at,
            None if self.runs.len() < RUNS => {
                self.runs.push(Run {
                    station,
                    first: *fix,
                    last: *fix,
                    receptions: 0,
                    farthest_m: 0.0,
                    range_m: 0.0,
                    pair: None,
                    reported: None,
                });
                self.runs.len() - 1
            }
            None => return None,
        };
        self.runs.get_mut(at)
    }

    fn close(
        &mut self,
        stations: &[Station],
        track: TrackId,
        over: impl Fn(&Run) -> bool,
        out: &mut Vec<Event>,
    ) {
        self.runs.retain(|run| {
            if !over(run) {
                return true;
            }
            if let (Some(revision), Some(station)) = (run.reported, stations.get(run.station as usize)) {
                out.push(run.event(station, track, revision, true));
            }
            false
        });
    }
}

impl Run {
    fn event(&self, station: &Station, track: TrackId, revision: u32, ended: bool) -> Event {
        let start = self.first.observed;
        let mut numbers = Numbers::from([
            ("duration_h".to_owned(), (self.last.observed - start).hours_f64()),
            ("receptions".to_owned(), f64::from(self.receptions)),
            ("max_distance_m".to_owned(), self.farthest_m),
            ("range_m".to_owned(), self.range_m),
        ]);
        if let Some(place) = station.place() {
            numbers.insert("station_lat".to_owned(), place.lat());
            numbers.insert("station_lon".to_owned(), place.lon());
        }
        if let Some((apart_m, reach_m)) = self.pair {
            numbers.insert("stations_apart_m".to_owned(), apart_m);
            numbers.insert("stations_reach_m".to_owned(), reach_m);
        }
        Event {
            id: EventId::of(&[
                b"receiver_contradiction",
                track.bytes(),
                station.label().as_bytes(),
                &start.micros().to_be_bytes(),
            ]),
            revision,
            kind: Kind::ReceiverContradiction,
            mmsi: self.first.mmsi,
            other: None,
            track,
            other_track: None,
            start,
            end: ended.then_some(self.last.observed),
            position: self.first.position,
            end_position: Some(self.last.position),
            numbers,
            evidence: vec![
                self.first.as_evidence(EvidenceRole::FirstContradicted),
                self.last.as_evidence(EvidenceRole::LastContradicted),
            ],
            place: None,
            withdrawn: false,
        }
    }
}

/// The batch form: `station_of` gives for each row a station of the list; rows without one are passed over. The
/// number is the track.
pub fn receiver_contradictions(
    positions: &Positions,
    station_of: &[Option<u32>],
    stations: &[(&str, Option<Position>)],
    source: SourceId,
    parameters: &ReceiverParameters,
) -> Vec<Event> {
    let mut order: Vec<u32> = (0..positions.len() as u32).collect();
    order.sort_by_key(|row| {
        let at = *row as usize;
        (positions.micros().get(at).copied(), positions.mmsi().get(at).copied(), *row)
    });
    let mut detector = ReceiverContradictions::new(parameters);
    let mut out = Vec::new();
    for number in order {
        if let Some(fix) = positions.row(number as usize).and_then(|row| Fix::of_row(&row, source, number))
            && let Some(Some(station)) = station_of.get(number as usize)
            && let Some((station, place)) = stations.get(*station as usize)
        {
            let heard = Heard { fix, station, place: *place };
            detector.observe(track_of_number(fix.mmsi.number()), &heard, &mut out);
        }
    }
    detector.finish(&mut out);
    out
}
