//! What people add to the accounts, one fact after another: files imported, figures and claims accepted from a text, what a
//! party answered, how a condition moved, meetings and their action items. A fact is never edited: a withdrawal is a new
//! fact that names the old one. Judges nothing.

mod claim;
mod condition;
mod import;
mod meeting;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

pub use claim::{About, Answer, Claim, DocumentKept, FigureAccepted, Passage, SpeakerKind};
pub use condition::{ConditionMove, ConditionState};
pub use import::{FileImported, Format, Layout};
pub use meeting::{ActionAdded, ActionMoved, ActionState, AgendaItem, Meeting, MeetingKind};

use crate::day::Day;

/// Texts that people write are short; what is longer is a document.
pub const MOST_CHARS: usize = 4000;
/// Names, places, owners.
pub const MOST_NAME: usize = 300;
/// What one node holds beside its figures.
pub const MOST_FACTS: usize = 200_000;

/// A fact's name: its kind and the hash of what it says. The same said twice is one fact.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactId(Arc<str>);

impl FactId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl From<&str> for FactId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}
impl std::fmt::Display for FactId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    FileImported(FileImported),
    DocumentKept(DocumentKept),
    FigureAccepted(FigureAccepted),
    ClaimAccepted(Claim),
    Answered(Answer),
    ConditionMoved(ConditionMove),
    MeetingHeld(Meeting),
    ActionAdded(ActionAdded),
    ActionMoved(ActionMoved),
    Withdrawn(Withdrawn),
}

/// A fact that should not have been recorded. It stays readable, and counts no more from then on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawn {
    pub names: FactId,
    pub why: String,
}

/// A fact, and who recorded it on which day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub id: FactId,
    pub recorded: Day,
    /// None for what a node begins with.
    pub officer: Option<String>,
    #[serde(flatten)]
    pub fact: Fact,
}

/// Why a fact is not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotRecorded {
    #[error("`{field}` is empty")]
    Missing { field: &'static str },
    #[error("`{field}` has more than {most} characters")]
    TooLong { field: &'static str, most: usize },
    #[error("`{field}` names `{id}`, which is not recorded")]
    Unknown { field: &'static str, id: String },
    #[error("`{id}` is recorded already with another content")]
    IdTaken { id: String },
    #[error("`{field}`: {why}")]
    Bad { field: &'static str, why: String },
    #[error("the item is `{state}` by now, not `{seen}`")]
    Moved { state: ActionState, seen: ActionState },
    #[error("the accounts hold {most} facts and take no more")]
    Full { most: usize },
}

impl NotRecorded {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "field_missing",
            Self::TooLong { .. } => "field_too_long",
            Self::Unknown { .. } => "names_unknown",
            Self::IdTaken { .. } => "id_taken",
            Self::Bad { .. } => "field_bad",
            Self::Moved { .. } => "state_moved",
            Self::Full { .. } => "accounts_full",
        }
    }
}

impl Fact {
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::FileImported(_) => "file_imported",
            Self::DocumentKept(_) => "document_kept",
            Self::FigureAccepted(_) => "figure_accepted",
            Self::ClaimAccepted(_) => "claim_accepted",
            Self::Answered(_) => "answered",
            Self::ConditionMoved(_) => "condition_moved",
            Self::MeetingHeld(_) => "meeting_held",
            Self::ActionAdded(_) => "action_added",
            Self::ActionMoved(_) => "action_moved",
            Self::Withdrawn(_) => "withdrawn",
        }
    }

    const fn prefix(&self) -> &'static str {
        match self {
            Self::FileImported(_) => "imp",
            Self::DocumentKept(_) => "doc",
            Self::FigureAccepted(_) => "fig",
            Self::ClaimAccepted(_) => "clm",
            Self::Answered(_) => "ans",
            Self::ConditionMoved(_) => "con",
            Self::MeetingHeld(_) => "mtg",
            Self::ActionAdded(_) => "act",
            Self::ActionMoved(_) => "mov",
            Self::Withdrawn(_) => "wdr",
        }
    }

    /// The first 80 bits of the SHA-256 of the fact's JSON, whose keys stand in the order of declaration.
    pub fn id(&self) -> Result<FactId, serde_json::Error> {
        let hash = sha2::Sha256::digest(serde_json::to_vec(self)?);
        let mut text = format!("{}-", self.prefix());
        for byte in hash.iter().take(10) {
            text.push_str(&format!("{byte:02x}"));
        }
        Ok(FactId(text.into()))
    }

    /// What must hold of the fact itself, whatever else is recorded.
    fn check(&self) -> Result<(), NotRecorded> {
        match self {
            Self::FileImported(file) => file.check(),
            Self::DocumentKept(document) => document.check(),
            Self::FigureAccepted(figure) => figure.check(),
            Self::ClaimAccepted(claim) => claim.check(),
            Self::Answered(answer) => answer.check(),
            Self::ConditionMoved(moved) => moved.check(),
            Self::MeetingHeld(meeting) => meeting.check(),
            Self::ActionAdded(action) => action.check(),
            Self::ActionMoved(moved) => moved.check(),
            Self::Withdrawn(withdrawn) => text("why", &withdrawn.why),
        }
    }
}

