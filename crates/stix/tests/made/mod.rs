//! Items, incidents and documents for the tests: a fixed set that the documentation prints too, and any.
#![allow(dead_code, reason = "each test uses its part")]

use std::collections::{BTreeMap, BTreeSet};

use bitacora_incidents::{Act, Entry, Incident, IncidentKind, IncidentStatus, Register, Report, Source};
use bitacora_primitives::markings::{
    FieldName, Grading, Handling, HandlingCode, ItemKind, PartyCode, Purpose, Text, Tlp,
};
use bitacora_primitives::released::{Document, Place};
use bitacora_primitives::{IncidentId, Instant, LeadId, Offer, OfficerId, Originator, Position, ReleaseId};
use bitacora_stix::{
    Bundle, Caveats, Item, Object, Receipt, Standing, Times, incident_objects, item_objects,
};
use proptest::prelude::*;
use serde_json::{Value, json};

pub fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub fn code<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub fn fields(all: Value) -> BTreeMap<FieldName, Value> {
    serde_json::from_value(all).unwrap()
}

/// A lead on a vessel, as the United States got it from Colombia: evidence removed, position in a cell of 6 NM.
pub fn lead() -> Document {
    Document {
        item: LeadId::of(&[b"example"]).to_string(),
        revision: 2,
        kind: ItemKind::Lead,
        originator: code("CO"),
        observed: at("2026-11-21T16:00:09.5Z"),
        place: Some(Place { lat_udeg: 12_533_400, lon_udeg: -77_041_250, grid_m: 11_112 }),
        grading: code("B3"),
        handling: Handling {
            tlp: Tlp::AmberStrict,
            codes: [HandlingCode::H1, HandlingCode::H2].into(),
            releasable_to: [code("CO"), code("US")].into(),
        },
        agreement: code("CO-US-MAR"),
        version: 1,
        clause: code("3.1"),
        purpose: Purpose::Seizure,
        removed: [code("evidence")].into(),
        corrects: None,
        fields: fields(json!({
            "title": "ais_gap",
            "level": "medium",
            "vessel": 352_741_000,
            "container": null,
            "other": 725_000_123,
            "start": "2026-11-21T04:10:00Z",
            "reasons": [
                {"code": "encounter", "counted": true, "start": "2026-11-21T14:20:00Z", "end": null,
                 "strength_nats": 2.6, "basis": {"kind": "assumed"}},
                {"code": "ais_gap", "counted": false, "start": "2026-11-21T04:10:00Z",
                 "end": "2026-11-21T13:02:00Z", "strength_nats": 1.5, "basis": {"kind": "assumed"}},
            ],
            "alternatives": ["pilot_or_bunker", "fishing_together", "tow_or_escort", "reception_hole"],
        })),
    }
}

/// An alert on a container, without a position.
pub fn container_alert() -> Document {
    Document {
        item: LeadId::of(&[b"box"]).to_string(),
        revision: 0,
        kind: ItemKind::ContainerAlert,
        place: None,
        removed: BTreeSet::new(),
        purpose: Purpose::Prosecution,
        clause: code("3.2"),
        fields: fields(json!({
            "title": "seal_changed", "level": "high", "vessel": null, "container": "CSQU3054383", "other": null,
            "start": "2026-11-20T08:00:00Z", "alternatives": ["extra_seal"],
            "reasons": [{"code": "seal_changed", "counted": true, "start": "2026-11-20T08:00:00Z", "end": null,
                         "strength_nats": 1.7, "basis": {"kind": "assumed"}}],
            "evidence": [],
        })),
        ..lead()
    }
}

/// A contact with what the vessel says of itself.
pub fn contact() -> Document {
    Document {
        item: "ctc-1".to_owned(),
        revision: 0,
        kind: ItemKind::Contact,
        place: Some(Place { lat_udeg: 10_400_000, lon_udeg: -75_600_000, grid_m: 0 }),
        removed: BTreeSet::new(),
        fields: fields(json!({
            "vessel": 352_741_000, "imo": 9_074_729, "name": "EXAMPLE STAR", "call_sign": "3FAB7", "flag": "PA",
            "sog_kn": 11.3, "cog_deg": 287.5, "ship_type": 70, "length_m": 182.0, "destination": "CTG",
        })),
        ..lead()
    }
}

