//! Signs that a position is not where a hull is, on made seas: each is found, and what only looks like it is not;
//! date, longitude, hemisphere, order, doubling and numbers change nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use std::collections::BTreeMap;

use bitacora_primitives::SourceId;
use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_sea::behaviour::integrity::circle::CircularTrack;
use bitacora_sea::behaviour::integrity::copy::{CopiedTracks, copied_tracks};
use bitacora_sea::behaviour::integrity::motion::MotionContradiction;
use bitacora_sea::behaviour::integrity::{IntegrityParameters, TrackDetector, batch, track_of_number};
use bitacora_sea::tracks::Fix;
use bitacora_sea::tracks::positions::{Positions, Row};
use bitacora_sea::{Event, Kind};
use proptest::prelude::*;

const KNOT: f64 = 1852.0 / 3600.0;
const DEGREE_M: f64 = 6_371_008.8 * std::f64::consts::PI / 180.0;
const START: i64 = 1_772_000_000_000_000;

/// SplitMix64, so that the sea is the same everywhere.
struct Dice(u64);
impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
    /// About zero, standard deviation 1.
    fn noise(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// Where a vessel is after so many seconds, metres east and north, and the speed (m/s) and course it reports.
type Motion = Box<dyn Fn(f64) -> (f64, f64, f64, f64)>;

/// A fix about every `every` seconds with metres of noise.
fn sail(
    dice: &mut Dice,
    mmsi: u32,
    from_s: f64,
    hours: f64,
    every: f64,
    origin: (f64, f64),
    motion: &Motion,
) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut t = every * dice.unit();
    while t < hours * 3600.0 {
        let (east, north, speed, course) = motion(t);
        let lat = origin.0 + (north + 2.0 * dice.noise()) / DEGREE_M;
        let lon = origin.1 + (east + 2.0 * dice.noise()) / DEGREE_M / libm::cos(lat.to_radians());
        rows.push(Row {
            mmsi,
            micros: START + ((from_s + t) * 1e6) as i64,
            lat,
            lon: wrap_longitude(lon),
            sog_kn: Some((speed / KNOT * 10.0).round() as f32 / 10.0),
            cog_deg: Some(((course.to_degrees().rem_euclid(360.0)) * 10.0).round() as f32 / 10.0 % 360.0),
            message_type: 1,
        });
        t += every * (0.7 + 0.6 * dice.unit());
    }
    rows
}

fn circling(radius: f64, knots: f64, reported: Option<f64>) -> Motion {
    Box::new(move |t| {
        let angle = knots * KNOT / radius * t;
        let (speed, course) = match reported {
            // Clockwise from north: the course runs ahead of the bearing by a quarter.
            None => (knots * KNOT, angle + std::f64::consts::FRAC_PI_2),
            Some(knots) => (knots * KNOT, 0.7),
        };
        (radius * libm::sin(angle), radius * libm::cos(angle), speed, course)
    })
}

/// A winding way whose reports are true.
fn winding(phase: f64) -> Motion {
    let place = move |t: f64| {
        (5.0 * t + 900.0 * libm::sin(t / 400.0 + phase), 700.0 * libm::sin(t / 610.0 + 2.0 * phase))
    };
    Box::new(move |t| {
        let ((e0, n0), (e1, n1)) = (place(t - 0.5), place(t + 0.5));
        let (ve, vn) = (e1 - e0, n1 - n0);
        let (east, north) = place(t);
        (east, north, libm::sqrt(ve * ve + vn * vn), libm::atan2(ve, vn))
    })
}

const LIAR: u32 = 201_000_001;
const TRUE_WAY: u32 = 201_000_002;
const COPY: u32 = 201_000_003;
const CIRCLE: u32 = 201_000_004;
const TURNER: u32 = 201_000_005;
const SWINGER: u32 = 201_000_006;
const AGAIN: u32 = 201_000_007;
const WIDE: u32 = 201_000_008;

