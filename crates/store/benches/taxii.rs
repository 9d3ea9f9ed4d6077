//! TAXII collections: objects a processor second, durable, at batches of 1 and of 100, up to a million; pages of 100; and the first
//! page at a million under filters that match much, little and nothing. The object is a STIX 2.1 `location` as one vessel's
//! position, 1,080 bytes of JSON. SQLite in a temporary folder; PostgreSQL instead where `BITACORA_BENCH_POSTGRESQL` names an
//! empty database of a server on this machine, whose processor time is counted with ours. Needs Linux's /proc.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that fails should stop and say so"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant as Clock;

use bitacora_primitives::Instant;
use bitacora_store::Store;
use bitacora_store::taxii::{Filter, NewCollection, NewObject, Request, SpecVersions, TaxiiStore, Versions};
use sha2::{Digest as _, Sha256};

const COLLECTION: &str = "91a7b528-80eb-42ed-a74d-c6fbd5a26116";
/// Ten objects with 2,000 versions each.
const VERSIONS: &str = "52892447-4d7e-4f70-b94d-d7f22742ff63";
const MILLION: u64 = 1_000_000;
const OBJECT_BYTES: usize = 1_080;
/// Every so many-th object is of a type that is rare.
const RARE: u64 = 100_000;
/// 2026-11-22T00:00:00Z.
const BEGIN: i64 = 1_795_305_600_000_000;

fn main() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-taxii-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    let address = std::env::var("BITACORA_BENCH_POSTGRESQL").ok();
    let name = if address.is_some() { "TAXII store on PostgreSQL" } else { "TAXII store" };
    measure(name, &Store::open(&folder, address.as_deref()).unwrap().taxii().unwrap());
    drop(std::fs::remove_dir_all(&folder));
}

fn measure(name: &str, store: &TaxiiStore) {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap();
    println!("{name}, load {}", load.split(' ').take(3).collect::<Vec<_>>().join(" "));
    for id in [COLLECTION, VERSIONS] {
        let (alias, title) = (None, "bench".to_owned());
        let registered = Instant::from_micros(BEGIN);
        store.register_collection(&NewCollection { id: id.to_owned(), alias, title, registered }).unwrap();
    }
    let mut count = 0;
    let single = added(store, "one at a time", 1, 5_000, &mut count);
    let shared = added_by_eight(store, 20_000, &mut count);
    let hundreds = added(store, "100 at a time", 100, 100_000, &mut count);
    added(store, "1,000 at a time", 1_000, MILLION - 50_000 - count, &mut count);
    let late = added(store, "100 at a time, up to a million", 100, 50_000, &mut count);
    let late_single = added(store, "one at a time, from a million on", 1, 5_000, &mut count);
    figure(&format!("{name}, batch 1, objects/CPU-s"), single.min(late_single), "at least", 2_000.0);
    figure(&format!("{name}, batch 1 from 8 at once, objects/CPU-s"), shared, "at least", 2_000.0);
    figure(&format!("{name}, batch 100, objects/CPU-s"), hundreds.min(late), "at least", 10_000.0);

    let (mut after, mut pages) = (None, 0_u32);
    let cost = Cost::of(|| {
        while pages < 2_000 {
            let page = store.objects(COLLECTION, &Filter::default(), after, 100, usize::MAX).unwrap();
            assert_eq!(page.rows.len(), 100);
            after = page.next;
            pages += 1;
        }
    });
    let pages = f64::from(pages) / cost.processor;
    println!(
        "  pages of 100 with bytes: {pages:.0} per CPU-s, {:.2} ms of wall each",
        cost.wall * 1e3 / 2_000.0
    );
    figure(&format!("{name}, pages of 100 per CPU-s"), pages, "at least", 500.0);
    figure(&format!("{name}, first page at 1 M, worst, CPU ms"), first_pages(store), "at most", 10.0);
}

