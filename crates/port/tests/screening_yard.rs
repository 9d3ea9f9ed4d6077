//! R3 to R8 and R11: each rule's planted case, and its innocent look-alike.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod screening_world;

use bitacora_port::screening::EventKind::{
    Discharged, DoorClosed, DoorOpened, GateIn, GateOut, Inspected, Loaded, PluggedIn, ReeferMeasured,
    ScanSelected, Scanned, Stowed, Stuffed, Unplugged, VerifiedMass, YardMove,
};
use bitacora_port::screening::inputs::{Order, OrderKind, TravelTime};
use bitacora_port::screening::{
    AlertFamily, Classifier, ContainerEvent, DoorSide, EventKind, Facility, Finding, GapKind, Kilograms,
    ReeferReading, Tier, VgmMethod, YardPlace,
};
use screening_world::{BOX, Made, all, event, fires, inputs, minute, numbered, of};

fn make(kind: EventKind, at: i64) -> ContainerEvent {
    event(BOX, kind, at)
}

#[test]
fn mass_that_grows_between_the_scales_fires_beyond_300_kg_and_2_percent() {
    let weighed = |gate: f64, load: f64| {
        fires(vec![make(GateIn, 0).kg(gate), make(Loaded, 900).kg(load)], Finding::HeavierAtLoad)
    };
    assert!(weighed(10_000.0, 10_301.0));
    assert!(!weighed(10_000.0, 10_300.0));
    assert!(!weighed(25_000.0, 25_500.0), "2 % of 25 t");
    assert!(weighed(25_000.0, 25_501.0));
    assert!(!weighed(25_000.0, 20_000.0), "lighter is no load");
}

#[test]
fn a_calibrated_pair_of_scales_finds_less_and_a_poor_crane_cell_excuses_more() {
    // Ninety boxes of one gate and crane, then the one judged.
    let judged = |noise: &[f64], last: f64| {
        let mut events = Vec::new();
        for n in 0..90u32 {
            let container = numbered(n);
            let difference = noise[n as usize % noise.len()];
            events.push(event(&container, GateIn, i64::from(n)).kg(20_000.0));
            events.push(event(&container, Loaded, 1000 + i64::from(n)).kg(20_000.0 + difference));
        }
        events.push(event(BOX, GateIn, 500).kg(20_000.0));
        events.push(event(BOX, Loaded, 5000).kg(20_000.0 + last));
        let mut alerts = of(inputs(events), Finding::HeavierAtLoad);
        alerts.retain(|alert| alert.container.unwrap().as_str() == BOX);
        alerts
    };
    let good = [-20.0, 15.0, 30.0, -25.0, 0.0];
    let found = judged(&good, 250.0);
    assert_eq!(found.len(), 1, "250 kg over scales that agree to 20 kg");
    assert!(found[0].numbers["z"] > 4.0 && found[0].numbers["pair_boxes"] == 90.0);
    assert!(judged(&good, 140.0).is_empty(), "never below 150 kg");
    let poor = [-700.0, 650.0, 300.0, -450.0, 500.0, -300.0];
    assert!(judged(&poor, 600.0).is_empty(), "a crane cell of 500 kg says nothing about 600 kg");
    assert_eq!(judged(&poor, 3_500.0).len(), 1);
}

#[test]
fn a_gate_mass_far_from_the_declared_one_fires_by_its_method() {
    let declared = |gate: f64, method| {
        let vgm = make(VerifiedMass, -60).kg(20_000.0).with(|event| {
            event.mass.as_mut().unwrap().method = method;
        });
        of(inputs(vec![vgm, make(GateIn, 0).kg(gate)]), Finding::GateDiffersFromVgm)
    };
    assert!(declared(21_000.0, None).is_empty());
    let weighed = declared(21_001.0, Some(VgmMethod::Weighed));
    let summed = declared(18_999.0, Some(VgmMethod::Summed));
    assert_eq!((weighed.len(), summed.len()), (1, 1));
    assert!(weighed[0].strength.nats > summed[0].strength.nats);
    assert_eq!(summed[0].numbers["difference_kg"], -1_001.0);
}

