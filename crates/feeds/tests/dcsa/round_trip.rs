//! What is written is read again as it was, but for what was told; and what is read of any document is written again.

use bitacora_feeds::containers::dcsa::{Originator, Standard, Uncarried, Why, read, write};
use bitacora_port::screening::{
    Classifier, ContainerEvent, EventKind, Facility, Kilograms, MassReading, Movement, Pseudonym, ReadBy,
    ReeferReading, SealClass, SealCondition, SealNumber, SealPlacement, SealReading, SealSource, SealType,
    VgmMethod, YardPlace,
};
use bitacora_primitives::{EvidenceRef, Instant, Position};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::{bare, gate_in, given, load, source};

fn standard() -> impl Strategy<Value = Standard> {
    select(Standard::ALL.to_vec())
}

/// Mostly within what the standards take, now and then beyond.
fn instant() -> impl Strategy<Value = Instant> {
    prop_oneof![
        12 => (946_684_800_000_000_i64..3_786_912_000_000_000).prop_map(Instant::from_micros),
        1 => any::<i32>().prop_map(|day| Instant::from_secs(i64::from(day) * 86_400)),
    ]
}

fn line(originator: &Originator) -> impl Strategy<Value = Option<String>> + use<> {
    of(prop_oneof![Just(originator.party_code.clone()), text(6)])
}

fn text(most: usize) -> impl Strategy<Value = String> {
    vec(prop_oneof![9 => proptest::char::range(' ', '~'), 1 => any::<char>()], 0..most)
        .prop_map(|characters| characters.into_iter().collect())
}

fn facility() -> impl Strategy<Value = Facility> {
    prop_oneof!["COCTG(-[A-Z0-9]{1,8})?", "[ -~]{1,40}", "NLRTM-[ -~é]{0,34}"]
        .prop_filter_map("a facility", |text| Facility::new(&text).ok())
}

fn temperature() -> impl Strategy<Value = Option<f64>> {
    of(prop_oneof![9 => -40.0..40.0_f64, 1 => any::<f64>()])
}

prop_compose! {
    fn seal()(number in "[A-Z0-9]{1,17}", maker in of("[A-Z]{2}"), source in of(select(SealSource::ALL)),
        kind in of(select(SealType::ALL)), placement in select(SealPlacement::ALL), class in of(select(SealClass::ALL)),
        condition in of(select(SealCondition::ALL)), read_by in of(select(ReadBy::ALL)), second in of("[A-Z0-9]{1,4}"),
        read_count in prop_oneof![9 => Just(0), 1 => any::<u16>()], plain in any::<bool>()) -> SealReading {
        let mut seal = SealReading::door(SealNumber::new(&number).unwrap());
        (seal.source, seal.kind, seal.placement) = (source, kind, placement);
        if !plain {
            let second_read = second.map(|text| SealNumber::new(&text).unwrap());
            (seal.maker, seal.class, seal.condition) = (maker, class, condition);
            (seal.read_by, seal.second_read, seal.read_count) = (read_by, second_read, read_count);
        }
        seal
    }
}

prop_compose! {
    fn mass()(kg in prop_oneof![Just(0.0), 0.0..100_000.0_f64], scale in of("[A-Z]{1,3}"), method in of(select(VgmMethod::ALL)))
        -> MassReading {
        MassReading { kg: Kilograms::new(kg).unwrap(), scale, method }
    }
}

prop_compose! {
    fn reefer()(setpoint_celsius in temperature(), return_air_celsius in temperature(), supply_air_celsius in temperature(),
        powered in of(any::<bool>()), defrosting in of(any::<bool>()), panel_open in of(any::<bool>())) -> ReeferReading {
        ReeferReading { setpoint_celsius, return_air_celsius, supply_air_celsius, powered, defrosting, panel_open }
    }
}

fn uuid() -> impl Strategy<Value = String> {
    "[0-9a-fA-F]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-9[0-9a-f]{3}-[0-9a-f]{12}"
}

