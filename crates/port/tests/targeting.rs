//! From screening to a day's list: windows, odds, chances, what-if, and a commitment over the list.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod screening_world;

use bitacora_port::draw::{
    Anchor, BODIES, Beacon, Commitment, Draw, GRID, Hex, OfficerKey, SecretKey, Times,
};
use bitacora_port::game::Payoff;
use bitacora_port::screening::{
    Alert, AlertFamily, Classifier, ContainerEvent, EventKind, Facility, FieldScreened, Movement,
};
use bitacora_port::targeting::{
    Assumed, Day, DrawKeys, Settings, TargetingError, Values, counted, plan, what_if,
};
use bitacora_primitives::{Basis, Duration, IndicationId, Instant, LogLikelihoodRatio, OfficerId};
use proptest::prelude::*;
use screening_world::{Made, all, event, inputs, minute, numbered};

/// Minute 0 is a full hour; the day begins there.
const NOW: i64 = 0;

fn planned_load(container: &str, at: i64) -> ContainerEvent {
    event(container, EventKind::Loaded, at).with(|event| {
        event.id = ContainerEvent::id_of("plan", container);
        event.classifier = Classifier::Planned;
        event.received = minute(-600);
    })
}

/// A sealed export box that came in ten hours ago; `load` is the minute in which its load is due.
fn export(n: u32, load: Option<i64>) -> Vec<ContainerEvent> {
    let number = numbered(n);
    let mut events = vec![event(&number, EventKind::GateIn, -600).with(|event| {
        event.movement = Some(Movement::Export);
    })];
    events.extend(load.map(|at| planned_load(&number, at)));
    events
}

fn screened(boxes: &[Vec<ContainerEvent>]) -> FieldScreened {
    all(inputs(boxes.concat()))
}

/// An alert on a box, made from one that the rules gave.
fn alert(n: u32, family: AlertFamily, nats: f64, tag: u64) -> Alert {
    let number = numbered(9_000);
    let one = screened(&[vec![
        event(&number, EventKind::GateIn, -600).seal("EC100001"),
        event(&number, EventKind::YardMove, -500).seal("ZZ900009"),
    ]]);
    let mut alert = one.alerts.into_iter().next().expect("a changed seal is an alert");
    alert.id = IndicationId::of(&[&tag.to_be_bytes(), &n.to_be_bytes()]);
    alert.container = Some(numbered(n).parse().unwrap());
    alert.trip = Some(format!("T-{}", numbered(n)));
    alert.family = family;
    alert.strength = LogLikelihoodRatio { nats, basis: Basis::Assumed };
    alert
}

fn day_of(boxes: &[Vec<ContainerEvent>], alerts: &[Alert], settings: &Settings) -> Day {
    Day::from(&screened(boxes).journeys, alerts, settings, minute(NOW)).unwrap()
}

fn windows(day: &Day) -> Vec<(u16, u16)> {
    day.targets.iter().map(|target| (target.first, target.last)).collect()
}

#[test]
fn a_window_runs_from_the_last_touch_to_the_last_whole_hour_before_the_load() {
    // Due at 14:20 and out of reach for three hours: scans of 12:00 and 13:00 see all that can be put in.
    let boxes = [export(1, Some(14 * 60 + 20)), export(2, Some(90)), export(3, None)];
    let day = day_of(&boxes, &[], &Settings::default());
    assert_eq!(windows(&day), [(12, 13), (0, 0), (21, 23)]);
    assert_eq!(day.slot_start(12), minute(12 * 60));
    let none = Settings { out_of_reach_hours: Some(0), ..Settings::default() };
    assert_eq!(windows(&day_of(&boxes, &[], &none)), [(13, 13), (0, 0), (23, 23)]);
    let odd = Day::from(&screened(&boxes).journeys, &[], &Settings::default(), minute(-29)).unwrap();
    assert_eq!(odd.start, minute(0), "the day begins at the next full hour");
}

