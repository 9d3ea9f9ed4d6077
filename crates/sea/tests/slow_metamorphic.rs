//! What must not change what the detectors of slow behaviour find: the date, the longitude, the hemisphere, the order
//! of the input, doubled rows, the numbers; and that the stream finds what the batch finds, cut anywhere.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly"
)]

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Duration, EvidenceRef, Instant, Mmsi, Position, SourceId, TrackId};
use bitacora_sea::behaviour::area::shape::{Areas, Rings};
use bitacora_sea::behaviour::area::{AreaEntries, AreaParameters, area_entries};
use bitacora_sea::behaviour::departure::{DepartureParameters, departures};
use bitacora_sea::behaviour::drift::{Drift, DriftParameters, drifts};
use bitacora_sea::behaviour::loitering::{Loitering, loitering};
use bitacora_sea::behaviour::parameters::LoiteringParameters;
use bitacora_sea::behaviour::port_visit::anchorages::{Anchorage, Anchorages};
use bitacora_sea::behaviour::port_visit::{PortVisitParameters, PortVisits, port_visits};
use bitacora_sea::behaviour::posture::{Posture, PostureParameters, postures};
use bitacora_sea::behaviour::speed_profile::{SpeedParameters, SpeedProfile, speed_changes};
use bitacora_sea::behaviour::stop::{StopParameters, Stops, stops};
use bitacora_sea::contacts::{Contact, ContactFlags, StationKind};
use bitacora_sea::tracks::Fix;
use bitacora_sea::tracks::positions::{Positions, Row};
use bitacora_sea::{Event, Kind};
use proptest::prelude::*;

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

const MINUTE: i64 = 60_000_000;
const START: i64 = 1_772_000_000_000_000;

#[derive(Clone, Copy)]
struct Seen {
    row: Row,
    heading: Option<u16>,
}

/// What the world is besides the vessels.
#[derive(Clone)]
struct World {
    anchorages: Vec<(f64, f64)>,
    areas: Vec<Rings>,
}

/// Twelve vessels for four days in two phases at a time: at rest, adrift, slow on a course, under way, silent.
fn sea(seed: u64) -> (Vec<Seen>, World) {
    let mut dice = Dice(seed);
    let mut seen = Vec::new();
    for ship in 0..12_u32 {
        let (mut lat, mut lon) = (10.0 + 0.6 * dice.unit(), -75.0 + 0.6 * dice.unit());
        let mut micros = START + (dice.unit() * 1e9) as i64;
        let end = micros + 4 * 24 * 60 * MINUTE;
        let (mut knots, mut course, mut until, mut heading) = (8.0, 1.0, micros, 0.0);
        let mut silent = false;
        while micros < end {
            if micros >= until {
                until = micros + ((0.5 + 5.0 * dice.unit()) * 60.0) as i64 * MINUTE;
                course = std::f64::consts::TAU * dice.unit();
                (knots, silent) = match dice.next() % 8 {
                    0 | 1 => (0.02, false),
                    2 => (0.6 + dice.unit(), false),
                    3 => (1.2, false),
                    4 => (0.0, true),
                    5 => (26.0 + 4.0 * dice.unit(), false),
                    _ => (6.0 + 6.0 * dice.unit(), false),
                };
                heading = if dice.unit() < 0.5 { course } else { course + 1.6 };
            }
            let minutes = 1.0 + 6.0 * dice.unit();
            micros += (minutes * MINUTE as f64) as i64;
            let way = knots * (0.9 + 0.2 * dice.unit()) * minutes / 3600.0;
            let turn = course + 0.2 * (dice.unit() - 0.5);
            lat += way * turn.cos();
            lon += way * turn.sin();
            if !(9.7..10.9).contains(&lat) || !(-75.4..-74.1).contains(&lon) {
                course += 3.0;
                (lat, lon) = (lat.clamp(9.7, 10.9), lon.clamp(-75.4, -74.1));
            }
            if !silent {
                let degrees = (heading.to_degrees() + 8.0 * dice.unit()).rem_euclid(360.0);
                seen.push(Seen {
                    row: Row {
                        mmsi: 200_000_000 + ship,
                        micros,
                        lat: lat + 2e-5 * dice.unit(),
                        lon: lon + 2e-5 * dice.unit(),
                        sog_kn: (dice.unit() > 0.1).then_some(((knots * 10.0).round() / 10.0) as f32),
                        cog_deg: None,
                        message_type: 1,
                    },
                    heading: (ship % 3 != 0).then_some((degrees as u16).min(359)),
                });
            }
        }
    }
    let anchorages = (0..25).map(|_| (9.8 + dice.unit(), -75.3 + 1.1 * dice.unit())).collect();
    let star = |lat: f64, lon: f64, dice: &mut Dice| -> Vec<(f64, f64)> {
        (0..17)
            .map(|corner| {
                let (angle, far) = (f64::from(corner) * 0.3696, 0.05 + 0.2 * dice.unit());
                (lat + far * angle.sin(), lon + far * angle.cos())
            })
            .collect()
    };
    let mut areas = Vec::new();
    for index in 0..6_i32 {
        let (lat, lon) = (10.0 + 0.6 * dice.unit(), -75.0 + 0.6 * dice.unit());
        let mut rings = vec![star(lat, lon, &mut dice)];
        if index % 2 == 0 {
            rings.push(vec![(lat, lon), (lat + 0.03, lon), (lat + 0.03, lon + 0.03), (lat, lon + 0.03)]);
        }
        areas.push(rings);
    }
    seen.sort_by_key(|one| one.row.micros);
    (seen, World { anchorages, areas })
}

