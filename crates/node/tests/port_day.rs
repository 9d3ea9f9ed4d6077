//! A port's day from the command line: files in, alerts and leads out, the day planned and its draw committed to the
//! node's log; and files held against their standards.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod harness;

use std::path::{Path, PathBuf};

use bitacora_api::port::Screening;
use bitacora_leads::Lead;
use bitacora_primitives::finding::Finding;
use bitacora_primitives::{IndicationCode, Subject};
use bitacora_store::{LeadFilter, Store};
use harness::{file, folder, run, text};
use serde_json::{Value, json};

/// One box swapped at night and heavier at load, one touched by nobody, one whose load is planned.
const EVENTS: &str = "event_id,ts,trip,container,type,facility,actor,seal,weight_kg,auth,scale,movement,read_count\n\
    1,2026-11-20T08:00:00Z,T1,CSQU3054383,GTIN,COCTG-SPRC,g1,EC4471820,20000,5,G2,EXPORT,1\n\
    2,2026-11-20T18:00:00Z,T1,CSQU3054383,LOAD,COCTG-SPRC,c1,EC7790113,21900,5,Q1,EXPORT,1\n\
    3,2026-11-20T09:00:00Z,T2,APZU4812090,GTIN,COCTG-SPRC,g1,EC4471833,18000,6,G2,EXPORT,1\n\
    4,soon,T2,APZU4812090,MOVE,COCTG-SPRC,g1,,,6,,EXPORT,1\n";

fn ingest(data: &Path, files: &[&PathBuf]) -> harness::Ran {
    let files: Vec<&str> = files.iter().map(|path| text(path)).collect();
    run(&[&["port", "ingest", "--data", text(data)][..], &files].concat())
}

fn leads(data: &Path) -> Vec<Lead> {
    let store = Store::open(data, None).unwrap();
    let rows = store.leads(&LeadFilter::default()).unwrap();
    rows.iter().map(|row| serde_json::from_str(&row.lead.body).unwrap()).collect()
}

#[test]
fn events_are_kept_with_their_file_and_an_alert_becomes_a_lead_once() {
    let data = folder("port-day");
    let events = file(&data, "events.csv", EVENTS.as_bytes());
    let first = ingest(&data, &[&events]);
    assert_eq!(first.code, 0, "{first:?}");
    assert!(first.out.contains("events.csv  csv  3 rows  1 defects  0 set aside"), "{}", first.out);
    assert!(first.err.contains("line 5, ts: time_unreadable: soon"), "{}", first.err);
    let raised = leads(&data);
    let [lead] = raised.as_slice() else { panic!("{raised:?}") };
    assert_eq!(lead.subject, Subject::Container { number: "CSQU3054383".parse().unwrap() });
    assert_eq!((lead.title, lead.position), (IndicationCode::Container(Finding::SealChanged), None));
    assert!(lead.reasons.len() >= 2 && !lead.alternatives().is_empty(), "{lead:?}");

    let again = ingest(&data, &[&events]);
    assert!(again.out.ends_with("0 leads raised  0 revised\n"), "{}", again.out);
    assert_eq!(leads(&data).len(), 1);
    // An inspection under an order that came late explains the seal: the lead is revised, and stays.
    let late = EVENTS.lines().next().unwrap().to_owned()
        + "\n9,2026-11-20T12:00:00Z,T1,CSQU3054383,INSP,COCTG-SPRC,cus,EC7790113,,77,,EXPORT,1\n";
    let late = file(&data, "late.csv", late.as_bytes());
    let revised = ingest(&data, &[&late]);
    assert!(revised.out.contains("1 revised"), "{}", revised.out);
    let [lead] = &leads(&data)[..] else { panic!("one lead") };
    assert_eq!(lead.revision, 1);
    let seal = |lead: &Lead| {
        let code = IndicationCode::Container(Finding::SealChanged);
        lead.reasons.iter().find(|reason| reason.indication.code == code).unwrap().indication.strength.nats
    };
    assert_eq!(seal(lead), 0.0, "{lead:?}");
    let copy = file(&data, "copy.csv", format!("{EVENTS}\n").as_bytes());
    assert!(ingest(&data, &[&copy]).out.ends_with("0 leads raised  0 revised\n"));
    let store = Store::open(&data, None).unwrap();
    let book = Screening::default().book(&store).unwrap();
    assert_eq!(
        book.events_of("CSQU3054383".parse().unwrap()).len(),
        3,
        "an event told by two files is one event"
    );
    let kept: Vec<_> = std::fs::read_dir(data.join("port").join("files")).unwrap().collect();
    assert_eq!(kept.len(), 3, "the files themselves are kept");
}