#[test]
fn a_box_whose_only_hours_are_past_is_in_no_slot() {
    let boxes =
        [export(1, Some(50)), export(2, Some(-30)), export(3, Some(26 * 60)), export(4, Some(31 * 60))];
    let day = day_of(&boxes, &[], &Settings::default());
    assert_eq!(windows(&day), [(23, 23)]);
    assert_eq!((day.left_out.past, day.left_out.later), (2, 1));
    // Seen in the yard after its hour: nobody says when it will be loaded, and it is not forgotten.
    let mut late = export(2, Some(-30));
    late.push(event(&numbered(2), EventKind::YardMove, -10));
    let day = day_of(&[late], &[], &Settings::default());
    assert_eq!((windows(&day), day.left_out.past), (vec![(21, 23)], 0));
    assert!(day.assumed.contains(&Assumed::LoadTime));
}

#[test]
fn only_boxes_in_the_yard_that_are_to_be_loaded_are_in_the_day() {
    let loaded = [export(1, Some(300)), vec![event(&numbered(1), EventKind::Loaded, -20)]].concat();
    let to_come = vec![event(&numbered(2), EventKind::GateIn, 30)];
    let import = vec![event(&numbered(3), EventKind::Discharged, -60).with(|event| {
        event.movement = Some(Movement::Import);
    })];
    let transshipped = vec![event(&numbered(4), EventKind::Discharged, -60).with(|event| {
        event.movement = Some(Movement::Transshipment);
    })];
    let elsewhere = vec![event(&numbered(5), EventKind::GateIn, -60).at_place("COTRB-PTA")];
    let unknown = vec![event(&numbered(6), EventKind::YardMove, -60).with(|event| event.facility = None)];
    let boxes = [loaded, to_come, import, transshipped, elsewhere, unknown];
    let numbers = |day: &Day| -> Vec<String> {
        day.targets.iter().map(|target| target.container.to_string()).collect()
    };
    let day = day_of(&boxes, &[], &Settings::default());
    assert_eq!(numbers(&day), [numbered(4), numbered(5), numbered(6)]);
    let here = Settings { facility: Some(Facility::new("COCTG-SPRC").unwrap()), ..Settings::default() };
    let day = day_of(&boxes, &[], &here);
    assert_eq!((numbers(&day), day.left_out.unplaced), (vec![numbered(4)], 1));
}

#[test]
fn what_is_not_set_is_listed_as_assumed() {
    let boxes = [export(1, Some(600))];
    let codes = |day: &Day| -> Vec<&str> { day.assumed.iter().map(|one| one.code()).collect() };
    assert_eq!(
        codes(&day_of(&boxes, &[], &Settings::default())),
        ["prior", "value", "penalty", "last_touch"]
    );
    let units = |units: i64| Payoff::hundredths(units * 100).unwrap();
    let set = Settings {
        prior_odds: Some(0.002),
        values: Some(Values { dry: units(50_000), reefer: units(90_000), empty: units(20_000) }),
        penalty: Some(units(5_000)),
        out_of_reach_hours: Some(2),
        ..Settings::default()
    };
    let day = day_of(&boxes, &[], &set);
    assert_eq!(codes(&day), [""; 0]);
    // 0.002 / 1.002 of 50,000 and of 5,000, in hundredths.
    assert_eq!((day.targets[0].value.get(), day.targets[0].penalty.get()), (9_980, 998));
    assert_eq!(codes(&day_of(&[export(1, None)], &[], &set)), ["load_time"]);
    for bad in [
        Settings { prior_odds: Some(0.0), ..Settings::default() },
        Settings { prior_odds: Some(f64::NAN), ..Settings::default() },
        Settings { penalty: Some(units(-1)), ..Settings::default() },
        Settings { hours: 0, ..Settings::default() },
    ] {
        let refused = Day::from(&[], &[], &bad, minute(0));
        assert!(matches!(refused, Err(TargetingError::Setting(_))), "{bad:?}");
    }
}

