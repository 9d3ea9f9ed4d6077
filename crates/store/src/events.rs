//! Behaviour events and indications, each a chain of revisions under one id. Never shows an older revision where
//! a newer one is stored.

use bitacora_primitives::{EventId, IndicationId, Instant, Mmsi};

use crate::link::{Cells, Link, Value, args};
use crate::{Store, StoreError};

/// One revision of a behaviour event. `body` is the event itself as JSON; the other fields are what it is found by.
#[derive(Clone, PartialEq, Debug)]
pub struct NewEvent {
    pub id: EventId,
    pub revision: u32,
    pub kind: String,
    pub mmsi: Mmsi,
    pub other: Option<Mmsi>,
    pub start: Instant,
    /// `None` while it goes on.
    pub end: Option<Instant>,
    pub lat: f64,
    pub lon: f64,
    /// Later data showed that it did not happen.
    pub withdrawn: bool,
    pub body: String,
}

#[derive(Clone, PartialEq, Debug)]
pub struct EventRow {
    pub event: NewEvent,
    pub recorded: Instant,
}

/// Events that overlap `from..=to`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventFilter {
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    /// None named: all.
    pub kinds: Vec<String>,
    /// As the vessel or the other.
    pub mmsi: Option<Mmsi>,
    pub limit: usize,
}

impl Default for EventFilter {
    fn default() -> Self {
        Self { from: None, to: None, kinds: Vec::new(), mmsi: None, limit: 1000 }
    }
}

/// One revision of an indication.
#[derive(Clone, PartialEq, Debug)]
pub struct NewIndication {
    pub id: IndicationId,
    pub revision: u32,
    pub code: String,
    pub mmsi: Mmsi,
    pub start: Instant,
    pub body: String,
}

/// Indications that start in `from..=to`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndicationFilter {
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    pub mmsi: Option<Mmsi>,
    pub limit: usize,
}

impl Default for IndicationFilter {
    fn default() -> Self {
        Self { from: None, to: None, mmsi: None, limit: 1000 }
    }
}

const EVENT_COLUMNS: &str =
    "id, revision, kind, mmsi, other, start_time, end_time, lat, lon, withdrawn, body, recorded";
const INDICATION_COLUMNS: &str = "id, revision, code, mmsi, start_time, body";

/// Conditions of a query that is put together from what a filter asks.
#[derive(Clone, Default)]
pub(crate) struct Conditions {
    terms: Vec<String>,
    pub(crate) values: Vec<Value>,
}

impl Conditions {
    /// Each `$` in `term` stands for one of `values`, in order.
    pub(crate) fn add<const N: usize>(&mut self, term: &str, values: [Value; N]) {
        let mut numbered = String::new();
        let mut next = self.values.len();
        for character in term.chars() {
            numbered.push(character);
            if character == '$' {
                next += 1;
                numbered.push_str(&next.to_string());
            }
        }
        self.terms.push(numbered);
        self.values.extend(values);
    }

    /// `column IN (...)`; nothing matches an empty list.
    pub(crate) fn one_of(&mut self, column: &str, choices: &[String]) {
        let numbers = (self.values.len() + 1..).take(choices.len()).map(|n| format!("${n}"));
        let list: Vec<String> = numbers.collect();
        let list = if list.is_empty() { "NULL".to_owned() } else { list.join(", ") };
        self.terms.push(format!("{column} IN ({list})"));
        self.values.extend(choices.iter().map(Value::from));
    }

    pub(crate) fn sql(&self) -> String {
        if self.terms.is_empty() { String::new() } else { format!(" WHERE {}", self.terms.join(" AND ")) }
    }

    /// ` LIMIT $n`, with its value.
    pub(crate) fn limit(&mut self, limit: usize) -> String {
        self.values.push(Value::from(limit));
        format!(" LIMIT ${}", self.values.len())
    }
}

impl Store {
    /// The latest revision of each event, withdrawn ones left out, latest start first.
    pub fn events(&self, filter: &EventFilter) -> Result<Vec<EventRow>, StoreError> {
        self.read(|link| {
            let mut conditions = Conditions::default();
            if let Some(from) = filter.from {
                conditions.add("(end_time IS NULL OR end_time >= $)", [from.into()]);
            }
            events(link, conditions, filter, false)
        })
    }

    /// The latest revision, also of a withdrawn event.
    pub fn event(&self, id: EventId) -> Result<Option<EventRow>, StoreError> {
        let sql = format!("SELECT {EVENT_COLUMNS} FROM event WHERE id = $1 ORDER BY revision DESC LIMIT 1");
        self.read(|link| link.query_first("reading an event", &sql, args![id])?.map(event).transpose())
    }

