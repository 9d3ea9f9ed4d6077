//! Stopping and resuming: what is asked, what it would do, and what stands.

use std::collections::BTreeSet;

use bitacora_incidents::{Condition, IncidentKind, IncidentStatus, Progress};
use bitacora_policy::SuspensionScope;
use bitacora_primitives::markings::{ItemKind, Purpose};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::shapes::{OfficerShape, TextShape};

/// Empty lists mean all.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StopScope {
    pub from: Option<String>,
    pub to: Option<String>,
    #[schema(value_type = Vec<String>)]
    pub items: BTreeSet<ItemKind>,
    pub areas: BTreeSet<String>,
    #[schema(value_type = Vec<String>)]
    pub purposes: BTreeSet<Purpose>,
}

impl From<&SuspensionScope> for StopScope {
    fn from(scope: &SuspensionScope) -> Self {
        Self {
            from: scope.from.as_ref().map(ToString::to_string),
            to: scope.to.as_ref().map(ToString::to_string),
            items: scope.items.clone(),
            areas: scope.areas.iter().map(ToString::to_string).collect(),
            purposes: scope.purposes.clone(),
        }
    }
}

/// "No incident of these kinds at or above this status for so many days."
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentRule {
    #[schema(value_type = Vec<String>)]
    pub kinds: BTreeSet<IncidentKind>,
    #[schema(value_type = String)]
    pub min_status: IncidentStatus,
    pub days: u32,
}

impl From<&Condition> for IncidentRule {
    fn from(rule: &Condition) -> Self {
        Self { kinds: rule.kinds().clone(), min_status: rule.min_status(), days: rule.days() }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConditionView {
    pub text: TextShape,
    /// What the incident register can say of it; `null` where only an officer can attest.
    pub rule: Option<IncidentRule>,
    pub progress: Option<ProgressView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProgressView {
    pub met: bool,
    pub days: u32,
    pub of_days: u32,
    pub since: Option<String>,
    pub last_incident: Option<String>,
}

impl From<Progress> for ProgressView {
    fn from(progress: Progress) -> Self {
        Self {
            met: progress.met,
            days: progress.days,
            of_days: progress.of_days,
            since: Some(progress.since.to_string()),
            last_incident: progress.last_incident.map(|id| id.to_string()),
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SuspensionView {
    pub id: String,
    pub by: String,
    pub scope: StopScope,
    /// Clause ids that stay open; safety of life is always among them.
    pub exceptions: Vec<String>,
    pub reason: TextShape,
    pub condition: ConditionView,
    pub incident: Option<String>,
    pub officers: Vec<OfficerShape>,
    /// In our log; `null`: stopped, not yet logged.
    pub leaf: Option<u64>,
    /// When the side that stopped says that it did.
    pub declared: String,
    pub gate_closed: String,
    /// From the call to the shut gate; known while the node runs.
    pub gate_closed_ms: Option<f64>,
    pub leaf_durable: Option<String>,
    /// First cosignature of the partner over a checkpoint that covers the leaf.
    pub partner_informed: Option<String>,
    /// Earliest time that any cosignature proves.
    pub proven_by: Option<String>,
    /// Partial resumptions and the end.
    pub resumptions: Vec<ResumptionView>,
    pub ended: Option<String>,
    /// A resumption that one officer has signed and that waits for the second.
    pub waiting: Option<WaitingResume>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ResumptionView {
    pub id: String,
    pub leaf: u64,
    pub at: String,
    pub scope: StopScope,
    pub condition_met: TextShape,
    pub officers: Vec<OfficerShape>,
    pub whole: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaitingResume {
    pub scope: StopScope,
    pub condition_met: TextShape,
    pub officer: OfficerShape,
    pub at: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StopQuestion {
    pub scope: StopScope,
    #[serde(default)]
    pub exceptions: BTreeSet<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StopPreview {
    pub stops: Vec<StoppedFlow>,
    pub stays: Vec<StayingFlow>,
    /// Flows that the scope does not touch, the partner's among them.
    pub untouched: Vec<UntouchedFlow>,
    pub queued_held: u64,
    pub lease_ends_within_s: u32,
    pub cost: StopCost,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StoppedFlow {
    pub clause: String,
    pub title: TextShape,
    pub in_flight: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StayingFlow {
    pub clause: String,
    pub title: TextShape,
    /// safety_of_life, court_order
    pub exception: &'static str,
    pub removable: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UntouchedFlow {
    pub clause: String,
    pub from: String,
    pub to: String,
    pub title: TextShape,
}

/// What it costs the one who stops: the last 365 days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StopCost {
    pub given: Vec<KindCount>,
    pub received: Vec<KindCount>,
    /// Items of the partner that our officers opened.
    pub leads: u64,
    /// Of those, opened for a boarding.
    pub boardings: u64,
    /// `null`: not measured, since cases are not kept here yet.
    pub seizures: Option<u64>,
    /// Boardings in progress, named.
    pub in_progress: Vec<BoardingView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KindCount {
    #[schema(value_type = String)]
    pub kind: ItemKind,
    pub items: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BoardingView {
    pub item: String,
    pub label: String,
    pub since: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStop {
    pub scope: StopScope,
    #[serde(default)]
    pub exceptions: BTreeSet<String>,
    pub reason: TextShape,
    pub condition: TextShape,
    /// `null`: an officer attests that the condition is met.
    #[serde(default)]
    pub rule: Option<IncidentRule>,
    #[serde(default)]
    pub incident: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeQuestion {
    pub scope: StopScope,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ResumePreview {
    pub resumes: Vec<ResumingFlow>,
    pub stay_stopped: Vec<StillStopped>,
    pub officers_needed: u8,
}

/// A flow that resumes, and what its backlog would come to, decided item by item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ResumingFlow {
    pub clause: String,
    pub title: TextShape,
    /// More than the three that follow, where an item would still wait.
    pub held: u64,
    pub go: u64,
    /// The agreement's period no longer holds it.
    pub too_old: u64,
    pub refused: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StillStopped {
    pub clause: String,
    pub title: TextShape,
    pub held: u64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewResume {
    /// All empty: the suspension ends.
    pub scope: StopScope,
    /// Which condition was met, in the officers' words.
    pub condition_met: TextShape,
    /// The officer attests that it was met.
    pub attested: bool,
}

/// What the log recorded between a stop and its end. It cannot tell what happened outside it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IntervalReport {
    pub suspension: String,
    pub from_leaf: u64,
    pub to_leaf: Option<u64>,
    pub from: String,
    pub to: Option<String>,
    /// Releases and keys of the scope.
    pub releases_of_scope: u64,
    /// As this node saw since it started.
    pub writes_started_since_closed: u64,
    pub under_exception: u64,
    pub held: u64,
    pub refused: u64,
    pub cut: u64,
    /// No release, key or write of the scope is known.
    pub holds: bool,
    pub agree: Vec<Agreeing>,
    /// The command to check it offline.
    pub command: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Agreeing {
    pub who: String,
    /// same, order_and_counts_only, differs, behind
    pub says: &'static str,
}
