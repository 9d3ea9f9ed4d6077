//! The columns that the house's own exports add, so that a figure reads back as the figure it was: its nature, method,
//! vintage and where it was first read. A file without them is read by its notes and names instead.

use std::sync::Arc;

use crate::day::Dates;
use crate::decimal::Decimal;
use crate::observation::{Bound, Digest, Figure, Observation, Source, Status};
use crate::period::{Nature, Period};

use super::table::{Row, Table};
use super::tidy::{Numbers, Texts};
use super::{Defect, NotATable, Rule};

/// How the columns are called in one format.
pub(crate) struct Names {
    pub(crate) nature: &'static str,
    pub(crate) bound: &'static str,
    pub(crate) base: &'static str,
    pub(crate) base_nature: &'static str,
    pub(crate) method: &'static str,
    pub(crate) publisher: &'static str,
    pub(crate) vintage: &'static str,
    pub(crate) published: &'static str,
    pub(crate) status: &'static str,
    pub(crate) source_name: &'static str,
    pub(crate) source_ref: &'static str,
    pub(crate) source_file: &'static str,
    pub(crate) source_row: &'static str,
    pub(crate) source_from: &'static str,
    pub(crate) source_to: &'static str,
}

pub(crate) const TIDY: Names = Names {
    nature: "nature",
    bound: "bound",
    base: "base",
    base_nature: "base_nature",
    method: "method",
    publisher: "publisher",
    vintage: "vintage",
    published: "published",
    status: "status",
    source_name: "source_name",
    source_ref: "source_ref",
    source_file: "source_file",
    source_row: "source_row",
    source_from: "source_from",
    source_to: "source_to",
};

pub(crate) const SDMX: Names = Names {
    nature: "NATURE",
    bound: "BOUND",
    base: "BASE_PERIOD",
    base_nature: "BASE_NATURE",
    method: "METHOD",
    publisher: "PUBLISHER",
    vintage: "VINTAGE",
    published: "PUBLISHED",
    status: "STATUS",
    source_name: "SOURCE_NAME",
    source_ref: "SOURCE_REF",
    source_file: "SOURCE_FILE",
    source_row: "SOURCE_ROW",
    source_from: "SOURCE_FROM",
    source_to: "SOURCE_TO",
};

impl Names {
    /// Without the two of the source that other tables have too.
    pub(crate) const fn all(&self) -> [&'static str; 13] {
        [
            self.nature,
            self.bound,
            self.base,
            self.base_nature,
            self.method,
            self.publisher,
            self.vintage,
            self.published,
            self.status,
            self.source_file,
            self.source_row,
            self.source_from,
            self.source_to,
        ]
    }

    /// The hash of the source's file marks the house's own export, which then must have all of them.
    pub(super) fn are_in(&self, table: &Table<'_>) -> Result<bool, NotATable> {
        if !table.has(self.source_file) {
            return Ok(false);
        }
        let lacking = self.all().into_iter().find(|column| !table.has(column));
        lacking.map_or(Ok(true), |column| Err(NotATable::ColumnMissing { column: column.to_owned() }))
    }
}

pub(super) struct Carried {
    nature: Nature,
    bound: Bound,
    base: Option<Period>,
    method: Option<Arc<str>>,
    publisher: Option<Arc<str>>,
    vintage: Option<Dates>,
    published: Option<Dates>,
    status: Status,
    source: Source,
}

/// A number as the house writes it: no groups, a point, up to 36 digits wherever they stand.
pub(super) fn number(row: &Row<'_>, column: &str) -> Result<Option<Decimal>, Defect> {
    let text = row.cell(column);
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| row.defect(column, Rule::NotANumber, text))
}

impl Carried {
    pub(super) fn read(row: &Row<'_>, names: &Names, texts: &mut Texts) -> Result<Self, Defect> {
        let bad = |column: &str| row.defect(column, Rule::CarriedUnreadable, row.cell(column));
        let nature = |column: &str| match row.cell(column) {
            "stock" => Ok(Nature::Stock),
            "flow" => Ok(Nature::Flow),
            _ => Err(bad(column)),
        };
        let dates = |column: &str| match row.cell(column) {
            "" => Ok(None),
            text => text.parse::<Dates>().map(Some).map_err(|_| bad(column)),
        };
        let count = |column: &str| row.cell(column).parse::<u64>().map_err(|_| bad(column));
        let mut kept =
            |column: &str| Some(row.cell(column)).filter(|text| !text.is_empty()).map(|t| texts.keep(t));
        let (method, publisher) = (kept(names.method), kept(names.publisher));
        let base = match dates(names.base)? {
            Some(base) if nature(names.base_nature)? == Nature::Stock => Some(Period::stock(base)),
            Some(base) => Some(Period::flow(base)),
            None => None,
        };
        let file: Digest = row.cell(names.source_file).parse().map_err(|_| bad(names.source_file))?;
        let source = if row.cell(names.source_from).is_empty() && row.cell(names.source_to).is_empty() {
            Source::Named {
                name: texts.keep(row.cell(names.source_name)),
                reference: texts.keep(row.cell(names.source_ref)),
                file,
                row: count(names.source_row)?,
            }
        } else {
            Source::Document { document: file, from: count(names.source_from)?, to: count(names.source_to)? }
        };
        Ok(Self {
            nature: nature(names.nature)?,
            bound: row.cell(names.bound).parse().map_err(|_| bad(names.bound))?,
            base,
            method,
            publisher,
            vintage: dates(names.vintage)?,
            published: dates(names.published)?,
            status: row.cell(names.status).parse().map_err(|_| bad(names.status))?,
            source,
        })
    }

    pub(super) fn observation(
        self,
        numbers: Numbers,
        dates: Dates,
        note: Arc<str>,
        ship: bool,
    ) -> Observation {
        let Numbers { series, place, unit, value, low, high } = numbers;
        Observation {
            series,
            place,
            period: if self.nature == Nature::Stock { Period::stock(dates) } else { Period::flow(dates) },
            figure: match self.base {
                Some(base) => Figure::Change { percent: value, base },
                None => Figure::Value(value),
            },
            unit,
            bound: self.bound,
            low,
            high,
            method: self.method,
            publisher: self.publisher,
            vintage: self.vintage,
            published: self.published,
            status: self.status,
            source: self.source,
            note,
            ship,
        }
    }
}
