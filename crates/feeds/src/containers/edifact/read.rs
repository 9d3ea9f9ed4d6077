//! Reads a file segment by segment: the envelope (ISO 9735-1, clauses 7 and 8, annex A) is checked, typed messages are
//! handed to [`Boxes`], the rest is kept. A message that does not hold gives no event; the next one is read on.

use std::collections::HashSet;

use bitacora_primitives::SourceId;

use super::codes::Typed;
use super::defects::Defects;
use super::equipment::{Boxes, Out};
use super::model::{Code, Content, Header, Interchange, Message, Part};
use super::places::Places;
use super::scan::{Found, Scan, Segment, Tag};
use super::service_characters::{Level, advice};
use super::time::prepared;
use crate::containers::Batch;
use crate::refusal::Reason;

/// Longest file in bytes: places in it are kept in 32 bits.
pub const MAX_INTERCHANGE: usize = u32::MAX as usize;

const UNH: Tag = Tag::of(b"UNH");
const UNT: Tag = Tag::of(b"UNT");
const UNB: Tag = Tag::of(b"UNB");
const UNZ: Tag = Tag::of(b"UNZ");
const UNG: Tag = Tag::of(b"UNG");
const UNE: Tag = Tag::of(b"UNE");

/// A message that is being read.
struct Open {
    reference: Code,
    name: Code,
    version: Code,
    release: Code,
    /// Read as events, by the reader's `boxes`.
    typed: bool,
    first: usize,
    sound: bool,
    /// How many events and withdrawn ones there were before it.
    events: usize,
    withdrawn: usize,
    /// Of UNH, to name a missing trailer.
    unh: (u32, usize),
}

#[derive(Default)]
struct Group {
    reference: String,
    messages: u32,
}

pub(super) struct Reader<'a> {
    out: Interchange<'a>,
    defects: Defects,
    places: Places,
    minutes_east: i16,
    authority: String,
    /// What ids begin with: time, reference and group of the interchange.
    prefix: String,
    reference: String,
    level: Option<Level>,
    /// Some byte of the file is outside the repertoire: each segment is looked at.
    outside: bool,
    open: Option<Open>,
    /// Of the typed message that is open; kept from one to the next and not moved.
    boxes: Boxes,
    group: Option<Group>,
    groups: u32,
    messages: u32,
    seen: HashSet<Code>,
    closed: bool,
    number: u32,
}

pub(super) fn read<'a>(bytes: &'a [u8], source: SourceId, minutes_east: i16) -> Interchange<'a> {
    let out = Interchange {
        bytes,
        advice: None,
        parts: Vec::new(),
        header: None,
        messages: Vec::new(),
        batch: Batch::default(),
        withdrawn: Vec::new(),
    };
    let mut reader = Reader {
        out,
        defects: Defects::new(source),
        places: Places::default(),
        minutes_east,
        authority: source.to_string(),
        prefix: String::new(),
        reference: String::new(),
        level: None,
        outside: false,
        open: None,
        boxes: Boxes::new(),
        group: None,
        groups: 0,
        messages: 0,
        seen: HashSet::new(),
        closed: false,
        number: 0,
    };
    if bytes.len() > MAX_INTERCHANGE {
        reader.defects.stretch(0, 0, None, Reason::TooLong, &[]);
        return reader.finish();
    }
    let advice = match advice(bytes) {
        Ok(advice) => advice,
        Err(bad) => {
            let una = bytes.get(bad.offset..bytes.len().min(bad.offset + 9)).unwrap_or_default();
            reader.defects.stretch(0, bad.offset, Some("UNA"), Reason::Structure, una);
            return reader.finish();
        }
    };
    reader.out.advice = Some(advice);
    // About as many as come (a segment has some 25 bytes, a message of one box and its two events some 370), so that an
    // ordinary file moves nothing; a large one grows on.
    reader.out.parts.reserve((bytes.len() / 24).min(1 << 20));
    reader.out.messages.reserve((bytes.len() / 360).min(1 << 16));
    reader.out.batch.items.reserve((bytes.len() / 180).min(1 << 16));
    reader.seen.reserve((bytes.len() / 360).min(1 << 16));
    let mut scan = Scan::new(bytes, advice.body, advice.characters);
    while let Some(found) = scan.next() {
        reader.number += 1;
        match found {
            Found::Segment { start, end, tag, folded } => {
                reader.out.parts.push(Part { start: start as u32, end: end as u32, tag });
                let segment = scan.segment(reader.number, start, tag, folded);
                reader.segment(&segment, end);
            }
            Found::Unread { start, end, reason } => {
                reader.out.parts.push(Part { start: start as u32, end: end as u32, tag: Tag::default() });
                reader.unread(start, end, reason);
            }
        }
    }
    reader.finish()
}

