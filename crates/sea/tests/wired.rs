//! Every detector in the picture: whatever the order of arrival within the bound, and wherever the stream is cut, the
//! events are those of the sorted input byte for byte, and what stands in the end is what the batch forms find.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a failed step is a failed test; tests read files"
)]

mod shared;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use bitacora_primitives::{Duration, Instant, Mmsi, Position, SourceId};
use bitacora_sea::behaviour::area::area_entries;
use bitacora_sea::behaviour::area::shape::Areas;
use bitacora_sea::behaviour::departure::departures;
use bitacora_sea::behaviour::drift::drifts;
use bitacora_sea::behaviour::integrity;
use bitacora_sea::behaviour::integrity::circle::CircularTrack;
use bitacora_sea::behaviour::integrity::copy::copied_tracks;
use bitacora_sea::behaviour::integrity::land::{LandBuilder, Place, on_land};
use bitacora_sea::behaviour::integrity::motion::MotionContradiction;
use bitacora_sea::behaviour::loitering::loitering;
use bitacora_sea::behaviour::port_visit::anchorages::{Anchorage, Anchorages};
use bitacora_sea::behaviour::port_visit::port_visits;
use bitacora_sea::behaviour::posture::postures;
use bitacora_sea::behaviour::speed_profile::speed_changes;
use bitacora_sea::behaviour::stop::stops;
use bitacora_sea::contacts::{Contact, Report, StaticReport, StationKind};
use bitacora_sea::tracks::identity::change::changes;
use bitacora_sea::tracks::identity::contradiction::contradictions;
use bitacora_sea::tracks::identity::near_miss::near_misses;
use bitacora_sea::tracks::positions::{Positions, Row};
use bitacora_sea::{Charts, Event, Kind, Output, Parameters, Picture};
use proptest::prelude::*;
use shared::{at, contact, events, final_events};

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

struct Sea {
    reports: Vec<Report>,
    lines: u64,
}

impl Sea {
    fn fix(
        &mut self,
        mmsi: u32,
        seconds: f64,
        (lat, lon): (f64, f64),
        told: (Option<f64>, Option<f64>, Option<f64>),
    ) {
        self.lines += 1;
        let mut one = contact(mmsi, at((seconds * 1e3).round() / 1e3), lat, lon, self.lines);
        one.sog_kn = told.0.map(|knots| ((knots * 10.0).round() / 10.0) as f32);
        one.cog_deg = told.1.map(|course| ((course.rem_euclid(360.0) * 10.0).floor() / 10.0) as f32);
        one.heading_deg = told.2.map(|heading| (heading.rem_euclid(360.0) as u16).min(359));
        one.received = one.observed + Duration::from_mins(10);
        self.reports.push(Report::Position(one));
    }

    fn says(&mut self, mmsi: u32, seconds: f64, name: &str, call_sign: &str, imo: Option<u32>) {
        self.lines += 1;
        let evidence = contact(mmsi, at(seconds), 0.0, 0.0, self.lines).evidence;
        self.reports.push(Report::Static(StaticReport {
            mmsi: Mmsi::new(mmsi).unwrap(),
            observed: at(seconds),
            name: Some(name.to_owned()),
            call_sign: Some(call_sign.to_owned()),
            imo,
            ship_type: None,
            length_m: Some(90),
            beam_m: Some(14),
            draught_m: None,
            destination: None,
            station: StationKind::ClassA,
            evidence,
        }));
    }
}

const HOUR: f64 = 3600.0;