fn positions(seen: &[Seen]) -> (Positions, Vec<f32>) {
    let heading = |one: &Seen| one.heading.map_or(f32::NAN, f32::from);
    (seen.iter().map(|one| one.row).collect(), seen.iter().map(heading).collect())
}

fn anchorages(world: &World) -> Anchorages {
    let one = |(index, (lat, lon)): (usize, &(f64, f64))| Anchorage {
        id: format!("{index:03}"),
        position: Position::new(*lat, *lon).unwrap(),
    };
    Anchorages::new(world.anchorages.iter().enumerate().map(one).collect())
}

fn low_bar() -> (LoiteringParameters, StopParameters, SpeedParameters, DepartureParameters) {
    (
        LoiteringParameters { min_duration: Duration::from_hours(1), ..LoiteringParameters::default() },
        StopParameters::default(),
        SpeedParameters { min_history: 12, ..SpeedParameters::default() },
        DepartureParameters {
            min_learning: Duration::from_hours(6),
            min_departures: 5,
            ..DepartureParameters::default()
        },
    )
}

/// One finding, whatever it is: numbers that no mapping changes, latitudes, longitudes.
#[derive(Clone, PartialEq, Debug)]
struct Finding {
    what: Kind,
    mmsi: u32,
    start: i64,
    end: i64,
    numbers: Vec<f64>,
    places: Vec<(f64, f64)>,
}

fn finding(
    what: Kind,
    mmsi: u32,
    (start, end): (Instant, Instant),
    numbers: &[f64],
    places: &[Position],
) -> Finding {
    Finding {
        what,
        mmsi,
        start: start.micros(),
        end: end.micros(),
        numbers: numbers.to_vec(),
        places: places.iter().map(|place| (place.lat(), place.lon())).collect(),
    }
}

