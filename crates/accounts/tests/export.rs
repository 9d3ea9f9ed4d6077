#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! What leaves the accounts reads back to the same figures, and says of each where it came from.

#[path = "made/figures.rs"]
mod figures;
mod made;

use std::collections::BTreeSet;

use bitacora_accounts::export::{self, About, Layout, Provenance, Selection, select};
use bitacora_accounts::import::sdmx::{Given, sdmx};
use bitacora_accounts::import::{Defects, documents, tidy};
use bitacora_accounts::{Ledger, Observation, SeriesId};
use figures::any_observation;
use made::HEADING;
use proptest::prelude::*;
use serde_json::Value;

fn ledger(rows: impl IntoIterator<Item = Observation>) -> Ledger {
    let mut ledger = Ledger::default();
    for row in rows {
        ledger.append(row).unwrap();
    }
    ledger
}

fn some() -> Vec<Observation> {
    let rows = "co.prod.unodc,COL,2016,866,t,,,\"Fact sheet, Jul 2017\",https://x.example,vintage=2017-07,yes\n\
        co.prod.unodc,COL,2016,1053,t,917,1240,\"Fact sheet, Sep 2018\",https://x.example,vintage=2018-09,yes\n\
        co.cult.us.change_2000_2006,COL,2006,15,%,,,GAO (Oct 2008),,,yes\n\
        co.seiz.hcl.gov,COL,2019,-1,kg,,,=SUM(A1),,undated,no\n\
        co.cult.unodc,05040,2024,261000,ha,,,El Pais,,status=leaked,no\n";
    let imported = tidy(format!("{HEADING}{rows}").as_bytes(), None).unwrap();
    assert!(imported.defects.is_empty(), "{:?}", imported.defects);
    imported.rows
}

proptest! {
    #[test]
    fn tidy_csv_reads_back_to_the_same_observations(rows in proptest::collection::vec(any_observation(), 0..8)) {
        let bytes = export::tidy(&rows);
        let again = tidy(&bytes, None).unwrap();
        prop_assert_eq!(&again.defects, &Defects::default(), "{}", String::from_utf8_lossy(&bytes));
        prop_assert_eq!(again.rows, rows);
    }

    #[test]
    fn sdmx_csv_reads_back_to_the_same_observations(rows in proptest::collection::vec(any_observation(), 0..8)) {
        let bytes = export::sdmx(&rows);
        let again = sdmx(&bytes, &Given::default()).unwrap();
        prop_assert_eq!(&again.imported.defects, &Defects::default(), "{}", String::from_utf8_lossy(&bytes));
        prop_assert_eq!(again.imported.rows, rows);
    }

    #[test]
    fn an_observation_reads_back_from_its_json(row in any_observation()) {
        let text = serde_json::to_string(&row).unwrap();
        prop_assert_eq!(serde_json::from_str::<Observation>(&text).unwrap(), row.clone());
        let canonical = serde_json_canonicalizer::to_vec(&row).unwrap();
        prop_assert_eq!(serde_json::from_slice::<Observation>(&canonical).unwrap(), row);
    }

    #[test]
    fn no_cell_of_an_export_begins_like_a_formula(rows in proptest::collection::vec(any_observation(), 1..4)) {
        for bytes in [export::tidy(&rows), export::sdmx(&rows)] {
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            for record in reader.records() {
                for cell in &record.unwrap() {
                    let number = cell.strip_prefix('-').is_some_and(|rest| {
                        rest.bytes().all(|b| b.is_ascii_digit() || b == b'.')
                    });
                    prop_assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
                }
            }
        }
    }

    #[test]
    fn provenance_does_not_depend_on_the_order(rows in proptest::collection::vec(any_observation(), 0..6)) {
        let of = |rows: &mut dyn Iterator<Item = &Observation>| {
            let mut provenance = Provenance::default();
            for row in rows {
                provenance.figure(row).unwrap();
            }
            provenance.to_json().unwrap()
        };
        prop_assert_eq!(of(&mut rows.iter()), of(&mut rows.iter().rev()));
    }
}

