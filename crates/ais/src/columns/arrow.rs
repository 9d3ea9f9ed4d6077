//! The tables as Arrow record batches. Numbers and characters are handed over as they lie, without copying; only the bits
//! that say what is available, and where each text ends, are made here. Copies no column, reads no file.

use std::sync::Arc;

use arrow_array::types::{
    Int8Type, Int32Type, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, LargeBinaryArray, PrimitiveArray, RecordBatch,
    StringViewArray,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, Field, Schema};

use super::{Clocks, Messages, Positions, Rest, Statics, flag};

/// Columns in the order of a batch.
struct Batch {
    fields: Vec<Field>,
    columns: Vec<ArrayRef>,
}

impl Batch {
    fn new() -> Self {
        Self { fields: Vec::new(), columns: Vec::new() }
    }

    fn put(&mut self, name: &str, column: ArrayRef, nullable: bool) {
        self.fields.push(Field::new(name, column.data_type().clone(), nullable));
        self.columns.push(column);
    }

    // INVARIANT: a column is handed over, not copied.
    fn numbers<T: ArrowPrimitiveType>(&mut self, name: &str, values: Vec<T::Native>) {
        self.put(name, Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(values), None)), false);
    }

    fn known<T: ArrowPrimitiveType>(
        &mut self,
        name: &str,
        values: Vec<T::Native>,
        nulls: NullBuffer,
    ) -> Result<(), ArrowError> {
        let array = PrimitiveArray::<T>::try_new(ScalarBuffer::from(values), Some(nulls))?;
        self.put(name, Arc::new(array), true);
        Ok(())
    }

    /// Texts of fixed places, of which `length` says how many count: views into the characters as they lie.
    fn texts<const N: usize>(
        &mut self,
        name: &str,
        texts: Vec<[u8; N]>,
        length: impl Fn(&[u8; N]) -> usize,
    ) -> Result<(), ArrowError> {
        let lengths: Vec<usize> = texts.iter().map(length).collect();
        let views: Vec<u128> = texts
            .iter()
            .zip(&lengths)
            .enumerate()
            .map(|(row, (text, length))| view(text.get(..*length).unwrap_or(&[]), row * N))
            .collect();
        let nulls = NullBuffer::from_iter(lengths.iter().map(|length| *length > 0));
        let characters = Buffer::from_vec(texts.into_flattened());
        let array = StringViewArray::try_new(ScalarBuffer::from(views), vec![characters], Some(nulls))?;
        self.put(name, Arc::new(array), true);
        Ok(())
    }

    fn finish(self) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(Arc::new(Schema::new(self.fields)), self.columns)
    }
}

/// One view of the Arrow columnar format ("Variable-size Binary View Layout"): up to twelve characters stand in it, of more
/// the first four, and where all are.
fn view(text: &[u8], offset: usize) -> u128 {
    let place = |at: usize, byte: u8| u128::from(byte) << (8 * at);
    let head =
        |most: usize| text.iter().take(most).zip(4..).fold(0, |sum, (byte, at)| sum | place(at, *byte));
    let length = text.len() as u128;
    if text.len() <= 12 {
        length | head(12)
    } else {
        // Bytes 8 to 11 number the buffer, which is the only one.
        length | head(4) | ((offset as u128) << 96)
    }
}

/// Characters of a text as M.1371 cuts it: up to the first `@`, without trailing blanks.
fn cut<const N: usize>(text: &[u8; N]) -> usize {
    let end = memchr::memchr(b'@', text).unwrap_or(N);
    text.iter().take(end).rposition(|byte| *byte != b' ').map_or(0, |last| last + 1)
}

/// Characters before the zeros.
fn padded<const N: usize>(text: &[u8; N]) -> usize {
    let end = memchr::memchr(0, text).unwrap_or(N);
    // Names of stations are bytes from a line; what is no ASCII text is given as none.
    if text.iter().take(end).all(u8::is_ascii) { end } else { 0 }
}

