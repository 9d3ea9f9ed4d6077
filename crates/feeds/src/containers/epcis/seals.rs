//! Seals and orders in the extensions of an event: EPCIS has no member for them. They are known by the local name, in
//! any namespace, with the parts that DCSA Track & Trace gives a seal.

use bitacora_port::screening::event::MAX_SEALS;
use bitacora_port::screening::{
    ContainerEvent, SealClass, SealCondition, SealNumber, SealPlacement, SealReading, SealSource, SealType,
};

use super::event::{Element, EpcisEvent};
use crate::containers::{Batch, Defect};
use crate::refusal::Reason;

/// Longest mark of a maker.
const MAX_MAKER: usize = 35;

/// The seals that the event reports. One that does not read is a defect, and so is the seventeenth.
pub(super) fn of(event: &EpcisEvent, batch: &mut Batch<ContainerEvent>) -> Vec<SealReading> {
    let mut seals = Vec::new();
    let places = event.read_point.iter().chain(&event.biz_location).flat_map(|place| &place.extensions);
    for element in event.ilmd.iter().chain(&event.extensions).chain(places) {
        find(element, &mut |part, read| match read {
            Ok(seal) if seals.len() < MAX_SEALS => {
                if !seals.contains(&seal) {
                    seals.push(seal);
                }
            }
            Ok(_) => refuse(event, batch, part, Reason::TooMany),
            Err(reason) => refuse(event, batch, part, reason),
        });
    }
    seals
}

fn refuse(event: &EpcisEvent, batch: &mut Batch<ContainerEvent>, element: &Element, reason: Reason) {
    let part = format!("event {}, {}", event.evidence.line, element.name.local);
    let found = element.text().unwrap_or_default();
    batch.refuse(Defect::new(event.evidence, part, reason, found.as_bytes()));
}

/// The document's depth bounds the recursion.
fn find(element: &Element, found: &mut impl FnMut(&Element, Result<SealReading, Reason>)) {
    let name = element.name.local.to_ascii_lowercase();
    match name.as_str() {
        "sealnumber" | "sealid" | "sealno" => {
            let number = element.text().and_then(|text| SealNumber::new(text).ok());
            found(element, number.map(SealReading::door).ok_or(Reason::Form));
        }
        "seal" | "seals" if element.text().is_some_and(|text| !text.is_empty()) => {
            let number = element.text().and_then(|text| SealNumber::new(text).ok());
            found(element, number.map(SealReading::door).ok_or(Reason::Form));
        }
        "seal" | "seals" if part(element, "number").or_else(|| part(element, "sealNumber")).is_some() => {
            found(element, told(element));
        }
        _ => element.parts().iter().for_each(|part| find(part, found)),
    }
}

fn part<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    let same = |part: &&Element| part.name.local.eq_ignore_ascii_case(name);
    element.parts().iter().find(same).and_then(Element::text)
}

fn code<T>(element: &Element, name: &str, read: fn(&str) -> Option<T>) -> Result<Option<T>, Reason> {
    part(element, name).map(|code| read(code).ok_or(Reason::CodeUnknown)).transpose()
}

fn told(element: &Element) -> Result<SealReading, Reason> {
    let number = part(element, "number").or_else(|| part(element, "sealNumber")).unwrap_or_default();
    let mut seal = SealReading::door(SealNumber::new(number).map_err(|_| Reason::Form)?);
    seal.maker = part(element, "maker").map(str::to_owned);
    if seal.maker.as_ref().is_some_and(|maker| maker.len() > MAX_MAKER) {
        return Err(Reason::TooLong);
    }
    seal.source = code(element, "source", SealSource::from_code)?;
    seal.class = code(element, "class", SealClass::from_code)?;
    seal.kind = code(element, "type", SealType::from_code)?;
    seal.condition = code(element, "condition", SealCondition::from_code)?;
    if let Some(placement) = code(element, "placement", SealPlacement::from_code)? {
        seal.placement = placement;
    }
    Ok(seal)
}

/// The order that the event was done under, where an extension of the event names one. A purchase order or another
/// business transaction allows nobody to open a container.
pub(super) fn order(event: &EpcisEvent) -> Option<String> {
    const NAMES: [&str; 4] = ["workOrder", "inspectionOrder", "customsOrder", "orderNumber"];
    let named = |element: &&Element| NAMES.iter().any(|name| element.name.local.eq_ignore_ascii_case(name));
    event
        .extensions
        .iter()
        .find(named)
        .and_then(Element::text)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}
