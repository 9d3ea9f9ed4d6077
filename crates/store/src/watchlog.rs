//! The ship's log: what was seen and what people decided, wrote, exported and when they signed in, in one order.
//! Notes, exports and sign-ins are kept here; events, leads and decisions are read from their own tables.

use bitacora_primitives::{EventId, FactId, Instant, LeadId, Mmsi, OfficerId};
use bitacora_sea::Kind;

use crate::decisions;
use crate::events::{self, Conditions, EventFilter};
use crate::link::{Cells, Link, args};
use crate::log::{self, Leaf};
use crate::{Store, StoreError};

/// A line of the watch log that is not an event, a lead or a decision.
#[derive(Clone, PartialEq, Debug)]
pub struct NewEntry {
    pub id: FactId,
    /// `note`, `export`, `sign_in`, `feed`, ...
    pub kind: String,
    pub code: String,
    pub at: Instant,
    pub recorded: Instant,
    pub officer: Option<OfficerId>,
    pub mmsi: Option<Mmsi>,
    pub lead: Option<LeadId>,
    pub event: Option<EventId>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    /// An officer's own words, or an export's purpose.
    pub text: Option<String>,
    /// JSON.
    pub body: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WatchLogFilter {
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    /// `event`, `lead`, `decision` and the kinds of entries; `None` for all.
    pub kinds: Option<Vec<String>>,
    pub officer: Option<OfficerId>,
    pub mmsi: Option<Mmsi>,
    /// Part of a note's words, in any case.
    pub text: Option<String>,
    pub limit: usize,
    pub oldest_first: bool,
}

impl Default for WatchLogFilter {
    fn default() -> Self {
        Self {
            from: None,
            to: None,
            kinds: None,
            officer: None,
            mmsi: None,
            text: None,
            limit: 200,
            oldest_first: false,
        }
    }
}

/// A line of the watch log. `body` is the event's, lead's, decision's or entry's own JSON.
#[derive(Clone, PartialEq, Debug)]
pub struct WatchLogRow {
    pub id: String,
    pub at: Instant,
    pub recorded: Instant,
    pub kind: String,
    pub code: String,
    pub officer: Option<OfficerId>,
    pub mmsi: Option<Mmsi>,
    pub lead: Option<LeadId>,
    pub lead_number: Option<String>,
    pub event: Option<EventId>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub text: Option<String>,
    pub body: String,
    pub leaf: Option<u64>,
}

const DOING: &str = "reading the watch log";
const ENTRY_COLUMNS: &str =
    "id, kind, code, at_time, recorded, officer, mmsi, lead, event, lat, lon, words, body, leaf_index";

impl Store {
    /// Stores an entry and its leaf in one transaction and gives the leaf's index. An entry whose id is stored
    /// already keeps its first leaf.
    pub fn append_logged(
        &self,
        entry: &NewEntry,
        make_leaf: impl FnOnce(u64) -> Leaf,
    ) -> Result<u64, StoreError> {
        let doing = "writing to the watch log";
        self.write(doing, |link| {
            let known = "SELECT leaf_index FROM entry WHERE id = $1";
            if let Some(mut row) = link.query_first(doing, known, args![entry.id])? {
                return row.number();
            }
            let leaf = log::append(link, make_leaf)?;
            insert(link, entry, Some(leaf))?;
            Ok(leaf)
        })
    }

    /// Stores an entry that is not in the ledger. `false` where its id is stored already.
    pub fn append_entry(&self, entry: &NewEntry) -> Result<bool, StoreError> {
        Ok(self.write("writing to the watch log", |link| insert(link, entry, None))? == 1)
    }

