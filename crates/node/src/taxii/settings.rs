//! `[taxii]` of `bitacora.toml`.

use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Who is let in. Without one nothing is served under `/taxii2/`.
    pub(crate) platforms: Vec<Platform>,
}

/// A platform of the node's own country.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Platform {
    pub(crate) name: String,
    /// SHA-256 of its token, 64 hexadecimal digits, as `bitacora taxii token` prints it.
    pub(crate) token_sha256: String,
    /// It may put objects into the collection `inbox`.
    #[serde(default)]
    pub(crate) write: bool,
}