/// People in distress: what safety of life lets through whatever is suspended.
pub fn distress() -> Document {
    Document {
        item: "dst-1".to_owned(),
        revision: 0,
        kind: ItemKind::Distress,
        purpose: Purpose::Rescue,
        clause: code("1.2"),
        removed: BTreeSet::new(),
        place: Some(Place { lat_udeg: 9_750_000, lon_udeg: -76_200_000, grid_m: 0 }),
        fields: fields(json!({
            "distress": "sinking", "persons_on_board": 4, "time": "2026-11-21T16:00:09Z",
            "position": {"lat": 9.75, "lon": -76.2},
        })),
        ..lead()
    }
}

pub fn caveats() -> Caveats {
    Caveats {
        receipt: Receipt::Given,
        retain_until: Some(at("2027-11-21T00:00:00Z")),
        originator_control: true,
        clauses: [code("2.3"), code("5.1")].into(),
    }
}

pub fn times() -> Times {
    Times::first(at("2026-11-21T16:05:00.120Z")).next(at("2026-11-21T17:00:00.250Z"))
}

pub fn objects_of(document: &Document) -> Vec<Object> {
    item_objects(&Item::from(document), &caveats(), times(), Standing::Stands).unwrap()
}

/// A strike with two sources, verified.
pub fn incident() -> Incident {
    let id = IncidentId::of(&[b"example"]);
    let officer = Some(OfficerId::of(&[b"officer"]));
    let source = |name: &str, grading: &str| Source {
        name: name.to_owned(),
        citation: format!("{name}, 20 November 2026"),
        published: Some(at("2026-11-20T12:00:00Z")),
        grading: code(grading),
        relays: None,
    };
    let report = Report {
        kind: IncidentKind::Strike,
        occurred: at("2026-11-19T21:30:00Z"),
        text: Text::new("Ataque contra una lancha; dos muertos.", "Attack on a boat; two dead."),
        place: "70 NM NW of Punta Gallinas".to_owned(),
        position: Some(Position::new(13.25, -72.5).unwrap()),
        dead: Some(2),
        injured: None,
    };
    let acts = [
        Act::Reported { report, source: source("El Faro", "C3") },
        Act::SourceAdded { source: source("Harbour Gazette", "B2") },
        Act::StatusChanged { to: IncidentStatus::Corroborated, note: "two origins".to_owned() },
    ];
    let mut register = Register::default();
    for (seq, what) in acts.into_iter().enumerate() {
        let seq = u32::try_from(seq).unwrap() + 1;
        let at = at("2026-11-21T09:00:00Z");
        register.apply(&Entry { incident: id, seq, at, officer, what }).unwrap();
    }
    register.get(id).unwrap().clone()
}

pub fn originator() -> Originator {
    Originator {
        party: code("CO"),
        grading: code("B2"),
        handling: Handling { tlp: Tlp::Green, codes: BTreeSet::new(), releasable_to: [code("CO")].into() },
    }
}

/// A lead that stays at home: nothing is cut, nothing was released.
pub fn own_lead() -> Item {
    let document = lead();
    let offer = Offer {
        id: document.item,
        revision: document.revision,
        kind: document.kind,
        originator: document.originator,
        observed: document.observed,
        position: Some(Position::new(12.531_207, -77.040_113).unwrap()),
        grading: document.grading,
        handling: document.handling,
        case: None,
        fields: document.fields,
    };
    Item::from(&offer)
}

/// One bundle of everything above.
pub fn everything() -> Bundle {
    let mut bundle = Bundle::default();
    for document in [lead(), container_alert(), contact(), distress()] {
        bundle.add(objects_of(&document)).unwrap();
    }
    let own = item_objects(&own_lead(), &Caveats::own(), times(), Standing::Withdrawn).unwrap();
    bundle.add(own).unwrap();
    bundle.add(incident_objects(&incident(), &originator(), times()).unwrap()).unwrap();
    bundle
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z0-9 _áéñ\"\\\\/:.-]{0,24}",
        1 => any::<String>().prop_map(|text| text.chars().take(24).collect()),
    ]
}

