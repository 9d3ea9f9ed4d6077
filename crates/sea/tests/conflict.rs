//! Identity conflicts on 88,883 real messages of 56 hard numbers, against the segments of another program.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a failed step is a failed test; tests read files"
)]

mod shared;

use std::collections::{BTreeMap, BTreeSet};

use bitacora_primitives::geodesy::haversine;
use bitacora_primitives::{Instant, Position};
use bitacora_sea::{Kind, Output, Parameters};

#[test]
fn numbers_in_use_by_two_distant_ships_are_found() {
    let Some(messages) = shared::text("segments/regression_messages.csv.gz") else { return };
    let mut reader = csv::Reader::from_reader(messages.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (mmsi, time, lat, lon) = (column("ssvid"), column("timestamp"), column("lat"), column("lon"));
    let expected = column("expected");
    let mut contacts = Vec::new();
    let mut judged: BTreeMap<u32, Vec<(Instant, Position, String)>> = BTreeMap::new();
    for (line, row) in reader.records().enumerate() {
        let row = row.unwrap();
        let (Ok(lat), Ok(lon)) = (row[lat].parse::<f64>(), row[lon].parse::<f64>()) else { continue };
        let Ok(position) = Position::new(lat, lon) else { continue };
        let contact = shared::contact(
            row[mmsi].parse().unwrap(),
            Instant::parse(&row[time]).unwrap(),
            lat,
            lon,
            line as u64 + 2,
        );
        contacts.push(contact);
        if !row[expected].is_empty() {
            let number = contact.mmsi.number();
            judged.entry(number).or_default().push((contact.observed, position, row[expected].to_owned()));
        }
    }
    contacts.sort_by_key(|c| (c.observed, c.mmsi, c.evidence));
    let out = shared::run(&Parameters::default(), contacts.iter().copied());
    let tracked = out.iter().filter(|o| matches!(o, Output::Tracked { .. })).count();
    assert_eq!(tracked, contacts.len(), "no fix is lost");
    let found: BTreeSet<u32> = shared::final_events(&out)
        .iter()
        .filter(|event| event.kind == Kind::IdentityConflict)
        .map(|event| event.mmsi.number())
        .collect();
    // The other program's view: how often the number changes from one of its segments to another and back, more
    // than 50 km and faster than 80 kn.
    let mut shared_numbers = BTreeMap::new();
    for (number, fixes) in &mut judged {
        fixes.sort_by_key(|(t, _, _)| *t);
        let mut changes = 0;
        for pair in fixes.windows(2) {
            let metres = haversine(pair[0].1, pair[1].1).value();
            let seconds = (pair[1].0 - pair[0].0).secs_f64().max(1.0);
            if pair[0].2 != pair[1].2 && metres > 50_000.0 && metres / seconds > 41.2 {
                changes += 1;
            }
        }
        shared_numbers.insert(*number, changes);
    }
    println!("{} numbers judged, conflicts in {found:?}", shared_numbers.len());
    for (number, changes) in &shared_numbers {
        assert_eq!(*changes >= 3, found.contains(number), "{number}: {changes} changes");
    }
    assert_eq!(shared_numbers.values().filter(|changes| **changes >= 3).count(), 5);
}
