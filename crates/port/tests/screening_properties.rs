//! What holds for any events: order and repeats change nothing, nothing makes it fail; and what the rules of profile
//! `field` find in the shared stream of 20,000 events, whose planted cases are known.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly, and reads the shared files"
)]

mod screening_world;

use std::collections::{BTreeMap, BTreeSet};

use bitacora_port::screening::inputs::{
    AccessAction, AccessObject, AccessRecord, FoundBad, TelematicsRecord,
};
use bitacora_port::screening::{
    Classifier, CodeHash, ContainerEvent, DoorSide, EventKind, Facility, FieldScreened, Finding, GapKind,
    Inputs, Movement, Pseudonym, ReeferReading, Reread, Rule, SealNumber, SealPlacement, SealSource,
    Thresholds, Tier, YardPlace, screen,
};
use bitacora_primitives::{Basis, EvidenceRef, Family, IndicationCode, Instant, SourceId, Subject};
use proptest::prelude::*;
use screening_world::{BOX, Made, OTHER, all, event, inputs, minute, numbered};

const SEALS: [&str; 6] = ["4471820", "4471821", "44718Z0", "EC0012", "ECO012", "9X"];
const PLACES: [&str; 3] = ["COCTG-SPRC", "COCTG-CONT", "COTRB-PTA"];

prop_compose! {
    fn any_event()(
        container in 0..3usize,
        kind in 0..EventKind::ALL.len(),
        at in prop_oneof![9 => 0..2_000i64, 1 => any::<i64>().prop_map(|at| at / 60_000_000)],
        flags in any::<u32>(),
        seal in prop::option::of(0..SEALS.len()),
        second in prop::option::of(0..SEALS.len()),
        place in 0..PLACES.len(),
        kg in prop::option::of(0.0..100_000.0f64),
        celsius in prop_oneof![Just(f64::NAN), -30.0..30.0f64],
        id in 0..40u32,
    ) -> ContainerEvent {
        let on = |bit: u32| flags >> bit & 1 == 1;
        let name = [BOX, OTHER, "BAD1"][container];
        event(name, EventKind::ALL[kind], at).at_place(PLACES[place]).with(|event| {
            event.id = ContainerEvent::id_of("any", &id.to_string());
            event.received = event.at + bitacora_primitives::Duration::from_secs(i64::from(flags >> 24));
            if on(0) { event.trip = None; }
            if on(1) { event.order = None; }
            if on(2) { event.facility = None; }
            if on(3) && on(4) { event.classifier = Classifier::Planned; }
            if on(5) { event.movement = Some(Movement::Import); }
            if on(6) { event.vessel = Some(if on(7) { "9321483" } else { "9434230" }.into()); }
            if on(8) { event.size_type = Some(if on(9) { "45R1" } else { "é2" }.into()); }
            if on(10) {
                event.yard = Some(YardPlace { slot: "A1".into(), tier: Some(1), doors: Some(DoorSide::Outward), camera_blind: None });
            }
            if on(11) {
                event.reefer = Some(ReeferReading {
                    return_air_celsius: Some(celsius), powered: Some(on(12)), panel_open: Some(on(13)), ..ReeferReading::default()
                });
            }
            if let Some(kg) = kg { *event = event.clone().kg(kg); }
            if let Some(n) = seal {
                *event = event.clone().seal_as(SEALS[n], |reading| {
                    reading.second_read = second.map(|n| SealNumber::new(SEALS[n]).unwrap());
                    if on(14) { reading.placement = SealPlacement::Vent; }
                    if on(15) { reading.source = Some(SealSource::Shipper); }
                    if on(16) { reading.read_count = 2; }
                    if on(17) { reading.maker = Some("ML-CO".into()); }
                });
            }
        })
    }
}

