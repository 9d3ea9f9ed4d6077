//! What the screening of containers may find, by which rule, and what explains it in honest trade: the codes that sea and
//! port share where they meet, in leads. The sentences are in the message tables.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::markings::{BadCode, closed_list};

closed_list!(
    /// The rules, in the order of their numbers.
    Rule, "screening rule, R1 to R12",
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
);

impl Rule {
    /// 1 to 12.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

closed_list!(
    /// What a rule found.
    Finding, "finding of the screening",
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
);

closed_list!(
    /// What explains a finding in honest trade, most ordinary first in an alert.
    InnocentCause, "innocent cause",
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
);

closed_list!(
    /// Findings of one family have innocent causes in common, and do not add up: only the strongest counts.
    AlertFamily, "family of findings",
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
