//! gpsd's own expected output: unscaled and scaled JSON, the table of its CSV, the dumps that its JSON parser is tested with.

use serde_json::{Value, json};

use crate::reading::{Exceptions, bytes, number, objects, pairs, plain, read};

pub const FILES: &[&str] = &[
    "gpsd/sample.aivdm",
    "gpsd/sample.aivdm.ju.chk",
    "gpsd/sample.aivdm.js.chk",
    "gpsd/sample.aivdm.chk",
    "gpsd/ais_unpack_sixbit.log",
    "gpsd/ais_unpack_sixbit.log.chk",
    "gpsd/synthetic-ais.json",
];

const VENDOR: &str =
    "the vendor of type 24 is three characters, a model and a serial number (Message 24, part B)";
const NO_RADIO: &str = "gpsd prints 0 for the communication state that ends type 26 (Message 26)";
const LAST_BYTE: &str =
    "gpsd fills the last byte of type 26 with the bits that follow its data, we with zeros";
const CUT_GROUP: &str = "gpsd prints zeros for the fields of a group that the data do not reach";
const CUT_RADIO: &str = "gpsd prints the part of the communication state that a short payload has";
const NOT_SENT: &str = "gpsd prints zero or nothing for a field that the message does not carry";
const NOTHING: &str = "gpsd scales the value that stands for \"not available\"";
const ROUNDED: &str =
    "gpsd rounds: type 17 to tenths of a degree, 27 to four places, a water level to tenths";
const RAW_INLAND: &str = "gpsd does not scale FI 10 of DAC 200 (decimetres and centimetres)";
const TIDAL_UNIT: &str =
    "the places of FI 14 are ten-thousandths of a minute (SN.1/Circ.236), gpsd scales them as thousandths";

const TXRX: &str =
    "gpsd's table gives 2 for the mode of type 23, its JSON nothing (Message 23: bits 144-145)";

/// Keys of gpsd's that tell about its output, or say a code in words.
fn about(key: &str) -> bool {
    matches!(key, "class" | "device" | "scaled") || key.ends_with("_text")
}

/// A key of gpsd's that it puts together from several fields: the same from ours.
fn composed(key: &str, got: &Value) -> Option<Value> {
    let field = |name: &str| number(&got[name]).unwrap_or(0.0) as u64;
    let date = |m: &str, d: &str, h: &str, min: &str| {
        format!("{:02}-{:02}T{:02}:{:02}Z", field(m), field(d), field(h), field(min))
    };
    Some(match key {
        "timestamp" if got["type"] == 8 => {
            format!("{:02}T{:02}:{:02}Z", field("day"), field("hour"), field("minute")).into()
        }
        "timestamp" => format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            field("year"),
            field("month"),
            field("day"),
            field("hour"),
            field("minute"),
            field("second")
        )
        .into(),
        "eta" if got["type"] == 6 => date("nmonth", "nday", "nhour", "nminute").into(),
        "departure" => date("lmonth", "lday", "lhour", "lminute").into(),
        "eta" | "arrival" => date("month", "day", "hour", "minute").into(),
        "app_id" if got["structured"] == 1 => {
            json!(got["dac"].as_u64().unwrap() << 6 | got["fid"].as_u64().unwrap())
        }
        _ => return None,
    })
}

fn is_nothing(value: &Value) -> bool {
    *value == json!(0) || *value == json!("") || *value == json!(0.0) || *value == json!("00-00T00:00Z")
}

