//! The picture: the one state machine from reports to tracks and events, live and archive. It has no clock: time
//! comes in with the reports and with [`Picture::advance`]. It reads and stores nothing outside itself.

mod ahead;
mod timers;

use bitacora_primitives::{Instant, Mmsi, TrackId};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

pub use self::ahead::{Ahead, Told};
use self::timers::{Silence, Timers};
use crate::behaviour::encounter::Encounters;
use crate::behaviour::gap;
use crate::behaviour::reception::HeardNearby;
use crate::behaviour::{Event, Parameters};
use crate::contacts::{Contact, Report, StationKind};
use crate::tracks::clock::EventClock;
use crate::tracks::conflict::{self, Conflict};
use crate::tracks::fix::Fix;
use crate::tracks::reorder::Reorder;
use crate::tracks::split::{self, Placement, Track};
use crate::tracks::{Identity, IdentityChange, Vessel};

/// What comes out, in the order in which it was found out.
///
/// Each position report leaves exactly once as `Tracked`, `Late` or `Refused`. `Moved` comes besides, at once.
#[derive(Clone, PartialEq, Debug)]
pub enum Output {
    /// At once, in order of arrival: the newest position of its vessel. For the live map.
    Moved(Contact),
    /// In order of observed time, when no earlier report is expected any more. `track` is `None` for stations
    /// that are no vessels (base station, aid to navigation, SAR aircraft). `begins`: first fix of its track.
    Tracked { contact: Contact, track: Option<TrackId>, begins: bool },
    /// Came after its time had been closed. To be stored; gaps it falls into are revised.
    Late(Contact),
    /// To be stored as refused: its time cannot be right.
    Refused(Contact, Refusal),
    /// The current identity of a number, and why it is reported.
    Identity { mmsi: Mmsi, identity: Identity, change: IdentityChange },
    /// A new event or a new revision of one.
    Event(Event),
}

/// Why a report was not taken into the picture.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    #[error("observed after it was received")]
    ObservedAfterReceived,
    #[error("far ahead of every other report")]
    ClockLeap,
}

/// What went through.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    pub contacts: u64,
    pub statics: u64,
    pub tracked: u64,
    pub late: u64,
    pub refused: u64,
    /// Same vessel and time as an earlier report: tracked, but no motion.
    pub duplicates: u64,
    pub tracks: u64,
    pub events: u64,
}

/// The tracks of one MMSI, as far as event time has come.
#[derive(Debug)]
struct Ship {
    tracks: Vec<Track>,
    conflicts: Vec<Conflict>,
    /// Serial of the track that was heard last.
    current: u64,
    last_heard: Instant,
}

/// When the detectors get a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    /// When no earlier one is expected any more.
    Observed,
    /// At once, if it is the newest of its vessel.
    Arrival,
}

