//! Accepts TLS connections and hands their requests to routes, each with the certificate that the client showed and that was
//! verified. Whoever cannot shake hands in time, or at all, is told nothing but what TLS says.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use bitacora_taxii::ClientCertificate;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use sha2::{Digest as _, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::files::{self, FileError};

/// Connections at once; one more is closed unheard.
const CONNECTIONS: usize = 256;
const HANDSHAKE: Duration = Duration::from_secs(10);
/// For the head of a request, and for the silence between two.
const HEAD: Duration = Duration::from_secs(30);
const HEAD_BYTES: usize = 64 << 10;
/// After an accept that failed, as when files run out.
const REST: Duration = Duration::from_millis(100);

/// What the listener shows, and whom it believes. PEM files.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    pub certificate: &'a Path,
    pub key: &'a Path,
    /// Authorities of clients: with them, nobody comes in without a certificate of theirs. Without, none is asked for.
    pub clients_ca: Option<&'a Path>,
}

/// TLS 1.2 or 1.3 with what the files hold.
pub fn accepting(identity: Identity<'_>) -> Result<Arc<ServerConfig>, FileError> {
    let path = identity.certificate;
    let builder = ServerConfig::builder_with_provider(files::provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| FileError::Setup { why: error.to_string() })?;
    let builder =
        match identity.clients_ca {
            None => builder.with_no_client_auth(),
            Some(ca) => {
                let roots = Arc::new(files::authorities(ca)?);
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, files::provider()).build();
                builder.with_client_cert_verifier(verifier.map_err(|error| FileError::NotAnAuthority {
                    path: ca.to_owned(),
                    why: error.to_string(),
                })?)
            }
        };
    let (chain, key) = (files::chain(path)?, files::key(identity.key)?);
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(|error| FileError::NotAPair { path: path.to_owned(), why: error.to_string() })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Serves the routes until it is dropped.
pub async fn serve(listener: TcpListener, tls: Arc<ServerConfig>, routes: Router) {
    let acceptor = TlsAcceptor::from(tls);
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection is not accepted");
                sleep(REST).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&free).try_acquire_owned() else { continue };
        let (acceptor, routes) = (acceptor.clone(), routes.clone());
        tokio::spawn(async move {
            answer(stream, acceptor, routes).await;
            drop(place);
        });
    }
}

async fn answer(stream: TcpStream, acceptor: TlsAcceptor, routes: Router) {
    drop(stream.set_nodelay(true));
    let stream = match timeout(HANDSHAKE, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return tracing::debug!(%error, "no TLS with a client"),
        Err(_) => return tracing::debug!("a client took too long to shake hands"),
    };
    let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
    let routes = match shown {
        Some(own) => routes.layer(Extension(ClientCertificate(Sha256::digest(own).into()))),
        None => routes,
    };
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    if let Err(error) = served.await {
        tracing::debug!(%error, "a connection ended early");
    }
}
