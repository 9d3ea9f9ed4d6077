//! The tables, as numbered steps that every opening of the store brings up to date inside one transaction. A step
//! that was released is never edited: a change is a new step.
//!
//! Times are microseconds since 1970 UTC in BIGINT; ids are their printed form; open shapes are JSON text. Every
//! table of facts is append-only: what changes is a new row that names the old one.

use crate::StoreError;
use crate::link::{Link, args};

const DOING: &str = "bringing the schema up to date";

/// One step: its tables, on which the append-only triggers are put, and its indexes.
pub(crate) struct Step {
    pub(crate) tables: &'static [(&'static str, &'static str)],
    /// Tables whose rows may change or go: what is derived from `tables`, and what is let go on purpose.
    pub(crate) changing: &'static [(&'static str, &'static str)],
    /// Carries rows over into this step's tables, and drops what they replace.
    pub(crate) moves: &'static [&'static str],
    pub(crate) indexes: &'static [&'static str],
}

/// In a table's columns: the type of a key that the engine itself orders rows by. SQLite does so by `INTEGER PRIMARY KEY`
/// alone, which in PostgreSQL has 32 bits.
pub(crate) const ROW_KEY: &str = "ROW_KEY";

/// `log` tells several logs of one node apart; this node's watch log is the first.
pub(crate) const OWN_LOG: &str = "watch";

/// One database's steps, and the table that tells how many of them it has.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(crate) versions: &'static str,
    pub(crate) steps: &'static [Step],
}

/// The picture, leads, officers, incidents and the node's own log.
pub(crate) const STORE: Part = Part {
    versions: "schema_version",
    steps: &[FIRST, INCIDENTS, CONTAINERS, ACCOUNTS, RECEPTIONS, CLAIMS, STATICS],
};

/// The logs of agreements and what was given under them. A file of its own in SQLite, so that a release never waits
/// for the reading of a recording.
pub(crate) const EXCHANGE: Part = Part {
    versions: "exchange_schema_version",
    steps: &[Step {
        tables: &[
            (
                "exchange_leaf",
                "agreement TEXT NOT NULL, party TEXT NOT NULL, leaf_index BIGINT NOT NULL, kind TEXT, \
                 recorded BIGINT NOT NULL, commitment BYTEA NOT NULL, record TEXT, \
                 PRIMARY KEY (agreement, party, leaf_index)",
            ),
            (
                "exchange_sealed",
                "release_id TEXT PRIMARY KEY, agreement TEXT NOT NULL, sealed BYTEA NOT NULL",
            ),
            ("exchange_offer", "release_id TEXT PRIMARY KEY, agreement TEXT NOT NULL, offer TEXT NOT NULL"),
            (
                "exchange_checkpoint",
                "agreement TEXT NOT NULL, party TEXT NOT NULL, size BIGINT NOT NULL, seq BIGINT NOT NULL, \
                 recorded BIGINT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (agreement, party, size, seq)",
            ),
        ],
        changing: &[],
        moves: &[],
        indexes: &[],
    }],
};

