//! Message to bits. A value that does not fit its field is an error, never a wrapped number.

use super::*;
use crate::bits::{Field, Span};

/// The bits of a message, in the length that the standard gives its type. A message that keeps data or text as
/// bits loses them here: see [`encode_with`].
pub fn encode(message: &Message) -> Result<Payload, EncodeError> {
    encode_with(message, &Payload::new())
}

/// The same; data and text come from `source`, the payload in which the message's [`Span`] lies.
pub fn encode_with(message: &Message, source: &Payload) -> Result<Payload, EncodeError> {
    let mut payload = Payload::new();
    let to = &mut payload;
    match (message.message_type, &message.body) {
        (1..=3, Body::PositionA(m)) => m.write(to)?,
        (4 | 11, Body::BaseStation(m)) => m.write(to)?,
        (5, Body::StaticVoyage(m)) => m.write(to)?,
        (6, Body::AddressedBinary(m, data)) => {
            m.write(to)?;
            copy(source, *data, to, AddressedBinary::BITS);
        }
        (7 | 13, Body::Acknowledge(m)) => {
            m.write(to)?;
            let further = [(m.mmsi2, m.mmsiseq2), (m.mmsi3, m.mmsiseq3), (m.mmsi4, m.mmsiseq4)];
            let count = 1 + further.iter().rposition(|one| *one != (0, 0)).map_or(0, |at| at + 1);
            to.set_len(40 + 32 * count);
        }
        (8, Body::BroadcastBinary(m, data)) => {
            m.write(to)?;
            copy(source, *data, to, BroadcastBinary::BITS);
        }
        (9, Body::SarAircraft(m)) => m.write(to)?,
        (10, Body::UtcInquiry(m)) => m.write(to)?,
        (12, Body::AddressedText(m, text)) => {
            m.write(to)?;
            copy(source, *text, to, AddressedText::BITS);
        }
        (14, Body::BroadcastText(text)) => {
            to.set_len(40);
            copy(source, *text, to, 40);
        }
        (15, Body::Interrogation(m)) => {
            m.write(to)?;
            to.set_len(match m {
                m if (m.mmsi2, m.type2_1, m.offset2_1) != (0, 0, 0) => 160,
                m if (m.type1_2, m.offset1_2) != (0, 0) => 112,
                _ => 88,
            });
        }
        (16, Body::Assignment(m)) => {
            m.write(to)?;
            let one = (m.mmsi2, m.offset2, m.increment2) == (0, 0, 0);
            to.set_len(if one { 96 } else { 144 });
        }
        (17, Body::Corrections(m, data)) => {
            m.write(to)?;
            copy(source, *data, to, Corrections::BITS);
        }
        (18, Body::PositionB(m)) => m.write(to)?,
        (19, Body::ExtendedB(m)) => m.write(to)?,
        (20, Body::Reservation(m)) => {
            m.write(to)?;
            // One run takes 70 bits, each further run 30, filled up to whole bytes: the offset of a run that
            // is not there reads these spare bits as its highest ones.
            to.set_len(match m {
                m if (m.offset4 & 0x3f, m.number4, m.timeout4, m.increment4) != (0, 0, 0, 0) => 160,
                m if (m.offset3 & 0xff, m.number3, m.timeout3, m.increment3) != (0, 0, 0, 0) => 136,
                m if (m.offset2 & 0x3ff, m.number2, m.timeout2, m.increment2) != (0, 0, 0, 0) => 104,
                _ => 72,
            });
        }
        (21, Body::AidToNavigation(m, extension)) => {
            m.write(to)?;
            msg21::write_extension(extension, to);
        }
        (22, Body::ChannelManagement(m)) => m.write(to)?,
        (23, Body::GroupAssignment(m)) => m.write(to)?,
        (24, Body::StaticA(m)) => StaticA { partno: 0, ..*m }.write(to)?,
        (24, Body::StaticB(m)) => StaticB { partno: 1, ..*m }.write(to)?,
        (25 | 26, Body::SlotBinary(m, data)) => m.write(*data, source, message.message_type, to)?,
        (27, Body::LongRange(m)) => m.write(to)?,
        (28, Body::SingleSlotAid(m)) => m.write(to)?,
        (_, Body::Bits(data)) => {
            to.set_len(38);
            copy(source, *data, to, 38);
        }
        (message_type, _) => return Err(EncodeError::Type { message_type }),
    }
    for (field, value, start, len) in [
        ("type", u32::from(message.message_type), 0, 6),
        ("repeat", u32::from(message.repeat), 6, 2),
        ("mmsi", message.mmsi, 8, 30),
    ] {
        if !value.write(&mut payload, start, len) {
            return Err(EncodeError::Field { field });
        }
    }
    Ok(payload)
}

