//! A sheet as its reader found it: rows of cells with the types that the spreadsheet gave them. What a cell means for
//! the accounts is decided by the table that is read from it; nothing here is a figure yet.

use crate::decimal::Decimal;

/// What the spreadsheet says a cell is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Empty,
    Text,
    /// Typed as a number: the decimal is exact, whatever its display format.
    Number(Decimal),
    /// Typed as a number and shown in percent; the decimal is what is shown.
    Share(Decimal),
    /// A number under a date format, or a date.
    Date,
    Logical,
    /// `#N/A`, `#DIV/0!` and the like.
    Failed,
    /// A formula without the value that was last computed.
    Uncomputed,
    /// Of a merged cell. Its content stands in all rows of the cell's first column, and nowhere else: a name over several
    /// rows names each, a figure over several is the figure of none.
    Merged,
}

/// A cell: its kind, and its content as plain text (`2016`, `142783.45`, `2016-12-31`, `TRUE`, `#N/A`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    kind: Kind,
    text: Box<str>,
}

impl Cell {
    pub fn empty() -> Self {
        Self { kind: Kind::Empty, text: "".into() }
    }
    pub fn merged(text: &str) -> Self {
        Self { kind: Kind::Merged, text: text.into() }
    }
    pub fn uncomputed() -> Self {
        Self { kind: Kind::Uncomputed, text: "".into() }
    }
    pub fn text(text: &str) -> Self {
        let kind = if text.trim().is_empty() { Kind::Empty } else { Kind::Text };
        Self { kind, text: text.into() }
    }
    pub fn number(value: Decimal) -> Self {
        Self { kind: Kind::Number(value), text: value.to_string().into() }
    }
    /// `percent` of a hundred.
    pub fn share(percent: Decimal) -> Self {
        Self { kind: Kind::Share(percent), text: format!("{percent}%").into() }
    }
    /// As it reads in ISO 8601.
    pub fn date(text: &str) -> Self {
        Self { kind: Kind::Date, text: text.into() }
    }
    pub fn logical(value: bool) -> Self {
        Self { kind: Kind::Logical, text: if value { "TRUE" } else { "FALSE" }.into() }
    }
    pub fn failed(code: &str) -> Self {
        Self { kind: Kind::Failed, text: code.into() }
    }
    pub const fn kind(&self) -> Kind {
        self.kind
    }
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A row that holds something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GridRow {
    /// As the sheet counts, from 1.
    pub number: u64,
    /// From column A on.
    pub cells: Vec<Cell>,
}

/// The rows of one sheet from above; rows without content may be left out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Grid {
    pub rows: Vec<GridRow>,
}
