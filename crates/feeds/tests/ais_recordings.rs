//! Real recordings: totals that three other decoders agree on, and nothing that goes in is forgotten.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test reads recordings and fails loudly"
)]

use std::path::{Path, PathBuf};

use bitacora_feeds::ais::{Counts, Decoded, Options, Reader, Sink, TimeSource, json};
use bitacora_feeds::{Reason, Refusal};
use bitacora_primitives::SourceId;
use bitacora_sea::contacts::Report;

fn shared(part: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(part);
    if !path.exists() {
        assert!(std::env::var_os("CI").is_none(), "no ../shared in CI");
        println!("skipped: no ../shared");
        return None;
    }
    Some(path)
}

#[derive(Default)]
struct Kept {
    reports: Vec<Report>,
    refusals: Vec<Refusal>,
    objects: Vec<String>,
    in_units: Vec<String>,
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
            let mut units = String::new();
            json::write_units(decoded, &mut units);
            self.in_units.push(units);
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
    let Some(path) = shared("ais/raw/uscg-nais-2016-07-28-100k.nm4") else { return };
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
    let Some(folder) = shared("ais/raw") else { return };
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
    let Some(path) = shared("ais/raw/goais-nstimestamps-2019-02-16.nmea") else { return };
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
    let Some(path) = shared("ais/raw/kystverket-1000.nm4") else { return };
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

/// gpsd's own expected output, unscaled, for its sample of every type.
#[test]
fn fields_are_those_that_gpsd_prints() {
    let (Some(sentences), Some(expected)) =
        (shared("ais-expected/gpsd/sample.aivdm"), shared("ais-expected/gpsd/sample.aivdm.ju.chk"))
    else {
        return;
    };
    let options = Options { reports: false, ..Options::default() };
    let (_, kept) = read(&std::fs::read(sentences).unwrap(), 4096, options, true);
    let ours: Vec<serde_json::Value> =
        kept.objects.iter().map(|object| serde_json::from_str(object).expect(object)).collect();
    let mut from = 0;
    let (mut compared, mut fields, mut absent) = (0, 0, Vec::new());
    for line in std::fs::read_to_string(expected).unwrap().lines() {
        let want: serde_json::Value = serde_json::from_str(line).unwrap();
        let same =
            |value: &serde_json::Value| ["type", "mmsi", "repeat"].iter().all(|key| value[key] == want[key]);
        let message_type = want["type"].as_u64().unwrap();
        let Some(at) = (from..ours.len()).find(|at| same(&ours[*at])) else {
            absent.push(line.to_owned());
            continue;
        };
        // gpsd joins the parts of type 24; the parts stand next to each other in the sample.
        let mut got = ours[at].clone();
        if message_type == 24 {
            for other in ours.iter().skip(at + 1).filter(|other| same(other)).take(1) {
                for (key, value) in other.as_object().unwrap() {
                    got.as_object_mut().unwrap().entry(key.clone()).or_insert(value.clone());
                }
            }
        }
        from = at + 1;
        compared += 1;
        for (key, value) in want.as_object().unwrap() {
            // gpsd prints 0 for the communication state that ends type 26, and the vendor of type 24 as seven
            // characters.
            if (message_type == 26 && key == "radio") || key == "vendorid" {
                continue;
            }
            let Some(field) = got.get(key) else { continue };
            // gpsd prints the part of the communication state that a short payload still has.
            if key == "radio" && got["quality"] != serde_json::json!([]) {
                continue;
            }
            // gpsd fills the last byte of type 26 with the bits that follow, we with zeros.
            if message_type == 26 && key == "data" {
                let cut =
                    |value: &serde_json::Value| value.as_str().map(|text| text[..text.len() - 2].to_owned());
                assert_eq!(cut(field), cut(value), "{key} of {line}");
                continue;
            }
            let plain = |value: &serde_json::Value| match value {
                serde_json::Value::Bool(flag) => serde_json::json!(u8::from(*flag)),
                other => other.clone(),
            };
            // Lists of groups; gpsd prints zeros where the data end inside a group, we give what is there.
            if let Some(groups) = value.as_array() {
                for (want, got) in groups.iter().zip(field.as_array().unwrap()) {
                    for (key, got) in got.as_object().unwrap() {
                        assert_eq!(*got, plain(&want[key]), "{key} of {line}");
                        fields += 1;
                    }
                }
                continue;
            }
            assert_eq!(*field, plain(value), "{key} of {line}\nours {got}");
            fields += 1;
        }
    }
    println!("{compared} messages, {fields} fields; not found: {absent:#?}");
    assert!(compared >= 95 && fields > 700, "{compared} {fields}");
}

/// libais's own expected output, scaled, for one sentence of each type.
#[test]
fn values_are_those_that_libais_prints() {
    let (Some(sentences), Some(expected)) =
        (shared("ais-expected/libais/typeexamples.nmea"), shared("ais-expected/libais/typeexamples.json"))
    else {
        return;
    };
    let options = Options { reports: false, ..Options::default() };
    let (_, kept) = read(&std::fs::read(sentences).unwrap(), 4096, options, true);
    let ours: Vec<serde_json::Value> =
        kept.in_units.iter().map(|object| serde_json::from_str(object).expect(object)).collect();
    let (mut compared, mut fields) = (0, 0);
    for line in std::fs::read_to_string(expected).unwrap().lines() {
        let want: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(got) = ours.iter().find(|got| ["type", "mmsi"].iter().all(|key| got[key] == want[key]))
        else {
            continue;
        };
        compared += 1;
        for key in [
            "repeat",
            "lon",
            "lat",
            "speed",
            "course",
            "heading",
            "second",
            "status",
            "draught",
            "to_bow",
            "to_stern",
            "to_port",
            "to_starboard",
            "shiptype",
            "dest_mmsi",
            "dac",
            "fid",
            "shipname",
            "callsign",
            "destination",
        ] {
            // Null is "not available", which libais prints as the value that stands for it.
            let (Some(a), Some(b)) = (got.get(key), want.get(key)) else { continue };
            // libais prints the whole knots of type 9 as tenths.
            if a.is_null() || b.is_null() || (key == "speed" && want["type"] == 9) {
                continue;
            }
            fields += 1;
            match (a.as_f64(), b.as_f64()) {
                (Some(a), Some(b)) => assert!((a - b).abs() < 2e-5, "{key} {a} {b} of {line}"),
                _ => assert_eq!(a, b, "{key} of {line}"),
            }
        }
    }
    println!("{compared} messages, {fields} fields");
    assert!(compared == 26 && fields >= 80, "{compared} {fields}");
}
