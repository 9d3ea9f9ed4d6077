//! libais's own expected output, and what the comments of its test sentences say of them.

use serde_json::{Value, json};

use crate::reading::{Exceptions, bytes, number, objects, plain, read};

pub const FILES: &[&str] = &[
    "libais/typeexamples.nmea",
    "libais/typeexamples.json",
    "libais/tagblock.nmea",
    "libais/tagblock.json",
    "libais/test.aivdm",
];

const NOTHING: &str = "libais prints the value that stands for \"not available\" or no place on Earth";
const RETRANSMIT: &str = "libais inverts the retransmit flag of type 6 (Message 6: 1 is retransmitted)";
const LATENCY: &str = "libais inverts the position latency of type 27 (Message 27: 0 is less than 5 s)";
const KNOTS: &str = "libais takes the whole knots of type 9 for tenths (Message 9)";
const TABLE: &str = "libais maps _ to - and ' to backquote (table 47 of M.1371-5)";
const AT: &str = "libais keeps @, which ends a text (table 47 of M.1371-5)";

/// Keys that tell about the output, say a code in words or print spare bits.
fn about(key: &str) -> bool {
    matches!(
        key,
        "class" | "device" | "scaled" | "notice_type_str" | "tagblock_q" | "tagblock_T" | "timestamp"
    ) || key.ends_with("_text")
        || key.starts_with("spare")
        || key == "utc_spare"
}

/// Ours under the name of libais.
fn under(key: &str, raw: &Value, units: &Value) -> Value {
    let radio = raw["radio"].as_u64().unwrap_or(0);
    let self_organised = matches!(raw["type"].as_u64(), Some(1 | 2 | 4 | 11 | 26));
    // M.1371-5 Annex 2, tables 18 and 20: SOTDMA and ITDMA states.
    let state = |shift: u32, bits: u32| json!(radio >> shift & ((1 << bits) - 1));
    match key {
        "sync_state" => state(17, 2),
        "slot_timeout" => state(14, 3),
        "received_stations" | "slot_number" | "slot_offset" => state(0, 14),
        "utc_hour" => state(9, 5),
        "utc_min" => state(2, 7),
        "slot_increment" if !self_organised => state(4, 13),
        "slots_to_allocate" if !self_organised => state(1, 3),
        "keep_flag" if !self_organised => state(0, 1),
        "commstate_cs_fill" => state(0, 19),
        "unit" => raw["cs"].clone(),
        "mode" => raw["assigned"].clone(),
        "part_num" => raw["partno"].clone(),
        "msg_seq" => raw["text_sequence"].clone(),
        "link_id" => raw["linkage"].clone(),
        "notice_type" => raw["notice"].clone(),
        // libais prints the minute of the start as the duration: 05:02 for 20 minutes.
        "duration_minutes" => raw["minute"].clone(),
        "alt_sensor" => json!(raw["regional"].as_u64().unwrap() >> 7),
        // One question of a second station in the older text of Message 15.
        "msg_2" | "type2_2" => raw.get("type2_1").cloned().unwrap_or(json!(0)),
        "slot_offset_2" | "offset2_2" => raw.get("offset2_1").cloned().unwrap_or(json!(0)),
        "tagblock_station" => raw["station"].clone(),
        "tagblock_timestamp" => json!(raw["time"].as_str().unwrap().replace('Z', ".000000Z")),
        _ => units.get(key).or_else(|| raw.get(key)).cloned().unwrap_or(Value::Null),
    }
}

/// One object of libais's against ours: every key.
fn compare(raw: &Value, units: &Value, want: &Value, exceptions: &mut Exceptions) -> usize {
    let mut fields = 0;
    for (key, value) in want.as_object().unwrap().iter().filter(|(key, _)| !about(key)) {
        fields += 1;
        let (own, value) = (plain(&under(key, raw, units)), plain(value));
        let near = number(&own).zip(number(&value)).is_some_and(|(a, b)| (a - b).abs() < 2e-5);
        if own == value || near {
            continue;
        }
        let message_type = want["type"].as_u64().unwrap();
        match (message_type, key.as_str()) {
            (6, "retransmit") => exceptions.met(RETRANSMIT),
            (27, "gnss") => exceptions.met(LATENCY),
            (9, "speed") => {
                assert!((number(&own).unwrap() - 10.0 * number(&value).unwrap()).abs() < 1e-3);
                exceptions.met(KNOTS);
            }
            (21, "name") => {
                let mapped = own.as_str().unwrap().replace('_', "-").replace('\'', "`");
                assert_eq!(mapped, value.as_str().unwrap());
                exceptions.met(TABLE);
            }
            (6, "text") => {
                assert_eq!((own.as_str(), value.as_str()), (None, Some("@@@")));
                exceptions.met(AT);
            }
            (2, "turn") => assert!((number(&own).unwrap() - number(&value).unwrap()).abs() < 0.05),
            (8, "sub_areas") => {
                let (ours, theirs) = (&own[0], &value[0]);
                assert_eq!((&ours["shape"], &ours["radius"]), (&theirs["sub_area_type"], &theirs["radius"]));
                assert_eq!(ours["precision"], theirs["precision"]);
                for (ours, theirs) in [(&ours["lon"], &theirs["x"]), (&ours["lat"], &theirs["y"])] {
                    assert!((number(ours).unwrap() - number(theirs).unwrap()).abs() < 1e-6);
                }
            }
            (5, "tagblock_group") => {
                assert_eq!(value, json!({ "groupsize": 2, "id": 1604, "sentence": 1 }));
                assert_eq!(raw["lines"], json!([1, 3]), "the group joins line 1 and line 3");
            }
            _ if own.is_null() => {
                // What was transmitted is what libais prints.
                let sent = number(&raw[key]).unwrap_or(0.0);
                let theirs = number(&value).unwrap_or(0.0);
                let scales = [1.0, 0.1, 1.0 / 600.0, 1.0 / 600_000.0];
                assert!(scales.iter().any(|scale| (sent * scale - theirs).abs() < 2e-5), "{key} of {want}");
                exceptions.met(NOTHING);
            }
            _ => panic!("{key}: {own} {value} of {want}\nours {raw}"),
        }
    }
    fields
}

