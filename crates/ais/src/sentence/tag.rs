//! TAG blocks of IEC 61162-450 (7.2.3) and NMEA 0183 4.10: `\s:rMT1,c:1469664000,g:1-2-8051*hh\` before a
//! sentence. Several may follow each other.

use super::checksum::{checksum, hex_pair};
use super::epoch::{digits, epoch_micros};
use super::find::position_of;
use crate::messages::Quality;

/// What the TAG blocks before a sentence say. A later block overrides an earlier one. Not above 128 bytes, so that moving it
/// is no call.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tag<'a> {
    /// `s`: who sends.
    pub source: &'a [u8],
    /// `d`: for whom.
    pub destination: &'a [u8],
    /// `c`: when, in microseconds since 1970, whatever unit was sent.
    pub micros: Option<i64>,
    /// `g`: which lines belong together.
    pub group: Option<Group>,
    /// `n`: line count.
    pub line_count: Option<u32>,
    /// `r`: relative time, in the sender's own unit.
    pub relative: Option<u32>,
    /// `i` or `t`: free text.
    pub text: &'a [u8],
    /// `c` of a block whose checksum is wrong. Some forwarders put `g` into a block and leave the checksum as it
    /// was, so that the time may well be right; nothing vouches for it.
    pub unvouched_micros: Option<i64>,
    pub check: TagCheck,
}

/// `g:1-2-8051`: sentence 1 of 2 of group 8051.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Group {
    pub number: u8,
    pub count: u8,
    /// Stands for the characters of the group's name, which are digits by the standard and anything in practice.
    pub id: u64,
}

/// Whether a TAG block may be believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TagCheck {
    #[default]
    Good,
    /// Senders that do not compute the checksum write `00`.
    Placeholder,
    /// Wrong or missing: of the block's values only the time is kept, apart.
    Wrong,
}

impl<'a> Tag<'a> {
    pub const NONE: Tag<'static> = Tag {
        source: &[],
        destination: &[],
        micros: None,
        group: None,
        line_count: None,
        relative: None,
        text: &[],
        unvouched_micros: None,
        check: TagCheck::Good,
    };

    /// Reads the TAG blocks at the start of `line` and gives what follows them; `None` when a block does not end.
    #[inline]
    pub fn read(line: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (blocks, rest) = Blocks::split(line)?;
        Some((Self::of(blocks), rest))
    }

    #[inline(always)]
    pub(crate) fn of(blocks: Blocks<'a>) -> Self {
        let mut tag = Self::NONE;
        if let Some(first) = blocks.first {
            tag.block(first);
        }
        let mut rest = blocks.others;
        while let [b'\\', inner @ ..] = rest {
            let Some(end) = block_end(inner) else { break };
            tag.block(inner.get(..end).unwrap_or(&[]));
            rest = inner.get(end + 1..).unwrap_or(&[]);
        }
        tag
    }

    #[inline(never)]
    fn block(&mut self, block: &'a [u8]) {
        let [fields @ .., b'*', high, low] = block else {
            self.unvouched(block);
            return;
        };
        match hex_pair(*high, *low) {
            Some(sum) if sum == checksum(fields) => {}
            Some(0) => {
                if self.check == TagCheck::Good {
                    self.check = TagCheck::Placeholder;
                }
            }
            _ => {
                self.unvouched(fields);
                return;
            }
        }
        let mut rest = fields;
        loop {
            let (field, more) = match position_of(b',', rest) {
                Some(comma) => (rest.get(..comma).unwrap_or(&[]), rest.get(comma + 1..)),
                None => (rest, None),
            };
            if let [key, b':', value @ ..] = field {
                match key {
                    b'c' => self.micros = epoch_micros(value).or(self.micros),
                    b's' => self.source = value,
                    b'g' => self.group = Group::read(value).or(self.group),
                    b'n' => self.line_count = digits(value).and_then(|count| count.try_into().ok()),
                    b'd' => self.destination = value,
                    b'r' => self.relative = digits(value).and_then(|time| time.try_into().ok()),
                    b'i' | b't' => self.text = value,
                    _ => {}
                }
            }
            match more {
                Some(more) => rest = more,
                None => return,
            }
        }
    }
}

/// The TAG blocks before a sentence, not yet read: what follows may be a sentence that nobody asks the time of.
#[derive(Clone, Copy)]
pub(crate) struct Blocks<'a> {
    /// Without its backslashes.
    first: Option<&'a [u8]>,
    /// With them.
    others: &'a [u8],
}

impl<'a> Blocks<'a> {
    pub(super) const NONE: Blocks<'static> = Blocks { first: None, others: &[] };

    /// The blocks and what follows them; `None` when a block does not end.
    #[inline(always)]
    pub(crate) fn split(line: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let [b'\\', inner @ ..] = line else { return Some((Self::NONE, line)) };
        let end = block_end(inner)?;
        let (first, after) = (inner.get(..end)?, inner.get(end + 1..)?);
        let mut rest = after;
        while let [b'\\', inner @ ..] = rest {
            rest = inner.get(block_end(inner)? + 1..)?;
        }
        let others = after.get(..after.len() - rest.len())?;
        Some((Self { first: Some(first), others }, rest))
    }
}

