//! Live feeds over TCP and UDP and from standard input: what comes in is stored, and shown at once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod harness;

use std::io::Write;
use std::net::{TcpListener, UdpSocket};
use std::thread;

use bitacora_primitives::SourceId;
use bitacora_store::Store;
use harness::sentences::{SHIP, fix, position, voyage};
use harness::{Node, folder, positions, run, run_fed, stored, text, until};

fn mmsis(data: &std::path::Path) -> Vec<u32> {
    let store = Store::open(data, None).unwrap();
    positions(&store).iter().map(|row| row.mmsi.number()).collect()
}

#[test]
fn a_vessel_heard_over_tcp_is_on_the_page_at_once_and_stored_soon() {
    let folder = folder("feed-stream");
    let data = folder.join("data");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let feed = format!("tcp://{}", listener.local_addr().unwrap());
    let node = Node::start(&data, &["--feed", &feed]);
    let client = node.sign_in(&data, "Ana", "watch");
    let (mut stream, _) = listener.accept().unwrap();
    let listening = client.clone();
    let page = thread::spawn(move || {
        let mut seen = None;
        listening.listen(|event, data| {
            let wanted = event == "vessels" && data.contains(&SHIP.to_string());
            if wanted {
                seen = Some(data.to_owned());
            }
            wanted
        });
        seen.unwrap()
    });
    // The page may open its stream a moment after the first line: the ship goes on until it is seen.
    let mut index = 0;
    until("the page", || {
        stream.write_all((fix(SHIP, index) + "\r\n").as_bytes()).unwrap();
        index += 1;
        page.is_finished().then_some(())
    });
    let shown: serde_json::Value = serde_json::from_str(&page.join().unwrap()).unwrap();
    assert_eq!(shown["mmsi"][0], SHIP);
    assert!((shown["lat"][0].as_f64().unwrap() - 14.5).abs() < 1e-5);
    let rest = client.get("/api/vessels").json();
    assert_eq!(rest["mmsi"][0], SHIP);
    until("the position in the store", || mmsis(&data).contains(&SHIP).then_some(()));
    let status = client.get("/api/status").json();
    assert_eq!((&status["clock"]["mode"], &status["feeds"][0]["state"]), (&"live".into(), &"fresh".into()));
}

#[test]
fn a_feed_that_closes_in_mid_line_is_read_on_when_it_comes_back() {
    let folder = folder("feed-back");
    let data = folder.join("data");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let feed = format!("tcp://{}", listener.local_addr().unwrap());
    let node = Node::start(&data, &["--feed", &feed]);
    let client = node.sign_in(&data, "Ana", "watch");
    let (mut stream, _) = listener.accept().unwrap();
    stream.write_all((fix(SHIP, 0) + "\r\n").as_bytes()).unwrap();
    stream.write_all(&fix(SHIP + 1, 0).as_bytes()[..25]).unwrap();
    drop(stream);
    until("the break to be seen", || {
        (client.get("/api/status").json()["feeds"][0]["state"] == "stopped").then_some(())
    });
    let (mut stream, _) = listener.accept().unwrap();
    stream.write_all((fix(SHIP + 2, 1) + "\r\n").as_bytes()).unwrap();
    until("both ships", || {
        let stored = mmsis(&data);
        (stored.contains(&SHIP) && stored.contains(&(SHIP + 2))).then_some(())
    });
    assert!(!mmsis(&data).contains(&(SHIP + 1)), "half a line is no position");
    let status = client.get("/api/status").json();
    assert_eq!(status["totals"]["refused"], 1, "the half line, and nothing of the next one: {status}");
}