/// Rows whose word has the bit.
fn having(words: &[u16], bit: u16) -> NullBuffer {
    NullBuffer::from_iter(words.iter().map(|word| word & bit != 0))
}

fn booleans(words: &[u16], bit: u16) -> ArrayRef {
    Arc::new(BooleanArray::new(BooleanBuffer::from_iter(words.iter().map(|word| word & bit != 0)), None))
}

impl Messages {
    /// `quality` as [`crate::Quality::bits`]; `time` null where no line tells it; `channel` as its character's number.
    pub fn into_batch(self) -> Result<RecordBatch, ArrowError> {
        let mut batch = Batch::new();
        batch.numbers::<UInt8Type>("type", self.message_type);
        batch.numbers::<UInt8Type>("repeat", self.repeat);
        batch.numbers::<UInt32Type>("mmsi", self.mmsi);
        batch.numbers::<UInt16Type>("quality", self.quality);
        batch.numbers::<UInt64Type>("line", self.line);
        batch.numbers::<UInt64Type>("offset", self.offset);
        let told = NullBuffer::from_iter(self.micros.iter().map(|micros| *micros != i64::MIN));
        let time =
            PrimitiveArray::<TimestampMicrosecondType>::try_new(ScalarBuffer::from(self.micros), Some(told))?;
        batch.put("time", Arc::new(time.with_timezone("UTC")), true);
        batch.texts("station", self.station, padded)?;
        let named = NullBuffer::from_iter(self.channel.iter().map(|channel| *channel != 0));
        batch.known::<UInt8Type>("channel", self.channel, named)?;
        batch.texts("talker", self.address, padded)?;
        batch.finish()
    }
}

impl Positions {
    pub fn into_batch(self) -> Result<RecordBatch, ArrowError> {
        let mut batch = Batch::new();
        let has = |bit| having(&self.has, bit);
        batch.numbers::<UInt32Type>("row", self.row);
        batch.numbers::<UInt8Type>("type", self.message_type);
        batch.numbers::<UInt32Type>("mmsi", self.mmsi);
        batch.known::<Int32Type>("lon", self.lon, has(Self::PLACE))?;
        batch.known::<Int32Type>("lat", self.lat, has(Self::PLACE))?;
        batch.known::<UInt16Type>("speed", self.speed, has(Self::SPEED))?;
        batch.known::<UInt16Type>("course", self.course, has(Self::COURSE))?;
        batch.known::<UInt16Type>("heading", self.heading, has(Self::HEADING))?;
        batch.known::<Int8Type>("turn", self.turn, has(Self::TURN))?;
        batch.known::<UInt8Type>("status", self.status, has(Self::STATUS))?;
        batch.known::<UInt8Type>("second", self.second, has(Self::SECOND))?;
        batch.known::<UInt16Type>("altitude", self.altitude, has(Self::ALTITUDE))?;
        batch.known::<UInt32Type>("radio", self.radio, has(Self::RADIO))?;
        batch.put("accuracy", booleans(&self.flags, flag::ACCURACY), false);
        batch.put("raim", booleans(&self.flags, flag::RAIM), false);
        batch.numbers::<UInt16Type>("flags", self.flags);
        batch.finish()
    }
}

impl Clocks {
    /// Null where the field says "not available".
    pub fn into_batch(self) -> Result<RecordBatch, ArrowError> {
        let mut batch = Batch::new();
        let below = |values: &[u8], end: u8| NullBuffer::from_iter(values.iter().map(|value| *value < end));
        let above = |values: &[u8]| NullBuffer::from_iter(values.iter().map(|value| *value > 0));
        batch.numbers::<UInt32Type>("row", self.row);
        let years = NullBuffer::from_iter(self.year.iter().map(|year| *year > 0));
        batch.known::<UInt16Type>("year", self.year, years)?;
        let (months, days) = (above(&self.month), above(&self.day));
        batch.known::<UInt8Type>("month", self.month, months)?;
        batch.known::<UInt8Type>("day", self.day, days)?;
        let (hours, minutes, seconds) =
            (below(&self.hour, 24), below(&self.minute, 60), below(&self.second, 60));
        batch.known::<UInt8Type>("hour", self.hour, hours)?;
        batch.known::<UInt8Type>("minute", self.minute, minutes)?;
        batch.known::<UInt8Type>("second", self.second, seconds)?;
        batch.finish()
    }
}