/// Liars and honest vessels, three hours, in order of time.
fn sea(seed: u64) -> Vec<Row> {
    let mut dice = Dice(seed);
    let place = (10.123_45 + 3.0 * dice.unit(), -75.321_09 + 2.0 * dice.unit());
    let near = |north: f64, east: f64| (place.0 + north, place.1 + east);
    // Moored, but says it makes twelve knots.
    let moored: Motion = Box::new(|_| (0.0, 0.0, 12.0 * KNOT, 1.3));
    let mut rows = sail(&mut dice, LIAR, 0.0, 1.0, 20.0, near(0.0, 0.0), &moored);
    let phase = dice.unit();
    let true_way = sail(&mut dice, TRUE_WAY, 0.0, 1.5, 12.0, near(0.3, 0.1), &winding(phase));
    // The same way 0.4 degrees north and 0.7 west, 25 minutes later, with a tenth of the fixes lost.
    let copied = |dice: &mut Dice, mmsi: u32, later_s: f64, lat: f64, lon: f64| {
        let mut copy = Vec::new();
        for row in &true_way {
            if dice.unit() > 0.1 {
                let lon = wrap_longitude(row.lon + lon);
                copy.push(Row {
                    mmsi,
                    micros: row.micros + (later_s * 1e6) as i64,
                    lat: row.lat + lat,
                    lon,
                    ..*row
                });
            }
        }
        copy
    };
    rows.extend(copied(&mut dice, COPY, 1_500.0, 0.4, -0.7));
    // The same place, 100 minutes later, under another number.
    rows.extend(copied(&mut dice, AGAIN, 6_000.0, 0.0, 0.0));
    rows.extend(true_way.iter().copied());
    rows.extend(sail(&mut dice, CIRCLE, 0.0, 1.0, 30.0, near(0.6, 0.0), &circling(450.0, 16.0, Some(0.0))));
    rows.extend(sail(&mut dice, WIDE, 0.0, 3.0, 60.0, near(0.9, 0.5), &circling(3_000.0, 22.0, Some(6.0))));
    rows.extend(sail(&mut dice, TURNER, 0.0, 1.0, 30.0, near(-0.3, 0.0), &circling(450.0, 16.0, None)));
    // Swings to and fro through 200 degrees on 80 m of cable, twice in three hours.
    let swinging: Motion = Box::new(|t| {
        let angle = 1.75 * libm::sin(t / 860.0);
        (80.0 * libm::sin(angle), 80.0 * libm::cos(angle), 0.1, 3.0)
    });
    rows.extend(sail(&mut dice, SWINGER, 0.0, 3.0, 60.0, near(-0.6, 0.0), &swinging));
    for ship in 0..6 {
        let phase = 7.0 * dice.unit();
        let origin = near(0.1 * f64::from(ship) - 0.9, 0.8);
        rows.extend(sail(
            &mut dice,
            202_000_000 + ship,
            0.0,
            2.0,
            10.0 + 9.0 * f64::from(ship),
            origin,
            &winding(phase),
        ));
    }
    rows.sort_by_key(|row| (row.micros, row.mmsi));
    rows
}

fn source() -> SourceId {
    SourceId::of(&[b"made"])
}

/// All that the checks find, the last revision of each, by number and start.
fn found(rows: &[Row]) -> Vec<Event> {
    let parameters = IntegrityParameters::default();
    let positions: Positions = rows.iter().copied().collect();
    let mut all = batch::<MotionContradiction>(&positions, source(), &parameters.motion);
    all.extend(batch::<CircularTrack>(&positions, source(), &parameters.circle));
    all.extend(copied_tracks(&positions, source(), &parameters.copy));
    last_revisions(all)
}

fn last_revisions(all: Vec<Event>) -> Vec<Event> {
    let mut last: BTreeMap<_, Event> = BTreeMap::new();
    for event in all {
        if let Some(known) = last.get(&event.id) {
            assert_eq!(event.revision, known.revision + 1, "revisions count up");
        } else {
            assert_eq!(event.revision, 0, "the first revision is 0");
        }
        last.insert(event.id, event);
    }
    let mut last: Vec<Event> = last.into_values().collect();
    last.sort_by_key(|event| (event.mmsi, event.kind, event.start, event.other, event.id));
    last
}

#[test]
fn liars_are_found_and_honest_vessels_are_not() {
    for seed in 0..20 {
        let events = found(&sea(seed));
        let of = |mmsi: u32| -> Vec<Kind> {
            events.iter().filter(|event| event.mmsi.number() == mmsi).map(|event| event.kind).collect()
        };
        assert_eq!(of(LIAR), [Kind::MotionContradiction], "seed {seed}");
        assert!(of(CIRCLE).contains(&Kind::CircularTrack), "seed {seed}");
        assert!(of(CIRCLE).iter().all(|kind| *kind != Kind::CopiedTrack));
        assert!(of(WIDE).contains(&Kind::CircularTrack), "seed {seed}");
        assert!(of(COPY).contains(&Kind::CopiedTrack), "seed {seed}");
        assert!(of(AGAIN).contains(&Kind::CopiedTrack), "seed {seed}");
        for honest in [TRUE_WAY, TURNER, SWINGER] {
            assert_eq!(of(honest), [], "seed {seed}");
        }
        assert!(!events.iter().any(|event| event.mmsi.number() >= 202_000_000));
    }
}

