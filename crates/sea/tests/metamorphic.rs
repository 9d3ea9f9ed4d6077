//! What must not change the events: the order of arrival within the lateness bound, cuts of the stream, doubled
//! reports, the date, the longitude, the hemisphere, the number. On a generated sea with every kind of event.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a failed step is a failed test; tests read files"
)]

mod shared;

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Duration, Instant, Mmsi, Position};
use bitacora_sea::contacts::{Contact, Report};
use bitacora_sea::{Event, Kind, Output, Parameters, Picture};
use proptest::prelude::*;
use shared::{at, contact, final_events, run};

/// SplitMix64, so that the sea is the same everywhere.
struct Dice(u64);
impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Thirty vessels in a box of 12 km for 14 hours: some slow, some silent for 7 h, two sharing a number, outliers.
fn sea(seed: u64) -> Vec<Contact> {
    let mut dice = Dice(seed);
    let mut contacts = Vec::new();
    let mut line = 0;
    for ship in 0..30u32 {
        let (mut lat, mut lon) = (10.0 + 0.1 * dice.unit(), -75.0 + 0.1 * dice.unit());
        let slow = ship % 3 == 0;
        let silent_from = if ship % 5 == 0 { 2.0 + 3.0 * dice.unit() } else { 99.0 };
        let every_s = 120.0 + 480.0 * dice.unit();
        let mut course = 6.3 * dice.unit();
        let mut t = 600.0 * dice.unit();
        while t < 14.0 * 3600.0 {
            let knots = if slow { 0.8 } else { 3.0 };
            let step = knots * every_s / 3600.0 / 60.0;
            course += 0.6 * (dice.unit() - 0.5);
            lat += step * course.cos();
            lon += step * course.sin();
            if (lat - 10.05).abs() > 0.06 || (lon + 74.95).abs() > 0.06 {
                course += 3.0;
            }
            let hours = t / 3600.0;
            if !(silent_from..silent_from + 7.0).contains(&hours) {
                line += 1;
                let outlier = dice.unit() < 0.002;
                let shift = if outlier { 20.0 } else { 0.0 };
                let mut one = contact(200_000_000 + ship, at(t.round()), lat + shift, lon, line);
                if ship == 7 {
                    // The second ship with the number of the sixth, 300 km away.
                    one.mmsi = Mmsi::new(200_000_006).unwrap();
                    one.position = Position::new(lat + 2.7, lon).unwrap();
                }
                contacts.push(one);
            }
            t += every_s * (0.7 + 0.6 * dice.unit());
        }
    }
    contacts.sort_by_key(|c| (c.observed, c.mmsi, c.evidence));
    // As a live node hears them: all within the tolerance of the clock.
    for one in &mut contacts {
        one.received = one.observed + Duration::from_mins(10);
    }
    contacts
}

fn parameters() -> Parameters {
    let mut parameters = Parameters::default();
    parameters.encounter.min_duration = Duration::from_mins(10);
    parameters
}

/// Everything that comes out in order of observed time: the same bytes are the same events.
fn settled(outputs: &[Output]) -> String {
    let mut text = String::new();
    for output in outputs {
        match output {
            Output::Event(event) => text += &serde_json::to_string(event).unwrap(),
            Output::Tracked { contact, track, begins } => {
                text += &format!("{} {} {track:?} {begins}", contact.evidence.line, contact.observed);
            }
            Output::Late(_) | Output::Refused(..) => panic!("{output:?}"),
            Output::Moved(_) | Output::Identity { .. } => continue,
        }
        text.push('\n');
    }
    text
}

#[test]
fn the_sea_has_events_of_every_kind() {
    let out = run(&parameters(), sea(1));
    let found = final_events(&out);
    for (kind, least) in
        [(Kind::Gap, 4), (Kind::Encounter, 30), (Kind::Loitering, 8), (Kind::IdentityConflict, 1)]
    {
        let count = found.iter().filter(|event| event.kind == kind).count();
        assert!(count >= least, "{kind:?}: {count}");
    }
}

/// Moves each report later in arrival by less than the bound, by chance.
fn shuffled(contacts: &[Contact], seed: u64, bound_s: f64) -> Vec<Contact> {
    let mut dice = Dice(seed);
    let mut keyed: Vec<(i64, Contact)> =
        contacts.iter().map(|c| (c.observed.micros() + (dice.unit() * bound_s * 1e6) as i64, *c)).collect();
    keyed.sort_by_key(|(arrival, c)| (*arrival, c.evidence.line));
    keyed.into_iter().map(|(_, c)| c).collect()
}

fn turned(contacts: &[Contact], change: impl Fn(&mut Contact)) -> Vec<Contact> {
    let mut contacts = contacts.to_vec();
    contacts.iter_mut().for_each(change);
    contacts
}

