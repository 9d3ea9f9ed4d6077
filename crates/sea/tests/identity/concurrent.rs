//! One number in two hands.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_primitives::geodesy::{haversine, wrap_longitude};
use bitacora_primitives::{Duration, Instant, Position};
use bitacora_sea::behaviour::parameters::MotionParameters;
use bitacora_sea::tracks::identity::Reason;
use bitacora_sea::tracks::identity::concurrent::{Users, concurrent};
use bitacora_sea::tracks::positions::{Positions, Row};
use bitacora_sea::tracks::segments::{self, compatible};
use bitacora_sea::{Event, Kind, Parameters};
use proptest::prelude::*;

use crate::shared;
use crate::shared::laws::{Reached, moved, runner, shuffled};
use crate::traffic::{MAX_IDLE, fix, real_rows, row};

#[test]
fn every_number_in_two_distant_hands_is_found_and_no_other() {
    let Some(rows) = real_rows() else { return };
    let positions: Positions = rows.iter().copied().collect();
    let found = concurrent(&positions, &MotionParameters::default(), MAX_IDLE);
    assert!(found.iter().all(|one| one.reason == Reason::AlternatingTracks && one.end >= one.start));
    let numbers: BTreeSet<u32> = found.iter().map(|one| one.mmsi).collect();
    // The view of the compatible mode, which agrees with the peer's own segments: how often the number changes
    // between segments more than 50 km apart, faster than 80 kn.
    let segments = segments::compatible(&positions, &compatible::Parameters::default());
    let mut shared_numbers = BTreeSet::new();
    for (mmsi, rows) in positions.by_vessel().iter() {
        let placed: Vec<usize> =
            rows.iter().map(|row| *row as usize).filter(|row| segments.of(*row).is_some()).collect();
        let mut changes = 0;
        for pair in placed.windows(2) {
            let place = |row: usize| Position::new(positions.lat()[row], positions.lon()[row]).unwrap();
            let metres = haversine(place(pair[0]), place(pair[1])).value();
            let seconds = (positions.micros()[pair[1]] - positions.micros()[pair[0]]) as f64 / 1e6;
            let other = segments.of(pair[0]) != segments.of(pair[1]);
            changes += u32::from(other && metres > 50_000.0 && metres / seconds.max(1.0) > 41.2);
        }
        println!("{mmsi}: {changes} changes, found {}", numbers.contains(&mmsi));
        if changes >= 2 {
            shared_numbers.insert(mmsi);
        }
    }
    println!("{} of 56 numbers: {numbers:?}; {} rows", numbers.len(), found.len());
    assert_eq!(numbers, shared_numbers);
}

#[test]
fn the_batch_finds_the_conflicts_of_the_picture() {
    let Some(rows) = real_rows() else { return };
    let positions: Positions = rows.iter().copied().collect();
    let mut contacts: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(line, row)| {
            let time = Instant::from_micros(row.micros);
            let mut one = shared::contact(row.mmsi, time, row.lat, row.lon, line as u64);
            (one.sog_kn, one.cog_deg) = (row.sog_kn, row.cog_deg);
            one
        })
        .collect();
    contacts.sort_by_key(|c| (c.observed, c.mmsi, c.evidence));
    let out = shared::run(&Parameters::default(), contacts);
    let mut theirs: Vec<(u32, Instant, Instant)> = shared::final_events(&out)
        .iter()
        .filter(|event| event.kind == Kind::IdentityConflict)
        .map(|event| (event.mmsi.number(), event.start, event.end.unwrap()))
        .collect();
    theirs.sort_unstable();
    let ours: Vec<(u32, Instant, Instant)> = concurrent(&positions, &MotionParameters::default(), MAX_IDLE)
        .iter()
        .map(|one| (one.mmsi, one.start, one.end))
        .collect();
    assert_eq!(ours, theirs);
}

/// Two ships with one number, heard in turn as it happens, and a third ship with another.
fn two_hands(heard: &[(u32, u32)]) -> Vec<Row> {
    let mut second = 0.0;
    heard
        .iter()
        .map(|(ship, wait)| {
            second += f64::from(*wait);
            let (mmsi, lat, lon) =
                [(SHARED, 9.0, 179.9), (SHARED, 24.0, -150.0), (352_000_007, 1.0, 0.0)][*ship as usize];
            row(mmsi, second, lat + second * 1e-6, wrap_longitude(lon + second * 2e-6), 5.0, 45.0)
        })
        .collect()
}

