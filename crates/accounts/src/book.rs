//! The accounts of one node: the figures, promises and tables of its files, and what people added. Built from the same
//! files and facts it is the same on every machine, and so is its snapshot's hash. Reads no file itself: the edge does, and
//! hands over what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use sha2::Digest as _;

use crate::claims::{self, Against, Judged};
use crate::day::Day;
use crate::import::{Absent, AnswerRow, Commitment, Defect, Defects, Imported};
use crate::indicator::{Indicator, Programme};
use crate::ledger::{Ledger, NotAppended};
use crate::method::Method;
use crate::observation::{Digest, Observation, Source};
use crate::record::{
    ActionAdded, Answer, Claim, ConditionMove, Entry, Fact, FactId, FigureAccepted, Meeting, NotRecorded,
    Record,
};
use crate::registry::{Registry, Tables};
use crate::series::SeriesId;

/// What a file came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Parsed {
    Observations(Imported<Observation>),
    Commitments(Imported<Commitment>),
    Absent(Imported<Absent>),
    Methods(Imported<Method>),
    Programmes(Imported<Programme>),
    Indicators(Imported<Indicator>),
    Answers(Imported<AnswerRow>),
    Facts(Vec<Entry>),
}

impl Parsed {
    pub fn rows(&self) -> usize {
        match self {
            Self::Observations(own) => own.rows.len(),
            Self::Commitments(own) => own.rows.len(),
            Self::Absent(own) => own.rows.len(),
            Self::Methods(own) => own.rows.len(),
            Self::Programmes(own) => own.rows.len(),
            Self::Indicators(own) => own.rows.len(),
            Self::Answers(own) => own.rows.len(),
            Self::Facts(own) => own.len(),
        }
    }
    pub fn defects(&self) -> Option<&Defects> {
        match self {
            Self::Observations(own) => Some(&own.defects),
            Self::Commitments(own) => Some(&own.defects),
            Self::Absent(own) => Some(&own.defects),
            Self::Methods(own) => Some(&own.defects),
            Self::Programmes(own) => Some(&own.defects),
            Self::Indicators(own) => Some(&own.defects),
            Self::Answers(own) => Some(&own.defects),
            Self::Facts(_) => None,
        }
    }
}

/// A file as it goes into a book.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    pub name: String,
    pub digest: Digest,
    /// How it was read: the format's code and the layout, as they are hashed.
    pub read_as: String,
    pub parsed: Parsed,
}

/// A row or a fact that the book does not take, with the rule that it breaks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NotTaken {
    pub file: String,
    /// None where it is no row of a table.
    pub line: Option<u64>,
    pub code: &'static str,
    pub why: String,
}

/// SHA-256 over every file's hash and reading and every fact, in their order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct Snapshot(pub Digest);

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Clone, Debug, Default)]
pub struct Book {
    ledger: Ledger,
    registry: Registry,
    commitments: Vec<Commitment>,
    record: Record,
    names: BTreeMap<Digest, String>,
    not_taken: Vec<NotTaken>,
    defects: u64,
    snapshot: Option<Snapshot>,
}

impl Book {
    // INVARIANT: the same files and facts make the same book, whoever builds it.
    /// Builds a book. Tables come first, whatever the order of the files; what breaks a rule is left out and listed.
    pub fn build(files: Vec<File>, facts: Vec<Entry>) -> Self {
        let mut book = Self { snapshot: Some(snapshot(&files, &facts)), ..Self::default() };
        let mut tables = Tables::default();
        let (mut promises, mut figures) = (Vec::new(), Vec::new());
        let mut first_facts = Vec::new();
        for file in files {
            let File { name, digest, parsed, .. } = file;
            book.names.insert(digest, name.clone());
            book.defects += parsed.defects().map_or(0, |defects| defects.count);
            match parsed {
                Parsed::Methods(own) => tables.methods.extend(own.rows),
                Parsed::Programmes(own) => tables.programmes.extend(own.rows),
                Parsed::Indicators(own) => tables.indicators.extend(own.rows),
                Parsed::Answers(own) => tables.answers.extend(own.rows),
                Parsed::Absent(own) => tables.absent.extend(own.rows),
                Parsed::Commitments(own) => promises.push((name, own)),
                Parsed::Observations(own) => figures.push((name, own)),
                Parsed::Facts(own) => first_facts.extend(own),
            }
        }
        let (registry, defects) = Registry::new(tables);
        book.registry = registry;
        book.refuse_defects("tables", &defects.first);
        for (name, imported) in promises {
            book.admit(&name, imported);
        }
        for (name, imported) in figures {
            for observation in imported.rows {
                book.append(&name, observation);
            }
        }
        for entry in first_facts.into_iter().chain(facts) {
            // What does not fit was refused when it was recorded; here it can only come from another's bundle.
            if let Err(refusal) = book.take(entry.clone()) {
                book.refuse_fact(&entry.id, &refusal);
            }
        }
        book.ledger.settle();
        book
    }

