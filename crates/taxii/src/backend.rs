//! What stands behind the wire: collections, objects in the order in which they were added, and statuses.
//!
//! The methods are synchronous and are called on blocking threads, a bounded number at a time: both databases of this system are
//! reached by blocking calls, and a backend that were asynchronous would hand them to such threads itself.
//!
//! The backend is also the gate. Before [`Backend::page`] and [`Backend::manifest`] return rows to somebody outside, it has decided
//! and logged the page as one leaf with the hashes of all its objects; what may not go out is [`Refusal::Denied`]. The wire adds no
//! object to a page and leaves none out.

use std::sync::Arc;

use bitacora_primitives::Instant;
use serde::{Deserialize, Serialize};

use crate::door::Principal;
use crate::filter::{Filter, Versions};

/// A collection as one principal sees it (TAXII 2.1, 5.2.1).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Collection {
    /// A UUID.
    pub id: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A name that stands for the id in addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    pub can_read: bool,
    pub can_write: bool,
    /// Media types of the objects, as [`crate::STIX_21`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub media_types: Vec<String>,
}

/// A version of STIX; later ones are greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum SpecVersion {
    #[serde(rename = "2.0")]
    V20,
    #[serde(rename = "2.1")]
    V21,
}

impl SpecVersion {
    /// The versions that a store can hold; any other is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "2.0" => Some(Self::V20),
            "2.1" => Some(Self::V21),
            _ => None,
        }
    }
    /// As in `spec_version`.
    pub const fn text(self) -> &'static str {
        match self {
            Self::V20 => "2.0",
            Self::V21 => "2.1",
        }
    }
    /// The media type of an object (TAXII 2.1, 5.3.1: `media_type`).
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::V20 => crate::STIX_20,
            Self::V21 => crate::STIX_21,
        }
    }
}

/// An object to be added: well-formed, with its header read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    pub id: String,
    /// The type, which the id names too.
    pub kind: String,
    pub spec_version: SpecVersion,
    /// `modified`, else `created`, else `None`: then the version is the moment at which the object is added (TAXII 2.1, 5.3.1).
    pub version: Option<Instant>,
    /// As sent, to the byte.
    pub bytes: Vec<u8>,
}

/// An object that the wire refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Its id, or its place in the envelope (`objects/3`) where it has none that can be read.
    pub id: String,
    pub version: Option<Instant>,
    /// A code and why, for the failures of the status.
    pub message: String,
}

/// What one request to add objects holds. The refused ones come along so that the status, which names them, is kept in the
/// same transaction as the good ones.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Submission {
    pub objects: Vec<Object>,
    pub refused: Vec<Refused>,
}

/// What became of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Stored, durably.
    Stored { date_added: Instant },
    /// This id and version was there; what was there stays. A success, so that a request may be repeated.
    AlreadyThere { date_added: Instant },
    /// Not taken, and why.
    Refused(String),
    /// Kept and not yet decided (TAXII 2.1, 4.3.1: `pendings`).
    Pending,
}

/// A request to add objects, done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Added {
    /// The status' id, a UUID, under which [`Backend::status`] finds it.
    pub status_id: String,
    /// When the request came, by the backend's clock.
    pub request_timestamp: Instant,
    /// One for each of [`Submission::objects`], in their order.
    pub outcomes: Vec<Outcome>,
}

/// One object of a status (TAXII 2.1, 4.3.2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Detail {
    pub id: String,
    pub version: Instant,
    pub message: Option<String>,
}

/// The status of a request to add objects (TAXII 2.1, 4.3.1). It is complete when nothing is pending.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Status {
    /// A UUID.
    pub id: String,
    pub request_timestamp: Instant,
    pub successes: Vec<Detail>,
    pub failures: Vec<Detail>,
    pub pendings: Vec<Detail>,
}

impl Status {
    /// The status of a submission that was just added. An object without a version of its own has that of its adding; one
    /// without either, that of the request (TAXII 2.1, 4.3.2 wants one).
    pub fn of(submission: &Submission, added: &Added) -> Self {
        let now = added.request_timestamp;
        let mut status = Self {
            id: added.status_id.clone(),
            request_timestamp: now,
            successes: Vec::new(),
            failures: Vec::new(),
            pendings: Vec::new(),
        };
        for (object, outcome) in submission.objects.iter().zip(&added.outcomes) {
            let (list, version, message) = match outcome {
                Outcome::Stored { date_added } => (&mut status.successes, *date_added, None),
                Outcome::AlreadyThere { date_added } => (
                    &mut status.successes,
                    *date_added,
                    Some("already_there: this version was here before".to_owned()),
                ),
                Outcome::Refused(why) => (&mut status.failures, now, Some(why.clone())),
                Outcome::Pending => (&mut status.pendings, now, None),
            };
            list.push(Detail { id: object.id.clone(), version: object.version.unwrap_or(version), message });
        }
        status.failures.extend(submission.refused.iter().map(|refused| Detail {
            id: refused.id.clone(),
            version: refused.version.unwrap_or(now),
            message: Some(refused.message.clone()),
        }));
        status
    }
}