#[test]
fn a_number_that_breaks_the_standard_fires_once_a_trip() {
    let wrong = |container: &str| {
        of(inputs(vec![event(container, GateIn, 0), event(container, Loaded, 9)]), Finding::NumberDefect)
    };
    assert_eq!(wrong("CSQU3054384").len(), 1);
    assert_eq!(wrong("MSTI6415664")[0].texts["defects"], "category check_digit");
    assert!(wrong("CSQU3054383").is_empty());
}

#[test]
fn one_box_at_two_places_closer_than_the_road_fires() {
    let apart = |minutes: i64, other: &str, known: Option<u32>| {
        let events = vec![make(GateIn, 0), make(GateIn, minutes).at_place(other)];
        let mut given = inputs(events);
        if let Some(minutes) = known {
            let place = |name| Facility::new(name).unwrap();
            given.travel_times.push(TravelTime {
                from: place("COTRB-PTA"),
                to: place("COCTG-SPRC"),
                minutes,
            });
        }
        of(given, Finding::TwoPlaces).len()
    };
    assert_eq!(apart(41, "COTRB-PTA", None), 1);
    assert_eq!(apart(41, "COTRB-PTA", Some(310)), 1);
    assert_eq!(apart(301, "COTRB-PTA", Some(310)), 0, "ten minutes are left to the clocks");
    assert_eq!(apart(355, "COTRB-PTA", None), 0);
    assert_eq!(apart(50, "COCTG-CONT", None), 0, "two terminals of one port");
    // A paper that names another place is no presence.
    let paper = make(VerifiedMass, 5).at_place("COTRB-PTA").kg(9_000.0);
    assert!(!fires(vec![make(GateIn, 0), paper], Finding::TwoPlaces));
}

#[test]
fn a_size_type_or_tare_that_changes_fires_and_a_group_code_does_not() {
    let coded = |a: &str, b: &str| {
        let code = |code: &str, at| make(GateIn, at).with(|event| event.size_type = Some(code.into()));
        fires(vec![code(a, 0), code(b, 9)], Finding::SizeTypeChanged)
    };
    assert!(coded("22G1", "45R1"));
    assert!(!coded("22G1", "22GP"));
    let tare = |kg: f64| {
        let tare =
            |kg: f64, at| make(GateIn, at).with(|event| event.tare = Some(Kilograms::new(kg).unwrap()));
        fires(vec![tare(3_700.0, 0), tare(kg, 9)], Finding::TareChanged)
    };
    assert!(tare(3_900.0) && !tare(3_800.0));
}

#[test]
fn one_box_in_the_bay_plans_of_two_vessels_fires_unless_it_was_discharged() {
    let plan = |vessel: &str, at| make(Stowed, at).with(|event| event.vessel = Some(vessel.into()));
    assert!(fires(vec![plan("9321483", 0), plan("9434230", 600)], Finding::TwoVessels));
    assert!(!fires(vec![plan("9321483", 0), plan("9321483", 600)], Finding::TwoVessels));
    let through = vec![plan("9321483", 0), make(Discharged, 300), plan("9434230", 600)];
    assert!(!fires(through, Finding::TwoVessels));
}

#[test]
fn a_door_opened_fires_and_a_knock_or_an_inspection_does_not() {
    let door = |open_s: i64| {
        let mut closed = make(DoorClosed, 100).unordered();
        closed.at = closed.at + bitacora_primitives::Duration::from_secs(open_s);
        vec![make(GateIn, 0), make(DoorOpened, 100).unordered(), closed]
    };
    let found = of(inputs(door(660)), Finding::DoorOpened);
    assert_eq!((found.len(), found[0].numbers["open_s"]), (1, 660.0));
    assert_eq!(found[0].reference.as_deref(), Some("CSQU3054383/DRO/100"));
    assert!(!fires(door(60), Finding::DoorOpened), "a knock");
    for (at, ordered, want) in [(220, true, false), (221, true, true), (150, false, true), (-20, true, false)]
    {
        let mut events = door(660);
        let inspection = make(Inspected, at);
        events.push(if ordered { inspection } else { inspection.unordered() });
        assert_eq!(fires(events, Finding::DoorOpened), want, "inspection at {at}, ordered {ordered}");
    }
    let mut stuffing = door(660);
    stuffing.push(make(Stuffed, 130));
    assert!(!fires(stuffing, Finding::DoorOpened), "stuffing is done through the door");
    let unclosed = all(inputs(vec![make(GateIn, 0), make(DoorOpened, 100).unordered()]));
    assert_eq!(unclosed.gaps.iter().filter(|gap| gap.kind == GapKind::DoorNotClosed).count(), 1);
    assert!(unclosed.alerts.iter().any(|alert| alert.finding == Finding::DoorOpened));
}

