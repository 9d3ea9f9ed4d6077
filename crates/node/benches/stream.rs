//! From a sentence on a TCP feed to its vessel's move on the page's stream: a node with its store, fed 5,000
//! sentences a second for 20 s, and one signed-in client. The clock starts when a sentence was due to be sent, so
//! that a node that slows its sender down is not flattered; it stops when the whole message has been read.
//! `-- SECONDS` takes longer; after ten minutes, the lateness bound, the detectors run too. Needs Linux's /proc.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that fails should stop and say so"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use bitacora_ais::messages::PositionA;
use bitacora_ais::{Body, Message, encode_sentences};
use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_bitacora");
const VESSELS: usize = 5_000;
/// A round is a report of every vessel and takes a second.
const ROUNDS: usize = 20;
const PER_SECOND: usize = 5_000;
const BAR_MS: f64 = 200.0;
/// How long the client goes on listening after the last sentence.
const AFTERWARDS: Duration = Duration::from_secs(2);

/// Northward in a second at 12 kn, in 1/10000 minute: 12 minutes of arc an hour.
const STEP: i64 = 33;
/// A nautical mile between vessels, in 1/10000 minute.
const APART: i64 = 10_000;
const COLUMNS: i64 = 71;

fn main() {
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-stream-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&data));
    let token = officer(&data);
    let feed = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("tcp://{}", feed.local_addr().unwrap());
    let rounds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(ROUNDS);
    let mut node = node(&data, &url);
    let address = listening(&mut node);
    let cookie = sign_in(&address, &token);
    let stream = open_stream(&address, &cookie);
    let (mut receiver, _) = feed.accept().unwrap();
    receiver.set_nodelay(true).unwrap();

    let before = processor_seconds(node.id());
    let start = Instant::now() + Duration::from_millis(100);
    let client = thread::spawn(move || listen(stream, start, rounds));
    send(&mut receiver, rounds * VESSELS, start);
    let spent = processor_seconds(node.id()) - before;
    let seconds = start.elapsed().as_secs_f64();
    thread::sleep(AFTERWARDS);
    let peak_kib = high_water_kib(node.id());
    node.kill().unwrap();
    node.wait().unwrap();
    let heard = client.join().unwrap();

    let total = rounds * VESSELS;
    let mut latency = heard.latency_ms;
    latency.sort_by(f64::total_cmp);
    let at = |share: f64| latency[((latency.len() as f64 * share) as usize).min(latency.len() - 1)];
    println!(
        "{total} sentences of {VESSELS} vessels in {seconds:.1} s, {:.0} a second; seen on the stream: {} \
         ({} messages, {} resync)",
        total as f64 / seconds,
        latency.len(),
        heard.messages,
        heard.resyncs
    );
    println!(
        "due to seen  p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, p99.9 {:.1} ms, max {:.1} ms",
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        at(1.0)
    );
    println!(
        "the node used {:.2} of a core and at most {:.0} MiB",
        spent / seconds,
        peak_kib as f64 / 1024.0
    );
    println!(
        "figure|stream, p99 in ms at {PER_SECOND} sentences/s|{:.1}|at most {BAR_MS}|{:.3}",
        at(0.99),
        at(0.99) / BAR_MS
    );
    drop(std::fs::remove_dir_all(&data));
    assert_eq!(latency.len(), total, "sentences that never reached the stream");
}

/// Where vessel `i` is in 1/10000 minute at the start. A grid in open water: nobody meets anybody in 20 s.
fn home(vessel: usize) -> (i64, i64) {
    let (row, column) = (vessel as i64 / COLUMNS, vessel as i64 % COLUMNS);
    (12 * 600_000 + row * APART, -76 * 600_000 + column * APART)
}

const fn mmsi(vessel: usize) -> u32 {
    290_000_000 + vessel as u32 * 37
}

/// Every vessel once a round, each round a little farther north, so that a position says which sentence it was.
fn sentence(number: usize) -> String {
    let (round, vessel) = (number / VESSELS, number % VESSELS);
    let (lat, lon) = home(vessel);
    let report = PositionA {
        status: 0,
        turn: 0,
        speed: 120,
        lat: (lat + STEP * round as i64) as i32,
        lon: lon as i32,
        course: 0,
        heading: 0,
        ..PositionA::NOT_AVAILABLE
    };
    let message = Message::new(1, mmsi(vessel), Body::PositionA(report));
    encode_sentences(&message, "AIVDM", 'A', 0).unwrap().remove(0)
}

fn due(sentence: usize) -> Duration {
    Duration::from_secs_f64(sentence as f64 / PER_SECOND as f64)
}

