//! What must not change what is found of receivers, their range and their clocks: the order of the rows, doubled rows,
//! date, longitude, hemisphere and number, and where the stream is cut.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly"
)]

mod shared;

/// A row and the station that heard it.
type HeardRow = (Row, u32);

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{EvidenceRef, Instant, Mmsi, Position, SourceId};
use bitacora_sea::Event;
use bitacora_sea::behaviour::integrity::IntegrityParameters;
use bitacora_sea::behaviour::integrity::clock::{ClockFaults, Hearing};
use bitacora_sea::behaviour::integrity::receiver::{Heard, ReceiverContradictions, receiver_contradictions};
use bitacora_sea::behaviour::integrity::track_of_number;
use bitacora_sea::tracks::Fix;
use bitacora_sea::tracks::positions::{Positions, Row};
use proptest::prelude::*;
use shared::laws::{Reached, moved, runner, shuffled};

const STATIONS: [&str; 3] = ["south", "middle", "north"];

fn source() -> SourceId {
    SourceId::of(&[b"made"])
}

/// Honest vessels about three stations, and liars: each says from a time on that it is far from the station that hears
/// it, some heard by two stations at once. In order of (time, number), one row to a number and station.
fn receptions() -> impl Strategy<Value = Vec<(Row, u32)>> {
    let honest = prop::collection::vec((0..3_u32, -25..25_i32, 0..60_i32), 130..160);
    let liars = prop::collection::vec((0..3_u32, 3..9_u32, 600..1_500_u32, 2..12_u32, any::<bool>()), 1..4);
    (honest, liars, 25..40_u32).prop_map(|(honest, liars, fixes)| {
        let mut all = Vec::new();
        let mut hear = |mmsi: u32, second: u32, lat: f64, lon: f64, station: u32| {
            let micros = shared::at(f64::from(second)).micros();
            let row = Row { mmsi, micros, lat, lon, sog_kn: None, cog_deg: None, message_type: 1 };
            all.push((row, station));
        };
        for (ship, (station, north, east)) in (0_u32..).zip(&honest) {
            let lat = 36.0 + 6.0 * f64::from(*station) + f64::from(*north) / 100.0;
            for k in 0..fixes {
                hear(1_000 + ship, 60 * k + ship % 47, lat, 10.0 + f64::from(*east) / 100.0, *station);
            }
        }
        for (ship, (station, away, from, count, both)) in (0_u32..).zip(&liars) {
            for k in 0..*count {
                let second = 900 + from + 30 * k;
                let lat = 36.0 + 6.0 * f64::from(*station) - f64::from(*away);
                hear(1 + ship, second, lat, 12.0, *station);
                if *both {
                    hear(1 + ship, second, lat, 12.0, (station + 1) % 3);
                }
            }
        }
        all.sort_by_key(|(row, station)| (row.micros, row.mmsi, *station));
        all
    })
}

fn places(mirror: bool, east: f64) -> Vec<(&'static str, Option<Position>)> {
    (0..)
        .zip(STATIONS)
        .map(|(at, name)| {
            let lat = if mirror { -36.0 - 6.0 * f64::from(at) } else { 36.0 + 6.0 * f64::from(at) };
            (name, Some(Position::new(lat, wrap_longitude(9.9 + east)).unwrap()))
        })
        .collect()
}

/// The station of the one in the middle is learned, the others' are told.
fn batch(heard: &[(Row, u32)], mirror: bool, east: f64) -> Vec<Event> {
    let (rows, stations): (Vec<Row>, Vec<Option<u32>>) =
        heard.iter().map(|(row, station)| (*row, Some(*station))).unzip();
    let positions: Positions = rows.into_iter().collect();
    let mut list = places(mirror, east);
    list[1].1 = None;
    receiver_contradictions(&positions, &stations, &list, source(), &IntegrityParameters::default().receiver)
}

