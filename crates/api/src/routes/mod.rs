//! One module a resource. The OpenAPI document is made from the same declarations as the router.

mod accounts;
mod claims;
mod events;
mod exchange;
mod exports;
mod incidents;
mod leads;
mod log;
mod picture;
mod port;
mod session;
mod status;
mod stream;
mod watchlog;

use axum::middleware;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::{ContentBuilder, PathItem, Ref, Response, ResponseBuilder};
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::assets::page;
use crate::guard::guard;
use crate::shapes::ApiErrorBody;
use crate::state::AppState;

pub(crate) use exchange::Desk;
pub(crate) use leads::{card as card_of, every_summary as lead_summaries};
pub(crate) use log::signed_head;
pub(crate) use status::compose as compose_status;
pub(crate) use watchlog::{new_entry as new_log_entry, of_export as watchlog_of, publish_entry};

#[derive(OpenApi)]
#[openapi(info(
    title = "Bitácora node",
    description = "Vessels, behaviour events, explained leads, officers' decisions and the tamper-evident log of one node. \
                   Codes and numbers only; a session cookie from a one-time sign-in link is needed everywhere but \
                   `POST /api/session`."
))]
struct Api;

fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(session::sign_in, session::sign_out))
        .routes(routes!(session::me))
        .routes(routes!(status::status))
        .routes(routes!(picture::vessels))
        .routes(routes!(picture::vessel))
        .routes(routes!(picture::track))
        .routes(routes!(picture::positions))
        .routes(routes!(picture::density))
        .routes(routes!(events::events))
        .routes(routes!(events::provisional))
        .routes(routes!(events::evidence))
        .routes(routes!(events::quarantine))
        .routes(routes!(leads::leads))
        .routes(routes!(leads::lead))
        .routes(routes!(leads::decide))
        .routes(routes!(watchlog::entries, watchlog::add_note))
        .routes(routes!(log::head))
        .routes(routes!(log::entries))
        .routes(routes!(log::entry))
        .routes(routes!(exports::export))
        .routes(routes!(port::port))
        .routes(routes!(port::container))
        .routes(routes!(port::draw))
        .routes(routes!(port::bundle))
        .routes(routes!(port::record))
        .routes(routes!(port::add_result))
        .routes(routes!(port::what_if_hours))
        .routes(routes!(incidents::incidents, incidents::report))
        .routes(routes!(incidents::incident))
        .routes(routes!(incidents::add_source))
        .routes(routes!(incidents::set_status))
        .routes(routes!(incidents::sign))
        .routes(routes!(incidents::correct))
        .routes(routes!(incidents::withdraw))
        .routes(routes!(claims::claims))
        .routes(routes!(claims::claim))
        .routes(routes!(claims::act))
        .merge(accounts::routes())
        .merge(exchange::routes())
        .routes(routes!(stream::stream))
}

/// The OpenAPI document, as served at `/api/openapi.json`.
pub fn openapi() -> Document {
    let mut document = api().split_for_parts().1;
    // The crate's version moves with every release; the document says which shapes, not which build.
    document.info.version = "1".to_owned();
    let operations = document.paths.paths.values_mut().flat_map(|path| {
        let PathItem { get, put, post, delete, .. } = path;
        [get, put, post, delete].into_iter().flatten()
    });
    for operation in operations {
        operation.responses.responses.insert("4XX".to_owned(), refusal().into());
    }
    document
}

/// Whatever is refused, by whichever route, is refused in one form.
fn refusal() -> Response {
    let body = Ref::from_schema_name(ApiErrorBody::name());
    ResponseBuilder::new()
        .description("Refused: a stable code, and for the reader of the log the place and the rule")
        .content("application/json", ContentBuilder::new().schema(Some(body)).build())
        .build()
}

pub fn router(state: AppState) -> Router {
    let (router, _) = api().split_for_parts();
    let document = openapi();
    router
        .route("/api/openapi.json", get(move || async move { Json(document) }))
        .fallback(page)
        .layer(middleware::from_fn_with_state(state.clone(), guard))
        .with_state(state)
}