prop_compose! {
    fn named()(kind in select(EventKind::ALL), classifier in select(Classifier::ALL), at in instant(),
        container in prop_oneof![9 => "[A-Z]{3}U[0-9]{7}", 1 => "[A-Z0-9]{1,15}"],
        reference in of(prop_oneof![uuid(), text(30), text(600)])) -> ContainerEvent {
        let evidence = EvidenceRef { source: source(), line: 1, offset: None };
        let id = ContainerEvent::id_of("elsewhere", "1");
        let mut event = ContainerEvent::new(id, kind, container.parse().unwrap(), at, at, evidence);
        (event.classifier, event.reference) = (classifier, reference);
        event
    }
}

prop_compose! {
    fn event()(mut event in named(), received in of(instant()), trip in of(text(120)), order in of(text(120)),
        movement in of(select(Movement::ALL)), empty in of(any::<bool>()), facility in of(facility()),
        position in of((-90.0..=90.0_f64, -180.0..=180.0_f64)), seals in vec(seal(), 0..4), mass in of(mass()),
        tare in of(0.0..5000.0_f64), size_type in of("[0-9A-Z]{3,5}"))
        -> ContainerEvent {
        event.received = received.unwrap_or(event.at);
        (event.trip, event.order, event.movement, event.empty) = (trip, order, movement, empty);
        (event.facility, event.seals, event.mass, event.size_type) = (facility, seals, mass, size_type);
        event.position = position.map(|(lat, lon)| Position::new(lat, lon).unwrap());
        event.tare = tare.map(|kg| Kilograms::new(kg).unwrap());
        event
    }
}

prop_compose! {
    /// In the name of the originator, or not.
    fn own(standard: Standard, originator: Originator)(mut event in event(), reefer in of(reefer()),
        vessel in of(prop_oneof!["[0-9]{7,8}", text(120)]), line in line(&originator),
        actor in of("[a-z]{3}"), slot in of("[A-Z]"), ours in any::<bool>(), fits in any::<bool>()) -> ContainerEvent {
        (event.reefer, event.vessel, event.line) = (reefer, vessel, line);
        if fits {
            // A kind that the standard has, so that most of the work is not done on events left out.
            event.kind = if standard == Standard::Vgm1 { EventKind::VerifiedMass } else { EventKind::GateIn };
        } else {
            event.actor = actor.map(|name| Pseudonym::new(&name).unwrap());
            event.yard = slot.map(|slot| YardPlace { slot, tier: None, doors: None, camera_blind: None });
        }
        if let (true, Some(reference)) = (ours, &event.reference) {
            let own = if standard == Standard::Tnt22 { reference.to_ascii_lowercase() } else { reference.clone() };
            event.id = ContainerEvent::id_of(&originator.authority(standard), &own);
        }
        event
    }
}

fn originator() -> impl Strategy<Value = Originator> {
    let provider = prop_oneof![Just("SMDG".to_owned()), text(8)];
    (text(6), provider, text(6)).prop_map(|(party_code, code_list_provider, code_list_name)| Originator {
        party_code,
        code_list_provider,
        code_list_name,
    })
}

fn case() -> impl Strategy<Value = (Standard, Originator, Vec<ContainerEvent>)> {
    (standard(), originator()).prop_flat_map(|(standard, originator)| {
        let events = vec(own(standard, originator.clone()), 0..6);
        (Just(standard), Just(originator), events)
    })
}

/// Takes a part out of an event's JSON, where it is.
fn strip(event: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, name) = pointer.rsplit_once('/')?;
    match event.pointer_mut(parent)? {
        Value::Object(members) => members.remove(name),
        Value::Array(items) => {
            let place: usize = name.parse().ok()?;
            (place < items.len()).then(|| items.remove(place))
        }
        _ => None,
    }
}

