//! One line to one sentence: prefix, TAG blocks, VDM or VDO fields, checksum, and what a receiver appended.
//! Borrows from the line, allocates nothing, and refuses with a reason.

use super::checksum::{checksum, hex_pair};
use super::find::all_from_zero_digit;
use super::tag::{Blocks, Tag};
use crate::messages::Quality;

/// What one line holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Line<'a> {
    Sentence(Sentence<'a>),
    /// Another sentence of NMEA 0183, `$` or `!` first; neither its checksum nor its TAG blocks are looked at.
    Other {
        body: &'a [u8],
    },
    /// TAG blocks with no sentence behind them: of the sentence in the next line, as some loggers break it.
    Tag(Tag<'a>),
    /// `#` first.
    Comment,
    Blank,
}

/// One VDM or VDO sentence and what stands around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sentence<'a> {
    /// What stands before TAG block and sentence, such as a receiver's time.
    pub prefix: &'a [u8],
    pub tag: Tag<'a>,
    /// Talker and formatter, such as `AIVDM`.
    pub address: [u8; 5],
    /// How many fragments, 1-9, and which one this is.
    pub count: u8,
    pub number: u8,
    /// Joins the fragments of one message.
    pub sequence: Option<u8>,
    /// The letter as received; `None` when empty.
    pub channel: Option<u8>,
    /// Armoured characters.
    pub payload: &'a [u8],
    pub fill_bits: u8,
    /// Doubts about TAG block and fill bits.
    pub quality: Quality,
    /// What follows the checksum, such as `,r003669987,1152921693`.
    pub trailer: &'a [u8],
}

/// Why a line is no sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SentenceError {
    #[error("no sentence begins in the line")]
    NotASentence,
    #[error("the TAG block does not end")]
    TagBlock,
    #[error("the fields are not those of a VDM sentence")]
    Form,
    #[error("the fragment count or number is not a digit from 1 to 9 or number exceeds count")]
    FragmentNumbers,
    #[error("the checksum is missing")]
    ChecksumMissing,
    #[error("the checksum is wrong")]
    Checksum,
}

impl Sentence<'_> {
    /// Sent by the receiving station itself.
    pub const fn own(&self) -> bool {
        matches!(self.address, [.., b'O'])
    }
}

/// Reads one line, without its line end.
#[inline]
pub fn parse(line: &[u8]) -> Result<Line<'_>, SentenceError> {
    read_line(line)
}

/// Inlined where it is called often: what it gives is large, and would be copied.
#[inline(always)]
fn read_line(line: &[u8]) -> Result<Line<'_>, SentenceError> {
    let line = trim_end(line);
    let start = match line.first() {
        Some(b'!' | b'\\' | b'$') => 0,
        None => return Ok(Line::Blank),
        Some(_) => match beginning(line) {
            Beginning::Sentence(start) => start,
            Beginning::Comment => return Ok(Line::Comment),
            Beginning::Blank => return Ok(Line::Blank),
            Beginning::Nothing => return Err(SentenceError::NotASentence),
        },
    };
    let (prefix, line) = line.split_at_checked(start).unwrap_or((&[], line));
    let (blocks, body) = Blocks::split(line).ok_or(SentenceError::TagBlock)?;
    match body {
        [b'!', a, b, b'V', b'D', last @ (b'M' | b'O'), b',', fields @ ..] => {
            let inside = body.get(1..).unwrap_or(&[]);
            match fields_of(fields, inside) {
                Ok(fields) => Ok(Line::Sentence({
                    let tag = Tag::of(blocks);
                    Sentence {
                        prefix,
                        tag,
                        address: [*a, *b, b'V', b'D', *last],
                        count: fields.count,
                        number: fields.number,
                        sequence: fields.sequence,
                        channel: fields.channel,
                        payload: fields.payload,
                        fill_bits: fields.fill_bits,
                        quality: fields.quality.with(tag.doubt()),
                        trailer: fields.trailer,
                    }
                })),
                Err(reason) => Err(first_cause(inside, reason)),
            }
        }
        [b'$' | b'!', letter, ..] if letter.is_ascii_alphanumeric() => Ok(Line::Other { body }),
        [] => Ok(Line::Tag(Tag::of(blocks))),
        _ => Err(SentenceError::NotASentence),
    }
}