/// The picture, leads, officers and the node's own log.
const FIRST: Step = Step {
    tables: &[
        ("store_identity", "id TEXT PRIMARY KEY"),
        (
            "source",
            "id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, location TEXT NOT NULL, \
             raw_path TEXT, first_seen BIGINT NOT NULL",
        ),
        (
            "mark",
            "source TEXT NOT NULL REFERENCES source (id), batch BIGINT NOT NULL, line BIGINT NOT NULL, \
             byte_offset BIGINT, recorded BIGINT NOT NULL, tallies TEXT NOT NULL, \
             PRIMARY KEY (source, batch)",
        ),
        (
            "part",
            "name TEXT PRIMARY KEY, day BIGINT NOT NULL, origin TEXT NOT NULL, batch BIGINT NOT NULL, \
             min_time BIGINT NOT NULL, max_time BIGINT NOT NULL, row_count BIGINT NOT NULL, \
             byte_count BIGINT NOT NULL",
        ),
        ("part_retired", "name TEXT PRIMARY KEY REFERENCES part (name), merged_into TEXT NOT NULL"),
        (
            "event",
            "id TEXT NOT NULL, revision BIGINT NOT NULL, kind TEXT NOT NULL, mmsi BIGINT NOT NULL, \
             other BIGINT, start_time BIGINT NOT NULL, end_time BIGINT, lat DOUBLE PRECISION NOT NULL, \
             lon DOUBLE PRECISION NOT NULL, withdrawn BIGINT NOT NULL, body TEXT NOT NULL, \
             recorded BIGINT NOT NULL, PRIMARY KEY (id, revision)",
        ),
        (
            "indication",
            "id TEXT NOT NULL, revision BIGINT NOT NULL, code TEXT NOT NULL, mmsi BIGINT NOT NULL, \
             start_time BIGINT NOT NULL, body TEXT NOT NULL, recorded BIGINT NOT NULL, \
             PRIMARY KEY (id, revision)",
        ),
        (
            "lead_number",
            "lead TEXT PRIMARY KEY, month TEXT NOT NULL, seq BIGINT NOT NULL, \
             number TEXT NOT NULL UNIQUE, UNIQUE (month, seq)",
        ),
        (
            "lead",
            "id TEXT NOT NULL REFERENCES lead_number (lead), revision BIGINT NOT NULL, \
             mmsi BIGINT NOT NULL, other BIGINT, start_time BIGINT NOT NULL, updated BIGINT NOT NULL, \
             strength DOUBLE PRECISION NOT NULL, lat DOUBLE PRECISION NOT NULL, \
             lon DOUBLE PRECISION NOT NULL, code TEXT NOT NULL, body TEXT NOT NULL, \
             recorded BIGINT NOT NULL, PRIMARY KEY (id, revision)",
        ),
        (
            "identity",
            "mmsi BIGINT NOT NULL, since BIGINT NOT NULL, name TEXT, call_sign TEXT, imo BIGINT, \
             ship_type BIGINT, length_m BIGINT, beam_m BIGINT, draught_m DOUBLE PRECISION, \
             destination TEXT, station BIGINT NOT NULL, source TEXT NOT NULL, line BIGINT NOT NULL, \
             byte_offset BIGINT, PRIMARY KEY (mmsi, since, source, line)",
        ),
        (
            "evidence",
            "source TEXT NOT NULL, line BIGINT NOT NULL, byte_offset BIGINT, raw BYTEA NOT NULL, \
             sha256 BYTEA NOT NULL, observed BIGINT, mmsi BIGINT, PRIMARY KEY (source, line)",
        ),
        (
            "quarantine",
            "source TEXT NOT NULL, line BIGINT NOT NULL, byte_offset BIGINT, reason TEXT NOT NULL, \
             detail TEXT NOT NULL, raw BYTEA NOT NULL, recorded BIGINT NOT NULL, \
             PRIMARY KEY (source, line, reason)",
        ),
        (
            "leaf",
            "log TEXT NOT NULL, leaf_index BIGINT NOT NULL, kind TEXT NOT NULL, recorded BIGINT NOT NULL, \
             record TEXT NOT NULL, hash BYTEA NOT NULL, PRIMARY KEY (log, leaf_index)",
        ),
        (
            "log_checkpoint",
            "log TEXT NOT NULL, size BIGINT NOT NULL, recorded BIGINT NOT NULL, note TEXT NOT NULL, \
             PRIMARY KEY (log, size)",
        ),
        (
            "officer",
            "id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, public_key BYTEA NOT NULL, \
             added BIGINT NOT NULL",
        ),
        (
            "token",
            "hash BYTEA PRIMARY KEY, officer TEXT NOT NULL REFERENCES officer (id), \
             issued BIGINT NOT NULL, expires BIGINT NOT NULL",
        ),
        ("token_use", "hash BYTEA PRIMARY KEY REFERENCES token (hash), used BIGINT NOT NULL"),
        (
            "officer_session",
            "hash BYTEA PRIMARY KEY, officer TEXT NOT NULL REFERENCES officer (id), \
             started BIGINT NOT NULL, expires BIGINT NOT NULL",
        ),
        (
            "officer_session_end",
            "hash BYTEA PRIMARY KEY REFERENCES officer_session (hash), ended BIGINT NOT NULL",
        ),
        (
            "decision",
            "id TEXT PRIMARY KEY, lead TEXT NOT NULL REFERENCES lead_number (lead), \
             lead_revision BIGINT NOT NULL, seq BIGINT NOT NULL, state_before TEXT NOT NULL, \
             action TEXT NOT NULL, reason TEXT, state_after TEXT NOT NULL, officer TEXT, \
             at_time BIGINT NOT NULL, recorded BIGINT NOT NULL, note TEXT NOT NULL, \
             folded TEXT NOT NULL, body TEXT NOT NULL, leaf_index BIGINT NOT NULL, UNIQUE (lead, seq)",
        ),
        (
            "entry",
            "id TEXT PRIMARY KEY, kind TEXT NOT NULL, code TEXT NOT NULL, at_time BIGINT NOT NULL, \
             recorded BIGINT NOT NULL, officer TEXT, mmsi BIGINT, lead TEXT, event TEXT, \
             lat DOUBLE PRECISION, lon DOUBLE PRECISION, words TEXT, folded TEXT, body TEXT NOT NULL, \
             leaf_index BIGINT",
        ),
    ],
    changing: &[],
    moves: &[],
    indexes: &[
        "CREATE INDEX part_by_time ON part (min_time, max_time)",
        "CREATE INDEX event_by_start ON event (start_time)",
        "CREATE INDEX event_by_mmsi ON event (mmsi, start_time)",
        "CREATE INDEX event_by_other ON event (other, start_time)",
        "CREATE INDEX indication_by_mmsi ON indication (mmsi, start_time)",
        "CREATE INDEX lead_by_mmsi ON lead (mmsi)",
        "CREATE INDEX lead_by_updated ON lead (updated)",
        "CREATE INDEX decision_by_time ON decision (at_time)",
        "CREATE INDEX entry_by_time ON entry (at_time)",
        "CREATE INDEX quarantine_by_time ON quarantine (recorded)",
    ],
};