/// Both without what was told as not carried: from the last to the first, so that places stay.
fn without(event: &ContainerEvent, lost: &[&Uncarried], of_read: bool) -> Value {
    let mut value = bare(event);
    for one in lost.iter().rev() {
        // A seal left out is not there any more when read; a time of receipt cannot be left out.
        if !of_read || !one.part.starts_with("/seals") {
            strip(&mut value, &one.part);
        }
    }
    if let Some(seals) = value.get_mut("seals").and_then(Value::as_array_mut) {
        // 0 is "not said".
        for seal in seals.iter_mut().filter(|seal| seal["read_count"] == 0) {
            strip(seal, "/read_count");
        }
        if seals.is_empty() {
            strip(&mut value, "/seals");
        }
    }
    value
}

fn holds(events: &[ContainerEvent], standard: Standard, originator: &Originator) {
    let (document, uncarried) = write(events, standard, originator);
    let again = read(document.as_bytes(), standard, source());
    // INVARIANT: what is written is read again without a defect.
    assert_eq!(again.batch.defects, [], "{document}");
    assert_eq!(again.set_aside, []);
    let left_out = |place: usize| uncarried.iter().any(|one| one.event == place && one.whole);
    let written: Vec<usize> = (0..events.len()).filter(|place| !left_out(*place)).collect();
    assert_eq!(written.len(), again.batch.items.len(), "{document}");
    for (place, read) in written.into_iter().zip(&again.batch.items) {
        let event = &events[place];
        let lost: Vec<&Uncarried> = uncarried.iter().filter(|one| one.event == place).collect();
        for one in &lost {
            assert!(bare(event).pointer(&one.part).is_some(), "{one:?} is told of what is not there");
        }
        let (mut expected, mut found) = (without(event, &lost, false), without(read, &lost, true));
        if event.reference.is_none() {
            // Written under the id as its name.
            strip(&mut expected, "/reference");
            strip(&mut found, "/reference");
        }
        assert_eq!(expected, found, "{document}\n{lost:?}");
        if lost.iter().any(|one| one.why == Why::Rounded) {
            let (was, is) = (event.position.unwrap(), read.position.unwrap());
            assert!((was.lat() - is.lat()).abs() < 1e-6 && (was.lon() - is.lon()).abs() < 1e-6);
        }
    }
}

/// Pointers of all parts of a value but itself.
fn leaves(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let parts: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, part)| (name.clone(), part)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(n, part)| (n.to_string(), part)).collect(),
        _ => Vec::new(),
    };
    for (name, part) in parts {
        let pointer = format!("{pointer}/{name}");
        leaves(part, &pointer, found);
        found.push(pointer);
    }
}

/// What is put into a document to damage it.
const PUT: &[&str] = &["", "0", "\"", "null", "[]", "{}", ",", "ACT", "\"\"", "9e99"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again_without_a_defect((standard, originator, events) in case()) {
        holds(&events, standard, &originator);
    }

    #[test]
    fn any_bytes_are_read(bytes in vec(any::<u8>(), 0..200), standard in standard()) {
        let reading = read(&bytes, standard, source());
        prop_assert!(reading.batch.items.is_empty());
        prop_assert!(reading.batch.defective > 0 || serde_json::from_slice::<Value>(&bytes).is_ok());
    }

    #[test]
    fn every_event_is_an_item_or_set_aside_or_refused(
        standard in standard(), place in any::<prop::sample::Index>(),
        put in select(PUT).prop_map(|text| serde_json::from_str(text).unwrap_or(Value::String(text.to_owned()))),
    ) {
        let (name, event) = match standard {
            Standard::Tnt3 => ("/eventID", load()),
            Standard::Tnt22 => ("/eventID", gate_in()),
            Standard::Vgm1 => ("/declarationReference", super::declaration()),
        };
        let mut events = [event.clone(), event.clone(), event];
        for (event, digit) in events.iter_mut().zip(["0", "1", "2"]) {
            let id = event[&name[1..]].as_str().unwrap().to_owned();
            event[&name[1..]] = Value::String(id[..id.len() - 1].to_owned() + digit);
        }
        let mut pointers = Vec::new();
        leaves(&events[1], "", &mut pointers);
        *events[1].pointer_mut(&pointers[place.index(pointers.len())]).unwrap() = put;
        let reading = given(&Value::Array(events.to_vec()), standard);
        let items = reading.batch.items.iter().map(|event| event.evidence.line);
        let aside = reading.set_aside.iter().map(|aside| aside.place.line);
        let mut refused: Vec<u64> = reading.batch.defects.iter().map(|defect| defect.place.line).collect();
        refused.dedup();
        let mut lines: Vec<u64> = items.chain(aside).chain(refused.clone()).collect();
        lines.sort_unstable();
        prop_assert_eq!(lines, [1, 2, 3]);
        prop_assert!(refused.iter().all(|line| *line == 2));
    }

    #[test]
    fn what_is_read_of_a_damaged_document_is_written_again(
        standard in standard(), place in any::<prop::sample::Index>(), cut in 0..12_usize,
        put in prop_oneof![select(PUT).prop_map(String::from), text(4)],
    ) {
        let events = match standard {
            Standard::Tnt3 => serde_json::json!({"events": [load(), load()]}),
            Standard::Tnt22 => serde_json::json!([gate_in(), gate_in()]),
            Standard::Vgm1 => super::declaration(),
        };
        let mut text: Vec<char> = events.to_string().chars().collect();
        let from = place.index(text.len());
        let to = (from + cut).min(text.len());
        text.splice(from..to, put.chars());
        let text: String = text.into_iter().collect();
        let items = read(text.as_bytes(), standard, source()).batch.items;
        holds(&items, standard, &Originator::default());
    }
}

