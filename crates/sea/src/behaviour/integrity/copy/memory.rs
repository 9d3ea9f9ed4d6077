//! The fixes that copies are looked for in: a ring of fixed size, the fixes of one track linked in order of
//! time. The oldest are overwritten; a number outlives its fix and then finds nothing.

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{EvidenceRef, Instant, Mmsi, Position, TrackId};

use super::super::plane::Vector;
use crate::behaviour::{EventEvidence, EvidenceRole};
use crate::tracks::fix::{Fix, METRES_PER_DEGREE};

#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    pub(super) track: TrackId,
    pub(super) mmsi: Mmsi,
    pub(super) observed: Instant,
    pub(super) position: Position,
    evidence: EvidenceRef,
    before: Option<u64>,
    after: Option<u64>,
}

impl Kept {
    pub(super) fn of(track: TrackId, fix: &Fix) -> Self {
        Self {
            track,
            mmsi: fix.mmsi,
            observed: fix.observed,
            position: fix.position,
            evidence: fix.evidence,
            before: None,
            after: None,
        }
    }

    pub(super) const fn evidence(&self) -> EvidenceRef {
        self.evidence
    }

    pub(super) const fn shown(&self, role: EvidenceRole) -> EventEvidence {
        EventEvidence { role, evidence: self.evidence, observed: self.observed, mmsi: self.mmsi }
    }
}

/// A difference of places in degrees, longitude by the short way round.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Offset {
    pub(super) lat: f64,
    pub(super) lon: f64,
}

impl Offset {
    /// From 0 N 0 E.
    pub(super) const fn of(position: Position) -> Self {
        Self { lat: position.lat(), lon: position.lon() }
    }

    pub(super) fn between(from: Position, to: Position) -> Self {
        Self { lat: to.lat() - from.lat(), lon: wrap_longitude(to.lon() - from.lon()) }
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self { lat: self.lat - other.lat, lon: wrap_longitude(self.lon - other.lon) }
    }

    /// On the plane at a latitude.
    pub(super) fn metres(self, cos_lat: f64) -> Vector {
        Vector { east: self.lon * cos_lat * METRES_PER_DEGREE, north: self.lat * METRES_PER_DEGREE }
    }
}

#[derive(Debug)]
pub(super) struct Memory {
    ring: Vec<Kept>,
    capacity: usize,
    next: u64,
}

impl Memory {
    pub(super) const fn new(capacity: usize) -> Self {
        Self { ring: Vec::new(), capacity, next: 0 }
    }

    /// Keeps a fix after the track's newest and gives it a number.
    pub(super) fn push(&mut self, mut kept: Kept, newest: Option<u64>) -> u64 {
        let number = self.next;
        self.next += 1;
        kept.before = newest.filter(|newest| number - newest < self.capacity as u64);
        if let Some(before) = kept.before.and_then(|before| self.slot(before)) {
            before.after = Some(number);
        }
        if self.ring.len() < self.capacity {
            self.ring.push(kept);
        } else if let Some(slot) = self.ring.get_mut((number % self.capacity as u64) as usize) {
            *slot = kept;
        }
        number
    }

    fn slot(&mut self, number: u64) -> Option<&mut Kept> {
        self.ring.get_mut((number % self.capacity as u64) as usize)
    }

    pub(super) fn get(&self, number: u64) -> Option<&Kept> {
        // INVARIANT: a number that has been overwritten finds nothing.
        if number >= self.next || self.next - number > self.capacity as u64 {
            return None;
        }
        self.ring.get((number % self.capacity as u64) as usize)
    }

    pub(super) fn after(&self, number: u64) -> Option<(u64, &Kept)> {
        let after = self.get(number)?.after?;
        Some((after, self.get(after)?))
    }

    pub(super) fn before(&self, number: u64) -> Option<(u64, &Kept)> {
        let before = self.get(number)?.before?;
        Some((before, self.get(before)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour::integrity::track_of_number;
    use crate::tracks::positions::Row;
    use bitacora_primitives::SourceId;

    #[test]
    fn a_number_that_has_been_overwritten_finds_nothing() {
        let mut memory = Memory::new(4);
        let mut newest = None;
        for k in 0..10 {
            let row =
                Row { mmsi: 7, micros: k, lat: 0.0, lon: 0.0, sog_kn: None, cog_deg: None, message_type: 1 };
            let fix = Fix::of_row(&row, SourceId::of(&[b"test"]), k as u32).unwrap();
            newest = Some(memory.push(Kept::of(track_of_number(7), &fix), newest));
        }
        assert!((0..6).all(|number| memory.get(number).is_none()));
        assert_eq!(memory.get(6).unwrap().observed.micros(), 6);
        assert!(memory.before(6).is_none() && memory.after(9).is_none());
        assert_eq!(memory.after(8).unwrap().0, 9);
        assert!(memory.get(10).is_none());
    }
}
