//! From a document to events: each checked whole before anything of it is taken, so that an event is an item, a
//! defect or set aside, and never half.

use std::collections::HashSet;

use bitacora_port::screening::ContainerEvent;
use bitacora_primitives::{EventId, EvidenceRef, Instant, SourceId};

use super::check::Fault;
use super::document::{Element, cut};
use super::json::Node;
use super::{MAX_EVENT, Standard, tnt3, tnt22, vgm1};
use crate::containers::{Batch, Defect};
use crate::refusal::Reason;

/// Why a valid event is no item.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Aside {
    /// It names no container: a shipment event, a vessel's call.
    NoContainer,
    /// The sender takes back all it said under this id (`isRetracted`).
    Retracted,
}

impl Aside {
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoContainer => "no_container",
            Self::Retracted => "retracted",
        }
    }
}

/// A valid event of which the model has nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetAside {
    /// Its pointer in the document.
    pub part: String,
    pub place: EvidenceRef,
    /// What an item of the same event has as its id.
    pub id: EventId,
    pub why: Aside,
}

/// What a document gave. Every event of it is in exactly one of the three lists (a refused one with each of its
/// defects).
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Reading {
    pub batch: Batch<ContainerEvent>,
    pub set_aside: Vec<SetAside>,
}

/// What tells an event from all others, and its versions from each other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Key {
    pub(super) id: EventId,
    pub(super) version: Option<Instant>,
    /// The sender gave it: two of the same are one too many.
    pub(super) own: bool,
}

/// Any bytes: at worst defects.
pub fn read(bytes: &[u8], standard: Standard, source: SourceId) -> Reading {
    let (elements, defects) = cut(bytes, standard, source);
    let mut reading = Reading::default();
    defects.into_iter().for_each(|defect| reading.batch.refuse(defect));
    let mut seen = HashSet::new();
    for element in elements {
        if let Err(faults) = reading.take(&element, standard, &mut seen) {
            for fault in faults {
                let raw = fault.found.as_bytes();
                reading.batch.refuse(Defect::new(element.evidence, fault.pointer, fault.reason, raw));
            }
        }
    }
    reading
}

/// The same, for who asks only whether the document is valid: it is when there are no defects.
pub fn validate(bytes: &[u8], standard: Standard, source: SourceId) -> Batch<ContainerEvent> {
    read(bytes, standard, source).batch
}

impl Reading {
    fn take(
        &mut self,
        element: &Element<'_>,
        standard: Standard,
        seen: &mut HashSet<Key>,
    ) -> Result<(), Vec<Fault>> {
        let pointer = element.pointer.as_str();
        let one = |reason, found: &str| {
            let part = if pointer.is_empty() { "document" } else { pointer };
            vec![Fault { pointer: part.to_owned(), reason, found: found.to_owned() }]
        };
        if element.raw.len() > MAX_EVENT {
            return Err(one(Reason::TooLong, ""));
        }
        let node: Node =
            serde_json::from_str(element.raw).map_err(|error| one(Reason::Form, &error.to_string()))?;
        let Node::Object(members) = &node else { return Err(one(Reason::Structure, &node.shown())) };
        if !members.iter().any(|(name, _)| standard.is_member(name)) {
            return Err(one(Reason::Structure, &node.shown()));
        }
        let mut repeated = Vec::new();
        node.repeated(pointer, &mut repeated);
        if !repeated.is_empty() {
            return Err(repeated.into_iter().map(|name| Fault::new(name, Reason::TooMany)).collect());
        }
        let faults = standard.faults(&node, pointer);
        if !faults.is_empty() {
            return Err(faults);
        }
        let key = standard.key(&node);
        let retracted = node.is_set("isRetracted");
        if key.own && !retracted && seen.contains(&key) {
            let id = standard.own_id();
            let found = node.text(id).unwrap_or_default().to_owned();
            let pointer = format!("{pointer}/{id}");
            return Err(vec![Fault { pointer, reason: Reason::Contradiction, found }]);
        }
        let event = if retracted {
            Err(Aside::Retracted)
        } else {
            let event = standard.event(&node, key, element.evidence);
            event.map_err(|fault| vec![Fault { pointer: format!("{pointer}/{}", fault.pointer), ..fault }])?
        };
        // Only now: a refused event takes no id from a right one that follows.
        seen.insert(key);
        match event {
            Ok(event) => self.batch.items.push(event),
            Err(why) => self.set_aside.push(SetAside {
                part: element.pointer.clone(),
                place: element.evidence,
                id: key.id,
                why,
            }),
        }
        Ok(())
    }
}

/// What a checked event gives; the fault's pointer is relative to the event.
pub(super) type Mapped = Result<Result<ContainerEvent, Aside>, Fault>;

impl Standard {
    pub(super) fn faults(self, node: &Node, pointer: &str) -> Vec<Fault> {
        match self {
            Self::Tnt3 => tnt3::faults(node, pointer),
            Self::Tnt22 => tnt22::faults(node, pointer),
            Self::Vgm1 => vgm1::faults(node, pointer),
        }
    }

    pub(super) fn key(self, node: &Node) -> Key {
        match self {
            Self::Tnt3 => tnt3::key(node),
            Self::Tnt22 => tnt22::key(node),
            Self::Vgm1 => vgm1::key(node),
        }
    }

    const fn own_id(self) -> &'static str {
        match self {
            Self::Tnt3 | Self::Tnt22 => "eventID",
            Self::Vgm1 => "declarationReference",
        }
    }

    fn event(self, node: &Node, key: Key, evidence: EvidenceRef) -> Mapped {
        match self {
            Self::Tnt3 => tnt3::event(node, key, evidence),
            Self::Tnt22 => tnt22::event(node, key, evidence),
            Self::Vgm1 => vgm1::event(node, key, evidence),
        }
    }
}
