//! What the node hears and how far it is stored.

use axum::Json;
use axum::extract::State;
use bitacora_primitives::Ability;

use crate::error::ApiError;
use crate::session::SignedIn;
use crate::shapes::{Span, Status};
use crate::state::AppState;

/// Clock, feeds with their commit marks, span of the archive, totals.
#[utoipa::path(get, path = "/api/status", responses((status = 200, body = Status)))]
pub(super) async fn status(State(state): State<AppState>, who: SignedIn) -> Result<Json<Status>, ApiError> {
    who.may(Ability::SeePicture)?;
    Ok(Json(compose(&state).await?))
}

pub(crate) async fn compose(state: &AppState) -> Result<Status, ApiError> {
    let wall = (state.now)();
    let span = state.with_store(|store| store.archive_span()).await?;
    let (feeds, totals) = state.live.feeds(wall);
    Ok(Status {
        node: state.node.clone(),
        version: state.version.to_string(),
        clock: state.live.clock(wall),
        feeds,
        archive: span.map(|(from, to)| Span { from: from.to_string(), to: to.to_string() }),
        totals,
        off: state.live.off(),
        hearings_given_up: state.live.hearings_given_up(),
    })
}
