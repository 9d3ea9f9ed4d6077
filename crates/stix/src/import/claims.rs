//! What others' objects become. Each is a claim of who made it, with its markings as they were and its bytes by hash; none
//! is a fact of ours, none raises a lead, and none has a weight: the table of ratios (`primitives::ratios`) has no row for
//! what others say.

use std::sync::Arc;

use bitacora_incidents::{IncidentStatus, Report, Source};
use bitacora_primitives::{ContainerNumber, IncidentId, Instant, Mmsi, Position};
use serde_json::{Map, Value};

use crate::StixId;
use crate::import::refusal::Refused;
use crate::item::Item;

/// Everything that was read of a document. Each object of it is in exactly one of the five lists.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Imported {
    /// Somebody or something at a place and time.
    pub contacts: Vec<Contact>,
    /// A vessel or container that was seen or is described, without a place and a time together.
    pub sightings: Vec<Sighting>,
    /// What others think or report, for an officer to read.
    pub proposals: Vec<Proposal>,
    /// Objects that claim nothing by themselves: identities, markings, links, places, views of an item that is here too.
    pub context: Vec<Origin>,
    pub refused: Vec<Refused>,
    /// Objects beyond the limit, which were counted and not read; a refusal says so too.
    pub beyond: u64,
    /// The markings in the document: those of the next page may refer to them.
    pub known: Known,
}

/// Bodies of marking definitions that were read before, by their ids.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Known {
    pub(crate) markings: std::collections::BTreeMap<StixId, Arc<str>>,
}

impl Known {
    /// Adds what another document defined; a body that is known already stays.
    pub fn extend(&mut self, other: Self) {
        for (id, body) in other.markings {
            self.markings.entry(id).or_insert(body);
        }
    }
    pub fn len(&self) -> usize {
        self.markings.len()
    }
    pub fn is_empty(&self) -> bool {
        self.markings.is_empty()
    }
}

/// Where a claim comes from.
#[derive(Clone, PartialEq, Debug)]
pub struct Origin {
    pub id: StixId,
    /// `None` for an observable without versions.
    pub created: Option<Instant>,
    pub modified: Option<Instant>,
    /// The maker takes it back.
    pub revoked: bool,
    /// The identity that made it.
    pub created_by: Option<StixId>,
    pub markings: Vec<Marking>,
    /// As they came: MISP keeps caveats of ours there, as `bitacora:use="seizure"`, when it drops a marking.
    pub labels: Vec<String>,
    /// MISP events that it came in: what marks the event marks what is in it, which misp-stix leaves unmarked.
    pub held_by: Vec<Arc<Holder>>,
    pub evidence: Evidence,
    /// Top-level properties that this reader does not understand: they are in the evidence, and nowhere else.
    pub unread: Vec<String>,
}

impl Origin {
    /// Its own markings and those of what holds it. One may come twice.
    pub fn all_markings(&self) -> impl Iterator<Item = &Marking> {
        self.markings.iter().chain(self.held_by.iter().flat_map(|holder| &holder.markings))
    }
    /// Its own labels and those of what holds it.
    pub fn all_labels(&self) -> impl Iterator<Item = &str> {
        let held = self.held_by.iter().flat_map(|holder| &holder.labels);
        self.labels.iter().chain(held).map(String::as_str)
    }
}

/// The caveats of a MISP event, once for all that it holds.
#[derive(Clone, PartialEq, Debug)]
pub struct Holder {
    pub id: StixId,
    pub markings: Vec<Marking>,
    pub labels: Vec<String>,
}

/// A marking as it was, and what it marks.
#[derive(Clone, PartialEq, Debug)]
pub struct Marking {
    pub id: StixId,
    /// The marking definition, byte for byte as it came, or as OASIS publishes it.
    pub body: Arc<str>,
    /// Which properties (STIX 2.1, 7.2.3); empty for the whole object.
    pub selectors: Vec<String>,
    /// What it says in our own form, read once for all that carry it.
    pub(crate) handling: Option<Arc<Map<String, Value>>>,
}

/// An object's own bytes in the document that it came in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// Offset of its first byte.
    pub offset: usize,
    /// Bytes.
    pub length: usize,
}

impl Evidence {
    /// The bytes themselves, of the document that was read.
    pub fn of<'d>(&self, document: &'d [u8]) -> Option<&'d [u8]> {
        document.get(self.offset..self.offset.checked_add(self.length)?)
    }
}

/// How others name a vessel or container. Every member may be absent. Shared: many claims may be about one vessel.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Named {
    pub mmsi: Option<Mmsi>,
    /// IMO number, seven digits.
    pub imo: Option<u32>,
    pub container: Option<ContainerNumber>,
    pub name: Option<String>,
    pub call_sign: Option<String>,
    /// As written: a country's code or name.
    pub flag: Option<String>,
}

impl Named {
    pub fn is_anyone(&self) -> bool {
        *self != Self::default()
    }
}

/// Where somebody was, when.
#[derive(Clone, PartialEq, Debug)]
pub struct Contact {
    pub origin: Origin,
    /// May name nobody, as a radar's contact does.
    pub named: Arc<Named>,
    pub observed: Instant,
    pub position: Position,
    /// Metres within which the position lies (STIX 2.1, 4.10 `precision`).
    pub uncertainty_m: Option<f64>,
    /// Knots over ground.
    pub sog_kn: Option<f64>,
    /// Course over ground, degrees true.
    pub cog_deg: Option<f64>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Sighting {
    pub origin: Origin,
    pub named: Vec<Arc<Named>>,
    pub position: Option<Position>,
    /// Metres.
    pub uncertainty_m: Option<f64>,
    pub first: Option<Instant>,
    pub last: Option<Instant>,
    /// How often, where it is said.
    pub count: Option<u64>,
}

/// A claim that a person reads before anything comes of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Proposal {
    pub origin: Origin,
    pub what: Proposed,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Proposed {
    /// An item in our own form: the same facts that were exported.
    Released(Box<Item>),
    /// An incident in our own form. It enters a register as a proposal, which counts for nothing until it is signed.
    Incident(Box<IncidentClaim>),
    /// What another tool says, in its own words.
    Said(Said),
}

/// An incident of somebody's register.
#[derive(Clone, PartialEq, Debug)]
pub struct IncidentClaim {
    pub id: IncidentId,
    /// As its register numbers it.
    pub number: String,
    pub report: Report,
    pub sources: Vec<Source>,
    pub status: IncidentStatus,
}

/// A hypothesis, a report or a note of others.
#[derive(Clone, PartialEq, Debug)]
pub struct Said {
    pub title: Option<String>,
    pub text: Option<String>,
    pub about: Vec<Arc<Named>>,
}
