//! What an export holds, as rows: each with an id, a time, a place where it has one, and named fields. The
//! three file formats print the same rows.

use bitacora_primitives::{Duration, Instant};
use bitacora_store::{EventFilter, PositionQuery};
use serde_json::{Map, Value, json};

use crate::convert::{event_shape, mmsi, optional_time, round6};
use crate::error::ApiError;
use crate::exports::MARKING;
use crate::routes::{lead_summaries, watchlog_of};
use crate::shapes::{ExportWhat, LeadSummary, NewExport, VesselColumns};
use crate::state::AppState;

const MAX_ROWS: usize = 250_000;

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) at: String,
    pub(crate) label: String,
    pub(crate) place: Option<(f64, f64)>,
    /// Named fields, units in the names, in the order of the columns.
    pub(crate) fields: Vec<(&'static str, Value)>,
}

#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) what: ExportWhat,
    pub(crate) node: String,
    pub(crate) made: String,
    pub(crate) marking: &'static str,
    /// True for a track: the rows are one line, in order of time.
    pub(crate) is_line: bool,
    pub(crate) rows: Vec<Row>,
}

pub(crate) async fn gather(state: &AppState, ask: &NewExport) -> Result<Table, ApiError> {
    let rows = match ask.what {
        ExportWhat::Vessels => vessels(state, ask).await?,
        ExportWhat::Track => track(state, ask).await?,
        ExportWhat::Events => events(state, ask).await?,
        ExportWhat::Leads => leads_of(state, ask).await?.iter().map(lead_row).collect(),
        ExportWhat::Watchlog => watchlog(state, ask).await?,
    };
    Ok(Table {
        what: ask.what,
        node: state.node.name.clone(),
        made: state.live.now((state.now)()).to_string(),
        marking: MARKING,
        is_line: ask.what == ExportWhat::Track,
        rows,
    })
}

fn window(state: &AppState, ask: &NewExport) -> Result<(Instant, Instant), ApiError> {
    let to = optional_time("to", ask.to.as_deref())?.unwrap_or_else(|| state.live.now((state.now)()));
    let from = optional_time("from", ask.from.as_deref())?.unwrap_or(to - Duration::from_hours(24));
    Ok((from, to))
}

async fn vessels(state: &AppState, ask: &NewExport) -> Result<Vec<Row>, ApiError> {
    let (_, at) = window(state, ask)?;
    let stale = Duration::from_hours(2);
    let columns: VesselColumns = if ask.to.is_some() {
        let rows = state.with_store(move |store| store.latest_positions(at, stale)).await?;
        let mut columns = VesselColumns::default();
        for contact in rows.iter().filter_map(bitacora_store::PositionRow::contact) {
            let (name, ship_type) = state.live.name_of(contact.mmsi);
            crate::convert::push_vessel(&mut columns, &crate::live::LiveVessel { contact, name, ship_type });
        }
        columns
    } else {
        state.live.snapshot(at, stale)
    };
    let mut rows = Vec::with_capacity(columns.mmsi.len());
    let fixes = columns.mmsi.iter().zip(&columns.t_ms).zip(columns.lat.iter().zip(&columns.lon));
    let motion = columns.sog_kn.iter().zip(&columns.cog_deg).zip(columns.name.iter().zip(&columns.ship_type));
    for (((number, t_ms), (lat, lon)), ((sog, cog), (name, kind))) in fixes.zip(motion) {
        rows.push(Row {
            id: number.to_string(),
            at: Instant::from_micros(t_ms.saturating_mul(1000)).to_string(),
            label: name.clone().unwrap_or_else(|| number.to_string()),
            place: Some((*lat, *lon)),
            fields: vec![
                ("mmsi", json!(number)),
                ("name", json!(name)),
                ("ship_type", json!(kind)),
                ("sog_kn", json!(sog)),
                ("cog_deg", json!(cog)),
            ],
        });
    }
    Ok(rows)
}