#[inline(always)]
pub(crate) fn trim_end(line: &[u8]) -> &[u8] {
    let mut line = line;
    while let [head @ .., b'\r' | b'\n' | b' ' | b'\t' | 0] = line {
        line = head;
    }
    line
}

/// How a line begins that does not begin with a sentence or TAG block.
enum Beginning {
    Sentence(usize),
    Comment,
    Blank,
    Nothing,
}

#[cold]
fn beginning(line: &[u8]) -> Beginning {
    match line.iter().find(|byte| !matches!(byte, b' ' | b'\t' | 0)) {
        None => Beginning::Blank,
        Some(b'#') => Beginning::Comment,
        Some(_) => memchr::memchr3(b'!', b'$', b'\\', line).map_or(Beginning::Nothing, Beginning::Sentence),
    }
}

/// What stands between address and line end.
struct Fields<'a> {
    count: u8,
    number: u8,
    sequence: Option<u8>,
    channel: Option<u8>,
    payload: &'a [u8],
    fill_bits: u8,
    quality: Quality,
    trailer: &'a [u8],
}

/// `fields` begin after the address; `inside` after the `!`.
#[inline(always)]
fn fields_of<'a>(fields: &'a [u8], inside: &'a [u8]) -> Result<Fields<'a>, SentenceError> {
    let [count, b',', number, b',', rest @ ..] = fields else { return Err(SentenceError::FragmentNumbers) };
    if !(matches!(count, b'1'..=b'9') && matches!(number, b'1'..=b'9') && number <= count) {
        return Err(SentenceError::FragmentNumbers);
    }
    let (sequence, rest) = match rest {
        [b',', rest @ ..] => (None, rest),
        [one @ b'0'..=b'9', b',', rest @ ..] => (Some(one - b'0'), rest),
        [ten @ b'0'..=b'9', one @ b'0'..=b'9', b',', rest @ ..] => {
            (Some((ten - b'0') * 10 + one - b'0'), rest)
        }
        _ => return Err(SentenceError::Form),
    };
    let (channel, rest) = match rest {
        [b',', rest @ ..] => (None, rest),
        [channel, b',', rest @ ..] => (Some(*channel), rest),
        _ => return Err(SentenceError::Form),
    };
    let (payload, fill_bits, quality, rest) = match rest {
        // Nearly every sentence ends with its checksum: what stands before it needs no search.
        [payload @ .., b',', fill @ b'0'..=b'5', b'*', _, _] if all_from_zero_digit(payload) => {
            (payload, fill - b'0', Quality::GOOD, rest.get(payload.len() + 2..).unwrap_or(&[]))
        }
        _ => payload_and_fill_bits(rest)?,
    };
    let [b'*', high, low, trailer @ ..] = rest else {
        return Err(if memchr::memchr(b'*', rest).is_some() {
            SentenceError::Form
        } else {
            SentenceError::ChecksumMissing
        });
    };
    let given = hex_pair(*high, *low).ok_or(SentenceError::ChecksumMissing)?;
    let summed = inside.len().checked_sub(rest.len()).and_then(|end| inside.get(..end)).unwrap_or(&[]);
    if checksum(summed) != given {
        return Err(SentenceError::Checksum);
    }
    Ok(Fields {
        count: count - b'0',
        number: number - b'0',
        sequence,
        channel,
        payload,
        fill_bits,
        quality,
        trailer,
    })
}

/// The payload, the fill bits after it, the doubt about them, and what follows from the star on.
type Ending<'a> = (&'a [u8], u8, Quality, &'a [u8]);

fn payload_and_fill_bits(rest: &[u8]) -> Result<Ending<'_>, SentenceError> {
    let end = memchr::memchr2(b',', b'*', rest).ok_or(SentenceError::ChecksumMissing)?;
    let (payload, rest) = rest.split_at_checked(end).ok_or(SentenceError::Form)?;
    Ok(match rest {
        [b',', fill @ b'0'..=b'5', rest @ ..] => (payload, fill - b'0', Quality::GOOD, rest),
        [b',', b'6'..=b'9', rest @ ..] | [b',', rest @ ..] => (payload, 0, Quality::FILL_BITS, rest),
        _ => (payload, 0, Quality::FILL_BITS, rest),
    })
}

