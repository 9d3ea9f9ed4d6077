//! Programmes, claims, and meetings with their action items.

use bitacora_accounts::record::{ActionState, MeetingKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Figure, SourceRef, Words};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorShape {
    pub id: String,
    pub programme: String,
    pub name: Words,
    pub unit: Option<String>,
    pub methods: Vec<String>,
    /// Series whose figures it holds: what an accepted figure may be entered under.
    pub series: Vec<String>,
    pub figures: usize,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProgrammeShape {
    pub code: String,
    pub name: Words,
    pub indicators: Vec<ProgrammeIndicator>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProgrammeIndicator {
    pub id: String,
    pub name: Words,
    pub unit: Option<String>,
    /// Null: missing, and shown as missing.
    pub latest: Option<Figure>,
    pub previous: Option<Figure>,
    /// Years with a figure.
    pub years: Vec<i16>,
    pub absent: Option<AbsentShape>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AbsentShape {
    pub years: String,
    pub why: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClaimShape {
    pub id: String,
    pub speaker: String,
    pub speaker_kind: &'static str,
    pub day: Option<String>,
    pub text: String,
    pub about: ClaimAbout,
    pub value: Option<String>,
    pub unit: Option<String>,
    pub bound: &'static str,
    pub state: &'static str,
    pub observation: Option<u32>,
    pub measured: Option<String>,
    pub difference: Option<String>,
    /// The figure that was given in place of the one meant.
    pub given_instead: Option<u32>,
    pub dispute: Option<Dispute>,
    pub source: SourceRef,
    pub accepted_by: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClaimAbout {
    pub series: Option<String>,
    pub indicator: Option<String>,
    pub place: Option<String>,
    pub period: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Dispute {
    pub parties: Vec<DisputeParty>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DisputeParty {
    pub party: String,
    pub text: String,
    pub source: SourceRef,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeetingShape {
    pub id: String,
    pub kind: &'static str,
    pub parties: Vec<String>,
    pub day: String,
    pub place: String,
    pub agenda: Vec<AgendaShape>,
    pub actions: Vec<ActionShape>,
    pub source: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgendaShape {
    pub title: String,
    #[serde(default)]
    pub commitments: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionShape {
    pub id: String,
    pub text: String,
    pub owner: String,
    pub due: Option<String>,
    /// open, in_progress, done, dropped; `overdue` is computed on the day of the question.
    pub state: &'static str,
    pub history: Vec<ActionStep>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionStep {
    pub day: String,
    pub state: &'static str,
    pub note: String,
    pub officer: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMeeting {
    #[schema(value_type = String)]
    pub kind: MeetingKind,
    pub parties: Vec<String>,
    pub day: String,
    pub place: String,
    #[serde(default)]
    pub agenda: Vec<AgendaShape>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAction {
    pub text: String,
    pub owner: String,
    pub due: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveAction {
    #[schema(value_type = String)]
    pub state: ActionState,
    #[serde(default)]
    pub note: String,
    /// The state on the officer's screen, `overdue` counting as what lies under it.
    pub seen: String,
}
