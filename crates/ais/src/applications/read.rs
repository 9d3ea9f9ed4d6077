//! Walks application data along a table and tells a visitor what is there. Allocates nothing, never fails: what the
//! data do not reach is told as absent, what is left over stays bits.

use super::layout::{Application, Field, Item, Role, bits_of};
use crate::bits::{Payload, Span};
use crate::messages::Quality;

/// Takes what a table finds, in the order of the bits.
pub trait Visitor {
    /// A number as transmitted; `power` is the scale factor of its group.
    fn number(&mut self, field: &'static Field, raw: i64, power: u8);
    /// A number that the data do not reach, which therefore reads as "not available".
    fn absent(&mut self, field: &'static Field, power: u8) {
        self.number(field, field.default_raw(), power);
    }
    /// Six-bit characters; an empty run where the data do not reach.
    fn text(&mut self, name: &'static str, text: Span);
    fn bits(&mut self, name: &'static str, bits: Span);
    fn spare(&mut self, _bits: u8, _value: u64) {}
    fn list(&mut self, name: &'static str);
    fn group(&mut self);
    fn group_end(&mut self);
    fn list_end(&mut self);
    /// Data that no field of the table holds, when the length is not the table's.
    fn tail(&mut self, _tail: Span) {}
}

impl Application {
    /// Tells `visitor` every field of `data` and returns the doubts about them.
    pub fn read(&'static self, payload: &Payload, data: Span, visitor: &mut impl Visitor) -> Quality {
        if usize::from(data.len) < self.items.first().map_or(0, Item::bits) {
            return Quality::OFF_LENGTH.with(Quality::TOO_SHORT);
        }
        let start = usize::from(data.start);
        let end = start + usize::from(data.len);
        let mut reader = Reader { payload, end, at: start, reached: start, quality: Quality::GOOD };
        reader.items(self.items, 0, visitor);
        if reader.at != end {
            let reached = reader.reached;
            visitor.tail(Span { start: reached as u16, len: (end - reached) as u16 });
        }
        let fits = reader.at == end
            // Padding to a whole byte of the message, which in type 26 goes on behind the data.
            || (reader.at < end && end - reader.at < 8 && payload.len().is_multiple_of(8))
            || self.also.contains(&data.len);
        reader.quality.when(!fits, Quality::OFF_LENGTH)
    }
}

struct Reader<'a> {
    payload: &'a Payload,
    end: usize,
    /// Where the table is.
    at: usize,
    /// How far the data were wholly read.
    reached: usize,
    quality: Quality,
}

/// What fields of one level decide about later ones.
#[derive(Default)]
struct Level {
    selector: i64,
    power: u8,
    /// List and number of groups that a field announced.
    announced: Option<(&'static str, usize)>,
}

impl Reader<'_> {
    /// A level of its own, under the scale factor of the one around it.
    fn items(&mut self, items: &'static [Item], power: u8, visitor: &mut impl Visitor) {
        self.level(items, &mut Level { power, ..Level::default() }, visitor);
    }

    /// Takes `bits`; `None` when the data end before.
    fn take(&mut self, bits: usize) -> Option<Span> {
        let from = self.at;
        self.at += bits;
        if self.at > self.end {
            return None;
        }
        self.reached = self.at;
        Some(Span { start: from as u16, len: bits as u16 })
    }
    fn left(&self) -> usize {
        self.end.saturating_sub(self.at)
    }

    fn level(&mut self, items: &'static [Item], level: &mut Level, visitor: &mut impl Visitor) {
        for item in items {
            match item {
                Item::Number(field) => self.number(field, level, visitor),
                Item::Text { name, chars } => {
                    let from = self.at;
                    let whole = usize::from(*chars).min(self.left() / 6);
                    self.at += 6 * usize::from(*chars);
                    let text = Span { start: from as u16, len: 6 * whole as u16 };
                    if whole > 0 {
                        self.reached = from + 6 * whole;
                    }
                    visitor.text(name, text);
                }
                Item::RestText { name } => {
                    let chars = self.left() / 6;
                    let text = self.take(6 * chars).unwrap_or_default();
                    visitor.text(name, text);
                }
                Item::Bits { name, bits } => {
                    let inside = usize::from(*bits).min(self.left());
                    let run = self.take(inside).unwrap_or_default();
                    self.at += usize::from(*bits) - inside;
                    visitor.bits(name, run);
                }
                Item::RestBits { name } => {
                    let run = self.take(self.left()).unwrap_or_default();
                    visitor.bits(name, run);
                }
                Item::Spare(bits) => {
                    if let Some(span) = self.take(usize::from(*bits)) {
                        visitor.spare(*bits, self.payload.uint(usize::from(span.start), usize::from(*bits)));
                    }
                }
                Item::Times { name, times, items } => {
                    self.groups(name, usize::from(*times), items, level.power, visitor);
                }
                Item::Repeat { name, least, most, items } => {
                    let count = self.count(name, *least, *most, items, level);
                    self.groups(name, count, items, level.power, visitor);
                }
                Item::Choice { cases, otherwise } => {
                    let case = cases.iter().find(|(value, _)| *value == level.selector);
                    self.level(case.map_or(otherwise, |(_, items)| items), level, visitor);
                }
            }
        }
    }

    fn number(&mut self, field: &'static Field, level: &mut Level, visitor: &mut impl Visitor) {
        let raw = match self.take(usize::from(field.bits)) {
            Some(span) => {
                let raw = number_at(self.payload, span, field);
                self.quality = self.quality.when(!field.allows(raw), Quality::FIELD_RANGE);
                visitor.number(field, raw, level.power);
                raw
            }
            None => {
                visitor.absent(field, level.power);
                field.default_raw()
            }
        };
        match field.role {
            Role::Plain => {}
            Role::Selects => level.selector = raw,
            Role::Power => level.power = raw.clamp(0, 9) as u8,
            Role::Counts(list) => level.announced = Some((list, raw.max(0) as usize)),
        }
    }

    /// How many groups follow. A group of which only a part is there counts, unless the rest may be padding.
    fn count(&mut self, name: &str, least: u8, most: u8, items: &'static [Item], level: &Level) -> usize {
        let size = bits_of(items).max(1);
        let (whole, over) = (self.left() / size, self.left() % size);
        let part = usize::from(over >= 8 && over >= items.first().map_or(0, Item::bits));
        let there = (whole + part).min(usize::from(most));
        let mut count = there;
        if let Some((_, announced)) = level.announced.filter(|(list, _)| *list == name) {
            count = count.min(announced);
            self.quality = self.quality.when(announced != whole.min(usize::from(most)), Quality::OFF_LENGTH);
        }
        self.quality = self.quality.when(count < usize::from(least), Quality::OFF_LENGTH);
        count
    }

    fn groups(
        &mut self,
        name: &'static str,
        count: usize,
        items: &'static [Item],
        power: u8,
        visitor: &mut impl Visitor,
    ) {
        visitor.list(name);
        for _ in 0..count {
            visitor.group();
            self.items(items, power, visitor);
            visitor.group_end();
        }
        visitor.list_end();
    }
}

fn number_at(payload: &Payload, span: Span, field: &Field) -> i64 {
    let (start, bits) = (usize::from(span.start), usize::from(field.bits));
    if field.signed { payload.int(start, bits) } else { payload.uint(start, bits) as i64 }
}
