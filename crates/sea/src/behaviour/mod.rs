//! Behaviour: what a track did that an officer may want to know, with the exact definitions of
//! docs/behaviour.md. An event is an observation about motion and reception; it never says why, and never
//! calls a vessel suspect.

pub mod encounter;
pub mod gap;
pub mod loitering;
pub mod parameters;
pub mod reception;

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
}

impl Kind {
    pub const ALL: [Self; 5] =
        [Self::Gap, Self::Encounter, Self::Loitering, Self::IdentityConflict, Self::ImpossibleMotion];

    /// The stable code: the same text as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Encounter => "encounter",
            Self::Loitering => "loitering",
            Self::IdentityConflict => "identity_conflict",
            Self::ImpossibleMotion => "impossible_motion",
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
    /// Named in docs/behaviour.md, the unit in the name; always `duration_h`.
    pub numbers: Numbers,
    pub evidence: Vec<EventEvidence>,
    /// True when later data showed that there was no such event.
    pub withdrawn: bool,
}
