//! An archive that holds what vessels say of themselves and who heard them tells the kinds that rest on it as the live picture
//! does, whatever the order in which all that arrived.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a failed step is a failed test; what tests share reads files"
)]

mod shared;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bitacora_primitives::{EventId, Instant, Mmsi};
use bitacora_sea::archive::{Needs, Ordered, Share};
use bitacora_sea::contacts::{Contact, Hearing, Report, StaticReport, StationKind};
use bitacora_sea::{Event, Kind, Output, Parameters, Picture};
use proptest::prelude::*;
use shared::coast::{Told, coast};
use shared::{at, contact, events};

type Final = BTreeMap<EventId, Event>;

/// What a feed tells, in order of time.
#[derive(Clone)]
enum Line {
    Report(Report),
    Hearing(Hearing<'static>),
}

impl Line {
    const fn time(&self) -> Instant {
        match self {
            Self::Report(report) => report.observed(),
            Self::Hearing(hearing) => hearing.observed,
        }
    }
}

fn says(mmsi: u32, seconds: f64, name: &str, imo: u32, line: u64) -> Line {
    Line::Report(Report::Static(StaticReport {
        mmsi: Mmsi::new(mmsi).unwrap(),
        observed: at(seconds),
        name: Some(name.to_owned()),
        call_sign: None,
        imo: Some(imo),
        ship_type: None,
        length_m: None,
        beam_m: None,
        draught_m: None,
        destination: None,
        station: StationKind::ClassA,
        evidence: contact(mmsi, at(seconds), 0.0, 0.0, line).evidence,
    }))
}

/// The coast, where one ship has two names in turn, and off it a hull that goes on under another number.
fn sea() -> Vec<Line> {
    const HULL: u32 = 9_074_729;
    let mut lines: Vec<Line> = coast()
        .into_iter()
        .map(|told| match told {
            Told::Report(contact) => Line::Report(Report::Position(contact)),
            Told::Hearing { .. } => Line::Hearing(told.hearing().unwrap()),
        })
        .collect();
    let mut line = 1_000_000;
    for minute in 0..180_u32 {
        let seconds = 60.0 * f64::from(minute);
        line += 2;
        if minute % 6 == 3 {
            let name = ["ALFA", "BRAVO"][minute as usize / 6 % 2];
            lines.push(says(201_000_000, seconds, name, 8_814_275, line));
        }
        // Silent between the two numbers for twenty minutes.
        let mmsi = match minute {
            0..=60 => 352_000_001,
            80.. => 538_000_009,
            _ => continue,
        };
        let mut one = contact(mmsi, at(seconds), 9.0 + seconds * 12.0 / 216_000.0, -79.5, line + 1);
        (one.sog_kn, one.cog_deg, one.received) = (Some(12.0), Some(0.0), at(seconds + 1e4));
        lines.push(Line::Report(Report::Position(one)));
        if minute % 6 == 0 {
            lines.push(says(mmsi, seconds, "CHARLIE", HULL, line));
        }
    }
    lines.sort_by_key(Line::time);
    lines
}

/// Of the kinds that are divided as in order, the last revision of each event.
fn in_order(events: impl IntoIterator<Item = Event>) -> Final {
    let ours = events.into_iter().filter(|event| Share::of(event.kind) == Some(Share::InOrder));
    ours.map(|event| (event.id, event)).collect()
}

fn live(lines: &[Line]) -> Final {
    let mut picture = Picture::new(Parameters::default());
    let mut out: Vec<Output> = Vec::new();
    for line in lines {
        match line {
            Line::Report(report) => picture.push(report.clone(), &mut out),
            Line::Hearing(hearing) => picture.heard(hearing),
        }
    }
    picture.finish(&mut out);
    in_order(events(&out))
}

/// As rows of an archive: each kind of row in the order of its own key, whatever the order of arrival.
fn archive(lines: &[Line]) -> Final {
    let (mut contacts, mut statics, mut hearings) = (Vec::<Contact>::new(), Vec::new(), Vec::new());
    for line in lines {
        match line {
            Line::Report(Report::Position(contact)) => contacts.push(*contact),
            Line::Report(Report::Static(told)) => statics.push(told.clone()),
            Line::Hearing(hearing) => hearings.push(*hearing),
        }
    }
    contacts.sort_by_key(|one| (one.observed, one.mmsi, one.evidence));
    statics.sort_by_key(|one: &StaticReport| (one.observed, one.mmsi, one.evidence));
    hearings.sort_by_key(|one: &Hearing<'_>| (one.observed, one.kept, one.evidence));
    let (mut statics, mut hearings) = (statics.into_iter().peekable(), hearings.into_iter().peekable());
    let mut ordered = Ordered::new(&Parameters::default(), Arc::default(), Share::InOrder);
    let (mut found, mut going) = (Vec::new(), Vec::new());
    for contact in &contacts {
        while let Some(told) = statics.next_if(|one| one.observed <= contact.observed) {
            ordered.learn(told, &mut found);
        }
        while let Some(hearing) = hearings.next_if(|one| one.observed <= contact.observed) {
            ordered.heard(&hearing);
        }
        ordered.take(contact, &mut found);
    }
    statics.for_each(|told| ordered.learn(told, &mut found));
    ordered.finish(contacts.last().unwrap().observed, &mut found, &mut going);
    found.extend(going);
    in_order(found)
}

fn kinds(found: &Final) -> BTreeSet<Kind> {
    found.values().map(|event| event.kind).collect()
}

#[test]
fn what_statics_and_hearings_tell_is_found_in_an_archive_as_it_is_live() {
    let lines = sea();
    let found = archive(&lines);
    let told = Share::KINDS.iter().map(|(kind, _)| *kind).filter(|kind| Needs::of(*kind) != Needs::Positions);
    let told: BTreeSet<Kind> = told.collect();
    assert_eq!(told.len(), 4);
    assert!(kinds(&found).is_superset(&told), "{:?}", kinds(&found));
    assert_eq!(found, live(&lines));
}

/// Guards [`Needs::of`]: what a kind needs and is not given, it does not find as it does live.
#[test]
fn without_statics_or_hearings_the_kinds_that_need_them_differ_and_no_other_does() {
    let lines = sea();
    let whole = live(&lines);
    type Left = fn(&Line) -> bool;
    let cases: [(Needs, Left); 2] = [
        (Needs::Statics, |line| !matches!(line, Line::Report(Report::Static(_)))),
        (Needs::Hearings, |line| !matches!(line, Line::Hearing(_))),
    ];
    for (needs, left) in cases {
        let lines: Vec<Line> = lines.iter().filter(|line| left(line)).cloned().collect();
        let found = archive(&lines);
        for (kind, _) in Share::KINDS {
            let of = |all: &Final| -> Vec<Event> {
                all.values().filter(|event| event.kind == kind).cloned().collect()
            };
            assert_eq!(of(&found) != of(&whole), Needs::of(kind) == needs, "{kind:?} without {needs:?}");
        }
    }
}

#[test]
fn static_reports_beyond_the_room_are_compared_all_the_same() {
    let mut picture = Picture::new(Parameters::default());
    let mut out = Vec::new();
    // A name in turn at the beginning, and more reports after it than are held, without one contact between.
    for second in 0..300_000_u32 {
        let mmsi = if second < 3_000 { 352_000_001 } else { 400_000_000 + second };
        let name = ["ALFA", "BRAVO"][second as usize / 360 % 2];
        let Line::Report(Report::Static(told)) =
            says(mmsi, f64::from(second), name, 9_074_729, second.into())
        else {
            continue;
        };
        picture.learn_sorted(told, &mut out);
    }
    picture.take_sorted(&contact(352_000_001, at(300_000.0), 9.0, -79.5, 400_000), &mut out);
    assert!(
        events(&out)
            .iter()
            .any(|event| event.mmsi.number() == 352_000_001 && event.kind == Kind::IdentityContradiction)
    );
    assert_eq!((picture.counts().statics, picture.counts().statics_late), (300_000, 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]
    /// Live, all of it late by less than nine minutes, each by chance.
    #[test]
    fn the_order_of_arrival_live_makes_no_difference_to_the_archive(
        delays in prop::collection::vec(0.0..540.0_f64, 64), step in 1..64_usize,
    ) {
        let lines = sea();
        let mut late: Vec<(f64, Line)> = lines
            .iter()
            .enumerate()
            .map(|(index, one)| (one.time().micros() as f64 / 1e6 + delays[index * step % 64], one.clone()))
            .collect();
        late.sort_by(|a, b| a.0.total_cmp(&b.0));
        let late: Vec<Line> = late.into_iter().map(|(_, one)| one).collect();
        prop_assert_eq!(archive(&late), live(&late));
    }
}
