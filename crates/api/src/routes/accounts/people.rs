//! Claims, and meetings with their action items.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bitacora_accounts::book::Book;
use bitacora_accounts::record::{ActionAdded, ActionMoved, AgendaItem, Fact, FactId, Meeting};
use bitacora_accounts::{Dates, Day};
use bitacora_primitives::{Ability, Officer};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{When, page};
use crate::accounts::view::{self, Page};
use crate::accounts::{AccountsError, record};
use crate::error::ApiError;
use crate::extract::{Asked, Body, Segment};
use crate::session::SignedIn;
use crate::shapes::{ApiErrorBody, ClaimShape, MeetingShape, MoveAction, NewAction, NewMeeting};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(claims))
        .routes(routes!(meetings, add_meeting))
        .routes(routes!(add_action))
        .routes(routes!(move_action))
}

/// Who said what, held against what was measured.
#[utoipa::path(get, path = "/api/accounts/claims", tag = "accounts", params(("as_of" = Option<String>, Query)),
    responses((status = 200, body = Vec<ClaimShape>), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody)))]
async fn claims(
    _: SignedIn,
    State(state): State<AppState>,
    Asked(when): Asked<When>,
) -> Result<Json<Vec<ClaimShape>>, ApiError> {
    page(&state, when, |page| Ok(view::claims(page))).await.map(Json)
}

/// Meetings, the latest first, with agenda and action items.
#[utoipa::path(get, path = "/api/accounts/meetings", tag = "accounts", params(("as_of" = Option<String>, Query)),
    responses((status = 200, body = Vec<MeetingShape>), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody)))]
async fn meetings(
    _: SignedIn,
    State(state): State<AppState>,
    Asked(when): Asked<When>,
) -> Result<Json<Vec<MeetingShape>>, ApiError> {
    page(&state, when, |page| Ok(view::meetings(page))).await.map(Json)
}

/// Records a fact and answers with the meeting that it belongs to.
async fn recorded(
    state: &AppState,
    officer: Officer,
    make: impl Fn(&Book) -> Result<Fact, AccountsError> + Send + 'static,
) -> Result<Json<MeetingShape>, ApiError> {
    let own = state.clone();
    page(state, When::default(), move |page| {
        let id = record(page.store, &own.accounts, own.keys.as_ref(), Some(&officer), (own.now)(), make)?;
        let book = own.accounts.book(page.store)?;
        let meeting = match book.record().get(&id).map(|entry| &entry.fact) {
            Some(Fact::ActionAdded(action)) => action.meeting.clone(),
            Some(Fact::ActionMoved(moved)) => match book.record().get(&moved.action).map(|entry| &entry.fact)
            {
                Some(Fact::ActionAdded(action)) => action.meeting.clone(),
                _ => moved.action.clone(),
            },
            _ => id,
        };
        // A meeting may be on a day to come.
        let as_of = match book.record().get(&meeting).map(|entry| &entry.fact) {
            Some(Fact::MeetingHeld(meeting)) => page.as_of.max(meeting.day.last()),
            _ => page.as_of,
        };
        let page = Page { store: page.store, book, as_of, today: page.today, place: page.place };
        view::meeting(&page, &meeting).map(Json)
    })
    .await
}

fn day(field: &'static str, text: &str) -> Result<Day, ApiError> {
    text.parse().map_err(|error| ApiError::bad(field, error))
}

/// Enters a meeting with its agenda.
#[utoipa::path(post, path = "/api/accounts/meetings", tag = "accounts", request_body = NewMeeting, responses(
    (status = 201, body = MeetingShape), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody),
    (status = 403, body = ApiErrorBody), (status = 404, body = ApiErrorBody)))]
async fn add_meeting(
    State(state): State<AppState>,
    who: SignedIn,
    Body(ask): Body<NewMeeting>,
) -> Result<(StatusCode, Json<MeetingShape>), ApiError> {
    let officer = who.may(Ability::KeepAccounts)?.clone();
    let agenda =
        ask.agenda.into_iter().map(|item| AgendaItem { title: item.title, commitments: item.commitments });
    let meeting = Meeting {
        kind: ask.kind,
        parties: ask.parties,
        day: Dates::on(day("day", &ask.day)?),
        place: ask.place,
        agenda: agenda.collect(),
        source_name: String::new(),
    };
    let made = move |_: &_| Ok(Fact::MeetingHeld(meeting.clone()));
    Ok((StatusCode::CREATED, recorded(&state, officer, made).await?))
}

/// Adds an action item to a meeting.
#[utoipa::path(post, path = "/api/accounts/meetings/{id}/actions", tag = "accounts", params(("id" = String, Path)),
    request_body = NewAction, responses((status = 201, body = MeetingShape), (status = 400, body = ApiErrorBody),
    (status = 401, body = ApiErrorBody), (status = 403, body = ApiErrorBody), (status = 404, body = ApiErrorBody)))]
async fn add_action(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(id): Segment<String>,
    Body(ask): Body<NewAction>,
) -> Result<(StatusCode, Json<MeetingShape>), ApiError> {
    let officer = who.may(Ability::KeepAccounts)?.clone();
    let due = ask.due.as_deref().map(|text| day("due", text)).transpose()?;
    let action = ActionAdded { meeting: FactId::from(id.as_str()), text: ask.text, owner: ask.owner, due };
    let made = move |_: &_| Ok(Fact::ActionAdded(action.clone()));
    Ok((StatusCode::CREATED, recorded(&state, officer, made).await?))
}

/// Moves an action item from the state that the officer saw; who is second is told.
#[utoipa::path(post, path = "/api/accounts/meetings/{id}/actions/{action}", tag = "accounts",
    params(("id" = String, Path), ("action" = String, Path)), request_body = MoveAction, responses(
    (status = 200, body = MeetingShape), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody),
    (status = 403, body = ApiErrorBody), (status = 404, body = ApiErrorBody), (status = 409, body = ApiErrorBody)))]
async fn move_action(
    State(state): State<AppState>,
    who: SignedIn,
    Segment((_, action)): Segment<(String, String)>,
    Body(ask): Body<MoveAction>,
) -> Result<Json<MeetingShape>, ApiError> {
    let officer = who.may(Ability::KeepAccounts)?.clone();
    let action = FactId::from(action.as_str());
    let book = {
        let state = state.clone();
        tokio::task::spawn_blocking(move || state.accounts.book(&state.store)).await??
    };
    let seen = view::seen_state(&book, &action, &ask.seen)?;
    // The move that the officer saw last: another one since then makes this one late.
    let after = book.record().last_move(&action).map(|(id, _)| id.clone());
    let moved = ActionMoved { action, after, state: ask.state, seen, note: ask.note };
    recorded(&state, officer, move |_: &_| Ok(Fact::ActionMoved(moved.clone()))).await
}
