//! The service characters of an interchange (UNA, ISO 9735-1 annex B), the character set its UNB names (ISO 9735-1,
//! clause 5.2), and values as they stand between separators. Reads no message.

use std::borrow::Cow;

use edifact_rs::ServiceStringAdvice;
use memchr::memchr;

/// The byte order mark that editors put in front of a file; no part of the interchange, and kept.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The service characters of one file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Advice {
    /// The six characters of UNA as they stand, where there is one.
    pub una: Option<[u8; 6]>,
    /// Bytes before UNA or, without one, before the first segment: byte order mark, blanks, line breaks.
    pub prologue: usize,
    /// Where the first segment may begin.
    pub body: usize,
    pub characters: ServiceStringAdvice,
}

/// UNA contradicts itself: no segment can be told from another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct BadUna {
    pub offset: usize,
}

pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

pub(super) fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| is_blank(**byte)).count()
}

/// A separator may be a mark of ISO 646 or one of the information separators of level B, never a letter, digit or blank.
const fn may_separate(byte: u8) -> bool {
    byte.is_ascii_punctuation() || matches!(byte, 0x1C..=0x1F)
}

pub(super) fn advice(bytes: &[u8]) -> Result<Advice, BadUna> {
    let mark = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let prologue = mark + bytes.get(mark..).map_or(0, blanks);
    let rest = bytes.get(prologue..).unwrap_or_default();
    let una = rest.strip_prefix(b"UNA").and_then(|una| una.first_chunk::<6>()).copied();
    let Some(una) = una else {
        let four = version(rest, b'+', b':') == Some(b'4');
        let characters = ServiceStringAdvice::for_syntax_version(four.then_some(4));
        return Ok(Advice { una: None, prologue, body: prologue, characters });
    };
    let [component_sep, element_sep, decimal_mark, release, repetition, segment_term] = una;
    let body = prologue + 9;
    let bad = BadUna { offset: prologue };
    // Position 050 separates repetitions in syntax version 4 only; before, it is reserved and means nothing.
    let four = version(bytes.get(body..).unwrap_or_default(), element_sep, component_sep) == Some(b'4');
    let repetition_sep = if four { repetition } else { b' ' };
    // A blank says that nothing is released. The tokenizer wants a character all the same: one that does not occur.
    let release_char = if release == b' ' {
        (1..=8).find(|byte| memchr(*byte, bytes).is_none()).ok_or(bad)?
    } else {
        release
    };
    let ends = may_separate(segment_term) || matches!(segment_term, b'\r' | b'\n');
    let right = may_separate(component_sep)
        && may_separate(element_sep)
        && (release == b' ' || may_separate(release))
        && (repetition_sep == b' ' || may_separate(repetition_sep))
        && ends;
    let mut all = [component_sep, element_sep, release_char, repetition_sep, segment_term];
    all.sort_unstable();
    let distinct = all.iter().zip(all.iter().skip(1)).all(|(one, next)| one != next);
    if !right || !distinct {
        return Err(bad);
    }
    let characters = ServiceStringAdvice {
        element_sep,
        component_sep,
        release_char,
        decimal_mark,
        repetition_sep,
        segment_term,
    };
    Ok(Advice { una: Some(una), prologue, body, characters })
}

/// The syntax version of a UNB at the head (S001, data element 0002), where it stands in its place.
fn version(rest: &[u8], element: u8, component: u8) -> Option<u8> {
    let rest = rest.get(blanks(rest)..)?.strip_prefix(b"UNB")?;
    match rest.first_chunk::<7>()? {
        [e, _, _, _, _, c, version] if *e == element && *c == component => Some(*version),
        _ => None,
    }
}

/// The repertoires of ISO 9735-1, data element 0001.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Level {
    /// UNOA: the invariant marks of ISO 646 without small letters.
    A,
    /// UNOB: with small letters.
    B,
    /// UNOC to UNOK: one of the parts of ISO 8859.
    Latin,
    /// UNOW, UNOY: ISO 10646, here as UTF-8.
    Universal,
    /// UNOX: ISO 2022 with escape sequences; its bytes are not judged.
    Escaped,
}

/// Neither of ISO 646's invariant set nor a line break or information separator.
const fn outside_b(byte: u8) -> bool {
    let national =
        matches!(byte, b'#' | b'$' | b'@' | b'[' | b'\\' | b']' | b'^' | b'`' | b'{' | b'|' | b'}' | b'~');
    byte < 0x1C || byte > 0x7E || national
}

