//! What must not change the gaps of stored positions: the order of rows, doubled rows, date, longitude, hemisphere and
//! number; and that they are the gaps that the picture ends with, with the same numbers of reception.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a failed step is a failed test"
)]

mod shared;

use std::collections::BTreeMap;

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Duration, Instant};
use bitacora_sea::behaviour::gap::{Silence, exact, gfw};
use bitacora_sea::behaviour::reception::{HeardNearby, batch};
use bitacora_sea::tracks::positions::{Positions, Row};
use bitacora_sea::{Kind, Parameters};
use proptest::prelude::*;
use shared::{contact, final_events, run};

fn parameters() -> Parameters {
    let mut parameters = Parameters::default();
    parameters.gap.min_duration = Duration::from_mins(40);
    // So that vessels are forgotten, too.
    parameters.max_idle = Duration::from_hours(6);
    parameters.gap.reception.min_observations = 5.0;
    parameters
}

/// Up to six numbers in 40 hours, at one of four places each: some hours of one, then of another, outliers, two ships
/// under one number, rows of equal time.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let leg = (
        0..6_u32,
        0..40 * 60_i64,
        1..60_usize,
        1..20_i64,
        prop::sample::select(vec![0_u8, 0, 0, 0, 1, 2, 3]),
    );
    let places = [(10.03, -75.02), (10.06, -75.03), (12.5, -71.0), (-10.0, 179.99)];
    prop::collection::vec(leg, 1..14).prop_map(move |legs| {
        let mut rows = Vec::new();
        for (vessel, start, fixes, every, place) in legs {
            let (lat, lon) = places[usize::from(place)];
            for fix in 0..fixes {
                let minute = start + fix as i64 * every;
                let drift = minute as f64 * 1e-4;
                rows.push(Row {
                    mmsi: 200_000_000 + vessel,
                    micros: 1_772_000_000_000_000 + minute * 60_000_000,
                    lat: lat + drift,
                    lon: wrap_longitude(lon + drift),
                    sog_kn: (vessel != 2).then_some(4.0 * vessel as f32),
                    cog_deg: None,
                    message_type: 1,
                });
            }
        }
        rows.sort_by_key(|row| (row.micros, row.mmsi));
        rows
    })
}

/// As [`rows`], one row to a number and time: their order among equals then means nothing.
fn distinct() -> impl Strategy<Value = Vec<Row>> {
    rows().prop_map(|mut rows| {
        rows.dedup_by_key(|row| (row.micros, row.mmsi));
        rows
    })
}

fn all(rows: &[Row]) -> Positions {
    rows.iter().copied().collect()
}

type Ends = (u32, i64, Option<i64>, f64, f64);

/// What does not depend on the numbers of the rows.
fn ends(found: &[Silence]) -> Vec<Ends> {
    found
        .iter()
        .map(|gap| {
            let place = gap.off.position.unwrap();
            (gap.mmsi, gap.off.micros, gap.on.map(|on| on.micros), place.lat(), place.lon())
        })
        .collect()
}

fn both(rows: &[Row]) -> (Vec<Ends>, Vec<Ends>) {
    let positions = all(rows);
    let threshold = parameters().gap.min_duration;
    let theirs: Vec<Silence> =
        gfw::detect(&positions, &gfw::Parameters { threshold, today: Some(200_000), ..Default::default() })
            .into_iter()
            .map(|gap| gap.silence)
            .collect();
    (ends(&exact::detect(&positions, &parameters(), None)), ends(&theirs))
}