fn order(number: &str, kind: OrderKind, from: i64, to: i64) -> Order {
    Order {
        order: number.into(),
        kind,
        container: BOX.parse().unwrap(),
        valid_from: minute(from),
        valid_to: minute(to),
        parties: None,
        consignee: None,
        booked_at: None,
    }
}

#[test]
fn a_move_without_an_order_fires_and_the_orders_decide_where_they_are_known() {
    assert!(fires(vec![make(YardMove, 50).unordered()], Finding::MovedWithoutOrder));
    assert!(!fires(vec![make(YardMove, 50)], Finding::MovedWithoutOrder));
    let with = |event: ContainerEvent, orders| {
        let mut given = inputs(vec![event]);
        given.orders = Some(orders);
        !of(given, Finding::MovedWithoutOrder).is_empty()
    };
    let known = || vec![order("WO-1", OrderKind::Move, 0, 100)];
    assert!(!with(make(YardMove, 50), known()));
    assert!(!with(make(YardMove, 50).unordered(), known()), "the number was lost, the order covers it");
    assert!(with(make(YardMove, 150).unordered(), known()));
    assert!(with(make(YardMove, 50), vec![]), "an order number that nobody gave");
}

#[test]
fn when_the_order_system_is_down_a_move_weighs_little() {
    let moved: Vec<ContainerEvent> =
        (0..12).map(|n| event(&numbered(n), YardMove, i64::from(n)).unordered()).collect();
    let down = of(inputs(moved), Finding::MovedWithoutOrder);
    let alone = of(inputs(vec![make(YardMove, 5).unordered()]), Finding::MovedWithoutOrder);
    assert_eq!(down.len(), 12);
    assert!(down.iter().all(|alert| alert.strength.nats < 0.5 * alone[0].strength.nats));
}