/// The incident register.
const INCIDENTS: Step = Step {
    tables: &[(
        "incident_entry",
        "incident TEXT NOT NULL, seq BIGINT NOT NULL, recorded BIGINT NOT NULL, body TEXT NOT NULL, \
         leaf_index BIGINT NOT NULL UNIQUE, PRIMARY KEY (incident, seq)",
    )],
    changing: &[],
    moves: &[],
    indexes: &[],
};

/// Containers: their events, what the rules read beside them, and leads about them. A lead has a vessel or a container,
/// and a container's has no position.
const CONTAINERS: Step = Step {
    tables: &[
        (
            "lead_revision",
            "id TEXT NOT NULL REFERENCES lead_number (lead), revision BIGINT NOT NULL, mmsi BIGINT, \
             other BIGINT, container TEXT, start_time BIGINT NOT NULL, updated BIGINT NOT NULL, \
             strength DOUBLE PRECISION NOT NULL, lat DOUBLE PRECISION, lon DOUBLE PRECISION, \
             code TEXT NOT NULL, body TEXT NOT NULL, recorded BIGINT NOT NULL, PRIMARY KEY (id, revision)",
        ),
        (
            "port_row",
            "kind TEXT NOT NULL, id TEXT NOT NULL, container TEXT, at_time BIGINT, source TEXT NOT NULL, \
             line BIGINT NOT NULL, body TEXT NOT NULL, recorded BIGINT NOT NULL, \
             PRIMARY KEY (kind, id, source, line)",
        ),
    ],
    changing: &[],
    moves: &[
        "INSERT INTO lead_revision (id, revision, mmsi, other, start_time, updated, strength, lat, lon, code, body, \
         recorded) SELECT id, revision, mmsi, other, start_time, updated, strength, lat, lon, code, body, \
         recorded FROM lead",
        "DROP TABLE lead",
    ],
    indexes: &[
        "CREATE INDEX lead_revision_by_mmsi ON lead_revision (mmsi)",
        "CREATE INDEX lead_revision_by_container ON lead_revision (container)",
        "CREATE INDEX lead_revision_by_updated ON lead_revision (updated)",
        "CREATE INDEX port_row_by_container ON port_row (container, at_time)",
    ],
};

/// What people added to the accounts.
const ACCOUNTS: Step = Step {
    tables: &[(
        "account_fact",
        "id TEXT PRIMARY KEY, recorded BIGINT NOT NULL, body TEXT NOT NULL, leaf_index BIGINT NOT NULL UNIQUE",
    )],
    changing: &[],
    moves: &[],
    indexes: &[],
};

/// The files of a dataset as `part` has those of positions.
const FILES: &str = "name TEXT PRIMARY KEY, day BIGINT NOT NULL, origin TEXT NOT NULL, batch BIGINT NOT NULL, \
                     min_time BIGINT NOT NULL, max_time BIGINT NOT NULL, row_count BIGINT NOT NULL, \
                     byte_count BIGINT NOT NULL";

/// The files of receptions, registered as `part` registers those of positions.
const RECEPTIONS: Step = Step {
    tables: &[
        ("reception_part", FILES),
        (
            "reception_part_retired",
            "name TEXT PRIMARY KEY REFERENCES reception_part (name), merged_into TEXT NOT NULL",
        ),
    ],
    changing: &[],
    moves: &[],
    indexes: &["CREATE INDEX reception_part_by_time ON reception_part (min_time, max_time)"],
};

