//! A lead: who, where, when, and every reason for and against, down to the evidence.

use bitacora_primitives::finding::InnocentCause;
use bitacora_primitives::{
    ContainerNumber, Indication, IndicationCode, Instant, LeadId, LogLikelihoodRatio, Mmsi, Position, Subject,
};
use serde::{Deserialize, Deserializer, Serialize};

use crate::score::{Level, Probability, Weighed};

/// One revision of a lead, a fact: a later revision never edits an earlier one.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Lead {
    pub id: LeadId,
    pub revision: u32,
    /// The vessel or container the lead is about, and the second one of a meeting.
    #[serde(alias = "vessel", deserialize_with = "subject")]
    pub subject: Subject,
    #[serde(default, deserialize_with = "other")]
    pub other: Option<Subject>,
    /// The strongest reason for, which names the lead.
    pub title: IndicationCode,
    pub start: Instant,
    /// Event time of the finding that made this revision.
    pub updated: Instant,
    /// `None` for a container: where it stands its history says.
    pub position: Option<Position>,
    pub prior: LogLikelihoodRatio,
    pub reasons: Vec<Reason>,
    pub sum_nats: f64,
    pub level: Level,
    pub probability: Option<Probability>,
    /// Set by age alone; it closes a lead on which nobody has decided.
    pub expired: bool,
}

/// Leads that were stored before containers had any name a vessel by its number alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Vessel(Mmsi),
    Subject(Subject),
}

impl From<Written> for Subject {
    fn from(written: Written) -> Self {
        match written {
            Written::Vessel(mmsi) => Self::Vessel { mmsi },
            Written::Subject(subject) => subject,
        }
    }
}

fn subject<'de, D: Deserializer<'de>>(input: D) -> Result<Subject, D::Error> {
    Written::deserialize(input).map(Subject::from)
}

fn other<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Subject>, D::Error> {
    Option::<Written>::deserialize(input).map(|other| other.map(Subject::from))
}

/// An indication and whether it counts in the sum.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reason {
    pub counted: bool,
    pub indication: Indication,
}

/// An innocent reading that an officer should rule out, as a code of the message tables.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alternative {
    ReceptionHole,
    SwitchedOffInPort,
    PilotOrBunker,
    FishingTogether,
    TowOrEscort,
    WaitingForOrders,
    Fishing,
    EngineTrouble,
    MistypedIdentity,
    GnssFault,
    /// Jamming or false signals by others in the area.
    GnssInterference,
    /// Flag, owner or name changed lawfully, the transponder programmed anew.
    Reflagged,
    TransponderReplaced,
    /// Another vessel that set out near where the first fell silent.
    AnotherVessel,
    SpeedSensorFault,
    /// A recording that somebody plays into a feed.
    RecordingReplayed,
    /// A tow, a convoy or a fixed run on the same way.
    SameRoute,
    /// A berth or anchorage that is new to this node.
    NewBerth,
    /// Of a container: written as that cause's own code.
    #[serde(untagged)]
    Container(InnocentCause),
}

impl Lead {
    /// The vessel it is about, if it is about one.
    pub fn vessel(&self) -> Option<Mmsi> {
        self.subject.vessel()
    }
    pub fn other_vessel(&self) -> Option<Mmsi> {
        self.other.as_ref().and_then(Subject::vessel)
    }
    pub fn container(&self) -> Option<ContainerNumber> {
        self.subject.container()
    }

