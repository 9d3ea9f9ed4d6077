//! Who heard a transmission: every hearing stands in exactly one record, the report waits for none of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use bitacora_ais::messages::PositionA;
use bitacora_ais::sentence::checksum;
use bitacora_ais::{Body, Message, encode_sentences};
use bitacora_feeds::Refusal;
use bitacora_feeds::ais::{Counts, Heard, Hearing, MAX_STATIONS, Options, Reader, Reception, Sink};
use bitacora_primitives::{EvidenceRef, Instant, SourceId};
use bitacora_sea::contacts::Report;
use proptest::prelude::*;

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
    receptions: Vec<Reception>,
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
    fn reception(&mut self, reception: &Reception) {
        self.receptions.push(*reception);
    }
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
    read_in(1 << 16, bytes, received)
}

fn read_in(chunk: usize, bytes: &[u8], received: Option<Instant>) -> (Counts, Kept) {
    let options = Options { receptions: true, stations: true, ..Options::default() };
    let mut reader = Reader::new(SourceId::of(&[b"test"]), options);
    let mut kept = Kept::default();
    for chunk in bytes.chunks(chunk) {
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
fn each_hearing_is_told_as_its_line_is_read_and_names_the_kept_one() {
    let input = line("alpha", AT, 1, 0)
        + &line("bravo", AT + 1, 1, 0)
        + &line("alpha", AT + 2, 1, 0)
        + &line("bravo", AT + 3, 2, 0)
        + &line("delta", AT + 31, 1, 0);
    let (_, kept) = read(input.as_bytes(), None);
    let told: Vec<_> = kept
        .receptions
        .iter()
        .map(|one| {
            let seconds = |time: Instant| time.micros() / 1_000_000 - AT;
            let station = one.station.get().unwrap().to_owned();
            (one.heard_line, one.line, one.mmsi, station, seconds(one.at), seconds(one.observed))
        })
        .collect();
    let wanted = [
        (1, 1, 1, "alpha", 0, 0),
        (2, 1, 1, "bravo", 1, 0),
        (3, 1, 1, "alpha", 2, 0),
        (4, 4, 2, "bravo", 3, 3),
        (5, 5, 1, "delta", 31, 31),
    ];
    assert_eq!(
        told,
        wanted.map(|(heard, line, ship, name, at, seen)| (heard, line, ship, name.to_owned(), at, seen))
    );
}

proptest! {
    /// What a reading that was cut off has told, reading again tells again, and then the rest: whatever the mark was, a
    /// hearing above it is told once.
    #[test]
    fn the_hearings_of_a_beginning_are_the_beginning_of_all(
        heard in prop::collection::vec((0_u8..4, 0_i64..80, 1_u32..6), 1..120),
        cut in 0_usize..120,
        chunk in 1_usize..300,
        live in any::<bool>(),
    ) {
        let lines: Vec<String> =
            heard.iter().map(|(station, s, ship)| line(&format!("s{station}"), AT + s, *ship, 0)).collect();
        let received = live.then(|| Instant::from_secs(AT + 80));
        let whole = read(lines.concat().as_bytes(), received).1.receptions;
        prop_assert_eq!(whole.len(), lines.len());
        let begun = lines.get(..cut.min(lines.len())).unwrap().concat();
        let part = read_in(chunk, begun.as_bytes(), received).1.receptions;
        prop_assert_eq!(&part[..], &whole[..part.len()]);
        for one in &whole {
            prop_assert!(one.line <= one.heard_line);
            let kept = &whole[one.line as usize - 1];
            prop_assert_eq!((kept.line, kept.observed, kept.mmsi), (one.line, one.observed, one.mmsi));
            prop_assert!((one.at - kept.at).abs().micros() <= 30_000_000);
        }
    }
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
    let Some(path) = bitacora_given::data("ais/raw/uscg-nais-2016-07-28-100k.nm4") else { return };
    let (counts, kept) = read(&std::fs::read(path).unwrap(), None);
    let hearings: u64 = kept.records.iter().map(Record::hearings).sum();
    assert_eq!(hearings, counts.messages);
    assert_eq!(kept.receptions.len() as u64, counts.messages);
    let copies = kept.receptions.iter().filter(|one| one.line != one.heard_line).count() as u64;
    assert_eq!(copies, counts.duplicates);
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