/// Two days with every kind of finding: twelve vessels that rest, drift, sail and fall silent in turn, and some that are
/// not what they say.
fn sea(seed: u64) -> Vec<Report> {
    let mut dice = Dice(seed);
    let mut sea = Sea { reports: Vec::new(), lines: 0 };
    for ship in 0..12_u32 {
        let (mut lat, mut lon) = (10.0 + 0.6 * dice.unit(), -75.0 + 0.6 * dice.unit());
        let (mut t, mut until) = (900.0 * dice.unit(), 0.0);
        let (mut knots, mut course, mut heading, mut silent) = (8.0, 1.0_f64, 0.0_f64, false);
        while t < 48.0 * HOUR {
            if t >= until {
                until = t + (0.5 + 5.0 * dice.unit()) * HOUR;
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
            let seconds = 60.0 * (1.0 + 6.0 * dice.unit());
            t += seconds;
            let way = knots * (0.9 + 0.2 * dice.unit()) * seconds / HOUR / 60.0;
            let turn = course + 0.2 * (dice.unit() - 0.5);
            lat += way * turn.cos();
            lon += way * turn.sin();
            if !(9.7..10.9).contains(&lat) || !(-75.4..-74.1).contains(&lon) {
                course += 3.0;
                (lat, lon) = (lat.clamp(9.7, 10.9), lon.clamp(-75.4, -74.1));
            }
            if !silent {
                let place = (lat + 2e-5 * dice.unit(), lon + 2e-5 * dice.unit());
                let told = (ship % 3 != 0).then(|| heading.to_degrees() + 8.0 * dice.unit());
                sea.fix(
                    201_000_000 + 7_919 * ship,
                    t,
                    place,
                    ((dice.unit() > 0.1).then_some(knots), None, told),
                );
            }
        }
    }
    not_what_they_say(&mut sea, &mut dice);
    let key = |report: &Report| match report {
        Report::Position(one) => (one.observed, 1, one.mmsi, one.evidence),
        Report::Static(told) => (told.observed, 0, told.mmsi, told.evidence),
    };
    sea.reports.sort_by_key(key);
    sea.reports
}

fn not_what_they_say(sea: &mut Sea, dice: &mut Dice) {
    // Says that it lies still, and makes 9 kn. Its number is misread three times by one bit.
    for step in 0..400_u32 {
        let t = 2.0 * HOUR + 30.0 * f64::from(step);
        let place = (14.0 + 0.00125 * f64::from(step), -60.0);
        sea.fix(310_000_010, t, place, (Some(0.0), Some(0.0), None));
        if (100..103).contains(&step) {
            let between = (place.0 + 0.0004, place.1);
            sea.fix(310_000_010 ^ (1 << 12), t + 9.6, between, (Some(0.0), Some(0.0), None));
        }
    }
    // Goes round a circle, and says that it sails east.
    for step in 0..500_u32 {
        let angle = 0.21 * f64::from(step);
        let place = (20.0 + 0.01 * angle.cos(), -50.0 + 0.01 * angle.sin() / 20f64.to_radians().cos());
        sea.fix(311_000_000, HOUR + 20.0 * f64::from(step), place, (Some(12.0), Some(90.0), None));
    }
    // A way with bends, and the same a day later elsewhere, under another number.
    let (mut lat, mut lon) = (30.0_f64, -40.0_f64);
    for step in 0..240_u32 {
        let course = (0.9 * f64::from(step / 12)).sin() * 2.0 + 0.1 * dice.unit();
        lat += 0.0007 * course.cos();
        lon += 0.0007 * course.sin();
        let t = 3.0 * HOUR + 15.0 * f64::from(step);
        let told = (Some(10.0), Some(course.to_degrees()), None);
        sea.fix(312_000_000, t, (lat, lon), told);
        sea.fix(313_000_500, t + 20.0 * HOUR, (lat - 4.0, lon + 2.0), told);
    }
    // On land, for an hour.
    for step in 0..60_u32 {
        sea.fix(
            314_000_900,
            5.0 * HOUR + 60.0 * f64::from(step),
            (2.0, 2.0 + 0.001 * f64::from(step)),
            (Some(3.6), Some(90.0), None),
        );
    }
    // One number falls silent, another goes on where it would be, and says that it is the same ship.
    for step in 0..180_u32 {
        let t = 60.0 * f64::from(step);
        let place = (40.0, -30.0 + 0.004 * f64::from(step));
        let mmsi = if step < 90 { 315_000_001 } else { 316_777_002 };
        if !(90..110).contains(&step) {
            sea.fix(mmsi, t, place, (Some(11.0), Some(90.0), None));
        }
        if step % 6 == 0 {
            sea.says(mmsi, t + 5.0, "ALFA", "3FAB7", Some(9_074_729));
        }
    }
    // Two that state one IMO number; one that changes its name to and fro, before it is heard at any place.
    for step in 0..40_u32 {
        let t = 10.0 * HOUR + 360.0 * f64::from(step);
        sea.says(317_000_001, t, "BRAVO", "HPXY", Some(8_814_275));
        sea.says(318_000_444, t + 60.0, "CHARLIE", "PBAB", Some(8_814_275));
        sea.says(319_000_000, t + 100.0, if (step / 4) % 2 == 0 { "DELTA" } else { "ECHO" }, "WDC1234", None);
        sea.fix(317_000_001, t + 1.0, (50.0, -20.0), (Some(0.0), None, None));
        sea.fix(318_000_444, t + 2.0, (51.0, -20.0), (Some(0.0), None, None));
        if step >= 30 {
            sea.fix(319_000_000, t + 3.0, (52.0, -20.0), (Some(0.0), None, None));
        }
    }
}

fn parameters() -> Parameters {
    let mut p = Parameters::default();
    p.loitering.min_duration = Duration::from_hours(1);
    p.speed.min_history = 12;
    p.posture.min_offshore_m = 5_000.0;
    p.departure.min_learning = Duration::from_hours(6);
    p.departure.min_departures = 5;
    p.integrity.copy.capacity = 65_536;
    p
}

static CHARTS: LazyLock<Arc<Charts>> = LazyLock::new(|| {
    let mut dice = Dice(99);
    let one = |index: usize, dice: &mut Dice| Anchorage {
        id: format!("{index:03}"),
        position: Position::new(9.8 + dice.unit(), -75.3 + 1.1 * dice.unit()).unwrap(),
    };
    let anchorages = Anchorages::new((0..25).map(|index| one(index, &mut dice)).collect());
    let square = |lat: f64, lon: f64| {
        vec![vec![(lat, lon), (lat + 0.3, lon), (lat + 0.3, lon + 0.3), (lat, lon + 0.3)]]
    };
    let areas = Areas::new(&[square(10.0, -75.0), square(10.4, -74.6)]).unwrap();
    let mut land = LandBuilder::default();
    let corner = |(lat, lon): (f64, f64)| Place { lat: (lat * 1e6) as i32, lon: (lon * 1e6) as i32 };
    land.ring([(1.0, 1.0), (1.0, 3.0), (3.0, 3.0), (3.0, 1.0)].map(corner)).unwrap();
    Arc::new(Charts { anchorages, areas, land: Some(land.build().unwrap()) })
});

fn run(reports: impl IntoIterator<Item = Report>) -> Vec<Output> {
    let mut picture = Picture::with_charts(parameters(), CHARTS.clone());
    let mut out = Vec::new();
    for report in reports {
        picture.push(report, &mut out);
    }
    picture.finish(&mut out);
    out
}

/// The events in the order in which they come out: the same bytes are the same events.
fn told(outputs: &[Output]) -> Vec<String> {
    for output in outputs {
        assert!(!matches!(output, Output::Late(_) | Output::Refused(..)), "{output:?}");
    }
    events(outputs).iter().map(|event| serde_json::to_string(event).unwrap()).collect()
}

/// What a batch and a stream must share: all but ids and tracks, which differ where the number is the track.
type Key = (Kind, u32, u32, Instant, Option<Instant>, Vec<u64>);

fn bits(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

fn of_events<'a>(all: impl IntoIterator<Item = &'a Event>, kind: Kind) -> BTreeSet<Key> {
    let other = |event: &Event| event.other.map_or(0, Mmsi::number);
    all.into_iter()
        .filter(|event| event.kind == kind)
        .map(|event| {
            let numbers: Vec<f64> = event.numbers.values().copied().collect();
            (kind, event.mmsi.number(), other(event), event.start, event.end, bits(&numbers))
        })
        .collect()
}

/// The last revision of each in a batch of revisions.
fn standing(all: Vec<Event>) -> Vec<Event> {
    let mut last: Vec<Event> = Vec::new();
    for event in all {
        match last.iter_mut().find(|known| known.id == event.id) {
            Some(known) => *known = event,
            None => last.push(event),
        }
    }
    last.retain(|event| !event.withdrawn);
    last
}

fn named(event: &Event, names: &[&str]) -> Vec<f64> {
    names.iter().map(|name| event.numbers.get(*name).copied().unwrap_or(f64::NAN)).collect()
}

/// The same events by the numbers named, which a batch row has too.
fn by(all: &[Event], kind: Kind, names: &[&str]) -> BTreeSet<Key> {
    all.iter()
        .filter(|event| event.kind == kind)
        .map(|event| (kind, event.mmsi.number(), 0, event.start, event.end, bits(&named(event, names))))
        .collect()
}

fn row(kind: Kind, mmsi: u32, start: Instant, end: Instant, numbers: &[f64]) -> Key {
    (kind, mmsi, 0, start, Some(end), bits(numbers))
}

fn columns(reports: &[Report]) -> (Positions, Vec<f32>, Vec<StaticReport>) {
    let mut statics = Vec::new();
    let mut contacts: Vec<Contact> = Vec::new();
    for report in reports {
        match report {
            Report::Position(one) => contacts.push(*one),
            Report::Static(told) => statics.push(told.clone()),
        }
    }
    let row = |one: &Contact| Row {
        mmsi: one.mmsi.number(),
        micros: one.observed.micros(),
        lat: one.position.lat(),
        lon: one.position.lon(),
        sog_kn: one.sog_kn,
        cog_deg: one.cog_deg,
        message_type: one.message_type,
    };
    let headings = contacts.iter().map(|one| one.heading_deg.map_or(f32::NAN, f32::from)).collect();
    (contacts.iter().map(row).collect(), headings, statics)
}

#[test]
fn what_stands_in_the_end_is_what_the_batch_forms_find() {
    for seed in 0..3 {
        let reports = sea(seed);
        let (positions, headings, statics) = columns(&reports);
        let until = reports.iter().map(Report::observed).max();
        let out = run(reports);
        let all = final_events(&out);
        let (p, charts) = (parameters(), CHARTS.clone());
        let source = SourceId::of(&[b"batch"]);
        let check = |kind: Kind, names: &[&str], batch: BTreeSet<Key>| {
            assert!(!batch.is_empty(), "{kind:?}: the sea has none");
            assert_eq!(by(&all, kind, names), batch, "{kind:?}");
        };
        let whole = |kind: Kind, batch: Vec<Event>| {
            let batch = standing(batch);
            assert!(!batch.is_empty(), "{kind:?}: the sea has none");
            assert_eq!(of_events(&all, kind), of_events(&batch, kind), "{kind:?}");
        };
        let found = loitering(&positions, &p.loitering).into_iter();
        let rows = found.map(|one| {
            row(
                Kind::Loitering,
                one.mmsi,
                one.start,
                one.end,
                &[one.distance_m, one.avg_speed_kn, one.radius_m],
            )
        });
        check(Kind::Loitering, &["distance_m", "avg_speed_kn", "radius_m"], rows.collect());
        let found = stops(&positions, &p.stop).into_iter();
        let rows = found.map(|one| row(Kind::Stop, one.mmsi, one.start, one.end, &[one.radius_m]));
        check(Kind::Stop, &["radius_m"], rows.collect());
        let found = drifts(&positions, &headings, &p.drift).into_iter();
        let rows = found.map(|one| row(Kind::Drift, one.mmsi, one.start, one.end, &[one.motion.distance_m]));
        check(Kind::Drift, &["distance_m"], rows.collect());
        let found = postures(&positions, &headings, &charts.anchorages, &p.posture).into_iter();
        let rows = found.map(|one| {
            row(
                Kind::TransshipmentPosture,
                one.mmsi,
                one.start,
                one.end,
                &[one.motion.distance_m, one.slowing_min],
            )
        });
        check(Kind::TransshipmentPosture, &["distance_m", "slowing_min"], rows.collect());
        let found = port_visits(&positions, &[], &charts.anchorages, until, &p.port_visit).into_iter();
        let rows = found.map(|one| {
            let (start, end) = (one.visit.start_micros, one.visit.end_micros);
            let numbers = [f64::from(one.visit.confidence), f64::from(one.visit.start_anchorage)];
            row(Kind::PortVisit, one.mmsi, Instant::from_micros(start), Instant::from_micros(end), &numbers)
        });
        check(Kind::PortVisit, &["confidence", "anchorage"], rows.collect());
        let found = speed_changes(&positions, &p.speed).into_iter();
        let rows = found.map(|one| {
            row(Kind::SpeedChange, one.mmsi, one.start, one.end, &[f64::from(one.change as u8), one.score])
        });
        check(Kind::SpeedChange, &["change", "score"], rows.collect());
        let found = area_entries(&positions, &charts.areas, &p.area).into_iter();
        let rows = found.map(|one| {
            let sides = [one.entered, one.left].map(|side| f64::from(u8::from(side)));
            row(Kind::AreaEntry, one.mmsi, one.start, one.end, &[f64::from(one.area), sides[0], sides[1]])
        });
        check(Kind::AreaEntry, &["area", "entered", "left"], rows.collect());
        let found = departures(&positions, &p.stop, &p.departure).into_iter();
        let rows = found.filter(|one| one.judged.unusual).map(|one| {
            let numbers =
                [f64::from(one.origin as u8), one.judged.weight, one.judged.departures_learned as f64];
            row(Kind::UnusualDeparture, one.mmsi, one.at, one.at, &numbers)
        });
        check(Kind::UnusualDeparture, &["origin", "departures_here", "departures_learned"], rows.collect());
        whole(
            Kind::MotionContradiction,
            integrity::batch::<MotionContradiction>(&positions, source, &p.integrity.motion),
        );
        whole(
            Kind::CircularTrack,
            integrity::batch::<CircularTrack>(&positions, source, &p.integrity.circle),
        );
        whole(Kind::CopiedTrack, copied_tracks(&positions, source, &p.integrity.copy));
        whole(Kind::OnLand, on_land(&positions, source, charts.land.as_ref(), &p.integrity.land).1);
        let identity = near_misses(&positions, &p.near_miss)
            .into_iter()
            .chain(contradictions(&statics, &p.contradiction))
            .chain(changes(&positions, &statics, &p.change));
        let track = bitacora_sea::behaviour::integrity::track_of_number(1);
        let identity: Vec<Event> =
            identity.map(|one| one.into_event(track, None, Position::new(0.0, 0.0).unwrap())).collect();
        for kind in [Kind::MmsiNearMiss, Kind::IdentityContradiction, Kind::MmsiChange] {
            assert!(identity.iter().any(|event| event.kind == kind), "{kind:?}: the sea has none");
            assert_eq!(of_events(&all, kind), of_events(&identity, kind), "{kind:?}");
        }
    }
}

#[test]
fn a_finding_about_a_number_waits_until_it_is_heard_at_a_place() {
    let out = run(sea(0));
    let found = final_events(&out);
    let of_it =
        |event: &&Event| event.mmsi.number() == 319_000_000 && event.kind == Kind::IdentityContradiction;
    let waited: Vec<&Event> = found.iter().filter(of_it).collect();
    assert_eq!(waited.len(), 1, "{waited:?}");
    assert_eq!(waited[0].position.lat(), 52.0);
}

#[test]
fn without_charts_what_needs_them_is_off_and_says_so() {
    let mut picture = Picture::new(parameters());
    let mut out = Vec::new();
    for report in sea(0) {
        picture.push(report, &mut out);
    }
    picture.finish(&mut out);
    let off = [Kind::PortVisit, Kind::AreaEntry, Kind::OnLand];
    assert_eq!(Charts::default().off(), off);
    assert_eq!(CHARTS.off(), []);
    assert!(events(&out).iter().all(|event| !off.contains(&event.kind)));
}

#[test]
fn what_begins_in_the_part_that_is_read_again_has_the_id_it_had() {
    let reports = sea(0);
    let from = at(20.0 * HOUR);
    let again: Vec<Report> = reports.iter().filter(|one| one.observed() >= from).cloned().collect();
    let [whole, part] = [reports, again].map(|reports| final_events(&run(reports)));
    // By then each vessel has had way on at least once, and what went before does not matter.
    let settled = from + Duration::from_hours(8);
    let ids = |all: &[Event], kind: Kind| -> BTreeSet<_> {
        all.iter()
            .filter(|event| event.kind == kind && event.start >= settled)
            .map(|event| event.id)
            .collect()
    };
    for kind in [Kind::Stop, Kind::AreaEntry, Kind::PortVisit] {
        assert!(ids(&whole, kind).len() > 5, "{kind:?}");
        assert_eq!(ids(&whole, kind), ids(&part, kind), "{kind:?}");
    }
}

/// Moves each report later in arrival by less than the bound, by chance.
fn shuffled(reports: &[Report], seed: u64) -> Vec<Report> {
    let mut dice = Dice(seed);
    let mut keyed: Vec<(i64, usize)> = reports
        .iter()
        .enumerate()
        .map(|(index, one)| (one.observed().micros() + (dice.unit() * 598.0 * 1e6) as i64, index))
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, index)| reports[index].clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_122),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_order_of_arrival_within_the_bound_gives_the_batch_byte_for_byte(seed in 0..3u64, order: u64) {
        let reports = sea(seed);
        let sorted = told(&run(reports.clone()));
        prop_assert!(sorted == told(&run(shuffled(&reports, order))));
    }

    #[test]
    fn the_stream_may_be_cut_anywhere(seed in 0..3u64, cuts in prop::collection::vec(0..12_000usize, 0..200)) {
        let reports = shuffled(&sea(seed), seed);
        let whole = told(&run(reports.clone()));
        let cuts: BTreeSet<usize> = cuts.into_iter().collect();
        let mut picture = Picture::with_charts(parameters(), CHARTS.clone());
        let mut out = Vec::new();
        for (index, one) in reports.into_iter().enumerate() {
            picture.push(one, &mut out);
            if cuts.contains(&index) && let Some(watermark) = picture.watermark() {
                // What a live node does while nothing comes: it states the time it has reached.
                picture.advance(watermark + Duration::from_micros(900_000), &mut out);
            }
        }
        picture.finish(&mut out);
        prop_assert!(whole == told(&out));
    }
}