fn text(field: &'static str, text: &str) -> Result<(), NotRecorded> {
    bounded(field, text, MOST_CHARS)
}
fn name(field: &'static str, text: &str) -> Result<(), NotRecorded> {
    bounded(field, text, MOST_NAME)
}
fn bounded(field: &'static str, text: &str, most: usize) -> Result<(), NotRecorded> {
    if text.trim().is_empty() {
        return Err(NotRecorded::Missing { field });
    }
    if text.chars().count() > most {
        return Err(NotRecorded::TooLong { field, most });
    }
    Ok(())
}

/// All facts in the order of recording, and what they name.
#[derive(Clone, Debug, Default)]
pub struct Record {
    entries: Vec<Entry>,
    places: BTreeMap<FactId, usize>,
    /// Documents by their SHA-256 in hex.
    documents: BTreeMap<String, usize>,
    /// The moves of each action item, in order.
    moves: BTreeMap<FactId, Vec<usize>>,
    withdrawn: BTreeMap<FactId, Day>,
}

impl Record {
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
    pub fn get(&self, id: &FactId) -> Option<&Entry> {
        self.places.get(id).and_then(|place| self.entries.get(*place))
    }
    /// The facts that count on a day: recorded by then, and not withdrawn by then.
    pub fn standing(&self, day: Day) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| {
            entry.recorded <= day && self.withdrawn.get(&entry.id).is_none_or(|gone| *gone > day)
        })
    }

    /// Whether the record would take a fact, and whether it is new.
    pub fn check(&self, entry: &Entry) -> Result<bool, NotRecorded> {
        entry.fact.check()?;
        if let Some(known) = self.get(&entry.id) {
            let same = known.fact == entry.fact;
            return if same { Ok(false) } else { Err(NotRecorded::IdTaken { id: entry.id.to_string() }) };
        }
        if self.entries.len() >= MOST_FACTS {
            return Err(NotRecorded::Full { most: MOST_FACTS });
        }
        self.check_names(entry)?;
        Ok(true)
    }

    /// Takes a fact, or says by which rule not; a refusal changes nothing. The same fact again changes nothing either.
    pub fn append(&mut self, entry: Entry) -> Result<bool, NotRecorded> {
        if !self.check(&entry)? {
            return Ok(false);
        }
        let place = self.entries.len();
        match &entry.fact {
            Fact::Withdrawn(withdrawn) => {
                self.withdrawn.entry(withdrawn.names.clone()).or_insert(entry.recorded);
            }
            Fact::DocumentKept(document) => {
                self.documents.entry(document.sha256.clone()).or_insert(place);
            }
            Fact::ActionMoved(moved) => self.moves.entry(moved.action.clone()).or_default().push(place),
            _ => {}
        }
        self.places.insert(entry.id.clone(), place);
        self.entries.push(entry);
        Ok(true)
    }

    /// What the fact names must be there, and of the kind that it is named as.
    fn check_names(&self, entry: &Entry) -> Result<(), NotRecorded> {
        let unknown = |field, id: &FactId| NotRecorded::Unknown { field, id: id.to_string() };
        let named =
            |id: &FactId| self.get(id).filter(|_| !self.withdrawn.contains_key(id)).map(|entry| &entry.fact);
        match &entry.fact {
            Fact::Answered(Answer { claim, .. }) => match named(claim) {
                Some(Fact::ClaimAccepted(_)) => Ok(()),
                _ => Err(unknown("claim", claim)),
            },
            Fact::ActionAdded(ActionAdded { meeting, .. }) => match named(meeting) {
                Some(Fact::MeetingHeld(_)) => Ok(()),
                _ => Err(unknown("meeting", meeting)),
            },
            Fact::ActionMoved(moved) => match named(&moved.action) {
                Some(Fact::ActionAdded(_)) => {
                    let last = self.last_move(&moved.action);
                    let state = last.map_or(ActionState::Open, |(_, last)| last.state);
                    if moved.after.as_ref() == last.map(|(id, _)| id) && moved.seen == state {
                        Ok(())
                    } else {
                        Err(NotRecorded::Moved { state, seen: moved.seen })
                    }
                }
                _ => Err(unknown("action", &moved.action)),
            },
            Fact::Withdrawn(Withdrawn { names, .. }) => match named(names) {
                Some(Fact::Withdrawn(_)) | None => Err(unknown("names", names)),
                Some(_) => Ok(()),
            },
            Fact::FigureAccepted(figure) => self.check_document(&figure.passage),
            Fact::ClaimAccepted(Claim { passage: Some(passage), .. }) => self.check_document(passage),
            _ => Ok(()),
        }
    }

    fn check_document(&self, passage: &Passage) -> Result<(), NotRecorded> {
        let kept = self.document(&passage.document);
        let unknown = || NotRecorded::Unknown { field: "document", id: passage.document.clone() };
        let kept = kept.ok_or_else(unknown)?;
        if passage.to > kept.bytes {
            let why = format!("bytes {} to {} of a text of {}", passage.from, passage.to, kept.bytes);
            return Err(NotRecorded::Bad { field: "span", why });
        }
        Ok(())
    }

    /// The document with this SHA-256, in hex.
    pub fn document(&self, hash: &str) -> Option<&DocumentKept> {
        match &self.entries.get(*self.documents.get(hash)?)?.fact {
            Fact::DocumentKept(document) => Some(document),
            _ => None,
        }
    }

    /// The moves of an action item that stand, in order.
    pub fn moves(&self, action: &FactId) -> impl DoubleEndedIterator<Item = (&Entry, &ActionMoved)> {
        let places = self.moves.get(action).into_iter().flatten();
        places.filter_map(|place| self.entries.get(*place)).filter_map(|entry| match &entry.fact {
            Fact::ActionMoved(moved) if !self.withdrawn.contains_key(&entry.id) => Some((entry, moved)),
            _ => None,
        })
    }

    /// The last move of an action item: what the next one names.
    pub fn last_move(&self, action: &FactId) -> Option<(&FactId, &ActionMoved)> {
        self.moves(action).next_back().map(|(entry, moved)| (&entry.id, moved))
    }
}

/// Why a line holds no fact.
#[derive(Debug, thiserror::Error)]
#[error("line {line} holds no fact: {why}")]
pub struct NotAFact {
    pub line: u64,
    pub why: String,
}

/// Reads facts, a JSON object a line.
pub fn read_facts(bytes: &[u8]) -> Result<Vec<Entry>, NotAFact> {
    let mut entries = Vec::new();
    for (line, text) in (1_u64..).zip(bytes.split(|byte| *byte == b'\n')) {
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let bad = |why: String| NotAFact { line, why };
        if entries.len() >= MOST_FACTS {
            return Err(bad(format!("more than {MOST_FACTS} facts")));
        }
        let entry: Entry = serde_json::from_slice(text).map_err(|error| bad(error.to_string()))?;
        name("id", entry.id.as_str()).map_err(|refusal| bad(refusal.to_string()))?;
        entries.push(entry);
    }
    Ok(entries)
}
