//! The messages of ITU-R M.1371-5: fields as raw integers as transmitted, their meaning by methods that give
//! `None` for "not available". Text lies in fixed arrays; nothing here allocates.

mod decode;
mod encode;
pub(crate) mod layout;
mod msg01;
mod msg04;
mod msg05;
mod msg06;
mod msg07;
mod msg09;
mod msg10;
mod msg12;
mod msg15;
mod msg16;
mod msg17;
mod msg18;
mod msg19;
mod msg20;
mod msg21;
mod msg22;
mod msg23;
mod msg24;
mod msg25;
mod msg27;
mod msg28;
pub mod units;

pub use decode::{DecodeError, decode};
pub use encode::{encode, encode_with};
pub use layout::EncodeError;
pub use msg01::PositionA;
pub use msg04::BaseStation;
pub use msg05::StaticVoyage;
pub use msg06::{AddressedBinary, BroadcastBinary};
pub use msg07::Acknowledge;
pub use msg09::SarAircraft;
pub use msg10::UtcInquiry;
pub use msg12::AddressedText;
pub use msg15::Interrogation;
pub use msg16::Assignment;
pub use msg17::Corrections;
pub use msg18::PositionB;
pub use msg19::ExtendedB;
pub use msg20::Reservation;
pub use msg21::AidToNavigation;
pub use msg22::ChannelManagement;
pub use msg23::GroupAssignment;
pub use msg24::{StaticA, StaticB};
pub use msg25::SlotBinary;
pub use msg27::LongRange;
pub use msg28::SingleSlotAid;
pub use units::Fix;

use crate::bits::{FieldValue, Payload, Span};
use crate::text::Text;

/// One message: the header that all types share, and what the type adds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Message {
    /// 0-63; the standard knows 1-28.
    pub message_type: u8,
    /// How often repeaters have sent it on, 3 = do not repeat any more.
    pub repeat: u8,
    /// Source MMSI, 30 bits, so that numbers beyond 999999999 occur.
    pub mmsi: u32,
    pub body: Body,
}

/// What each type says beyond the header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Body {
    /// Types 1, 2, 3.
    PositionA(PositionA),
    /// Types 4, 11.
    BaseStation(BaseStation),
    /// Type 5.
    StaticVoyage(StaticVoyage),
    /// Type 6 with its application data.
    AddressedBinary(AddressedBinary, Span),
    /// Types 7 and 13.
    Acknowledge(Acknowledge),
    /// Type 8 with its application data.
    BroadcastBinary(BroadcastBinary, Span),
    /// Type 9.
    SarAircraft(SarAircraft),
    /// Type 10.
    UtcInquiry(UtcInquiry),
    /// Type 12 with its text.
    AddressedText(AddressedText, Span),
    /// Type 14: nothing but text.
    BroadcastText(Span),
    /// Type 15.
    Interrogation(Interrogation),
    /// Type 16.
    Assignment(Assignment),
    /// Type 17 with its corrections.
    Corrections(Corrections, Span),
    /// Type 18.
    PositionB(PositionB),
    /// Type 19.
    ExtendedB(ExtendedB),
    /// Type 20.
    Reservation(Reservation),
    /// Type 21 with the extension of the name.
    AidToNavigation(AidToNavigation, Text<14>),
    /// Type 22.
    ChannelManagement(ChannelManagement),
    /// Type 23.
    GroupAssignment(GroupAssignment),
    /// Type 24 part A.
    StaticA(StaticA),
    /// Type 24 part B.
    StaticB(StaticB),
    /// Types 25 and 26 with their application data.
    SlotBinary(SlotBinary, Span),
    /// Type 27.
    LongRange(LongRange),
    /// Type 28.
    SingleSlotAid(SingleSlotAid),
    /// Not taken apart: an unknown type, or too short for its type.
    Bits(Span),
}

impl Message {
    /// A message as a station first sends it.
    pub const fn new(message_type: u8, mmsi: u32, body: Body) -> Self {
        Self { message_type, repeat: 0, mmsi, body }
    }

    /// The position it reports, where its type has one.
    #[inline]
    pub fn fix(&self) -> Option<Fix> {
        match &self.body {
            Body::PositionA(m) => Some(m.fix()),
            Body::BaseStation(m) => Some(m.fix()),
            Body::SarAircraft(m) => Some(m.fix()),
            Body::PositionB(m) => Some(m.fix()),
            Body::ExtendedB(m) => Some(m.fix()),
            Body::AidToNavigation(m, _) => Some(m.fix()),
            Body::LongRange(m) => Some(m.fix()),
            Body::SingleSlotAid(m) => Some(m.fix()),
            Body::Corrections(m, _) => Some(units::coarse_fix(m.lon, m.lat)),
            _ => None,
        }
    }

