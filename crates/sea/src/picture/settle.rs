//! What follows from one contact in order of observed time, and from silence: tracks, and what the detectors find on
//! them.

use bitacora_primitives::{Duration, Instant, Mmsi, TrackId};

use super::detectors::{Setting, Together};
use super::output::Output;
use super::ship::Ship;
use super::timers::Silence;
use super::{Contact, Picture, Vessel};
use crate::behaviour::encounter::legs::At;
use crate::contacts::StationKind;
use crate::tracks::conflict;
use crate::tracks::fix::Fix;
use crate::tracks::split::{self, Placement, Track};

/// Contacts whose vessels' state is read at once.
const AHEAD: usize = 16;

impl Picture {
    pub(super) fn emit(&mut self, out: &mut Vec<Output>) {
        if !self.events.is_empty() {
            self.counts.events += self.events.len() as u64;
            out.extend(self.events.drain(..).map(Output::Event));
        }
    }

    /// What was found about numbers becomes events on their tracks.
    pub(super) fn place(&mut self) {
        let ships = &self.ships;
        if let Some(together) = self.together.as_mut().filter(|one| one.has_findings()) {
            together.place(|mmsi| ships.get(&mmsi).and_then(Ship::reported), &mut self.events);
        }
    }

    /// Compares the static reports observed at `time` or before.
    pub(super) fn learn_until(&mut self, time: Instant, out: &mut Vec<Output>) {
        while let Some(report) = self.statics.next_until(time) {
            self.fire(report.observed, out);
            if let Some(together) = &mut self.together {
                together.learn(&report);
            }
            self.place();
            self.emit(out);
        }
    }

    /// Takes the contacts of one bucket.
    pub(super) fn settle_all(&mut self, bucket: &[Contact], out: &mut Vec<Output>) {
        for next in bucket.chunks(AHEAD) {
            self.foresee(next);
            for contact in next {
                self.settle(contact, out);
            }
        }
    }

    /// Reads what the next contacts will need before any of them needs it, so that the waits for memory overlap: a vessel is
    /// heard seldom, its state lies in a dozen places, and to wait for each in turn is most of the work.
    fn foresee(&self, next: &[Contact]) {
        let mut found = 0;
        for contact in next {
            found += self.ships.get(&contact.mmsi).map_or(0, |ship| ship.tracks.len());
            found += self.together.as_ref().map_or(0, |together| together.know(contact.mmsi));
        }
        for contact in next {
            for track in self.ships.get(&contact.mmsi).into_iter().flat_map(|ship| &ship.tracks) {
                found += track.alone.as_ref().map_or(0, |alone| alone.going_on());
                found += self.together.as_ref().map_or(0, |together| together.follow(track.id));
                found += track.slot.map_or(0, |slot| self.encounters.newer(slot, contact.observed));
            }
        }
        std::hint::black_box(found);
    }

    /// Takes one contact in order of observed time.
    pub(super) fn settle(&mut self, contact: &Contact, out: &mut Vec<Output>) {
        self.learn_until(contact.observed, out);
        self.fire(contact.observed, out);
        self.encounters.set_time(At::Heard(contact.observed));
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
        if let Some(together) = &mut self.together {
            together.hear(&fix);
        }
        let track = self.put_on_track(contact, &fix, out);
        if let (Some(together), Some(track)) = (&mut self.together, track) {
            together.settle(track, &fix, &mut self.events);
        }
        self.place();
        self.emit(out);
    }

    fn put_on_track(&mut self, contact: &Contact, fix: &Fix, out: &mut Vec<Output>) -> Option<TrackId> {
        let mut is_new = false;
        let ship = self.ships.entry(contact.mmsi).or_insert_with(|| {
            is_new = true;
            Ship::new(contact.observed)
        });
        ship.last_heard = contact.observed;
        let before = ship.current;
        let (index, begins) = match split::place(&ship.tracks, fix, &self.parameters.motion) {
            Placement::On(index) => (index, false),
            Placement::Begins => {
                split::thin(&mut ship.tracks, contact.observed, &mut self.closed);
                self.next_serial += 1;
                self.counts.tracks += 1;
                ship.tracks.push(Track::new(fix, self.next_serial));
                (ship.tracks.len() - 1, true)
            }
        };
        let closed = std::mem::take(&mut self.closed);
        for mut track in closed {
            self.close(&mut track, contact.mmsi, contact.observed);
        }
        let ship = self.ships.get_mut(&contact.mmsi)?;
        let track = ship.tracks.get_mut(index)?;
        let (serial, id) = (track.serial, track.id);
        out.push(Output::Tracked { contact: *contact, track: Some(id), begins });
        if begins {
            self.timers.arm(contact.mmsi, track);
        } else if fix.observed == track.last.observed {
            self.counts.duplicates += 1;
            return Some(id);
        } else {
            self.extend(contact.mmsi, index, fix);
        }
        let ship = self.ships.get_mut(&contact.mmsi)?;
        ship.current = serial;
        let motion = &self.parameters.motion;
        if self.detectors.by_vessel && before != serial && before != 0 {
            let between = (before, serial);
            conflict::alternated(&ship.tracks, &mut ship.conflicts, between, fix, begins, motion);
        }
        if !ship.conflicts.is_empty() {
            conflict::report_all(&ship.tracks, &mut ship.conflicts, serial, motion, &mut self.events);
        }
        let ships = &self.ships;
        if is_new && let Some(together) = &mut self.together {
            let heard = |mmsi| ships.get(&mmsi).and_then(Ship::reported);
            together.place_waiting(contact.mmsi, heard, &mut self.events);
        }
        Some(id)
    }

