//! Application data as a tree of named values: what reading gives when it is to be kept, and what is written. A
//! record holds every bit, spare bits, characters behind an `@` and a cut end included.

use super::error::WriteError;
use super::layout::{Application, Field, Item, Role};
use super::read::Visitor;
use crate::bits::{MAX_BITS, Payload, Span};
use crate::messages::Quality;
use crate::text;

/// Named values in the order of the bits.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Record {
    entries: Vec<(&'static str, Value)>,
    /// Spare bits that are not zero, by their place among the spare runs of the level.
    spares: Vec<(usize, u64)>,
    /// Where the table was left, and the bits from there on, when the data are not of the table's length.
    tail: Option<(u16, Bits)>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// As transmitted.
    Number(i64),
    /// All characters as transmitted, `@` included.
    Text(String),
    Bits(Bits),
    Groups(Vec<Record>),
}

/// A run of bits, first bit highest, the last byte filled up with zeros.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bits {
    pub bytes: Vec<u8>,
    pub len: u16,
}

impl Record {
    pub fn new() -> Self {
        Self::default()
    }
    /// The same with one more value, or another one in its place.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Value) -> Self {
        match self.entries.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.entries.push((name, value)),
        }
        self
    }
    #[must_use]
    pub fn number(self, name: &'static str, raw: i64) -> Self {
        self.with(name, Value::Number(raw))
    }
    /// Upper case; what six bits cannot carry becomes `?`.
    #[must_use]
    pub fn text(self, name: &'static str, text: &str) -> Self {
        let six = text.chars().map(|c| {
            let ascii = if c.is_ascii() { c as u8 } else { b'?' };
            char::from(text::to_ascii(text::from_ascii(ascii)))
        });
        self.with(name, Value::Text(six.collect()))
    }
    #[must_use]
    pub fn groups(self, name: &'static str, groups: Vec<Record>) -> Self {
        self.with(name, Value::Groups(groups))
    }

    pub fn entries(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.entries.iter().map(|(name, value)| (*name, value))
    }
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.entries().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
    pub fn get_number(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Some(Value::Number(raw)) => Some(*raw),
            _ => None,
        }
    }
    /// Cut at the first `@`, trailing blanks removed.
    pub fn get_text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Text(all)) => Some(all.split('@').next().unwrap_or("").trim_end_matches(' ')),
            _ => None,
        }
    }
    pub fn get_groups(&self, name: &str) -> &[Record] {
        match self.get(name) {
            Some(Value::Groups(groups)) => groups,
            _ => &[],
        }
    }
}

impl Bits {
    fn of(payload: &Payload, span: Span) -> Self {
        Self { bytes: span.bytes(payload).collect(), len: span.len }
    }
    fn put(&self, payload: &mut Payload, start: usize) {
        let len = usize::from(self.len);
        for (i, byte) in self.bytes.iter().enumerate().take(len.div_ceil(8)) {
            let have = (len - 8 * i).min(8);
            payload.put(start + 8 * i, have, u64::from(*byte) >> (8 - have));
        }
    }
}

impl Application {
    /// The data as a record, and the doubts about them.
    ///
    /// INVARIANT: writing what was read gives the same bits, whatever they were.
    pub fn decode(&'static self, payload: &Payload, data: Span) -> (Record, Quality) {
        let mut builder =
            Builder { payload, base: data.start, open: vec![(Record::new(), 0)], lists: Vec::new() };
        let quality = self.read(payload, data, &mut builder);
        let mut record = builder.open.pop().unwrap_or_default().0;
        if quality.has(Quality::TOO_SHORT) {
            record.tail = Some((0, Bits::of(payload, data)));
        }
        (record, quality)
    }