#[test]
fn every_figure_of_the_data_survives_both_formats() {
    let Some(folder) = made::shared() else { return };
    let mut rows = made::all_tidy(&folder);
    rows.extend(documents(&made::bytes(&folder, "documents.csv")).unwrap().rows);
    assert_eq!(tidy(&export::tidy(&rows), None).unwrap().rows, rows);
    assert_eq!(sdmx(&export::sdmx(&rows), &Given::default()).unwrap().imported.rows, rows);
    for row in &rows {
        let text = serde_json::to_string(row).unwrap();
        assert_eq!(&serde_json::from_str::<Observation>(&text).unwrap(), row);
    }
}

#[test]
fn the_json_form_is_stable() {
    let row = &some()[1];
    let form: Value = serde_json::to_value(row).unwrap();
    let hash = form["source"]["file"].as_str().unwrap().to_owned();
    let want = serde_json::json!({
        "series": "co.prod.unodc", "place": "COL", "period": {"dates": "2016", "nature": "flow"},
        "value": "1053", "base": null, "unit": "t", "bound": "point", "low": "917", "high": "1240",
        "method": "simci", "publisher": "unodc", "vintage": "2018-09", "published": "2018-09",
        "status": "measured",
        "source": {"kind": "named", "name": "Fact sheet, Sep 2018", "reference": "https://x.example", "file": hash, "row": 3},
        "note": "vintage=2018-09", "ship": true,
    });
    assert_eq!(form, want);
    let mut wrong = want.clone();
    wrong["low"] = "2000".into();
    assert!(serde_json::from_value::<Observation>(wrong).is_err());
    let mut more = want;
    more["colour"] = "red".into();
    assert!(serde_json::from_value::<Observation>(more).is_err());
}

#[test]
fn a_selection_is_a_series_a_day_or_everything() {
    let ledger = ledger(some());
    let all = select(&ledger, &Selection::default());
    assert_eq!(all.rows.len(), 5);
    let series = SeriesId::read("co.prod.unodc").unwrap();
    let day = "2018-01-31".parse().unwrap();
    let known = select(&ledger, &Selection { series: Some(series), known_on: Some(day) });
    assert_eq!(known.rows.iter().map(|(_, row)| row.number().to_string()).collect::<Vec<_>>(), ["866"]);
    let known = select(&ledger, &Selection { series: None, known_on: Some(day) });
    assert_eq!((known.rows.len(), known.unknown.len()), (2, 2));
}

fn about(layout: Layout) -> About {
    About {
        url: "figures.csv".to_owned(),
        layout,
        language: "en".to_owned(),
        title: "Figures".to_owned(),
        known_on: "2018-01-31".parse().ok(),
        undecided: 0,
        unknown: 2,
    }
}

