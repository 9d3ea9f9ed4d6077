//! The JSON of `/api`: codes and numbers, never sentences. `web/src/core/model.ts` is the page's view of the
//! same shapes. Times are RFC 3339 UTC unless the name ends in `_ms`; units stand in the names.

pub mod accounts;
pub mod claim;
pub mod event;
pub mod exchange;
pub mod incident;
pub mod lead;
pub mod log;
pub mod picture;
pub mod port;
pub mod status;

pub use accounts::*;
pub use claim::*;
pub use event::*;
pub use exchange::*;
pub use incident::*;
pub use lead::*;
pub use log::*;
pub use picture::*;
pub use port::*;
pub use status::*;
