//! Who may connect: exactly the keys pinned in the agreements in force. No authority, name or date in a certificate
//! counts. Rotation adds a key and later removes one; a removed key's open connections end.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use tokio::sync::watch;

use crate::identity::Fingerprint;

/// The keys that may connect, shared by every connection.
#[derive(Debug)]
pub struct Pins {
    keys: watch::Sender<BTreeSet<Fingerprint>>,
}

impl Pins {
    pub fn new(keys: BTreeSet<Fingerprint>) -> Arc<Self> {
        Arc::new(Self { keys: watch::Sender::new(keys) })
    }
    pub fn holds(&self, key: &Fingerprint) -> bool {
        self.keys.borrow().contains(key)
    }
    /// The whole set anew: links of keys that are no longer in it end.
    pub fn replace(&self, keys: BTreeSet<Fingerprint>) {
        self.keys.send_replace(keys);
    }
    pub fn add(&self, key: Fingerprint) {
        self.keys.send_modify(|keys| {
            keys.insert(key);
        });
    }
    /// No new connection of this key, and its open ones end. Says whether it was pinned.
    pub fn revoke(&self, key: &Fingerprint) -> bool {
        self.keys.send_if_modified(|keys| keys.remove(key))
    }

    /// Ends when the key is not pinned, at once if it is not now.
    pub(crate) async fn revoked(&self, key: &Fingerprint) {
        // The sender lives as long as `self`: waiting cannot fail.
        drop(self.keys.subscribe().wait_for(|keys| !keys.contains(key)).await);
    }
    /// Ends when any of these keys is pinned, at once if one is now.
    pub(crate) async fn any_pinned(&self, wanted: &BTreeSet<Fingerprint>) {
        drop(self.keys.subscribe().wait_for(|keys| !keys.is_disjoint(wanted)).await);
    }
}

/// Judges the other end's certificate on either side of a handshake.
#[derive(Debug)]
pub(crate) struct PinVerifier {
    pins: Arc<Pins>,
    /// When dialling: the keys of the partner that was dialled. Another partner's does not do.
    only: Option<BTreeSet<Fingerprint>>,
    provider: Arc<CryptoProvider>,
}

impl PinVerifier {
    pub(crate) fn new(
        pins: Arc<Pins>,
        only: Option<BTreeSet<Fingerprint>>,
        provider: Arc<CryptoProvider>,
    ) -> Arc<Self> {
        Arc::new(Self { pins, only, provider })
    }

    fn judge(&self, certificate: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Result<(), Error> {
        let refused = || Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure);
        let key = Fingerprint::of(certificate).ok_or_else(refused)?;
        let dialled = self.only.as_ref().is_none_or(|only| only.contains(&key));
        if others.is_empty() && dialled && self.pins.holds(&key) { Ok(()) } else { Err(refused()) }
    }

    /// The handshake's signature proves that the other end holds the pinned key (RFC 8446, 4.4.3).
    fn signed(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn only_tls13() -> Error {
    Error::General("TLS 1.2 is not spoken".to_owned())
}

impl ServerCertVerifier for PinVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge(end_entity, intermediates).map(|()| ServerCertVerified::assertion())
    }
    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(only_tls13())
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed(message, cert, dss)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }
}

impl ClientCertVerifier for PinVerifier {
    fn client_auth_mandatory(&self) -> bool {
        true
    }
    /// No hint whom this node knows.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }
    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.judge(end_entity, intermediates).map(|()| ClientCertVerified::assertion())
    }
    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(only_tls13())
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed(message, cert, dss)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }
}
