//! Events about containers, for screening. A container is known by its ISO 6346 number, wherever an identifier carries
//! it; an event about anything else stays evidence and gives nothing here.

use bitacora_port::screening::{ContainerEvent, ContainerNumber, EventKind, Facility};
use bitacora_primitives::{EventId, Instant, Position};

use super::event::{Action, EpcisEvent, EventType, Place};
use super::identifier::canonical;
use super::measured::{self, Measured};
use super::prehash::event_hash;
use super::seals;
use super::vocabulary::{BIZ_STEP, DISPOSITION, TRANSACTION};
use crate::containers::{Batch, Defect};
use crate::refusal::Reason;

/// What the event says happened to containers; `reference` is the event hash. An event that is declared an error
/// (EPCIS 2.0, 7.4.1.2) gives nothing: see [`withdrawn`]. A defect is a part that had to be left out.
pub fn container_events(event: &EpcisEvent) -> Batch<ContainerEvent> {
    if event.error.is_some() { Batch::default() } else { told(event) }
}

/// The ids of the events that an error declaration takes back. It repeats the event, and the hash leaves out the
/// declaration: so both have the same ids.
pub fn withdrawn(event: &EpcisEvent) -> Vec<EventId> {
    if event.error.is_none() {
        return Vec::new();
    }
    told(event).items.iter().map(|one| one.id).collect()
}

/// Most containers of one event: the largest ships carry half as many.
const MAX_CONTAINERS: usize = 50_000;
/// Longest reference to a transport document, order or ship.
const MAX_REFERENCE: usize = 200;

/// What the container is in the event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Role {
    /// One of the things it is about.
    Thing,
    /// What others are put into or taken out of.
    Whole,
}

fn told(event: &EpcisEvent) -> Batch<ContainerEvent> {
    let mut batch = Batch::default();
    let mut containers = containers(event);
    if containers.is_empty() {
        return batch;
    }
    let mut refuse = |part: &str, reason: Reason, found: &str| {
        let part = format!("event {}, {part}", event.evidence.line);
        batch.refuse(Defect::new(event.evidence, part, reason, found.as_bytes()));
    };
    if containers.len() > MAX_CONTAINERS {
        refuse("containers", Reason::TooMany, "");
        containers.truncate(MAX_CONTAINERS);
    }
    let mut reference = |part: &str, text: Option<String>| {
        if text.as_ref().is_some_and(|text| text.len() > MAX_REFERENCE) {
            refuse(part, Reason::TooLong, text.as_deref().unwrap_or_default());
            return None;
        }
        text
    };
    let trip = reference("bizTransactionList", trip(event));
    let vessel = reference("parentID", vessel(event));
    let order = reference("order", seals::order(event));
    let hash = event_hash(event);
    let at = event.event_time.at();
    let received = event.record_time.map_or(at, |stamp| stamp.at().max(at));
    // With several containers nobody knows which one a seal or a measurement belongs to.
    let alone = containers.len() == 1;
    let seals = if alone { seals::of(event, &mut batch) } else { Vec::new() };
    let measured = if alone { measured::of(event) } else { Measured::default() };
    if measured.too_many {
        let part = format!("event {}, sensorElementList", event.evidence.line);
        batch.refuse(Defect::new(event.evidence, part, Reason::TooMany, b""));
    }
    let place = event.read_point.as_ref().or(event.biz_location.as_ref());
    let position = measured.position.or_else(|| place.and_then(geo));
    let facility =
        [&event.read_point, &event.biz_location].into_iter().flatten().find_map(|place| facility(&place.id));
    // The hash alone may be imitated with other members: what screening compares is part of the id.
    let place_name = facility.as_ref().map_or("", Facility::as_str);
    let numbers: Vec<&str> = seals.iter().map(|seal| seal.number.as_str()).collect();
    let shown = format!("{place_name} {} {}", numbers.join(" "), order.as_deref().unwrap_or_default());
    for (container, role) in containers {
        let make = |kind: EventKind, at: Instant| {
            let own = format!("{hash} {container} {} {at} {shown}", kind.code());
            let mut one = ContainerEvent::new(
                ContainerEvent::id_of("epcis", &own),
                kind,
                container,
                at,
                received.max(at),
                event.evidence,
            );
            one.reference = Some(hash.clone());
            one.facility.clone_from(&facility);
            one.position = position;
            one.trip.clone_from(&trip);
            one.vessel.clone_from(&vessel);
            one.order.clone_from(&order);
            one
        };
        for (kind, at, reefer) in &measured.readings {
            let mut one = make(*kind, *at);
            one.reefer = *reefer;
            batch.items.push(one);
        }
        let located = facility.is_some() || position.is_some();
        let kind = kind(event, role).or_else(|| (!seals.is_empty()).then_some(EventKind::SealChecked));
        // Seen somewhere, though nothing we know happened to it.
        let seen = (located && measured.readings.is_empty()).then_some(EventKind::LocationReported);
        if let Some(kind) = kind.or(seen) {
            let mut one = make(kind, at);
            one.seals.clone_from(&seals);
            one.mass.clone_from(&measured.mass);
            batch.items.push(one);
        } else if measured.readings.is_empty() {
            let found = event.biz_step.as_deref().unwrap_or_default();
            let part = format!("event {}, {container}", event.evidence.line);
            batch.refuse(Defect::new(event.evidence, part, Reason::CodeUnknown, found.as_bytes()));
        }
    }
    batch
}