/// What platforms claim, and who handed it in. Each entry has how the claim stands with it: the last one tells how it stands.
const CLAIMS: Step = Step {
    tables: &[
        (
            "claim_entry",
            "claim TEXT NOT NULL, seq BIGINT NOT NULL, recorded BIGINT NOT NULL, body TEXT NOT NULL, \
             leaf_index BIGINT, state TEXT NOT NULL, kind TEXT NOT NULL, taken BIGINT NOT NULL, \
             handed BIGINT NOT NULL, standing TEXT NOT NULL, PRIMARY KEY (claim, seq)",
        ),
        ("claim_subject", "subject TEXT NOT NULL, claim TEXT NOT NULL, PRIMARY KEY (subject, claim)"),
        ("claim_mark", "inbox TEXT NOT NULL, position BIGINT NOT NULL, PRIMARY KEY (inbox, position)"),
    ],
    changing: &[],
    moves: &[],
    indexes: &[
        "CREATE INDEX claim_entry_by_state ON claim_entry (state, handed)",
        "CREATE INDEX claim_entry_by_kind ON claim_entry (kind, handed)",
        "CREATE INDEX claim_entry_by_taken ON claim_entry (taken, handed)",
    ],
};

/// The files of static reports, and between which times lie positions that were stored before such reports were.
const STATICS: Step = Step {
    tables: &[
        ("static_part", FILES),
        (
            "static_part_retired",
            "name TEXT PRIMARY KEY REFERENCES static_part (name), merged_into TEXT NOT NULL",
        ),
        ("static_lacking", "min_time BIGINT NOT NULL, max_time BIGINT NOT NULL"),
    ],
    changing: &[],
    moves: &[
        "INSERT INTO static_lacking (min_time, max_time) SELECT MIN(min_time), MAX(max_time) FROM part \
              HAVING COUNT(*) > 0",
    ],
    indexes: &["CREATE INDEX static_part_by_time ON static_part (min_time, max_time)"],
};

/// Brings the store to this program's schema, or says that it is a newer program's.
pub(crate) fn bring_up_to_date(link: &mut Link, part: Part) -> Result<(), StoreError> {
    let Part { versions, steps, .. } = part;
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    link.write(DOING, |link| {
        link.batch(DOING, &format!("CREATE TABLE IF NOT EXISTS {versions} (version BIGINT PRIMARY KEY)"))?;
        let found = match link.query_first(DOING, &format!("SELECT MAX(version) FROM {versions}"), &[])? {
            Some(mut row) => row.opt_int()?.unwrap_or(0),
            None => 0,
        };
        if found > known {
            return Err(StoreError::Schema { found, known });
        }
        for (version, step) in (1_i64..).zip(steps) {
            if version > found {
                apply(link, step)?;
                link.execute(DOING, &format!("INSERT INTO {versions} VALUES ($1)"), args![version])?;
            }
        }
        Ok(())
    })
}

/// Whether a store that is only read has the tables of this program. Changes nothing.
pub(crate) fn check(link: &mut Link, part: Part) -> Result<(), StoreError> {
    let known = i64::try_from(part.steps.len()).unwrap_or(i64::MAX);
    let newest = format!("SELECT MAX(version) FROM {}", part.versions);
    let found = match link.query_first("reading the schema", &newest, &[])? {
        Some(mut row) => row.opt_int()?.unwrap_or(0),
        None => 0,
    };
    match found.cmp(&known) {
        std::cmp::Ordering::Greater => Err(StoreError::Schema { found, known }),
        std::cmp::Ordering::Less => Err(StoreError::OldSchema { found, known }),
        std::cmp::Ordering::Equal => Ok(()),
    }
}

fn apply(link: &mut Link, step: &Step) -> Result<(), StoreError> {
    if !link.is_sqlite() {
        link.batch(
            DOING,
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'facts are append-only: %', TG_TABLE_NAME; END $$",
        )?;
    }
    let row_key = if link.is_sqlite() { "INTEGER" } else { "BIGINT" };
    let create = |(table, columns): &(&str, &str)| {
        format!("CREATE TABLE {table} ({})", columns.replace(ROW_KEY, row_key))
    };
    for table in step.tables {
        link.batch(DOING, &create(table))?;
        link.batch(DOING, &append_only(link.is_sqlite(), table.0))?;
    }
    for table in step.changing {
        link.batch(DOING, &create(table))?;
    }
    step.moves.iter().chain(step.indexes).try_for_each(|index| link.batch(DOING, index))
}

/// INVARIANT: facts are never edited (the database itself refuses).
fn append_only(sqlite: bool, table: &str) -> String {
    if sqlite {
        let refuse = |change: &str| {
            format!(
                "CREATE TRIGGER {table}_no_{change} BEFORE {change} ON {table} \
                 BEGIN SELECT RAISE(ABORT, 'facts are append-only: {table}'); END; "
            )
        };
        refuse("UPDATE") + &refuse("DELETE")
    } else {
        format!(
            "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} \
             FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    }
}
