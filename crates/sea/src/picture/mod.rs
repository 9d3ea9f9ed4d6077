//! The picture: the one state machine from reports to tracks and events, live and archive. It has no clock: time
//! comes in with the reports and with [`Picture::advance`]. It reads and stores nothing outside itself.

mod ahead;
mod charts;
pub mod detectors;
mod hearings;
mod output;
mod settle;
mod ship;
mod statics;
mod timers;

use std::sync::Arc;

use bitacora_primitives::{Duration, Instant, Mmsi};
use rustc_hash::FxHashMap;

pub use self::ahead::{Ahead, Told};
pub use self::charts::Charts;
use self::detectors::{Setting, Together};
pub use self::output::{Counts, Output, Refusal};
use self::ship::Ship;
use self::statics::Statics;
use self::timers::Timers;
use crate::behaviour::encounter::Encounters;
use crate::behaviour::encounter::batch::{Tile, Tiling};
use crate::behaviour::encounter::legs::{At, Dealt};
use crate::behaviour::reception::HeardNearby;
use crate::behaviour::{Event, Parameters};
use crate::contacts::{Contact, Hearing, Report, StaticReport};
use crate::tracks::Vessel;
use crate::tracks::clock::EventClock;
use crate::tracks::reorder::Reorder;
use crate::tracks::split::Track;

/// When the detectors get a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    /// When no earlier one is expected any more.
    Observed,
    /// At once, if it is the newest of its vessel.
    Arrival,
}

/// The detectors that run, by how their work can be divided. What one group finds does not depend on whether the others
/// run, and tracks come before them all. What reads another group's findings has them found again: with `in_order`,
/// events of one vessel come out too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Detectors {
    /// Those that need the fixes of one number at a time.
    pub by_vessel: bool,
    /// Those that need what is near.
    pub by_cell: bool,
    /// Those that learn from all fixes in order of time.
    pub in_order: bool,
}

impl Detectors {
    pub const ALL: Self = Self { by_vessel: true, by_cell: true, in_order: true };
    pub const NONE: Self = Self { by_vessel: false, by_cell: false, in_order: false };
}

/// See the module.
#[derive(Debug)]
pub struct Picture {
    parameters: Parameters,
    charts: Arc<Charts>,
    detectors: Detectors,
    order: Order,
    /// In order of arrival.
    vessels: FxHashMap<Mmsi, Vessel>,
    clock: EventClock,
    reorder: Reorder,
    statics: Statics,
    watermark: Option<Instant>,
    /// In order of observed time.
    ships: FxHashMap<Mmsi, Ship>,
    timers: Timers,
    encounters: Encounters,
    heard: HeardNearby,
    /// Needs one order of all fixes: none where they come as they arrive.
    together: Option<Together>,
    next_serial: u64,
    counts: Counts,
    /// Kept for their memory.
    ready: Vec<Contact>,
    refused: Vec<Contact>,
    events: Vec<Event>,
    closed: Vec<Track>,
}

impl Picture {
    pub fn new(parameters: Parameters) -> Self {
        Self::with_charts(parameters, Arc::default())
    }

    /// With what is known of the sea beforehand.
    pub fn with_charts(parameters: Parameters, charts: Arc<Charts>) -> Self {
        Self::in_order(parameters, charts, Order::Observed)
    }

    /// With some of the detectors: the tracks and their events are those of the whole picture. For a run over an
    /// archive, which divides the work.
    pub fn with(detectors: Detectors, parameters: Parameters, charts: Arc<Charts>) -> Self {
        let together = detectors.in_order.then(|| Together::new(&parameters));
        Self { detectors, together, ..Self::with_charts(parameters, charts) }
    }

    /// With these, and the motion of the tracks dealt to tiles, for detectors of one each ([`Self::dealt`]).
    pub fn dealing(
        tiling: Tiling,
        detectors: Detectors,
        parameters: Parameters,
        charts: Arc<Charts>,
    ) -> Self {
        let encounters = Encounters::dealing(&parameters.encounter, tiling);
        let detectors = Detectors { by_cell: true, ..detectors };
        Self { encounters, ..Self::with(detectors, parameters, charts) }
    }

