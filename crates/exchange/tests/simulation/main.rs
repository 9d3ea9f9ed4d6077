//! Two nodes and a witness over a bad network, from a seed: links break and reopen, sides crash before and after each
//! commit, disks refuse, clocks are wrong and jump, officers stop, resume, withdraw and open. Every invariant is checked
//! on the way and at the end. `BITACORA_SEEDS=1000` runs so many seeds, `BITACORA_SEED=7` that one again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly, and reads its seeds from the environment"
)]

mod acts;
mod truth;
mod wires;
#[path = "../world/mod.rs"]
mod world;

use std::collections::VecDeque;

use bitacora_exchange::Outgoing;
use bitacora_exchange::history::Stage;
use bitacora_exchange::record::Notice;
use bitacora_exchange::side::Asked;
use bitacora_exchange::wire::Message;
use truth::Truth;
use wires::{Conn, End, PAIRS};
use world::witness::Witness;
use world::{Dice, Node};

const STEPS: u64 = 240;

#[allow(missing_debug_implementations, reason = "nobody prints a world")]
pub struct Sim {
    dice: Dice,
    /// True seconds.
    now: i64,
    sides: [Node; 2],
    watch: Witness,
    /// Each clock's error in seconds: both sides and the witness.
    clocks: [i64; 3],
    /// Whose clock jumped since a lease came.
    jumped: [bool; 2],
    conns: [Option<Conn>; PAIRS.len()],
    cut_until: [i64; PAIRS.len()],
    items: u64,
    half_signed: [Vec<Asked>; 2],
    /// Stops whose gate is shut and whose act waits for its turn.
    to_log: [Vec<Notice>; 2],
    truth: Truth,
}

impl Sim {
    fn new(seed: u64) -> Self {
        let dice = Dice::new(seed);
        let (co, us) = world::pair();
        let watch = Witness::start(&co.agreement, world::Disk::default());
        let skew = || dice.below(1_200) as i64 - 600;
        let clocks = [skew(), skew(), skew()];
        Self {
            now: 10_000,
            sides: [co, us],
            watch,
            clocks,
            jumped: [false; 2],
            conns: Default::default(),
            cut_until: [0; PAIRS.len()],
            items: seed * 1_000,
            half_signed: Default::default(),
            to_log: Default::default(),
            truth: Truth::default(),
            dice,
        }
    }

    fn step(&mut self) {
        self.now += 1 + self.dice.below(if self.dice.one_in(40) { 1_500 } else { 20 }) as i64;
        let node = self.dice.below(2) as usize;
        match self.dice.below(100) {
            0..=24 => self.offer_something(node),
            25..=29 => self.sign_again(node),
            30..=33 => self.stop_something(node),
            34..=37 => self.log_stops(node),
            38..=43 => self.resume_something(node, false),
            44..=46 => self.withdraw_something(node),
            47..=51 => self.open_something(node),
            52..=63 => self.beat(node),
            64..=68 => self.crash(node, self.dice.one_in(2)),
            69..=70 => self.full_disk(node),
            71..=72 => self.crash_witness(self.dice.one_in(2)),
            73..=75 => self.break_link(self.dice.below(PAIRS.len() as u64) as usize),
            76..=77 => {
                let pair = self.dice.below(PAIRS.len() as u64) as usize;
                self.break_link(pair);
                self.cut_until[pair] = self.now + self.dice.below(2_500) as i64;
            }
            78..=79 => self.jump(),
            80..=84 => self.commit(node),
            _ => {}
        }
        if !self.dice.one_in(3) {
            self.commit(node);
        }
        for _ in 0..self.dice.below(30) {
            let pair = self.dice.below(PAIRS.len() as u64) as usize;
            let end = self.dice.below(2) as usize;
            self.carry(pair, end);
        }
        self.check_step();
    }

    fn jump(&mut self) {
        let which = self.dice.below(3) as usize;
        self.clocks[which] = self.dice.below(20_000) as i64 - 9_000;
        if which < 2 {
            self.jumped[which] = true;
        }
    }

    fn commit(&mut self, node: usize) {
        self.sides[node].commit();
        self.truth.durable(node);
    }

    /// Power fails: before the draft is stored, or after it and before anyone is told.
    fn crash(&mut self, node: usize, after_storing: bool) {
        if after_storing {
            let draft = self.sides[node].side.take_draft();
            self.sides[node].disk.store(draft);
            self.truth.durable(node);
        }
        self.truth.forget(node);
        self.to_log[node].clear();
        self.sides[node].crash();
        self.lose_links_of(node);
    }