impl<'a> Reader<'a> {
    fn unread(&mut self, start: usize, end: usize, reason: Reason) {
        self.step();
        let raw = self.out.bytes.get(start..end).unwrap_or_default();
        self.defects.stretch(self.number, start, None, reason, raw);
        if let Some(open) = self.open.as_mut() {
            open.sound = false;
        }
    }

    const fn step(&mut self) {
        if let Some((_, _, segments)) = self.defects.message.as_mut() {
            *segments += 1;
        }
    }

    fn segment(&mut self, segment: &Segment<'_>, end: usize) {
        if segment.tag != UNH && segment.tag != UNB {
            self.step();
        }
        match segment.tag {
            UNH => self.message_begins(segment),
            UNT => self.message_ends(segment),
            UNB => self.interchange_begins(segment),
            UNZ => self.interchange_ends(segment),
            UNG => self.group_begins(segment),
            UNE => self.group_ends(segment),
            _ => match &self.open {
                Some(Open { typed: true, .. }) => {
                    let mut out = Out {
                        events: &mut self.out.batch.items,
                        withdrawn: &mut self.out.withdrawn,
                        defects: &mut self.defects,
                        places: &mut self.places,
                        authority: &self.authority,
                        reference: &self.reference,
                        prepared: self.out.header.as_ref().and_then(|header| header.prepared),
                        minutes_east: self.minutes_east,
                    };
                    self.boxes.segment(segment, &mut out);
                }
                Some(_) => {}
                None => self.defects.at(segment, (0, 0), Reason::Unexpected),
            },
        }
        if self.outside {
            self.repertoire(segment, end);
        }
    }

    /// One defect a segment: its first value with a byte outside.
    fn repertoire(&mut self, segment: &Segment<'_>, end: usize) {
        let Some(level) = self.level else { return };
        let whole = self.out.bytes.get(segment.offset..end).unwrap_or_default();
        if level.holds(whole) {
            return;
        }
        let bad = segment.values().find(|(_, _, raw)| !level.holds(raw));
        let (element, component, raw) = bad.unwrap_or((0, 0, whole));
        self.defects.quoting(segment, (element, component), Reason::Encoding, raw);
    }

    /// A mandatory element of at most `most` characters, as text.
    fn needed(&mut self, segment: &Segment<'_>, element: (u16, u16), most: usize) -> Option<String> {
        let text = segment.text(element.0, element.1);
        match &text {
            None if segment.raw(element.0, element.1).is_some() => {
                self.defects.at(segment, element, Reason::Encoding);
            }
            None => self.defects.at(segment, element, Reason::Missing),
            Some(text) if text.len() > most => self.defects.at(segment, element, Reason::TooLong),
            Some(_) => {}
        }
        text
    }

    /// UNB: 1 S001 (0001, 0002), 2 S002 (0004), 3 S003 (0010), 4 S004 (0017, 0019), 5 0020.
    fn interchange_begins(&mut self, segment: &Segment<'_>) {
        self.message_lost(self.out.parts.len().saturating_sub(1));
        self.defects.message = None;
        let begun = if self.out.header.is_some() { !self.closed } else { self.messages > 0 };
        if begun {
            self.defects.at(segment, (0, 0), Reason::Structure);
        }
        let syntax = self.needed(segment, (1, 1), 4).unwrap_or_default();
        let version = self.needed(segment, (1, 2), 1).unwrap_or_default();
        let sender = self.needed(segment, (2, 1), 35).unwrap_or_default();
        let recipient = self.needed(segment, (3, 1), 35).unwrap_or_default();
        let date = self.needed(segment, (4, 1), 8).unwrap_or_default();
        let time = self.needed(segment, (4, 2), 4).unwrap_or_default();
        let reference = self.needed(segment, (5, 1), 14).unwrap_or_default();
        self.level = Level::of(syntax.as_bytes());
        if self.level.is_none() && !syntax.is_empty() {
            self.defects.at(segment, (1, 1), Reason::CodeUnknown);
        }
        if !version.is_empty() && !matches!(version.as_str(), "1" | "2" | "3" | "4") {
            self.defects.at(segment, (1, 2), Reason::CodeUnknown);
        }
        self.outside = self.level.is_some_and(|level| !level.holds(self.out.bytes));
        // Six digits until version 3, eight in version 4; many senders do otherwise, and the time is understood all the same.
        let prepared = prepared(date.as_bytes(), time.as_bytes(), self.minutes_east);
        let digits = if version == "4" { 8 } else { 6 };
        if !date.is_empty() && date.len() != digits {
            self.defects.at(segment, (4, 1), Reason::Form);
        } else if prepared.is_none() && !date.is_empty() && !time.is_empty() {
            self.defects.at(segment, (4, 1), Reason::TimeUnreadable);
        }
        if !sender.is_empty() {
            self.authority.clone_from(&sender);
        }
        let prepared_text = format!("{date}:{time}");
        self.prefix = format!("{prepared_text}/{reference}/");
        self.seen.clear();
        (self.messages, self.groups, self.group, self.closed) = (0, 0, None, false);
        self.out.header =
            Some(Header { syntax, version, sender, recipient, prepared_text, prepared, reference });
    }

