//! What the tests of the binary share: running it, a served node, and a fresh folder for each test. Sentences and
//! HTTP have files of their own.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "each test file takes what it needs, and a test may fail loudly"
)]

pub mod http;
pub mod pair;
pub mod sentences;
pub mod theatre;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bitacora_primitives::Instant as Moment;
use bitacora_store::{
    EventFilter, LeadFilter, PositionQuery, PositionRow, ReceptionQuery, Store, StoredReception,
};

use http::Client;

/// Long enough for a machine under load; only a failing test waits so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A fresh folder of this name.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _absent = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bitacora"));
    command.args(args).env_remove("BITACORA_DATA").env_remove("BITACORA_DATABASE").env("LC_ALL", "C");
    command
}

/// How a run of the binary ended. Whatever happened, it was no panic.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn of(output: std::process::Output) -> Self {
        let ran = Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran
    }

    /// The JSON lines of `--json`, one a recording.
    pub fn summaries(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub fn summary(&self) -> serde_json::Value {
        let mut all = self.summaries();
        assert_eq!(all.len(), 1, "{self:?}");
        all.remove(0)
    }
}

pub fn run(args: &[&str]) -> Ran {
    Ran::of(command(args).stdin(Stdio::null()).output().unwrap())
}

/// Runs with standard input written by `feed`; the other end closing early is no failure of the test.
pub fn run_fed(
    args: &[&str],
    feed: impl FnOnce(&mut ChildStdin) -> std::io::Result<()> + Send + 'static,
) -> (Ran, u64) {
    let mut command = command(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let writer = thread::spawn(move || {
        let _closed = feed(&mut input);
        // The peak is read while the process still waits for the end of its input.
        let peak = peak_kib(&status);
        drop(input);
        peak
    });
    let output = child.wait_with_output().unwrap();
    (Ran::of(output), writer.join().unwrap())
}

/// `VmHWM`, the most memory that the process ever held; 0 where there is no /proc.
pub fn peak_kib(status: &Path) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

/// Starts the binary without waiting for it.
pub fn start(args: &[&str]) -> Child {
    let mut command = command(args);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Polls until there is an answer.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A served node; killed when dropped.
pub struct Node {
    pub child: Child,
    pub address: String,
    errors: Arc<Mutex<String>>,
    /// Kept open, as a terminal would.
    _out: BufReader<ChildStdout>,
}

impl Node {
    /// Starts on a free port and waits for its address.
    pub fn start(data: &Path, more: &[&str]) -> Self {
        let args = [&["node", "--data", text(data), "--bind", "127.0.0.1:0"], more].concat();
        Self::spawn(command(&args))
    }

    /// Starts where no file may grow beyond this size: to the node, a disk that is full.
    pub fn start_within(data: &Path, kib: u32) -> Self {
        let mut shell = Command::new("bash");
        let limited = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
        shell.args(["-c", &limited, env!("CARGO_BIN_EXE_bitacora")]);
        shell.args(["node", "--data", text(data), "--bind", "127.0.0.1:0"]);
        shell.env_remove("BITACORA_DATA").env_remove("BITACORA_DATABASE").env("LC_ALL", "C");
        Self::spawn(shell)
    }

    fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let errors = Arc::new(Mutex::new(String::new()));
        let (mut stderr, kept) = (child.stderr.take().unwrap(), Arc::clone(&errors));
        thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(count @ 1..) = stderr.read(&mut chunk) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&chunk[..count]));
            }
        });
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let address = loop {
            let mut line = String::new();
            let count = out.read_line(&mut line).unwrap();
            assert!(count > 0, "the node ended: {}", errors.lock().unwrap());
            if let Some(address) = line.trim().strip_prefix("listening http://") {
                break address.to_owned();
            }
        };
        Self { child, address, errors, _out: out }
    }

    /// SIGKILL, and gone.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let _gone = self.child.kill();
        self.child.wait().unwrap();
    }

    pub fn errors(&self) -> String {
        self.errors.lock().unwrap().clone()
    }

    /// Adds an officer and signs in.
    pub fn sign_in(&self, data: &Path, name: &str, role: &str) -> Client {
        let mut client = Client::to(&self.address);
        client.sign_in(&officer(data, name, role));
        client
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.end();
        if !thread::panicking() {
            assert!(!self.errors().contains("panicked"), "{}", self.errors());
        }
    }
}

/// The token of a new officer's one-time link.
pub fn officer(data: &Path, name: &str, role: &str) -> String {
    let ran = run(&["officer", "add", name, "--role", role, "--data", text(data)]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.out.split_once("#signin=").unwrap().1.trim().to_owned()
}

/// A generated theatre as a recording.
pub fn theatre(folder: &Path, seed: u32, small: bool) -> PathBuf {
    let (path, seed) = (folder.join(format!("theatre-{seed}.nmea")), seed.to_string());
    let mut args = vec!["scenario", "--seed", &seed, "--out", text(&path)];
    if small {
        args.push("--small");
    }
    assert_eq!(run(&args).code, 0);
    path
}

/// Writes bytes under a name.
pub fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::File::create(&path).and_then(|mut file| file.write_all(bytes)).unwrap();
    path
}

/// Every stored position.
pub fn positions(store: &Store) -> Vec<PositionRow> {
    let Some((from, to)) = store.archive_span().unwrap() else { return Vec::new() };
    let query = PositionQuery { from, to, mmsi: None, limit: usize::MAX / 4 };
    store.positions(&query).unwrap().rows
}

/// Every stored hearing, by source and line.
pub fn receptions(store: &Store) -> Vec<StoredReception> {
    let (from, to) = (Moment::from_micros(i64::MIN), Moment::from_micros(i64::MAX));
    store.receptions(&ReceptionQuery { from, to, kept: None }).unwrap()
}

pub fn stored(data: &Path) -> Vec<PositionRow> {
    positions(&Store::open(data, None).unwrap())
}

/// Everything that a recording gave, without the moments at which it was written down.
#[derive(PartialEq, Debug)]
pub struct Facts {
    pub events: Vec<String>,
    pub leads: Vec<String>,
    pub positions: Vec<PositionRow>,
    pub receptions: Vec<StoredReception>,
}

impl Facts {
    pub fn of(data: &Path) -> Self {
        let store = Store::open(data, None).unwrap();
        let events = store.events(&EventFilter { limit: 1_000_000, ..EventFilter::default() }).unwrap();
        let leads = store.leads(&LeadFilter { limit: 1_000_000, ..LeadFilter::default() }).unwrap();
        let mut events: Vec<String> = events.iter().map(|row| format!("{:?}", row.event)).collect();
        let mut leads: Vec<String> =
            leads.iter().map(|row| format!("{} {} {:?}", row.number, row.state, row.lead)).collect();
        events.sort();
        leads.sort();
        Self { events, leads, positions: positions(&store), receptions: receptions(&store) }
    }
}
