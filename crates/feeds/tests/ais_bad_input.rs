//! Input as it should not be: each a refusal with place and reason or a count, none a panic, none forgotten.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails loudly")]

use bitacora_ais::messages::{PositionA, StaticA, StaticVoyage};
use bitacora_ais::{Body, Message, Text, encode_sentences};
use bitacora_feeds::ais::{Counts, Decoded, Options, Reader, Sink, TimeSource, json};
use bitacora_feeds::{Reason, Refusal};
use bitacora_primitives::{Duration, Instant, SourceId};
use bitacora_sea::contacts::{Contact, ContactFlags, Report, StationKind};
use proptest::prelude::*;

#[derive(Default)]
struct Kept {
    contacts: Vec<Contact>,
    names: Vec<String>,
    refusals: Vec<(u64, u64, Reason)>,
    objects: Vec<String>,
}

impl Sink for Kept {
    fn report(&mut self, report: Report) {
        match report {
            Report::Position(contact) => self.contacts.push(contact),
            Report::Static(report) => self.names.extend(report.name),
        }
    }
    fn refused(&mut self, refusal: Refusal) {
        self.refusals.push((refusal.place.line, refusal.place.offset.unwrap(), refusal.reason));
    }
    fn message(&mut self, decoded: &Decoded<'_>) {
        let (mut raw, mut units) = (String::new(), String::new());
        json::write_raw(decoded, &mut raw);
        json::write_units(decoded, &mut units);
        self.objects.extend([raw, units]);
    }
}

fn read_with(input: &[u8], options: Options, received: Option<Instant>) -> (Counts, Kept) {
    let mut reader = Reader::new(SourceId::of(&[b"test"]), options);
    let mut kept = Kept::default();
    reader.push(input, received, &mut kept);
    reader.finish(&mut kept);
    (*reader.counts(), kept)
}

fn read(input: &str) -> (Counts, Kept) {
    read_with(input.as_bytes(), Options::default(), None)
}

const AT: i64 = 1_469_664_000;

fn tagged(seconds: i64, sentence: &str) -> String {
    let tag = format!("c:{seconds}");
    let sum = tag.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("\\{tag}*{sum:02X}\\{sentence}\n")
}

fn position(mmsi: u32, fields: PositionA) -> String {
    encode_sentences(&Message::new(1, mmsi, Body::PositionA(fields)), "AIVDM", 'A', 0).unwrap().remove(0)
}

const HERE: PositionA = PositionA {
    lon: -45_000_000,
    lat: 6_000_000,
    speed: 101,
    course: 900,
    heading: 91,
    ..PositionA::NOT_AVAILABLE
};
const SHIP: u32 = 352_741_000;

#[test]
fn a_good_line_is_a_contact_with_all_it_says() {
    let (counts, kept) = read(&tagged(AT, &position(SHIP, HERE)));
    let contact = kept.contacts[0];
    assert_eq!((counts.messages, counts.positions, counts.refused.total()), (1, 1, 0));
    assert_eq!(contact.mmsi.number(), SHIP);
    assert_eq!((contact.position.lat(), contact.position.lon()), (10.0, -75.0));
    assert_eq!((contact.sog_kn, contact.cog_deg, contact.heading_deg), (Some(10.1), Some(90.0), Some(91)));
    assert_eq!((contact.nav_status, contact.station), (None, StationKind::ClassA));
    assert_eq!((contact.observed, contact.received), (Instant::from_secs(AT), Instant::from_secs(AT)));
    assert_eq!((contact.evidence.line, contact.evidence.offset), (1, Some(0)));
    assert_eq!(contact.flags, ContactFlags::COARSE);
}

#[test]
fn no_position_is_counted_and_is_no_refusal_and_no_contact() {
    let (counts, kept) = read(&tagged(AT, &position(SHIP, PositionA::NOT_AVAILABLE)));
    assert_eq!((counts.messages, counts.position_not_available), (1, 1));
    assert!(kept.contacts.is_empty() && kept.refusals.is_empty());
}

#[test]
fn a_place_beyond_the_pole_and_an_impossible_identity_are_refused() {
    let input = tagged(AT, &position(SHIP, PositionA { lat: 55_000_000, ..HERE }))
        + &tagged(AT, &position(0, HERE))
        + &tagged(AT, &position(1_000_000_000, HERE));
    let (counts, kept) = read(&input);
    let reasons: Vec<Reason> = kept.refusals.iter().map(|(_, _, reason)| *reason).collect();
    assert_eq!(reasons, [Reason::PositionOutOfRange, Reason::MmsiInvalid, Reason::MmsiInvalid]);
    assert_eq!((counts.messages, kept.contacts.len()), (3, 0));
}