#[test]
fn every_field_is_what_libais_prints() {
    let (Some(sentences), Some(expected)) = (bytes(FILES[0]), bytes(FILES[1])) else { return };
    let given = read(&sentences);
    let (mut fields, mut exceptions) = (0, Exceptions::default());
    let expected = objects(&expected);
    assert_eq!((given.raw.len(), expected.len(), given.refused.len()), (26, 26, 0));
    for ((raw, units), want) in given.raw.iter().zip(&given.units).zip(&expected) {
        assert_eq!((&raw["type"], &raw["mmsi"]), (&want["type"], &want["mmsi"]));
        fields += compare(raw, units, want, &mut exceptions);
    }
    println!("{fields} fields");
    assert!(fields > 280, "{fields}");
    exceptions.are(&[(NOTHING, 11), (RETRANSMIT, 1), (LATENCY, 1), (KNOTS, 1), (TABLE, 1), (AT, 1)]);
}

#[test]
fn groups_and_times_of_tag_blocks_are_those_of_libais() {
    let (Some(sentences), Some(expected)) = (bytes(FILES[2]), bytes(FILES[3])) else { return };
    let given = read(&sentences);
    let expected = objects(&expected);
    assert_eq!((given.raw.len(), expected.len(), given.refused.len()), (4, 4, 0));
    let (mut fields, mut exceptions) = (0, Exceptions::default());
    for ((raw, units), want) in given.raw.iter().zip(&given.units).zip(&expected) {
        fields += compare(raw, units, want, &mut exceptions);
    }
    println!("{fields} fields");
    assert!(fields > 70, "{fields}");
    exceptions.are(&[(NOTHING, 4)]);
}

/// libais's test sentences stand under headings: the type, and over some binary messages application and source.
#[test]
fn sentences_are_of_the_types_and_applications_that_their_headings_say() {
    let Some(sentences) = bytes(FILES[4]) else { return };
    let given = read(&sentences);
    let text = String::from_utf8(sentences).unwrap();
    let (mut heading, mut application): (u64, Option<[u64; 3]>) = (1, None);
    let (mut typed, mut applied) = (0, 0);
    for (line, text) in (1_u64..).zip(text.lines()) {
        if let Some(comment) = text.strip_prefix("# ") {
            let numbers: Vec<&str> =
                comment.split(' ').take_while(|word| word.parse::<u64>().is_ok()).collect();
            match numbers.as_slice() {
                [one] if comment.starts_with(&format!("{one} - ")) => {
                    (heading, application) = (one.parse().unwrap(), None)
                }
                [dac, fi, mmsi] => application = Some([dac, fi, mmsi].map(|word| word.parse().unwrap())),
                _ => {}
            }
        }
        let Some(message) = given.raw.iter().find(|message| message["line"] == line) else { continue };
        assert_eq!(message["type"], heading, "line {line}: {text}");
        typed += 1;
        if let Some([dac, fi, mmsi]) = application {
            // "366 16 0" and "366 34 3669739": the next sentences, until another heading.
            assert_eq!((&message["dac"], &message["fid"]), (&json!(dac), &json!(fi)), "line {line}: {text}");
            applied += u32::from(message["mmsi"] == mmsi);
        }
    }
    let refused: Vec<(u64, &str)> =
        given.refused.iter().map(|(line, reason, _)| (*line, reason.code())).collect();
    // 33 bits hold no source (Annex 8: bits 8 to 37). pyais decodes the type alone.
    assert_eq!(refused.iter().map(|one| one.1).collect::<Vec<_>>(), ["payload_too_short"]);
    println!("{typed} of a type, {applied} of an application and source");
    assert_eq!((given.raw.len(), typed), (260, 260));
    assert_eq!(applied, 13);
}
