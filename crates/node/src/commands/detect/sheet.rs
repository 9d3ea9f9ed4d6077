//! What a detector found, row by row: CSV with a header, or JSON lines with the same names.

use std::io::{self, Write};

use bitacora_primitives::Instant;

/// One value of a row.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Cell {
    Text(String),
    Number(f64),
    Count(u64),
    Flag(bool),
    Time(i64),
    Absent,
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Absent, Self::Number)
    }
}

impl Cell {
    fn csv(&self) -> String {
        match self {
            Self::Text(text) if text.contains([',', '"', '\n', '\r']) => {
                format!("\"{}\"", text.replace('"', "\"\""))
            }
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Count(count) => count.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Time(micros) => Instant::from_micros(*micros).to_string(),
            Self::Absent => String::new(),
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
            Self::Count(count) => (*count).into(),
            Self::Flag(flag) => (*flag).into(),
            Self::Time(micros) => Instant::from_micros(*micros).to_string().into(),
            Self::Absent => serde_json::Value::Null,
        }
    }
}

/// Where rows go.
pub(super) struct Sheet<'a> {
    out: &'a mut dyn Write,
    names: &'static [&'static str],
    json: bool,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(
        out: &'a mut dyn Write,
        names: &'static [&'static str],
        json: bool,
    ) -> io::Result<Self> {
        if !json {
            writeln!(out, "{}", names.join(","))?;
        }
        Ok(Self { out, names, json })
    }

    /// One row; cells beyond the names are left out.
    pub(super) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        if self.json {
            let row: serde_json::Map<String, serde_json::Value> =
                self.names.iter().zip(cells).map(|(name, cell)| ((*name).to_owned(), cell.json())).collect();
            return writeln!(self.out, "{}", serde_json::Value::Object(row));
        }
        let row: Vec<String> = cells.iter().take(self.names.len()).map(Cell::csv).collect();
        writeln!(self.out, "{}", row.join(","))
    }
}
