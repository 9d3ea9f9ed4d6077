//! Change of a vessel's speed against its own history: a cumulative sum of standardised speeds (Page 1954), and
//! sudden stops and sprints. Bounded: some numbers for each track. Why the speed changed is not asked here.

use bitacora_primitives::{Duration, Instant, Numbers, TrackId};
use serde::{Deserialize, Serialize};

use super::located::{self, Located, RowFix};
use super::{Event, EvidenceRole, Kind, event_id};
use crate::tracks::fix::{Fix, KNOT};
use crate::tracks::positions::Positions;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SpeedParameters {
    /// Speed is the mean over stretches of at least this length, so that fix noise and waves are not speed.
    pub sample: Duration,
    /// A longer silence is no sample; the history stays.
    pub max_silence: Duration,
    /// Samples before anything is judged: half a day of ten-minute samples.
    pub min_history: u32,
    /// Samples after which the history forgets: its weight is that of this many.
    pub memory: u32,
    /// Spread below which differences are not told apart: current and throttle.
    pub min_spread_kn: f64,
    /// Shift to be found, in spreads, of which half is taken off each sample (Page's reference value is 0.5).
    pub shift: f64,
    /// Sum at which a change is reported. With the reference value 0.5 and independent normal samples 10 is passed by
    /// chance once in some 140,000 samples on each side (Siegmund's approximation): over two years.
    pub threshold: f64,
    /// A sudden stop goes from at least `way_kn` to at most `stopped_kn` between two samples; a sprint from below
    /// `way_kn` to at least `sprint_kn`.
    pub stopped_kn: f64,
    pub way_kn: f64,
    pub sprint_kn: f64,
}

impl Default for SpeedParameters {
    fn default() -> Self {
        Self {
            sample: Duration::from_mins(10),
            max_silence: Duration::from_secs(3600),
            min_history: 72,
            memory: 1_008,
            min_spread_kn: 0.5,
            shift: 1.0,
            threshold: 10.0,
            stopped_kn: 1.0,
            way_kn: 8.0,
            sprint_kn: 25.0,
        }
    }
}

/// What kind of change it is: the number `change` of the event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    Slower = 1,
    Faster = 2,
    SuddenStop = 3,
    Sprint = 4,
}

/// The state for one track.
#[derive(Clone, Debug, Default)]
pub struct SpeedProfile(Profile<Fix>);

/// The one definition, for fixes of the stream and rows of the batch alike.
#[derive(Clone, Debug)]
struct Profile<P> {
    sample_start: Option<P>,
    /// Way made good within the sample, leg by leg.
    last: Option<P>,
    run_m: f64,
    before: Option<f64>,
    history: History,
    slower: Sum<P>,
    faster: Sum<P>,
}

/// Mean and spread of the samples so far, the old ones forgotten by and by.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct History {
    samples: u32,
    mean: f64,
    variance: f64,
}

/// A cumulative sum on one side, and the samples since it was last zero.
#[derive(Clone, Debug)]
struct Sum<P> {
    sum: f64,
    since: Option<P>,
    samples: u32,
    total: f64,
    squares: f64,
}

/// A change as it is found out.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Seen<P> {
    change: Change,
    /// Beginning of the first sample of the new speed, and end of the one that decided.
    from: P,
    until: P,
    before_kn: f64,
    after_kn: f64,
    spread_kn: f64,
    score: f64,
    samples: u32,
}

impl<P> Default for Sum<P> {
    fn default() -> Self {
        Self { sum: 0.0, since: None, samples: 0, total: 0.0, squares: 0.0 }
    }
}

impl<P> Default for Profile<P> {
    fn default() -> Self {
        Self {
            sample_start: None,
            last: None,
            run_m: 0.0,
            before: None,
            history: History::default(),
            slower: Sum::default(),
            faster: Sum::default(),
        }
    }
}

impl History {
    fn take(&mut self, speed: f64, memory: u32) {
        self.samples = self.samples.saturating_add(1);
        let weight = 1.0 / f64::from(self.samples.min(memory.max(1)));
        let off = speed - self.mean;
        self.mean += weight * off;
        self.variance = (1.0 - weight) * (self.variance + weight * off * off);
    }
}

impl<P: Copy> Sum<P> {
    /// Adds a standardised step; below zero all is forgotten.
    fn take(&mut self, step: f64, speed: f64, from: P) {
        if self.sum + step <= 0.0 {
            *self = Self::default();
            return;
        }
        self.sum += step;
        self.since.get_or_insert(from);
        self.samples = self.samples.saturating_add(1);
        self.total += speed;
        self.squares += speed * speed;
    }

    /// The samples since the change as a history of their own.
    fn history(&self) -> History {
        let count = f64::from(self.samples.max(1));
        let mean = self.total / count;
        History { samples: self.samples, mean, variance: (self.squares / count - mean * mean).max(0.0) }
    }
}

impl SpeedProfile {
    /// Something has begun and is not over.
    pub const fn goes_on(&self) -> bool {
        self.0.slower.since.is_some() || self.0.faster.since.is_some()
    }

    /// Takes the next fix of the track, later than the one before.
    pub fn observe(&mut self, track: TrackId, fix: &Fix, parameters: &SpeedParameters, out: &mut Vec<Event>) {
        self.0.observe(*fix, parameters, &mut |seen| out.push(seen.event(track)));
    }
}

