//! What other tools write becomes contacts, sightings and proposals, with its markings as they were.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use bitacora_primitives::{Instant, Mmsi};
use bitacora_stix::import::{Code, Imported, Known, Limits, Proposed, import};
use serde_json::{Value, json};

const TLP1_AMBER: &str = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";

fn id(kind: &str, n: u32) -> String {
    format!("{kind}--{n:08}-1111-4111-8111-111111111111")
}

/// An object with the common properties of STIX 2.1, 3.2.
fn object(kind: &str, n: u32, own: Value) -> Value {
    let mut object = json!({
        "type": kind, "spec_version": "2.1", "id": id(kind, n),
        "created": "2026-11-20T00:00:00.000Z", "modified": "2026-11-20T00:00:00.000Z",
    });
    object.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    object
}

fn read(objects: &[Value]) -> Imported {
    let text = json!({ "type": "bundle", "id": id("bundle", 1), "objects": objects }).to_string();
    import(text.as_bytes(), &Limits::default(), &Known::default()).unwrap()
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

#[test]
fn a_location_with_an_extension_is_a_contact() {
    let extension = json!({ id("extension-definition", 9): {
        "extension_type": "property-extension", "mmsi": "352741000", "sog": 11.5, "cog": "287.5",
        "sensor": "coastal radar", "observed_at": "2026-11-20T01:02:03Z",
    }});
    let read = read(&[object(
        "location",
        1,
        json!({"latitude": 12.5, "longitude": -77, "precision": 120.0, "extensions": extension,
               "object_marking_refs": [TLP1_AMBER], "description": "seen twice"}),
    )]);
    let [contact] = read.contacts.as_slice() else { panic!("{read:?}") };
    assert_eq!(contact.named.mmsi, Mmsi::new(352_741_000));
    assert_eq!(
        (contact.sog_kn, contact.cog_deg, contact.uncertainty_m),
        (Some(11.5), Some(287.5), Some(120.0))
    );
    assert_eq!(contact.observed, at("2026-11-20T01:02:03Z"));
    assert!(contact.origin.markings[0].body.contains("TLP:AMBER"), "a published marking needs no definition");
    assert_eq!(contact.origin.unread, ["description"], "what is not understood is named");
}

#[test]
fn a_place_alone_is_context() {
    let read = read(&[object("location", 1, json!({"region": "south-america"}))]);
    assert_eq!((read.context.len(), read.refused.len()), (1, 0));
}

#[test]
fn vessels_of_other_extensions_and_of_misp_are_sightings() {
    let attribute =
        |relation: &str, value: &str| json!({"object_relation": relation, "value": value, "type": "text"});
    let read = read(&[
        object(
            "x-acme-vessel",
            1,
            json!({"name": "EXAMPLE STAR", "imoNumber": "IMO 9074729", "callSign": "3FAB7", "flag": "PA"}),
        ),
        object(
            "x-misp-object",
            2,
            json!({"x_misp_name": "ftm-Vessel", "x_misp_meta_category": "followthemoney", "x_misp_attributes": [
                attribute("imoNumber", "9074729"), attribute("mmsi", "352741000"), attribute("name", "EXAMPLE STAR"),
                attribute("past-names", "OTHER NAME"),
            ]}),
        ),
        object("x-acme-shipment", 3, json!({"container_number": "CSQU 305438 3"})),
    ]);
    assert_eq!(read.refused, []);
    let named: Vec<_> = read.sightings.iter().map(|sighting| &sighting.named[0]).collect();
    assert_eq!((named[0].imo, named[0].call_sign.as_deref()), (Some(9_074_729), Some("3FAB7")));
    assert_eq!((named[1].mmsi, named[1].name.as_deref()), (Mmsi::new(352_741_000), Some("EXAMPLE STAR")));
    assert_eq!(named[2].container.unwrap().as_str(), "CSQU3054383");
}

#[test]
fn observed_data_of_one_moment_is_a_contact_and_of_a_window_a_sighting() {
    let vessel = object("vessel", 1, json!({"mmsi": 352_741_000}));
    let place = object("location", 2, json!({"latitude": 12.5, "longitude": -77}));
    let seen = |n, last: &str| {
        object(
            "observed-data",
            n,
            json!({"first_observed": "2026-11-20T00:00:00Z", "last_observed": last, "number_observed": 3,
                   "object_refs": [id("vessel", 1), id("location", 2)]}),
        )
    };
    let moment = seen(3, "2026-11-20T00:00:00Z");
    let window = seen(4, "2026-11-20T06:00:00Z");
    let reversed = seen(5, "2026-11-19T06:00:00Z");
    let read = read(&[vessel, place, moment, window, reversed]);
    assert_eq!((read.contacts.len(), read.contacts[0].named.mmsi), (1, Mmsi::new(352_741_000)));
    let windowed = read.sightings.iter().find(|sighting| sighting.count == Some(3)).unwrap();
    assert_eq!(
        (windowed.first, windowed.last),
        (Some(at("2026-11-20T00:00:00Z")), Some(at("2026-11-20T06:00:00Z")))
    );
    assert!(windowed.position.is_some());
    assert_eq!((read.refused.len(), read.refused[0].code), (1, Code::WindowReversed));
}

#[test]
fn a_sighting_follows_its_references() {
    let vessel = object("x-boat", 1, json!({"name": "EXAMPLE STAR"}));
    let place = object("location", 2, json!({"latitude": 12.5, "longitude": -77}));
    let sighting = |n, of: String| {
        object(
            "sighting",
            n,
            json!({"sighting_of_ref": of, "where_sighted_refs": [id("location", 2)], "count": 2}),
        )
    };
    let read = read(&[vessel, place, sighting(3, id("x-boat", 1)), sighting(4, id("malware", 7))]);
    let sighting = read.sightings.iter().find(|sighting| sighting.count == Some(2)).unwrap();
    assert_eq!(sighting.named[0].name.as_deref(), Some("EXAMPLE STAR"));
    assert_eq!(sighting.position.unwrap().lat(), 12.5);
    assert_eq!(read.refused[0].code, Code::ReferenceNotFound);
}

#[test]
fn what_others_think_is_a_proposal_without_weight() {
    let vessel = object("vessel", 1, json!({"mmsi": 352_741_000}));
    let note = object(
        "note",
        2,
        json!({"abstract": "may carry drugs", "content": "a tip", "object_refs": [id("vessel", 1)]}),
    );
    let incident = object("incident", 3, json!({"name": "Boarding", "description": "off Cartagena"}));
    let read = read(&[vessel, note, incident]);
    assert_eq!((read.proposals.len(), read.refused.len()), (2, 0));
    let Proposed::Said(said) = &read.proposals[0].what else { panic!() };
    assert_eq!((said.title.as_deref(), said.about.len()), (Some("may carry drugs"), 1));
}

/// A claim of others is no indication: no row of the table of ratios gives one a weight, so that none can raise a lead.
#[test]
fn no_row_of_the_table_of_ratios_weighs_what_others_say() {
    for row in bitacora_primitives::ratios::TABLE {
        let code = serde_json::to_value(row.code).unwrap();
        for word in ["partner", "imported", "reported", "external", "proposal"] {
            assert!(
                !code.as_str().unwrap().contains(word),
                "{code}: say in docs/stix/README.md what it weighs"
            );
        }
    }
}

#[test]
fn cyber_things_are_refused_as_out_of_scope_and_links_are_context() {
    let read = read(&[
        object("malware", 1, json!({"name": "x", "is_family": false})),
        json!({"type": "ipv4-addr", "id": id("ipv4-addr", 2), "value": "198.51.100.3"}),
        object(
            "indicator",
            3,
            json!({"pattern": "[x:y = 1]", "pattern_type": "stix", "valid_from": "2026-11-20T00:00:00Z"}),
        ),
        object("identity", 4, json!({"name": "Acme"})),
        object(
            "relationship",
            5,
            json!({"relationship_type": "uses", "source_ref": id("malware", 1), "target_ref": id("tool", 2)}),
        ),
        object("x-thing", 6, json!({"colour": "red"})),
    ]);
    assert!(read.refused.iter().all(|refused| refused.code == Code::NotMaritime));
    assert_eq!((read.refused.len(), read.context.len()), (4, 2));
}

#[test]
fn whether_a_claim_about_what_is_not_here_is_of_concern_is_left_open() {
    let (malware, absent) = (id("malware", 1), id("x-vessel", 9));
    let window = json!({"first_observed": "2026-11-20T00:00:00Z", "last_observed": "2026-11-20T00:00:00Z", "number_observed": 1});
    let about = |number, refs: &[&str]| {
        let note = object("note", number, json!({"content": "x", "object_refs": refs}));
        let mut observed = object("observed-data", number, window.clone());
        observed["object_refs"] = json!(refs);
        [note, observed]
    };
    let read = read(
        &[
            vec![object("malware", 1, json!({"name": "x", "is_family": false}))],
            about(2, &[malware.as_str()]).to_vec(),
            about(3, &[malware.as_str(), absent.as_str()]).to_vec(),
        ]
        .concat(),
    );
    let codes: Vec<(&str, Code)> = read.refused.iter().map(|one| (one.path.as_str(), one.code)).collect();
    let (maritime, absent) = (Code::NotMaritime, Code::ReferenceNotFound);
    let expected = [
        ("objects/0", maritime),
        ("objects/1", maritime),
        ("objects/2", maritime),
        ("objects/3", absent),
        ("objects/4", absent),
    ];
    assert_eq!(codes, expected);
}

#[test]
fn granular_markings_keep_their_selectors() {
    let marked = object(
        "vessel",
        1,
        json!({"mmsi": 352_741_000, "names": ["A", "B"], "granular_markings": [
            {"marking_ref": TLP1_AMBER, "selectors": ["mmsi", "names.[1]"]},
            {"lang": "es", "selectors": ["names"]},
        ]}),
    );
    let read = read(&[marked]);
    let [marking] = read.sightings[0].origin.markings.as_slice() else { panic!() };
    assert_eq!(marking.selectors, ["mmsi", "names.[1]"]);
}

#[test]
fn a_withdrawn_object_says_so() {
    let read = read(&[object("vessel", 1, json!({"mmsi": 352_741_000, "revoked": true}))]);
    assert!(read.sightings[0].origin.revoked);
}

#[test]
fn our_own_form_without_its_handling_is_refused() {
    let extension = bitacora_stix::vocabulary::extension();
    let lead = object(
        "lead",
        1,
        json!({"item_id": "led-1", "item_kind": "lead", "extensions": {extension: {"extension_type": "new-sdo"}}}),
    );
    assert_eq!(read(&[lead]).refused[0].code, Code::HandlingMissing);
}
