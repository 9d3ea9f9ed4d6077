//! What the picture gives out, and what it counts.

use bitacora_primitives::{Mmsi, TrackId};
use serde::{Deserialize, Serialize};

use crate::behaviour::Event;
use crate::contacts::Contact;
use crate::tracks::{Identity, IdentityChange};

/// What comes out, in the order in which it was found out.
///
/// Each position report leaves exactly once as `Tracked`, `Late` or `Refused`. `Moved` comes besides, at once.
#[derive(Clone, PartialEq, Debug)]
pub enum Output {
    /// At once, in order of arrival: the newest position of its vessel. For the live map.
    Moved(Contact),
    /// In order of observed time, when no earlier report is expected any more. `track` is `None` for stations
    /// that are no vessels (base station, aid to navigation, SAR aircraft). `begins`: first fix of its track.
    Tracked { contact: Contact, track: Option<TrackId>, begins: bool },
    /// Came after its time had been closed. To be stored; gaps it falls into are revised.
    Late(Contact),
    /// To be stored as refused: its time cannot be right.
    Refused(Contact, Refusal),
    /// The current identity of a number, and why it is reported.
    Identity { mmsi: Mmsi, identity: Identity, change: IdentityChange },
    /// A new event or a new revision of one.
    Event(Event),
}

/// Why a report was not taken into the picture.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    #[error("observed after it was received")]
    ObservedAfterReceived,
    #[error("far ahead of every other report")]
    ClockLeap,
}

/// What went through.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    pub contacts: u64,
    pub statics: u64,
    /// Static reports that came after their time had been closed, or for which there was no room: known to their vessel, and
    /// compared with no other.
    pub statics_late: u64,
    pub tracked: u64,
    pub late: u64,
    pub refused: u64,
    /// Same vessel and time as an earlier report: tracked, but no motion.
    pub duplicates: u64,
    pub tracks: u64,
    pub events: u64,
}
