//! The server: one entrance, which lets in, finds the resource, and turns every error into the standard's message.

mod answer;
mod body;
mod read;
mod write;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, Method, Response, StatusCode};
use axum::routing::any;
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::backend::{Backend, Collection, Refusal};
use crate::cursor::NextKey;
use crate::door::{ClientCertificate, Credentials, Doorkeeper, Principal};
use crate::fault::Fault;
use crate::media::{self, TAXII_21};
use crate::resource::{Address, BASE, Resource};

/// An API root (TAXII 2.1, 4.2). It stands at `/taxii2/{name}/`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApiRoot {
    /// One part of an address: letters, digits and hyphens.
    pub name: String,
    pub title: String,
    pub description: Option<String>,
}

/// Bounds of what is taken in and handed out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of a request's body, told in the API root as `max_content_length`.
    pub content_bytes: usize,
    /// Objects of one envelope.
    pub objects: usize,
    /// Bytes of one object.
    pub object_bytes: usize,
    /// Nesting of the envelope, and of each object in it; below 100.
    pub depth: usize,
    /// Rows of a page: the most, and what is given where no `limit` is asked for.
    pub page_rows: usize,
    /// Bytes of a page's objects; the first is given however long it is.
    pub page_bytes: usize,
    /// Requests in the backend at once; others wait.
    pub working: usize,
    /// Bodies being received at once; another is told to come again.
    pub receiving: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            content_bytes: 10 << 20,
            objects: 5_000,
            object_bytes: 1 << 20,
            depth: 32,
            page_rows: 1_000,
            page_bytes: 16 << 20,
            working: 32,
            receiving: 16,
        }
    }
}

/// All that the wire is told.
#[derive(Clone, Debug)]
pub struct Service {
    /// Of discovery (4.1).
    pub title: String,
    pub description: Option<String>,
    pub contact: Option<String>,
    /// The first is the default.
    pub roots: Vec<ApiRoot>,
    pub limits: Limits,
    pub next_key: NextKey,
}

pub(crate) struct Server {
    service: Service,
    backend: Arc<dyn Backend>,
    door: Arc<dyn Doorkeeper>,
    working: Semaphore,
    receiving: Semaphore,
}

/// A request past the door.
pub(crate) struct Visit {
    principal: Principal,
    /// The query part of its address.
    query: Option<String>,
    /// The collection that its address names, by id or alias, or why there is none; `None` where it names none.
    collection: Option<Result<Collection, Fault>>,
}

impl Visit {
    fn collection(&mut self) -> Result<Collection, Fault> {
        self.collection.take().unwrap_or_else(|| Err(Fault::not_found("collection")))
    }
}

/// The routes, to be merged into the node's own; they answer `/taxii2` and everything below it.
pub fn router(service: Service, backend: Arc<dyn Backend>, door: Arc<dyn Doorkeeper>) -> Router {
    let limits = service.limits;
    let server = Arc::new(Server {
        service,
        backend,
        door,
        working: Semaphore::new(limits.working),
        receiving: Semaphore::new(limits.receiving),
    });
    let answer = any(move |request: Request| {
        let server = Arc::clone(&server);
        async move { server.answer(request).await }
    });
    Router::new()
        .route(BASE.trim_end_matches('/'), answer.clone())
        .route(BASE, answer.clone())
        .route(&format!("{BASE}{{*rest}}"), answer)
}

impl Server {
    async fn answer(self: Arc<Self>, request: Request) -> Response<Body> {
        self.serve(request).await.unwrap_or_else(|fault| fault.answer())
    }

    /// The order of the checks: who asks, then where, then with which method and media types. Somebody unknown learns nothing
    /// of what is there.
    async fn serve(self: Arc<Self>, request: Request) -> Result<Response<Body>, Fault> {
        let certificate = request.extensions().get::<ClientCertificate>().copied();
        let credentials = Credentials::of(request.headers(), certificate).ok_or_else(Fault::unauthorized)?;
        let address = Address::read(request.uri().path());
        let named = address.as_ref().ok().and_then(|address| address.as_ref()?.resource.collection());
        let named = named.map(|(root, collection)| (root.to_owned(), collection.to_owned()));
        let principal = self.door.admit(&credentials).ok_or_else(Fault::unauthorized)?;
        // Whether there is such a collection is told last.
        let collection = match named {
            Some((root, name)) => Some(self.collection(&principal, root, name).await),
            None => None,
        };
        let address = address?.ok_or_else(|| Fault::not_found("resource"))?;
        if !address.resource.allows(request.method().as_str()) {
            return Err(Fault::method(address.resource.methods()));
        }
        if !media::acceptable(request.headers()) {
            let fault =
                Fault::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", "only TAXII 2.1 is spoken here");
            return Err(fault.with("offered", TAXII_21));
        }
        if address.slash_missing {
            return slash(&request);
        }
        let visit = Visit { principal, query: request.uri().query().map(str::to_owned), collection };
        self.resource(address.resource, visit, request).await
    }