impl<P: Located> Profile<P> {
    fn observe(&mut self, fix: P, parameters: &SpeedParameters, report: &mut impl FnMut(&Seen<P>)) {
        let (Some(last), Some(start)) = (self.last, self.sample_start) else {
            self.last = Some(fix);
            self.sample_start = Some(fix);
            return;
        };
        let silence = fix.micros().saturating_sub(last.micros());
        if silence <= 0 {
            return;
        }
        self.last = Some(fix);
        if silence > parameters.max_silence.micros() {
            self.sample_start = Some(fix);
            (self.run_m, self.before) = (0.0, None);
            return;
        }
        self.run_m += last.distance_m(&fix);
        if fix.micros().saturating_sub(start.micros()) < parameters.sample.micros() {
            return;
        }
        let speed = self.run_m / fix.secs_since(&start) / KNOT;
        self.run_m = 0.0;
        self.sample_start = Some(fix);
        self.judge(speed, (start, fix), parameters, report);
        self.before = Some(speed);
    }

    fn judge(
        &mut self,
        speed: f64,
        (from, until): (P, P),
        parameters: &SpeedParameters,
        report: &mut impl FnMut(&Seen<P>),
    ) {
        if let Some(before) = self.before {
            let stop = before >= parameters.way_kn && speed <= parameters.stopped_kn;
            let sprint = before < parameters.way_kn && speed >= parameters.sprint_kn;
            if stop || sprint {
                report(&Seen {
                    change: if stop { Change::SuddenStop } else { Change::Sprint },
                    from,
                    until,
                    before_kn: before,
                    after_kn: speed,
                    spread_kn: 0.0,
                    score: 0.0,
                    samples: 1,
                });
            }
        }
        let spread = self.history.variance.sqrt().max(parameters.min_spread_kn);
        if self.history.samples < parameters.min_history {
            self.history.take(speed, parameters.memory);
            return;
        }
        let off = (speed - self.history.mean) / spread;
        self.faster.take(off - 0.5 * parameters.shift, speed, from);
        self.slower.take(-off - 0.5 * parameters.shift, speed, from);
        let changed = [(Change::Slower, &self.slower), (Change::Faster, &self.faster)]
            .into_iter()
            .find(|(_, sum)| sum.sum >= parameters.threshold);
        let Some((change, sum)) = changed else {
            // While neither sum is up the sample is one of the old speed.
            if self.faster.sum == 0.0 && self.slower.sum == 0.0 {
                self.history.take(speed, parameters.memory);
            }
            return;
        };
        let new = sum.history();
        report(&Seen {
            change,
            from: sum.since.unwrap_or(from),
            until,
            before_kn: self.history.mean,
            after_kn: new.mean,
            spread_kn: spread,
            score: sum.sum,
            samples: sum.samples,
        });
        // INVARIANT: after a change the vessel is measured against the new speed only.
        self.history = new;
        self.slower = Sum::default();
        self.faster = Sum::default();
    }
}

impl Seen<Fix> {
    fn event(&self, track: TrackId) -> Event {
        let (start, end) = (self.from.observed, self.until.observed);
        let change = self.change as u8;
        Event {
            id: event_id(Kind::SpeedChange, self.from.mmsi, start, self.from.evidence, change.into()),
            revision: 0,
            kind: Kind::SpeedChange,
            mmsi: self.from.mmsi,
            other: None,
            track,
            other_track: None,
            start,
            end: Some(end),
            position: self.from.position,
            end_position: Some(self.until.position),
            numbers: Numbers::from([
                ("duration_h".to_owned(), (end - start).hours_f64()),
                ("change".to_owned(), f64::from(change)),
                ("speed_before_kn".to_owned(), self.before_kn),
                ("speed_after_kn".to_owned(), self.after_kn),
                ("spread_kn".to_owned(), self.spread_kn),
                ("score".to_owned(), self.score),
                ("samples".to_owned(), f64::from(self.samples)),
            ]),
            evidence: vec![
                self.from.as_evidence(EvidenceRole::BeforeChange),
                self.until.as_evidence(EvidenceRole::AfterChange),
            ],
            place: None,
            withdrawn: false,
        }
    }
}

/// One change of the batch form.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Found {
    pub mmsi: u32,
    pub change: Change,
    pub start: Instant,
    pub end: Instant,
    pub before_kn: f64,
    pub after_kn: f64,
    pub score: f64,
    pub first_row: u32,
    pub last_row: u32,
}

/// The changes of each vessel, by number and time: what the stream finds, one track for each number.
pub fn speed_changes(positions: &Positions, parameters: &SpeedParameters) -> Vec<Found> {
    let mut found = Vec::new();
    for (mmsi, rows) in positions.by_vessel().iter() {
        let mut profile = Profile::default();
        let mut report = |seen: &Seen<RowFix>| {
            found.push(Found {
                mmsi,
                change: seen.change,
                start: Instant::from_micros(seen.from.micros),
                end: Instant::from_micros(seen.until.micros),
                before_kn: seen.before_kn,
                after_kn: seen.after_kn,
                score: seen.score,
                first_row: seen.from.row,
                last_row: seen.until.row,
            });
        };
        for fix in located::fixes(positions, rows, &[]) {
            profile.observe(fix, parameters, &mut report);
        }
    }
    found
}