prop_compose! {
    fn any_look()(n in 0..60u32, at in 0..2_000i64, user in 0..3u8, flags in any::<u16>()) -> AccessRecord {
        let on = |bit: u16| flags >> bit & 1 == 1;
        AccessRecord {
            id: n.to_string(),
            at: minute(at),
            user: Pseudonym::new(&format!("u{user}")).unwrap(),
            role: if on(0) { "gate" } else { "planner" }.into(),
            object: if on(1) { AccessObject::ReleaseCode } else { AccessObject::Record },
            action: if on(2) { AccessAction::Use } else { AccessAction::View },
            container: if on(3) { BOX } else { OTHER }.parse().unwrap(),
            task: on(4).then(|| "T".into()),
            code_hash: on(5).then(|| CodeHash::keyed(&[0; 32], "1")),
            party: on(6).then(|| if on(7) { "A" } else { "B" }.into()),
            haulier: on(8).then(|| if on(9) { "A" } else { "B" }.into()),
            consignee: on(10).then(|| "C".into()),
        }
    }
}

fn given(events: Vec<ContainerEvent>, access: Vec<AccessRecord>) -> Inputs {
    let point = |n: i64| TelematicsRecord {
        id: n.to_string(),
        at: minute(n * 40),
        container: BOX.parse().unwrap(),
        truck: Some(format!("T{}", n % 3)),
        driver: None,
        speed_kmh: Some((n % 2) as f64 * 50.0),
        allowed_place: Some(n % 4 == 3),
    };
    Inputs {
        events,
        access,
        telematics: (0..20).map(point).collect(),
        found_bad: vec![FoundBad { container: BOX.parse().unwrap(), at: minute(1500) }],
        ..Inputs::default()
    }
}

fn bytes(screened: &FieldScreened) -> String {
    serde_json::to_string(&(&screened.alerts, &screened.gaps)).unwrap()
}

/// What was found, without which of several reports of one thing was kept.
fn gist(screened: &FieldScreened) -> BTreeSet<(Finding, Option<String>, Instant, Tier)> {
    screened
        .alerts
        .iter()
        .map(|alert| (alert.finding, alert.container.map(|one| one.to_string()), alert.at, alert.tier))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_arrival_does_not_change_the_alerts(
        (events, shuffled) in prop::collection::vec(any_event(), 0..40)
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        looks in prop::collection::vec(any_look(), 0..30),
    ) {
        let mut backwards = looks.clone();
        backwards.reverse();
        let mut other = given(shuffled, backwards);
        other.telematics.reverse();
        prop_assert_eq!(bytes(&all(given(events, looks))), bytes(&all(other)));
    }

    #[test]
    fn repeats_add_no_alert(
        events in prop::collection::vec(any_event(), 0..25),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
        looks in prop::collection::vec(any_look(), 0..20),
    ) {
        let mut unique = BTreeMap::new();
        for event in events {
            unique.insert(event.id, event);
        }
        let events: Vec<ContainerEvent> = unique.into_values().collect();
        let once = all(given(events.clone(), looks.clone()));
        let mut repeated = events.clone();
        let mut echoed = events.clone();
        if !events.is_empty() {
            for index in &again {
                let event = index.get(&events);
                repeated.push(event.clone());
                // The same words from another source.
                echoed.push(event.clone().with(|echo| {
                    echo.id = ContainerEvent::id_of("echo", &echo.id.to_string());
                    echo.reference = None;
                    echo.evidence = EvidenceRef { source: SourceId::of(&[b"echo"]), line: 7, offset: None };
                }));
            }
        }
        let mut twice = looks.clone();
        twice.extend(looks);
        prop_assert_eq!(bytes(&once), bytes(&all(given(repeated, twice.clone()))));
        prop_assert_eq!(gist(&once), gist(&all(given(echoed, twice))));
    }

    #[test]
    fn every_alert_says_by_what_it_was_found(events in prop::collection::vec(any_event(), 0..40)) {
        let thresholds = Thresholds { version: 42, ..Thresholds::default() };
        let screened = screen(inputs(events.clone()), &thresholds, Rule::ALL);
        let known: BTreeSet<_> = events.iter().map(|event| event.id).collect();
        let mut ids = BTreeSet::new();
        for alert in &screened.alerts {
            prop_assert!(ids.insert(alert.id), "one id, one alert");
            prop_assert_eq!((alert.rule_version, alert.thresholds_version), (3, 42));
            prop_assert!(!alert.events.is_empty() && alert.events.iter().all(|id| known.contains(id)));
            prop_assert_eq!(alert.events.len(), alert.evidence.len());
            prop_assert!(!alert.innocent.is_empty() && alert.strength.basis == Basis::Assumed);
            prop_assert!(alert.strength.nats > 0.0 && alert.start <= alert.at);
            prop_assert!(alert.numbers.values().all(|number| number.is_finite()));
            // A demoted alert waits, or was settled by a reading; it is never out of both queues.
            prop_assert_eq!(alert.tier == Tier::Reread, matches!(alert.reread, Some(Reread::Waiting | Reread::Agreed)));
            let says = |name: &str| alert.numbers.get(name) == Some(&1.0);
            if alert.finding == Finding::SealChanged && alert.tier == Tier::Reread {
                let grounds = ["confusable", "second_read_agrees", "read_again", "before_slipped"];
                prop_assert!(grounds.into_iter().any(says), "edit distance alone never demotes an alert");
                prop_assert!(!says("near_serial") || says("read_again"), "a near-serial swap is never demoted");
            }
        }
    }
}

