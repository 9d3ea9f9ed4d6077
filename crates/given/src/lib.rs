//! For tests and benches alone: what they use where it is at hand, and the project does not ship. What is absent is said aloud
//! and the test passes; in CI (`CI=true`) its absence is a failure.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests use it, and they fail loudly"
)]

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Says that something is absent, and how to get it.
///
/// # Panics
/// In CI, where nothing may be left out.
pub fn absent(what: &str, how: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "CI needs {what}: {how}");
    println!("skipped: no {what}: {how}");
}

/// A file or folder of the data, by its path under `../shared/data`.
///
/// # Panics
/// Where there are data and this is not among them: a test that looks for a wrong name would never run.
pub fn data(part: &str) -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if !shared.is_dir() {
        absent("../shared", "the data lie beside the repository");
        return None;
    }
    let path = shared.join("data").join(part);
    assert!(path.exists(), "{} is absent", path.display());
    Some(path)
}

/// The text of a file of the data; of what it holds where its name ends in `.gz` (RFC 1952).
pub fn text(part: &str) -> Option<String> {
    let bytes = std::fs::read(data(part)?).expect("a file that is there");
    let mut text = String::new();
    if part.ends_with(".gz") {
        flate2::read::MultiGzDecoder::new(bytes.as_slice())
            .read_to_string(&mut text)
            .expect("text under gzip");
    } else {
        text = String::from_utf8(bytes).expect("UTF-8");
    }
    Some(text)
}

/// The files of a folder of the data, in the order of their names.
pub fn files(folder: &str) -> Option<Vec<PathBuf>> {
    let entries = std::fs::read_dir(data(folder)?).expect("a folder that is there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    Some(paths)
}

/// Whether Python has the modules (`import` takes them as they are); `how` installs them.
pub fn python(modules: &str, how: &str) -> bool {
    let found = Command::new("python3").args(["-c", &format!("import {modules}")]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return true;
    }
    absent(modules, how);
    false
}
