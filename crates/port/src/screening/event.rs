//! The event model that every source is mapped to: DCSA Track & Trace 3.0 events of equipment, IoT and reefer, plus the
//! yard move, the scan, the seal check, the stowage report and the plug. Parsing is the feeds' work; an event here
//! holds only values that can be right, but may still be wrong about the world.

use bitacora_primitives::{EventId, EvidenceRef, Instant, Position, SourceId};
use serde::{Deserialize, Serialize};

use super::container::ContainerNumber;
use super::locode::Facility;
use super::pseudonym::Pseudonym;
use super::seal::{SealReading, codes};

/// Most seals one event may report (a reefer has door, vent and customs seals: rarely more than four).
pub const MAX_SEALS: usize = 16;

codes!(
    /// What happened. Codes of DCSA Track & Trace 3.0 (`equipmentEventTypeCode`, `iotEventCode`,
    /// `reeferEventTypeCode`, `transportEventTypeCode`); the last seven are ours.
    EventKind {
        Stuffed = "STUF",
        Stripped = "STRP",
        GateIn = "GTIN",
        GateOut = "GTOT",
        Loaded = "LOAD",
        Discharged = "DISC",
        Inspected = "INSP",
        Resealed = "RSEA",
        /// Customs chose it for a scan. That the scan took place is `SCAN`.
        ScanSelected = "CUSS",
        InspectionSelected = "CUSI",
        CustomsReleased = "CUSR",
        AvailableForDropOff = "AVDO",
        AvailableForPickUp = "AVPU",
        Crossed = "CROS",
        DroppedOff = "DROP",
        PickedUp = "PICK",
        Removed = "RMVD",
        VesselArrived = "ARRI",
        VesselDeparted = "DEPA",
        DoorOpened = "DRO",
        DoorClosed = "DRC",
        LocationReported = "LOC",
        ReeferMeasured = "MEAS",
        ReeferAdjusted = "ADJU",
        /// Moved within a terminal: CODECO status change, or the terminal's own log.
        YardMove = "MOVE",
        /// A scan was done.
        Scanned = "SCAN",
        /// Verified gross mass declared (DCSA VGM 1.0, VERMAS).
        VerifiedMass = "VGM",
        /// The seal was read or read again and nothing else happened.
        SealChecked = "SEAL",
        /// Listed in a bay plan (BAPLIE) of the vessel named.
        Stowed = "STOW",
        PluggedIn = "PLUG",
        Unplugged = "UNPL",
    }
);

codes!(
    /// DCSA `eventClassifierCode`. Rules judge what happened; plans tell them when the load is due.
    Classifier { Actual = "ACT", Planned = "PLN", Estimated = "EST" }
);
codes!(
    /// DCSA `movementType`.
    Movement { Import = "IMPORT", Export = "EXPORT", Transshipment = "TRANSSHIPMENT" }
);
codes!(
    /// How a verified gross mass was found (SOLAS VI/2.4): 1 weighed whole, 2 summed.
    VgmMethod { Weighed = "SM1", Summed = "SM2" }
);
codes!(
    DoorSide {
        /// Against another box or a wall.
        Inward = "inward",
        /// Towards a lane: a person can reach them.
        Outward = "outward",
    }
);

/// A mass of 0 to 100 t: no box on a quay weighs more.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Kilograms(f64);

#[derive(Debug, thiserror::Error, PartialEq)]
#[error("a mass of {0} kg is outside 0 to 100000")]
pub struct BadMass(pub f64);

impl Kilograms {
    pub fn new(value: f64) -> Result<Self, BadMass> {
        if (0.0..=100_000.0).contains(&value) { Ok(Self(value)) } else { Err(BadMass(value)) }
    }
    pub const fn value(self) -> f64 {
        self.0
    }
}
impl TryFrom<f64> for Kilograms {
    type Error = BadMass;
    fn try_from(value: f64) -> Result<Self, BadMass> {
        Self::new(value)
    }
}
impl From<Kilograms> for f64 {
    fn from(mass: Kilograms) -> Self {
        mass.0
    }
}

/// A mass of box and cargo. The kind of the event says whether it was declared (VGM), weighed at the gate or at the
/// crane; a truck's mass is taken off before.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MassReading {
    pub kg: Kilograms,
    /// Which scale, so that its own spread can be learned; `None` pools it with the facility's others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<String>,
    /// Only for a declared mass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<VgmMethod>,
}

/// Where it stands after the event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YardPlace {
    pub slot: String,
    /// 1 is the ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doors: Option<DoorSide>,
    /// No camera sees the slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera_blind: Option<bool>,
}

/// What a reefer's own controller says. Celsius: the unit of DCSA `CEL`, and only differences are judged.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReeferReading {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setpoint_celsius: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_air_celsius: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supply_air_celsius: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub powered: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defrosting: Option<bool>,
    /// The service panel of the machinery is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel_open: Option<bool>,
}

