//! The batch form of the encounter: equal to the stream to the last bit, equal to the brute force, and the relations
//! that must hold for any input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly"
)]

mod shared;

use std::collections::BTreeMap;

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Duration, EvidenceRef, Instant, Mmsi, Position, SourceId, TrackId};
use bitacora_sea::Event;
use bitacora_sea::behaviour::encounter::batch::{Encounter, Motions, Tiling, encounters};
use bitacora_sea::behaviour::encounter::{EncounterRow, Encounters, Party};
use bitacora_sea::behaviour::parameters::EncounterParameters;
use bitacora_sea::contacts::Contact;
use bitacora_sea::tracks::Fix;
use bitacora_sea::tracks::positions::{Positions, Row};
use proptest::prelude::*;

fn row(mmsi: u32, seconds: f64, lat: f64, lon: f64) -> Row {
    let micros = shared::at(seconds).micros();
    Row { mmsi, micros, lat, lon, sog_kn: None, cog_deg: None, message_type: 1 }
}

fn of_contacts(contacts: &[Contact]) -> Positions {
    let row = |c: &Contact| Row {
        mmsi: c.mmsi.number(),
        micros: c.observed.micros(),
        lat: c.position.lat(),
        lon: c.position.lon(),
        sog_kn: c.sog_kn,
        cog_deg: c.cog_deg,
        message_type: c.message_type,
    };
    contacts.iter().map(row).collect()
}

fn track(mmsi: u32) -> TrackId {
    TrackId::of(&[&mmsi.to_be_bytes()])
}

fn evidence(row: u32) -> EvidenceRef {
    EvidenceRef { source: SourceId::of(&[b"test"]), line: u64::from(row), offset: None }
}

/// The last revision of every event of the stream, by id. `ends`: slots end in silence, as the picture has it.
fn stream(positions: &Positions, parameters: &EncounterParameters, ends: bool) -> Vec<Event> {
    let mut order: Vec<u32> = (0..positions.len() as u32).collect();
    order.sort_by_key(|at| (positions.micros()[*at as usize], positions.mmsi()[*at as usize], *at));
    let mut detector = Encounters::new(parameters);
    let mut slots: BTreeMap<u32, (u32, i64)> = BTreeMap::new();
    let mut out = Vec::new();
    for at in order {
        let one = positions.row(at as usize).unwrap();
        let mmsi = Mmsi::new(one.mmsi).unwrap();
        let slot =
            slots.entry(one.mmsi).or_insert_with(|| (detector.begin(mmsi, track(one.mmsi)), one.micros));
        if ends && one.micros - slot.1 > parameters.max_silence.micros() {
            detector.end(slot.0, &mut out);
            slot.0 = detector.begin(mmsi, track(one.mmsi));
        }
        slot.1 = one.micros;
        let fix = Fix {
            mmsi,
            observed: Instant::from_micros(one.micros),
            position: Position::new(one.lat, one.lon).unwrap(),
            cos_lat: libm::cos(one.lat.to_radians()),
            sog_kn: None,
            cog_deg: None,
            heading_deg: None,
            nav_status: None,
            evidence: evidence(at),
        };
        detector.observe(slot.0, &fix, &mut out);
    }
    detector.finish(&mut out);
    let mut last: BTreeMap<_, Event> = BTreeMap::new();
    for event in out {
        last.insert((event.mmsi, event.other, event.start, event.id), event);
    }
    last.into_values().collect()
}

/// The events of the batch in the same order.
fn events(found: &[Encounter], positions: &Positions) -> Vec<Event> {
    let mut events: Vec<Event> = found
        .iter()
        .map(|one| {
            let first = positions.row(one.meeting.first[0].0 as usize).unwrap();
            let parties = one.vessels.map(|mmsi| Party {
                mmsi: Mmsi::new(mmsi).unwrap(),
                track: track(mmsi),
                known: Position::new(first.lat, first.lon).unwrap(),
            });
            one.meeting.event(parties, 1, true, evidence)
        })
        .collect();
    events.sort_by_key(|event| (event.mmsi, event.other, event.start, event.id));
    events
}