#[test]
fn every_field_is_what_gpsd_prints_as_transmitted() {
    let (Some(sentences), Some(expected)) = (bytes(FILES[0]), bytes(FILES[1])) else { return };
    let given = read(&sentences);
    let expected = objects(&expected);
    let (mut fields, mut exceptions) = (0, Exceptions::default());
    for (got, want) in pairs(&given.raw, &expected) {
        for (key, value) in want.as_object().unwrap().iter().filter(|(key, _)| !about(key)) {
            fields += 1;
            let value = plain(value);
            let own = composed(key, &got).or_else(|| got.get(key).cloned());
            let Some(own) = own else {
                assert!(is_nothing(&value), "{key} of {want}\nours {got}");
                exceptions.met(NOT_SENT);
                continue;
            };
            if own == value {
                continue;
            }
            let (ours, theirs) = (own.as_str().unwrap_or(""), value.as_str().unwrap_or(""));
            match key.as_str() {
                "vendorid" if want["type"] == 24 => {
                    assert_eq!(ours, &theirs[..3]);
                    exceptions.met(VENDOR);
                }
                "radio" if want["type"] == 26 && value == 0 => exceptions.met(NO_RADIO),
                "radio" if got["quality"] == json!(["off_length"]) => exceptions.met(CUT_RADIO),
                "data" if want["type"] == 26 => {
                    assert_eq!(
                        (ours.len(), &ours[..ours.len() - 1]),
                        (theirs.len(), &theirs[..ours.len() - 1])
                    );
                    exceptions.met(LAST_BYTE);
                }
                "tidals" => {
                    for (want, got) in value.as_array().unwrap().iter().zip(own.as_array().unwrap()) {
                        for (key, value) in want.as_object().unwrap() {
                            assert_eq!(got.get(key).unwrap_or(&json!(0)), value, "{key} of {want}");
                        }
                    }
                    exceptions.met(CUT_GROUP);
                }
                _ => panic!("{key}: {own} {value} of {want}\nours {got}"),
            }
        }
    }
    println!("{} messages, {fields} fields", expected.len());
    assert_eq!((expected.len(), fields), (97, 1396));
    exceptions.are(&[
        (VENDOR, 2),
        (NO_RADIO, 5),
        (LAST_BYTE, 2),
        (CUT_GROUP, 3),
        (CUT_RADIO, 1),
        (NOT_SENT, 17),
    ]);
}

/// gpsd's words for codes, and its "n/a".
fn word(key: &str, text: &str) -> Option<Value> {
    Some(match (key, text) {
        ("pressuretend" | "leveltrend", "steady") | ("turn", "0.00") => json!(0),
        ("pressuretend" | "leveltrend", "increasing") => json!(1),
        ("pressuretend" | "leveltrend", "decreasing") => json!(2),
        (
            "pressuretend" | "leveltrend" | "turn" | "preciptype" | "ice",
            "N/A" | "n/a" | "fastleft" | "fastright",
        ) => Value::Null,
        _ => return None,
    })
}

#[test]
fn every_field_is_what_gpsd_prints_in_units() {
    let (Some(sentences), Some(expected)) = (bytes(FILES[0]), bytes(FILES[2])) else { return };
    let given = read(&sentences);
    let expected = objects(&expected);
    let (mut numbers, mut exceptions) = (0, Exceptions::default());
    for (got, want) in pairs(&given.units, &expected) {
        let fi = (want["dac"].as_u64(), want["fid"].as_u64());
        for (key, value) in want.as_object().unwrap().iter().filter(|(key, _)| !about(key)) {
            let value = value.as_str().and_then(|text| word(key, text)).unwrap_or_else(|| plain(value));
            // Composed ones and what is not sent are held as transmitted.
            let Some(own) = got.get(key).filter(|_| !matches!(key.as_str(), "data" | "radio" | "vendorid"))
            else {
                continue;
            };
            let own = plain(own);
            let (Some(ours), Some(theirs)) = (number(&own), number(&value)) else {
                if let Some(groups) = value.as_array() {
                    for (want, got) in groups.iter().zip(own.as_array().unwrap()) {
                        for (key, got) in got.as_object().unwrap() {
                            let (Some(ours), Some(theirs)) = (number(got), number(&want[key])) else {
                                continue;
                            };
                            if fi == (Some(1), Some(14)) && matches!(key.as_str(), "lon" | "lat") {
                                assert!((10.0 * ours - theirs).abs() < 1e-3);
                                exceptions.met(TIDAL_UNIT);
                            } else {
                                assert!((ours - theirs).abs() < 1e-6, "{key} of {want}");
                                numbers += 1;
                            }
                        }
                    }
                } else if own.is_null() && !value.is_null() {
                    exceptions.met(NOTHING);
                } else {
                    assert_eq!(own, value, "{key} of {want}");
                }
                continue;
            };
            numbers += 1;
            if (ours - theirs).abs() <= 1e-6 {
                continue;
            }
            let slack = match (want["type"].as_u64().unwrap(), key.as_str()) {
                (17, "lon" | "lat") => 0.051,
                (27, "lon" | "lat") => 0.000_051,
                (8, "waterlevel") => 0.051,
                (8, "length" | "beam" | "draught") if fi == (Some(200), Some(10)) => {
                    let scale = if key == "draught" { 100.0 } else { 10.0 };
                    assert!((scale * ours - theirs).abs() < 1e-6, "{key} of {want}");
                    exceptions.met(RAW_INLAND);
                    continue;
                }
                _ => 0.0,
            };
            assert!((ours - theirs).abs() <= slack, "{key}: {own} {value} of {want}");
            exceptions.met(ROUNDED);
        }
    }
    println!("{} messages, {numbers} numbers", expected.len());
    assert_eq!(expected.len(), 97);
    assert!(numbers > 750, "{numbers}");
    exceptions.are(&[(ROUNDED, 7), (RAW_INLAND, 3), (TIDAL_UNIT, 2), (NOTHING, 243)]);
}

