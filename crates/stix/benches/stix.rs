//! Objects a second, one core: positions of others read, and leads of ours written and read back. Prints figures; asserts
//! nothing about speed. `OBJECTS=100000` sets the number.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock and its environment"
)]

#[path = "../tests/made/mod.rs"]
mod made;

use std::time::Instant as Clock;

use bitacora_stix::import::{Known, Limits, import};
use bitacora_stix::{Bundle, Item, Standing, Times, item_objects};

/// A position of about 1,080 bytes, as the measured TAXII servers were fed.
fn position(n: usize) -> String {
    let text = "a".repeat(264);
    format!(
        r#"{{"type":"location","spec_version":"2.1","id":"location--{n:08x}-1111-4111-8111-111111111111","created":"2026-11-20T00:00:00.000Z","modified":"2026-11-20T00:00:00.000Z","created_by_ref":"identity--11111111-1111-4111-8111-111111111111","object_marking_refs":["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"],"confidence":70,"latitude":12.512345,"longitude":-77.054321,"description":"{text}","external_references":[{{"source_name":"ais","external_id":"{n}"}}],"extensions":{{"extension-definition--22222222-2222-4222-8222-222222222222":{{"extension_type":"property-extension","mmsi":352741000,"sog":11.5,"cog":287.5,"sensor":"coastal radar","observed_at":"2026-11-20T00:00:00.000Z","agreement":"CO-US-MAR","purpose":"seizure"}}}}}}"#
    )
}

fn told(what: &str, objects: usize, started: Clock) {
    let seconds = started.elapsed().as_secs_f64();
    println!("{what}: {objects} in {seconds:.2} s, {:.0} a second", objects as f64 / seconds);
}

fn main() {
    let count: usize = std::env::var("OBJECTS").ok().and_then(|text| text.parse().ok()).unwrap_or(20_000);
    for batch in [1, 100] {
        let texts: Vec<String> = (0..count / batch)
            .map(|n| {
                let objects: Vec<String> = (n * batch..(n + 1) * batch).map(position).collect();
                format!(r#"{{"objects":[{}]}}"#, objects.join(","))
            })
            .collect();
        let started = Clock::now();
        for text in &texts {
            let read = import(text.as_bytes(), &Limits::default(), &Known::default()).unwrap();
            assert_eq!(read.contacts.len(), batch);
        }
        told(&format!("positions read, batches of {batch}"), count, started);
    }
    let item = Item::from(&made::lead());
    let items = count / 10;
    let started = Clock::now();
    let mut objects = 0;
    for n in 0..items {
        let item = Item { id: format!("led-{n}"), ..item.clone() };
        let made =
            item_objects(&item, &made::caveats(), Times::first(item.observed), Standing::Stands).unwrap();
        objects += made.len();
    }
    told("leads written", items, started);
    println!("objects of a lead, definitions and markings included: {}", objects / items);
    let mut bundle = Bundle::default();
    bundle.add(made::objects_of(&made::lead())).unwrap();
    let text = bundle.canonical();
    let started = Clock::now();
    for _ in 0..items {
        import(text.as_bytes(), &Limits::default(), &Known::default()).unwrap();
    }
    told("leads read back", items, started);
}