#[test]
fn rules_not_asked_for_are_not_told_and_r8_still_sees_them() {
    let events = || {
        vec![
            event(BOX, EventKind::GateIn, 0).seal("4471820"),
            event(BOX, EventKind::Scanned, 10),
            event(BOX, EventKind::Loaded, 900).seal("9X"),
        ]
    };
    let only = screen(inputs(events()), &Thresholds::default(), &[Rule::ScanThenTouch]);
    assert_eq!(only.alert_lines(true), "R8,CSQU3054383/LOAD/900,first\n");
    assert!(only.gaps.iter().any(|gap| gap.kind == GapKind::NoVerifiedMass));
}

#[test]
fn an_alert_becomes_the_coin_of_leads() {
    let found = all(inputs(vec![
        event(BOX, EventKind::GateIn, 0).seal("4471820"),
        event(BOX, EventKind::Loaded, 900).seal("9X"),
    ]));
    let alert = &found.alerts[0];
    let coin = alert.indication(3).unwrap();
    let subject = Subject::Container { number: BOX.parse().unwrap() };
    assert_eq!((coin.id, coin.revision, coin.subject), (alert.id, 3, subject));
    assert_eq!(coin.code, IndicationCode::Container(alert.finding));
    assert_eq!((coin.family, coin.innocent), (Family::Container(alert.family), alert.innocent.clone()));
    let text = serde_json::to_value(coin.code).unwrap();
    assert_eq!(text, alert.finding.code(), "written as the finding's own code");
    assert_eq!(serde_json::from_value::<IndicationCode>(text).unwrap(), coin.code);
    assert_eq!((coin.start, coin.end), (minute(0), Some(minute(900))));
    assert_eq!(coin.event, alert.events.last().copied());
    assert_eq!(coin.numbers["edit_distance"], alert.numbers["edit_distance"]);
}

/// What was planted, and in which trips.
type Truth = BTreeMap<String, BTreeSet<String>>;

/// The shared stream, mapped as any feed maps it.
fn stream() -> Option<(Vec<ContainerEvent>, Truth)> {
    let folder = bitacora_given::data("port/baseline/events")?;
    let mut events = Vec::new();
    let text = std::fs::read_to_string(folder.join("ev20k.csv")).unwrap();
    for (n, line) in text.lines().enumerate().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [id, ts, trip, container, kind, facility, actor, seal, kg, auth] = cells[..] else { panic!() };
        let at = Instant::from_secs(ts.parse().unwrap());
        let evidence = EvidenceRef { source: SourceId::of(&[b"ev20k"]), line: n as u64 + 1, offset: None };
        let kind = EventKind::from_code(if kind == "VGMS" { "VGM" } else { kind }).unwrap();
        let id_of = ContainerEvent::id_of("ev20k", id);
        let mut event = ContainerEvent::new(id_of, kind, container.parse().unwrap(), at, at, evidence);
        event.reference = Some(id.into());
        event.trip = Some(trip.into());
        event.facility = Some(Facility::new(facility).unwrap());
        event.actor = Some(Pseudonym::new(actor).unwrap());
        event.order = (auth != "0").then(|| auth.into());
        if !seal.is_empty() {
            event = event.seal(seal);
        }
        if kg != "0" {
            event = event.kg(kg.parse().unwrap());
        }
        events.push(event);
    }
    let mut truth: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let text = std::fs::read_to_string(folder.join("ev20k.truth.csv")).unwrap();
    for line in text.lines().skip(1) {
        let (trip, label) = line.split_once(',').unwrap();
        truth.entry(label.into()).or_default().insert(trip.into());
    }
    Some((events, truth))
}

