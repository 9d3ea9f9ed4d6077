//! A contact is what one sensor said at one moment: who, where, when. Feeds make contacts; tracks eat them.

use bitacora_primitives::{EvidenceRef, Instant, Mmsi, Position, SourceId};
use serde::{Deserialize, Serialize};

/// What a feed delivers, in arrival order.
#[derive(Clone, PartialEq, Debug)]
pub enum Report {
    Position(Contact),
    Static(StaticReport),
}

impl Report {
    /// When the transmitter said it.
    pub const fn observed(&self) -> Instant {
        match self {
            Self::Position(contact) => contact.observed,
            Self::Static(told) => told.observed,
        }
    }
}

/// One position report.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Contact {
    pub mmsi: Mmsi,
    /// When the transmitter was there, by the best clock the feed has.
    pub observed: Instant,
    /// When this node (or, in a recording, its receiver) heard it.
    pub received: Instant,
    pub position: Position,
    /// Knots over ground; `None` when not available (1023). 102.2 kn means "102.2 or more".
    pub sog_kn: Option<f32>,
    /// Course over ground, degrees true; `None` when not available (3600).
    pub cog_deg: Option<f32>,
    /// True heading, degrees; `None` when not available (511).
    pub heading_deg: Option<u16>,
    /// Navigational status 0-15 of types 1-3 and 27; `None` for others and for 15.
    pub nav_status: Option<u8>,
    pub station: StationKind,
    /// ITU-R M.1371 message type, 0 for sources that do not say.
    pub message_type: u8,
    pub flags: ContactFlags,
    pub evidence: EvidenceRef,
}

/// One station's hearing of the transmission whose report is a [`Contact`].
#[derive(Clone, Copy, Debug)]
pub struct Hearing<'a> {
    /// The line on which the report stands: that of the hearing that was kept.
    pub kept: (SourceId, u64),
    /// The time that was reported.
    pub observed: Instant,
    /// As the feed names it.
    pub station: &'a str,
    /// When it says it heard it.
    pub at: Instant,
    pub evidence: EvidenceRef,
    /// Hash of what was on the air: equal also for hearings that were not taken for one because their times differ.
    pub payload: u64,
}

impl Hearing<'_> {
    /// Whether equal bits of this message type are one transmission: a vessel's report that carries its second. Type 27 and static
    /// data repeat word for word.
    pub const fn tells_apart(message_type: u8) -> bool {
        matches!(message_type, 1..=3 | 18 | 19)
    }
}

/// What kind of station transmitted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StationKind {
    ClassA,
    ClassB,
    BaseStation,
    SarAircraft,
    AidToNavigation,
    Unknown,
}

/// Doubts about a contact that do not bar it: bits, so that a contact stays `Copy`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContactFlags(u16);

impl ContactFlags {
    pub const NONE: Self = Self(0);
    /// The payload's length is not the one the message type specifies.
    pub const OFF_LENGTH: Self = Self(1);
    /// Coarse position (type 27, 1/10 minute) or position accuracy flag low with RAIM off.
    pub const COARSE: Self = Self(1 << 1);
    /// The time was interpolated from a rate, a neighbouring line or the start of the recording.
    pub const TIME_ESTIMATED: Self = Self(1 << 2);
    /// The MMSI has no form that M.585 assigns to such a station.
    pub const ODD_IDENTITY: Self = Self(1 << 3);
    /// A field holds a value its definition does not allow.
    pub const FIELD_RANGE: Self = Self(1 << 4);

    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    pub const fn bits(self) -> u16 {
        self.0
    }
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }
}

/// Who a station says it is: type 5, 19, 21, 24 or the static columns of a decoded file. Every field may be
/// missing, and a missing field says nothing about what was said before.
#[derive(Clone, PartialEq, Debug)]
pub struct StaticReport {
    pub mmsi: Mmsi,
    pub observed: Instant,
    pub name: Option<String>,
    pub call_sign: Option<String>,
    pub imo: Option<u32>,
    /// Ship and cargo type as transmitted, 1-255; 0 (not available) is `None`.
    pub ship_type: Option<u8>,
    pub length_m: Option<u16>,
    pub beam_m: Option<u16>,
    pub draught_m: Option<f32>,
    pub destination: Option<String>,
    pub station: StationKind,
    pub evidence: EvidenceRef,
}