/// A damaged line breaks fields as often as characters: when the checksum is wrong that is the cause, and the
/// form of the fields only its effect.
#[cold]
fn first_cause(inside: &[u8], reason: SentenceError) -> SentenceError {
    let Some(star) = memchr::memchr(b'*', inside) else { return SentenceError::ChecksumMissing };
    let (summed, rest) = inside.split_at_checked(star).unwrap_or((&[], &[]));
    match rest {
        [b'*', high, low, ..] => match hex_pair(*high, *low) {
            Some(given) if given == checksum(summed) => reason,
            Some(_) => SentenceError::Checksum,
            None => SentenceError::ChecksumMissing,
        },
        _ => SentenceError::ChecksumMissing,
    }
}

/// Reads every sentence of one line: where a line end was lost, the damaged sentence is refused and the next one in the
/// same line is read. `each` gets the part of the line that begins with what was read.
#[inline(always)]
pub fn parse_all<'a>(line: &'a [u8], mut each: impl FnMut(&'a [u8], &Result<Line<'a>, SentenceError>)) {
    let mut rest = line;
    loop {
        let read = read_line(rest);
        // Where the next sentence may begin, and how many beginnings there are its own.
        let (from, skip) = match &read {
            // A whole sentence with nothing behind it ends the line; a trailer never begins with a sentence's first byte
            // unless a line end was lost.
            Ok(Line::Sentence(sentence)) if sentence.trailer.is_empty() => (None, 0),
            Ok(Line::Sentence(sentence)) => {
                (rest.get(rest.len().saturating_sub(sentence.trailer.len() + 1)..), 0)
            }
            Ok(Line::Other { body, .. }) => (Some(*body), 0),
            Ok(Line::Tag(_) | Line::Comment | Line::Blank) => (None, 0),
            Err(error) => {
                // What failed began at the first `!`, unless the failure lies before any.
                let before = matches!(error, SentenceError::NotASentence | SentenceError::TagBlock);
                (Some(rest), usize::from(!before && rest.first() != Some(&b'!')))
            }
        };
        each(rest, &read);
        let Some(from) = from else { return };
        match sentence_starts(from).nth(skip).and_then(|at| from.get(at..)) {
            Some(next) => rest = next,
            None => return,
        }
    }
}

/// Where VDM and VDO sentences begin after the line's first byte: a line holds more than one when a line end was
/// lost.
fn sentence_starts(line: &[u8]) -> impl Iterator<Item = usize> + use<'_> {
    memchr::memchr_iter(b'!', line)
        .filter(move |at| *at > 0)
        .filter(|at| matches!(line.get(*at..), Some([b'!', _, _, b'V', b'D', b'M' | b'O', b',', ..])))
        .map(|at| with_tag_block(line, at))
}

