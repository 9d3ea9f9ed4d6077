//! R9, R10 and R12: access logs, release codes and the road; and that neither a name nor a code ever comes out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod screening_world;

use bitacora_port::screening::EventKind::{GateIn, Stuffed};
use bitacora_port::screening::inputs::{
    AccessAction, AccessObject, AccessRecord, FoundBad, Order, OrderKind, ReeferRow, SealRange,
    TelematicsRecord, TravelTime,
};
use bitacora_port::screening::{CodeHash, Finding, GapKind, Inputs, Pseudonym};
use screening_world::{BOX, OTHER, all, event, inputs, minute, numbered, of};
use serde::de::DeserializeOwned;

const KEY: [u8; 32] = [9; 32];
const CODE: &str = "PIN-7731-SECRET";
const NAME: &str = "Ana Secret Pérez";

fn look(n: u32, at: i64, user: &str, container: &str) -> AccessRecord {
    AccessRecord {
        id: format!("L{n}"),
        at: minute(at),
        user: Pseudonym::keyed(&KEY, user),
        role: "planner".into(),
        object: AccessObject::Location,
        action: AccessAction::View,
        container: container.parse().unwrap(),
        task: None,
        code_hash: None,
        party: None,
        haulier: None,
        consignee: None,
    }
}

fn code(n: u32, at: i64, user: &str, action: AccessAction, party: &str) -> AccessRecord {
    AccessRecord {
        object: AccessObject::ReleaseCode,
        action,
        code_hash: Some(CodeHash::keyed(&KEY, CODE)),
        party: Some(party.into()),
        role: "gate".into(),
        ..look(n, at, user, BOX)
    }
}

fn order(kind: OrderKind, from: i64, to: i64) -> Order {
    Order {
        order: "RO-7".into(),
        kind,
        container: BOX.parse().unwrap(),
        valid_from: minute(from),
        valid_to: minute(to),
        parties: Some("LINE-A|FWD-B|HAUL-C".into()),
        consignee: Some("CONS-D".into()),
        booked_at: Some(minute(500)),
    }
}

fn logged(access: Vec<AccessRecord>, orders: Option<Vec<Order>>) -> Inputs {
    Inputs { access, orders, ..Inputs::default() }
}

#[test]
fn a_look_without_a_task_fires_once_a_user_and_box() {
    let looks = vec![look(1, 10, NAME, BOX), look(2, 20, NAME, BOX), look(3, 30, "Bo", BOX)];
    let task = |from, to| Some(vec![order(OrderKind::Task, from, to)]);
    let found = of(logged(looks.clone(), task(500, 600)), Finding::LookupWithoutTask);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].numbers["looks"], 2.0);
    assert!(of(logged(looks.clone(), task(0, 60)), Finding::LookupWithoutTask).is_empty(), "an open task");
    let mut named = looks.clone();
    named.iter_mut().for_each(|record| record.task = Some("T-1".into()));
    assert!(of(logged(named, task(500, 600)), Finding::LookupWithoutTask).is_empty());
    let mut poller = looks.clone();
    poller.iter_mut().for_each(|record| record.role = "system".into());
    assert!(of(logged(poller, task(500, 600)), Finding::LookupWithoutTask).is_empty());
    // A log without tasks tells nothing: a gap.
    let blind = all(logged(looks, None));
    assert!(blind.alerts.is_empty());
    assert_eq!(blind.gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [GapKind::NoTasks]);
}

#[test]
fn far_more_boxes_an_hour_than_the_role_fires() {
    let mut log = Vec::new();
    let mut n = 0;
    // Eleven hundred user hours of five boxes.
    for user in 0..110u32 {
        for hour in 0..10 {
            for one in 0..5 {
                n += 1;
                log.push(look(n, hour * 60 + i64::from(one), &format!("U{user}"), &numbered(user * 5 + one)));
            }
        }
    }
    for one in 0..40 {
        n += 1;
        log.push(look(n, 605, "Busy", &numbered(one)));
    }
    for record in &mut log {
        record.task = Some("T".into());
    }
    let found = of(logged(log.clone(), None), Finding::LookupRate);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].actor, Some(Pseudonym::keyed(&KEY, "Busy")));
    assert_eq!((found[0].container, found[0].numbers["boxes_an_hour"]), (None, 40.0));
    log.retain(|record| record.user != Pseudonym::keyed(&KEY, "Busy"));
    assert!(of(logged(log, None), Finding::LookupRate).is_empty());
}

