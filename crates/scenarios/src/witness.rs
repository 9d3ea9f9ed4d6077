//! Writes the truth down from the true movement: every closeness, every slow hour, every silence, guilty or not. What
//! was planned is taken as planned; everything else is innocent.

use std::collections::BTreeMap;

use bitacora_primitives::{Duration, Instant, Position};

use crate::Scale;
use crate::cast::{Cast, Hull, Trade};
use crate::motion::{Activity, Point, State};
use crate::reception::{Heard, What};
use crate::truth::{Entry, Kind, Note, Truth};

/// Thresholds of [`Entry`], in seconds, metres as miles, and knots.
const STEP: f64 = 60.0;
const CLOSE_NM: f64 = 500.0 / 1852.0;
const CLOSE_FOR: f64 = 600.0;
const SLOW_KN: f64 = 2.0;
const SLOW_FOR: f64 = 3600.0;
const SILENT_FOR: f64 = 4.0 * 3600.0;

pub fn write_down(cast: &Cast, heard: &[Heard], start: Instant, scale: Scale) -> Truth {
    let mut witness = Witness { cast, start, seconds: scale.seconds(), entries: Vec::new() };
    witness.plans();
    witness.watch();
    witness.silences(heard);
    let mut entries = witness.entries;
    entries.sort_by(|a, b| (a.start, a.kind, &a.mmsis).cmp(&(b.start, b.kind, &b.mmsis)));
    let seconds: f64 = cast.hulls.iter().map(|hull| time_in_picture(hull, scale.seconds())).sum();
    Truth { entries, vessel_days: libm::round(seconds / 86.4) / 1e3 }
}

fn time_in_picture(hull: &Hull, seconds: f64) -> f64 {
    let first = hull.track.keyframes().first().map_or(seconds, |k| k.t);
    (hull.track.end().min(seconds) - first.max(0.0)).max(0.0)
}

/// A stretch that goes on: since when, where it began.
#[derive(Clone, Copy)]
struct Run {
    since: f64,
    last: f64,
    began: State,
}

struct Witness<'a> {
    cast: &'a Cast,
    start: Instant,
    seconds: f64,
    entries: Vec<Entry>,
}

