//! Metadata for the tables of this folder: W3C "Metadata Vocabulary for Tabular Data" (2015), one JSON-LD document a
//! table. Describes columns, units and what was left out; repeats no figure.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::codes::codes;
use crate::day::Day;
use crate::observation::Observation;
use crate::units::Unit;

use super::{NotExported, sdmx, tidy};

codes!(
    /// Which of the two tables is described.
    Layout, "layout of a table",
    Tidy = "tidy",
    Sdmx = "sdmx",
);

/// What the figures alone do not say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct About {
    /// Where the table lies, relative to the metadata.
    pub url: String,
    pub layout: Layout,
    /// Of the title and the notes, as BCP 47 tags it.
    pub language: String,
    pub title: String,
    pub known_on: Option<Day>,
    pub undecided: usize,
    pub unknown: usize,
}

/// RDF Data Cube's SDMX vocabularies, under which statistical readers look.
const SDMX: &str = "http://purl.org/linked-data/sdmx/2009/";
/// The rest of the columns.
const OWN: &str = "urn:bitacora:accounts:";

pub fn csvw<'o>(
    observations: impl IntoIterator<Item = &'o Observation>,
    about: &About,
) -> Result<Vec<u8>, NotExported> {
    let names = match about.layout {
        Layout::Tidy => tidy::heading(),
        Layout::Sdmx => sdmx::heading(),
    };
    let columns: Vec<Value> = names.iter().map(|name| column(name, about.layout)).collect();
    let units: BTreeSet<Unit> = observations.into_iter().map(|observation| observation.unit).collect();
    let place = names.iter().position(|name| matches!(*name, "unit" | "UNIT_MEASURE")).map_or(0, |at| at + 1);
    let mut notes: Vec<Value> = units.into_iter().map(|unit| unit_note(unit, &about.url, place)).collect();
    if let Some(day) = about.known_on {
        notes.push(json!({
            "type": "Annotation",
            "motivation": "describing",
            "target": about.url,
            "body": {
                "known_on": day.to_string(),
                "left_out_undecided": about.undecided.to_string(),
                "left_out_vintage_unknown": about.unknown.to_string(),
            },
        }));
    }
    let document = json!({
        "@context": ["http://www.w3.org/ns/csvw", { "@language": about.language }],
        "@type": "Table",
        "url": about.url,
        "dc:title": about.title,
        "dc:format": "text/csv",
        "dialect": { "encoding": "utf-8", "header": true, "delimiter": ",", "quoteChar": "\"", "doubleQuote": true },
        "notes": notes,
        "tableSchema": { "@type": "Schema", "columns": columns },
    });
    serde_json_canonicalizer::to_vec(&document).map_err(NotExported::Json)
}

/// A fragment of RFC 7111 names the column of units.
fn unit_note(unit: Unit, url: &str, place: usize) -> Value {
    json!({
        "type": "Annotation",
        "motivation": "describing",
        "target": format!("{url}#col={place}"),
        "body": {
            "unit": unit.code(),
            "dimension": format!("{:?}", unit.dimension()),
            "factor_to_first_of_dimension": unit.factor().to_string(),
        },
    })
}

fn column(name: &str, layout: Layout) -> Value {
    let mut column = Map::new();
    let mut set = |key: &str, value: Value| column.insert(key.to_owned(), value);
    set("name", json!(name));
    set("titles", json!(name));
    let small = name.to_lowercase();
    set("propertyUrl", json!(property(&small)));
    set("datatype", datatype(&small, layout));
    if is_required(&small) {
        set("required", json!(true));
    }
    Value::Object(column)
}

fn property(name: &str) -> String {
    match name {
        "country" | "ref_area" => format!("{SDMX}dimension#refArea"),
        "year" | "time_period" => format!("{SDMX}dimension#refPeriod"),
        "freq" => format!("{SDMX}dimension#freq"),
        "value" | "obs_value" => format!("{SDMX}measure#obsValue"),
        "unit" | "unit_measure" => format!("{SDMX}attribute#unitMeasure"),
        "unit_mult" => format!("{SDMX}attribute#unitMult"),
        "obs_status" => format!("{SDMX}attribute#obsStatus"),
        "conf_status" => format!("{SDMX}attribute#confStatus"),
        "note" | "comment_obs" => format!("{SDMX}attribute#comment"),
        "source_name" => "http://purl.org/dc/terms/source".to_owned(),
        "source_ref" => "http://purl.org/dc/terms/references".to_owned(),
        "publisher" => "http://purl.org/dc/terms/publisher".to_owned(),
        other => format!("{OWN}{other}"),
    }
}

/// Dates of the accounts are days, months, years or spans, which no one datatype of XML Schema holds.
fn datatype(name: &str, layout: Layout) -> Value {
    let list = |codes: Vec<&str>| json!({ "base": "string", "format": codes.join("|") });
    match name {
        "value" | "obs_value" | "low" | "high" => json!({ "base": "decimal" }),
        "source_row" | "source_from" | "source_to" => json!({ "base": "nonNegativeInteger" }),
        "unit_mult" => json!({ "base": "integer" }),
        "ship" if layout == Layout::Tidy => json!({ "base": "boolean", "format": "yes|no" }),
        "source_file" => json!({ "base": "string", "format": "[0-9a-f]{64}" }),
        "nature" | "base_nature" => list(vec!["stock", "flow"]),
        "bound" => list(crate::observation::Bound::ALL.iter().map(|bound| bound.code()).collect()),
        "status" => list(crate::observation::Status::ALL.iter().map(|status| status.code()).collect()),
        _ => json!({ "base": "string" }),
    }
}

fn is_required(name: &str) -> bool {
    matches!(
        name,
        "series_id"
            | "country"
            | "year"
            | "value"
            | "unit"
            | "ship"
            | "nature"
            | "bound"
            | "status"
            | "source_file"
            | "structure"
            | "structure_id"
            | "action"
            | "series"
            | "ref_area"
            | "freq"
            | "time_period"
            | "obs_value"
            | "unit_measure"
            | "unit_mult"
            | "obs_status"
            | "conf_status"
    )
}