#[test]
fn an_odd_identity_is_flagged_and_kept() {
    let (_, kept) = read(&tagged(AT, &position(1234, HERE)));
    assert!(kept.contacts[0].flags.has(ContactFlags::ODD_IDENTITY));
}

#[test]
fn without_any_clock_the_message_is_refused_and_the_remedy_known() {
    let line = position(SHIP, HERE) + "\n";
    let (counts, kept) = read(&line);
    assert_eq!(kept.refusals, [(1, 0, Reason::NoTime)]);
    assert!(counts.needs_start() && !counts.usable());
    let start = Instant::from_secs(AT);
    let options = Options { start: Some(start), rate: 2.0, dedupe: false, ..Options::default() };
    let (counts, kept) = read_with(line.repeat(3).as_bytes(), options, None);
    let times: Vec<Instant> = kept.contacts.iter().map(|contact| contact.observed).collect();
    assert_eq!(times, [start, start + Duration::from_micros(500_000), start + Duration::from_secs(1)]);
    assert!(kept.contacts.iter().all(|contact| contact.flags.has(ContactFlags::TIME_ESTIMATED)));
    assert!(!counts.needs_start());
}

#[test]
fn decoding_alone_needs_no_time() {
    let options = Options { reports: false, ..Options::default() };
    let (counts, kept) = read_with(position(SHIP, HERE).as_bytes(), options, None);
    assert_eq!((counts.messages, counts.refused.total()), (1, 0));
    assert!(kept.objects[0].contains("\"lon\":-45000000") && kept.objects[0].contains("\"time\":null"));
    assert!(kept.objects[1].contains("\"lon\":-75.0000000") && kept.objects[1].contains("\"turn\":null"));
}

#[test]
fn a_clock_that_runs_backwards_is_counted_and_everything_kept() {
    let input = tagged(AT + 600, &position(SHIP, HERE)) + &tagged(AT, &position(SHIP + 1, HERE));
    let (counts, kept) = read(&input);
    assert_eq!((counts.clock_backwards, kept.contacts.len()), (1, 2));
    assert_eq!(kept.contacts[1].observed, Instant::from_secs(AT));
}

#[test]
fn live_the_reception_counts_where_the_line_cannot_be_right() {
    let received = Instant::from_secs(AT);
    let near = tagged(AT - 5, &position(SHIP, HERE));
    let future = tagged(AT + 3600, &position(SHIP + 1, HERE));
    let ancient = tagged(AT - 86_400 * 30, &position(SHIP + 2, HERE));
    let bare = position(SHIP + 3, HERE);
    let (counts, kept) =
        read_with((near + &future + &ancient + &bare).as_bytes(), Options::default(), Some(received));
    let observed: Vec<Instant> = kept.contacts.iter().map(|contact| contact.observed).collect();
    assert_eq!(observed, [Instant::from_secs(AT - 5), received, received, received]);
    assert!(kept.contacts.iter().all(|contact| contact.received == received));
    assert_eq!((counts.clock_implausible, counts.by_time_source[TimeSource::Received as usize]), (2, 3));
}

#[test]
fn one_transmission_heard_by_many_is_reported_once() {
    let line = position(SHIP, HERE);
    let input = tagged(AT, &line) + &tagged(AT + 1, &line) + &tagged(AT + 40, &line);
    let (counts, kept) = read(&input);
    assert_eq!((counts.messages, counts.duplicates, kept.contacts.len()), (3, 1, 2));
}

#[test]
fn fragments_that_never_complete_are_refused_each_with_its_line() {
    let name = Message::new(24, SHIP, Body::StaticA(StaticA { partno: 0, shipname: Text::of("X") }));
    let whole = encode_sentences(&name, "AIVDM", 'A', 0).unwrap().remove(0);
    let part = |sequence: usize| {
        let inside = format!("AIVDM,2,1,{},A,5{:059},0", sequence % 10, sequence);
        let sum = inside.bytes().fold(0, |sum, byte| sum ^ byte);
        tagged(AT + sequence as i64, &format!("!{inside}*{sum:02X}"))
    };
    let mut input: String = (0..5000).map(part).collect();
    input += &tagged(AT + 5000, &whole);
    let (counts, kept) = read(&input);
    assert_eq!(counts.refused.of(Reason::FragmentsMissing), 5000);
    let mut lines: Vec<u64> = kept.refusals.iter().map(|(line, ..)| *line).collect();
    lines.sort_unstable();
    assert_eq!(lines, (1..=5000).collect::<Vec<_>>());
    assert_eq!(kept.names, ["X"]);
}