    /// The store refuses the draft: the side is dropped and opened anew behind the same gate.
    fn full_disk(&mut self, node: usize) {
        drop(self.sides[node].side.take_draft());
        self.truth.pending[node].clear();
        self.sides[node].reopen();
        self.truth.lease[node] = None;
        self.lose_links_of(node);
        // The officer sees "stopped, not yet logged", and the node tries again.
        self.to_log[node].extend(self.truth.not_logged(node));
    }

    fn crash_witness(&mut self, after_storing: bool) {
        self.watch.crash(after_storing);
        self.lose_links_of(2);
    }

    fn lose_links_of(&mut self, node: usize) {
        for (pair, (a, b)) in PAIRS.into_iter().enumerate() {
            if a == node || b == node {
                self.break_link(pair);
            }
        }
    }

    /// What is under way on a broken link may still arrive in part: the beginning of it.
    fn break_link(&mut self, pair: usize) {
        for end in 0..2 {
            let arriving = self.conns[pair].as_ref().map_or(0, |conn| conn.wire[1 - end].len() as u64);
            for _ in 0..self.dice.below(arriving + 1) {
                self.arrive(pair, end);
            }
        }
        self.conns[pair] = None;
    }

    fn sweep(&mut self, node: usize) {
        for (pair, (a, b)) in PAIRS.into_iter().enumerate() {
            let end = usize::from(b == node);
            let shut = self.conns[pair].as_ref().is_some_and(|conn| {
                (a == node || b == node)
                    && conn.carried[end].iter().any(|tags| self.sides[node].gate.check(tags).is_err())
            });
            if shut {
                // A reset: what the kernel held is discarded.
                self.conns[pair] = None;
            }
        }
    }

    fn beat(&mut self, node: usize) {
        let now = self.local(node);
        self.commit(node);
        for (pair, (a, b)) in PAIRS.into_iter().enumerate() {
            let end = usize::from(b == node);
            if (a != node && b != node) || self.conns[pair].is_none() {
                continue;
            }
            let conn = self.conns[pair].as_mut().unwrap();
            if let End::Side(link) = &mut conn.ends[end] {
                let out = self.sides[node].side.beat(link, now).unwrap();
                conn.queued[end].extend(out);
            }
        }
        let here = &mut self.sides[node];
        here.side.take_up(&here.disk, now).unwrap();
    }

    /// One thing happens on one end of a link: it opens, is filled, writes or reads.
    fn carry(&mut self, pair: usize, end: usize) {
        if self.conns[pair].is_none() && self.now >= self.cut_until[pair] {
            self.conns[pair] = Some(Conn::new(pair));
        }
        if self.conns[pair].is_none() {
            return;
        }
        self.fill(pair, end);
        self.write(pair, end);
        if self.dice.one_in(2) {
            self.arrive(pair, end);
        }
    }

    fn fill(&mut self, pair: usize, end: usize) {
        let node = if end == 0 { PAIRS[pair].0 } else { PAIRS[pair].1 };
        let now = self.local(node.min(2));
        let Some(conn) = self.conns[pair].as_mut() else { return };
        if !conn.queued[end].is_empty() {
            return;
        }
        let out: VecDeque<Outgoing> = match &mut conn.ends[end] {
            End::Side(link) => self.sides[node].side.pump(link, &self.sides[node].disk, now).unwrap().into(),
            End::Watch(link) => self.watch.observer.pump(link, now, false).into_iter().collect(),
        };
        conn.queued[end].extend(out);
    }

    /// The edge: each write starts under a pass of the gate.
    fn write(&mut self, pair: usize, end: usize) {
        let node = if end == 0 { PAIRS[pair].0 } else { PAIRS[pair].1 };
        let Some(conn) = self.conns[pair].as_mut() else { return };
        let Some(out) = conn.queued[end].pop_front() else { return };
        if node == 2 {
            assert!(out.items().is_empty());
            conn.wire[end].push_back(out.message().encode().unwrap());
            return;
        }
        match self.sides[node].gate.pass(out.items().iter()) {
            Ok(_pass) => {
                self.truth.written(node, out.items());
                conn.carried[end].extend(out.items().iter().cloned());
                conn.wire[end].push_back(out.message().encode().unwrap());
            }
            // Held before it was encrypted, or in the middle of it: then the connection is gone.
            Err(_) if self.dice.one_in(2) => {
                if let End::Side(link) = &mut conn.ends[end] {
                    link.resend();
                }
            }
            Err(_) => self.conns[pair] = None,
        }
    }

