//! The incident register: reporting, sources, statuses, corrections. Every change is signed with the officer's own
//! key and has its leaf; what a machine proposed counts for nothing until it is signed here.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bitacora_incidents::{Act, Entry, Incident, IncidentKind, Refused, Register, Report, Source};
use bitacora_primitives::{Ability, IncidentId, Instant, Officer, OfficerId, Position};
use bitacora_store::{IncidentEntered, NewIncidentEntry, StoreError};

use crate::convert::{optional_time, round6};
use crate::error::ApiError;
use crate::extract::{Body, Segment};
use crate::log::{machine_leaf, signed_leaf};
use crate::routes::leads::officers;
use crate::session::SignedIn;
use crate::shapes::{
    ApiErrorBody, IncidentChange, IncidentChanged, IncidentNote, IncidentShape, NewCorrection, NewIncident,
    NewStatus, OfficerShape, SourceShape, TextShape,
};
use crate::state::AppState;

/// The register, with what the store knows of its entries.
struct Book {
    register: Register,
    /// Leaf of each entry.
    leaves: BTreeMap<(IncidentId, u32), u64>,
    officers: BTreeMap<OfficerId, Officer>,
}

async fn book(state: &AppState) -> Result<Book, ApiError> {
    let (rows, officers) =
        state.with_store(|store| Ok((store.incident_entries()?, officers(store)?))).await?;
    let register = Register::replay(rows.iter().map(|row| row.entry.body.as_str()))?;
    let leaves = rows.iter().map(|row| ((row.entry.incident, row.entry.seq), row.leaf)).collect();
    Ok(Book { register, leaves, officers })
}

impl Book {
    fn incident(&self, id: IncidentId) -> Result<&Incident, ApiError> {
        self.register.get(id).ok_or_else(|| ApiError::NotFound(id.to_string()))
    }

    /// `cited_by`: the suspensions that refer to it.
    fn shape(&self, incident: &Incident, cited_by: Vec<String>) -> IncidentShape {
        let report = &incident.report;
        IncidentShape {
            id: incident.id.to_string(),
            number: incident.number.clone(),
            kind: report.kind,
            at: report.occurred.to_string(),
            text: TextShape::from(&report.text),
            place: report.place.clone(),
            lat: report.position.map(|position| round6(position.lat())),
            lon: report.position.map(|position| round6(position.lon())),
            dead: report.dead,
            injured: report.injured,
            status: incident.status,
            proposed: !incident.signed,
            withdrawn: incident.withdrawn,
            account: incident.account,
            sources: incident.sources.iter().map(source_shape).collect(),
            history: incident
                .history
                .iter()
                .map(|change| IncidentChange {
                    at: change.at.to_string(),
                    what: change.what,
                    status: change.status,
                    officer: change.officer.and_then(|id| self.officers.get(&id)).map(OfficerShape::from),
                    note: change.note.clone(),
                    leaf: self.leaves.get(&(incident.id, change.seq)).copied(),
                })
                .collect(),
            cited_by,
        }
    }
}

fn source_shape(source: &Source) -> SourceShape {
    SourceShape {
        name: source.name.clone(),
        url_text: source.citation.clone(),
        published: source.published.map(|published| published.to_string()),
        grading: source.grading.to_string(),
        relays: source.relays.clone(),
    }
}

fn source_of(shape: SourceShape) -> Result<Source, ApiError> {
    Ok(Source {
        name: shape.name,
        citation: shape.url_text,
        published: optional_time("published", shape.published.as_deref())?,
        grading: shape.grading.parse().map_err(|error| ApiError::bad("grading", error))?,
        relays: shape.relays.filter(|name| !name.trim().is_empty()),
    })
}

/// An account as an officer wrote it.
struct Account {
    kind: IncidentKind,
    at: String,
    text: TextShape,
    place: String,
    place_at: (Option<f64>, Option<f64>),
    dead: Option<u32>,
    injured: Option<u32>,
}

fn report_of(account: Account) -> Result<Report, ApiError> {
    let position = match account.place_at {
        (Some(lat), Some(lon)) => {
            Some(Position::new(lat, lon).map_err(|error| ApiError::bad("position", error))?)
        }
        (None, None) => None,
        _ => return Err(ApiError::bad("position", "latitude and longitude come together")),
    };
    Ok(Report {
        kind: account.kind,
        occurred: Instant::parse(&account.at).map_err(|error| ApiError::bad("at", error))?,
        text: account.text.into(),
        place: account.place,
        position,
        dead: account.dead,
        injured: account.injured,
    })
}

