//! The exchange for people: who may get what and why, what went, what is held, refused or stopped, and the log that
//! shows it. Codes and numbers, and the agreement's own words in both languages. `web/src/core/exchange.ts` is the
//! page's view of the same shapes.

mod agreement;
mod decision;
mod leaf;
mod received;
mod suspension;

pub use agreement::*;
pub use decision::*;
pub use leaf::*;
pub use received::*;
pub use suspension::*;
