#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! Wide tables by a mapping that a person wrote down.

mod made;

use bitacora_accounts::import::wide::{Mapping, wide};
use bitacora_accounts::import::{NotATable, Rule};
use bitacora_accounts::{Place, SeriesId};
use made::d;
use proptest::prelude::*;

const MAPPING: &str = r#"{
    "series": { "one": "co.cult.unodc" },
    "place": { "divipola": { "department": "CODDEPTO", "municipality": "CODMPIO" } },
    "unit": "ha",
    "ignored": ["MUNICIPIO"],
    "vintage": "2025-06",
    "source_name": "Detección de Cultivos de Coca",
    "separator": "semicolon"
}"#;

fn mapping() -> Mapping {
    serde_json::from_str(MAPPING).unwrap()
}

#[test]
fn a_mapping_is_a_file_that_says_no_more_than_it_knows() {
    let own = mapping();
    assert_eq!(serde_json::from_str::<Mapping>(&serde_json::to_string(&own).unwrap()).unwrap(), own);
    assert!(serde_json::from_str::<Mapping>(&MAPPING.replace("ignored", "ignore")).is_err());
    assert!(serde_json::from_str::<Mapping>(&MAPPING.replace("\"ha\"", "\"ton\"")).is_err());
}

#[test]
fn an_empty_cell_is_missing_and_a_zero_is_a_figure() {
    let csv =
        "CODDEPTO;CODMPIO;MUNICIPIO;2022;2023;2023p\n05;05001;Medellín;0;;7\n81;001;Arauca;n.d.;1,5;7\n";
    let read = wide(csv.as_bytes(), &mapping()).unwrap();
    let rows = &read.imported.rows;
    assert_eq!(rows.iter().map(|row| row.number()).collect::<Vec<_>>(), [d("0"), d("1.5")]);
    assert_eq!(rows[1].place, Place::read("81001").unwrap());
    assert_eq!(rows[0].series, SeriesId::read("co.cult.unodc").unwrap());
    assert_eq!((read.missing, read.municipalities, read.departments), (1, 2, 0));
    let seen: Vec<_> =
        read.imported.defects.first.iter().map(|own| (own.line, own.column.as_str(), own.rule)).collect();
    assert_eq!(seen, [(1, "2023p", Rule::UnknownColumn), (3, "2022", Rule::NotANumber)]);
    // A column may be said to be a year, or part of one.
    let mut own = mapping();
    own.years = serde_json::from_str(r#"{ "columns": { "2023p": "2023-01/2023-09" } }"#).unwrap();
    own.ignored.extend(["2022".to_owned(), "2023".to_owned()]);
    let read = wide(csv.as_bytes(), &own).unwrap();
    assert_eq!(read.imported.defects.count, 0);
    assert_eq!(read.imported.rows[0].period.to_string(), "@2023-01-01/2023-09-30");
    let refused = wide("CODDEPTO;CODMPIO\n".as_bytes(), &mapping()).unwrap_err();
    assert_eq!(refused, NotATable::ColumnMissing { column: "a year".to_owned() });
}

proptest! {
    #[test]
    fn every_cell_is_a_figure_a_gap_or_a_defect(
        rows in proptest::collection::vec(("(05|08|5|x)", "(05001|001|08001|5,001|)", "([0-9]{1,4}|1\\.234|1,5|x|)", "([0-9]{1,3}|)"), 0..12)
    ) {
        let mut csv = String::from("CODDEPTO;CODMPIO;2022;2023\n");
        rows.iter().for_each(|(a, b, c, d)| csv += &format!("{a};{b};{c};{d}\n"));
        let read = wide(csv.as_bytes(), &mapping()).unwrap();
        let defects = &read.imported.defects.first;
        let is_cell = |column: &str| matches!(column, "2022" | "2023");
        let cells = defects.iter().filter(|own| own.line > 1 && is_cell(&own.column)).count();
        let whole = defects.iter().filter(|own| own.line > 1 && !is_cell(&own.column)).count();
        let counted = read.imported.rows.len() + read.missing as usize + cells + 2 * whole;
        prop_assert_eq!(counted, 2 * rows.len());
    }
}
