//! Port visits, from positions and from port events.

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Duration, Instant, Position};
use bitacora_sea::behaviour::port_visit::anchorages::{Anchorage, Anchorages};
use bitacora_sea::behaviour::port_visit::visits::{Joiner, PortEvent, PortEventKind, Visit, visits};
use bitacora_sea::behaviour::port_visit::{Found as PortVisit, PortVisitParameters, gfw};
use bitacora_sea::tracks::positions::{Positions, Row};
use proptest::prelude::*;

use crate::shared;
use crate::shared::laws::{Reached, moved, runner, shuffled};

/// Calls of a vessel, and two numbers that place it.
type Calling = (Vec<Call>, u32, usize);

const DAY: i64 = 86_400_000_000;

const HARBOURS: [(f64, f64); 4] = [(10.0, 179.93), (10.1, -179.95), (9.8, 179.8), (10.35, -179.7)];

fn harbours(mirror: bool, east: f64) -> Anchorages {
    let one = |(index, (lat, lon)): (usize, (f64, f64))| Anchorage {
        id: format!("{index:03}"),
        position: Position::new(if mirror { -lat } else { lat }, wrap_longitude(lon + east)).unwrap(),
    };
    Anchorages::new(HARBOURS.into_iter().enumerate().map(one).collect())
}

/// A way from one distance of a harbour to another, in tenths of a kilometre, and how fast the vessel says it is. `None` is
/// silence there.
#[derive(Clone, Copy, Debug)]
struct Call {
    from: i32,
    to: i32,
    tenths_kn: Option<i32>,
    minutes: u32,
    every: u32,
}

/// From the sea into port and out again, with what happens there; now and then first heard in port, or last.
fn calls() -> impl Strategy<Value = Vec<Call>> {
    let stay = (prop::sample::select(vec![None, Some(0), Some(1), Some(4), Some(50)]), 20..1_500_u32);
    let one = (prop::collection::vec(stay, 0..4), 5..40_u32, any::<bool>(), any::<bool>(), 1..34_i32);
    prop::collection::vec(one, 1..4).prop_map(|visits| {
        let mut calls = Vec::new();
        for (stays, every, enters, leaves, berth) in visits {
            let way = |from, to| Call { from, to, tenths_kn: Some(60), minutes: 200, every };
            if enters {
                calls.push(way(150, berth));
            }
            for (tenths_kn, minutes) in stays {
                calls.push(Call { from: berth, to: berth, tenths_kn, minutes, every });
            }
            if leaves {
                calls.push(way(berth, 150));
            }
        }
        calls
    })
}

/// The rows of vessel `mmsi` on the meridian of a harbour.
fn called(mmsi: u32, minute: u32, (lat, lon): (f64, f64), calls: &[Call]) -> Vec<Row> {
    let mut time = minute;
    let mut rows = Vec::new();
    for call in calls {
        let Some(tenths_kn) = call.tenths_kn else {
            time += call.minutes;
            continue;
        };
        for step in 1..=call.minutes / call.every {
            time += call.every;
            let share = f64::from(step * call.every) / f64::from(call.minutes);
            let km = (f64::from(call.from) + share * f64::from(call.to - call.from)) / 10.0;
            rows.push(Row {
                mmsi,
                micros: shared::at(f64::from(time) * 60.0).micros(),
                lat: lat - km / 111.195,
                lon,
                sog_kn: Some(tenths_kn as f32 / 10.0),
                cog_deg: None,
                message_type: 1,
            });
        }
    }
    rows
}

