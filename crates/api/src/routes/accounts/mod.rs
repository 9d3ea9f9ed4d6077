//! The accounts: promises against rival measurements, as known on a day; claims, meetings, and what is accepted from texts.

mod figures;
mod people;
mod reading;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bitacora_accounts::verdict::matrix;
use bitacora_accounts::{Day, Place};
use bitacora_primitives::Ability;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::bundle;
use crate::accounts::view::{self, Page};
use crate::error::ApiError;
use crate::extract::{Asked, Segment};
use crate::session::SignedIn;
use crate::shapes::{
    AccountsView, ApiErrorBody, CommitmentDetail, IndicatorShape, ObservationShape, ProgrammeShape,
};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(accounts))
        .routes(routes!(commitment))
        .routes(routes!(observation))
        .routes(routes!(indicators))
        .routes(routes!(programmes))
        .routes(routes!(verdicts_csv))
        .routes(routes!(bundle_file))
        .merge(figures::routes())
        .merge(people::routes())
        .merge(reading::routes())
}

/// As known on which day, and of which place.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct When {
    as_of: Option<String>,
    place: Option<String>,
}

/// Makes an answer from the book, off the async threads.
pub(super) async fn page<T: Send + 'static>(
    state: &AppState,
    when: When,
    make: impl FnOnce(&Page<'_>) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let state = state.clone();
    tokio::task::spawn_blocking(move || {
        let now = (state.now)();
        let today = Day::of(now).ok_or_else(|| ApiError::bad("as_of", format!("{now} is on no day")))?;
        let as_of =
            when.as_of.map_or(Ok(today), |day| day.parse().map_err(|error| ApiError::bad("as_of", error)))?;
        let place = when.place.map_or(Ok(Place::COLOMBIA), |place| {
            Place::read(&place).map_err(|error| ApiError::bad("place", error))
        })?;
        let book = state.accounts.book(&state.store)?;
        make(&Page { store: &state.store, book, as_of, today, place })
    })
    .await?
}

/// Promises against what each method measured, as known on a day.
#[utoipa::path(get, path = "/api/accounts", tag = "accounts",
    params(("as_of" = Option<String>, Query, description = "a day; today without it"),
        ("place" = Option<String>, Query, description = "ISO 3166-1 alpha-3, or a DIVIPOLA code")),
    responses((status = 200, body = AccountsView), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody)))]
async fn accounts(
    _: SignedIn,
    State(state): State<AppState>,
    Asked(when): Asked<When>,
) -> Result<Json<AccountsView>, ApiError> {
    let accounts = state.accounts.clone();
    page(&state, when, move |page| view::overview(page, accounts.findings(page.store)?.len())).await.map(Json)
}

/// One promise: its text, its condition, and each method's answer as it stands.
#[utoipa::path(get, path = "/api/accounts/commitments/{id}", tag = "accounts",
    params(("id" = String, Path), ("as_of" = Option<String>, Query), ("place" = Option<String>, Query)),
    responses((status = 200, body = CommitmentDetail), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody),
        (status = 404, body = ApiErrorBody)))]
async fn commitment(
    _: SignedIn,
    State(state): State<AppState>,
    Segment(id): Segment<String>,
    Asked(when): Asked<When>,
) -> Result<Json<CommitmentDetail>, ApiError> {
    page(&state, when, move |page| view::commitment(page, &id)).await.map(Json)
}

/// One figure, its source, and the other figures of its series, place and period.
#[utoipa::path(get, path = "/api/accounts/observations/{id}", tag = "accounts", params(("id" = u32, Path)),
    responses((status = 200, body = ObservationShape), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody),
        (status = 404, body = ApiErrorBody)))]
async fn observation(
    _: SignedIn,
    State(state): State<AppState>,
    Segment(id): Segment<u32>,
) -> Result<Json<ObservationShape>, ApiError> {
    page(&state, When::default(), move |page| view::observation(page, id)).await.map(Json)
}

/// Every indicator, and the series that answer it.
#[utoipa::path(get, path = "/api/accounts/indicators", tag = "accounts",
    responses((status = 200, body = Vec<IndicatorShape>), (status = 401, body = ApiErrorBody)))]
async fn indicators(
    _: SignedIn,
    State(state): State<AppState>,
) -> Result<Json<Vec<IndicatorShape>>, ApiError> {
    page(&state, When::default(), |page| Ok(view::indicators(page))).await.map(Json)
}

/// Programmes with the latest figure of each indicator; what is missing is said to be missing.
#[utoipa::path(get, path = "/api/accounts/programmes", tag = "accounts", params(("as_of" = Option<String>, Query)),
    responses((status = 200, body = Vec<ProgrammeShape>), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody)))]
async fn programmes(
    _: SignedIn,
    State(state): State<AppState>,
    Asked(when): Asked<When>,
) -> Result<Json<Vec<ProgrammeShape>>, ApiError> {
    page(&state, when, |page| Ok(view::programmes(page))).await.map(Json)
}

fn download(name: &str, kind: &'static str, body: impl IntoResponse) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, body).into_response()
}

/// The whole matrix, a line a cell: what its hash is taken of.
#[utoipa::path(get, path = "/api/accounts/verdicts.csv", tag = "accounts", params(("as_of" = Option<String>, Query)),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody),
        (status = 403, body = ApiErrorBody)))]
async fn verdicts_csv(
    who: SignedIn,
    State(state): State<AppState>,
    Asked(when): Asked<When>,
) -> Result<Response, ApiError> {
    who.may(Ability::Export)?;
    page(&state, when, |page| {
        let book = &page.book;
        let matrix = matrix(book.ledger(), book.registry(), book.commitments(), Some(page.as_of));
        Ok(download(
            &format!("verdicts-{}.csv", page.as_of),
            "text/csv; charset=utf-8",
            matrix.to_csv(book.ledger()),
        ))
    })
    .await
}

/// Everything from which another government computes the same verdicts: `bitacora accounts verify FILE`.
#[utoipa::path(get, path = "/api/accounts/bundle", tag = "accounts", params(("as_of" = Option<String>, Query)),
    responses((status = 200, body = Object), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody),
        (status = 403, body = ApiErrorBody)))]
async fn bundle_file(
    who: SignedIn,
    State(state): State<AppState>,
    Asked(when): Asked<When>,
) -> Result<Response, ApiError> {
    who.may(Ability::Export)?;
    let (accounts, keys) = (state.accounts.clone(), state.keys.clone());
    page(&state, when, move |page| {
        let bundle = bundle(page.store, &accounts, keys.as_ref(), page.as_of)?;
        let text = serde_json::to_string(&bundle)?;
        Ok(download(&format!("accounts-{}.json", page.as_of), "application/json", text))
    })
    .await
}