#[test]
fn numbers_say_what_was_made() {
    let events = found(&sea(3));
    let of = |mmsi: u32, kind: Kind| {
        events.iter().find(|event| event.mmsi.number() == mmsi && event.kind == kind).unwrap()
    };
    let near = |event: &Event, name: &str, value: f64, within: f64| {
        let given = event.numbers[name];
        assert!((given - value).abs() <= within, "{name} {given} {value}");
    };
    let liar = of(LIAR, Kind::MotionContradiction);
    near(liar, "reported_speed_kn", 12.0, 0.1);
    near(liar, "implied_speed_kn", 0.0, 0.2);
    let circle = of(CIRCLE, Kind::CircularTrack);
    near(circle, "radius_m", 450.0, 5.0);
    near(circle, "implied_speed_kn", 16.0, 0.2);
    near(circle, "reported_speed_kn", 0.0, 0.01);
    near(circle, "period_s", std::f64::consts::TAU * 450.0 / 16.0 / KNOT, 4.0);
    let copy = of(COPY, Kind::CopiedTrack);
    assert_eq!(copy.other.unwrap().number(), TRUE_WAY);
    near(copy, "time_shift_s", 1_500.0, 0.01);
    near(copy, "offset_lat_deg", 0.4, 1e-6);
    near(copy, "offset_lon_deg", -0.7, 1e-6);
    assert!(copy.numbers["matched_fixes"] > 200.0, "{:?}", copy.numbers);
    assert!(copy.numbers["max_misfit_m"] < 0.01);
    let again = of(AGAIN, Kind::CopiedTrack);
    near(again, "time_shift_s", 6_000.0, 0.01);
    near(again, "offset_m", 0.0, 0.01);
}

/// Same events but for given numbers and places.
fn assert_same(a: &[Event], b: &[Event], shift: i64, offset: i64, skip: &[&str]) {
    let brief = |events: &[Event]| -> String {
        events.iter().map(|e| format!("{} {:?} {} {:?}\n", e.mmsi, e.kind, e.start, e.numbers)).collect()
    };
    assert_eq!(a.len(), b.len(), "{}\n{}", brief(a), brief(b));
    for (a, b) in a.iter().zip(b) {
        assert_eq!((a.kind, a.revision, a.evidence.len()), (b.kind, b.revision, b.evidence.len()));
        assert_eq!(i64::from(a.mmsi.number()) + offset, i64::from(b.mmsi.number()));
        assert_eq!(a.other.map(|m| i64::from(m.number()) + offset), b.other.map(|m| i64::from(m.number())));
        assert_eq!(a.start.micros() + shift, b.start.micros());
        assert_eq!(a.end.map(|end| end.micros() + shift), b.end.map(|end| end.micros()));
        for (name, value) in &a.numbers {
            if !skip.contains(&name.as_str()) {
                let other = b.numbers[name];
                assert!((value - other).abs() <= 1e-4 * value.abs().max(1.0), "{name} {value} {other}");
            }
        }
    }
}

fn turned(rows: &[Row], change: impl Fn(&mut Row)) -> Vec<Row> {
    let mut rows = rows.to_vec();
    rows.iter_mut().for_each(change);
    rows
}

