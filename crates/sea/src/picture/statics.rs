//! Static reports in order of observed time, held back until that time is closed, so that the identity checks see one
//! order whatever the order of arrival. What names a vessel on the map does not wait for it.

use std::collections::BTreeMap;

use bitacora_primitives::{EvidenceRef, Instant, Mmsi};

use crate::contacts::StaticReport;

/// Reports held at once: ten minutes of more than 100,000 vessels, each every six. Beyond it the one farthest ahead goes: a
/// wrong clock fills no memory.
const HELD: usize = 1 << 18;

#[derive(Debug, Default)]
pub(super) struct Statics {
    held: BTreeMap<(Instant, Mmsi, EvidenceRef), StaticReport>,
}

impl Statics {
    /// False when there was no room for a report; it or another is then compared with nothing.
    pub(super) fn hold(&mut self, report: StaticReport) -> bool {
        self.held.insert((report.observed, report.mmsi, report.evidence), report);
        self.held.len() <= HELD || self.held.pop_last().is_none()
    }

    /// Whether another would push one out.
    pub(super) fn is_full(&self) -> bool {
        self.held.len() >= HELD
    }

    /// The next report observed at `time` or before.
    pub(super) fn next_until(&mut self, time: Instant) -> Option<StaticReport> {
        let first = self.held.first_entry().filter(|entry| entry.key().0 <= time)?;
        Some(first.remove())
    }
}
