//! The whole walk against known truth: a generated theatre goes in as an NMEA recording, events and leads come out
//! of the store, and the scorer says what was found, missed and invented. The floors hold in CI.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails loudly")]

use std::path::{Path, PathBuf};
use std::process::Command;

use bitacora_primitives::{Duration, Mmsi};
use bitacora_scenarios::{FoundEvent, Kind, Truth, score};
use bitacora_store::{EventFilter, EventRow, LeadFilter, Store};

fn bitacora(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_bitacora")).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _absent = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// `None` for the kinds that the theatre's truth does not name.
fn kind_of(row: &EventRow) -> Option<Kind> {
    Some(match row.event.kind.as_str() {
        "gap" => Kind::Gap,
        "encounter" => Kind::Encounter,
        "loitering" => Kind::Loitering,
        "identity_conflict" => Kind::IdentityConflict,
        "impossible_motion" => Kind::ImpossibleMotion,
        _ => return None,
    })
}

fn found(row: &EventRow) -> Option<FoundEvent> {
    Some(FoundEvent {
        kind: kind_of(row)?,
        mmsis: std::iter::once(row.event.mmsi).chain(row.event.other).collect(),
        start: row.event.start,
        end: row.event.end,
    })
}

/// What the detectors' definitions cover: shorter behaviour is none by definition (docs/behaviour.md).
fn detectable(truth: &Truth) -> Truth {
    let least = |kind| match kind {
        Kind::Gap => Duration::from_hours(6),
        Kind::Loitering => Duration::from_hours(4),
        Kind::Encounter => Duration::from_mins(30),
        Kind::IdentityConflict | Kind::ImpossibleMotion => Duration::from_secs(0),
    };
    let mut truth = truth.clone();
    truth.entries.retain(|entry| entry.innocent || entry.end - entry.start >= least(entry.kind));
    truth
}

#[test]
fn a_day_at_sea_is_found_with_few_false_leads() {
    let folder = folder("scenario");
    let (recording, truth) = (folder.join("theatre.nmea"), folder.join("truth.json"));
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    bitacora(&["scenario", "--seed", "11", "--out", &text(&recording), "--truth", &text(&truth)]);
    let data = folder.join("data");
    bitacora(&["ingest", "--data", &text(&data), &text(&recording)]);
    let before = summary(&data);

    let truth = Truth::from_json(&std::fs::read_to_string(truth).unwrap()).unwrap();
    let store = Store::open(&data, None).unwrap();
    let rows = store.events(&EventFilter { limit: 100_000, ..EventFilter::default() }).unwrap();
    let events: Vec<FoundEvent> = rows.iter().filter_map(found).collect();
    let score = score(&detectable(&truth), &events);
    println!("{score:?}");
    let share = |kind| score.recall.get(&kind).and_then(|recall| recall.share()).unwrap_or(0.0);
    for kind in [Kind::IdentityConflict, Kind::ImpossibleMotion, Kind::Gap, Kind::Loitering] {
        assert!(share(kind) >= 0.99, "{kind:?}: {}", share(kind));
    }
    // One of the four meetings is heard by satellites only, hours apart: no detector can see it.
    assert!(share(Kind::Encounter) >= 0.75, "encounters: {}", share(Kind::Encounter));
    let invented = score.false_findings - score.innocent_findings;
    assert!(invented <= 2, "{invented} events that nobody did");

    // Leads: every planted plot's vessels are on some lead, and innocent vessels on few.
    let leads = store.leads(&LeadFilter { limit: 10_000, ..LeadFilter::default() }).unwrap();
    let on_lead = |mmsi: Mmsi| {
        leads.iter().any(|row| row.lead.mmsi.into_iter().chain(row.lead.other).any(|one| one == mmsi))
    };
    let planted: Vec<Mmsi> = truth
        .guilty()
        .filter(|entry| entry.kind == Kind::Encounter || entry.kind == Kind::IdentityConflict)
        .filter_map(|entry| entry.mmsis.first().copied())
        .collect();
    assert!(!planted.is_empty());
    let named = planted.iter().filter(|mmsi| on_lead(**mmsi)).count();
    println!("{named} of {} plotters are on a lead", planted.len());
    assert!(named + 1 >= planted.len(), "all but the one that only satellites heard");
    let guilty: Vec<Mmsi> = truth.guilty().flat_map(|entry| entry.mmsis.clone()).collect();
    let innocent = leads
        .iter()
        .filter(|row| !row.lead.mmsi.into_iter().chain(row.lead.other).any(|one| guilty.contains(&one)))
        .count();
    let per_vessel_day = innocent as f64 / truth.vessel_days;
    println!("{} leads, {innocent} of innocent vessels, {per_vessel_day:.4} per vessel-day", leads.len());
    assert!(per_vessel_day <= 0.02, "{innocent} innocent leads");
    drop(store);

    // Reading the same recording again changes nothing.
    bitacora(&["ingest", "--data", &text(&data), &text(&recording)]);
    assert_eq!(summary(&data), before);
}

/// Everything that a second reading could double.
fn summary(data: &Path) -> (usize, usize, u64) {
    let store = Store::open(data, None).unwrap();
    let events = store.events(&EventFilter { limit: 100_000, ..EventFilter::default() }).unwrap();
    let leads = store.leads(&LeadFilter { limit: 100_000, ..LeadFilter::default() }).unwrap();
    let (from, to) = store.archive_span().unwrap().unwrap();
    let positions: u64 =
        store.density(from, to + Duration::from_secs(1), 1).unwrap().into_iter().flatten().sum();
    assert!(positions > 100_000 && !events.is_empty() && !leads.is_empty());
    (events.len(), leads.len(), positions)
}
