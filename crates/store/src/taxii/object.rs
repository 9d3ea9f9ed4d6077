//! What goes into a collection and what comes out, and what a request may ask for (TAXII 2.1, sections 3.4 and 5).

use bitacora_primitives::Instant;

/// An object as a client gave it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewObject {
    /// STIX 2.1, 2.9: `type--UUID`; its type is read from here.
    pub id: String,
    /// `2.0`, `2.1`: one of the collection's media types, so that there are few of them.
    pub spec_version: String,
    /// `modified`, else `created`; `None` for what has neither: it has one version, the moment it was added.
    pub version: Option<Instant>,
    /// SHA-256 of `content`; the store computes and checks none.
    pub hash: [u8; 32],
    /// The exact bytes, which pages give back unread.
    pub content: Vec<u8>,
}

/// What became of an object, in the order of the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Added {
    Stored {
        date_added: Instant,
        version: Instant,
    },
    /// The collection has this version of the object already; nothing was stored.
    AlreadyThere {
        /// When the one that is there was added.
        date_added: Instant,
        version: Instant,
        /// The bytes that are there have the same hash.
        same: bool,
    },
}

impl Added {
    /// When what the collection now holds was added.
    pub const fn date_added(&self) -> Instant {
        match self {
            Self::Stored { date_added, .. } | Self::AlreadyThere { date_added, .. } => *date_added,
        }
    }
    pub const fn version(&self) -> Instant {
        match self {
            Self::Stored { version, .. } | Self::AlreadyThere { version, .. } => *version,
        }
    }
}

/// One record of a manifest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ManifestRow {
    /// Unique in the node, and the order of pages.
    pub date_added: Instant,
    pub id: String,
    pub object_type: String,
    pub spec_version: String,
    pub version: Instant,
    /// SHA-256 of the content.
    pub hash: [u8; 32],
    /// Who handed it in, as the request said.
    pub platform: Option<String>,
}

/// An object as it came, with its manifest record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ObjectRow {
    pub manifest: ManifestRow,
    pub content: Vec<u8>,
}

/// Rows in rising `date_added`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page<Row> {
    pub rows: Vec<Row>,
    /// There may be more: ask again with this as `after`. Mostly the last row's `date_added`; above it where rows were
    /// looked at and left out. A page with `next` may be short, even empty, but each one comes further.
    pub next: Option<Instant>,
}

/// What a request may ask for; all of its fields must hold, and of a list, one (TAXII 2.1, 3.4.1).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// Strictly after.
    pub added_after: Option<Instant>,
    /// Empty: any.
    pub ids: Vec<String>,
    /// Empty: any.
    pub types: Vec<String>,
    pub spec_versions: SpecVersions,
    pub versions: Versions,
}

/// `match[spec_version]`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum SpecVersions {
    /// The newest that the collection has of each object: what applies where a request says nothing.
    #[default]
    Newest,
    All,
    AnyOf(Vec<String>),
}

/// `match[version]`: the union of what is set. First and last are taken among all versions of the object in the spec versions
/// that were asked for, whatever else the request asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Versions {
    pub all: bool,
    pub first: bool,
    pub last: bool,
    pub at: Vec<Instant>,
}

impl Versions {
    pub const LAST: Self = Self { all: false, first: false, last: true, at: Vec::new() };
    pub const FIRST: Self = Self { all: false, first: true, last: false, at: Vec::new() };
    pub const ALL: Self = Self { all: true, first: false, last: false, at: Vec::new() };
}

impl Default for Versions {
    /// The latest version: what applies where a request says nothing.
    fn default() -> Self {
        Self::LAST
    }
}

/// The type that an identifier names.
pub(super) fn type_of(id: &str) -> &str {
    id.split_once("--").map_or(id, |(kind, _)| kind)
}
