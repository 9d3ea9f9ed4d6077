//! One module a command.

pub(crate) mod accounts;
pub(crate) mod agreement;
pub(crate) mod decode;
pub(crate) mod demo;
pub(crate) mod detect;
pub(crate) mod ingest;
pub(crate) mod node;
pub(crate) mod officer;
pub(crate) mod port;
pub(crate) mod scenario;
pub(crate) mod sharing;
pub(crate) mod stix;
pub(crate) mod taxii;
pub(crate) mod verify;
pub(crate) mod witness;

/// Version and commit, as `bitacora --version` prints them.
pub(crate) const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("BITACORA_COMMIT"), ")");
