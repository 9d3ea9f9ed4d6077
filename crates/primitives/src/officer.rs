//! Who may do what at this node. A session belongs to one officer; the role bounds each act.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::OfficerId;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Officer {
    pub id: OfficerId,
    pub name: String,
    pub role: Role,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Watch,
    Port,
    Release,
    Case,
    Analyst,
    Auditor,
}

/// One kind of act that a role may or may not perform.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// See vessels, events and leads.
    SeePicture,
    /// Acknowledge, accept or dismiss a lead.
    DecideLead,
    /// Say what came of an accepted lead.
    RecordOutcome,
    /// Write a free note in the watch log.
    WriteNote,
    /// Export or print for the node's own use.
    Export,
    /// Read the tamper-evident log with its proofs.
    SeeLog,
}

impl Role {
    pub const ALL: [Self; 6] =
        [Self::Watch, Self::Port, Self::Release, Self::Case, Self::Analyst, Self::Auditor];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Port => "port",
            Self::Release => "release",
            Self::Case => "case",
            Self::Analyst => "analyst",
            Self::Auditor => "auditor",
        }
    }

    /// The table of who may do what. The auditor sees everything and changes nothing.
    pub const fn abilities(self) -> &'static [Ability] {
        use Ability::{DecideLead, Export, RecordOutcome, SeeLog, SeePicture, WriteNote};
        match self {
            Self::Watch => &[SeePicture, DecideLead, WriteNote, Export, SeeLog],
            Self::Port => &[SeePicture, WriteNote, Export, SeeLog],
            Self::Release => &[SeePicture, WriteNote, Export, SeeLog],
            Self::Case => &[SeePicture, RecordOutcome, WriteNote, Export, SeeLog],
            Self::Analyst => &[SeePicture, WriteNote, Export, SeeLog],
            Self::Auditor => &[SeePicture, SeeLog],
        }
    }

    pub fn may(self, ability: Ability) -> bool {
        self.abilities().contains(&ability)
    }
}

/// Why a text names no role.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` is not a role; roles are watch, port, release, case, analyst, auditor")]
pub struct BadRole {
    text: String,
}

impl FromStr for Role {
    type Err = BadRole;
    fn from_str(text: &str) -> Result<Self, BadRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.code() == text)
            .ok_or_else(|| BadRole { text: text.chars().take(40).collect() })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_auditor_changes_nothing() {
        for ability in [Ability::DecideLead, Ability::RecordOutcome, Ability::WriteNote, Ability::Export] {
            assert!(!Role::Auditor.may(ability), "{ability:?}");
        }
        assert!(Role::Auditor.may(Ability::SeeLog));
    }

    #[test]
    fn only_the_watch_decides_a_lead() {
        let deciders: Vec<Role> =
            Role::ALL.into_iter().filter(|role| role.may(Ability::DecideLead)).collect();
        assert_eq!(deciders, [Role::Watch]);
    }

    #[test]
    fn every_role_reads_back_from_its_code() {
        for role in Role::ALL {
            assert_eq!(role.code().parse(), Ok(role));
        }
        assert!("admiral".parse::<Role>().is_err());
    }
}
