//! What the standard asks of a server, as a table that a person can read: tests/data/cases.txt.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod served;

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, Request};
use served::{Answer, DESK, EXERCISE, INBOX, ask, request, runtime, seeded};

const CASES: &str = include_str!("data/cases.txt");

/// Names in braces, filled in.
struct Names(BTreeMap<String, String>);

impl Names {
    fn new() -> Self {
        let at = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let collection = "/taxii2/watch/collections/";
        Self(BTreeMap::from([
            at("exercise", EXERCISE),
            at("desk", DESK),
            at("inbox", INBOX),
            at("closed", &format!("{collection}b916c9a8-6621-5f01-a17c-eeadcd4c66b6/")),
            at("quiet", &format!("{collection}0fd75bda-db96-5303-88f3-a9f85f332ed0/")),
            at("strip", "infrastructure--e2cbd03e-5587-5b8f-b383-aeefba54d474"),
            at("campaign", "campaign--7650ac5b-b06f-56ec-81bf-3f27f481c971"),
            at("taxii", "application/taxii+json;version=2.1"),
        ]))
    }

    fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

/// One request of a case, being written.
struct Step {
    request: Request<Body>,
}

impl Step {
    fn new(line: &str) -> Self {
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = request(method, path, Body::empty());
        if method != "POST" {
            request.headers_mut().remove("content-type");
        }
        Self { request }
    }

    fn add(&mut self, line: &str) {
        if let Some(body) = line.strip_prefix("= ") {
            *self.request.body_mut() = Body::from(body.to_owned());
        } else if let Some(name) = line.strip_prefix('!') {
            self.request.headers_mut().remove(name);
        } else {
            let (name, value) = line.split_once(": ").unwrap_or_else(|| panic!("{line}"));
            let name: HeaderName = name.parse().unwrap();
            self.request.headers_mut().insert(name, value.parse().unwrap());
        }
    }
}

/// Holds one expectation against an answer.
fn expect(line: &str, answer: &Answer, head: bool, names: &mut Names) {
    let body = answer.text();
    if let Ok(status) = line.parse::<u16>() {
        assert_eq!(answer.status, status, "{body}");
        // Every error, whatever it is, carries the standard's message; an answer to `HEAD` has no body.
        if status >= 400 && !head {
            answer.code();
        }
    } else if let Some(rest) = line.strip_prefix('@') {
        let (name, pointer) = rest.split_once(' ').unwrap();
        let value = answer.json().pointer(pointer).and_then(|value| value.as_str().map(str::to_owned));
        names.0.insert(name.to_owned(), value.unwrap_or_else(|| panic!("no {pointer}: {body}")));
    } else if let Some(pointer) = line.strip_prefix("!/") {
        assert_eq!(answer.json().pointer(&format!("/{pointer}")), None, "{body}");
    } else if let Some(name) = line.strip_prefix('!') {
        assert_eq!(answer.header(name), None);
    } else if let Some((pointer, count)) = line.strip_prefix('/').and_then(|line| line.split_once(" # ")) {
        let found = answer.json();
        let list = found.pointer(&format!("/{pointer}")).and_then(|list| list.as_array().map(Vec::len));
        assert_eq!(list, count.parse().ok(), "{pointer}: {body}");
    } else if let Some((pointer, value)) = line.strip_prefix('/').and_then(|line| line.split_once(" = ")) {
        let value: serde_json::Value =
            serde_json::from_str(value).unwrap_or_else(|error| panic!("{value}: {error}"));
        assert_eq!(answer.json().pointer(&format!("/{pointer}")), Some(&value), "{body}");
    } else if let Some(text) = line.strip_prefix("= ") {
        assert_eq!(body, text);
    } else {
        let (name, value) = line.split_once(": ").unwrap_or_else(|| panic!("what is `{line}`?"));
        assert_eq!(answer.header(name), Some(value));
    }
}

async fn run(case: &str) {
    let router: Router = seeded();
    let mut names = Names::new();
    let mut step: Option<Step> = None;
    let mut answer: Option<(Answer, bool)> = None;
    for line in case.lines() {
        let filled = names.fill(line);
        if let Some(line) = filled.strip_prefix("> ") {
            match &mut step {
                Some(step) => step.add(line),
                None => step = Some(Step::new(line)),
            }
        } else if let Some(line) = filled.strip_prefix("< ") {
            if let Some(step) = step.take() {
                let head = step.request.method() == "HEAD";
                answer = Some((ask(&router, step.request).await, head));
            }
            let (answer, head) = answer.as_ref().unwrap();
            expect(line, answer, *head, &mut names);
        } else {
            assert!(line.trim().is_empty() || line.starts_with("  "), "what is `{line}`?");
        }
    }
    assert!(step.is_none(), "a request without an expectation");
}

#[test]
fn the_server_answers_as_the_table_says() {
    let cases: Vec<&str> = CASES.split("\n## ").skip(1).collect();
    assert!(cases.len() >= 46, "{} cases", cases.len());
    for case in cases {
        let (title, case) = case.split_once('\n').unwrap();
        println!("{title}");
        runtime().block_on(run(case));
    }
}