/// Only the first line of a group carries the station's time, which may lag far behind the reception.
#[test]
fn live_fragments_join_whatever_their_own_clocks_say() {
    let fields = StaticVoyage { shipname: Text::of("LAGGARD"), ..StaticVoyage::NOT_AVAILABLE };
    let parts =
        encode_sentences(&Message::new(5, SHIP, Body::StaticVoyage(fields)), "AIVDM", 'A', 4).unwrap();
    let input = tagged(AT - 600, &parts[0]) + &parts[1] + "\n";
    let (counts, kept) = read_with(input.as_bytes(), Options::default(), Some(Instant::from_secs(AT)));
    assert_eq!((counts.messages, counts.refused.total()), (1, 0));
    assert_eq!(kept.names, ["LAGGARD"]);
}

#[test]
fn a_huge_line_is_one_refusal_and_the_next_line_is_read() {
    let mut reader = Reader::new(SourceId::of(&[b"test"]), Options::default());
    let mut kept = Kept::default();
    let junk = vec![b'A'; 1 << 20];
    for _ in 0..64 {
        reader.push(&junk, None, &mut kept);
    }
    reader.push(b"\n", None, &mut kept);
    reader.push(tagged(AT, &position(SHIP, HERE)).as_bytes(), None, &mut kept);
    reader.finish(&mut kept);
    assert_eq!(kept.refusals, [(1, 0, Reason::LineTooLong)]);
    assert_eq!((kept.contacts.len(), kept.contacts[0].evidence.line), (1, 2));
    assert_eq!(kept.contacts[0].evidence.offset, Some((64 << 20) + 1));
}

#[test]
fn junk_around_good_lines_costs_only_itself() {
    let good = tagged(AT, &position(SHIP, HERE));
    let cut = position(SHIP + 1, HERE);
    let input = [
        b"\x00\xff\xfe binary \x01\n".to_vec(),
        good.clone().into_bytes(),
        b"# a comment\r\n\r\n$GPGSV,3,1*00\r\n".to_vec(),
        cut.as_bytes()[..20].to_vec(),
        // The line end is lost: a whole sentence follows in the same line.
        tagged(AT, &position(SHIP + 2, HERE)).into_bytes(),
        cut.as_bytes()[..20].to_vec(),
    ]
    .concat();
    let (counts, kept) = read_with(&input, Options::default(), None);
    assert_eq!(
        kept.contacts.iter().map(|contact| contact.mmsi.number()).collect::<Vec<_>>(),
        [SHIP, SHIP + 2]
    );
    assert_eq!((counts.lines, counts.comments, counts.blank, counts.other_sentences), (7, 1, 1, 1));
    let reasons: Vec<(u64, Reason)> =
        kept.refusals.iter().map(|(line, _, reason)| (*line, *reason)).collect();
    assert_eq!(reasons, [(1, Reason::NotASentence), (6, Reason::Checksum), (7, Reason::ChecksumMissing)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_end_in_a_panic(
        input in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'!'), Just(b'\n'), Just(b','), Just(b'\\')], 0..600),
        live in any::<bool>(),
    ) {
        let received = live.then(|| Instant::from_secs(AT));
        let (counts, kept) = read_with(&input, Options::default(), received);
        prop_assert_eq!(counts.refused.total() as usize, kept.refusals.len());
    }

    #[test]
    fn a_damaged_stream_is_read_the_same_however_it_is_cut(
        places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20),
        chunk in 1_usize..200,
    ) {
        let mut input: Vec<u8> = (0..20).flat_map(|i| tagged(AT + i, &position(SHIP + i as u32, HERE)).into_bytes()).collect();
        for (place, byte) in places {
            let at = place.index(input.len());
            input[at] = byte;
        }
        let (whole, one) = read_with(&input, Options::default(), None);
        let mut reader = Reader::new(SourceId::of(&[b"test"]), Options::default());
        let mut two = Kept::default();
        for piece in input.chunks(chunk) {
            reader.push(piece, None, &mut two);
        }
        reader.finish(&mut two);
        prop_assert_eq!(&whole, reader.counts());
        prop_assert_eq!(one.objects, two.objects);
        prop_assert_eq!(one.refusals, two.refusals);
    }
}
