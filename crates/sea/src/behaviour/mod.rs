//! Behaviour: what a track did that an officer may want to know, with the exact definitions of
//! docs/behaviour.md. An event is an observation about motion and reception; it never says why, and never
//! calls a vessel suspect.

pub mod area;
pub mod departure;
pub mod drift;
pub mod encounter;
pub mod gap;
pub mod integrity;
pub mod located;
pub mod loitering;
pub mod motion;
pub mod parameters;
pub mod port_visit;
pub mod posture;
pub mod reception;
pub mod speed_profile;
pub mod stop;

use bitacora_primitives::{EventId, EvidenceRef, Instant, Mmsi, Numbers, Position, TrackId};
use serde::{Deserialize, Serialize};

pub use parameters::Parameters;

/// The kinds of event, by the names the API uses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Gap,
    Encounter,
    Loitering,
    IdentityConflict,
    ImpossibleMotion,
    /// A number one bit from that of a vessel whose track it copies or continues.
    MmsiNearMiss,
    /// Statements about one number, or one hull's number under several, that cannot both hold.
    IdentityContradiction,
    /// A hull that may go on under another number: a hypothesis.
    MmsiChange,
    Stop,
    Drift,
    PortVisit,
    TransshipmentPosture,
    SpeedChange,
    AreaEntry,
    UnusualDeparture,
    /// Reported speed and course against the way made (docs/integrity.md, as the five below).
    MotionContradiction,
    CircularTrack,
    CopiedTrack,
    ReceiverContradiction,
    ClockFault,
    OnLand,
}

impl Kind {
    pub const ALL: [Self; 21] = [
        Self::Gap,
        Self::Encounter,
        Self::Loitering,
        Self::IdentityConflict,
        Self::ImpossibleMotion,
        Self::MmsiNearMiss,
        Self::IdentityContradiction,
        Self::MmsiChange,
        Self::Stop,
        Self::Drift,
        Self::PortVisit,
        Self::TransshipmentPosture,
        Self::SpeedChange,
        Self::AreaEntry,
        Self::UnusualDeparture,
        Self::MotionContradiction,
        Self::CircularTrack,
        Self::CopiedTrack,
        Self::ReceiverContradiction,
        Self::ClockFault,
        Self::OnLand,
    ];

    /// Ordinary acts, and doubts about data: shown when they are asked for.
    pub const fn is_routine(self) -> bool {
        matches!(
            self,
            Self::Stop
                | Self::PortVisit
                | Self::SpeedChange
                | Self::MmsiNearMiss
                | Self::OnLand
                | Self::ReceiverContradiction
                | Self::ClockFault
        )
    }

    /// The stable code: the same text as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Encounter => "encounter",
            Self::Loitering => "loitering",
            Self::IdentityConflict => "identity_conflict",
            Self::ImpossibleMotion => "impossible_motion",
            Self::MmsiNearMiss => "mmsi_near_miss",
            Self::IdentityContradiction => "identity_contradiction",
            Self::MmsiChange => "mmsi_change",
            Self::Stop => "stop",
            Self::Drift => "drift",
            Self::PortVisit => "port_visit",
            Self::TransshipmentPosture => "transshipment_posture",
            Self::SpeedChange => "speed_change",
            Self::AreaEntry => "area_entry",
            Self::UnusualDeparture => "unusual_departure",
            Self::MotionContradiction => "motion_contradiction",
            Self::CircularTrack => "circular_track",
            Self::CopiedTrack => "copied_track",
            Self::ReceiverContradiction => "receiver_contradiction",
            Self::ClockFault => "clock_fault",
            Self::OnLand => "on_land",
        }
    }
}

