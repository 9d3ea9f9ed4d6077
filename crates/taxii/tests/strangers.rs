//! Other people's clients and the reference server's own cases, over HTTP: tools/check_taxii.py.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test runs a program and fails loudly"
)]

mod served;

use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use bitacora_given::python;
use bitacora_primitives::Instant;
use bitacora_taxii::memory::MemoryBackend;
use bitacora_taxii::router;
use std::sync::Arc;

const PACKAGES: &str = "pip install taxii2-client==2.3.0 medallion==3.0.0";

/// The clients compare with their own clock.
fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Instant::from_micros(i64::try_from(since.as_micros()).unwrap())
}

fn check(page_rows: usize, options: &[&str]) -> (bool, String) {
    let seeded = MemoryBackend::seeded(served::SEED, Box::new(now)).unwrap();
    let limits = bitacora_taxii::Limits { page_rows, ..served::limits() };
    let service = served::service(seeded.roots, limits);
    let address = served::listen(router(service, Arc::new(seeded.backend), Arc::new(served::Admin)));
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("python3")
        .arg(here.join("../../tools/check_taxii.py"))
        .args(["--url", &format!("http://{address}"), "--seed"])
        .arg(here.join("tests/data/seed.json"))
        .args(options)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{said}{}", String::from_utf8_lossy(&output.stderr));
    (output.status.success(), said)
}

#[test]
fn clients_of_others_and_the_cases_of_the_reference_server_pass() {
    if !python("taxii2client, medallion", PACKAGES) {
        return;
    }
    let (passed, said) = check(20, &[]);
    assert!(passed, "{said}");
    for line in [
        "taxii2-client 2.3.0",
        "medallion 3.0.0",
        "cases of medallion against medallion itself: 74 of 74",
        "cases of medallion against this server: 74 of 74",
        "taxii2-client: passed",
        "OpenCTI's way through taxii2-client: passed",
        "resuming reader beside four writers, by date_added: passed, 240 objects",
    ] {
        assert!(said.lines().any(|own| own == line), "no `{line}` in:\n{said}");
    }
}

/// A check that cannot fail is none: a server that gives one object a page is not the one that the cases expect.
#[test]
fn the_cases_see_a_server_that_is_wrong() {
    if !python("taxii2client, medallion", PACKAGES) {
        return;
    }
    let (passed, said) = check(1, &["--cases"]);
    assert!(!passed && said.contains("this server: test_get_objects: "), "{said}");
    assert!(said.contains("against medallion itself: 74 of 74"), "{said}");
}