fn batch(seen: &[Seen], world: &World) -> Vec<Finding> {
    let (positions, headings) = positions(seen);
    let anchorages = anchorages(world);
    let areas = Areas::new(&world.areas).unwrap();
    let (slow, still, speed, leave) = low_bar();
    let mut all = Vec::new();
    for one in loitering(&positions, &slow) {
        let numbers = [one.duration_h, one.distance_m, one.avg_speed_kn, one.radius_m];
        all.push(finding(Kind::Loitering, one.mmsi, (one.start, one.end), &numbers, &[]));
    }
    for one in stops(&positions, &still) {
        all.push(finding(Kind::Stop, one.mmsi, (one.start, one.end), &[one.radius_m], &[one.position]));
    }
    for one in port_visits(&positions, &[], &anchorages, None, &PortVisitParameters::default()) {
        let visit = one.visit;
        let (start, end) = (Instant::from_micros(visit.start_micros), Instant::from_micros(visit.end_micros));
        let numbers = [f64::from(visit.confidence), f64::from(visit.start_anchorage)];
        all.push(finding(Kind::PortVisit, one.mmsi, (start, end), &numbers, &[]));
    }
    for one in area_entries(&positions, &areas, &AreaParameters::default()) {
        let numbers = [f64::from(one.area), f64::from(u8::from(one.entered)), f64::from(u8::from(one.left))];
        all.push(finding(Kind::AreaEntry, one.mmsi, (one.start, one.end), &numbers, &[one.entry, one.exit]));
    }
    for one in speed_changes(&positions, &speed) {
        let numbers = [f64::from(one.change as u8), one.before_kn, one.after_kn, one.score];
        all.push(finding(Kind::SpeedChange, one.mmsi, (one.start, one.end), &numbers, &[]));
    }
    for one in drifts(&positions, &headings, &DriftParameters::default()) {
        let motion = one.motion;
        let numbers =
            [motion.distance_m, motion.speed_kn(), motion.speed_spread_kn(), motion.heading_share()];
        all.push(finding(Kind::Drift, one.mmsi, (one.start, one.end), &numbers, &[]));
    }
    let posture = PostureParameters { min_offshore_m: 5_000.0, ..PostureParameters::default() };
    for one in postures(&positions, &headings, &anchorages, &posture) {
        let numbers = [one.motion.distance_m, one.slowing_min, one.gathering_min.unwrap_or(-1.0)];
        all.push(finding(Kind::TransshipmentPosture, one.mmsi, (one.start, one.end), &numbers, &[]));
    }
    for one in departures(&positions, &still, &leave) {
        let numbers =
            [f64::from(one.origin as u8), one.judged.weight, f64::from(u8::from(one.judged.unusual))];
        all.push(finding(Kind::UnusualDeparture, one.mmsi, (one.at, one.at), &numbers, &[one.position]));
    }
    let order = |a: &Finding, b: &Finding| {
        (a.what, a.mmsi, a.start, a.end).cmp(&(b.what, b.mmsi, b.start, b.end)).then_with(|| {
            let key = |one: &Finding| one.numbers.first().copied().unwrap_or(0.0);
            key(a).total_cmp(&key(b))
        })
    };
    all.sort_by(order);
    all
}

fn assert_same(one: &[Finding], other: &[Finding], exactly: bool) {
    assert_eq!(one.len(), other.len());
    for (a, b) in one.iter().zip(other) {
        if exactly {
            assert_eq!(a, b);
            continue;
        }
        assert_eq!((a.what, a.mmsi), (b.what, b.mmsi));
        let slack = if a.what == Kind::AreaEntry { 2_000 } else { 0 };
        assert!((a.start - b.start).abs() <= slack && (a.end - b.end).abs() <= slack, "{a:?} {b:?}");
        for (x, y) in a.numbers.iter().zip(&b.numbers) {
            assert!((x - y).abs() <= 1e-5 * x.abs().max(1.0), "{a:?} {b:?}");
        }
        for (x, y) in a.places.iter().zip(&b.places) {
            assert!((x.0 - y.0).abs() < 1e-7 && wrap_longitude(x.1 - y.1).abs() < 1e-7, "{a:?} {b:?}");
        }
    }
}

/// The world and all in it under a map of places.
fn moved(seen: &[Seen], world: &World, map: impl Fn(f64, f64) -> (f64, f64)) -> (Vec<Seen>, World) {
    let mut seen = seen.to_vec();
    for one in &mut seen {
        (one.row.lat, one.row.lon) = map(one.row.lat, one.row.lon);
    }
    let corner = |place: &(f64, f64)| map(place.0, place.1);
    let world = World {
        anchorages: world.anchorages.iter().map(corner).collect(),
        areas: world
            .areas
            .iter()
            .map(|rings| rings.iter().map(|ring| ring.iter().map(corner).collect()).collect())
            .collect(),
    };
    (seen, world)
}

