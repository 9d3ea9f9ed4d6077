//! The ship's log: what was seen and what people decided, in order, with free notes.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bitacora_primitives::{Ability, FactId, LeadId, Officer, OfficerId};
use bitacora_store::{DecisionRow, NewEntry, WatchLogFilter, WatchLogRow};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use crate::convert::optional_time;
use crate::error::ApiError;
use crate::extract::{Asked, Body};
use crate::log::signed_leaf;
use crate::routes::leads::officers;
use crate::session::SignedIn;
use crate::shapes::{NewExport, NewNote, OfficerShape, WatchLogEntry};
use crate::state::AppState;

const MAX_ENTRIES: usize = 2_000;
const MAX_NOTE: usize = 4_000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Entries {
    from: Option<String>,
    to: Option<String>,
    /// One or more of event, lead, decision, note, export, feed, sign_in, with commas.
    kind: Option<String>,
    officer: Option<String>,
    q: Option<String>,
    limit: Option<usize>,
}

/// Entries, newest first.
#[utoipa::path(get, path = "/api/watchlog", params(Entries), responses((status = 200, body = Vec<WatchLogEntry>)))]
pub(super) async fn entries(
    State(state): State<AppState>,
    who: SignedIn,
    Asked(query): Asked<Entries>,
) -> Result<Json<Vec<WatchLogEntry>>, ApiError> {
    who.may(Ability::SeePicture)?;
    let officer: Option<OfficerId> = query
        .officer
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(|error| ApiError::bad("officer", error)))
        .transpose()?;
    let filter = WatchLogFilter {
        from: optional_time("from", query.from.as_deref())?,
        to: optional_time("to", query.to.as_deref())?,
        kinds: query
            .kind
            .filter(|kind| !kind.is_empty())
            .map(|kind| kind.split(',').map(str::to_owned).collect()),
        officer,
        text: query.q.filter(|text| !text.is_empty()),
        limit: query.limit.unwrap_or(500).min(MAX_ENTRIES),
        ..WatchLogFilter::default()
    };
    Ok(Json(find(&state, filter).await?))
}

pub(super) async fn find(state: &AppState, filter: WatchLogFilter) -> Result<Vec<WatchLogEntry>, ApiError> {
    let (rows, officers) =
        state.with_store(move |store| Ok((store.watchlog(&filter)?, officers(store)?))).await?;
    let shape = |row: WatchLogRow| WatchLogEntry {
        id: row.id,
        at: row.at.to_string(),
        recorded: row.recorded.to_string(),
        kind: row.kind,
        code: row.code,
        officer: row.officer.and_then(|id| officers.get(&id)).map(OfficerShape::from),
        mmsi: row.mmsi.map(|mmsi| mmsi.number()),
        name: row.mmsi.and_then(|mmsi| state.live.name_of(mmsi).0).map(|name| name.to_string()),
        lead: row.lead.map(|lead| lead.to_string()),
        lead_number: row.lead_number,
        event: row.event.map(|event| event.to_string()),
        lat: row.lat,
        lon: row.lon,
        text: row.text,
        numbers: numbers_of(&row.body),
        leaf: row.leaf,
    };
    Ok(rows.into_iter().map(shape).collect())
}

/// The named numbers of a body, where it has some.
fn numbers_of(body: &str) -> std::collections::BTreeMap<String, f64> {
    #[derive(Deserialize)]
    struct WithNumbers {
        #[serde(default)]
        numbers: std::collections::BTreeMap<String, f64>,
    }
    serde_json::from_str(body).map(|body: WithNumbers| body.numbers).unwrap_or_default()
}

