//! What the rules of profile `field` give: alerts with the events that fired them and the numbers compared, and gaps in
//! a history, which are no alerts. Codes and numbers only; the sentences are in the message tables.

use std::collections::BTreeMap;

use bitacora_primitives::{
    EventId, EvidenceRef, Family, Indication, IndicationCode, IndicationId, Instant, LogLikelihoodRatio,
    Numbers, Subject,
};
use serde::{Deserialize, Serialize};

use super::container::ContainerNumber;
use super::event::ContainerEvent;
use super::pseudonym::Pseudonym;
use super::seal::codes;
use super::seal_difference::Tier;
use super::weights::Weight;

codes!(
    /// The rules, in the order of their numbers.
    Rule {
        SealContinuity = "R1",
        SealReuse = "R2",
        Mass = "R3",
        Identity = "R4",
        DoorAndYard = "R5",
        Dwell = "R6",
        Reefer = "R7",
        ScanThenTouch = "R8",
        Insider = "R9",
        ReleaseCode = "R10",
        Sequence = "R11",
        Route = "R12",
    }
);

impl Rule {
    /// 1 to 12.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

codes!(
    /// What a rule found.
    Finding {
        SealChanged = "seal_changed",
        SealReused = "seal_reused",
        SealNotIssued = "seal_not_issued",
        SealBeforeIssue = "seal_before_issue",
        HeavierAtLoad = "heavier_at_load",
        GateDiffersFromVgm = "gate_differs_from_vgm",
        NumberDefect = "number_defect",
        TwoPlaces = "two_places",
        SizeTypeChanged = "size_type_changed",
        TareChanged = "tare_changed",
        TwoVessels = "two_vessels",
        DoorOpened = "door_opened",
        MovedWithoutOrder = "moved_without_order",
        LongDwell = "long_dwell",
        ManyRehandles = "many_rehandles",
        ReachableBeforeLoad = "reachable_before_load",
        PowerOff = "power_off",
        ReturnAirStep = "return_air_step",
        VentSealChanged = "vent_seal_changed",
        PanelOpened = "panel_opened",
        TouchedAfterScan = "touched_after_scan",
        LookupWithoutTask = "lookup_without_task",
        LookupRate = "lookup_rate",
        ViewedBadBoxes = "viewed_bad_boxes",
        CodeReadOutsideChain = "code_read_outside_chain",
        PickUpBeforeBooking = "pick_up_before_booking",
        FirstTimePair = "first_time_pair",
        TwoGateOuts = "two_gate_outs",
        ReadByOneUsedByAnother = "read_by_one_used_by_another",
        LoadWithoutGateIn = "load_without_gate_in",
        GateInAfterLoad = "gate_in_after_load",
        SealNeverSeen = "seal_never_seen",
        VgmAfterLoad = "vgm_after_load",
        SlowRoad = "slow_road",
        StopOutsidePlaces = "stop_outside_places",
        CrewOrTruckChanged = "crew_or_truck_changed",
    }
);

codes!(
    /// What explains a finding in honest trade, most ordinary first in an alert.
    InnocentCause {
        Misread = "misread",
        ExtraSeal = "extra_seal",
        UnrecordedInspection = "unrecorded_inspection",
        MakerNotGiven = "maker_not_given",
        RecycledSerial = "recycled_serial",
        CopiedList = "copied_list",
        LateRegister = "late_register",
        TruckFuelOrDriver = "truck_fuel_or_driver",
        RainOrIce = "rain_or_ice",
        CraneCell = "crane_cell",
        SummedMass = "summed_mass",
        LateMessage = "late_message",
        ClockSkew = "clock_skew",
        SensorKnock = "sensor_knock",
        LostOrder = "lost_order",
        RollOver = "roll_over",
        Congestion = "congestion",
        VesselDelay = "vessel_delay",
        GensetSwap = "genset_swap",
        Defrost = "defrost",
        PreTripInspection = "pre_trip_inspection",
        LawfulRestow = "lawful_restow",
        BulkPoller = "bulk_poller",
        SharedAccount = "shared_account",
        Forwarder = "forwarder",
        HaulierChange = "haulier_change",
        MissingMessage = "missing_message",
        RoadBlock = "road_block",
    }
);

codes!(
    /// Findings of one family have innocent causes in common, and do not add up: only the strongest counts.
    AlertFamily {
        /// Seal and doors: one unrecorded opening explains them all.
        Opening = "opening",
        SealRegister = "seal_register",
        BoxMass = "box_mass",
        BoxIdentity = "box_identity",
        Handling = "handling",
        Machinery = "machinery",
        Insider = "insider",
        BoxSequence = "box_sequence",
        Road = "road",
    }
);

impl Finding {
    pub const fn rule(self) -> Rule {
        match self {
            Self::SealChanged => Rule::SealContinuity,
            Self::SealReused | Self::SealNotIssued | Self::SealBeforeIssue => Rule::SealReuse,
            Self::HeavierAtLoad | Self::GateDiffersFromVgm => Rule::Mass,
            Self::NumberDefect
            | Self::TwoPlaces
            | Self::SizeTypeChanged
            | Self::TareChanged
            | Self::TwoVessels => Rule::Identity,
            Self::DoorOpened | Self::MovedWithoutOrder => Rule::DoorAndYard,
            Self::LongDwell | Self::ManyRehandles | Self::ReachableBeforeLoad => Rule::Dwell,
            Self::PowerOff | Self::ReturnAirStep | Self::VentSealChanged | Self::PanelOpened => Rule::Reefer,
            Self::TouchedAfterScan => Rule::ScanThenTouch,
            Self::LookupWithoutTask | Self::LookupRate | Self::ViewedBadBoxes => Rule::Insider,
            Self::CodeReadOutsideChain
            | Self::PickUpBeforeBooking
            | Self::FirstTimePair
            | Self::TwoGateOuts
            | Self::ReadByOneUsedByAnother => Rule::ReleaseCode,
            Self::LoadWithoutGateIn | Self::GateInAfterLoad | Self::SealNeverSeen | Self::VgmAfterLoad => {
                Rule::Sequence
            }
            Self::SlowRoad | Self::StopOutsidePlaces | Self::CrewOrTruckChanged => Rule::Route,
        }
    }

