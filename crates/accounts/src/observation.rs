//! One figure as one source gives it. An observation is never edited and carries where it was read; whether it is
//! right is not its business.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::codes::codes;
use crate::day::Dates;
use crate::decimal::{Decimal, Rounding};
use crate::interval::{BadInterval, Interval};
use crate::period::Period;
use crate::place::Place;
use crate::series::SeriesId;
use crate::units::{Dimension, Unit};

/// Texts that travel with a figure are notes, not documents.
const MOST_CHARS: usize = 4000;

/// SHA-256 of the bytes that a figure was read from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{text}` is no SHA-256: write 64 small hexadecimal digits")]
pub struct BadDigest {
    text: String,
}

impl FromStr for Digest {
    type Err = BadDigest;
    fn from_str(text: &str) -> Result<Self, BadDigest> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let bad = || BadDigest { text: text.chars().take(70).collect() };
        let digits: Vec<u8> = text.bytes().map(digit).collect::<Option<_>>().ok_or_else(bad)?;
        let pairs = digits.chunks_exact(2);
        if !pairs.remainder().is_empty() {
            return Err(bad());
        }
        let bytes: Vec<u8> = pairs.map(|pair| pair.iter().fold(0, |high, low| high * 16 + low)).collect();
        bytes.try_into().map(Self).map_err(|_| bad())
    }
}

/// Where the figure stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// Read from a text: bytes `from..to` of the document with this hash.
    Document { document: Digest, from: u64, to: u64 },
    /// Given by name, in a row of a table. The row counts lines of the file, its heading being 1.
    Named { name: Arc<str>, reference: Arc<str>, file: Digest, row: u64 },
}

codes!(
    /// How a figure came to be known, the strongest first.
    Status, "status of an observation",
    Measured = "measured",
    Claimed = "claimed",
    Leaked = "leaked",
    Tertiary = "tertiary",
    Contested = "contested",
);

codes!(
    /// Which side of the quantity the figure states.
    Bound, "bound of a figure",
    Point = "point",
    AtLeast = "at_least",
    AtMost = "at_most",
);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Figure {
    Value(Decimal),
    /// A published change in percent, from the base period to the period of the observation. The levels are not known.
    Change {
        percent: Decimal,
        base: Period,
    },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Observation {
    pub series: SeriesId,
    pub place: Place,
    pub period: Period,
    pub figure: Figure,
    pub unit: Unit,
    pub bound: Bound,
    pub low: Option<Decimal>,
    pub high: Option<Decimal>,
    pub method: Option<Arc<str>>,
    pub publisher: Option<Arc<str>>,
    /// When the figure was current; none is "vintage unknown".
    pub vintage: Option<Dates>,
    /// The publication date that the source's name states.
    pub published: Option<Dates>,
    pub status: Status,
    pub source: Source,
    pub note: Arc<str>,
    /// May be shipped as starting data.
    pub ship: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadObservation {
    #[error("low {low} is above high {high}")]
    UpsideDown { low: Decimal, high: Decimal },
    #[error("the value {value} lies outside its own interval, {low} to {high}")]
    OutsideItself { value: Decimal, low: Decimal, high: Decimal },
    #[error("a change between two periods is in percent, not in {0}")]
    ChangeUnit(Unit),
    #[error("the base period {base} does not come before the end period {end}")]
    ChangePeriods { base: Period, end: Period },
    #[error("a span from {from} to {to} holds no text")]
    EmptySpan { from: u64, to: u64 },
    #[error("a figure without the name of its source is none")]
    SourceMissing,
    #[error("`{field}` has more than 4000 characters")]
    TooLong { field: &'static str },
}

impl BadObservation {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UpsideDown { .. } => "interval_upside_down",
            Self::OutsideItself { .. } => "value_outside_interval",
            Self::ChangeUnit(_) => "change_unit",
            Self::ChangePeriods { .. } => "change_periods",
            Self::EmptySpan { .. } => "empty_span",
            Self::SourceMissing => "source_missing",
            Self::TooLong { .. } => "field_too_long",
        }
    }
}

impl Observation {
    /// What must hold of any observation, whatever its source.
    pub fn check(&self) -> Result<(), BadObservation> {
        if let (Some(low), Some(high)) = (self.low, self.high)
            && low > high
        {
            return Err(BadObservation::UpsideDown { low, high });
        }
        let value = self.number();
        let (low, high) = (self.low.unwrap_or(value), self.high.unwrap_or(value));
        if value < low || high < value {
            return Err(BadObservation::OutsideItself { value, low, high });
        }
        if let Figure::Change { base, .. } = self.figure {
            if self.unit != Unit::Percent {
                return Err(BadObservation::ChangeUnit(self.unit));
            }
            if base.dates().last() >= self.period.dates().last() {
                return Err(BadObservation::ChangePeriods { base, end: self.period });
            }
        }
        match &self.source {
            Source::Document { from, to, .. } if from >= to => {
                return Err(BadObservation::EmptySpan { from: *from, to: *to });
            }
            Source::Named { name, .. } if name.trim().is_empty() => {
                return Err(BadObservation::SourceMissing);
            }
            Source::Named { name, reference, .. } => {
                too_long("source_name", name)?;
                too_long("source_ref", reference)?;
            }
            Source::Document { .. } => {}
        }
        too_long("note", &self.note)
    }

    /// The figure's number, in the observation's unit.
    pub const fn number(&self) -> Decimal {
        match self.figure {
            Figure::Value(value) => value,
            Figure::Change { percent, .. } => percent,
        }
    }
    pub const fn base(&self) -> Option<Period> {
        match self.figure {
            Figure::Value(_) => None,
            Figure::Change { base, .. } => Some(base),
        }
    }
    pub const fn dimension(&self) -> Dimension {
        self.unit.dimension()
    }
    /// The published interval; none unless both ends are published.
    pub fn interval(&self) -> Option<Interval> {
        Interval::new(self.low?, self.high?).ok()
    }
    /// When the figure became known: its vintage, else the publication date that its source states.
    pub fn known(&self) -> Option<Dates> {
        self.vintage.or(self.published)
    }

    /// The figure as a ratio of end to base: 1.15 for a change of 15 %.
    pub fn change_ratio(&self) -> Result<Option<Decimal>, BadInterval> {
        let Figure::Change { percent, .. } = self.figure else { return Ok(None) };
        Ok(Some(percent.shift(-2)?.add(Decimal::ONE, Rounding::Nearest)?))
    }

    /// Whether another observation gives the same figure in whatever unit, interval included where both have one.
    pub fn agrees(&self, other: &Self) -> bool {
        let same = |a: Decimal, b: Decimal| {
            let a = self.unit.convert(Interval::exact(a), other.unit);
            a.is_ok_and(|a| a.contains(b))
        };
        let ends = |a: Option<Decimal>, b: Option<Decimal>| a.zip(b).is_none_or(|(a, b)| same(a, b));
        same(self.number(), other.number()) && ends(self.low, other.low) && ends(self.high, other.high)
    }
}

fn too_long(field: &'static str, text: &str) -> Result<(), BadObservation> {
    if text.len() > MOST_CHARS && text.chars().count() > MOST_CHARS {
        return Err(BadObservation::TooLong { field });
    }
    Ok(())
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}
