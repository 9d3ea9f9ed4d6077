//! The picture is told who heard a report: the reach and the clocks of stations are judged on what is settled, whatever
//! the order in which reports and hearings came, and as the detectors themselves judge.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a failed step is a failed test; what tests share reads files"
)]

mod shared;

use bitacora_primitives::Instant;
use bitacora_sea::behaviour::integrity::receiver::{Heard, ReceiverContradictions};
use bitacora_sea::behaviour::integrity::track_of_number;
use bitacora_sea::contacts::Report;
use bitacora_sea::tracks::Fix;
use bitacora_sea::{Event, Kind, Output, Parameters, Picture};
use proptest::prelude::*;
use shared::coast::{AHEAD_S, LIAR, Told, coast};
use shared::events;

fn run(told: &[Told]) -> Vec<Event> {
    let mut picture = Picture::new(Parameters::default());
    let mut out: Vec<Output> = Vec::new();
    for one in told {
        match one {
            Told::Report(contact) => picture.push(Report::Position(*contact), &mut out),
            Told::Hearing { .. } => picture.heard(&one.hearing().unwrap()),
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
