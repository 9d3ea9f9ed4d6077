//! The table of decoded messages: nothing that the JSON says is lost, in CSV and in Parquet alike.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use bitacora_feeds::Refusal;
use bitacora_feeds::ais::table::{COLUMNS, CsvTable, ParquetTable, Units, row};
use bitacora_feeds::ais::{Decoded, Options, Reader, Sink, json};
use bitacora_primitives::SourceId;
use bitacora_sea::contacts::Report;
use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Map, Value};

struct Kept {
    units: Units,
    objects: Vec<Map<String, Value>>,
    rows: Vec<Vec<Value>>,
}

impl Sink for Kept {
    fn report(&mut self, _: Report) {}
    fn refused(&mut self, _: Refusal) {}
    fn message(&mut self, decoded: &Decoded<'_>) {
        let mut text = String::new();
        match self.units {
            Units::Raw => json::write_raw(decoded, &mut text),
            Units::Field => json::write_units(decoded, &mut text),
        }
        self.objects.push(serde_json::from_str(&text).unwrap());
        self.rows.push(row(decoded, self.units));
    }
}

/// Sentences of every type, of our own making.
fn read(units: Units) -> Kept {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/ais_stream/all-types");
    let mut kept = Kept { units, objects: Vec::new(), rows: Vec::new() };
    let options = Options { dedupe: false, reports: false, ..Options::default() };
    let mut reader = Reader::new(SourceId::of(&[b"table"]), options);
    reader.push(&std::fs::read(folder).unwrap(), None, &mut kept);
    reader.finish(&mut kept);
    assert!(kept.rows.len() > 15);
    kept
}

/// The object that a row stands for.
fn back(row: &[Value]) -> Map<String, Value> {
    let mut object = Map::new();
    for ((name, _), value) in COLUMNS.iter().zip(row).filter(|(_, value)| !value.is_null()) {
        if *name == "more" {
            let more: Map<String, Value> = serde_json::from_str(value.as_str().unwrap()).unwrap();
            object.extend(more);
        } else {
            object.insert((*name).to_owned(), value.clone());
        }
    }
    object
}

#[test]
fn a_row_holds_all_that_the_object_says() {
    for units in [Units::Raw, Units::Field] {
        let kept = read(units);
        for (object, row) in kept.objects.iter().zip(&kept.rows) {
            let mut expected = object.clone();
            let codes: Vec<&str> =
                object["quality"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
            expected.insert("quality".to_owned(), codes.join(" ").into());
            if object["lines"].as_array().unwrap().len() == 1 {
                expected.remove("lines");
            }
            expected.retain(|_, value| !value.is_null());
            assert_eq!(back(row), expected, "{units:?}");
        }
    }
}

fn plain(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(flag) => (*flag).into(),
        Field::Long(number) => (*number).into(),
        Field::Double(number) => (*number).into(),
        Field::Str(text) => text.as_str().into(),
        Field::TimestampMicros(micros) => {
            bitacora_primitives::Instant::from_micros(*micros).to_string().into()
        }
        other => panic!("no column holds {other:?}"),
    }
}

#[test]
fn csv_and_parquet_hold_the_rows() {
    let kept = read(Units::Field);
    let (mut text, mut file) = (Vec::new(), Vec::new());
    let mut csv = CsvTable::new(&mut text).unwrap();
    let mut table = ParquetTable::new(&mut file).unwrap();
    for row in &kept.rows {
        csv.push(row).unwrap();
        table.push(row.clone()).unwrap();
    }
    csv.finish().unwrap();
    drop(csv);
    table.finish().unwrap();

    let mut reader = csv::Reader::from_reader(text.as_slice());
    assert_eq!(
        reader.headers().unwrap().iter().collect::<Vec<_>>(),
        COLUMNS.iter().map(|c| c.0).collect::<Vec<_>>()
    );
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let file = SerializedFileReader::new(Bytes::from(file)).unwrap();
    let stored: Vec<Map<String, Value>> = file
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().get_column_iter().map(|(name, field)| (name.clone(), plain(field))).collect())
        .collect();
    assert_eq!((records.len(), stored.len()), (kept.rows.len(), kept.rows.len()));
    for ((row, record), stored) in kept.rows.iter().zip(&records).zip(&stored) {
        for ((at, (name, _)), value) in COLUMNS.iter().enumerate().zip(row) {
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(record[at], text, "{name}");
            match (value, &stored[*name]) {
                (Value::Number(own), Value::Number(theirs)) => {
                    assert_eq!(own.as_f64(), theirs.as_f64(), "{name}")
                }
                (own, theirs) => assert_eq!(own, theirs, "{name}"),
            }
        }
    }
}