    fn admit(&mut self, file: &str, imported: Imported<Commitment>) {
        let admitted = self.registry.admit(Imported { defects: Defects::default(), ..imported });
        self.refuse_defects(file, &admitted.defects.first);
        for commitment in admitted.rows {
            let known = self.commitments.iter().find(|known| known.id == commitment.id);
            match known {
                None => self.commitments.push(commitment),
                Some(known) if Commitment { line: known.line, ..commitment.clone() } == *known => {}
                Some(_) => self.not_taken.push(NotTaken {
                    file: file.to_owned(),
                    line: Some(commitment.line),
                    code: "id_taken",
                    why: format!("`{}` is a promise already, with another content", commitment.id),
                }),
            }
        }
    }

    fn refuse_defects(&mut self, file: &str, defects: &[Defect]) {
        self.not_taken.extend(defects.iter().map(|defect| NotTaken {
            file: file.to_owned(),
            line: Some(defect.line),
            code: defect.rule.code(),
            why: defect.to_string(),
        }));
    }

    fn append(&mut self, file: &str, observation: Observation) {
        let line = match &observation.source {
            Source::Named { row, .. } => Some(*row),
            Source::Document { .. } => None,
        };
        if let Err(refusal) = self.ledger.append(observation) {
            let NotTaken { code, why, .. } = not_appended(&refusal);
            self.not_taken.push(NotTaken { file: file.to_owned(), line, code, why });
        }
    }

    fn refuse_fact(&mut self, id: &FactId, refusal: &NotRecorded) {
        let (code, why) = (refusal.code(), refusal.to_string());
        self.not_taken.push(NotTaken { file: id.to_string(), line: None, code, why });
    }

    /// Takes a fact into the book, or says by which rule not; a refusal changes nothing.
    fn take(&mut self, entry: Entry) -> Result<(), NotRecorded> {
        self.check(&entry)?;
        let figure = match &entry.fact {
            Fact::FigureAccepted(figure) => figure.observation(),
            _ => None,
        };
        if self.record.append(entry)?
            && let Some(observation) = figure
        {
            let bad = |refusal: NotAppended| NotRecorded::Bad { field: "value", why: refusal.to_string() };
            self.ledger.append(observation).map_err(bad)?;
        }
        Ok(())
    }

