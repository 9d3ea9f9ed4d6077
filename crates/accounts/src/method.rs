//! The ways of counting that figures come from, by id: who counts, what the figure means, where that is said. Never
//! ranks one above another.

use std::sync::Arc;

use serde::Serialize;

use crate::codes::codes;

codes!(
    /// What a method rests on. Pages group by it.
    MethodKind, "kind of a method",
    /// Pictures read by people, and flights.
    Imagery = "imagery",
    /// What an office wrote down as it happened.
    Register = "register",
    /// Computed from other figures.
    Estimate = "estimate",
    /// Somebody said so.
    Statement = "statement",
);

/// A text in both languages of the partners.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Bilingual {
    pub en: String,
    pub es: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Method {
    /// The line of the table.
    pub line: u64,
    /// For publishers that series name, [`crate::series::Publisher::method`].
    pub id: Arc<str>,
    pub kind: MethodKind,
    pub publisher: String,
    /// Short: the heading of a column.
    pub name: Bilingual,
    pub definition: Bilingual,
    pub reference: String,
}
