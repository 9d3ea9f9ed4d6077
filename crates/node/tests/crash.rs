//! Killed at any moment, the binary loses nothing that it acknowledged, and the next start needs no repair.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod harness;

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use bitacora_store::Store;
use harness::http::Client;
use harness::sentences::position;
use harness::{Facts, Node, folder, officer, positions, receptions, run, start, text, theatre, until};

/// A fixed sequence of numbers, so that a failure can be had again.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

#[test]
fn an_ingest_killed_at_any_moment_gives_the_same_facts_in_the_end() {
    let folder = folder("crash-ingest");
    let recordings = [theatre(&folder, 21, false), theatre(&folder, 22, true)];
    let ingest = |data: &str| {
        let args = ["ingest", "--json", "--data", data, text(&recordings[0]), text(&recordings[1])];
        args.map(str::to_owned)
    };
    let args = |data: &Path| ingest(text(data));
    let whole = folder.join("undisturbed");
    let begun = Instant::now();
    let ran = run(&args(&whole).each_ref().map(String::as_str));
    let took = begun.elapsed();
    assert_eq!(ran.code, 0, "{ran:?}");
    let wanted = Facts::of(&whole);
    // What the summary calls stored is stored.
    let told: u64 = ran.summaries().iter().map(|summary| summary["positions"].as_u64().unwrap()).sum();
    assert_eq!(wanted.positions.len() as u64, told, "positions stored");
    assert!(wanted.positions.len() > 250_000, "more than one commit: {}", wanted.positions.len());
    assert!(!wanted.events.is_empty() && !wanted.leads.is_empty());
    // Every message with a time is a hearing, whatever it says.
    assert!(wanted.receptions.len() >= wanted.positions.len(), "receptions: {}", wanted.receptions.len());

    let mut random = Seeded(2026);
    let mut cut_short = 0;
    for round in 0..6 {
        let data = folder.join(format!("killed-{round}"));
        let args = args(&data);
        let args = args.each_ref().map(String::as_str);
        // One to three kills before it may end.
        for _ in 0..=round % 3 {
            let moment = Duration::from_micros(random.below(took.as_micros() as u64));
            let mut child = start(&args);
            thread::sleep(moment);
            child.kill().unwrap();
            cut_short += u32::from(!child.wait().unwrap().success());
        }
        let ran = run(&args);
        assert_eq!(ran.code, 0, "round {round}: {ran:?}");
        let found = Facts::of(&data);
        assert_eq!(found.positions.len(), wanted.positions.len(), "round {round}");
        assert_eq!(found.receptions.len(), wanted.receptions.len(), "round {round}");
        assert!(found == wanted, "round {round}: facts differ");
        std::fs::remove_dir_all(&data).unwrap();
    }
    assert!(cut_short >= 6, "only {cut_short} kills came before the end");
}

/// A sender that the node connects to; the next line to send goes on over all connections.
struct Sender {
    listener: TcpListener,
    sent: usize,
}

/// Positions that tell their place in the feed: the `index`th line is from a vessel of that number. Every seventh line is
/// a copy of the one before it, as another station would pass it on.
fn line(index: usize) -> String {
    let index = if index % 7 == 6 { index - 1 } else { index };
    position(999_000_000 + index as u32 % 900, 10.0 + index as f64 * 0.0002, -75.0) + "\r\n"
}

/// The one feed's commit mark as served; none before the feed has first said how far it is.
fn served_mark(client: &Client) -> Option<u64> {
    let status = client.get("/api/status");
    assert_eq!(status.status, 200, "{}", status.text());
    status.json()["feeds"][0]["commit_line"].as_u64()
}

