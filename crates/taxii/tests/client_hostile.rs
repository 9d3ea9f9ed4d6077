//! The client against servers that are broken or hostile.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod served;
mod talks;

use std::io::Read;

use bitacora_primitives::Instant;
use bitacora_taxii::client::{ClientError, ClientLimits, PollState, Request, Response};
use talks::{NOW, client, object, says, scripted, url, walk};

#[test]
fn what_cannot_be_read_is_kept_apart_and_the_rest_comes() {
    let page = format!(
        "{{\"objects\":[{},7,{{\"type\":\"url\",\"type\":\"url\"}},{{\"type\":\"vessel\",\"id\":\"url--00000000-0000-4000-8000-000000000001\"}},{}]}}",
        object(1),
        object(2)
    );
    let mut server = scripted(|_: &Request| says(200, &[], page.clone()));
    let pages = walk(&client(ClientLimits::default()), &mut server, &mut PollState::default()).unwrap();
    assert_eq!(pages[0].objects.len(), 2);
    let reasons: Vec<&str> =
        pages[0].unread.iter().map(|one| one.reason.split(':').next().unwrap()).collect();
    assert_eq!(reasons, ["not_an_object", "duplicate_name", "id_type_mismatch"]);
    assert_eq!(pages[0].unread[0].bytes, b"7");
}

#[test]
fn a_server_without_next_is_followed_by_its_dates_and_never_for_ever() {
    // Three rows a page, no `next`; the second page begins inside a date.
    let dates = ["00", "00", "01", "01", "02"];
    let mut server = scripted(|request: &Request| {
        let after = request
            .url
            .query_pairs()
            .find(|(name, _)| name == "added_after")
            .map(|(_, value)| value.into_owned());
        let date = |at: usize| format!("2026-01-01T00:00:{}.000000Z", dates[at]);
        let rows: Vec<usize> =
            (0..5).filter(|at| after.as_ref().is_none_or(|after| date(*at) > *after)).collect();
        let listed: Vec<String> = rows.iter().take(3).map(|at| object(*at as u64)).collect();
        let last = date(rows.get(2).copied().unwrap_or(4));
        let body = format!("{{\"more\":{},\"objects\":[{}]}}", rows.len() > 3, listed.join(","));
        says(200, &[("x-taxii-date-added-last", &last)], body)
    });
    let mut state = PollState::default();
    // The second walk goes over the same pages, of which none brings anything.
    for wanted in [5, 0] {
        let pages = walk(&client(ClientLimits::default()), &mut server, &mut state).unwrap();
        assert_eq!(pages.iter().map(|page| page.objects.len()).sum::<usize>(), wanted);
        assert_eq!(pages.len(), 2);
    }

    let mut stuck =
        scripted(|_: &Request| says(200, &[], format!("{{\"more\":true,\"objects\":[{}]}}", object(1))));
    let error = walk(&client(ClientLimits::default()), &mut stuck, &mut PollState::default()).unwrap_err();
    assert_eq!(error, ClientError::NoWayOn);
}

#[test]
fn an_endless_server_is_left() {
    let ends = |answer: &mut dyn FnMut(usize) -> Response| {
        let mut count = 0;
        let mut server = scripted(|_: &Request| {
            count += 1;
            answer(count)
        });
        let limits = ClientLimits { pages: 50, ..ClientLimits::default() };
        let error = walk(&client(limits), &mut server, &mut PollState::default()).unwrap_err();
        (error, server.asked.len())
    };
    let page = |next: &str, objects: &str| {
        says(200, &[], format!("{{\"more\":true,\"next\":\"{next}\",\"objects\":[{objects}]}}"))
    };
    // Nothing, under ever new tokens.
    assert_eq!(ends(&mut |at| page(&at.to_string(), "")), (ClientError::Endless { pages: 4 }, 4));
    // The same token and the same object for ever.
    assert_eq!(ends(&mut |_| page("x", &object(1))), (ClientError::Endless { pages: 6 }, 6));
    // Ever new objects, under new tokens or one: up to the bound of a walk.
    for token in ["", "x"] {
        let token = |at: usize| if token.is_empty() { at.to_string() } else { token.to_owned() };
        assert_eq!(
            ends(&mut |at| page(&token(at), &object(at as u64))),
            (ClientError::Endless { pages: 50 }, 50)
        );
    }
}

struct Flood;

impl Read for Flood {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        buffer.fill(b' ');
        Ok(buffer.len())
    }
}