/// Each fix through the streaming states, the track-wise detectors together with the one for all.
fn streamed(rows: &[Row], cuts: &[usize]) -> Vec<Event> {
    let parameters = IntegrityParameters::default();
    let mut states: BTreeMap<u32, (MotionContradiction, CircularTrack)> = BTreeMap::new();
    let mut copies = CopiedTracks::new(&parameters.copy);
    let (mut all, mut out) = (Vec::new(), Vec::new());
    for (number, row) in rows.iter().enumerate() {
        let fix = Fix::of_row(row, source(), number as u32).unwrap();
        let track = track_of_number(row.mmsi);
        let (motion, circle) = states.entry(row.mmsi).or_default();
        motion.observe(track, &fix, &parameters.motion, &mut out);
        circle.observe(track, &fix, &parameters.circle, &mut out);
        copies.observe(track, &fix, &mut out);
        if cuts.contains(&number) {
            all.append(&mut out);
        }
    }
    for (mmsi, (mut motion, mut circle)) in states {
        motion.end(track_of_number(mmsi), &parameters.motion, &mut out);
        circle.end(track_of_number(mmsi), &parameters.circle, &mut out);
    }
    copies.finish(&mut out);
    all.append(&mut out);
    last_revisions(all)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_260_301),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_stream_gives_the_batch_and_may_be_cut_anywhere(
        seed in 0..9u64, cuts in prop::collection::vec(0..4000usize, 0..20)
    ) {
        let rows = sea(seed);
        prop_assert_eq!(found(&rows), streamed(&rows, &cuts));
    }

    #[test]
    fn shuffled_and_doubled_rows_give_the_same_events(seed in 0..9u64, order: u64, every in 1..5usize) {
        let rows = sea(seed);
        let mut dice = Dice(order);
        let mut other: Vec<(f64, Row)> = rows.iter().map(|row| (dice.unit(), *row)).collect();
        other.extend(rows.iter().step_by(every).map(|row| (1.0 + dice.unit(), *row)));
        other.sort_by(|a, b| a.0.total_cmp(&b.0));
        let other: Vec<Row> = other.into_iter().map(|(_, row)| row).collect();
        assert_same(&found(&rows), &found(&other), 0, 0, &[]);
    }

    #[test]
    fn another_date_gives_the_same_events_then(seed in 0..9u64, secs in -1_000_000_000..1_000_000_000i64) {
        let rows = sea(seed);
        let shift = secs * 1_000_000;
        assert_same(&found(&rows), &found(&turned(&rows, |row| row.micros += shift)), shift, 0, &[]);
    }

    #[test]
    fn another_longitude_gives_the_same_events_there(seed in 0..9u64, east in -180.0..180.0f64) {
        let rows = sea(seed);
        let there = turned(&rows, |row| row.lon = wrap_longitude(row.lon + east));
        assert_same(&found(&rows), &found(&there), 0, 0, &["centre_lon"]);
    }

    #[test]
    fn the_antimeridian_itself_changes_nothing(seed in 0..9u64) {
        let rows = sea(seed);
        let liar = rows.iter().find(|row| row.mmsi == CIRCLE).unwrap().lon;
        let there = turned(&rows, |row| row.lon = wrap_longitude(row.lon - liar + 179.999));
        prop_assert!(there.iter().any(|row| row.lon > 179.99) && there.iter().any(|row| row.lon < -179.99));
        assert_same(&found(&rows), &found(&there), 0, 0, &["centre_lon"]);
    }

    #[test]
    fn the_other_hemisphere_mirrors(seed in 0..9u64) {
        let rows = sea(seed);
        let there = turned(&rows, |row| {
            row.lat = -row.lat;
            row.cog_deg = row.cog_deg.map(|course| (540.0 - course) % 360.0);
        });
        let skip = ["centre_lat", "offset_lat_deg", "course_difference_deg"];
        assert_same(&found(&rows), &found(&there), 0, 0, &skip);
    }

    #[test]
    fn other_numbers_give_the_same_events_under_them(seed in 0..9u64, offset in 1..500_000u32) {
        let rows = sea(seed);
        let there = turned(&rows, |row| row.mmsi += offset);
        assert_same(&found(&rows), &found(&there), 0, i64::from(offset), &[]);
    }

    #[test]
    fn extreme_rows_are_survived(rows in prop::collection::vec(
        (
            0..3u32,
            prop_oneof![Just(i64::MIN), Just(i64::MAX), -5..500_000_000i64],
            prop_oneof![Just(90.0), Just(-90.0), Just(0.0), -90.0..90.0f64],
            prop_oneof![Just(180.0), Just(-180.0), -180.0..180.0f64],
            prop_oneof![Just(None), Just(Some(f32::INFINITY)), Just(Some(-1.0)), (0.0..110.0f32).prop_map(Some)],
            prop_oneof![Just(None), Just(Some(1e30)), (0.0..360.0f32).prop_map(Some)],
        ), 0..200)
    ) {
        let rows: Vec<Row> = rows.into_iter().map(|(mmsi, micros, lat, lon, sog_kn, cog_deg)| {
            Row { mmsi, micros, lat, lon, sog_kn, cog_deg, message_type: 1 }
        }).collect();
        for event in found(&rows) {
            prop_assert!(event.numbers.values().all(|value| value.is_finite()), "{event:?}");
        }
    }
}