    /// The log's lines in order of their time, newest first unless asked otherwise.
    pub fn watchlog(&self, filter: &WatchLogFilter) -> Result<Vec<WatchLogRow>, StoreError> {
        let wants =
            |kind: &str| filter.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|wanted| wanted == kind));
        // Neither an event nor a lead has an officer or words.
        let machine = filter.officer.is_none() && filter.text.is_none();
        let mut rows = self.read(|link| {
            let mut rows = entries(link, filter)?;
            if wants("decision") {
                rows.extend(decisions(link, filter)?);
            }
            if machine && wants("event") {
                rows.extend(events(link, filter)?);
            }
            if machine && wants("lead") {
                rows.extend(leads(link, filter)?);
            }
            Ok(rows)
        })?;
        rows.sort_by(|a, b| (a.at, a.recorded, &a.id).cmp(&(b.at, b.recorded, &b.id)));
        if !filter.oldest_first {
            rows.reverse();
        }
        rows.truncate(filter.limit);
        Ok(rows)
    }
}

/// For searching in any case, alike on both engines.
pub(crate) fn folded(text: &str) -> String {
    text.to_lowercase()
}

pub(crate) fn insert(link: &mut Link, entry: &NewEntry, leaf: Option<u64>) -> Result<u64, StoreError> {
    let sql = format!(
        "INSERT INTO entry ({ENTRY_COLUMNS}, folded) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING"
    );
    let values = args![
        entry.id,
        &entry.kind,
        &entry.code,
        entry.at,
        entry.recorded,
        entry.officer,
        entry.mmsi,
        entry.lead,
        entry.event,
        entry.lat,
        entry.lon,
        entry.text.as_ref(),
        &entry.body,
        leaf,
        entry.text.as_deref().map(folded)
    ];
    link.execute("writing to the watch log", &sql, values)
}

/// The conditions that entries and decisions share.
fn common(filter: &WatchLogFilter) -> Conditions {
    let mut conditions = Conditions::default();
    if let Some(from) = filter.from {
        conditions.add("at_time >= $", [from.into()]);
    }
    if let Some(to) = filter.to {
        conditions.add("at_time <= $", [to.into()]);
    }
    if let Some(officer) = filter.officer {
        conditions.add("officer = $", [officer.into()]);
    }
    if let Some(text) = &filter.text {
        let escaped = folded(text).replace('!', "!!").replace('%', "!%").replace('_', "!_");
        conditions.add("folded LIKE $ ESCAPE '!'", [format!("%{escaped}%").into()]);
    }
    if let Some(mmsi) = filter.mmsi {
        conditions.add("mmsi = $", [mmsi.into()]);
    }
    conditions
}

const fn order(filter: &WatchLogFilter) -> &'static str {
    if filter.oldest_first { "at_time, recorded, id" } else { "at_time DESC, recorded DESC, id DESC" }
}

fn entries(link: &mut Link, filter: &WatchLogFilter) -> Result<Vec<WatchLogRow>, StoreError> {
    let mut conditions = common(filter);
    if let Some(kinds) = &filter.kinds {
        conditions.one_of("kind", kinds);
    }
    let (found, limit) = (conditions.sql(), conditions.limit(filter.limit));
    let sql = format!(
        "SELECT {ENTRY_COLUMNS}, number FROM (SELECT e.*, u.number FROM entry e \
         LEFT JOIN lead_number u ON u.lead = e.lead) x{found} ORDER BY {}{limit}",
        order(filter)
    );
    link.query(DOING, &sql, &conditions.values)?.into_iter().map(entry).collect()
}

fn decisions(link: &mut Link, filter: &WatchLogFilter) -> Result<Vec<WatchLogRow>, StoreError> {
    let mut conditions = common(filter);
    let (found, limit) = (conditions.sql(), conditions.limit(filter.limit));
    let sql = format!(
        "SELECT {}, number, mmsi, lat, lon FROM (SELECT d.*, u.number, l.mmsi, l.lat, l.lon FROM decision d \
         JOIN lead_number u ON u.lead = d.lead \
         LEFT JOIN lead_revision l ON l.id = d.lead AND l.revision = d.lead_revision) x{found} ORDER BY {}{limit}",
        decisions::COLUMNS,
        order(filter)
    );
    let rows = link.query(DOING, &sql, &conditions.values)?;
    rows.into_iter()
        .map(|mut row| {
            let decision = decisions::decision(&mut row)?;
            Ok(WatchLogRow {
                id: decision.id.to_string(),
                at: decision.at,
                recorded: decision.recorded,
                kind: "decision".to_owned(),
                code: decision.action,
                officer: decision.officer,
                lead: Some(decision.lead),
                lead_number: row.opt_text()?,
                mmsi: row.opt_mmsi()?,
                lat: row.opt_real()?,
                lon: row.opt_real()?,
                event: None,
                text: Some(decision.note).filter(|note| !note.is_empty()),
                body: decision.body,
                leaf: Some(decision.leaf),
            })
        })
        .collect()
}

