//! Certificates and keys from PEM files (RFC 7468). Errors name the file and never quote it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("`{path}` holds no {what} in PEM form")]
    NotPem { path: PathBuf, what: &'static str },
    #[error("`{path}` holds a certificate that cannot be trusted in: {why}")]
    NotAnAuthority { path: PathBuf, why: String },
    #[error("the system has no certificate authorities that can be read: {why}")]
    NoSystemAuthorities { why: String },
    #[error("TLS cannot be set up: {why}")]
    Setup { why: String },
    #[error("`{path}` and its key cannot be used: {why}")]
    NotAPair { path: PathBuf, why: String },
}

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(default_provider())
}

/// A chain, the holder's own certificate first.
pub(crate) fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, FileError> {
    let none = || FileError::NotPem { path: path.to_owned(), what: "certificate" };
    let read = CertificateDer::pem_file_iter(path).map_err(|_| none())?;
    let chain: Vec<_> = read.collect::<Result<_, _>>().map_err(|_| none())?;
    if chain.is_empty() { Err(none()) } else { Ok(chain) }
}

/// The first private key of a file: PKCS #8, PKCS #1 or SEC 1.
pub(crate) fn key(path: &Path) -> Result<PrivateKeyDer<'static>, FileError> {
    PrivateKeyDer::from_pem_file(path)
        .map_err(|_| FileError::NotPem { path: path.to_owned(), what: "private key" })
}

/// The authorities of a file.
pub(crate) fn authorities(path: &Path) -> Result<RootCertStore, FileError> {
    let mut roots = RootCertStore::empty();
    for certificate in chain(path)? {
        roots
            .add(certificate)
            .map_err(|error| FileError::NotAnAuthority { path: path.to_owned(), why: error.to_string() })?;
    }
    Ok(roots)
}

/// Those that the system trusts. One that cannot be read is left out: systems carry old ones.
pub(crate) fn system_authorities() -> Result<RootCertStore, FileError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let why = found.errors.first().map_or_else(|| "none is there".to_owned(), ToString::to_string);
        return Err(FileError::NoSystemAuthorities { why });
    }
    Ok(roots)
}
