//! Series from spreadsheets: an .xlsx workbook's sheets as tables of the accounts, tidy or with one column a year. Only
//! sheets that people see are read unless one is named; every other is named in the answer.

mod error;
mod formats;
mod sheet;
mod workbook;
mod xml;
mod zip;

pub use error::NotAWorkbook;
pub use workbook::{Sheet, Visibility, Workbook, read};

use bitacora_accounts::import::wide::{Mapping, Wide, wide_sheet};
use bitacora_accounts::import::{Imported, NotATable, tidy_sheet};
use bitacora_accounts::number::Locale;
use bitacora_accounts::{Observation, Source};

/// Which sheets are read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Sheets {
    #[default]
    Visible,
    /// One, hidden or not.
    Named(String),
}

/// What became of one sheet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SheetRead<T> {
    pub name: String,
    pub visibility: Visibility,
    pub formulas: u64,
    pub merged: u64,
    /// None where the sheet was left out.
    pub table: Option<Result<T, NotATable>>,
}

/// Each sheet as a tidy table.
pub fn tidy(
    workbook: &Workbook,
    sheets: &Sheets,
    locale: Option<Locale>,
) -> Result<Vec<SheetRead<Imported<Observation>>>, NotAWorkbook> {
    each(workbook, sheets, |sheet| {
        let mut imported = tidy_sheet(&sheet.grid, workbook.file, locale)?;
        name_sheet(workbook, sheet, &mut imported.rows);
        Ok(imported)
    })
}

/// Each sheet as a table with one column a year.
pub fn wide(
    workbook: &Workbook,
    sheets: &Sheets,
    mapping: &Mapping,
) -> Result<Vec<SheetRead<Wide>>, NotAWorkbook> {
    each(workbook, sheets, |sheet| {
        let mut wide = wide_sheet(&sheet.grid, workbook.file, mapping)?;
        name_sheet(workbook, sheet, &mut wide.imported.rows);
        Ok(wide)
    })
}

fn each<T>(
    workbook: &Workbook,
    sheets: &Sheets,
    mut table: impl FnMut(&Sheet) -> Result<T, NotATable>,
) -> Result<Vec<SheetRead<T>>, NotAWorkbook> {
    if let Sheets::Named(name) = sheets
        && !workbook.sheets.iter().any(|sheet| sheet.name == *name)
    {
        return Err(NotAWorkbook::NoSheet { name: error::short(name) });
    }
    let read = workbook.sheets.iter().map(|sheet| {
        let wanted = match sheets {
            Sheets::Visible => sheet.visibility == Visibility::Visible,
            Sheets::Named(name) => sheet.name == *name,
        };
        SheetRead {
            name: sheet.name.clone(),
            visibility: sheet.visibility,
            formulas: sheet.formulas,
            merged: sheet.merged,
            table: wanted.then(|| table(sheet)),
        }
    });
    Ok(read.collect())
}

/// A row's number says where a figure stands only together with its sheet, where there are several.
fn name_sheet(workbook: &Workbook, sheet: &Sheet, rows: &mut [Observation]) {
    if workbook.sheets.len() < 2 {
        return;
    }
    for row in rows {
        if let Source::Named { reference, .. } = &mut row.source {
            *reference = format!("{reference}#{}", sheet.name).into();
        }
    }
}
