//! Why bytes are no workbook that is read here.

/// The place is the part of the archive, and in it the cell where there is one.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotAWorkbook {
    #[error("an older (.xls) or an encrypted workbook: save it as .xlsx without a password")]
    Compound,
    #[error("an OpenDocument spreadsheet: save it as .xlsx or .csv")]
    OpenDocument,
    #[error("a binary workbook (.xlsb): save it as .xlsx")]
    Binary,
    #[error("no .xlsx workbook: {why}")]
    NotZip { why: &'static str },
    #[error("the archive lacks `{part}`")]
    PartMissing { part: String },
    #[error("`{part}` is damaged: {why}")]
    Damaged { part: String, why: &'static str },
    #[error("`{part}`, cell {cell}: {why}")]
    BadCell { part: String, cell: String, why: &'static str },
    #[error("`{part}` holds more than {most} {what}")]
    TooMuch { part: String, what: &'static str, most: u64 },
    #[error("the workbook has no sheet `{name}`")]
    NoSheet { name: String },
}

impl NotAWorkbook {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Compound => "workbook_xls_or_encrypted",
            Self::OpenDocument => "workbook_ods",
            Self::Binary => "workbook_xlsb",
            Self::NotZip { .. } => "workbook_not_zip",
            Self::PartMissing { .. } => "workbook_part_missing",
            Self::Damaged { .. } => "workbook_damaged",
            Self::BadCell { .. } => "workbook_bad_cell",
            Self::TooMuch { .. } => "workbook_too_much",
            Self::NoSheet { .. } => "sheet_missing",
        }
    }

    pub(super) fn damaged(part: &str, why: &'static str) -> Self {
        Self::Damaged { part: short(part), why }
    }
    pub(super) fn too_much(part: &str, what: &'static str, most: usize) -> Self {
        Self::TooMuch { part: short(part), what, most: most as u64 }
    }
}

pub(super) fn short(text: &str) -> String {
    text.chars().take(80).collect()
}
