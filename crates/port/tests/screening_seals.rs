//! R1 and R2: a misread told from a swap, in both directions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod screening_world;

use bitacora_port::screening::EventKind::{
    DoorOpened, GateIn, Inspected, Loaded, Resealed, SealChecked, Stuffed, VesselDeparted, YardMove,
};
use bitacora_port::screening::inputs::SealRange;
use bitacora_port::screening::{
    Alert, AlertFamily, ContainerEvent, Finding, Reread, SealNumber, SealPlacement, SealSource, Tier,
};
use bitacora_primitives::Duration;
use screening_world::{BOX, Made, OTHER, event, inputs, minute, of};

fn changed(events: Vec<ContainerEvent>) -> Vec<Alert> {
    of(inputs(events), Finding::SealChanged)
}

fn sealed(at: i64, kind: bitacora_port::screening::EventKind, number: &str) -> ContainerEvent {
    event(BOX, kind, at).seal(number)
}

#[test]
fn a_swap_fires_with_both_events_and_the_numbers_compared() {
    let alerts = changed(vec![
        sealed(0, Stuffed, "4471820"),
        sealed(100, GateIn, "4471820"),
        sealed(900, Loaded, "4491203"),
    ]);
    let [alert] = alerts.as_slice() else { panic!("{alerts:?}") };
    assert_eq!((alert.tier, alert.reread), (Tier::First, None));
    assert_eq!(alert.texts["seal_expected"], "4471820");
    assert_eq!(alert.texts["seal_read"], "4491203");
    assert_eq!(alert.numbers["edit_distance"], 3.0);
    assert_eq!(alert.events.len(), 2);
    assert_eq!(alert.reference.as_deref(), Some("CSQU3054383/LOAD/900"));
    assert_eq!((alert.rule_version, alert.thresholds_version), (3, 1));
}

#[test]
fn an_authorised_opening_explains_a_new_seal_and_an_unauthorised_one_does_not() {
    let with = |order: bool| {
        let mut inspection = event(BOX, Inspected, 300);
        let mut reseal = sealed(340, Resealed, "CU77");
        if !order {
            inspection = inspection.unordered();
            reseal = reseal.unordered();
        }
        changed(vec![sealed(0, GateIn, "4471820"), inspection, reseal, sealed(900, Loaded, "CU77")]).len()
    };
    assert_eq!((with(true), with(false)), (0, 1));
}

#[test]
fn a_confusable_misread_waits_for_its_reread() {
    // Read wrong at a yard move; read right before the load.
    let story = |last: &str, departs: bool| {
        let mut events =
            vec![sealed(0, GateIn, "EC0012"), sealed(100, YardMove, "ECO012"), event(BOX, Loaded, 900)];
        if !last.is_empty() {
            events.push(sealed(800, SealChecked, last));
        }
        if departs {
            events.push(event(BOX, VesselDeparted, 2000));
        }
        changed(events)
    };
    let read_again = story("EC0012", false);
    assert_eq!((read_again[0].tier, read_again[0].reread), (Tier::Reread, Some(Reread::Agreed)));
    // Loaded and never read again: back to the first queue, never silently gone.
    let missed = story("", false);
    assert_eq!((missed[0].tier, missed[0].reread), (Tier::First, Some(Reread::Missed)));
    // Read twice as something else: no slip of the eye.
    let twice = story("ECO012", false);
    assert_eq!(twice.iter().map(|alert| alert.tier).collect::<Vec<_>>(), [Tier::First, Tier::First]);

    let at_load = |departs: bool| {
        let mut events = vec![sealed(0, GateIn, "EC0012"), sealed(900, Loaded, "ECO012")];
        if departs {
            events.push(event(BOX, VesselDeparted, 2000));
        }
        let alerts = changed(events);
        (alerts[0].tier, alerts[0].reread)
    };
    assert_eq!(at_load(false), (Tier::Reread, Some(Reread::Waiting)));
    assert_eq!(at_load(true), (Tier::First, Some(Reread::Missed)));
}

