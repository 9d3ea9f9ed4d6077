//! The rows of an event CSV, cut in place. A row that does not hold is a refusal with its line and column; the rows
//! around it stand.

use serde::{Deserialize, Serialize};

/// The columns, in the order of the refusals' column numbers when the header has this order.
pub const COLUMNS: [&str; 10] =
    ["event_id", "ts", "trip", "container", "type", "facility", "actor", "seal", "weight_kg", "auth"];
/// Most bytes of one text cell: a longer one is hostile or a broken file.
const MAX_CELL: usize = 200;

/// Why a file has no rows to read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadHeader {
    #[error("the file is empty: a header line is needed")]
    Empty,
    #[error("the header lacks the column `{0}`")]
    Missing(&'static str),
    #[error("the header names the column `{0}` twice")]
    Twice(&'static str),
    #[error("the header has more than 64 columns")]
    TooMany,
}

/// Why a row was refused; the codes of the message tables.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFault {
    /// Fewer or more cells than the header; the column is the first that lacks or is too many.
    CellCount,
    /// Not an integer of at most 18 digits.
    NotAnInteger,
    /// Not ten capitals or digits and a digit.
    NotAContainer,
    /// Longer than 200 bytes.
    CellTooLong,
    /// A quote that does not close on its line, or stands in the middle of a cell.
    Quote,
}

/// One refused row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct RowRefusal {
    /// From 1; the header is line 1.
    pub line: u64,
    /// From 1, as in the file.
    pub column: u32,
    pub fault: RowFault,
}

impl std::fmt::Display for RowRefusal {
    /// `line 3, column 4: cell_count`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let code = match self.fault {
            RowFault::CellCount => "cell_count",
            RowFault::NotAnInteger => "not_an_integer",
            RowFault::NotAContainer => "not_a_container",
            RowFault::CellTooLong => "cell_too_long",
            RowFault::Quote => "quote",
        };
        write!(f, "line {}, column {}: {code}", self.line, self.column)
    }
}

/// One row, as [`COLUMNS`] order its cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    pub event: i64,
    pub ts: i64,
    pub trip: &'a [u8],
    pub container: &'a [u8],
    pub kind: &'a [u8],
    pub facility: &'a [u8],
    pub seal: &'a [u8],
    pub weight: i64,
    pub auth: i64,
}

/// Where each column stands in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Cell index of each of [`COLUMNS`].
    at: [usize; 10],
    width: usize,
    usual: bool,
}

type Fault = (u32, RowFault);

impl Layout {
    pub(super) fn of(header: &[u8]) -> Result<Self, BadHeader> {
        let header = header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header);
        if header.is_empty() {
            return Err(BadHeader::Empty);
        }
        let mut at = [usize::MAX; 10];
        let mut width = 0;
        for name in header.split(|byte| *byte == b',') {
            let name = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name);
            for (slot, column) in at.iter_mut().zip(COLUMNS) {
                if name == column.as_bytes() {
                    if *slot != usize::MAX {
                        return Err(BadHeader::Twice(column));
                    }
                    *slot = width;
                }
            }
            width += 1;
            if width > 64 {
                return Err(BadHeader::TooMany);
            }
        }
        for (slot, column) in at.iter().zip(COLUMNS) {
            if *slot == usize::MAX {
                return Err(BadHeader::Missing(column));
            }
        }
        let usual = width == 10 && at.iter().enumerate().all(|(n, slot)| n == *slot);
        Ok(Self { at, width, usual })
    }

    /// What a row is refused for whose container number is none.
    pub(super) const fn container_fault(&self) -> (u32, RowFault) {
        let [_, _, _, container, ..] = self.at;
        (container as u32 + 1, RowFault::NotAContainer)
    }

    /// The row in one line without quotes. `ends` are the offsets of its separators and of its end.
    #[inline]
    pub(super) fn row<'a>(&self, line: &'a [u8], commas: &[usize]) -> Result<Row<'a>, Fault> {
        if commas.len() + 1 != self.width {
            return Err(((commas.len() + 2).min(self.width + 1) as u32, RowFault::CellCount));
        }
        let cell = |n: usize| -> &'a [u8] {
            let start = if n == 0 { 0 } else { commas.get(n - 1).map_or(0, |comma| comma + 1) };
            let end = commas.get(n).copied().unwrap_or(line.len());
            line.get(start..end).unwrap_or_default()
        };
        if self.usual {
            return read([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], cell);
        }
        read(self.at, cell)
    }

    /// The row in a line that holds a quote (RFC 4180, without line breaks inside a cell).
    #[cold]
    pub(super) fn quoted_row<'a>(&self, line: &[u8], store: &'a mut Vec<Vec<u8>>) -> Result<Row<'a>, Fault> {
        store.clear();
        let mut rest = Some(line);
        while let Some(text) = rest {
            let column = store.len() as u32 + 1;
            if store.len() > self.width {
                return Err((column, RowFault::CellCount));
            }
            let mut cell = Vec::new();
            if let Some(mut inner) = text.strip_prefix(b"\"") {
                loop {
                    let close = memchr::memchr(b'"', inner).ok_or((column, RowFault::Quote))?;
                    let (before, after) = inner.split_at(close);
                    cell.extend_from_slice(before);
                    match after.get(1..) {
                        Some([b'"', tail @ ..]) => {
                            cell.push(b'"');
                            inner = tail;
                        }
                        Some([b',', tail @ ..]) => {
                            rest = Some(tail);
                            break;
                        }
                        Some([]) => {
                            rest = None;
                            break;
                        }
                        _ => return Err((column, RowFault::Quote)),
                    }
                }
            } else {
                let end = memchr::memchr(b',', text).unwrap_or(text.len());
                let (before, after) = text.split_at(end);
                if before.contains(&b'"') {
                    return Err((column, RowFault::Quote));
                }
                cell.extend_from_slice(before);
                rest = after.get(1..);
            }
            store.push(cell);
        }
        if store.len() != self.width {
            return Err((store.len().min(self.width) as u32 + 1, RowFault::CellCount));
        }
        read(self.at, |n| store.get(n).map(Vec::as_slice).unwrap_or_default())
    }
}

