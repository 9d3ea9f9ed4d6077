//! The course of a draw: what is asked, what falls back, what waits, and what nobody can know before its time.

use bitacora_ledger::canonical_json;
use bitacora_port::draw::{
    Action, BODIES, Beacon, Body, Bundle, Commitment, Draw, DrawError, Hex, Outcome, OverrideError, Round,
    Share, Times, Why, verify,
};

use crate::fixture::{
    ANCHOR, body_key, finished, list, override_of, own_beacon, own_rounds, run_slot, shares, terms,
};

/// A draw of three slots, rounds far apart.
fn fresh() -> Draw {
    let list = list(40, 3, 3, 22);
    let terms = terms(3, 3, own_beacon(), ANCHOR + 1, 3);
    Draw::new(Commitment::new(terms, &list).unwrap(), list).unwrap()
}

fn drawn(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Drawn { .. })
}

#[test]
fn no_pick_is_known_before_its_round_and_its_shares() {
    let mut draw = fresh();
    let rounds = own_rounds(8, |_| vec![0, 1, 2]);
    // All shares, no round.
    let early = shares(&draw, 0, ANCHOR + 1, &BODIES);
    assert_eq!(draw.attempt(0, &early), Err(DrawError::NoRound { slot: 0, round: ANCHOR + 1 }));
    assert!(draw.bundle().slots.is_empty());
    // The round, one share.
    draw.round(rounds[0].clone()).unwrap();
    let one = draw.attempt(0, &early[..1]).unwrap();
    assert_eq!(one.outcome, Outcome::Waits { round: ANCHOR + 2 });
    assert!(draw.bundle().slots[0].picks.is_empty());
    // A share for another slot or round, or of another draw, is none.
    draw.round(rounds[1].clone()).unwrap();
    let other_slot = shares(&draw, 1, ANCHOR + 2, &BODIES);
    let refused = draw.attempt(0, &other_slot).unwrap();
    assert_eq!(refused.refused, BODIES);
    let other_draw = Hex([3; 32]);
    let foreign: Vec<Share> = BODIES
        .iter()
        .map(|body| Share::make(*body, &body_key(*body), &other_draw, 0, ANCHOR + 3).unwrap())
        .collect();
    draw.round(rounds[2].clone()).unwrap();
    assert_eq!(draw.attempt(0, &foreign).unwrap().refused, BODIES);
    draw.round(rounds[3].clone()).unwrap();
    let all = shares(&draw, 0, ANCHOR + 4, &BODIES);
    assert!(drawn(&draw.attempt(0, &all).unwrap().outcome));
    // What is published so far holds nothing of later slots.
    assert_eq!(draw.bundle().slots.len(), 1);
    let verified = verify(draw.bundle()).unwrap();
    assert_eq!((verified.missing(), verified.waits(), verified.undrawn()), (8, 3, 0));
}

