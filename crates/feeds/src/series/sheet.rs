//! One sheet's XML as rows of typed cells. Cells stand in the order of rows and columns, as the standard has them; a
//! sheet that breaks it is refused, for two contents of one cell cannot both be read.

use bitacora_accounts::Decimal;
use bitacora_accounts::import::{Cell, Grid, GridRow};

use super::error::NotAWorkbook;
use super::formats::{self, Format};
use super::workbook::{MOST_CELLS, Shared};
use super::xml::{Tag, Token, Xml, unescaped};

/// What a spreadsheet holds at most (ECMA-376 leaves it open; every program stops here).
const MOST_ROW: u32 = 1_048_576;
const MOST_COLUMN: u32 = 16_384;
/// Tables of accounts are narrower; only an empty cell may stand further out.
const MOST_FILLED_COLUMN: usize = 512;
const MOST_MERGED: u64 = 100_000;

pub(super) struct Read {
    pub(super) grid: Grid,
    pub(super) formulas: u64,
    pub(super) merged: u64,
}

/// A cell while it is read.
#[derive(Default)]
struct Open {
    kind: String,
    style: Option<usize>,
    value: Option<String>,
    inline: String,
    formula: bool,
}

/// Where texts go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Nothing,
    Value,
    Inline,
}

pub(super) fn read(text: &str, part: &str, shared: &Shared, left: &mut usize) -> Result<Read, NotAWorkbook> {
    let mut xml = Xml::new(text, part);
    let mut read = Read { grid: Grid::default(), formulas: 0, merged: 0 };
    let (mut row, mut column) = (0u32, 0u32);
    let mut cells: Vec<Cell> = Vec::new();
    let mut open = Open::default();
    let mut inside = Inside::Nothing;
    let mut spoken = false;
    let mut ranges: Vec<Range> = Vec::new();
    loop {
        match xml.next()? {
            Token::Open(tag) => match tag.name().as_str() {
                "row" => {
                    row = next_row(&tag, row, part)?;
                    column = 0;
                    cells.clear();
                }
                "c" => {
                    column = next_column(&tag, row, column, part)?;
                    let style = tag.attribute("s").and_then(|style| style.parse().ok());
                    open = Open { kind: tag.attribute("t").unwrap_or_default(), style, ..Open::default() };
                }
                "f" => open.formula = true,
                "v" => {
                    open.value = Some(String::new());
                    inside = Inside::Value;
                }
                "t" if !spoken => inside = Inside::Inline,
                "rPh" => spoken = true,
                "mergeCell" => {
                    read.merged += 1;
                    if read.merged > MOST_MERGED {
                        return Err(NotAWorkbook::too_much(part, "merged cells", MOST_MERGED as usize));
                    }
                    let range = tag.attribute("ref").and_then(|range| Range::read(&range));
                    ranges.push(range.ok_or(NotAWorkbook::damaged(part, "a merged cell without its range"))?);
                }
                _ => {}
            },
            Token::Text(text) => match inside {
                Inside::Value => open.value.get_or_insert_default().push_str(&text),
                Inside::Inline => open.inline.push_str(&text),
                Inside::Nothing => {}
            },
            Token::Close(name) => match name.as_str() {
                "v" | "t" => inside = Inside::Nothing,
                "rPh" => spoken = false,
                "c" => {
                    read.formulas += u64::from(open.formula);
                    let cell = open.cell(shared).map_err(|why| {
                        let cell = format!("{}{row}", letters(column));
                        NotAWorkbook::BadCell { part: part.to_owned(), cell, why }
                    })?;
                    place(&mut cells, column, cell, part, left)?;
                }
                "row" if cells.iter().any(|cell| cell.kind() != bitacora_accounts::import::Kind::Empty) => {
                    let cells = std::mem::take(&mut cells);
                    read.grid.rows.push(GridRow { number: u64::from(row), cells });
                }
                _ => {}
            },
            Token::End => break,
        }
    }
    for range in ranges {
        range.lay(&mut read.grid, part, left)?;
    }
    Ok(read)
}

fn next_row(tag: &Tag<'_>, before: u32, part: &str) -> Result<u32, NotAWorkbook> {
    let row = match tag.attribute("r") {
        Some(own) => own.parse().ok(),
        None => before.checked_add(1),
    };
    row.filter(|row| before < *row && *row <= MOST_ROW)
        .ok_or(NotAWorkbook::damaged(part, "rows out of order"))
}

fn next_column(tag: &Tag<'_>, row: u32, before: u32, part: &str) -> Result<u32, NotAWorkbook> {
    let place = match tag.attribute("r") {
        Some(own) => place_of(&own),
        None => Some((row, before + 1)),
    };
    let place = place.filter(|(own, column)| *own == row && before < *column && *column <= MOST_COLUMN);
    place.map(|(_, column)| column).ok_or(NotAWorkbook::damaged(part, "cells out of order"))
}