/// Columns after type, repeat indicator and number in gpsd's table, for the types whose columns are fields.
fn columns(message_type: u64) -> &'static [&'static str] {
    match message_type {
        1..=3 => &[
            "status", "turn", "speed", "accuracy", "lon", "lat", "course", "heading", "second", "maneuver",
            "raim", "radio",
        ],
        4 | 11 => &["timestamp", "accuracy", "lon", "lat", "epfd", "raim", "radio"],
        5 => &[
            "imo",
            "ais_version",
            "callsign",
            "shipname",
            "shiptype",
            "to_bow",
            "to_stern",
            "to_port",
            "to_starboard",
            "epfd",
            "eta",
            "draught",
            "destination",
            "dte",
        ],
        7 | 13 => &["mmsi1", "mmsi2", "mmsi3", "mmsi4"],
        9 => &[
            "alt", "speed", "accuracy", "lon", "lat", "course", "second", "regional", "dte", "raim", "radio",
        ],
        10 => &["dest_mmsi"],
        12 => &["seqno", "dest_mmsi", "retransmit", "text"],
        14 => &["text"],
        15 => &["mmsi1", "type1_1", "offset1_1", "type1_2", "offset1_2", "mmsi2", "type2_1", "offset2_1"],
        16 => &["mmsi1", "offset1", "increment1", "mmsi2", "offset2", "increment2"],
        18 => &[
            "reserved", "speed", "accuracy", "lon", "lat", "course", "heading", "second", "regional", "cs",
            "display", "dsc", "band", "msg22", "raim", "radio",
        ],
        19 => &[
            "reserved",
            "speed",
            "accuracy",
            "lon",
            "lat",
            "course",
            "heading",
            "second",
            "regional",
            "shipname",
            "shiptype",
            "to_bow",
            "to_stern",
            "to_port",
            "to_starboard",
            "epfd",
            "raim",
            "dte",
            "assigned",
        ],
        20 => &[
            "offset1",
            "number1",
            "timeout1",
            "increment1",
            "offset2",
            "number2",
            "timeout2",
            "increment2",
            "offset3",
            "number3",
            "timeout3",
            "increment3",
            "offset4",
            "number4",
            "timeout4",
            "increment4",
        ],
        21 => &[
            "aid_type",
            "name",
            "accuracy",
            "lon",
            "lat",
            "to_bow",
            "to_stern",
            "to_port",
            "to_starboard",
            "epfd",
            "second",
            "regional",
            "off_position",
            "raim",
            "virtual_aid",
        ],
        22 => &[
            "channel_a",
            "channel_b",
            "txrx",
            "power",
            "ne_lon",
            "ne_lat",
            "sw_lon",
            "sw_lat",
            "addressed",
            "band_a",
            "band_b",
            "zonesize",
        ],
        23 => {
            &["ne_lon", "ne_lat", "sw_lon", "sw_lat", "stationtype", "shiptype", "txrx", "interval", "quiet"]
        }
        27 => &["status", "accuracy", "lon", "lat", "speed", "course", "raim", "gnss"],
        _ => &[],
    }
}

