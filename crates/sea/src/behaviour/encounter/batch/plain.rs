//! Every pair and every step, with no box of any kind: what the search must find, to the last bit.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test reads a file and fails loudly"
)]

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Duration, Instant};
use proptest::prelude::*;

use super::slices::Motions;
use super::{Encounter, encounters};
use crate::behaviour::encounter::motion::Node;
use crate::behaviour::encounter::run::Run;
use crate::behaviour::encounter::step::Walk;
use crate::behaviour::parameters::EncounterParameters;
use crate::tracks::positions::{Positions, Row};

fn plain(positions: &Positions, parameters: &EncounterParameters) -> Vec<Encounter> {
    let motions = Motions::new(positions, positions.by_vessel().iter(), parameters);
    let mut found = Vec::new();
    for (a, first) in motions.courses.iter().enumerate() {
        for (b, second) in motions.courses.iter().enumerate().skip(a + 1) {
            let legs = [motions.legs(first).unwrap(), motions.legs(second).unwrap()];
            for (begun, until) in together(legs.map(|legs| legs.nodes), motions.limits.max_distance_m) {
                let nodes = legs.map(|legs| legs.nodes);
                let step = Walk::new(nodes, begun).step().unwrap().unwrap();
                let together = step.within(motions.limits.max_distance_m).unwrap();
                let mut run = Run::new(&step, &together, motions.limits);
                run.until = until;
                if run.lasted_us() >= motions.limits.min_us {
                    run.each_step(Walk::after(nodes, run.counted()));
                    let (tracks, vessels) = ([a as u32, b as u32], [first.mmsi, second.mmsi]);
                    found.push(Encounter { tracks, vessels, meeting: run.meeting(legs) });
                }
            }
        }
    }
    found
}

/// The legs on which each stretch begins, and when it ends.
fn together(nodes: [&[Node<u32>]; 2], limit_m: f64) -> Vec<([usize; 2], i64)> {
    let mut stretches = Vec::new();
    let mut walk = Walk::new(nodes, [1, 1]);
    let mut going = false;
    loop {
        let begun = walk.index;
        let Some(step) = walk.step() else { return stretches };
        let part = step.ok().and_then(|step| Some((step, step.within(limit_m)?)));
        let goes_on = going && part.is_some_and(|(_, part)| part.from_start);
        going = part.is_some_and(|(_, part)| part.to_end);
        let Some((step, part)) = part else { continue };
        if !goes_on {
            stretches.push((begun, 0));
        }
        stretches.last_mut().unwrap().1 = step.at(part.leave);
    }
}

/// Vessels at their berths with the noise of their receivers, a few that shift berth or pass by; silences, two reports
/// of one moment, and places that repeat to the last digit.
fn harbour(seed: u64, lat: f64, lon: f64) -> Positions {
    let mut state = seed;
    let mut unit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let of = |unit: f64, choices: &[f64]| choices[(unit * choices.len() as f64) as usize];
    let metre = 1.0 / 111_195.0;
    let cos = lat.to_radians().cos().max(1e-3);
    let mut rows = Vec::new();
    for mmsi in 200_000_000..200_000_002 + (7.0 * unit()) as u32 {
        let noise = of(unit(), &[0.0, 2.0, 2.0, 20.0]);
        let every = of(unit(), &[2.0, 10.0, 10.0, 60.0, 180.0, 900.0]);
        let knots = of(unit(), &[0.0, 0.0, 0.0, 0.0, 0.3, 8.0]);
        let (mut north, mut east) = (700.0 * (unit() - 0.5), 700.0 * (unit() - 0.5));
        let (mut t, mut shown) = (3000.0 * unit(), (0.0, 0.0));
        while t < 12_000.0 {
            if unit() < 0.004 {
                (north, east) = (900.0 * (unit() - 0.5), 900.0 * (unit() - 0.5));
            }
            if unit() < 0.7 {
                shown = (north + noise * (unit() - 0.5), east + noise * (unit() - 0.5));
            }
            let place =
                ((lat + shown.0 * metre).clamp(-90.0, 90.0), wrap_longitude(lon + shown.1 * metre / cos));
            let row = |lat, lon, t: f64| Row {
                mmsi,
                micros: (t * 1e6) as i64,
                lat,
                lon,
                sog_kn: None,
                cog_deg: None,
                message_type: 1,
            };
            rows.push(row(place.0, place.1, t));
            if unit() < 0.03 {
                rows.push(row(lat, lon, t));
            }
            let step = if unit() < 0.002 { 4000.0 } else { every * (0.3 + unit()) };
            north += step * knots * 0.5144;
            if north.abs() > 2000.0 {
                north = -north;
            }
            t += step;
        }
    }
    rows.sort_by_key(|row| (row.micros, row.mmsi));
    rows.into_iter().collect()
}

fn assert_equal(positions: &Positions, parameters: &EncounterParameters) -> usize {
    let (expected, found) = (plain(positions, parameters), encounters(positions, parameters));
    for (expected, found) in expected.iter().zip(&found) {
        assert_eq!(expected, found);
    }
    assert_eq!(expected.len(), found.len());
    found.len()
}

fn parameters(max_distance_m: f64, minutes: i64, silence_s: i64) -> EncounterParameters {
    EncounterParameters {
        max_distance_m,
        min_duration: Duration::from_mins(minutes),
        max_silence: Duration::from_secs(silence_s),
        ..Default::default()
    }
}

#[test]
fn harbours_hold_encounters_at_every_place() {
    for (lat, lon) in PLACES {
        let found: usize =
            (0..20).map(|seed| assert_equal(&harbour(seed, lat, lon), &parameters(500.0, 30, 3600))).sum();
        assert!(found >= 20, "{lat} {lon}: {found}");
    }
}

const PLACES: [(f64, f64); 7] = [
    (50.8, -1.2),
    (0.0, 0.0),
    (10.0, 179.9995),
    (-33.0, -180.0),
    (78.0, 15.0),
    (-89.0, 60.0),
    (89.999, 179.99),
];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_122),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_search_finds_what_every_step_of_every_pair_gives(
        seed: u64, place in 0..PLACES.len(), metres in 0..6_usize, minutes in 0..3_usize, silence in 0..3_usize,
    ) {
        let (lat, lon) = PLACES[place];
        let metres = [5.0, 60.0, 300.0, 500.0, 500.0, 2000.0][metres];
        assert_equal(&harbour(seed, lat, lon), &parameters(metres, [0, 5, 30][minutes], [60, 3600, 3600][silence]));
    }
}

#[test]
fn solent_is_what_every_step_of_every_pair_gives() {
    let Some(text) = bitacora_given::text("ais/decoded/solent-2016-01-12.csv") else { return };
    let rows = text.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        Row {
            mmsi: fields[1].parse().unwrap(),
            micros: Instant::parse(fields[0]).unwrap().micros(),
            lat: fields[2].parse().unwrap(),
            lon: fields[3].parse().unwrap(),
            sog_kn: None,
            cog_deg: None,
            message_type: 1,
        }
    });
    let positions: Positions = rows.collect();
    for (metres, minutes, silence_s) in
        [(500.0, 30, 3600), (500.0, 0, 3600), (50.0, 5, 60), (3000.0, 30, 3600)]
    {
        assert!(assert_equal(&positions, &parameters(metres, minutes, silence_s)) > 0);
    }
}
