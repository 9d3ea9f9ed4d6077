//! Fixes per second of the picture and of the encounter detector alone, one thread, on generated and real fixes.
//! Prints figures; asserts nothing about speed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock and a file"
)]

use std::collections::HashMap;
use std::hint::black_box;

use bitacora_primitives::{Duration, EvidenceRef, Instant, Mmsi, Position, SourceId, TrackId};
use bitacora_sea::behaviour::encounter::Encounters;
use bitacora_sea::behaviour::gap::{Heard, gaps_by_mmsi};
use bitacora_sea::behaviour::loitering::Loitering;
use bitacora_sea::behaviour::parameters::{EncounterParameters, LoiteringParameters};
use bitacora_sea::contacts::{Contact, ContactFlags, Report, StationKind};
use bitacora_sea::tracks::Fix;
use bitacora_sea::{Output, Parameters, Picture};

fn contact(mmsi: u32, observed: Instant, lat: f64, lon: f64, line: u64, source: SourceId) -> Contact {
    Contact {
        mmsi: Mmsi::new(mmsi).unwrap(),
        observed,
        received: observed,
        position: Position::new(lat, lon).unwrap(),
        sog_kn: None,
        cog_deg: None,
        heading_deg: None,
        nav_status: None,
        station: StationKind::ClassA,
        message_type: 1,
        flags: ContactFlags::NONE,
        evidence: EvidenceRef { source, line, offset: None },
    }
}

fn solent() -> Option<Vec<Contact>> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/behaviour/solent/SolentAIS_20160112_130211.csv"
    );
    let text = std::fs::read_to_string(path).ok()?;
    let source = SourceId::of(&[b"solent"]);
    let rows = text.lines().skip(1).enumerate().map(|(index, row)| {
        let fields: Vec<&str> = row.split(',').collect();
        let time = Instant::parse(fields[0]).unwrap();
        let place = (fields[2].parse().unwrap(), fields[3].parse().unwrap());
        contact(fields[1].parse().unwrap(), time, place.0, place.1, index as u64, source)
    });
    Some(rows.collect())
}

/// The recording k times with other numbers; `sparse`: two hours apart, otherwise all at once.
fn repeated(contacts: &[Contact], times: u32, sparse: bool) -> Vec<Contact> {
    let mut all = Vec::with_capacity(contacts.len() * times as usize);
    for k in 0..times {
        let shift = if sparse { Duration::from_hours(2 * i64::from(k)) } else { Duration::from_secs(0) };
        all.extend(contacts.iter().map(|c| {
            let mut copy = *c;
            copy.mmsi = Mmsi::new(c.mmsi.number() + k).unwrap();
            copy.observed = c.observed + shift;
            copy.received = copy.observed;
            copy
        }));
    }
    all.sort_by_key(|c| (c.observed, c.mmsi, c.evidence));
    all
}

/// 5,000 vessels for `minutes`: two in five moored in twenty ports, the rest under way, a fix a minute each.
fn theatre(minutes: u32) -> Vec<Contact> {
    let source = SourceId::of(&[b"theatre"]);
    let mut state = 1u64;
    let mut unit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let start = Instant::from_secs(1_772_000_000);
    let mut all = Vec::with_capacity(5_000 * minutes as usize);
    for ship in 0..5_000u32 {
        let moored = ship % 5 < 2;
        let port = f64::from(ship % 20);
        let (mut lat, mut lon) = if moored {
            (8.0 + 0.5 * port + 0.03 * unit(), -80.0 + 0.7 * port + 0.03 * unit())
        } else {
            (5.0 + 15.0 * unit(), -85.0 + 20.0 * unit())
        };
        let mut course = std::f64::consts::TAU * unit();
        let offset = 60.0 * unit();
        for minute in 0..minutes {
            let knots = if moored { 0.0 } else { 12.0 };
            course += 0.05 * (unit() - 0.5);
            lat += knots / 3600.0 * course.cos();
            lon += knots / 3600.0 * course.sin();
            let noise = 3e-5 * (unit() - 0.5);
            let time = start + Duration::from_secs_f64(f64::from(minute) * 60.0 + offset);
            let line = u64::from(ship) * 100_000 + u64::from(minute);
            all.push(contact(200_000_000 + ship, time, lat + noise, lon + noise, line, source));
        }
    }
    all.sort_by_key(|c| (c.observed, c.mmsi, c.evidence));
    all
}

/// Processor seconds of this thread, where the system says; other work on the machine does not count.
struct Stopwatch(std::time::Instant, Option<f64>);
impl Stopwatch {
    fn processor() -> Option<f64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
    }
    fn now() -> Self {
        Self(std::time::Instant::now(), Self::processor())
    }
    fn seconds(&self) -> f64 {
        match (self.1, Self::processor()) {
            (Some(before), Some(after)) => after - before,
            _ => self.0.elapsed().as_secs_f64(),
        }
    }
}