/// Each UTC day is thinned by itself: only whole days change nothing.
#[test]
fn port_visits_of_the_peer_keep_their_relations() {
    let reached = Reached::default();
    let vessels = prop::collection::vec((calls(), 0..1_500_u32, 0..4_usize), 1..4);
    let strategy = (vessels, -4_000..4_000_i64, 0..36_u32, 1..500_u32, any::<u64>(), any::<bool>());
    let law = |(vessels, days, turn, add, seed, ends): (Vec<Calling>, i64, u32, u32, u64, bool)| {
        let mut rows: Vec<(Row, u32)> = Vec::new();
        for (at, (calls, minute, place)) in (0_u32..).zip(&vessels) {
            let own = called(200_000_001 + at, *minute, HARBOURS[*place], calls);
            rows.extend(own.into_iter().enumerate().map(|(k, row)| (row, (k / 40) as u32)));
        }
        let last = rows.iter().map(|(row, _)| row.micros).max().unwrap_or(0);
        let until = ends.then(|| Instant::from_micros((last.div_euclid(DAY) + 1) * DAY));
        let run = |rows: &[(Row, u32)], harbours: &Anchorages, until: Option<Instant>| {
            let positions: Positions = rows.iter().map(|(row, _)| *row).collect();
            let segments: Vec<u32> = rows.iter().map(|(_, segment)| *segment).collect();
            gfw::port_visits(&positions, &segments, harbours, until, &PortVisitParameters::gfw())
        };
        let here = run(&rows, &harbours(false, 0.0), until);
        let doubled: Vec<(Row, u32)> = rows.iter().flat_map(|one| [*one, *one]).collect();
        prop_assert_eq!(&here, &run(&shuffled(&rows, seed), &harbours(false, 0.0), until));
        prop_assert_eq!(&here, &run(&shuffled(&doubled, seed), &harbours(false, 0.0), until));

        let plain: Vec<Row> = rows.iter().map(|(row, _)| *row).collect();
        let segments = rows.iter().map(|(_, segment)| segment + 7);
        let there: Vec<(Row, u32)> =
            moved(&plain, days, turn, |mmsi| mmsi + add).into_iter().zip(segments).collect();
        let shift = Duration::from_hours(24 * days);
        let there = run(&there, &harbours(true, f64::from(turn) * 10.0), until.map(|until| until + shift));
        let back = |one: PortVisit| PortVisit {
            mmsi: one.mmsi - add,
            visit: Visit {
                start_micros: one.visit.start_micros - shift.micros(),
                end_micros: one.visit.end_micros - shift.micros(),
                ..one.visit
            },
        };
        prop_assert_eq!(&here, &there.into_iter().map(back).collect::<Vec<_>>());
        reached.case();
        reached.note("a visit", !here.is_empty());
        reached.note("one with entry and exit", here.iter().any(|one| one.visit.confidence == 4));
        reached.note(
            "one of several days",
            here.iter()
                .any(|one| one.visit.start_micros.div_euclid(DAY) < one.visit.end_micros.div_euclid(DAY)),
        );
        Ok(())
    };
    runner(200).run(&strategy, law).unwrap();
    reached.at_least(0.2);
}

/// Events of one vessel: visits with or without entry, stay and exit, one after the other or overlapping.
fn port_events() -> impl Strategy<Value = Vec<PortEvent<u32, u32>>> {
    use PortEventKind::{Entry, Exit, GapBegin, GapEnd, StopBegin, StopEnd};
    let visit = (0..400_i64, 5..90_i64, 0..64_u8, 0..4_u32, 0..3_u32, any::<bool>());
    prop::collection::vec(visit, 1..8).prop_map(|visits| {
        let places = [(10.0, 179.9), (10.4, -179.9), (12.5, -178.0), (60.0, 3.0)];
        let mut events = Vec::new();
        for (start, step, which, anchorage, segment, seen) in visits {
            let (lat, lon) = places[anchorage as usize];
            let vessel = seen.then_some((lat + 0.01, lon));
            for (at, kind) in (0_i64..).zip([Entry, StopBegin, StopEnd, GapBegin, GapEnd, Exit]) {
                // Entry and exit are there as often as not, and so is each of the others.
                if which >> at & 1 == 1 {
                    let micros = (start + at * step / 5) * 60_000_000;
                    events.push(PortEvent { kind, micros, anchorage, lat, lon, vessel, segment });
                }
            }
        }
        events
    })
}

/// A doubled entry is another entry, and a doubled event is counted.
#[test]
fn visits_from_events_keep_their_relations() {
    let reached = Reached::default();
    let strategy =
        (port_events(), -1_000_000_000_000..1_000_000_000_000_i64, 0..36_u32, any::<u64>(), 0..30_usize);
    let law = |(events, shift, turn, seed, cut): (Vec<PortEvent<u32, u32>>, i64, u32, u64, usize)| {
        let here = visits(&mut events.clone(), 60.0);
        prop_assert_eq!(&here, &visits(&mut shuffled(&events, seed), 60.0));
        let mut there: Vec<_> = events
            .iter()
            .map(|event| PortEvent {
                micros: event.micros + shift,
                lat: -event.lat,
                lon: wrap_longitude(event.lon + 10.0 * f64::from(turn)),
                vessel: event.vessel.map(|(lat, lon)| (-lat, wrap_longitude(lon + 10.0 * f64::from(turn)))),
                ..*event
            })
            .collect();
        let there: Vec<_> = visits(&mut there, 60.0)
            .into_iter()
            .map(|one| Visit {
                start_micros: one.start_micros - shift,
                end_micros: one.end_micros - shift,
                ..one
            })
            .collect();
        prop_assert_eq!(&here, &there);
        // Event by event, the state carried over a cut.
        let mut ordered = events.clone();
        ordered.sort_by_key(|event| {
            (event.micros, event.kind, event.anchorage, event.vessel.is_some(), event.segment)
        });
        let mut joiner = Joiner::default();
        let mut found = Vec::new();
        for (index, event) in ordered.iter().enumerate() {
            if index == cut {
                joiner = joiner.clone();
            }
            found.extend(joiner.push(event, 60.0).into_iter().flatten());
        }
        found.extend(joiner.finish());
        prop_assert_eq!(&here, &found);
        reached.case();
        reached.note("several visits", here.len() > 1);
        reached.note("one with entry, exit and stay", here.iter().any(|one| one.confidence == 4));
        Ok(())
    };
    runner(300).run(&strategy, law).unwrap();
    reached.at_least(0.3);
}
