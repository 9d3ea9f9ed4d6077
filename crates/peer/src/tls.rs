//! The two TLS configurations, as narrow as they go: TLS 1.3 alone, both ends with a certificate, no resumption, no
//! early data, no server name in clear. The first key exchange offered is the hybrid one, so that what is recorded
//! today stays closed to a quantum computer (X25519MLKEM768).

use std::collections::BTreeSet;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{default_provider, kx_group};
use rustls::server::NoServerSessionStorage;
use rustls::version::TLS13;
use rustls::{ClientConfig, Error, ServerConfig};

use crate::identity::{Fingerprint, Identity};
use crate::pins::{PinVerifier, Pins};

/// Names the protocol and its version within the handshake (RFC 7301).
pub(crate) const ALPN: &[u8] = b"bitacora/1";

fn provider() -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider {
        kx_groups: vec![kx_group::X25519MLKEM768, kx_group::X25519],
        ..default_provider()
    })
}

pub(crate) fn server(identity: &Identity, pins: Arc<Pins>) -> Result<ServerConfig, Error> {
    let provider = provider();
    let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(PinVerifier::new(pins, None, provider))
        .with_single_cert(identity.chain(), identity.key())?;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(config)
}

/// For one partner, who may answer with any of these keys as long as it is pinned.
pub(crate) fn client(
    identity: &Identity,
    pins: Arc<Pins>,
    keys: BTreeSet<Fingerprint>,
) -> Result<ClientConfig, Error> {
    let provider = provider();
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(PinVerifier::new(pins, Some(keys), provider))
        .with_client_auth_cert(identity.chain(), identity.key())?;
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    config.enable_sni = false;
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(config)
}
