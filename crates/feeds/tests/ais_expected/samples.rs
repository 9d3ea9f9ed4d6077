//! Samples that come with no values of their own: what the tests that read them upstream expect, and what pyais 3.3.1, libais
//! 0.17, AIS-catcher (aiscat 0.68) and gpsdecode 3.22 each count in them.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_feeds::Reason;
use serde_json::{Value, json};

use crate::reading::{Given, bytes, read};

/// What is known of one file.
struct Sample {
    file: &'static str,
    /// Messages by type.
    by_type: &'static [(u8, u32)],
    /// What is refused, how often, and why that is right.
    refused: &'static [(Reason, usize, &'static str)],
    /// Another decoder's count where it is not ours: by how much it differs, and the rule that settles it. A decoder that is
    /// not named agrees.
    others: &'static [(&'static str, i64, &'static str)],
}

const LENGTH: &str =
    "libais refuses any length but the standard's; the message is taken with the doubt `off_length`";
const PAIRS: &str =
    "gpsd gives type 24 once for both parts (Message 24: part A and B are messages of their own)";
const LINES: &str = "gpsd passes over a last line without line end, and a second sentence in a line";
const CATCHER_LENGTH: &str =
    "AIS-catcher refuses a type 5 of fewer than 418 bits; it is taken with the doubt `off_length`";
const SUM: &str =
    "the checksum is wrong: edited by hand upstream. IEC 61162-1 lets no listener use such a sentence";
const ALONE: &str = "a fragment without companions is no message (IEC 61162-1, VDM)";
const TALKERS: &str =
    "two fragments of different talkers, AB and AI, are of no one sentence group (IEC 61162-1, VDM)";
const EMPTY: &str = "a sentence without payload: no message (pyais raises MissingPayload)";
const APPLICATION: &str =
    "libais refuses an application that it does not know (M.1371-5 Annex 5 leaves it to the DAC)";
const TALKER: &str = "AIS-catcher and gpsd refuse a talker of other characters than letters and digits";
const CHANNEL: &str =
    "gpsd refuses any channel but A, B, 1 and 2 (IEC 61162-1, VDM: A or B, null where it is not known)";

