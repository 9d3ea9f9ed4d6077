//! Encounters against a brute force of 1 s steps that nobody here wrote with this code, and against the peers'
//! known defects.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a failed step is a failed test; tests read files"
)]

mod shared;

use std::collections::BTreeMap;

use bitacora_primitives::{Duration, Instant, TrackId};
use bitacora_sea::Event;
use bitacora_sea::behaviour::encounter::Encounters;
use bitacora_sea::behaviour::parameters::EncounterParameters;
use bitacora_sea::contacts::Contact;
use bitacora_sea::tracks::Fix;

/// The detector alone: one track a MMSI, no matter how impossible.
fn encounters(parameters: &EncounterParameters, contacts: &[Contact]) -> Vec<Event> {
    let mut sorted = contacts.to_vec();
    sorted.sort_by_key(|c| (c.observed, c.mmsi, c.evidence));
    let mut detector = Encounters::new(parameters);
    let mut slots: BTreeMap<u32, (u32, Instant)> = BTreeMap::new();
    let mut out = Vec::new();
    for contact in &sorted {
        let number = contact.mmsi.number();
        let track = TrackId::of(&[&number.to_be_bytes()]);
        let entry =
            slots.entry(number).or_insert_with(|| (detector.begin(contact.mmsi, track), contact.observed));
        if contact.observed - entry.1 > parameters.max_silence {
            detector.end(entry.0, &mut out);
            entry.0 = detector.begin(contact.mmsi, track);
        }
        entry.1 = contact.observed;
        detector.observe(entry.0, &Fix::of(contact), &mut out);
    }
    detector.finish(&mut out);
    let mut last: BTreeMap<_, Event> = BTreeMap::new();
    for event in out {
        last.insert(event.id, event);
    }
    last.into_values().collect()
}

struct Interval {
    pair: (u32, u32),
    enter: f64,
    leave: f64,
    min_distance_m: f64,
}

fn brute_force() -> Option<Vec<Interval>> {
    let text = shared::text("encounters/solent_bruteforce_1s_intervals.csv")?;
    Some(
        csv::Reader::from_reader(text.as_bytes())
            .records()
            .map(|row| {
                let row = row.unwrap();
                Interval {
                    pair: (row[0].parse().unwrap(), row[1].parse().unwrap()),
                    enter: Instant::parse(&row[2]).unwrap().secs_f64(),
                    leave: Instant::parse(&row[3]).unwrap().secs_f64(),
                    min_distance_m: row[5].parse().unwrap(),
                }
            })
            .collect(),
    )
}

#[test]
fn solent_equals_the_brute_force_within_a_second() {
    let (Some(contacts), Some(truth)) = (shared::solent(), brute_force()) else { return };
    let parameters = EncounterParameters { min_duration: Duration::from_secs(0), ..Default::default() };
    let found = encounters(&parameters, &contacts);
    let mut by_pair: BTreeMap<(u32, u32), Vec<Interval>> = BTreeMap::new();
    let mut sorted: Vec<&Event> = found.iter().collect();
    sorted.sort_by_key(|event| event.start);
    for event in sorted {
        let pair = (event.mmsi.number(), event.other.unwrap().number());
        let (enter, leave) = (event.start.secs_f64(), event.end.unwrap().secs_f64());
        let min_distance_m = event.numbers["min_distance_m"];
        let known = by_pair.entry(pair).or_default();
        // An excursion of less than a second may lie between two samples of the brute force, which then saw one
        // interval: both readings are kept.
        let joined = known.last().filter(|last| enter - last.leave < 1.0).map(|last| Interval {
            pair,
            enter: last.enter,
            leave,
            min_distance_m: min_distance_m.min(last.min_distance_m),
        });
        known.extend(joined);
        known.push(Interval { pair, enter, leave, min_distance_m });
    }
    let mut worst = 0.0f64;
    for interval in &truth {
        let best = by_pair
            .get(&interval.pair)
            .into_iter()
            .flatten()
            .map(|own| ((own.enter - interval.enter).abs().max((own.leave - interval.leave).abs()), own))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((off, own)) = best else { panic!("{:?} at {} not found", interval.pair, interval.enter) };
        assert!(off <= 1.0, "{:?} at {}: {off} s off", interval.pair, interval.enter);
        // The least distance lies at or between samples, never above them but for the table's rounding.
        assert!(own.min_distance_m <= interval.min_distance_m + 0.01, "{:?}", interval.pair);
        worst = worst.max(off);
    }
    let longer = found.iter().filter(|event| event.numbers["duration_h"] * 3600.0 >= 1.0).count();
    println!(
        "{} intervals, {} found, {longer} of at least 1 s, worst {worst:.3} s",
        truth.len(),
        found.len()
    );
    assert!(longer.abs_diff(truth.len()) <= 2, "found what the brute force did not");
    let pairs = |long: &dyn Fn(&Event) -> bool| {
        let mut pairs: Vec<_> =
            found.iter().filter(|e| long(e)).map(|e| (e.mmsi.number(), e.other.unwrap().number())).collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    };
    let mut want: Vec<_> = truth.iter().filter(|i| i.leave - i.enter >= 1800.0).map(|i| i.pair).collect();
    want.sort_unstable();
    want.dedup();
    assert_eq!(want.len(), 204);
    assert_eq!(pairs(&|e: &Event| e.numbers["duration_h"] >= 0.5), want);
}