#[test]
fn a_convoy_and_a_tow_are_no_copies() {
    let mut dice = Dice(5);
    // One follows the other's way 90 s behind with metres of their own noise; a third sails the same lane later.
    let mut rows = Vec::new();
    for (ship, (later, side)) in [(0.0, 0.0), (90.0, 0.0), (2_000.0, 35.0)].into_iter().enumerate() {
        let way = winding(0.4);
        let motion: Motion = Box::new(move |t| {
            let (east, north, speed, course) = way(t);
            (east, north + side, speed, course)
        });
        rows.extend(sail(&mut dice, 210 + ship as u32, later, 1.5, 10.0, (40.017, 5.013), &motion));
    }
    rows.sort_by_key(|row| (row.micros, row.mmsi));
    assert_eq!(found(&rows), []);
}

#[test]
fn the_memory_of_copies_is_bounded_and_forgets_the_oldest() {
    let mut parameters = IntegrityParameters::default().copy;
    parameters.capacity = 1_024;
    let rows = sea(1);
    let positions: Positions = rows.iter().copied().collect();
    let small = last_revisions(copied_tracks(&positions, source(), &parameters));
    let large = last_revisions(copied_tracks(&positions, source(), &IntegrityParameters::default().copy));
    assert!(small.len() <= large.len());
    let of_the_first = |events: &[Event]| {
        let first = |event: &&Event| {
            event.mmsi.number() == AGAIN && event.other.is_some_and(|other| other.number() == TRUE_WAY)
        };
        events.iter().filter(first).count()
    };
    assert_eq!((of_the_first(&large), of_the_first(&small)), (1, 0));
}

/// A way that goes to and fro is its own copy at many shifts: it is said once at a time, and no event tells what another tells.
#[test]
fn a_way_that_repeats_itself_is_told_once_at_a_time() {
    const TO_AND_FRO: u32 = 249_000_001;
    // East at 10 knots, to the side and back in one pattern of 13 minutes, now and then out of it.
    let mut dice = Dice(7);
    let pattern: Vec<f64> = (0..80).map(|_| 300.0 * dice.unit()).collect();
    let rows: Vec<Row> = (0..4_000_u32)
        .map(|n| {
            let east = f64::from(n) * 10.0 * 10.0 * KNOT;
            let side = if n % 190 == 0 { 900.0 } else { pattern[n as usize % pattern.len()] };
            Row {
                mmsi: TO_AND_FRO,
                micros: START + i64::from(n) * 10_000_000,
                lat: 12.0 + side / DEGREE_M,
                lon: -77.0 + east / DEGREE_M,
                sog_kn: None,
                cog_deg: None,
                message_type: 1,
            }
        })
        .collect();
    let positions: Positions = rows.iter().copied().collect();
    let parameters = IntegrityParameters::default().copy;
    let mut events = last_revisions(copied_tracks(&positions, source(), &parameters));
    events.sort_by_key(|event| event.start);
    assert!(!events.is_empty(), "it is told");
    for pair in events.windows(2) {
        assert!(pair[0].end.is_some_and(|end| end < pair[1].start), "{pair:#?}");
    }
}

/// More copies at once than are followed: none is told twice (`last_revisions` counts).
#[test]
fn a_copy_of_many_ways_is_told_once_for_each_that_is_followed() {
    const COPIES: u32 = 9;
    let mut dice = Dice(8);
    let bends: Vec<f64> = (0..600).map(|_| 300.0 * dice.unit()).collect();
    let mut rows: Vec<Row> = (0..600_u32)
        .flat_map(|n| (0..COPIES).map(move |copy| (n, copy)))
        .map(|(n, copy)| Row {
            mmsi: 249_000_001 + copy,
            // Each ten minutes after the one before, farther north.
            micros: START + i64::from(n + 61 * copy) * 10_000_000,
            lat: 12.0 + f64::from(copy) + bends[n as usize] / DEGREE_M,
            lon: -77.0 + f64::from(n) * 100.0 * KNOT / DEGREE_M,
            sog_kn: None,
            cog_deg: None,
            message_type: 1,
        })
        .collect();
    rows.sort_by_key(|row| (row.micros, row.mmsi));
    let positions: Positions = rows.iter().copied().collect();
    let parameters = IntegrityParameters::default().copy;
    let events = last_revisions(copied_tracks(&positions, source(), &parameters));
    for copy in 1..COPIES {
        let of_copy = events.iter().filter(|event| event.mmsi.number() == 249_000_001 + copy).count();
        assert_eq!(of_copy, copy.min(4) as usize, "copy {copy}");
    }
}
