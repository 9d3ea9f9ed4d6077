//! How far a server was polled and pushed to, in a file of its own that is replaced whole: what a crash leaves is the state
//! before or after. Objects are stored before it, so that what comes between comes again, and is known by then.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant as Stopwatch};

use bitacora_primitives::Instant;
use bitacora_taxii::client::{PollState, PushDetail, Pushed};
use serde::{Deserialize, Serialize};

use crate::error::NodeError;
use crate::keys::protected_folder;

/// Writing the state in the middle of a walk takes at most one part in so many of its time.
const SHARE: u32 = 10;
/// Failures of objects that are kept to be shown.
const SHOWN: usize = 20;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct State {
    /// Whose state this is: under another address everything begins anew.
    pub(super) url: String,
    /// By the id of their collection.
    pub(crate) polls: BTreeMap<String, Polling>,
    /// By our alias and the id of their collection.
    pub(crate) pushes: BTreeMap<String, Pushing>,
    /// When the last turn ended.
    pub(crate) last: Option<Instant>,
    /// Until when the server wants to be left alone (RFC 9110, 10.2.3).
    pub(crate) busy_until: Option<Instant>,
    /// Until when we leave it alone, after turns that failed.
    pub(crate) rest_until: Option<Instant>,
    /// Turns in a row that failed.
    pub(crate) failures: u32,
    pub(crate) error: Option<Trouble>,
}

/// Why the last turn failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Trouble {
    pub(crate) at: Instant,
    pub(crate) code: String,
    pub(crate) detail: String,
}

/// One of their collections, as far as it was read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Polling {
    pub(crate) title: String,
    pub(crate) state: PollState,
    pub(crate) taken: u64,
    /// Was in the inbox already, from elsewhere or from a walk that was cut short; what the overlap brings is not counted.
    pub(crate) known: u64,
    pub(crate) refused: u64,
    /// When a walk last came to its end.
    pub(crate) walked: Option<Instant>,
}

/// One of our collections, as far as it was handed to one of theirs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Pushing {
    pub(crate) from: String,
    pub(crate) to: String,
    /// Everything up to this `date_added` of ours was handed over.
    pub(crate) cursor: Option<Instant>,
    /// Everything up to this one is named by a leaf.
    pub(crate) logged: Option<Instant>,
    pub(crate) pushed: u64,
    pub(crate) refused: u64,
    /// Objects of which the server has not said what became of them.
    pub(crate) pending: Vec<Pushed>,
    /// Requests whose end the server did not tell before it forgot them.
    pub(crate) untold: u64,
    /// The last objects that it refused.
    pub(crate) failures: Vec<PushDetail>,
}

impl Pushing {
    pub(crate) fn fail(&mut self, failures: &[PushDetail]) {
        self.failures.extend_from_slice(failures);
        let beyond = self.failures.len().saturating_sub(SHOWN);
        self.failures.drain(..beyond);
    }
}

/// The folder of the states: `DIR/taxii`.
pub(crate) fn folder(data: &Path) -> PathBuf {
    data.join("taxii")
}

/// The state of a server as it lies on disk; a new one where there is none, or none of this address.
pub(crate) fn read(data: &Path, name: &str, url: &str) -> State {
    let path = folder(data).join(format!("{name}.json"));
    let fresh = || State { url: url.to_owned(), ..State::default() };
    let Ok(text) = std::fs::read(&path) else { return fresh() };
    match serde_json::from_slice::<State>(&text) {
        Ok(state) if state.url == url => state,
        Ok(_) => fresh(),
        Err(error) => {
            // Nothing is lost: everything is read again, and what is here is known.
            tracing::warn!(path = %path.display(), %error, "the state of a server is not readable, it begins anew");
            fresh()
        }
    }
}

/// A state that is being worked on.
pub(crate) struct StateFile {
    path: PathBuf,
    pub(crate) state: State,
    saved: Stopwatch,
    cost: Duration,
}

impl StateFile {
    pub(crate) fn open(data: &Path, name: &str, url: &str) -> Result<Self, NodeError> {
        protected_folder(&folder(data))?;
        let path = folder(data).join(format!("{name}.json"));
        let state = read(data, name, url);
        Ok(Self { path, state, saved: Stopwatch::now(), cost: Duration::ZERO })
    }

    /// Durable when this returns.
    pub(crate) fn save(&mut self) -> Result<(), NodeError> {
        let begun = Stopwatch::now();
        replace(&self.path, serde_json::to_string(&self.state)?.as_bytes())?;
        (self.saved, self.cost) = (Stopwatch::now(), begun.elapsed());
        Ok(())
    }

    /// Saves where that is cheap beside what was done since: a state may be megabytes, and a page a few objects.
    pub(crate) fn save_now_and_then(&mut self) -> Result<(), NodeError> {
        if self.saved.elapsed() >= self.cost * SHARE { self.save() } else { Ok(()) }
    }
}

/// Puts a file in another's place, whole and durable.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), NodeError> {
    let staged = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&staged)
        .map_err(NodeError::file(&staged, "created"))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(NodeError::file(&staged, "written"))?;
    std::fs::rename(&staged, path).map_err(NodeError::file(path, "written"))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(NodeError::file(folder, "written"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_kept_and_begins_anew_under_another_address_or_when_broken() {
        let data = std::env::temp_dir().join(format!("bitacora-remote-state-{}", std::process::id()));
        let mut file = StateFile::open(&data, "x", "https://a/").unwrap();
        file.state.failures = 3;
        file.state.polls.insert("c".to_owned(), Polling { taken: 7, ..Polling::default() });
        file.save().unwrap();
        assert_eq!(read(&data, "x", "https://a/").polls["c"].taken, 7);
        assert_eq!(read(&data, "x", "https://b/").failures, 0);
        std::fs::write(folder(&data).join("x.json"), "{\"url\":").unwrap();
        assert_eq!(read(&data, "x", "https://a/").failures, 0);
        std::fs::remove_dir_all(&data).unwrap();
    }
}
