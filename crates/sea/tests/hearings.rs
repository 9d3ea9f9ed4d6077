//! The picture is told who heard a report: the reach and the clocks of stations are judged on what is settled, whatever
//! the order in which reports and hearings came, and as the detectors themselves judge.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a failed step is a failed test; what tests share reads files"
)]

mod shared;

use bitacora_primitives::{EvidenceRef, Instant};
use bitacora_sea::behaviour::integrity::receiver::{Heard, ReceiverContradictions};
use bitacora_sea::behaviour::integrity::track_of_number;
use bitacora_sea::contacts::{Contact, Hearing, Report};
use bitacora_sea::tracks::Fix;
use bitacora_sea::{Event, Kind, Output, Parameters, Picture};
use proptest::prelude::*;
use shared::{at, contact, events};

/// Far from the coast by its own word, heard by a station of the coast.
const LIAR: u32 = 201_999_001;
/// Its clock is ahead by this much, so that what it hears is not taken for what the others heard.
const AHEAD_S: f64 = 75.0;
const STATIONS: [&str; 5] = ["r003669901", "r003669902", "r003669903", "ahead", "south"];

/// What a feed tells.
#[derive(Clone)]
enum Told {
    Report(Contact),
    Hearing { kept: u64, observed: Instant, station: &'static str, at: Instant, line: u64, payload: u64 },
}

impl Told {
    const fn time(&self) -> Instant {
        match self {
            Self::Report(contact) => contact.observed,
            Self::Hearing { observed, .. } => *observed,
        }
    }
}

/// Three hours before a coast of four stations, where ships pass at 10 knots, one of them with a false place; one of the
/// stations has a wrong clock. Each report is followed by who else heard it.
fn coast() -> Vec<Told> {
    let (mut told, mut line) = (Vec::new(), 0_u64);
    let mut report = |mmsi: u32, seconds: f64, lat: f64, lon: f64, heard: &[(&'static str, f64)]| {
        let kept = line + 1;
        let payload = ((u64::from(mmsi) << 20) ^ seconds as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let observed = at(seconds + heard[0].1);
        told.extend(heard.iter().map(|(station, late)| {
            line += 1;
            Told::Hearing { kept, observed, station, at: at(seconds + late), line, payload }
        }));
        let mut one = contact(mmsi, observed, lat, lon, kept);
        one.received = at(seconds + 1e4);
        told.push(Told::Report(one));
    };
    for minute in 0..180_u32 {
        for ship in 0..30_u32 {
            let seconds = 60.0 * f64::from(minute) + f64::from(ship);
            let (lat, lon) = (36.0 + 0.05 * f64::from(ship), 3.0 + f64::from(minute) / 6.0 / 60.0 / 0.8);
            let near = STATIONS[ship as usize % 3];
            let next = STATIONS[(ship as usize + 1) % 3];
            report(201_000_000 + 101 * ship, seconds, lat, lon, &[(near, 0.0), (next, 1.0), ("", 2.0)]);
            if (minute + ship) % 4 == 0 {
                // Heard by the wrong clock alone: the vessel is told of twice.
                let (mmsi, again) = (201_000_000 + 101 * ship, [("ahead", AHEAD_S)]);
                report(mmsi, seconds, lat, lon, &again);
            }
        }
        if minute > 100 {
            report(LIAR, 60.0 * f64::from(minute) + 40.0, 25.0, -10.0, &[(STATIONS[0], 0.0)]);
        }
    }
    told.sort_by_key(Told::time);
    told
}

fn run(told: &[Told]) -> Vec<Event> {
    let mut picture = Picture::new(Parameters::default());
    let mut out: Vec<Output> = Vec::new();
    for one in told {
        match one {
            Told::Report(contact) => picture.push(Report::Position(*contact), &mut out),
            Told::Hearing { kept, observed, station, at, line, payload } => {
                let source = contact(1, *at, 0.0, 0.0, 1).evidence.source;
                picture.heard(&Hearing {
                    kept: (source, *kept),
                    observed: *observed,
                    station,
                    at: *at,
                    evidence: EvidenceRef { source, line: *line, offset: None },
                    payload: *payload,
                });
            }
        }
    }
    picture.finish(&mut out);
    let ours = |event: &Event| [Kind::ReceiverContradiction, Kind::ClockFault].contains(&event.kind);
    events(&out).into_iter().filter(ours).collect()
}

#[test]
fn a_false_place_and_a_wrong_clock_are_found_and_nothing_else() {
    let found = run(&coast());
    let (places, clocks): (Vec<&Event>, Vec<&Event>) =
        found.iter().partition(|event| event.kind == Kind::ReceiverContradiction);
    assert!(places.iter().all(|event| event.mmsi.number() == LIAR), "{places:?}");
    assert_eq!(places.len(), 2, "said once it is sure, and once it is over");
    assert!(places[1].numbers["max_distance_m"] > 1e6 && places[1].end.is_some());
    assert_eq!(clocks.len(), 3, "one for each hour: {clocks:?}");
    for fault in clocks {
        // To the second by which the others hear later.
        assert!((fault.numbers["offset_s"] - AHEAD_S).abs() <= 1.0, "{:?}", fault.numbers);
        assert!((35.0..39.0).contains(&fault.position.lat()), "shown where it hears");
    }
}

#[test]
fn the_picture_judges_as_the_detector_does() {
    let told = coast();
    let mut alone = ReceiverContradictions::new(&Parameters::default().integrity.receiver);
    let mut found = Vec::new();
    for one in &told {
        let Told::Report(contact) = one else { continue };
        let mut heard: Vec<(Instant, &str)> = told
            .iter()
            .filter_map(|other| match other {
                Told::Hearing { kept, station, at, .. } if *kept == contact.evidence.line => {
                    Some((*at, *station))
                }
                _ => None,
            })
            .filter(|(_, station)| !station.is_empty())
            .collect();
        heard.sort_unstable();
        for (_, station) in heard {
            let one = Heard { fix: Fix::of(contact), station, place: None };
            alone.observe(track_of_number(contact.mmsi.number()), &one, &mut found);
        }
    }
    alone.finish(&mut found);
    let ours = run(&told);
    let ours: Vec<&Event> = ours.iter().filter(|event| event.kind == Kind::ReceiverContradiction).collect();
    assert_eq!(ours.len(), found.len());
    for (a, b) in ours.iter().zip(&found) {
        assert_eq!((a.mmsi, a.revision, a.start, a.end), (b.mmsi, b.revision, b.start, b.end));
        assert_eq!(a.numbers, b.numbers);
    }
}

#[test]
fn a_feed_that_names_no_stations_finds_none() {
    let mut told = coast();
    told.iter_mut().for_each(|one| {
        if let Told::Hearing { station, .. } = one {
            *station = "";
        }
    });
    assert_eq!(run(&told), []);
    told.retain(|one| matches!(one, Told::Report(_)));
    assert_eq!(run(&told), []);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]
    /// Reports and hearings late by less than nine minutes, each by chance.
    #[test]
    fn the_order_of_arrival_changes_nothing(delays in prop::collection::vec(0.0..540.0_f64, 64), step in 1..64_usize) {
        let told = coast();
        let mut late: Vec<(f64, Told)> = told
            .iter()
            .enumerate()
            .map(|(index, one)| (one.time().micros() as f64 / 1e6 + delays[index * step % 64], one.clone()))
            .collect();
        late.sort_by(|a, b| a.0.total_cmp(&b.0));
        let late: Vec<Told> = late.into_iter().map(|(_, one)| one).collect();
        prop_assert_eq!(run(&told), run(&late));
    }
}