#[test]
fn the_queue_speaks_both_languages_and_json() {
    let data = folder("port-queue");
    let events = file(&data, "events.csv", EVENTS.as_bytes());
    ingest(&data, &[&events]);
    let queue = |extra: &[&str]| run(&[&["port", "alerts", "--data", text(&data)][..], extra].concat());
    assert!(queue(&["--lang", "en"]).out.contains("seal changed"), "{}", queue(&["--lang", "en"]).out);
    assert!(queue(&["--lang", "es"]).out.contains("precinto cambiado"), "{}", queue(&["--lang", "es"]).out);
    let first: Value = serde_json::from_str(queue(&["--json"]).out.lines().next().unwrap()).unwrap();
    assert_eq!(first["container"], "CSQU3054383");
}

#[test]
fn the_day_is_planned_and_its_draw_committed_to_the_log() {
    let data = folder("port-plan");
    let events = file(&data, "events.csv", EVENTS.as_bytes());
    ingest(&data, &[&events]);
    let keys: Vec<String> = ["customs", "police", "port"]
        .iter()
        .map(|body| {
            let key = data.join(format!("{body}.key"));
            run(&["port", "draw", "key", "--out", text(&key)]).out.trim().to_owned()
        })
        .collect();
    let beacon = json!({
        "chain": "three_party", "from": { "round": 1, "value": "00".repeat(32) }, "keys": keys,
        "times": { "first": 1_763_000_000, "period": 3600 },
    });
    let beacon = file(&data, "beacon.json", beacon.to_string().as_bytes());
    let (terms, list) = (data.join("terms.json"), data.join("list.json"));
    let listed = run(&[
        "port",
        "draw",
        "list",
        "--data",
        text(&data),
        "--capacity",
        "1",
        "--hours",
        "6",
        "--port",
        "COCTG",
        "--shift",
        "2026-11-20",
        "--beacon",
        text(&beacon),
        "--keys",
        &keys.join(","),
        "--terms",
        text(&terms),
        "--list",
        text(&list),
    ]);
    assert_eq!(listed.code, 0, "{listed:?}");
    assert!(
        listed.out.starts_with("1 boxes  6 slots") && listed.out.contains("assumed: prior"),
        "{}",
        listed.out
    );
    let commit =
        ["port", "draw", "commit", "--terms", text(&terms), "--list", text(&list), "--data", text(&data)];
    let committed = run(&commit);
    assert_eq!(committed.code, 0, "{committed:?}");
    let hash = committed.out.trim();
    let store = Store::open(&data, None).unwrap();
    let leaves = store.leaves(None, 10).unwrap();
    assert!(
        leaves.iter().any(|row| row.leaf.kind == "port_draw" && row.leaf.record.contains(hash)),
        "{leaves:?}"
    );
    let draw = data.join("port").join("draws").join("2026-11-20.json");
    assert_eq!(run(&["port", "verify-draw", text(&draw), "--commitment", hash]).code, 0);
}

#[test]
fn files_are_held_against_their_standards() {
    let data = folder("port-validate");
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/edifact");
    let codeco = seeds.join("codeco_gate_in");
    let valid = run(&["port", "validate", "--standard", "edifact", text(&codeco)]);
    assert_eq!(
        (valid.code, valid.out.as_str()),
        (0, format!("{}: valid\n", codeco.display()).as_str()),
        "{valid:?}"
    );
    let converted = run(&["port", "convert", "--to", "edifact", text(&codeco)]);
    assert_eq!(converted.out.as_bytes(), std::fs::read(&codeco).unwrap());
    let broken = file(&data, "broken.edi", b"UNB+UNOA:2+A+B+261120:1000+1'UNZ+1+2'");
    let ran = run(&["port", "validate", "--standard", "edifact", text(&broken), text(&codeco)]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.lines().nth(1).unwrap().ends_with(": valid"), "the rest goes on: {}", ran.out);
    assert!(ran.out.contains("contradiction"), "{}", ran.out);
}

#[test]
fn times_without_a_zone_are_the_senders() {
    let gate = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/edifact/codeco_gate_in");
    // 2026-07-01 at 11:30 where it was written.
    for (name, offset, at) in [
        ("utc", None, "2026-07-01T11:30:00Z"),
        ("cartagena", Some("-05:00"), "2026-07-01T16:30:00Z"),
        ("kolkata", Some("+05:30"), "2026-07-01T06:00:00Z"),
    ] {
        let data = folder(&format!("port-zone-{name}"));
        let mut ingest = vec!["port", "ingest", "--data", text(&data)];
        ingest.extend(offset.into_iter().flat_map(|offset| ["--utc-offset", offset]));
        let ran = run(&[&ingest[..], &[text(&gate)]].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        let rows = Store::open(&data, None).unwrap().port_rows(Some("CSQU3054383")).unwrap();
        let gate_in = rows.iter().find(|row| row.body.contains("GTIN")).unwrap();
        assert_eq!(gate_in.at.unwrap().to_string(), at, "{name}");
    }
    for wrong in ["-5", "05:00", "-05:60", "+15:00", "-0\u{e9}:00"] {
        let ran = run(&["port", "ingest", "--utc-offset", wrong, text(&gate)]);
        assert!(ran.code != 0 && ran.err.contains("offset from -12:00"), "{wrong}: {ran:?}");
    }
}
