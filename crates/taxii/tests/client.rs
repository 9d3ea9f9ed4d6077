//! The client against our own server, and against one that loses data as others do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod served;
mod talks;

use std::sync::Mutex;

use bitacora_primitives::Instant;
use bitacora_taxii::client::{ClientLimits, PollState, Request, parcels};
use served::{DESK_ID, limits, seeded_with};
use talks::{Direct, NOW, client, object, says, scripted, url, walk};

#[test]
fn a_server_is_discovered_filled_and_read_again() {
    let mut server = Direct(seeded_with(bitacora_taxii::Limits { page_rows: 4, ..limits() }));
    let client = client(ClientLimits::default());
    let found = client.discover(&mut server).unwrap();
    assert_eq!(
        (found.roots.len(), &found.roots[2], &found.elsewhere),
        (3, &url("/taxii2/watch/"), &Vec::new())
    );
    let root = client.root(&mut server, &found.roots[2]).unwrap();
    assert_eq!((root.title.as_str(), root.max_content_length), ("Watch of the exercise", 10 << 20));
    let collections = client.collections(&mut server, &found.roots[2]).unwrap();
    assert_eq!(collections.iter().filter(|one| one.can_write).count(), 3);

    let objects: Vec<String> = (0..10).map(object).chain(["{\"type\":\"url\"}".to_owned()]).collect();
    let objects: Vec<&[u8]> = objects.iter().map(String::as_bytes).collect();
    let mut state = PollState::default();
    for range in parcels(&objects, 400, 100) {
        let pushed = client.push(&mut server, &found.roots[2], DESK_ID, &objects[range]).unwrap();
        assert!(pushed.complete);
        let again = client.follow(&mut server, &found.roots[2], &pushed).unwrap();
        assert_eq!(again, pushed);
        assert_eq!(pushed.failures.len() as u64, pushed.failure_count);
    }
    let pages = walk(&client, &mut server, &mut state).unwrap();
    assert_eq!(pages.iter().map(|page| page.objects.len()).collect::<Vec<_>>(), [4, 4, 2]);
    let bytes: Vec<&[u8]> =
        pages.iter().flat_map(|page| &page.objects).map(|one| one.bytes.as_slice()).collect();
    assert_eq!(bytes, objects[..10]);
    // A second walk brings the last minutes again, and nothing new; then one object more.
    let pages = walk(&client, &mut server, &mut state).unwrap();
    assert_eq!((pages.iter().map(|page| page.objects.len()).sum::<usize>(), pages[0].repeated), (0, 4));
    client.push(&mut server, &found.roots[2], DESK_ID, &[object(99).as_bytes()]).unwrap();
    let pages = walk(&client, &mut server, &mut state).unwrap();
    assert_eq!(pages.iter().map(|page| page.objects.len()).sum::<usize>(), 1);
}

/// Measured of other servers: `date_added` is taken before the object can be seen, so that a slow writer's object
/// appears behind the cursor. A reader without overlap never gets it.
#[test]
fn what_becomes_visible_behind_the_cursor_is_found_by_the_overlap() {
    // Object 1 is dated ten seconds before object 2 and becomes visible after it was read.
    let mut visible = vec![2u64];
    let date = |number: u64| format!("2026-01-01T00:00:{:02}.000000Z", if number == 1 { 10 } else { 20 });
    let mut found = Vec::new();
    for overlap in [0, 600] {
        let limits = ClientLimits {
            overlap: bitacora_primitives::Duration::from_secs(overlap),
            ..ClientLimits::default()
        };
        let client = client(limits);
        let mut state = PollState::default();
        let mut came = Vec::new();
        visible.truncate(1);
        for _ in 0..3 {
            let seen = visible.clone();
            let mut server = scripted(|request: &Request| {
                let after = request
                    .url
                    .query_pairs()
                    .find(|(name, _)| name == "added_after")
                    .map(|(_, value)| value.into_owned());
                let rows: Vec<u64> = seen
                    .iter()
                    .copied()
                    .filter(|one| after.as_ref().is_none_or(|after| date(*one) > *after))
                    .collect();
                let Some(last) = rows.iter().map(|one| date(*one)).max() else { return says(200, &[], "{}") };
                let objects: Vec<String> = rows.iter().map(|one| object(*one)).collect();
                says(
                    200,
                    &[("X-TAXII-Date-Added-Last", &last)],
                    format!("{{\"more\":false,\"objects\":[{}]}}", objects.join(",")),
                )
            });
            came.extend(
                walk(&client, &mut server, &mut state).unwrap().into_iter().flat_map(|page| page.objects),
            );
            if visible.len() == 1 {
                visible.push(1);
            }
        }
        found.push(came.len());
    }
    assert_eq!(found, [1, 2], "without overlap one is lost, with it none and none twice");
}