/// The slowest first page in processor milliseconds.
fn first_pages(store: &TaxiiStore) -> f64 {
    for turn in 0..2_000 {
        let of = |vessel| NewObject {
            version: Some(Instant::from_micros(BEGIN + turn)),
            ..object(MILLION * 2 + vessel)
        };
        add(store, VERSIONS, (0..10).map(of).collect());
    }
    let rare = || vec!["seizure".to_owned()];
    let ids: Vec<String> = (0..100).map(|n| object(n * 9_973).id).collect();
    let middle = store.manifest(COLLECTION, &Filter::default(), None, 10_000).unwrap().next;
    let version = Versions { all: false, first: false, last: false, at: vec![version_of(MILLION / 2)] };
    let specs = |list: &[&str]| SpecVersions::AnyOf(list.iter().map(|&one| one.to_owned()).collect());
    let all = Filter::default;
    let cases = [
        ("no filter", COLLECTION, all(), 100),
        ("after the first 10,000", COLLECTION, Filter { added_after: middle, ..all() }, 100),
        ("a type that 10 have", COLLECTION, Filter { types: rare(), ..all() }, 10),
        ("a type that none has", COLLECTION, Filter { types: vec!["tool".to_owned()], ..all() }, 0),
        ("all versions", COLLECTION, Filter { versions: Versions::ALL, ..all() }, 100),
        ("first versions", COLLECTION, Filter { versions: Versions::FIRST, ..all() }, 100),
        ("one exact version", COLLECTION, Filter { versions: version.clone(), ..all() }, 1),
        ("100 ids", COLLECTION, Filter { ids, ..all() }, 100),
        ("one id, another's type", COLLECTION, Filter { ids: vec![object(5).id], types: rare(), ..all() }, 0),
        ("spec version 2.1", COLLECTION, Filter { spec_versions: specs(&["2.1", "2.0"]), ..all() }, 100),
        ("a spec version that none has", COLLECTION, Filter { spec_versions: specs(&["2.0"]), ..all() }, 0),
        ("the latest of 20,000 versions", VERSIONS, all(), 10),
        ("the first of 20,000 versions", VERSIONS, Filter { versions: Versions::FIRST, ..all() }, 10),
        (
            "all versions of one of them",
            VERSIONS,
            Filter { ids: vec![object(MILLION * 2).id], versions: Versions::ALL, ..all() },
            100,
        ),
    ];
    let mut worst = 0.0_f64;
    for (what, collection, filter, rows) in cases {
        const TURNS: u32 = 50;
        let cost = Cost::of(|| {
            for _ in 0..TURNS {
                assert_eq!(
                    store.objects(collection, &filter, None, 100, usize::MAX).unwrap().rows.len(),
                    rows,
                    "{what}"
                );
            }
        });
        let milliseconds = cost.processor * 1e3 / f64::from(TURNS);
        println!("  first page, {what}: {rows} rows, {milliseconds:.2} ms of CPU");
        worst = worst.max(milliseconds);
    }
    worst
}

/// Adds objects by one writer; how many a processor second.
fn added(store: &TaxiiStore, how: &str, batch: u64, objects: u64, count: &mut u64) -> f64 {
    let mut cost = Cost::default();
    for first in (*count..*count + objects).step_by(batch as usize) {
        let batch: Vec<NewObject> = (first..first + batch).map(object).collect();
        cost.add(&Cost::of_client(|| add(store, COLLECTION, batch)));
    }
    // The server's ticks are too coarse for one request.
    cost.processor += server_seconds_since_last();
    *count += objects;
    told(how, objects, &cost)
}

