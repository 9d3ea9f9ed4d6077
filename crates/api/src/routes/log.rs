//! The tamper-evident log: head, entries, inclusion proofs.

use axum::Json;
use axum::extract::State;
use bitacora_ledger::Hash;
use bitacora_primitives::Ability;
use bitacora_store::LeafRow;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::error::ApiError;
use crate::extract::{Asked, Segment};
use crate::session::SignedIn;
use crate::shapes::{LogEntry, LogHead};
use crate::state::AppState;

/// The newest signed checkpoint.
#[utoipa::path(get, path = "/api/log", responses((status = 200, body = LogHead)))]
pub(super) async fn head(State(state): State<AppState>, who: SignedIn) -> Result<Json<LogHead>, ApiError> {
    who.may(Ability::SeeLog)?;
    Ok(Json(signed_head(&state).await?))
}

pub(crate) async fn signed_head(state: &AppState) -> Result<LogHead, ApiError> {
    let state = state.clone();
    tokio::task::spawn_blocking(move || state.log.head(&state)).await?
}

fn shape(row: LeafRow) -> LogEntry {
    LogEntry {
        index: row.index,
        kind: row.leaf.kind,
        recorded: row.leaf.recorded.to_string(),
        record: row.leaf.record,
        leaf_hash: Hash(row.leaf.hash).hex(),
        proof: None,
        checkpoint: None,
    }
}

/// One entry with its path to the newest signed root.
#[utoipa::path(get, path = "/api/log/entries/{index}", params(("index" = u64, Path)),
    responses((status = 200, body = LogEntry)))]
pub(super) async fn entry(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(index): Segment<u64>,
) -> Result<Json<LogEntry>, ApiError> {
    who.may(Ability::SeeLog)?;
    let row = state.with_store(move |store| store.leaf(index)).await?;
    let row = row.ok_or_else(|| ApiError::NotFound(index.to_string()))?;
    let worker = state.clone();
    let (head, proof) = tokio::task::spawn_blocking(move || {
        let head = worker.log.head(&worker)?;
        let proof = worker.log.proof(&worker, index, head.size)?;
        Ok::<_, ApiError>((head, proof))
    })
    .await??;
    Ok(Json(LogEntry { proof, checkpoint: Some(head.checkpoint), ..shape(row) }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Before {
    before: Option<u64>,
    limit: Option<usize>,
}

/// Entries without proofs, newest first.
#[utoipa::path(get, path = "/api/log/entries", params(Before), responses((status = 200, body = Vec<LogEntry>)))]
pub(super) async fn entries(
    State(state): State<AppState>,
    who: SignedIn,
    Asked(query): Asked<Before>,
) -> Result<Json<Vec<LogEntry>>, ApiError> {
    who.may(Ability::SeeLog)?;
    let limit = query.limit.unwrap_or(50).min(500);
    let rows = state.with_store(move |store| store.leaves(query.before, limit)).await?;
    Ok(Json(rows.into_iter().map(shape).collect()))
}
