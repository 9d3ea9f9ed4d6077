//! What really happened, kept apart from the feed. Detectors never see it; scorers and tests do.

use bitacora_primitives::{Instant, Mmsi, Position};
use serde::{Deserialize, Serialize};

/// The behaviour that an entry is an instance of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Encounter,
    Gap,
    Loitering,
    IdentityConflict,
    ImpossibleMotion,
}

/// Why it happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Cargo changes hulls far offshore.
    RendezvousAtSea,
    /// A transponder switched off for a detour.
    DarkVoyage,
    /// The same, followed by a meeting.
    DarkBeforeMeeting,
    /// Waits offshore for a drop.
    WaitsAtDropPoint,
    /// Two hulls under one number.
    ClonedIdentity,
    /// A transmitted position that the hull was never at.
    FalsePosition,
    PilotBoarding,
    Bunkering,
    FishingFleet,
    TugAtWork,
    /// Neighbours at the quay or in the anchorage.
    SharedHarbour,
    AtAnchor,
    AtBerth,
    /// Any other closeness of two ships on one lane.
    SharedLane,
    /// A shore station failed: everybody there fell silent.
    StationOutage,
    /// No receiver heard the place for hours.
    OutOfReach,
}

/// One occurrence. Encounters are 500 m or closer for 10 minutes or longer; loitering is below 2 knots for an hour
/// or longer; gaps are 4 hours or longer without a line in the feed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub kind: Kind,
    pub mmsis: Vec<Mmsi>,
    pub start: Instant,
    pub end: Instant,
    pub position: Position,
    pub innocent: bool,
    pub note: Note,
}

/// All entries, ordered by start, and the exposure that rates are counted over.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Truth {
    pub entries: Vec<Entry>,
    /// Sum over vessels of the days they were in the picture.
    pub vessel_days: f64,
}

impl Truth {
    pub fn guilty(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.innocent)
    }
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}
