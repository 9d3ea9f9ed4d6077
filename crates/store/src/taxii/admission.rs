//! Who is asked before anything of a collection changes, and what the node's log says of it.

use super::{ManifestRow, Planned, Request};
use crate::Leaf;

/// What [`Admission`] says of one request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    Admitted,
    /// Nothing of the request is stored; the reason goes to whoever asked.
    Refused(String),
}

/// What [`Admission`] says of the requests of one transaction.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Admitted {
    /// One for each request, in order. A request without one is refused.
    pub verdicts: Vec<Verdict>,
    /// Goes to the node's own log in the same transaction.
    pub leaf: Option<Leaf>,
}

/// Asked inside the write transaction before anything of it is written. What is stored and the leaf that names it are there together or
/// not at all. It must not call the store, whose writer waits for it.
pub trait Admission: Send + Sync {
    /// One call speaks for all requests that share the transaction: one leaf, one sync.
    fn admit(&self, planned: &[Planned<'_>]) -> Admitted;

    /// What goes out of a collection, at least one row. An error is a refusal: nothing goes.
    fn let_go(
        &self,
        collection: &str,
        request: &Request,
        rows: &[ManifestRow],
    ) -> Result<Option<Leaf>, String>;
}