#[test]
fn a_node_killed_at_any_moment_keeps_what_its_served_mark_acknowledged() {
    let folder = folder("crash-node");
    let data = folder.join("data");
    let mut sender = Sender { listener: TcpListener::bind("127.0.0.1:0").unwrap(), sent: 0 };
    let feed = format!("tcp://{}", sender.listener.local_addr().unwrap());
    let token = officer(&data, "Ana", "watch");
    let mut cookie = None;
    let mut random = Seeded(11);
    let mut served = 0;
    for round in 0..8 {
        let node = Node::start(&data, &["--feed", &feed]);
        let mut client = Client::to(&node.address);
        match &cookie {
            // The session outlives the node, too.
            Some(_) => client.cookie.clone_from(&cookie),
            None => client.sign_in(&token),
        }
        cookie.clone_from(&client.cookie);
        let (mut stream, _) = sender.listener.accept().unwrap();
        stream.set_nodelay(true).unwrap();
        let goal = served + 200 + random.below(400);
        // Lines come steadily, cut anywhere, until the mark has passed the goal; the kill comes a little later.
        let mark = until("the mark", || {
            send(&mut stream, &mut sender.sent, 1 + random.below(120) as usize);
            let mark = served_mark(&client)?;
            assert!(mark >= served, "round {round}: the mark went back from {served} to {mark}");
            served = mark;
            (mark >= goal).then_some(mark)
        });
        send(&mut stream, &mut sender.sent, random.below(300) as usize);
        stream.write_all(&line(sender.sent).as_bytes()[..20]).unwrap();
        thread::sleep(Duration::from_millis(random.below(40)));
        served = served.max(mark).max(served_mark(&client).unwrap_or(0));
        node.kill();
        drop(stream);
    }
    // One more start, nothing sent, and everything acknowledged is there.
    let node = Node::start(&data, &["--feed", &feed]);
    let (stream, _) = sender.listener.accept().unwrap();
    let mut client = Client::to(&node.address);
    client.cookie = cookie;
    until("the mark after the last start", || served_mark(&client).filter(|mark| *mark >= served));
    let (rows, heard) = until("positions", || {
        let store = Store::open(&data, None).unwrap();
        let heard = receptions(&store);
        let is_whole = heard.iter().map(|one| one.row.heard_line).max() >= Some(served);
        is_whole.then(|| (positions(&store), heard))
    });
    node.kill();
    drop(stream);
    let mut by_line = BTreeMap::new();
    for row in &rows {
        assert!(by_line.insert(row.line, row).is_none(), "line {} is stored twice", row.line);
    }
    let mut by_heard = BTreeMap::new();
    for row in heard.iter().map(|one| one.row) {
        assert!(
            by_heard.insert(row.heard_line, row.line).is_none(),
            "hearing {} is stored twice",
            row.heard_line
        );
    }
    // The spool says what stood on each acknowledged line; every whole sentence is a hearing of a stored position.
    let spool = std::fs::read_dir(data.join("raw")).unwrap().map(|entry| entry.unwrap().path());
    let spool = spool.filter(|path| std::fs::metadata(path).unwrap().len() > 0).collect::<Vec<_>>();
    if spool.len() > 1 {
        println!("skipped: a new UTC day began");
        return;
    }
    let lines = std::fs::read_to_string(&spool[0]).unwrap();
    let (mut whole, mut copies) = (0, 0);
    for (index, text) in lines.lines().enumerate().take(usize::try_from(served).unwrap()) {
        let sentence = text.split_once(' ').map_or("", |(_, sentence)| sentence);
        if sentence.matches('!').count() == 1 && sentence.contains('*') {
            whole += 1;
            let number = index as u64 + 1;
            let kept = by_heard.get(&number).unwrap_or_else(|| panic!("line {number} is no hearing: {text}"));
            assert!(by_line.contains_key(kept), "line {number} has no position: {text}");
            assert_eq!(
                by_line.contains_key(&number),
                *kept == number,
                "a copy is no position: line {number}"
            );
            copies += u32::from(*kept != number);
        }
    }
    assert!(whole > 1500 && copies > 150, "{whole} of {served} lines, {copies} copies");
}

fn send(stream: &mut TcpStream, sent: &mut usize, count: usize) {
    let lines: String = (*sent..*sent + count).map(line).collect();
    let (one, two) = lines.as_bytes().split_at(lines.len() / 3);
    stream.write_all(one).unwrap();
    stream.write_all(two).unwrap();
    *sent += count;
}
