//! The lead queue, the card, and deciding.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bitacora_leads::{Lead, NewDecision, State as LeadState};
use bitacora_ledger::hex;
use bitacora_primitives::{Ability, EvidenceRef, FactId, LeadId, Officer, OfficerId};
use bitacora_store::{Decided, DecisionRow, LeadFilter, LeadRow, RawLine, Store, StoreError};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use crate::convert::{code_text, decision_shape, lead_summary, optional_time, parse_state, state_of};
use crate::error::ApiError;
use crate::extract::{Asked, Body, Segment};
use crate::log::signed_leaf;
use crate::routes::events::source_names;
use crate::session::{SignedIn, officer_of};
use crate::shapes::{
    ApiErrorBody, DecisionShape, EvidenceShape, First, HistoryItem, LeadShape, LeadSummary, OfficerShape,
    Prior, ReasonShape,
};
use crate::state::AppState;

/// AIS heard by one's own or a partner's receivers: usually reliable source, possibly true content, because a
/// vessel says of itself what it likes (STANAG 2511).
const AIS_GRADE: &str = "B3";
const MAX_LEADS: usize = 2_000;

type Officers = BTreeMap<OfficerId, Officer>;

pub(crate) fn officers(store: &Store) -> Result<Officers, StoreError> {
    Ok(store
        .officers()?
        .iter()
        .filter_map(|stored| officer_of(stored).ok())
        .map(|officer| (officer.id, officer))
        .collect())
}

fn named(officers: &Officers, id: Option<OfficerId>) -> Option<&Officer> {
    id.and_then(|id| officers.get(&id))
}

pub(super) async fn summaries(state: &AppState, rows: Vec<LeadRow>) -> Result<Vec<LeadSummary>, ApiError> {
    let officers = state.with_store(officers).await?;
    rows.iter()
        .map(|row| {
            let by = named(&officers, row.last.as_ref().and_then(|last| last.officer));
            lead_summary(&state.live, row, by.map(|officer| officer.name.clone()))
        })
        .collect()
}

