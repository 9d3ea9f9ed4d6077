//! What a report is made of, as plain values: whoever holds the ledger fills it. Nothing here is computed, and every
//! number carries the sources that it opens.

mod charts;
mod records;
mod sources;
mod verdicts;

use bitacora_accounts::Day;
use bitacora_accounts::observation::Bound;
use serde::{Deserialize, Serialize};

pub use charts::{
    Break, Curve, Fan, FanLine, FanPoint, HullYear, Missing, Point, Pooled, PooledYear, SeriesChart,
};
pub use records::{
    Action, ActionState, Audit, Cause, Chain, Claim, ClaimState, Diff, Factor, Indicator, Meeting, Move,
    Position, Reading, Shown, Simulated, Step,
};
pub use sources::{Origin, Reproduction, Source};
pub use verdicts::{Cell, Commitment, End, Group, Verdict};

use crate::Lang;

/// A sentence in both languages. Neither is a translation that may be left out.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    pub es: String,
    pub en: String,
}

impl Texts {
    pub fn new(es: impl Into<String>, en: impl Into<String>) -> Self {
        Self { es: es.into(), en: en.into() }
    }
    /// The same word in both, for names.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { es: text.clone(), en: text }
    }
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Es => &self.es,
            Lang::En => &self.en,
        }
    }
}

/// Words that somebody said or wrote, in the language in which they did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quoted {
    pub text: String,
    pub lang: Lang,
}

/// A number that opens its sources.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// The exact decimal, as `-52.3` or `0.50`: as many digits as are meant are printed.
    pub value: String,
    /// A code of the units table; empty for a bare ratio.
    pub unit: String,
    #[serde(default = "point")]
    pub bound: Bound,
    /// A change is printed with its sign, whichever it is.
    #[serde(default)]
    pub change: bool,
    /// Ids of the sources that stand behind it, at least one.
    pub sources: Vec<String>,
}

const fn point() -> Bound {
    Bound::Point
}

impl Number {
    pub fn new(value: impl Into<String>, unit: impl Into<String>, source: impl Into<String>) -> Self {
        let sources = vec![source.into()];
        Self { value: value.into(), unit: unit.into(), bound: Bound::Point, change: false, sources }
    }
    #[must_use]
    pub fn as_change(mut self) -> Self {
        self.change = true;
        self
    }
    #[must_use]
    pub fn also(mut self, source: impl Into<String>) -> Self {
        self.sources.push(source.into());
        self
    }
}

/// One way of measuring. Its place in the list gives it colour, dash and marker in every drawing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Method {
    pub id: String,
    /// A few letters, for the end of a curve.
    pub short: Texts,
    /// What it measures and how.
    pub name: Texts,
}

/// The meeting that the report is for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Occasion {
    pub name: Texts,
    pub day: Option<Day>,
    pub place: Option<Texts>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportInput {
    pub title: Texts,
    /// The node that drew it up.
    pub node: String,
    pub parties: Vec<Texts>,
    pub meeting: Option<Occasion>,
    /// What was known at the end of this day, and nothing later.
    pub as_of: Day,
    /// The date that the document bears.
    pub dated: Day,
    /// SHA-256 of the snapshot, 64 small hexadecimal digits.
    pub snapshot: String,
    pub methods: Vec<Method>,
    pub groups: Vec<Group>,
    pub charts: Vec<SeriesChart>,
    pub fans: Vec<Fan>,
    pub chains: Vec<Chain>,
    pub audits: Vec<Audit>,
    pub claims: Vec<Claim>,
    pub indicators: Vec<Indicator>,
    pub meetings: Vec<Meeting>,
    pub diff: Option<Diff>,
    pub sources: Vec<Source>,
    pub reproduction: Reproduction,
}