    async fn resource(
        self: Arc<Self>,
        resource: Resource,
        mut visit: Visit,
        request: Request,
    ) -> Result<Response<Body>, Fault> {
        match resource {
            Resource::Discovery => json(StatusCode::OK, &self.discovery()),
            Resource::Root { root } => {
                let root = self.root(&root)?;
                json(StatusCode::OK, &answer::root(root, &self.service.limits))
            }
            Resource::Status { root, status } => self.status(visit, root, status).await,
            Resource::Collections { root } => self.collections(visit, root).await,
            Resource::Collection { .. } => json(StatusCode::OK, &visit.collection()?),
            Resource::Objects { root, .. } if request.method() == Method::POST => {
                self.add(visit, root, request).await
            }
            Resource::Objects { root, .. } => self.objects(visit, root).await,
            Resource::Object { object, .. } if request.method() == Method::DELETE => {
                self.delete(visit, object).await
            }
            Resource::Object { root, object, .. } => self.object(visit, root, object).await,
            Resource::Manifest { root, .. } => self.manifest(visit, root).await,
            Resource::Versions { root, object, .. } => self.versions(visit, root, object).await,
        }
    }

    fn discovery(&self) -> answer::Discovery<'_> {
        // Relative addresses hold under every name by which the node is reached (4.1.1 allows them).
        let roots: Vec<String> =
            self.service.roots.iter().map(|root| format!("{BASE}{}/", root.name)).collect();
        answer::Discovery {
            title: &self.service.title,
            description: self.service.description.as_deref(),
            contact: self.service.contact.as_deref(),
            default: roots.first().cloned(),
            api_roots: roots,
        }
    }

    fn root(&self, name: &str) -> Result<&ApiRoot, Fault> {
        self.service.roots.iter().find(|root| root.name == name).ok_or_else(|| Fault::not_found("API root"))
    }

    async fn collections(self: &Arc<Self>, visit: Visit, root: String) -> Result<Response<Body>, Fault> {
        self.root(&root)?;
        let found = self.backend(move |backend| backend.collections(&visit.principal, &root)).await?;
        json(StatusCode::OK, &answer::Collections { collections: found })
    }

    async fn status(
        self: &Arc<Self>,
        visit: Visit,
        root: String,
        id: String,
    ) -> Result<Response<Body>, Fault> {
        self.root(&root)?;
        let found = self.backend(move |backend| backend.status(&visit.principal, &root, &id)).await?;
        let status = found.ok_or_else(|| Fault::not_found("status"))?;
        json(StatusCode::OK, &answer::Status::of(&status))
    }

    /// The collection that an address names, by id or alias.
    async fn collection(
        self: &Arc<Self>,
        principal: &Principal,
        root: String,
        name: String,
    ) -> Result<Collection, Fault> {
        self.root(&root)?;
        let found = match self.backend.collection_at_hand(principal, &root, &name) {
            Some(found) => found,
            None => {
                let principal = principal.clone();
                self.backend(move |backend| backend.collection(&principal, &root, &name)).await?
            }
        };
        found.ok_or_else(|| Fault::not_found("collection"))
    }

    /// Work of the backend.
    async fn backend<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&dyn Backend) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Fault> {
        let server = Arc::clone(self);
        self.working(move || work(server.backend.as_ref()).map_err(Fault::from)).await
    }

    /// Work on a blocking thread. It is done to its end even when the client goes away: what was begun is stored and logged.
    async fn working<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let _permit = self.working.acquire().await.map_err(|_| Fault::internal())?;
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => done,
            Err(error) => {
                tracing::error!(%error, "a TAXII request failed");
                Err(Fault::internal())
            }
        }
    }
}

/// Every address ends in a slash (TAXII 2.1, 1.6.1). Clients are found that leave it out and follow a redirect (the tests of
/// medallion do), so they are sent on: 308 keeps method and body, and the path begins with ours, so that it leads nowhere else.
fn slash(request: &Request) -> Result<Response<Body>, Fault> {
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let location = format!("{}/{query}", request.uri().path());
    let mut answer = taxii(StatusCode::PERMANENT_REDIRECT, Body::empty());
    let location = HeaderValue::from_str(&location).map_err(|_| Fault::not_found("resource"))?;
    answer.headers_mut().insert(LOCATION, location);
    Ok(answer)
}

fn taxii(status: StatusCode, body: Body) -> Response<Body> {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(TAXII_21));
    answer
}

fn json(status: StatusCode, message: &impl Serialize) -> Result<Response<Body>, Fault> {
    let bytes = serde_json::to_vec(message).map_err(|error| {
        tracing::error!(%error, "a TAXII message could not be written");
        Fault::internal()
    })?;
    Ok(taxii(status, Body::from(bytes)))
}