// Metadata Vocabulary for Tabular Data, sections 5.4 to 5.6 and 6.
#[test]
fn the_metadata_name_every_column_of_their_table_and_keep_the_vocabulary() {
    let datatypes = ["string", "decimal", "integer", "nonNegativeInteger", "boolean"];
    for (layout, bytes) in [(Layout::Tidy, export::tidy(&some())), (Layout::Sdmx, export::sdmx(&some()))] {
        let metadata = export::csvw(&some(), &about(layout)).unwrap();
        assert_eq!(metadata, export::csvw(&some(), &about(layout)).unwrap());
        let metadata: Value = serde_json::from_slice(&metadata).unwrap();
        assert_eq!(metadata["@context"][0], "http://www.w3.org/ns/csvw");
        assert_eq!(metadata["@type"], "Table");
        let columns = metadata["tableSchema"]["columns"].as_array().unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let names: Vec<&str> = columns.iter().map(|column| column["name"].as_str().unwrap()).collect();
        assert_eq!(names, reader.headers().unwrap().iter().collect::<Vec<_>>());
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for column in columns {
            let name = column["name"].as_str().unwrap();
            // A name is a URI template's variable and begins with no underscore.
            assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !name.starts_with('_'));
            assert!(datatypes.contains(&column["datatype"]["base"].as_str().unwrap()));
            let url = column["propertyUrl"].as_str().unwrap();
            assert!(url.starts_with("http://purl.org/") || url.starts_with("urn:bitacora:accounts:"));
        }
        for record in reader.records() {
            for (cell, column) in record.unwrap().iter().zip(columns) {
                assert!(!cell.is_empty() || column.get("required").is_none(), "{column}");
                let base = column["datatype"]["base"].as_str().unwrap();
                assert!(
                    cell.is_empty() || base == "string" || base == "boolean" || cell.parse::<f64>().is_ok()
                );
            }
        }
        let notes = metadata["notes"].as_array().unwrap();
        let units: Vec<&str> = notes.iter().filter_map(|note| note["body"]["unit"].as_str()).collect();
        assert_eq!(units, ["ha", "kg", "t", "%"]);
        let column: usize =
            notes[0]["target"].as_str().unwrap().split("col=").nth(1).unwrap().parse().unwrap();
        assert!(matches!(names[column - 1], "unit" | "UNIT_MEASURE"));
        // No member is null, and members with a colon are common properties of a known prefix.
        for (key, value) in metadata.as_object().unwrap() {
            assert!(!value.is_null() && (!key.contains(':') || key.starts_with("dc:")), "{key}");
        }
    }
}

// PROV-JSON, sections 2 and 3: what is named in a relation is declared, and every name has a declared prefix.
#[test]
fn every_relation_of_the_provenance_holds_between_things_that_are_there() {
    let mut provenance = Provenance::default();
    let figures: Vec<_> = some().iter().map(|row| provenance.figure(row).unwrap()).collect();
    let verdict =
        provenance.derived("verdict", "hld-50pct-area/simci", &[("outcome", "missed")], &figures[..2]);
    provenance.answered_by("officer 7");
    let bytes = provenance.to_json().unwrap();
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(serde_json_canonicalizer::to_vec(&document).unwrap(), bytes);
    let part = |key: &str| document[key].as_object().unwrap();
    let kinds = [
        ("prov:entity", "entity"),
        ("prov:generatedEntity", "entity"),
        ("prov:usedEntity", "entity"),
        ("prov:activity", "activity"),
        ("prov:agent", "agent"),
    ];
    let prefixes: BTreeSet<&str> = part("prefix").keys().map(String::as_str).chain(["prov"]).collect();
    for relation in ["wasGeneratedBy", "used", "wasDerivedFrom", "wasAttributedTo", "wasAssociatedWith"] {
        for (id, about) in part(relation) {
            assert!(id.starts_with("_:"));
            for (key, value) in about.as_object().unwrap() {
                assert!(prefixes.contains(key.split(':').next().unwrap()), "{key}");
                if let Some((_, kind)) = kinds.iter().find(|(end, _)| end == key) {
                    assert!(part(kind).contains_key(value.as_str().unwrap()), "{relation} {value}");
                }
            }
        }
    }
    for key in ["entity", "activity", "agent"] {
        assert!(part(key).keys().all(|name| name.starts_with("bitacora:")));
    }
    let used = part("used").values().filter(|about| {
        about["prov:activity"]
            == "bitacora:derivation_verdict_".to_owned() + verdict.as_str().rsplit('_').next().unwrap()
    });
    assert_eq!(used.count(), 2);
    // The file's hash, and the line in it.
    let file = format!(
        "bitacora:file_{}",
        match &some()[0].source {
            bitacora_accounts::Source::Named { file, .. } => file.to_string(),
            bitacora_accounts::Source::Document { document, .. } => document.to_string(),
        }
    );
    assert!(part("entity").contains_key(&file));
    let rows: BTreeSet<&str> =
        part("wasDerivedFrom").values().filter_map(|about| about["bitacora:row"]["$"].as_str()).collect();
    assert_eq!(rows, BTreeSet::from(["2", "3", "4", "5", "6"]));
}
