//! The one coin between detectors and leads: a coded observation about a subject, its evidence and its weight.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::finding::{AlertFamily, Finding, InnocentCause};
use crate::{ContainerNumber, EventId, EvidenceRef, IndicationId, Instant, Mmsi, Position};

/// A detector's finding that bears on the hypothesis of a drug movement, for or against. The same coin for sea
/// and port; `leads` spends it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Indication {
    pub id: IndicationId,
    /// Counts up when later data change the finding; the id stays.
    pub revision: u32,
    pub code: IndicationCode,
    pub family: Family,
    pub subject: Subject,
    /// Others the finding names, such as the second vessel of an encounter.
    pub others: Vec<Subject>,
    pub start: Instant,
    /// `None` while it goes on.
    pub end: Option<Instant>,
    pub position: Option<Position>,
    /// The behaviour event it was minted from, if any.
    pub event: Option<EventId>,
    pub evidence: Vec<EvidenceRef>,
    pub strength: LogLikelihoodRatio,
    /// The numbers compared, under stable snake_case names with the unit in the name.
    pub numbers: Numbers,
    /// What explains it in honest trade, where the detector says so; else the code alone tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub innocent: Vec<InnocentCause>,
}

/// Named numbers, in a fixed order, so that the same finding prints the same bytes.
pub type Numbers = BTreeMap<String, f64>;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    Vessel { mmsi: Mmsi },
    Container { number: ContainerNumber },
}

impl Subject {
    pub const fn vessel(&self) -> Option<Mmsi> {
        match self {
            Self::Vessel { mmsi } => Some(*mmsi),
            Self::Container { .. } => None,
        }
    }
    pub const fn container(&self) -> Option<ContainerNumber> {
        match self {
            Self::Container { number } => Some(*number),
            Self::Vessel { .. } => None,
        }
    }
}

/// What was found. The text for people lives in message tables under the same code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndicationCode {
    AisGap,
    Encounter,
    Loitering,
    IdentityConflict,
    ImpossibleMotion,
    /// Against: the finding lies in a place where it is usual (anchorage, port approach, fishing ground).
    UsualPlace,
    /// Against: the vessel's own type does this for a living (fishing, pilot, tug, passenger on a fixed run).
    UsualForType,
    /// Against: other vessels in the same area fell silent at the same time, so reception explains it.
    ReceptionLoss,
    Drift,
    /// The posture of a transfer at sea, of one vessel whose partner, if there is one, is not heard.
    TransshipmentPosture,
    IdentityContradiction,
    /// The hull may go on under another number.
    MmsiChange,
    MotionContradiction,
    CircularTrack,
    CopiedTrack,
    UnusualDeparture,
    /// Of a container: written as the finding's own code.
    #[serde(untagged)]
    Container(Finding),
}

/// Indications of one dependence family describe one occurrence and do not add up: only the strongest counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Gap, encounter, loitering, drift and posture: views of one meeting or one silence.
    Rendezvous,
    /// Who sends, and whether it is where it says: one false transmission shows in several of these.
    Identity,
    /// Where a way began.
    Voyage,
    /// What speaks against, by place or trade.
    Context,
    Reception,
    /// Of a container: written as that family's own code.
    #[serde(untagged)]
    Container(AlertFamily),
}

/// Natural logarithm of P(finding | drug movement) / P(finding | innocent traffic), and where it comes from.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LogLikelihoodRatio {
    pub nats: f64,
    pub basis: Basis,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Basis {
    /// From counted data, which is named, with its 95 % interval.
    Measured { data: String, low_nats: f64, high_nats: f64 },
    /// A judgement: while one contributes, people see low, medium or high, never a percentage.
    Assumed,
}
