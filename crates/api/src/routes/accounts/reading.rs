//! Texts: read into proposals, and accepted by an officer. No figure enters without a person.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bitacora_accounts::Day;
use bitacora_accounts::reading::{ActorTable, Document, Reading, read};
use bitacora_accounts::record::Fact;
use bitacora_primitives::Ability;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{When, page};
use crate::accounts::view;
use crate::accounts::{keep_document, record};
use crate::error::ApiError;
use crate::extract::Body;
use crate::session::SignedIn;
use crate::shapes::{Acceptance, AcceptedShape, ApiErrorBody, NewReading, ReadingShape};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read_text)).routes(routes!(accept))
}

fn reading_of(document: &Document<'_>, published: Option<Day>) -> Reading {
    read(document, published.and_then(Day::civil), &ActorTable::default())
}

/// Reads a text: quantities, dates, actors and claims, as proposals.
#[utoipa::path(post, path = "/api/accounts/read", tag = "accounts", request_body = NewReading, responses(
    (status = 200, body = ReadingShape), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody),
    (status = 403, body = ApiErrorBody)))]
async fn read_text(
    State(state): State<AppState>,
    who: SignedIn,
    Body(ask): Body<NewReading>,
) -> Result<Json<ReadingShape>, ApiError> {
    who.may(Ability::KeepAccounts)?;
    if ask.name.trim().is_empty() {
        return Err(ApiError::bad("name", "a text without a name is no source"));
    }
    let published: Option<Day> = ask
        .published
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|error| ApiError::bad("published", error))?;
    let accounts = state.accounts.clone();
    page(&state, When::default(), move |_| {
        let document = Document::new(&ask.text).map_err(|error| ApiError::bad("text", error))?;
        let read = reading_of(&document, published);
        let shape = view::reading(&document, &read)?;
        let published = published.or_else(|| read.published.and_then(|own| own.day.to_string().parse().ok()));
        accounts.hold(&ask.name, &ask.reference, published, ask.text.clone());
        Ok(Json(shape))
    })
    .await
}

/// Takes figures and claims of a text that was read here into the accounts; the officer answers for them.
#[utoipa::path(post, path = "/api/accounts/accept", tag = "accounts", request_body = Acceptance, responses(
    (status = 201, body = AcceptedShape), (status = 400, body = ApiErrorBody), (status = 401, body = ApiErrorBody),
    (status = 403, body = ApiErrorBody), (status = 404, body = ApiErrorBody)))]
async fn accept(
    State(state): State<AppState>,
    who: SignedIn,
    Body(ask): Body<Acceptance>,
) -> Result<(StatusCode, Json<AcceptedShape>), ApiError> {
    let officer = who.may(Ability::KeepAccounts)?.clone();
    let own = state.clone();
    page(&state, When::default(), move |page| {
        let text =
            own.accounts.held(&ask.document).ok_or_else(|| ApiError::NotFound(ask.document.clone()))?;
        let document = Document::new(&text.text).map_err(|error| ApiError::bad("document", error))?;
        let read = reading_of(&document, text.document.published);
        // All are made before one is recorded, so that a bad one among them leaves nothing half done.
        let mut facts: Vec<Fact> = Vec::new();
        for said in &ask.quantities {
            let proposal = read.quantities.get(said.n as usize);
            let proposal =
                proposal.ok_or_else(|| ApiError::bad("quantities", format!("no quantity {}", said.n)))?;
            facts.push(Fact::FigureAccepted(view::figure_of(&text, proposal, said)?));
        }
        for said in &ask.claims {
            facts.push(Fact::ClaimAccepted(view::claim_of(&text, &document, &read, said)?));
        }
        let (keys, now) = (own.keys.as_ref(), (own.now)());
        keep_document(page.store, &own.accounts, keys, &officer, now, &text.document, &text.text)?;
        let (mut observations, mut claims) = (Vec::new(), Vec::new());
        for fact in facts {
            let id = record(page.store, &own.accounts, keys, Some(&officer), now, |_| Ok(fact.clone()))?;
            match &fact {
                Fact::FigureAccepted(figure) => {
                    let book = own.accounts.book(page.store)?;
                    observations.extend(
                        figure.observation().and_then(|own| book.ledger().find(&own)).map(|id| id.number()),
                    );
                }
                _ => claims.push(id.to_string()),
            }
        }
        Ok((StatusCode::CREATED, Json(AcceptedShape { observations, claims })))
    })
    .await
}