    /// The data of a record, from bit 0 on. What the record does not name is written as "not available".
    pub fn encode(&'static self, record: &Record) -> Result<Payload, WriteError> {
        let mut writer = Writer { application: self.name, payload: Payload::new(), at: 0 };
        writer.record(self.items, record)?;
        let mut bits = writer.at;
        let mut payload = writer.payload;
        if let Some((start, tail)) = &record.tail {
            bits = usize::from(*start) + usize::from(tail.len);
            payload.set_len(usize::from(*start));
            tail.put(&mut payload, usize::from(*start));
        }
        if bits > MAX_BITS {
            return Err(WriteError::TooLong { application: self.name, bits, most: MAX_BITS });
        }
        payload.set_len(bits);
        Ok(payload)
    }
}

struct Builder<'a> {
    payload: &'a Payload,
    base: u16,
    /// Records that are being filled, with the spare runs met in each.
    open: Vec<(Record, usize)>,
    lists: Vec<(&'static str, Vec<Record>)>,
}

impl Builder<'_> {
    fn push(&mut self, name: &'static str, value: Value) {
        if let Some((record, _)) = self.open.last_mut() {
            record.entries.push((name, value));
        }
    }
}

impl Visitor for Builder<'_> {
    fn number(&mut self, field: &'static Field, raw: i64, _power: u8) {
        self.push(field.name, Value::Number(raw));
    }
    fn absent(&mut self, _field: &'static Field, _power: u8) {}
    fn text(&mut self, name: &'static str, text: Span) {
        let at = |i: u16| self.payload.uint(usize::from(text.start + 6 * i), 6) as u8;
        let all: String = (0..text.len / 6).map(|i| char::from(text::to_ascii(at(i)))).collect();
        self.push(name, Value::Text(all));
    }
    fn bits(&mut self, name: &'static str, bits: Span) {
        let bits = Bits::of(self.payload, bits);
        self.push(name, Value::Bits(bits));
    }
    fn spare(&mut self, _bits: u8, value: u64) {
        if let Some((record, met)) = self.open.last_mut() {
            if value != 0 {
                record.spares.push((*met, value));
            }
            *met += 1;
        }
    }
    fn list(&mut self, name: &'static str) {
        self.lists.push((name, Vec::new()));
    }
    fn group(&mut self) {
        self.open.push((Record::new(), 0));
    }
    fn group_end(&mut self) {
        if let (Some((record, _)), Some((_, list))) = (self.open.pop(), self.lists.last_mut()) {
            list.push(record);
        }
    }
    fn list_end(&mut self) {
        if let Some((name, list)) = self.lists.pop() {
            self.push(name, Value::Groups(list));
        }
    }
    fn tail(&mut self, tail: Span) {
        let bits = Bits::of(self.payload, tail);
        if let Some((record, _)) = self.open.first_mut() {
            record.tail = Some((tail.start - self.base, bits));
        }
    }
}

struct Writer {
    application: &'static str,
    payload: Payload,
    at: usize,
}

/// One level while it is written.
struct Level<'a> {
    record: &'a Record,
    /// Names that the table has on this level.
    known: Vec<&'static str>,
    /// Spare runs met so far.
    spares: usize,
    selector: i64,
}

impl Writer {
    fn record(&mut self, items: &'static [Item], record: &Record) -> Result<(), WriteError> {
        let mut level = Level { record, known: Vec::new(), spares: 0, selector: 0 };
        self.level(items, &mut level)?;
        match record.entries().find(|(name, _)| !level.known.contains(name)) {
            Some((field, _)) => Err(WriteError::Unknown { application: self.application, field }),
            None => Ok(()),
        }
    }

    fn put(&mut self, bits: usize, value: u64) {
        if self.at < MAX_BITS {
            self.payload.put(self.at, bits, value);
        }
        self.at += bits;
    }

