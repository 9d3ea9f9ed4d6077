//! Who heard a transmission: every hearing stands in exactly one record, the report waits for none of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use std::path::Path;

use bitacora_ais::messages::PositionA;
use bitacora_ais::sentence::checksum;
use bitacora_ais::{Body, Message, encode_sentences};
use bitacora_feeds::Refusal;
use bitacora_feeds::ais::{Counts, Heard, Hearing, MAX_STATIONS, Options, Reader, Sink};
use bitacora_primitives::{EvidenceRef, Instant, SourceId};
use bitacora_sea::contacts::Report;

#[derive(Debug, Clone)]
struct Record {
    first: EvidenceRef,
    mmsi: u32,
    by: Vec<Hearing>,
    more: u64,
    supplement: bool,
}

impl Record {
    fn hearings(&self) -> u64 {
        self.more + self.by.iter().map(|one| u64::from(one.times)).sum::<u64>()
    }
    fn stations(&self) -> Vec<&str> {
        self.by.iter().map(|one| one.station.get().unwrap_or("")).collect()
    }
}

#[derive(Default)]
struct Kept {
    records: Vec<Record>,
    /// Lines of the reports, and how many records had been given by then.
    reports: Vec<(u64, usize)>,
}

impl Sink for Kept {
    fn report(&mut self, report: Report) {
        let evidence = match &report {
            Report::Position(contact) => contact.evidence,
            Report::Static(report) => report.evidence,
        };
        self.reports.push((evidence.line, self.records.len()));
    }
    fn refused(&mut self, _refusal: Refusal) {}
    fn heard(&mut self, heard: &Heard<'_>) {
        assert!(heard.by.len() <= MAX_STATIONS && !heard.by.is_empty());
        self.records.push(Record {
            first: heard.first,
            mmsi: heard.mmsi,
            by: heard.by.to_vec(),
            more: heard.more,
            supplement: heard.supplement,
        });
    }
}

fn read(bytes: &[u8], received: Option<Instant>) -> (Counts, Kept) {
    let mut reader = Reader::new(SourceId::of(&[b"test"]), Options { stations: true, ..Options::default() });
    let mut kept = Kept::default();
    for chunk in bytes.chunks(1 << 16) {
        reader.push(chunk, received, &mut kept);
    }
    reader.finish(&mut kept);
    (*reader.counts(), kept)
}

const AT: i64 = 1_469_664_000;

fn line(station: &str, seconds: i64, ship: u32, lon: i32) -> String {
    let fields = PositionA { lon, lat: 6_000_000, ..PositionA::NOT_AVAILABLE };
    let message = Message::new(1, ship, Body::PositionA(fields));
    let sentence = encode_sentences(&message, "AIVDM", 'A', 0).unwrap().remove(0);
    let tag = format!("s:{station},c:{seconds}");
    format!("\\{tag}*{:02X}\\{sentence}\n", checksum(tag.as_bytes()))
}

#[test]
fn the_stations_that_heard_one_transmission_are_named_in_order_with_their_times() {
    let input = line("alpha", AT, 1, 0)
        + &line("bravo", AT + 1, 1, 0)
        + &line("alpha", AT + 2, 1, 0)
        + &line("charlie", AT + 30, 1, 0)
        + &line("delta", AT + 31, 1, 0);
    let (counts, kept) = read(input.as_bytes(), None);
    assert_eq!((counts.positions, counts.duplicates), (2, 3));
    let [one, two] = kept.records.as_slice() else { panic!("{:?}", kept.records) };
    assert_eq!(one.stations(), ["alpha", "bravo", "charlie"]);
    assert_eq!(one.by.iter().map(|one| (one.line, one.times)).collect::<Vec<_>>(), [(1, 2), (2, 1), (4, 1)]);
    assert_eq!(
        one.by.iter().map(|one| one.at).collect::<Vec<_>>(),
        [0, 1, 30].map(|s| Instant::from_secs(AT + s))
    );
    assert_eq!((one.first.line, one.mmsi, one.more, one.supplement), (1, 1, 0, false));
    assert_eq!((two.stations(), two.first.line), (vec!["delta"], 5));
}

#[test]
fn the_first_report_does_not_wait_for_later_hearings() {
    let input: String = (0..100).map(|n| line("alpha", AT + n, n as u32 + 1, 0)).collect();
    let (_, kept) = read(input.as_bytes(), None);
    assert_eq!((kept.reports.len(), kept.records.len()), (100, 100));
    // The first report came before any record, and records came before the end: at most 16 messages after the window.
    assert_eq!(kept.reports[0], (1, 0));
    assert!(kept.reports[60].1 > 0 && kept.reports[99].1 >= 100 - 31 - 32, "{:?}", kept.reports[99]);
}

