//! What a hostile or broken sender may post: nothing of a malformed envelope is stored, and the answer says where it breaks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod served;

use std::io;

use axum::body::Body;
use axum::http::Request;
use bitacora_taxii::Limits;
use proptest::prelude::*;
use served::{Answer, DESK, ask, held, limits, post, request, runtime, seeded, seeded_with};
use tokio_stream::StreamExt as _;

const GOOD: &str = r#"{"type":"url","id":"url--9a1c1c3e-8f0b-4c93-9d2b-2f1f5f9f6a01","value":"a"}"#;

fn objects() -> String {
    format!("{DESK}objects/")
}

fn nested(levels: usize) -> String {
    format!("{}0{}", "[".repeat(levels), "]".repeat(levels))
}

/// Posts to a fresh server and sees that it holds nothing afterwards.
async fn stores_nothing(body: impl Into<Body>) -> Answer {
    let router = seeded();
    let answer = post(&router, &objects(), body).await;
    assert_eq!(held(&router, DESK).await, 0, "{}", answer.text());
    answer
}

#[test]
fn a_malformed_envelope_stores_nothing_and_says_where() {
    let with = |second: &str| format!("{{\"objects\":[{GOOD},{second}]}}").into_bytes();
    let mut not_utf8 = with("\"x\"");
    *not_utf8.iter_mut().rev().nth(3).unwrap() = 0xff;
    let cases: Vec<(Vec<u8>, u16, &str, &str)> = vec![
        (Vec::new(), 400, "not_json", "line 1, column 0"),
        (b"\xef\xbb\xbf{}".to_vec(), 400, "not_json", "line 1, column 1"),
        (not_utf8, 400, "not_utf8", "byte 89"),
        (with("{"), 400, "not_json", "line 1, column 90"),
        (with("01"), 400, "not_json", "line 1, column 90"),
        (with("NaN"), 400, "not_json", "line 1, column 89"),
        (with("1e999"), 400, "not_json", "objects/1, line 1, column 93"),
        (with("\"\\ud800\""), 400, "not_json", "objects/1, line 1, column 96"),
        (with("\"\u{1}\""), 400, "not_json", "line 1, column 89"),
        (with("0\n,\n  {\"a\":1,\n\"a\":2}"), 422, "duplicate_name", "objects/2, line 4, column 3"),
        (with("{\"a\":{\"b\":1,\"\\u0062\":2}}"), 422, "duplicate_name", "objects/1, line 1, column 108"),
        (with("{\"id\":1,\"id\":1}"), 422, "duplicate_name", "objects/1, line 1, column 100"),
        (with(&nested(33)), 422, "too_deep", "objects/1, line 1, column 121"),
        (with(&nested(100_000)), 422, "too_deep", "objects/1, line 1, column 121"),
        (
            format!("{{\"objects\":[{GOOD}],\"x\":{}}}", nested(40)).into_bytes(),
            422,
            "too_deep",
            "line 1, column 125",
        ),
        (
            format!("{{\"objects\":[{GOOD}],\"objects\":[]}}").into_bytes(),
            422,
            "duplicate_name",
            "line 1, column 98",
        ),
        (format!("{{\"objects\":[{GOOD}]}}{{").into_bytes(), 400, "not_json", "line 1, column 90"),
        (b"{}".to_vec(), 422, "no_objects", ""),
        (b"{\"objects\":[]}".to_vec(), 422, "no_objects", ""),
        (b"{\"objects\":null}".to_vec(), 422, "not_an_envelope", "line 1, column 15"),
        (b"\"objects\"".to_vec(), 422, "not_an_envelope", "line 1, column 9"),
        (GOOD.as_bytes().to_vec(), 422, "no_objects", ""),
    ];
    let mut wrong = Vec::new();
    runtime().block_on(async {
        for (body, status, code, place) in cases {
            let shown = String::from_utf8_lossy(&body).chars().take(150).collect::<String>();
            let answer = stores_nothing(body).await;
            let told = answer.json();
            let said = told.pointer("/details/place").and_then(|place| place.as_str()).unwrap_or("");
            if (answer.status, answer.code().as_str(), said) != (status, code, place) {
                wrong.push(format!("{shown}: {told}"));
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_bad_object_is_a_failure_with_its_reason_and_the_good_ones_are_stored() {
    let id = "vessel--9a1c1c3e-8f0b-4c93-9d2b-2f1f5f9f6a02";
    let dated = "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\"";
    let cases = [
        ("7".to_owned(), "objects/1", "not_an_object"),
        ("null".to_owned(), "objects/1", "not_an_object"),
        ("[{}]".to_owned(), "objects/1", "not_an_object"),
        ("{}".to_owned(), "objects/1", "no_id"),
        ("{\"id\":7,\"type\":\"vessel\"}".to_owned(), "objects/1", "bad_id"),
        ("{\"id\":\"vessel--7\",\"type\":\"vessel\"}".to_owned(), "objects/1", "bad_id"),
        (format!("{{\"id\":\"{id}\"}}"), id, "no_type"),
        (format!("{{\"id\":\"{id}\",\"type\":[\"vessel\"]}}"), id, "no_type"),
        (format!("{{\"id\":\"{id}\",\"type\":\"url\"}}"), id, "id_type_mismatch"),
        (
            "{\"id\":\"bundle--9a1c1c3e-8f0b-4c93-9d2b-2f1f5f9f6a02\",\"type\":\"bundle\"}".to_owned(),
            "bundle--9a1c1c3e-8f0b-4c93-9d2b-2f1f5f9f6a02",
            "bundle",
        ),
        (format!("{{\"id\":\"{id}\",\"type\":\"vessel\",{dated}}}"), id, "no_spec_version"),
        (
            format!("{{\"id\":\"{id}\",\"type\":\"vessel\",\"spec_version\":\"2.2\",{dated}}}"),
            id,
            "bad_spec_version",
        ),
        (
            format!("{{\"id\":\"{id}\",\"type\":\"vessel\",\"spec_version\":2.1,{dated}}}"),
            id,
            "bad_spec_version",
        ),
        (
            format!(
                "{{\"id\":\"{id}\",\"type\":\"vessel\",\"spec_version\":\"2.1\",\"modified\":\"2026-01-01T00:00:00Z\"}}"
            ),
            id,
            "bad_created",
        ),
        (
            format!(
                "{{\"id\":\"{id}\",\"type\":\"vessel\",\"spec_version\":\"2.1\",\"created\":\"2026-01-02T00:00:00Z\",\"modified\":\"2026-01-01T00:00:00Z\"}}"
            ),
            id,
            "bad_modified",
        ),
        (
            format!(
                "{{\"id\":\"{id}\",\"type\":\"vessel\",\"spec_version\":\"2.1\",\"created\":\"2026-01-02T00:00:00Z\",\"modified\":\"today\"}}"
            ),
            id,
            "bad_modified",
        ),
        (
            format!("{{\"id\":\"{id}\",\"type\":\"vessel\",\"spec_version\":\"2.1\",\"created\":null}}"),
            id,
            "bad_created",
        ),
        (
            format!(
                "{{\"id\":\"{id}\",\"type\":\"vessel\",\"spec_version\":\"2.1\",{dated},\"name\":\"{}\"}}",
                "x".repeat(1 << 20)
            ),
            id,
            "object_too_large",
        ),
    ];
    runtime().block_on(async {
        for (bad, id, code) in cases {
            let router = seeded();
            let answer = post(&router, &objects(), format!("{{\"objects\":[{GOOD},{bad}]}}")).await;
            let told = answer.json();
            assert_eq!(
                (answer.status, &told["success_count"], &told["failure_count"]),
                (202, &1.into(), &1.into()),
                "{bad}: {told}"
            );
            assert_eq!(told["failures"][0]["id"], id);
            let message = told["failures"][0]["message"].as_str().unwrap();
            assert_eq!(message.split_once(": ").map(|(code, _)| code), Some(code), "{message}");
            assert!(told["failures"][0]["version"].is_string());
            assert_eq!(held(&router, DESK).await, 1);
            let kept =
                served::get(&router, &format!("/taxii2/watch/status/{}/", told["id"].as_str().unwrap()))
                    .await;
            assert_eq!(kept.json(), told);
        }
    });
}

/// A body in pieces, without a length.
fn pieces(count: usize, broken: bool) -> Body {
    let piece = move |at: usize| {
        if broken && at + 1 == count { Err(io::Error::other("gone")) } else { Ok(vec![b' '; 1000]) }
    };
    Body::from_stream(tokio_stream::iter((0..count).map(piece)))
}

#[test]
fn a_body_is_never_read_beyond_its_bound() {
    let small = Limits { content_bytes: 100_000, objects: 3, ..limits() };
    runtime().block_on(async {
        let router = seeded_with(small);
        let told: Request<Body> = {
            let mut request = request("POST", &objects(), pieces(1, true));
            request.headers_mut().insert("content-length", "100001".parse().unwrap());
            request
        };
        // The length alone is enough: the body, which would break, is not touched.
        let answer = ask(&router, told).await;
        assert_eq!((answer.status, answer.code().as_str()), (413, "too_long"));
        assert_eq!(answer.json()["details"]["max_content_length"], "100000");
        let answer = post(&router, &objects(), pieces(1_000_000, false)).await;
        assert_eq!((answer.status, answer.code().as_str()), (413, "too_long"));
        let answer = post(&router, &objects(), pieces(3, true)).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "body"));
        let answer = post(&router, &objects(), pieces(3, false)).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "not_json"));
        let four = format!("{{\"objects\":[{GOOD},1,2,3]}}");
        let answer = post(&router, &objects(), four).await;
        assert_eq!((answer.status, answer.code().as_str()), (413, "too_many_objects"));
        assert_eq!(answer.json()["details"]["most"], "3");
        assert_eq!(held(&router, DESK).await, 0);
    });
}

#[test]
fn somebody_who_sends_slowly_keeps_a_place_and_no_more() {
    let one = Limits { receiving: 1, ..limits() };
    runtime().block_on(async {
        let router = seeded_with(one);
        // The body is asked for once its place is taken.
        let (tell, told) = std::sync::mpsc::channel();
        let first = tokio_stream::iter([()])
            .map(move |()| tell.send(()).map(|()| vec![b' ']).map_err(io::Error::other));
        let slow = Body::from_stream(first.chain(tokio_stream::pending()));
        let waiting = tokio::spawn({
            let router = router.clone();
            async move { post(&router, &objects(), slow).await }
        });
        told.recv().unwrap();
        let busy = post(&router, &objects(), "{}").await;
        assert_eq!(
            (busy.status, busy.code().as_str(), busy.header("retry-after")),
            (503, "unavailable", Some("1"))
        );
        assert_eq!(held(&router, DESK).await, 0);
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        assert_eq!(post(&router, &objects(), "{}").await.status, 422, "the place is free again");
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is sent, the answer is one of the standard's, and what is stored is what was called a success.
    #[test]
    fn no_body_makes_the_server_fail(at in 0usize..400, byte: u8, cut in 0usize..400) {
        let two = r#"{"type":"vessel","spec_version":"2.1","id":"vessel--9a1c1c3e-8f0b-4c93-9d2b-2f1f5f9f6a02","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-02T00:00:00.000Z","a":[1,{"b":"\n"}]}"#;
        let mut body = format!("{{\"objects\":[{GOOD},{two}]}}").into_bytes();
        let length = body.len();
        if let Some(changed) = body.get_mut(at) {
            *changed = byte;
        }
        body.truncate(if cut < 40 { length - cut } else { length });
        runtime().block_on(async {
            let router = seeded();
            let answer = post(&router, &objects(), body).await;
            let stored = held(&router, DESK).await;
            if answer.status == 202 {
                assert_eq!(answer.json()["success_count"], stored);
            } else {
                assert!(matches!(answer.status, 400 | 422), "{}", answer.text());
                answer.code();
                assert_eq!(stored, 0);
            }
        });
    }
}
