//! Which observed times may move the watermark. One receiver with a wrong clock must not make every other report
//! late, so a leap ahead waits until other reports confirm it.

use bitacora_primitives::{Duration, Instant};

use crate::contacts::Contact;

/// Reports that must agree, within `max_leap`, before the clock follows a leap.
const SUPPORT: usize = 3;
/// Reports that may wait; beyond it the one farthest ahead is refused.
const WAITING: usize = 64;

#[derive(Debug, Default)]
pub struct EventClock {
    newest: Option<Instant>,
    waiting: Vec<Contact>,
}

impl EventClock {
    /// The newest supported time.
    pub const fn newest(&self) -> Option<Instant> {
        self.newest
    }

    /// Appends to `ready` what may go on now, and to `refused` what waited in vain.
    pub fn admit(
        &mut self,
        contact: Contact,
        max_leap: Duration,
        ready: &mut Vec<Contact>,
        refused: &mut Vec<Contact>,
    ) {
        if self.newest.is_some_and(|newest| contact.observed <= newest + max_leap) {
            self.newest = self.newest.max(Some(contact.observed));
            ready.push(contact);
            return;
        }
        self.waiting.push(contact);
        self.waiting.sort_by_key(|held| (held.observed, held.mmsi, held.evidence));
        let agreed = self.waiting.windows(SUPPORT).find_map(|run| match (run.first(), run.last()) {
            (Some(first), Some(last)) if last.observed - first.observed <= max_leap => Some(last.observed),
            _ => None,
        });
        if let Some(agreed) = agreed {
            self.newest = Some(agreed);
            let reach = agreed + max_leap;
            let near = self.waiting.partition_point(|held| held.observed <= reach);
            for held in self.waiting.drain(..near) {
                self.newest = self.newest.max(Some(held.observed));
                ready.push(held);
            }
        } else if self.waiting.len() > WAITING {
            refused.extend(self.waiting.pop());
        }
    }

    /// The input has ended: what still waits is refused, unless no time was ever agreed on.
    pub fn finish(&mut self, ready: &mut Vec<Contact>, refused: &mut Vec<Contact>) {
        if self.newest.is_none() {
            self.newest = self.waiting.last().map(|held| held.observed);
            ready.append(&mut self.waiting);
        } else {
            refused.append(&mut self.waiting);
        }
    }
}
