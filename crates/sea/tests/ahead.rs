//! What is told before its time is settled: at once, and in the end nothing else than what the settled picture finds.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failed step is a failed test"
)]
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod shared;

use std::collections::BTreeMap;

use bitacora_primitives::{Duration, EventId, Instant};
use bitacora_sea::contacts::{Contact, Report};
use bitacora_sea::{Ahead, Event, Kind, Output, Parameters, Picture, Told};
use proptest::prelude::*;
use shared::{at, contact, final_events, run};

fn parameters() -> Parameters {
    let mut parameters = Parameters::default();
    parameters.encounter.min_duration = Duration::from_mins(20);
    parameters.gap.min_duration = Duration::from_hours(2);
    parameters
}

/// Everything that a page was told, in order, with the time of the newest report.
struct Page {
    told: Vec<(Instant, Told)>,
    settled: Vec<Event>,
}

/// A node: a settled picture and one ahead of it, and the rule for what is shown.
fn node(parameters: &Parameters, contacts: &[Contact]) -> Page {
    let (mut picture, mut ahead) =
        (Picture::new(parameters.clone()), Ahead::new(parameters, std::sync::Arc::default()));
    let mut page = Page { told: Vec::new(), settled: Vec::new() };
    let (mut outputs, mut told, mut newest) = (Vec::new(), Vec::new(), contacts[0].observed);
    let mut settle = |outputs: &mut Vec<Output>, ahead: &mut Ahead, told: &mut Vec<Told>| {
        for output in outputs.drain(..) {
            if let Output::Event(event) = output {
                if ahead.settled(&event) {
                    told.push(Told::Settled(event.clone()));
                }
                page.settled.push(event);
            }
        }
    };
    let mut shown = Vec::new();
    for one in contacts {
        newest = newest.max(one.observed);
        ahead.push(one, &mut told);
        picture.push(Report::Position(*one), &mut outputs);
        settle(&mut outputs, &mut ahead, &mut told);
        if let Some(watermark) = picture.watermark() {
            ahead.settle_before(watermark, &mut told);
        }
        shown.extend(told.drain(..).map(|one| (newest, one)));
    }
    // The clock goes on for a while, so that everything becomes settled.
    for minutes in (0..600).step_by(5) {
        let now = newest + Duration::from_mins(minutes);
        ahead.advance(now, &mut told);
        picture.advance(now - parameters.lateness, &mut outputs);
        settle(&mut outputs, &mut ahead, &mut told);
        ahead.settle_before(now - parameters.lateness, &mut told);
        shown.extend(told.drain(..).map(|one| (now, one)));
    }
    assert_eq!(ahead.unsettled(), 0);
    page.told = shown;
    page
}

/// What stands on the page in the end: the last of each id that was not taken back.
fn standing(page: &Page) -> BTreeMap<EventId, Event> {
    let mut last = BTreeMap::new();
    for (_, told) in &page.told {
        let event = told.event();
        if event.withdrawn {
            last.remove(&event.id);
        } else {
            last.insert(event.id, event.clone());
        }
    }
    last
}

fn stored(page: &Page) -> BTreeMap<EventId, Event> {
    let mut last = BTreeMap::new();
    for event in &page.settled {
        if event.withdrawn {
            last.remove(&event.id);
        } else {
            last.insert(event.id, event.clone());
        }
    }
    last
}

/// Two ships side by side for an hour, one of them silent for three hours afterwards.
fn meeting() -> Vec<Contact> {
    let mut all = Vec::new();
    for minute in 0..360_u64 {
        let apart = if minute < 90 { 0.0 } else { 0.003 * (minute - 90) as f64 };
        let seconds = minute as f64 * 60.0;
        all.push(contact(200_000_001, at(seconds), 10.0, -75.0 - apart, 2 * minute));
        if !(100..280).contains(&minute) {
            all.push(contact(200_000_002, at(seconds + 20.0), 10.001, -75.0 + apart, 2 * minute + 1));
        }
    }
    all
}

#[test]
fn an_event_is_told_with_the_report_that_decides_it() {
    let parameters = parameters();
    let page = node(&parameters, &meeting());
    let told = |kind: Kind| {
        page.told.iter().find(|(_, one)| one.event().kind == kind).map(|(when, one)| (*when, one.clone()))
    };
    let (when, first) = told(Kind::Encounter).unwrap();
    assert!(matches!(first, Told::Provisional(_)), "{first:?}");
    // Together from the first fixes on: decided by the first leg that reaches the twentieth minute.
    let decided = first.event().start + parameters.encounter.min_duration;
    assert!(when >= decided && when - decided <= Duration::from_mins(1), "{when} {decided}");
    let (when, first) = told(Kind::Gap).unwrap();
    assert!(matches!(first, Told::Provisional(_)), "{first:?}");
    assert!(when - (first.event().start + parameters.gap.min_duration) <= Duration::from_mins(1), "{when}");
}

#[test]
fn what_is_settled_takes_the_place_of_what_was_told() {
    let page = node(&parameters(), &meeting());
    assert!(!stored(&page).is_empty());
    assert_eq!(standing(&page), stored(&page));
    assert!(page.told.iter().all(|(_, one)| !matches!(one, Told::Retracted(_))));
}

#[test]
fn what_was_told_and_is_not_so_is_taken_back() {
    // Two ships run in company as far as they have been heard; a report that comes late shows that one had been away.
    let mut contacts: Vec<Contact> =
        meeting().into_iter().filter(|one| one.observed < at(25.0 * 60.0)).collect();
    let lines = contacts.len() as u64;
    contacts.retain(|one| {
        one.mmsi.number() != 200_000_002 || one.observed == at(20.0) || one.observed > at(1_400.0)
    });
    contacts.push(contact(200_000_002, at(1_000.0), 10.1, -75.0, lines * 2));
    let mut after = meeting();
    after.retain(|one| {
        one.observed > at(25.0 * 60.0) && one.observed < at(35.0 * 60.0) && one.mmsi.number() == 200_000_001
    });
    contacts.extend(after);
    let page = node(&parameters(), &contacts);
    let of = |keep: fn(&Told) -> bool| {
        page.told.iter().filter(|(_, one)| one.event().kind == Kind::Encounter && keep(one)).count()
    };
    assert_eq!(of(|one| matches!(one, Told::Provisional(_))), 1, "{:?}", page.told);
    assert_eq!(of(|one| matches!(one, Told::Retracted(_))), 1, "{:?}", page.told);
    assert!(stored(&page).values().all(|event| event.kind != Kind::Encounter));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// In the end the page shows what is stored, and what is stored is what the sorted input gives.
    #[test]
    fn whatever_the_order_the_page_ends_at_the_settled_events(
        delays in proptest::collection::vec(0_i64..540, 900),
    ) {
        let parameters = parameters();
        let mut contacts = meeting();
        for (one, delay) in contacts.iter_mut().zip(&delays) {
            one.received = one.observed + Duration::from_secs(*delay);
        }
        let sorted = contacts.clone();
        contacts.sort_by_key(|one| (one.received, one.mmsi, one.evidence));
        let page = node(&parameters, &contacts);
        prop_assert_eq!(standing(&page), stored(&page));
        let batch = final_events(&run(&parameters, sorted));
        for event in &batch {
            if event.end.is_some() {
                let text = serde_json::to_string(&stored(&page)[&event.id]).unwrap();
                prop_assert_eq!(text, serde_json::to_string(event).unwrap());
            }
        }
    }
}
