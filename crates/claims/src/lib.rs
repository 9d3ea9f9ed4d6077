//! What other people's systems claim, and what an officer makes of it. A claim has no weight: the table of ratios
//! (`primitives::ratios`) has no row for what others say. It is something to read until an officer takes it, in the log; what is
//! taken stays theirs, under their markings. Pure: the queue of a node is replayed from its entries.

mod act;
mod claim;
mod marking;
mod standing;

pub use act::{Act, MAX_NOTE, NewAct, Refused, SetAsideReason};
pub use claim::{Claim, Count, Kind, Named, Place};
pub use marking::{Handling, Marking, Said, tlp_of};
pub use standing::{Acted, Entry, Gone, Standing, State, What};