    /// For `TouchedAfterScan` this is the family of a touch of which nothing more is known; an alert of R8 takes the
    /// family of its strongest touch.
    pub const fn family(self) -> AlertFamily {
        match self {
            Self::SealChanged | Self::DoorOpened | Self::VentSealChanged | Self::PanelOpened => {
                AlertFamily::Opening
            }
            Self::SealNeverSeen | Self::TouchedAfterScan => AlertFamily::Opening,
            Self::SealReused | Self::SealNotIssued | Self::SealBeforeIssue => AlertFamily::SealRegister,
            Self::HeavierAtLoad | Self::GateDiffersFromVgm => AlertFamily::BoxMass,
            Self::NumberDefect
            | Self::TwoPlaces
            | Self::SizeTypeChanged
            | Self::TareChanged
            | Self::TwoVessels => AlertFamily::BoxIdentity,
            Self::MovedWithoutOrder | Self::LongDwell | Self::ManyRehandles | Self::ReachableBeforeLoad => {
                AlertFamily::Handling
            }
            Self::PowerOff | Self::ReturnAirStep => AlertFamily::Machinery,
            Self::LookupWithoutTask
            | Self::LookupRate
            | Self::ViewedBadBoxes
            | Self::CodeReadOutsideChain
            | Self::PickUpBeforeBooking
            | Self::FirstTimePair
            | Self::TwoGateOuts
            | Self::ReadByOneUsedByAnother => AlertFamily::Insider,
            Self::LoadWithoutGateIn | Self::GateInAfterLoad | Self::VgmAfterLoad => AlertFamily::BoxSequence,
            Self::SlowRoad | Self::StopOutsidePlaces | Self::CrewOrTruckChanged => AlertFamily::Road,
        }
    }
}

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

    /// The coin that leads spend. Code, family and subject are of the ledger of findings that sea and port share, which
    /// the caller knows.
    pub fn indication(
        &self,
        revision: u32,
        code: IndicationCode,
        family: Family,
        subject: Subject,
        others: Vec<Subject>,
    ) -> Indication {
        Indication {
            id: self.id,
            revision,
            code,
            family,
            subject,
            others,
            start: self.start,
            end: Some(self.at),
            position: None,
            event: self.events.last().copied(),
            evidence: self.evidence.clone(),
            strength: self.strength.clone(),
            numbers: self.numbers.clone(),
        }
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