#[test]
fn two_feeds_of_one_transmission_give_one_vessel_and_no_conflict() {
    let folder = folder("feed-two");
    let data = folder.join("data");
    let listeners = [TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap()];
    let feeds = listeners.each_ref().map(|one| format!("tcp://{}", one.local_addr().unwrap()));
    let senders: Vec<_> = listeners
        .into_iter()
        .map(|listener| {
            thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                for index in 0..200 {
                    let lines = position(SHIP, 14.5, -75.0 + index as f64 * 1e-5) + "\r\n";
                    stream.write_all(lines.as_bytes()).unwrap();
                }
            })
        })
        .collect();
    // Read to their end: both close.
    let ran = run(&["ingest", "--json", "--data", text(&data), &feeds[0], &feeds[1]]);
    senders.into_iter().for_each(|sender| sender.join().unwrap());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.summaries().len(), 2, "{ran:?}");
    let store = Store::open(&data, None).unwrap();
    assert!(positions(&store).len() >= 200);
    assert!(mmsis(&data).iter().all(|mmsi| *mmsi == SHIP));
    let events = store.events(&bitacora_store::EventFilter::default()).unwrap();
    assert!(events.is_empty(), "a duplicate is no second ship: {events:?}");
    assert_eq!(store.sources().unwrap().len(), 2);
}

#[test]
fn datagrams_are_lines_even_without_line_end() {
    let folder = folder("feed-udp");
    let data = folder.join("data");
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let feed = format!("udp://127.0.0.1:{port}");
    let node = Node::start(&data, &["--feed", &feed]);
    let client = node.sign_in(&data, "Ana", "watch");
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut index = 0;
    until("lines", || {
        // Without line end, with one, and two in one datagram.
        let (one, two) = (fix(SHIP, index), fix(SHIP + 1, index));
        for datagram in [
            one.clone(),
            two.clone() + "\r\n",
            format!("{}\r\n{}\r\n", fix(SHIP + 2, index), fix(SHIP + 3, index)),
        ] {
            let _unheard = socket.send_to(datagram.as_bytes(), ("127.0.0.1", port));
        }
        index += 1;
        (client.get("/api/status").json()["totals"]["lines"].as_u64() > Some(8)).then_some(())
    });
    until("all four in the store", || {
        let stored = mmsis(&data);
        (0..4).all(|ship| stored.contains(&(SHIP + ship))).then_some(())
    });
    assert_eq!(client.get("/api/status").json()["totals"]["refused"], 0);
}

#[test]
fn a_live_feed_of_nothing_usable_is_a_failure_and_its_summary_says_why() {
    let folder = folder("feed-noise");
    let data = folder.join("data");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let feed = format!("tcp://{}", listener.local_addr().unwrap());
    let sender = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        // A line without end: bounded in memory and in the spool.
        let chunk = vec![b'x'; 1 << 20];
        for _ in 0..32 {
            stream.write_all(&chunk).unwrap();
        }
    });
    let ran = run(&["ingest", "--json", "--data", text(&data), &feed]);
    sender.join().unwrap();
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("nothing usable") && ran.err.contains(&feed), "{ran:?}");
    assert_eq!(ran.summary()["refused"]["not_a_sentence"], 1, "{ran:?}");
    assert_eq!(ran.summary()["refused"]["line_too_long"], 1, "{ran:?}");
    let spool: u64 = std::fs::read_dir(data.join("raw"))
        .unwrap()
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum();
    assert!(spool < 64 * 1024, "{spool} bytes of spool");
}

