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

use positions::Row;

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
    fn put(&mut self, row: &Entry) {
        self.message_type.push(row.message_type);
        self.repeat.push(row.repeat);
        self.mmsi.push(row.mmsi);
        self.quality.push(row.quality);
        self.line.push(row.line);
        self.offset.push(row.offset);
        self.micros.push(row.micros);
        self.station.push(row.station);
        self.channel.push(row.channel);
        self.address.push(row.address);
    }

    /// Many rows at once, column by column.
    fn extend(&mut self, rows: &[Entry]) {
        self.message_type.extend(rows.iter().map(|from| from.message_type));
        self.repeat.extend(rows.iter().map(|from| from.repeat));
        self.mmsi.extend(rows.iter().map(|from| from.mmsi));
        self.quality.extend(rows.iter().map(|from| from.quality));
        self.line.extend(rows.iter().map(|from| from.line));
        self.offset.extend(rows.iter().map(|from| from.offset));
        self.micros.extend(rows.iter().map(|from| from.micros));
        self.station.extend(rows.iter().map(|from| from.station));
        self.channel.extend(rows.iter().map(|from| from.channel));
        self.address.extend(rows.iter().map(|from| from.address));
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

/// One row of the table of all messages before it is spread over the columns.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Entry {
    message_type: u8,
    repeat: u8,
    mmsi: u32,
    quality: u16,
    line: u64,
    offset: u64,
    micros: i64,
    station: [u8; 23],
    channel: u8,
    address: [u8; 5],
}

impl Entry {
    #[inline(always)]
    fn new(head: Head, quality: Quality, origin: &Origin) -> Self {
        Self {
            message_type: head.message_type,
            repeat: head.repeat,
            mmsi: head.mmsi,
            quality: quality.bits(),
            line: origin.line,
            offset: origin.offset,
            micros: origin.micros.unwrap_or(i64::MIN),
            station: origin.station.padded(),
            channel: origin.channel.unwrap_or(0),
            address: origin.address,
        }
    }
}

/// Rows that wait to be spread over the columns together: one by one, each of two dozen columns would have to be asked for
/// room. Empty whenever a caller sees the tables.
#[derive(Clone, PartialEq, Debug, Default)]
struct Pending {
    messages: Vec<Entry>,
    positions: Vec<Row>,
}

/// Few enough to stay in the nearest cache.
const TOGETHER: usize = 128;

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
    pending: Pending,
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

    /// The next row of the table of all messages and its number; spread over the columns at once, or later with others.
    #[inline(always)]
    fn entry<const LATER: bool>(&mut self, head: Head, quality: Quality, origin: &Origin) -> u32 {
        let row = (self.messages.len() + self.pending.messages.len()) as u32;
        let entry = Entry::new(head, quality, origin);
        if LATER {
            self.pending.messages.push(entry)
        } else {
            self.messages.put(&entry)
        }
        row
    }

    #[inline(always)]
    fn position<const LATER: bool>(&mut self, row: Row) {
        if LATER { self.pending.positions.push(row) } else { self.positions.put(row) }
    }

    /// Spreads the rows that wait once there are enough of them.
    #[inline(always)]
    fn settle_some(&mut self) {
        if self.pending.messages.len() >= TOGETHER {
            self.settle();
        }
    }

    #[inline(never)]
    fn settle(&mut self) {
        self.messages.extend(&self.pending.messages);
        self.positions.extend(&self.pending.positions);
        self.pending.messages.clear();
        self.pending.positions.clear();
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
        self.take::<false>(payload, quality, origin)
    }

    #[inline(always)]
    fn take<const LATER: bool>(
        &mut self,
        payload: &mut Payload,
        quality: Quality,
        origin: &Origin,
    ) -> Result<Quality, DecodeError> {
        match Slot::of(payload).and_then(|slot| self.slot::<LATER>(&slot, quality, origin)) {
            Some(quality) => Ok(quality),
            None => self.any::<LATER>(payload, quality, origin),
        }
    }

    /// The types of one slot that are nearly all traffic go to their columns without a message in between; `None` when it
    /// is of another.
    #[inline(always)]
    fn slot<const LATER: bool>(&mut self, bits: &Slot, quality: Quality, origin: &Origin) -> Option<Quality> {
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
                let row = self.entry::<LATER>(head, quality, origin);
                self.position::<LATER>(Row::class_a(row, head, &fields));
                Some(quality)
            }
            18 => {
                let fields = PositionB::read(bits);
                let quality = quality.when(!fields.in_range(), Quality::FIELD_RANGE);
                let row = self.entry::<LATER>(head, quality, origin);
                self.position::<LATER>(Row::class_b(row, head, &fields));
                Some(quality)
            }
            4 | 11 => {
                let fields = BaseStation::read(bits);
                let quality = quality.when(!fields.in_range(), Quality::FIELD_RANGE);
                let row = self.entry::<LATER>(head, quality, origin);
                self.position::<LATER>(Row::base_station(row, head, &fields));
                self.clocks.of(row, &fields);
                Some(quality)
            }
            _ => None,
        }
    }

    #[inline(never)]
    fn any<const LATER: bool>(
        &mut self,
        payload: &mut Payload,
        quality: Quality,
        origin: &Origin,
    ) -> Result<Quality, DecodeError> {
        let (message, doubts) = decode(payload)?;
        let quality = quality.with(doubts);
        self.message::<LATER>(&message, payload, quality, origin);
        Ok(quality)
    }

    /// Puts a message into the tables.
    pub fn push(&mut self, message: &Message, payload: &Payload, quality: Quality, origin: &Origin) {
        self.message::<false>(message, payload, quality, origin);
    }

    #[inline(always)]
    fn message<const LATER: bool>(
        &mut self,
        message: &Message,
        payload: &Payload,
        quality: Quality,
        origin: &Origin,
    ) {
        let head = Head { message_type: message.message_type, repeat: message.repeat, mmsi: message.mmsi };
        let row = self.entry::<LATER>(head, quality, origin);
        match &message.body {
            Body::PositionA(m) => self.position::<LATER>(Row::class_a(row, head, m)),
            Body::PositionB(m) => self.position::<LATER>(Row::class_b(row, head, m)),
            Body::BaseStation(m) => {
                self.position::<LATER>(Row::base_station(row, head, m));
                self.clocks.of(row, m);
            }
            Body::SarAircraft(m) => self.position::<LATER>(Row::aircraft(row, head, m)),
            Body::LongRange(m) => self.position::<LATER>(Row::long_range(row, head, m)),
            Body::SingleSlotAid(m) => {
                self.position::<LATER>(Row::single_slot_aid(row, head, m));
                self.rest.push(row, &message.body, payload);
            }
            Body::ExtendedB(m) => {
                self.position::<LATER>(Row::extended_b(row, head, m));
                self.statics.extended_b(row, head, m);
            }
            Body::AidToNavigation(m, extension) => {
                self.position::<LATER>(Row::aid(row, head, m));
                self.statics.aid(row, head, m, extension);
            }
            Body::StaticVoyage(m) => self.statics.voyage(row, head, m),
            Body::StaticA(m) => self.statics.part_a(row, head, m),
            Body::StaticB(m) => self.statics.part_b(row, head, m),
            body => self.rest.push(row, body, payload),
        }
    }
}
