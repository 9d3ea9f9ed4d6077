//! Puts segments together: separators, release characters, counts of the trailers. Knows no message.

use bitacora_primitives::Instant;

use super::time::fields;

/// What stands around the messages of a file that is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Envelope {
    pub sender: String,
    pub recipient: String,
    /// When the file was made. Readers take it for the receipt of what lies before it.
    pub prepared: Instant,
    /// Data element 0020, at most 14 characters, unique among the sender's files.
    pub reference: String,
    /// What zone the times are written in: the same is given to [`super::read_local`].
    pub minutes_east: i16,
}

/// Why an envelope cannot be written.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the envelope's {0} has not 1 to {1} printable characters")]
pub struct BadEnvelope(pub &'static str, pub usize);

/// Whether a value of at most `most` characters can stand in any level of the standard from UNOC on.
pub(super) fn fits(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, 0x20..=0x7E))
}

/// A file while it is written.
pub(super) struct Draft {
    bytes: Vec<u8>,
    messages: u32,
    segments: u32,
    minutes_east: i16,
    reference: String,
}

impl Draft {
    pub(super) fn begin(envelope: &Envelope) -> Result<Self, BadEnvelope> {
        for (name, text, most) in [
            ("sender", &envelope.sender, 35),
            ("recipient", &envelope.recipient, 35),
            ("reference", &envelope.reference, 14),
        ] {
            if !fits(text, most) {
                return Err(BadEnvelope(name, most));
            }
        }
        let [year, month, day, hour, minute, _] = fields(envelope.prepared, envelope.minutes_east);
        if !(1980..2080).contains(&year) {
            return Err(BadEnvelope("time of preparation", 10));
        }
        let mut draft = Self {
            bytes: b"UNA:+.? '".to_vec(),
            messages: 0,
            segments: 0,
            minutes_east: envelope.minutes_east,
            reference: envelope.reference.clone(),
        };
        let date = format!("{:02}{month:02}{day:02}", year % 100);
        let time = format!("{hour:02}{minute:02}");
        draft.put(
            "UNB",
            &[
                &["UNOC", "3"],
                &[&envelope.sender],
                &[&envelope.recipient],
                &[&date, &time],
                &[&envelope.reference],
            ],
        );
        Ok(draft)
    }

    /// UNH. `kind` is S009: name, version, release, agency, association.
    pub(super) fn open(&mut self, kind: &[&str]) {
        self.messages += 1;
        self.segments = 0;
        let reference = self.messages.to_string();
        self.put("UNH", &[&[&reference], kind]);
    }

    pub(super) fn close(&mut self) {
        let count = (self.segments + 1).to_string();
        let reference = self.messages.to_string();
        self.put("UNT", &[&[&count], &[&reference]]);
    }

    pub(super) fn end(mut self) -> Vec<u8> {
        let count = self.messages.to_string();
        let reference = std::mem::take(&mut self.reference);
        self.put("UNZ", &[&[&count], &[&reference]]);
        self.bytes
    }

    /// The number of the message that is open, as its reference and document number.
    pub(super) fn message(&self) -> String {
        self.messages.to_string()
    }

    /// One segment of its elements, each its components. Empty ones at the end are left away, as the standard asks.
    pub(super) fn put(&mut self, tag: &str, elements: &[&[&str]]) {
        self.segments += 1;
        self.bytes.extend_from_slice(tag.as_bytes());
        let full = |element: &&[&str]| element.iter().any(|component| !component.is_empty());
        let last = elements.iter().rposition(full).map_or(0, |last| last + 1);
        for element in elements.iter().take(last) {
            self.bytes.push(b'+');
            let last = element.iter().rposition(|component| !component.is_empty()).map_or(0, |last| last + 1);
            for (place, component) in element.iter().take(last).enumerate() {
                if place > 0 {
                    self.bytes.push(b':');
                }
                for byte in component.bytes() {
                    if matches!(byte, b'+' | b':' | b'?' | b'\'') {
                        self.bytes.push(b'?');
                    }
                    self.bytes.push(byte);
                }
            }
        }
        self.bytes.push(b'\'');
    }

    /// DTM to the minute, or to the second where it has one.
    pub(super) fn time(&mut self, qualifier: &str, at: Instant) {
        let [year, month, day, hour, minute, second] = fields(at, self.minutes_east);
        let mut text = format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}");
        let format = if second == 0 {
            "203"
        } else {
            text.push_str(&format!("{second:02}"));
            "204"
        };
        self.put("DTM", &[&[qualifier, &text, format]]);
    }
}