/// Writes a free note. It is signed, and its leaf stands in the log.
#[utoipa::path(post, path = "/api/watchlog", request_body = NewNote, responses((status = 201, body = WatchLogEntry)))]
pub(super) async fn add_note(
    State(state): State<AppState>,
    who: SignedIn,
    Body(note): Body<NewNote>,
) -> Result<(StatusCode, Json<WatchLogEntry>), ApiError> {
    let officer = who.may(Ability::WriteNote)?.clone();
    let text = note.text.trim().to_owned();
    if text.is_empty() {
        return Err(ApiError::bad("text", "it is empty"));
    }
    if text.chars().count() > MAX_NOTE {
        return Err(ApiError::bad("text", format!("it has more than {MAX_NOTE} characters")));
    }
    let lead: Option<LeadId> =
        note.lead.map(|id| id.parse().map_err(|error| ApiError::bad("lead", error))).transpose()?;
    if let Some(id) = lead {
        let found = state.with_store(move |store| store.lead(id)).await?;
        found.ok_or_else(|| ApiError::NotFound(id.to_string()))?;
    }
    let mut entry = new_entry(&state, "note", "note", officer.id, Some(text.clone()))?;
    entry.lead = lead;
    let body = json!({ "note": entry.id, "at": entry.at, "text": text, "lead": lead });
    let leaf = signed_leaf(state.keys.as_ref(), &officer, "note", entry.recorded, body)?;
    let index = {
        let entry = entry.clone();
        state.with_store(move |store| store.append_logged(&entry, |_| leaf)).await?
    };
    let shape = publish_entry(&state, &entry, &officer, index);
    Ok((StatusCode::CREATED, Json(shape)))
}

/// A watch-log line by an officer, now.
pub(crate) fn new_entry(
    state: &AppState,
    kind: &str,
    code: &str,
    officer: OfficerId,
    text: Option<String>,
) -> Result<NewEntry, ApiError> {
    let recorded = (state.now)();
    Ok(NewEntry {
        id: FactId::of(&[kind.as_bytes(), &state.keys.random()?]),
        kind: kind.to_owned(),
        code: code.to_owned(),
        at: state.live.now(recorded),
        recorded,
        officer: Some(officer),
        mmsi: None,
        lead: None,
        event: None,
        lat: None,
        lon: None,
        text,
        body: "{}".to_owned(),
    })
}

/// The watch log of an export's window, newest first.
pub(crate) async fn of_export(state: &AppState, ask: &NewExport) -> Result<Vec<WatchLogEntry>, ApiError> {
    let filter = WatchLogFilter {
        from: optional_time("from", ask.from.as_deref())?,
        to: optional_time("to", ask.to.as_deref())?,
        limit: MAX_ENTRIES,
        ..WatchLogFilter::default()
    };
    find(state, filter).await
}

/// Shows an entry by an officer in every open watch log.
pub(crate) fn publish_entry(
    state: &AppState,
    entry: &NewEntry,
    officer: &Officer,
    leaf: u64,
) -> WatchLogEntry {
    let shape = WatchLogEntry {
        id: entry.id.to_string(),
        at: entry.at.to_string(),
        recorded: entry.recorded.to_string(),
        kind: entry.kind.clone(),
        code: entry.code.clone(),
        officer: Some(OfficerShape::from(officer)),
        mmsi: None,
        name: None,
        lead: entry.lead.map(|lead| lead.to_string()),
        lead_number: None,
        event: None,
        lat: None,
        lon: None,
        text: entry.text.clone(),
        numbers: numbers_of(&entry.body),
        leaf: Some(leaf),
    };
    state.live.publish("log", &shape);
    shape
}

/// Shows a decision in every open watch log.
pub(super) async fn publish_decision(state: &AppState, decision: &DecisionRow) -> Result<(), ApiError> {
    let filter = WatchLogFilter {
        kinds: Some(vec!["decision".to_owned()]),
        from: Some(decision.at),
        limit: 20,
        ..WatchLogFilter::default()
    };
    let id = decision.id.to_string();
    for entry in find(state, filter).await?.into_iter().filter(|entry| entry.id == id) {
        state.live.publish("log", &entry);
    }
    Ok(())
}