#[test]
fn the_planted_cases_of_the_shared_stream_are_found() {
    let Some((events, truth)) = stream() else { return };
    let loaded: BTreeSet<String> = events
        .iter()
        .filter(|event| event.kind == EventKind::Loaded)
        .filter_map(|event| event.trip.clone())
        .collect();
    let found = all(inputs(events));
    let flagged = |findings: &[Finding]| -> BTreeSet<String> {
        let fired = found.alerts.iter().filter(|alert| findings.contains(&alert.finding));
        fired.filter_map(|alert| alert.trip.clone()).collect()
    };
    for rule in Rule::ALL {
        let count = found.alerts.iter().filter(|alert| alert.rule == *rule).count();
        println!("{} {count}", rule.code());
    }
    let full = |label: &str| truth[label].intersection(&loaded).cloned().collect::<BTreeSet<String>>();
    let opened = flagged(&[Finding::DoorOpened]);
    assert!(full("ripon_cloned_seal").is_subset(&opened), "a cloned seal: the door tells");
    let swapped = flagged(&[Finding::SealChanged]);
    assert!(full("ripon_new_seal").is_subset(&swapped));
    assert!(truth["bad_check_digit"].is_subset(&flagged(&[Finding::NumberDefect])));
    assert!(full("unordered_move").is_subset(&flagged(&[Finding::MovedWithoutOrder])));
    // No lawful inspection becomes a seal or door alert, and no seal alert lacks its reason in the truth.
    let lawful = &truth["benign_inspection"];
    assert!(swapped.is_disjoint(lawful) && opened.is_disjoint(lawful));
    let reasons: BTreeSet<String> =
        truth["ripon_new_seal"].union(&truth["benign_ocr_misread"]).cloned().collect();
    assert!(swapped.is_subset(&reasons));
    // Mass: over scales of 60 and 80 kg spread, the load put in is found.
    let heavier = flagged(&[Finding::HeavierAtLoad]);
    let ripped: BTreeSet<String> =
        full("ripon_cloned_seal").union(&full("ripon_new_seal")).cloned().collect();
    let hits = heavier.intersection(&ripped).count();
    println!("heavier: {hits} of {} loaded in, {} others", ripped.len(), heavier.len() - hits);
    assert!(10 * hits >= 8 * ripped.len(), "{hits} of {}", ripped.len());
}

#[test]
fn forty_thousand_readings_of_one_box_do_not_stall_it() {
    // Thirty days of readings every minute, one box, no load: linear work.
    let readings = (0..40_000).map(|n| {
        event(BOX, EventKind::ReeferMeasured, n).with(|event| {
            event.reefer = Some(ReeferReading {
                return_air_celsius: Some(-18.0),
                powered: Some(true),
                ..ReeferReading::default()
            });
        })
    });
    let found = all(inputs(readings.chain([event(&numbered(1), EventKind::GateIn, 0)]).collect()));
    assert!(found.alerts.is_empty());
    assert_eq!(found.journeys.len(), 2);
}

#[test]
fn a_hundred_thousand_seals_of_one_box_do_not_stall_it() {
    // Each reading another number, as nobody but an attacker would send: one alert each, and linear work.
    const READINGS: i64 = 100_000;
    let events: Vec<ContainerEvent> = (0..READINGS)
        .map(|n| event(BOX, EventKind::SealChecked, n).seal(&format!("EC{:08}", n * 7919 % 100_000_000)))
        .collect();
    let found = all(inputs(events));
    let changed = found.alerts.iter().filter(|alert| alert.finding == Finding::SealChanged).count();
    assert_eq!(changed as i64, READINGS - 1);
}
