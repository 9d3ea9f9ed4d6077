//! The event hash of CBV 2.0, 8.9: the members of an event in one order, written one way, whatever document they came
//! in. Two documents that say the same have one hash. Nobody is proved to have said it: a hash is no signature. And the
//! standard puts nothing between members, so that one text can imitate two: where that matters, compare more.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::event::{Content, Element, EpcisEvent, Place, Quantity, SensorElement, SensorPart, Typed};
use super::identifier::canonical;
use super::vocabulary::web_of_urn;

/// `ni:///sha-256;<64 hex>?ver=CBV2.0` (RFC 6920; CBV 2.0, 8.9, rules 22 to 24).
pub fn event_hash(event: &EpcisEvent) -> String {
    hash_of(&pre_hash(event))
}

/// The hash of a pre-hash string.
pub fn hash_of(pre_hash: &str) -> String {
    let mut out = String::from("ni:///sha-256;");
    for byte in Sha256::digest(pre_hash) {
        for nibble in [byte >> 4, byte & 15] {
            out.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
    out.push_str("?ver=CBV2.0");
    out
}

/// What is hashed. `recordTime`, `eventID` and `errorDeclaration` are left out, and comments (`rdfs:comment`); links to
/// certificates are not.
pub fn pre_hash(event: &EpcisEvent) -> String {
    pre_hash_without(event, &[])
}

/// The same without the extensions of the event whose IRIs are listed. The reference program leaves out what a
/// document's `ignoreFields` names ([`EpcisEvent::left_out`]); the standard does not, and who may choose what is left
/// out may change it unnoticed. For comparing with hashes of that program only.
pub fn pre_hash_without(event: &EpcisEvent, left_out: &[String]) -> String {
    let mut out = String::new();
    field(&mut out, "eventType", event.kind.name());
    field(&mut out, "eventTime", &event.event_time.hashed());
    field(&mut out, "eventTimeZoneOffset", &event.offset);
    sorted(&mut out, event.certificates.iter().map(|link| line("certificationInfo", &identifier(link))));
    list(&mut out, "epcList", event.epcs.iter().map(|epc| line("epc", &identifier(epc))));
    optional(&mut out, "parentID", event.parent.as_deref());
    list(&mut out, "inputEPCList", event.inputs.iter().map(|epc| line("epc", &identifier(epc))));
    list(&mut out, "childEPCs", event.children.iter().map(|epc| line("epc", &identifier(epc))));
    list(&mut out, "quantityList", event.quantities.iter().map(quantity));
    list(&mut out, "childQuantityList", event.child_quantities.iter().map(quantity));
    list(&mut out, "inputQuantityList", event.input_quantities.iter().map(quantity));
    list(&mut out, "outputEPCList", event.outputs.iter().map(|epc| line("epc", &identifier(epc))));
    list(&mut out, "outputQuantityList", event.output_quantities.iter().map(quantity));
    if let Some(action) = event.action {
        field(&mut out, "action", action.code());
    }
    optional(&mut out, "transformationID", event.transformation.as_deref());
    optional(&mut out, "bizStep", event.biz_step.as_deref());
    optional(&mut out, "disposition", event.disposition.as_deref());
    let persistent = &event.persistent_disposition;
    if !(persistent.set.is_empty() && persistent.unset.is_empty()) {
        out.push_str("persistentDisposition");
        sorted(&mut out, persistent.set.iter().map(|word| line("set", &identifier(word))));
        sorted(&mut out, persistent.unset.iter().map(|word| line("unset", &identifier(word))));
    }
    place(&mut out, "readPoint", event.read_point.as_ref());
    place(&mut out, "bizLocation", event.biz_location.as_ref());
    list(&mut out, "sensorElementList", event.sensors.iter().map(sensor_element));
    let left_out: BTreeSet<&str> = left_out.iter().map(String::as_str).chain([COMMENT]).collect();
    let extensions = event.extensions.iter().filter(|one| !left_out.contains(one.name.iri().as_str()));
    sorted(&mut out, rest(event).into_iter().chain(extensions.map(element)));
    out
}

const COMMENT: &str = "http://www.w3.org/2000/01/rdf-schema#comment";

/// What comes last, sorted among the extensions. CBV 2.0 lists transactions, sources and destinations before the
/// sensors, and `ilmd` after them; the reference program, and with it every published hash, sorts them so.
/// Certificates told in full and `bizRules` of a sensor report have no place in the list.
fn rest(event: &EpcisEvent) -> Vec<String> {
    let mut lists = vec![String::new(); 5];
    if let [transactions, destinations, sources, ilmd, certificates] = lists.as_mut_slice() {
        list(
            transactions,
            "bizTransactionList",
            event.transactions.iter().map(|one| typed("bizTransaction", one)),
        );
        list(destinations, "destinationList", event.destinations.iter().map(|one| typed("destination", one)));
        list(sources, "sourceList", event.sources.iter().map(|one| typed("source", one)));
        list(ilmd, "ilmd", event.ilmd.iter().map(element));
        list(certificates, "certificationInfo", event.certification_details.iter().map(element));
    }
    let rules = event.sensors.iter().filter_map(|sensor| {
        let rules = sensor.reports.iter().filter_map(|report| report.get("bizRules"));
        let rules: String =
            rules.map(|rule| format!("sensorReport{}", line("bizRules", &identifier(rule)))).collect();
        (!rules.is_empty()).then(|| format!("sensorElement{rules}"))
    });
    let mut with_rules = String::new();
    list(&mut with_rules, "sensorElementList", rules);
    lists.push(with_rules);
    lists
}

fn line(name: &str, value: &str) -> String {
    format!("{name}={value}")
}

fn field(out: &mut String, name: &str, value: &str) {
    out.push_str(name);
    out.push('=');
    out.push_str(value);
}

/// A member that holds a URI.
fn optional(out: &mut String, name: &str, uri: Option<&str>) {
    if let Some(uri) = uri {
        field(out, name, &identifier(uri));
    }
}

/// Case-sensitive, by code point (rules 10 and 11).
fn sorted(out: &mut String, parts: impl Iterator<Item = String>) {
    let mut parts: Vec<String> = parts.collect();
    parts.sort_unstable();
    out.extend(parts);
}

/// The name of a list once, then its sorted parts; nothing for an empty list (rules 4 and 11).
fn list(out: &mut String, name: &str, parts: impl Iterator<Item = String>) {
    let mut inner = String::new();
    sorted(&mut inner, parts);
    if !inner.is_empty() {
        out.push_str(name);
        out.push_str(&inner);
    }
}

/// The one form of a URI: Web URI of a standard value (rule 14), canonical Digital Link (rules 17 and 18).
fn identifier(uri: &str) -> String {
    let uri = uri.trim();
    web_of_urn(uri).or_else(|| canonical(uri)).unwrap_or_else(|| uri.to_owned())
}

fn quantity(one: &Quantity) -> String {
    let mut out = String::from("quantityElement");
    field(&mut out, "epcClass", &identifier(&one.class));
    if let Some(quantity) = &one.quantity {
        field(&mut out, "quantity", quantity.as_str());
    }
    if let Some(unit) = &one.unit {
        field(&mut out, "uom", unit);
    }
    out
}

fn typed(name: &str, one: &Typed) -> String {
    let mut out = String::new();
    optional(&mut out, "type", one.kind.as_deref());
    field(&mut out, name, &identifier(&one.id));
    out
}

fn place(out: &mut String, name: &str, place: Option<&Place>) {
    if let Some(place) = place {
        out.push_str(name);
        field(out, "id", &identifier(&place.id));
        sorted(out, place.extensions.iter().map(element));
    }
}

fn sensor_element(one: &SensorElement) -> String {
    let mut out = String::from("sensorElement");
    if let Some(metadata) = &one.metadata {
        out.push_str(&sensor_part("sensorMetadata", metadata));
    }
    sorted(&mut out, one.reports.iter().map(|report| sensor_part("sensorReport", report)));
    sorted(&mut out, one.extensions.iter().map(element));
    out
}

fn sensor_part(name: &str, part: &SensorPart) -> String {
    let mut out = String::new();
    for (member, value) in &part.members {
        if !(name == "sensorReport" && *member == "bizRules") {
            field(&mut out, member, &identifier(value));
        }
    }
    sorted(&mut out, part.extensions.iter().map(element));
    if out.is_empty() { out } else { format!("{name}{out}") }
}

/// `{namespace}name=value`, or `{namespace}name` and its sorted parts (rules 19 to 21).
fn element(one: &Element) -> String {
    let mut out = String::new();
    if let Some(namespace) = &one.name.namespace {
        out.push('{');
        out.push_str(namespace);
        out.push('}');
    }
    out.push_str(&one.name.local);
    match &one.content {
        Content::Text(text) if text.is_empty() => {}
        Content::Text(text) => {
            out.push('=');
            out.push_str(&plain(text));
        }
        Content::Parts(parts) => sorted(&mut out, parts.iter().map(element)),
    }
    out
}

/// A text of an extension: an identifier in its one form, a decimal number without trailing zeros (rule 6: XML has no
/// numbers, so the text `1.50` there and the number 1.5 here must be one).
fn plain(text: &str) -> String {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let number = digits.split_once('.').filter(|(whole, fraction)| {
        let all = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        all(whole) && all(fraction) && (!whole.starts_with('0') || *whole == "0")
    });
    match number {
        Some((_, fraction)) if fraction.ends_with('0') => {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        Some(_) => text.to_owned(),
        None => identifier(text),
    }
}