#[test]
fn an_account_that_saw_two_boxes_before_they_were_found_bad_fires() {
    let judge = |bad_at: i64| {
        let mut given =
            logged(vec![look(1, 10, NAME, BOX), look(2, 20, NAME, OTHER), look(3, 30, "Bo", BOX)], None);
        let bad = |container: &str| FoundBad { container: container.parse().unwrap(), at: minute(bad_at) };
        given.found_bad = vec![bad(BOX), bad(OTHER)];
        of(given, Finding::ViewedBadBoxes)
    };
    let found = judge(100);
    assert_eq!(found.len(), 1, "Bo saw one only");
    assert_eq!((found[0].others.len(), found[0].numbers["accounts_on_them"]), (2, 2.0));
    assert!(judge(5).is_empty(), "whoever looks after the find does their work");
}

#[test]
fn a_code_read_outside_the_chain_or_used_before_the_booking_fires() {
    let orders = || Some(vec![order(OrderKind::Release, 0, 2000)]);
    let read = |party| {
        of(
            logged(vec![code(1, 10, NAME, AccessAction::View, party)], orders()),
            Finding::CodeReadOutsideChain,
        )
        .len()
    };
    assert_eq!((read("FWD-X"), read("FWD-B")), (1, 0));
    let used = |at| {
        of(
            logged(vec![code(1, at, NAME, AccessAction::Use, "HAUL-C")], orders()),
            Finding::PickUpBeforeBooking,
        )
        .len()
    };
    assert_eq!((used(400), used(600)), (1, 0));
}

#[test]
fn two_gate_outs_on_one_code_fire_and_one_reported_twice_does_not() {
    let twice = |minutes: i64| {
        let log = vec![
            code(1, 0, NAME, AccessAction::Use, "HAUL-C"),
            code(2, minutes, NAME, AccessAction::Use, "HAUL-C"),
        ];
        of(logged(log, None), Finding::TwoGateOuts).len()
    };
    assert_eq!((twice(40), twice(5)), (1, 0));
}

#[test]
fn a_code_read_by_one_and_used_by_another_at_once_fires() {
    let story = |minutes: i64, party: &str| {
        let log = vec![
            code(1, 0, "A", AccessAction::View, "FWD-B"),
            code(2, minutes, "B", AccessAction::Use, party),
        ];
        of(logged(log, None), Finding::ReadByOneUsedByAnother).len()
    };
    assert_eq!(story(25, "HAUL-X"), 1);
    assert_eq!(story(31, "HAUL-X"), 0);
    assert_eq!(story(25, "FWD-B"), 0);
}

#[test]
fn a_haulier_new_to_a_consignee_fires_once_others_are_known() {
    let log: Vec<AccessRecord> = ["H1", "H1", "H2", "H1", "H9"]
        .iter()
        .enumerate()
        .map(|(n, haulier)| AccessRecord {
            haulier: Some((*haulier).into()),
            consignee: Some("CONS-D".into()),
            container: numbered(n as u32).parse().unwrap(),
            code_hash: None,
            ..code(n as u32, 100 * n as i64, NAME, AccessAction::Use, haulier)
        })
        .collect();
    let found = of(logged(log, None), Finding::FirstTimePair);
    assert_eq!(found.iter().map(|alert| alert.texts["haulier"].as_str()).collect::<Vec<_>>(), ["H9"]);
}

// INVARIANT: no name and no release code comes out.
#[test]
fn no_name_and_no_release_code_comes_out() {
    let log = vec![
        look(1, 10, NAME, BOX),
        code(2, 20, NAME, AccessAction::View, "FWD-X"),
        code(3, 30, NAME, AccessAction::Use, "HAUL-C"),
        code(4, 90, NAME, AccessAction::Use, "HAUL-X"),
    ];
    let given = logged(log, Some(vec![order(OrderKind::Release, 0, 2000)]));
    let shown = format!("{given:?}");
    let found = all(given);
    assert!(found.alerts.len() >= 4, "{}", found.alerts.len());
    let hash = CodeHash::keyed(&KEY, CODE).to_string();
    let out =
        format!("{found:?}{}{}", serde_json::to_string(&found.alerts).unwrap(), found.alert_lines(true));
    for text in [&shown, &out] {
        assert!(!text.contains("SECRET") && !text.contains("Secret") && !text.contains("Pérez"));
    }
    assert!(!out.contains(&hash), "not even the hash, which whoever has the key could try");
    // A log with a code in clear is refused, and the refusal does not repeat it.
    let line = format!(
        "id,at,user,role,object,action,container,code_hash\n1,2026-11-20T10:00:00Z,u,gate,release_code,use,{BOX},{CODE}\n"
    );
    let refused = csv::Reader::from_reader(line.as_bytes()).deserialize::<AccessRecord>().next().unwrap();
    assert!(!format!("{:?}", refused.unwrap_err()).contains("SECRET"));
}

