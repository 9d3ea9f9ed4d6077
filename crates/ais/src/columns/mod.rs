//! Messages by column: one table of all messages, one of positions, one of static reports, and the bits of the rest.
//! Numbers stay as transmitted, with one word a row that says which of them are available; nothing here allocates per
//! message once the columns have grown. Knows no vessel, no time but the line's own, and joins nothing.

#[cfg(feature = "arrow")]
pub mod arrow;
mod positions;
mod read;
mod rest;
mod statics;

pub use positions::{Clocks, Positions, flag};
pub use read::{Bulk, MAX_LINE, Refused};
pub use rest::Rest;
pub use statics::Statics;

use crate::bits::{Bits, Payload, Slot};
use crate::messages::layout::Layout;
use crate::messages::{BaseStation, Body, DecodeError, Message, PositionA, PositionB, Quality, decode};
use crate::sentence::Label;

/// Where a message comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Origin {
    /// Number of the line that completed it, from 1, and where that line begins.
    pub line: u64,
    pub offset: u64,
    /// Microseconds since 1970, where the line or its caller tells the time.
    pub micros: Option<i64>,
    pub station: Label,
    /// The letter as received.
    pub channel: Option<u8>,
    /// Talker and formatter, such as `AIVDM`.
    pub address: [u8; 5],
}

/// The table of all messages. Every column has one value a message, in the order in which messages completed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Messages {
    pub message_type: Vec<u8>,
    pub repeat: Vec<u8>,
    pub mmsi: Vec<u32>,
    /// [`Quality::bits`].
    pub quality: Vec<u16>,
    pub line: Vec<u64>,
    pub offset: Vec<u64>,
    /// `i64::MIN` where no time is told.
    pub micros: Vec<i64>,
    /// Zero places behind the name.
    pub station: Vec<[u8; 23]>,
    /// 0 where the sentence names none.
    pub channel: Vec<u8>,
    pub address: Vec<[u8; 5]>,
}

impl Messages {
    pub fn len(&self) -> usize {
        self.mmsi.len()
    }
    pub fn is_empty(&self) -> bool {
        self.mmsi.is_empty()
    }

    #[inline(always)]
    fn push(&mut self, head: Head, quality: Quality, origin: &Origin) -> u32 {
        let row = self.mmsi.len() as u32;
        self.message_type.push(head.message_type);
        self.repeat.push(head.repeat);
        self.mmsi.push(head.mmsi);
        self.quality.push(quality.bits());
        self.line.push(origin.line);
        self.offset.push(origin.offset);
        self.micros.push(origin.micros.unwrap_or(i64::MIN));
        self.station.push(origin.station.padded());
        self.channel.push(origin.channel.unwrap_or(0));
        self.address.push(origin.address);
        row
    }

    fn clear(&mut self) {
        self.message_type.clear();
        self.repeat.clear();
        self.mmsi.clear();
        self.quality.clear();
        self.line.clear();
        self.offset.clear();
        self.micros.clear();
        self.station.clear();
        self.channel.clear();
        self.address.clear();
    }

    /// Room for so many more rows.
    pub fn reserve(&mut self, rows: usize) {
        self.message_type.reserve(rows);
        self.repeat.reserve(rows);
        self.mmsi.reserve(rows);
        self.quality.reserve(rows);
        self.line.reserve(rows);
        self.offset.reserve(rows);
        self.micros.reserve(rows);
        self.station.reserve(rows);
        self.channel.reserve(rows);
        self.address.reserve(rows);
    }
}

/// What all types begin with.
#[derive(Clone, Copy)]
struct Head {
    message_type: u8,
    repeat: u8,
    mmsi: u32,
}

/// The tables. A row of the others names its message by the row of the first, so that they hold at most 2^32 messages
/// between two calls of [`Columns::clear`].
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Columns {
    pub messages: Messages,
    pub positions: Positions,
    /// Of types 4 and 11, beside their positions.
    pub clocks: Clocks,
    pub statics: Statics,
    pub rest: Rest,
}

impl Columns {
    /// Room for so many messages, of which nearly all are position reports.
    pub fn with_capacity(rows: usize) -> Self {
        let mut columns = Self::default();
        columns.messages.reserve(rows);
        columns.positions.reserve(rows);
        columns
    }

