//! One request and its answer, checked: where it goes, what came back, and how much of it.

use std::io::Read as _;

use bitacora_primitives::Instant;
use serde::Deserialize;
use url::Url;

use super::{Client, Request, Response, Transport, TransportError};
use crate::media::{self, TAXII_21};
use crate::times;

/// No server may put us off for longer than a day.
const LONGEST_WAIT_S: u64 = 86_400;

/// Why a request brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    #[error("the connection failed: {0}")]
    Transport(#[from] TransportError),
    /// 429 or 503: come again after so many seconds, where the server says.
    #[error("the server is busy")]
    Busy { after_s: Option<u64> },
    /// Any other refusal, with the title of its error message.
    #[error("the server answered {status}: {title}")]
    Status { status: u16, title: String },
    #[error("the answer is `{0}`, not TAXII 2.1")]
    NotTaxii(String),
    #[error("the answer has more than {most} bytes")]
    TooLong { most: usize },
    #[error("the answer is not of the form of TAXII 2.1: {0}")]
    Form(String),
    /// A secret goes to the server that it is for and nowhere else.
    #[error("`{0}` is on another server")]
    Elsewhere(String),
    /// A server that says `more` and brings nothing, or never ends.
    #[error("the server does not come to an end: {pages} pages")]
    Endless { pages: u64 },
    /// `more` without `next`, and the dates lead no further either.
    #[error("the server says that there is more, but not where")]
    NoWayOn,
}

/// An answer that was good.
pub(super) struct Fetched {
    pub(super) bytes: Vec<u8>,
    /// `X-TAXII-Date-Added-Last` (TAXII 2.1, 5.4), where it can be read.
    pub(super) date_added_last: Option<Instant>,
}

impl Fetched {
    pub(super) fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ClientError> {
        serde_json::from_slice(&self.bytes).map_err(|error| ClientError::Form(error.to_string()))
    }
}

impl Client {
    pub(super) fn get(&self, transport: &mut dyn Transport, url: Url) -> Result<Fetched, ClientError> {
        self.fetch(transport, "GET", url, None)
    }

    pub(super) fn fetch(
        &self,
        transport: &mut dyn Transport,
        method: &'static str,
        url: Url,
        body: Option<Vec<u8>>,
    ) -> Result<Fetched, ClientError> {
        if url.origin() != self.url.origin() {
            return Err(ClientError::Elsewhere(url.to_string()));
        }
        let mut headers = vec![("accept", TAXII_21.to_owned())];
        headers.extend(self.authorization.iter().map(|value| ("authorization", value.clone())));
        if body.is_some() {
            headers.push(("content-type", TAXII_21.to_owned()));
        }
        let mut response = transport.send(Request { method, url, headers, body })?;
        let most = self.limits.answer_bytes;
        let mut bytes = Vec::new();
        let read = response.body.by_ref().take(most as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|error| TransportError(error.to_string()))?;
        match response.status {
            429 | 503 => return Err(ClientError::Busy { after_s: retry_after(&response) }),
            200 | 202 => {}
            status => return Err(ClientError::Status { status, title: title(&bytes) }),
        }
        let kind = response.header("content-type").unwrap_or_default();
        if !media::names_taxii(kind) {
            return Err(ClientError::NotTaxii(kind.chars().take(100).collect()));
        }
        if bytes.len() > most {
            return Err(ClientError::TooLong { most });
        }
        let date_added_last = response.header("x-taxii-date-added-last").and_then(times::parse);
        Ok(Fetched { bytes, date_added_last })
    }
}

/// Seconds, or a date, which counts from the server's own `Date`: our clock may differ (RFC 9110, 10.2.3).
fn retry_after(response: &Response) -> Option<u64> {
    let text = response.header("retry-after")?.trim();
    let seconds = text.parse::<u64>().ok().or_else(|| {
        let date = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|at| at.timestamp().as_second());
        let span = date(text)?.saturating_sub(date(response.header("date")?)?);
        u64::try_from(span.max(0)).ok()
    })?;
    Some(seconds.min(LONGEST_WAIT_S))
}

/// The title of an error message (TAXII 2.1, 3.6.1), as far as there is one.
fn title(bytes: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Message {
        title: String,
    }
    let message: Result<Message, _> = serde_json::from_slice(bytes);
    message.map(|message| message.title.chars().take(300).collect()).unwrap_or_default()
}
