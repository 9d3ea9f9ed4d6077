//! Who an MMSI says it is, now and earlier, and where it was last heard. Kept in order of arrival: a name is
//! shown as soon as it is heard. Judges nothing.

use bitacora_primitives::{EvidenceRef, Instant, Mmsi};
use serde::{Deserialize, Serialize};

use crate::contacts::{Contact, StaticReport, StationKind};

/// Identities kept for one number; the oldest is forgotten first.
const KEPT_IDENTITIES: usize = 16;

/// What a vessel says of itself, gathered from static reports that do not contradict each other.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Identity {
    pub since: Instant,
    /// The latest report that confirmed or completed it.
    pub confirmed: Instant,
    pub name: Option<String>,
    pub call_sign: Option<String>,
    pub imo: Option<u32>,
    pub ship_type: Option<u8>,
    pub length_m: Option<u16>,
    pub beam_m: Option<u16>,
    pub draught_m: Option<f32>,
    pub destination: Option<String>,
    pub evidence: EvidenceRef,
}

/// Why an identity is reported.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityChange {
    /// The first static report of this number.
    First,
    /// A field was filled that had been missing.
    Completed,
    /// Draught or destination changed: another voyage, the same vessel.
    Voyage,
    /// Name, call sign, IMO number, type or dimensions contradict what was said before.
    Changed,
}

/// The newest of one MMSI, in order of arrival.
#[derive(Clone, PartialEq, Debug)]
pub struct Vessel {
    pub mmsi: Mmsi,
    pub station: StationKind,
    pub last: Option<Contact>,
    pub identity: Option<Identity>,
    /// Newest first.
    pub earlier: Vec<Identity>,
}

impl Vessel {
    pub fn new(mmsi: Mmsi, station: StationKind) -> Self {
        Self { mmsi, station, last: None, identity: None, earlier: Vec::new() }
    }

    /// True when the contact is the newest, and so moves the vessel.
    pub fn hear(&mut self, contact: &Contact) -> bool {
        if self.last.as_ref().is_some_and(|last| contact.observed <= last.observed) {
            return false;
        }
        if contact.station != StationKind::Unknown {
            self.station = contact.station;
        }
        self.last = Some(*contact);
        true
    }

    /// Takes a static report in; says what it changed, if anything. A report older than the identity it
    /// contradicts changes nothing.
    pub fn learn(&mut self, report: StaticReport) -> Option<IdentityChange> {
        if report.station != StationKind::Unknown {
            self.station = report.station;
        }
        let told = Identity::from_report(report);
        let Some(now) = self.identity.as_mut() else {
            if !told.says_anything() {
                return None;
            }
            self.identity = Some(told);
            return Some(IdentityChange::First);
        };
        if now.contradicts(&told) {
            if told.since < now.confirmed {
                return None;
            }
            let before = std::mem::replace(now, told);
            self.earlier.retain(|known| known.contradicts(&before));
            self.earlier.insert(0, before);
            self.earlier.truncate(KEPT_IDENTITIES);
            return Some(IdentityChange::Changed);
        }
        now.complete(told)
    }
}

fn differ<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a != b)
}

fn fill<T>(into: &mut Option<T>, from: Option<T>) -> bool {
    let filled = into.is_none() && from.is_some();
    if filled {
        *into = from;
    }
    filled
}

impl Identity {
    fn from_report(report: StaticReport) -> Self {
        Self {
            since: report.observed,
            confirmed: report.observed,
            name: report.name,
            call_sign: report.call_sign,
            imo: report.imo,
            ship_type: report.ship_type,
            length_m: report.length_m,
            beam_m: report.beam_m,
            draught_m: report.draught_m,
            destination: report.destination,
            evidence: report.evidence,
        }
    }

    fn says_anything(&self) -> bool {
        self.name.is_some()
            || self.call_sign.is_some()
            || self.imo.is_some()
            || self.ship_type.is_some()
            || self.length_m.is_some()
            || self.beam_m.is_some()
            || self.draught_m.is_some()
            || self.destination.is_some()
    }

    /// The fields that belong to the hull and its licence. Draught and destination change with every voyage.
    fn contradicts(&self, other: &Self) -> bool {
        differ(&self.name, &other.name)
            || differ(&self.call_sign, &other.call_sign)
            || differ(&self.imo, &other.imo)
            || differ(&self.ship_type, &other.ship_type)
            || differ(&self.length_m, &other.length_m)
            || differ(&self.beam_m, &other.beam_m)
    }

    fn complete(&mut self, told: Self) -> Option<IdentityChange> {
        let newer = told.confirmed >= self.confirmed;
        let voyage = newer
            && (differ(&self.draught_m, &told.draught_m) || differ(&self.destination, &told.destination));
        if voyage {
            self.draught_m = told.draught_m.or(self.draught_m);
            self.destination = told.destination.clone().or(self.destination.take());
        }
        let mut filled = fill(&mut self.name, told.name);
        filled |= fill(&mut self.call_sign, told.call_sign);
        filled |= fill(&mut self.imo, told.imo);
        filled |= fill(&mut self.ship_type, told.ship_type);
        filled |= fill(&mut self.length_m, told.length_m);
        filled |= fill(&mut self.beam_m, told.beam_m);
        filled |= fill(&mut self.draught_m, told.draught_m);
        filled |= fill(&mut self.destination, told.destination);
        if newer {
            self.confirmed = told.confirmed;
        }
        if voyage || filled {
            self.evidence = told.evidence;
        }
        match (voyage, filled) {
            (true, _) => Some(IdentityChange::Voyage),
            (false, true) => Some(IdentityChange::Completed),
            (false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use bitacora_primitives::SourceId;

    use super::*;

    fn told(second: i64, name: Option<&str>, destination: Option<&str>) -> StaticReport {
        StaticReport {
            mmsi: Mmsi::new(352_000_001).unwrap(),
            observed: Instant::from_secs(second),
            name: name.map(str::to_owned),
            call_sign: None,
            imo: None,
            ship_type: None,
            length_m: None,
            beam_m: None,
            draught_m: None,
            destination: destination.map(str::to_owned),
            station: StationKind::ClassA,
            evidence: EvidenceRef { source: SourceId::of(&[b"test"]), line: second as u64, offset: None },
        }
    }

    #[test]
    fn a_name_that_changes_is_kept_as_earlier_and_a_missing_field_says_nothing() {
        let mut vessel = Vessel::new(Mmsi::new(352_000_001).unwrap(), StationKind::Unknown);
        assert_eq!(vessel.learn(told(1, None, None)), None);
        assert_eq!(vessel.learn(told(2, Some("ALFA"), None)), Some(IdentityChange::First));
        assert_eq!(vessel.learn(told(3, None, Some("COLON"))), Some(IdentityChange::Completed));
        assert_eq!(vessel.learn(told(4, Some("ALFA"), None)), None);
        assert_eq!(vessel.learn(told(5, None, Some("MOIN"))), Some(IdentityChange::Voyage));
        assert_eq!(vessel.learn(told(6, Some("BRAVO"), None)), Some(IdentityChange::Changed));
        assert_eq!(vessel.learn(told(5, Some("ALFA"), None)), None, "older than what it contradicts");
        assert_eq!(vessel.earlier.len(), 1);
        assert_eq!(vessel.earlier[0].name.as_deref(), Some("ALFA"));
        assert_eq!(vessel.earlier[0].destination.as_deref(), Some("MOIN"));
        assert_eq!(vessel.identity.unwrap().destination, None, "the new vessel's voyage is not known");
    }
}