    /// Empty again, the memory kept.
    pub fn clear(&mut self) {
        self.messages.clear();
        self.positions.clear();
        self.clocks.clear();
        self.statics.clear();
        self.rest.clear();
    }

    /// Takes a payload apart into the tables, and gives its doubts, `quality` among them. The same rows as
    /// [`decode`] followed by [`Columns::push`].
    #[inline]
    pub fn decode(
        &mut self,
        payload: &mut Payload,
        quality: Quality,
        origin: &Origin,
    ) -> Result<Quality, DecodeError> {
        match Slot::of(payload).and_then(|slot| self.slot(&slot, quality, origin)) {
            Some(quality) => Ok(quality),
            None => self.any(payload, quality, origin),
        }
    }

    /// The types of one slot that are nearly all traffic go to their columns without a message in between; `None` when it
    /// is of another.
    #[inline(always)]
    fn slot(&mut self, bits: &Slot, quality: Quality, origin: &Origin) -> Option<Quality> {
        let head = Head {
            message_type: bits.unsigned(0, 6) as u8,
            repeat: bits.unsigned(6, 2) as u8,
            mmsi: bits.unsigned(8, 30) as u32,
        };
        let quality = quality.when(head.mmsi == 0 || head.mmsi > 999_999_999, Quality::MMSI);
        match head.message_type {
            1..=3 => {
                let fields = PositionA::read(bits);
                let quality = quality.when(!fields.in_range(), Quality::FIELD_RANGE);
                let row = self.messages.push(head, quality, origin);
                self.positions.class_a(row, head, &fields);
                Some(quality)
            }
            18 => {
                let fields = PositionB::read(bits);
                let quality = quality.when(!fields.in_range(), Quality::FIELD_RANGE);
                let row = self.messages.push(head, quality, origin);
                self.positions.class_b(row, head, &fields);
                Some(quality)
            }
            4 | 11 => {
                let fields = BaseStation::read(bits);
                let quality = quality.when(!fields.in_range(), Quality::FIELD_RANGE);
                let row = self.messages.push(head, quality, origin);
                self.positions.base_station(row, head, &fields);
                self.clocks.of(row, &fields);
                Some(quality)
            }
            _ => None,
        }
    }

    #[inline(never)]
    fn any(
        &mut self,
        payload: &mut Payload,
        quality: Quality,
        origin: &Origin,
    ) -> Result<Quality, DecodeError> {
        let (message, doubts) = decode(payload)?;
        let quality = quality.with(doubts);
        self.push(&message, payload, quality, origin);
        Ok(quality)
    }

    /// Puts a message into the tables.
    pub fn push(&mut self, message: &Message, payload: &Payload, quality: Quality, origin: &Origin) {
        let head = Head { message_type: message.message_type, repeat: message.repeat, mmsi: message.mmsi };
        let row = self.messages.push(head, quality, origin);
        match &message.body {
            Body::PositionA(m) => self.positions.class_a(row, head, m),
            Body::PositionB(m) => self.positions.class_b(row, head, m),
            Body::BaseStation(m) => {
                self.positions.base_station(row, head, m);
                self.clocks.of(row, m);
            }
            Body::SarAircraft(m) => self.positions.aircraft(row, head, m),
            Body::LongRange(m) => self.positions.long_range(row, head, m),
            Body::SingleSlotAid(m) => {
                self.positions.single_slot_aid(row, head, m);
                self.rest.push(row, &message.body, payload);
            }
            Body::ExtendedB(m) => {
                self.positions.extended_b(row, head, m);
                self.statics.extended_b(row, head, m);
            }
            Body::AidToNavigation(m, extension) => {
                self.positions.aid(row, head, m);
                self.statics.aid(row, head, m, extension);
            }
            Body::StaticVoyage(m) => self.statics.voyage(row, head, m),
            Body::StaticA(m) => self.statics.part_a(row, head, m),
            Body::StaticB(m) => self.statics.part_b(row, head, m),
            body => self.rest.push(row, body, payload),
        }
    }
}
