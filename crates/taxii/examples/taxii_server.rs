//! A TAXII 2.1 server in memory, to try clients on: `cargo run --release -p bitacora-taxii --example taxii_server -- --seed FILE`.
//! The seed has the form of medallion's data (crates/taxii/tests/data/seed.json is one). Plain HTTP on the loopback address; user
//! `admin`, password `Password0`, token `abc123`. What is added is gone when it ends.
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "an example has a clock and a file, and stops with a word about what is wrong"
)]

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bitacora_primitives::Instant;
use bitacora_taxii::memory::MemoryBackend;
use bitacora_taxii::{Credentials, Doorkeeper, Limits, NextKey, Principal, Service, router};

/// One user.
struct Admin;

impl Doorkeeper for Admin {
    fn admit(&self, credentials: &Credentials) -> Option<Principal> {
        let known = match credentials {
            Credentials::Token(token) => token == "abc123",
            Credentials::Password { user, password } => user == "admin" && password == "Password0",
            Credentials::Certificate(_) => false,
        };
        known.then(|| Principal("admin".to_owned()))
    }
}

fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock stands after 1970");
    Instant::from_micros(i64::try_from(since.as_micros()).expect("the clock stands before the year 292277"))
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (mut seed, mut listen, mut page_rows) = (None, "127.0.0.1:5000".to_owned(), 20);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().expect("every option has a value");
        match argument.as_str() {
            "--seed" => seed = Some(value),
            "--listen" => listen = value,
            "--page" => page_rows = value.parse().expect("--page is a number of rows"),
            _ => {
                eprintln!("unknown option {argument}; known: --seed FILE, --listen ADDRESS, --page ROWS");
                std::process::exit(2);
            }
        }
    }
    let seed = seed
        .map_or_else(|| "{}".to_owned(), |path| std::fs::read_to_string(path).expect("the seed can be read"));
    let seeded =
        MemoryBackend::seeded(&seed, Box::new(now)).expect("the seed has the form of medallion's data");
    let service = Service {
        title: "A TAXII 2.1 server in memory".to_owned(),
        description: None,
        contact: None,
        roots: seeded.roots,
        limits: Limits { page_rows, ..Limits::default() },
        next_key: NextKey::new([7; 32]),
    };
    let routes = router(service, Arc::new(seeded.backend), Arc::new(Admin));
    let listener = tokio::net::TcpListener::bind(&listen).await.expect("the address is free");
    println!("listening on http://{}/taxii2/", listener.local_addr().expect("the listener has an address"));
    axum::serve(listener, routes).await.expect("the server runs");
}
