//! Files of ../shared and contacts for tests.
#![allow(dead_code, reason = "each test file uses a part")]

pub mod coast;
pub mod laws;

use bitacora_primitives::{EvidenceRef, Instant, Mmsi, Position, SourceId};
use bitacora_sea::contacts::{Contact, ContactFlags, Report, StationKind};
use bitacora_sea::{Event, Output, Parameters, Picture};

/// The text of a file of the data on behaviour.
pub fn text(path: &str) -> Option<String> {
    bitacora_given::text(&format!("behaviour/{path}"))
}

pub fn contact(mmsi: u32, observed: Instant, lat: f64, lon: f64, line: u64) -> Contact {
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
        evidence: EvidenceRef { source: SourceId::of(&[b"test"]), line, offset: None },
    }
}

/// Seconds after an hour before midnight, 2026-03-01.
pub fn at(seconds: f64) -> Instant {
    Instant::parse("2026-03-01T23:00:00Z").unwrap() + bitacora_primitives::Duration::from_secs_f64(seconds)
}

pub fn solent() -> Option<Vec<Contact>> {
    let text = text("solent/SolentAIS_20160112_130211.csv")?;
    let mut contacts = Vec::new();
    for (index, row) in csv::Reader::from_reader(text.as_bytes()).records().enumerate() {
        let row = row.unwrap();
        let mut one = contact(
            row[1].parse().unwrap(),
            Instant::parse(&row[0]).unwrap(),
            row[2].parse().unwrap(),
            row[3].parse().unwrap(),
            index as u64 + 2,
        );
        one.cog_deg = row[4].parse().ok();
        one.sog_kn = row[5].parse().ok();
        contacts.push(one);
    }
    Some(contacts)
}

/// All that comes out of the picture for these contacts in this order.
pub fn run(parameters: &Parameters, contacts: impl IntoIterator<Item = Contact>) -> Vec<Output> {
    let mut picture = Picture::new(parameters.clone());
    let mut out = Vec::new();
    for contact in contacts {
        picture.push(Report::Position(contact), &mut out);
    }
    picture.finish(&mut out);
    out
}

pub fn events(outputs: &[Output]) -> Vec<Event> {
    outputs
        .iter()
        .filter_map(|output| match output {
            Output::Event(event) => Some(event.clone()),
            _ => None,
        })
        .collect()
}

/// The last revision of each event, without the withdrawn, in order of first appearance.
pub fn final_events(outputs: &[Output]) -> Vec<Event> {
    let mut last: Vec<Event> = Vec::new();
    for event in events(outputs) {
        match last.iter_mut().find(|known| known.id == event.id) {
            Some(known) => {
                assert_eq!(event.revision, known.revision + 1, "revisions count up");
                *known = event;
            }
            None => {
                assert_eq!(event.revision, 0, "the first revision is 0");
                last.push(event);
            }
        }
    }
    last.retain(|event| !event.withdrawn);
    last
}