async fn track(state: &AppState, ask: &NewExport) -> Result<Vec<Row>, ApiError> {
    let number = ask.mmsi.ok_or_else(|| ApiError::bad("mmsi", "a track needs one"))?;
    let vessel = mmsi(number)?;
    let (from, to) = window(state, ask)?;
    let query = PositionQuery { from, to, mmsi: Some(vessel), limit: MAX_ROWS };
    let found = state.with_store(move |store| store.positions(&query)).await?;
    Ok(found
        .rows
        .iter()
        .map(|row| Row {
            id: format!("{}:{}", row.source, row.line),
            at: row.time.to_string(),
            label: number.to_string(),
            place: Some((round6(row.lat), round6(row.lon))),
            fields: vec![
                ("mmsi", json!(number)),
                ("sog_kn", json!(row.sog_kn)),
                ("cog_deg", json!(row.cog_deg)),
                ("received_at", json!(row.received.to_string())),
            ],
        })
        .collect())
}

async fn events(state: &AppState, ask: &NewExport) -> Result<Vec<Row>, ApiError> {
    let (from, to) = window(state, ask)?;
    let filter = EventFilter {
        from: Some(from),
        to: Some(to),
        kinds: Vec::new(),
        mmsi: ask.mmsi.map(mmsi).transpose()?,
        limit: MAX_ROWS,
    };
    let found = state.with_store(move |store| store.events(&filter)).await?;
    found
        .iter()
        .map(|row| {
            let event = event_shape(&state.live, row)?;
            Ok(Row {
                id: event.id.clone(),
                at: event.start.clone(),
                label: format!("{} {}", event.kind, event.mmsi),
                place: Some((event.lat, event.lon)),
                fields: vec![
                    ("kind", json!(event.kind)),
                    ("revision", json!(event.revision)),
                    ("mmsi", json!(event.mmsi)),
                    ("other_mmsi", json!(event.other)),
                    ("start", json!(event.start)),
                    ("end", json!(event.end)),
                    ("place", json!(event.place)),
                    ("numbers", json!(event.numbers)),
                ],
            })
        })
        .collect()
}

pub(super) async fn leads_of(state: &AppState, ask: &NewExport) -> Result<Vec<LeadSummary>, ApiError> {
    let (from, to) = window(state, ask)?;
    let (from, to) = (from.to_string(), to.to_string());
    let mut found = lead_summaries(state).await?;
    found.retain(|lead| match &ask.lead {
        Some(id) => lead.id == *id,
        // A lead belongs to the window in which it was last revised, decided, or lies open.
        None => lead.state.is_open() || (lead.updated >= from && lead.start <= to),
    });
    Ok(found)
}

fn lead_row(lead: &LeadSummary) -> Row {
    Row {
        id: lead.id.clone(),
        at: lead.start.clone(),
        label: lead.number.clone(),
        place: lead.lat.zip(lead.lon),
        fields: vec![
            ("number", json!(lead.number)),
            ("state", json!(lead.state)),
            ("level", json!(lead.level)),
            ("reason", json!(lead.title)),
            ("mmsi", json!(lead.mmsi)),
            ("name", json!(lead.name)),
            ("other_mmsi", json!(lead.other)),
            ("container", json!(lead.container)),
            ("sum_nats", json!(lead.sum_nats)),
            ("updated", json!(lead.updated)),
            ("decided_by", json!(lead.decided_by)),
        ],
    }
}

async fn watchlog(state: &AppState, ask: &NewExport) -> Result<Vec<Row>, ApiError> {
    Ok(watchlog_of(state, ask)
        .await?
        .into_iter()
        .map(|entry| Row {
            id: entry.id,
            at: entry.at,
            label: format!("{} {}", entry.kind, entry.code),
            place: entry.lat.zip(entry.lon),
            fields: vec![
                ("kind", json!(entry.kind)),
                ("code", json!(entry.code)),
                ("officer", json!(entry.officer.map(|officer| officer.name))),
                ("mmsi", json!(entry.mmsi)),
                ("lead", json!(entry.lead_number)),
                ("text", json!(entry.text)),
                ("leaf", json!(entry.leaf)),
            ],
        })
        .collect())
}

impl Row {
    pub(crate) fn properties(&self) -> Map<String, Value> {
        self.fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }
}
