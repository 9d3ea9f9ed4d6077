//! What a server offers (TAXII 2.1, 4.1, 4.2, 5.1).

use serde::Deserialize;
use url::Url;

use super::{Client, ClientError, Transport};

/// The API roots of a server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Discovered {
    pub title: String,
    /// The default first, where there is one. Each ends in a slash.
    pub roots: Vec<Url>,
    /// Roots on other servers, and what is no address: for people to look at, not followed.
    pub elsewhere: Vec<String>,
}

/// An API root.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct RemoteRoot {
    pub title: String,
    #[serde(default)]
    pub versions: Vec<String>,
    /// Bytes of the longest body that it takes.
    pub max_content_length: u64,
}

/// A collection.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct RemoteCollection {
    pub id: String,
    pub title: String,
    pub description: Option<String>,
    pub alias: Option<String>,
    pub can_read: bool,
    pub can_write: bool,
    #[serde(default)]
    pub media_types: Vec<String>,
}

#[derive(Deserialize)]
struct Discovery {
    title: String,
    default: Option<String>,
    #[serde(default)]
    api_roots: Vec<String>,
}

#[derive(Deserialize)]
struct Collections {
    #[serde(default)]
    collections: Vec<RemoteCollection>,
}

impl Client {
    /// Asks the discovery address that the client was made with. Roots may be relative to it (4.1.1).
    pub fn discover(&self, transport: &mut dyn Transport) -> Result<Discovered, ClientError> {
        let fetched = self.get(transport, self.url.clone())?;
        let discovery: Discovery = fetched.read()?;
        let mut found = Discovered { title: discovery.title, roots: Vec::new(), elsewhere: Vec::new() };
        for text in discovery.default.into_iter().chain(discovery.api_roots) {
            let near = self.url.join(&text).ok().filter(|url| url.origin() == self.url.origin()).map(slashed);
            match near {
                Some(url) if !found.roots.contains(&url) => found.roots.push(url),
                None if !found.elsewhere.contains(&text) => found.elsewhere.push(text),
                _ => {}
            }
        }
        Ok(found)
    }

    pub fn root(&self, transport: &mut dyn Transport, root: &Url) -> Result<RemoteRoot, ClientError> {
        self.get(transport, slashed(root.clone()))?.read()
    }

    pub fn collections(
        &self,
        transport: &mut dyn Transport,
        root: &Url,
    ) -> Result<Vec<RemoteCollection>, ClientError> {
        let fetched = self.get(transport, below(root, &["collections"])?)?;
        Ok(fetched.read::<Collections>()?.collections)
    }
}

fn slashed(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    url
}

/// An address below a root, its parts encoded, with its slash.
pub(super) fn below(root: &Url, parts: &[&str]) -> Result<Url, ClientError> {
    let mut url = root.clone();
    match url.path_segments_mut() {
        Ok(mut segments) => drop(segments.pop_if_empty().extend(parts).push("")),
        Err(()) => return Err(ClientError::Elsewhere(root.to_string())),
    }
    Ok(url)
}
