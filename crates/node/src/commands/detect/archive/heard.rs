//! Who heard which transmission, from the receptions of the data folder, told to the picture in order of time.

use std::collections::VecDeque;

use bitacora_primitives::{EvidenceRef, Instant};
use bitacora_sea::archive::Ordered;
use bitacora_sea::contacts::Hearing;
use bitacora_store::{ReceptionQuery, Store, StoredReception};

use crate::error::NodeError;

/// So much is held at once, seconds.
const STEP_S: i64 = 600;

/// See the module.
pub(super) struct Heard<'a> {
    store: &'a Store,
    held: VecDeque<StoredReception>,
    /// What is before it was read.
    until: Instant,
}

impl<'a> Heard<'a> {
    pub(super) const fn new(store: &'a Store) -> Self {
        Self { store, held: VecDeque::new(), until: Instant::from_micros(i64::MIN) }
    }

    /// Tells `ordered` who heard the reports observed at `time`; times never go back.
    pub(super) fn tell(&mut self, time: Instant, ordered: &mut Ordered) -> Result<(), NodeError> {
        if time >= self.until {
            let begins = Instant::from_secs(time.secs().div_euclid(STEP_S) * STEP_S);
            self.until = Instant::from_secs(begins.secs() + STEP_S);
            let to = Instant::from_micros(self.until.micros() - 1);
            let mut read = self.store.receptions(&ReceptionQuery { from: begins, to, kept: None })?;
            read.sort_by_key(|one| (one.row.time, one.source, one.row.line, one.row.heard_line));
            self.held = read.into();
        }
        while let Some(one) = self.held.pop_front_if(|one| one.row.time <= time) {
            if let Some(hearing) = hearing(&one) {
                ordered.heard(&hearing);
            }
        }
        Ok(())
    }
}

/// What the picture was told live.
fn hearing(one: &StoredReception) -> Option<Hearing<'_>> {
    let row = &one.row;
    // A name that was no text is stored with this sign, and the picture was not told of it.
    if one.station.contains(char::REPLACEMENT_CHARACTER) || !Hearing::tells_apart(row.message_type) {
        return None;
    }
    Some(Hearing {
        kept: (one.source, row.line),
        observed: row.time,
        station: &one.station,
        at: row.heard_at,
        evidence: EvidenceRef { source: one.source, line: row.heard_line, offset: row.offset },
        payload: row.payload?,
    })
}
