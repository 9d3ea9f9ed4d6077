//! The OpenAPI document is reviewed, not accepted: a change of the API shows as a change of this snapshot.
//! `make bless` rewrites it.

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/openapi.json");

#[test]
fn the_document_is_the_reviewed_one() {
    let made = serde_json::to_string_pretty(&bitacora_api::openapi()).unwrap() + "\n";
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(SNAPSHOT, &made).unwrap();
    }
    let reviewed = std::fs::read_to_string(SNAPSHOT).unwrap_or_default();
    assert!(made == reviewed, "the API changed: review it and run `make bless`");
}

#[test]
fn every_operation_says_what_it_is() {
    let document = serde_json::to_value(bitacora_api::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() >= 15);
    for (path, operations) in paths {
        assert!(path.starts_with("/api/"), "{path}");
        for (verb, operation) in operations.as_object().unwrap() {
            let said = operation["summary"].as_str().or(operation["description"].as_str());
            assert!(said.is_some_and(|text| text.len() > 10), "{verb} {path} has no summary");
        }
    }
}