fn streamed(heard: &[(Row, u32)], cut: usize) -> Vec<Event> {
    let mut detector = ReceiverContradictions::new(&IntegrityParameters::default().receiver);
    let (mut before, mut out) = (Vec::new(), Vec::new());
    let list = places(false, 0.0);
    for (number, (row, station)) in heard.iter().enumerate() {
        if number == cut {
            before = std::mem::take(&mut out);
        }
        let fix = Fix::of_row(row, source(), number as u32).unwrap();
        let place = if *station == 1 { None } else { list[*station as usize].1 };
        let heard = Heard { fix, station: STATIONS[*station as usize], place };
        detector.observe(track_of_number(row.mmsi), &heard, &mut out);
    }
    detector.finish(&mut out);
    before.extend(out);
    before
}

/// What events say, without ids and evidence, in an order of their own.
fn gist(events: &[Event], days: i64, add: u32) -> Vec<String> {
    let shift = bitacora_primitives::Duration::from_hours(24 * days);
    let mut all: Vec<String> = events
        .iter()
        .map(|event| {
            let numbers: Vec<String> = event
                .numbers
                .iter()
                .filter(|(name, _)| !name.starts_with("station_"))
                .map(|(name, value)| format!("{name}={value:.2}"))
                .collect();
            let end = event.end.map(|end| end - shift);
            format!(
                "{} {} {:?} r{} {}",
                event.mmsi.number() - add,
                event.start - shift,
                end,
                event.revision,
                numbers.join(" ")
            )
        })
        .collect();
    all.sort_unstable();
    all
}

#[test]
fn what_must_not_change_receptions_does_not() {
    let reached = Reached::default();
    let strategy =
        (receptions(), -4_000..4_000_i64, 0..36_u32, 0..1_000_u32, any::<u64>(), 0..3_000_usize, 1..4_usize);
    let law =
        |(heard, days, turn, add, seed, cut, every): (Vec<HeardRow>, i64, u32, u32, u64, usize, usize)| {
            let found = batch(&heard, false, 0.0);
            let plain = gist(&found, 0, 0);
            let (rows, stations): (Vec<Row>, Vec<u32>) = heard.iter().copied().unzip();
            let there =
                moved(&rows, days, turn, |mmsi| mmsi + add).into_iter().zip(stations).collect::<Vec<_>>();
            let there = batch(&there, true, f64::from(turn) * 10.0);
            prop_assert_eq!(&plain, &gist(&there, days, add));

            // Of the receptions of one transmission the order is that of the rows: mixed by whole transmissions.
            let mut groups: Vec<Vec<(Row, u32)>> = Vec::new();
            for one in &heard {
                match groups
                    .last_mut()
                    .filter(|last| (last[0].0.micros, last[0].0.mmsi) == (one.0.micros, one.0.mmsi))
                {
                    Some(last) => last.push(*one),
                    None => groups.push(vec![*one]),
                }
            }
            prop_assert_eq!(&plain, &gist(&batch(&shuffled(&groups, seed).concat(), false, 0.0), 0, 0));

            let mut doubled = heard.clone();
            doubled.extend(heard.iter().step_by(every));
            prop_assert_eq!(&plain, &gist(&batch(&doubled, false, 0.0), 0, 0));

            prop_assert_eq!(&found, &streamed(&heard, cut));
            reached.case();
            reached.note("a contradiction", !found.is_empty());
            reached.note(
                "two stations",
                found.iter().any(|event| event.numbers.contains_key("stations_apart_m")),
            );
            Ok(())
        };
    runner(60).run(&strategy, law).unwrap();
    reached.at_least(0.2);
}

/// A hearing: payload, number, station, second of its stamp.
type Stamped = (u64, u32, usize, f64);

const NAMES: [&str; 5] = ["one", "two", "three", "four", "five"];