const SHARED: u32 = 352_000_001;

fn found(rows: &[Row], days: i64, add: u32) -> Vec<String> {
    let shift = Duration::from_hours(24 * days);
    concurrent(&rows.iter().copied().collect(), &MotionParameters::default(), MAX_IDLE)
        .iter()
        .map(|one| {
            let metres = one.distance_m.round();
            format!("{} {} {} {metres} {:?}", one.mmsi - add, one.start - shift, one.end - shift, one.reason)
        })
        .collect()
}

/// One [`Users`] a number, as a live node has them, carried over `cut`, where the output is taken away.
fn streamed(rows: &[Row], cut: usize) -> Vec<Event> {
    let mut users: BTreeMap<u32, Users> = BTreeMap::new();
    let (mut before, mut out) = (Vec::new(), Vec::new());
    for (line, row) in rows.iter().enumerate() {
        if line == cut {
            users = users.clone();
            before = std::mem::take(&mut out);
        }
        let motion = MotionParameters::default();
        let own = users.entry(row.mmsi).or_insert_with(|| Users::new(&motion, MAX_IDLE));
        own.observe(&fix(row, line), &mut out);
    }
    users.values_mut().for_each(|own| own.end(&mut out));
    before.extend(out);
    before
}

/// The conflicts as they stand at the end; revisions count up, and the last one says when it ended.
fn standing(events: &[Event]) -> Vec<String> {
    let mut last: BTreeMap<_, &Event> = BTreeMap::new();
    for event in events.iter().filter(|event| event.kind == Kind::IdentityConflict) {
        assert_eq!(event.revision, last.get(&event.id).map_or(0, |known| known.revision + 1), "{event:?}");
        last.insert(event.id, event);
    }
    let mut all: Vec<&Event> = last.into_values().collect();
    all.sort_by_key(|event| (event.mmsi, event.start, event.end));
    all.iter()
        .map(|event| {
            let (metres, reason) = (event.numbers["distance_m"].round(), Reason::AlternatingTracks);
            format!("{} {} {} {metres} {reason:?}", event.mmsi, event.start, event.end.unwrap())
        })
        .collect()
}

#[test]
fn what_must_not_change_numbers_in_two_hands_does_not() {
    let reached = Reached::default();
    let heard = prop::collection::vec((0_u32..3, 60_u32..9_000), 2..60);
    let strategy = (heard, -4_000_i64..4_000, 0_u32..36, 0_u32..1_000, any::<u64>(), 0_usize..60);
    let law = |(heard, days, turn, add, seed, cut): (Vec<(u32, u32)>, i64, u32, u32, u64, usize)| {
        let rows = two_hands(&heard);
        let cut = cut % rows.len();
        let plain = found(&rows, 0, 0);
        prop_assert_eq!(&plain, &found(&moved(&rows, days, turn, |mmsi| mmsi + add), days, add));
        let doubled: Vec<Row> = rows.iter().flat_map(|row| [*row, *row]).collect();
        prop_assert_eq!(&plain, &found(&shuffled(&doubled, seed), 0, 0));
        prop_assert!(plain.iter().all(|one| one.starts_with(&SHARED.to_string())));
        let whole = streamed(&rows, usize::MAX);
        prop_assert_eq!(&whole, &streamed(&rows, cut));
        prop_assert_eq!(&plain, &standing(&whole));
        reached.case();
        reached.note("a conflict", !plain.is_empty());
        reached.note("one of several revisions", whole.iter().any(|event| event.revision > 1));
        reached.note(
            "a cut within one",
            whole.iter().any(|event| {
                event.kind == Kind::IdentityConflict
                    && event.start.micros() < rows[cut].micros
                    && event.end.is_some_and(|end| end.micros() > rows[cut].micros)
            }),
        );
        Ok(())
    };
    runner(200).run(&strategy, law).unwrap();
    reached.at_least(0.05);
}
