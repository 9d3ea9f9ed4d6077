//! Defects of one file, each with its message, segment and element, while it is being read.

use bitacora_primitives::{EvidenceRef, SourceId};

use super::model::Code;
use super::scan::Segment;
use crate::containers::{Batch, Defect, KEPT_DEFECTS};
use crate::refusal::Reason;

pub(super) struct Defects {
    source: SourceId,
    found: Batch<()>,
    /// The message that is being read: its number, its name, and how many segments of it came, UNH with them.
    pub message: Option<(u32, Code, u32)>,
}

impl Defects {
    pub(super) fn new(source: SourceId) -> Self {
        Self { source, found: Batch::default(), message: None }
    }

    pub(super) const fn place(&self, segment: &Segment<'_>) -> EvidenceRef {
        EvidenceRef { source: self.source, line: segment.number as u64, offset: Some(segment.offset as u64) }
    }

    /// At an element and component of a segment, from 1; (n, 1) of a simple element is n; (0, 0) is the segment.
    pub(super) fn at(&mut self, segment: &Segment<'_>, element: (u16, u16), reason: Reason) {
        self.quoting(segment, element, reason, segment.raw(element.0, element.1).unwrap_or_default());
    }

    pub(super) fn quoting(&mut self, segment: &Segment<'_>, element: (u16, u16), reason: Reason, raw: &[u8]) {
        let place = self.place(segment);
        let tag = segment.tag.text();
        self.raise(place, Some(&tag), element, reason, raw);
    }

    /// Of the file or of a message, at no one segment that reads.
    pub(super) fn stretch(
        &mut self,
        number: u32,
        offset: usize,
        what: Option<&str>,
        reason: Reason,
        raw: &[u8],
    ) {
        let place = EvidenceRef { source: self.source, line: u64::from(number), offset: Some(offset as u64) };
        self.raise(place, what, (0, 0), reason, raw);
    }

    /// Something that a box lacks, found only at its end: `segment` is the number of its EQD in the message.
    pub(super) fn of_box(&mut self, place: EvidenceRef, segment: u32, what: &str) {
        let now = self.message;
        if let Some((_, _, number)) = self.message.as_mut() {
            *number = segment;
        }
        self.raise(place, Some(what), (0, 0), Reason::Missing, &[]);
        self.message = now;
    }

    fn raise(
        &mut self,
        place: EvidenceRef,
        tag: Option<&str>,
        element: (u16, u16),
        reason: Reason,
        raw: &[u8],
    ) {
        if self.found.defects.len() >= KEPT_DEFECTS {
            self.found.defective += 1;
            return;
        }
        let mut part = match self.message {
            Some((number, name, segment)) => format!("message {number} {name}, segment {segment}"),
            None => format!("segment {}", place.line),
        };
        if let Some(tag) = tag {
            part.push(' ');
            part.push_str(tag);
        }
        match element {
            (0, _) => {}
            (element, component) => part.push_str(&format!(", element {element}.{component}")),
        }
        self.found.refuse(Defect::new(place, part, reason, raw));
    }

    pub(super) fn into_batch<T>(self, items: Vec<T>) -> Batch<T> {
        Batch { items, defects: self.found.defects, defective: self.found.defective }
    }
}
