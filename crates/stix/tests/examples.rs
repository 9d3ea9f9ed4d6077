//! The documentation prints what the code writes. `BLESS=1` writes docs/stix/examples/ anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads files and fails loudly"
)]

mod made;

use std::collections::BTreeMap;
use std::path::Path;

use bitacora_stix::Object;
use bitacora_stix::vocabulary::{EXTENSION_VERSION, TYPES, extension};

fn docs() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/stix")
}

/// One object of each form: of markings the handling marking and a statement.
fn examples() -> BTreeMap<String, Object> {
    let mut examples = BTreeMap::new();
    for object in made::everything().objects() {
        let name = match (object.kind(), object.get("definition_type"), object.get("name")) {
            ("marking-definition", Some(_), Some(name)) if !object.canonical().contains("CO-US-MAR") => {
                assert!(name.is_string());
                continue;
            }
            ("marking-definition", Some(_), Some(name)) => {
                format!("marking-statement-{}", if name == "Caveats (en)" { "en" } else { "es" })
            }
            ("marking-definition", None, Some(name)) if name.as_str().unwrap().contains("CO-US-MAR") => {
                "marking-handling".to_owned()
            }
            ("marking-definition", ..) => continue,
            // The parties', not the publisher's.
            ("identity", _, Some(name)) if name != "CO" => continue,
            (kind, ..) => kind.to_owned(),
        };
        examples.entry(name).or_insert_with(|| object.clone());
    }
    examples
}

#[test]
fn the_examples_are_what_the_code_writes() {
    let folder = docs().join("examples");
    let examples = examples();
    let bless = std::env::var_os("BLESS").is_some();
    for (name, object) in &examples {
        let text = serde_json::to_string_pretty(object.properties()).unwrap() + "\n";
        let path = folder.join(format!("{name}.json"));
        if bless {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(
            value(&std::fs::read_to_string(&path).unwrap()),
            value(&text),
            "{name}: BLESS=1 writes it anew"
        );
    }
    let files = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, examples.len(), "an example that the code does not write any more");
}

#[test]
fn every_type_has_a_schema_and_the_page_names_the_extension() {
    for name in TYPES {
        assert!(docs().join(format!("schemas/{name}.json")).exists(), "{name}");
    }
    let extension = extension();
    assert!(docs().join(format!("schemas/{extension}.json")).exists(), "{extension}");
    let page = std::fs::read_to_string(docs().join("README.md")).unwrap();
    assert!(page.contains(extension) && page.contains(&format!("version {EXTENSION_VERSION}")));
    assert!(page.contains("48b9f67a-5caa-5535-b9e8-997d05ac6167"));
}
