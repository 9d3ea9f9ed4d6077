//! The connection against servers that are slow, endless or want it elsewhere. They speak from threads, byte by byte.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bitacora_https::{Bounds, Connection, Trust};
use bitacora_primitives::Instant as Moment;
use bitacora_taxii::client::{Client, ClientError, ClientLimits, PollState, Polled};
use url::Url;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/taxii+json;version=2.1\r\n";
const BOUNDS: Bounds = Bounds {
    connect: Duration::from_millis(500),
    idle: Duration::from_millis(300),
    whole: Duration::from_millis(900),
};
/// Far more than any bound here.
const LATE: Duration = Duration::from_secs(20);

struct Served {
    url: Url,
    connections: Arc<AtomicUsize>,
}

/// Answers each connection with a thread of its own.
fn served(answer: impl Fn(TcpStream) + Send + Sync + 'static) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/taxii2/", listener.local_addr().unwrap()).parse().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let (counted, answer) = (Arc::clone(&connections), Arc::new(answer));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::SeqCst);
            let answer = Arc::clone(&answer);
            thread::spawn(move || answer(stream));
        }
    });
    Served { url, connections }
}

/// Reads one request's head; whether there was one.
fn heard(stream: &mut TcpStream) -> bool {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return false,
        }
    }
    true
}

fn connection() -> Connection {
    Connection::new(Trust::default(), BOUNDS).unwrap()
}

fn poll(served: &Served, connection: &mut Connection) -> Result<Polled, ClientError> {
    let limits = ClientLimits { answer_bytes: 1 << 20, ..ClientLimits::default() };
    let client = Client::new(served.url.clone(), Some("Bearer abc".to_owned()), limits);
    let now = Moment::from_secs(1_800_000_000);
    client.poll(connection, &served.url, "x", &PollState::default(), now).map(|(polled, _)| polled)
}

/// What a poll fails with, and that it failed in time.
fn failure(answer: impl Fn(TcpStream) + Send + Sync + 'static) -> ClientError {
    let served = served(answer);
    let begun = Instant::now();
    let error = poll(&served, &mut connection()).unwrap_err();
    assert!(begun.elapsed() < LATE / 2, "{error} after {:?}", begun.elapsed());
    error
}

#[test]
fn an_endless_body_is_left_at_the_bound() {
    let error = failure(|mut stream| {
        heard(&mut stream);
        stream.write_all(format!("{OK}Transfer-Encoding: chunked\r\n\r\n").as_bytes()).unwrap();
        let chunk = format!("4000\r\n{}\r\n", " ".repeat(0x4000));
        while stream.write_all(chunk.as_bytes()).is_ok() {}
    });
    assert_eq!(error, ClientError::TooLong { most: 1 << 20 });
}

#[test]
fn a_body_that_drips_or_stops_ends_in_time() {
    for (pause, what) in [(Duration::from_millis(50), "drips"), (LATE, "stops")] {
        let error = failure(move |mut stream| {
            heard(&mut stream);
            stream.write_all(format!("{OK}Content-Length: 1000\r\n\r\n").as_bytes()).unwrap();
            while stream.write_all(b" ").is_ok() {
                thread::sleep(pause);
            }
        });
        assert!(error.to_string().contains("too long to send"), "{what}: {error}");
    }
}

#[test]
fn a_server_that_never_answers_or_never_ends_its_head_is_left() {
    let silent = failure(|mut stream| {
        heard(&mut stream);
        thread::sleep(LATE);
    });
    assert!(silent.to_string().contains("too long"), "{silent}");
    let head = failure(|mut stream| {
        heard(&mut stream);
        drop(stream.write_all(OK.as_bytes()));
        while stream.write_all(format!("x-more: {}\r\n", "y".repeat(1000)).as_bytes()).is_ok() {}
    });
    assert!(matches!(head, ClientError::Transport(_)), "{head}");
}

#[test]
fn a_redirect_is_not_followed_and_other_media_types_are_not_read() {
    let elsewhere = served(|_| {});
    let to = elsewhere.url.clone();
    let error = failure(move |mut stream| {
        heard(&mut stream);
        let head = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
    });
    assert_eq!(error, ClientError::Status { status: 302, title: String::new() });
    assert_eq!(elsewhere.connections.load(Ordering::SeqCst), 0);
    let error = failure(|mut stream| {
        heard(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}")
            .unwrap();
    });
    assert_eq!(error, ClientError::NotTaxii("text/html".to_owned()));
}

#[test]
fn a_connection_is_kept_and_opened_again_when_it_was_closed() {
    let good = format!("{OK}Content-Length: 2\r\n\r\n{{}}");
    for (answers, connections) in [(usize::MAX, 1), (1, 3)] {
        let good = good.clone();
        let served = served(move |mut stream| {
            for _ in 0..answers {
                if !heard(&mut stream) {
                    return;
                }
                stream.write_all(good.as_bytes()).unwrap();
            }
        });
        let mut connection = connection();
        for _ in 0..3 {
            poll(&served, &mut connection).unwrap();
        }
        assert_eq!(served.connections.load(Ordering::SeqCst), connections);
    }
}

#[test]
fn nothing_goes_to_another_machine_in_clear() {
    // TEST-NET-1 (RFC 5737): nobody is there, and nobody is asked.
    let other = Served { url: "http://192.0.2.1/taxii2/".parse().unwrap(), connections: Arc::default() };
    let error = poll(&other, &mut connection()).unwrap_err();
    assert!(error.to_string().contains("without TLS"), "{error}");
}
