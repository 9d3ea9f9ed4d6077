//! Server-sent events: `vessels`, `event`, `lead`, `status`, `log`, and `resync` when a page fell behind.

use std::convert::Infallible;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use bitacora_primitives::Ability;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt};

use crate::error::ApiError;
use crate::session::SignedIn;
use crate::state::AppState;

/// The live picture as it changes.
#[utoipa::path(get, path = "/api/stream", responses((status = 200, content_type = "text/event-stream", body = String)))]
pub(super) async fn stream(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    who.may(Ability::SeePicture)?;
    let messages = BroadcastStream::new(state.live.subscribe()).map(|message| {
        Ok(match message {
            Ok(message) => Event::default().event(message.event).data(&message.data),
            // A slow page lost messages: it must fetch everything again rather than show a stale picture.
            Err(_lagged) => Event::default().event("resync").data("{}"),
        })
    });
    Ok(Sse::new(messages).keep_alive(KeepAlive::default()))
}
