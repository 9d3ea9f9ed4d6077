//! Who is signed in, what the node hears, and the picture's clock.

use bitacora_primitives::{Ability, Officer, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NodeName {
    pub id: String,
    pub name: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfficerShape {
    pub id: String,
    pub name: String,
    /// watch, port, release, case, analyst, auditor
    #[schema(value_type = String)]
    pub role: Role,
}

impl From<&Officer> for OfficerShape {
    fn from(officer: &Officer) -> Self {
        Self { id: officer.id.to_string(), name: officer.name.clone(), role: officer.role }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    pub officer: OfficerShape,
    pub node: NodeName,
    #[schema(value_type = Vec<String>)]
    pub may: Vec<Ability>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Status {
    pub node: NodeName,
    pub version: String,
    pub clock: Clock,
    pub feeds: Vec<Feed>,
    pub archive: Option<Span>,
    pub totals: Totals,
    /// Kinds of event that are not looked for, since the data they need (anchorages, areas, a coastline, the stations that
    /// heard a report) is not there.
    pub off: Vec<String>,
    /// Stations' hearings that were let go before the report that they belong to came, since the node started: the detectors of
    /// receivers never saw them.
    pub hearings_given_up: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockMode {
    /// A feed is connected.
    Live,
    /// A recording is played at `speed`.
    Replay,
    /// Only stored data.
    Still,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Clock {
    /// The picture's own time: wall time live, event time in a replay.
    pub now: String,
    pub wall: String,
    pub mode: ClockMode,
    pub speed: f64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeedState {
    Fresh,
    Late,
    Stopped,
    Ended,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Feed {
    pub source: String,
    /// ais, positions
    pub kind: String,
    pub name: String,
    pub state: FeedState,
    pub last_received: Option<String>,
    pub lines: u64,
    pub per_minute: f64,
    /// Everything up to this line survives any crash.
    pub commit_line: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Span {
    pub from: String,
    pub to: String,
}

#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct Totals {
    pub lines: u64,
    pub messages: u64,
    pub ignored: u64,
    pub refused: u64,
    pub late: u64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub token: String,
}

/// Every error body. `error` is a stable code; `detail` is for the log, never shown to an officer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiErrorBody {
    pub error: String,
    pub detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<First>,
}

/// Who was first, where two officers decided at the same moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct First {
    pub officer: OfficerShape,
    pub at: String,
    pub action: String,
}