/// Copies a run of bits to `start` and ends the payload with it.
pub(super) fn copy(source: &Payload, span: Span, to: &mut Payload, start: usize) {
    let (from, len) = (usize::from(span.start), usize::from(span.len));
    for at in (0..len).step_by(32) {
        let count = (len - at).min(32);
        to.put(start + at, count, source.uint(from + at, count));
    }
    to.set_len(start + len);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sentence::encode_sentences;

    fn all() -> Vec<Message> {
        vec![
            Message::new(
                1,
                352_741_000,
                Body::PositionA(PositionA {
                    status: 0,
                    turn: -5,
                    speed: 123,
                    accuracy: true,
                    lon: -47_000_123,
                    lat: 3_999_321,
                    course: 2245,
                    heading: 223,
                    second: 41,
                    maneuver: 1,
                    raim: true,
                    radio: 0x4_1234,
                }),
            ),
            Message::new(2, 1, Body::PositionA(PositionA::NOT_AVAILABLE)),
            Message::new(3, 999_999_999, Body::PositionA(PositionA::NOT_AVAILABLE)),
            Message::new(
                4,
                7_300_001,
                Body::BaseStation(BaseStation {
                    year: 2026,
                    month: 11,
                    day: 21,
                    hour: 23,
                    minute: 59,
                    second: 59,
                    lon: -45_000_000,
                    lat: 6_000_000,
                    ..BaseStation::NOT_AVAILABLE
                }),
            ),
            Message::new(
                5,
                352_741_000,
                Body::StaticVoyage(StaticVoyage {
                    imo: 9_074_729,
                    callsign: Text::of("HO1234"),
                    shipname: Text::of("CANAL TRADER"),
                    shiptype: 70,
                    to_bow: 100,
                    to_stern: 20,
                    to_port: 10,
                    to_starboard: 8,
                    draught: 71,
                    destination: Text::of("CO BUN"),
                    ..StaticVoyage::NOT_AVAILABLE
                }),
            ),
            Message::new(
                9,
                111_232_506,
                Body::SarAircraft(SarAircraft { alt: 303, speed: 42, ..SarAircraft::NOT_AVAILABLE }),
            ),
            Message::new(11, 352_741_000, Body::BaseStation(BaseStation::NOT_AVAILABLE)),
            Message::new(
                18,
                730_000_001,
                Body::PositionB(PositionB { speed: 300, lon: 600, lat: -600, ..PositionB::NOT_AVAILABLE }),
            ),
            Message::new(
                19,
                730_000_001,
                Body::ExtendedB(ExtendedB {
                    shipname: Text::of("LA NI\u{d1}A"),
                    shiptype: 37,
                    ..ExtendedB::NOT_AVAILABLE
                }),
            ),
            Message::new(
                21,
                997_300_001,
                Body::AidToNavigation(
                    AidToNavigation {
                        aid_type: 14,
                        name: Text::of("BUENAVENTURA SEA BUO"),
                        virtual_aid: true,
                        ..AidToNavigation::NOT_AVAILABLE
                    },
                    Text::of("Y"),
                ),
            ),
            Message::new(
                24,
                730_000_001,
                Body::StaticA(StaticA { shipname: Text::of("PANGA 7"), partno: 0 }),
            ),
            Message::new(
                24,
                730_000_001,
                Body::StaticB(StaticB {
                    shiptype: 30,
                    callsign: Text::of("HJ1"),
                    to_bow: 5,
                    to_stern: 4,
                    ..StaticB::NOT_AVAILABLE
                }),
            ),
            Message::new(
                27,
                352_741_000,
                Body::LongRange(LongRange {
                    lon: -47_000,
                    lat: 4_000,
                    speed: 12,
                    course: 224,
                    ..LongRange::NOT_AVAILABLE
                }),
            ),
        ]
    }

    #[test]
    fn every_type_reads_back_as_written() {
        for message in all() {
            let mut payload = encode(&message).unwrap();
            let (back, quality) = decode(&mut payload).unwrap();
            assert_eq!(back, message);
            assert_eq!(quality, Quality::GOOD, "{message:?}");
        }
    }

    /// Any bits that follow a header read into a message that writes the same bits again.
    #[test]
    fn data_text_and_short_forms_write_the_same_bits_again() {
        let lengths: [(u64, &[usize]); 15] = [
            (6, &[88, 104, 1000]),
            (7, &[72, 104, 136, 168]),
            (8, &[56, 80, 1000]),
            (10, &[72]),
            (12, &[72, 168]),
            (13, &[72, 168]),
            (14, &[40, 100]),
            (15, &[88, 112, 160]),
            (16, &[96, 144]),
            (17, &[80, 200]),
            (20, &[72, 104, 136, 160]),
            (25, &[88, 168]),
            (26, &[120, 500]),
            (31, &[60]),
            (0, &[168]),
        ];
        for (message_type, lengths) in lengths {
            for len in lengths {
                let mut payload = Payload::new();
                payload.put(0, 6, message_type);
                payload.put(8, 30, 352_741_000);
                for at in (40..*len).step_by(8) {
                    payload.put(at, (len - at).min(8), ((at as u64 * 37) | 0x11) & 0xff);
                }
                payload.set_len(*len);
                let (message, quality) = decode(&mut payload.clone()).unwrap();
                let back = encode_with(&message, &payload).unwrap();
                assert_eq!(back.len(), *len, "{message:?}");
                let (again, _) = decode(&mut back.clone()).unwrap();
                assert_eq!(again, message, "{message_type} {len}");
                assert!(quality == Quality::GOOD || quality == Quality::UNKNOWN_TYPE, "{message_type} {len}");
            }
        }
    }

    #[test]
    fn a_value_too_large_for_its_bits_is_an_error() {
        let wide = Body::PositionA(PositionA { speed: 1024, ..PositionA::NOT_AVAILABLE });
        assert_eq!(encode(&Message::new(1, 1, wide)), Err(EncodeError::Field { field: "speed" }));
        let mmsi = Message::new(1, 1 << 30, Body::PositionA(PositionA::NOT_AVAILABLE));
        assert_eq!(encode(&mmsi), Err(EncodeError::Field { field: "mmsi" }));
        let mismatch = Message::new(5, 1, Body::PositionA(PositionA::NOT_AVAILABLE));
        assert_eq!(encode(&mismatch), Err(EncodeError::Type { message_type: 5 }));
    }

    #[test]
    fn long_messages_are_cut_into_sentences_with_checksums() {
        let five = encode_sentences(&all()[4], "AIVDM", 'A', 3).unwrap();
        assert_eq!(five.len(), 2);
        assert!(five[0].starts_with("!AIVDM,2,1,3,A,5"));
        assert!(five[1].starts_with("!AIVDM,2,2,3,A,"));
        assert!(five.iter().all(|line| line.len() <= 80));
        assert!(five[1].contains(",2*"), "424 bits are 70 characters and 4 bits: two fill bits");
        assert_eq!(encode_sentences(&all()[0], "ABVDM", 'B', 3).unwrap().len(), 1);
    }
}
