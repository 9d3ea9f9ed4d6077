//! An incident as it stands after its entries, and what each entry makes of it. Never forgets an entry.

use bitacora_primitives::{IncidentId, Instant, OfficerId};

use crate::entry::{Act, Entry};
use crate::error::Refused;
use crate::report::{MAX_NOTE, Report, at_most, words};
use crate::source::{Source, corroborate, verify};
use crate::status::{IncidentKind, IncidentStatus};

/// Entries of one incident: far above what a disputed case gathers in years, and a bound for a hostile one.
pub const MAX_ENTRIES: u32 = 2_000;

/// An incident, with its history.
#[derive(Clone, PartialEq, Debug)]
pub struct Incident {
    pub id: IncidentId,
    /// For people: `INC-2026-031`.
    pub number: String,
    /// The account that stands.
    pub report: Report,
    /// The entry that gave it.
    pub account: u32,
    pub sources: Vec<Source>,
    pub status: IncidentStatus,
    /// False while it is only a machine's proposal.
    pub signed: bool,
    pub withdrawn: bool,
    /// Every entry, oldest first.
    pub history: Vec<Change>,
}

/// What one entry changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    pub seq: u32,
    pub at: Instant,
    /// Code of the act: `reported`, `source_added`, ...
    pub what: &'static str,
    /// The status afterwards.
    pub status: IncidentStatus,
    pub officer: Option<OfficerId>,
    pub note: String,
}

impl Incident {
    /// INVARIANT: a proposal counts for nothing until an officer signs it.
    pub fn counts(&self, kind: IncidentKind, least: IncidentStatus) -> bool {
        self.signed && !self.withdrawn && self.status.reaches(least) && self.report.is(kind)
    }

    /// The number of the next entry.
    pub fn next_seq(&self) -> u32 {
        self.history.last().map_or(1, |change| change.seq.saturating_add(1))
    }

    /// The first entry of an incident, which no register holds yet.
    pub(crate) fn begin(entry: &Entry, number: String) -> Result<Self, Refused> {
        let (report, source, signed) = match (&entry.what, entry.officer) {
            (Act::Reported { report, source }, Some(_)) => (report, source, true),
            (Act::Proposed { report, source }, None) => (report, source, false),
            (Act::Reported { .. }, None) => return Err(Refused::OfficerMissing { act: entry.what.code() }),
            (Act::Proposed { .. }, Some(_)) => return Err(Refused::OfficerProposes),
            _ => return Err(Refused::Unknown(entry.incident)),
        };
        if entry.seq != 1 {
            return Err(Refused::OutOfOrder { incident: entry.incident, expected: 1, found: entry.seq });
        }
        report.check(entry.at)?;
        source.check(entry.at)?;
        let mut incident = Self {
            id: entry.incident,
            number,
            report: report.clone(),
            account: entry.seq,
            sources: vec![source.clone()],
            status: IncidentStatus::Alleged,
            signed,
            withdrawn: false,
            history: Vec::new(),
        };
        incident.remember(entry);
        Ok(incident)
    }

    /// Takes a further entry, or refuses it and stays as it was.
    pub(crate) fn take(&mut self, entry: &Entry) -> Result<(), Refused> {
        let expected = self.next_seq();
        if entry.seq != expected {
            return Err(Refused::OutOfOrder { incident: self.id, expected, found: entry.seq });
        }
        if expected > MAX_ENTRIES {
            return Err(Refused::Full { most: MAX_ENTRIES });
        }
        if entry.officer.is_none() {
            return Err(Refused::OfficerMissing { act: entry.what.code() });
        }
        if self.withdrawn {
            return Err(Refused::Withdrawn);
        }
        at_most("note", entry.what.note(), MAX_NOTE)?;
        if !self.signed && !matches!(entry.what, Act::Signed { .. } | Act::Withdrawn { .. }) {
            return Err(Refused::NotSigned);
        }
        match &entry.what {
            Act::Reported { .. } | Act::Proposed { .. } => return Err(Refused::AlreadyReported(self.id)),
            Act::Signed { .. } if self.signed => return Err(Refused::AlreadySigned),
            Act::Signed { .. } => self.signed = true,
            Act::SourceAdded { source } => self.add_source(source, entry.at)?,
            Act::StatusChanged { to, note } => self.change_status(*to, note)?,
            Act::Corrected { of, report, note } => self.correct(entry, *of, report, note)?,
            Act::Withdrawn { note } => {
                words("note", note, MAX_NOTE)?;
                self.withdrawn = true;
            }
        }
        self.remember(entry);
        Ok(())
    }

    fn add_source(&mut self, source: &Source, now: Instant) -> Result<(), Refused> {
        source.check(now)?;
        let same = |known: &Source| {
            (&known.name, &known.citation, known.published)
                == (&source.name, &source.citation, source.published)
        };
        if self.sources.iter().any(same) {
            return Err(Refused::SourceKnown);
        }
        self.sources.push(source.clone());
        Ok(())
    }

    /// A change of status says why.
    fn change_status(&mut self, to: IncidentStatus, note: &str) -> Result<(), Refused> {
        if !self.status.leads_to(to) {
            return Err(Refused::NoSuchChange { from: self.status, to });
        }
        words("note", note, MAX_NOTE)?;
        match to {
            IncidentStatus::Corroborated if !corroborate(&self.sources) => {
                Err(Refused::NotCorroborated { to })
            }
            IncidentStatus::Verified if !verify(&self.sources) => Err(Refused::NotVerified),
            _ => {
                self.status = to;
                Ok(())
            }
        }
    }

    /// INVARIANT: facts are never edited. The account of the earlier entry stays in the register's entries.
    fn correct(&mut self, entry: &Entry, of: u32, report: &Report, note: &str) -> Result<(), Refused> {
        words("note", note, MAX_NOTE)?;
        if of != self.account {
            return Err(Refused::NotWhatStands { expected: self.account, found: of });
        }
        report.check(entry.at)?;
        if *report == self.report {
            return Err(Refused::NothingCorrected);
        }
        self.report = report.clone();
        self.account = entry.seq;
        Ok(())
    }

    fn remember(&mut self, entry: &Entry) {
        self.history.push(Change {
            seq: entry.seq,
            at: entry.at,
            what: entry.what.code(),
            status: self.status,
            officer: entry.officer,
            note: entry.what.note().to_owned(),
        });
    }
}
