//! What is true in the simulation, kept apart from what the nodes believe, and held against them.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_exchange::audit::{Options, TrustFile, audit};
use bitacora_exchange::history::Stage;
use bitacora_exchange::record::{Entry, Notice, Record};
use bitacora_exchange::side::Readable;
use bitacora_exchange::{Closure, Tags};
use bitacora_policy::SuspensionScope;
use bitacora_primitives::markings::{ItemKind, Purpose};
use bitacora_primitives::{Instant, ReleaseId, SuspensionId};

use crate::Sim;
use crate::wires::CODES;
use crate::world::directory::{mirror_directory, own_directory};
use crate::world::party;

/// What a command did, true once its draft is durable.
pub enum Done {
    Offered { item: String, purpose: Purpose, kind: ItemKind },
    Stopped(SuspensionId),
    Resumed(SuspensionId, SuspensionScope),
}

#[derive(Default)]
pub struct Truth {
    /// Of each side: what it stopped, from the moment its gate was shut, and whether that is durable.
    pub stops: [Vec<(Closure, bool)>; 2],
    /// Stops that an officer signed, and whose leaf a full disk may have refused.
    pub signed: [Vec<Notice>; 2],
    pub pending: [Vec<Done>; 2],
    /// Items whose offer was acknowledged as released or held.
    pub items: [BTreeMap<String, (Purpose, ItemKind)>; 2],
    /// When a lease last reached each side, unless its clock jumped since.
    pub lease: [Option<i64>; 2],
    pub writes: u64,
    pub cut: u64,
}

impl Truth {
    pub fn durable(&mut self, node: usize) {
        for done in std::mem::take(&mut self.pending[node]) {
            match done {
                Done::Offered { item, purpose, kind } => {
                    self.items[node].insert(item, (purpose, kind));
                }
                Done::Stopped(id) => {
                    for (closure, logged) in &mut self.stops[node] {
                        *logged |= closure.id == id;
                    }
                }
                Done::Resumed(id, scope) if scope == SuspensionScope::default() => {
                    self.stops[node].retain(|(closure, _)| closure.id != id);
                }
                Done::Resumed(id, scope) => {
                    for (closure, _) in self.stops[node].iter_mut().filter(|(closure, _)| closure.id == id) {
                        closure.resumed.push(scope.clone());
                    }
                }
            }
        }
    }

    /// What was signed, is shut, and is in no log.
    pub fn not_logged(&mut self, node: usize) -> Vec<Notice> {
        let signed = std::mem::take(&mut self.signed[node]);
        let missing = |id| self.stops[node].iter().any(|(closure, logged)| closure.id == id && !logged);
        signed.into_iter().filter(|notice| missing(notice.suspension)).collect()
    }

    /// The process is gone: what was not durable never happened, an unlogged stop included.
    pub fn forget(&mut self, node: usize) {
        self.pending[node].clear();
        self.signed[node].clear();
        self.stops[node].retain(|(_, logged)| *logged);
        self.lease[node] = None;
    }

    /// A write starts. INVARIANT: no write of the scope starts after a suspension returned.
    pub fn written(&mut self, node: usize, items: &[Tags]) {
        self.writes += 1;
        for tags in items {
            for (closure, _) in &self.stops[node] {
                assert!(
                    !closure.stops(tags),
                    "an item of stopped {} was put on the wire: {tags:?}",
                    closure.id
                );
            }
        }
    }
}

impl Sim {
    /// Cheap enough for every step.
    pub fn check_step(&self) {
        for (node, other) in [(0, 1), (1, 0)] {
            let log = party(CODES[node]);
            for (who, disk) in [("partner", &self.sides[other].disk), ("witness", &self.watch.disk)] {
                let (size, last) = disk.edge(&log, u64::MAX);
                let (whole, same) = self.sides[node].disk.edge(&log, size);
                assert!(size <= whole, "the {who} holds leaves that are not durable at their owner");
                assert_eq!(last, same, "the {who}'s copy is a prefix");
            }
            self.check_lease(node);
        }
    }

    /// `readable` is never `Yes` without a fresh lease: in a partition it lapses within its length.
    fn check_lease(&self, node: usize) {
        let side = &self.sides[node].side;
        let now = self.local(node);
        let fresh = match (self.truth.lease[node], self.jumped[node]) {
            (Some(came), false) => self.now - came < 900,
            (came, jumped) => jumped && came.is_some(),
        };
        for id in side.theirs().releases().keys() {
            if side.readable(id, now) == Some(Readable::Yes) {
                assert!(
                    fresh,
                    "{id} is readable {:?} s after its lease came",
                    self.truth.lease[node].map(|t| self.now - t)
                );
            }
        }
    }