fn fix(seen: &Seen, line: u64) -> Fix {
    let row = seen.row;
    Fix::of(&Contact {
        mmsi: Mmsi::new(row.mmsi).unwrap(),
        observed: Instant::from_micros(row.micros),
        received: Instant::from_micros(row.micros),
        position: Position::new(row.lat, row.lon).unwrap(),
        sog_kn: row.sog_kn,
        cog_deg: row.cog_deg,
        heading_deg: seen.heading,
        nav_status: None,
        station: StationKind::ClassA,
        message_type: 1,
        flags: ContactFlags::NONE,
        evidence: EvidenceRef { source: SourceId::of(&[b"test"]), line, offset: None },
    })
}

#[derive(Clone, Default)]
struct Detectors {
    loitering: Loitering,
    stops: Stops,
    visits: PortVisits,
    areas: AreaEntries,
    speed: SpeedProfile,
    drift: Drift,
    posture: Posture,
}

/// Final revisions of the streams' events as findings. The state is cloned and goes on from the clone at each cut.
fn stream(seen: &[Seen], world: &World, cut_every: usize) -> Vec<Finding> {
    let anchorages = anchorages(world);
    let names = (0..world.areas.len()).map(|area| format!("area {area}")).collect();
    let areas = Areas::named(&world.areas, names).unwrap();
    let (slow, still, speed, _) = low_bar();
    let (drift, visit) = (DriftParameters::default(), PortVisitParameters::default());
    let posture = PostureParameters { min_offshore_m: 5_000.0, ..PostureParameters::default() };
    let within = AreaParameters::default();
    let mut out: Vec<Event> = Vec::new();
    for ship in 0..12_u32 {
        let mmsi = 200_000_000 + ship;
        let track = TrackId::of(&[&mmsi.to_be_bytes()]);
        let mut all = Detectors::default();
        let own = seen.iter().enumerate().filter(|(_, one)| one.row.mmsi == mmsi);
        for (count, (line, one)) in own.enumerate() {
            let fix = fix(one, line as u64);
            if count % cut_every == 0 {
                all = all.clone();
            }
            all.loitering.observe(track, &fix, &slow, &mut out);
            all.stops.observe(track, &fix, &still, &mut out);
            all.visits.observe(track, &fix, &anchorages, &visit, &mut out);
            all.areas.observe(track, &fix, &areas, &within, &mut out);
            all.speed.observe(track, &fix, &speed, &mut out);
            all.drift.observe(track, &fix, &drift, &mut out);
            all.posture.observe(track, &fix, &anchorages, &posture, &mut out);
        }
        all.loitering.end(track, &mut out);
        all.stops.end(track, &mut out);
        all.visits.end(track, Instant::from_micros(0), &anchorages, &visit, &mut out);
        all.areas.end(track, &areas, &mut out);
        all.drift.end(track, &drift, &mut out);
        all.posture.end(track, &posture, &mut out);
    }
    let mut last: Vec<Event> = Vec::new();
    for event in out {
        match last.iter_mut().find(|known| known.id == event.id) {
            Some(known) => {
                assert_eq!(event.revision, known.revision + 1, "revisions count up: {event:?}");
                *known = event;
            }
            None => {
                assert_eq!(event.revision, 0, "the first revision is 0: {event:?}");
                last.push(event);
            }
        }
    }
    let findings = last.into_iter().filter(|event| !event.withdrawn).map(|event| {
        let names: &[&str] = match event.kind {
            Kind::Loitering => &["duration_h", "distance_m", "avg_speed_kn", "radius_m"],
            Kind::Stop => &["radius_m"],
            Kind::PortVisit => &["confidence", "anchorage"],
            Kind::AreaEntry => &["area", "entered", "left"],
            Kind::SpeedChange => &["change", "speed_before_kn", "speed_after_kn", "score"],
            Kind::Drift => &["distance_m", "avg_speed_kn", "speed_spread_kn", "heading_share"],
            _ => &["distance_m", "slowing_min", "gathering_min"],
        };
        let place = |name: &str| event.numbers[name] as u32;
        let called = match event.kind {
            Kind::PortVisit => anchorages.get(place("anchorage")).map(|one| one.id.clone()),
            Kind::AreaEntry => Some(format!("area {}", place("area"))),
            _ => None,
        };
        assert_eq!(event.place, called, "named as on the chart");
        let numbers: Vec<f64> =
            names.iter().map(|name| event.numbers.get(*name).copied().unwrap_or(-1.0)).collect();
        let places = match event.kind {
            Kind::Stop => vec![event.position],
            Kind::AreaEntry => vec![event.position, event.end_position.unwrap()],
            _ => Vec::new(),
        };
        let span = (event.start, event.end.unwrap());
        finding(event.kind, event.mmsi.number(), span, &numbers, &places)
    });
    let mut all: Vec<Finding> = findings.collect();
    all.sort_by(|a, b| {
        (a.what, a.mmsi, a.start, a.end)
            .cmp(&(b.what, b.mmsi, b.start, b.end))
            .then(a.numbers[0].total_cmp(&b.numbers[0]))
    });
    all
}

