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
use crate::ledger::{Ledger, ObservationId};
use crate::method::Method;
use crate::observation::{Digest, Observation, Source};
use crate::record::{
    ActionAdded, Answer, Claim, ConditionMove, Entry, Fact, FactId, Meeting, NotRecorded, Record,
};
use crate::registry::{Registry, Tables};
use crate::rivals;
use crate::series::SeriesId;
use crate::units::Unit;

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
    /// Whether figures and promises are read against it.
    const fn is_table(&self) -> bool {
        matches!(
            self,
            Self::Methods(_) | Self::Programmes(_) | Self::Indicators(_) | Self::Answers(_) | Self::Absent(_)
        )
    }
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

/// A file that a node begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    pub name: String,
    pub digest: Digest,
    pub parsed: Parsed,
}

/// What of a fact counts.
enum Counts {
    /// The fact, and what its file came to.
    As(Option<Parsed>),
    /// It stays in the record, and its figures do not count.
    Withdrawn,
}

/// As which defects between tables are listed.
const TABLES: &str = "tables";

/// A row or a fact that the book does not take, with the rule that it breaks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NotTaken {
    pub file: String,
    /// None where it is no row of a table.
    pub line: Option<u64>,
    pub code: &'static str,
    pub why: String,
}

/// SHA-256 over the hash of every file that the node began with, and over every fact; an import is a fact that holds its
/// file's hash.
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
    tables: Tables,
    registry: Registry,
    commitments: Vec<Commitment>,
    by_id: BTreeMap<String, usize>,
    record: Record,
    /// Facts that it began with.
    begun: usize,
    names: BTreeMap<Digest, String>,
    not_taken: Vec<NotTaken>,
    hash: sha2::Sha256,
}

impl Book {
    // INVARIANT: the same files and facts make the same book, whoever builds it.
    /// What a node begins with. What breaks a rule is left out and listed.
    pub fn begin(files: Vec<File>) -> Self {
        let mut book = Self::default();
        book.write(b"bitacora accounts 1");
        let (tables, rest): (Vec<File>, Vec<File>) =
            files.into_iter().partition(|file| file.parsed.is_table());
        // Tables come first, whatever the order of the files: promises and figures are read against them.
        for File { name, digest, parsed } in tables.into_iter().chain(rest) {
            book.write(&digest.0);
            book.put(&name, digest, parsed);
        }
        book.write(b"facts");
        book.begun = book.record.entries().len();
        book.ledger.settle();
        book
    }

    fn put(&mut self, name: &str, digest: Digest, parsed: Parsed) {
        self.names.insert(digest, name.to_owned());
        let is_table = parsed.is_table();
        match parsed {
            Parsed::Methods(own) => self.tables.methods.extend(own.rows),
            Parsed::Programmes(own) => self.tables.programmes.extend(own.rows),
            Parsed::Indicators(own) => self.tables.indicators.extend(own.rows),
            Parsed::Answers(own) => self.tables.answers.extend(own.rows),
            Parsed::Absent(own) => self.tables.absent.extend(own.rows),
            Parsed::Commitments(own) => self.admit(name, own),
            Parsed::Observations(own) => own.rows.into_iter().for_each(|row| self.append(name, row)),
            Parsed::Facts(own) => {
                for entry in own {
                    let id = entry.id.clone();
                    if let Err(refusal) = self.take(entry, Counts::As(None)) {
                        self.refuse_fact(&id, &refusal);
                    }
                }
            }
        }
        if is_table {
            let (registry, defects) = Registry::new(self.tables.clone());
            self.registry = registry;
            // A table that names what a later one holds is whole once that is read.
            self.not_taken.retain(|refusal| refusal.file != TABLES);
            self.refuse_defects(TABLES, &defects.first);
        }
    }

    /// Every part is written with its length before it, so that no two books write the same.
    fn write(&mut self, part: &[u8]) {
        self.hash.update((part.len() as u64).to_be_bytes());
        self.hash.update(part);
    }

    /// Adds facts that were recorded, each import with what its file came to. What does not fit was refused when it was
    /// recorded; here it can only come from another's bundle, and is left out and listed.
    pub fn add(&mut self, facts: Vec<(Entry, Option<Parsed>)>) {
        let gone: BTreeSet<FactId> =
            facts.iter().filter_map(|(entry, _)| withdrawn(entry)).cloned().collect();
        for (entry, parsed) in facts {
            let counts = if gone.contains(&entry.id) { Counts::Withdrawn } else { Counts::As(parsed) };
            // An entry is plain data, whose JSON cannot fail.
            let written = serde_json::to_vec(&entry).unwrap_or_default();
            let (id, before) = (entry.id.clone(), self.record.entries().len());
            if let Err(refusal) = self.take(entry, counts) {
                self.refuse_fact(&id, &refusal);
            }
            // What the record does not hold is in no bundle either.
            if self.record.entries().len() > before {
                self.write(&written);
            }
        }
        self.ledger.settle();
    }

    /// Whether facts withdraw figures that this book holds: it is built again without them, for a ledger forgets nothing.
    pub fn is_outdated_by(&self, facts: &[Entry]) -> bool {
        facts
            .iter()
            .filter_map(withdrawn)
            .filter_map(|id| self.record.get(id))
            .any(|entry| matches!(entry.fact, Fact::FigureAccepted(_) | Fact::FileImported(_)))
    }