    /// Whether the book would take a fact.
    pub fn check(&self, entry: &Entry) -> Result<(), NotRecorded> {
        let unknown = |field, id: &str| NotRecorded::Unknown { field, id: id.to_owned() };
        match &entry.fact {
            Fact::ConditionMoved(moved) if self.commitment(&moved.commitment).is_none() => {
                return Err(unknown("commitment", &moved.commitment));
            }
            Fact::MeetingHeld(meeting) => {
                let mut named = meeting.agenda.iter().flat_map(|item| &item.commitments);
                if let Some(id) = named.find(|id| self.commitment(id).is_none()) {
                    return Err(unknown("agenda", id));
                }
            }
            Fact::FigureAccepted(figure) => {
                if let Some(refusal) = figure.observation().and_then(|own| self.ledger.refusal(&own)) {
                    return Err(NotRecorded::Bad { field: "value", why: refusal.to_string() });
                }
            }
            _ => {}
        }
        self.record.check(entry).map(|_| ())
    }

    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }
    pub const fn record(&self) -> &Record {
        &self.record
    }
    /// In the order of the files.
    pub fn commitments(&self) -> &[Commitment] {
        &self.commitments
    }
    pub fn commitment(&self, id: &str) -> Option<&Commitment> {
        self.commitments.iter().find(|commitment| commitment.id == id)
    }
    /// Rows and facts that were left out, each with its rule.
    pub fn not_taken(&self) -> &[NotTaken] {
        &self.not_taken
    }
    /// Rows that could not be read.
    pub const fn defects(&self) -> u64 {
        self.defects
    }
    pub const fn snapshot(&self) -> Option<Snapshot> {
        self.snapshot
    }
    /// The name of the file with this hash.
    pub fn file_name(&self, digest: &Digest) -> Option<&str> {
        self.names.get(digest).map(String::as_str)
    }

    /// Claims that stand on a day, each held against what was known then.
    pub fn claims(&self, day: Day) -> Vec<(&Entry, &Claim, Judged)> {
        let standing = self.record.standing(day).filter_map(|entry| match &entry.fact {
            Fact::ClaimAccepted(claim) => Some((entry, claim)),
            _ => None,
        });
        let answered: BTreeSet<&FactId> = self.answers(day).map(|answer| &answer.claim).collect();
        let judge = |entry: &Entry, claim| self.judge(claim, answered.contains(&entry.id), day);
        standing.map(|(entry, claim)| (entry, claim, judge(entry, claim))).collect()
    }

    fn judge(&self, claim: &Claim, is_answered: bool, day: Day) -> Judged {
        let indicator = claim.about.indicator.as_ref().and_then(|id| self.registry.indicator(id));
        let of_indicator: Vec<SeriesId> =
            indicator.into_iter().flat_map(Indicator::series).cloned().collect();
        let meant: Vec<SeriesId> = match &claim.about.series {
            Some(series) => vec![series.clone()],
            None => of_indicator.clone(),
        };
        // A part or a whole of the same family may have been given in place of what was meant.
        let family = |own: &SeriesId| {
            meant.iter().any(|meant| own.as_str().starts_with(meant.as_str())) || of_indicator.contains(own)
        };
        let near: Vec<SeriesId> =
            self.ledger.series().filter(|own| !meant.contains(own) && family(own)).cloned().collect();
        claims::judge(claim, Against { ledger: &self.ledger, meant: &meant, near: &near, is_answered, day })
    }

    /// What parties answered to claims by then.
    pub fn answers(&self, day: Day) -> impl Iterator<Item = &Answer> {
        self.record.standing(day).filter_map(|entry| match &entry.fact {
            Fact::Answered(answer) => Some(answer),
            _ => None,
        })
    }

    /// How the condition of a promise moved by then, in the order of its days.
    pub fn condition_moves(&self, commitment: &str, day: Day) -> Vec<&ConditionMove> {
        let of = self.record.standing(day).filter_map(|entry| match &entry.fact {
            Fact::ConditionMoved(moved) if moved.commitment == commitment && moved.day.first() <= day => {
                Some(moved)
            }
            _ => None,
        });
        let mut moves: Vec<&ConditionMove> = of.collect();
        moves.sort_by_key(|moved| (moved.day.last(), moved.day.first()));
        moves
    }

    /// The meetings held by then, the latest first.
    pub fn meetings(&self, day: Day) -> Vec<(&FactId, &Meeting)> {
        let of = self.record.standing(day).filter_map(|entry| match &entry.fact {
            Fact::MeetingHeld(meeting) if meeting.day.first() <= day => Some((&entry.id, meeting)),
            _ => None,
        });
        let mut meetings: Vec<_> = of.collect();
        meetings.sort_by_key(|(id, meeting)| (std::cmp::Reverse(meeting.day.last()), (*id).clone()));
        meetings
    }

    /// The action items of all meetings.
    pub fn actions(&self, day: Day) -> impl Iterator<Item = (&FactId, &ActionAdded)> {
        self.record.standing(day).filter_map(|entry| match &entry.fact {
            Fact::ActionAdded(action) => Some((&entry.id, action)),
            _ => None,
        })
    }

    /// The figures that people took from texts.
    pub fn accepted(&self) -> impl Iterator<Item = (&Entry, &FigureAccepted)> {
        self.record.entries().iter().filter_map(|entry| match &entry.fact {
            Fact::FigureAccepted(figure) => Some((entry, figure)),
            _ => None,
        })
    }
}

fn not_appended(refusal: &NotAppended) -> NotTaken {
    NotTaken { file: String::new(), line: None, code: refusal.code(), why: refusal.to_string() }
}

/// Every part is written with its length before it, so that no two books write the same.
fn snapshot(files: &[File], facts: &[Entry]) -> Snapshot {
    let mut hasher = sha2::Sha256::new();
    let mut part = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    part(b"bitacora accounts 1");
    for file in files {
        part(&file.digest.0);
        part(file.read_as.as_bytes());
    }
    part(b"facts");
    for entry in facts {
        // An entry is plain data, whose JSON cannot fail.
        part(&serde_json::to_vec(entry).unwrap_or_default());
    }
    Snapshot(Digest(hasher.finalize().into()))
}
