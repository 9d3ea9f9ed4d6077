//! The connection, which the caller brings.

use std::fmt;
use std::io::Read;

use url::Url;

/// An HTTP request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: &'static str,
    pub url: Url,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<Vec<u8>>,
}

/// An HTTP answer. The body is read by the client as far as its bounds allow, and then dropped.
pub struct Response {
    pub status: u16,
    /// Names in any case.
    pub headers: Vec<(String, String)>,
    pub body: Box<dyn Read>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

/// The connection failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TransportError(pub String);

/// Sends one request and gives its answer. It follows no redirect, so that no secret goes where it was not meant to, and asks for no
/// compression.
pub trait Transport {
    fn send(&mut self, request: Request) -> Result<Response, TransportError>;
}

impl Response {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}