impl Level {
    pub(super) fn of(code: &[u8]) -> Option<Self> {
        match code {
            b"UNOA" => Some(Self::A),
            b"UNOB" => Some(Self::B),
            b"UNOC" | b"UNOD" | b"UNOE" | b"UNOF" | b"UNOG" | b"UNOH" | b"UNOI" | b"UNOJ" | b"UNOK" => {
                Some(Self::Latin)
            }
            b"UNOW" | b"UNOY" => Some(Self::Universal),
            b"UNOX" => Some(Self::Escaped),
            _ => None,
        }
    }

    /// Whether all bytes belong to the repertoire. Line breaks do: they fold long files and carry nothing.
    pub(super) fn holds(self, bytes: &[u8]) -> bool {
        // Whole chunks without a branch inside, so that the check runs at the speed of memory.
        let none = |outside: fn(u8) -> bool| {
            bytes.chunks(4096).all(|chunk| {
                !chunk.iter().fold(false, |bad, byte| bad | (outside(*byte) & !matches!(byte, b'\r' | b'\n')))
            })
        };
        match self {
            Self::A => none(|byte| outside_b(byte) | byte.is_ascii_lowercase()),
            Self::B => none(outside_b),
            Self::Latin => none(|byte| byte < 0x1C || matches!(byte, 0x7F..=0x9F)),
            Self::Universal => std::str::from_utf8(bytes).is_ok(),
            Self::Escaped => true,
        }
    }
}

/// A value without its release characters.
pub(super) fn released(raw: &[u8], release: u8) -> Cow<'_, [u8]> {
    if memchr(release, raw).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut plain = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter();
    while let Some(byte) = bytes.next() {
        let meant = if *byte == release { bytes.next() } else { Some(byte) };
        plain.extend(meant.copied());
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_characters_come_from_una_or_from_the_standard() {
        let plain = advice(b"UNB+UNOA:2+A").unwrap();
        assert_eq!((plain.una, plain.body, plain.characters.repetition_sep), (None, 0, b' '));
        assert_eq!(advice(b"UNB+UNOC:4+A").unwrap().characters.repetition_sep, b'*');
        let given = advice(b"\xEF\xBB\xBF\r\nUNA|#.!*~UNB#UNOC|4#A~").unwrap();
        assert_eq!((given.prologue, given.body), (5, 14));
        assert_eq!((given.characters.element_sep, given.characters.repetition_sep), (b'#', b'*'));
        // In version 3 the fifth character is reserved: an asterisk there separates nothing.
        assert_eq!(advice(b"UNA:+.?*'UNB+UNOC:3+A'").unwrap().characters.repetition_sep, b' ');
        // A blank in place of the release character: nothing is released.
        assert_eq!(advice(b"UNA:+.  'UNB+UNOC:3+A?'").unwrap().characters.release_char, 1);
    }

    #[test]
    fn a_una_that_contradicts_itself_is_refused() {
        for una in
            ["UNA::.? '", "UNA:+.? +", "UNA:+.+ '", "UNAA+.? '", "UNA:+.? A", "UNA +.? '", "UNA:+.'\n'"]
        {
            assert!(advice(una.as_bytes()).is_err(), "{una}");
        }
    }

    #[test]
    fn repertoires_are_those_of_the_standard() {
        assert!(Level::A.holds(b"EXAMPLE ?+ VESSEL (3.5%), \"X\"; A*B=C<D>E_F!\r\n"));
        for (level, no) in
            [(Level::A, "a"), (Level::A, "@"), (Level::B, "#"), (Level::B, "\u{e9}"), (Level::Latin, "\u{7}")]
        {
            assert!(!level.holds(no.as_bytes()), "{level:?} {no}");
        }
        assert!(Level::Latin.holds(b"Jos\xe9 a@b {1}") && Level::B.holds(b"abc"));
        assert!(Level::Universal.holds("José".as_bytes()) && !Level::Universal.holds(b"Jos\xe9"));
        assert_eq!(Level::of(b"UNOZ"), None);
    }

    #[test]
    fn a_released_character_stands_for_itself() {
        assert_eq!(&*released(b"A?+B??C?'", b'?'), b"A+B?C'");
        assert_eq!(&*released(b"plain", b'?'), b"plain");
    }
}
