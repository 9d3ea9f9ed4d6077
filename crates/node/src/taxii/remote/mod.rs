//! Other people's TAXII servers: polled into the node's inbox and pushed to from its own collections, on a thread a server while the
//! node runs, or once by a command. Nothing is asked that `bitacora.toml` does not name.
//!
//! One process at a time works on the servers of a data folder: whoever holds `DIR/taxii/lock`. A command beside a running node leaves
//! a wish, a file `NAME.poll-now` or `NAME.push-now`, which the node takes away when it is fulfilled.

mod failed;
mod poll;
mod push;
mod quarantine;
pub(crate) mod settings;
pub(crate) mod state;
mod turn;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use self::push::waiting;
pub(crate) use self::turn::{Place, Wanted, due, take};

use self::settings::Server;
use crate::clock;
use crate::error::NodeError;
use crate::keys::protected_folder;

/// Between two looks at the clock and the wishes.
const TICK: Duration = Duration::from_millis(200);

/// Whoever holds this works on the servers of a data folder.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

/// The first line of the lock's file where a node holds it; the names of its servers follow.
const OF_NODE: &str = "node";

impl Lock {
    /// `None` while another process holds it.
    pub(crate) fn take(data: &Path) -> Result<Option<Self>, NodeError> {
        let path = lock_file(data);
        protected_folder(&state::folder(data))?;
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(NodeError::file(&path, "created"))?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0).map_err(NodeError::file(&path, "written"))?;
                Ok(Some(Self { file }))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(cause)) => Err(NodeError::file(path, "locked")(cause)),
        }
    }

    /// Says that a node holds it, and for which servers.
    fn name(&mut self, servers: &[Server]) -> std::io::Result<()> {
        let names = servers.iter().map(|server| server.name.as_str());
        let lines: Vec<&str> = [OF_NODE].into_iter().chain(names).collect();
        self.file.write_all(lines.join("\n").as_bytes())
    }
}

fn lock_file(data: &Path) -> PathBuf {
    state::folder(data).join("lock")
}

/// Whether the lock is a node's that was started before this server was named.
pub(crate) fn is_unknown_to_the_node(data: &Path, server: &str) -> bool {
    let text = std::fs::read_to_string(lock_file(data)).unwrap_or_default();
    let mut lines = text.lines();
    lines.next() == Some(OF_NODE) && !lines.any(|name| name == server)
}

/// A wish for a turn now.
fn wishes(data: &Path, server: &str) -> [PathBuf; 2] {
    let folder = state::folder(data);
    ["poll-now", "push-now"].map(|what| folder.join(format!("{server}.{what}")))
}

/// Leaves a wish for the process that holds the lock.
pub(crate) fn wish(data: &Path, server: &str, wanted: Wanted) -> Result<(), NodeError> {
    let [poll, push] = wishes(data, server);
    for (path, is_wanted) in [(poll, wanted.poll), (push, wanted.push)] {
        if is_wanted {
            File::create(&path).map_err(NodeError::file(&path, "created"))?;
        }
    }
    Ok(())
}

/// What is wished for and not fulfilled.
pub(crate) fn wished(data: &Path, server: &str) -> Wanted {
    let [poll, push] = wishes(data, server).map(|path| path.exists());
    Wanted { poll, push }
}

/// Takes wishes away.
pub(crate) fn fulfilled(data: &Path, server: &str, wanted: Wanted) {
    let [poll, push] = wishes(data, server);
    for (path, is_wanted) in [(poll, wanted.poll), (push, wanted.push)] {
        if is_wanted {
            // One that is gone already was fulfilled.
            drop(std::fs::remove_file(path));
        }
    }
}

/// Takes turns with each server until the node stops.
pub(crate) fn keep(place: &Place, servers: &[Server]) -> Result<(), NodeError> {
    let servers = servers.to_vec();
    if servers.is_empty() {
        return Ok(());
    }
    let place = place.clone();
    let begin = move || {
        // A command may hold it for the length of its turn.
        let mut lock = loop {
            match Lock::take(place.data()) {
                Ok(Some(lock)) => break lock,
                Ok(None) => {}
                Err(error) => return tracing::error!(%error, "the TAXII servers are not polled"),
            }
            if place.stopped() {
                return;
            }
            std::thread::sleep(TICK);
        };
        if let Err(error) = lock.name(&servers) {
            return tracing::error!(%error, "the TAXII servers are not polled");
        }
        std::thread::scope(|scope| {
            for server in &servers {
                scope.spawn(|| turns(&place, server));
            }
        });
        drop(lock);
    };
    let thread = std::thread::Builder::new().name("taxii-servers".to_owned()).spawn(begin);
    thread.map(drop).map_err(|cause| NodeError::Thread { cause })
}

fn turns(place: &Place, server: &Server) {
    let data = place.data();
    let Ok(url) = server.address() else { return };
    let mut state = state::read(data, &server.name, url.as_str());
    while !place.stopped() {
        let wished = wished(data, &server.name);
        let is_wished = wished != Wanted::default();
        if is_wished || turn::is_due(&state, server.every_s, clock::now()) {
            let wanted = if is_wished { wished } else { Wanted { poll: true, push: true } };
            match take(place, server, wanted, &mut |_| {}) {
                Ok((after, failed)) => {
                    if let Some(failed) = failed {
                        tracing::warn!(server = server.name, code = failed.code(), error = %failed, "a TAXII server");
                    }
                    state = after;
                    // Where there is nothing to do, there is nothing to keep of it either.
                    state.last.get_or_insert_with(clock::now);
                }
                Err(error) => {
                    tracing::error!(server = server.name, %error, "a turn with a TAXII server is not kept");
                    // As after a turn that failed, though nothing could be written of it.
                    state.last = Some(clock::now());
                }
            }
            fulfilled(data, &server.name, wished);
        }
        std::thread::sleep(TICK);
    }
}
