//! What stands before every request: the right host (a foreign name pointing here is refused, so that a web
//! page elsewhere cannot reach a loopback node by rebinding its name), the right origin for changes, and headers
//! that keep the page to itself.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderValue, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::ApiError;
use crate::state::AppState;

const POLICY: &str = "default-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                      object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

pub(crate) async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if let Err(refused) = check(&state, request.method(), request.headers()) {
        return refused.into_response();
    }
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if is_api {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

fn check(state: &AppState, method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !is_ours(&state.hosts, name_of(host)) {
        return Err(ApiError::ForeignHost(host.to_owned()));
    }
    let changes = !matches!(*method, Method::GET | Method::HEAD);
    // Browsers send Origin with every cross-site change; programs without one carry no cookie of ours.
    if let Some(origin) = headers.get(ORIGIN).filter(|_| changes) {
        let origin = origin.to_str().unwrap_or_default();
        let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
        if authority != host {
            return Err(ApiError::ForeignHost(origin.to_owned()));
        }
    }
    Ok(())
}

/// The host without its port; a bracketed IPv6 literal keeps its brackets.
fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

fn is_ours(hosts: &[String], name: &str) -> bool {
    matches!(name, "127.0.0.1" | "localhost" | "[::1]") || hosts.iter().any(|host| host == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rebound_name_is_refused() {
        assert!(is_ours(&[], name_of("127.0.0.1:8000")));
        assert!(is_ours(&[], name_of("[::1]:8000")));
        assert!(is_ours(&[], name_of("localhost")));
        assert!(!is_ours(&[], name_of("evil.example:8000")));
        assert!(!is_ours(&[], name_of("")));
        assert!(is_ours(&["bridge.lan".to_owned()], name_of("bridge.lan:80")));
    }
}