    /// The part that stays bits: application data, corrections, or a payload not taken apart.
    pub fn data(&self) -> Option<Span> {
        match &self.body {
            Body::AddressedBinary(_, data)
            | Body::BroadcastBinary(_, data)
            | Body::Corrections(_, data)
            | Body::SlotBinary(_, data)
            | Body::Bits(data) => Some(*data),
            _ => None,
        }
    }

    /// The free text of types 12 and 14.
    pub fn free_text(&self) -> Option<Span> {
        match &self.body {
            Body::AddressedText(_, text) | Body::BroadcastText(text) => Some(*text),
            _ => None,
        }
    }

    /// Every field of the body under its gpsd name, as transmitted.
    pub fn fields<'a>(&'a self, mut each: impl FnMut(&'static str, FieldValue<'a>)) {
        let each = &mut each;
        match &self.body {
            Body::PositionA(m) => m.fields(each),
            Body::BaseStation(m) => m.fields(each),
            Body::StaticVoyage(m) => m.fields(each),
            Body::SarAircraft(m) => m.fields(each),
            Body::PositionB(m) => m.fields(each),
            Body::ExtendedB(m) => m.fields(each),
            Body::AidToNavigation(m, _) => m.fields(each),
            Body::StaticA(m) => m.fields(each),
            Body::StaticB(m) => m.fields(each),
            Body::LongRange(m) => m.fields(each),
            Body::AddressedBinary(m, _) => m.fields(each),
            Body::Acknowledge(m) => m.fields(each),
            Body::BroadcastBinary(m, _) => m.fields(each),
            Body::UtcInquiry(m) => m.fields(each),
            Body::AddressedText(m, _) => m.fields(each),
            Body::Interrogation(m) => m.fields(each),
            Body::Assignment(m) => m.fields(each),
            Body::Corrections(m, _) => m.fields(each),
            Body::Reservation(m) => m.fields(each),
            Body::ChannelManagement(m) => m.fields(each),
            Body::GroupAssignment(m) => m.fields(each),
            Body::SlotBinary(m, _) => m.fields(each),
            Body::SingleSlotAid(m) => m.fields(each),
            Body::BroadcastText(_) | Body::Bits(_) => {}
        }
    }
}

/// Doubts about one message: bits, so that it stays `Copy`. A right NMEA checksum says nothing about the radio
/// channel's own, so that a message is given with its doubts, not refused.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Hash)]
pub struct Quality(u16);

impl Quality {
    pub const GOOD: Self = Self(0);
    /// The length is none that the standard gives this type.
    pub const OFF_LENGTH: Self = Self(1);
    /// Too short to be taken apart; kept as bits.
    pub const TOO_SHORT: Self = Self(1 << 1);
    /// Type 0 or 29 to 63.
    pub const UNKNOWN_TYPE: Self = Self(1 << 2);
    /// A field holds a value that its definition does not allow.
    pub const FIELD_RANGE: Self = Self(1 << 3);
    /// The fill bit count is not 0 to 5, or missing, or the bits do not make whole characters.
    pub const FILL_BITS: Self = Self(1 << 4);
    /// The TAG block's checksum is wrong or missing; its values are not used.
    pub const TAG_CHECKSUM: Self = Self(1 << 5);
    /// The TAG block's checksum is the placeholder `00`: its values are used but nothing vouches for them.
    pub const TAG_UNCHECKED: Self = Self(1 << 6);
    /// The source MMSI has more than nine digits or is 0.
    pub const MMSI: Self = Self(1 << 7);

    const CODES: [(Self, &'static str); 8] = [
        (Self::OFF_LENGTH, "off_length"),
        (Self::TOO_SHORT, "too_short"),
        (Self::UNKNOWN_TYPE, "unknown_type"),
        (Self::FIELD_RANGE, "field_range"),
        (Self::FILL_BITS, "fill_bits"),
        (Self::TAG_CHECKSUM, "tag_checksum"),
        (Self::TAG_UNCHECKED, "tag_unchecked"),
        (Self::MMSI, "mmsi_invalid"),
    ];

    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    #[must_use]
    pub const fn when(self, doubt: bool, other: Self) -> Self {
        if doubt { self.with(other) } else { self }
    }
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// The codes that people and programs see.
    pub fn codes(self) -> impl Iterator<Item = &'static str> {
        Self::CODES.into_iter().filter(move |(flag, _)| self.has(*flag)).map(|(_, code)| code)
    }
}

/// The part of a payload that a [`Body::Bits`] keeps.
pub(crate) fn bits_after_header(payload: &Payload) -> Body {
    Body::Bits(Span::rest(payload, 38))
}