/// The register, newest occurrence first, proposals and withdrawn incidents included.
#[utoipa::path(get, path = "/api/incidents", responses((status = 200, body = Vec<IncidentShape>)))]
pub(super) async fn incidents(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<Vec<IncidentShape>>, ApiError> {
    who.may(Ability::SeeExchange)?;
    let book = book(&state).await?;
    let mut found: Vec<&Incident> = book.register.incidents().collect();
    found.sort_by_key(|incident| std::cmp::Reverse((incident.report.occurred, incident.id)));
    Ok(Json(found.into_iter().map(|incident| book.shape(incident, Vec::new())).collect()))
}

/// One incident with its sources and its whole history.
#[utoipa::path(get, path = "/api/incidents/{id}", params(("id" = String, Path)),
    responses((status = 200, body = IncidentShape), (status = 404, body = ApiErrorBody)))]
pub(super) async fn incident(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(id): Segment<String>,
) -> Result<Json<IncidentShape>, ApiError> {
    who.may(Ability::SeeExchange)?;
    let id = incident_id(&id)?;
    let book = book(&state).await?;
    Ok(Json(book.shape(book.incident(id)?, Vec::new())))
}

fn incident_id(text: &str) -> Result<IncidentId, ApiError> {
    text.parse().map_err(|error| ApiError::bad("incident", error))
}

/// Reports an incident; it stands as alleged.
#[utoipa::path(post, path = "/api/incidents", request_body = NewIncident,
    responses((status = 201, body = IncidentShape), (status = 400, body = ApiErrorBody)))]
pub(super) async fn report(
    State(state): State<AppState>,
    who: SignedIn,
    Body(ask): Body<NewIncident>,
) -> Result<(StatusCode, Json<IncidentShape>), ApiError> {
    let officer = who.may(Ability::ReportIncident)?.clone();
    let source = source_of(SourceShape {
        name: ask.source.name,
        url_text: ask.source.url_text,
        published: ask.source.published,
        grading: ask.grading,
        relays: ask.source.relays,
    })?;
    let report = report_of(Account {
        kind: ask.kind,
        at: ask.at,
        text: ask.text,
        place: ask.place,
        place_at: (ask.lat, ask.lon),
        dead: ask.dead,
        injured: ask.injured,
    })?;
    let id = IncidentId::of(&[b"incident", &state.keys.random()?]);
    let book = book(&state).await?;
    write(&state, book, &officer, id, vec![Act::Reported { report, source }]).await
}

/// Adds a source; the status stays until an officer changes it.
#[utoipa::path(post, path = "/api/incidents/{id}/sources", params(("id" = String, Path)), request_body = SourceShape,
    responses((status = 201, body = IncidentShape), (status = 400, body = ApiErrorBody), (status = 409, body = ApiErrorBody)))]
pub(super) async fn add_source(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(id): Segment<String>,
    Body(ask): Body<SourceShape>,
) -> Result<(StatusCode, Json<IncidentShape>), ApiError> {
    let officer = who.may(Ability::ReportIncident)?.clone();
    let act = Act::SourceAdded { source: source_of(ask)? };
    change(&state, &officer, &id, act).await
}

/// Changes the status, saying why. With the status it has already, a proposal is signed and a source is added alone.
#[utoipa::path(post, path = "/api/incidents/{id}/status", params(("id" = String, Path)), request_body = NewStatus,
    responses((status = 201, body = IncidentShape), (status = 400, body = ApiErrorBody), (status = 409, body = ApiErrorBody)))]
pub(super) async fn set_status(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(id): Segment<String>,
    Body(ask): Body<NewStatus>,
) -> Result<(StatusCode, Json<IncidentShape>), ApiError> {
    let officer = who.may(Ability::ReportIncident)?.clone();
    let id = incident_id(&id)?;
    let source = ask.source.map(source_of).transpose()?;
    let book = book(&state).await?;
    let incident = book.incident(id)?;
    let next = incident.next_seq();
    if let Some(seen) = ask.seen.filter(|seen| seen.saturating_add(1) != next) {
        let found = seen.saturating_add(1);
        return Err(Refused::OutOfOrder { incident: id, expected: next, found }.into());
    }
    let same = ask.status == incident.status;
    let only_a_source = same && incident.signed && source.is_some();
    if !only_a_source {
        who.may(Ability::SignIncident)?;
    }
    let mut acts = Vec::new();
    if same && !incident.signed {
        acts.push(Act::Signed { note: ask.note.clone() });
    }
    acts.extend(source.map(|source| Act::SourceAdded { source }));
    if acts.is_empty() || !same {
        acts.push(Act::StatusChanged { to: ask.status, note: ask.note });
    }
    write(&state, book, &officer, id, acts).await
}

/// Signs what a machine proposed: from now on it counts, as alleged.
#[utoipa::path(post, path = "/api/incidents/{id}/sign", params(("id" = String, Path)), request_body = IncidentNote,
    responses((status = 201, body = IncidentShape), (status = 409, body = ApiErrorBody)))]
