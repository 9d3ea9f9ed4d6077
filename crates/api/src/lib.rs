//! HTTP and JSON for people: the only crate that knows either. Serves the page, embedded, and `/api`; decides
//! nothing itself beyond who may ask.

pub mod accounts;
mod assets;
mod convert;
mod error;
pub mod exchange;
mod exports;
mod extract;
mod guard;
mod live;
mod log;
pub mod port;
mod pulse;
mod routes;
mod segments;
mod session;
pub mod shapes;
mod state;

pub use convert::lead_summary;
pub use live::{FeedReport, Live};
pub use log::machine_leaf;
pub use pulse::pulse;
pub use routes::{openapi, router};
pub use session::{hash_token, sign_in_link};
pub use state::{AppState, Keys, KeysError};