    /// UNZ: 1 0036, 2 0020.
    fn interchange_ends(&mut self, segment: &Segment<'_>) {
        self.message_lost(self.out.parts.len().saturating_sub(1));
        self.defects.message = None;
        self.group_lost(segment.number, segment.offset);
        let Some(header) = self.out.header.as_ref().filter(|_| !self.closed) else {
            return self.defects.at(segment, (0, 0), Reason::Unexpected);
        };
        let (reference, counted) =
            (header.reference.clone(), if self.groups > 0 { self.groups } else { self.messages });
        self.agree(segment, counted, (2, &reference));
        self.closed = true;
    }

    /// Count in element 1 and reference in element 2 of a trailer; whether both hold.
    fn agree(&mut self, segment: &Segment<'_>, counted: u32, (element, reference): (u16, &str)) -> bool {
        let told = segment.raw(1, 1);
        // Leading zeros are in use, and lawful in a number.
        let count =
            told.filter(|raw| raw.len() <= 10).and_then(|raw| std::str::from_utf8(raw).ok()?.parse().ok());
        let right = count == Some(counted);
        match (told, count) {
            (None, _) => self.defects.at(segment, (1, 1), Reason::Missing),
            (_, None::<u32>) => self.defects.at(segment, (1, 1), Reason::NumberUnreadable),
            _ if !right => self.defects.at(segment, (1, 1), Reason::Contradiction),
            _ => {}
        }
        let same = segment.plain(element, 1).as_deref().unwrap_or_default() == reference;
        if !same {
            let reason =
                if segment.raw(element, 1).is_none() { Reason::Missing } else { Reason::Contradiction };
            self.defects.at(segment, (element, 1), reason);
        }
        right && same
    }

    /// UNG: 1 0038, 2 S006, 3 S007, 4 S004, 5 0048.
    fn group_begins(&mut self, segment: &Segment<'_>) {
        self.message_lost(self.out.parts.len().saturating_sub(1));
        self.defects.message = None;
        self.group_lost(segment.number, segment.offset);
        let reference = self.needed(segment, (5, 1), 14).unwrap_or_default();
        self.groups += 1;
        // References of messages are unique within their group.
        self.seen.clear();
        self.group = Some(Group { reference, messages: 0 });
    }

    /// UNE: 1 0060, 2 0048.
    fn group_ends(&mut self, segment: &Segment<'_>) {
        self.message_lost(self.out.parts.len().saturating_sub(1));
        self.defects.message = None;
        match self.group.take() {
            Some(group) => {
                self.agree(segment, group.messages, (2, &group.reference));
            }
            None => self.defects.at(segment, (0, 0), Reason::Unexpected),
        }
    }

    fn group_lost(&mut self, number: u32, offset: usize) {
        if self.group.take().is_some() {
            self.defects.stretch(number, offset, Some("UNE"), Reason::Missing, &[]);
        }
    }

