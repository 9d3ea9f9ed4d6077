//! A node's transport key and its certificate. The certificate is a coat for the key: nothing in it is believed, and
//! a partner is known by the hash of its public key alone, as pinned in the agreement. Reads and writes no file.

use std::fmt;
use std::str::FromStr;

use bitacora_ledger::hex;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};

/// SHA-256 of a key's SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) in DER: what an agreement pins. Renewing the
/// certificate around a key does not change it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of the key in a certificate; `None` where the bytes are no X.509 certificate.
    pub fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        let parsed = ParsedCertificate::try_from(certificate).ok()?;
        Some(Self(Sha256::digest(parsed.subject_public_key_info()).into()))
    }
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = IdentityError;
    fn from_str(text: &str) -> Result<Self, IdentityError> {
        hex::decode(text).map(Self).ok_or(IdentityError::NotAFingerprint)
    }
}

/// Why a transport key cannot be made or read. Never quotes the key.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("a fingerprint is 64 lower-case hexadecimal digits")]
    NotAFingerprint,
    #[error("the transport key could not be made")]
    NotMade(#[source] rcgen::Error),
    #[error("the {0} is not in PEM form")]
    NotPem(&'static str),
    #[error("the certificate is not an X.509 certificate")]
    NotACertificate,
    #[error("the private key cannot be used with the certificate")]
    NotAPair(#[source] rustls::Error),
}

/// Certificate and private key, the latter never shown.
pub struct Identity {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    fingerprint: Fingerprint,
}

/// What the node stores: the key file must be readable by the node alone.
pub struct IdentityPem {
    pub certificate: String,
    pub key: String,
}

impl Identity {
    /// A new Ed25519 key in a certificate signed by itself.
    pub fn generate() -> Result<IdentityPem, IdentityError> {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).map_err(IdentityError::NotMade)?;
        let mut named = rcgen::CertificateParams::default();
        // Says nothing about the node: the same name for all.
        named.distinguished_name = rcgen::DistinguishedName::new();
        named.distinguished_name.push(rcgen::DnType::CommonName, "bitacora");
        let certificate = named.self_signed(&key).map_err(IdentityError::NotMade)?;
        Ok(IdentityPem { certificate: certificate.pem(), key: key.serialize_pem() })
    }

    /// Reads the two PEM texts; the key must be the certificate's.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, IdentityError> {
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes())
            .map_err(|_| IdentityError::NotPem("certificate"))?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
            .map_err(|_| IdentityError::NotPem("private key"))?;
        let fingerprint = Fingerprint::of(&certificate).ok_or(IdentityError::NotACertificate)?;
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        CertifiedKey::from_der(vec![certificate.clone()], key.clone_key(), &provider)
            .map_err(IdentityError::NotAPair)?;
        Ok(Self { certificate, key, fingerprint })
    }

    pub const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }
    pub(crate) fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![self.certificate.clone()]
    }
    pub(crate) fn key(&self) -> PrivateKeyDer<'static> {
        self.key.clone_key()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("fingerprint", &self.fingerprint).finish_non_exhaustive()
    }
}

impl fmt::Debug for IdentityPem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityPem")
    }
}