    /// What was dealt since the last call.
    pub fn dealt(&mut self) -> impl Iterator<Item = (Tile, Dealt)> {
        self.encounters.dealt()
    }

    fn in_order(parameters: Parameters, charts: Arc<Charts>, order: Order) -> Self {
        Self {
            charts,
            detectors: Detectors::ALL,
            order,
            vessels: FxHashMap::default(),
            clock: EventClock::default(),
            reorder: Reorder::default(),
            statics: Statics::default(),
            watermark: None,
            ships: FxHashMap::default(),
            timers: Timers::new(&parameters),
            encounters: Encounters::new(&parameters.encounter),
            heard: HeardNearby::new(&parameters.gap),
            together: (order == Order::Observed).then(|| Together::new(&parameters)),
            next_serial: 0,
            counts: Counts::default(),
            ready: Vec::new(),
            refused: Vec::new(),
            events: Vec::new(),
            closed: Vec::new(),
            parameters,
        }
    }
    pub const fn parameters(&self) -> &Parameters {
        &self.parameters
    }
    pub const fn counts(&self) -> Counts {
        self.counts
    }
    pub fn vessel(&self, mmsi: Mmsi) -> Option<&Vessel> {
        self.vessels.get(&mmsi)
    }
    /// In no particular order.
    pub fn vessels(&self) -> impl Iterator<Item = &Vessel> {
        self.vessels.values()
    }
    /// Nothing observed before this is expected; `None` before the first report.
    pub const fn watermark(&self) -> Option<Instant> {
        self.watermark
    }

    /// Takes one report, in order of arrival; appends what follows from it.
    pub fn push(&mut self, report: Report, out: &mut Vec<Output>) {
        match report {
            Report::Position(contact) => self.push_contact(contact, out),
            Report::Static(told) => {
                self.counts.statics += 1;
                let mmsi = told.mmsi;
                self.compare_later(&told);
                let vessel = self.vessels.entry(mmsi).or_insert_with(|| Vessel::new(mmsi, told.station));
                if let Some(change) = vessel.learn(told)
                    && let Some(identity) = vessel.identity.clone()
                {
                    out.push(Output::Identity { mmsi, identity, change });
                }
            }
        }
    }

    /// Hearings that were let go before their report came, for want of room: the detectors of receivers never saw them.
    pub fn hearings_given_up(&self) -> u64 {
        self.together.as_ref().map_or(0, Together::given_up)
    }

    /// Who heard a report, told before it is settled: with it, or until it has waited for `parameters.lateness`.
    pub fn heard(&mut self, hearing: &Hearing<'_>) {
        if let Some(together) = &mut self.together {
            together.heard_by(hearing);
        }
    }

    /// A static report waits for its time to be closed before it is compared with others; one whose time is closed already is
    /// not.
    fn compare_later(&mut self, told: &StaticReport) {
        if self.together.is_none() {
            return;
        }
        let late = self.watermark.is_some_and(|passed| told.observed.secs() < passed.secs());
        if late || !self.statics.hold(told.clone()) {
            self.counts.statics_late += 1;
        }
    }

    fn push_contact(&mut self, contact: Contact, out: &mut Vec<Output>) {
        self.counts.contacts += 1;
        if contact.observed > contact.received + self.parameters.clock_tolerance {
            self.counts.refused += 1;
            out.push(Output::Refused(contact, Refusal::ObservedAfterReceived));
            return;
        }
        self.clock.admit(contact, self.parameters.max_leap, &mut self.ready, &mut self.refused);
        self.take_ready(out);
        if let Some(newest) = self.clock.newest() {
            self.advance(newest - self.parameters.lateness, out);
        }
    }

    /// What the clock let through is heard at once and held until its time is closed.
    fn take_ready(&mut self, out: &mut Vec<Output>) {
        for contact in self.refused.drain(..) {
            self.counts.refused += 1;
            out.push(Output::Refused(contact, Refusal::ClockLeap));
        }
        let mut ready = std::mem::take(&mut self.ready);
        for contact in ready.drain(..) {
            let vessel = self
                .vessels
                .entry(contact.mmsi)
                .or_insert_with(|| Vessel::new(contact.mmsi, contact.station));
            if vessel.hear(&contact) {
                out.push(Output::Moved(contact));
            }
            match self.order {
                Order::Observed => {
                    if let Err(late) = self.reorder.hold(contact) {
                        self.late(late, out);
                    }
                }
                Order::Arrival => self.settle_if_newest(&contact, out),
            }
        }
        self.ready = ready;
    }