impl Tag<'_> {
    /// What its checksum leaves in doubt.
    #[inline(always)]
    pub(crate) const fn doubt(&self) -> Quality {
        match self.check {
            TagCheck::Good => Quality::GOOD,
            TagCheck::Placeholder => Quality::TAG_UNCHECKED,
            TagCheck::Wrong => Quality::TAG_CHECKSUM,
        }
    }

    #[cold]
    fn unvouched(&mut self, fields: &[u8]) {
        self.check = TagCheck::Wrong;
        let time = |field: &[u8]| field.strip_prefix(b"c:").and_then(epoch_micros);
        self.unvouched_micros = fields.split(|byte| *byte == b',').find_map(time).or(self.unvouched_micros);
    }
}

/// Where the block's closing backslash is. Free text may hold backslashes, so the one after a checksum counts;
/// only when there is none does the first one.
#[inline(always)]
fn block_end(inner: &[u8]) -> Option<usize> {
    let first = position_of(b'\\', inner)?;
    if ends_with_checksum(inner, &first) {
        return Some(first);
    }
    Some(later_end(inner).unwrap_or(first))
}

#[cold]
fn later_end(inner: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'\\', inner).find(|end| ends_with_checksum(inner, end))
}

#[inline(always)]
fn ends_with_checksum(inner: &[u8], end: &usize) -> bool {
    end.checked_sub(3).and_then(|star| inner.get(star)) == Some(&b'*')
}

impl Group {
    fn read(value: &[u8]) -> Option<Self> {
        let [number @ b'1'..=b'9', b'-', count @ b'1'..=b'9', b'-', name @ ..] = value else { return None };
        let group = Self { number: number - b'0', count: count - b'0', id: name_hash(name) };
        (group.number <= group.count).then_some(group)
    }
}

/// FNV-1a. Not for tables that strangers may fill: here a clash only lets two groups be told apart by their
/// sentences instead.
fn name_hash(name: &[u8]) -> u64 {
    name.iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(fields: &str) -> String {
        format!("\\{fields}*{:02X}\\!AIVDM", checksum(fields.as_bytes()))
    }

    #[test]
    fn a_tag_is_not_above_128_bytes() {
        assert!(size_of::<Tag<'_>>() <= 128, "{}", size_of::<Tag<'_>>());
    }

    #[test]
    fn every_parameter_is_read() {
        let line = block("g:1-3-6534,n:7273,s:D13MN-CR-KELBS1,c:1469663999,d:x,r:5,t:words");
        let (tag, rest) = Tag::read(line.as_bytes()).unwrap();
        assert_eq!(rest, b"!AIVDM");
        assert_eq!(tag.source, b"D13MN-CR-KELBS1");
        assert_eq!(tag.micros, Some(1_469_663_999_000_000));
        let group = tag.group.unwrap();
        assert_eq!((group.number, group.count), (1, 3));
        assert_eq!((tag.line_count, tag.relative), (Some(7273), Some(5)));
        assert_eq!((tag.destination, tag.text), (&b"x"[..], &b"words"[..]));
        assert_eq!(tag.check, TagCheck::Good);
    }

    #[test]
    fn a_wrong_checksum_keeps_no_value_and_a_placeholder_keeps_them() {
        let (wrong, rest) = Tag::read(b"\\s:x,c:1469663999*55\\!AIVDM").unwrap();
        assert_eq!((wrong.check, wrong.micros, wrong.source), (TagCheck::Wrong, None, &b""[..]));
        assert_eq!(wrong.unvouched_micros, Some(1_469_663_999_000_000));
        assert_eq!(rest, b"!AIVDM");
        let (none, _) = Tag::read(b"\\c:1420030798*00\\!ABVDM").unwrap();
        assert_eq!((none.check, none.micros), (TagCheck::Placeholder, Some(1_420_030_798_000_000)));
    }

    #[test]
    fn chained_blocks_add_up() {
        let line = format!("{}{}", block("s:one").trim_end_matches("!AIVDM"), block("c:1469663999000"));
        let (tag, _) = Tag::read(line.as_bytes()).unwrap();
        assert_eq!((tag.source, tag.micros), (&b"one"[..], Some(1_469_663_999_000_000)));
    }

    #[test]
    fn colons_and_backslashes_in_free_text_do_not_end_the_block() {
        let line = block("i:a:b\\c,s:b:2");
        let (tag, rest) = Tag::read(line.as_bytes()).unwrap();
        assert_eq!((tag.text, tag.source, rest), (&b"a:b\\c"[..], &b"b:2"[..], &b"!AIVDM"[..]));
    }

    #[test]
    fn a_block_that_does_not_end_is_none_and_an_impossible_group_is_no_group() {
        assert_eq!(Tag::read(b"\\s:x,c:1"), None);
        let line = block("g:2-1-1");
        assert_eq!(Tag::read(line.as_bytes()).unwrap().0.group, None);
        let odd = block("g:1-2--001");
        assert!(Tag::read(odd.as_bytes()).unwrap().0.group.is_some());
    }
}