/// What a fix shows for an event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceRole {
    LastBeforeGap,
    FirstAfterGap,
    /// Came late and fell inside a gap that had been reported: why it was revised.
    InsideGap,
    FirstTogether,
    ClosestApproach,
    LastTogether,
    FirstSlow,
    LastSlow,
    /// The fix that the vessel's own last fix contradicts.
    ConflictingFix,
    /// The fix of the established track that is contradicted.
    ContradictedFix,
    BeforeJump,
    AfterJump,
    /// The fix under a number that is likely misread.
    MisreadFix,
    /// The neighbour's fix before or after it.
    NeighbourFix,
    /// The report that said one thing, and the one that said another.
    StatedBefore,
    StatedAgainst,
    /// The last fix under the old number, the first under the new, and what both said of themselves.
    LastUnderOld,
    FirstUnderNew,
    StaticUnderOld,
    StaticUnderNew,
    FirstInPort,
    LastInPort,
    BeforeChange,
    AfterChange,
    BeforeBorder,
    AfterBorder,
    Departure,
    /// First and last fix of a run whose positions contradict what else is known.
    FirstContradicted,
    LastContradicted,
    /// First and last fix of a copied stretch, and their originals.
    FirstCopy,
    LastCopy,
    FirstOriginal,
    LastOriginal,
}

impl EvidenceRole {
    /// The stable code: the same text as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::LastBeforeGap => "last_before_gap",
            Self::FirstAfterGap => "first_after_gap",
            Self::InsideGap => "inside_gap",
            Self::FirstTogether => "first_together",
            Self::ClosestApproach => "closest_approach",
            Self::LastTogether => "last_together",
            Self::FirstSlow => "first_slow",
            Self::LastSlow => "last_slow",
            Self::ConflictingFix => "conflicting_fix",
            Self::ContradictedFix => "contradicted_fix",
            Self::BeforeJump => "before_jump",
            Self::AfterJump => "after_jump",
            Self::MisreadFix => "misread_fix",
            Self::NeighbourFix => "neighbour_fix",
            Self::StatedBefore => "stated_before",
            Self::StatedAgainst => "stated_against",
            Self::LastUnderOld => "last_under_old",
            Self::FirstUnderNew => "first_under_new",
            Self::StaticUnderOld => "static_under_old",
            Self::StaticUnderNew => "static_under_new",
            Self::FirstInPort => "first_in_port",
            Self::LastInPort => "last_in_port",
            Self::BeforeChange => "before_change",
            Self::AfterChange => "after_change",
            Self::BeforeBorder => "before_border",
            Self::AfterBorder => "after_border",
            Self::Departure => "departure",
            Self::FirstContradicted => "first_contradicted",
            Self::LastContradicted => "last_contradicted",
            Self::FirstCopy => "first_copy",
            Self::LastCopy => "last_copy",
            Self::FirstOriginal => "first_original",
            Self::LastOriginal => "last_original",
        }
    }
}

/// One fix behind an event, down to its raw line.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct EventEvidence {
    pub role: EvidenceRole,
    pub evidence: EvidenceRef,
    pub observed: Instant,
    pub mmsi: Mmsi,
}

/// The id of an event of one vessel, from the fix that it begins with: the same wherever its track began, so that a node that
/// reads only its latest recordings again finds it under the id that it has. `what`: which of several of its kind.
pub(crate) fn event_id(kind: Kind, mmsi: Mmsi, start: Instant, first: EvidenceRef, what: u32) -> EventId {
    EventId::of(&[
        kind.code().as_bytes(),
        &mmsi.number().to_be_bytes(),
        &start.micros().to_be_bytes(),
        first.source.bytes(),
        &first.line.to_be_bytes(),
        &what.to_be_bytes(),
    ])
}

/// One revision of one event. A higher revision of the same id replaces the lower; nothing is edited in place.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Event {
    pub id: EventId,
    pub revision: u32,
    pub kind: Kind,
    pub mmsi: Mmsi,
    /// The other vessel of an encounter; for an encounter `mmsi` < `other` unless both share one number.
    pub other: Option<Mmsi>,
    pub track: TrackId,
    pub other_track: Option<TrackId>,
    pub start: Instant,
    /// `None` while it goes on.
    pub end: Option<Instant>,
    pub position: Position,
    pub end_position: Option<Position>,
    /// What the charts call where it is: the anchorage of a port visit, the area that was entered. As they were when it was
    /// found; absent for other kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Named in docs/behaviour.md, the unit in the name; always `duration_h`.
    pub numbers: Numbers,
    pub evidence: Vec<EventEvidence>,
    /// True when later data showed that there was no such event.
    pub withdrawn: bool,
}
