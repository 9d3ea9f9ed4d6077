//! Releases with receipts and keys per second, end to end between two sides in memory, a thread for each: decided, cut,
//! sealed, signed, sent, verified, receipted, keyed. Stores are maps: what a disk costs, the node's own figures say.
//! Prints figures; asserts nothing about speed. `RELEASES=20000` sets the number.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock and its environment and starts threads"
)]

#[path = "../tests/world/mod.rs"]
mod world;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant as Clock;

use bitacora_exchange::history::Stage;
use bitacora_exchange::side::{Audience, Link, Offered};
use bitacora_exchange::wire::Message;
use bitacora_primitives::Instant;
use bitacora_primitives::markings::ItemKind;
use world::quiet::asked;
use world::{Node, at, pair, party};

/// Releases in one transaction, as a node groups what waits.
const GROUP: u64 = 64;
/// Below the clause's volume of a day.
const PER_DAY: u64 = 4_000;

type Frame = (u8, Vec<u8>);

struct End {
    node: Node,
    link: Link,
    out: Sender<Frame>,
    from: Receiver<Frame>,
}

impl End {
    fn send(&mut self, now: Instant) -> bool {
        for one in self.node.side.pump(&mut self.link, &self.node.disk, now).unwrap() {
            let pass = self.node.gate.pass(one.items().iter()).unwrap();
            let sent = self.out.send(one.message().encode().unwrap());
            drop(pass);
            if sent.is_err() {
                return false;
            }
        }
        true
    }

    fn take(&mut self, frame: Frame, now: Instant) {
        let message = Message::decode(frame.0, &frame.1).unwrap();
        self.node.side.receive(&mut self.link, message, now).unwrap();
    }

    /// Whatever has come, in one transaction.
    fn take_what_came(&mut self, first: Frame, now: Instant) {
        self.take(first, now);
        while let Ok(frame) = self.from.try_recv() {
            self.take(frame, now);
        }
        self.node.commit();
    }
}

fn main() {
    let number = std::env::var("RELEASES").ok().and_then(|text| text.parse().ok()).unwrap_or(5_000_u64);
    let (co, us) = pair();
    let ((to_us, from_co), (to_co, from_us)) = (channel(), channel());
    let mut here =
        End { node: co, link: Link::new(Audience::Partner, &party("US")), out: to_us, from: from_us };
    let mut there =
        End { node: us, link: Link::new(Audience::Partner, &party("CO")), out: to_co, from: from_co };
    let days = |done: u64| at((done / PER_DAY) as i64 * 86_400 + 100);
    let started = Clock::now();
    let receiver = std::thread::spawn(move || {
        there.send(at(100));
        while let Ok(frame) = there.from.recv() {
            there.take_what_came(frame, at(100));
            if !there.send(at(100)) {
                break;
            }
        }
        there.node
    });
    let mut offered = 0;
    loop {
        let now = days(offered);
        for _ in 0..GROUP.min(number - offered) {
            let outcome =
                here.node.side.offer(asked(offered, ItemKind::Lead), None, Vec::new(), now).unwrap();
            assert!(matches!(outcome, Offered::Released { .. }), "{outcome:?}");
            offered += 1;
        }
        here.node.commit();
        here.send(now);
        let waiting = here.node.side.in_flight().count() as u64;
        if offered == number && waiting == 0 {
            break;
        }
        // A window of four groups is under way; then, or at the end, what comes back is waited for.
        if waiting >= 4 * GROUP || offered == number {
            let frame = here.from.recv().unwrap();
            here.take_what_came(frame, now);
        } else if let Ok(frame) = here.from.try_recv() {
            here.take_what_came(frame, now);
        }
    }
    let spent = started.elapsed().as_secs_f64();
    let granted = here.node.side.own().releases().values();
    assert_eq!(granted.filter(|state| matches!(state.stage, Stage::Granted(_))).count() as u64, number);
    drop(here.out);
    drop(receiver.join().unwrap());
    let rate = number as f64 / spent;
    println!("{number} releases with receipt and key in {spent:.2} s, {rate:.0} releases/s on 2 threads");
    println!("figure|releases with receipt and key, a second|{rate:.0}|at least 1000|{:.3}", rate / 1e3);
}
