//! Chain, audit, claims, indicators, meetings and the comparison with the meeting before. What is missing comes in as
//! missing, with its reason.

use bitacora_accounts::observation::Status;
use bitacora_accounts::{Dates, Day};
use serde::{Deserialize, Serialize};

use super::{Number, Quoted, Texts};

/// One factor of the production chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub name: Texts,
    pub value: Number,
    pub low: Option<String>,
    pub high: Option<String>,
}

/// What a simulation of the factors' errors gave.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Simulated {
    pub middle: Number,
    pub low: String,
    pub high: String,
    /// In percent, as `95`.
    pub coverage: String,
    pub draws: u64,
    pub seed: u64,
}

/// How much of a revision one factor carries.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    pub name: Texts,
    pub from: Number,
    pub to: Number,
    /// Percent of the whole move.
    pub share: Number,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    pub title: Texts,
    pub steps: Vec<Step>,
    /// The product, with the ends that rounding leaves open.
    pub result: Step,
    pub simulated: Option<Simulated>,
    pub factors: Vec<Factor>,
    pub note: Option<Texts>,
}

/// How one publisher's intervals fared against later figures.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    pub publisher: Texts,
    pub quantity: Texts,
    /// Intervals that a later figure can test.
    pub judged: Number,
    pub covered: Number,
    /// The mean relative width, in percent.
    pub width: Option<Number>,
    /// Which part of the error the interval leaves out.
    pub omitted: Option<Texts>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimState {
    Matched,
    Unmatched,
    Misquoted,
    Contested,
}

/// What one side says about a contested figure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    pub party: Texts,
    pub text: Texts,
    pub sources: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    pub speaker: String,
    /// A day, a month or a year, as far as it is known.
    pub date: String,
    pub said: Quoted,
    /// The quantity meant.
    pub quantity: Option<Number>,
    pub state: ClaimState,
    /// The figure on record that it was compared with.
    pub found: Option<Number>,
    pub why: Option<Texts>,
    pub positions: Vec<Position>,
    pub sources: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    pub value: Number,
    /// The year or the span that it counts.
    pub period: String,
    pub status: Status,
    pub vintage: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    Shown(Shown),
    Missing { period: String, why: Texts },
}

/// One programme or indicator, with the readings that there are and those that there are not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    pub group: Texts,
    pub name: Texts,
    pub readings: Vec<Reading>,
    pub note: Option<Texts>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionState {
    Open,
    Done,
    Late,
    Dropped,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    pub text: Texts,
    pub owner: Texts,
    pub due: Option<Day>,
    pub state: ActionState,
    pub sources: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meeting {
    pub name: Texts,
    /// As far as it is known: a day, a month, a year.
    pub days: Dates,
    pub place: Option<Texts>,
    pub parties: Vec<Texts>,
    pub agenda: Vec<Texts>,
    pub actions: Vec<Action>,
}

/// Why a figure or a verdict is not what it was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A new period was measured.
    World,
    /// The same period was measured, defined or revised otherwise.
    Method,
    /// Both at once, and nothing tells them apart.
    Inseparable,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    pub cause: Cause,
    pub subject: Texts,
    pub from: Option<Number>,
    pub to: Option<Number>,
    /// The verdict before and after, where it is a verdict that moved.
    pub verdict: Option<(crate::Verdict, crate::Verdict)>,
    pub why: Texts,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diff {
    pub since: Day,
    pub since_snapshot: String,
    pub moves: Vec<Move>,
}