#[test]
fn the_strongest_of_a_family_counts_and_evidence_only_raises() {
    let alerts = [
        alert(1, AlertFamily::Opening, 1.7, 1),
        alert(1, AlertFamily::Opening, 2.7, 2),
        alert(1, AlertFamily::BoxMass, 0.9, 3),
        alert(1, AlertFamily::Insider, -2.0, 4),
        alert(1, AlertFamily::Road, f64::NAN, 5),
        // Of another trip of this box, and of a time that is not yet.
        alert(1, AlertFamily::Machinery, 2.0, 6).with_trip("T-BEFORE"),
        alert(1, AlertFamily::Handling, 2.0, 7).at(minute(5)),
    ];
    let day = day_of(&[export(1, Some(600)), export(2, Some(600))], &alerts, &Settings::default());
    let nats: Vec<f64> = day.targets[0].evidence.iter().map(|one| one.nats).collect();
    assert_eq!(nats, [2.7, 0.9]);
    let raised = day.targets[0].odds / day.targets[1].odds;
    // e^(2.7 + 0.9).
    assert!((raised - 36.598_234_443_677_99).abs() < 1e-9, "{raised}");
    assert_eq!(day.targets[1].odds, 0.001, "every box keeps its prior");
    assert_eq!(day.targets[0].penalty, day.targets[1].penalty);
    let mut backwards = alerts.to_vec();
    backwards.reverse();
    assert_eq!(counted(&alerts), counted(&backwards));
}

trait Changed {
    fn with_trip(self, trip: &str) -> Self;
    fn at(self, at: Instant) -> Self;
}
impl Changed for Alert {
    fn with_trip(mut self, trip: &str) -> Self {
        self.trip = Some(trip.to_owned());
        self
    }
    fn at(mut self, at: Instant) -> Self {
        self.at = at;
        self
    }
}

fn names() -> DrawKeys {
    let key = |n: u8| SecretKey::from_seed(&[n; 32]).public();
    DrawKeys {
        port: "XXABC".into(),
        shift: "2026-11-02".into(),
        beacon: Beacon::ThreeParty {
            from: Anchor { round: 10, value: Hex([9; 32]) },
            keys: [key(11), key(12), key(13)],
            times: Times { first: 1_790_000_000, period: 600 },
        },
        keys: BODIES.map(|body| key(1 + body as u8)),
        officers: vec![OfficerKey { key: Hex([7; 32]), officer: OfficerId::of(&[b"o"]) }],
    }
}

#[test]
fn a_draw_can_be_committed_over_the_days_list() {
    let boxes: Vec<_> = (0..60).map(|n| export(n, Some(120 + i64::from(n) * 21))).collect();
    let alerts = [alert(7, AlertFamily::Opening, 2.7, 1)];
    let day = day_of(&boxes, &alerts, &Settings::default());
    let planned = plan(&day, &[1; 24]).unwrap();
    let entries = planned.entries().unwrap();
    assert_eq!(entries.len(), 60);
    let terms = planned.terms(&day, names());
    assert_eq!(terms.model, "slot game 1, assumed prior value penalty last_touch");
    assert_eq!(terms.slots.len(), 24);
    for (n, slot) in (0_u16..).zip(&terms.slots) {
        let time = terms.beacon.time_of(slot.round).unwrap();
        assert!(day.slot_start(n) <= time && time < day.slot_start(n) + Duration::from_mins(10));
    }
    let commitment = Commitment::new(terms, &entries).unwrap();
    Draw::new(commitment, entries).unwrap();
}

#[test]
fn a_day_without_boxes_or_with_too_few_capacities_is_refused() {
    let empty = day_of(&[], &[], &Settings::default());
    assert!(matches!(plan(&empty, &[1; 24]), Err(TargetingError::NoBoxes)));
    let day = day_of(&[export(1, Some(600))], &[], &Settings::default());
    let refused = plan(&day, &[1; 23]);
    assert!(matches!(refused, Err(TargetingError::Capacity { given: 23, slots: 24 })));
    let nothing = plan(&day, &[0; 24]).unwrap();
    assert_eq!((nothing.coverage[0].marginal, nothing.expected_scans()), (0, 0));
}

