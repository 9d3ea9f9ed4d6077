//! The control socket of a running node: one request a line, one reply a line, for whoever owns the data folder. Never
//! reachable from a network.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::desk::Desk;
use super::request::{Reply, Request};
use crate::error::NodeError;

/// A request is short; more is not read.
const MAX_REQUEST_BYTES: u64 = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(30);

fn socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// Answers until the process ends, each request on a thread of its own: a stop never waits behind another request.
pub(crate) fn serve(data: &Path, desk: Arc<Desk>) -> Result<(), NodeError> {
    let path = socket(data);
    // The lock on the exchange is held: a socket that is there was left by a process that ended.
    drop(std::fs::remove_file(&path));
    let listener = UnixListener::bind(&path).map_err(NodeError::file(&path, "created"))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))
        .map_err(NodeError::file(&path, "protected"))?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let desk = Arc::clone(&desk);
            std::thread::spawn(move || {
                if let Err(error) = answer(&stream, &desk) {
                    tracing::debug!(%error, "a console went away");
                }
            });
        }
    });
    Ok(())
}

fn answer(stream: &UnixStream, desk: &Desk) -> std::io::Result<()> {
    use std::io::Read as _;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new(stream.take(MAX_REQUEST_BYTES)).read_line(&mut line)?;
    let reply = match serde_json::from_str::<Request>(&line) {
        Ok(request) => desk.carry_out(request),
        Err(error) => Reply::Refused { code: "request".to_owned(), detail: error.to_string() },
    };
    let mut text = serde_json::to_string(&reply)?;
    text.push('\n');
    let mut stream = stream;
    stream.write_all(text.as_bytes())
}

/// Asks a running node; `None` where none runs.
pub(crate) fn ask(data: &Path, request: &Request) -> Result<Option<Reply>, NodeError> {
    let path = socket(data);
    let Ok(mut stream) = UnixStream::connect(&path) else { return Ok(None) };
    let mut text = serde_json::to_string(request)?;
    text.push('\n');
    stream.write_all(text.as_bytes()).map_err(NodeError::file(&path, "written"))?;
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line).map_err(NodeError::file(&path, "read"))?;
    Ok(Some(serde_json::from_str(&line)?))
}