#[test]
fn the_sea_of_these_tests_has_every_kind() {
    for kind in [
        Kind::Loitering,
        Kind::Stop,
        Kind::PortVisit,
        Kind::AreaEntry,
        Kind::SpeedChange,
        Kind::Drift,
        Kind::TransshipmentPosture,
        Kind::UnusualDeparture,
    ] {
        let found: Vec<usize> = (0..4)
            .map(|seed| {
                let (seen, world) = sea(seed);
                batch(&seen, &world).iter().filter(|one| one.what == kind).count()
            })
            .collect();
        println!("{kind:?} {found:?}");
        assert!(found.iter().sum::<usize>() > 0, "{kind:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_stream_finds_what_the_batch_finds_cut_anywhere(seed in 0..1000_u64, cut in 1..200_usize) {
        let (seen, world) = sea(seed);
        let expected: Vec<Finding> =
            batch(&seen, &world).into_iter().filter(|one| one.what != Kind::UnusualDeparture).collect();
        assert_same(&expected, &stream(&seen, &world, cut), true);
    }

    #[test]
    fn another_date_order_or_number_and_doubled_rows(
        seed in 0..1000_u64, shift in -1_000_000_000_000_000..1_000_000_000_000_000_i64, offset in 1..500_000_u32
    ) {
        let (seen, world) = sea(seed);
        let here = batch(&seen, &world);
        let mut other = seen.clone();
        other.extend(seen.iter().step_by(3).copied());
        let mut dice = Dice(seed ^ 77);
        for index in (1..other.len()).rev() {
            other.swap(index, (dice.next() % (index as u64 + 1)) as usize);
        }
        for one in &mut other {
            one.row.micros += shift;
            one.row.mmsi += offset;
        }
        let mut there = batch(&other, &world);
        for one in &mut there {
            one.start -= shift;
            one.end -= shift;
            one.mmsi -= offset;
        }
        // What was learned when is a difference of large times: equal, but not to the last bit.
        assert_same(&here, &there, false);
    }

    #[test]
    fn another_longitude_gives_the_same_there(seed in 0..1000_u64, east in -180.0..180.0_f64, edge: bool) {
        let (seen, world) = sea(seed);
        let east = if edge { 254.75 } else { east };
        let (there, world_there) = moved(&seen, &world, |lat, lon| (lat, wrap_longitude(lon + east)));
        if edge {
            prop_assert!(there.iter().any(|one| one.row.lon > 179.9));
            prop_assert!(there.iter().any(|one| one.row.lon < -179.9));
        }
        let mut found = batch(&there, &world_there);
        for place in found.iter_mut().flat_map(|one| &mut one.places) {
            place.1 -= east;
        }
        assert_same(&batch(&seen, &world), &found, false);
    }

    #[test]
    fn the_other_hemisphere_mirrors(seed in 0..1000_u64) {
        let (seen, world) = sea(seed);
        let (there, world_there) = moved(&seen, &world, |lat, lon| (-lat, lon));
        let mut there = there;
        for one in &mut there {
            one.heading = one.heading.map(|degrees| (540 - degrees) % 360);
        }
        let mut found = batch(&there, &world_there);
        for place in found.iter_mut().flat_map(|one| &mut one.places) {
            place.0 = -place.0;
        }
        assert_same(&batch(&seen, &world), &found, false);
    }
}