#[test]
fn an_interrupted_walk_goes_on_where_it_was() {
    let mut server = Direct(seeded_with(bitacora_taxii::Limits { page_rows: 2, ..limits() }));
    let client = client(ClientLimits::default());
    let objects: Vec<String> = (0..5).map(object).collect();
    let objects: Vec<&[u8]> = objects.iter().map(String::as_bytes).collect();
    let root = url("/taxii2/watch/");
    client.push(&mut server, &root, DESK_ID, &objects).unwrap();
    let (first, state) =
        client.poll(&mut server, &root, DESK_ID, &PollState::default(), Instant::from_secs(NOW)).unwrap();
    assert_eq!((first.objects.len(), first.more), (2, true));
    // The answer was lost, so the same state is used again: the same page.
    let again =
        client.poll(&mut server, &root, DESK_ID, &PollState::default(), Instant::from_secs(NOW)).unwrap();
    assert_eq!(again, (first, state.clone()));
    // The server forgot its token: the walk begins again and leaves out what came.
    let mut restarted = state;
    restarted.restart();
    let pages = walk(&client, &mut server, &mut restarted).unwrap();
    let counts: Vec<(usize, usize)> = pages.iter().map(|page| (page.objects.len(), page.repeated)).collect();
    assert_eq!(counts, [(0, 2), (2, 0), (1, 0)]);
}

/// As medallion 3.0.0 does: `next` is a session that stays the same, and each page that it gives is gone from it.
#[test]
fn a_server_whose_next_is_a_session_loses_nothing_when_a_walk_is_interrupted() {
    let date = |number: u64| Instant::from_secs(1_767_225_600 + 3_600 * number as i64).to_string();
    let sessions: Mutex<Vec<Vec<u64>>> = Mutex::default();
    let mut server = scripted(|request: &Request| {
        let asked = |field: &str| {
            let found = request.url.query_pairs().find(|(name, _)| name == field);
            found.map(|(_, value)| value.into_owned())
        };
        assert!(asked("limit").is_some(), "medallion knows its own `next` only beside a `limit`");
        let mut sessions = sessions.lock().unwrap();
        let session = asked("next").map_or(sessions.len(), |next| next.parse().unwrap());
        if session == sessions.len() {
            let after = asked("added_after").map(|after| Instant::parse(&after).unwrap());
            let later =
                |number: &u64| after.is_none_or(|after| Instant::parse(&date(*number)).unwrap() > after);
            sessions.push((0..10).filter(later).collect());
        }
        let left = &mut sessions[session];
        let page: Vec<u64> = left.drain(..left.len().min(2)).collect();
        let objects: Vec<String> = page.iter().map(|number| object(*number)).collect();
        let more = !left.is_empty();
        let next = if more { format!("\"next\":\"{session}\",") } else { String::new() };
        let last = page.last().map(|number| date(*number)).unwrap_or_default();
        let body = format!("{{\"more\":{more},{next}\"objects\":[{}]}}", objects.join(","));
        says(200, &[("X-TAXII-Date-Added-Last", &last)], body)
    });
    let client = client(ClientLimits::default());
    let now = Instant::from_secs(NOW);
    let root = url("/taxii2/a/");
    let pages = walk(&client, &mut server, &mut PollState::default()).unwrap();
    assert_eq!(pages.iter().map(|page| page.objects.len()).sum::<usize>(), 10);
    // Three pages, of which the state of the first alone was stored.
    let (first, stored) = client.poll(&mut server, &root, "c", &PollState::default(), now).unwrap();
    let (_, lost) = client.poll(&mut server, &root, "c", &stored, now).unwrap();
    client.poll(&mut server, &root, "c", &lost, now).unwrap();
    let mut state = stored;
    state.resume(client.limits().overlap);
    let rest = walk(&client, &mut server, &mut state).unwrap();
    let came = first.objects.len() + rest.iter().map(|page| page.objects.len()).sum::<usize>();
    assert_eq!((came, rest[0].repeated), (10, 1), "all, and of the overlap what had come");
}

#[test]
fn parcels_hold_every_object_once_within_the_bounds() {
    let objects: Vec<Vec<u8>> = (0..100usize).map(|at| vec![b'1'; 1 + at * 7 % 50]).collect();
    let objects: Vec<&[u8]> = objects.iter().map(Vec::as_slice).collect();
    for (bytes, count) in [(20, 100), (64, 100), (1000, 3), (1 << 20, 100), (0, 0)] {
        let ranges = parcels(&objects, bytes, count);
        assert_eq!(
            ranges.iter().flat_map(|range| range.clone()).collect::<Vec<_>>(),
            (0..100).collect::<Vec<_>>()
        );
        for range in ranges {
            let held = &objects[range.clone()];
            let length = 14 + held.iter().map(|one| one.len()).sum::<usize>() + held.len() - 1;
            assert!(held.len() == 1 || (length <= bytes && held.len() <= count), "{range:?}: {length} bytes");
        }
    }
    assert_eq!(parcels(&[], 100, 100), []);
}
