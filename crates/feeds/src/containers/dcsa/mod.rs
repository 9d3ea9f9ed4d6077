//! DCSA Track & Trace 3.0.0 and 2.2.0 events and Verified Gross Mass 1.0.0 declarations, as JSON, to and from the
//! event model. Every length, form, code list and condition that the standards state is asked, also where their
//! published schemas do not ask it. Nothing here looks at a clock or decides what an event means for a box.
//!
//! Forms of a document: an array, or one object (`Event`, `VGMDeclaration`; 2.2.0: `GET /v2/events` and
//! `/v2/events/{eventID}`), and for 3.0.0 and VGM the request and response bodies (`events`, `VGMDeclarations`,
//! `feedbackElements`). Members that no schema names are let pass and not read.
//!
//! | model | 3.0.0 | 2.2.0 | VGM 1.0.0 |
//! | --- | --- | --- | --- |
//! | `id` | originating party and `eventID` | `eventID`; without one, of the whole text | originating party and `declarationReference` |
//! | `received` | `eventUpdatedDateTime` | `eventCreatedDateTime` | `declarationDateTime` |
//! | `trip` | first `BKG`, else first `TRD` document | the same | booking, else transport document |
//! | `order` | `ICE` document of an inspection or resealing, else `TRO` document | - | `VOR` reference |
//! | `facility` | `UNLocationCode` and facility code or name, else the name | the same, of the event or its transport call | as 3.0.0 |
//! | `vessel` | IMO number, else `portVisitReference` | IMO number | - |
//! | `line` | the originating party, where its function is `CA` | - | `carrierCode` |
//!
//! For what has happened, `received` is never before `at`; a plan or estimate keeps the time it was made. A name of
//! more than 40 characters has no room in `facility` and is left out. Ambient and cargo probe temperatures,
//! addresses, parties and voyages have no place in the model. The first of two booking references counts. Written, a
//! `trip` is a booking, a facility code has no `facilityCodeListProvider`, and a 2.2.0 transport call has the
//! vessel's number as its id: the model does not know better.

mod check;
mod codes;
mod document;
mod feedback;
mod forms;
mod json;
mod place;
mod read;
mod seals;
mod tnt22;
mod tnt3;
mod vgm1;
mod write;

pub use read::{Aside, Reading, SetAside, read, validate};
pub use write::{Originator, Uncarried, Why, write};

/// Longest document, in bytes.
pub const MAX_DOCUMENT: usize = 64 << 20;
/// Most events of one document; those beyond are refused as one defect.
pub const MAX_EVENTS: usize = 100_000;
/// Longest event, in bytes. Nesting is bounded by serde_json: 128 levels.
pub const MAX_EVENT: usize = 256 << 10;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Standard {
    /// Track & Trace 3.0.0.
    Tnt3,
    /// Track & Trace 2.2.0.
    Tnt22,
    /// Verified Gross Mass 1.0.0.
    Vgm1,
}

impl Standard {
    pub const ALL: [Self; 3] = [Self::Tnt3, Self::Tnt22, Self::Vgm1];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Tnt3 => "tnt3",
            Self::Tnt22 => "tnt22",
            Self::Vgm1 => "vgm1",
        }
    }
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standard| standard.code() == code)
    }

    /// The member that holds the events in a request or response body; 2.2.0 has bare arrays only.
    const fn list(self) -> Option<&'static str> {
        match self {
            Self::Tnt3 => Some("events"),
            Self::Tnt22 => None,
            Self::Vgm1 => Some("VGMDeclarations"),
        }
    }

    /// Whether an event of the standard has a member of this name.
    fn is_member(self, name: &str) -> bool {
        let tables = match self {
            Self::Tnt3 => vec![tnt3::EVENT],
            Self::Tnt22 => vec![tnt22::SHIPMENT, tnt22::TRANSPORT, tnt22::EQUIPMENT],
            Self::Vgm1 => vec![vgm1::DECLARATION],
        };
        tables.into_iter().flatten().any(|member| member.name == name)
    }
}
