//! Addresses (TAXII 2.1, 4 and 5), below `/taxii2/`. Every one ends in a slash.

use crate::fault::Fault;
use crate::query::decode;

/// Where discovery is; everything else stands below.
pub(crate) const BASE: &str = "/taxii2/";

/// What an address names. Roots, collections and objects are as sent, decoded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Resource {
    Discovery,
    Root { root: String },
    Status { root: String, status: String },
    Collections { root: String },
    Collection { root: String, collection: String },
    Manifest { root: String, collection: String },
    Objects { root: String, collection: String },
    Object { root: String, collection: String, object: String },
    Versions { root: String, collection: String, object: String },
}

/// An address, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Address {
    pub(crate) resource: Resource,
    /// Without the last slash: the client is sent to the address with it.
    pub(crate) slash_missing: bool,
}

impl Address {
    /// Reads a path; `None` where nothing is.
    pub(crate) fn read(path: &str) -> Result<Option<Self>, Fault> {
        let slash_missing = !path.ends_with('/');
        let inner = match path.strip_prefix(BASE) {
            Some(inner) => inner,
            None if path == BASE.trim_end_matches('/') => "",
            None => return Ok(None),
        };
        if inner.starts_with('/') {
            return Ok(None);
        }
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        let mut parts = Vec::new();
        if !inner.is_empty() {
            for part in inner.split('/') {
                // In a path a plus sign is itself.
                parts.push(decode(&part.replace('+', "%2B"))?);
            }
        }
        if parts.iter().any(String::is_empty) {
            return Ok(None);
        }
        Ok(Resource::of(&parts).map(|resource| Self { resource, slash_missing }))
    }
}

impl Resource {
    fn of(parts: &[String]) -> Option<Self> {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let own = |text: &str| text.to_owned();
        Some(match parts.as_slice() {
            [] => Self::Discovery,
            [root] => Self::Root { root: own(root) },
            [root, "collections"] => Self::Collections { root: own(root) },
            [root, "status", status] => Self::Status { root: own(root), status: own(status) },
            [root, "collections", collection, rest @ ..] => {
                let (root, collection) = (own(root), own(collection));
                match rest {
                    [] => Self::Collection { root, collection },
                    ["manifest"] => Self::Manifest { root, collection },
                    ["objects"] => Self::Objects { root, collection },
                    ["objects", object] => Self::Object { root, collection, object: own(object) },
                    ["objects", object, "versions"] => {
                        Self::Versions { root, collection, object: own(object) }
                    }
                    _ => return None,
                }
            }
            _ => return None,
        })
    }

    /// The API root and the collection that this is in.
    pub(crate) fn collection(&self) -> Option<(&str, &str)> {
        match self {
            Self::Discovery | Self::Root { .. } | Self::Status { .. } | Self::Collections { .. } => None,
            Self::Collection { root, collection }
            | Self::Manifest { root, collection }
            | Self::Objects { root, collection }
            | Self::Object { root, collection, .. }
            | Self::Versions { root, collection, .. } => Some((root, collection)),
        }
    }

    /// What may be done here, for `Allow` (RFC 9110, 10.2.1). A page of objects has no `HEAD`: what is decided and logged as released
    /// is also sent.
    pub(crate) const fn methods(&self) -> &'static str {
        match self {
            Self::Objects { .. } => "GET, POST",
            Self::Object { .. } => "GET, DELETE",
            Self::Manifest { .. } | Self::Versions { .. } => "GET",
            Self::Discovery
            | Self::Root { .. }
            | Self::Status { .. }
            | Self::Collections { .. }
            | Self::Collection { .. } => "GET, HEAD",
        }
    }

    /// Whether a method may be used here.
    pub(crate) fn allows(&self, method: &str) -> bool {
        self.methods().split(", ").any(|known| known == method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_the_standard_is_read_with_and_without_its_slash() {
        let (root, collection, object) = ("r".to_owned(), "c".to_owned(), "o--1".to_owned());
        let all = [
            ("/taxii2/", Resource::Discovery),
            ("/taxii2/r/", Resource::Root { root: root.clone() }),
            ("/taxii2/r/status/s/", Resource::Status { root: root.clone(), status: "s".to_owned() }),
            ("/taxii2/r/collections/", Resource::Collections { root: root.clone() }),
            (
                "/taxii2/r/collections/c/",
                Resource::Collection { root: root.clone(), collection: collection.clone() },
            ),
            (
                "/taxii2/r/collections/c/manifest/",
                Resource::Manifest { root: root.clone(), collection: collection.clone() },
            ),
            (
                "/taxii2/r/collections/c/objects/",
                Resource::Objects { root: root.clone(), collection: collection.clone() },
            ),
            (
                "/taxii2/r/collections/c/objects/o--1/",
                Resource::Object {
                    root: root.clone(),
                    collection: collection.clone(),
                    object: object.clone(),
                },
            ),
            (
                "/taxii2/r/collections/c/objects/o--1/versions/",
                Resource::Versions { root, collection, object },
            ),
        ];
        for (path, resource) in all {
            let address = |slash_missing| Some(Address { resource: resource.clone(), slash_missing });
            assert_eq!(Address::read(path), Ok(address(false)), "{path}");
            assert_eq!(Address::read(path.trim_end_matches('/')), Ok(address(true)), "{path}");
        }
    }

    #[test]
    fn elsewhere_is_nothing() {
        for path in [
            "/",
            "/taxii2x",
            "/taxii2//",
            "/taxii2//r/",
            "//taxii2/",
            "/taxii2/r/status/",
            "/taxii2/r/objects/",
            "/taxii2/r/collections/c/manifest/o--1/",
            "/taxii2/r/collections/c//objects/",
            "/taxii2/r/collections/c/objects/o--1/versions/v/",
        ] {
            assert_eq!(Address::read(path), Ok(None), "{path}");
        }
        assert!(Address::read("/taxii2/%ff/").is_err());
        let spaced = Address::read("/taxii2/a%2Fb+c/").unwrap().unwrap();
        assert_eq!(spaced.resource, Resource::Root { root: "a/b+c".to_owned() });
    }
}
