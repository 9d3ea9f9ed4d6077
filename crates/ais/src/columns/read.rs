//! A block of whole lines to tables: sentences, fragments, messages, and every line that gave nothing with its reason.
//! Tells no time beyond what TAG blocks say, merges no duplicates, and opens no file.

use super::{Columns, Origin};
use crate::armour::{ArmourError, unarmour, unarmour_slot};
use crate::assemble::{Arrival, Assembled, Assembler, Window};
use crate::bits::Payload;
use crate::messages::{DecodeError, Quality};
use crate::sentence::whole::{OneSlot, one_slot, one_slot_line};
use crate::sentence::{Blocks, Label, Line, Sentence, SentenceError, Tag, parse_all, trim_end};

/// Longest line taken, in bytes: a sentence has 82 characters, TAG blocks and receivers' additions a few hundred.
pub const MAX_LINE: usize = 4096;

/// Why a line, or a part of it, gave nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    #[error("the line is longer than {MAX_LINE} bytes")]
    LineTooLong,
    #[error(transparent)]
    Sentence(SentenceError),
    #[error(transparent)]
    Armour(ArmourError),
    #[error(transparent)]
    Message(DecodeError),
    #[error("the other fragments of the message did not come")]
    FragmentsMissing,
}

/// What is kept of a fragment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Kept {
    offset: u64,
    micros: Option<i64>,
    station: Label,
}

/// Reads a recording block by block. The memory besides the tables is fixed.
#[derive(Debug)]
pub struct Bulk {
    assembler: Assembler<Kept>,
    payload: Payload,
    lines: u64,
    bytes: u64,
    sentences: u64,
}

impl Default for Bulk {
    fn default() -> Self {
        Self::new(256, Window::default())
    }
}

impl Bulk {
    /// `slots` messages of several fragments may be open at once, within `window`.
    pub fn new(slots: usize, window: Window) -> Self {
        let assembler = Assembler::new(slots, window);
        Self { assembler, payload: Payload::new(), lines: 0, bytes: 0, sentences: 0 }
    }

    /// Lines and sentences with the right checksum so far.
    pub fn lines(&self) -> u64 {
        self.lines
    }
    pub fn sentences(&self) -> u64 {
        self.sentences
    }

    /// Appends what a block of whole lines says. `refused` gets the number of the line, the offset where it begins, and
    /// the reason, for everything that is neither a message nor another sentence, a comment or a blank line. Blocks
    /// follow each other as in the recording; the last line of the last block needs no line end.
    pub fn read(&mut self, block: &[u8], columns: &mut Columns, refused: &mut impl FnMut(u64, u64, Refused)) {
        let mut from = 0;
        while let Some(rest @ [_, ..]) = block.get(from..) {
            columns.settle_some();
            if let Some((sentence, taken)) = one_slot_line(rest)
                && columns
                    .slot::<true>(&sentence.bits, Quality::GOOD, &self.origin(&sentence, from))
                    .is_some()
            {
                self.lines += 1;
                self.sentences += 1;
                from += taken;
                continue;
            }
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            self.line(rest.get(..end).unwrap_or(rest), from, columns, refused);
            from += end + 1;
        }
        columns.settle();
        self.bytes += block.len() as u64;
    }

    /// Of a line that has nothing before its sentence.
    #[inline(always)]
    fn origin(&self, sentence: &OneSlot, from: usize) -> Origin {
        Origin {
            line: self.lines + 1,
            offset: self.bytes + from as u64,
            micros: None,
            station: Label::default(),
            channel: Some(sentence.channel),
            address: sentence.address,
        }
    }

    /// The recording is over: fragments that still wait are refused.
    pub fn finish(&mut self, refused: &mut impl FnMut(u64, u64, Refused)) {
        self.assembler
            .finish(&mut |arrival| refused(arrival.line, arrival.context.offset, Refused::FragmentsMissing));
    }