/// Two vessels 330 m apart for `minutes` from `start_s` after 23:00, one fix every ten minutes, around longitude
/// `lon`; before and after they are 30 km apart.
fn meeting(start_s: f64, minutes: f64, lon: f64) -> Vec<Contact> {
    let mut contacts = Vec::new();
    let apart = 0.27;
    let near = 0.002_967_7; // 330 m of latitude
    let end_s = start_s + minutes * 60.0;
    // A fix just before and after stands for the approach: the boundary is sharp to a second.
    let mut line = 0;
    let mut times = vec![(start_s - 3000.0, apart), (start_s - 1.0, apart), (start_s, near)];
    let mut t = start_s + 600.0;
    while t < end_s {
        times.push((t, near));
        t += 600.0;
    }
    times.extend([(end_s, near), (end_s + 1.0, apart), (end_s + 3000.0, apart)]);
    for (t, offset) in times {
        let wrapped = bitacora_primitives::geodesy::wrap_longitude(lon + 0.000_1 * t / 600.0);
        contacts.push(shared::contact(352_000_001, shared::at(t), 10.0, wrapped, line));
        contacts.push(shared::contact(352_000_002, shared::at(t), 10.0 + offset, wrapped, line + 1));
        line += 2;
    }
    contacts
}

#[test]
fn d1_midnight_cuts_nothing() {
    for minutes in [120.0, 140.0, 160.0] {
        // From 22:10 to 23:50: across midnight each time.
        for start in (0..11).map(|step| f64::from(step) * 600.0 - 3000.0) {
            let parameters =
                EncounterParameters { min_duration: Duration::from_mins(120), ..Default::default() };
            let found = encounters(&parameters, &meeting(start, minutes, -75.0));
            assert_eq!(found.len(), 1, "{minutes} min from {start}");
            let hours = found[0].numbers["duration_h"];
            assert!((hours * 60.0 - minutes).abs() < 2.1 / 60.0, "{hours}");
            let median = found[0].numbers["median_distance_m"];
            assert!((median - 330.0).abs() < 8.0, "{median}");
            assert!((found[0].numbers["min_distance_m"] - 330.0).abs() < 0.1);
        }
    }
    let parameters = EncounterParameters { min_duration: Duration::from_mins(121), ..Default::default() };
    assert!(encounters(&parameters, &meeting(0.0, 120.0, -75.0)).is_empty());
}

#[test]
fn d3_the_antimeridian_is_no_border() {
    let here = encounters(&EncounterParameters::default(), &meeting(0.0, 90.0, -75.0));
    let there = encounters(&EncounterParameters::default(), &meeting(0.0, 90.0, 179.9995));
    assert_eq!((here.len(), there.len()), (1, 1));
    assert_eq!(here[0].id, there[0].id);
    for (name, value) in &here[0].numbers {
        if name != "mean_lon" {
            assert!((value - there[0].numbers[name]).abs() < 1e-3, "{name}");
        }
    }
    assert!(there[0].numbers["mean_lon"].abs() > 179.9);
}

#[test]
fn fixes_at_different_times_on_crossing_courses_are_met_between_fixes() {
    // A goes east at 10 m/s along the equator, B north along 0E, both at the origin at t = 0; A is heard at full
    // ten minutes, B five minutes later. Within 500 m while sqrt(2) x 10 x |t| <= 500: |t| <= 35.36 s.
    let degree = 111_195.08;
    let mut contacts = Vec::new();
    for step in -3..=3 {
        let t = f64::from(step) * 600.0;
        contacts.push(shared::contact(1, shared::at(t), 0.0, 10.0 * t / degree, (step + 10) as u64));
        let t = t + 300.0;
        contacts.push(shared::contact(2, shared::at(t), 10.0 * t / degree, 0.0, (step + 20) as u64));
    }
    let parameters = EncounterParameters { min_duration: Duration::from_secs(60), ..Default::default() };
    let found = encounters(&parameters, &contacts);
    assert_eq!(found.len(), 1);
    assert!(((found[0].start - shared::at(0.0)).secs_f64() + 35.355).abs() < 0.01, "{}", found[0].start);
    assert!(((found[0].end.unwrap() - shared::at(0.0)).secs_f64() - 35.355).abs() < 0.01);
    assert!(found[0].numbers["min_distance_m"] < 0.5);
}

#[test]
fn silence_longer_than_an_hour_ends_an_encounter_and_is_not_bridged() {
    let mut contacts = Vec::new();
    for (line, t) in [0.0, 1200.0, 2400.0, 2400.0 + 3601.0, 2400.0 + 4801.0].into_iter().enumerate() {
        contacts.push(shared::contact(1, shared::at(t), 0.0, 0.0, line as u64));
    }
    for step in 0..30 {
        contacts.push(shared::contact(2, shared::at(f64::from(step) * 300.0), 0.001, 0.0, 100 + step as u64));
    }
    let parameters = EncounterParameters { min_duration: Duration::from_mins(10), ..Default::default() };
    let mut found = encounters(&parameters, &contacts);
    found.sort_by_key(|event| event.start);
    let spans: Vec<_> = found
        .iter()
        .map(|e| ((e.start - shared::at(0.0)).secs_f64(), (e.end.unwrap() - shared::at(0.0)).secs_f64()))
        .collect();
    assert_eq!(spans, [(0.0, 2400.0), (6001.0, 7201.0)]);
}
