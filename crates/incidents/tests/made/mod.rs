//! A register under test, with the entries that made it.

#![allow(dead_code, reason = "each test file takes what it needs")]

use bitacora_incidents::{
    Act, Entry, Incident, IncidentKind, IncidentStatus, Refused, Register, Report, Source,
};
use bitacora_primitives::markings::Text;
use bitacora_primitives::{IncidentId, Instant, OfficerId};

/// Midnight UTC, so many days after 2026-03-01.
pub fn day(number: i64) -> Instant {
    Instant::from_secs(1_772_323_200 + number * 86_400)
}

pub fn id(name: &str) -> IncidentId {
    IncidentId::of(&[name.as_bytes()])
}

pub fn officer(name: &str) -> OfficerId {
    OfficerId::of(&[name.as_bytes()])
}

pub fn source(name: &str, grading: &str) -> Source {
    Source {
        name: name.into(),
        citation: format!("{name}, 2026-03-02, p. 1"),
        published: Some(day(1)),
        grading: grading.parse().unwrap(),
        relays: None,
    }
}

pub fn efe() -> Source {
    source("EFE", "C3")
}

pub fn navy() -> Source {
    source("Armada", "B3")
}

pub fn report(kind: IncidentKind, occurred: Instant) -> Report {
    Report {
        kind,
        occurred,
        text: Text::new("Ataque a una lancha", "Strike on a go-fast"),
        place: "12 NM N of Punta Gallinas".into(),
        position: None,
        dead: None,
        injured: None,
    }
}

pub fn codes(incident: &Incident) -> Vec<&'static str> {
    incident.history.iter().map(|change| change.what).collect()
}

pub struct Book {
    pub register: Register,
    pub entries: Vec<Entry>,
    pub now: Instant,
}

impl Default for Book {
    fn default() -> Self {
        Self { register: Register::default(), entries: Vec::new(), now: day(10) }
    }
}

impl Book {
    /// The next entry of an incident, by an officer, now.
    pub fn entry(&self, incident: &str, what: Act) -> Entry {
        let seq = self.register.get(id(incident)).map_or(1, Incident::next_seq);
        Entry { incident: id(incident), seq, at: self.now, officer: Some(officer("ana")), what }
    }

    pub fn apply(&mut self, entry: Entry) -> Result<(), Refused> {
        let checked = self.register.check(&entry);
        let applied = self.register.apply(&entry);
        assert_eq!(checked, applied, "checking says what applying does");
        applied.map(|()| self.entries.push(entry))
    }

    pub fn add(&mut self, incident: &str, what: Act) -> Result<(), Refused> {
        self.apply(self.entry(incident, what))
    }

    pub fn report(&mut self, name: &str, kind: IncidentKind, occurred: Instant) {
        self.add(name, Act::Reported { report: report(kind, occurred), source: efe() }).unwrap();
    }

    pub fn propose(&mut self, name: &str, kind: IncidentKind, occurred: Instant) {
        let what = Act::Proposed { report: report(kind, occurred), source: efe() };
        self.apply(Entry { officer: None, ..self.entry(name, what) }).unwrap();
    }

    pub fn status(&mut self, name: &str, to: IncidentStatus) {
        self.add(name, Act::StatusChanged { to, note: "for a reason".into() }).unwrap();
    }

    /// Brings an incident to verified.
    pub fn verify(&mut self, name: &str) {
        self.add(name, Act::SourceAdded { source: navy() }).unwrap();
        self.status(name, IncidentStatus::Verified);
    }

    pub fn get(&self, name: &str) -> Incident {
        self.register.get(id(name)).unwrap().clone()
    }

    /// Every kind of entry at least once.
    pub fn eventful() -> Self {
        let mut book = Self::default();
        book.report("a", IncidentKind::Strike, day(1));
        book.verify("a");
        let mut corrected = report(IncidentKind::Strike, day(2));
        corrected.dead = Some(3);
        book.add("a", Act::Corrected { of: 1, report: corrected, note: "three".into() }).unwrap();
        book.propose("b", IncidentKind::Violation, day(3));
        book.add("b", Act::Signed { note: "seen".into() }).unwrap();
        book.add("b", Act::Withdrawn { note: "entered twice".into() }).unwrap();
        book
    }

    pub fn bodies(&self) -> Vec<String> {
        self.entries.iter().map(|entry| serde_json::to_string(entry).unwrap()).collect()
    }
}
