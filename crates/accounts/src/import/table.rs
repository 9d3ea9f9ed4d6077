//! A comma-separated table (RFC 4180) by the names of its columns. A bad row is a defect and the rest goes on; only a
//! table without the columns that it needs is refused as a whole.

use csv::{ByteRecord, ReaderBuilder};

use super::{Defect, Defects, NotATable, Rule};

/// Cells are figures, names and notes.
const MOST_CELL: usize = 16_384;
/// Tables of accounts are small; what is longer is not one.
pub const MOST_ROWS: u64 = 10_000_000;
const MOST_COLUMNS: usize = 256;

pub(super) struct Table<'a> {
    bytes: &'a [u8],
    columns: Vec<String>,
}

/// A row whose cells are text.
pub(super) struct Row<'r> {
    pub(super) line: u64,
    record: &'r ByteRecord,
    columns: &'r [String],
}

/// A cell that may be missing is the empty text.
impl<'r> Row<'r> {
    pub(super) fn cell(&self, column: &str) -> &'r str {
        let place = self.columns.iter().position(|own| own == column);
        let bytes = place.and_then(|place| self.record.get(place)).unwrap_or(b"");
        // Every cell was checked to be UTF-8 before the row was handed out.
        std::str::from_utf8(bytes).unwrap_or("").trim()
    }
    pub(super) fn defect(&self, column: &'static str, rule: Rule, text: impl Into<String>) -> Defect {
        let text: String = text.into().chars().take(200).collect();
        Defect { line: self.line, column: column.to_owned(), rule, text }
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
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
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
            let name = std::str::from_utf8(cell).map_err(|_| NotATable::NotText)?.trim().to_owned();
            if columns.contains(&name) {
                return Err(NotATable::ColumnTwice { column: name.chars().take(60).collect() });
            }
            if !needed.contains(&name.as_str()) && !read.contains(&name.as_str()) {
                let column: String = name.chars().take(60).collect();
                defects.push(Defect { line: 1, text: column.clone(), column, rule: Rule::UnknownColumn });
            }
            columns.push(name);
        }
        for column in needed {
            if !columns.iter().any(|own| own == column) {
                return Err(NotATable::ColumnMissing { column: (*column).to_owned() });
            }
        }
        Ok(Self { bytes, columns })
    }

    // INVARIANT: nothing is dropped in silence.
    /// Hands out each row whose shape is right, and keeps the defects in the order of their lines.
    pub(super) fn rows(
        &self,
        defects: &mut Defects,
        mut take: impl FnMut(&Row<'_>) -> Result<(), Defect>,
    ) -> Result<(), NotATable> {
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(self.bytes);
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
            let line = record.position().map_or(0, |position| self.line(position));
            let row = Row { line, record: &record, columns: &self.columns };
            if let Err(defect) = self.shape(&row).and_then(|()| take(&row)) {
                defects.push(defect);
            }
        }
    }

    /// The reader stands before the line feed of a CRLF and before empty lines: they belong to no row.
    fn line(&self, position: &csv::Position) -> u64 {
        let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        let rest = self.bytes.get(start..).unwrap_or(&[]);
        let skipped =
            rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
        position.line() + u64::try_from(skipped.count()).unwrap_or(0)
    }

    fn shape(&self, row: &Row<'_>) -> Result<(), Defect> {
        let cells = row.record.len();
        if cells != self.columns.len() {
            let text = format!("{cells} cells, {} columns", self.columns.len());
            return Err(row.defect("", Rule::CellCount, text));
        }
        for (column, cell) in self.columns.iter().zip(row.record) {
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
