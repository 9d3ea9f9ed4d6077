//! Files and paper for the node's own officers.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::response::Response;

use crate::error::ApiError;
use crate::exports::own_use;
use crate::extract::Body;
use crate::session::SignedIn;
use crate::shapes::{ApiErrorBody, NewExport};
use crate::state::AppState;

/// The file, or for `sheet` the content of a hand-over sheet that the page prints. Header `x-bitacora-leaf` names
/// the leaf under which the export is logged.
#[utoipa::path(post, path = "/api/exports", request_body = NewExport,
    responses((status = 200, content((String = "text/csv"), (serde_json::Value = "application/geo+json"),
        (String = "application/vnd.google-earth.kml+xml"), (serde_json::Value = "application/json"))),
              (status = 400, body = ApiErrorBody), (status = 403, body = ApiErrorBody)))]
pub(super) async fn export(
    State(state): State<AppState>,
    who: SignedIn,
    Body(ask): Body<NewExport>,
) -> Result<Response, ApiError> {
    let file = own_use(&state, &who.0, &ask).await?;
    let mut response = Response::new(axum::body::Body::from(file.bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    let disposition = format!("attachment; filename=\"{}\"", file.name);
    headers.insert(
        CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).map_err(|error| ApiError::bad("name", error))?,
    );
    headers.insert(HeaderName::from_static("x-bitacora-leaf"), HeaderValue::from(file.leaf));
    Ok(response)
}
