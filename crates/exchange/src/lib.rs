//! Agreements, decisions, releases, receipts and suspension between two sovereign sides. Pure: the node gives time,
//! randomness and signatures.

pub mod agreement;
pub mod area;
pub mod audit;
pub mod document;
pub mod draft;
pub mod gate;
pub mod history;
pub mod mirror;
pub mod observer;
pub mod outgoing;
pub mod page;
pub mod record;
pub mod sealing;
pub mod secrets;
pub mod shelf;
pub mod side;
pub mod tags;
pub mod wire;

pub use agreement::{Agreement, AgreementError};
pub use draft::{Draft, DraftCheckpoint, DraftLeaf};
pub use gate::{Gate, Pass, Shut};
pub use outgoing::Outgoing;
pub use page::Sheet;
pub use secrets::Secrets;
pub use shelf::{Shelf, ShelfError};
pub use side::{Side, SideError};
pub use tags::{Closure, Tags};
