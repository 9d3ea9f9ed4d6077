//! The detectors that look at all vessels together: identities, copies, departures. They need one order of all fixes, so
//! the picture that runs ahead has none of them.

use std::collections::VecDeque;

use bitacora_primitives::{Duration, Instant, Mmsi, Position, TrackId};

use super::Setting;
use super::receivers::Receivers;
use crate::behaviour::departure::Departures;
use crate::behaviour::integrity::copy::CopiedTracks;
use crate::behaviour::integrity::track_of_number;
use crate::behaviour::{Event, Kind, Parameters};
use crate::contacts::{Hearing, StaticReport};
use crate::tracks::Fix;
use crate::tracks::identity::change::Changes;
use crate::tracks::identity::contradiction::Contradictions;
use crate::tracks::identity::near_miss::NearMisses;
use crate::tracks::identity::{Finding, Reason};

/// Findings about numbers that were never heard at a place; the oldest goes first.
const UNPLACED: usize = 1_024;

/// Where the picture has a vessel now.
pub type Reported = (TrackId, Position);

/// See the module.
#[derive(Debug)]
pub struct Together {
    near_misses: NearMisses,
    contradictions: Contradictions,
    changes: Changes,
    copies: CopiedTracks,
    departures: Departures,
    receivers: Receivers,
    /// Found, and not yet events.
    findings: Vec<Finding>,
    /// They wait for a position of their vessel.
    unplaced: VecDeque<Finding>,
}

impl Together {
    pub fn new(p: &Parameters) -> Self {
        Self {
            near_misses: NearMisses::new(p.near_miss.clone()),
            contradictions: Contradictions::new(p.contradiction.clone()),
            changes: Changes::new(p.change.clone()),
            copies: CopiedTracks::new(&p.integrity.copy),
            departures: Departures::new(&p.departure),
            receivers: Receivers::new(&p.integrity),
            findings: Vec::new(),
            unplaced: VecDeque::new(),
        }
    }

    /// When something is to be decided though nothing is heard: after this moment.
    pub fn due(&self) -> Option<Instant> {
        let [a, b] = [self.near_misses.due(), self.changes.due()];
        a.into_iter().chain(b).min()
    }

    /// Nothing observed before `now` will come.
    pub fn advance(&mut self, now: Instant) {
        self.near_misses.advance(now, &mut self.findings);
        self.changes.advance(now, &mut self.findings);
    }

    /// Takes the next static report of any vessel.
    pub fn learn(&mut self, report: &StaticReport) {
        self.contradictions.observe(report, &mut self.findings);
        // A slip of typing that one ship in seventy lives with: it would bury the others.
        self.findings.retain(|finding| finding.reason != Reason::ImoCheckDigit);
        self.changes.learn(report, &mut self.findings);
    }

    /// How many of the detectors remember the number.
    pub fn know(&self, mmsi: Mmsi) -> usize {
        usize::from(self.near_misses.knows(mmsi)) + usize::from(self.changes.knows(mmsi))
    }

    /// How many of the detectors follow the track.
    pub fn follow(&self, track: TrackId) -> usize {
        usize::from(self.copies.follows(track)) + usize::from(self.receivers.follows(track))
    }

    /// Who heard a report that has not been settled yet.
    pub fn heard_by(&mut self, hearing: &Hearing<'_>) {
        self.receivers.hear(hearing);
    }

    /// Hearings that were let go before their report came.
    pub const fn given_up(&self) -> u64 {
        self.receivers.given_up()
    }

    /// A report has been settled on a track, perhaps as an outlier, or for the second time.
    pub fn settle(&mut self, track: TrackId, fix: &Fix, events: &mut Vec<Event>) {
        self.receivers.settle(track, fix, events);
    }

    /// Takes the next fix of any vessel, be it the only one of its track.
    pub fn hear(&mut self, fix: &Fix) {
        self.near_misses.observe(fix, &mut self.findings);
        self.changes.observe(fix, &mut self.findings);
    }