fn assert_equal(stream: &[Event], batch: &[Event]) {
    for (a, b) in stream.iter().zip(batch) {
        assert_eq!(a, b);
    }
    assert_eq!(stream.len(), batch.len());
}

fn parameters(max_distance_m: f64, minutes: i64) -> EncounterParameters {
    EncounterParameters { max_distance_m, min_duration: Duration::from_mins(minutes), ..Default::default() }
}

#[test]
fn solent_is_the_same_in_stream_and_batch_to_the_last_bit() {
    let Some(contacts) = shared::solent() else { return };
    let positions = of_contacts(&contacts);
    for (metres, minutes) in [(500.0, 30), (500.0, 0), (50.0, 5), (3000.0, 30), (40_000.0, 60)] {
        let parameters = parameters(metres, minutes);
        let batch = events(&encounters(&positions, &parameters), &positions);
        println!("{metres} m, {minutes} min: {}", batch.len());
        assert!(!batch.is_empty());
        assert_equal(&stream(&positions, &parameters, false), &batch);
    }
    let still = EncounterParameters { still_m: 15.0, ..Default::default() };
    let batch = events(&encounters(&positions, &still), &positions);
    assert_equal(&stream(&positions, &still, true), &batch);
}

#[test]
fn solent_equals_the_brute_force_within_a_second() {
    let Some(contacts) = shared::solent() else { return };
    let Some(text) = shared::text("encounters/solent_bruteforce_1s_intervals.csv") else { return };
    let found = encounters(&of_contacts(&contacts), &parameters(500.0, 0));
    let mut by_pair: BTreeMap<[u32; 2], Vec<(f64, f64, f64)>> = BTreeMap::new();
    for one in &found {
        let m = &one.meeting;
        let (start, end) = (m.start.secs_f64(), m.end.secs_f64());
        let known = by_pair.entry(one.vessels).or_default();
        // An excursion of less than a second may lie between two samples of the brute force: both readings are kept.
        let joined =
            known.last().filter(|last| start - last.1 < 1.0).map(|l| (l.0, end, l.2.min(m.min_distance_m)));
        known.extend(joined);
        known.push((start, end, m.min_distance_m));
    }
    let (mut intervals, mut long) = (0, Vec::new());
    for line in csv::Reader::from_reader(text.as_bytes()).records() {
        let line = line.unwrap();
        let pair = [line[0].parse().unwrap(), line[1].parse().unwrap()];
        let (enter, leave) =
            (Instant::parse(&line[2]).unwrap().secs_f64(), Instant::parse(&line[3]).unwrap().secs_f64());
        let least: f64 = line[5].parse().unwrap();
        let best = by_pair
            .get(&pair)
            .into_iter()
            .flatten()
            .map(|own| ((own.0 - enter).abs().max((own.1 - leave).abs()), own.2))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let (off, own_least) = best.unwrap_or_else(|| panic!("{pair:?} at {enter} not found"));
        assert!(off <= 1.0, "{pair:?} at {enter}: {off} s off");
        assert!(own_least <= least + 0.01, "{pair:?}");
        intervals += 1;
        if leave - enter >= 1800.0 {
            long.push(pair);
        }
    }
    assert_eq!(intervals, 1126);
    let longer = found.iter().filter(|one| (one.meeting.end - one.meeting.start).secs_f64() >= 1.0).count();
    assert!(longer.abs_diff(intervals) <= 2, "found what the brute force did not: {longer}");
    long.sort_unstable();
    long.dedup();
    assert_eq!(long.len(), 204);
    let mut own: Vec<_> =
        encounters(&of_contacts(&contacts), &parameters(500.0, 30)).iter().map(|one| one.vessels).collect();
    own.dedup();
    assert_eq!(own, long);
}

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
    fn of(&mut self, choices: &[f64]) -> f64 {
        choices[(self.next() % choices.len() as u64) as usize]
    }
}