    fn level(&mut self, items: &'static [Item], level: &mut Level<'_>) -> Result<(), WriteError> {
        for item in items {
            match item {
                Item::Number(field) => self.number(field, level)?,
                Item::Text { name, chars } => {
                    let text = self.text_of(name, level)?;
                    if text.len() > usize::from(*chars) {
                        return Err(WriteError::Field { field: name });
                    }
                    self.characters(text, usize::from(*chars));
                }
                Item::RestText { name } => {
                    let text = self.text_of(name, level)?;
                    self.characters(text, text.len());
                }
                Item::Bits { name, bits } => {
                    let run = self.bits_of(name, level)?;
                    if run.len > *bits {
                        return Err(WriteError::Field { field: name });
                    }
                    run.put(&mut self.payload, self.at);
                    self.at += usize::from(*bits);
                }
                Item::RestBits { name } => {
                    let run = self.bits_of(name, level)?;
                    run.put(&mut self.payload, self.at);
                    self.at += usize::from(run.len);
                }
                Item::Spare(bits) => {
                    let spare = level.record.spares.iter().find(|(place, _)| *place == level.spares);
                    let value = spare.map_or(0, |(_, value)| *value);
                    level.spares += 1;
                    self.put(usize::from(*bits), value);
                }
                Item::Times { name, times, items } => {
                    let empty = Record::new();
                    let groups = self.groups_of(name, usize::from(*times), level)?;
                    for i in 0..usize::from(*times) {
                        self.record(items, groups.get(i).unwrap_or(&empty))?;
                    }
                }
                Item::Repeat { name, most, items, .. } => {
                    for group in self.groups_of(name, usize::from(*most), level)? {
                        self.record(items, group)?;
                    }
                }
                Item::Choice { cases, otherwise } => {
                    let case = cases.iter().find(|(value, _)| *value == level.selector);
                    self.level(case.map_or(otherwise, |(_, items)| items), level)?;
                }
            }
        }
        Ok(())
    }

    fn number(&mut self, field: &'static Field, level: &mut Level<'_>) -> Result<(), WriteError> {
        let counted = match field.role {
            Role::Counts(list) => Some(level.record.get_groups(list).len() as i64),
            _ => None,
        };
        let raw = match self.value(field.name, level) {
            None => counted.unwrap_or_else(|| field.default_raw()),
            Some(Value::Number(raw)) => *raw,
            Some(_) => return Err(self.kind(field.name)),
        };
        let bits = u32::from(field.bits);
        let fits = if field.signed {
            (-(1_i64 << (bits - 1))..1_i64 << (bits - 1)).contains(&raw)
        } else {
            (0..1_i64 << bits).contains(&raw)
        };
        if !fits {
            return Err(WriteError::Field { field: field.name });
        }
        if field.role == Role::Selects {
            level.selector = raw;
        }
        self.put(usize::from(field.bits), raw as u64);
        Ok(())
    }

    fn characters(&mut self, text: &str, chars: usize) {
        let given = text.bytes().map(text::from_ascii);
        for six in given.chain(std::iter::repeat(0)).take(chars) {
            self.put(6, u64::from(six));
        }
    }

    fn kind(&self, field: &'static str) -> WriteError {
        WriteError::Kind { application: self.application, field }
    }
    fn value<'a>(&self, name: &'static str, level: &mut Level<'a>) -> Option<&'a Value> {
        level.known.push(name);
        level.record.get(name)
    }
    fn text_of<'a>(&self, name: &'static str, level: &mut Level<'a>) -> Result<&'a str, WriteError> {
        match self.value(name, level) {
            None => Ok(""),
            Some(Value::Text(text)) => Ok(text),
            Some(_) => Err(self.kind(name)),
        }
    }
    fn bits_of<'a>(&self, name: &'static str, level: &mut Level<'a>) -> Result<&'a Bits, WriteError> {
        const NONE: &Bits = &Bits { bytes: Vec::new(), len: 0 };
        match self.value(name, level) {
            None => Ok(NONE),
            Some(Value::Bits(bits)) => Ok(bits),
            Some(_) => Err(self.kind(name)),
        }
    }
    fn groups_of<'a>(
        &self,
        name: &'static str,
        most: usize,
        level: &mut Level<'a>,
    ) -> Result<&'a [Record], WriteError> {
        let groups: &[Record] = match self.value(name, level) {
            None => &[],
            Some(Value::Groups(groups)) => groups,
            Some(_) => return Err(self.kind(name)),
        };
        if groups.len() > most {
            return Err(WriteError::Groups { field: name, count: groups.len(), most });
        }
        Ok(groups)
    }
}