prop_compose! {
    fn any_yard()(
        loads in prop::collection::vec(prop::option::weighted(0.9, -60..1_700i64), 1..60),
        findings in prop::collection::vec((any::<prop::sample::Index>(), 0..4usize, 0.1..2.7f64), 0..20),
        capacity in prop::collection::vec(0..4u32, 24),
    ) -> (Vec<Vec<ContainerEvent>>, Vec<Alert>, Vec<u32>) {
        let families = [AlertFamily::Opening, AlertFamily::BoxMass, AlertFamily::Handling, AlertFamily::Insider];
        let boxes: Vec<Vec<ContainerEvent>> =
            loads.iter().enumerate().map(|(n, load)| export(n as u32, *load)).collect();
        let alerts = findings
            .iter()
            .zip(0..)
            .map(|((of, family, nats), tag)| alert(of.index(loads.len()) as u32, families[*family], *nats, tag))
            .collect();
        (boxes, alerts, capacity)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chances_lie_in_windows_and_capacities_and_the_certificate_holds((boxes, alerts, capacity) in any_yard()) {
        let day = day_of(&boxes, &alerts, &Settings::default());
        prop_assume!(!day.targets.is_empty());
        let planned = plan(&day, &capacity).unwrap();
        planned.verify().unwrap();
        for (target, covered) in day.targets.iter().zip(&planned.coverage) {
            prop_assert!(target.value.get() > 0 && target.odds >= 0.001);
            prop_assert!(covered.marginal <= GRID);
            prop_assert_eq!(covered.masses.iter().map(|(_, units)| units).sum::<u64>(), covered.marginal);
            for (slot, _) in &covered.masses {
                prop_assert!(u32::from(target.first) <= *slot && *slot <= u32::from(target.last));
                // A slot is over before the load.
                let end = day.slot_start(*slot as u16) + Duration::from_hours(1);
                prop_assert!(target.load_at.is_none_or(|load| end <= load));
            }
        }
        for (load, scans) in planned.loads.iter().zip(&capacity) {
            prop_assert!(*load <= u64::from(*scans) * GRID);
        }
        let terms = planned.terms(&day, names());
        prop_assert!(Commitment::new(terms, &planned.entries().unwrap()).is_ok());
    }

    #[test]
    fn an_alert_never_lowers_a_box_s_chance(
        (boxes, alerts, capacity) in any_yard(),
        of in any::<prop::sample::Index>(),
        nats in 0.1..2.7f64,
    ) {
        let before = day_of(&boxes, &alerts, &Settings::default());
        prop_assume!(!before.targets.is_empty());
        let n = of.index(boxes.len());
        let mut more = alerts.clone();
        more.push(alert(n as u32, AlertFamily::BoxIdentity, nats, 999));
        let after = day_of(&boxes, &more, &Settings::default());
        let number = numbered(n as u32);
        let chance = |day: &Day| {
            let planned = plan(day, &capacity).unwrap();
            planned.coverage.iter().find(|one| one.container.as_str() == number).map(|one| one.marginal)
        };
        let (was, is) = (chance(&before), chance(&after));
        prop_assert_eq!(was.is_some(), is.is_some(), "an alert takes no box off the list");
        // The solver's levels are doubles: a thousand-millionth.
        prop_assert!(is.unwrap_or(0) + 1_000_000 >= was.unwrap_or(0), "{was:?} {is:?}");
    }

    #[test]
    fn more_capacity_never_raises_the_attackers_value(
        (boxes, alerts, capacity) in any_yard(),
        slot in 0..24usize,
        scans in 1..3u32,
    ) {
        let day = day_of(&boxes, &alerts, &Settings::default());
        prop_assume!(!day.targets.is_empty());
        let value = plan(&day, &capacity).unwrap().value();
        let mut more = capacity.clone();
        more[slot] += scans;
        prop_assert!(plan(&day, &more).unwrap().value() <= value + 1e-9);
        let hours = what_if(&day, &capacity, scans, 3).unwrap();
        prop_assert_eq!(hours.len(), 3);
        let mut held = capacity.clone();
        let mut last = value;
        for hour in hours {
            held[usize::from(hour.slot)] += scans;
            prop_assert!(hour.value <= last + 1e-9);
            // What is said of more hours is what a plan with them gives.
            prop_assert!((plan(&day, &held).unwrap().value() - hour.value).abs() < 1e-9);
            last = hour.value;
        }
    }
}
