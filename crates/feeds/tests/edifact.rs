//! UN/EDIFACT interchanges: samples of others, our own messages with known events, what is defective and how it is named,
//! byte-equal writing back, and hostile input. One file, since all of it is about the messages at its head.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use std::path::PathBuf;

use bitacora_feeds::containers::edifact::{
    Content, Envelope, Interchange, LeftOut, MAX_SEGMENT, Typed, WriteError, read, read_local, validate,
    write_baplie, write_coarri, write_codeco, write_vermas,
};
use bitacora_port::screening::{
    Classifier, ContainerEvent, EventKind, Facility, Kilograms, MassReading, Movement, SealCondition,
    SealNumber, SealPlacement, SealReading, SealSource, VgmMethod, YardPlace,
};
use bitacora_primitives::{EvidenceRef, Instant, SourceId};
use proptest::prelude::*;

fn source() -> SourceId {
    SourceId::of(&[b"test"])
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// An interchange around messages, each without UNH and UNT: `(type, segments)`.
fn interchange(messages: &[(&str, &str)]) -> String {
    let mut text = String::from("UNA:+.? '\nUNB+UNOA:2+CGSA:ZZZ+ADUANA:ZZZ+260701:0900+REF1'\n");
    for (number, (kind, body)) in messages.iter().enumerate() {
        let count = body.matches('\'').count() - body.matches("?'").count() + 2;
        text.push_str(&format!("UNH+{0}+{kind}'\n{body}UNT+{count}+{0}'\n", number + 1));
    }
    text.push_str(&format!("UNZ+{}+REF1'\n", messages.len()));
    text
}

fn refused(read: &Interchange<'_>) -> Vec<String> {
    read.batch.defects.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn same_bytes(bytes: &[u8]) {
    let back = read(bytes, source()).to_bytes();
    if back != bytes {
        let place = back.iter().zip(bytes).position(|(one, other)| one != other);
        panic!("written back otherwise: {} bytes of {}, first at {place:?}", back.len(), bytes.len());
    }
}

const GATE_IN: &str = "BGM+34+GI000000001+9'\nTDT+20+226W+1++MSK:172:20+++9321483:146::EXAMPLE ?+ VESSEL'\n\
    NAD+CF+MSK:160:166'\nEQD+CN+CSQU3054383+45R1:102:5++2+5'\nRFF+BN:2GO1234567'\nDTM+7:202607011130:203'\n\
    LOC+165+ECGYE:139:6+CGSA:TER:ZZZ'\nLOC+11+NLRTM:139:6'\nMEA+AAE+G+KGM:25900'\nMEA+AAE+VGM+KGM:26010'\n\
    MEA+AAE+T+TNE:4,6'\nSEL+EC06248449+SH+1'\nSEL+ML-77+CU+2'\nTDT+1++3++:172:87+++GSK1234:146'\n\
    LOC+165+ECUIO:139:6'\nDTM+7:202601010000:203'\nCNT+16:1'\n";

#[test]
fn a_gate_in_says_all_that_the_model_carries() {
    let text = interchange(&[("CODECO:D:95B:UN:ITG14", GATE_IN)]);
    let read = read(text.as_bytes(), source());
    assert_eq!(refused(&read), [""; 0]);
    let [verified, gate] = read.batch.items.as_slice() else { panic!("{:?}", read.batch.items) };
    assert_eq!(read.messages[0].content, Content::Typed { typed: Typed::Codeco, events: 0..2 });
    let place = text.find("EQD").unwrap() as u64;
    let evidence = EvidenceRef { source: source(), line: 6, offset: Some(place) };
    let mut expected = ContainerEvent::new(
        ContainerEvent::id_of("CGSA", "260701:0900/REF1/1/1"),
        EventKind::GateIn,
        "CSQU3054383".parse().unwrap(),
        at("2026-07-01T11:30:00Z"),
        at("2026-07-01T11:30:00Z"),
        evidence,
    );
    expected.reference = Some("260701:0900/REF1/1/1".into());
    expected.trip = Some("2GO1234567".into());
    expected.movement = Some(Movement::Export);
    expected.empty = Some(false);
    expected.facility = Some(Facility::new("ECGYE-CGSA").unwrap());
    let mut shipper = SealReading::door(SealNumber::new("EC06248449").unwrap());
    (shipper.source, shipper.condition) = (Some(SealSource::Shipper), Some(SealCondition::Right));
    let mut customs = SealReading::door(SealNumber::new("ML77").unwrap());
    (customs.source, customs.condition) = (Some(SealSource::Customs), Some(SealCondition::Damaged));
    expected.seals = vec![shipper, customs];
    let mass = |kg| Some(MassReading { kg: Kilograms::new(kg).unwrap(), scale: None, method: None });
    expected.mass = mass(25_900.0);
    expected.tare = Some(Kilograms::new(4600.0).unwrap());
    expected.size_type = Some("45R1".into());
    expected.vessel = Some("9321483".into());
    expected.line = Some("MSK".into());
    assert_eq!(*gate, expected);
    assert_eq!(verified.kind, EventKind::VerifiedMass);
    assert_eq!((&verified.mass, verified.at, &verified.trip), (&mass(26_010.0), gate.at, &gate.trip));
    assert_ne!(verified.id, gate.id);
    // The same file read again, and times of another zone.
    assert_eq!(read.batch.items, self::read(text.as_bytes(), source()).batch.items);
    let local = read_local(text.as_bytes(), source(), -300);
    assert_eq!(local.batch.items[1].at, at("2026-07-01T16:30:00Z"));
    assert_eq!(local.batch.items[1].id, gate.id);
    same_bytes(text.as_bytes());
}

#[test]
fn loads_discharges_moves_and_their_places_are_read() {
    let load = "BGM+46+1+9'TDT+20+129W+1++OOLV:172:166+++VREG2:103::X'LOC+9+ECGYE:139:6+CGSA:TER:ZZZ'\
        LOC+11+NLRTM:139:6'NAD+CA+OOLV:160:166'EQD+CN+OOLU7540179+42G1:102:5++2+4'DTM+203:20260704023401:204'\
        LOC+147+0320786:139:5'LOC+9+ECGYE:139:6'LOC+11+NLRTM:139:6'MEA+AAE+G+KGM:3700'CNT+16:1'";
    let discharge = "BGM+98++9'TDT+20+129W+1++OOLV:172:166'LOC+11+HKHKG:139:6'LOC+9+PHMNL:139:6'\
        EQD+CN+OOLU7540179+42G1:102:5++3+5'RFF+BM:BILL1'DTM+203:202607040234:203'LOC+11+PHMNL:139:6'\
        EQD+CH+CHASSIS1'EQD+CN+CSQU3054383+++6'DTM+203:202607040240:203'LOC+11+PHMNL:139:6'CNT+16:3'";
    let moved = "BGM+MOV::ZZZ+7+9'EQD+CN+CSQU3054383'DTM+7:202607050001:203'LOC+165+ECGYE:139:6+CGSA:TER:ZZZ'\
        LOC+14+B12-04::ZZZ'";
    let text = interchange(&[
        ("COARRI:D:00B:UN:SMDG20", load),
        ("COARRI:D:95B:UN:ITG10", discharge),
        ("CODECO:D:95B:UN", moved),
    ]);
    let read = read(text.as_bytes(), source());
    assert_eq!(refused(&read), [""; 0]);
    let place = |event: &ContainerEvent| event.facility.as_ref().unwrap().as_str().to_owned();
    let [load, first, second, moved] = read.batch.items.as_slice() else { panic!("{:?}", read.batch.items) };
    assert_eq!((load.kind, load.at), (EventKind::Loaded, at("2026-07-04T02:34:01Z")));
    // The header names the terminal of the port that the box names.
    assert_eq!(place(load), "ECGYE-CGSA");
    assert_eq!(
        (load.empty, load.vessel.as_deref(), load.line.as_deref()),
        (Some(true), Some("VREG2"), Some("OOLV"))
    );
    assert_eq!((first.kind, place(first).as_str()), (EventKind::Discharged, "PHMNL"));
    assert_eq!((first.trip.as_deref(), first.movement), (Some("BILL1"), Some(Movement::Import)));
    assert_eq!((second.movement, second.empty), (Some(Movement::Transshipment), None));
    assert_eq!(second.reference.as_deref(), Some("260701:0900/REF1/2/3"));
    assert_eq!(moved.kind, EventKind::YardMove);
    assert_eq!(moved.yard.as_ref().unwrap().slot, "B12-04");
}

#[test]
fn bay_plans_of_both_structures_are_read() {
    let old = "BGM++391+9'DTM+137:202607012000:203'TDT+20+RFN+++MSK:172:20+++DEAB:103::X'LOC+5+ECGYE:139:6'\
        LOC+61+NLRTM:139:6'RFF+VON:1'LOC+147+0500302::5'MEA+VGM++KGM:23000'LOC+9+ECGYE'LOC+11+NLRTM'RFF+BM:1'\
        EQD+CN+CSQU3054383+45G1+++5'NAD+CA+MSC:172:20'LOC+147+0500304::5'MEA+WT++KGM:2200'RFF+BM:BL22'\
        EQD+CN+MSCU1234566+2210+++4'LOC+147+0500306::5'MEA+WT++KGM:1'EQD+CN++2210+++4'";
    let new = "BGM+659+M1+9'DTM+137:202607020000:203'TDT+20+014E47+++HLC:LINES:306+++9501332::11:X'LOC+5+ECGYE'\
        LOC+147+0501490::5'EQD+CN+HLBU1234560:6346:5+45R1:6346:5++2+5'NAD+CF+HLC:LINES:306'\
        MEA+AAE+VGM+KGM:12500'SEL+S1+CA'RFF+BN:B1'LOC+9+ECGYE'";
    let text = interchange(&[("BAPLIE:D:95B:UN:SMDG22", old), ("BAPLIE:D:13B:UN:SMDG31", new)]);
    let read = read(text.as_bytes(), source());
    let [first, second, third] = read.batch.items.as_slice() else { panic!("{:?}", read.batch.items) };
    assert_eq!(refused(&read), [""; 0]);
    assert!(read.batch.items.iter().all(|event| event.kind == EventKind::Stowed && event.facility.is_none()));
    assert_eq!((first.at, first.received), (at("2026-07-01T20:00:00Z"), at("2026-07-01T20:00:00Z")));
    let cell = |event: &ContainerEvent| event.yard.as_ref().unwrap().slot.clone();
    assert_eq!((cell(first).as_str(), first.vessel.as_deref()), ("0500302", Some("DEAB")));
    assert_eq!((first.line.as_deref(), first.trip.as_deref()), (Some("MSC"), None));
    assert_eq!(first.mass.as_ref().unwrap().kg.value(), 23_000.0);
    assert_eq!(
        (cell(second).as_str(), second.trip.as_deref(), second.empty),
        ("0500304", Some("BL22"), Some(true))
    );
    assert_eq!(second.mass.as_ref().unwrap().kg.value(), 2200.0);
    assert_eq!((cell(third).as_str(), third.line.as_deref()), ("0501490", Some("HLC")));
    assert_eq!((third.trip.as_deref(), third.seals.len()), (Some("B1"), 1));
    assert_eq!(third.mass.as_ref().unwrap().kg.value(), 12_500.0);
}

#[test]
fn verified_masses_are_read_with_their_method() {
    let body = "BGM+749+M5+9'DTM+137:202607012039:203'NAD+TB'EQD+CN+CSQU3054383:6346:5+22G1:6346:5'RFF+BN:4001'\
        SEL+45545+CA'MEA+AAE+VGM+KGM:12120.5'DTM+798:202607011015:203'TDT+20+1E+++HLC:LINES:306+++9406960::11:X'\
        RFF+VON:9'DOC+SM1:VGM:306+D1'DTM+137:202607011100:203'NAD+SPC+++SHIPPER'EQD+CN+HLBU1234560+22G1'\
        MEA+AAE+VGM+TNE:8.5'DOC+SHP:VGM:306'EQD+CN+MSCU1234566+22G1'";
    let text = interchange(&[("VERMAS:D:16A:UN:SMDG10", body)]);
    let read = read(text.as_bytes(), source());
    assert_eq!(refused(&read), ["message 1 VERMAS, segment 18 EQD, MEA: missing"]);
    let [first, second] = read.batch.items.as_slice() else { panic!("{:?}", read.batch.items) };
    let mass = first.mass.as_ref().unwrap();
    assert_eq!((mass.kg.value(), mass.method), (12_120.5, Some(VgmMethod::Weighed)));
    assert_eq!((first.at, first.vessel.as_deref()), (at("2026-07-01T10:15:00Z"), Some("9406960")));
    assert_eq!((first.trip.as_deref(), first.seals.len()), (Some("4001"), 1));
    assert_eq!(second.mass.as_ref().unwrap().kg.value(), 8500.0);
    assert_eq!((second.mass.as_ref().unwrap().method, second.at), (None, at("2026-07-01T20:39:00Z")));
}

#[test]
fn each_defect_names_message_segment_and_element() {
    let cases = [
        ("BGM+34", "BGM+35", "segment 2 BGM, element 1.1: code_unknown: 35", 0),
        ("000001+9'", "000001+99'", "segment 2 BGM, element 3.1: code_unknown: 99", 2),
        ("EQD+CN", "EQD+XX", "segment 5 EQD, element 1.1: code_unknown: XX", 0),
        ("CSQU3054383", "CSQU3054383333333", "segment 5 EQD, element 2.1: form: CSQU3054383333333", 0),
        ("+CSQU3054383", "+", "segment 5 EQD, element 2.1: missing", 0),
        ("45R1", "45R", "segment 5 EQD, element 3.1: form: 45R", 2),
        ("++2+5", "++77+5", "segment 5 EQD, element 5.1: code_unknown: 77", 2),
        ("++2+5", "++2+0", "segment 5 EQD, element 6.1: code_unknown: 0", 2),
        (
            "DTM+7:202607011130",
            "DTM+7:202613011130",
            "segment 7 DTM, element 1.2: time_unreadable: 202613011130",
            2,
        ),
        ("1130:203", "1130:999", "segment 7 DTM, element 1.3: code_unknown: 999", 2),
        ("ECGYE", "QQGYE", "segment 8 LOC, element 2.1: code_unknown: QQGYE", 2),
        ("KGM:25900", "KGM:25t", "segment 10 MEA, element 3.2: number_unreadable: 25t", 2),
        ("KGM:25900", "STN:25900", "segment 10 MEA, element 3.1: code_unknown: STN", 2),
        ("KGM:25900", "KGM:900000", "segment 10 MEA, element 3.2: out_of_range: 900000", 2),
        ("SEL+EC06248449", "SEL+", "segment 13 SEL, element 1.1: missing", 2),
        ("+SH+1", "+QQ+1", "segment 13 SEL, element 2.1: code_unknown: QQ", 2),
        ("+SH+1", "+SH+9", "segment 13 SEL, element 3.1: code_unknown: 9", 2),
        ("CNT+16:1", "CNT+16:2", "segment 18 CNT, element 1.2: contradiction: 2", 2),
        ("CODECO:D:95B", "CODECO:D:93A", "segment 1 UNH, element 2.3: code_unknown: 93A", 2),
    ];
    let right = interchange(&[("CODECO:D:95B:UN:ITG14", GATE_IN)]);
    for (from, to, expected, events) in cases {
        assert!(right.contains(from), "{from}");
        let text = right.replacen(from, to, 1);
        let read = read(text.as_bytes(), source());
        let defects = refused(&read);
        assert_eq!(defects[0], format!("message 1 CODECO, {expected}"), "{from} -> {to}");
        assert_eq!(read.batch.items.len(), events, "{from} -> {to}");
        same_bytes(text.as_bytes());
    }
    // Without its time, or with one that is none, the report is an estimate at the time of the message.
    let read = read(right.replacen("DTM+7:", "DTM+8:", 1).as_bytes(), source()).batch;
    assert_eq!(read.defects[0].part, "message 1 CODECO, segment 5 EQD, DTM");
    assert!(read.items.iter().all(|event| event.classifier == Classifier::Estimated));
}

#[test]
fn a_message_that_does_not_hold_is_quarantined_and_the_rest_goes_on() {
    let three = interchange(&[
        ("CODECO:D:95B:UN", GATE_IN),
        (
            "COARRI:D:95B:UN",
            "BGM+46'EQD+CN+CSQU3054383'\
        DTM+203:202607021130:203'",
        ),
        ("CODECO:D:95B:UN", GATE_IN),
    ]);
    let cases = [
        ("UNT+5+2'", "UNT+6+2'", "message 2 COARRI, segment 5 UNT, element 1.1: contradiction: 6"),
        ("UNT+5+2'", "UNT+5+X'", "message 2 COARRI, segment 5 UNT, element 2.1: contradiction: X"),
        ("UNT+5+2'", "UNT+5'", "message 2 COARRI, segment 5 UNT, element 2.1: missing"),
        ("UNT+5+2'\n", "", "message 2 COARRI, segment 4 UNT: missing"),
        ("UNH+2+", "UNH+1+", "message 2 COARRI, segment 1 UNH, element 1.1: contradiction: 1"),
        (
            "UNH+2+",
            "UNH+123456789012345+",
            "message 2 COARRI, segment 1 UNH, element 1.1: too_long: 123456789012345",
        ),
        (
            "DTM+203:20260702",
            "Dtm+203:20260702",
            "message 2 COARRI, segment 4: structure: Dtm+203:202607021130:203\\'",
        ),
        ("'EQD+CN+CSQU", "''EQD+CN+CSQU", "message 2 COARRI, segment 3: structure: '"),
        ("BGM+46'EQD", "FTX+46'EQD", "message 2 COARRI, segment 5 UNT: missing"),
    ];
    for (from, to, expected) in cases {
        assert!(three.contains(from), "{from}");
        let text = three.replacen(from, to, 1);
        let read = read(text.as_bytes(), source());
        let contents: Vec<bool> =
            read.messages.iter().map(|one| matches!(one.content, Content::Typed { .. })).collect();
        assert_eq!(contents, [true, false, true], "{from} -> {to}: {:?}", refused(&read));
        assert_eq!(read.messages[1].content, Content::Quarantined);
        assert_eq!(refused(&read)[0], expected.replace("\\'", "'"), "{from} -> {to}");
        let kinds: Vec<&str> = read.batch.items.iter().map(|event| event.kind.code()).collect();
        assert_eq!(kinds, ["VGM", "GTIN", "VGM", "GTIN"], "{from} -> {to}");
        same_bytes(text.as_bytes());
    }
}

#[test]
fn the_envelope_is_checked() {
    let right = interchange(&[("CODECO:D:95B:UN", GATE_IN)]);
    for (from, to, expected) in [
        ("UNOA:2", "UNOZ:2", "segment 1 UNB, element 1.1: code_unknown: UNOZ"),
        ("UNOA:2", "UNOA:7", "segment 1 UNB, element 1.2: code_unknown: 7"),
        ("CGSA:ZZZ", "", "segment 1 UNB, element 2.1: missing"),
        ("260701:0900", "20260701:0900", "segment 1 UNB, element 4.1: form: 20260701"),
        ("260701:0900", "261301:0900", "segment 1 UNB, element 4.1: time_unreadable: 261301"),
        ("+REF1'\nUNH", "+REFERENCE123456'\nUNH", "segment 1 UNB, element 5.1: too_long: REFERENCE123456"),
        ("UNZ+1+REF1", "UNZ+2+REF1", "segment 21 UNZ, element 1.1: contradiction: 2"),
        ("UNZ+1+REF1", "UNZ+1+REF2", "segment 21 UNZ, element 2.1: contradiction: REF2"),
        ("UNZ+1+REF1'\n", "", "segment 20 UNZ: missing"),
        ("UNZ+1+REF1'\n", "UNZ+1+REF1'\nBGM+1'", "segment 22 BGM: unexpected"),
        ("UNZ+1+REF1'\n", "UNZ+1+REF1'\nUNZ+1+REF1'", "segment 22 UNZ: unexpected"),
        ("EXAMPLE", "Example", "message 1 CODECO, segment 3 TDT, element 8.4: encoding: Example ?+ VESSEL"),
        ("UNB+UNOA:2+CGSA:ZZZ+ADUANA:ZZZ+260701:0900+REF1'\n", "", "segment 20 UNZ: unexpected"),
    ] {
        assert!(right.contains(from), "{from}");
        let text = right.replacen(from, to, 1);
        let read = read(text.as_bytes(), source());
        assert_eq!(refused(&read)[0], expected, "{from} -> {to}");
        // The message itself holds.
        assert_eq!(read.batch.items.len(), 2, "{from} -> {to}");
        same_bytes(text.as_bytes());
    }
    // A file of which nothing is known is empty of messages, and says so.
    assert_eq!(refused(&read(b"", source())), ["segment 0 UNB: missing"]);
}

#[test]
fn groups_are_counted_and_their_references_part_of_the_ids() {
    let message = "UNH+1+CODECO:D:95B:UN'BGM+34'EQD+CN+CSQU3054383'DTM+7:202607011130:203'UNT+5+1'";
    let text = format!(
        "UNB+UNOA:2+A+B+260701:0900+1'UNG+CODECO+A+B+260701:0900+G1+UN+D:95B'{message}UNE+1+G1'\
         UNG+CODECO+A+B+260701:0900+G2+UN+D:95B'{message}UNE+1+G2'UNZ+2+1'"
    );
    let whole = read(text.as_bytes(), source());
    assert_eq!(refused(&whole), [""; 0]);
    let [first, second] = whole.batch.items.as_slice() else { panic!() };
    assert_eq!(first.reference.as_deref(), Some("260701:0900/1/G1/1/1"));
    assert_ne!(first.id, second.id);
    let broken = text.replacen("UNE+1+G1'", "", 1).replacen("UNE+1+G2", "UNE+2+G2", 1);
    let broken = read(broken.as_bytes(), source());
    let expected = ["segment 8 UNE: missing", "segment 14 UNE, element 1.1: contradiction: 2"];
    assert_eq!(refused(&broken), expected);
}

#[test]
fn a_cancelled_report_is_no_event() {
    let cancelled = GATE_IN.replacen("+9'", "+1'", 1);
    let text = interchange(&[("CODECO:D:95B:UN", GATE_IN), ("CODECO:D:95B:UN", &cancelled)]);
    let read = read(text.as_bytes(), source());
    assert_eq!((read.batch.items.len(), read.withdrawn.len()), (2, 2));
    assert_eq!(read.messages[1].content, Content::Withdrawing { typed: Typed::Codeco, events: 0..2 });
    assert_eq!(refused(&read), [""; 0]);
}

#[test]
fn other_service_characters_encodings_and_line_breaks_are_read_and_written_back() {
    let plain = interchange(&[("CODECO:D:95B:UN", GATE_IN)]);
    let events = |text: &[u8]| {
        let read = read(text, source());
        assert_eq!(refused(&read), [""; 0], "{}", String::from_utf8_lossy(text));
        read.batch.items.iter().map(ContainerEvent::bare).collect::<Vec<_>>()
    };
    let expected = events(plain.as_bytes());
    // Other characters for all of them; a byte order mark; no line breaks; folded at 80 columns, through tags and values.
    let swap = |byte: u8| match byte {
        b'\'' => b'~',
        b'+' => b'|',
        b':' => b'^',
        b'?' => b'\\',
        other => other,
    };
    let other: Vec<u8> = plain.bytes().map(swap).collect();
    let other = [b"UNA^|.\\ ~", &other[9..]].concat();
    let lines: String = plain.split('\n').collect();
    let folded: Vec<u8> = lines.as_bytes().chunks(79).flat_map(|line| [line, b"\r\n"].concat()).collect();
    let marked = [b"\xEF\xBB\xBF\r\n", plain.as_bytes()].concat();
    // Without its released plus sign the file needs no release character, and UNA may say so.
    let unreleased = lines.replace(" ?+ ", " ").replacen("UNA:+.? '", "UNA:+.  '", 1);
    let read_folded = read(&folded, source());
    let equipment: Vec<_> =
        read_folded.segments(&read_folded.messages[0]).filter(|segment| segment.tag == "EQD").collect();
    assert_eq!(&*equipment[0].elements[1][0], b"CSQU3054383");
    for text in [lines.as_bytes(), marked.as_slice(), folded.as_slice(), unreleased.as_bytes()] {
        assert_eq!(events(text), expected);
        same_bytes(text);
    }
    assert_eq!(read(&other, source()).batch.items.len(), 2);
    same_bytes(&other);
    // Level C in Latin-1: no UTF-8, and no defect.
    let latin = plain.replace("UNOA:2", "UNOC:3").replace("EXAMPLE", "Pe~a").into_bytes();
    let latin: Vec<u8> = latin.into_iter().map(|byte| if byte == b'~' { 0xF1 } else { byte }).collect();
    assert_eq!(events(&latin), expected);
    same_bytes(&latin);
    // Repetitions of syntax version 4.
    let four = "UNB+UNOC:4+A+B+20260701:0900+1'UNH+1+ABCDEF:D:95B:UN'FTX+A*B+C:D*E:F*'UNT+3+1'UNZ+1+1'";
    same_bytes(four.as_bytes());
    assert_eq!(refused(&read(four.as_bytes(), source())), [""; 0]);
}

#[test]
fn other_messages_are_kept_as_segments() {
    let text =
        interchange(&[("COPRAR:D:95B:UN", "BGM+45++9'\nFTX+AAA+++PLASTICS?:ARTICLES::'\nLOC+9++:'\n")]);
    let read = read(text.as_bytes(), source());
    assert_eq!(read.messages[0].content, Content::Generic);
    let segments: Vec<_> = read.segments(&read.messages[0]).collect();
    let tags: Vec<&str> = segments.iter().map(|one| one.tag.as_str()).collect();
    assert_eq!(tags, ["UNH", "BGM", "FTX", "LOC", "UNT"]);
    let text_of = |element: &[std::borrow::Cow<'_, [u8]>]| {
        element.iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect::<Vec<_>>()
    };
    assert_eq!(text_of(&segments[2].elements[3]), ["PLASTICS:ARTICLES", "", ""]);
    // Empty elements and components at the end stay where they were.
    assert_eq!(text_of(&segments[3].elements[2]), ["", ""]);
    same_bytes(text.as_bytes());
}

fn shared(part: &str) -> Option<PathBuf> {
    bitacora_given::data(&format!("port/edifact/{part}"))
}

#[test]
fn samples_of_others_are_read_and_written_back() {
    let expected: [(&str, Content, &[&str]); 8] = [
        (
            "apimeister/d04b_baplie.edi",
            Content::Typed { typed: Typed::Baplie, events: 0..1 },
            // A date of eight digits under syntax version 2.
            &["segment 1 UNB, element 4.1: form: 00091022"],
        ),
        (
            "apimeister/d95b_coprar.edi",
            Content::Quarantined,
            // The sample is cut from a longer message: its trailer counts 56. The container number MSTI6415664, which
            // fails its check digit, is no matter of the syntax.
            &["message 1 COPRAR, segment 29 UNT, element 1.1: contradiction: 56", "segment 0 UNB: missing"],
        ),
        // UNB says 2803570.
        (
            "apimeister/d00b_iftsta.edi",
            Content::Generic,
            &["segment 33 UNZ, element 2.1: contradiction: 2805570"],
        ),
        ("portxchange-iftsai/VIFTSAI0000001.txt", Content::Generic, &["segment 28 UNZ: missing"]),
        ("portxchange-iftsai/VIFTSAI0000002.txt", Content::Generic, &["segment 28 UNZ: missing"]),
        ("portxchange-iftsai/VIFTSAI0000003.txt", Content::Generic, &["segment 34 UNZ: missing"]),
        ("portxchange-iftsai/VIFTSAI0000004.txt", Content::Generic, &[]),
        ("portxchange-iftsai/VIFTSAI0000005.txt", Content::Generic, &["segment 31 UNZ: missing"]),
    ];
    for (name, content, defects) in expected {
        let Some(path) = shared(name) else { return };
        let bytes = std::fs::read(path).unwrap();
        let read = read(&bytes, source());
        println!("{name}: {:?}", refused(&read));
        assert_eq!(read.messages.len(), 1, "{name}");
        assert_eq!(read.messages[0].content, content, "{name}");
        assert_eq!(refused(&read), defects, "{name}");
        assert_eq!(read.counts().1, 0, "{name}");
        same_bytes(&bytes);
        if name.contains("baplie") {
            let [event] = read.batch.items.as_slice() else { panic!() };
            assert_eq!((event.kind, event.at), (EventKind::Stowed, at("2009-10-30T12:00:00Z")));
            assert_eq!((event.container.as_str(), event.size_type.as_deref()), ("CONTAINER", Some("2210")));
            assert_eq!(event.yard.as_ref().unwrap().slot, "0050302");
            assert_eq!(event.mass.as_ref().unwrap().kg.value(), 23_000.0);
            assert_eq!((event.line.as_deref(), event.vessel.as_deref()), (Some("TSL"), Some("IMONUMBER")));
        }
    }
}

fn envelope() -> Envelope {
    Envelope {
        sender: "CGSA".into(),
        recipient: "SENAE: ADUANA+'?".into(),
        prepared: at("2026-07-10T05:00:00Z"),
        reference: "R1".into(),
        minutes_east: -300,
    }
}

fn event(kind: EventKind) -> ContainerEvent {
    let evidence = EvidenceRef { source: source(), line: 0, offset: None };
    let id = ContainerEvent::id_of("x", "y");
    let when = at("2026-07-01T11:30:05Z");
    let mut event = ContainerEvent::new(id, kind, "CSQU3054383".parse().unwrap(), when, when, evidence);
    event.trip = Some("BOOKING'1?+2:3".into());
    event.line = Some("MSK".into());
    event
}

fn mass(kg: f64, method: Option<VgmMethod>) -> Option<MassReading> {
    Some(MassReading { kg: Kilograms::new(kg).unwrap(), scale: None, method })
}

/// Every event that the four messages carry whole, by the message that does.
fn carried() -> [(Typed, Vec<ContainerEvent>); 4] {
    let mut seal = SealReading::door(SealNumber::new("EC'06+1").unwrap());
    (seal.source, seal.condition) = (Some(SealSource::Carrier), Some(SealCondition::Missing));
    let full = |kind: EventKind| {
        let mut event = event(kind);
        event.movement = Some(Movement::Transshipment);
        event.empty = Some(false);
        event.facility = Some(Facility::new("ECGYE-CGSA").unwrap());
        event.seals = vec![seal.clone(), SealReading::door(SealNumber::new("2").unwrap())];
        event.mass = mass(25_900.25, None);
        event.tare = Some(Kilograms::new(3900.0).unwrap());
        event.size_type = Some("45R1".into());
        event.vessel = Some("9321483".into());
        event
    };
    let mut verified = event(EventKind::VerifiedMass);
    verified.mass = mass(26_010.0, None);
    let mut named = event(EventKind::GateOut);
    named.facility = Some(Facility::new("Gate 4 + 'north'").unwrap());
    (named.trip, named.line, named.at) = (None, None, at("2026-01-01T00:00:00Z"));
    let mut moved = event(EventKind::YardMove);
    moved.facility = Some(Facility::new("ECGYE").unwrap());
    moved.yard = Some(YardPlace { slot: "B12-04".into(), tier: None, doors: None, camera_blind: None });
    let codeco = vec![verified.clone(), full(EventKind::GateIn), named, moved, event(EventKind::Stripped)];
    let coarri = vec![full(EventKind::Loaded), verified, full(EventKind::Discharged)];
    let mut summed = full(EventKind::VerifiedMass);
    (summed.facility, summed.mass) = (None, mass(8000.5, Some(VgmMethod::Summed)));
    let mut bare = event(EventKind::VerifiedMass);
    bare.mass = mass(1.0, None);
    let stowed = |cell: &str, vessel: &str| {
        let mut line = full(EventKind::Stowed);
        (line.facility, line.vessel) = (None, Some(vessel.into()));
        line.yard = Some(YardPlace { slot: cell.into(), tier: None, doors: None, camera_blind: None });
        line
    };
    let plans = vec![stowed("0500302", "9321483"), stowed("0500304", "9321483"), stowed("0500302", "CALL7")];
    [
        (Typed::Codeco, codeco),
        (Typed::Coarri, coarri),
        (Typed::Vermas, vec![summed, bare]),
        (Typed::Baplie, plans),
    ]
}

fn write(
    typed: Typed,
    events: &[ContainerEvent],
) -> Result<bitacora_feeds::containers::edifact::Written, WriteError> {
    match typed {
        Typed::Codeco => write_codeco(events, &envelope()),
        Typed::Coarri => write_coarri(events, &envelope()),
        Typed::Baplie => write_baplie(events, &envelope()),
        Typed::Vermas => write_vermas(events, &envelope()),
    }
}

#[test]
fn what_is_written_is_read_back_equal() {
    for (typed, events) in carried() {
        let written = write(typed, &events).unwrap();
        assert_eq!(written.left_out, [], "{typed:?}");
        let text = String::from_utf8(written.bytes.clone()).unwrap();
        let read = read_local(&written.bytes, source(), -300);
        assert_eq!(refused(&read), [""; 0], "{text}");
        let bare = |events: &[ContainerEvent]| events.iter().map(ContainerEvent::bare).collect::<Vec<_>>();
        assert_eq!(bare(&read.batch.items), bare(&events), "{text}");
        assert!(read.batch.items.iter().all(|event| event.received == envelope().prepared), "{text}");
        same_bytes(&written.bytes);
    }
}

#[test]
fn what_a_message_cannot_say_is_named_and_never_said_otherwise() {
    let mut gate = event(EventKind::GateIn);
    gate.order = Some("WO-1".into());
    gate.mass = Some(MassReading { scale: Some("G2".into()), ..mass(1.0, None).unwrap() });
    let mut vent = SealReading::door(SealNumber::new("V1").unwrap());
    vent.placement = SealPlacement::Vent;
    let mut maker = SealReading::door(SealNumber::new("D1").unwrap());
    (maker.maker, maker.source) = (Some("ML-CO".into()), Some(SealSource::Veterinary));
    gate.seals = vec![vent, maker];
    let written = write_codeco(&[gate], &envelope()).unwrap();
    let fields: Vec<&str> = written.left_out.iter().map(|LeftOut { field, .. }| *field).collect();
    assert_eq!(fields, ["mass.scale", "seals", "seals.source", "seals.maker", "order"]);
    let read = validate(&written.bytes, source());
    // The vent seal must not come back as a door seal.
    let seals: Vec<&str> = read.items[0].seals.iter().map(|seal| seal.number.as_str()).collect();
    assert_eq!(seals, ["D1"]);

    let mut planned = event(EventKind::Loaded);
    planned.classifier = Classifier::Planned;
    assert_eq!(write_coarri(&[planned], &envelope()), Err(WriteError::NotActual(0)));
    for (typed, kind) in [
        (Typed::Codeco, EventKind::Loaded),
        (Typed::Coarri, EventKind::GateIn),
        (Typed::Codeco, EventKind::VerifiedMass),
        (Typed::Vermas, EventKind::GateIn),
        (Typed::Baplie, EventKind::GateIn),
        (Typed::Codeco, EventKind::Scanned),
    ] {
        assert!(
            matches!(write(typed, &[event(kind)]), Err(WriteError::Kind { index: 0, .. })),
            "{typed:?} {kind:?}"
        );
    }
    assert!(matches!(
        write(Typed::Baplie, &[event(EventKind::Stowed)]),
        Err(WriteError::Lacks { what: "cell", .. })
    ));
    let nobody = Envelope { sender: String::new(), ..envelope() };
    assert!(matches!(write_codeco(&[], &nobody), Err(WriteError::Envelope(_))));
}

#[test]
fn hostile_files_are_refused_with_a_place_and_written_back() {
    let right = interchange(&[("CODECO:D:95B:UN", GATE_IN)]);
    // Equal separators: nothing can be read, and nothing is.
    for una in ["UNA::.? '", "UNA:+.+ '", "UNA:+.? :", "UNA:+.?A "] {
        let text = right.replacen("UNA:+.? '", una, 1);
        let read = read(text.as_bytes(), source());
        assert_eq!(read.messages.len(), 0);
        assert_eq!(read.batch.defects[0].part, "segment 0 UNA");
        same_bytes(text.as_bytes());
    }
    // A release character, or half of UNA, at the end.
    for text in [
        right.trim_end().trim_end_matches('\'').to_owned() + "?",
        "UNA:+.".into(),
        "?".into(),
        "UNB+?".into(),
    ] {
        assert!(!read(text.as_bytes(), source()).batch.defects.is_empty());
        same_bytes(text.as_bytes());
    }
    // Megabytes in one segment, in one value and in many, with and without an end.
    for filling in ["A", "+1", ":", "?'", "\n", "+\u{f1}"] {
        for end in ["", "'"] {
            let long = filling.repeat(3_000_000 / filling.len());
            let text = right.replacen("RFF+BN:2GO1234567'", &format!("FTX+{long}{end}"), 1);
            let read = read(text.as_bytes(), source());
            assert!(read.batch.items.is_empty() && read.batch.defective > 0, "{filling} {end}");
            same_bytes(text.as_bytes());
        }
    }
    // As long as a segment may be, and one byte more.
    for (more, sound) in [(0, true), (1, false)] {
        let value = "A".repeat(MAX_SEGMENT - "FTX+AAA+++".len() + more);
        let text = right.replacen("RFF+BN:2GO1234567", &format!("FTX+AAA+++{value}"), 1);
        assert_eq!(read(text.as_bytes(), source()).batch.items.len(), if sound { 2 } else { 0 });
        same_bytes(text.as_bytes());
    }
    // A million empty segments, and a million messages of nothing.
    let empty = right.replacen("BGM", &("'".repeat(1_000_000) + "BGM"), 1);
    let whole = read(empty.as_bytes(), source());
    assert_eq!((whole.batch.defective, whole.counts()), (1_000_001, (21, 1_000_000)));
    same_bytes(empty.as_bytes());
    let nothing = "UNH+1'UNT+2+1'".repeat(200_000);
    assert!(read(nothing.as_bytes(), source()).batch.items.is_empty());
    same_bytes(nothing.as_bytes());
}

#[test]
fn a_file_cut_anywhere_gives_its_whole_messages_only() {
    let text = interchange(&[("CODECO:D:95B:UN", GATE_IN), ("CODECO:D:95B:UN", GATE_IN)]);
    let ends: Vec<usize> =
        text.match_indices("UNT+").map(|(start, _)| start + text[start..].find('\'').unwrap()).collect();
    for cut in 0..text.len() {
        let bytes = &text.as_bytes()[..cut];
        let read = read(bytes, source());
        let whole = ends.iter().filter(|end| cut > **end).count();
        assert_eq!(read.batch.items.len(), 2 * whole, "cut at {cut}");
        // The last character is a line break behind UNZ.
        assert_eq!(read.batch.defective == 0, cut + 1 >= text.len(), "cut at {cut}");
        assert_eq!(read.to_bytes(), bytes, "cut at {cut}");
    }
}

/// What is put into an interchange to spoil it.
const SPLICES: &[&[u8]] = &[
    b"'",
    b"+",
    b":",
    b"?",
    b"*",
    b"\n",
    b"\r\n",
    b"UNH+1",
    b"UNT+",
    b"UNZ",
    b"UNG+",
    b"UNE",
    b"UNA:+.? '",
    b"\xF1",
    b"\xC3",
    b"EQD+CN+X'",
    b" ",
    b"\0",
    b"LOC+147'",
    b"",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// INVARIANT: what is read is written back byte for byte
    #[test]
    fn what_is_read_is_written_back_byte_for_byte(junk in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(read(&junk, source()).to_bytes(), junk);
    }

    #[test]
    fn what_is_almost_an_interchange_is_written_back_byte_for_byte(
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0usize..4, prop::sample::select(SPLICES)), 0..12),
        version in prop::sample::select(&["UNOA:2", "UNOC:4", "UNOB:1", "UNOY:3"][..]),
        una in any::<bool>(),
    ) {
        let bay = "BGM++1'DTM+137:202607012000:203'LOC+147+1::5'MEA+WT++KGM:1'EQD+CN+CSQU3054383'SEL+1'";
        let whole = interchange(&[("CODECO:D:95B:UN", GATE_IN), ("BAPLIE:D:95B:UN", bay), ("ABCDEF:D:95B:UN", bay)]);
        let mut bytes = whole.replacen("UNOA:2", version, 1).into_bytes();
        if !una {
            bytes.drain(..10);
        }
        for (place, gone, instead) in cuts {
            let start = place.index(bytes.len());
            let end = (start + gone).min(bytes.len());
            bytes.splice(start..end, instead.iter().copied());
        }
        let read = read(&bytes, source());
        prop_assert_eq!(read.to_bytes(), bytes.clone());
        // Events come from messages that hold, and from no other.
        let of_messages: usize = read.messages.iter().map(|one| match &one.content {
            Content::Typed { events, .. } => events.len(),
            _ => 0,
        }).sum();
        prop_assert_eq!(of_messages, read.batch.items.len());
        for message in &read.messages {
            prop_assert!(read.segments(message).count() >= 1);
        }
    }
}
