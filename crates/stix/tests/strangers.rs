//! Other people's checkers (stix2-validator, stix2, a JSON Schema implementation) over everything we emit, and over
//! generated documents.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test runs a program and fails loudly"
)]

mod made;

use std::path::{Path, PathBuf};
use std::process::Command;

use bitacora_given::python;
use bitacora_primitives::markings::ItemKind;
use bitacora_stix::import::{Known, Limits, Proposed, import};
use bitacora_stix::{Bundle, Item, Standing, item_objects};
use made::*;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const PACKAGES: &str = "pip install stix2-validator==3.2.0 stix2==3.0.2";
const MISP: &str = "pip install misp-stix==2026.10.12";

fn check(name: &str, bundle: &Bundle, options: &[&str]) {
    let path: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.json"));
    std::fs::write(&path, bundle.canonical()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/check_stix.py");
    let output = Command::new("python3").arg(script).args(options).arg(&path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    assert!(said.contains(" objects, 0 errors"), "{said}");
}

#[test]
fn others_find_no_error_in_anything_we_emit() {
    if python("stix2validator, stix2, jsonschema", PACKAGES) {
        check("everything", &everything(), &[]);
    }
}

/// Fields of a lead have a form of their own; the other kinds carry any.
#[test]
fn others_find_no_error_in_generated_documents() {
    if !python("stix2validator, stix2, jsonschema", PACKAGES) {
        return;
    }
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut bundle = Bundle::default();
    for _ in 0..40 {
        let mut document = any_document().new_tree(&mut runner).unwrap().current();
        let caveats = any_caveats().new_tree(&mut runner).unwrap().current();
        if matches!(document.kind, ItemKind::Lead | ItemKind::ContainerAlert) {
            document.fields = lead().fields;
        }
        let item = Item::from(&document);
        bundle.add(item_objects(&item, &caveats, times(), Standing::Stands).unwrap()).unwrap();
    }
    check("generated", &bundle, &[]);
}

#[test]
fn a_trip_through_misp_loses_neither_facts_nor_caveats() {
    if python("misp_stix_converter, stix2validator", MISP) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("from-misp");
        check("misp", &everything(), &["--misp", "--misp-out", folder.to_str().unwrap()]);
        comes_back(&folder);
    }
}

/// What MISP exports is read again: our leads by their labels and notes, MISP's own vessels by their attributes.
fn comes_back(folder: &Path) {
    let read = |path: &Path| {
        let bytes = std::fs::read(path).unwrap();
        let read = import(&bytes, &Limits::default(), &Known::default()).unwrap();
        assert_eq!(read.refused, [], "{}", path.display());
        read
    };
    let own = read(&folder.join("vessel.json"));
    let [vessel] = own.sightings.as_slice() else { panic!("{own:?}") };
    assert_eq!((vessel.named[0].imo, vessel.named[0].call_sign.as_deref()), (Some(9_074_729), Some("3FAB7")));
    assert!(vessel.origin.markings.is_empty(), "misp-stix marks the event alone");
    assert!(vessel.origin.all_markings().any(|marking| marking.body.contains("TLP:AMBER")));
    assert!(vessel.origin.all_labels().any(|label| label == "PAP:AMBER"));
    let mut leads = 0;
    for grouping in everything().objects().filter(|object| object.kind() == "grouping") {
        let uuid = grouping.id().split_once("--").unwrap().1;
        let back = read(&folder.join(format!("{uuid}.json")));
        let said = back.proposals.iter().find(|proposal| proposal.origin.id.kind() == "grouping").unwrap();
        for label in grouping.get("labels").unwrap().as_array().unwrap() {
            let label = label.as_str().unwrap();
            assert!(said.origin.labels.iter().any(|kept| kept == label), "{label}");
        }
        let Proposed::Said(said) = &said.what else { panic!("{said:?}") };
        leads += usize::from(said.about.iter().any(|named| named.is_anyone()));
    }
    assert!(leads >= 3, "vessels and containers are found again: {leads}");
}

/// A check that cannot fail is none: each of these bundles must be complained about.
#[test]
fn the_checkers_see_what_is_wrong() {
    if !python("stix2validator, stix2, jsonschema", PACKAGES) {
        return;
    }
    let mut bundle = Bundle::default();
    bundle.add(objects_of(&lead())).unwrap();
    let good = bundle.canonical();
    let wrong = [
        ("finding", "\"nature\":\"hypothesis\"", "\"nature\":\"finding\""),
        ("marking", "\"forbidden_purposes\":[\"lethal_force\"]", "\"forbidden_purposes\":[\"none\"]"),
        ("version", "\"spec_version\":\"2.1\"", "\"spec_version\":\"2.2\""),
        ("extra", "\"item_kind\":\"lead\"", "\"item_kind\":\"lead\",\"guilty\":true"),
    ];
    let paths = wrong.map(|(name, from, to)| {
        assert!(good.contains(from), "{from}");
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("wrong-{name}.json"));
        std::fs::write(&path, good.replace(from, to)).unwrap();
        path
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/check_stix.py");
    let output = Command::new("python3").arg(script).args(&paths).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout);
    for (name, ..) in wrong {
        let counts = said.lines().filter(|line| line.starts_with(&format!("wrong-{name}.json: ")));
        let seen = counts.filter(|line| line.ends_with(" errors") && !line.ends_with(", 0 errors")).count();
        assert!(seen > 0, "{name}: {said}");
    }
}