    /// Gives a fix to the detectors of its track, the second with the first.
    fn extend(&mut self, mmsi: Mmsi, index: usize, fix: &Fix) {
        let setting = Setting { parameters: &self.parameters, charts: &self.charts };
        let Some(ship) = self.ships.get_mut(&mmsi) else { return };
        let Some(track) = ship.tracks.get_mut(index) else { return };
        track.fixes += 1;
        // Only with the second is the first known to be no outlier.
        let first = (track.fixes == 2).then_some(track.first);
        if first.is_some() {
            let appears = !std::mem::replace(&mut ship.confirmed, true);
            if let Some(together) = self.together.as_mut().filter(|_| appears) {
                together.appears(track.id, &track.first, setting, &mut self.events);
            }
        }
        for fix in first.iter().chain([fix]) {
            if track.last.observed < fix.observed {
                track.gaps.heard(track.id, fix, &self.heard, track.noted.as_ref(), &mut self.events);
                track.last = *fix;
                if track.stage > 0 {
                    self.timers.arm(mmsi, track);
                }
            }
            let found = self.events.len();
            // What looks at all vessels reads what was found on one.
            if self.detectors.by_vessel || self.detectors.in_order {
                let alone = track.alone.get_or_insert_default();
                alone.observe(track.id, fix, setting, &mut self.events);
            }
            if let Some(together) = &mut self.together {
                together.observe(track.id, fix, setting, found, &mut self.events);
            }
            if self.detectors.in_order {
                self.heard.note(fix, &mut track.noted);
            }
            if self.detectors.by_cell {
                let slot = *track.slot.get_or_insert_with(|| self.encounters.begin(fix.mmsi, track.id));
                self.encounters.observe(slot, fix, &mut self.events);
            }
        }
    }

    /// A track's fixes must come in order, and a pair of tracks is settled by whichever leg comes later: so fixes
    /// of different vessels may come in any order here.
    pub(super) fn settle_if_newest(&mut self, contact: &Contact, out: &mut Vec<Output>) {
        if self.ships.get(&contact.mmsi).is_some_and(|ship| contact.observed <= ship.last_heard) {
            self.counts.late += 1;
            return;
        }
        self.settle(contact, out);
    }

    /// A contact whose time is closed: stored by the caller, counted, and held against the gaps it falls into.
    pub(super) fn late(&mut self, contact: Contact, out: &mut Vec<Output>) {
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

    /// Notices every silence that has become long enough before `limit`, and decides what was to wait until then.
    pub(super) fn fire(&mut self, limit: Instant, out: &mut Vec<Output>) {
        loop {
            let timer = self.timers.due().filter(|due| *due < limit);
            let waits = self.together.as_ref().and_then(Together::due).filter(|due| *due < limit);
            if let Some(due) = waits.filter(|due| timer.is_none_or(|timer| *due < timer)) {
                if let Some(together) = &mut self.together {
                    together.advance(due + Duration::from_micros(1));
                }
                self.place();
            } else {
                let Some(timer) = self.timers.pop_before(limit) else { break };
                let track = self
                    .ships
                    .get_mut(&timer.mmsi)
                    .and_then(|ship| ship.tracks.iter_mut().find(|track| track.serial == timer.serial));
                let Some(track) = track else { continue };
                let Some(silence) = self.timers.notice(timer, track) else { continue };
                self.encounters.set_time(At::Silent(timer.due));
                self.silent(timer.mmsi, timer.serial, silence);
            }
            self.emit(out);
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
            Silence::Behaviour(length) => {
                let Some(track) = ship.tracks.get_mut(index) else { return };
                if let Some(alone) = &mut track.alone {
                    let setting = Setting { parameters: &self.parameters, charts: &self.charts };
                    alone.silent(track.id, length, setting, &mut self.events);
                }
                if let Some(together) = &mut self.together {
                    together.silent(track.id, length, &self.parameters, &mut self.events);
                }
            }
            Silence::Conflict => {
                for conflict in ship.conflicts.iter_mut().filter(|conflict| conflict.involves(serial)) {
                    conflict.end(&mut self.events);
                }
            }
            Silence::Gap if !self.detectors.in_order => {}
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
                let until = track.last.observed + self.parameters.max_idle;
                self.close(&mut track, mmsi, until);
                let Some(ship) = self.ships.get(&mmsi).filter(|ship| ship.tracks.is_empty()) else { return };
                let heard = ship.last_heard;
                self.ships.remove(&mmsi);
                let forgotten = |vessel: &Vessel| vessel.last.is_none_or(|last| last.observed <= heard);
                if self.vessels.get(&mmsi).is_some_and(forgotten) {
                    self.vessels.remove(&mmsi);
                }
            }
        }
    }

    /// Ends what goes on with a track that is forgotten; nothing more is known of it until `until`.
    fn close(&mut self, track: &mut Track, mmsi: Mmsi, until: Instant) {
        let setting = Setting { parameters: &self.parameters, charts: &self.charts };
        if let Some(mut alone) = track.alone.take() {
            alone.end(track.id, until, setting, &mut self.events);
        }
        if let Some(together) = &mut self.together {
            together.end(track.id, &mut self.events);
        }
        if let Some(slot) = track.slot.take() {
            self.encounters.end(slot, &mut self.events);
        }
        let Some(ship) = self.ships.get_mut(&mmsi) else { return };
        for conflict in ship.conflicts.iter_mut().filter(|conflict| conflict.involves(track.serial)) {
            conflict.end(&mut self.events);
        }
        ship.conflicts.retain(|conflict| !conflict.involves(track.serial));
    }
}
