//! Inspection games: how likely each container must be scanned so that the attacker gains least, wherever he loads.
//! Gives coverage and certificates as integers that a reader can verify without the solver; never draws.

pub mod bayes;
pub mod certificate;
mod error;
mod linear;
pub mod origami;
pub mod patrol;
mod payoff;
mod proof;
pub mod quantal;
pub mod side;
pub mod slots;
pub mod table;
mod water;

pub use error::GameError;
pub use payoff::{MAX_PAYOFF, PARTS, Payoff, probability};
pub use proof::Proof;