#[inline]
fn read<'a>(at: [usize; 10], cell: impl Fn(usize) -> &'a [u8]) -> Result<Row<'a>, Fault> {
    let [event, ts, trip, container, kind, facility, _, seal, weight, auth] = at;
    let whole = |n: usize| integer(cell(n)).ok_or((n as u32 + 1, RowFault::NotAnInteger));
    let text = |n: usize| {
        let text = cell(n);
        if text.len() > MAX_CELL { Err((n as u32 + 1, RowFault::CellTooLong)) } else { Ok(text) }
    };
    let row = Row {
        event: whole(event)?,
        ts: whole(ts)?,
        trip: text(trip)?,
        container: cell(container),
        kind: cell(kind),
        facility: text(facility)?,
        seal: text(seal)?,
        weight: whole(weight)?,
        auth: whole(auth)?,
    };
    if row.container.len() == 11 { Ok(row) } else { Err((container as u32 + 1, RowFault::NotAContainer)) }
}

/// A decimal integer of at most 18 digits, with or without a minus.
#[inline]
fn integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value: i64 = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_strict() {
        assert_eq!(integer(b"0"), Some(0));
        assert_eq!(integer(b"-999999999999999999"), Some(-999_999_999_999_999_999));
        for bad in ["", "-", "+1", " 1", "1.0", "1e3", "1234567890123456789", "１"] {
            assert_eq!(integer(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn a_header_may_have_any_order_and_more_columns() {
        let layout =
            Layout::of(b"x,auth,weight_kg,seal,actor,facility,type,container,trip,ts,event_id").unwrap();
        let line = b"?,7,100,S1,9,F,MOVE,CSQU3054383,T,60,1";
        let commas: Vec<usize> = memchr::memchr_iter(b',', line).collect();
        let row = layout.row(line, &commas).unwrap();
        assert_eq!((row.event, row.ts, row.auth, row.weight), (1, 60, 7, 100));
        assert_eq!((row.trip, row.container, row.seal), (&b"T"[..], &b"CSQU3054383"[..], &b"S1"[..]));
        assert_eq!(Layout::of(b"event_id").unwrap_err(), BadHeader::Missing("ts"));
        assert_eq!(Layout::of(b"").unwrap_err(), BadHeader::Empty);
        assert_eq!(Layout::of(b"ts,ts").unwrap_err(), BadHeader::Twice("ts"));
    }

    #[test]
    fn quotes_are_read_and_bad_quotes_refused() {
        let layout = Layout::of(COLUMNS.join(",").as_bytes()).unwrap();
        let mut store = Vec::new();
        let row = layout
            .quoted_row(br#"1,60,"T,""1""",CSQU3054383,MOVE,"F",9,"",0,7"#, &mut store)
            .map(|row| (row.trip.to_vec(), row.seal.len()));
        assert_eq!(row, Ok((br#"T,"1""#.to_vec(), 0)));
        for (bad, column) in [(&br#"1,60,"T,CSQU3054383"#[..], 3), (br#"1,60,"T"x,C"#, 3), (br#"1,6"0,T"#, 2)]
        {
            assert_eq!(layout.quoted_row(bad, &mut store).unwrap_err(), (column, RowFault::Quote));
        }
    }
}