/// Row and column of `B5`, from 1.
fn place_of(text: &str) -> Option<(u32, u32)> {
    let text = text.replace('$', "");
    let at = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = text.split_at_checked(at)?;
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters.bytes().try_fold(0u32, |column, letter| {
        let letter = letter.to_ascii_uppercase();
        letter.is_ascii_uppercase().then(|| column * 26 + u32::from(letter - b'A') + 1)
    });
    Some((digits.parse().ok()?, column?))
}

/// `B` for 2.
fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// Puts a cell into its row, with the empty ones before it. Empty cells, which only carry a style, are left out.
fn place(
    cells: &mut Vec<Cell>,
    column: u32,
    cell: Cell,
    part: &str,
    left: &mut usize,
) -> Result<(), NotAWorkbook> {
    if cell.kind() == bitacora_accounts::import::Kind::Empty {
        return Ok(());
    }
    let column = usize::try_from(column).unwrap_or(usize::MAX);
    if column > MOST_FILLED_COLUMN {
        return Err(NotAWorkbook::too_much(part, "columns", MOST_FILLED_COLUMN));
    }
    let more = column.saturating_sub(cells.len());
    *left = left.checked_sub(more).ok_or(NotAWorkbook::too_much(part, "cells", MOST_CELLS))?;
    cells.resize(column - 1, Cell::empty());
    cells.push(cell);
    Ok(())
}

impl Open {
    fn cell(&self, shared: &Shared) -> Result<Cell, &'static str> {
        let value = match (self.kind.as_str(), &self.value) {
            ("inlineStr", _) => return Ok(Cell::text(&unescaped(&self.inline))),
            ("str", Some(value)) => return Ok(Cell::text(&unescaped(value))),
            (_, Some(value)) if !value.trim().is_empty() => value.trim(),
            (_, _) if self.formula => return Ok(Cell::uncomputed()),
            _ => return Ok(Cell::empty()),
        };
        match self.kind.as_str() {
            "s" => {
                let text = value.parse::<usize>().ok().and_then(|place| shared.strings.get(place));
                text.map(|text| Cell::text(text)).ok_or("no such shared string")
            }
            "b" => match value {
                "1" | "true" => Ok(Cell::logical(true)),
                "0" | "false" => Ok(Cell::logical(false)),
                _ => Err("neither true nor false"),
            },
            "e" => Ok(Cell::failed(value)),
            "d" => Ok(Cell::date(value)),
            "" | "n" => {
                let number: f64 = value.parse().map_err(|_| "no number")?;
                let style = match self.style {
                    Some(style) => shared.formats.get(style).copied().unwrap_or_default(),
                    None => Format::Plain,
                };
                // The shortest decimal that is this binary number: what the file's author typed.
                let exact = || format!("{number}").parse::<Decimal>().map_err(|_| "a number out of range");
                match style {
                    Format::Date => {
                        let iso = formats::iso(number, shared.from_1904);
                        Ok(Cell::date(iso.as_deref().unwrap_or(value)))
                    }
                    Format::Percent => {
                        exact()?.shift(2).map(Cell::share).map_err(|_| "a number out of range")
                    }
                    Format::Plain => exact().map(Cell::number),
                }
            }
            _ => Err("an unknown type of cell"),
        }
    }
}

/// A merged cell's corners, from 1.
struct Range {
    from: (u32, u32),
    to: (u32, u32),
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let (from, to) = text.split_once(':')?;
        let (from, to) = (place_of(from)?, place_of(to)?);
        let fits = from.0 >= 1 && from <= to && from.1 <= to.1 && to.0 <= MOST_ROW && to.1 <= MOST_COLUMN;
        fits.then_some(Self { from, to })
    }

    /// Marks the range in the rows that hold something; its content stands in all rows of its first column.
    fn lay(&self, grid: &mut Grid, part: &str, left: &mut usize) -> Result<(), NotAWorkbook> {
        let (first, last) = (u64::from(self.from.0), u64::from(self.to.0));
        let from = grid.rows.partition_point(|row| row.number < first);
        let to = grid.rows.partition_point(|row| row.number <= last);
        let start = usize::try_from(self.from.1).unwrap_or(1) - 1;
        let end = usize::try_from(self.to.1).unwrap_or(1).min(MOST_FILLED_COLUMN);
        let anchor = grid.rows.get(from).filter(|row| row.number == first);
        let text = anchor.and_then(|row| row.cells.get(start)).map_or("", Cell::as_str).to_owned();
        for row in grid.rows.get_mut(from..to).unwrap_or(&mut []) {
            let width = end.saturating_sub(start).max(1);
            *left = left.checked_sub(width).ok_or(NotAWorkbook::too_much(part, "cells", MOST_CELLS))?;
            if row.cells.len() < end {
                row.cells.resize(end, Cell::empty());
            }
            for (place, cell) in row.cells.iter_mut().enumerate().take(end).skip(start) {
                *cell = Cell::merged(if place == start { &text } else { "" });
            }
        }
        Ok(())
    }
}
