//! Puts contacts in order of observed time: holds them in buckets of one second until the watermark has passed,
//! then sorts the bucket. Ties go by MMSI, then by evidence, so any order of arrival gives the same order out.

use std::collections::BTreeMap;

use bitacora_primitives::Instant;

use crate::contacts::Contact;

#[derive(Debug, Default)]
pub struct Reorder {
    buckets: BTreeMap<i64, Vec<Contact>>,
    /// Emptied buckets, kept for their memory.
    spare: Vec<Vec<Contact>>,
    /// Contacts of seconds before this have been let go.
    closed: Option<i64>,
}

const SPARE_BUCKETS: usize = 1024;

impl Reorder {
    /// Gives the contact back when its second has been let go already.
    pub fn hold(&mut self, contact: Contact) -> Result<(), Contact> {
        let second = contact.observed.secs();
        if self.closed.is_some_and(|closed| second < closed) {
            return Err(contact);
        }
        let spare = &mut self.spare;
        self.buckets.entry(second).or_insert_with(|| spare.pop().unwrap_or_default()).push(contact);
        Ok(())
    }

    /// True when a whole second can be let go.
    pub fn due(&self, watermark: Instant) -> bool {
        self.buckets.first_key_value().is_some_and(|(second, _)| *second < watermark.secs())
    }

    /// The oldest second that lies wholly before the watermark, sorted.
    pub fn next_before(&mut self, watermark: Instant) -> Option<Vec<Contact>> {
        let limit = watermark.secs();
        self.closed = Some(self.closed.map_or(limit, |closed| closed.max(limit)));
        if !self.due(watermark) {
            return None;
        }
        self.pop()
    }

    /// The oldest second held, sorted, whatever the watermark: for the end of the input.
    pub fn pop(&mut self) -> Option<Vec<Contact>> {
        let (_, mut bucket) = self.buckets.pop_first()?;
        if bucket.len() > 1 {
            bucket.sort_unstable_by_key(|contact| (contact.observed, contact.mmsi, contact.evidence));
        }
        Some(bucket)
    }

    pub fn give_back(&mut self, mut bucket: Vec<Contact>) {
        if self.spare.len() < SPARE_BUCKETS {
            bucket.clear();
            self.spare.push(bucket);
        }
    }
}
