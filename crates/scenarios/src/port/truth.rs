//! What really happened in the port, kept apart from the feed. Rules and draws never see it; scorers and tests do.

use bitacora_port::screening::{ContainerNumber, SealNumber};
use bitacora_primitives::Instant;
use serde::{Deserialize, Serialize};

/// How a load was put into a box, or taken out of one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RipOn {
    /// Doors opened at night where a sensor tells, a seal of the same carton put on, the load in the box.
    DoorAtNight,
    /// The next serial of the shipper's own carton.
    ConsecutiveSeal,
    /// Touched because it had been scanned.
    AfterScan,
    /// In the reefer's machinery: panel, vent seal, power.
    Machinery,
    /// A second box under the number of an honest one, at another terminal.
    ClonedNumber,
    /// A seal that is on another box.
    ReusedSeal,
    /// Looked up without a task, moved without an order to where the doors can be reached; the seal is cloned.
    InsiderTouch,
    /// A seal cloned to the last digit and a small load: no record shows it.
    ClonedSeal,
    /// An import box fetched with a stolen release code.
    ReleaseCode,
}

impl RipOn {
    pub const ALL: [Self; 9] = [
        Self::DoorAtNight,
        Self::ConsecutiveSeal,
        Self::AfterScan,
        Self::Machinery,
        Self::ClonedNumber,
        Self::ReusedSeal,
        Self::InsiderTouch,
        Self::ClonedSeal,
        Self::ReleaseCode,
    ];
    pub const fn code(self) -> &'static str {
        match self {
            Self::DoorAtNight => "door_at_night",
            Self::ConsecutiveSeal => "consecutive_seal",
            Self::AfterScan => "after_scan",
            Self::Machinery => "machinery",
            Self::ClonedNumber => "cloned_number",
            Self::ReusedSeal => "reused_seal",
            Self::InsiderTouch => "insider_touch",
            Self::ClonedSeal => "cloned_seal",
            Self::ReleaseCode => "release_code",
        }
    }
    /// Whether a scan of the box that stands on the day's list can find it: not the one at another terminal, nor an
    /// import.
    pub const fn is_scannable(self) -> bool {
        !matches!(self, Self::ClonedNumber | Self::ReleaseCode)
    }
}

/// One contaminated box, or one theft.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Planted {
    pub kind: RipOn,
    pub container: ContainerNumber,
    /// The first thing that anybody did for it: a look-up, or the touch itself.
    pub begun: Instant,
    /// When the load was in the box: a scan from then on finds it.
    pub touched: Instant,
    /// When it was loaded or fetched: what is found later is found too late.
    pub gone: Instant,
}

/// Innocent occurrences that look like something.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Innocent {
    NumberMisread,
    LawfulRestow,
    /// Shut out of its vessel and loaded on the next.
    RollOver,
    /// The defrost cycles of a controller that does not report them.
    Defrost,
    GensetSwap,
    /// Opened and sealed again by an authority that told nobody.
    UnrecordedInspection,
    /// The terminal's order system was down.
    OrdersLost,
    /// A crane's cell that drifts through the day.
    ScaleDrift,
    HaulierChange,
    RoadBlock,
    LateVgm,
    SensorKnock,
    /// A forwarder looks after its own box.
    Forwarder,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Happening {
    pub kind: Innocent,
    /// `None`: a scale or a system.
    pub container: Option<ContainerNumber>,
    pub at: Instant,
}

/// How a reading went wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slip {
    /// One of 0/O, 1/I, 5/S, 8/B, 2/Z.
    ConfusablePair,
    /// Another digit.
    OneDigit,
}

/// A seal reading of which one number is not the seal's.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Misread {
    pub container: ContainerNumber,
    pub at: Instant,
    pub slip: Slip,
    pub real: SealNumber,
    /// What was read instead, by the first or the second reading.
    pub read: SealNumber,
    /// Whether the occasion's other reading was right; `None` where there was none.
    pub other_right: Option<bool>,
}

/// A seal that was really changed and not recorded.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Swap {
    pub container: ContainerNumber,
    pub at: Instant,
    pub from: SealNumber,
    pub to: SealNumber,
    /// Both out of one carton.
    pub near_serial: bool,
    pub innocent: bool,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Truth {
    pub planted: Vec<Planted>,
    pub happenings: Vec<Happening>,
    pub misreads: Vec<Misread>,
    pub swaps: Vec<Swap>,
    /// Boxes in the feed, under their right numbers: what rates are counted over.
    pub containers: usize,
}

impl Truth {
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}