/// Vessels that wander, lie still to the last digit or with the noise of a receiver, shift berth, race, fall silent and
/// report rarely or often, about a place.
fn sea(seed: u64, lat: f64, lon: f64, spread_m: f64) -> Vec<Row> {
    let mut dice = Dice(seed);
    let degree = spread_m / 111_195.0;
    let cos = lat.to_radians().cos().max(0.02);
    let mut rows = Vec::new();
    for ship in 0..(3 + dice.next() % 9) as u32 {
        let knots = dice.of(&[0.0, 0.0, 1.0, 6.0, 20.0, 60.0]);
        let every = dice.of(&[5.0, 60.0, 180.0, 900.0, 2400.0]);
        let noise = dice.of(&[0.0, 0.0, 3.0, 20.0]) / 111_195.0;
        let (mut north, mut east) = (degree * (dice.unit() - 0.5), degree * (dice.unit() - 0.5));
        let mut course = 6.3 * dice.unit();
        let mut t = (4000.0 * dice.unit()).round();
        let end = t + 3.0 * 3600.0;
        while t < end {
            let seen = (north + noise * (dice.unit() - 0.5), east + noise * (dice.unit() - 0.5));
            let place = ((lat + seen.0).clamp(-90.0, 90.0), wrap_longitude(lon + seen.1 / cos));
            rows.push(row(200_000_000 + ship, t, place.0, place.1));
            if knots == 0.0 && dice.unit() < 0.005 {
                (north, east) = (degree * (dice.unit() - 0.5), degree * (dice.unit() - 0.5));
            }
            let step = if dice.unit() < 0.03 { 4000.0 } else { every * (0.2 + dice.unit()) };
            t += (step * 10.0).round().max(1.0) / 10.0;
            let run = knots * step / 3600.0 / 60.0;
            course += 0.8 * (dice.unit() - 0.5);
            north += run * course.cos();
            east += run * course.sin();
            if north.abs() > degree || east.abs() > degree {
                course += 2.5;
            }
        }
    }
    rows.sort_by_key(|row| (row.micros, row.mmsi));
    rows
}

/// Some of the rows followed by another of the same vessel and moment from elsewhere, of which nothing may be seen.
fn with_doubles(rows: Vec<Row>, seed: u64) -> Vec<Row> {
    let mut dice = Dice(seed);
    rows.into_iter()
        .flat_map(|row| {
            let other = Row { lat: -row.lat, ..row };
            std::iter::once(row).chain((dice.unit() < 0.05).then_some(other))
        })
        .collect()
}

fn sorted(mut rows: Vec<EncounterRow>) -> Vec<EncounterRow> {
    rows.sort_by_key(|row| (row.vessel_1, row.vessel_2, row.start));
    rows
}

fn table(rows: &[Row], parameters: &EncounterParameters) -> Vec<EncounterRow> {
    let positions: Positions = rows.iter().copied().collect();
    sorted(encounters(&positions, parameters).iter().map(EncounterRow::from).collect())
}

/// Equal but for rounding: times within a few microseconds, numbers within 1e-5.
fn assert_near(a: &[EncounterRow], b: &[EncounterRow]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert_eq!(
            (a.vessel_1, a.vessel_2, a.points_1, a.points_2),
            (b.vessel_1, b.vessel_2, b.points_1, b.points_2)
        );
        assert!((a.start - b.start).micros().abs() <= 50, "{} {}", a.start, b.start);
        assert!((a.end - b.end).micros().abs() <= 50, "{} {}", a.end, b.end);
        let numbers =
            |r: &EncounterRow| [r.min_distance_m, r.mean_lat, r.start_lat, r.end_lat, r.median_speed_kn];
        for (x, y) in numbers(a).into_iter().zip(numbers(b)) {
            assert!((x - y).abs() <= 1e-5 * x.abs().max(1.0), "{a:?} {b:?}");
        }
        // Rounding may move a second of time into the next of 64 bins.
        assert!((a.median_distance_m - b.median_distance_m).abs() <= 1e-2 * a.median_distance_m.max(1.0));
        for (x, y) in [(a.mean_lon, b.mean_lon), (a.start_lon, b.start_lon), (a.end_lon, b.end_lon)] {
            assert!(wrap_longitude(x - y).abs() <= 1e-5, "{a:?} {b:?}");
        }
    }
}

