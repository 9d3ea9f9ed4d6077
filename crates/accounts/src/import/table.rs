//! A table by the names of its columns: comma-separated (RFC 4180) or the cells of a sheet. A bad row is a defect and
//! the rest goes on; only a table without the columns that it needs is refused as a whole.

use csv::{ByteRecord, ReaderBuilder};

use crate::guard;

use super::cells::{Cell, Grid, Kind};
use super::{Defect, Defects, NotATable, Rule};

/// Cells are figures, names and notes.
const MOST_CELL: usize = 16_384;
/// Tables of accounts are small; what is longer is not one.
pub const MOST_ROWS: u64 = 10_000_000;
const MOST_COLUMNS: usize = 256;
/// Sheets have titles above their heading, but not pages of them.
const MOST_ABOVE: usize = 20;

pub(super) struct Table<'a> {
    body: Body<'a>,
    columns: Vec<String>,
    /// The line of the heading.
    pub(super) heading: u64,
    /// Texts were guarded against spreadsheets when they were written, and stand as they are.
    guarded: bool,
}

#[derive(Clone, Copy)]
enum Body<'a> {
    Csv {
        bytes: &'a [u8],
        separator: u8,
    },
    /// The rows under the heading.
    Sheet(&'a [super::cells::GridRow]),
}

/// A row whose cells are text or typed.
pub(super) struct Row<'r> {
    pub(super) line: u64,
    cells: Cells<'r>,
    columns: &'r [String],
    guarded: bool,
}

#[derive(Clone, Copy)]
enum Cells<'r> {
    Csv(&'r ByteRecord),
    Sheet(&'r [Cell]),
}

/// What the columns of a table are to its reader.
pub(super) struct Wanted<'w> {
    pub(super) needed: &'w [&'w str],
    /// Whether a further column is read, or is left out by somebody's word.
    pub(super) read: &'w dyn Fn(&str) -> bool,
}

/// A cell that may be missing is the empty text.
impl<'r> Row<'r> {
    pub(super) fn cell(&self, column: &str) -> &'r str {
        self.columns.iter().position(|own| own == column).map_or("", |place| self.at(place))
    }
    pub(super) fn at(&self, place: usize) -> &'r str {
        let text = match self.cells {
            // Every cell was checked to be UTF-8 before the row was handed out.
            Cells::Csv(record) => std::str::from_utf8(record.get(place).unwrap_or(b"")).unwrap_or(""),
            Cells::Sheet(cells) => cells.get(place).map_or("", Cell::as_str),
        };
        if self.guarded { guard::off(text) } else { text.trim() }
    }
    pub(super) fn kind(&self, column: &str) -> Kind {
        self.columns.iter().position(|own| own == column).map_or(Kind::Empty, |place| self.kind_at(place))
    }
    /// All cells of a comma-separated table are text.
    pub(super) fn kind_at(&self, place: usize) -> Kind {
        match self.cells {
            Cells::Csv(_) if self.at(place).is_empty() => Kind::Empty,
            Cells::Csv(_) => Kind::Text,
            Cells::Sheet(cells) => cells.get(place).map_or(Kind::Empty, Cell::kind),
        }
    }
    pub(super) fn defect(&self, column: &str, rule: Rule, text: impl Into<String>) -> Defect {
        let text: String = text.into().chars().take(200).collect();
        Defect { line: self.line, column: column.chars().take(60).collect(), rule, text }
    }
    /// No figure can be read from a failed, an uncomputed or a merged cell.
    pub(super) fn readable(&self, place: usize) -> Result<(), Defect> {
        let rule = match self.kind_at(place) {
            Kind::Failed => Rule::ErrorCell,
            Kind::Uncomputed => Rule::FormulaWithoutValue,
            Kind::Merged => Rule::MergedCell,
            _ => return Ok(()),
        };
        let column = self.columns.get(place).map_or("", String::as_str);
        Err(self.defect(column, rule, self.at(place)))
    }
    pub(super) fn all_readable(&self) -> Result<(), Defect> {
        (0..self.columns.len()).try_for_each(|place| self.readable(place))
    }
}