const SAMPLES: &[Sample] = &[
    Sample {
        file: "ais-tools/bad-tagblock-group.nmea",
        by_type: &[(21, 1)],
        refused: &[],
        others: &[("gpsd", -1, LINES)],
    },
    Sample {
        file: "ais-tools/bad-type5.nmea",
        by_type: &[(5, 2)],
        refused: &[
            (Reason::FragmentsMissing, 2, TALKERS),
            (Reason::NotASentence, 3, "a payload that is written without its sentence"),
        ],
        others: &[("libais", -2, LENGTH), ("AIS-catcher", -1, CATCHER_LENGTH), ("gpsd", -2, LINES)],
    },
    Sample {
        file: "ais-tools/ee-multiline.nmea",
        by_type: &[(1, 3), (3, 3), (5, 2)],
        refused: &[],
        others: &[],
    },
    Sample {
        file: "ais-tools/errors.nmea",
        by_type: &[(1, 2), (3, 1)],
        refused: &[(Reason::Checksum, 2, SUM)],
        others: &[("pyais", 2, SUM), ("libais", -2, LENGTH), ("AIS-catcher", 2, SUM), ("gpsd", -1, LINES)],
    },
    Sample {
        file: "ais-tools/mixed_types.nmea",
        by_type: &[
            (1, 5),
            (2, 5),
            (3, 5),
            (4, 5),
            (5, 5),
            (7, 5),
            (8, 4),
            (9, 5),
            (10, 5),
            (11, 5),
            (12, 5),
            (14, 5),
            (15, 5),
            (17, 5),
            (18, 5),
            (19, 5),
            (20, 5),
            (21, 5),
            (24, 5),
            (27, 5),
        ],
        refused: &[],
        others: &[("gpsd", -5, PAIRS), ("gpsd", -1, LINES)],
    },
    Sample {
        file: "ais-tools/multi-part.nmea",
        by_type: &[(5, 10), (6, 2), (8, 1), (12, 10), (14, 10), (17, 10)],
        refused: &[],
        others: &[],
    },
    Sample {
        file: "ais-tools/sample.nmea",
        by_type: &[(18, 1), (24, 2)],
        refused: &[],
        others: &[("libais", -1, LENGTH), ("gpsd", -1, PAIRS), ("gpsd", -1, LINES)],
    },
    Sample {
        file: "ais-tools/single-message-type-5.nmea",
        by_type: &[],
        refused: &[(Reason::Checksum, 1, SUM)],
        others: &[("pyais", 1, SUM), ("AIS-catcher", 1, SUM)],
    },
    Sample {
        file: "ais-tools/spire-test.nmea",
        by_type: &[(5, 2)],
        refused: &[],
        others: &[("gpsd", -2, LINES)],
    },
    Sample {
        file: "ais-tools/type1-bad-bitcount.nmea",
        by_type: &[(1, 9), (3, 3)],
        refused: &[],
        others: &[("libais", -12, LENGTH)],
    },
    Sample {
        file: "ais-tools/type8.nmea",
        by_type: &[(8, 1)],
        refused: &[],
        others: &[("libais", -1, APPLICATION)],
    },
    Sample {
        file: "aislib/ais250.txt",
        by_type: &[(1, 162), (3, 13), (4, 19), (5, 8), (8, 1), (18, 23), (21, 3), (24, 14)],
        refused: &[],
        others: &[("gpsd", -8, LINES), ("gpsd", -13, PAIRS)],
    },
    Sample {
        file: "aislib/decode_encode_messages.txt",
        by_type: &[(1, 282), (3, 35), (4, 71), (5, 15), (8, 30), (18, 103), (20, 37), (24, 28)],
        refused: &[],
        others: &[("gpsd", -16, PAIRS)],
    },
    Sample {
        file: "aislib/small_cb_example.txt",
        by_type: &[(1, 5), (5, 4), (8, 1), (20, 1)],
        refused: &[(Reason::FragmentsMissing, 1, ALONE)],
        others: &[("AIS-catcher", -1, TALKER), ("gpsd", -1, TALKER), ("gpsd", -2, CHANNEL)],
    },
    Sample {
        file: "pyais/ais_test_messages",
        by_type: &[(1, 6), (5, 1)],
        refused: &[],
        others: &[("gpsd", -1, LINES)],
    },
    Sample { file: "pyais/messages.ais", by_type: &[(1, 6)], refused: &[], others: &[("gpsd", -1, LINES)] },
    Sample {
        file: "pyais/mixed.txt",
        by_type: &[(1, 10), (5, 2)],
        refused: &[
            (Reason::NotASentence, 2, "text"),
            (
                Reason::ChecksumMissing,
                1,
                "the line is cut in its payload: nothing says that what is left is right",
            ),
        ],
        others: &[],
    },
    Sample { file: "pyais/timestamped.ais", by_type: &[(1, 4)], refused: &[], others: &[] },
    Sample {
        file: "pyais/nmea_data_sample.txt",
        by_type: &[(1, 667), (3, 76), (4, 6), (15, 7), (18, 19), (20, 1), (24, 2)],
        refused: &[(Reason::PayloadTooShort, 100, EMPTY), (Reason::FragmentsMissing, 20, ALONE)],
        others: &[("gpsd", -1, PAIRS), ("gpsd", -1, LINES)],
    },
];

pub fn files() -> impl Iterator<Item = String> {
    SAMPLES.iter().map(|sample| sample.file.to_owned()).chain(["go-ais/goais-typed.nmea".to_owned()])
}

#[test]
fn every_sample_gives_the_messages_that_others_count() {
    let (mut messages, mut differences) = (0, 0);
    for sample in SAMPLES {
        let Some(text) = bytes(sample.file) else { return };
        let given = read(&text);
        let mut by_type: BTreeMap<u8, u32> = BTreeMap::new();
        for message in &given.raw {
            *by_type.entry(message["type"].as_u64().unwrap() as u8).or_default() += 1;
        }
        assert_eq!(by_type, sample.by_type.iter().copied().collect(), "{}", sample.file);
        let mut reasons: Vec<(Reason, usize)> = sample.refused.iter().map(|one| (one.0, one.1)).collect();
        for (_, reason, said) in &given.refused {
            let known = reasons.iter_mut().find(|one| one.0 == *reason).unwrap_or_else(|| panic!("{said}"));
            known.1 = known.1.checked_sub(1).unwrap_or_else(|| panic!("{}: {said}", sample.file));
        }
        assert!(reasons.iter().all(|one| one.1 == 0), "{}: {reasons:?}", sample.file);
        messages += given.raw.len();
        // At least two of the four count what we count.
        differences += sample.others.len();
        let names: BTreeSet<&str> = sample.others.iter().map(|one| one.0).collect();
        // Two that take a sentence with a wrong checksum agree with each other, and the two others with us.
        let wrong = sample.others.iter().any(|one| one.2 == SUM);
        assert!(names.len() <= 2 || wrong || sample.file.ends_with("bad-type5.nmea"), "{}", sample.file);
        assert!(
            sample.others.iter().all(|(name, by, rule)| *by != 0 && !name.is_empty() && !rule.is_empty())
        );
    }
    println!("{} files, {messages} messages, {differences} differences of another decoder", SAMPLES.len());
    assert_eq!((SAMPLES.len(), differences), (19, 28));
}

