//! Curves and fans of revisions. A year without a figure is a span with a reason, never a zero and never a line drawn
//! through.

use bitacora_accounts::Day;
use bitacora_accounts::observation::Status;
use serde::{Deserialize, Serialize};

use super::{Number, Texts};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    pub year: i16,
    pub value: Number,
    /// The interval that the publisher gave, in the unit of the value.
    pub low: Option<String>,
    pub high: Option<String>,
    pub status: Status,
    pub vintage: String,
}

/// Years in which a method says nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    pub from: i16,
    pub to: i16,
    pub why: Texts,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    pub method: String,
    /// One a year, in order.
    pub points: Vec<Point>,
    pub missing: Vec<Missing>,
}

/// The lowest and highest of the rivals in a year that more than one measured.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HullYear {
    pub year: i16,
    pub low: String,
    pub high: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PooledYear {
    pub year: i16,
    pub middle: Number,
    pub low: String,
    pub high: String,
}

/// The optional view that reconciles the rivals under assumptions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pooled {
    /// What the data cannot tell; printed on the drawing and under it.
    pub not_identified: Texts,
    pub years: Vec<PooledYear>,
}

/// A documented change of method.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Break {
    pub year: i16,
    pub what: Texts,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesChart {
    pub title: Texts,
    /// The unit of every number of the chart.
    pub unit: String,
    pub note: Option<Texts>,
    pub curves: Vec<Curve>,
    pub hull: Vec<HullYear>,
    pub pooled: Option<Pooled>,
    pub breaks: Vec<Break>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FanPoint {
    pub published: Day,
    pub value: Number,
    pub low: Option<String>,
    pub high: Option<String>,
    pub status: Status,
}

/// The successive figures of one method for one year of reference.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FanLine {
    pub method: String,
    pub year: i16,
    /// In order of publication, the first figure first.
    pub points: Vec<FanPoint>,
    /// What moved it, where that is known.
    pub note: Option<Texts>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fan {
    pub title: Texts,
    pub unit: String,
    pub note: Option<Texts>,
    pub lines: Vec<FanLine>,
}
