//! Message to bits. A value that does not fit its field is an error, never a wrapped number.

use super::*;
use crate::bits::Field;

/// The bits of a message, in the length that the standard gives its type.
pub fn encode(message: &Message) -> Result<Payload, EncodeError> {
    let mut payload = Payload::new();
    match (message.message_type, &message.body) {
        (1..=3, Body::PositionA(m)) => m.write(&mut payload)?,
        (4 | 11, Body::BaseStation(m)) => m.write(&mut payload)?,
        (5, Body::StaticVoyage(m)) => m.write(&mut payload)?,
        (9, Body::SarAircraft(m)) => m.write(&mut payload)?,
        (18, Body::PositionB(m)) => m.write(&mut payload)?,
        (19, Body::ExtendedB(m)) => m.write(&mut payload)?,
        (21, Body::AidToNavigation(m, extension)) => {
            m.write(&mut payload)?;
            msg21::write_extension(extension, &mut payload);
        }
        (24, Body::StaticA(m)) => StaticA { partno: 0, ..*m }.write(&mut payload)?,
        (24, Body::StaticB(m)) => StaticB { partno: 1, ..*m }.write(&mut payload)?,
        (27, Body::LongRange(m)) => m.write(&mut payload)?,
        (28, Body::SingleSlotAid(m)) => m.write(&mut payload)?,
        (10, Body::UtcInquiry(m)) => m.write(&mut payload)?,
        (22, Body::ChannelManagement(m)) => m.write(&mut payload)?,
        (23, Body::GroupAssignment(m)) => m.write(&mut payload)?,
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
