//! A refusal: input that gave nothing, with its place and the reason as a code. Shared by all feeds, so that a
//! summary counts by one list of reasons. Holds no sentence for people.

use std::fmt;

use bitacora_primitives::EvidenceRef;
use serde::{Deserialize, Serialize};

/// One refused line, row or fragment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refusal {
    pub place: EvidenceRef,
    pub reason: Reason,
    /// The beginning of what was refused, printable: see [`excerpt`].
    pub excerpt: String,
}

impl Refusal {
    pub fn new(place: EvidenceRef, reason: Reason, raw: &[u8]) -> Self {
        Self { place, reason, excerpt: excerpt(raw) }
    }
}

impl fmt::Display for Refusal {
    /// `line 12 (byte 345): checksum: !AIVDM,...`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.place.line)?;
        if let Some(offset) = self.place.offset {
            write!(f, " (byte {offset})")?;
        }
        write!(f, ": {}: {}", self.reason.code(), self.excerpt)
    }
}

/// Longest excerpt in characters of the input.
const EXCERPT_BYTES: usize = 120;

/// The first 120 bytes, what is not printable ASCII as `\x..`, and `...` when there is more.
pub fn excerpt(raw: &[u8]) -> String {
    let head = raw.get(..EXCERPT_BYTES).unwrap_or(raw);
    let mut text: String = head
        .iter()
        .flat_map(|byte| match byte {
            b'\\' => vec!['\\'],
            b'\'' | b'"' => vec![char::from(*byte)],
            other => std::ascii::escape_default(*other).map(char::from).collect(),
        })
        .collect();
    if raw.len() > EXCERPT_BYTES {
        text.push_str("...");
    }
    text
}

macro_rules! reasons {
    ($( $(#[$doc:meta])* $name:ident = $code:literal; )*) => {
        /// Why input gave nothing. The code is stable: people script against it, and message tables are keyed
        /// by it.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum Reason { $( $(#[$doc])* #[serde(rename = $code)] $name, )* }

        impl Reason {
            pub const ALL: &'static [Reason] = &[$( Reason::$name, )*];

            pub const fn code(self) -> &'static str {
                match self { $( Reason::$name => $code, )* }
            }
        }
    };
}

reasons! {
    /// Longer than any line of its kind; skipped to the next line end.
    LineTooLong = "line_too_long";
    /// No sentence, comment or known frame begins anywhere in the line.
    NotASentence = "not_a_sentence";
    /// A TAG block that does not end before the line does.
    TagBlock = "tag_block";
    /// A VDM or VDO sentence whose fields are not those of IEC 61162-1.
    SentenceForm = "sentence_form";
    /// No `*` and two hexadecimal digits.
    ChecksumMissing = "checksum_missing";
    /// The checksum does not match the sentence.
    Checksum = "checksum";
    /// Fragment count or number is not a digit from 1 to 9, or number exceeds count.
    FragmentNumbers = "fragment_numbers";
    /// A character that no armoured payload has.
    PayloadCharacter = "payload_character";
    /// More bits than any message.
    PayloadTooLong = "payload_too_long";
    /// Fewer than the 38 bits of type, repeat indicator and identity.
    PayloadTooShort = "payload_too_short";
    /// A fragment whose companions did not come in time.
    FragmentsMissing = "fragments_missing";
    /// A message that no clock of the recording, the feed or the options gives a time to.
    NoTime = "no_time";
    /// An identity of 0 or of more than nine digits.
    MmsiInvalid = "mmsi_invalid";
    /// A latitude or longitude that is neither a place nor "not available".
    PositionOutOfRange = "position_out_of_range";
    /// A row with another number of fields than the header.
    FieldCount = "field_count";
    /// A time that is neither RFC 3339 nor epoch seconds.
    TimeUnreadable = "time_unreadable";
    /// A number that is none.
    NumberUnreadable = "number_unreadable";
    /// Bytes that are no text of the stated encoding.
    Encoding = "encoding";
    /// A part that the standard, or the event, cannot do without.
    Missing = "missing";
    /// A code that the standard's list does not have.
    CodeUnknown = "code_unknown";
    /// Text that has not the form its field asks for.
    Form = "form";
    /// A part of another shape, or in another place, than the standard gives it.
    Structure = "structure";
    /// A part that the standard does not have where it forbids others.
    Unexpected = "unexpected";
    /// Longer than its field may be.
    TooLong = "too_long";
    /// More repetitions than its field may have.
    TooMany = "too_many";
    /// Two parts that cannot both be true: a count and what it counts, a reference and what it names.
    Contradiction = "contradiction";
    /// A value outside what the standard or nature allows.
    OutOfRange = "out_of_range";
}

/// How often each reason occurred.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RefusalCounts([u64; Reason::ALL.len()]);

impl Default for RefusalCounts {
    fn default() -> Self {
        Self([0; Reason::ALL.len()])
    }
}

impl RefusalCounts {
    pub fn add(&mut self, reason: Reason) {
        if let Some(count) = self.0.get_mut(reason as usize) {
            *count += 1;
        }
    }
    pub fn of(&self, reason: Reason) -> u64 {
        self.0.get(reason as usize).copied().unwrap_or(0)
    }
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
    /// The reasons that occurred, in the order of the list above.
    pub fn occurred(&self) -> impl Iterator<Item = (Reason, u64)> + use<'_> {
        Reason::ALL
            .iter()
            .zip(&self.0)
            .filter(|(_, count)| **count > 0)
            .map(|(reason, count)| (*reason, *count))
    }
    pub fn merge(&mut self, other: &Self) {
        for (to, from) in self.0.iter_mut().zip(&other.0) {
            *to += from;
        }
    }
}

#[cfg(test)]
mod tests {
    use bitacora_primitives::SourceId;

    use super::*;

    #[test]
    fn a_refusal_names_place_reason_and_a_printable_excerpt() {
        let place = EvidenceRef { source: SourceId::of(&[b"x"]), line: 12, offset: Some(345) };
        let refusal = Refusal::new(place, Reason::Checksum, b"!AIVDM,\x00\xff\\");
        assert_eq!(refusal.to_string(), "line 12 (byte 345): checksum: !AIVDM,\\x00\\xff\\");
        assert!(Refusal::new(place, Reason::LineTooLong, &[b'A'; 5000]).excerpt.len() < 130);
    }

    #[test]
    fn counts_are_kept_by_reason() {
        let mut counts = RefusalCounts::default();
        for reason in Reason::ALL {
            counts.add(*reason);
        }
        counts.add(Reason::NoTime);
        assert_eq!(counts.of(Reason::NoTime), 2);
        assert_eq!(counts.total(), Reason::ALL.len() as u64 + 1);
        assert_eq!(counts.occurred().count(), Reason::ALL.len());
    }

    #[test]
    fn no_two_reasons_share_a_code() {
        let mut codes: Vec<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Reason::ALL.len());
    }
}