/// Events stand at their start.
fn events(link: &mut Link, filter: &WatchLogFilter) -> Result<Vec<WatchLogRow>, StoreError> {
    // Ordinary acts would bury what a watch has to know; they are in the list of events.
    let noted = Kind::ALL.iter().filter(|kind| !kind.is_routine());
    let kinds = noted.map(|kind| kind.code().to_owned()).collect();
    let events_filter =
        EventFilter { from: None, to: filter.to, kinds, mmsi: filter.mmsi, limit: filter.limit };
    let rows = events::events_from(link, &events_filter, filter.from, filter.oldest_first)?;
    let row = |row: events::EventRow| WatchLogRow {
        id: row.event.id.to_string(),
        at: row.event.start,
        recorded: row.recorded,
        kind: "event".to_owned(),
        code: row.event.kind,
        officer: None,
        mmsi: Some(row.event.mmsi),
        lead: None,
        lead_number: None,
        event: Some(row.event.id),
        lat: Some(row.event.lat),
        lon: Some(row.event.lon),
        text: None,
        body: row.event.body,
        leaf: None,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Leads stand where they were raised: their first stored revision.
fn leads(link: &mut Link, filter: &WatchLogFilter) -> Result<Vec<WatchLogRow>, StoreError> {
    let mut conditions = Conditions::default();
    let first = "NOT EXISTS (SELECT 1 FROM lead_revision n WHERE n.id = l.id AND n.revision < l.revision)";
    conditions.add(first, []);
    if let Some(from) = filter.from {
        conditions.add("updated >= $", [from.into()]);
    }
    if let Some(to) = filter.to {
        conditions.add("updated <= $", [to.into()]);
    }
    if let Some(mmsi) = filter.mmsi {
        conditions.add("(mmsi = $ OR other = $)", [mmsi.into(), mmsi.into()]);
    }
    let (found, limit) = (conditions.sql(), conditions.limit(filter.limit));
    let direction = if filter.oldest_first { "" } else { " DESC" };
    let sql = format!(
        "SELECT l.id, l.updated, l.recorded, l.code, l.mmsi, u.number, l.lat, l.lon, l.body \
         FROM lead_revision l JOIN lead_number u ON u.lead = l.id{found} \
         ORDER BY l.updated{direction}, l.recorded{direction}, l.id{direction}{limit}"
    );
    let rows = link.query(DOING, &sql, &conditions.values)?;
    rows.into_iter()
        .map(|mut row| {
            let id: LeadId = row.id()?;
            Ok(WatchLogRow {
                id: id.to_string(),
                at: row.instant()?,
                recorded: row.instant()?,
                kind: "lead".to_owned(),
                code: row.text()?,
                officer: None,
                mmsi: row.opt_mmsi()?,
                lead: Some(id),
                lead_number: row.opt_text()?,
                event: None,
                lat: row.opt_real()?,
                lon: row.opt_real()?,
                text: None,
                body: row.text()?,
                leaf: None,
            })
        })
        .collect()
}

fn entry(mut row: Cells) -> Result<WatchLogRow, StoreError> {
    Ok(WatchLogRow {
        id: row.text()?,
        kind: row.text()?,
        code: row.text()?,
        at: row.instant()?,
        recorded: row.instant()?,
        officer: row.opt_id()?,
        mmsi: row.opt_mmsi()?,
        lead: row.opt_id()?,
        event: row.opt_id()?,
        lat: row.opt_real()?,
        lon: row.opt_real()?,
        text: row.opt_text()?,
        body: row.text()?,
        leaf: row.opt_number()?,
        lead_number: row.opt_text()?,
    })
}