    /// Stores revisions of events, all or none; one that is there already changes nothing. Returns how many are new.
    pub fn revise_events(&self, events: &[NewEvent], recorded: Instant) -> Result<u64, StoreError> {
        self.write("revising events", |link| {
            events.iter().try_fold(0, |sum, event| Ok(sum + insert_event(link, event, recorded)?))
        })
    }

    /// The latest revision of each indication, latest start first.
    pub fn indications(&self, filter: &IndicationFilter) -> Result<Vec<NewIndication>, StoreError> {
        let mut conditions = Conditions::default();
        let newer = "NOT EXISTS (SELECT 1 FROM indication n WHERE n.id = i.id AND n.revision > i.revision)";
        conditions.add(newer, []);
        if let Some(from) = filter.from {
            conditions.add("start_time >= $", [from.into()]);
        }
        if let Some(to) = filter.to {
            conditions.add("start_time <= $", [to.into()]);
        }
        if let Some(mmsi) = filter.mmsi {
            conditions.add("mmsi = $", [mmsi.into()]);
        }
        let (found, limit) = (conditions.sql(), conditions.limit(filter.limit));
        let sql = format!(
            "SELECT {INDICATION_COLUMNS} FROM indication i{found} ORDER BY start_time DESC, id{limit}"
        );
        self.read(|link| {
            let rows = link.query("listing indications", &sql, &conditions.values)?;
            rows.into_iter().map(indication).collect()
        })
    }
}

/// Those of `filter` but for its `from`, that start at or after `start`.
pub(crate) fn events_from(
    link: &mut Link,
    filter: &EventFilter,
    start: Option<Instant>,
    oldest_first: bool,
) -> Result<Vec<EventRow>, StoreError> {
    let mut conditions = Conditions::default();
    if let Some(start) = start {
        conditions.add("start_time >= $", [start.into()]);
    }
    events(link, conditions, filter, oldest_first)
}

fn events(
    link: &mut Link,
    mut conditions: Conditions,
    filter: &EventFilter,
    oldest_first: bool,
) -> Result<Vec<EventRow>, StoreError> {
    let newer = "NOT EXISTS (SELECT 1 FROM event n WHERE n.id = e.id AND n.revision > e.revision)";
    conditions.add(newer, []);
    conditions.add("withdrawn = 0", []);
    if let Some(to) = filter.to {
        conditions.add("start_time <= $", [to.into()]);
    }
    if !filter.kinds.is_empty() {
        conditions.one_of("kind", &filter.kinds);
    }
    if let Some(mmsi) = filter.mmsi {
        conditions.add("(mmsi = $ OR other = $)", [mmsi.into(), mmsi.into()]);
    }
    let (found, limit) = (conditions.sql(), conditions.limit(filter.limit));
    let direction = if oldest_first { "" } else { " DESC" };
    let sql = format!(
        "SELECT {EVENT_COLUMNS} FROM event e{found} \
         ORDER BY start_time{direction}, recorded{direction}, id{direction}{limit}"
    );
    link.query("listing events", &sql, &conditions.values)?.into_iter().map(event).collect()
}

pub(crate) fn insert_event(link: &mut Link, event: &NewEvent, recorded: Instant) -> Result<u64, StoreError> {
    let sql = format!(
        "INSERT INTO event ({EVENT_COLUMNS}) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING"
    );
    let values = args![
        event.id,
        event.revision,
        &event.kind,
        event.mmsi,
        event.other,
        event.start,
        event.end,
        event.lat,
        event.lon,
        event.withdrawn,
        &event.body,
        recorded
    ];
    link.execute("storing an event", &sql, values)
}

pub(crate) fn insert_indication(
    link: &mut Link,
    indication: &NewIndication,
    recorded: Instant,
) -> Result<u64, StoreError> {
    let sql = format!(
        "INSERT INTO indication ({INDICATION_COLUMNS}, recorded) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
    );
    let values = args![
        indication.id,
        indication.revision,
        &indication.code,
        indication.mmsi,
        indication.start,
        &indication.body,
        recorded
    ];
    link.execute("storing an indication", &sql, values)
}

fn event(mut row: Cells) -> Result<EventRow, StoreError> {
    Ok(EventRow {
        event: NewEvent {
            id: row.id()?,
            revision: row.number()?,
            kind: row.text()?,
            mmsi: row.mmsi()?,
            other: row.opt_mmsi()?,
            start: row.instant()?,
            end: row.opt_instant()?,
            lat: row.real()?,
            lon: row.real()?,
            withdrawn: row.flag()?,
            body: row.text()?,
        },
        recorded: row.instant()?,
    })
}

fn indication(mut row: Cells) -> Result<NewIndication, StoreError> {
    Ok(NewIndication {
        id: row.id()?,
        revision: row.number()?,
        code: row.text()?,
        mmsi: row.mmsi()?,
        start: row.instant()?,
        body: row.text()?,
    })
}
