//! Inspection draws: commit to list, chances and plan, then pick slot by slot from a beacon's rounds and the shares of
//! customs, police and port; publish, and let anybody derive every pick again. Never picks by anything else.

pub mod beacon;
pub mod bundle;
pub mod comb;
pub mod commitment;
pub mod error;
pub mod hex;
mod lots;
pub mod overrides;
pub mod plan;
pub mod session;
pub mod shares;
pub mod stream;
pub mod verify;
pub mod vrf;

pub use beacon::{Anchor, Beacon, Checker, Part, Round, RoundError, Times, part};
pub use bundle::{Attempt, Bundle, SlotRecord};
pub use comb::{GRID, Incoming, Lots};
pub use commitment::{
    BadLabel, Commitment, Entry, FORMAT, Label, ListRoot, OfficerKey, Slot, Terms, list_root,
};
pub use error::{CommitError, DrawError, OverrideError, PlanError, Why};
pub use hex::Hex;
pub use overrides::{Action, OfficerSignature, Override, signed_text};
pub use plan::{Masses, Wish, lay, units};
pub use session::{Awaited, Draw, Outcome, SlotAttempt};
pub use shares::{BODIES, Body, BodyKey, Share, THRESHOLD};
pub use stream::Stream;
pub use verify::{Verified, VerifiedSlot, verify};
pub use vrf::SecretKey;
