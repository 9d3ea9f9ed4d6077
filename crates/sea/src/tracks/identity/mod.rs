//! Who a number says it is, and what contradicts that: two users of one number, a number misread by one bit,
//! statements that cannot both hold, a hull that goes on under another number. Judges no motive, drops nothing.

pub mod cadence;
pub mod change;
pub mod concurrent;
pub mod contradiction;
pub mod near_miss;
pub mod number;
mod parameters;
mod recall;
mod vessel;

use std::collections::BTreeMap;

use bitacora_primitives::{EventId, Instant, Mmsi, Numbers, Position, TrackId};
use serde::{Deserialize, Serialize};

pub use parameters::{CadenceParameters, ChangeParameters, ContradictionParameters, NearMissParameters};
pub use vessel::{Identity, IdentityChange, Vessel};

use crate::behaviour::{Event, EventEvidence, Kind};

/// What exactly was found; one kind of event can have several.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Heard in turn at places that no hull can reach in time.
    AlternatingTracks,
    /// One bit from a vessel whose track it copies or continues.
    OneBitFromNeighbour,
    NameAlternates,
    CallSignAlternates,
    ImoAlternates,
    DimensionsAlternate,
    /// The last digit of the IMO number does not follow from the others.
    ImoCheckDigit,
    /// One IMO number under two MMSIs at the same time.
    ImoShared,
    CallSignShared,
    /// One number fell silent and another began where the hull would be.
    ContinuesUnderAnother,
}

impl Reason {
    /// The stable code: the same text as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AlternatingTracks => "alternating_tracks",
            Self::OneBitFromNeighbour => "one_bit_from_neighbour",
            Self::NameAlternates => "name_alternates",
            Self::CallSignAlternates => "call_sign_alternates",
            Self::ImoAlternates => "imo_alternates",
            Self::DimensionsAlternate => "dimensions_alternate",
            Self::ImoCheckDigit => "imo_check_digit",
            Self::ImoShared => "imo_shared",
            Self::CallSignShared => "call_sign_shared",
            Self::ContinuesUnderAnother => "continues_under_another",
        }
    }
}

/// One revision of one finding about an identity. Like an event, but without a track: static reports have none,
/// and a place only where one is known.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Finding {
    pub id: EventId,
    pub revision: u32,
    pub kind: Kind,
    pub reason: Reason,
    pub mmsi: Mmsi,
    pub other: Option<Mmsi>,
    pub start: Instant,
    pub end: Instant,
    pub position: Option<Position>,
    pub end_position: Option<Position>,
    /// Named in docs/behaviour.md, the unit in the name; always `duration_h`.
    pub numbers: Numbers,
    pub evidence: Vec<EventEvidence>,
    pub withdrawn: bool,
}

impl Finding {
    /// The event, on the track and at the place where the picture has the vessel. The reason is a number of its
    /// own, so that it survives where only numbers are kept.
    pub fn into_event(self, track: TrackId, other_track: Option<TrackId>, heard_at: Position) -> Event {
        let mut numbers = self.numbers;
        numbers.insert(self.reason.code().to_owned(), 1.0);
        Event {
            id: self.id,
            revision: self.revision,
            kind: self.kind,
            mmsi: self.mmsi,
            other: self.other,
            track,
            other_track,
            start: self.start,
            end: Some(self.end),
            position: self.position.unwrap_or(heard_at),
            end_position: self.end_position,
            place: None,
            numbers,
            evidence: self.evidence,
            withdrawn: self.withdrawn,
        }
    }

    /// The same finding as it stands after another look.
    fn next_revision(&self) -> Self {
        Self { revision: self.revision.saturating_add(1), ..self.clone() }
    }
}

/// The last revision of each, without the withdrawn, by start.
fn latest(found: Vec<Finding>) -> Vec<Finding> {
    let mut last: BTreeMap<(Instant, EventId), Finding> = BTreeMap::new();
    for finding in found {
        last.insert((finding.start, finding.id), finding);
    }
    last.into_values().filter(|finding| !finding.withdrawn).collect()
}
