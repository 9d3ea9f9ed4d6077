//! Import boxes and their release codes: who was told the code, who read it, and who fetched the box with it. Codes leave
//! this module as keyed hashes only.

use bitacora_port::screening::inputs::{AccessAction, AccessObject, Order, OrderKind};
use bitacora_port::screening::{CodeHash, ContainerNumber, EventKind, Movement};

use super::course::{HOUR, MINUTE};
use super::feed::Feed;
use super::places::Places;
use super::truth::{Happening, Innocent, Planted, RipOn, Truth};
use crate::Scale;
use crate::rng::Rng;

/// Of the invented port, not of any node.
const KEY: [u8; 32] = [0x5a; 32];
const LINE: &str = "LINE-QXZ";

struct Import {
    number: ContainerNumber,
    terminal: usize,
    consignee: String,
    forwarder: String,
    haulier: String,
    picked: i64,
    code: CodeHash,
}

pub(super) fn imports(
    feed: &mut Feed,
    places: &mut Places,
    truth: &mut Truth,
    (boxes, scale): (usize, Scale),
    seed: u64,
) {
    let mut rng = Rng::of(seed, 40);
    let stolen = match scale {
        Scale::Day => 3,
        Scale::Watch => 1,
    };
    for n in 0..boxes {
        let Some(import) = import(places, &mut rng) else { continue };
        truth.containers += 1;
        // Spread over the list, which is in no order of time.
        let is_stolen = n % (boxes / stolen).max(1) == 0 && n / (boxes / stolen).max(1) < stolen;
        tell(feed, places, truth, &import, is_stolen, &mut rng);
    }
}

fn import(places: &mut Places, rng: &mut Rng) -> Option<Import> {
    let number = places.number(rng)?;
    let consignee = rng.below(25);
    // Each consignee has its two hauliers.
    let haulier = (consignee * 5 + if rng.chance(0.2) { 1 } else { 0 }) % 12;
    let code = format!("{:06}", rng.below(1_000_000));
    Some(Import {
        number,
        terminal: rng.below(3),
        consignee: format!("CONS-{consignee:02}"),
        forwarder: format!("FWD-{}", rng.below(6)),
        haulier: format!("HAUL-{haulier:02}"),
        picked: (rng.between(1.0, 22.0) * HOUR as f64) as i64,
        code: CodeHash::keyed(&KEY, &format!("{number} {code}")),
    })
}

fn tell(feed: &mut Feed, places: &Places, truth: &mut Truth, import: &Import, stolen: bool, rng: &mut Rng) {
    let facility = places.terminals.get(import.terminal);
    let landed = import.picked - (rng.between(20.0, 90.0) * HOUR as f64) as i64;
    let stack = feed.order(import.number, OrderKind::Move, landed, landed + 2 * HOUR);
    let trip = format!("BL{:07}", 4_000_000 + rng.below(5_999_999));
    for (kind, at) in [
        (EventKind::Discharged, landed),
        (EventKind::YardMove, landed + HOUR),
        (EventKind::GateOut, import.picked),
    ] {
        let mut event = feed.event(import.number, kind, at);
        (event.trip, event.movement, event.facility) =
            (Some(trip.clone()), Some(Movement::Import), facility.cloned());
        event.order = (kind == EventKind::YardMove).then(|| stack.clone());
        feed.events.push(event);
    }
    // The thief comes first: half of the bookings are not yet made.
    let booked = if stolen && rng.chance(0.5) {
        import.picked + (rng.between(2.0, 20.0) * HOUR as f64) as i64
    } else {
        import.picked - (rng.between(3.0, 16.0) * HOUR as f64) as i64
    };
    let (valid_from, valid_to) = (feed.time(landed), feed.time(landed + 10 * 24 * HOUR));
    feed.orders.push(Order {
        order: format!("RO-{}", 5_000 + feed.orders.len()),
        kind: OrderKind::Release,
        container: import.number,
        valid_from,
        valid_to,
        parties: Some(format!("{LINE}|{}|{}", import.forwarder, import.haulier)),
        consignee: Some(import.consignee.clone()),
        booked_at: Some(feed.time(booked)),
    });
    let read_at = (import.picked - (rng.between(2.0, 12.0) * HOUR as f64) as i64).max(landed + HOUR);
    look(feed, import, read_at, ("st-fw20", "forwarder"), &import.forwarder, None);
    let changed = !stolen && rng.chance(0.015);
    let other = format!("HAUL-{}", 60 + rng.below(30));
    let haulier = if stolen || changed { &other } else { &import.haulier };
    if stolen {
        let at = import.picked - (rng.between(6.0, 45.0) * MINUTE as f64) as i64;
        // The account is the insider's; the party he gives is none of the chain's.
        look(feed, import, at, ("st-7c1f", "gate"), &format!("HAUL-{}", 90 + rng.below(9)), None);
        let (begun, gone) = (feed.time(at), feed.time(import.picked));
        let (kind, container) = (RipOn::ReleaseCode, import.number);
        truth.planted.push(Planted { kind, container, begun, touched: begun, gone });
    } else if changed {
        let at = import.picked - 40 * MINUTE;
        look(feed, import, at, ("st-hl31", "haulier"), haulier, None);
        let (kind, container) = (Innocent::HaulierChange, Some(import.number));
        truth.happenings.push(Happening { kind, container, at: feed.time(at) });
    }
    // The insider's account does a gate's honest work too.
    let clerk = rng.pick(&["st-0a11", "st-0a12", "st-7c1f"], "st-0a11");
    look(feed, import, import.picked, (clerk, "gate"), haulier, Some(haulier));
}

/// A reading of the code, or its use by a haulier.
fn look(feed: &mut Feed, import: &Import, at: i64, who: (&str, &str), party: &str, used_by: Option<&str>) {
    if let Some(record) = feed.look(import.number, at, who, AccessObject::ReleaseCode, None) {
        record.code_hash = Some(import.code);
        record.party = Some(party.to_owned());
        if let Some(haulier) = used_by {
            record.action = AccessAction::Use;
            record.haulier = Some(haulier.to_owned());
            record.consignee = Some(import.consignee.clone());
        }
    }
}