    /// The end reads one message.
    fn arrive(&mut self, pair: usize, end: usize) {
        let node = if end == 0 { PAIRS[pair].0 } else { PAIRS[pair].1 };
        let now = self.local(node);
        let Some(conn) = self.conns[pair].as_mut() else { return };
        let Some((kind, payload)) = conn.wire[1 - end].pop_front() else { return };
        let message = Message::decode(kind, &payload).unwrap();
        match &mut conn.ends[end] {
            End::Side(link) => {
                let leased = matches!(&message, Message::Status(status) if status.lease.is_some());
                self.sides[node].side.receive(link, message, now).unwrap();
                if leased {
                    self.truth.lease[node] = Some(self.now);
                    self.jumped[node] = false;
                }
                if !self.dice.one_in(4) {
                    self.commit(node);
                }
            }
            End::Watch(link) => {
                self.watch.observer.receive(link, message, now).unwrap();
                if !self.dice.one_in(4) {
                    self.watch.commit();
                }
            }
        }
    }

    /// The network is whole and quiet comes.
    fn settle(&mut self) {
        self.cut_until = [0; PAIRS.len()];
        for _ in 0..12 {
            self.now += 30;
            for node in 0..2 {
                self.beat(node);
                self.commit(node);
            }
            for round in 0.. {
                assert!(round < 2_000, "the nodes never fall silent");
                for pair in 0..PAIRS.len() {
                    for end in 0..2 {
                        self.carry(pair, end);
                        while self.conns[pair].as_ref().is_some_and(|conn| !conn.wire[1 - end].is_empty()) {
                            self.arrive(pair, end);
                        }
                    }
                }
                (0..2).for_each(|node| self.commit(node));
                self.watch.commit();
                if self.conns.iter().all(|conn| conn.as_ref().is_some_and(Conn::is_idle)) && round > 3 {
                    break;
                }
            }
            self.check_step();
        }
    }

    fn run(&mut self) {
        for _ in 0..STEPS {
            self.step();
        }
        for node in 0..2 {
            self.log_stops(node);
            self.commit(node);
        }
        (0..PAIRS.len()).for_each(|pair| self.break_link(pair));
        self.settle();
        self.check_distress();
        for node in 0..2 {
            self.commit(node);
            self.resume_something(node, true);
            self.commit(node);
            for asked in std::mem::take(&mut self.half_signed[node]) {
                self.both_sign(node, asked);
            }
            self.commit(node);
        }
        self.settle();
        self.check_end();
        self.truth.cut = self.sides.iter().map(cut).sum();
    }
}

fn cut(node: &Node) -> u64 {
    node.side.own().releases().values().filter(|state| state.stage == Stage::Cut).count() as u64
}

#[test]
fn two_nodes_and_a_witness_keep_every_promise() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("BITACORA_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..number("BITACORA_SEEDS").unwrap_or(50) + 1,
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let shares: Vec<[u64; 3]> = std::thread::scope(|scope| {
        let shares: Vec<_> = (0..threads)
            .map(|first| {
                let seeds = seeds.clone().skip(first).step_by(threads);
                scope.spawn(move || {
                    seeds.map(one_seed).fold([0; 3], |sum, ran| [0, 1, 2].map(|at| sum[at] + ran[at]))
                })
            })
            .collect();
        shares.into_iter().map(|share| share.join().expect("a seed failed: its number is above")).collect()
    });
    let [items, writes, cut] = [0, 1, 2].map(|at| shares.iter().map(|share| share[at]).sum::<u64>());
    println!("{} seeds: {items} items, {writes} writes, {cut} cut and sent again", seeds.end - seeds.start);
    assert!(
        cut > 0 || seeds.end - seeds.start < 10,
        "the simulation stops nothing in flight: it proves little"
    );
}

/// Items, writes and cuts of one seed.
fn one_seed(seed: u64) -> [u64; 3] {
    let ran = std::panic::catch_unwind(|| {
        let mut sim = Sim::new(seed);
        sim.run();
        [sim.truth.items.iter().map(|items| items.len() as u64).sum(), sim.truth.writes, sim.truth.cut]
    });
    ran.unwrap_or_else(|_| panic!("seed {seed} failed: run it again with BITACORA_SEED={seed}"))
}

#[test]
fn a_seed_replays_exactly() {
    let root = || {
        let mut sim = Sim::new(7);
        (0..STEPS).for_each(|_| sim.step());
        (sim.sides[0].side.tree().root(), sim.sides[1].side.tree().root(), sim.truth.writes)
    };
    assert_eq!(root(), root());
}
