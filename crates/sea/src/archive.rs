//! The detectors as an archive run calls them: each a function of (vessels, their contacts in order), of (tile,
//! what is dealt to it in order) or of all contacts in order. Whoever divides the work, and however, gets the events of one picture over
//! the whole; docs/archive.md says why. Knows no file, thread or partition.

use std::sync::Arc;

use bitacora_primitives::Instant;

pub use crate::behaviour::encounter::Pair;
pub use crate::behaviour::encounter::batch::{Tile, Tiling};
pub use crate::behaviour::encounter::by_cell::ByCell;
pub use crate::behaviour::encounter::legs::{At, Dealt, Step, Vertex};
use crate::behaviour::{Event, Kind, Parameters};
use crate::contacts::{Contact, Hearing, StaticReport};
use crate::picture::{Charts, Detectors, Output, Picture};

/// How the work of a kind can be divided.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Share {
    /// Needs one number's contacts.
    ByVessel,
    /// Needs the legs near a place.
    ByCell,
    /// Needs every contact in order of time: it learns from all of them.
    InOrder,
}

impl Share {
    /// The kinds that the picture finds, and how each is divided; [`Needs::of`] says which of them positions alone tell. A kind
    /// that the picture comes to run is added here.
    pub const KINDS: [(Kind, Self); 21] = [
        (Kind::Gap, Self::InOrder),
        (Kind::Encounter, Self::ByCell),
        (Kind::Loitering, Self::ByVessel),
        (Kind::IdentityConflict, Self::ByVessel),
        (Kind::ImpossibleMotion, Self::ByVessel),
        (Kind::MmsiNearMiss, Self::InOrder),
        (Kind::Stop, Self::ByVessel),
        (Kind::Drift, Self::ByVessel),
        (Kind::PortVisit, Self::ByVessel),
        (Kind::TransshipmentPosture, Self::ByVessel),
        (Kind::SpeedChange, Self::ByVessel),
        (Kind::AreaEntry, Self::ByVessel),
        (Kind::UnusualDeparture, Self::InOrder),
        (Kind::MotionContradiction, Self::ByVessel),
        (Kind::CircularTrack, Self::ByVessel),
        (Kind::CopiedTrack, Self::InOrder),
        (Kind::OnLand, Self::ByVessel),
        (Kind::IdentityContradiction, Self::InOrder),
        (Kind::MmsiChange, Self::InOrder),
        (Kind::ReceiverContradiction, Self::InOrder),
        (Kind::ClockFault, Self::InOrder),
    ];

    /// `None`: the picture does not find this kind.
    pub fn of(kind: Kind) -> Option<Self> {
        Self::KINDS.iter().find(|(known, _)| *known == kind).map(|(_, share)| *share)
    }
}

/// What a kind rests on. An archive without it tells nothing of the kind: that none was found there is no finding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Needs {
    /// Contacts alone.
    Positions,
    /// Also what vessels say of themselves ([`Ordered::learn`]).
    Statics,
    /// Also who heard which transmission ([`Ordered::heard`]).
    Hearings,
}

impl Needs {
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::IdentityContradiction | Kind::MmsiChange => Self::Statics,
            Kind::ReceiverContradiction | Kind::ClockFault => Self::Hearings,
            _ => Self::Positions,
        }
    }
}

/// The picture with the detectors of one share, over sorted contacts of all vessels or of some.
#[derive(Debug)]
pub struct Ordered {
    share: Share,
    picture: Picture,
    outputs: Vec<Output>,
}

impl Ordered {
    pub fn new(parameters: &Parameters, charts: Arc<Charts>, share: Share) -> Self {
        let detectors = match share {
            Share::ByVessel => Detectors { by_vessel: true, ..Detectors::NONE },
            Share::ByCell => Detectors { by_cell: true, ..Detectors::NONE },
            Share::InOrder => Detectors { in_order: true, ..Detectors::NONE },
        };
        Self { share, picture: Picture::with(detectors, parameters.clone(), charts), outputs: Vec::new() }
    }

    /// By vessel, and the motion dealt to tiles besides.
    pub fn dealing(parameters: &Parameters, charts: Arc<Charts>, tiling: Tiling) -> Self {
        let detectors = Detectors { by_vessel: true, ..Detectors::NONE };
        let picture = Picture::dealing(tiling, detectors, parameters.clone(), charts);
        Self { share: Share::ByVessel, picture, outputs: Vec::new() }
    }

    /// The next contact, by time, then number, then evidence. Appends revisions of events.
    pub fn take(&mut self, contact: &Contact, out: &mut Vec<Event>) {
        self.picture.take_sorted(contact, &mut self.outputs);
        self.drain(out);
    }

    /// The next static report, by time, then number, then evidence, and before the contacts of its time. Nothing for a share other
    /// than [`Share::InOrder`]. Appends revisions of events.
    pub fn learn(&mut self, told: StaticReport, out: &mut Vec<Event>) {
        self.picture.learn_sorted(told, &mut self.outputs);
        self.drain(out);
    }

    /// Who heard a transmission: before the contact that rests on it, and by no more than the contacts of a minute (memory is
    /// bounded). Of reports of types 1 to 3, 18 and 19 alone: others repeat word for word. Nothing for a share other than
    /// [`Share::InOrder`].
    pub fn heard(&mut self, hearing: &Hearing<'_>) {
        self.picture.heard(hearing);
    }

    /// What was dealt since the last call.
    pub fn dealt(&mut self) -> impl Iterator<Item = (Tile, Dealt)> {
        self.picture.dealt()
    }

    /// The input has ended, the newest contact of all vessels at `newest`. Appends to `out` what had ended by then, to
    /// `going` what ends only because nothing more is known. The last is dealt with it.
    pub fn finish(&mut self, newest: Instant, out: &mut Vec<Event>, going: &mut Vec<Event>) {
        self.picture.settle_until(newest, &mut self.outputs);
        self.drain(out);
        self.picture.end(newest, &mut self.outputs);
        self.drain(going);
    }

    fn drain(&mut self, out: &mut Vec<Event>) {
        for output in self.outputs.drain(..) {
            if let Output::Event(event) = output
                && Share::of(event.kind) == Some(self.share)
            {
                out.push(event);
            }
        }
    }
}
