//! A link between two nodes that loses nothing.

use bitacora_exchange::side::{Asked, Audience, Link, Offered};
use bitacora_exchange::wire::Message;
use bitacora_primitives::markings::ItemKind;
use bitacora_primitives::{Instant, ReleaseId};

use super::{Node, at, offer, party};

pub struct Wire {
    pub co: Link,
    pub us: Link,
}

impl Wire {
    pub fn new() -> Self {
        Self {
            co: Link::new(Audience::Partner, &party("US")),
            us: Link::new(Audience::Partner, &party("CO")),
        }
    }

    /// Carries messages until nobody has anything to say.
    pub fn settle(&mut self, co: &mut Node, us: &mut Node, now: Instant) {
        for _ in 0..100 {
            let a = step(co, &mut self.co, us, &mut self.us, now);
            let b = step(us, &mut self.us, co, &mut self.co, now);
            if a + b == 0 {
                return;
            }
        }
        panic!("the two never fall silent");
    }

    /// Heartbeats of both, what waits taken up, and then quiet.
    pub fn beat(&mut self, co: &mut Node, us: &mut Node, now: Instant) {
        for one in co.side.beat(&mut self.co, now).unwrap() {
            us.side.receive(&mut self.us, again(one.message()), now).unwrap();
        }
        for one in us.side.beat(&mut self.us, now).unwrap() {
            co.side.receive(&mut self.co, again(one.message()), now).unwrap();
        }
        for node in [&mut *co, &mut *us] {
            node.side.take_up(&node.disk, now).unwrap();
            node.commit();
        }
        self.settle(co, us, now);
    }
}

fn step(from: &mut Node, link: &mut Link, to: &mut Node, back: &mut Link, now: Instant) -> usize {
    let out = from.side.pump(link, &from.disk, now).unwrap();
    for one in &out {
        to.side.receive(back, again(one.message()), now).unwrap();
    }
    to.commit();
    out.len()
}

/// As it comes off the wire.
pub fn again(message: &Message) -> Message {
    let (kind, payload) = message.encode().unwrap();
    Message::decode(kind, &payload).unwrap()
}

pub fn asked(number: u64, kind: ItemKind) -> Asked {
    Asked {
        offer: offer(number, kind, at(50)),
        to: party("US"),
        purpose: "seizure".to_owned(),
        standing: true,
        asset: None,
        corrects: None,
    }
}

/// Colombia releases a lead, and both exchange it to the end.
pub fn exchange_one(co: &mut Node, us: &mut Node, number: u64, seconds: i64) -> ReleaseId {
    let now = at(seconds);
    let Offered::Released { release, .. } =
        co.side.offer(asked(number, ItemKind::Lead), None, Vec::new(), now).unwrap()
    else {
        panic!("not released");
    };
    co.commit();
    Wire::new().settle(co, us, now);
    release
}