/// A value of a field; lists hold no empty elements, which STIX cannot carry.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        2 => (-9_007_199_254_740_991i64..=9_007_199_254_740_991).prop_map(Value::from),
        2 => (-1e12f64..1e12).prop_map(Value::from),
        4 => any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let said = inner.clone().prop_filter("no empty element", |value| {
            !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty())
        });
        prop_oneof![
            proptest::collection::vec(said, 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z_]{1,8}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Fields of any name, and those that the mapping looks at, with right and with wrong values.
fn any_fields() -> impl Strategy<Value = BTreeMap<FieldName, Value>> {
    let known = proptest::sample::select(vec![
        ("vessel", json!(352_741_000)),
        ("vessel", json!(1_000_000_000)),
        ("other", json!(725_000_123)),
        ("other", json!("CSQU3054383")),
        ("container", json!("CSQU3054383")),
        ("container", json!("é")),
        ("name", json!("EXAMPLE STAR")),
        ("imo", json!(9_074_729)),
        ("length_m", json!(-4)),
        ("level", json!("high")),
        ("reasons", json!([{"code": "ais_gap", "end": null}])),
        ("reasons", json!("none")),
    ])
    .prop_map(|(name, value)| (name.to_owned(), value));
    let free = ("[a-z][a-z0-9_]{0,12}", any_value());
    proptest::collection::vec(prop_oneof![known, free], 0..8)
        .prop_map(|pairs| pairs.into_iter().map(|(name, value)| (code(&name), value)).collect())
}

fn any_parties() -> impl Strategy<Value = BTreeSet<PartyCode>> {
    proptest::collection::btree_set("[A-Z]{2,8}".prop_map(|text| code(&text)), 0..4)
}

fn any_handling() -> impl Strategy<Value = Handling> {
    (
        proptest::sample::select(Tlp::ALL.to_vec()),
        proptest::sample::subsequence(HandlingCode::ALL.to_vec(), 0..=4),
        any_parties(),
    )
        .prop_map(|(tlp, codes, releasable_to)| Handling {
            tlp,
            codes: codes.into_iter().collect(),
            releasable_to,
        })
}

fn any_grading() -> impl Strategy<Value = Grading> {
    "[A-F][1-6]".prop_map(|text| code(&text))
}

fn any_place() -> impl Strategy<Value = Option<Place>> {
    proptest::option::of(
        (-90_000_000i64..=90_000_000, -180_000_000i64..=180_000_000, prop_oneof![Just(0u32), 1..100_000u32])
            .prop_map(|(lat_udeg, lon_udeg, grid_m)| Place { lat_udeg, lon_udeg, grid_m }),
    )
}

pub fn any_document() -> impl Strategy<Value = Document> {
    let facts = (
        any_text(),
        any::<u32>(),
        proptest::sample::select(ItemKind::ALL.to_vec()),
        "[A-Z]{2,8}",
        -60_000_000_000_000_000i64..250_000_000_000_000_000,
        any_place(),
        any_grading(),
        any_handling(),
    );
    let terms = (
        "[A-Z]{2}-[A-Z]{2}-[A-Z0-9]{1,6}",
        any::<u32>(),
        "[1-9]\\.[1-9]",
        proptest::sample::select(Purpose::ALL.to_vec()),
        proptest::collection::btree_set("[a-z]{1,8}".prop_map(|text| code(&text)), 0..3),
        any::<bool>(),
    );
    (facts, terms, any_fields()).prop_map(|(facts, terms, fields)| {
        let (item, revision, kind, originator, observed, place, grading, handling) = facts;
        let (agreement, version, clause, purpose, removed, corrects) = terms;
        Document {
            item,
            revision,
            kind,
            originator: code(&originator),
            observed: Instant::from_micros(observed),
            place,
            grading,
            handling,
            agreement: code(&agreement),
            version,
            clause: code(&clause),
            purpose,
            removed,
            corrects: corrects.then(|| ReleaseId::of(&[b"earlier"])),
            fields,
        }
    })
}

pub fn any_caveats() -> impl Strategy<Value = Caveats> {
    (
        proptest::sample::select(Receipt::ALL.to_vec()),
        proptest::option::of(0i64..250_000_000_000_000_000),
        any::<bool>(),
        proptest::collection::btree_set("[1-9]\\.[1-9]".prop_map(|text| code(&text)), 0..3),
    )
        .prop_map(|(receipt, retain_until, originator_control, clauses)| Caveats {
            receipt,
            retain_until: retain_until.map(Instant::from_micros),
            originator_control,
            clauses,
        })
}
