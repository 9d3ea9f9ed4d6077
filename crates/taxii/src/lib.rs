//! The TAXII 2.1 wire (OASIS Standard, 10 June 2021) and nothing else: media types, filters, pages, errors and limits of a server
//! over a [`Backend`], and a client that trusts no server's cursor. Never stores, decides, tells the time or makes a key: what a
//! page may hold is decided and logged by the backend before it comes back.

pub mod backend;
pub mod client;
pub mod cursor;
mod door;
mod envelope;
mod fault;
pub mod filter;
mod media;
pub mod memory;
mod object;
mod query;
mod resource;
pub mod server;
mod strict;
mod times;

pub use backend::{
    Added, Backend, Collection, Detail, Entry, Gatekeeper, Guard, Object, Outcome, Page, PageQuery, Refusal,
    Refused, Row, SpecVersion, Status, Submission,
};
pub use cursor::NextKey;
pub use door::{ClientCertificate, Credentials, Doorkeeper, Principal};
pub use fault::Fault;
pub use filter::{Filter, Versions};
pub use media::{STIX_20, STIX_21, TAXII_21};
pub use server::{ApiRoot, Limits, Service, router};
