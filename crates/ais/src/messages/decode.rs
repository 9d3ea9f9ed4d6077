//! Bits to message, with the doubts about it. Fields that a short payload does not reach read as "not
//! available"; a payload too short for what its type is about is kept as bits.

use super::layout::Layout;
use super::*;
use crate::bits::Span;

/// Why bits are no message at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("the payload has {bits} bits, fewer than the 38 of type, repeat indicator and identity")]
    NoHeader { bits: usize },
}

/// Shortest and longest payload of a type, or a short set of exact lengths.
enum Lengths {
    Exact(usize),
    Either(usize, usize),
    Range(usize, usize),
}

impl Lengths {
    #[inline(always)]
    fn allow(&self, bits: usize) -> bool {
        match *self {
            Self::Exact(want) => bits == want,
            Self::Either(one, other) => bits == one || bits == other,
            Self::Range(from, to) => (from..=to).contains(&bits),
        }
    }
}

/// Takes a payload apart.
#[inline]
pub fn decode(payload: &mut Payload) -> Result<(Message, Quality), DecodeError> {
    let bits = payload.len();
    if bits < 38 {
        return Err(DecodeError::NoHeader { bits });
    }
    let message_type = payload.uint(0, 6) as u8;
    let mmsi = payload.uint(8, 30) as u32;
    let (body, quality) = match message_type {
        1..=3 => fixed(
            payload,
            Lengths::Exact(168),
            116,
            (PositionA::read, PositionA::read_cut),
            PositionA::in_range,
            Body::PositionA,
        ),
        4 | 11 => fixed(
            payload,
            Lengths::Exact(168),
            134,
            (BaseStation::read, BaseStation::read_cut),
            BaseStation::in_range,
            Body::BaseStation,
        ),
        // 420 and 422 bits are so common among transponders that gpsd and libais take them too, but they are
        // not what the definition of Message 5 says.
        5 => fixed(
            payload,
            Lengths::Exact(424),
            240,
            (StaticVoyage::read, StaticVoyage::read_cut),
            StaticVoyage::in_range,
            Body::StaticVoyage,
        ),
        9 => fixed(
            payload,
            Lengths::Exact(168),
            116,
            (SarAircraft::read, SarAircraft::read_cut),
            SarAircraft::in_range,
            Body::SarAircraft,
        ),
        6 => with_data(payload, 88, 1008, 88, AddressedBinary::read, Body::AddressedBinary),
        7 | 13 => listed(payload, &[72, 104, 136, 168], 72, Acknowledge::read, Body::Acknowledge),
        8 => with_data(payload, 56, 1008, 56, BroadcastBinary::read, Body::BroadcastBinary),
        10 => listed(payload, &[72], 70, UtcInquiry::read, Body::UtcInquiry),
        12 => with_data(payload, 72, 1008, 72, AddressedText::read, Body::AddressedText),
        14 => with_data(payload, 40, 1008, 40, |_| (), |(), text| Body::BroadcastText(text)),
        15 => listed(payload, &[88, 110, 112, 160], 76, Interrogation::read_whole, Body::Interrogation),
        16 => listed(payload, &[96, 144], 92, Assignment::read_whole, Body::Assignment),
        17 => with_data(payload, 80, 816, 80, Corrections::read, Body::Corrections),
        20 => listed(payload, &[72, 104, 136, 160], 70, Reservation::read, Body::Reservation),
        22 => listed(payload, &[168], 145, ChannelManagement::read, Body::ChannelManagement),
        23 => listed(payload, &[160], 154, GroupAssignment::read, Body::GroupAssignment),
        25 | 26 => slot_binary(payload, message_type),
        28 => fixed(
            payload,
            Lengths::Exact(168),
            99,
            (SingleSlotAid::read, SingleSlotAid::read_cut),
            SingleSlotAid::in_range,
            Body::SingleSlotAid,
        ),
        18 => fixed(
            payload,
            Lengths::Exact(168),
            112,
            (PositionB::read, PositionB::read_cut),
            PositionB::in_range,
            Body::PositionB,
        ),
        19 => fixed(
            payload,
            Lengths::Exact(312),
            112,
            (ExtendedB::read, ExtendedB::read_cut),
            ExtendedB::in_range,
            Body::ExtendedB,
        ),
        21 => aid(payload),
        24 => match payload.uint(38, 2) {
            0 => fixed(
                payload,
                Lengths::Either(160, 168),
                46,
                (StaticA::read, StaticA::read_cut),
                |_| true,
                Body::StaticA,
            ),
            1 => fixed(
                payload,
                Lengths::Exact(168),
                48,
                (StaticB::read, StaticB::read_cut),
                |_| true,
                Body::StaticB,
            ),
            _ => (bits_after_header(payload), Quality::FIELD_RANGE),
        },
        27 => fixed(
            payload,
            Lengths::Exact(96),
            79,
            (LongRange::read, LongRange::read_cut),
            LongRange::in_range,
            Body::LongRange,
        ),
        _ => (bits_after_header(payload), Quality::UNKNOWN_TYPE),
    };
    let message = Message { message_type, repeat: payload.uint(6, 2) as u8, mmsi, body };
    Ok((message, quality.when(mmsi == 0 || mmsi > 999_999_999, Quality::MMSI)))
}

