//! The tables of the TAXII collections. Facts (which object came when, and what was deleted) are append-only; the bytes go
//! with a deletion, the listings are derived, and statuses are kept for a while.

use crate::schema::{Part, Step};

/// Tables beside the node's own: an object and the leaf that names it are one transaction.
pub(crate) const TAXII: Part =
    Part { versions: "taxii_schema_version", steps: &[COLLECTIONS, FEWER_ENTRIES, HANDED_IN] };

/// A row of `taxii_live` stands for an object that was not deleted. `class` adds up [`class`](super::standing)'s bits. Each
/// index begins with what a request can ask to be equal and ends with the order of pages, so that a page is read from
/// where it begins to where it is full. No foreign keys per object: in PostgreSQL each is a query more a row, and one
/// function writes all three tables.
const COLLECTIONS: Step = Step {
    tables: &[
        (
            "taxii_collection",
            "number BIGINT PRIMARY KEY, id TEXT NOT NULL UNIQUE, alias TEXT UNIQUE, title TEXT NOT NULL, \
             registered BIGINT NOT NULL",
        ),
        (
            "taxii_collection_end",
            "collection BIGINT PRIMARY KEY REFERENCES taxii_collection (number), closed BIGINT NOT NULL",
        ),
        (
            "taxii_object",
            "date_added ROW_KEY PRIMARY KEY, collection BIGINT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, \
             spec_version TEXT NOT NULL, version BIGINT NOT NULL, hash BYTEA NOT NULL",
        ),
        (
            "taxii_deletion",
            "date_added ROW_KEY PRIMARY KEY, collection BIGINT NOT NULL, deleted BIGINT NOT NULL, \
             request TEXT NOT NULL",
        ),
    ],
    changing: &[
        ("taxii_content", "date_added ROW_KEY PRIMARY KEY, content BYTEA NOT NULL"),
        (
            "taxii_live",
            "date_added ROW_KEY PRIMARY KEY, collection BIGINT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, \
             spec_version TEXT NOT NULL, version BIGINT NOT NULL, class BIGINT NOT NULL, \
             UNIQUE (collection, id, spec_version, version)",
        ),
        (
            "taxii_status",
            "id TEXT PRIMARY KEY, collection BIGINT NOT NULL, requested BIGINT NOT NULL, note TEXT NOT NULL, \
             outcome TEXT NOT NULL",
        ),
    ],
    moves: &[],
    indexes: &[
        "CREATE INDEX taxii_deletion_by_collection ON taxii_deletion (collection, date_added)",
        "CREATE INDEX taxii_live_by_id ON taxii_live (collection, id, date_added)",
        "CREATE INDEX taxii_live_by_class ON taxii_live (collection, spec_version, class, date_added)",
        "CREATE INDEX taxii_live_by_type ON taxii_live (collection, type, spec_version, class, date_added)",
        "CREATE INDEX taxii_live_by_version ON taxii_live (collection, version, date_added)",
        "CREATE INDEX taxii_status_by_time ON taxii_status (requested)",
    ],
};

/// Most objects have one version, and their row is of the class [`ONLY`](super::standing::ONLY), 7. It is found through the unique index:
/// in the index that orders an object's versions it would be a second page that each addition writes at a place of its own.
const FEWER_ENTRIES: Step = Step {
    tables: &[],
    changing: &[],
    moves: &["DROP INDEX taxii_live_by_id"],
    indexes: &["CREATE INDEX taxii_live_of_many ON taxii_live (collection, id, date_added) WHERE class <> 7"],
};

/// Who handed an object in stays with it when the status of the request is gone.
const HANDED_IN: Step = Step {
    tables: &[],
    changing: &[],
    moves: &["ALTER TABLE taxii_object ADD COLUMN platform TEXT"],
    indexes: &[],
};
