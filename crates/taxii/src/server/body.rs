//! A request's body, taken in piece by piece and never beyond the bound that the API root tells.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use tokio_stream::StreamExt as _;

use crate::fault::Fault;
use crate::media::{self, TAXII_21};

/// What can be told from the headers: media type, encoding, and a length that is too long. Nothing of the body is read for it.
pub(super) fn check(request: &Request, most: usize) -> Result<(), Fault> {
    let headers = request.headers();
    let unsupported =
        |title: &str| Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", title);
    if !media::is_taxii(headers) {
        return Err(unsupported("a body here is TAXII 2.1").with("wanted", TAXII_21));
    }
    // A few bytes of a compressed body become any number, and what is stored is what was sent.
    let plain = |field: &axum::http::HeaderValue| field.as_bytes().eq_ignore_ascii_case(b"identity");
    if !headers.get_all(CONTENT_ENCODING).iter().all(plain) {
        return Err(unsupported("a body here is not encoded"));
    }
    if let Some(length) = headers.get(CONTENT_LENGTH) {
        let length: u64 = length
            .to_str()
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Fault::bad("content_length", "`Content-Length` is no number"))?;
        if length > most as u64 {
            return Err(too_long(most));
        }
    }
    Ok(())
}

/// The body, whole; a length that was not told is counted.
pub(super) async fn take(request: Request, most: usize) -> Result<Vec<u8>, Fault> {
    let mut body = request.into_body().into_data_stream();
    let mut bytes = Vec::new();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|_| Fault::bad("body", "the body broke off"))?;
        if bytes.len() + piece.len() > most {
            return Err(too_long(most));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn too_long(most: usize) -> Fault {
    let title = "the body is longer than the API root's max_content_length";
    Fault::too_large("too_long", title).with("max_content_length", most)
}
