//! `[taxii]` of `bitacora.toml`.

use std::net::SocketAddr;
use std::path::PathBuf;

use bitacora_primitives::markings::PartyCode;
use serde::Deserialize;

use super::remote::settings::Server;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Who is let in. Without one nothing is served under `/taxii2/`.
    pub(crate) platforms: Vec<Platform>,
    /// Whom this node polls and pushes to.
    pub(crate) servers: Vec<Server>,
    /// Where platforms come in over TLS; without it `/taxii2/` is beside the page alone.
    pub(crate) listen: Option<SocketAddr>,
    /// Certificate chain and key that are shown there, PEM, below the data folder unless absolute.
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    /// Authorities of the platforms' certificates, PEM: with them nobody comes in there without one.
    pub(crate) clients_ca: Option<PathBuf>,
}

/// A platform of the node's own country or, where `partner` is given, of a partner's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Platform {
    pub(crate) name: String,
    /// SHA-256 of its token, 64 hexadecimal digits, as `bitacora taxii token` prints it.
    pub(crate) token_sha256: Option<String>,
    /// SHA-256 of the certificate with which it comes in at `listen`, as `openssl x509 -fingerprint -sha256` prints it.
    pub(crate) certificate_sha256: Option<String>,
    /// It may put objects into the collection `inbox`.
    #[serde(default)]
    pub(crate) write: bool,
    /// The partner whose platform it is: it reads what was released to that partner, where a clause waives the receipt.
    #[serde(default)]
    pub(crate) partner: Option<PartyCode>,
}
