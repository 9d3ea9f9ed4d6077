//! The detectors that need to know who heard a report: reach and clocks of the receiving stations. A feed that names no
//! stations teaches them nothing.

use bitacora_primitives::{Duration, EvidenceRef, TrackId};

use crate::behaviour::Event;
use crate::behaviour::integrity::IntegrityParameters;
use crate::behaviour::integrity::clock::{self, ClockFault, ClockFaults};
use crate::behaviour::integrity::receiver::ReceiverContradictions;
use crate::contacts::Hearing;
use crate::picture::hearings::{Hearings, Held};
use crate::tracks::Fix;

/// Times of one transmission that were taken for one differ by less than this.
const STAMPS: Duration = Duration::from_mins(1);
/// One transmission in so many tells of the clocks, chosen by its bits, which are the same at every station: a vessel in
/// reach of two stations sends hundreds in an hour.
const COMPARED: u64 = 4;

/// See the module.
#[derive(Debug)]
pub struct Receivers {
    hearings: Hearings,
    contradictions: ReceiverContradictions,
    clocks: ClockFaults,
    /// What both detectors number the stations, by their number among the hearings; given as reports are settled, so that the
    /// order of arrival does not matter.
    numbers: Vec<Option<[Option<u32>; 2]>>,
    faults: Vec<ClockFault>,
    /// Kept for its memory.
    given: Vec<Held>,
}

impl Receivers {
    pub fn new(p: &IntegrityParameters) -> Self {
        Self {
            hearings: Hearings::default(),
            contradictions: ReceiverContradictions::new(&p.receiver),
            clocks: ClockFaults::new(&p.clock),
            numbers: Vec::new(),
            faults: Vec::new(),
            given: Vec::new(),
        }
    }

    /// Whether the track is followed.
    pub fn follows(&self, track: TrackId) -> bool {
        self.contradictions.follows(track)
    }

    /// Who heard a report that has not been settled yet.
    pub fn hear(&mut self, hearing: &Hearing<'_>) {
        self.hearings.hold(hearing);
    }

    /// Hearings that were let go before their report came.
    pub const fn given_up(&self) -> u64 {
        self.hearings.given_up()
    }

    /// The report that became this fix is settled, on this track.
    pub fn settle(&mut self, track: TrackId, fix: &Fix, events: &mut Vec<Event>) {
        self.hearings.take(&fix.evidence, fix.observed, &mut self.given);
        if self.given.is_empty() {
            return;
        }
        let Self { hearings, contradictions, clocks, numbers, faults, given } = self;
        for one in given.iter() {
            let at = one.station as usize;
            if at >= numbers.len() {
                numbers.resize(at + 1, None);
            }
            if let Some(known) = numbers.get_mut(at)
                && known.is_none()
            {
                let label = hearings.label(one.station);
                *known = Some([contradictions.number(label, None), clocks.number(label)]);
            }
        }
        let number = |one: &Held, of: usize| numbers.get(one.station as usize)?.as_ref()?.get(of).copied()?;
        let judged = given.iter().filter_map(|one| number(one, 0));
        contradictions.observe_by(track, fix, judged, events);
        for one in given.iter().filter(|one| one.payload % COMPARED == 0) {
            let Some(station) = number(one, 1) else { continue };
            let evidence = EvidenceRef { source: fix.evidence.source, line: one.line, offset: one.offset };
            let hearing = clock::Hearing {
                payload: one.payload,
                mmsi: fix.mmsi,
                station: hearings.label(one.station),
                stamped: one.at,
                evidence,
            };
            clocks.observe_by(station, &hearing, faults);
        }
        clocks.settle_before(fix.observed - STAMPS, faults);
        self.place(events);
    }

    /// The track has fallen silent or ended.
    pub fn end(&mut self, track: TrackId, events: &mut Vec<Event>) {
        self.contradictions.end(track, events);
    }

    /// The input has ended.
    pub fn finish(&mut self, events: &mut Vec<Event>) {
        self.clocks.finish(&mut self.faults);
        self.place(events);
    }

    /// A fault is shown where its station stands. As many stations are placed as have clocks that are compared.
    fn place(&mut self, events: &mut Vec<Event>) {
        for fault in self.faults.drain(..) {
            events.extend(self.contradictions.about(&fault.station).map(|place| fault.event(place)));
        }
    }
}
