//! The STIX objects of an item are a view of the released document: all of it, nothing else, and the same each time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod made;

use std::collections::{BTreeMap, BTreeSet};

use bitacora_primitives::Instant;
use bitacora_primitives::released::Document;
use bitacora_stix::import::{Known, Limits, Proposed, import};
use bitacora_stix::vocabulary::{FORBIDDEN, tlp_marking};
use bitacora_stix::{
    Bundle, Caveats, ExportError, Item, Object, Standing, Times, incident_objects, item_objects,
};
use made::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn bundle(objects: Vec<Object>) -> String {
    let mut bundle = Bundle::default();
    bundle.add(objects).unwrap();
    bundle.canonical()
}

/// Every text and number in a value, and every name of a member.
fn leaves(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| leaves(item, into)),
        Value::Object(members) => members.iter().for_each(|(name, item)| {
            into.insert(name.clone());
            leaves(item, into);
        }),
        Value::String(text) => {
            into.insert(text.clone());
        }
        Value::Number(_) => {
            into.insert(serde_json_canonicalizer::to_string(value).unwrap());
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn strings(objects: &[Object]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    objects.iter().for_each(|object| leaves(&Value::Object(object.properties().clone()), &mut all));
    all
}

/// Takes texts that the export puts around facts apart, so that what is left is the facts: labels, and lines of a note.
fn apart(text: &str) -> Vec<String> {
    if let Some((_, value)) = text.strip_prefix("bitacora:").and_then(|label| label.split_once("=\"")) {
        return vec![value.trim_end_matches('"').to_owned()];
    }
    vec![text.to_owned()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn our_own_stix_read_back_gives_the_same_facts(document in any_document(), caveats in any_caveats()) {
        let item = Item::from(&document);
        let text = bundle(item_objects(&item, &caveats, times(), Standing::Stands).unwrap());
        let read = import(text.as_bytes(), &Limits::default(), &Known::default()).unwrap();
        prop_assert_eq!(&read.refused, &vec![]);
        prop_assert!(read.contacts.is_empty() && read.sightings.is_empty(), "views were taken for claims");
        let [proposal] = read.proposals.as_slice() else { panic!("{:?}", read.proposals) };
        let Proposed::Released(back) = &proposal.what else { panic!("{:?}", proposal.what) };
        prop_assert_eq!(&**back, &item.said());
        prop_assert_eq!(back.document(), item.said().document());
        prop_assert_eq!(&proposal.origin.unread, &Vec::<String>::new());
        let said: Value = serde_json::from_str(&text).unwrap();
        let count = said["objects"].as_array().unwrap().len();
        prop_assert_eq!(read.context.len() + 1, count, "every object is in one list");
    }

    /// What an agreement removed is gone from the document; so it is from every byte of the view.
    #[test]
    fn nothing_is_in_the_view_that_is_not_in_the_document(document in any_document(), caveats in any_caveats()) {
        let objects = |document: &Document| {
            item_objects(&Item::from(document), &caveats, times(), Standing::Stands).unwrap()
        };
        // Constants of the extension and the caveats: what the view of a document without facts holds.
        let bare = Document { fields: BTreeMap::new(), place: None, removed: BTreeSet::new(), ..document.clone() };
        let constant = strings(&objects(&bare));
        let mut facts = BTreeSet::new();
        leaves(&serde_json::to_value(&document).unwrap(), &mut facts);
        if let Some(place) = document.place {
            for micro in [place.lat_udeg, place.lon_udeg] {
                facts.insert(serde_json_canonicalizer::to_string(&(micro as f64 / 1e6)).unwrap());
            }
            facts.insert(serde_json_canonicalizer::to_string(
                &(f64::from(place.grid_m) * std::f64::consts::FRAC_1_SQRT_2)).unwrap());
        }
        // A nine-digit MMSI is the field's number.
        facts.extend(document.fields.values().filter_map(Value::as_u64).map(|number| format!("{number:09}")));
        let said = Item::from(&document).said();
        let note_lines: BTreeSet<String> = said
            .fields
            .iter()
            .map(|(name, value)| format!("{name}: {}", serde_json_canonicalizer::to_string(value).unwrap()))
            .collect();
        let names = ["vessel", "vessel_ref", "container", "container_ref", "other_ref", "location", "location_ref",
            "mmsi", "number", "item_ref", "external_references", "external_id", "source_name", "iso6346", "latitude",
            "longitude", "precision", "place", "lat_udeg", "lon_udeg", "grid_m", "property-extension", "removed_fields",
            "fields"];
        for object in objects(&document) {
            let mut own = BTreeSet::new();
            leaves(&Value::Object(object.properties().clone()), &mut own);
            for text in own {
                if constant.contains(&text) || names.contains(&text.as_str()) || text.contains("--") {
                    continue;
                }
                if object.kind() == "note" && object.get("content").and_then(Value::as_str) == Some(&text) {
                    let constant = constant.iter().find(|constant| constant.contains("item: ")).unwrap();
                    let rest = text.lines().filter(|line| {
                        !constant.lines().any(|known| known == *line)
                            && !line.starts_with("removed: ") && !line.starts_with("position: ")
                    });
                    // A canonical JSON value has no line break inside.
                    for line in rest {
                        prop_assert!(note_lines.contains(line), "{line}");
                    }
                    continue;
                }
                for part in apart(&text) {
                    prop_assert!(facts.contains(&part), "`{part}` in a {} is not in the document", object.kind());
                }
            }
        }
    }

    #[test]
    fn a_field_that_was_cut_leaves_no_byte(document in any_document(), secret in "zq[0-9]{12}zq") {
        let mut with = document.clone();
        with.fields.insert(code("evidence"), json!({"who": [secret.clone()], "vessel": 352_741_000}));
        let text = |document: &Document| bundle(objects_of(document));
        prop_assert!(text(&with).contains(&secret));
        let mut cut = with.clone();
        cut.fields.remove(&code::<bitacora_primitives::markings::FieldName>("evidence"));
        prop_assert!(!text(&cut).contains(&secret));
    }

    #[test]
    fn the_same_facts_give_the_same_bytes_in_any_order(document in any_document(), caveats in any_caveats()) {
        let make = || item_objects(&Item::from(&document), &caveats, times(), Standing::Stands).unwrap();
        let mut other = make();
        other.reverse();
        prop_assert_eq!(bundle(make()), bundle(other));
    }

    /// TLP, our handling marking and the statement in two languages, on everything that may carry them.
    #[test]
    fn every_object_carries_its_markings(document in any_document(), caveats in any_caveats()) {
        let objects = item_objects(&Item::from(&document), &caveats, times(), Standing::Stands).unwrap();
        check_markings(&objects, tlp_marking(document.handling.tlp));
    }

    #[test]
    fn no_two_objects_share_a_uuid_and_revisions_rise(document in any_document()) {
        let first = Times::first(Instant::from_micros(1_764_000_000_000_000));
        let mut bundle = Bundle::default();
        let mut last = String::new();
        let mut times = first;
        for revision in 0..4 {
            let revised = Document { revision, ..document.clone() };
            let standing = if revision == 3 { Standing::Withdrawn } else { Standing::Stands };
            let objects = item_objects(&Item::from(&revised), &caveats(), times, standing).unwrap();
            let primary = objects.iter().find(|object| object.get("item_id").is_some()).unwrap();
            prop_assert!(primary.version() > last.as_str());
            prop_assert_eq!(primary.get("revoked").is_some(), revision == 3);
            last = primary.version().to_owned();
            let mut uuids = BTreeMap::new();
            for object in &objects {
                let (_, uuid) = object.id().split_once("--").unwrap();
                let earlier = uuids.insert(uuid.to_owned(), object.kind().to_owned());
                prop_assert!(earlier.is_none_or(|kind| kind == object.kind()));
            }
            bundle.add(objects).unwrap();
            // The clock stands still.
            times = times.next(first.created());
        }
        let versions: BTreeSet<&str> = bundle
            .objects()
            .filter(|object| object.get("item_id").is_some())
            .map(Object::version)
            .collect();
        prop_assert_eq!(versions.len(), 4);
    }
}

fn check_markings(objects: &[Object], tlp: &str) {
    let by_id: BTreeMap<&str, &Object> = objects.iter().map(|object| (object.id(), object)).collect();
    for object in objects {
        let refs: Vec<&str> = object
            .get("object_marking_refs")
            .and_then(Value::as_array)
            .map_or(Vec::new(), |refs| refs.iter().map(|id| id.as_str().unwrap()).collect());
        let marks: Vec<&Object> = refs.iter().map(|id| by_id[id]).collect();
        let is_statement = |mark: &&&Object| mark.get("definition_type") == Some(&json!("statement"));
        let statements = marks.iter().filter(is_statement).count();
        let handling =
            marks.iter().filter(|mark| mark.get("name").unwrap().as_str().unwrap().starts_with("bitacora:"));
        let handling = handling.count();
        let clear = tlp_marking(bitacora_primitives::markings::Tlp::Clear);
        match object.kind() {
            "marking-definition" if object.get("name").unwrap().as_str().unwrap().starts_with("TLP:") => {
                assert!(refs.is_empty(), "the published object, as it is published");
            }
            "marking-definition" if object.get("definition").is_some() => {
                assert!(refs == [tlp] || refs == [clear], "{refs:?}");
            }
            "marking-definition" => assert_eq!((statements, handling, refs.len()), (2, 0, 3)),
            "identity" | "extension-definition" => {
                assert_eq!((refs[0], handling, statements, refs.len()), (clear, 1, 2, 4));
            }
            kind => assert_eq!((refs[0], handling, statements, refs.len()), (tlp, 1, 2, 4), "{kind}"),
        }
    }
}

#[test]
fn an_incident_carries_its_markings_and_reads_back() {
    let incident = incident();
    let objects = incident_objects(&incident, &originator(), times()).unwrap();
    check_markings(&objects, tlp_marking(originator().handling.tlp));
    let read = import(bundle(objects).as_bytes(), &Limits::default(), &Known::default()).unwrap();
    assert_eq!(read.refused, []);
    let claims: Vec<_> = read.proposals.iter().map(|proposal| &proposal.what).collect();
    let back = claims.iter().find_map(|what| match what {
        Proposed::Incident(claim) => Some(claim),
        _ => None,
    });
    let back = back.unwrap();
    assert_eq!(
        (&back.report, &back.sources, back.status),
        (&incident.report, &incident.sources, incident.status)
    );
    assert_eq!((back.id, &back.number), (incident.id, &incident.number));
}

// INVARIANT: a proposal counts for nothing until an officer signs it.
#[test]
fn invariant_a_proposal_is_not_shown_before_an_officer_signs_it() {
    let mut proposed = incident();
    proposed.signed = false;
    assert_eq!(incident_objects(&proposed, &originator(), times()), Err(ExportError::NotSigned));
}

#[test]
fn a_withdrawn_incident_is_revoked() {
    let mut withdrawn = incident();
    withdrawn.withdrawn = true;
    let objects = incident_objects(&withdrawn, &originator(), times()).unwrap();
    let object = objects.iter().find(|object| object.kind() == "incident").unwrap();
    assert_eq!(object.get("revoked"), Some(&json!(true)));
}

#[test]
fn what_stix_cannot_carry_is_an_error_that_names_the_field() {
    let export = |value: Value| {
        let mut document = lead();
        document.fields.insert(code("odd"), value);
        item_objects(&Item::from(&document), &caveats(), times(), Standing::Stands).unwrap_err()
    };
    let field = || "odd".to_owned();
    assert_eq!(export(json!(9_007_199_254_740_992u64)), ExportError::IntegerOutOfRange { field: field() });
    assert_eq!(export(json!([1, null])), ExportError::EmptyInList { field: field() });
    assert_eq!(export(json!({"a": [[]]})), ExportError::EmptyInList { field: field() });
    let mut deep = json!(1);
    for _ in 0..40 {
        deep = json!([deep]);
    }
    assert_eq!(export(deep), ExportError::TooDeep { field: field() });
    let mut far = lead();
    far.place = far.place.map(|place| bitacora_primitives::released::Place { lat_udeg: 90_000_001, ..place });
    let objects = item_objects(&Item::from(&far), &caveats(), times(), Standing::Stands);
    assert_eq!(objects, Err(ExportError::BadPlace));
    let mut late = lead();
    late.observed = Instant::from_micros(i64::MAX);
    let objects = item_objects(&Item::from(&late), &caveats(), times(), Standing::Stands);
    assert_eq!(objects, Err(ExportError::TimeOutOfRange));
}

#[test]
fn one_id_and_version_never_has_two_contents() {
    let mut bundle = Bundle::default();
    bundle.add(objects_of(&lead())).unwrap();
    let mut other = lead();
    other.fields.insert(code("level"), json!("high"));
    assert!(matches!(bundle.add(objects_of(&other)), Err(ExportError::Conflict(_))));
}

#[test]
fn each_release_of_an_item_is_an_object_of_its_own() {
    let mut other = lead();
    other.agreement = code("CO-PA-MAR");
    let mut purpose = lead();
    purpose.purpose = bitacora_primitives::markings::Purpose::Arrest;
    let id =
        |objects: Vec<Object>| objects.iter().find(|object| object.kind() == "lead").unwrap().id().to_owned();
    let own = item_objects(&own_lead(), &Caveats::own(), times(), Standing::Stands).unwrap();
    let ids: BTreeSet<String> =
        [id(objects_of(&lead())), id(objects_of(&other)), id(objects_of(&purpose)), id(own)].into();
    assert_eq!(ids.len(), 4);
}

/// A revoked object has had its last version (STIX 2.1, 3.2, `revoked`).
#[test]
fn what_is_released_again_after_a_withdrawal_is_told_by_other_objects() {
    let ids = |times: Times| -> BTreeSet<String> {
        let objects = item_objects(&Item::from(&lead()), &caveats(), times, Standing::Stands).unwrap();
        let of_item = objects.iter().filter(|object| object.get("confidence").is_some());
        of_item.map(|object| object.id().to_owned()).collect()
    };
    let first = Times::first(Instant::from_micros(1_764_000_000_000_000));
    let revised = first.next(first.modified());
    let anew = revised.anew(first.created());
    assert!(ids(first).len() >= 4 && ids(first) == ids(revised));
    assert!(ids(anew).is_disjoint(&ids(first)) && ids(anew).is_disjoint(&ids(anew.anew(first.created()))));
    assert_eq!(ids(anew), ids(anew.next(first.created())));
    assert!(
        anew.created() > revised.modified(),
        "it begins after what was withdrawn, whatever the clock says"
    );
}

#[test]
fn the_caveats_say_that_nothing_serves_lethal_force() {
    for object in objects_of(&lead()) {
        if object.kind() == "marking-definition" && object.get("extensions").is_some() {
            let text = object.canonical();
            assert!(text.contains("tlp_2_0") || text.contains(FORBIDDEN), "{text}");
        }
        if object.get("definition_type") == Some(&json!("statement")) {
            let text = object.canonical();
            assert!(
                text.contains("uso letal de la fuerza") || text.contains("use of lethal force"),
                "{text}"
            );
        }
    }
}

#[test]
fn a_lead_says_that_it_is_a_hypothesis() {
    for document in [lead(), container_alert()] {
        let objects = objects_of(&document);
        let lead = objects.iter().find(|object| object.kind() == "lead").unwrap();
        assert_eq!(lead.get("nature"), Some(&json!("hypothesis")));
        let note = objects.iter().find(|object| object.kind() == "note").unwrap();
        assert!(note.get("content").unwrap().as_str().unwrap().starts_with("Hipótesis"));
    }
}