fn mixed(rows: &[Row], seed: u64) -> Vec<Row> {
    let mut rows = rows.to_vec();
    let mut state = seed;
    for at in (1..rows.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        rows.swap(at, ((state >> 33) as usize) % (at + 1));
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_260_301),
        ..ProptestConfig::default()
    })]

    #[test]
    fn stored_positions_give_what_the_picture_ends_with(rows in rows()) {
        let contacts = rows.iter().enumerate().map(|(line, row)| {
            let mut one =
                contact(row.mmsi, Instant::from_micros(row.micros), row.lat, row.lon, line as u64);
            one.sog_kn = row.sog_kn;
            one
        });
        let mut live: Vec<_> = final_events(&run(&parameters(), contacts))
            .into_iter()
            .filter(|event| event.kind == Kind::Gap)
            .map(|event| {
                let number = |name: &str| event.numbers.get(name).copied().map(f64::to_bits);
                (
                    event.mmsi.number(),
                    event.start.micros(),
                    event.evidence[0].evidence.line,
                    event.end.map(Instant::micros),
                    ["others_heard", "others_silent", "distance_m", "p_reception", "expected_interval_s",
                        "reception_observations"].map(number),
                )
            })
            .collect();
        live.sort_unstable();
        let positions = all(&rows);
        let mut nearby = HeardNearby::new(&parameters().gap);
        let judged = batch::judge(&positions, &parameters(), None, &mut nearby);
        let stored: Vec<_> = judged
            .iter()
            .map(|one| {
                let said = one.ended.unwrap_or(one.noticed);
                let explained = said.explained;
                (
                    one.silence.mmsi,
                    one.silence.off.micros,
                    u64::from(one.silence.off.row),
                    one.silence.on.map(|on| on.micros),
                    [
                        Some(f64::from(said.heard)),
                        Some(f64::from(said.silent)),
                        one.silence.distance_m,
                        explained.map(|explained| explained.p_reception),
                        explained.map(|explained| explained.expected_interval_s),
                        explained.map(|explained| explained.observations),
                    ]
                    .map(|number| number.map(f64::to_bits)),
                )
            })
            .collect();
        prop_assert_eq!(&live, &stored);
        for one in &judged {
            for said in [Some(one.noticed), one.ended].into_iter().flatten().filter_map(|one| one.explained) {
                prop_assert!((0.0..=1.0).contains(&said.p_reception), "{:?}", said);
                prop_assert!(said.expected_interval_s > 0.0 && said.expected_interval_s.is_finite());
            }
        }
        prop_assert_eq!(judged.iter().map(|one| one.silence).collect::<Vec<_>>(),
            exact::detect(&positions, &parameters(), None));
    }

    #[test]
    fn any_order_of_rows_gives_the_same_gaps(rows in distinct(), seed: u64) {
        prop_assert_eq!(both(&rows), both(&mixed(&rows, seed)));
    }

    #[test]
    fn doubled_rows_change_no_gap(rows in distinct(), every in 1..5_usize, seed: u64) {
        let mut doubled = rows.clone();
        doubled.extend(rows.iter().step_by(every));
        prop_assert_eq!(both(&rows), both(&mixed(&doubled, seed)));
    }

    #[test]
    fn another_date_gives_the_same_gaps_then(rows in distinct(), shift in -9_000_000_000_000_000..1_000_000_000_000_000_i64) {
        let moved: Vec<Row> = rows.iter().map(|row| Row { micros: row.micros + shift, ..*row }).collect();
        let back = |(mmsi, off, on, lat, lon): Ends| (mmsi, off - shift, on.map(|on| on - shift), lat, lon);
        let (here, there) = (both(&rows), both(&moved));
        prop_assert_eq!(here.0, there.0.into_iter().map(back).collect::<Vec<_>>());
        prop_assert_eq!(here.1, there.1.into_iter().map(back).collect::<Vec<_>>());
    }

    #[test]
    fn another_longitude_or_hemisphere_gives_the_same_gaps_there(rows in distinct(), quarters in -720..720_i32) {
        // Quarters of a degree: the sum is then nearly exact, and a track is not lost to the last bit.
        let east = f64::from(quarters) / 4.0;
        let moved: Vec<Row> = rows
            .iter()
            .map(|row| Row { lat: -row.lat, lon: wrap_longitude(row.lon + east), ..*row })
            .collect();
        let times = |ends: Vec<Ends>| ends.into_iter().map(|(mmsi, off, on, ..)| (mmsi, off, on)).collect::<Vec<_>>();
        let (here, there) = (both(&rows), both(&moved));
        prop_assert_eq!(times(here.0), times(there.0));
        prop_assert_eq!(times(here.1), times(there.1));
    }

    #[test]
    fn other_numbers_give_the_same_gaps_under_them(rows in distinct(), offset in 1..500_000_000_u32) {
        let named: Vec<Row> = rows.iter().map(|row| Row { mmsi: row.mmsi + offset, ..*row }).collect();
        let back = |(mmsi, off, on, lat, lon): Ends| (mmsi - offset, off, on, lat, lon);
        let (here, there) = (both(&rows), both(&named));
        prop_assert_eq!(here.0, there.0.into_iter().map(back).collect::<Vec<_>>());
        prop_assert_eq!(here.1, there.1.into_iter().map(back).collect::<Vec<_>>());
    }

    #[test]
    fn by_number_it_is_the_plain_comparison_of_neighbours(rows in rows(), minutes in 0..120_i64, before in 0..2_000_i64) {
        let positions = all(&rows);
        let parameters = gfw::Parameters {
            threshold: Duration::from_mins(minutes),
            before: Duration::from_mins(before),
            today: None,
        };
        let mut by_number: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
        for row in &rows {
            by_number.entry(row.mmsi).or_default().push(row.micros);
        }
        let mut expected = Vec::new();
        for (mmsi, times) in &by_number {
            let last = times[times.len() - 1];
            let newest = rows.iter().map(|row| row.micros).max().unwrap();
            let midnight = (newest.div_euclid(86_400_000_000) + 1) * 86_400_000_000;
            let count = |off: i64| {
                1 + times.iter().filter(|at| **at < off && **at >= off - before * 60_000_000).count() as u32
            };
            for pair in times.windows(2) {
                if pair[1] - pair[0] > minutes * 60_000_000 {
                    expected.push((*mmsi, pair[0], Some(pair[1]), count(pair[0])));
                }
            }
            if midnight - last > minutes * 60_000_000 {
                expected.push((*mmsi, last, None, count(last)));
            }
        }
        let found: Vec<_> = gfw::detect(&positions, &parameters)
            .iter()
            .map(|gap| (gap.silence.mmsi, gap.silence.off.micros, gap.silence.on.map(|on| on.micros), gap.messages_before))
            .collect();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn times_and_places_at_the_ends_of_their_range_are_taken() {
    let row =
        |mmsi, micros, lat, lon| Row { mmsi, micros, lat, lon, sog_kn: None, cog_deg: None, message_type: 1 };
    let rows = [
        row(u32::MAX, i64::MIN, 90.0, 180.0),
        row(u32::MAX, i64::MAX, -90.0, -180.0),
        row(0, 0, 90.0, 0.0),
        row(0, 30_000_000_000, 90.0, 180.0),
        row(0, 30_000_000_000, 90.0, 180.0),
        row(1, 5, f64::NAN, 0.0),
        row(1, 6, 91.0, 181.0),
    ];
    let parameters = Parameters::default();
    for rows in [all(&rows), all(&mixed(&rows, 7)), Positions::default()] {
        let found = exact::detect(&rows, &parameters, None);
        let theirs = gfw::detect(&rows, &gfw::Parameters::default());
        let judged = batch::judge(&rows, &parameters, None, &mut HeardNearby::new(&parameters.gap));
        assert_eq!(judged.len(), found.len());
        if !rows.is_empty() {
            // From pole to pole in any time there is no one track; over the pole there is.
            assert!(
                found.iter().any(|gap| gap.mmsi == 0 && gap.distance_m.is_some_and(|metres| metres < 1.0))
            );
            assert!(theirs.iter().any(|gap| gap.silence.mmsi == u32::MAX && !gap.silence.open()));
        }
    }
}
