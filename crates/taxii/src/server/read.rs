//! Pages (TAXII 2.1, 3.5, 5.3, 5.4, 5.6, 5.8): objects are spliced into the envelope as the bytes they were added as.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use bitacora_primitives::Instant;

use crate::backend::{Backend, Collection, Entry, Guard, Page, PageQuery, Refusal, Row};
use crate::cursor::Scope;
use crate::fault::Fault;
use crate::filter::{Filter, Known};
use crate::query::Pairs;
use crate::server::answer::Record;
use crate::server::{Server, Visit, taxii};
use crate::times;

const FIRST: HeaderName = HeaderName::from_static("x-taxii-date-added-first");
const LAST: HeaderName = HeaderName::from_static("x-taxii-date-added-last");

/// Of a page that is guarded, so much is handed over at a time.
const PIECE_BYTES: usize = 16 << 10;

/// Where a page is read, and how.
struct Asked {
    root: String,
    /// The one object that the address names.
    object: Option<String>,
    /// As in [`Scope::resource`].
    resource: &'static str,
    known: Known,
}

/// A row as it stands in a page.
trait Shown: Sized {
    /// Asks the backend for a page of such rows.
    fn page(
        backend: &dyn Backend,
        visit: &Visit,
        collection: &str,
        query: &PageQuery,
    ) -> Result<Page<Self>, Refusal>;
    fn entry(&self) -> &Entry;
    /// Appends its JSON.
    fn write(&self, resource: &str, page: &mut Vec<u8>) -> Result<(), serde_json::Error>;
}

impl Shown for Row {
    fn page(
        backend: &dyn Backend,
        visit: &Visit,
        collection: &str,
        query: &PageQuery,
    ) -> Result<Page<Self>, Refusal> {
        backend.page(&visit.principal, collection, query)
    }
    fn entry(&self) -> &Entry {
        &self.entry
    }
    fn write(&self, _: &str, page: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        page.extend_from_slice(&self.bytes);
        Ok(())
    }
}

impl Shown for Entry {
    fn page(
        backend: &dyn Backend,
        visit: &Visit,
        collection: &str,
        query: &PageQuery,
    ) -> Result<Page<Self>, Refusal> {
        backend.manifest(&visit.principal, collection, query)
    }
    fn entry(&self) -> &Entry {
        self
    }
    fn write(&self, resource: &str, page: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        if resource == "versions" {
            return serde_json::to_writer(page, &times::version(self.version));
        }
        serde_json::to_writer(page, &Record::of(self))
    }
}

impl Server {
    pub(super) async fn objects(
        self: Arc<Self>,
        visit: Visit,
        root: String,
    ) -> Result<Response<Body>, Fault> {
        let asked = Asked { root, object: None, resource: "objects", known: Known::Collection };
        self.read::<Row>(visit, asked).await
    }

    pub(super) async fn object(
        self: Arc<Self>,
        visit: Visit,
        root: String,
        object: String,
    ) -> Result<Response<Body>, Fault> {
        let asked = Asked { root, object: Some(object), resource: "object", known: Known::Object };
        self.read::<Row>(visit, asked).await
    }

    pub(super) async fn manifest(
        self: Arc<Self>,
        visit: Visit,
        root: String,
    ) -> Result<Response<Body>, Fault> {
        let asked = Asked { root, object: None, resource: "manifest", known: Known::Collection };
        self.read::<Entry>(visit, asked).await
    }

    pub(super) async fn versions(
        self: Arc<Self>,
        visit: Visit,
        root: String,
        object: String,
    ) -> Result<Response<Body>, Fault> {
        let asked = Asked { root, object: Some(object), resource: "versions", known: Known::Versions };
        self.read::<Entry>(visit, asked).await
    }

