//! Real recordings: totals that three other decoders agree on, and nothing that goes in is forgotten.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test reads recordings and fails loudly"
)]

use bitacora_feeds::ais::{Counts, Decoded, Options, Reader, Sink, TimeSource, json};
use bitacora_feeds::{Reason, Refusal};
use bitacora_primitives::SourceId;
use bitacora_sea::contacts::Report;

#[derive(Default)]
struct Kept {
    reports: Vec<Report>,
    refusals: Vec<Refusal>,
    objects: Vec<String>,
    want_json: bool,
}

impl Sink for Kept {
    fn report(&mut self, report: Report) {
        self.reports.push(report);
    }
    fn refused(&mut self, refusal: Refusal) {
        self.refusals.push(refusal);
    }
    fn message(&mut self, decoded: &Decoded<'_>) {
        if self.want_json {
            let mut object = String::new();
            json::write_raw(decoded, &mut object);
            self.objects.push(object);
        }
    }
}

fn read(bytes: &[u8], chunk: usize, options: Options, want_json: bool) -> (Counts, Kept) {
    let mut reader = Reader::new(SourceId::of(&[b"test"]), options);
    let mut kept = Kept { want_json, ..Kept::default() };
    for piece in bytes.chunks(chunk) {
        reader.push(piece, None, &mut kept);
    }
    reader.finish(&mut kept);
    (*reader.counts(), kept)
}

/// pyais, AIS-catcher and aivdm each count these 57,586 messages, and one each of what calls itself type 30 and 31.
#[test]
fn the_coast_guard_recording_gives_the_totals_of_other_decoders() {
    let Some(path) = bitacora_given::data("ais/raw/uscg-nais-2016-07-28-100k.nm4") else { return };
    let bytes = std::fs::read(path).unwrap();
    let (counts, kept) = read(&bytes, 1 << 16, Options::default(), false);
    let want = [
        (1, 36744),
        (2, 6),
        (3, 3988),
        (4, 3404),
        (5, 1335),
        (8, 834),
        (15, 433),
        (16, 4),
        (18, 1478),
        (20, 1213),
        (21, 7391),
        (23, 16),
        (24, 731),
        (25, 1),
        (27, 8),
        (30, 1),
        (31, 1),
    ];
    let got: Vec<(usize, u64)> = counts.by_type.iter().copied().enumerate().filter(|(_, n)| *n > 0).collect();
    assert_eq!(got, want);
    assert_eq!(counts.messages, 57_586 + 2);
    assert_eq!((counts.lines, counts.sentences, counts.refused.total()), (100_000, 59_402, 0));
    assert!(counts.duplicates > 35_000, "{}", counts.duplicates);
    assert_eq!(kept.reports.len() as u64, counts.positions + counts.statics);
    assert_eq!(counts.by_time_source[TimeSource::Tag as usize], counts.messages);
}

#[test]
fn every_line_of_every_recording_is_accounted_for() {
    let Some(folder) = bitacora_given::data("ais/raw") else { return };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let (counts, kept) = read(&bytes, 1 << 16, Options::default(), false);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(counts.refused.total() as usize, kept.refusals.len(), "{name}");
        // A line is ignored, a sentence, or refused before it was one.
        let early: u64 =
            [Reason::NotASentence, Reason::Checksum, Reason::ChecksumMissing, Reason::SentenceForm]
                .iter()
                .chain(&[Reason::FragmentNumbers, Reason::TagBlock, Reason::LineTooLong])
                .map(|reason| counts.refused.of(*reason))
                .sum();
        assert!(counts.ignored() + counts.sentences + early >= counts.lines, "{name} {counts:?}");
        assert!(counts.usable() || counts.needs_start(), "{name} {counts:?}");
        for refusal in &kept.refusals {
            let offset = refusal.place.offset.unwrap() as usize;
            let line = bytes[..offset].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            assert_eq!(line, refusal.place.line, "{name} {refusal}");
        }
        for report in kept.reports.iter().step_by(97) {
            let evidence = match report {
                Report::Position(contact) => contact.evidence,
                Report::Static(report) => report.evidence,
            };
            let offset = evidence.offset.unwrap() as usize;
            assert!(offset == 0 || bytes[offset - 1] == b'\n', "{name}");
        }
        println!(
            "{name}: {} messages, refused {:?}",
            counts.messages,
            counts.refused.occurred().collect::<Vec<_>>()
        );
        for refusal in kept.refusals.iter().take(3) {
            println!("  {refusal}");
        }
    }
}

/// The same bytes give the same output, however they are cut.
#[test]
fn chunks_make_no_difference() {
    let Some(path) = bitacora_given::data("ais/raw/goais-nstimestamps-2019-02-16.nmea") else { return };
    let bytes = std::fs::read(path).unwrap();
    let whole = read(&bytes, bytes.len(), Options::default(), true);
    for chunk in [1, 13, 80, 4096] {
        let cut = read(&bytes, chunk, Options::default(), true);
        assert_eq!(cut.0, whole.0);
        assert_eq!(cut.1.objects, whole.1.objects);
        assert_eq!(cut.1.reports, whole.1.reports);
    }
}

/// A feed that comes twice gives each transmission once.
#[test]
fn a_feed_that_comes_twice_is_reported_once() {
    let Some(path) = bitacora_given::data("ais/raw/kystverket-1000.nm4") else { return };
    let mut bytes = std::fs::read(path).unwrap();
    bytes.push(b'\n');
    let twice: Vec<u8> = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .flat_map(|line| [line, line])
        .flatten()
        .copied()
        .collect();
    let (once, kept_once) = read(&bytes, 4096, Options::default(), false);
    let (both, kept_both) = read(&twice, 4096, Options::default(), false);
    assert_eq!(both.messages, 2 * once.messages);
    assert_eq!(both.refused.total(), 2 * once.refused.total(), "{:?}", kept_both.refusals);
    let strip = |reports: &[Report]| -> Vec<String> {
        reports
            .iter()
            .map(|report| match report {
                Report::Position(c) => format!("{} {:?} {}", c.mmsi, c.position, c.observed),
                Report::Static(s) => format!("{} {:?} {:?}", s.mmsi, s.name, s.destination),
            })
            .collect()
    };
    assert_eq!(strip(&kept_both.reports), strip(&kept_once.reports));
}
