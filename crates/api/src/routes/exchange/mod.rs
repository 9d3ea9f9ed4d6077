//! The exchange over HTTP: what stands, what was decided, asking, releasing, stopping, resuming, and the log with its
//! proofs. Decides nothing: `exchange` decides, and officers sign. Every answer is computed off the async threads.

mod cosigned;
mod decisions;
mod desk;
mod flows;
mod interval;
mod leaves;
mod overview;
mod received;
mod rehearsal;
mod releasing;
mod resuming;
mod stopping;
mod suspensions;
mod written;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use bitacora_exchange::Agreement;
use bitacora_exchange::{Shelf, Side};
use bitacora_primitives::Instant;
use bitacora_primitives::markings::AgreementId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use desk::Desk;

use crate::error::ApiError;
use crate::shapes::ExchangeChanged;
use crate::state::AppState;

/// Two texts of 2,000 letters in two languages, a scope and room for accents.
const BODY_BYTES: usize = 64 * 1024;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(overview::exchange))
        .routes(routes!(decisions::decisions))
        .routes(routes!(releasing::offers))
        .routes(routes!(releasing::ask))
        .routes(routes!(releasing::release))
        .routes(routes!(releasing::withdraw))
        .routes(routes!(stopping::preview))
        .routes(routes!(stopping::stop))
        .routes(routes!(interval::interval))
        .routes(routes!(resuming::preview))
        .routes(routes!(resuming::resume))
        .routes(routes!(leaves::log))
        .routes(routes!(leaves::leaf))
        .routes(routes!(received::received))
        .routes(routes!(received::open))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
}

/// What a look at one agreement's side sees.
#[derive(Clone, Copy)]
struct Scene<'a> {
    side: &'a Side,
    shelf: &'a dyn Shelf,
    agreement: &'a Agreement,
    desk: &'a Desk,
    now: Instant,
}

/// Runs blocking work with the desk, where this node has an exchange.
async fn at_desk<T: Send + 'static>(
    state: &AppState,
    work: impl FnOnce(&Desk, &AppState) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let desk = state.desk.clone().ok_or_else(|| ApiError::NotFound("exchange".to_owned()))?;
    let state = state.clone();
    tokio::task::spawn_blocking(move || work(&desk, &state)).await?
}

fn agreement_id(text: &str) -> Result<AgreementId, ApiError> {
    text.parse().map_err(|error| ApiError::bad("agreement", error))
}

/// Looks at an agreement that has been put in force here.
fn see<T>(
    desk: &Desk,
    id: &AgreementId,
    now: Instant,
    look: impl FnOnce(Scene<'_>) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    desk.exchange.as_ref().see(id, |side, shelf| {
        let agreement = side.own().agreement().map(Arc::clone);
        let agreement = agreement.ok_or(bitacora_exchange::SideError::NoAgreement)?;
        desk.remember(&agreement);
        look(Scene { side, shelf, agreement: &agreement, desk, now })
    })?
}

/// Tells every open page that something of an agreement changed.
fn announce(desk: &Desk, state: &AppState, id: &AgreementId, what: &str) {
    let sizes = desk.exchange.as_ref().see(id, |side, _| (side.durable(), side.mirror().size()));
    if let Ok((size, partner_size)) = sizes {
        let changed =
            ExchangeChanged { agreement: id.to_string(), size, partner_size, what: what.to_owned() };
        state.live.publish("exchange", &changed);
    }
}
