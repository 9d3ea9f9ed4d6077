//! Why no report is made. A report that would leave something out, or whose numbers open nothing, is refused whole.

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadReport {
    #[error("the two days cannot be compared: {why}")]
    NotMoved { why: String },
    #[error("{place}: `{value}` is no decimal number")]
    NotANumber { place: String, value: String },
    #[error("{place}: the number `{value}` has no source: every number opens one")]
    NoSource { place: String, value: String },
    #[error("{place}: no source has the id `{id}`")]
    UnknownSource { place: String, id: String },
    #[error("{place}: no method has the id `{id}`")]
    UnknownMethod { place: String, id: String },
    #[error("{place}: the id `{id}` is given twice")]
    DoubleId { place: String, id: String },
    #[error("{place}: source `{id}` is derived from itself or from an entry that comes later")]
    CircularSource { place: String, id: String },
    #[error("{place}: {found} entries, at most {most} are printed")]
    TooMany { place: String, found: usize, most: usize },
    #[error("{place}: a text of {found} characters, at most {most} are printed")]
    TooLong { place: String, found: usize, most: usize },
    #[error("{place}: `{value}` is no sha-256 in 64 small hexadecimal digits")]
    BadHash { place: String, value: String },
    #[error("{place}: an interval from `{low}` to `{high}` runs backwards or has one end")]
    BadInterval { place: String, low: String, high: String },
    #[error("{place}: `{value}` is out of order: years and dates run forward, one entry each")]
    OutOfOrder { place: String, value: String },
    #[error("{place}: unit `{found}` in a drawing of `{expected}`: one axis has one unit")]
    MixedUnits { place: String, found: String, expected: String },
    #[error("{place}: empty where the report prints it")]
    Empty { place: String },
    #[error("{place}: `{value}` is known only after `{as_of}`, the day that the report speaks of")]
    AfterAsOf { place: String, value: String, as_of: String },
    #[error("the document was not typeset: {0}")]
    NotTypeset(String),
}

impl BadReport {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotMoved { .. } => "not_moved",
            Self::NotANumber { .. } => "not_a_number",
            Self::NoSource { .. } => "no_source",
            Self::UnknownSource { .. } => "unknown_source",
            Self::UnknownMethod { .. } => "unknown_method",
            Self::DoubleId { .. } => "double_id",
            Self::CircularSource { .. } => "circular_source",
            Self::TooMany { .. } => "too_many",
            Self::TooLong { .. } => "too_long",
            Self::BadHash { .. } => "bad_hash",
            Self::BadInterval { .. } => "bad_interval",
            Self::OutOfOrder { .. } => "out_of_order",
            Self::MixedUnits { .. } => "mixed_units",
            Self::Empty { .. } => "empty",
            Self::AfterAsOf { .. } => "after_as_of",
            Self::NotTypeset(_) => "not_typeset",
        }
    }
}
