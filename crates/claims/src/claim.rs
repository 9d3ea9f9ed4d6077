//! One version of one object of others, as an officer reads it.

use bitacora_primitives::{Ability, ContainerNumber, IncidentId, Instant, Mmsi, Position};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::marking::Marking;

/// What a claim is, which says who may take it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody or something at a place and time.
    Contact,
    /// A vessel or container that was seen or is described.
    Sighting,
    /// What others think or report of something at sea.
    Indication,
    /// An incident in this system's own form.
    Incident,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Contact, Self::Sighting, Self::Indication, Self::Incident];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Sighting => "sighting",
            Self::Indication => "indication",
            Self::Incident => "incident",
        }
    }

    /// What a role must be able to do to take such a claim or set it aside.
    pub const fn ability(self) -> Ability {
        match self {
            Self::Contact | Self::Sighting => Ability::TakeSighting,
            Self::Indication => Ability::TakeIndication,
            Self::Incident => Ability::ReportIncident,
        }
    }
}

/// How others name a vessel or container. Every member may be absent.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Named {
    pub mmsi: Option<Mmsi>,
    /// Seven digits.
    pub imo: Option<u32>,
    pub container: Option<ContainerNumber>,
    pub name: Option<String>,
    pub call_sign: Option<String>,
    /// As written: a country's code or name.
    pub flag: Option<String>,
}

/// Where, and how exactly.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Place {
    pub position: Position,
    /// Metres within which the position lies.
    pub uncertainty_m: Option<f64>,
}

/// How often something was seen.
pub type Count = u64;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Claim {
    /// STIX id of the object.
    pub object: String,
    /// Its version: `modified`, else `created`, else when it came.
    pub version: Instant,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    pub kind: Kind,
    /// The platform that handed it in, by its name in the configuration; `None` for what came before this was kept.
    pub platform: Option<String>,
    pub handed_in: Instant,
    /// STIX id of the identity that made it, where it says so.
    pub maker: Option<String>,
    pub about: Vec<Named>,
    pub place: Option<Place>,
    /// When it was seen; of a contact, the moment.
    pub first: Option<Instant>,
    pub last: Option<Instant>,
    pub count: Option<Count>,
    /// Knots over ground.
    pub sog_kn: Option<f64>,
    /// Course over ground, degrees true.
    pub cog_deg: Option<f64>,
    pub title: Option<String>,
    pub text: Option<String>,
    /// The report of an incident, in the register's own form.
    pub report: Option<Value>,
    pub markings: Vec<Marking>,
    /// As they came.
    pub labels: Vec<String>,
    /// Names of properties that the reader does not understand.
    pub unread: Vec<String>,
}

impl Claim {
    /// The vessels and containers by which the claim is found: `mmsi:…`, `imo:…`, `container:…`.
    pub fn subjects(&self) -> Vec<String> {
        let mut subjects: Vec<String> = self
            .about
            .iter()
            .flat_map(|named| {
                let mmsi = named.mmsi.map(|mmsi| format!("mmsi:{}", mmsi.number()));
                let imo = named.imo.map(|imo| format!("imo:{imo}"));
                let container = named.container.map(|container| format!("container:{container}"));
                [mmsi, imo, container].into_iter().flatten()
            })
            .collect();
        subjects.sort_unstable();
        subjects.dedup();
        subjects
    }

    /// The incident that the register makes of a taken claim: one for each object of others, whatever its version.
    pub fn incident_id(&self) -> IncidentId {
        IncidentId::of(&[b"claim", self.object.as_bytes()])
    }

    /// Markings and labels that came with the same version otherwise, as with an event that names it, are caveats too: none is lost.
    pub fn keep_caveats_of(&mut self, earlier: &Self) {
        for marking in &earlier.markings {
            if !self.markings.contains(marking) {
                self.markings.push(marking.clone());
            }
        }
        for label in &earlier.labels {
            if !self.labels.contains(label) {
                self.labels.push(label.clone());
            }
        }
    }
}
