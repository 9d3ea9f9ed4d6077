//! A file that was imported: its hash, how it is read, and what the reading came to, so that a later reading which comes to
//! something else is noticed.

use serde::{Deserialize, Serialize};

use super::{NotRecorded, name};
use crate::codes::codes;
use crate::import::wide::Mapping;
use crate::observation::Digest;
use crate::place::Place;
use crate::series::SeriesId;
use crate::units::Unit;

codes!(
    /// How a file is read.
    Format, "format of an import",
    Tidy = "tidy",
    Documents = "documents",
    Commitments = "commitments",
    Absent = "absent",
    Methods = "methods",
    Programmes = "programmes",
    Indicators = "indicators",
    /// Which series answers which indicator by which method.
    Answers = "answers",
    /// What a node begins with: facts, one a line.
    Facts = "facts",
    SdmxCsv = "sdmx_csv",
    Xlsx = "xlsx",
    /// One column a year.
    WideCsv = "wide_csv",
);

/// What a file does not say itself, as whoever imports it says it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Of a table with one column a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wide: Option<Box<Mapping>>,
    /// Of a workbook; without it every sheet that is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Of an SDMX message that names none, and so the next three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileImported {
    pub name: String,
    /// In hex; the bytes are kept beside the record.
    pub sha256: String,
    pub format: Format,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
    pub rows: u64,
    pub defects: u64,
}

impl FileImported {
    pub fn digest(&self) -> Option<Digest> {
        super::claim::digest(&self.sha256)
    }
    pub(super) fn check(&self) -> Result<(), NotRecorded> {
        name("name", &self.name)?;
        super::claim::sha256_hex("sha256", &self.sha256)
    }
}
