//! Why nothing is pooled: the place and the rule.

use crate::decimal::Decimal;

#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum NotPooled {
    #[error("{count} methods are not from 1 to {most}")]
    MethodCount { count: usize, most: usize },
    #[error("a reading names the method {place}, which is not there")]
    NoSuchMethod { place: usize },
    #[error("there is no method `{method}`")]
    MethodUnknown { method: String },
    #[error("there is nothing to pool")]
    NothingRead,
    #[error("{count} readings are more than {most}")]
    TooManyReadings { count: usize, most: usize },
    #[error("{first} to {last} is more than {most} years")]
    TooManyYears { first: i16, last: i16, most: i32 },
    #[error("`{method}` has two readings of {year}")]
    YearTwice { method: String, year: i16 },
    #[error("`{method}` has no vintage of {year}, or more than 100")]
    VintageCount { method: String, year: i16 },
    #[error("`{method}`, {year}: a figure of {value} has no logarithm")]
    NotPositive { method: String, year: i16, value: Decimal },
    #[error("`{method}`, {year}: the logarithm or its deviation is no finite number in reach")]
    NotFinite { method: String, year: i16 },
    #[error("{count} breaks are more than {most}")]
    TooManyBreaks { count: usize, most: usize },
    #[error("`{method}` breaks twice in {year}")]
    BreakTwice { method: String, year: i16 },
    #[error("the deviation `{name}` is out of reach")]
    BadDeviation { name: &'static str },
    #[error("{count} sets of deviations are not from 1 to {most}, each with a weight above 0")]
    BadAverage { count: usize, most: usize },
    #[error("{years} years ahead are not from 0 to {most}")]
    TooFarAhead { years: i16, most: i16 },
}

impl NotPooled {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MethodCount { .. } => "method_count",
            Self::NoSuchMethod { .. } | Self::MethodUnknown { .. } => "method_unknown",
            Self::NothingRead => "nothing_read",
            Self::TooManyReadings { .. } => "too_many_readings",
            Self::TooManyYears { .. } => "too_many_years",
            Self::YearTwice { .. } => "year_twice",
            Self::VintageCount { .. } => "vintage_count",
            Self::NotPositive { .. } => "not_positive",
            Self::NotFinite { .. } => "not_finite",
            Self::TooManyBreaks { .. } => "too_many_breaks",
            Self::BreakTwice { .. } => "break_twice",
            Self::BadDeviation { .. } => "bad_deviation",
            Self::BadAverage { .. } => "bad_average",
            Self::TooFarAhead { .. } => "too_far_ahead",
        }
    }
}