/// Same events but for the given numbers and places, times within a microsecond's rounding.
fn assert_same(a: &[Event], b: &[Event], ids: bool, skip: &[&str]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert_eq!(a.kind, b.kind);
        if ids {
            assert_eq!((a.id, a.revision), (b.id, b.revision));
        }
        let near = |a: Instant, b: Instant| (a - b).micros().abs() <= 20;
        assert!(near(a.start, b.start), "{} {}", a.start, b.start);
        assert!(a.end.zip(b.end).is_none_or(|(a, b)| near(a, b)));
        assert_eq!(a.end.is_some(), b.end.is_some());
        for (name, value) in &a.numbers {
            if !skip.contains(&name.as_str()) {
                let other = b.numbers[name];
                assert!((value - other).abs() <= 1e-4 * value.abs().max(1.0), "{name} {value} {other}");
            }
        }
        assert_eq!(a.evidence.len(), b.evidence.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 40,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_260_301),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_order_of_arrival_within_the_bound_gives_the_batch_byte_for_byte(seed in 0..1000u64, order: u64) {
        let contacts = sea(seed % 5);
        let batch = settled(&run(&parameters(), contacts.clone()));
        prop_assert_eq!(&batch, &settled(&run(&parameters(), shuffled(&contacts, order, 599.0))));
    }

    #[test]
    fn the_stream_may_be_cut_anywhere(seed in 0..5u64, cuts in prop::collection::vec(0..3000usize, 0..20)) {
        let contacts = shuffled(&sea(seed), seed, 599.0);
        let batch = settled(&run(&parameters(), contacts.clone()));
        let mut picture = Picture::new(parameters());
        let mut all = Vec::new();
        let mut out = Vec::new();
        for (index, one) in contacts.iter().enumerate() {
            picture.push(Report::Position(*one), &mut out);
            if cuts.contains(&index) {
                // What a live node does while nothing comes: it states the time it has reached, often.
                if let Some(watermark) = picture.watermark() {
                    picture.advance(watermark, &mut out);
                    picture.advance(watermark - Duration::from_secs(5), &mut out);
                }
                all.append(&mut out);
            }
        }
        picture.finish(&mut out);
        all.append(&mut out);
        prop_assert_eq!(batch, settled(&all));
    }

    #[test]
    fn doubled_reports_change_no_event(seed in 0..5u64, every in 1..7usize) {
        let contacts = sea(seed);
        let single = final_events(&run(&parameters(), contacts.clone()));
        let mut doubled = contacts.clone();
        doubled.extend(contacts.iter().step_by(every).map(|c| {
            let mut again = *c;
            again.evidence.line += 1_000_000;
            again
        }));
        doubled.sort_by_key(|c| (c.observed, c.mmsi, c.evidence));
        prop_assert_eq!(single, final_events(&run(&parameters(), doubled)));
    }

    #[test]
    fn another_date_gives_the_same_events_then(seed in 0..5u64, secs in -1_000_000_000..1_000_000_000i64) {
        let shift = Duration::from_secs(secs);
        let contacts = sea(seed);
        let moved = turned(&contacts, |c| {
            c.observed = c.observed + shift;
            c.received = c.received + shift;
        });
        let mut then = final_events(&run(&parameters(), moved));
        for event in &mut then {
            event.start = event.start - shift;
            event.end = event.end.map(|end| end - shift);
        }
        // A window of reception begins at a full ten minutes: who was heard depends on it.
        let skip = [
            "others_heard", "others_silent", "p_reception", "expected_interval_s", "reception_observations",
        ];
        assert_same(&final_events(&run(&parameters(), contacts)), &then, false, &skip);
    }

    #[test]
    fn another_longitude_gives_the_same_events_there(seed in 0..5u64, east in -180.0..180.0f64) {
        let contacts = sea(seed);
        let moved = turned(&contacts, |c| {
            let lon = wrap_longitude(c.position.lon() + east);
            c.position = Position::new(c.position.lat(), lon).unwrap();
        });
        // The cells of reception lie on full quarters of a degree.
        let skip = ["mean_lon", "median_distance_m", "p_reception", "expected_interval_s", "reception_observations"];
        assert_same(
            &final_events(&run(&parameters(), contacts)), &final_events(&run(&parameters(), moved)), true, &skip,
        );
    }

    #[test]
    fn the_antimeridian_itself_changes_nothing(seed in 0..5u64) {
        let contacts = sea(seed);
        let moved = turned(&contacts, |c| {
            let lon = wrap_longitude(c.position.lon() + 254.95);
            c.position = Position::new(c.position.lat(), lon).unwrap();
        });
        prop_assert!(moved.iter().any(|c| c.position.lon() > 179.9));
        prop_assert!(moved.iter().any(|c| c.position.lon() < -179.9));
        // The cells of reception lie on full quarters of a degree.
        let skip = ["mean_lon", "median_distance_m", "p_reception", "expected_interval_s", "reception_observations"];
        assert_same(
            &final_events(&run(&parameters(), contacts)), &final_events(&run(&parameters(), moved)), true, &skip,
        );
    }

    #[test]
    fn the_other_hemisphere_mirrors(seed in 0..5u64) {
        let contacts = sea(seed);
        let mirrored = turned(&contacts, |c| {
            c.position = Position::new(-c.position.lat(), c.position.lon()).unwrap();
        });
        let skip = ["mean_lat", "median_distance_m"];
        let mut there = final_events(&run(&parameters(), mirrored));
        for course in there.iter_mut().filter_map(|event| event.numbers.get_mut("course_deg")) {
            *course = (180.0 - *course).rem_euclid(360.0);
        }
        assert_same(&final_events(&run(&parameters(), contacts)), &there, true, &skip);
    }

    #[test]
    fn other_numbers_give_the_same_events_under_them(seed in 0..5u64, offset in 1..500_000u32) {
        let contacts = sea(seed);
        let relabelled = turned(&contacts, |c| c.mmsi = Mmsi::new(c.mmsi.number() + offset).unwrap());
        let mut there = final_events(&run(&parameters(), relabelled));
        for event in &mut there {
            event.mmsi = Mmsi::new(event.mmsi.number() - offset).unwrap();
            event.other = event.other.map(|other| Mmsi::new(other.number() - offset).unwrap());
        }
        let here = final_events(&run(&parameters(), contacts));
        assert_same(&here, &there, false, &[]);
        for (a, b) in here.iter().zip(&there) {
            prop_assert_eq!((a.mmsi, a.other), (b.mmsi, b.other));
        }
    }
}