/// Transmissions of a few vessels, each heard by some of five stations whose clocks are off by whole seconds; in order of
/// arrival.
fn hearings() -> impl Strategy<Value = Vec<Stamped>> {
    let offsets = prop::collection::vec(prop::sample::select(vec![0.0, 0.0, 1.0, -2.0, 45.0, -90.0]), 5);
    let heard = prop::collection::vec((0..12_u32, 1..32_u8, 0..4_u32), 60..400);
    (offsets, heard).prop_map(|(offsets, heard)| {
        let mut all = Vec::new();
        for (k, (vessel, by, late)) in (0_u64..).zip(heard) {
            for (station, offset) in offsets.iter().enumerate() {
                if by & 1 << station != 0 {
                    let stamp = 20.0 * k as f64 + offset + 0.5 * f64::from(late);
                    all.push((k * 7_919 + 1, 1_000 + vessel, station, stamp));
                }
            }
        }
        all
    })
}

/// Station, beginning of the hour, offset, comparisons.
fn faults(hearings: &[Stamped], hours: i64, add: u32, cut: usize) -> Vec<String> {
    let shift = bitacora_primitives::Duration::from_hours(hours);
    let mut clocks = ClockFaults::new(&IntegrityParameters::default().clock);
    let (mut before, mut out) = (Vec::new(), Vec::new());
    for (line, (payload, mmsi, station, seconds)) in hearings.iter().enumerate() {
        if line == cut {
            before = std::mem::take(&mut out);
        }
        let hearing = Hearing {
            payload: *payload,
            mmsi: Mmsi::new(*mmsi + add).unwrap(),
            station: NAMES[*station],
            stamped: shared::at(*seconds) + shift,
            evidence: EvidenceRef { source: source(), line: line as u64, offset: None },
        };
        clocks.observe(&hearing, &mut out);
    }
    clocks.finish(&mut out);
    before.extend(out);
    let told = |time: Instant| time - shift;
    let mut said: Vec<String> = before
        .iter()
        .map(|f| format!("{} {} {:.3} {} {}", f.station, told(f.start), f.offset_s, f.compared, f.shared))
        .collect();
    said.sort_unstable();
    said
}

#[test]
fn what_must_not_change_clocks_does_not() {
    let reached = Reached::default();
    let strategy = (hearings(), -90_000..90_000_i64, 0..1_000_u32, any::<u64>(), 0..2_000_usize, 1..4_usize);
    let law = |(hearings, hours, add, seed, cut, every): (Vec<Stamped>, i64, u32, u64, usize, usize)| {
        let plain = faults(&hearings, 0, 0, usize::MAX);
        prop_assert_eq!(&plain, &faults(&hearings, hours, add, cut));
        // A line that comes twice is no second transmission.
        let mut doubled = Vec::new();
        for (index, one) in hearings.iter().enumerate() {
            doubled.push(*one);
            if index % every == 0 {
                doubled.push(*one);
            }
        }
        prop_assert_eq!(&plain, &faults(&doubled, 0, 0, usize::MAX));
        // Which transmission comes first does not matter within one slice.
        let hour: Vec<Stamped> =
            hearings.iter().copied().filter(|one| (200.0..3_300.0).contains(&one.3)).collect();
        let mut groups: Vec<Vec<Stamped>> = Vec::new();
        for one in &hour {
            match groups.last_mut().filter(|last| last[0].0 == one.0) {
                Some(last) => last.push(*one),
                None => groups.push(vec![*one]),
            }
        }
        let mixed = shuffled(&groups, seed).concat();
        let within = faults(&hour, 0, 0, usize::MAX);
        prop_assert_eq!(&within, &faults(&mixed, 0, 0, usize::MAX));
        reached.case();
        reached.note("a fault", !plain.is_empty());
        reached.note("a fault in the hour that is mixed", !within.is_empty());
        Ok(())
    };
    runner(60).run(&strategy, law).unwrap();
    reached.at_least(0.2);
}
