//! Several methods that count the same thing, side by side: each one's curve, the hull of them all, and how far apart they
//! run. Never says which of them is right.

mod curve;
mod divergence;
mod hull;
pub mod pooled;

pub use curve::{Curve, Earlier, LeftOut, Point, Why, curves};
pub use divergence::{Divergence, RatioYear, divergence};
pub use hull::{End, Hull, HullYear, hull};

use serde::{Deserialize, Serialize};

use crate::codes::codes;
use crate::day::Day;
use crate::ledger::Ledger;
use crate::place::Place;
use crate::series::{Publisher, SeriesId};
use crate::units::Unit;

/// More methods than these are no rivals on one axis.
pub const MOST_METHODS: usize = 16;
/// Several publishers may repeat one method, but not that many.
pub const MOST_SERIES: usize = 16;

/// One way of counting, and the series that carry it: a year is taken from the first of them that has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Method {
    pub code: String,
    pub series: Vec<SeriesId>,
}

codes!(
    /// Which figure of a revision history speaks.
    Vintage, "choice of a vintage",
    /// The one that stood on the day.
    Standing = "standing",
    /// The first that was published, as far as it was known on the day: what people had before revisions.
    First = "first",
);

/// What is compared, as known on which day, in which unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question<'a> {
    pub methods: &'a [Method],
    pub place: Place,
    pub unit: Unit,
    pub day: Day,
    pub vintage: Vintage,
    /// Whether a figure whose vintage nobody states may fill a year that has no other.
    pub undated: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotCompared {
    #[error("{count} methods are given, and at most {most} are compared")]
    TooManyMethods { count: usize, most: usize },
    #[error("the method `{method}` has {count} series, and at most {most}")]
    TooManySeries { method: String, count: usize, most: usize },
    #[error("the method `{method}` is given twice")]
    MethodTwice { method: String },
    #[error("the series `{series}` stands under two methods")]
    SeriesTwice { series: SeriesId },
    #[error("there is no method `{method}` among the curves")]
    MethodUnknown { method: String },
}

impl NotCompared {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooManyMethods { .. } => "too_many_methods",
            Self::TooManySeries { .. } => "too_many_series",
            Self::MethodTwice { .. } => "method_twice",
            Self::SeriesTwice { .. } => "series_twice",
            Self::MethodUnknown { .. } => "method_unknown",
        }
    }
}

/// The methods that the ledger has for an indicator such as `co.cult`: its series of one more segment, two publishers of
/// one method together, in alphabetical order. A publisher whose method is not known is a method by itself.
pub fn methods_of(ledger: &Ledger, indicator: &str) -> Vec<Method> {
    let mut methods: std::collections::BTreeMap<String, Vec<SeriesId>> = std::collections::BTreeMap::new();
    for series in ledger.series() {
        let own = series.as_str().strip_prefix(indicator).and_then(|rest| rest.strip_prefix('.'));
        let Some(publisher) = own.filter(|rest| !rest.contains('.') && !series.is_change()) else { continue };
        let code =
            Publisher::of(publisher).map_or_else(|| publisher.to_owned(), |own| own.method().to_owned());
        methods.entry(code).or_default().push(series.clone());
    }
    methods.into_iter().map(|(code, series)| Method { code, series }).collect()
}

fn check(methods: &[Method]) -> Result<(), NotCompared> {
    if methods.len() > MOST_METHODS {
        return Err(NotCompared::TooManyMethods { count: methods.len(), most: MOST_METHODS });
    }
    let mut series = std::collections::BTreeSet::new();
    for (place, method) in methods.iter().enumerate() {
        if methods.iter().take(place).any(|other| other.code == method.code) {
            return Err(NotCompared::MethodTwice { method: method.code.clone() });
        }
        if method.series.len() > MOST_SERIES {
            return Err(NotCompared::TooManySeries {
                method: method.code.clone(),
                count: method.series.len(),
                most: MOST_SERIES,
            });
        }
        for own in &method.series {
            if !series.insert(own) {
                return Err(NotCompared::SeriesTwice { series: own.clone() });
            }
        }
    }
    Ok(())
}