/// Every lead, whatever its state, strongest first.
pub(crate) async fn every_summary(state: &AppState) -> Result<Vec<LeadSummary>, ApiError> {
    let rows = state
        .with_store(|store| store.leads(&LeadFilter { limit: MAX_LEADS, ..LeadFilter::default() }))
        .await?;
    summaries(state, rows).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Leads {
    /// open (new, acknowledged), closed, or all
    state: Option<String>,
    from: Option<String>,
    to: Option<String>,
    limit: Option<usize>,
}

/// The queue, strongest first.
#[utoipa::path(get, path = "/api/leads", params(Leads), responses((status = 200, body = Vec<LeadSummary>)))]
pub(super) async fn leads(
    State(state): State<AppState>,
    who: SignedIn,
    Asked(query): Asked<Leads>,
) -> Result<Json<Vec<LeadSummary>>, ApiError> {
    who.may(Ability::SeePicture)?;
    let wanted: fn(LeadState) -> bool = match query.state.as_deref() {
        None | Some("open") => LeadState::is_open,
        Some("closed") => |state| !state.is_open(),
        Some("all") => |_| true,
        Some(other) => return Err(ApiError::bad("state", format!("`{other}` is not open, closed or all"))),
    };
    let filter = LeadFilter {
        from: optional_time("from", query.from.as_deref())?,
        to: optional_time("to", query.to.as_deref())?,
        limit: query.limit.unwrap_or(500).min(MAX_LEADS),
        ..LeadFilter::default()
    };
    let rows = state.with_store(move |store| store.leads(&filter)).await?;
    let mut found = summaries(&state, rows).await?;
    found.retain(|lead| wanted(lead.state));
    Ok(Json(found))
}

/// The card: every reason for and against, evidence down to the raw line, decisions and history.
#[utoipa::path(get, path = "/api/leads/{id}", params(("id" = String, Path)), responses((status = 200, body = LeadShape)))]
pub(super) async fn lead(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(id): Segment<String>,
) -> Result<Json<LeadShape>, ApiError> {
    who.may(Ability::SeePicture)?;
    Ok(Json(card(&state, lead_id(&id)?).await?))
}

fn lead_id(text: &str) -> Result<LeadId, ApiError> {
    text.parse().map_err(|error| ApiError::bad("lead", error))
}

/// Everything the store holds about one lead.
struct Folder {
    row: LeadRow,
    revisions: Vec<LeadRow>,
    decisions: Vec<DecisionRow>,
    events: Vec<bitacora_sea::Event>,
    lines: Vec<RawLine>,
    officers: Officers,
}

fn folder(store: &Store, id: LeadId) -> Result<Option<(Folder, Lead)>, ApiError> {
    let Some(row) = store.lead(id)? else { return Ok(None) };
    let lead: Lead = serde_json::from_str(&row.lead.body)?;
    let mut events: Vec<bitacora_sea::Event> = Vec::new();
    for event in lead.reasons.iter().filter_map(|reason| reason.indication.event) {
        if let Some(found) = store.event(event)?.filter(|_| events.iter().all(|known| known.id != event)) {
            events.push(serde_json::from_str(&found.event.body)?);
        }
    }
    let refs: Vec<EvidenceRef> =
        events.iter().flat_map(|event| event.evidence.iter().map(|piece| piece.evidence)).collect();
    let folder = Folder {
        row,
        revisions: store.lead_revisions(id)?,
        decisions: store.decisions(id)?,
        events,
        lines: store.evidence_of(&refs)?,
        officers: officers(store)?,
    };
    Ok(Some((folder, lead)))
}

pub(crate) async fn card(state: &AppState, id: LeadId) -> Result<LeadShape, ApiError> {
    let found = state.with_store(move |store| Ok(folder(store, id))).await??;
    let (folder, lead) = found.ok_or_else(|| ApiError::NotFound(id.to_string()))?;
    let sources = source_names(state).await?;
    let by = named(&folder.officers, folder.row.last.as_ref().and_then(|last| last.officer));
    let summary = lead_summary(&state.live, &folder.row, by.map(|officer| officer.name.clone()))?;

    let mut evidence: Vec<EvidenceShape> = folder
        .events
        .iter()
        .flat_map(|event| &event.evidence)
        .map(|piece| {
            let line = folder
                .lines
                .iter()
                .find(|line| line.source == piece.evidence.source && line.line == piece.evidence.line);
            EvidenceShape {
                reference: piece.evidence.into(),
                observed: piece.observed.to_string(),
                mmsi: piece.mmsi.number(),
                what: piece.role.code().to_owned(),
                source_name: sources.get(&piece.evidence.source).cloned().unwrap_or_default(),
                grade: AIS_GRADE.to_owned(),
                raw: line.map(|line| String::from_utf8_lossy(&line.raw).into_owned()),
                sha256: line.map(|line| hex::encode(&line.sha256)).unwrap_or_default(),
            }
        })
        .collect();
    evidence.sort_by(|a, b| a.observed.cmp(&b.observed).then_with(|| a.what.cmp(&b.what)));

    Ok(LeadShape {
        prior: Prior { nats: lead.prior.nats, basis: lead.prior.basis.clone() },
        reasons: lead.reasons.iter().map(reason_shape).collect(),
        alternatives: lead.alternatives().iter().filter_map(code_text).collect(),
        evidence,
        decisions: folder
            .decisions
            .iter()
            .filter_map(|row| {
                named(&folder.officers, row.officer).map(|officer| decision_shape(row, officer))
            })
            .collect(),
        history: history(&folder)?,
        summary,
    })
}

fn reason_shape(reason: &bitacora_leads::Reason) -> ReasonShape {
    let one = &reason.indication;
    ReasonShape {
        indication: one.id.to_string(),
        code: one.code,
        family: one.family,
        nats: one.strength.nats,
        basis: one.strength.basis.clone(),
        counted: reason.counted,
        start: one.start.to_string(),
        end: one.end.map(|end| end.to_string()),
        numbers: one.numbers.clone(),
        evidence: one.evidence.iter().map(|evidence| (*evidence).into()).collect(),
        event: one.event.map(|event| event.to_string()),
    }
}

/// Revisions and decisions in order of time; a revision that changed neither level nor title is left out.
fn history(folder: &Folder) -> Result<Vec<HistoryItem>, ApiError> {
    let mut items = Vec::new();
    let mut before = None;
    for row in &folder.revisions {
        let lead: Lead = serde_json::from_str(&row.lead.body)?;
        let now = (lead.level, lead.title, lead.expired);
        if before == Some(now) {
            continue;
        }
        let kind = match before {
            None => "raised",
            Some(_) if lead.expired => "expired",
            Some(_) => "revised",
        };
        before = Some(now);
        let code = code_text(&lead.title).unwrap_or_default();
        items.push((
            lead.updated,
            HistoryItem { at: lead.updated.to_string(), kind, level: lead.level, code, by: None },
        ));
    }
    let level = before.map_or(bitacora_leads::Level::Low, |(level, ..)| level);
    for row in &folder.decisions {
        let by = named(&folder.officers, row.officer).map(|officer| officer.name.clone());
        let code = row.action.clone();
        items.push((row.at, HistoryItem { at: row.at.to_string(), kind: "decided", level, code, by }));
    }
    items.sort_by_key(|(at, _)| *at);
    Ok(items.into_iter().map(|(_, item)| item).collect())
}

/// Decides on a lead. The decision, signed with the officer's key, and its leaf in the log are one transaction;
/// of two officers at the same moment the second is told who was first.
#[utoipa::path(post, path = "/api/leads/{id}/decisions", params(("id" = String, Path)), request_body = Object,
    responses((status = 201, body = DecisionShape), (status = 409, body = ApiErrorBody)))]
