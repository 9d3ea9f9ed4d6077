//! A server over the seed, asked in this process or over the loopback address.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use bitacora_primitives::Instant;
use bitacora_taxii::memory::MemoryBackend;
use bitacora_taxii::{
    ApiRoot, Backend, ClientCertificate, Credentials, Doorkeeper, Limits, NextKey, Principal, Service,
    TAXII_21, router,
};
use serde_json::Value;
use tower::ServiceExt as _;

pub const SEED: &str = include_str!("../data/seed.json");
pub const EXERCISE: &str = "/taxii2/watch/collections/c901acef-cc19-5816-8a36-98cd93f5cfa7/";
pub const DESK: &str = "/taxii2/watch/collections/f138ba72-ed85-5633-80a6-7dcd5e859e47/";
pub const DESK_ID: &str = "f138ba72-ed85-5633-80a6-7dcd5e859e47";
pub const INBOX: &str = "/taxii2/watch/collections/d611f3b9-4ccc-5c30-ab80-b1d2e8d0bb47/";

/// 2026-01-01, and a microsecond later at each look: tests tell the time themselves.
pub fn clock() -> Box<dyn Fn() -> Instant + Send + Sync> {
    let micros = AtomicI64::new(1_767_225_600_000_000);
    Box::new(move || Instant::from_micros(micros.fetch_add(1, Ordering::Relaxed)))
}

/// Takes the example's user, and one certificate.
pub struct Admin;

impl Doorkeeper for Admin {
    fn admit(&self, credentials: &Credentials) -> Option<Principal> {
        let name = match credentials {
            Credentials::Token(token) => (token == "abc123").then_some("token"),
            Credentials::Password { user, password } => {
                (user == "admin" && password == "Password0").then_some("admin")
            }
            Credentials::Certificate(ClientCertificate(hash)) => (*hash == [7; 32]).then_some("certificate"),
        };
        name.map(|name| Principal(name.to_owned()))
    }
}

pub fn service(roots: Vec<ApiRoot>, limits: Limits) -> Service {
    Service {
        title: "Test".to_owned(),
        description: None,
        contact: None,
        roots,
        limits,
        next_key: NextKey::new([7; 32]),
    }
}

/// Pages of at most 20, as the suite of medallion has them.
pub fn limits() -> Limits {
    Limits { page_rows: 20, ..Limits::default() }
}

pub fn seeded() -> Router {
    seeded_with(limits())
}

pub fn seeded_with(limits: Limits) -> Router {
    let seeded = MemoryBackend::seeded(SEED, clock()).unwrap();
    router(service(seeded.roots, limits), Arc::new(seeded.backend), Arc::new(Admin))
}

/// A router over any backend with the one root `watch`.
pub fn over(backend: Arc<dyn Backend>, limits: Limits) -> Router {
    let root = ApiRoot { name: "watch".to_owned(), title: "Watch".to_owned(), description: None };
    router(service(vec![root], limits), backend, Arc::new(Admin))
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
    /// The code of an error message; panics where there is none.
    pub fn code(&self) -> String {
        let message = self.json();
        assert_eq!(self.header("content-type"), Some(TAXII_21));
        assert_eq!(message["http_status"], self.status.to_string(), "{message}");
        assert!(message["title"].as_str().is_some_and(|title| !title.is_empty()), "{message}");
        message["error_code"].as_str().unwrap().to_owned()
    }
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

pub async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
    let headers =
        parts.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    Answer { status: parts.status.as_u16(), headers: headers.collect(), bytes }
}

/// A request as the user, with the media types that a good client sends.
pub fn request(method: &str, path: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header("authorization", "Bearer abc123");
    let request = request.header("accept", TAXII_21).header("content-type", TAXII_21);
    request.body(body.into()).unwrap()
}

pub async fn get(router: &Router, path: &str) -> Answer {
    ask(router, request("GET", path, Body::empty())).await
}

pub async fn post(router: &Router, path: &str, body: impl Into<Body>) -> Answer {
    ask(router, request("POST", path, body)).await
}

/// How many objects a collection holds, whatever their version.
pub async fn held(router: &Router, collection: &str) -> usize {
    let page =
        get(router, &format!("{collection}objects/?match[version]=all&match[spec_version]=2.0,2.1")).await;
    assert_eq!(page.status, StatusCode::OK.as_u16(), "{}", page.text());
    page.json()["objects"].as_array().map_or(0, Vec::len)
}

/// Listens on a free port of the loopback address, in a thread that ends with the process.
pub fn listen(router: Router) -> SocketAddr {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        runtime().block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
    });
    told.recv().unwrap()
}
