//! Decoded messages as a table, for spreadsheets and databases: one row a message, one column a field that many types or
//! many users share, under gpsd's names, and what else a message says as JSON in the last. Loses nothing.

mod parquet;

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::{Decoded, json};

pub use parquet::ParquetTable;

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Text,
    Whole,
    Real,
    Flag,
}

use Kind::{Flag, Real, Text, Whole};

/// Every column, in order. A field with flag values is 0 or 1 as transmitted.
pub const COLUMNS: &[(&str, Kind)] = &[
    ("time", Text),
    ("line", Whole),
    ("station", Text),
    ("talker", Text),
    ("formatter", Text),
    ("channel", Text),
    ("type", Whole),
    ("repeat", Whole),
    ("mmsi", Whole),
    ("quality", Text),
    ("lon", Real),
    ("lat", Real),
    ("speed", Real),
    ("course", Real),
    ("heading", Whole),
    ("turn", Real),
    ("status", Whole),
    ("second", Whole),
    ("accuracy", Flag),
    ("raim", Flag),
    ("maneuver", Whole),
    ("assigned", Flag),
    ("alt", Whole),
    ("radio", Whole),
    ("year", Whole),
    ("month", Whole),
    ("day", Whole),
    ("hour", Whole),
    ("minute", Whole),
    ("epfd", Whole),
    ("ais_version", Whole),
    ("imo", Whole),
    ("callsign", Text),
    ("shipname", Text),
    ("shiptype", Whole),
    ("to_bow", Whole),
    ("to_stern", Whole),
    ("to_port", Whole),
    ("to_starboard", Whole),
    ("draught", Real),
    ("destination", Text),
    ("dte", Flag),
    ("partno", Whole),
    ("vendorid", Text),
    ("model", Whole),
    ("serial", Whole),
    ("mothership_mmsi", Whole),
    ("aid_type", Whole),
    ("name", Text),
    ("name_extension", Text),
    ("off_position", Flag),
    ("virtual_aid", Flag),
    ("dest_mmsi", Whole),
    ("seqno", Whole),
    ("dac", Whole),
    ("fid", Whole),
    ("text", Text),
    ("data", Text),
    ("more", Text),
];

/// Whether values are as transmitted or in field units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Units {
    Raw,
    Field,
}

/// The values of one message in the order of [`COLUMNS`]; null where it says nothing.
pub fn row(decoded: &Decoded<'_>, units: Units) -> Vec<Value> {
    let mut text = String::new();
    match units {
        Units::Raw => json::write_raw(decoded, &mut text),
        Units::Field => json::write_units(decoded, &mut text),
    }
    // What was just written is an object.
    let mut all: Map<String, Value> = serde_json::from_str(&text).unwrap_or_default();
    if let Some(Value::Array(codes)) = all.get("quality") {
        let codes: Vec<&str> = codes.iter().filter_map(Value::as_str).collect();
        let codes = codes.join(" ");
        all.insert("quality".to_owned(), codes.into());
    }
    if decoded.lines.len() < 2 {
        all.remove("lines");
    }
    let mut row: Vec<Value> = COLUMNS
        .iter()
        .map(|(name, kind)| match all.remove(*name) {
            Some(value) if fits(&value, *kind) => value,
            Some(value) => {
                all.insert((*name).to_owned(), value);
                Value::Null
            }
            None => Value::Null,
        })
        .collect();
    all.retain(|_, value| !value.is_null());
    if let Some(more) = row.last_mut().filter(|_| !all.is_empty()) {
        *more = Value::Object(all).to_string().into();
    }
    row
}

fn fits(value: &Value, kind: Kind) -> bool {
    match kind {
        Text => value.is_string(),
        Whole => value.is_i64() || value.is_u64(),
        Real => value.is_number(),
        Flag => value.is_boolean() || matches!(value.as_u64(), Some(0 | 1)),
    }
}

/// Rows as CSV (RFC 4180), with a header. An empty field is "not available".
#[derive(Debug)]
pub struct CsvTable<W: Write> {
    out: csv::Writer<W>,
}

impl<W: Write> CsvTable<W> {
    pub fn new(out: W) -> io::Result<Self> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(COLUMNS.iter().map(|(name, _)| name))?;
        Ok(Self { out })
    }

    pub fn push(&mut self, row: &[Value]) -> io::Result<()> {
        let fields = row.iter().map(|value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        Ok(self.out.write_record(fields)?)
    }

    pub fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
