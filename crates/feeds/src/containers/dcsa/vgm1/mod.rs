//! Verified Gross Mass 1.0.0 (SOLAS VI/2, paragraphs 4 to 6): what a declaration needs, whose reference it has. The
//! tables are in `schema`.

mod reading;
mod schema;
mod writing;

use bitacora_port::screening::ContainerEvent;

use super::Standard;
use super::check::{self, Fault, Is};
use super::codes::SEAL_SOURCE_SHORT;
use super::forms;
use super::json::Node;
use super::read::Key;
use super::seals;
use super::write::Originator;
use crate::refusal::Reason;

pub(super) use reading::event;
pub(super) use schema::DECLARATION;
pub(super) use writing::written;

/// What a declaration has that is not retracted. The schema's `required` is empty; DCSA's conformance checks ask for
/// these (and for the method, which we take as unknown where it is not given).
static ALWAYS: &[&str] =
    &["declarationReference", "VGM/weight/value", "VGM/weight/unit", "equipmentDetails/equipmentReference"];

static SEALS: seals::Form = seals::Form {
    number: "number",
    source: "source",
    kind: "type",
    placement: None,
    sources: SEAL_SOURCE_SHORT,
    kind_needed: false,
};

/// International avoirdupois pound in kilograms, exactly (UN/ECE Recommendation 20, `LBR`).
const POUND: f64 = 0.453_592_37;

pub(super) fn faults(node: &Node, pointer: &str) -> Vec<Fault> {
    let mut faults = check::faults(node, &Is::Object(DECLARATION), pointer);
    if node.is_set("isRetracted") {
        check::missing(node, &["declarationReference"], pointer, &mut faults);
        return faults;
    }
    check::missing(node, ALWAYS, pointer, &mut faults);
    // When it was weighed, or for want of that when it was declared.
    if node.text("declarationDateTime").is_none() {
        check::missing(node, &["VGM/dateTime"], pointer, &mut faults);
    }
    // A gross mass is above nothing, and no box weighs 100 t.
    for path in ["VGM/weight", "equipmentDetails/tareWeight"] {
        let weight = node.at(path);
        let number = weight.and_then(|weight| weight.number("value"));
        if number.is_some() && weight.and_then(reading::kilograms).is_none_or(|mass| mass.value() <= 0.0) {
            let told = format!("{pointer}/{path}/value");
            let found = number.map(|number| number.to_string()).unwrap_or_default();
            faults.push(Fault { pointer: told, reason: Reason::OutOfRange, found });
        }
    }
    faults
}

pub(super) fn key(node: &Node) -> Key {
    let party = Originator::of(node.at("routingDetails/originatingParty"));
    let own = node.text("declarationReference").unwrap_or_default();
    Key {
        id: ContainerEvent::id_of(&party.authority(Standard::Vgm1), own),
        version: node.text("declarationDateTime").and_then(|text| forms::instant(text).ok()),
        own: true,
    }
}
