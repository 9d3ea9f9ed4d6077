//! Signing in by one-time link, and out.

use axum::Json;
use axum::extract::State;
use axum::http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use axum::http::request::Parts;
use bitacora_ledger::hex;
use bitacora_primitives::{Duration, FactId, Officer};
use bitacora_store::{NewEntry, Session, SignIn as Outcome, StoreError};

use crate::error::ApiError;
use crate::extract::Body;
use crate::log::node_leaf;
use crate::session::{COOKIE_NAME, SESSION_SECONDS, SignedIn, hash_token, officer_of, secret_of};
use crate::shapes::{ApiErrorBody, Me, OfficerShape, SignIn};
use crate::state::AppState;

fn me_of(state: &AppState, officer: &Officer) -> Me {
    Me {
        officer: OfficerShape::from(officer),
        node: state.node.clone(),
        may: officer.role.abilities().to_vec(),
    }
}

/// Who is signed in, and what this officer may do.
#[utoipa::path(get, path = "/api/me", responses((status = 200, body = Me), (status = 401, body = ApiErrorBody)))]
pub(super) async fn me(State(state): State<AppState>, SignedIn(officer): SignedIn) -> Json<Me> {
    Json(me_of(&state, &officer))
}

/// Consumes a one-time sign-in link and sets the session cookie.
#[utoipa::path(post, path = "/api/session", request_body = SignIn,
    responses((status = 200, body = Me), (status = 401, body = ApiErrorBody)))]
pub(super) async fn sign_in(
    State(state): State<AppState>,
    Body(ask): Body<SignIn>,
) -> Result<(HeaderMap, Json<Me>), ApiError> {
    let secret = hex::encode(&state.keys.random()?);
    let started = (state.now)();
    let session = Session {
        hash: hash_token(&secret),
        started,
        expires: started + Duration::from_secs(SESSION_SECONDS),
    };
    let salt = state.keys.random()?;
    let picture_now = state.live.now(started);
    let outcome = state
        .with_store(move |store| {
            store.sign_in(&hash_token(&ask.token), &session, |officer| {
                let entry = NewEntry {
                    id: FactId::of(&[b"sign_in", &session.hash]),
                    kind: "sign_in".to_owned(),
                    code: "signed_in".to_owned(),
                    at: picture_now,
                    recorded: started,
                    officer: Some(officer.id),
                    mmsi: None,
                    lead: None,
                    event: None,
                    lat: None,
                    lon: None,
                    text: None,
                    body: "{}".to_owned(),
                };
                let leaf = node_leaf(officer, salt, started)
                    .map_err(|error| StoreError::Leaf { why: error.to_string() })?;
                Ok((entry, leaf))
            })
        })
        .await?;
    match outcome {
        Outcome::Done { officer, .. } => {
            let cookie = format!(
                "{COOKIE_NAME}={secret}; HttpOnly; SameSite=Strict; Path=/; Max-Age={SESSION_SECONDS}"
            );
            let mut headers = HeaderMap::new();
            headers
                .insert(SET_COOKIE, HeaderValue::from_str(&cookie).map_err(|e| ApiError::bad("cookie", e))?);
            Ok((headers, Json(me_of(&state, &officer_of(&officer)?))))
        }
        Outcome::Unknown => Err(ApiError::SignInLink("unknown")),
        Outcome::Used { .. } => Err(ApiError::SignInLink("used")),
        Outcome::Expired { .. } => Err(ApiError::SignInLink("expired")),
    }
}

/// Ends the session.
#[utoipa::path(delete, path = "/api/session", responses((status = 204)))]
pub(super) async fn sign_out(
    State(state): State<AppState>,
    _officer: SignedIn,
    parts: Parts,
) -> Result<(axum::http::StatusCode, HeaderMap), ApiError> {
    if let Some(secret) = secret_of(&parts) {
        let now = (state.now)();
        state.with_store(move |store| store.end_session(&hash_token(&secret), now)).await?;
    }
    let mut headers = HeaderMap::new();
    let gone = format!("{COOKIE_NAME}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
    headers.insert(SET_COOKIE, HeaderValue::from_str(&gone).map_err(|e| ApiError::bad("cookie", e))?);
    Ok((axum::http::StatusCode::NO_CONTENT, headers))
}