/// `least` is the first bit after the fields without which the message says nothing.
#[inline(always)]
fn fixed<T: Copy>(
    payload: &Payload,
    lengths: Lengths,
    least: usize,
    (read, read_cut): (impl Fn(&Payload) -> T, impl Fn(&Payload) -> T),
    in_range: impl Fn(&T) -> bool,
    body: impl Fn(T) -> Body,
) -> (Body, Quality) {
    let right = lengths.allow(payload.len());
    let quality = Quality::GOOD.when(!right, Quality::OFF_LENGTH);
    if payload.len() < least {
        return (bits_after_header(payload), quality.with(Quality::TOO_SHORT));
    }
    let fields = if right { read(payload) } else { read_cut(payload) };
    (body(fields), quality.when(!in_range(&fields), Quality::FIELD_RANGE))
}

/// A message of one of a few lengths whose absent fields are 0, which is what lies beyond the end.
fn listed<T: Copy>(
    payload: &Payload,
    lengths: &[usize],
    least: usize,
    read: impl Fn(&Payload) -> T,
    body: impl Fn(T) -> Body,
) -> (Body, Quality) {
    let quality = Quality::GOOD.when(!lengths.contains(&payload.len()), Quality::OFF_LENGTH);
    if payload.len() < least {
        return (bits_after_header(payload), quality.with(Quality::TOO_SHORT));
    }
    (body(read(payload)), quality)
}

/// A message whose last part is data or text of any length.
fn with_data<T>(
    payload: &Payload,
    from: usize,
    to: usize,
    start: usize,
    read: impl Fn(&Payload) -> T,
    body: impl Fn(T, Span) -> Body,
) -> (Body, Quality) {
    if payload.len() < from {
        return (bits_after_header(payload), Quality::OFF_LENGTH.with(Quality::TOO_SHORT));
    }
    let quality = Quality::GOOD.when(payload.len() > to, Quality::OFF_LENGTH);
    (body(read(payload), Span::rest(payload, start)), quality)
}

/// Type 25 fits one slot (168 bits), type 26 five (1064); type 26 ends with its communication state.
fn slot_binary(payload: &Payload, message_type: u8) -> (Body, Quality) {
    let (header, data) = SlotBinary::read(payload, message_type);
    let header_bits = 40 + 30 * usize::from(header.addressed) + 16 * usize::from(header.structured);
    let most = if message_type == 25 { 168 } else { 1064 };
    if payload.len() < header_bits {
        return (bits_after_header(payload), Quality::OFF_LENGTH.with(Quality::TOO_SHORT));
    }
    let cut = message_type == 26 && header.radio.is_none();
    (Body::SlotBinary(header, data), Quality::GOOD.when(cut || payload.len() > most, Quality::OFF_LENGTH))
}

fn aid(payload: &Payload) -> (Body, Quality) {
    let extension = msg21::read_extension(payload);
    let lengths = Lengths::Range(272, 272 + msg21::EXTENSION_BITS);
    fixed(
        payload,
        lengths,
        219,
        (AidToNavigation::read, AidToNavigation::read_cut),
        AidToNavigation::in_range,
        |aid| Body::AidToNavigation(aid, extension),
    )
}