#[test]
fn edit_distance_alone_never_demotes_an_alert() {
    // One digit off, no confusable pair, nobody read it again.
    let alerts = changed(vec![sealed(0, GateIn, "4471820"), sealed(900, Loaded, "1471820")]);
    assert_eq!(alerts[0].numbers["edit_distance"], 1.0);
    assert_eq!(alerts[0].tier, Tier::First);
    // The same with a second reading that gives the seal expected.
    let second = event(BOX, Loaded, 900).seal_as("1471820", |seal| {
        seal.second_read = Some(SealNumber::new("4471820").unwrap());
    });
    assert_eq!(changed(vec![sealed(0, GateIn, "4471820"), second])[0].tier, Tier::Reread);
    // And with one that gives the new number again.
    let second = event(BOX, Loaded, 900).seal_as("ECO012", |seal| {
        seal.second_read = Some(SealNumber::new("ECO012").unwrap());
    });
    assert_eq!(changed(vec![sealed(0, GateIn, "EC0012"), second])[0].tier, Tier::First);
}

#[test]
fn a_near_serial_swap_is_never_demoted() {
    for read in ["4471821", "4471819", "4472000"] {
        let swapped = |at: i64, kind: bitacora_port::screening::EventKind| {
            // The second reading is copied from the papers.
            event(BOX, kind, at).seal_as(read, |seal| {
                seal.second_read = Some(SealNumber::new("4471820").unwrap());
            })
        };
        let gate = || sealed(0, GateIn, "4471820");
        for events in [
            vec![gate(), swapped(500, YardMove)],
            vec![gate(), swapped(500, YardMove), swapped(900, Loaded)],
            vec![gate(), swapped(900, Loaded)],
            // One look at the old seal between does not settle what is read again after it.
            vec![gate(), swapped(500, YardMove), sealed(600, SealChecked, "4471820"), swapped(900, Loaded)],
            // Nor one after the doors were open.
            vec![gate(), swapped(500, YardMove), event(BOX, DoorOpened, 600), sealed(900, Loaded, "4471820")],
        ] {
            let alerts = changed(events);
            assert_eq!((alerts[0].tier, alerts[0].numbers["near_serial"]), (Tier::First, 1.0), "{read}");
        }
    }
}

#[test]
fn a_reading_on_a_later_occasion_settles_what_a_copied_one_may_not() {
    let slip = || {
        event(BOX, YardMove, 500).seal_as("4471821", |seal| {
            seal.second_read = Some(SealNumber::new("4471820").unwrap());
        })
    };
    let alerts = changed(vec![sealed(0, GateIn, "4471820"), slip(), sealed(900, Loaded, "4471820")]);
    assert_eq!((alerts[0].tier, alerts[0].reread), (Tier::Reread, Some(Reread::Agreed)));
    assert_eq!(alerts[0].numbers["read_again"], 1.0);
    // Two readings of one occasion that gave the other number are no slip, whatever is read later.
    let twice = event(BOX, YardMove, 500).seal_as("4471821", |seal| {
        seal.second_read = Some(SealNumber::new("4471821").unwrap());
    });
    let alerts = changed(vec![sealed(0, GateIn, "4471820"), twice, sealed(900, Loaded, "4471820")]);
    assert_eq!((alerts[0].tier, alerts[0].numbers["read_again"]), (Tier::First, 0.0));
}

#[test]
fn what_the_second_reading_saw_waits_for_its_reread_too() {
    let story = |last: &[ContainerEvent]| {
        let gate = event(BOX, GateIn, 100).seal_as("EC0012", |seal| {
            seal.second_read = Some(SealNumber::new("ECO012").unwrap());
        });
        let mut events = vec![sealed(0, Stuffed, "EC0012"), gate];
        events.extend(last.iter().cloned());
        let alerts = changed(events);
        (alerts[0].tier, alerts[0].reread)
    };
    assert_eq!(story(&[]), (Tier::Reread, Some(Reread::Waiting)));
    assert_eq!(story(&[event(BOX, Loaded, 900)]), (Tier::First, Some(Reread::Missed)));
    assert_eq!(story(&[sealed(900, Loaded, "EC0012")]), (Tier::Reread, Some(Reread::Agreed)));
}

#[test]
fn a_confusable_number_that_is_another_box_s_seal_is_not_demoted() {
    let mut events = vec![sealed(0, GateIn, "EC0012"), sealed(900, Loaded, "ECO012")];
    assert_eq!(changed(events.clone())[0].tier, Tier::Reread);
    events.push(event(OTHER, GateIn, 10).seal("ECO012"));
    assert_eq!(changed(events)[0].tier, Tier::First);
}

