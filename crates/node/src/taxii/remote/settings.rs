//! `[[taxii.servers]]` of `bitacora.toml`: whom this node polls and pushes to. What stands here is checked at the start, so that
//! a mistake is seen then and not at the first turn.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use url::{Host, Url};

use crate::config::Config;
use crate::error::NodeError;
use crate::exchange::installed::installed;

/// Paths are below the data folder unless they are absolute.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    /// As the log and the files name it: small letters, digits and hyphens.
    pub(crate) name: String,
    /// The discovery address, or that of an API root.
    pub(crate) url: String,
    /// A file that holds the token, readable by its owner alone.
    token: Option<PathBuf>,
    user: Option<String>,
    /// A file that holds the password.
    password: Option<PathBuf>,
    /// Authorities in place of the system's, PEM.
    pub(crate) ca: Option<PathBuf>,
    /// Our own certificate and its key, PEM.
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    /// `http://` to another machine.
    #[serde(default)]
    pub(crate) allow_plain: bool,
    /// Collections by id, alias or title.
    #[serde(default)]
    pub(crate) poll: Vec<String>,
    #[serde(default)]
    pub(crate) push: Vec<Push>,
    /// Between two turns.
    #[serde(default = "every_s")]
    pub(crate) every_s: u32,
    /// It is a partner's: nothing is pushed there, since what a partner gets passes the gate.
    #[serde(default)]
    partner: bool,
}

/// What is pushed where.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Push {
    /// A collection of this node, by its alias.
    pub(crate) from: String,
    /// One of theirs, by id, alias or title.
    pub(crate) to: String,
}

const fn every_s() -> u32 {
    300
}

/// The longest rest that may be asked for.
const DAY_S: u32 = 86_400;