    /// The network has healed while stops are in force: distress has arrived and can be read.
    pub fn check_distress(&self) {
        for (node, other) in [(0, 1), (1, 0)] {
            for (item, (purpose, kind)) in &self.truth.items[node] {
                if *kind != ItemKind::Distress {
                    continue;
                }
                let own = self.sides[node].side.own();
                let release =
                    own.went(item, 0, &party(CODES[other]), *purpose).expect("distress is never held");
                let there = self.sides[other].side.readable(&release, self.local(other));
                let withdrawn = own.releases()[&release].stage == Stage::Withdrawn;
                assert!(there == Some(Readable::Yes) || withdrawn, "{item} {release}: {there:?}");
            }
        }
    }

    /// Everything is resumed and the network is whole: nothing is lost, nothing went twice, both logs hold.
    pub fn check_end(&self) {
        for (node, other) in [(0, 1), (1, 0)] {
            let own = self.sides[node].side.own();
            for (item, (purpose, _)) in &self.truth.items[node] {
                assert!(own.went(item, 0, &party(CODES[other]), *purpose).is_some(), "{item} is lost");
            }
            for (id, state) in own.releases() {
                let there = self.sides[other].side.readable(id, self.local(other));
                match state.stage {
                    Stage::Granted(_) => {
                        assert_eq!(there, Some(Readable::Yes), "{id} was granted");
                        self.sides[other].side.show(*id, &self.sides[other].disk, self.local(other)).unwrap();
                    }
                    Stage::Withdrawn => {
                        assert!(there.is_none_or(|there| there == Readable::Withdrawn), "{there:?}")
                    }
                    Stage::Cut => {
                        assert!(state.replaced, "{id} was cut and never went again");
                        assert!(there.is_none_or(|there| there == Readable::Sealed), "{there:?}");
                    }
                    Stage::Released | Stage::Declined => {
                        panic!("{id} never ended: {state:?}, partner: {there:?}")
                    }
                }
            }
            self.check_once(node);
        }
        self.check_audit();
    }

    /// No item's key was given under two releases.
    fn check_once(&self, node: usize) {
        let own = self.sides[node].side.own();
        let mut given: BTreeSet<(String, Purpose)> = BTreeSet::new();
        let mut seen: BTreeSet<ReleaseId> = BTreeSet::new();
        for (_, text) in self.sides[node].disk.log(&party(CODES[node])) {
            let (entry, _) = Entry::open(&text.unwrap(), None).unwrap();
            let Record::Release(release) = entry.record else { continue };
            assert!(seen.insert(release.release));
            if matches!(own.releases()[&release.release].stage, Stage::Granted(_)) {
                assert!(
                    given.insert((release.item.clone(), release.tags.purpose)),
                    "{} went twice",
                    release.item
                );
            }
        }
    }

    fn check_audit(&self) {
        let keys = TrustFile::of(&self.sides[0].agreement).unwrap();
        let own = [0, 1].map(|node| {
            let side = &self.sides[node];
            own_directory(&side.disk, &party(CODES[node]), &side.keys)
        });
        for (node, other) in [(0, 1), (1, 0)] {
            let report = audit(&own[node], Some(&own[other]), &keys, Options::default()).unwrap();
            assert!(report.holds(), "{:?} {:?} {:?}", report.broken, report.findings, report.pairing);
            assert_eq!(report.totals.without_key, 0);
            assert!(report.suspensions.iter().all(|one| one.counts.of_scope == 0 && one.ended.is_some()));
            let released = report.totals.releases;
            let pairing = report.pairing.unwrap();
            let cut = report.totals.cut + report.totals.withdrawn;
            let unpaired = pairing.directions[0].released_only + pairing.directions[0].declined;
            assert!(unpaired <= cut && pairing.directions[0].paired + unpaired == released);
            assert!(
                pairing.informed.iter().all(|one| one.seen.is_some()),
                "every act reached the other side's log"
            );
            // A mirror shows the same history, so far as it was opened.
            let mirrored = mirror_directory(&self.sides[other].disk, &party(CODES[node]), true);
            let mirrored = audit(&mirrored, None, &keys, Options::default()).unwrap();
            assert!(mirrored.holds(), "{:?} {:?}", mirrored.broken, mirrored.findings);
            assert_eq!((mirrored.size, mirrored.root), (report.size, report.root.clone()));
            let witnessed = mirror_directory(&self.watch.disk, &party(CODES[node]), false);
            let witnessed = audit(&witnessed, None, &keys, Options::default()).unwrap();
            assert!(witnessed.holds() && witnessed.opened == 0);
            assert_eq!((witnessed.size, witnessed.root), (report.size, report.root));
            assert!(self.sides[node].side.findings().is_empty());
        }
    }

    pub fn local(&self, node: usize) -> Instant {
        crate::world::at(self.now + self.clocks[node])
    }
}