impl<'a> Table<'a> {
    /// Reads the heading. Every column that nothing reads is a defect, for nothing is dropped in silence.
    pub(super) fn open(
        bytes: &'a [u8],
        needed: &[&str],
        read: &[&str],
        defects: &mut Defects,
    ) -> Result<Self, NotATable> {
        let wanted = Wanted { needed, read: &|name| read.contains(&name) };
        Self::separated(bytes, b',', &wanted, defects, |name| name.to_owned())
    }

    /// With another separator, and with names of columns that are parts of what the heading prints.
    pub(super) fn separated(
        bytes: &'a [u8],
        separator: u8,
        wanted: &Wanted<'_>,
        defects: &mut Defects,
        name_of: impl Fn(&str) -> String,
    ) -> Result<Self, NotATable> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = reader(bytes, separator);
        let mut heading = ByteRecord::new();
        let any = reader.read_byte_record(&mut heading).map_err(|_| NotATable::Empty)?;
        if !any {
            return Err(NotATable::Empty);
        }
        if heading.len() > MOST_COLUMNS {
            return Err(NotATable::TooWide { most: MOST_COLUMNS });
        }
        let mut columns: Vec<String> = Vec::new();
        for cell in &heading {
            columns.push(name_of(std::str::from_utf8(cell).map_err(|_| NotATable::NotText)?.trim()));
        }
        for (place, name) in columns.iter().enumerate() {
            if columns.iter().take(place).any(|own| own == name) {
                return Err(NotATable::ColumnTwice { column: name.chars().take(60).collect() });
            }
        }
        note_unread(1, &columns, wanted, defects);
        lacking(&columns, wanted.needed)?;
        Ok(Self { body: Body::Csv { bytes, separator }, columns, heading: 1, guarded: false })
    }

    /// The heading of a sheet is the first row, of the upper ones, that has the columns needed. What stands above it is
    /// reported, and so is a column that nothing reads.
    pub(super) fn sheet(
        grid: &'a Grid,
        wanted: &Wanted<'_>,
        defects: &mut Defects,
    ) -> Result<Self, NotATable> {
        let names = |row: &super::cells::GridRow| -> Vec<String> {
            row.cells.iter().map(|cell| cell.as_str().trim().to_owned()).collect()
        };
        let first = grid.rows.first().ok_or(NotATable::Empty)?;
        let has_all = |row: &super::cells::GridRow| lacking(&names(row), wanted.needed).is_ok();
        let place = grid.rows.iter().take(MOST_ABOVE).position(has_all);
        let Some((place, heading)) = place.and_then(|place| Some((place, grid.rows.get(place)?))) else {
            lacking(&names(first), wanted.needed)?;
            return Err(NotATable::Empty);
        };
        for above in grid.rows.iter().take(place) {
            let text = above.cells.iter().map(Cell::as_str).collect::<Vec<_>>().join(" ");
            let text = text.trim().chars().take(200).collect();
            let column = String::new();
            defects.push(Defect { line: above.number, column, rule: Rule::AboveHeading, text });
        }
        let mut columns = names(heading);
        while columns.last().is_some_and(String::is_empty) {
            columns.pop();
        }
        if columns.len() > MOST_COLUMNS {
            return Err(NotATable::TooWide { most: MOST_COLUMNS });
        }
        for (column, name) in columns.iter().enumerate() {
            // A column without a name cannot be asked for, and there may be several.
            if !name.is_empty() && columns.iter().take(column).any(|own| own == name) {
                return Err(NotATable::ColumnTwice { column: name.chars().take(60).collect() });
            }
        }
        // A year that the spreadsheet made a date of is none of the years that are asked for.
        for cell in heading.cells.iter().filter(|cell| cell.kind() == Kind::Date) {
            let text = cell.as_str().to_owned();
            let rule = Rule::DateInYearColumn;
            defects.push(Defect { line: heading.number, column: text.clone(), rule, text });
        }
        note_unread(heading.number, &columns, wanted, defects);
        let rows = grid.rows.get(place + 1..).unwrap_or(&[]);
        Ok(Self { body: Body::Sheet(rows), columns, heading: heading.number, guarded: false })
    }

    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }
    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|own| own == column)
    }
    /// The table is the house's own export: its texts stand behind a guard and are not trimmed.
    pub(super) fn set_guarded(&mut self) {
        self.guarded = true;
    }

    // INVARIANT: nothing is dropped in silence.
    /// Hands out each row whose shape is right, and keeps the defects in the order of their lines.
    pub(super) fn rows(
        &self,
        defects: &mut Defects,
        mut take: impl FnMut(&Row<'_>) -> Result<(), Defect>,
    ) -> Result<(), NotATable> {
        let (columns, guarded) = (self.columns.as_slice(), self.guarded);
        let (bytes, separator) = match self.body {
            Body::Csv { bytes, separator } => (bytes, separator),
            Body::Sheet(rows) => {
                for own in rows {
                    let row = Row { line: own.number, cells: Cells::Sheet(&own.cells), columns, guarded };
                    if let Err(defect) = self.shape(&row).and_then(|()| take(&row)) {
                        defects.push(defect);
                    }
                }
                return Ok(());
            }
        };
        let mut reader = reader(bytes, separator);
        let mut record = ByteRecord::new();
        let mut count: u64 = 0;
        loop {
            // Reading from a slice cannot fail, and ragged rows are allowed.
            if !reader.read_byte_record(&mut record).map_err(|_| NotATable::NotText)? {
                return Ok(());
            }
            count += 1;
            if count == 1 {
                continue;
            }
            if count > MOST_ROWS {
                return Err(NotATable::TooLong { most: MOST_ROWS });
            }
            let line = record.position().map_or(0, |position| line_of(bytes, position));
            let row = Row { line, cells: Cells::Csv(&record), columns, guarded };
            if let Err(defect) = self.shape(&row).and_then(|()| take(&row)) {
                defects.push(defect);
            }
        }
    }

    fn shape(&self, row: &Row<'_>) -> Result<(), Defect> {
        let record = match row.cells {
            Cells::Csv(record) => record,
            Cells::Sheet(cells) => {
                let outside = cells.iter().skip(self.columns.len()).filter(|cell| !cell.as_str().is_empty());
                let (outside, columns) = (outside.count(), self.columns.len());
                if outside > 0 {
                    let text = format!("{outside} cells outside {columns} columns");
                    return Err(row.defect("", Rule::CellCount, text));
                }
                let long = cells.iter().position(|cell| cell.as_str().len() > MOST_CELL);
                return match long.and_then(|place| self.columns.get(place)) {
                    Some(column) => Err(row.defect(column, Rule::CellTooLong, "")),
                    None => Ok(()),
                };
            }
        };
        let cells = record.len();
        if cells != self.columns.len() {
            let text = format!("{cells} cells, {} columns", self.columns.len());
            return Err(row.defect("", Rule::CellCount, text));
        }
        for (column, cell) in self.columns.iter().zip(record) {
            let rule = if cell.len() > MOST_CELL {
                Rule::CellTooLong
            } else if std::str::from_utf8(cell).is_err() {
                Rule::NotUtf8
            } else {
                continue;
            };
            let text: String = String::from_utf8_lossy(cell).chars().take(60).collect();
            return Err(Defect { line: row.line, column: column.clone(), rule, text });
        }
        Ok(())
    }
}

/// The reader stands before the line feed of a CRLF and before empty lines: they belong to no row.
fn line_of(bytes: &[u8], position: &csv::Position) -> u64 {
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = bytes.get(start..).unwrap_or(&[]);
    let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
    position.line() + u64::try_from(skipped.count()).unwrap_or(0)
}

fn reader(bytes: &[u8], separator: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(bytes)
}

fn note_unread(line: u64, columns: &[String], wanted: &Wanted<'_>, defects: &mut Defects) {
    for name in columns.iter().filter(|name| !wanted.needed.contains(&name.as_str()) && !(wanted.read)(name))
    {
        let column: String = name.chars().take(60).collect();
        defects.push(Defect { line, text: column.clone(), column, rule: Rule::UnknownColumn });
    }
}

fn lacking(columns: &[String], needed: &[&str]) -> Result<(), NotATable> {
    match needed.iter().find(|column| !columns.iter().any(|own| own == *column)) {
        Some(column) => Err(NotATable::ColumnMissing { column: (*column).to_owned() }),
        None => Ok(()),
    }
}