impl Server {
    /// Its address.
    pub(crate) fn address(&self) -> Result<Url, NodeError> {
        let wrong = |why: &str| self.wrong(format!("`{}` {why}", self.url));
        let mut url: Url = self.url.parse().map_err(|_| wrong("is no address"))?;
        if !["http", "https"].contains(&url.scheme()) || url.host().is_none() {
            return Err(wrong("is neither http:// nor https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("holds a secret: put it into a file of its own"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("has more than a path"));
        }
        if url.scheme() == "http" && !self.allow_plain && !is_loopback(&url) {
            return Err(wrong("is not encrypted: use https://, or write allow_plain = true"));
        }
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Ok(url)
    }

    /// The whole value of `Authorization`, read anew each time, so that a secret that was changed holds at once.
    pub(crate) fn authorization(&self, data: &Path) -> Result<Option<String>, NodeError> {
        match (&self.token, &self.user, &self.password) {
            (None, None, None) => Ok(None),
            (Some(token), None, None) => Ok(Some(format!("Bearer {}", self.secret(&data.join(token))?))),
            (None, Some(user), Some(password)) => {
                // RFC 7617, 2: a colon ends the name.
                if user.contains(':') {
                    return Err(self.wrong("a user's name has no colon".to_owned()));
                }
                let pair = format!("{user}:{}", self.secret(&data.join(password))?);
                Ok(Some(format!("Basic {}", STANDARD.encode(pair))))
            }
            _ => Err(self.wrong("it has either `token`, or `user` and `password`".to_owned())),
        }
    }

    /// Our certificate and key for this server, where it has them.
    pub(crate) fn pair(&self, data: &Path) -> Option<(PathBuf, PathBuf)> {
        Some((data.join(self.certificate.as_ref()?), data.join(self.key.as_ref()?)))
    }

    fn secret(&self, path: &Path) -> Result<String, NodeError> {
        let unreadable = |error: std::io::Error| self.wrong(format!("`{}`: {error}", path.display()));
        let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(self.wrong(format!("others may read `{}`: chmod 600", path.display())));
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let secret = text.trim();
        let visible = |one: char| one.is_ascii() && !one.is_ascii_control();
        if secret.is_empty() || !secret.chars().all(visible) {
            return Err(self.wrong(format!("`{}` is not one line of ASCII", path.display())));
        }
        Ok(secret.to_owned())
    }

    fn wrong(&self, why: String) -> NodeError {
        NodeError::TaxiiServer { server: self.name.clone(), why }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
        None => false,
    }
}

/// Everything that can be wrong before a connection is made.
pub(crate) fn check(config: &Config, data: &Path) -> Result<(), NodeError> {
    let servers = &config.taxii.servers;
    if servers.is_empty() {
        return Ok(());
    }
    let agreements: Vec<String> =
        installed(data)?.keys().map(|agreement| agreement.as_str().to_lowercase()).collect();
    let mut names: BTreeSet<&str> = config.taxii.platforms.iter().map(|one| one.name.as_str()).collect();
    for server in servers {
        let fits = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
        if server.name.is_empty() || server.name.len() > 64 || !server.name.chars().all(fits) {
            return Err(server.wrong("a name is 1 to 64 small letters, digits and hyphens".to_owned()));
        }
        if !names.insert(&server.name) {
            return Err(server.wrong("another server or platform has this name".to_owned()));
        }
        if server.every_s == 0 || server.every_s > DAY_S {
            return Err(server.wrong("`every_s` is 1 to 86400".to_owned()));
        }
        if server.certificate.is_some() != server.key.is_some() {
            return Err(server.wrong("`certificate` and `key` go together".to_owned()));
        }
        let url = server.address()?;
        server.authorization(data)?;
        let dialled = config.exchange.partners.iter().any(|partner| is_host(&partner.dial, &url));
        if !server.push.is_empty() && (server.partner || dialled) {
            let why = "it is a partner's: what a partner gets passes the gate, and is not pushed";
            return Err(server.wrong(why.to_owned()));
        }
        for push in &server.push {
            if !is_ours(&push.from, &agreements) {
                let why = format!(
                    "`{}` is not pushed: only {{agreement}}-{{subject}} and own-{{subject}} are",
                    push.from
                );
                return Err(server.wrong(why));
            }
        }
    }
    Ok(())
}

/// Whether `host:port` is on the host of an address.
fn is_host(dial: &str, url: &Url) -> bool {
    let host = dial.rsplit_once(':').map_or(dial, |(host, _)| host);
    url.host_str().is_some_and(|own| own.eq_ignore_ascii_case(host))
}

/// Whether a collection holds what the node shows its own country's platforms of its own: `{agreement}-{subject}` or `own-{subject}`.
/// The inbox is others'.
fn is_ours(alias: &str, agreements: &[String]) -> bool {
    let under = agreements.iter().map(String::as_str).chain(["own"]);
    let subject = |under: &str| alias.strip_prefix(under).and_then(|rest| rest.strip_prefix('-'));
    under.filter_map(subject).any(|subject| !subject.is_empty() && !subject.contains('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> Server {
        toml::from_str(&format!("name = \"x\"\n{text}")).unwrap()
    }

    #[test]
    fn an_address_is_encrypted_unless_it_stays_here_or_is_said_not_to_be() {
        let address = |text: &str| server(text).address().map(String::from);
        assert_eq!(address("url = \"https://t.example/taxii2\"").unwrap(), "https://t.example/taxii2/");
        for here in ["localhost:5000", "127.0.0.1:5000", "[::1]:5000"] {
            let text = format!("url = \"http://{here}/taxii2/\"");
            assert_eq!(address(&text).unwrap(), format!("http://{here}/taxii2/"));
        }
        for bad in [
            "http://t.example/taxii2/",
            "http://localhost.example/",
            "ftp://t.example/",
            "t.example",
            "https://ana:secret@t.example/",
            "https://t.example/?x=1",
        ] {
            let error = address(&format!("url = \"{bad}\"")).unwrap_err().to_string();
            assert!(error.contains('x'), "{error}");
        }
        assert!(address("url = \"http://t.example/\"\nallow_plain = true").is_ok());
    }

    #[test]
    fn only_what_is_the_node_s_own_is_pushed() {
        let agreements = ["co-us-mar".to_owned()];
        for ours in ["own-lead", "co-us-mar-vessel"] {
            assert!(is_ours(ours, &agreements), "{ours}");
        }
        for not in ["inbox", "own", "own-", "co-us-mar", "co-us-mar-lead-us", "us-mar-lead", "co-us-marlead"]
        {
            assert!(!is_ours(not, &agreements), "{not}");
        }
    }

    #[test]
    fn a_secret_that_others_may_read_is_not_used() {
        let data = std::env::temp_dir().join(format!("bitacora-remote-secret-{}", std::process::id()));
        std::fs::create_dir_all(&data).unwrap();
        let path = data.join("t");
        std::fs::write(&path, "abc\n").unwrap();
        let with = |mode: u32, text: &str| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            server(text).authorization(&data)
        };
        let token = "url = \"https://t.example/\"\ntoken = \"t\"";
        assert!(with(0o644, token).unwrap_err().to_string().contains("chmod 600"));
        assert_eq!(with(0o600, token).unwrap().as_deref(), Some("Bearer abc"));
        let password = "url = \"https://t.example/\"\nuser = \"ana\"\npassword = \"t\"";
        assert_eq!(with(0o600, password).unwrap().as_deref(), Some("Basic YW5hOmFiYw=="));
        assert!(with(0o600, "url = \"https://t.example/\"\nuser = \"ana\"").is_err());
        std::fs::remove_dir_all(&data).unwrap();
    }
}
