//! Profile `baseline` against the alert file that three other implementations agree on, and against bad files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly, and reads the shared files"
)]

use std::fmt::Write as _;
use std::path::PathBuf;

use bitacora_port::screening::Tier;
use bitacora_port::screening::baseline::{BadHeader, RowFault, RowRefusal, screen};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const HEADER: &str = "event_id,ts,trip,container,type,facility,actor,seal,weight_kg,auth\n";

fn shared(part: &str) -> Option<PathBuf> {
    bitacora_given::data(&format!("port/{part}"))
}

fn alerts(rows: &str) -> Vec<(u8, i64)> {
    let screened = screen(format!("{HEADER}{rows}").as_bytes()).unwrap();
    assert_eq!(screened.refused, 0, "{:?}", screened.refusals);
    screened.alerts.iter().map(|alert| (alert.rule, alert.event)).collect()
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

#[test]
fn the_alert_file_of_20_000_events_is_the_one_that_others_give() {
    let Some(path) = shared("baseline/events/ev20k.csv") else { return };
    let screened = screen(&std::fs::read(path).unwrap()).unwrap();
    let counts: Vec<usize> =
        (1..=5).map(|rule| screened.alerts.iter().filter(|alert| alert.rule == rule).count()).collect();
    assert_eq!(counts, [33, 6, 41, 5, 28]);
    assert_eq!((screened.rows, screened.refused), (20_000, 0));
    assert_eq!(
        sha256(&screened.alert_lines(false)),
        "a7fe5e48c8e4fdce294243221e54c67a176c0dd167dfef7c778880599f661f27"
    );
    // None of this stream's misreads is a confusable pair: with its tiers nothing is demoted.
    assert!(screened.alerts.iter().all(|alert| alert.tier == Tier::First));
}

#[test]
fn each_rule_fires_on_its_case_and_not_on_its_look_alike() {
    let seals = "1,0,1,CSQU3054383,STUF,A,1,S1,0,1\n2,10,1,CSQU3054383,LOAD,A,1,S2,0,1\n";
    assert_eq!(alerts(seals), [(1, 2)]);
    let opened = "1,0,1,CSQU3054383,STUF,A,1,S1,0,1\n2,5,1,CSQU3054383,INSP,A,1,,0,9\n3,10,1,CSQU3054383,RSEA,A,1,S2,0,9\n";
    assert_eq!(alerts(opened), []);
    let reused = "1,0,1,CSQU3054383,STUF,A,1,S1,0,1\n2,10,2,APZU4812090,STUF,A,1,S1,0,1\n3,11,2,APZU4812090,GTIN,A,1,S1,0,1\n";
    assert_eq!(alerts(reused), [(2, 1), (2, 2)]);
    let heavy = "1,0,1,CSQU3054383,GTIN,A,1,,20000,1\n2,10,1,CSQU3054383,LOAD,A,1,,20401,1\n";
    assert_eq!(alerts(heavy), [(3, 2)]);
    assert_eq!(alerts(&heavy.replace("20401", "20400")), []);
    let jump = "1,0,1,CSQU3054383,GTIN,A,1,,0,1\n2,21599,1,CSQU3054383,LOAD,B,1,,0,1\n";
    assert_eq!(alerts(jump), [(4, 2)]);
    assert_eq!(alerts(&jump.replace("21599", "21600")), []);
    assert_eq!(alerts("1,0,1,CSQU3054384,GTIN,A,1,,0,1\n"), [(4, 1)]);
    let door = "1,0,1,CSQU3054383,DRO,A,0,,0,0\n2,7200,1,CSQU3054383,INSP,A,1,,0,4\n";
    assert_eq!(alerts(door), []);
    assert_eq!(alerts(&door.replace("7200", "7201")), [(5, 1)]);
    assert_eq!(alerts("1,0,1,CSQU3054383,MOVE,A,1,,0,0\n"), [(5, 1)]);
}

#[test]
fn a_confusable_reading_is_demoted_and_printed_so() {
    let rows = "1,0,1,CSQU3054383,STUF,A,1,EC0012,0,1\n2,10,1,CSQU3054383,LOAD,A,1,ECO012,0,1\n";
    let screened = screen(format!("{HEADER}{rows}").as_bytes()).unwrap();
    assert_eq!(screened.alert_lines(true), "R1,2,reread\n");
    assert_eq!(screened.alert_lines(false), "R1,2\n");
    let near = rows.replace("ECO012", "EC0013");
    assert_eq!(screen(format!("{HEADER}{near}").as_bytes()).unwrap().alert_lines(true), "R1,2,first\n");
}

#[test]
fn a_bad_row_is_refused_with_its_place_and_the_rest_goes_on() {
    let rows = "x,0,1,CSQU3054383,MOVE,A,1,,0,0\n\n2,0,1,CSQU3054383,MOVE,A,1,,0,0\r\n3,0,1\n4,0,1,CSQU305438é,MOVE,A,1,,0,0\n\
                5,0,1,csqu3054383,MOVE,A,1,,0,0\n6,0,1,CSQU3054383,MOVE,A,1,,0,0,7\n7,0,\"1\",CSQU3054383,MOVE,A,1,,0,\"0\"\n8,0,1,\"CSQ";
    let screened = screen(format!("{HEADER}{rows}").as_bytes()).unwrap();
    let refused = |line, column, fault| RowRefusal { line, column, fault };
    assert_eq!(
        screened.refusals,
        [
            refused(2, 1, RowFault::NotAnInteger),
            refused(5, 4, RowFault::CellCount),
            refused(6, 4, RowFault::NotAContainer),
            refused(7, 4, RowFault::NotAContainer),
            refused(8, 11, RowFault::CellCount),
            refused(10, 4, RowFault::Quote),
        ]
    );
    assert_eq!((screened.rows, screened.refused), (2, 6));
    assert_eq!(screened.alert_lines(false), "R5,2\nR5,7\n");
    assert_eq!(screen(b""), Err(BadHeader::Empty));
    assert_eq!(screen(b"event_id,ts\n"), Err(BadHeader::Missing("trip")));
}

/// The five rules as rules_stream.py states them: plain maps, one row at a time.
mod plain {
    use std::collections::{BTreeMap, BTreeSet};

    pub type Row = (i64, i64, u8, usize, usize, usize, usize, i64, i64);
    pub const CONTAINERS: [&str; 4] = ["CSQU3054383", "APZU4812090", "CSQU3054384", "MSKU0000006"];
    pub const KINDS: [&str; 10] =
        ["STUF", "VGMS", "GTIN", "MOVE", "INSP", "RSEA", "DRO", "DRC", "LOAD", "ELSE"];
    pub const SEALS: [&str; 5] = ["", "S1", "S2", "a seal number of many letters", "S3"];

    fn right(container: &str) -> bool {
        let mut sum = 0;
        for (place, c) in container.chars().take(10).enumerate() {
            let mut value = c.to_digit(36).unwrap();
            if value >= 10 {
                value = (10..).filter(|v| v % 11 != 0).nth(value as usize - 10).unwrap();
            }
            sum += value << place;
        }
        sum % 11 % 10 == container[10..].parse::<u32>().unwrap()
    }

    pub fn screen(rows: &[Row]) -> Vec<(u8, i64)> {
        let mut found = BTreeSet::new();
        let (mut last, mut opens) = (BTreeMap::new(), BTreeMap::<u8, u32>::new());
        let mut uses = BTreeMap::<&str, BTreeMap<usize, i64>>::new();
        let mut masses = BTreeMap::<u8, BTreeMap<&str, (i64, i64)>>::new();
        let mut seen = BTreeMap::new();
        for &(event, ts, trip, container, kind, facility, seal, weight, auth) in rows {
            let kind = KINDS[kind];
            if matches!(kind, "INSP" | "RSEA") && auth > 0 {
                *opens.entry(trip).or_default() += 1;
            }
            if seal > 0 {
                let open = opens.get(&trip).copied().unwrap_or(0);
                if last.insert(trip, (seal, open)).is_some_and(|(s, o)| s != seal && o == open) {
                    found.insert((1, event));
                }
                uses.entry(SEALS[seal]).or_default().entry(container).or_insert(event);
            }
            if matches!(kind, "VGMS" | "GTIN" | "LOAD") {
                masses.entry(trip).or_default().insert(kind, (weight, event));
            }
            let jump = seen.insert(container, (facility, ts));
            if !right(CONTAINERS[container]) || jump.is_some_and(|(f, t)| f != facility && ts - t < 21_600) {
                found.insert((4, event));
            }
            let inspected =
                |r: &Row| r.2 == trip && KINDS[r.4] == "INSP" && r.8 > 0 && (r.1 - ts).abs() <= 7200;
            if (kind == "MOVE" && auth == 0) || (kind == "DRO" && !rows.iter().any(inspected)) {
                found.insert((5, event));
            }
        }
        for by_container in uses.values().filter(|m| m.len() > 1) {
            found.extend(by_container.values().map(|event| (2, *event)));
        }
        for of in masses.values() {
            let Some((gate, gate_event)) = of.get("GTIN") else { continue };
            if let Some((load, event)) = of.get("LOAD")
                && (load - gate) * 100 > 30_000.max(2 * gate)
            {
                found.insert((3, *event));
            }
            if let Some((vgm, _)) = of.get("VGMS")
                && (gate - vgm).abs() * 100 > 50_000.max(5 * vgm)
            {
                found.insert((3, *gate_event));
            }
        }
        found.into_iter().collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Unsorted rows, repeated ids, trips over several containers: all as the plain reading has it.
    #[test]
    fn any_rows_give_what_the_plain_rules_give(
        rows in prop::collection::vec(
            (0..30i64, 0..40_000i64, 0..4u8, 0..4usize, 0..10usize, 0..3usize, 0..5usize,
             prop_oneof![Just(0i64), 10_000..30_000i64], 0..3i64),
            0..40,
        )
    ) {
        let mut text = String::new();
        for &(event, ts, trip, container, kind, facility, seal, weight, auth) in &rows {
            let (container, kind, seal) = (plain::CONTAINERS[container], plain::KINDS[kind], plain::SEALS[seal]);
            writeln!(text, "{event},{ts},{trip},{container},{kind},F{facility},9,{seal},{weight},{auth}").unwrap();
        }
        prop_assert_eq!(alerts(&text), plain::screen(&rows));
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..300), tail in "[0-9A-Z,\"\\r\\n-]{0,300}") {
        let mut csv = HEADER.as_bytes().to_vec();
        csv.extend_from_slice(tail.as_bytes());
        csv.extend_from_slice(&bytes);
        let screened = screen(&csv).unwrap();
        prop_assert!(screened.refused >= screened.refusals.len() as u64);
        let _ = screen(&bytes);
    }
}