#[test]
fn door_and_vent_are_two_chains_and_an_extra_seal_is_no_change() {
    let vent = |event: ContainerEvent, number: &str| {
        event.seal_as(number, |seal| seal.placement = SealPlacement::Vent)
    };
    let steady = vec![
        vent(sealed(0, GateIn, "D1"), "V1"),
        sealed(300, YardMove, "D1"),
        vent(event(BOX, YardMove, 400), "V1"),
        // A phytosanitary seal beside the shipper's.
        sealed(500, SealChecked, "D1").seal_as("PHY9", |seal| seal.source = Some(SealSource::Phytosanitary)),
        sealed(900, Loaded, "PHY9"),
    ];
    assert!(changed(steady.clone()).is_empty());
    let mut vent_changed = steady;
    vent_changed.push(vent(event(BOX, YardMove, 600), "V7"));
    assert_eq!(changed(vent_changed.clone())[0].texts["placement"], "VENT");
    assert_eq!(of(inputs(vent_changed), Finding::VentSealChanged).len(), 1);

    // One of its own kind in the place of the shipper's is a change, though customs' seal still sits there.
    let from = |event: ContainerEvent, number: &str, source| {
        event.seal_as(number, |seal| seal.source = Some(source))
    };
    let two = |shipper: &str, at| {
        let one = from(event(BOX, YardMove, at), shipper, SealSource::Shipper);
        from(one, "CU5", SealSource::Customs)
    };
    assert_eq!(changed(vec![two("S100", 0), two("S100", 50)]).len(), 0);
    let replaced = changed(vec![two("S100", 0), two("S9544", 50)]);
    assert_eq!(replaced[0].texts["seal_expected"], "S100");
}

#[test]
fn a_trip_starts_with_new_seals() {
    let mut first = vec![sealed(0, GateIn, "A1"), sealed(900, Loaded, "A1")];
    first.push(sealed(90_000, GateIn, "B7").with(|event| event.trip = Some("NEXT".into())));
    assert!(changed(first).is_empty());
}

#[test]
fn an_opened_door_between_does_not_let_a_later_reading_excuse_the_swap() {
    let story = |door: bool| {
        let mut events =
            vec![sealed(0, GateIn, "4471820"), sealed(300, YardMove, "9X"), sealed(900, Loaded, "4471820")];
        if door {
            events.push(event(BOX, DoorOpened, 500));
        }
        changed(events)[0].tier
    };
    assert_eq!(story(false), Tier::Reread);
    assert_eq!(story(true), Tier::First);
}

#[test]
fn one_maker_and_serial_on_two_boxes_fires_within_two_years_only() {
    let made = |container, at, maker: Option<&str>| {
        event(container, GateIn, at).seal_as("4390127", |seal| seal.maker = maker.map(str::to_owned))
    };
    let reused = |later: i64, a: Option<&str>, b: Option<&str>| {
        of(inputs(vec![made(BOX, 0, a), made(OTHER, later, b)]), Finding::SealReused)
    };
    let day = 24 * 60;
    let alerts = reused(61 * day, Some("ML-CO"), Some("ML-CO"));
    assert_eq!(alerts.len(), 1);
    assert_eq!((alerts[0].container.unwrap().as_str(), alerts[0].others[0].as_str()), (OTHER, BOX));
    assert_eq!(alerts[0].family, AlertFamily::SealRegister);
    assert!(reused(731 * day, Some("ML-CO"), Some("ML-CO")).is_empty());
    // Serials are unique per maker only; without a maker the finding weighs less.
    assert!(reused(day, Some("ML-CO"), Some("TYDEN")).is_empty());
    assert!(reused(day, None, None)[0].strength.nats < alerts[0].strength.nats);
    // The same box again is no reuse.
    assert!(of(inputs(vec![made(BOX, 0, None), made(BOX, 500, None)]), Finding::SealReused).is_empty());
}

