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
    /// Say what the scan of a drawn box gave.
    RecordInspection,
    /// Write a free note in the watch log.
    WriteNote,
    /// Export or print for the node's own use.
    Export,
    /// Read the tamper-evident log with its proofs.
    SeeLog,
    /// See agreements, what went to whom and why, and the incident register.
    SeeExchange,
    /// Release an item to a partner under an agreement.
    ReleaseItem,
    /// Stop an agreement's flows, whole or in part.
    Suspend,
    /// Sign that a condition is met and let flows go again.
    Resume,
    /// Draft, sign and amend an agreement.
    DraftAgreement,
    /// Open an item that a partner gave.
    OpenReceived,
    /// Report an incident, or add a source to one.
    ReportIncident,
    /// Sign a machine's proposal, change an incident's status, correct or withdraw it.
    SignIncident,
    /// Take what a platform saw into the picture, or set it aside.
    TakeSighting,
    /// Take what a platform thinks to the evidence about a vessel or container, or set it aside.
    TakeIndication,
    /// Import figures, accept what was read from a text, and keep meetings and their action items.
    KeepAccounts,
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
        use Ability::{
            DecideLead, DraftAgreement, Export, KeepAccounts, OpenReceived, RecordInspection, RecordOutcome,
            ReleaseItem, ReportIncident, Resume, SeeExchange, SeeLog, SeePicture, SignIncident, Suspend,
            TakeIndication, TakeSighting, WriteNote,
        };
        match self {
            Self::Watch => &[
                SeePicture,
                DecideLead,
                WriteNote,
                Export,
                SeeLog,
                SeeExchange,
                OpenReceived,
                ReportIncident,
                TakeSighting,
            ],
            Self::Port => {
                &[SeePicture, RecordInspection, WriteNote, Export, SeeLog, SeeExchange, OpenReceived]
            }
            Self::Release => &[
                SeePicture,
                WriteNote,
                Export,
                SeeLog,
                SeeExchange,
                ReleaseItem,
                Suspend,
                Resume,
                DraftAgreement,
                OpenReceived,
                ReportIncident,
                SignIncident,
            ],
            Self::Case => &[
                SeePicture,
                RecordOutcome,
                WriteNote,
                Export,
                SeeLog,
                SeeExchange,
                OpenReceived,
                ReportIncident,
                SignIncident,
            ],
            Self::Analyst => &[
                SeePicture,
                WriteNote,
                Export,
                SeeLog,
                SeeExchange,
                ReportIncident,
                TakeIndication,
                KeepAccounts,
            ],
            Self::Auditor => &[SeePicture, SeeLog, SeeExchange],
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
        let sees = [Ability::SeePicture, Ability::SeeLog, Ability::SeeExchange];
        assert_eq!(Role::Auditor.abilities(), sees);
    }

    #[test]
    fn every_role_sees_the_picture_the_log_and_the_exchange() {
        for role in Role::ALL {
            for ability in Role::Auditor.abilities() {
                assert!(role.may(*ability), "{role} {ability:?}");
            }
        }
    }

    fn who_may(ability: Ability) -> Vec<Role> {
        Role::ALL.into_iter().filter(|role| role.may(ability)).collect()
    }

    #[test]
    fn only_the_watch_decides_a_lead() {
        assert_eq!(who_may(Ability::DecideLead), [Role::Watch]);
    }

    #[test]
    fn only_the_port_officer_records_an_inspection() {
        assert_eq!(who_may(Ability::RecordInspection), [Role::Port]);
    }

    #[test]
    fn only_the_release_officer_opens_or_stops_a_flow() {
        for ability in [Ability::ReleaseItem, Ability::Suspend, Ability::Resume, Ability::DraftAgreement] {
            assert_eq!(who_may(ability), [Role::Release], "{ability:?}");
        }
        let openers = [Role::Watch, Role::Port, Role::Release, Role::Case];
        assert_eq!(who_may(Ability::OpenReceived), openers);
    }

    #[test]
    fn many_report_an_incident_and_few_sign_it() {
        let reporters = [Role::Watch, Role::Release, Role::Case, Role::Analyst];
        assert_eq!(who_may(Ability::ReportIncident), reporters);
        assert_eq!(who_may(Ability::SignIncident), [Role::Release, Role::Case]);
    }

    #[test]
    fn the_watch_takes_what_was_seen_and_the_analyst_what_is_thought() {
        assert_eq!(who_may(Ability::TakeSighting), [Role::Watch]);
        assert_eq!(who_may(Ability::TakeIndication), [Role::Analyst]);
    }

    #[test]
    fn every_role_reads_back_from_its_code() {
        for role in Role::ALL {
            assert_eq!(role.code().parse(), Ok(role));
        }
        assert!("admiral".parse::<Role>().is_err());
    }
}