#[test]
fn dwell_and_rehandles_fire_against_their_own_cohort() {
    let mut events = Vec::new();
    let mut stay = |container: &str, hours: i64, moves: i64| {
        events.push(event(container, GateIn, 0));
        events.push(event(container, Loaded, hours * 60));
        events.extend((1..=moves).map(|n| event(container, YardMove, n * 7)));
    };
    for n in 0..40 {
        stay(&numbered(n), 40 + i64::from(n % 9), 1 + i64::from(n % 3));
    }
    stay(BOX, 120, 2);
    stay(&numbered(99), 44, 9);
    let found = all(inputs(events));
    let of = |finding| {
        let fired = found.alerts.iter().filter(|alert| alert.finding == finding);
        fired.map(|alert| alert.container.unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(of(Finding::LongDwell), [BOX]);
    assert_eq!(of(Finding::ManyRehandles), [numbered(99)]);
    // Two boxes are no cohort.
    let few = vec![
        make(GateIn, 0),
        make(Loaded, 9000),
        event(&numbered(1), GateIn, 0),
        event(&numbered(1), Loaded, 60),
    ];
    assert!(!fires(few, Finding::LongDwell));
}

#[test]
fn a_slot_where_the_doors_are_reached_fires_shortly_before_the_load_only() {
    let put = |at: i64, tier: u8, doors, planned: bool| {
        let moved = make(YardMove, at).with(|event| {
            let doors = Some(doors);
            event.yard = Some(YardPlace { slot: "A02".into(), tier: Some(tier), doors, camera_blind: None });
        });
        let load = make(Loaded, 1000).with(|event| {
            event.classifier = if planned { Classifier::Planned } else { Classifier::Actual };
        });
        fires(vec![make(GateIn, 0), moved, load], Finding::ReachableBeforeLoad)
    };
    assert!(put(700, 1, DoorSide::Outward, false));
    assert!(put(700, 1, DoorSide::Outward, true), "the load need not have happened");
    assert!(!put(600, 1, DoorSide::Outward, false));
    assert!(!put(700, 2, DoorSide::Outward, false));
    assert!(!put(700, 1, DoorSide::Inward, false));
}

fn reefer(at: i64, edit: impl FnOnce(&mut ReeferReading)) -> ContainerEvent {
    make(ReeferMeasured, at).with(|event| {
        let mut reading = ReeferReading { setpoint_celsius: Some(-18.0), ..ReeferReading::default() };
        edit(&mut reading);
        event.reefer = Some(reading);
    })
}

#[test]
fn a_reefer_off_beyond_its_orders_fires() {
    let off = |minutes: i64| {
        let power = |at, on| reefer(at, |reading| reading.powered = Some(on));
        vec![make(GateIn, 0), power(10, true), power(20, false), power(20 + minutes, true)]
    };
    assert!(fires(off(22), Finding::PowerOff));
    assert!(!fires(off(15), Finding::PowerOff));
    let plug = |ordered: bool| {
        let unplug = make(Unplugged, 20);
        let unplug = if ordered { unplug } else { unplug.unordered() };
        fires(vec![make(GateIn, 0), unplug, make(PluggedIn, 60)], Finding::PowerOff)
    };
    assert!(plug(false) && !plug(true));
    assert!(!fires(
        vec![make(GateIn, 0), make(Unplugged, 20).unordered(), make(Loaded, 60)],
        Finding::PowerOff
    ));
}

#[test]
fn air_that_warms_once_fires_and_a_defrost_cycle_does_not() {
    let air = |at, celsius: f64| reefer(at, |reading| reading.return_air_celsius = Some(celsius));
    let once = vec![make(GateIn, 0), air(10, -17.0), air(40, -12.0), air(70, -16.0)];
    let found = of(inputs(once.clone()), Finding::ReturnAirStep);
    assert_eq!((found.len(), found[0].numbers["step_celsius"]), (1, 5.0));
    let mut open = once.clone();
    open.push(make(DoorOpened, 30));
    assert!(!fires(open, Finding::ReturnAirStep), "the door explains it, and R5 asks about the door");
    let marked = vec![
        make(GateIn, 0),
        air(10, -17.0),
        reefer(40, |reading| {
            reading.return_air_celsius = Some(-12.0);
            reading.defrosting = Some(true);
        }),
    ];
    assert!(!fires(marked, Finding::ReturnAirStep));
    let mut cycles = vec![make(GateIn, 0)];
    for n in 0..4 {
        cycles.extend([air(10 + 360 * n, -17.0), air(40 + 360 * n, -12.0)]);
    }
    assert!(!fires(cycles, Finding::ReturnAirStep), "every six hours");
}

#[test]
fn an_opened_panel_fires_without_a_service_order() {
    let panel = |ordered: bool| {
        let open = reefer(50, |reading| reading.panel_open = Some(true));
        fires(vec![make(GateIn, 0), if ordered { open } else { open.unordered() }], Finding::PanelOpened)
    };
    assert!(panel(false) && !panel(true));
}

#[test]
fn a_touch_after_the_scan_weighs_more_than_the_touch_and_does_not_count_twice() {
    let story = |scan: Option<EventKind>, at: i64| {
        let mut events = vec![
            make(GateIn, 0).seal("4471820"),
            make(YardMove, 300).unordered(),
            make(Loaded, 900).seal("9X").kg(20_000.0),
        ];
        events.extend(scan.map(|kind| make(kind, at)));
        all(inputs(events)).alerts
    };
    let alerts = story(Some(Scanned), 200);
    let one = |finding| alerts.iter().find(|alert| alert.finding == finding).unwrap();
    let (r8, r1) = (one(Finding::TouchedAfterScan), one(Finding::SealChanged));
    assert_eq!(r8.family, r1.family);
    assert_eq!(r8.family, AlertFamily::Opening);
    assert!(
        r8.strength.nats
            > alerts.iter().filter(|a| a.id != r8.id).map(|a| a.strength.nats).fold(0.0, f64::max)
    );
    assert_eq!(r8.texts["touches"], "seal_changed moved_without_order");
    for touch in [r1, one(Finding::MovedWithoutOrder)] {
        assert!(touch.events.iter().all(|event| r8.events.contains(event)));
    }
    let fired = |alerts: Vec<_>| {
        alerts.iter().any(|a: &bitacora_port::screening::Alert| a.finding == Finding::TouchedAfterScan)
    };
    assert!(!fired(story(None, 0)), "never scanned");
    assert!(!fired(story(Some(Scanned), 901)), "scanned at last");
    assert!(fired(story(Some(ScanSelected), 200)), "an insider knows from the selection on");
    // The scan after the move leaves the seal, read at the load.
    let later = story(Some(Scanned), 500);
    let r8 = later.iter().find(|alert| alert.finding == Finding::TouchedAfterScan).unwrap();
    assert_eq!(r8.texts["touches"], "seal_changed");
}

#[test]
fn an_ordered_restow_after_the_scan_does_not_fire_and_a_misread_waits() {
    let restow = vec![make(GateIn, 0), make(Scanned, 100), make(YardMove, 200), make(Loaded, 900)];
    assert!(!fires(restow, Finding::TouchedAfterScan));
    let misread = vec![make(GateIn, 0).seal("EC0012"), make(Scanned, 100), make(Loaded, 900).seal("ECO012")];
    let found = of(inputs(misread), Finding::TouchedAfterScan);
    assert_eq!(found[0].tier, Tier::Reread);
}

#[test]
fn an_inspection_s_own_door_and_seal_are_no_touch_after_it() {
    let events = vec![
        make(GateIn, 0).seal("4471820"),
        make(Inspected, 100),
        make(DoorOpened, 105).unordered(),
        make(DoorClosed, 140).unordered(),
        make(EventKind::Resealed, 150).seal("CU77"),
        make(Loaded, 900).seal("CU77"),
    ];
    let found = all(inputs(events));
    assert!(found.alerts.is_empty(), "{:?}", found.alerts);
}

#[test]
fn what_contradicts_the_order_of_a_trip_fires_and_what_is_missing_is_a_gap() {
    let late_gate = vec![make(Loaded, 100), make(GateIn, 200)];
    assert!(fires(late_gate.clone(), Finding::GateInAfterLoad));
    let mut came_back = late_gate;
    came_back.push(make(GateOut, 150));
    assert!(!fires(came_back, Finding::GateInAfterLoad));
    assert!(!fires(vec![make(Loaded, 100), make(GateIn, 109)], Finding::GateInAfterLoad), "clocks");
    let vgm = |at| {
        fires(vec![make(GateIn, 0), make(Loaded, 100), make(VerifiedMass, at).kg(9e3)], Finding::VgmAfterLoad)
    };
    assert!(vgm(200) && !vgm(50));

    let missing = all(inputs(vec![make(Loaded, 100)]));
    assert!(missing.alerts.is_empty(), "a lost message is no alert: {:?}", missing.alerts);
    let kinds: Vec<GapKind> = missing.gaps.iter().map(|gap| gap.kind).collect();
    assert_eq!(kinds, [GapKind::NoGateIn, GapKind::NoStuffing, GapKind::NoVerifiedMass]);
}

#[test]
fn a_load_without_gate_in_fires_where_the_gate_reports_every_box() {
    let boxes = |gated: u32| {
        let mut events = vec![make(Loaded, 5000)];
        for n in 0..gated {
            events.push(event(&numbered(n), GateIn, i64::from(n)));
            events.push(event(&numbered(n), Loaded, 1000 + i64::from(n)));
        }
        of(inputs(events), Finding::LoadWithoutGateIn).len()
    };
    assert_eq!((boxes(250), boxes(150)), (1, 0));
}

#[test]
fn a_seal_aboard_that_nobody_had_seen_fires() {
    let plan = |seal: &str| make(Stowed, 900).seal(seal).with(|event| event.vessel = Some("9321483".into()));
    assert!(fires(vec![make(GateIn, 0).seal("A1"), plan("B2")], Finding::SealNeverSeen));
    assert!(!fires(vec![make(GateIn, 0).seal("A1"), plan("A1")], Finding::SealNeverSeen));
    assert!(
        !fires(vec![make(GateIn, 0), plan("B2")], Finding::SealNeverSeen),
        "no seal was ever read ashore"
    );
}