/// One thing that one source says happened to one container. Absent is unknown, never zero and never "no".
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContainerEvent {
    /// Derived from the source's own id where it has one ([`ContainerEvent::id_of`]). A later version of the same
    /// event has the same id and a later `received`, and takes its place.
    pub id: EventId,
    /// The source's own id, for people and for exports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    pub kind: EventKind,
    pub classifier: Classifier,
    /// When it happened, by the source's clock.
    pub at: Instant,
    /// When this node got it; for a T&T event its `eventUpdatedDateTime` where that is later than `at`.
    pub received: Instant,
    pub container: ContainerNumber,
    /// Booking or transport reference. Without one, trips are told apart by the gate ([`super::journey`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trip: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub movement: Option<Movement>,
    /// `Some(true)` for an empty box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility: Option<Facility>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Who did it, by pseudonym.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Pseudonym>,
    /// The work order, customs order or inspection order it was done under. `None`: no order is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "few_seals")]
    pub seals: Vec<SealReading>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass: Option<MassReading>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tare: Option<Kilograms>,
    /// ISO 6346 size and type, four characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yard: Option<YardPlace>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reefer: Option<ReeferReading>,
    /// IMO number or the port's call reference, for a load, discharge or stowage report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vessel: Option<String>,
    /// Shipping line (SMDG or SCAC code).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// File and place it was read from.
    pub evidence: EvidenceRef,
}

/// At most [`MAX_SEALS`]: every rule compares each with each.
fn few_seals<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Vec<SealReading>, D::Error> {
    let seals = Vec::deserialize(input)?;
    if seals.len() > MAX_SEALS {
        return Err(serde::de::Error::custom(format_args!("more than {MAX_SEALS} seals in one event")));
    }
    Ok(seals)
}

impl ContainerEvent {
    /// An actual event with the least a source must say; the rest is set by field.
    pub const fn new(
        id: EventId,
        kind: EventKind,
        container: ContainerNumber,
        at: Instant,
        received: Instant,
        evidence: EvidenceRef,
    ) -> Self {
        Self {
            id,
            reference: None,
            kind,
            classifier: Classifier::Actual,
            at,
            received,
            container,
            trip: None,
            movement: None,
            empty: None,
            facility: None,
            position: None,
            actor: None,
            order: None,
            seals: Vec::new(),
            mass: None,
            tare: None,
            size_type: None,
            yard: None,
            reefer: None,
            vessel: None,
            line: None,
            evidence,
        }
    }

    /// The id of the event that `authority` (the party or file family whose ids are unique) calls `own_id`.
    pub fn id_of(authority: &str, own_id: &str) -> EventId {
        EventId::of(&[b"container", authority.as_bytes(), own_id.as_bytes()])
    }

    /// Done under a named order.
    pub const fn is_authorised(&self) -> bool {
        self.order.is_some()
    }

    /// What it says, without who says so: all but id, receipt and place of reading. Two events with the same bare form
    /// report the same thing.
    pub fn bare(&self) -> Self {
        Self {
            id: EventId::from_bytes([0; 10]),
            reference: None,
            received: Instant::from_micros(0),
            evidence: EvidenceRef { source: SourceId::from_bytes([0; 10]), line: 0, offset: None },
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_prints_only_what_it_knows_and_reads_back() {
        let event = ContainerEvent::new(
            ContainerEvent::id_of("EXCO", "evt-equip-001"),
            EventKind::Loaded,
            "APZU4812090".parse().unwrap(),
            Instant::parse("2026-01-20T14:15:00Z").unwrap(),
            Instant::parse("2026-01-20T14:20:00Z").unwrap(),
            EvidenceRef { source: SourceId::of(&[b"a"]), line: 1, offset: None },
        );
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(json["kind"], "LOAD");
        assert_eq!(json["container"], "APZU4812090");
        assert!(json.get("trip").is_none());
        assert_eq!(serde_json::from_value::<ContainerEvent>(json).unwrap(), event);
    }

    #[test]
    fn an_event_has_a_bounded_number_of_seals() {
        let seal = r#"{"number": "A1", "placement": "DOOR"}"#;
        let with = |count: usize| {
            let seals = vec![seal; count].join(",");
            let text = format!(
                r#"{{"id": "evt-00000000000000000000", "kind": "LOAD", "classifier": "ACT", "at": "2026-01-01T00:00:00Z",
                "received": "2026-01-01T00:00:00Z", "container": "CSQU3054383", "seals": [{seals}],
                "evidence": {{"source": "src-00000000000000000000", "line": 1, "offset": null}}}}"#
            );
            serde_json::from_str::<ContainerEvent>(&text)
        };
        assert_eq!(with(MAX_SEALS).unwrap().seals.len(), MAX_SEALS);
        assert!(with(MAX_SEALS + 1).is_err());
    }

    #[test]
    fn every_kind_has_one_code() {
        let mut codes: Vec<&str> = EventKind::ALL.iter().map(|kind| kind.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), EventKind::ALL.len());
        assert_eq!(EventKind::from_code("GTIN"), Some(EventKind::GateIn));
        assert_eq!(EventKind::from_code("gtin"), None);
    }

    #[test]
    fn a_mass_no_box_can_have_is_refused() {
        for bad in [-1.0, 100_001.0, f64::NAN, f64::INFINITY] {
            assert!(Kilograms::new(bad).is_err());
        }
    }
}