fn report(name: &str, fixes: usize, started: Stopwatch, found: &str) {
    let seconds = started.seconds();
    println!(
        "{name:<44} {fixes:>9} fixes {seconds:>7.3} s {:>6.2} M/s  {found}",
        fixes as f64 / seconds / 1e6
    );
}

fn bench_encounters(name: &str, contacts: &[Contact], parameters: &EncounterParameters) {
    // Slots and tracks are given by whoever knows the tracks; here the number.
    let mut slots = HashMap::new();
    let mut detector = Encounters::new(parameters);
    let input: Vec<(u32, Fix)> = contacts
        .iter()
        .map(|c| {
            let slot = slots
                .entry(c.mmsi)
                .or_insert_with(|| detector.begin(c.mmsi, TrackId::of(&[&c.mmsi.number().to_be_bytes()])));
            (*slot, Fix::of(c))
        })
        .collect();
    let mut out = Vec::new();
    let started = Stopwatch::now();
    for (slot, fix) in &input {
        detector.observe(*slot, fix, &mut out);
    }
    detector.finish(&mut out);
    report(name, input.len(), started, &format!("{} revisions", out.len()));
}

fn bench_picture(name: &str, contacts: &[Contact], parameters: &Parameters) {
    let mut picture = Picture::new(parameters.clone());
    let mut out = Vec::new();
    let (mut events, mut tracked) = (0usize, 0usize);
    let started = Stopwatch::now();
    for contact in contacts {
        picture.push(Report::Position(*contact), &mut out);
        if out.len() > 512 {
            for output in out.drain(..) {
                match output {
                    Output::Event(_) => events += 1,
                    Output::Tracked { .. } => tracked += 1,
                    _ => {}
                }
            }
        }
    }
    picture.finish(&mut out);
    events += out.iter().filter(|o| matches!(o, Output::Event(_))).count();
    tracked += out.iter().filter(|o| matches!(o, Output::Tracked { .. })).count();
    assert_eq!(tracked, contacts.len());
    report(name, contacts.len(), started, &format!("{events} revisions"));
}

fn main() {
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let wanted = |name: &str| only.as_deref().is_none_or(|only| name.contains(only));
    let still = EncounterParameters { still_m: 15.0, ..EncounterParameters::default() };
    if wanted("solent")
        && let Some(solent) = solent()
    {
        let sparse = repeated(&solent, 54, true);
        let dense = repeated(&solent, 10, false);
        bench_encounters("encounters, Solent x 54 sparse", &sparse, &EncounterParameters::default());
        bench_encounters("encounters, Solent x 10 dense", &dense, &EncounterParameters::default());
        bench_encounters("encounters, Solent x 10 dense, still 15 m", &dense, &still);
        bench_picture("picture, Solent x 54 sparse", &sparse, &Parameters::default());
        bench_picture("picture, Solent x 10 dense", &dense, &Parameters::default());

        let mut by_vessel: HashMap<Mmsi, Vec<Fix>> = HashMap::new();
        for one in &sparse {
            by_vessel.entry(one.mmsi).or_default().push(Fix::of(one));
        }
        let tracks: Vec<Vec<Fix>> = by_vessel.into_values().collect();
        let mut out = Vec::new();
        let started = Stopwatch::now();
        for fixes in &tracks {
            let mut loitering = Loitering::default();
            let track = TrackId::from_bytes([0; 10]);
            for fix in fixes {
                loitering.observe(track, fix, &LoiteringParameters::default(), &mut out);
            }
            loitering.end(track, &mut out);
        }
        report("loitering, Solent x 54", sparse.len(), started, &format!("{} revisions", out.len()));
        let heard: Vec<Vec<Heard>> = tracks
            .iter()
            .map(|fixes| {
                let heard = |fix: &Fix| Heard { observed: fix.observed, position: Some(fix.position) };
                fixes.iter().map(heard).collect()
            })
            .collect();
        let started = Stopwatch::now();
        let gaps: usize =
            heard.iter().map(|one| black_box(gaps_by_mmsi(one, Duration::from_mins(5)).count())).sum();
        report("gaps by MMSI, Solent x 54, sorted", sparse.len(), started, &format!("{gaps} over 5 min"));
    } else {
        println!("skipped the recordings: no ../shared, or not asked for");
    }
    if !wanted("theatre") {
        return;
    }
    let theatre = theatre(200);
    bench_encounters("encounters, 5,000 vessels, a fix a minute", &theatre, &EncounterParameters::default());
    bench_picture("picture, 5,000 vessels, a fix a minute", &theatre, &Parameters::default());
    let live = Parameters { encounter: still, ..Parameters::default() };
    bench_picture("picture, 5,000 vessels, still 15 m", &theatre, &live);
}
