//! The port view: the queue, a box's history, the day's draw, and what one more scanner hour would do.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bitacora_port::targeting::what_if;
use bitacora_primitives::{Ability, ContainerNumber};
use bitacora_store::Store;
use serde::Deserialize;

use crate::error::ApiError;
use crate::extract::{Asked, Body, Segment};
use crate::port::view::{self, Names, Page};
use crate::port::{self, Recorded, Stored, Times, record_result};
use crate::routes::leads::officers;
use crate::session::SignedIn;
use crate::shapes::{
    ApiErrorBody, DrawRecord, First, NewScanResult, OfficerShape, PickResult, PortContainer, PortDraw,
    PortView, WhatIf,
};
use crate::state::AppState;

/// More hours than a day's capacity can take.
const MOST_HOURS: u32 = 48;

async fn page<T: Send + 'static>(
    state: &AppState,
    make: impl FnOnce(&Page<'_>) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let state = state.clone();
    tokio::task::spawn_blocking(move || {
        let book = state.port.book(&state.store)?;
        let page = Page::of(&state.store, &book, state.port.draws())?;
        make(&page)
    })
    .await?
}

/// The queue of boxes with alerts, and what it was made from.
#[utoipa::path(get, path = "/api/port", tag = "port", responses(
    (status = 200, body = PortView), (status = 401, body = ApiErrorBody)))]
pub(super) async fn port(_: SignedIn, State(state): State<AppState>) -> Result<Json<PortView>, ApiError> {
    page(&state, view::port).await.map(Json)
}

/// One box: its events by time, its alerts, and what is missing from its history.
#[utoipa::path(get, path = "/api/port/containers/{number}", tag = "port",
    params(("number" = String, Path, description = "as read, ISO 6346 or not")),
    responses((status = 200, body = PortContainer), (status = 400, body = ApiErrorBody),
        (status = 401, body = ApiErrorBody), (status = 404, body = ApiErrorBody)))]
pub(super) async fn container(
    _: SignedIn,
    State(state): State<AppState>,
    Segment(number): Segment<String>,
) -> Result<Json<PortContainer>, ApiError> {
    let number: ContainerNumber = number.parse().map_err(|error| ApiError::bad("number", error))?;
    page(&state, move |page| view::container(page, number)).await.map(Json)
}

/// The newest draw as far as its slots have opened, derived again from its file; null where none was committed.
#[utoipa::path(get, path = "/api/port/draw", tag = "port", responses(
    (status = 200, body = Option<PortDraw>), (status = 401, body = ApiErrorBody)))]
pub(super) async fn draw(
    _: SignedIn,
    State(state): State<AppState>,
) -> Result<Json<Option<PortDraw>>, ApiError> {
    page(&state, view::draw).await.map(Json)
}

/// The public data of the newest draw, as `bitacora port verify-draw` reads it.
#[utoipa::path(get, path = "/api/port/draw/bundle", tag = "port", responses(
    (status = 200, body = Object), (status = 401, body = ApiErrorBody), (status = 404, body = ApiErrorBody)))]
pub(super) async fn bundle(_: SignedIn, State(state): State<AppState>) -> Result<Response, ApiError> {
    let (name, text) = page(&state, |page| {
        let draw = page.draw.as_ref().ok_or_else(|| ApiError::NotFound("draw".to_owned()))?;
        Ok((draw.name.clone(), draw.text.clone()))
    })
    .await?;
    let safe: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    let disposition = format!("attachment; filename=\"draw-{safe}.json\"");
    let headers =
        [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, text).into_response())
}

/// What the draws of thirty days came to: missing shares, overrides, scans, and whether the picks follow the chances; null
/// where there is no draw.
#[utoipa::path(get, path = "/api/port/draw/record", tag = "port", responses(
    (status = 200, body = Option<DrawRecord>), (status = 401, body = ApiErrorBody)))]
pub(super) async fn record(
    _: SignedIn,
    State(state): State<AppState>,
) -> Result<Json<Option<DrawRecord>>, ApiError> {
    tokio::task::spawn_blocking(move || port::record(&state.store, state.port.draws())).await?.map(Json)
}

/// Records what the scan of a pick gave, signed with the officer's key and with a leaf in the log. A second result of a
/// pick corrects the first, which stays. The same key again answers with what is recorded; who has not seen the last
/// result is told whose it is.
#[utoipa::path(post, path = "/api/port/draw/results", tag = "port", request_body = NewScanResult, responses(
    (status = 201, body = PickResult), (status = 200, body = PickResult), (status = 400, body = ApiErrorBody),
    (status = 403, body = ApiErrorBody), (status = 404, body = ApiErrorBody), (status = 409, body = ApiErrorBody)))]
pub(super) async fn add_result(
    State(state): State<AppState>,
    who: SignedIn,
    Body(ask): Body<NewScanResult>,
) -> Result<(StatusCode, Json<PickResult>), ApiError> {
    let officer = who.may(Ability::RecordInspection)?.clone();
    let recorded = (state.now)();
    let times = Times { at: state.live.now(recorded), recorded };
    tokio::task::spawn_blocking(move || {
        let store = &state.store;
        let shape = |stored: &Stored| Ok::<_, ApiError>(Json(Names::of(store)?.result(stored)));
        match record_result(store, state.port.draws(), state.keys.as_ref(), &officer, &ask, times)? {
            Recorded::New(stored) => Ok((StatusCode::CREATED, shape(&stored)?)),
            Recorded::Again(stored) => Ok((StatusCode::OK, shape(&stored)?)),
            Recorded::Moved(stored) => Err(first(store, &stored)?),
        }
    })
    .await?
}

/// Who was first with a result.
fn first(store: &Store, stored: &Stored) -> Result<ApiError, ApiError> {
    let Stored { result, .. } = stored;
    let action = result.inspection.outcome.code().to_owned();
    Ok(match officers(store)?.get(&result.officer) {
        Some(officer) => ApiError::AlreadyDecided(First {
            officer: OfficerShape::from(officer),
            at: result.at.to_string(),
            action,
        }),
        None => ApiError::StateMoved { state: action },
    })
}

#[derive(Debug, Deserialize)]
pub(super) struct Hours {
    hours: u32,
}

/// What so many more hours of one scanner would leave to the best attack; null where there is no draw.
#[utoipa::path(get, path = "/api/port/what-if", tag = "port",
    params(("hours" = u32, Query, description = "more hours of one scanner, 0 to 48")),
    responses((status = 200, body = Option<WhatIf>), (status = 400, body = ApiErrorBody),
        (status = 401, body = ApiErrorBody)))]
pub(super) async fn what_if_hours(
    _: SignedIn,
    State(state): State<AppState>,
    Asked(Hours { hours }): Asked<Hours>,
) -> Result<Json<Option<WhatIf>>, ApiError> {
    if hours > MOST_HOURS {
        return Err(ApiError::bad("hours", format!("{hours} is more than {MOST_HOURS}")));
    }
    page(&state, move |page| {
        let Some(planned) = view::planned(page)? else { return Ok(None) };
        let scans = planned.capacity.iter().copied().max().unwrap_or(1).max(1);
        let now = planned.plan.value();
        let added = what_if(&planned.day, &planned.capacity, scans, hours as usize);
        let added = added.map_err(port::PortError::from)?;
        let then = added.last().map_or(now, |hour| hour.value);
        Ok(Some(WhatIf { hours, scans, now, then }))
    })
    .await
    .map(Json)
}