fn send(receiver: &mut TcpStream, total: usize, start: Instant) {
    let mut next = 0;
    let mut burst = Vec::new();
    while next < total {
        thread::sleep((start + due(next)).saturating_duration_since(Instant::now()));
        let passed = start.elapsed();
        burst.clear();
        while next < total && due(next) <= passed {
            burst.extend_from_slice(sentence(next).as_bytes());
            burst.extend_from_slice(b"\r\n");
            next += 1;
        }
        receiver.write_all(&burst).unwrap();
    }
}

struct Heard {
    /// One for each sentence seen.
    latency_ms: Vec<f64>,
    messages: u64,
    resyncs: u64,
}

/// Reads the stream until the node ends.
fn listen(mut stream: TcpStream, start: Instant, rounds: usize) -> Heard {
    let mut heard = Heard { latency_ms: Vec::with_capacity(VESSELS * rounds), messages: 0, resyncs: 0 };
    let mut seen = vec![false; VESSELS * rounds];
    let (mut held, mut buffer) = (Vec::new(), vec![0; 1 << 18]);
    while let Ok(count) = stream.read(&mut buffer) {
        if count == 0 {
            break;
        }
        let at = start.elapsed();
        held.extend_from_slice(&buffer[..count]);
        while let Some(end) = memchr::memmem::find(&held, b"\n\n") {
            let message: Vec<u8> = held.drain(..end + 2).collect();
            take(std::str::from_utf8(&message).unwrap(), at, &mut seen, &mut heard);
        }
    }
    heard
}

fn take(message: &str, at: Duration, seen: &mut [bool], heard: &mut Heard) {
    let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    match field("event:") {
        Some("vessels") => {}
        Some("resync") => {
            heard.resyncs += 1;
            return;
        }
        _ => return,
    }
    heard.messages += 1;
    let columns: Value = serde_json::from_str(field("data:").unwrap()).unwrap();
    let (numbers, lats) = (columns["mmsi"].as_array().unwrap(), columns["lat"].as_array().unwrap());
    for (number, lat) in numbers.iter().zip(lats) {
        let vessel = ((number.as_u64().unwrap() - u64::from(mmsi(0))) / 37) as usize;
        let moved = (lat.as_f64().unwrap() * 600_000.0).round() as i64 - home(vessel).0;
        // The stream rounds to six decimals, which is less than a unit.
        let round = ((moved + STEP / 2) / STEP) as usize;
        let sentence = round * VESSELS + vessel;
        if !std::mem::replace(&mut seen[sentence], true) {
            heard.latency_ms.push((at.as_secs_f64() - due(sentence).as_secs_f64()) * 1e3);
        }
    }
}

/// Adds a watch officer; gives the token of the one-time link.
fn officer(data: &Path) -> String {
    let output = Command::new(BINARY)
        .args(["officer", "add", "Bench", "--role", "watch", "--data"])
        .arg(data)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let (_, token) = said.trim().rsplit_once("#signin=").expect("a sign-in link");
    token.to_owned()
}

fn node(data: &Path, url: &str) -> Child {
    Command::new(BINARY)
        .args(["node", "--bind", "127.0.0.1:0", "--feed", url, "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn listening(node: &mut Child) -> String {
    BufReader::new(node.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap)
        .find_map(|line| line.strip_prefix("listening http://").map(str::to_owned))
        .expect("the node's address")
}

/// HTTP/1.0, so that the stream comes without chunks around it. `more` is header lines, each with its end.
fn request(address: &str, line: &str, more: &str, body: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).unwrap();
    let length = body.len();
    let head = format!("{line} HTTP/1.0\r\nHost: {address}\r\nContent-Length: {length}\r\n{more}\r\n");
    connection.write_all(format!("{head}{body}").as_bytes()).unwrap();
    connection
}

fn sign_in(address: &str, token: &str) -> String {
    let mut answer = String::new();
    let body = format!("{{\"token\":\"{token}\"}}");
    let mut connection = request(address, "POST /api/session", "Content-Type: application/json\r\n", &body);
    connection.read_to_string(&mut answer).unwrap();
    answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .and_then(|cookie| cookie.split(';').next())
        .unwrap_or_else(|| panic!("signing in: {answer}"))
        .to_owned()
}

/// Opens the stream and waits until it stands.
fn open_stream(address: &str, cookie: &str) -> TcpStream {
    let mut connection = request(address, "GET /api/stream", &format!("Cookie: {cookie}\r\n"), "");
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        connection.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    assert!(head.split(' ').nth(1) == Some("200"), "{head}");
    connection
}

/// User and system time so far, fields 14 and 15 of proc(5)'s stat, in ticks of 10 ms.
fn processor_seconds(process: u32) -> f64 {
    let told = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("needs /proc");
    let (_, after_name) = told.rsplit_once(") ").unwrap();
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks = |field: usize| fields[field - 3].parse::<f64>().unwrap();
    (ticks(14) + ticks(15)) / 100.0
}

fn high_water_kib(process: u32) -> u64 {
    let told = std::fs::read_to_string(format!("/proc/{process}/status")).expect("needs /proc");
    let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}