impl Statics {
    pub fn into_batch(self) -> Result<RecordBatch, ArrowError> {
        let mut batch = Batch::new();
        let has = |bit| having(&self.has, bit);
        batch.numbers::<UInt32Type>("row", self.row);
        batch.numbers::<UInt8Type>("type", self.message_type);
        batch.numbers::<UInt8Type>("part", self.part);
        batch.numbers::<UInt32Type>("mmsi", self.mmsi);
        batch.known::<UInt32Type>("imo", self.imo, has(Self::IMO))?;
        batch.texts("callsign", self.callsign, cut)?;
        batch.texts("name", self.name, cut)?;
        batch.texts("extension", self.extension, cut)?;
        batch.known::<UInt8Type>("kind", self.kind, has(Self::KIND))?;
        batch.known::<UInt16Type>("to_bow", self.to_bow, has(Self::SIZE))?;
        batch.known::<UInt16Type>("to_stern", self.to_stern, has(Self::SIZE))?;
        batch.known::<UInt8Type>("to_port", self.to_port, has(Self::SIZE))?;
        batch.known::<UInt8Type>("to_starboard", self.to_starboard, has(Self::SIZE))?;
        batch.numbers::<UInt8Type>("epfd", self.epfd);
        batch.known::<UInt8Type>("month", self.month, has(Self::MONTH))?;
        batch.known::<UInt8Type>("day", self.day, has(Self::DAY))?;
        batch.known::<UInt8Type>("hour", self.hour, has(Self::HOUR))?;
        batch.known::<UInt8Type>("minute", self.minute, has(Self::MINUTE))?;
        batch.known::<UInt8Type>("draught", self.draught, has(Self::DRAUGHT))?;
        batch.texts("destination", self.destination, cut)?;
        batch.numbers::<UInt8Type>("ais_version", self.ais_version);
        batch.numbers::<UInt8Type>("dte", self.dte);
        batch.texts("vendor", self.vendor, cut)?;
        batch.numbers::<UInt8Type>("model", self.model);
        batch.numbers::<UInt32Type>("serial", self.serial);
        batch.known::<UInt32Type>("mothership", self.mothership, has(Self::MOTHERSHIP))?;
        batch.finish()
    }
}

impl Rest {
    /// `payload` holds the whole message from its first bit, `bits` of them.
    pub fn into_batch(self) -> Result<RecordBatch, ArrowError> {
        let mut batch = Batch::new();
        batch.numbers::<UInt32Type>("row", self.row);
        let addressed = NullBuffer::from_iter(self.dest_mmsi.iter().map(|mmsi| *mmsi != 0));
        batch.known::<UInt32Type>("dest_mmsi", self.dest_mmsi, addressed)?;
        let applied = NullBuffer::from_iter(self.dac.iter().map(|dac| *dac != Self::NO_APPLICATION));
        batch.known::<UInt16Type>("dac", self.dac, applied.clone())?;
        batch.known::<UInt8Type>("fid", self.fid, applied)?;
        batch.numbers::<UInt16Type>("bits", self.bits);
        if self.start.first() != Some(&0) || !self.start.is_sorted() {
            return Err(ArrowError::InvalidArgumentError("the payloads do not follow each other".to_owned()));
        }
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.start));
        batch.put(
            "payload",
            Arc::new(LargeBinaryArray::try_new(offsets, Buffer::from_vec(self.bytes), None)?),
            false,
        );
        batch.finish()
    }
}