#[test]
fn every_cell_is_that_of_gpsds_table() {
    let (Some(sentences), Some(table)) = (bytes(FILES[0]), bytes(FILES[3])) else { return };
    let given = read(&sentences);
    let table = String::from_utf8(table).unwrap();
    let rows: Vec<Value> = table
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split('|').collect();
            let head = |at: usize| cells[at].parse::<u64>().unwrap();
            json!({ "type": head(0), "repeat": head(1), "mmsi": head(2), "cells": cells[3..] })
        })
        .collect();
    assert_eq!(rows.len(), 97);
    let (mut cells, mut exceptions) = (0, Exceptions::default());
    for (got, row) in pairs(&given.raw, &rows) {
        let names = columns(row["type"].as_u64().unwrap());
        // An addressed type 22 has two numbers in place of four corners.
        let addressed = row["type"] == 22 && got["addressed"] == 1;
        let corners = ["ne_lon", "ne_lat", "sw_lon", "sw_lat"];
        let names: Vec<&str> = names
            .iter()
            .filter(|name| !(addressed && corners.contains(name)))
            .flat_map(|name| {
                if addressed && *name == "power" { vec!["power", "dest1", "dest2"] } else { vec![*name] }
            })
            .collect();
        let theirs = row["cells"].as_array().unwrap();
        for (name, cell) in names.iter().zip(theirs) {
            let text = cell.as_str().unwrap();
            let hex = text.strip_prefix("0x").map(|digits| i64::from_str_radix(digits, 16).unwrap());
            let value = match hex.or_else(|| text.parse().ok()) {
                Some(whole) => json!(whole),
                None => json!(text),
            };
            let own = composed(name, &got).or_else(|| got.get(*name).cloned());
            cells += 1;
            match own {
                None => {
                    assert!(is_nothing(&value), "{name} {cell} of {got}");
                    exceptions.met(NOT_SENT);
                }
                Some(_) if *name == "radio" && got["quality"] == json!(["off_length"]) => {
                    exceptions.met(CUT_RADIO)
                }
                // Bits 144 and 145 of this sentence are 0, as the comment beside it says.
                Some(own) if row["type"] == 23 && *name == "txrx" => {
                    assert_eq!((own, text), (json!(0), "2"));
                    exceptions.met(TXRX);
                }
                Some(own) => {
                    let same = own == value || own.as_str() == Some(text);
                    assert!(same, "{name}: {own} {cell} of {got}");
                }
            }
        }
    }
    println!("{cells} cells");
    assert_eq!(cells, 490);
    exceptions.are(&[(CUT_RADIO, 1), (TXRX, 1)]);
}

/// Payloads whose text ends in the middle of a character and of wrong lengths; gpsd prints no type 21 for one of them twice.
#[test]
fn six_bit_texts_are_unpacked_as_gpsd_does() {
    let (Some(sentences), Some(expected)) = (bytes(FILES[4]), bytes(FILES[5])) else { return };
    let given = read(&sentences);
    let expected = objects(&expected);
    let mut fields = 0;
    for (got, want) in pairs(&given.raw, &expected) {
        for (key, value) in want.as_object().unwrap().iter().filter(|(key, _)| !about(key)) {
            let own = composed(key, &got).unwrap_or_else(|| got[key].clone());
            assert_eq!(own, plain(value), "{key} of {want}");
            fields += 1;
        }
    }
    assert_eq!((given.raw.len(), expected.len(), given.refused.len()), (13, 12, 0));
    assert!(fields > 180, "{fields}");
}

/// An older gpsd's dump of these sentences and a few that are not given: held where the sentence is there and gpsd has not
/// changed its mind since.
#[test]
fn the_dumps_of_an_older_gpsd_agree_where_it_has_not_been_mended() {
    const RADIO: &str = "the older gpsd shifts the communication state of types 1, 2 and 9 by a bit";
    const BLANK: &str = "the older gpsd keeps the blanks that end a text";
    const DEVICE: &str = "the older gpsd reads the position device of type 19 from other bits";
    let (Some(sentences), Some(expected)) = (bytes(FILES[0]), bytes(FILES[6])) else { return };
    let given = read(&sentences);
    let (mut messages, mut fields, mut exceptions) = (0, 0, Exceptions::default());
    for want in &objects(&expected) {
        let head = ["type", "mmsi", "repeat", "dac", "fid", "lat", "lon", "dest_mmsi", "channel_a"];
        let Some(got) = given.raw.iter().find(|got| head.iter().all(|key| got[key] == want[key])) else {
            continue;
        };
        if matches!(want["type"].as_u64(), Some(8 | 24)) {
            continue;
        }
        messages += 1;
        for (key, value) in want.as_object().unwrap().iter().filter(|(key, _)| !about(key)) {
            let own = composed(key, got).unwrap_or_else(|| got[key].clone());
            let value = plain(value);
            fields += 1;
            if own == value {
                continue;
            }
            match key.as_str() {
                "radio" => {
                    let (ours, theirs) = (own.as_u64().unwrap(), value.as_u64().unwrap());
                    assert!(theirs == 2 * ours || ours == 2 * theirs, "{own} {value}");
                    exceptions.met(RADIO);
                }
                "text" => {
                    assert_eq!(own.as_str().unwrap(), value.as_str().unwrap().trim_end());
                    exceptions.met(BLANK);
                }
                "epfd" if want["type"] == 19 => exceptions.met(DEVICE),
                _ => panic!("{key}: {own} {value} of {want}"),
            }
        }
    }
    println!("{messages} messages, {fields} fields");
    assert!(messages >= 25 && fields > 300, "{messages} {fields}");
    exceptions.are(&[(RADIO, 4), (BLANK, 1), (DEVICE, 1)]);
}