const PLACES: [(f64, f64); 8] = [
    (50.8, -1.2),
    (0.0, 0.0),
    (10.0, 179.999),
    (-33.0, -180.0),
    (78.0, 15.0),
    (-85.0, 179.99),
    (10.0, -75.0),
    (1e-4, 180.0),
];

fn any_parameters(seed: u64) -> EncounterParameters {
    let mut dice = Dice(seed ^ 0xABCD);
    EncounterParameters {
        max_distance_m: dice.of(&[20.0, 500.0, 500.0, 2000.0, 60_000.0]),
        min_duration: Duration::from_secs(dice.of(&[0.0, 60.0, 600.0, 1800.0, 7200.0]) as i64),
        max_silence: Duration::from_secs(dice.of(&[90.0, 600.0, 3600.0, 3600.0, 100_000.0]) as i64),
        still_m: 0.0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_260_301),
        ..ProptestConfig::default()
    })]

    #[test]
    fn stream_equals_batch_to_the_last_bit(
        seed: u64, place in 0..PLACES.len(), spread in 0..4usize, ends: bool,
    ) {
        let (lat, lon) = PLACES[place];
        let rows = sea(seed, lat, lon, [600.0, 3000.0, 20_000.0, 200_000.0][spread]);
        let parameters = any_parameters(seed);
        prop_assert_eq!(table(&rows, &parameters), table(&with_doubles(rows.clone(), seed), &parameters));
        let positions: Positions = with_doubles(rows, seed).into_iter().collect();
        let batch = events(&encounters(&positions, &parameters), &positions);
        assert_equal(&stream(&positions, &parameters, ends), &batch);
    }

    #[test]
    fn tiles_find_every_candidate_once(seed: u64, place in 0..PLACES.len(), spread in 0..4usize, height in 0.1..8.0f64) {
        let (lat, lon) = PLACES[place];
        let rows = sea(seed, lat, lon, [600.0, 3000.0, 20_000.0, 200_000.0][spread]);
        let parameters = any_parameters(seed);
        let positions: Positions = rows.iter().copied().collect();
        let by_vessel = positions.by_vessel();
        let tracks: Vec<(u32, &[u32])> = by_vessel.iter().collect();
        let motions = Motions::new(&positions, tracks.iter().copied(), &parameters);
        let tiling = Tiling::new(height);
        let all = motions.candidates(None);
        let touched = tiling.touched(&motions);
        let mut tiles: Vec<_> = touched.iter().map(|(tile, _)| *tile).collect();
        tiles.dedup();
        let key = |numbers: [u32; 2], slice: i64| (numbers, slice);
        let mut expected: Vec<_> =
            all.iter().map(|one| key(one.tracks.map(|t| tracks[t as usize].0), one.slice)).collect();
        expected.sort_unstable();
        let (mut owned, mut by_workers) = (Vec::new(), Vec::new());
        for tile in tiles {
            owned.extend(motions.candidates(Some((&tiling, tile))));
            // A worker that has the rows of the vessels that touch its tile and no others.
            let here: Vec<(u32, &[u32])> = touched
                .iter()
                .filter(|(touched, _)| *touched == tile)
                .map(|(_, track)| tracks[*track as usize])
                .collect();
            let worker = Motions::sliced(&positions, here.iter().copied(), &parameters, motions.slice_us());
            for slice in worker.slices() {
                for one in worker.candidates_of_slice(slice, Some((&tiling, tile))) {
                    by_workers.push(key(one.tracks.map(|t| here[t as usize].0), one.slice));
                }
            }
        }
        by_workers.sort_unstable();
        prop_assert_eq!(&by_workers, &expected);
        prop_assert_eq!(motions.settle(owned), motions.settle(all));
    }

    #[test]
    fn shuffled_doubled_moved_and_renamed_input_gives_the_same(
        seed: u64, place in 0..PLACES.len(), order: u64, shift in -1_000_000_000_000_000..1_000_000_000_000_000i64,
        east in -180.0..180.0f64, offset in 1..500_000u32,
    ) {
        let (lat, lon) = PLACES[place];
        let rows = sea(seed, lat, lon, 3000.0);
        let parameters = any_parameters(seed);
        let here = table(&rows, &parameters);
        let mut dice = Dice(order);

        let mut shuffled: Vec<(u64, Row)> = rows.iter().map(|row| (dice.next(), *row)).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Row> = shuffled.into_iter().map(|(_, row)| row).collect();
        prop_assert_eq!(&here, &table(&shuffled, &parameters));

        let doubled: Vec<Row> =
            rows.iter().flat_map(|row| std::iter::repeat_n(*row, 1 + (dice.next() % 3) as usize)).collect();
        prop_assert_eq!(&here, &table(&doubled, &parameters));

        let renamed: Vec<Row> = rows.iter().map(|row| Row { mmsi: row.mmsi + offset, ..*row }).collect();
        let mut there = table(&renamed, &parameters);
        for row in &mut there {
            (row.vessel_1, row.vessel_2) = (row.vessel_1 - offset, row.vessel_2 - offset);
        }
        prop_assert_eq!(&here, &there);

        let later: Vec<Row> = rows.iter().map(|row| Row { micros: row.micros + shift, ..*row }).collect();
        let mut then = table(&later, &parameters);
        for row in &mut then {
            row.start = row.start - Duration::from_micros(shift);
            row.end = row.end - Duration::from_micros(shift);
        }
        prop_assert_eq!(&here, &then);

        let mirrored: Vec<Row> = rows.iter().map(|row| Row { lat: -row.lat, ..*row }).collect();
        let mut south = table(&mirrored, &parameters);
        for row in &mut south {
            (row.mean_lat, row.start_lat, row.end_lat) = (-row.mean_lat, -row.start_lat, -row.end_lat);
        }
        assert_near(&here, &south);

        // Longer stretches only: rounding in the longitudes decides about touches.
        let longer = EncounterParameters { min_duration: parameters.min_duration.max(Duration::from_secs(1)), ..parameters };
        let turned: Vec<Row> = rows.iter().map(|row| Row { lon: wrap_longitude(row.lon + east), ..*row }).collect();
        let mut away = table(&turned, &longer);
        for row in &mut away {
            for lon in [&mut row.mean_lon, &mut row.start_lon, &mut row.end_lon] {
                *lon = wrap_longitude(*lon - east);
            }
        }
        assert_near(&table(&rows, &longer), &away);
    }
}

#[test]
fn extreme_values_are_taken() {
    let far = |mmsi, micros, lat, lon| Row { micros, ..row(mmsi, 0.0, lat, lon) };
    let mut rows = Vec::new();
    for (mmsi, shift) in [(1, 0), (2, 7), (3, 1_000_000)] {
        for micros in [i64::MIN + 1, -1, 0, 1, i64::MAX - 2_000_000] {
            rows.push(far(mmsi, micros + shift, 90.0, 180.0));
            rows.push(far(mmsi, micros + shift + 5, -90.0, -180.0));
            rows.push(far(mmsi, micros + shift + 9, 0.0, 0.0));
        }
    }
    let positions: Positions = rows.into_iter().collect();
    for silence in [0, 3600, i64::MAX / 2_000_000] {
        for metres in [0.0, 500.0, 1e9] {
            let parameters =
                EncounterParameters { max_silence: Duration::from_secs(silence), ..parameters(metres, 0) };
            for one in encounters(&positions, &parameters) {
                assert!(one.meeting.start <= one.meeting.end);
            }
        }
    }
    assert!(encounters(&Positions::default(), &EncounterParameters::default()).is_empty());
}