#[test]
fn standard_input_is_read_and_its_raw_lines_are_kept() {
    let folder = folder("feed-stdin");
    let data = folder.join("data");
    let (ran, _) = run_fed(&["ingest", "--json", "--data", text(&data), "-"], |input| {
        input.write_all(voyage(SHIP, 300).as_bytes())
    });
    assert_eq!(ran.code, 0, "{ran:?}");
    let rows = stored(&data);
    assert_eq!(rows.len(), 300);
    let copies: Vec<_> =
        std::fs::read_dir(data.join("raw")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(std::fs::read_to_string(&copies[0]).unwrap(), voyage(SHIP, 300));
    // Gzip through a pipe is the same.
    let data = folder.join("zipped");
    let (ran, _) = run_fed(&["ingest", "--json", "--data", text(&data), "-"], |input| {
        let mut gzip = flate2::write::GzEncoder::new(input, flate2::Compression::fast());
        gzip.write_all(voyage(SHIP, 300).as_bytes())?;
        gzip.finish().map(drop)
    });
    assert_eq!((ran.code, stored(&data).len()), (0, 300), "{ran:?}");
}

/// A spool of a feed's day as an earlier run left it: one ship, a fix a minute.
fn spooled(data: &std::path::Path, feed: &str, day: i64, mmsi: u32) {
    let source = SourceId::of(&[b"live", feed.as_bytes(), &day.to_be_bytes()]);
    let lines: String = (0..720)
        .map(|minute| {
            let micros = (day * 86_400 + 6 * 3600 + 60 * minute) * 1_000_000;
            format!("{micros} {}\r\n", position(mmsi, 14.5, -75.0 + minute as f64 * 0.003))
        })
        .collect();
    std::fs::create_dir_all(data.join("raw")).unwrap();
    std::fs::write(data.join(format!("raw/{source}.nmea")), lines).unwrap();
}

#[test]
fn after_a_restart_no_feed_is_late_because_of_another() {
    let folder = folder("feed-restart");
    let data = folder.join("data");
    let listeners = [TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap()];
    let feeds = listeners.each_ref().map(|one| format!("tcp://{}", one.local_addr().unwrap()));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let yesterday = i64::try_from(now.as_secs()).unwrap() / 86_400 - 1;
    for (feed, mmsi) in feeds.iter().zip([SHIP, SHIP + 1]) {
        spooled(&data, feed, yesterday, mmsi);
    }
    let node = Node::start(&data, &["--feed", &feeds[0], "--feed", &feeds[1]]);
    until("both ships", || (mmsis(&data).len() == 1440).then_some(()));
    drop(node);
    let marks = Store::open(&data, None).unwrap().latest_marks().unwrap();
    let yesterdays: Vec<_> = marks.iter().filter(|mark| mark.line == 720).collect();
    assert_eq!(yesterdays.len(), 2, "{marks:?}");
    for mark in yesterdays {
        assert_eq!(mark.tallies.get("late"), None, "{mark:?}");
    }
}

#[test]
fn a_meeting_is_told_at_once_as_provisional_and_settled_when_its_time_has_passed() {
    let folder = folder("feed-provisional");
    let data = folder.join("data");
    std::fs::create_dir_all(&data).unwrap();
    // Three seconds side by side are a meeting here, and reports are waited for five.
    let settings = "live_lateness_s = 5\n[sea.encounter]\nmin_duration = 3000000\n";
    std::fs::write(data.join("bitacora.toml"), settings).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let feed = format!("tcp://{}", listener.local_addr().unwrap());
    let node = Node::start(&data, &["--feed", &feed]);
    let client = node.sign_in(&data, "Ana", "watch");
    let (mut stream, _) = listener.accept().unwrap();
    let listening = client.clone();
    let page = thread::spawn(move || {
        let mut told: Vec<serde_json::Value> = Vec::new();
        listening.listen(|event, data| {
            if event == "event" {
                told.push(serde_json::from_str(data).unwrap());
            }
            told.iter().any(|event| event["provisional"] == false)
        });
        told
    });
    let mut step = 0;
    let mut between = None;
    until("the settled event", || {
        for (ship, apart) in [(SHIP, 0.0), (SHIP + 1, 0.001)] {
            let at = 14.5 + f64::from(step) * 1e-5;
            stream.write_all((position(ship, at, -75.0 + apart) + "\r\n").as_bytes()).unwrap();
        }
        step += 1;
        let waiting = client.get("/api/events/provisional").json();
        if between.is_none() && waiting.as_array().is_some_and(|events| !events.is_empty()) {
            between = Some((waiting, client.get("/api/events").json()));
        }
        page.is_finished().then_some(())
    });
    let told = page.join().unwrap();
    let (first, last) = (&told[0], &told[told.len() - 1]);
    assert_eq!((&first["kind"], &first["provisional"]), (&"encounter".into(), &true.into()), "{told:?}");
    assert_eq!((&last["id"], &last["withdrawn"]), (&first["id"], &false.into()), "{told:?}");
    let (waiting, stored) = between.unwrap();
    assert_eq!(waiting[0]["id"], first["id"]);
    assert_eq!(stored, serde_json::json!([]), "what is provisional is no fact");
    until("the fact", || (client.get("/api/events").json()[0]["id"] == first["id"]).then_some(()));
}
