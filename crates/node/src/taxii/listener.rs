//! `[taxii] listen`: the platforms' door over TLS, for those that are not on this machine. Only `/taxii2/` is behind it, never the page.

use std::path::Path;

use axum::Router;
use bitacora_https::{Identity, accepting, serve};
use tokio::net::TcpListener;

use super::Settings;
use crate::error::NodeError;

/// Binds and serves until the runtime ends; nothing where `listen` is not set.
pub(crate) async fn listen(
    settings: &Settings,
    data: &Path,
    routes: Option<Router>,
) -> Result<(), NodeError> {
    let Some(address) = settings.listen else { return Ok(()) };
    let wrong = |why: &str| NodeError::TaxiiListen { why: why.to_owned() };
    let routes = routes.ok_or_else(|| wrong("no platform is let in: [[taxii.platforms]] is empty"))?;
    let (certificate, key) = (settings.certificate.as_ref(), settings.key.as_ref());
    let (certificate, key) =
        certificate.zip(key).ok_or_else(|| wrong("`certificate` or `key` is missing"))?;
    let by_certificate = settings.platforms.iter().any(|platform| platform.certificate_sha256.is_some());
    if by_certificate && settings.clients_ca.is_none() {
        return Err(wrong("a platform has `certificate_sha256`, and `clients_ca` is missing"));
    }
    let (certificate, key) = (data.join(certificate), data.join(key));
    let clients_ca = settings.clients_ca.as_ref().map(|path| data.join(path));
    let identity = Identity { certificate: &certificate, key: &key, clients_ca: clients_ca.as_deref() };
    let tls = accepting(identity).map_err(|error| NodeError::TaxiiListen { why: error.to_string() })?;
    let listener = TcpListener::bind(address).await.map_err(|cause| NodeError::Bind { address, cause })?;
    let address = listener.local_addr().map_err(|cause| NodeError::Bind { address, cause })?;
    tracing::info!(%address, "platforms come in over TLS");
    tokio::spawn(serve(listener, tls, routes));
    Ok(())
}