    async fn read<R: Shown + 'static>(
        self: Arc<Self>,
        mut visit: Visit,
        asked: Asked,
    ) -> Result<Response<Body>, Fault> {
        let collection = visit.collection()?;
        if !collection.can_read {
            return Err(Fault::forbidden("this collection is not yours to read"));
        }
        let pairs = Pairs::parse(visit.query.as_deref())?;
        let filter = Filter::read(&pairs, asked.known, asked.object.as_deref())?;
        let limits = self.service.limits;
        let limit = limit(&pairs, limits.page_rows)?;
        let canonical = filter.canonical();
        let after = match pairs.once("next")? {
            Some(token) => Some(self.service.next_key.open(scope(&asked, &collection, &canonical), token)?),
            None => None,
        };
        let query = PageQuery { filter, after, limit, bytes: limits.page_bytes };
        let server = Arc::clone(&self);
        // The page is put together on the blocking thread too: it may be long.
        self.working(move || {
            let backend = server.backend.as_ref();
            let page = R::page(backend, &visit, &collection.id, &query)?;
            if let (true, Some(object)) = (page.rows.is_empty(), &asked.object)
                && !backend.holds(&visit.principal, &collection.id, object)?
            {
                return Err(Fault::not_found("object"));
            }
            let next = page.rows.last().filter(|_| page.more).map(|last| {
                server.service.next_key.seal(scope(&asked, &collection, &canonical), last.entry().position)
            });
            write(&page.rows, asked.resource, next.as_deref(), page.guard)
        })
        .await
    }
}

/// Under an alias and under the id a collection is the same.
fn scope<'a>(asked: &'a Asked, collection: &'a Collection, filter: &'a str) -> Scope<'a> {
    Scope { resource: asked.resource, root: &asked.root, collection: &collection.id, filter }
}

/// How many rows a page may have (3.4): a whole number from 1, cut to the server's own bound however large it is.
fn limit(pairs: &Pairs, most: usize) -> Result<usize, Fault> {
    let Some(text) = pairs.once("limit")? else { return Ok(most) };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || text.bytes().all(|byte| byte == b'0') {
        return Err(Fault::bad("limit", "`limit` is no whole number from 1").with("value", text));
    }
    // A number that does not even fit is above any bound.
    Ok(text.parse().unwrap_or(usize::MAX).min(most))
}

/// The envelope, manifest or versions resource. Without rows it is the empty object, and there are no dates to tell (5.4).
// INVARIANT: `more` is true exactly when there is a `next`.
fn write<R: Shown>(
    rows: &[R],
    resource: &'static str,
    next: Option<&str>,
    guard: Option<Guard>,
) -> Result<Response<Body>, Fault> {
    let failed = |error: serde_json::Error| {
        tracing::error!(%error, resource, "a page could not be written");
        Fault::internal()
    };
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Ok(taxii(StatusCode::OK, Body::from("{}")));
    };
    let mut page = Vec::new();
    page.extend_from_slice(if next.is_some() { b"{\"more\":true,\"next\":" } else { b"{\"more\":false" });
    if let Some(next) = next {
        serde_json::to_writer(&mut page, next).map_err(failed)?;
    }
    page.extend_from_slice(if resource == "versions" { b",\"versions\":[" } else { b",\"objects\":[" });
    for (at, row) in rows.iter().enumerate() {
        if at > 0 {
            page.push(b',');
        }
        row.write(resource, &mut page).map_err(failed)?;
    }
    page.extend_from_slice(b"]}");
    let body = match guard {
        Some(guard) => Body::from_stream(tokio_stream::iter(Pieces { page, at: 0, guard })),
        None => Body::from(page),
    };
    let mut answer = taxii(StatusCode::OK, body);
    for (name, row) in [(FIRST, first), (LAST, last)] {
        answer.headers_mut().insert(name, date(row.entry().date_added)?);
    }
    Ok(answer)
}

/// A page in pieces, each handed over by leave of the guard. After a piece that may not go there is no other.
struct Pieces {
    page: Vec<u8>,
    at: usize,
    guard: Guard,
}

impl Iterator for Pieces {
    type Item = std::io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let end = self.page.len().min(self.at + PIECE_BYTES);
        let bytes = self.page.get(self.at..end).filter(|bytes| !bytes.is_empty())?;
        let mut piece = None;
        if self.guard.0.pass(&mut || piece = Some(bytes.to_vec())) {
            self.at = end;
            return piece.map(Ok);
        }
        self.at = self.page.len();
        Some(Err(std::io::Error::other("the page is stopped")))
    }
}

fn date(at: Instant) -> Result<HeaderValue, Fault> {
    HeaderValue::from_str(&times::micros(at)).map_err(|_| Fault::internal())
}