pub(super) async fn decide(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(id): Segment<String>,
    Body(ask): Body<NewDecision>,
) -> Result<(StatusCode, Json<DecisionShape>), ApiError> {
    let ability = match ask.action {
        bitacora_leads::Action::RecordOutcome => Ability::RecordOutcome,
        _ => Ability::DecideLead,
    };
    let officer = who.may(ability)?.clone();
    ask.check()?;
    let id = lead_id(&id)?;
    let recorded = (state.now)();
    let at = state.live.now(recorded);
    let found = state.with_store(move |store| store.lead(id)).await?;
    let row = found.ok_or_else(|| ApiError::NotFound(id.to_string()))?;
    let lead: Lead = serde_json::from_str(&row.lead.body)?;

    let shown = state_of(&row, &lead)?;
    if shown != ask.seen_state {
        return Err(moved(&state, row.last, shown.code()).await);
    }
    let after = ask.seen_state.after(ask.action).map_err(|error| ApiError::bad("action", error))?;
    let fact = FactId::of(&[b"decision", &state.keys.random()?]);
    let body = json!({
        "decision": fact, "lead": id, "lead_number": row.number, "lead_revision": lead.revision,
        "action": ask.action, "reason": ask.reason, "note": ask.note, "at": at,
        "state_before": shown.code(), "state_after": after.code(),
    });
    let leaf = signed_leaf(state.keys.as_ref(), &officer, "decision", recorded, body)?;
    let new = bitacora_store::NewDecision {
        id: fact,
        lead: id,
        lead_revision: lead.revision,
        // Old age is not stored as a state of its own: the store compares the last decided one.
        seen_state: row.state.clone(),
        action: ask.action.code().to_owned(),
        reason: ask.reason,
        state_after: after.code().to_owned(),
        officer: Some(officer.id),
        at,
        recorded,
        note: ask.note,
        body: "{}".to_owned(),
    };
    match state.with_store(move |store| store.decide(&new, |_| leaf)).await? {
        Decided::Recorded(decision) => {
            announce(&state, id).await?;
            super::watchlog::publish_decision(&state, &decision).await?;
            Ok((StatusCode::CREATED, Json(decision_shape(&decision, &officer))))
        }
        Decided::AlreadyDecided { first, state: now } => Err(moved(&state, Some(first), &now).await),
        Decided::NotInState { state: now } => Err(ApiError::StateMoved { state: now }),
    }
}

/// Somebody or something was first: says who.
async fn moved(state: &AppState, first: Option<DecisionRow>, now: &str) -> ApiError {
    let officers = match state.with_store(officers).await {
        Ok(officers) => officers,
        Err(error) => return error,
    };
    match first.as_ref().and_then(|row| named(&officers, row.officer).map(|officer| (row, officer))) {
        Some((row, officer)) => ApiError::AlreadyDecided(First {
            officer: OfficerShape::from(officer),
            at: row.at.to_string(),
            action: row.action.clone(),
        }),
        None => ApiError::StateMoved { state: now.to_owned() },
    }
}

/// Tells every open page that a lead changed.
async fn announce(state: &AppState, id: LeadId) -> Result<(), ApiError> {
    if let Some(row) = state.with_store(move |store| store.lead(id)).await? {
        parse_state(&row.state)?;
        for summary in summaries(state, vec![row]).await? {
            state.live.publish("lead", &summary);
        }
    }
    Ok(())
}