/// Each container once, with its role.
fn containers(event: &EpcisEvent) -> Vec<(ContainerNumber, Role)> {
    let things = [&event.epcs, &event.children, &event.inputs, &event.outputs].into_iter().flatten();
    let named = event.parent.iter().map(|uri| (uri, Role::Whole)).chain(things.map(|uri| (uri, Role::Thing)));
    let mut found: Vec<(ContainerNumber, Role)> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for (uri, role) in named {
        if let Some(container) = container_number(uri).filter(|container| known.insert(*container)) {
            found.push((container, role));
        }
    }
    found
}

/// The number in an identifier: the whole of a BIC container code (EPC Tag Data Standard 1.13, 6.3.16), right or wrong;
/// in any other identifier the last eleven characters, if they obey ISO 6346 to the check digit.
pub fn container_number(uri: &str) -> Option<ContainerNumber> {
    if let Some(code) = uri.strip_prefix("urn:epc:id:bic:") {
        return code.parse().ok();
    }
    let end = uri.trim_end_matches('/').rsplit(['/', ':', '.']).next()?;
    let code = end.get(end.len().checked_sub(11)?..)?;
    let container: ContainerNumber = code.parse().ok()?;
    (container.as_str() == code && container.check().is_ok()).then_some(container)
}

/// What `bizStep` and `disposition` (CBV 2.0, 7.1 and 7.2) mean for a container.
fn kind(event: &EpcisEvent, role: Role) -> Option<EventKind> {
    let step = event.biz_step.as_deref().and_then(|uri| BIZ_STEP.word(uri));
    let filled = role == Role::Whole && event.kind == EventType::Aggregation;
    let by_step = match step? {
        "packing" | "loading" if filled && event.action != Some(Action::Delete) => EventKind::Stuffed,
        "unpacking" | "unloading" if filled => EventKind::Stripped,
        "packing" => EventKind::Stuffed,
        "unpacking" => EventKind::Stripped,
        "loading" => EventKind::Loaded,
        "unloading" => EventKind::Discharged,
        "arriving" => EventKind::GateIn,
        "departing" => EventKind::GateOut,
        "inspecting" => EventKind::Inspected,
        "stocking" | "storing" | "picking" | "staging_outbound" => EventKind::YardMove,
        _ => return by_disposition(event),
    };
    Some(by_step)
}

fn by_disposition(event: &EpcisEvent) -> Option<EventKind> {
    match event.disposition.as_deref().and_then(|uri| DISPOSITION.word(uri))? {
        "container_closed" => Some(EventKind::DoorClosed),
        "container_open" => Some(EventKind::DoorOpened),
        _ => None,
    }
}

/// A facility is a global location number without its extension: two gates of one terminal are one place. A place with
/// another URI is named by its end where that begins with a UN/LOCODE, or by the URI where it is short enough.
fn facility(uri: &str) -> Option<Facility> {
    if uri.starts_with("geo:") {
        return None;
    }
    let link = canonical(uri);
    if let Some(rest) = link.as_deref().and_then(|link| link.strip_prefix("https://id.gs1.org/414/")) {
        return Facility::new(rest.split('/').next()?).ok();
    }
    let end = uri.rsplit(['/', ':']).next().and_then(|end| Facility::new(end).ok());
    end.filter(|facility| facility.locode().is_some()).or_else(|| Facility::new(uri).ok())
}

/// RFC 5870, 3.3: `geo:lat,lon`, in WGS 84 unless another system is named.
fn geo(place: &Place) -> Option<Position> {
    let rest = place.id.strip_prefix("geo:")?;
    let (coordinates, parameters) = rest.split_once(';').unwrap_or((rest, ""));
    if parameters.starts_with("crs=") && !parameters.starts_with("crs=wgs84") {
        return None;
    }
    let mut numbers = coordinates.split(',').map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(lat)), Some(Ok(lon))) => Position::new(lat, lon).ok(),
        _ => None,
    }
}

/// The bill of lading.
fn trip(event: &EpcisEvent) -> Option<String> {
    let lading = |uri: &str| TRANSACTION.word(uri) == Some("bol");
    event.transactions.iter().find(|one| one.kind.as_deref().is_some_and(lading)).map(|one| one.id.clone())
}

/// The ship that a container is loaded on or discharged from: the parent, by its IMO number.
fn vessel(event: &EpcisEvent) -> Option<String> {
    event.parent.as_deref()?.strip_prefix("urn:epc:id:imovn:").map(str::to_owned)
}