#[test]
fn answers_are_bounded_and_must_be_taxii() {
    let small = ClientLimits { answer_bytes: 1000, page_objects: 3, ..ClientLimits::default() };
    let poll = |response: fn() -> Response| {
        let mut server = scripted(|_: &Request| response());
        walk(&client(small), &mut server, &mut PollState::default()).unwrap_err()
    };
    assert_eq!(
        poll(|| Response { body: Box::new(Flood), ..says(200, &[], "") }),
        ClientError::TooLong { most: 1000 }
    );
    assert!(matches!(poll(|| says(200, &[], "{\"objects\":[1,2,3,4]}")), ClientError::Form(_)));
    assert!(matches!(poll(|| says(200, &[], "{\"objects\":[1")), ClientError::Form(_)));
    assert!(matches!(poll(|| says(200, &[], "{\"more\":true,\"more\":false}")), ClientError::Form(_)));
    let html = || Response {
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        ..says(200, &[], "{}")
    };
    assert_eq!(poll(html), ClientError::NotTaxii("text/html".to_owned()));
    let refused = || says(403, &[], "{\"title\":\"suspended\",\"http_status\":\"403\"}");
    assert_eq!(poll(refused), ClientError::Status { status: 403, title: "suspended".to_owned() });
    assert_eq!(
        poll(|| says(302, &[("location", "http://elsewhere.example/")], "")),
        ClientError::Status { status: 302, title: String::new() }
    );
    for (field, wanted) in [("30", Some(30)), ("999999999", Some(86_400)), ("soon", None)] {
        let mut server = scripted(|_: &Request| says(429, &[("Retry-After", field)], ""));
        let error = walk(&client(small), &mut server, &mut PollState::default()).unwrap_err();
        assert_eq!(error, ClientError::Busy { after_s: wanted }, "{field}");
    }
    let dated = || {
        says(
            503,
            &[("retry-after", "Thu, 01 Jan 2026 00:01:30 GMT"), ("date", "Thu, 01 Jan 2026 00:00:00 GMT")],
            "",
        )
    };
    assert_eq!(poll(dated), ClientError::Busy { after_s: Some(90) });
}

#[test]
fn the_secret_goes_nowhere_else() {
    let discovery = r#"{"title":"x","default":"https://evil.example/a/","api_roots":["/taxii2/a/","http://node.example:81/b/","b","http://[","/taxii2/a"]}"#;
    let mut server = scripted(|_: &Request| says(200, &[], discovery));
    let client = client(ClientLimits::default());
    let found = client.discover(&mut server).unwrap();
    assert_eq!(found.roots, [url("/taxii2/a/"), url("/taxii2/b/")]);
    assert_eq!(found.elsewhere, ["https://evil.example/a/", "http://node.example:81/b/", "http://["]);
    let elsewhere = "https://evil.example/a/".parse().unwrap();
    assert!(matches!(client.collections(&mut server, &elsewhere), Err(ClientError::Elsewhere(_))));
    let asked: Vec<&str> = server.asked.iter().map(|request| request.url.as_str()).collect();
    assert_eq!(asked, ["http://node.example/taxii2/"]);
    // A collection's id cannot lead out of its root.
    let mut server = scripted(|_: &Request| says(200, &[], "{}"));
    client
        .poll(&mut server, &url("/taxii2/a/"), "../../b?x=", &PollState::default(), Instant::from_secs(NOW))
        .unwrap();
    assert_eq!(server.asked[0].url.path(), "/taxii2/a/collections/..%2F..%2Fb%3Fx=/objects/");
}

#[test]
fn a_date_in_the_future_does_not_move_the_cursor_past_what_is_to_come() {
    let mut server = scripted(|_: &Request| {
        says(
            200,
            &[("X-TAXII-Date-Added-Last", "9998-12-31T23:59:59.999999Z")],
            format!("{{\"objects\":[{}]}}", object(1)),
        )
    });
    let mut state = PollState::default();
    walk(&client(ClientLimits::default()), &mut server, &mut state).unwrap();
    assert_eq!(state.cursor(), Some(Instant::from_secs(NOW)));
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut at = 0;
    let mut server = scripted(|_: &Request| {
        at += 1;
        let objects: Vec<String> = (0..100).map(|number| object(at * 1000 + number)).collect();
        says(200, &[], format!("{{\"objects\":[{}]}}", objects.join(",")))
    });
    let mut state = PollState::default();
    for _ in 0..20 {
        walk(&client(ClientLimits { seen: 150, ..ClientLimits::default() }), &mut server, &mut state)
            .unwrap();
    }
    let kept: serde_json::Value = serde_json::to_value(&state).unwrap();
    assert_eq!(kept["seen"].as_object().unwrap().len(), 150);

    // Within a walk too, however long it is.
    let mut at = 0;
    let mut endless = scripted(|_: &Request| {
        at += 1;
        let objects: Vec<String> = (0..100).map(|number| object(at * 1000 + number)).collect();
        says(200, &[], format!("{{\"more\":true,\"next\":\"{at}\",\"objects\":[{}]}}", objects.join(",")))
    });
    let bounded = client(ClientLimits { seen: 150, pages: 20, ..ClientLimits::default() });
    let mut state = PollState::default();
    assert!(walk(&bounded, &mut endless, &mut state).is_err());
    assert_eq!(serde_json::to_value(&state).unwrap()["seen"].as_object().unwrap().len(), 150);
}
