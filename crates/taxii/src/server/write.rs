//! Adding and deleting (TAXII 2.1, 5.5 and 5.7).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};

use crate::backend::Status;
use crate::envelope;
use crate::fault::Fault;
use crate::filter::Filter;
use crate::query::Pairs;
use crate::server::{Server, Visit, answer, body, json, taxii};

impl Server {
    /// 202 with the status, once everything that it calls a success is durable.
    pub(super) async fn add(
        self: Arc<Self>,
        mut visit: Visit,
        root: String,
        request: Request,
    ) -> Result<Response<Body>, Fault> {
        let collection = visit.collection()?;
        let limits = self.service.limits;
        body::check(&request, limits.content_bytes)?;
        if !collection.can_write {
            return Err(Fault::forbidden("this collection is not yours to write"));
        }
        // Whoever sends slowly keeps one of these places, and no thread; how slow is too slow, the connection's owner says.
        let receiving = self.receiving.try_acquire().map_err(|_| Fault::busy(None))?;
        let bytes = body::take(request, limits.content_bytes).await?;
        let server = Arc::clone(&self);
        let answer = self.working(move || {
            let submission = envelope::read(&bytes, &limits)?;
            drop(bytes);
            let added = server.backend.add(&visit.principal, &root, &collection.id, &submission)?;
            if added.outcomes.len() != submission.objects.len() {
                tracing::error!("the TAXII backend lost count of its objects");
                return Err(Fault::internal());
            }
            json(StatusCode::ACCEPTED, &answer::Status::of(&Status::of(&submission, &added)))
        });
        let answer = answer.await;
        drop(receiving);
        answer
    }

    /// 200 without a body. Needs both rights; with neither the collection is not there for this principal (5.7).
    pub(super) async fn delete(
        self: Arc<Self>,
        mut visit: Visit,
        object: String,
    ) -> Result<Response<Body>, Fault> {
        let collection = visit.collection()?;
        match (collection.can_read, collection.can_write) {
            (true, true) => {}
            (false, false) => return Err(Fault::not_found("collection")),
            _ => return Err(Fault::forbidden("to delete, a collection must be yours to read and to write")),
        }
        let pairs = Pairs::parse(visit.query.as_deref())?;
        let (versions, spec_versions) = Filter::deletion(&pairs)?;
        let deleted = self.backend(move |backend| {
            backend.delete(&visit.principal, &collection.id, &object, &versions, spec_versions.as_deref())
        });
        match deleted.await? {
            0 => Err(Fault::not_found("object")),
            _ => Ok(taxii(StatusCode::OK, Body::empty())),
        }
    }
}