    fn admit(&mut self, file: &str, imported: Imported<Commitment>) {
        let admitted = self.registry.admit(Imported { defects: Defects::default(), ..imported });
        self.refuse_defects(file, &admitted.defects.first);
        for commitment in admitted.rows {
            match self.commitment(&commitment.id) {
                None => {
                    self.by_id.insert(commitment.id.clone(), self.commitments.len());
                    self.commitments.push(commitment);
                }
                // A table without titles says nothing against those that are known.
                Some(known) if known.says_the_same_as(&commitment) => {}
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
            let (code, why) = (refusal.code(), refusal.to_string());
            self.not_taken.push(NotTaken { file: file.to_owned(), line, code, why });
        }
    }

    fn refuse_fact(&mut self, id: &FactId, refusal: &NotRecorded) {
        let (code, why) = (refusal.code(), refusal.to_string());
        self.not_taken.push(NotTaken { file: id.to_string(), line: None, code, why });
    }

    fn take(&mut self, entry: Entry, counts: Counts) -> Result<(), NotRecorded> {
        self.check(&entry)?;
        let bad = |field, why: String| NotRecorded::Bad { field, why };
        let fact = entry.fact.clone();
        if !self.record.append(entry)? {
            return Ok(());
        }
        match (fact, counts) {
            (_, Counts::Withdrawn) => {}
            (Fact::FigureAccepted(figure), _) => {
                let observation = figure.observation().ok_or(NotRecorded::Missing { field: "document" })?;
                self.ledger.append(observation).map_err(|refusal| bad("value", refusal.to_string()))?;
            }
            (Fact::FileImported(file), Counts::As(Some(parsed))) => {
                let (rows, defects) = (parsed.rows() as u64, parsed.defects().map_or(0, |own| own.count));
                let digest = file.digest().ok_or(NotRecorded::Missing { field: "sha256" })?;
                if (rows, defects) != (file.rows, file.defects) {
                    let why = format!(
                        "it came to {} rows and {} defects when it was imported, and to {rows} and {defects} now",
                        file.rows, file.defects
                    );
                    return Err(bad("rows", why));
                }
                self.put(&file.name, digest, parsed);
            }
            (Fact::FileImported(file), Counts::As(None)) => {
                return Err(NotRecorded::Unknown { field: "sha256", id: file.sha256 });
            }
            _ => {}
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
        self.by_id.get(id).and_then(|place| self.commitments.get(*place))
    }
    /// Rows and facts that were left out, each with its rule.
    pub fn not_taken(&self) -> &[NotTaken] {
        &self.not_taken
    }
    /// Facts that were added to what a node begins with.
    pub fn added(&self) -> &[Entry] {
        self.record.entries().get(self.begun..).unwrap_or(&[])
    }
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(Digest(self.hash.clone().finalize().into()))
    }
    /// The name of the file with this hash.
    pub fn file_name(&self, digest: &Digest) -> Option<&str> {
        self.names.get(digest).map(String::as_str)
    }

    /// Each method's curve of an indicator as known on a day, undated figures where a year has no other.
    pub fn curves(&self, indicator: &Indicator, day: Day) -> Result<Vec<rivals::Curve>, rivals::NotCompared> {
        let methods = indicator.rivals();
        let first =
            methods.iter().flat_map(|method| &method.series).flat_map(|series| self.ledger.of_series(series));
        let unit = indicator.unit.or_else(|| first.map(|(_, own)| own.unit).next()).unwrap_or(Unit::One);
        let question = rivals::Question {
            methods: &methods,
            place: indicator.place,
            unit,
            day,
            vintage: rivals::Vintage::Standing,
            undated: true,
        };
        rivals::curves(&self.ledger, &question)
    }

    /// Figures of an indicator that stand on a day, with the end of their period, the latest last; of one period the figure
    /// that became known last.
    pub fn standing(&self, own: &Indicator, day: Day) -> Vec<(ObservationId, Day)> {
        let ledger = &self.ledger;
        let mut standing: Vec<(ObservationId, Day)> = Vec::new();
        for series in own.series() {
            let known = ledger.as_known_on(series, day);
            for id in known.standing.iter().chain(&known.unknown) {
                let figure = ledger.get(*id).filter(|figure| figure.place == own.place);
                standing.extend(figure.map(|figure| (*id, figure.period.dates().last())));
            }
        }
        let known = |id: ObservationId| ledger.get(id).and_then(Observation::known).map(|known| known.last());
        standing.sort_by_key(|(id, last)| (*last, known(*id), *id));
        standing
    }

    /// The latest figure of an indicator as known on a day, in its own unit where it has one.
    pub fn latest(&self, own: &Indicator, day: Day) -> Option<ObservationId> {
        let fits = |id: &ObservationId| {
            self.ledger
                .get(*id)
                .is_some_and(|figure| figure.base().is_none() || own.unit == Some(figure.unit))
        };
        self.standing(own, day).into_iter().rev().map(|(id, _)| id).find(fits)
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
}

/// What a fact withdraws.
const fn withdrawn(entry: &Entry) -> Option<&FactId> {
    match &entry.fact {
        Fact::Withdrawn(withdrawn) => Some(&withdrawn.names),
        _ => None,
    }
}
