//! HTTP over TLS with platforms that are no partner nodes: a client that goes where it is told and nowhere else, with bounds on
//! time, and a listener that tells who came by the certificate. Reads certificates and keys from files; knows nothing of what is
//! said over the connection.

mod client;
mod files;
mod listener;

pub use client::{Bounds, Connection, Trust};
pub use files::FileError;
pub use listener::{Identity, accepting, serve};