pub(super) async fn sign(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(id): Segment<String>,
    Body(ask): Body<IncidentNote>,
) -> Result<(StatusCode, Json<IncidentShape>), ApiError> {
    let officer = who.may(Ability::SignIncident)?.clone();
    change(&state, &officer, &id, Act::Signed { note: ask.note }).await
}

/// Puts another whole account in place of the one that stands, saying why; the earlier one stays in the log.
#[utoipa::path(post, path = "/api/incidents/{id}/corrections", params(("id" = String, Path)), request_body = NewCorrection,
    responses((status = 201, body = IncidentShape), (status = 400, body = ApiErrorBody), (status = 409, body = ApiErrorBody)))]
pub(super) async fn correct(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(id): Segment<String>,
    Body(ask): Body<NewCorrection>,
) -> Result<(StatusCode, Json<IncidentShape>), ApiError> {
    let officer = who.may(Ability::SignIncident)?.clone();
    let report = report_of(Account {
        kind: ask.kind,
        at: ask.at,
        text: ask.text,
        place: ask.place,
        place_at: (ask.lat, ask.lon),
        dead: ask.dead,
        injured: ask.injured,
    })?;
    change(&state, &officer, &id, Act::Corrected { of: ask.of, report, note: ask.note }).await
}

/// Withdraws what was entered by mistake or twice, or turns down a proposal. It counts no more.
#[utoipa::path(post, path = "/api/incidents/{id}/withdrawal", params(("id" = String, Path)), request_body = IncidentNote,
    responses((status = 201, body = IncidentShape), (status = 409, body = ApiErrorBody)))]
pub(super) async fn withdraw(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(id): Segment<String>,
    Body(ask): Body<IncidentNote>,
) -> Result<(StatusCode, Json<IncidentShape>), ApiError> {
    let officer = who.may(Ability::SignIncident)?.clone();
    change(&state, &officer, &id, Act::Withdrawn { note: ask.note }).await
}

/// Enters what somebody else's register says as a proposal, which counts for nothing until an officer signs it. One that is
/// there already stays.
pub(super) async fn propose(
    state: &AppState,
    id: IncidentId,
    report: Report,
    source: Source,
) -> Result<(), ApiError> {
    let at = (state.now)();
    let mut register = book(state).await?.register;
    if register.get(id).is_some() {
        return Ok(());
    }
    let entry = Entry { incident: id, seq: 1, at, officer: None, what: Act::Proposed { report, source } };
    register.apply(&entry)?;
    let leaf = machine_leaf(state.keys.as_ref(), entry.what.leaf_kind(), at, serde_json::to_value(&entry)?)?;
    let new = NewIncidentEntry { incident: id, seq: 1, recorded: at, body: serde_json::to_string(&entry)? };
    // Moved: another officer's same act was first.
    state.with_store(move |store| store.append_incident_entry(&new, |_| leaf)).await?;
    state.live.publish("incident", &IncidentChanged { id: id.to_string() });
    Ok(())
}

async fn change(
    state: &AppState,
    officer: &Officer,
    id: &str,
    act: Act,
) -> Result<(StatusCode, Json<IncidentShape>), ApiError> {
    let id = incident_id(id)?;
    let book = book(state).await?;
    book.incident(id)?;
    write(state, book, officer, id, vec![act]).await
}

/// Writes the acts as entries of one incident, each signed and with its leaf. All are judged before the first is
/// written; a crash between two leaves the earlier ones, each of which stands by itself.
async fn write(
    state: &AppState,
    book: Book,
    officer: &Officer,
    id: IncidentId,
    acts: Vec<Act>,
) -> Result<(StatusCode, Json<IncidentShape>), ApiError> {
    let at = (state.now)();
    let mut register = book.register;
    let mut entries = Vec::with_capacity(acts.len());
    for what in acts {
        let seq = register.get(id).map_or(1, Incident::next_seq);
        let entry = Entry { incident: id, seq, at, officer: Some(officer.id), what };
        register.apply(&entry)?;
        entries.push(entry);
    }
    for entry in entries {
        let kind = entry.what.leaf_kind();
        let leaf = signed_leaf(state.keys.as_ref(), officer, kind, at, serde_json::to_value(&entry)?)?;
        let new = NewIncidentEntry {
            incident: id,
            seq: entry.seq,
            recorded: at,
            body: serde_json::to_string(&entry)?,
        };
        let entered = move |store: &bitacora_store::Store| -> Result<IncidentEntered, StoreError> {
            store.append_incident_entry(&new, |_| leaf)
        };
        if let IncidentEntered::Moved { next } = state.with_store(entered).await? {
            return Err(Refused::OutOfOrder { incident: id, expected: next, found: entry.seq }.into());
        }
    }
    state.live.publish("incident", &IncidentChanged { id: id.to_string() });
    // Read again: another officer may have reported in between, and the number counts in the order of the log.
    let book = self::book(state).await?;
    Ok((StatusCode::CREATED, Json(book.shape(book.incident(id)?, Vec::new()))))
}