    /// The innocent readings that the counted reasons leave open, most ordinary first.
    pub fn alternatives(&self) -> Vec<Alternative> {
        use Alternative as A;
        let mut open: Vec<A> = Vec::new();
        for reason in self.reasons.iter().filter(|reason| reason.indication.strength.nats > 0.0) {
            let readings: &[A] = match reason.indication.code {
                IndicationCode::AisGap => &[A::ReceptionHole, A::SwitchedOffInPort],
                IndicationCode::Encounter => &[A::PilotOrBunker, A::FishingTogether, A::TowOrEscort],
                IndicationCode::Loitering => &[A::WaitingForOrders, A::Fishing, A::EngineTrouble],
                IndicationCode::IdentityConflict => &[A::MistypedIdentity],
                IndicationCode::ImpossibleMotion => &[A::GnssFault, A::MistypedIdentity],
                IndicationCode::Drift => &[A::EngineTrouble, A::Fishing, A::WaitingForOrders],
                IndicationCode::TransshipmentPosture => {
                    &[A::WaitingForOrders, A::EngineTrouble, A::Fishing, A::PilotOrBunker]
                }
                IndicationCode::IdentityContradiction => &[A::MistypedIdentity, A::Reflagged],
                IndicationCode::MmsiChange => &[A::TransponderReplaced, A::Reflagged, A::AnotherVessel],
                IndicationCode::MotionContradiction => &[A::SpeedSensorFault, A::GnssFault],
                IndicationCode::CircularTrack => &[A::GnssInterference, A::GnssFault],
                IndicationCode::CopiedTrack => &[A::RecordingReplayed, A::SameRoute],
                IndicationCode::UnusualDeparture => &[A::NewBerth, A::ReceptionHole],
                IndicationCode::UsualPlace | IndicationCode::UsualForType | IndicationCode::ReceptionLoss => {
                    &[]
                }
                IndicationCode::Container(_) => &[],
            };
            let named = reason.indication.innocent.iter().map(|cause| A::Container(*cause));
            for reading in readings.iter().copied().chain(named) {
                if !open.contains(&reading) {
                    open.push(reading);
                }
            }
        }
        open
    }

    pub(crate) fn compose(
        id: LeadId,
        revision: u32,
        prior: &LogLikelihoodRatio,
        indications: &[Indication],
        weighed: &Weighed,
        updated: Instant,
    ) -> Option<Self> {
        let strongest = indications
            .iter()
            .max_by(|a, b| a.strength.nats.total_cmp(&b.strength.nats).then_with(|| b.id.cmp(&a.id)))?;
        let mut reasons: Vec<Reason> = indications
            .iter()
            .zip(&weighed.counted)
            .map(|(indication, counted)| Reason { counted: *counted, indication: indication.clone() })
            .collect();
        reasons.sort_by(|a, b| {
            let (a, b) = (&a.indication, &b.indication);
            b.strength
                .nats
                .total_cmp(&a.strength.nats)
                .then_with(|| a.start.cmp(&b.start))
                .then_with(|| a.id.cmp(&b.id))
        });
        Some(Self {
            id,
            revision,
            subject: strongest.subject.clone(),
            other: strongest.others.first().cloned(),
            title: strongest.code,
            start: indications.iter().filter(|one| one.strength.nats >= 0.0).map(|one| one.start).min()?,
            updated,
            position: strongest.position,
            prior: prior.clone(),
            reasons,
            sum_nats: weighed.sum_nats,
            level: weighed.level,
            probability: weighed.probability,
            expired: false,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use bitacora_primitives::{Basis, EvidenceRef, Family, IndicationId, SourceId};

    pub(crate) fn indication(code: IndicationCode, nats: f64, n: u8) -> Indication {
        let family = match code {
            IndicationCode::AisGap
            | IndicationCode::Encounter
            | IndicationCode::Loitering
            | IndicationCode::Drift
            | IndicationCode::TransshipmentPosture => Family::Rendezvous,
            IndicationCode::IdentityConflict
            | IndicationCode::ImpossibleMotion
            | IndicationCode::IdentityContradiction
            | IndicationCode::MmsiChange
            | IndicationCode::MotionContradiction
            | IndicationCode::CircularTrack
            | IndicationCode::CopiedTrack => Family::Identity,
            IndicationCode::UnusualDeparture => Family::Voyage,
            IndicationCode::UsualPlace | IndicationCode::UsualForType => Family::Context,
            IndicationCode::ReceptionLoss => Family::Reception,
            IndicationCode::Container(finding) => Family::Container(finding.family()),
        };
        Indication {
            id: IndicationId::of(&[&[n]]),
            revision: 0,
            code,
            family,
            subject: Subject::Vessel { mmsi: Mmsi::new(290_000_001).unwrap() },
            others: Vec::new(),
            start: Instant::from_secs(i64::from(n)),
            end: None,
            position: Some(Position::new(12.5, -77.0).unwrap()),
            event: None,
            evidence: vec![EvidenceRef { source: SourceId::of(&[b"t"]), line: u64::from(n), offset: None }],
            strength: LogLikelihoodRatio { nats, basis: Basis::Assumed },
            numbers: Default::default(),
            innocent: Vec::new(),
        }
    }
}