/// The same by eight writers at once, one object at a time.
fn added_by_eight(store: &TaxiiStore, objects: u64, count: &mut u64) -> f64 {
    let since = Clock::now();
    let costs: Vec<Cost> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let own = *count + writer * objects / 8..*count + (writer + 1) * objects / 8;
                scope.spawn(move || {
                    let mut cost = Cost::default();
                    for number in own {
                        let one = vec![object(number)];
                        cost.add(&Cost::of_client(|| add(store, COLLECTION, one)));
                    }
                    cost
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let mut all = Cost { wall: since.elapsed().as_secs_f64(), processor: server_seconds_since_last() };
    all.processor += costs.iter().map(|cost| cost.processor).sum::<f64>();
    *count += objects;
    told("one at a time from 8 writers", objects, &all)
}

fn told(how: &str, objects: u64, cost: &Cost) -> f64 {
    let rate = objects as f64 / cost.processor;
    println!("  added {how}: {rate:.0} objects/CPU-s, {:.0} objects/s of wall", objects as f64 / cost.wall);
    rate
}

fn add(store: &TaxiiStore, collection: &str, objects: Vec<NewObject>) {
    let at = objects.last().unwrap().version.unwrap();
    let (id, note) = (uuid(at.micros() as u64 ^ 0x5eed), Some("[]".to_owned()));
    store.add(collection, Request { id, at, platform: Some("a".to_owned()), note }, objects).unwrap();
}

/// What something cost in seconds.
#[derive(Default)]
struct Cost {
    processor: f64,
    wall: f64,
}

impl Cost {
    fn add(&mut self, other: &Self) {
        self.processor += other.processor;
        self.wall += other.wall;
    }

    /// On this thread alone.
    fn of_client(work: impl FnOnce()) -> Self {
        let (since, before) = (Clock::now(), on_core());
        work();
        Self { processor: on_core() - before, wall: since.elapsed().as_secs_f64() }
    }

    /// On this thread, and in the server.
    fn of(work: impl FnOnce()) -> Self {
        server_seconds_since_last();
        let mut cost = Self::of_client(work);
        cost.processor += server_seconds_since_last();
        cost
    }
}

/// Time this thread has run on a core, which a busy machine does not falsify.
fn on_core() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("needs /proc");
    told.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// User and system time of all processes named `postgres` since this was asked last, in ticks of 10 ms (proc(5), stat, fields
/// 14 and 15); 0 where none is measured.
fn server_seconds_since_last() -> f64 {
    use std::sync::Mutex;
    static LAST: Mutex<f64> = Mutex::new(0.0);
    if std::env::var_os("BITACORA_BENCH_POSTGRESQL").is_none() {
        return 0.0;
    }
    let mut now = 0.0;
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(told) = std::fs::read_to_string(process.path().join("stat")) else { continue };
        let Some((head, after_name)) = told.rsplit_once(") ") else { continue };
        if head.ends_with("(postgres") {
            let fields: Vec<&str> = after_name.split(' ').collect();
            now += (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0;
        }
    }
    let mut last = LAST.lock().unwrap();
    let spent = now - *last;
    *last = now;
    spent
}

/// A line for the table that `tools/bench.sh` prints last.
fn figure(name: &str, measured: f64, side: &str, bar: f64) {
    println!("figure|{name}|{measured:.2}|{side} {bar}|{:.3}", measured / bar);
}

/// `modified` rises by 1 ms an object.
fn version_of(number: u64) -> Instant {
    Instant::from_micros(BEGIN + number as i64 * 1_000)
}

/// Seeded, in the form of a version 4 UUID.
fn uuid(seed: u64) -> String {
    // SplitMix64.
    let mix = |seed: u64| {
        let z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let (a, b) = (mix(seed), mix(seed ^ u64::MAX));
    let (time_mid, time_high) = ((a >> 16) & 0xffff, a & 0x0fff);
    let (clock, node) = (0x8000 | (b >> 48 & 0x3fff), b & 0xffff_ffff_ffff);
    format!("{:08x}-{time_mid:04x}-4{time_high:03x}-{clock:04x}-{node:012x}", a >> 32)
}

/// The `number`th position.
fn object(number: u64) -> NewObject {
    let kind =
        if number.is_multiple_of(RARE) && number > 0 && number <= MILLION { "seizure" } else { "location" };
    let id = format!("{kind}--{}", uuid(number));
    let when = version_of(number);
    let mut json = String::with_capacity(OBJECT_BYTES);
    let (lat, lon) = ((number % 2_000) as f64 / 100.0 - 5.0, (number % 2_500) as f64 / 100.0 - 95.0);
    write!(
        json,
        "{{\"type\": \"{kind}\", \"spec_version\": \"2.1\", \"id\": \"{id}\", \
         \"created_by_ref\": \"identity--5e0a4e1e-4b3f-4c3e-9b57-3f6d1d6f4f10\", \"created\": \"{when}\", \
         \"modified\": \"{when}\", \"confidence\": 80, \"latitude\": {lat:.4}, \"longitude\": {lon:.4}, \
         \"object_marking_refs\": [\"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421\"], \
         \"external_references\": [{{\"source_name\": \"bitacora\", \"external_id\": \"IND-2611-{number:07}\"}}], \
         \"extensions\": {{\"extension-definition--9c59fd79-4215-4ba2-920d-3e4f320e1e62\": {{\"extension_type\": \
         \"property-extension\", \"mmsi\": {}, \"sog\": 11.5, \"cog\": 270.1, \"sensor\": \"ais\", \
         \"observed_at\": \"{when}\", \"agreement\": \"A-2026-1\", \"purpose\": \"seizure\"}}}}, \
         \"description\": \"",
        730_000_000 + number % 10_000
    )
    .unwrap();
    let pad = OBJECT_BYTES.checked_sub(json.len() + 2).unwrap();
    json.extend("Position of a vessel. ".chars().cycle().take(pad));
    json.push_str("\"}");
    assert_eq!(json.len(), OBJECT_BYTES);
    NewObject {
        id,
        spec_version: "2.1".to_owned(),
        version: Some(when),
        hash: Sha256::digest(&json).into(),
        content: json.into_bytes(),
    }
}
