//! `bitacora.toml` in the data folder, optional: every setting has a default.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use bitacora_sea::Parameters;
use bitacora_sea::indications::UsualPlace;
use serde::Deserialize;

use crate::cli::DataArgs;
use crate::error::NodeError;
use crate::exchange::settings::Settings;

/// Where the page is served unless told otherwise.
pub(crate) const DEFAULT_BIND: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8750);

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) node: NodeSettings,
    /// PostgreSQL URL; SQLite in the data folder when absent.
    pub(crate) database: Option<String>,
    pub(crate) bind: Option<SocketAddr>,
    /// Further host names under which the page is asked for.
    pub(crate) hosts: Vec<String>,
    /// tcp://host:port, udp://host:port
    pub(crate) feeds: Vec<String>,
    pub(crate) sea: Parameters,
    /// How long a live feed's reports are waited for, seconds: an officer would rather hear of a meeting two minutes
    /// later than ten. What comes later still is stored and revises gaps. Recordings wait `sea.lateness`.
    pub(crate) live_lateness_s: u32,
    /// Port approaches, anchorages, pilot stations, fishing grounds.
    pub(crate) places: Vec<UsualPlace>,
    pub(crate) exchange: Settings,
    pub(crate) taxii: crate::taxii::Settings,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NodeSettings {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl Default for NodeSettings {
    fn default() -> Self {
        Self { id: "node".to_owned(), name: "Bitácora".to_owned() }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            node: NodeSettings::default(),
            database: None,
            bind: None,
            hosts: Vec::new(),
            feeds: Vec::new(),
            sea: watch_parameters(),
            live_lateness_s: 120,
            places: Vec::new(),
            exchange: Settings::default(),
            taxii: crate::taxii::Settings::default(),
        }
    }
}

/// The detectors as a watch uses them. Motion within 15 m of the last kept fix is swinging and receiver noise: it
/// costs a port's worth of pair work and tells an encounter nothing.
fn watch_parameters() -> Parameters {
    let mut parameters = Parameters::default();
    parameters.encounter.still_m = 15.0;
    parameters
}

/// The data folder of a command: the option, else BITACORA_DATA, else the user's data folder.
pub(crate) fn data_folder(args: &DataArgs) -> PathBuf {
    let named = args.data.clone().or_else(|| std::env::var_os("BITACORA_DATA").map(PathBuf::from));
    named.unwrap_or_else(|| {
        let base = std::env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")));
        base.unwrap_or_else(|| PathBuf::from(".")).join("bitacora")
    })
}

impl Config {
    pub(crate) fn load(folder: &Path) -> Result<Self, NodeError> {
        let path = folder.join("bitacora.toml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            // A file in the folder's place is the store's to report.
            Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => return Ok(Self::default()),
            Err(error) => return Err(NodeError::file(path, "read")(error)),
        };
        toml::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.get(..start).map_or(1, |before| before.matches('\n').count() + 1);
            NodeError::Config { path, line, why: error.message().to_owned() }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_settings_are_read() {
        let page = include_str!("../../../docs/configuration.md");
        let example = page.split("```toml").nth(1).unwrap().split("```").next().unwrap();
        let config: Config = toml::from_str(example).unwrap();
        assert_eq!((config.node.id.as_str(), config.feeds.len(), config.places.len()), ("CO-ARC-1", 2, 1));
        assert_eq!(config.sea.gap.min_duration.hours_f64(), 6.0);
        assert_eq!(config.live_lateness_s, 120);
    }

    #[test]
    fn every_setting_has_a_default_and_a_wrong_one_names_its_line() {
        let folder = std::env::temp_dir().join(format!("bitacora-config-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        assert_eq!(Config::load(&folder).unwrap().node.id, "node");
        std::fs::write(folder.join("bitacora.toml"), "[node]\nid = \"CO-1\"\nname = \"Armada\"\n").unwrap();
        assert_eq!(Config::load(&folder).unwrap().node.id, "CO-1");
        std::fs::write(folder.join("bitacora.toml"), "[node]\nid = \"CO-1\"\n\nbnd = 3\n").unwrap();
        let error = Config::load(&folder).unwrap_err();
        assert!(matches!(error, NodeError::Config { line: 4, .. }), "{error}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