#[test]
fn every_value_that_goes_into_a_slot_moves_its_picks() {
    let picks = |round_parties: Vec<u32>, absent: Option<Body>| {
        let mut draw = fresh();
        let rounds = own_rounds(3, |_| round_parties.clone());
        run_slot(&mut draw, 0, &rounds, &|_, body| Some(body) != absent);
        draw.bundle().slots[0].picks.clone()
    };
    let whole = picks(vec![0, 1, 2], None);
    assert_eq!(whole, picks(vec![0, 1, 2], None), "the same inputs give the same picks");
    let mut all = vec![
        whole,
        picks(vec![0, 1], None),
        picks(vec![0, 1, 2], Some(Body::Customs)),
        picks(vec![0, 1, 2], Some(Body::Police)),
        picks(vec![0, 1, 2], Some(Body::Port)),
    ];
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn a_missing_share_falls_back_to_the_next_round_and_is_counted() {
    let mut draw = fresh();
    for round in own_rounds(9, |_| vec![0, 1, 2]) {
        draw.round(round).unwrap();
    }
    let given = shares(&draw, 0, ANCHOR + 1, &[Body::Port, Body::Customs]);
    let first = draw.attempt(0, &given).unwrap();
    assert_eq!(
        (first.missing, first.outcome),
        (vec![Body::Police], Outcome::FallsBack { round: ANCHOR + 2 })
    );
    // The two that answered are asked; the third no longer has a say, nor can it be left out and in at will.
    let awaited = draw.awaited(0).unwrap();
    assert_eq!((awaited.round, awaited.bodies), (ANCHOR + 2, vec![Body::Customs, Body::Port]));
    let three = shares(&draw, 0, ANCHOR + 2, &BODIES);
    assert!(drawn(&draw.attempt(0, &three).unwrap().outcome));
    assert_eq!(draw.bundle().slots[0].attempts[1].shares.len(), 2);
    assert_eq!(draw.awaited(0), None);
    assert_eq!(draw.attempt(0, &three), Err(DrawError::SlotClosed { slot: 0 }));
    // Slot 1 waits twice, then falls back, then is drawn.
    for (round, bodies) in [(4, &BODIES[..1]), (5, &[]), (6, &BODIES[1..])] {
        let given = shares(&draw, 1, ANCHOR + round, bodies);
        assert!(!drawn(&draw.attempt(1, &given).unwrap().outcome));
    }
    let given = shares(&draw, 1, ANCHOR + 7, &BODIES);
    assert!(drawn(&draw.attempt(1, &given).unwrap().outcome));
    let verified = verify(draw.bundle()).unwrap();
    assert_eq!((verified.missing(), verified.waits()), (1 + 2 + 3 + 1, 2));
    assert_eq!(verified.slots[1].round, Some(ANCHOR + 7));
}

#[test]
fn a_slot_never_drawn_is_counted_and_closes_behind_the_next() {
    let mut draw = fresh();
    let rounds = own_rounds(9, |_| vec![0, 1, 2]);
    run_slot(&mut draw, 0, &rounds, &|_, _| true);
    run_slot(&mut draw, 2, &rounds, &|_, _| true);
    assert_eq!(draw.awaited(1), None);
    assert_eq!(draw.attempt(1, &[]), Err(DrawError::SlotClosed { slot: 1 }));
    assert_eq!(draw.attempt(3, &[]), Err(DrawError::NoSlot { slot: 3 }));
    let verified = verify(draw.bundle()).unwrap();
    assert_eq!(verified.undrawn(), 1);
    assert!(verified.text().contains("\nslot 1 capacity 3 round - attempts 0 missing 0 waits 0 picks 0\n"));
}

#[test]
fn a_draw_goes_on_from_what_was_kept() {
    let mut whole = fresh();
    let rounds = own_rounds(9, |_| vec![0, 1, 2]);
    let present = |attempt: usize, body| attempt > 0 || body != Body::Police;
    for slot in 0..3 {
        run_slot(&mut whole, slot, &rounds, &present);
    }
    let mut parted = fresh();
    for slot in 0..3 {
        run_slot(&mut parted, slot, &rounds, &present);
        let kept = parted.bundle().to_json().unwrap();
        parted = Draw::resume(Bundle::parse(&kept).unwrap()).unwrap();
    }
    assert_eq!(parted.bundle(), whole.bundle());
    // In the middle of a fallback too.
    let mut draw = fresh();
    draw.round(rounds[0].clone()).unwrap();
    let two = shares(&draw, 0, ANCHOR + 1, &BODIES[..2]);
    draw.attempt(0, &two).unwrap();
    let again = Draw::resume(draw.bundle().clone()).unwrap();
    assert_eq!(again.awaited(0), draw.awaited(0));
}

#[test]
fn an_override_needs_two_officers_and_a_reason_and_never_changes_a_pick() {
    let mut draw = fresh();
    let rounds = own_rounds(9, |_| vec![0, 1, 2]);
    run_slot(&mut draw, 0, &rounds, &|_, _| true);
    let before = draw.bundle().slots.clone();
    let pick = before[0].picks[0].clone();
    let removed = override_of(&draw, 0, Action::Remove, &pick.to_string(), "escáner averiado en el muelle 2");
    let added = override_of(&draw, 0, Action::Add, "OTHR1234567", "seal missing");
    let refused = |edit: &dyn Fn(&mut bitacora_port::draw::Override)| {
        let mut order = added.clone();
        edit(&mut order);
        fresh_with(&draw).add_override(order).unwrap_err()
    };
    let error = |error| DrawError::Override(error);
    assert_eq!(refused(&|order| order.reason = "another".into()), error(OverrideError::Signature));
    assert_eq!(refused(&|order| order.reason = " ".into()), error(OverrideError::Reason));
    assert_eq!(refused(&|order| order.reason = "a\nb".into()), error(OverrideError::Reason));
    assert_eq!(refused(&|order| order.slot = 3), error(OverrideError::Slot));
    assert_eq!(refused(&|order| order.slot = 1), error(OverrideError::Signature));
    assert_eq!(refused(&|order| order.action = Action::Remove), error(OverrideError::Signature));
    assert_eq!(refused(&|order| order.signatures[1] = order.signatures[0]), error(OverrideError::Officers));
    assert_eq!(refused(&|order| order.signatures.swap(0, 1)), error(OverrideError::Officers));
    draw.add_override(removed.clone()).unwrap();
    draw.add_override(added).unwrap();
    assert_eq!(draw.add_override(removed), Err(error(OverrideError::Repeated)));
    assert_eq!(draw.bundle().slots, before, "an override never changes a pick");
    let inspected = draw.bundle().inspected(0);
    assert!(!inspected.contains(&pick) && inspected.iter().any(|name| name.to_string() == "OTHR1234567"));
    let verified = verify(draw.bundle()).unwrap();
    assert_eq!((verified.added(), verified.removed()), (1, 1));
    assert!(verified.text().ends_with(&format!("override 0 remove {pick}\noverride 0 add OTHR1234567\n")));
}

fn fresh_with(draw: &Draw) -> Draw {
    Draw::resume(draw.bundle().clone()).unwrap()
}

#[test]
fn capacities_and_windows_hold_in_every_draw() {
    for seed in 0..40 {
        let draw = finished(30, 4, 2, seed);
        let bundle = draw.bundle();
        let mut seen = std::collections::BTreeSet::new();
        for record in &bundle.slots {
            assert!(record.picks.len() <= 2);
            for pick in &record.picks {
                assert!(seen.insert(pick), "nobody is scanned twice");
                let entry = bundle.list.iter().find(|entry| entry.container == *pick).unwrap();
                assert!(entry.plan.iter().any(|mass| mass.0 == record.slot));
            }
        }
        let text = bundle.to_json().unwrap();
        assert_eq!(Bundle::parse(&text).as_ref(), Ok(bundle));
        assert_eq!(verify(bundle).unwrap().commitment, *draw.commitment());
    }
}

#[test]
fn plain_json_of_a_list_entry_and_of_a_published_draw_is_canonical_json() {
    let draw = finished(30, 4, 2, 3);
    let bundle = draw.bundle();
    assert_eq!(bundle.to_json().unwrap(), canonical_json(bundle).unwrap());
    for entry in &bundle.list {
        assert_eq!(serde_json::to_string(entry).unwrap(), canonical_json(entry).unwrap());
    }
    let hex = Hex([7; 96]);
    let rounds = [
        Round::DrandChained { previous: hex, round: 1 << 52, signature: hex },
        Round::DrandUnchained { round: 1, signature: hex },
        Round::DrandQuicknet { round: 2, signature: Hex([7; 48]) },
    ];
    let times = Times { first: 1, period: 2 };
    let beacons = [
        Beacon::DrandChained { key: Hex([7; 48]), times },
        Beacon::DrandUnchained { key: Hex([7; 48]), times },
        Beacon::DrandQuicknet { key: hex, times },
    ];
    assert_eq!(serde_json::to_string(&rounds).unwrap(), canonical_json(&rounds).unwrap());
    assert_eq!(serde_json::to_string(&beacons).unwrap(), canonical_json(&beacons).unwrap());
}

#[test]
fn a_text_that_is_no_canonical_draw_is_refused() {
    let text = finished(6, 2, 1, 3).bundle().to_json().unwrap();
    assert_eq!(Bundle::parse(&format!("{text}\n")), Err(Why::NotCanonical));
    assert_eq!(Bundle::parse(&text.replacen(':', ": ", 1)), Err(Why::NotCanonical));
    for broken in ["", "[]", "{}", "{\"commitment\":1}", &text[..text.len() - 1]] {
        assert!(matches!(Bundle::parse(broken), Err(Why::NotADraw(_))), "{broken}");
    }
    let more = text.replacen("{\"commitment\"", "{\"a\":1,\"commitment\"", 1);
    assert!(matches!(Bundle::parse(&more), Err(Why::NotADraw(_))));
}

/// A draw as it was published: what verified once has to verify in every later version, and it seeds the fuzzer.
#[test]
fn a_published_draw_verifies_ever_after() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/draw/finished.json");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, finished(5, 2, 1, 3).bundle().to_json().unwrap()).unwrap();
    }
    let bundle = Bundle::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    let verified = verify(&bundle).unwrap();
    assert_eq!((verified.slots.len(), verified.overrides.len()), (2, 1));
}