#[test]
fn a_serial_outside_what_was_issued_or_before_its_issue_fires() {
    let judge = |number: &str, at: i64, finding| {
        let mut given = inputs(vec![event(BOX, GateIn, at).seal(number)]);
        given.seal_ranges.push(SealRange {
            prefix: "EC".into(),
            first: 4_471_000,
            last: 4_471_999,
            digits: 7,
            maker: None,
            issued_to: Some("SHIPPER-1".into()),
            issued_at: minute(0) + Duration::from_hours(1),
        });
        of(given, finding).len()
    };
    assert_eq!(judge("EC4471500", 120, Finding::SealNotIssued), 0);
    assert_eq!(judge("EC4471500", 120, Finding::SealBeforeIssue), 0);
    assert_eq!(judge("EC4472000", 120, Finding::SealNotIssued), 1);
    assert_eq!(judge("EC4471500", 30, Finding::SealBeforeIssue), 1);
    // Another series: nothing is known of it.
    assert_eq!(judge("XX4472000", 120, Finding::SealNotIssued), 0);
}

/// Serials of seven digits under `EC`, issued to the shipper.
fn register() -> Vec<SealRange> {
    vec![SealRange {
        prefix: "EC".into(),
        first: 1_000_000,
        last: 1_001_999,
        digits: 7,
        maker: None,
        issued_to: None,
        issued_at: minute(-100_000),
    }]
}

fn with_register(events: Vec<ContainerEvent>, finding: Finding) -> Vec<Alert> {
    let mut given = inputs(events);
    given.seal_ranges = register();
    of(given, finding)
}

#[test]
fn of_two_numbers_one_character_apart_the_one_issued_is_the_seal() {
    // Typed with an O at the stuffing; the gate and the crane read what was issued.
    let stuffed = || sealed(0, Stuffed, "EC1O00123");
    let at_gate = |read: &str| sealed(100, GateIn, read);
    let story = |events: Vec<ContainerEvent>| {
        let alerts = with_register(events, Finding::SealChanged);
        alerts.iter().map(|alert| (alert.tier, alert.reread)).collect::<Vec<_>>()
    };
    let right = "EC1000123";
    assert_eq!(
        story(vec![stuffed(), at_gate(right), sealed(900, Loaded, right)]),
        [(Tier::Reread, Some(Reread::Agreed))]
    );
    // The reading that the register knows is the re-read of the one that it does not.
    let once = story(vec![stuffed(), at_gate(right), event(BOX, Loaded, 900)]);
    assert_eq!(once, [(Tier::Reread, Some(Reread::Agreed))]);
    // What was issued and is another box's is no slip of the first reading.
    let other = event(OTHER, GateIn, 50).seal(right);
    assert_eq!(story(vec![stuffed(), at_gate(right), other])[0].0, Tier::First);
    let digit = sealed(0, Stuffed, "EC4000123");
    assert_eq!(story(vec![digit, at_gate(right)]), [(Tier::Reread, Some(Reread::Agreed))]);
    // Two digits, a neighbour out of the carton, or a number that was issued too: an officer looks.
    for (before, after) in [("EC4000124", right), ("EC1002001", "EC1001999"), ("EC1001123", right)] {
        assert_eq!(story(vec![sealed(0, Stuffed, before), at_gate(after)])[0].0, Tier::First, "{before}");
    }
    // Neither nor both issued: read twice it is no slip of the eye.
    let without = changed(vec![stuffed(), at_gate(right), sealed(900, Loaded, right)]);
    assert_eq!(without.last().map(|alert| alert.tier), Some(Tier::First));
}

#[test]
fn a_misread_that_was_settled_is_no_seal_that_nobody_was_issued() {
    let right = "EC1000123";
    let story = |events: Vec<ContainerEvent>| {
        let alerts = with_register(events, Finding::SealNotIssued);
        alerts.iter().map(|alert| (alert.tier, alert.reread)).collect::<Vec<_>>()
    };
    let misread = || sealed(100, GateIn, "EC7000123");
    let settled = story(vec![sealed(0, Stuffed, right), misread(), sealed(900, Loaded, right)]);
    assert_eq!(settled, [(Tier::Reread, Some(Reread::Agreed))]);
    assert_eq!(story(vec![sealed(0, Stuffed, right), misread()]), [(Tier::First, None)]);
    // A second reading of the same occasion may be copied from the papers: R1 waits, the register speaks.
    let copied = event(BOX, GateIn, 100).seal_as("EC7000123", |seal| {
        seal.second_read = Some(SealNumber::new(right).unwrap());
    });
    assert_eq!(story(vec![sealed(0, Stuffed, right), copied]), [(Tier::First, None)]);
}
