//! EPCIS events (EPCIS 2.0, 7.4) as this node keeps them: read, checked, with vocabulary words and compact values
//! written out. Identifiers stay as they were sent; their canonical form is the event hash's matter.

use std::sync::Arc;

use bitacora_primitives::EvidenceRef;

use super::literal::{Decimal, Stamp};

/// What kind of event (EPCIS 2.0, 7.4.2 to 7.4.6).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EventType {
    Object,
    Aggregation,
    Transaction,
    Transformation,
    Association,
    /// A type of one's own, by its IRI (EPCIS 2.0, 6.2): only the members that all events share are checked.
    Extension(String),
}

impl EventType {
    pub fn name(&self) -> &str {
        match self {
            Self::Object => "ObjectEvent",
            Self::Aggregation => "AggregationEvent",
            Self::Transaction => "TransactionEvent",
            Self::Transformation => "TransformationEvent",
            Self::Association => "AssociationEvent",
            Self::Extension(iri) => iri,
        }
    }
}

/// How the event relates to the life of what it names (EPCIS 2.0, 7.3.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    Add,
    Observe,
    Delete,
}

impl Action {
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "ADD" => Some(Self::Add),
            "OBSERVE" => Some(Self::Observe),
            "DELETE" => Some(Self::Delete),
            _ => None,
        }
    }
    pub const fn code(self) -> &'static str {
        match self {
            Self::Add => "ADD",
            Self::Observe => "OBSERVE",
            Self::Delete => "DELETE",
        }
    }
}

/// The name of an extension, or of a part of one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Name {
    /// The IRI that its prefix stands for; `None` for parts of an extension that have a bare name.
    pub namespace: Option<Arc<str>>,
    pub local: String,
}

impl Name {
    pub fn iri(&self) -> String {
        format!("{}{}", self.namespace.as_deref().unwrap_or_default(), self.local)
    }
}

/// An extension, member of `ilmd`, or a part of one. A list is the same name repeated.
#[derive(Clone, PartialEq, Debug)]
pub struct Element {
    pub name: Name,
    pub content: Content,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Content {
    /// Without blanks around; of a number its plain decimal form.
    Text(String),
    Parts(Vec<Element>),
}

impl Element {
    pub fn text(&self) -> Option<&str> {
        if let Content::Text(text) = &self.content { Some(text) } else { None }
    }
    pub fn parts(&self) -> &[Element] {
        if let Content::Parts(parts) = &self.content { parts } else { &[] }
    }
}

/// A class of things, and how much of it (EPCIS 2.0, 7.3.3.3).
#[derive(Clone, PartialEq, Debug)]
pub struct Quantity {
    pub class: String,
    pub quantity: Option<Decimal>,
    /// UN/ECE Recommendation 20.
    pub unit: Option<String>,
}

/// `readPoint` or `bizLocation`.
#[derive(Clone, PartialEq, Debug)]
pub struct Place {
    pub id: String,
    pub extensions: Vec<Element>,
}

/// A business transaction, source or destination with its type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Typed {
    pub kind: Option<String>,
    pub id: String,
}

/// `set` and `unset` of `persistentDisposition`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PersistentDisposition {
    pub set: Vec<String>,
    pub unset: Vec<String>,
}

/// That the event with this `eventID` was wrong (EPCIS 2.0, 7.4.1.2). It is no part of the event hash.
#[derive(Clone, PartialEq, Debug)]
pub struct ErrorDeclaration {
    pub declared: Stamp,
    pub reason: Option<String>,
    pub corrected_by: Vec<String>,
    pub extensions: Vec<Element>,
}

/// `sensorMetadata` or one `sensorReport` (EPCIS 2.0, 7.3.7): members by name, values as the hash writes them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SensorPart {
    pub members: Vec<(&'static str, String)>,
    pub extensions: Vec<Element>,
}

impl SensorPart {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.members.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct SensorElement {
    pub metadata: Option<SensorPart>,
    pub reports: Vec<SensorPart>,
    pub extensions: Vec<Element>,
}

/// One event that follows the standard.
#[derive(Clone, PartialEq, Debug)]
pub struct EpcisEvent {
    pub kind: EventType,
    pub event_time: Stamp,
    /// `eventTimeZoneOffset`: the local clock where it happened, `+01:00`.
    pub offset: String,
    /// When a repository recorded it. No part of the hash.
    pub record_time: Option<Stamp>,
    /// The sender's own id, an absolute URI. No part of the hash.
    pub id: Option<String>,
    pub error: Option<ErrorDeclaration>,
    /// Links to certificates.
    pub certificates: Vec<String>,
    /// Certificates told in full (`gs1:CertificationDetails`).
    pub certification_details: Vec<Element>,
    pub action: Option<Action>,
    pub parent: Option<String>,
    /// `epcList` of objects and transactions.
    pub epcs: Vec<String>,
    pub quantities: Vec<Quantity>,
    pub children: Vec<String>,
    pub child_quantities: Vec<Quantity>,
    pub inputs: Vec<String>,
    pub input_quantities: Vec<Quantity>,
    pub outputs: Vec<String>,
    pub output_quantities: Vec<Quantity>,
    pub transformation: Option<String>,
    /// A Web URI, `https://ref.gs1.org/cbv/BizStep-loading`, or a URI of one's own.
    pub biz_step: Option<String>,
    pub disposition: Option<String>,
    pub persistent_disposition: PersistentDisposition,
    pub read_point: Option<Place>,
    pub biz_location: Option<Place>,
    pub transactions: Vec<Typed>,
    pub sources: Vec<Typed>,
    pub destinations: Vec<Typed>,
    pub sensors: Vec<SensorElement>,
    /// Instance or lot master data.
    pub ilmd: Vec<Element>,
    pub extensions: Vec<Element>,
    /// IRIs of extensions of the event that the document's `ignoreFields` leaves out of the hash: the reference program's own
    /// addition, which the standard does not have. See [`super::pre_hash_without`].
    pub left_out: Arc<[String]>,
    /// The index of the event from 1, and the byte at which it begins.
    pub evidence: EvidenceRef,
}
