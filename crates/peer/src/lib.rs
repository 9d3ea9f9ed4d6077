//! Node to node: mutual TLS, frames and carried bundles. Decides nothing: it moves what `exchange` sealed.

pub mod carry;
pub mod endpoint;
pub mod frame;
pub mod guarded;
pub mod identity;
pub mod link;
pub mod pins;
mod slots;
mod tls;

pub use carry::{Bounds, CarryError, Header, Packed, Unpacked, Waybill, pack, unpack};
pub use endpoint::{Endpoint, Limits, NoLink};
pub use frame::{FrameError, Timing};
pub use guarded::{Counter, Observer};
pub use identity::{Fingerprint, Identity, IdentityError, IdentityPem};
pub use link::{CloseReason, Handler, LinkId, NotWanted};
pub use pins::Pins;