    /// Takes the next fix of a track that is no outlier. Of `events`, those `from` there on are what the
    /// track's own detectors found with it.
    pub fn observe(
        &mut self,
        track: TrackId,
        fix: &Fix,
        setting: Setting<'_>,
        from: usize,
        events: &mut Vec<Event>,
    ) {
        let p = setting.parameters;
        for at in from..events.len() {
            let left = |event: &&Event| {
                event.kind == Kind::Stop && event.end.is_some_and(|end| fix.observed - end <= p.stop.max_gap)
            };
            if let Some(stop) = events.get(at).filter(left).cloned() {
                self.departures.left_stop(&stop, fix, &p.departure, events);
            }
        }
        self.copies.observe(track, fix, events);
    }

    /// A number that was not known is heard again after `first`, which is thereby no outlier.
    pub fn appears(&mut self, track: TrackId, first: &Fix, setting: Setting<'_>, events: &mut Vec<Event>) {
        self.departures.first_heard(track, first, &setting.parameters.departure, events);
    }

    /// The lengths of silence after which something ends.
    pub fn silences(p: &Parameters) -> [Duration; 2] {
        [p.integrity.copy.max_silence, p.integrity.receiver.max_silence]
    }

    /// The track has been silent for longer than `length`, one of [`Self::silences`].
    pub fn silent(&mut self, track: TrackId, length: Duration, p: &Parameters, events: &mut Vec<Event>) {
        if p.integrity.copy.max_silence <= length {
            self.copies.end(track, events);
        }
        if p.integrity.receiver.max_silence <= length {
            self.receivers.end(track, events);
        }
    }

    /// The track has ended.
    pub fn end(&mut self, track: TrackId, events: &mut Vec<Event>) {
        self.copies.end(track, events);
        self.receivers.end(track, events);
    }

    /// The input has ended.
    pub fn finish(&mut self, events: &mut Vec<Event>) {
        self.near_misses.finish(&mut self.findings);
        self.changes.finish(&mut self.findings);
        self.receivers.finish(events);
    }

    pub const fn has_findings(&self) -> bool {
        !self.findings.is_empty()
    }

    /// Findings become events where the picture has their vessel. One whose vessel was never heard at a place waits until it
    /// is.
    pub fn place(&mut self, heard: impl Fn(Mmsi) -> Option<Reported>, events: &mut Vec<Event>) {
        for finding in self.findings.drain(..) {
            match placed(&finding, &heard) {
                Some(event) => events.push(event),
                None => self.unplaced.push_back(finding),
            }
        }
        while self.unplaced.len() > UNPLACED {
            self.unplaced.pop_front();
        }
    }

    /// A number is heard at a place for the first time.
    pub fn place_waiting(
        &mut self,
        mmsi: Mmsi,
        heard: impl Fn(Mmsi) -> Option<Reported>,
        events: &mut Vec<Event>,
    ) {
        let concerns = |finding: &Finding| finding.mmsi == mmsi || finding.other == Some(mmsi);
        if self.unplaced.iter().any(concerns) {
            self.unplaced.retain(|finding| {
                let event = Some(finding).filter(|one| concerns(one)).and_then(|one| placed(one, &heard));
                let kept = event.is_none();
                events.extend(event);
                kept
            });
        }
    }
}

/// The event, if it is known where its vessel is, or the other one that it names.
fn placed(finding: &Finding, heard: impl Fn(Mmsi) -> Option<Reported>) -> Option<Event> {
    let own = heard(finding.mmsi);
    let other = finding.other.and_then(&heard);
    let (_, at) = own.or(other).or_else(|| Some((track_of_number(0), finding.position?)))?;
    let track = own.map_or_else(|| track_of_number(finding.mmsi.number()), |(track, _)| track);
    Some(finding.clone().into_event(track, other.map(|(track, _)| track), at))
}