/// See the module.
#[derive(Debug)]
pub struct Picture {
    parameters: Parameters,
    order: Order,
    /// In order of arrival.
    vessels: FxHashMap<Mmsi, Vessel>,
    clock: EventClock,
    reorder: Reorder,
    watermark: Option<Instant>,
    /// In order of observed time.
    ships: FxHashMap<Mmsi, Ship>,
    timers: Timers,
    encounters: Encounters,
    heard: HeardNearby,
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
        Self::in_order(parameters, Order::Observed)
    }

    fn in_order(parameters: Parameters, order: Order) -> Self {
        Self {
            order,
            vessels: FxHashMap::default(),
            clock: EventClock::default(),
            reorder: Reorder::default(),
            watermark: None,
            ships: FxHashMap::default(),
            timers: Timers::new(&parameters),
            encounters: Encounters::new(&parameters.encounter),
            heard: HeardNearby::new(&parameters.gap),
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
                let vessel = self.vessels.entry(mmsi).or_insert_with(|| Vessel::new(mmsi, told.station));
                if let Some(change) = vessel.learn(told)
                    && let Some(identity) = vessel.identity.clone()
                {
                    out.push(Output::Identity { mmsi, identity, change });
                }
            }
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
            for contact in &bucket {
                self.settle(contact, out);
            }
            self.reorder.give_back(bucket);
        }
        // Whole seconds only, as with the contacts: the events of a time come out in one order whatever the steps.
        self.fire(Instant::from_secs(watermark.secs()), out);
    }

    /// The input has ended: what is held back comes out and what goes on ends with its last fix. Gaps stay open.
    pub fn finish(&mut self, out: &mut Vec<Output>) {
        self.clock.finish(&mut self.ready, &mut self.refused);
        self.take_ready(out);
        while let Some(bucket) = self.reorder.pop() {
            for contact in &bucket {
                self.settle(contact, out);
            }
            self.reorder.give_back(bucket);
        }
        if let Some(newest) = self.clock.newest() {
            self.advance(newest, out);
            self.fire(newest, out);
        }
        let mut numbers: Vec<Mmsi> = self.ships.keys().copied().collect();
        numbers.sort_unstable();
        for mmsi in numbers {
            let Some(ship) = self.ships.get_mut(&mmsi) else { continue };
            for track in &mut ship.tracks {
                track.loitering.end(track.id, &mut self.events);
                if let Some(slot) = track.slot.take() {
                    self.encounters.end(slot, &mut self.events);
                }
            }
            for conflict in &mut ship.conflicts {
                conflict.end(&mut self.events);
            }
        }
        self.emit(out);
    }

    fn emit(&mut self, out: &mut Vec<Output>) {
        self.counts.events += self.events.len() as u64;
        out.extend(self.events.drain(..).map(Output::Event));
    }

    /// Takes one contact in order of observed time.
    fn settle(&mut self, contact: &Contact, out: &mut Vec<Output>) {
        self.fire(contact.observed, out);
        self.counts.tracked += 1;
        let no_vessel = matches!(
            contact.station,
            StationKind::BaseStation | StationKind::AidToNavigation | StationKind::SarAircraft
        );
        if no_vessel {
            out.push(Output::Tracked { contact: *contact, track: None, begins: false });
            return;
        }
        let fix = Fix::of(contact);
        let ship = self.ships.entry(contact.mmsi).or_insert_with(|| Ship {
            tracks: Vec::new(),
            conflicts: Vec::new(),
            current: 0,
            last_heard: contact.observed,
        });
        ship.last_heard = contact.observed;
        let before = ship.current;
        let (index, begins) = match split::place(&ship.tracks, &fix, &self.parameters.motion) {
            Placement::On(index) => (index, false),
            Placement::Begins => {
                split::thin(&mut ship.tracks, contact.observed, &mut self.closed);
                self.next_serial += 1;
                self.counts.tracks += 1;
                ship.tracks.push(Track::new(&fix, self.next_serial));
                (ship.tracks.len() - 1, true)
            }
        };
        for mut track in self.closed.drain(..) {
            close(&mut track, ship, &mut self.encounters, &mut self.events);
        }
        let Some(track) = ship.tracks.get_mut(index) else { return };
        let serial = track.serial;
        out.push(Output::Tracked { contact: *contact, track: Some(track.id), begins });
        if begins {
            self.timers.arm(contact.mmsi, track);
        } else if fix.observed == track.last.observed {
            self.counts.duplicates += 1;
            return;
        } else {
            track.fixes += 1;
            if track.fixes == 2 {
                // Only now is the first fix known to be no outlier.
                let first = track.first;
                track.loitering.observe(track.id, &first, &self.parameters.loitering, &mut self.events);
                self.heard.note(&first, &mut track.noted);
                let slot = *track.slot.get_or_insert_with(|| self.encounters.begin(first.mmsi, track.id));
                self.encounters.observe(slot, &first, &mut self.events);
            }
            track.gaps.heard(track.id, &fix, &self.heard, track.noted.as_ref(), &mut self.events);
            track.last = fix;
            if track.stage > 0 {
                self.timers.arm(contact.mmsi, track);
            }
            track.loitering.observe(track.id, &fix, &self.parameters.loitering, &mut self.events);
            self.heard.note(&fix, &mut track.noted);
            let slot = *track.slot.get_or_insert_with(|| self.encounters.begin(fix.mmsi, track.id));
            self.encounters.observe(slot, &fix, &mut self.events);
        }
        ship.current = serial;
        let motion = &self.parameters.motion;
        if before != serial && before != 0 {
            let between = (before, serial);
            conflict::alternated(&ship.tracks, &mut ship.conflicts, between, &fix, begins, motion);
        }
        if !ship.conflicts.is_empty() {
            conflict::report_all(&ship.tracks, &mut ship.conflicts, serial, motion, &mut self.events);
        }
        if !self.events.is_empty() {
            self.emit(out);
        }
    }

    /// A track's fixes must come in order, and a pair of tracks is settled by whichever leg comes later: so fixes
    /// of different vessels may come in any order here.
    fn settle_if_newest(&mut self, contact: &Contact, out: &mut Vec<Output>) {
        if self.ships.get(&contact.mmsi).is_some_and(|ship| contact.observed <= ship.last_heard) {
            self.counts.late += 1;
            return;
        }
        self.settle(contact, out);
    }

    /// A contact whose time is closed: stored by the caller, counted, and held against the gaps it falls into.
    fn late(&mut self, contact: Contact, out: &mut Vec<Output>) {
        self.counts.late += 1;
        out.push(Output::Late(contact));
        let silent_until = self.watermark.unwrap_or(contact.observed);
        let fix = Fix::of(&contact);
        let Some(ship) = self.ships.get_mut(&contact.mmsi) else { return };
        let Placement::On(index) = split::place(&ship.tracks, &fix, &self.parameters.motion) else { return };
        let Some(track) = ship.tracks.get_mut(index) else { return };
        let threshold = self.parameters.gap.min_duration;
        track.gaps.late(track.id, &fix, silent_until, threshold, &mut self.events);
        if fix.observed > track.last.observed {
            track.last = fix;
            ship.last_heard = ship.last_heard.max(fix.observed);
            self.timers.arm(contact.mmsi, track);
        }
        self.emit(out);
    }

    /// Notices every silence that has become long enough before `limit`.
    fn fire(&mut self, limit: Instant, out: &mut Vec<Output>) {
        while let Some(timer) = self.timers.pop_before(limit) {
            let track = self
                .ships
                .get_mut(&timer.mmsi)
                .and_then(|ship| ship.tracks.iter_mut().find(|track| track.serial == timer.serial));
            let Some(track) = track else { continue };
            let Some(silence) = self.timers.notice(timer, track) else { continue };
            self.silent(timer.mmsi, timer.serial, silence);
            if !self.events.is_empty() {
                self.emit(out);
            }
        }
    }

    fn silent(&mut self, mmsi: Mmsi, serial: u64, silence: Silence) {
        let Some(ship) = self.ships.get_mut(&mmsi) else { return };
        let Some(index) = ship.tracks.iter().position(|track| track.serial == serial) else { return };
        match silence {
            Silence::Encounter => {
                if let Some(slot) = ship.tracks.get_mut(index).and_then(|track| track.slot.take()) {
                    self.encounters.end(slot, &mut self.events);
                }
            }
            Silence::Loitering => {
                if let Some(track) = ship.tracks.get_mut(index) {
                    track.loitering.end(track.id, &mut self.events);
                }
            }
            Silence::Conflict => {
                for conflict in ship.conflicts.iter_mut().filter(|conflict| conflict.involves(serial)) {
                    conflict.end(&mut self.events);
                }
            }
            Silence::Gap => {
                let Some(off) = ship.gap_begins(index) else { return };
                let ships = &self.ships;
                let reception =
                    self.heard.around(&off, |other| ships.get(&other).map(|ship| ship.last_heard));
                if let Some(track) = self.ships.get_mut(&mmsi).and_then(|ship| ship.tracks.get_mut(index)) {
                    let reception = self.heard.notice(reception, &off, &mut track.noted);
                    track.gaps.open(track.id, off, reception, &mut self.events);
                }
            }
            Silence::Idle => {
                let mut track = ship.tracks.remove(index);
                close(&mut track, ship, &mut self.encounters, &mut self.events);
                if ship.tracks.is_empty() {
                    let heard = ship.last_heard;
                    self.ships.remove(&mmsi);
                    let forgotten = |vessel: &Vessel| vessel.last.is_none_or(|last| last.observed <= heard);
                    if self.vessels.get(&mmsi).is_some_and(forgotten) {
                        self.vessels.remove(&mmsi);
                    }
                }
            }
        }
    }
}

/// Ends what goes on with a track that is forgotten.
fn close(track: &mut Track, ship: &mut Ship, encounters: &mut Encounters, events: &mut Vec<Event>) {
    track.loitering.end(track.id, events);
    if let Some(slot) = track.slot.take() {
        encounters.end(slot, events);
    }
    for conflict in ship.conflicts.iter_mut().filter(|conflict| conflict.involves(track.serial)) {
        conflict.end(events);
    }
    ship.conflicts.retain(|conflict| !conflict.involves(track.serial));
}

impl Ship {
    /// The last fix before the gap of this track, if its silence counts as one. An outlier's does not; nor does
    /// that of a short track while the same MMSI is heard on another.
    fn gap_begins(&self, index: usize) -> Option<Fix> {
        let track = self.tracks.get(index)?;
        if track.gaps.is_open() {
            return None;
        }
        gap::silence_counts(&self.tracks, index).then_some(track.last)
    }
}