#[test]
fn stations_beyond_the_bound_are_counted() {
    let input: String = (0..100).map(|n| line(&format!("s{n}"), AT, 1, 0)).collect();
    let (_, kept) = read(input.as_bytes(), None);
    assert_eq!(kept.records.len(), 1);
    assert_eq!((kept.records[0].by.len(), kept.records[0].more), (MAX_STATIONS, 100 - MAX_STATIONS as u64));
}

#[test]
fn a_clock_far_ahead_closes_no_record_of_the_others() {
    let mut input = line("alpha", AT, 1, 0);
    for n in 1..40 {
        input += &line("alpha", AT, 1 + n, 0);
        if n % 8 == 0 {
            input += &line("ahead", AT + 172_800, 1000 + n, 0);
        }
    }
    input += &line("bravo", AT + 5, 1, 0);
    let (_, kept) = read(input.as_bytes(), None);
    assert!(kept.records.iter().all(|record| !record.supplement));
    let first = kept.records.iter().find(|record| record.mmsi == 1).unwrap();
    assert_eq!(first.stations(), ["alpha", "bravo"]);
}

#[test]
fn a_hearing_after_its_record_has_been_given_is_a_supplement_that_names_the_line() {
    // Every station but one is a minute on before that one's line comes, with the time at which it heard it.
    let mut input = line("alpha", AT, 1, 0);
    for n in 0..40 {
        input += &line("alpha", AT + 60, 100 + n, 0);
    }
    input += &line("bravo", AT + 2, 1, 0);
    let (counts, kept) = read(input.as_bytes(), None);
    assert_eq!(counts.duplicates, 1);
    let of_first: Vec<&Record> = kept.records.iter().filter(|record| record.mmsi == 1).collect();
    assert_eq!(of_first.len(), 2);
    assert_eq!((of_first[0].supplement, of_first[1].supplement), (false, true));
    assert_eq!((of_first[1].first.line, of_first[1].stations()), (1, vec!["bravo"]));
}

#[test]
fn a_flood_is_given_out_early_and_nothing_is_lost() {
    let mut input = String::new();
    for n in 0..50_000_u32 {
        input += &line("alpha", AT, n % 50_000 + 1, 0);
        if n % 2 == 0 {
            input += &line("bravo", AT, n % 50_000 + 1, 0);
        }
    }
    let (counts, kept) = read(input.as_bytes(), None);
    assert_eq!(counts.messages, 75_000);
    assert_eq!(kept.records.iter().map(Record::hearings).sum::<u64>(), 75_000);
    assert!(kept.reports.last().unwrap().1 > 10_000, "the memory is bounded");
}

#[test]
fn live_records_are_given_out_when_the_window_has_passed_by_the_nodes_clock() {
    let mut reader = Reader::new(SourceId::of(&[b"test"]), Options { stations: true, ..Options::default() });
    let mut kept = Kept::default();
    let now = |s| Some(Instant::from_secs(AT + s));
    reader.push(line("alpha", AT, 1, 0).as_bytes(), now(0), &mut kept);
    reader.push(line("bravo", AT, 1, 0).as_bytes(), now(20), &mut kept);
    assert!(kept.records.is_empty() && kept.reports.len() == 1);
    reader.push(b"", now(31), &mut kept);
    assert_eq!(kept.records.len(), 1);
    assert_eq!(kept.records[0].stations(), ["alpha", "bravo"]);
}

/// Of the recording, 64.7 % of the payloads are duplicates; each of them is a hearing in a record.
#[test]
fn every_hearing_of_the_coast_guard_recording_stands_in_one_record() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/ais/raw/uscg-nais-2016-07-28-100k.nm4");
    if !path.exists() {
        assert!(std::env::var_os("CI").is_none(), "no ../shared in CI");
        println!("skipped: no ../shared");
        return;
    }
    let (counts, kept) = read(&std::fs::read(path).unwrap(), None);
    let hearings: u64 = kept.records.iter().map(Record::hearings).sum();
    assert_eq!(hearings, counts.messages);
    let transmissions = kept.records.iter().filter(|record| !record.supplement).count() as u64;
    assert_eq!(transmissions, counts.messages - counts.duplicates);
    let mut by_number = [0_u64; MAX_STATIONS + 1];
    for record in &kept.records {
        by_number[record.by.len()] += 1;
        let mut names = record.stations();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), record.by.len(), "a station is named once");
        assert!(record.supplement || record.by[0].line == record.first.line);
    }
    let supplements = kept.records.len() as u64 - transmissions;
    println!("{transmissions} transmissions, {supplements} supplements, by number of stations {by_number:?}");
    assert!(by_number.iter().skip(2).sum::<u64>() > 5_000);
}