    /// Declares that nothing observed before `watermark` will come, for silence to be noticed while no report
    /// comes. A live node calls it with its clock minus `parameters.lateness`; never needed for an archive.
    pub fn advance(&mut self, watermark: Instant, out: &mut Vec<Output>) {
        if self.watermark.is_some_and(|passed| watermark.secs() <= passed.secs()) {
            return;
        }
        self.watermark = Some(watermark);
        while let Some(bucket) = self.reorder.next_before(watermark) {
            self.settle_all(&bucket, out);
            self.reorder.give_back(bucket);
        }
        // Whole seconds only, as with the contacts: the events of a time come out in one order whatever the steps.
        let closed = Instant::from_secs(watermark.secs());
        self.learn_until(closed - Duration::from_micros(1), out);
        self.fire(closed, out);
    }

    /// The input has ended: what is held back comes out and what goes on ends with its last fix. Gaps stay open.
    pub fn finish(&mut self, out: &mut Vec<Output>) {
        self.clock.finish(&mut self.ready, &mut self.refused);
        self.take_ready(out);
        while let Some(bucket) = self.reorder.pop() {
            self.settle_all(&bucket, out);
            self.reorder.give_back(bucket);
        }
        if let Some(newest) = self.clock.newest() {
            self.advance(newest, out);
            self.fire(newest, out);
        }
        self.end(self.clock.newest().unwrap_or_default(), out);
    }

    /// Takes the next contact of input that is sorted already, by time, then number, then evidence: what it gives is
    /// what [`Self::push`] would give, without holding anything back.
    pub fn take_sorted(&mut self, contact: &Contact, out: &mut Vec<Output>) {
        self.counts.contacts += 1;
        self.settle(contact, out);
    }

    /// Takes a static report of sorted input: before any contact observed at its time or after, and itself in order of time. What
    /// is found comes with the next contact, or with [`Self::end`].
    pub fn learn_sorted(&mut self, told: StaticReport, out: &mut Vec<Output>) {
        if self.together.is_none() {
            return;
        }
        self.counts.statics += 1;
        // What came before is of closed times: it need not wait for a contact when there is no room.
        if self.statics.is_full() {
            self.learn_until(told.observed, out);
        }
        self.statics.hold(told);
    }

    /// The sorted input has ended, its newest contact at `newest` (of other vessels perhaps): notices every silence
    /// until then. [`Self::end`] is to follow.
    pub fn settle_until(&mut self, newest: Instant, out: &mut Vec<Output>) {
        self.fire(newest, out);
    }

    /// What goes on ends with its last fix; nothing is known after `until`. Gaps stay open.
    pub fn end(&mut self, until: Instant, out: &mut Vec<Output>) {
        self.learn_until(Instant::from_micros(i64::MAX), out);
        self.encounters.set_time(At::End);
        let setting = Setting { parameters: &self.parameters, charts: &self.charts };
        let mut numbers: Vec<Mmsi> = self.ships.keys().copied().collect();
        numbers.sort_unstable();
        for mmsi in numbers {
            let Some(ship) = self.ships.get_mut(&mmsi) else { continue };
            for track in &mut ship.tracks {
                if let Some(mut alone) = track.alone.take() {
                    alone.end(track.id, until, setting, &mut self.events);
                }
                if let Some(together) = &mut self.together {
                    together.end(track.id, &mut self.events);
                }
                if let Some(slot) = track.slot.take() {
                    self.encounters.end(slot, &mut self.events);
                }
            }
            for conflict in &mut ship.conflicts {
                conflict.end(&mut self.events);
            }
        }
        if let Some(together) = &mut self.together {
            together.finish(&mut self.events);
        }
        self.place();
        self.emit(out);
    }
}