fn point(n: u32, at: i64, truck: &str, speed: f64, allowed: bool) -> TelematicsRecord {
    TelematicsRecord {
        id: format!("P{n}"),
        at: minute(at),
        container: BOX.parse().unwrap(),
        truck: Some(truck.into()),
        driver: None,
        speed_kmh: Some(speed),
        allowed_place: Some(allowed),
    }
}

#[test]
fn a_stop_outside_the_allowed_places_and_another_truck_fire() {
    let road = |points: Vec<TelematicsRecord>, finding| {
        let mut given = inputs(vec![event(BOX, Stuffed, 0), event(BOX, GateIn, 300)]);
        given.telematics = points;
        of(given, finding).len()
    };
    let stop = |minutes: i64, allowed| {
        vec![
            point(1, 50, "T1", 60.0, false),
            point(2, 60, "T1", 0.0, allowed),
            point(3, 60 + minutes, "T1", 50.0, false),
        ]
    };
    assert_eq!(road(stop(20, false), Finding::StopOutsidePlaces), 1);
    assert_eq!(road(stop(10, false), Finding::StopOutsidePlaces), 0);
    assert_eq!(road(stop(20, true), Finding::StopOutsidePlaces), 0);
    let two = |truck, at| vec![point(1, 50, "T1", 60.0, true), point(2, at, truck, 60.0, true)];
    assert_eq!(road(two("T2", 60), Finding::CrewOrTruckChanged), 1);
    assert_eq!(road(two("T1", 60), Finding::CrewOrTruckChanged), 0);
    assert_eq!(road(two("T2", 400), Finding::CrewOrTruckChanged), 0, "after the gate it is the yard's truck");
}

#[test]
fn a_road_far_slower_than_its_route_fires() {
    let slow = |minutes: i64| {
        let mut events = vec![event(BOX, Stuffed, 0), event(BOX, GateIn, minutes)];
        for n in 0..25 {
            events.push(event(&numbered(n), Stuffed, 0));
            events.push(event(&numbered(n), GateIn, 120 + i64::from(n % 7)));
        }
        of(inputs(events), Finding::SlowRoad).len()
    };
    assert_eq!((slow(320), slow(190)), (1, 0));
}

/// The example of a module's documentation, as rows.
fn example<T: DeserializeOwned>(source: &str, block: usize) -> Vec<T> {
    let text: String = source
        .split("//! ```csv\n")
        .nth(block + 1)
        .and_then(|rest| rest.split("//! ```").next())
        .unwrap()
        .lines()
        .map(|line| line.trim_start_matches("//! ").to_owned() + "\n")
        .collect();
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>().unwrap()
}

#[test]
fn every_documented_example_reads() {
    let orders: Vec<Order> = example(include_str!("../src/screening/inputs/orders.rs"), 0);
    assert_eq!((orders.len(), orders[1].names_party("FWD-B")), (2, true));
    let access: Vec<AccessRecord> = example(include_str!("../src/screening/inputs/access.rs"), 0);
    assert_eq!(access[1].object, AccessObject::ReleaseCode);
    let reefer: Vec<ReeferRow> = example(include_str!("../src/screening/inputs/reefer.rs"), 0);
    assert_eq!((reefer[0].powered, reefer[0].panel_open), (Some(true), None));
    let road: Vec<TelematicsRecord> = example(include_str!("../src/screening/inputs/telematics.rs"), 0);
    assert_eq!(road[0].allowed_place, Some(false));
    let registers = include_str!("../src/screening/inputs/registers.rs");
    assert_eq!(example::<SealRange>(registers, 0)[0].digits, 7);
    assert_eq!(example::<TravelTime>(registers, 1)[0].minutes, 310);
    assert_eq!(example::<FoundBad>(registers, 2).len(), 1);
}
