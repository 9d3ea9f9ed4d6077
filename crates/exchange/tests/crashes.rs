//! One exchange from release to resumption, with a crash of either node before and after each of its commits in turn:
//! whatever was durable went on, whatever was not is done again, and the end is always the same.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod world;

use bitacora_exchange::audit::{Options, TrustFile, audit};
use bitacora_exchange::history::Stage;
use bitacora_exchange::record::Condition;
use bitacora_exchange::side::{Readable, Stop};
use bitacora_policy::SuspensionScope;
use bitacora_primitives::Instant;
use bitacora_primitives::markings::{ItemKind, Purpose, Text};
use world::directory::own_directory;
use world::quiet::{again, asked};
use world::{Node, OFFICERS, Wire, at, pair, party};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum When {
    Before,
    After,
}

struct Play {
    nodes: [Node; 2],
    wire: Wire,
    commits: u64,
    crash: Option<(u64, When)>,
    crashed: bool,
    now: i64,
}

impl Play {
    fn new(crash: Option<(u64, When)>) -> Self {
        let (co, us) = pair();
        Self { nodes: [co, us], wire: Wire::new(), commits: 0, crash, crashed: false, now: 100 }
    }

    fn tick(&mut self) -> Instant {
        self.now += 1;
        at(self.now)
    }

    /// Every commit with something in it is a place to crash at: before it is stored, or after it and before it is told.
    fn commit(&mut self, node: usize) {
        if !self.nodes[node].side.has_draft() {
            return self.nodes[node].commit();
        }
        self.commits += 1;
        match self.crash.filter(|(at, _)| *at == self.commits) {
            None => self.nodes[node].commit(),
            Some((_, when)) => {
                let draft = self.nodes[node].side.take_draft();
                if when == When::After {
                    self.nodes[node].disk.store(draft);
                }
                self.nodes[node].crash();
                self.wire = Wire::new();
                self.crashed = true;
            }
        }
    }

    /// Carries until quiet; a heartbeat first, as a link has at its start.
    fn settle(&mut self) {
        let now = self.tick();
        for _ in 0..200 {
            let mut moved = 0;
            for (from, to) in [(0, 1), (1, 0)] {
                let crashed = self.crashed;
                let (link, back) = match from {
                    0 => (&mut self.wire.co, &mut self.wire.us),
                    _ => (&mut self.wire.us, &mut self.wire.co),
                };
                let out = self.nodes[from].side.pump(link, &self.nodes[from].disk, now).unwrap();
                moved += out.len();
                for one in &out {
                    let _pass = self.nodes[from].gate.pass(one.items().iter()).unwrap();
                    self.nodes[to].side.receive(back, again(one.message()), now).unwrap();
                }
                self.commit(to);
                if self.crashed != crashed {
                    moved += 1;
                }
            }
            if moved == 0 {
                return;
            }
        }
        panic!("never quiet");
    }

    fn went(&self) -> bool {
        self.nodes[0]
            .side
            .own()
            .went(&asked(1, ItemKind::Lead).offer.id, 0, &party("US"), Purpose::Seizure)
            .is_some()
    }

    /// The officer asks until it is acknowledged.
    fn play(&mut self) {
        while !self.went() {
            let now = self.tick();
            self.nodes[0].side.offer(asked(1, ItemKind::Lead), None, Vec::new(), now).unwrap();
            self.commit(0);
        }
        self.settle();
        while self.nodes[0].side.own().suspensions().is_empty() {
            let now = self.tick();
            let stop = Stop {
                scope: SuspensionScope::default(),
                exceptions: Default::default(),
                reason: Text::new("ataques a lanchas", "attacks on boats"),
                condition: Condition {
                    text: Text::new("mientras sigan", "as long as they continue"),
                    rule: None,
                },
                incident: None,
            };
            let notice =
                stop.notice(self.nodes[0].side.agreement_id(), &party("CO"), [self.now as u8; 32], now);
            let approval = self.nodes[0].approve(OFFICERS[0], &notice);
            self.nodes[0].side.suspend(notice, vec![approval], now).unwrap();
            self.commit(0);
        }
        self.settle();
        let id = *self.nodes[0].side.own().suspensions().keys().next().unwrap();
        while self.nodes[0].side.own().suspensions()[&id].ended.is_none() {
            let now = self.tick();
            let node = &mut self.nodes[0];
            let met = Text::new("cumplida", "met");
            let resumption = node.side.resumption(id, SuspensionScope::default(), met, None, now).unwrap();
            let approvals = OFFICERS.map(|name| node.approve(name, &resumption)).to_vec();
            node.side.resume(resumption, approvals, now).unwrap();
            self.commit(0);
        }
        // Heartbeats, until what waits is taken up.
        for _ in 0..4 {
            let now = self.tick();
            for from in [0, 1] {
                let node = &mut self.nodes[from];
                node.side.take_up(&node.disk, now).unwrap();
                self.commit(from);
            }
            self.settle();
            let now = self.tick();
            for from in [0, 1] {
                let (link, back) = match from {
                    0 => (&mut self.wire.co, &mut self.wire.us),
                    _ => (&mut self.wire.us, &mut self.wire.co),
                };
                for one in self.nodes[from].side.beat(link, now).unwrap() {
                    self.nodes[1 - from].side.receive(back, again(one.message()), now).unwrap();
                }
            }
        }
        for node in [0, 1] {
            self.commit(node);
        }
        self.settle();
    }

    fn check(&mut self) {
        let place = format!("{:?}", self.crash);
        let now = self.tick();
        let [co, us] = &self.nodes;
        let granted: Vec<_> = co
            .side
            .own()
            .releases()
            .iter()
            .filter(|(_, state)| matches!(state.stage, Stage::Granted(_)))
            .collect();
        assert_eq!(granted.len(), 1, "{place}: given once");
        for (id, state) in co.side.own().releases() {
            match state.stage {
                Stage::Granted(_) => assert_eq!(us.side.readable(id, now), Some(Readable::Yes), "{place}"),
                Stage::Cut => assert!(state.replaced, "{place}"),
                other => panic!("{place}: {id} ended as {other:?}"),
            }
        }
        let keys = TrustFile::of(&co.agreement).unwrap();
        let files = self.nodes.each_ref().map(|node| own_directory(&node.disk, &node.code, &node.keys));
        let report = audit(&files[0], Some(&files[1]), &keys, Options::default()).unwrap();
        assert!(report.holds(), "{place}: {:?} {:?}", report.findings, report.pairing);
        let other = audit(&files[1], Some(&files[0]), &keys, Options::default()).unwrap();
        assert!(other.holds(), "{place}: {:?}", other.findings);
        assert_eq!(self.nodes[0].side.mirror().size(), self.nodes[1].side.durable(), "{place}");
        assert_eq!(self.nodes[1].side.mirror().size(), self.nodes[0].side.durable(), "{place}");
    }
}

#[test]
fn a_crash_before_and_after_each_commit_ends_as_if_there_were_none() {
    let mut calm = Play::new(None);
    calm.play();
    calm.check();
    let places = calm.commits;
    assert!(
        places >= 8,
        "release, receipt, grant, stop, its echo, resumption, its echo, and checkpoints: {places}"
    );
    for commit in 1..=places {
        for when in [When::Before, When::After] {
            let mut play = Play::new(Some((commit, when)));
            play.play();
            assert!(play.crashed, "commit {commit} was reached");
            play.check();
        }
    }
    println!("{places} commits, a crash before and after each");
}