    #[inline(always)]
    fn line(
        &mut self,
        line: &[u8],
        from: usize,
        columns: &mut Columns,
        refused: &mut impl FnMut(u64, u64, Refused),
    ) {
        self.lines += 1;
        let (number, offset) = (self.lines, self.bytes + from as u64);
        if line.len() > MAX_LINE {
            refused(number, offset, Refused::LineTooLong);
            return;
        }
        if let [b'\\', ..] = line
            && self.tagged(line, offset, columns)
        {
            return;
        }
        parse_all(line, |_, read| match read {
            Ok(Line::Sentence(sentence)) => {
                if let Err(reason) = self.sentence(sentence, number, offset, columns, refused) {
                    refused(number, offset, reason);
                }
            }
            Ok(_) => {}
            Err(reason) => refused(number, offset, Refused::Sentence(*reason)),
        });
    }

    /// Takes a line of TAG blocks and one sentence of one slot, or of none that concerns us, and says whether it did.
    #[inline(always)]
    fn tagged(&mut self, line: &[u8], offset: u64, columns: &mut Columns) -> bool {
        let Some((blocks, body)) = Blocks::split(trim_end(line)) else { return false };
        match body {
            // With another behind it, the parser reads that one.
            [b'$', letter, rest @ ..] if letter.is_ascii_alphanumeric() => {
                memchr::memchr(b'!', rest).is_none()
            }
            [b'!', ..] => {
                let Some(sentence) = one_slot(body) else { return false };
                let tag = Tag::of(blocks);
                let origin = Origin {
                    line: self.lines,
                    offset,
                    micros: tag.micros,
                    station: Label::of(tag.source),
                    channel: Some(sentence.channel),
                    address: sentence.address,
                };
                let taken = columns.slot::<true>(&sentence.bits, tag.doubt(), &origin).is_some();
                self.sentences += u64::from(taken);
                taken
            }
            _ => false,
        }
    }

    #[inline(always)]
    fn sentence(
        &mut self,
        sentence: &Sentence<'_>,
        line: u64,
        offset: u64,
        columns: &mut Columns,
        refused: &mut impl FnMut(u64, u64, Refused),
    ) -> Result<(), Refused> {
        self.sentences += 1;
        let station = Label::of(sentence.tag.source);
        let mut origin = Origin {
            line,
            offset,
            micros: sentence.tag.micros,
            station,
            channel: sentence.channel,
            address: sentence.address,
        };
        let mut quality = sentence.quality;
        if sentence.count == 1 {
            if sentence.fill_bits == 0
                && let Ok(chars) = sentence.payload.try_into()
                && let Some(slot) = unarmour_slot(chars)
                && columns.slot::<true>(&slot, quality, &origin).is_some()
            {
                return Ok(());
            }
            unarmour(sentence.payload, sentence.fill_bits, &mut self.payload).map_err(Refused::Armour)?;
        } else {
            match self.fragment(sentence, &mut origin, refused)? {
                Some(whole) => quality = whole,
                None => return Ok(()),
            }
        }
        columns.take::<true>(&mut self.payload, quality, &origin).map(|_| ()).map_err(Refused::Message)
    }

    #[inline(never)]
    fn fragment(
        &mut self,
        sentence: &Sentence<'_>,
        origin: &mut Origin,
        refused: &mut impl FnMut(u64, u64, Refused),
    ) -> Result<Option<Quality>, Refused> {
        let context = Kept { offset: origin.offset, micros: origin.micros, station: origin.station };
        let arrival = Arrival { line: origin.line, micros: origin.micros, context };
        let source = origin.station.key();
        let lost =
            &mut |gone: Arrival<Kept>| refused(gone.line, gone.context.offset, Refused::FragmentsMissing);
        match self
            .assembler
            .push(sentence, source, arrival, &mut self.payload, lost)
            .map_err(Refused::Armour)?
        {
            Assembled::Waiting => Ok(None),
            Assembled::Single => Ok(Some(sentence.quality)),
            Assembled::Whole(whole) => {
                let kept = || whole.arrivals().iter().map(|arrival| &arrival.context);
                origin.micros = kept().find_map(|kept| kept.micros);
                origin.station =
                    kept().map(|kept| kept.station).find(|station| !station.is_empty()).unwrap_or_default();
                Ok(Some(whole.quality))
            }
        }
    }
}