    /// UNH: 1 0062, 2 S009 (0065, 0052, 0054, 0051, 0057).
    fn message_begins(&mut self, segment: &Segment<'_>) {
        self.message_lost(self.out.parts.len().saturating_sub(1));
        self.messages += 1;
        if let Some(group) = self.group.as_mut() {
            group.messages += 1;
        }
        let code =
            |element, component| segment.raw(element, component).map(|raw| Code::of(raw, segment.release));
        let name = code(2, 1).flatten().unwrap_or_default();
        let number = u32::try_from(self.out.messages.len() + 1).unwrap_or(u32::MAX);
        self.defects.message = Some((number, name, 1));
        let mut sound = true;
        // Without a reference, with one too long, or with one used before, its events could be told apart from no other's.
        let reference = match code(1, 1) {
            Some(Some(reference)) => reference,
            other => {
                sound = false;
                let reason = if other.is_none() { Reason::Missing } else { Reason::TooLong };
                self.defects.at(segment, (1, 1), reason);
                Code::default()
            }
        };
        if sound && !self.seen.insert(reference) {
            sound = false;
            self.defects.at(segment, (1, 1), Reason::Contradiction);
        }
        for (component, most) in [(1, 6), (2, 3), (3, 3), (4, 3)] {
            match segment.raw(2, component) {
                None => self.defects.at(segment, (2, component), Reason::Missing),
                Some(raw) if raw.len() > most => self.defects.at(segment, (2, component), Reason::TooLong),
                Some(_) => {}
            }
        }
        let (version, release) = (segment.raw(2, 2), segment.raw(2, 3));
        // A version S, and messages of other agencies under the same name, are other messages.
        let typed = Typed::of(segment.raw(2, 1).unwrap_or_default()).filter(|_| version == Some(b"D"));
        if let (Some(typed), Some(release)) = (typed, release)
            && !typed.releases().iter().any(|known| known.as_bytes() == release)
        {
            self.defects.at(segment, (2, 3), Reason::CodeUnknown);
        }
        if let Some(typed) = typed {
            self.boxes.begin(typed);
        }
        self.reference.clear();
        self.reference.push_str(&self.prefix);
        if let Some(group) = &self.group {
            self.reference.push_str(&group.reference);
            self.reference.push('/');
        }
        self.reference.push_str(reference.as_str());
        self.open = Some(Open {
            reference,
            name,
            version: code(2, 2).flatten().unwrap_or_default(),
            release: code(2, 3).flatten().unwrap_or_default(),
            typed: typed.is_some(),
            first: self.out.parts.len().saturating_sub(1),
            sound,
            events: self.out.batch.items.len(),
            withdrawn: self.out.withdrawn.len(),
            unh: (segment.number, segment.offset),
        });
    }

    /// UNT: 1 0074, 2 0062.
    fn message_ends(&mut self, segment: &Segment<'_>) {
        let (Some(mut open), Some((_, _, segments))) = (self.open.take(), self.defects.message) else {
            self.defects.message = None;
            return self.defects.at(segment, (0, 0), Reason::Unexpected);
        };
        let reference = open.reference;
        open.sound &= self.agree(segment, segments, (2, reference.as_str()));
        if open.typed {
            let mut out = Out {
                events: &mut self.out.batch.items,
                withdrawn: &mut self.out.withdrawn,
                defects: &mut self.defects,
                places: &mut self.places,
                authority: &self.authority,
                reference: &self.reference,
                prepared: self.out.header.as_ref().and_then(|header| header.prepared),
                minutes_east: self.minutes_east,
            };
            if let Err(reason) = self.boxes.finish(&mut out) {
                self.defects.at(segment, (0, 0), reason);
                open.sound = false;
            }
        }
        self.keep(open, self.out.parts.len());
        self.defects.message = None;
    }

    /// A message without UNT, ended by a service segment that is not its own or by the end of the file.
    fn message_lost(&mut self, end: usize) {
        if let Some(mut open) = self.open.take() {
            self.defects.stretch(open.unh.0, open.unh.1, Some("UNT"), Reason::Missing, &[]);
            open.sound = false;
            self.keep(open, end);
        }
    }

    fn keep(&mut self, open: Open, end: usize) {
        let content = if !open.sound {
            self.out.batch.items.truncate(open.events);
            self.out.withdrawn.truncate(open.withdrawn);
            Content::Quarantined
        } else {
            let typed = self.boxes.typed;
            match (open.typed, self.boxes.withdrawing()) {
                (false, _) => Content::Generic,
                (true, true) => {
                    Content::Withdrawing { typed, events: open.withdrawn..self.out.withdrawn.len() }
                }
                (true, false) => Content::Typed { typed, events: open.events..self.out.batch.items.len() },
            }
        };
        self.out.messages.push(Message {
            number: u32::try_from(self.out.messages.len() + 1).unwrap_or(u32::MAX),
            reference: open.reference,
            name: open.name,
            version: open.version,
            release: open.release,
            content,
            parts: open.first..end,
        });
    }

    fn finish(mut self) -> Interchange<'a> {
        let (number, offset) = (self.number, self.out.bytes.len());
        self.message_lost(self.out.parts.len());
        self.defects.message = None;
        self.group_lost(number, offset);
        if self.out.advice.is_some() {
            match (&self.out.header, self.closed) {
                (None, _) => self.defects.stretch(0, 0, Some("UNB"), Reason::Missing, &[]),
                (Some(_), false) => self.defects.stretch(number, offset, Some("UNZ"), Reason::Missing, &[]),
                (Some(_), true) => {}
            }
        }
        let items = std::mem::take(&mut self.out.batch.items);
        self.out.batch = self.defects.into_batch(items);
        self.out
    }
}