fn of(file: &str) -> Option<Given> {
    bytes(file).map(|text| read(&text))
}

/// pyais, tests/test_file_stream.py `test_reader`, `test_mixed_content`, `test_marine_traffic_sample`: seven messages, six, and
/// each of the sample is decoded or is a sentence without payload.
#[test]
fn pyais_expects_these_messages_of_its_samples() {
    let (Some(seven), Some(six), Some(sample)) =
        (of("pyais/ais_test_messages"), of("pyais/messages.ais"), of("pyais/nmea_data_sample.txt"))
    else {
        return;
    };
    assert_eq!((seven.raw.len(), six.raw.len()), (7, 6));
    let numbers: Vec<u64> = seven.raw.iter().map(|one| one["mmsi"].as_u64().unwrap()).collect();
    // tests/test_preprocess.py has the same sentences with their numbers.
    assert_eq!(numbers[..6], [227_006_760, 205_448_890, 786_434, 249_191_000, 316_013_198, 366_913_120]);
    for (line, reason, said) in &sample.refused {
        let without = *reason == Reason::PayloadTooShort && said.contains("!AIVDM,1,1,,");
        assert!(without || *reason == Reason::FragmentsMissing, "line {line}: {said}");
    }
}

/// pyais, tests/test_file_stream.py `test_timestamp_messages`: `$PGHP` tells the time of the sentence that follows it. It also
/// wants 2009-05-09 for the third, from a `$PGHP` whose checksum is that of the year 2008: not believed (IEC 61162-1, checksum).
#[test]
fn pyais_expects_the_time_of_the_sentence_before() {
    let Some(given) = of("pyais/timestamped.ais") else { return };
    let times: Vec<&Value> = given.raw.iter().map(|one| &one["time"]).collect();
    assert_eq!(times, [&json!("2008-05-09T00:00:00.01Z"), &Value::Null, &Value::Null, &Value::Null]);
    let mended = String::from_utf8(bytes("pyais/timestamped.ais").unwrap()).unwrap();
    let mended = mended.replacen("2009,5,9,0,0,0,10,338,2,,1,09*17", "2009,5,9,0,0,0,10,338,2,,1,09*16", 1);
    assert_eq!(read(mended.as_bytes()).raw[2]["time"], json!("2009-05-09T00:00:00.01Z"));
}

/// AisLib, `AisPacketTest.readPacketTest`: every packet of the example has a time, from TAG block, `$PGHP`, a TAG block in the
/// line before, or the receiver's trailer. Its group of the form `1G2:0125` is joined by what else both parts share.
#[test]
fn aislib_expects_a_time_for_every_message() {
    let Some(given) = of("aislib/small_cb_example.txt") else { return };
    let told: Vec<(u64, &str)> =
        given.raw.iter().map(|one| (one["line"].as_u64().unwrap(), one["time"].as_str().unwrap())).collect();
    assert_eq!(
        told,
        [
            (1, "2013-01-02T13:43:38Z"),
            (2, "2013-01-02T13:43:42Z"),
            (4, "2013-03-26T04:32:52Z"),
            (6, "2013-03-26T04:32:52Z"),
            (10, "2012-12-06T09:53:48.612Z"),
            (14, "2012-12-05T14:56:27Z"),
            (16, "2012-12-05T14:56:28Z"),
            (17, "2012-12-05T14:56:28Z"),
            (19, "2012-12-05T16:43:44Z"),
            (21, "2012-12-06T09:53:48.549Z"),
            (24, "2012-12-06T09:53:48.612Z"),
        ]
    );
}

/// ais-tools, tests/test_edge_cases.py: a group with extra delimiters (`g:1-2--001`) still says which sentence it is.
#[test]
fn ais_tools_expects_a_damaged_group_to_be_read() {
    let Some(given) = of("ais-tools/bad-tagblock-group.nmea") else { return };
    assert_eq!(given.raw[0]["lines"], json!([1, 2]));
    assert_eq!((&given.raw[0]["mmsi"], &given.raw[0]["type"]), (&json!(512_000_298), &json!(21)));
}

/// ais-tools names its files by what is wrong with them: bit counts of types 1 and 5, and each such message says so.
#[test]
fn ais_tools_expects_wrong_bit_counts_to_be_told() {
    for (file, whole) in [("ais-tools/type1-bad-bitcount.nmea", 0), ("ais-tools/bad-type5.nmea", 0)] {
        let Some(given) = of(file) else { return };
        let good =
            given.raw.iter().filter(|one| !one["quality"].as_array().unwrap().contains(&json!("off_length")));
        assert_eq!(good.count(), whole, "{file}");
    }
}
