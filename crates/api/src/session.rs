//! Sessions: a one-time link becomes a cookie that belongs to one officer. Only hashes of secrets are stored.

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use bitacora_primitives::{Ability, Instant, Officer, Role};
use sha2::{Digest, Sha256};

use crate::error::ApiError;
use crate::state::AppState;

pub(crate) const COOKIE_NAME: &str = "bitacora_session";
/// A session outlives one watch (4 h) and its hand-over, not a day.
pub(crate) const SESSION_SECONDS: i64 = 12 * 3600;

/// What is stored of a token or session secret.
pub fn hash_token(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The link that `bitacora officer add` prints. The token stands behind `#`, so that it is in no request line
/// and no server log.
pub fn sign_in_link(base: &str, token: &str) -> String {
    format!("{base}/#signin={token}")
}

pub(crate) fn officer_of(stored: &bitacora_store::Officer) -> Result<Officer, ApiError> {
    let role: Role = stored.role.parse().map_err(|error| ApiError::bad("role", error))?;
    Ok(Officer { id: stored.id, name: stored.name.clone(), role })
}

/// The officer behind a request; extracting it refuses a request without a session.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn(pub(crate) Officer);

impl SignedIn {
    pub(crate) fn may(&self, ability: Ability) -> Result<&Officer, ApiError> {
        if self.0.role.may(ability) {
            Ok(&self.0)
        } else {
            Err(ApiError::NotAllowed { role: self.0.role.code(), ability })
        }
    }
}

/// The session secret of a request, if its cookie carries one.
pub(crate) fn secret_of(parts: &Parts) -> Option<String> {
    parts
        .headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE_NAME)
        .map(|(_, secret)| secret.to_owned())
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let secret = secret_of(parts).ok_or(ApiError::NotSignedIn)?;
        let now: Instant = (state.now)();
        let hash = hash_token(&secret);
        let officer = state.with_store(move |store| store.session(&hash, now)).await?;
        Ok(Self(officer_of(&officer.ok_or(ApiError::NotSignedIn)?)?))
    }
}
