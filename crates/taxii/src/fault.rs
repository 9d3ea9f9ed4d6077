//! Errors on the wire: the error message of TAXII 2.1, 3.6.1, which every answer of 400 and above carries.

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::backend::Refusal;
use crate::media::TAXII_21;

/// What an officer's log and a client's programmer need to see of a refused request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    status: StatusCode,
    code: &'static str,
    title: String,
    details: Vec<(String, String)>,
    allow: Option<&'static str>,
    retry_after_s: Option<u32>,
}

impl Fault {
    pub(crate) fn new(status: StatusCode, code: &'static str, title: impl Into<String>) -> Self {
        Self { status, code, title: title.into(), details: Vec::new(), allow: None, retry_after_s: None }
    }
    /// 400 (TAXII 2.1, 3.6): the request or a filter has not the form that the standard gives it.
    pub(crate) fn bad(code: &'static str, title: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, title)
    }
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}"))
    }
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "the request names nobody who is known here")
    }
    pub(crate) fn forbidden(title: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", title)
    }
    pub(crate) fn too_large(code: &'static str, title: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, code, title)
    }
    pub(crate) fn unprocessable(code: &'static str, title: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, title)
    }
    pub(crate) fn method(allow: &'static str) -> Self {
        let fault = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "not with this method");
        Self { allow: Some(allow), ..fault }
    }
    pub(crate) fn busy(after_s: Option<u32>) -> Self {
        let fault = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "not now: try again");
        Self { retry_after_s: Some(after_s.unwrap_or(1)), ..fault }
    }
    /// Nothing of what happened inside is told.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the server failed at this request")
    }
    /// Adds a detail; texts of a sender are cut to 300 letters.
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.details.push((name.to_owned(), value.to_string().chars().take(300).collect()));
        self
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }
    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The error message (TAXII 2.1, 3.6.1): `http_status` is text there.
    pub(crate) fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("title".to_owned(), self.title.clone().into());
        body.insert("http_status".to_owned(), self.status.as_u16().to_string().into());
        body.insert("error_code".to_owned(), self.code.into());
        if !self.details.is_empty() {
            let details = self.details.iter().map(|(name, value)| (name.clone(), json!(value)));
            body.insert("details".to_owned(), Value::Object(details.collect()));
        }
        Value::Object(body)
    }

    pub(crate) fn answer(&self) -> Response<Body> {
        let mut answer = Response::new(Body::from(self.body().to_string()));
        *answer.status_mut() = self.status;
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(TAXII_21));
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 9110, 11.6.1: a 401 without a challenge is no 401. Basic is what TAXII 2.1, 1.6.7 wants every server to know.
            headers.append(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"taxii\", charset=\"UTF-8\""),
            );
            headers.append(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"taxii\""));
        }
        if let Some(allow) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied { title, details } => details
                .into_iter()
                .fold(Self::forbidden(&title), |fault, (name, value)| fault.with(&name, value)),
            Refusal::Unavailable { retry_after_s } => Self::busy(retry_after_s),
            Refusal::Failed { cause } => {
                tracing::error!(cause, "the TAXII backend failed");
                Self::internal()
            }
        }
    }
}
