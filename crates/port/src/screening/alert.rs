//! What the rules of profile `field` give: alerts with the events that fired them and the numbers compared, and gaps in
//! a history, which are no alerts. Codes and numbers only; the sentences are in the message tables.

use std::collections::BTreeMap;

pub use bitacora_primitives::finding::{AlertFamily, Finding, InnocentCause, Rule};
use bitacora_primitives::{
    ContainerNumber, EventId, EvidenceRef, Family, Indication, IndicationCode, IndicationId, Instant,
    LogLikelihoodRatio, Numbers, Subject,
};
use serde::{Deserialize, Serialize};

use super::event::ContainerEvent;
use super::pseudonym::Pseudonym;
use super::seal::codes;
use super::seal_difference::Tier;
use super::weights::Weight;

codes!(
    /// Where a demoted seal alert stands.
    Reread {
        /// Queued: the seal has to be read again before the load.
        Waiting = "waiting",
        /// A later reading gave the seal expected.
        Agreed = "agreed",
        /// The box was loaded, or its vessel left, and nobody read the seal again: back in the first queue.
        Missed = "missed",
    }
);

/// One alert. The same events give the same alert, byte for byte, in whatever order they came.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Alert {
    /// Stays the same when later data change the numbers.
    pub id: IndicationId,
    pub rule: Rule,
    /// Of the rule's definition: [`super::rules::RULES_VERSION`].
    pub rule_version: u32,
    /// Of the thresholds it was judged by.
    pub thresholds_version: u32,
    pub finding: Finding,
    pub family: AlertFamily,
    pub tier: Tier,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reread: Option<Reread>,
    /// `None` for an alert about an account and no one box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerNumber>,
    /// Other boxes it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<ContainerNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trip: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Pseudonym>,
    pub start: Instant,
    /// Time of the event that fired it.
    pub at: Instant,
    /// The source's own id of the event that fired it, where it has one: the second column of the alert file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The events that fired it, the deciding one last. Empty where records that are no container events did.
    pub events: Vec<EventId>,
    pub evidence: Vec<EvidenceRef>,
    /// The numbers compared, with the unit in the name.
    pub numbers: Numbers,
    /// The texts compared: seals, facilities, codes.
    pub texts: BTreeMap<String, String>,
    pub innocent: Vec<InnocentCause>,
    pub strength: LogLikelihoodRatio,
}

impl Alert {
    /// `key` tells apart alerts of one finding on one box, such as the deciding event's id.
    pub(crate) fn new(
        finding: Finding,
        container: Option<ContainerNumber>,
        at: Instant,
        key: &[u8],
        weight: Weight,
    ) -> Self {
        let number = container.map(|one| one.to_string()).unwrap_or_default();
        Self {
            id: IndicationId::of(&[b"container alert", finding.code().as_bytes(), number.as_bytes(), key]),
            rule: finding.rule(),
            rule_version: super::rules::RULES_VERSION,
            thresholds_version: 0,
            finding,
            family: finding.family(),
            tier: Tier::First,
            reread: None,
            container,
            others: Vec::new(),
            trip: None,
            actor: None,
            start: at,
            at,
            reference: None,
            events: Vec::new(),
            evidence: Vec::new(),
            numbers: Numbers::new(),
            texts: BTreeMap::new(),
            innocent: weight.innocent.to_vec(),
            strength: weight.strength(),
        }
    }

    /// An alert fired by container events; the last of `events` decides.
    pub(crate) fn on(
        finding: Finding,
        trip: Option<&str>,
        events: &[&ContainerEvent],
        weight: Weight,
    ) -> Self {
        let deciding = events.last();
        let mut alert = Self::new(
            finding,
            deciding.map(|event| event.container),
            deciding.map(|event| event.at).unwrap_or_default(),
            deciding.map(|event| event.id.bytes().as_slice()).unwrap_or_default(),
            weight,
        );
        alert.trip = trip.map(str::to_owned);
        alert.start = events.iter().map(|event| event.at).min().unwrap_or(alert.at);
        alert.reference = deciding.and_then(|event| event.reference.clone());
        alert.events = events.iter().map(|event| event.id).collect();
        alert.evidence = events.iter().map(|event| event.evidence).collect();
        alert
    }

    pub(crate) fn number(mut self, name: &str, value: f64) -> Self {
        self.numbers.insert(name.to_owned(), value);
        self
    }
    pub(crate) fn text(mut self, name: &str, value: impl Into<String>) -> Self {
        self.texts.insert(name.to_owned(), value.into());
        self
    }

    /// The coin that leads spend. `None` for an alert about an account: no one box is suspected.
    pub fn indication(&self, revision: u32) -> Option<Indication> {
        let boxes = |number: &ContainerNumber| Subject::Container { number: *number };
        Some(Indication {
            id: self.id,
            revision,
            code: IndicationCode::Container(self.finding),
            family: Family::Container(self.family),
            subject: self.container.as_ref().map(boxes)?,
            others: self.others.iter().map(boxes).collect(),
            start: self.start,
            end: Some(self.at),
            position: None,
            event: self.events.last().copied(),
            evidence: self.evidence.clone(),
            strength: self.strength.clone(),
            numbers: self.numbers.clone(),
            innocent: self.innocent.clone(),
        })
    }
}

codes!(
    /// What is missing from a history. A missing message is no alert.
    GapKind {
        NoGateIn = "no_gate_in",
        NoStuffing = "no_stuffing",
        NoVerifiedMass = "no_verified_mass",
        DoorNotClosed = "door_not_closed",
        /// Longer than a threshold without any event in the terminal.
        Silence = "silence",
        /// No look-up names a task and no orders are loaded: R9 cannot tell an open task.
        NoTasks = "no_tasks",
    }
);

/// A place in a history where something is missing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Gap {
    pub kind: GapKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trip: Option<String>,
    /// The events on either side of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<EventId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<EventId>,
    pub at: Instant,
}