/// The start of the TAG block right before a sentence, where one that does not begin the line is there.
fn with_tag_block(line: &[u8], at: usize) -> usize {
    let Some([before @ .., b'\\']) = line.get(..at) else { return at };
    memchr::memrchr(b'\\', before).filter(|start| *start > 0).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line with the right checksum.
    fn summed(inside: &str) -> String {
        format!("!{inside}*{:02X}", checksum(inside.as_bytes()))
    }
    fn read(line: &str) -> Result<Sentence<'_>, SentenceError> {
        match parse(line.as_bytes())? {
            Line::Sentence(sentence) => Ok(sentence),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_fields_of_a_plain_sentence() {
        let line = summed("AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0");
        let got = read(&line).unwrap();
        assert_eq!((got.count, got.number, got.sequence, got.channel), (1, 1, None, Some(b'B')));
        assert_eq!(
            (got.payload, got.fill_bits, got.address),
            (&b"177KQJ5000G?tO`K>RA1wUbN0TKH"[..], 0, *b"AIVDM")
        );
        assert!(!got.own() && got.trailer.is_empty() && got.quality == Quality::GOOD);
    }

    #[test]
    fn any_talker_and_channel_is_taken() {
        for inside in ["SAVDO,2,1,0,X,5,0", "B1VDM,2,2,,1,5,0", "ABVDM,1,1,,0,5,0", "AIVDM,1,1,12,,5,0"] {
            assert!(read(&summed(inside)).is_ok(), "{inside}");
        }
        assert!(read(&summed("AIVDO,1,1,,,5,0")).unwrap().own());
    }

    #[test]
    fn prefix_tag_trailer_and_line_end_are_set_apart() {
        let line = format!(
            "1550303566167726840 \\s:x,c:1469663999*{:02X}\\{},r003669987,1152921693\r\n\0",
            checksum(b"s:x,c:1469663999"),
            summed("AIVDM,1,1,,A,14,0")
        );
        let got = read(&line).unwrap();
        assert_eq!(got.prefix, b"1550303566167726840 ");
        assert_eq!(got.tag.source, b"x");
        assert_eq!(got.trailer, b",r003669987,1152921693");
    }

    #[test]
    fn each_defect_has_its_reason() {
        use SentenceError::*;
        for (line, reason) in [
            ("foobar", NotASentence),
            ("! hello", NotASentence),
            ("\\s:x", TagBlock),
            ("!AIVDM,1,1,,A,14,0", ChecksumMissing),
            ("!AIVDM,1,1,,A,14", ChecksumMissing),
            ("!AIVDM,1,1,,A,14,0*", ChecksumMissing),
            ("!AIVDM,1,1,,A,14,0*GG", ChecksumMissing),
            ("!AIVDM,1,1,,A,14,0*00", Checksum),
            ("!AIVDM,0,1,,A,14,0*00", Checksum),
        ] {
            assert_eq!(parse(line.as_bytes()), Err(reason), "{line}");
        }
        for (inside, reason) in [
            ("AIVDM,0,1,,A,14,0", FragmentNumbers),
            ("AIVDM,2,0,,A,14,0", FragmentNumbers),
            ("AIVDM,2,3,,A,14,0", FragmentNumbers),
            ("AIVDM,12,3,,A,14,0", FragmentNumbers),
            ("AIVDM,1,1,x,A,14,0", Form),
            ("AIVDM,1,1,,AB,14,0", Form),
            ("AIVDM,1,1,,A,14,00", Form),
        ] {
            assert_eq!(parse(summed(inside).as_bytes()), Err(reason), "{inside}");
        }
    }

    #[test]
    fn a_missing_or_impossible_fill_bit_count_is_a_doubt_only() {
        for inside in ["AIVDM,1,1,,A,14,7", "AIVDM,1,1,,A,14,", "AIVDM,1,1,,A,14"] {
            assert_eq!(read(&summed(inside)).unwrap().quality, Quality::FILL_BITS, "{inside}");
        }
    }

    #[test]
    fn other_sentences_comments_and_blanks_are_no_error() {
        assert!(matches!(parse(b"$GPRMC,074109.000,A*5B\r"), Ok(Line::Other { .. })));
        assert!(matches!(parse(b"!AIABM,1*00"), Ok(Line::Other { .. })));
        assert_eq!(parse(b"# 2006-07-15"), Ok(Line::Comment));
        assert_eq!(parse(b" \r"), Ok(Line::Blank));
        assert_eq!(parse(b""), Ok(Line::Blank));
    }

    #[test]
    fn a_second_sentence_in_the_line_is_found() {
        let two = format!("!AIVDM,1,1,,A,14{}", summed("AIVDM,1,1,,A,15,0"));
        assert_eq!(parse(two.as_bytes()), Err(SentenceError::Checksum));
        let at = sentence_starts(two.as_bytes()).next().unwrap();
        assert_eq!(read(&two[at..]).unwrap().payload, b"15");
        assert_eq!(sentence_starts(b"!AIVDM,!").next(), None);
        let tagged = format!("{two}\\c:1420030798*00\\{}", summed("AIVDM,1,1,,A,16,0"));
        let at = sentence_starts(tagged.as_bytes()).nth(1).unwrap();
        assert_eq!(read(&tagged[at..]).unwrap().tag.micros, Some(1_420_030_798_000_000));
    }
}
