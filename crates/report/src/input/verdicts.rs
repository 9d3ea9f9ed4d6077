//! Commitments and how each is judged by method, baseline, vintage and end of the interval. Verdicts come in computed;
//! two that contradict each other stand side by side.

use serde::{Deserialize, Serialize};

use super::{Number, Texts};

/// How a commitment fares under one reading.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Met,
    Missed,
    Undecided,
    NotMeasurable,
    /// The method will say, and has not yet: not the same as a method that never can.
    NotPublished,
}

impl Verdict {
    pub const ALL: [Self; 5] =
        [Self::Met, Self::Missed, Self::Undecided, Self::NotMeasurable, Self::NotPublished];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Undecided => "undecided",
            Self::NotMeasurable => "not_measurable",
            Self::NotPublished => "not_published",
        }
    }
    /// Whether the method gave an answer at all.
    pub const fn is_judged(self) -> bool {
        matches!(self, Self::Met | Self::Missed | Self::Undecided)
    }
}

/// Which end of a published interval was judged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    Low,
    #[default]
    Point,
    High,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Id of the method.
    pub method: String,
    /// How the baseline was read; empty where the promise needs none.
    pub baseline: Texts,
    /// When the figures were current, as `2019-09`; empty where no source says.
    pub vintage: String,
    #[serde(default)]
    pub end: End,
    pub verdict: Verdict,
    pub value: Option<Number>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    pub id: String,
    pub title: Texts,
    /// What was promised, by whom, with its conditions.
    pub text: Texts,
    pub target: Option<Number>,
    /// As stated: a day, a year, or nothing.
    pub deadline: String,
    pub cells: Vec<Cell>,
    /// The share of judged cells that agree with the majority.
    pub stability: Option<Number>,
    /// What the verdict turns on, where it turns; or why it cannot be judged.
    pub flips: Option<Texts>,
    /// Where the promise is written.
    pub sources: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub title: Texts,
    pub commitments: Vec<Commitment>,
}