#[test]
fn nothing_is_invented_to_fill_a_member() {
    let event = read(load().to_string().as_bytes(), Standard::Tnt3, source()).batch.items.remove(0);
    let told = |change: fn(&mut ContainerEvent), standard| {
        let mut event = event.clone();
        change(&mut event);
        let (document, uncarried) = write(&[event], standard, &Originator::default());
        assert!(!document.contains("CSQU3054383"));
        let [one] = uncarried.as_slice() else { panic!("{uncarried:?}") };
        assert!(one.whole);
        (one.part.clone(), one.why.code())
    };
    let part = |text: &str| text.to_owned();
    assert_eq!(told(|event| event.empty = None, Standard::Tnt22), (part("/empty"), "missing"));
    assert_eq!(
        told(|event| event.kind = EventKind::YardMove, Standard::Tnt3),
        (part("/kind"), "code_not_listed")
    );
    assert_eq!(
        told(|event| event.kind = EventKind::VerifiedMass, Standard::Vgm1),
        (part("/mass"), "missing")
    );
    assert_eq!(told(|event| event.at = Instant::from_secs(0), Standard::Tnt3), (part("/at"), "out_of_range"));
    let arrived = |event: &mut ContainerEvent| (event.kind, event.vessel) = (EventKind::VesselArrived, None);
    assert_eq!(told(arrived, Standard::Tnt3), (part("/vessel"), "missing"));
}

#[test]
fn a_vent_seal_is_never_written_as_a_door_seal() {
    let event = read(load().to_string().as_bytes(), Standard::Tnt3, source()).batch.items.remove(0);
    let (document, uncarried) = write(&[event], Standard::Tnt22, &Originator::default());
    assert!(document.contains("EC0001") && !document.contains("V7"), "{document}");
    assert!(uncarried.iter().any(|one| one.part == "/seals/1" && one.why == Why::NoMember));
}

#[test]
fn an_event_is_written_once() {
    let event = read(load().to_string().as_bytes(), Standard::Tnt3, source()).batch.items.remove(0);
    let (document, uncarried) = write(&[event.clone(), event], Standard::Tnt3, &Originator::default());
    assert_eq!(document.matches("eventID").count(), 1);
    assert!(uncarried.iter().any(|one| one.event == 1 && one.whole && one.why == Why::Repeated));
    assert_eq!(write(&[], Standard::Tnt3, &Originator::default()).0, "{\"events\":[\n]}\n");
}
