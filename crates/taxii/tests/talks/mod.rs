//! Transports and answers for the tests of the client.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::Cursor;

use axum::Router;
use axum::body::Body;
use axum::http::Request as HttpRequest;
use bitacora_primitives::Instant;
use bitacora_taxii::client::{
    Client, ClientError, ClientLimits, PollState, Polled, Request, Response, Transport, TransportError,
};
use url::Url;

use crate::served::{DESK_ID, ask, runtime};

pub const NOW: i64 = 1_800_000_000;

pub fn url(path: &str) -> Url {
    format!("http://node.example{path}").parse().unwrap()
}

pub fn client(limits: ClientLimits) -> Client {
    Client::new(url("/taxii2/"), Some("Bearer abc123".to_owned()), limits)
}

/// Our own server, without a connection in between.
pub struct Direct(pub Router);

impl Transport for Direct {
    fn send(&mut self, request: Request) -> Result<Response, TransportError> {
        let mut http =
            HttpRequest::builder().method(request.method).uri(&request.url[url::Position::BeforePath..]);
        for (name, value) in &request.headers {
            http = http.header(*name, value);
        }
        let body = request.body.map_or_else(Body::empty, Body::from);
        let answer = runtime().block_on(ask(&self.0, http.body(body).unwrap()));
        Ok(Response {
            status: answer.status,
            headers: answer.headers,
            body: Box::new(Cursor::new(answer.bytes)),
        })
    }
}

/// Answers from a function of the address; every request is kept.
pub struct Scripted<F> {
    pub answer: F,
    pub asked: Vec<Request>,
}

impl<F: FnMut(&Request) -> Response> Transport for Scripted<F> {
    fn send(&mut self, request: Request) -> Result<Response, TransportError> {
        let response = (self.answer)(&request);
        self.asked.push(request);
        Ok(response)
    }
}

pub fn scripted<F: FnMut(&Request) -> Response>(answer: F) -> Scripted<F> {
    Scripted { answer, asked: Vec::new() }
}

pub fn says(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Response {
    let mut all = vec![("Content-Type".to_owned(), "application/taxii+json;version=2.1".to_owned())];
    all.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Response { status, headers: all, body: Box::new(Cursor::new(body.into())) }
}

pub fn object(number: u64) -> String {
    format!(
        "{{\"type\":\"url\",\"id\":\"url--00000000-0000-4000-8000-{number:012}\",\"value\":\"{number}\"}}"
    )
}

/// Polls to the end of a walk; the state goes through its serialised form each time.
pub fn walk(
    client: &Client,
    transport: &mut dyn Transport,
    state: &mut PollState,
) -> Result<Vec<Polled>, ClientError> {
    let mut pages = Vec::new();
    loop {
        let (polled, next) =
            client.poll(transport, &url("/taxii2/watch/"), DESK_ID, state, Instant::from_secs(NOW))?;
        *state = serde_json::from_str(&serde_json::to_string(&next).unwrap()).unwrap();
        let more = polled.more;
        pages.push(polled);
        if !more {
            return Ok(pages);
        }
    }
}
