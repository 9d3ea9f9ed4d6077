//! Reception: what the feed itself says about how well a place is heard, and so how far a silence may be the
//! receivers' and not the vessel's. It never says that a transmitter was switched off.

pub mod batch;
mod bits;
mod curve;
pub mod learned;
pub mod nearby;
pub mod parameters;
mod places;

pub use learned::{Explained, Learned};
pub use nearby::{HeardNearby, Noted, Reception};
pub use parameters::ReceptionParameters;