impl Witness<'_> {
    fn enter(&mut self, kind: Kind, hulls: &[usize], span: (f64, f64), point: Point, cause: (bool, Note)) {
        // A centimetre is enough, and so few digits survive any JSON reader.
        let rounded = |degrees: f64| libm::round(degrees * 1e7) / 1e7;
        let Ok(position) = Position::new(rounded(point.lat), rounded(point.lon)) else { return };
        let mut mmsis: Vec<_> =
            hulls.iter().filter_map(|&h| self.cast.hulls.get(h)).map(|h| h.identity.mmsi).collect();
        mmsis.sort_unstable();
        mmsis.dedup();
        let at = |t: f64| self.start + Duration::from_secs_f64(t);
        let (start, end) = (at(span.0), at(span.1));
        self.entries.push(Entry { kind, mmsis, start, end, position, innocent: cause.0, note: cause.1 });
    }

    fn plans(&mut self) {
        for plan in &self.cast.planned {
            self.enter(plan.kind, &plan.hulls, (plan.start, plan.end), plan.point, (false, plan.note));
        }
    }

    /// The plan, of any kind, that a hull carries out in a span.
    fn plan_of(&self, hulls: &[usize], kind: Option<Kind>, from: f64, to: f64) -> Option<Note> {
        let overlaps = |start: f64, end: f64| start <= to && end >= from;
        let plans = self.cast.planned.iter();
        let mut meant = plans.filter(|plan| {
            kind.is_none_or(|kind| plan.kind == kind)
                && hulls.iter().all(|hull| plan.hulls.contains(hull))
                && overlaps(plan.start, plan.end)
        });
        meant.next().map(|plan| plan.note)
    }

    /// Walks through the day in steps and notes who is slow and who is close to whom.
    fn watch(&mut self) {
        let mut slow: BTreeMap<usize, Run> = BTreeMap::new();
        let mut close: BTreeMap<(usize, usize), Run> = BTreeMap::new();
        let mut t = 0.0;
        while t <= self.seconds {
            let mut present: Vec<(usize, State)> = self
                .cast
                .hulls
                .iter()
                .enumerate()
                .filter_map(|(index, hull)| Some((index, hull.track.at(t)?)))
                .collect();
            for &(index, state) in present.iter().filter(|(_, state)| state.sog_kn < SLOW_KN) {
                slow.entry(index).and_modify(|run| run.last = t).or_insert(Run {
                    since: t,
                    last: t,
                    began: state,
                });
            }
            present.sort_by(|a, b| a.1.point.lat.total_cmp(&b.1.point.lat));
            for (n, &(a, here)) in present.iter().enumerate() {
                let near = present.iter().skip(n + 1);
                for &(b, there) in near.take_while(|(_, s)| (s.point.lat - here.point.lat) * 60.0 <= CLOSE_NM)
                {
                    // Half a degree is a hundred times the threshold anywhere in this theatre.
                    if (there.point.lon - here.point.lon).abs() < 0.5
                        && here.point.distance_nm(there.point) <= CLOSE_NM
                    {
                        let run = close.entry((a.min(b), a.max(b)));
                        run.and_modify(|run| run.last = t).or_insert(Run { since: t, last: t, began: here });
                    }
                }
            }
            self.end_runs(t, &mut slow, &mut close);
            t += STEP;
        }
        self.end_runs(f64::INFINITY, &mut slow, &mut close);
    }

    /// Takes out what did not go on at `t` and enters what lasted long enough.
    fn end_runs(
        &mut self,
        t: f64,
        slow: &mut BTreeMap<usize, Run>,
        close: &mut BTreeMap<(usize, usize), Run>,
    ) {
        for (hull, run) in slow.extract_if(.., |_, run| run.last < t).collect::<Vec<_>>() {
            if run.last - run.since < SLOW_FOR
                || self.plan_of(&[hull], Some(Kind::Loitering), run.since, run.last).is_some()
            {
                continue;
            }
            // A hull that drifts because it meets another loiters guiltily.
            let cause = match self.plan_of(&[hull], Some(Kind::Encounter), run.since, run.last) {
                Some(note) => (false, note),
                None => (true, self.why_slow(hull, run.began.activity)),
            };
            self.enter(Kind::Loitering, &[hull], (run.since, run.last), run.began.point, cause);
        }
        for ((a, b), run) in close.extract_if(.., |_, run| run.last < t).collect::<Vec<_>>() {
            let planned = self.plan_of(&[a, b], None, run.since, run.last).is_some();
            if run.last - run.since >= CLOSE_FOR && !planned {
                let note = self.why_close(a, b, run.since);
                self.enter(Kind::Encounter, &[a, b], (run.since, run.last), run.began.point, (true, note));
            }
        }
    }

    fn trade(&self, hull: usize) -> Option<Trade> {
        self.cast.hulls.get(hull).map(|hull| hull.trade)
    }

    fn why_slow(&self, hull: usize, activity: Activity) -> Note {
        match (self.trade(hull), activity) {
            (_, Activity::Anchored) => Note::AtAnchor,
            (_, Activity::Moored) => Note::AtBerth,
            (Some(Trade::Bunker), _) => Note::Bunkering,
            (Some(Trade::Tug), _) => Note::TugAtWork,
            (Some(Trade::Fishing), _) => Note::FishingFleet,
            _ => Note::SharedLane,
        }
    }

    fn why_close(&self, a: usize, b: usize, since: f64) -> Note {
        let trades = [self.trade(a), self.trade(b)];
        let either = |trade| trades.contains(&Some(trade));
        let rests = |hull: usize| {
            let state = self.cast.hulls.get(hull).and_then(|hull| hull.track.at(since));
            state.is_some_and(|state| matches!(state.activity, Activity::Anchored | Activity::Moored))
        };
        if rests(a) && rests(b) {
            Note::SharedHarbour
        } else if either(Trade::Pilot) {
            Note::PilotBoarding
        } else if either(Trade::Bunker) {
            Note::Bunkering
        } else if either(Trade::Tug) {
            Note::TugAtWork
        } else if either(Trade::Fishing) {
            Note::FishingFleet
        } else if rests(a) || rests(b) {
            Note::SharedHarbour
        } else {
            Note::SharedLane
        }
    }

    fn silences(&mut self, heard: &[Heard]) {
        let mut last: BTreeMap<u16, f64> = BTreeMap::new();
        let mut found = Vec::new();
        for message in heard.iter().filter(|message| message.what == What::Position) {
            let t = f64::from(message.t);
            if let Some(before) = last.insert(message.hull, t).filter(|before| t - before >= SILENT_FOR) {
                found.push((message.hull, before, t));
            }
        }
        let unheard = last.into_iter().filter(|(_, t)| self.seconds - t >= SILENT_FOR);
        found.extend(unheard.map(|(hull, t)| (hull, t, self.seconds)));
        for (hull, from, to) in found {
            let hull = usize::from(hull);
            if self.plan_of(&[hull], Some(Kind::Gap), from, to).is_some() {
                continue;
            }
            let Some(state) = self.cast.hulls.get(hull).and_then(|h| h.track.at(from)) else { continue };
            let failed =
                |&(_, begin, end): &(usize, f64, f64)| end.min(to) - begin.max(from) > (to - from) / 2.0;
            let note =
                if self.cast.outages.iter().any(failed) { Note::StationOutage } else { Note::OutOfReach };
            self.enter(Kind::Gap, &[hull], (from, to), state.point, (true, note));
        }
    }
}