/// Where an object stands in its collection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The order of adding, rising with `date_added`. Never used twice, not even after a deletion.
    pub position: u64,
    /// Unique, and in the order in which additions became visible: nobody who has read up to here will find one before it.
    pub date_added: Instant,
    pub id: String,
    pub version: Instant,
    pub spec_version: SpecVersion,
}

/// An object with its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub entry: Entry,
    /// As they were added.
    pub bytes: Vec<u8>,
}

/// Which part of a collection is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageQuery {
    pub filter: Filter,
    /// Only what stands after this position.
    pub after: Option<u64>,
    /// At most so many rows; at least 1.
    pub limit: usize,
    /// Stop before the rows' bytes exceed this, but not before the first row.
    pub bytes: usize,
}

/// Asked before each piece of a page is handed to the connection: a page that was decided may be stopped while it is sent.
pub trait Gatekeeper: Send + Sync {
    /// Runs `hand_over` and says `true`, or does not run it and says `false`: then the rest of the page is not sent, and the
    /// connection ends within it, so that no client takes the beginning for the whole.
    fn pass(&self, hand_over: &mut dyn FnMut()) -> bool;
}

/// A gatekeeper that a page carries; two are the same where they are the very same.
#[derive(Clone)]
pub struct Guard(pub Arc<dyn Gatekeeper>);

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

impl PartialEq for Guard {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Guard {}

/// Rows in the order of their positions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page<R> {
    pub rows: Vec<R>,
    /// Asked before each piece is sent; without one the page is sent as it is.
    pub guard: Option<Guard>,
    /// Whether further rows match after the last of these. Never true without rows.
    pub more: bool,
}

/// Why the backend did not do it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// 403: an agreement, a suspension or a right says no; the refusal is logged. The texts go to the client.
    #[error("{title}")]
    Denied { title: String, details: Vec<(String, String)> },
    /// 503 with `Retry-After` in seconds (1 without).
    #[error("not available now")]
    Unavailable { retry_after_s: Option<u32> },
    /// 500; the cause goes to the log alone.
    #[error("{cause}")]
    Failed { cause: String },
}

/// What serves the wire. Collections are named by their ids here; the wire has resolved aliases and looked at the rights.
pub trait Backend: Send + Sync + 'static {
    /// The collections of an API root that this principal may know of. An unknown root has none.
    fn collections(&self, principal: &Principal, root: &str) -> Result<Vec<Collection>, Refusal>;

    /// One collection by its id or alias, where the principal may know of it.
    fn collection(
        &self,
        principal: &Principal,
        root: &str,
        name: &str,
    ) -> Result<Option<Collection>, Refusal> {
        let collections = self.collections(principal, root)?;
        let found = collections.iter().find(|one| one.id == name || one.alias.as_deref() == Some(name));
        Ok(found.cloned())
    }

    /// The same where it can be told without waiting for anything; else `None`, and [`collection`](Self::collection) is asked on a
    /// thread that may wait.
    fn collection_at_hand(&self, _: &Principal, _root: &str, _name: &str) -> Option<Option<Collection>> {
        None
    }

    /// Adds all that it takes in one atomic, durable step, and keeps the status with it.
    fn add(
        &self,
        principal: &Principal,
        root: &str,
        collection: &str,
        submission: &Submission,
    ) -> Result<Added, Refusal>;

    /// A page of objects, decided and logged.
    fn page(&self, principal: &Principal, collection: &str, query: &PageQuery) -> Result<Page<Row>, Refusal>;

    /// The same page without bytes. Versions of one object are a manifest with its id and all versions.
    fn manifest(
        &self,
        principal: &Principal,
        collection: &str,
        query: &PageQuery,
    ) -> Result<Page<Entry>, Refusal>;

    /// Whether the collection holds any version of an object: an empty page of one that it does not hold is a 404.
    fn holds(&self, principal: &Principal, collection: &str, id: &str) -> Result<bool, Refusal>;

    /// Deletes the versions of an object that match, and says how many there were. `spec_versions` of `None` is any.
    fn delete(
        &self,
        principal: &Principal,
        collection: &str,
        id: &str,
        versions: &Versions,
        spec_versions: Option<&[SpecVersion]>,
    ) -> Result<usize, Refusal>;

    /// The status of an earlier request of this principal, as long as it is kept.
    fn status(&self, principal: &Principal, root: &str, id: &str) -> Result<Option<Status>, Refusal>;
}
