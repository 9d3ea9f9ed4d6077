//! Meetings of two or three parties, their agenda, and the action items that came of them with owner, due date and state.

use serde::{Deserialize, Serialize};

use super::{FactId, NotRecorded, name, text};
use crate::codes::codes;
use crate::day::{Dates, Day};

codes!(
    /// What kind of a meeting.
    MeetingKind, "kind of a meeting",
    WorkingGroup = "working_group",
    HighLevelDialogue = "high_level_dialogue",
    Trilateral = "trilateral",
    Other = "other",
);

codes!(
    /// Where an action item stands. Overdue is computed and never typed.
    ActionState, "state of an action item",
    Open = "open",
    InProgress = "in_progress",
    Done = "done",
    Dropped = "dropped",
);

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgendaItem {
    pub title: String,
    /// Ids of commitments that it is about.
    #[serde(default)]
    pub commitments: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meeting {
    pub kind: MeetingKind,
    pub parties: Vec<String>,
    pub day: Dates,
    pub place: String,
    #[serde(default)]
    pub agenda: Vec<AgendaItem>,
    #[serde(default)]
    pub source_name: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionAdded {
    pub meeting: FactId,
    pub text: String,
    pub owner: String,
    #[serde(default)]
    pub due: Option<Day>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionMoved {
    pub action: FactId,
    /// The move before, none for the first: who is second is told, and the same move a second time is another fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<FactId>,
    pub state: ActionState,
    /// What the officer saw.
    pub seen: ActionState,
    #[serde(default)]
    pub note: String,
}

/// More than three sit at another table.
const MOST_PARTIES: usize = 3;
const MOST_AGENDA: usize = 100;

impl Meeting {
    /// Where the meeting is told of; of one that was entered here, its kind and day.
    pub fn source_name_or_kind(&self) -> String {
        if self.source_name.is_empty() {
            format!("{} {}", self.kind, self.day)
        } else {
            self.source_name.clone()
        }
    }
    pub(super) fn check(&self) -> Result<(), NotRecorded> {
        name("place", &self.place)?;
        self.parties.iter().try_for_each(|party| name("parties", party))?;
        self.agenda.iter().try_for_each(|item| name("agenda", &item.title))?;
        let parties = self.parties.len();
        if !(2..=MOST_PARTIES).contains(&parties) {
            return Err(NotRecorded::Bad {
                field: "parties",
                why: format!("{parties} parties, not two or three"),
            });
        }
        if self.agenda.len() > MOST_AGENDA {
            return Err(NotRecorded::Bad { field: "agenda", why: format!("more than {MOST_AGENDA} items") });
        }
        Ok(())
    }
}

impl ActionAdded {
    pub(super) fn check(&self) -> Result<(), NotRecorded> {
        text("text", &self.text)?;
        name("owner", &self.owner)
    }
    /// Whether it should have been done by then.
    pub fn is_overdue(&self, state: ActionState, today: Day) -> bool {
        matches!(state, ActionState::Open | ActionState::InProgress)
            && self.due.is_some_and(|due| due < today)
    }
}

impl ActionMoved {
    pub(super) fn check(&self) -> Result<(), NotRecorded> {
        if self.note.is_empty() { Ok(()) } else { text("note", &self.note) }
    }
}
