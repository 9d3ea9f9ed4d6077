//! Every promise by every method, baseline, vintage and end: over the starting data, over a million observations, and over
//! series as long as they may be. Processor time, best of several. Prints figures; asserts what is judged, not how fast.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use bitacora_accounts::book::Book;
use bitacora_accounts::import::tidy;
use bitacora_accounts::starting::starting;
use bitacora_accounts::verdict::matrix;
use bitacora_accounts::{DEPARTMENTS, Ledger, SeriesId};

const HEADING: &str = "series_id,country,year,value,unit,low,high,source_name,source_ref,note,ship\n";
const SERIES: [&str; 10] = [
    "co.cult.simci_odc",
    "co.cult.unodc",
    "co.cult.us",
    "co.cult.siima",
    "co.prod.unodc",
    "co.prod.us",
    "co.erad.manual.odc",
    "co.erad.manual.gov",
    "co.pnis.ha",
    "co.seiz.hcl.gov",
];

/// Processor time of this process where the system tells it (Linux), else the wall clock.
fn clock(epoch: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| epoch.elapsed(), Duration::from_nanos)
}

/// The best of several rounds of `runs` each; one run's share.
fn best(name: &str, rounds: u32, runs: u32, mut work: impl FnMut()) {
    let epoch = Instant::now();
    let time = |_| {
        let start = clock(epoch);
        (0..runs).for_each(|_| work());
        (clock(epoch) - start) / runs
    };
    let least = (0..rounds).map(time).min().unwrap();
    println!("{name}: {:.3} ms", least.as_secs_f64() * 1e3);
}

fn unit(series: &str) -> &'static str {
    if series.contains("prod") || series.contains("seiz") { "t" } else { "ha" }
}

/// The series that promises hang on, for every department and year, in so many vintages: none of the whole country.
fn million() -> String {
    let mut table = String::from(HEADING);
    let mut count = 0;
    'all: for vintage in 0u32.. {
        for (code, _, _) in DEPARTMENTS {
            for series in SERIES {
                for year in 1990..2020 {
                    let known = format!("{}-{:02}", 2000 + vintage / 12, 1 + vintage % 12);
                    table.push_str(&format!(
                        "{series},{code},{year},{count}.5,{},,,\"Source {vintage}, Sep 2018\",https://example.org,vintage={known}; text,yes\n",
                        unit(series)
                    ));
                    count += 1;
                    if count == 1_000_000 {
                        break 'all;
                    }
                }
            }
        }
    }
    table
}

/// For the whole country: every year revised so often that each series is as long as it may be.
fn long() -> String {
    let mut table = String::from(HEADING);
    for series in SERIES {
        for n in 0..1_900 {
            let (year, vintage) = (2000 + n % 25, n / 25);
            let known = format!("{}-{:02}", 2025 + vintage / 12, 1 + vintage % 12);
            let low = 1000 + n;
            table.push_str(&format!(
                "{series},COL,{year},{}.5,{},{low},{},\"Source {vintage}\",https://example.org,vintage={known},yes\n",
                low + 5,
                unit(series),
                low + 20
            ));
        }
    }
    table
}

fn with(start: &Book, table: &str) -> Ledger {
    let mut ledger = start.ledger().clone();
    for row in tidy(table.as_bytes(), None).unwrap().rows {
        ledger.append(row).unwrap();
    }
    ledger.settle();
    ledger
}

fn main() {
    let start = starting().unwrap();
    let day = Some("2026-11-21".parse().unwrap());
    println!(
        "{} promises, {} indicators, {} methods, {} observations",
        start.commitments().len(),
        start.registry().indicators().len(),
        start.registry().methods().len(),
        start.ledger().len()
    );
    best("the starting data read", 7, 20, || drop(black_box(starting())));
    let judge = |ledger: &Ledger| matrix(ledger, start.registry(), start.commitments(), day);
    let rows = judge(start.ledger()).rows.len();
    best(&format!("all promises over all vintages, {rows} cells"), 7, 50, || {
        drop(black_box(judge(start.ledger())))
    });
    let all = judge(start.ledger());
    best("its canonical bytes", 7, 50, || drop(black_box(all.to_csv(start.ledger()))));

    let table = million();
    best("a million observations read", 3, 1, || drop(black_box(tidy(table.as_bytes(), None).unwrap())));
    let imported = tidy(table.as_bytes(), None).unwrap();
    assert_eq!((imported.rows.len(), imported.defects.count), (1_000_000, 0));
    best("read, appended and settled", 3, 1, || drop(black_box(with(&start, &table))));
    let ledger = with(&start, &table);
    let series = SeriesId::read("co.cult.unodc").unwrap();
    let asked = "2005-06-30".parse().unwrap();
    let known = ledger.as_known_on(&series, asked).standing.len();
    best(&format!("as known on a day, {known} cells"), 7, 20_000, || {
        drop(black_box(ledger.as_known_on(&series, asked)))
    });
    assert_eq!(judge(&ledger).rows, all.rows, "departments change nothing of the country");
    best(&format!("all promises over {} observations", ledger.len()), 7, 50, || {
        drop(black_box(judge(&ledger)))
    });

    let long = with(&start, &long());
    let rows = judge(&long).rows.len();
    best(&format!("all promises where every series has 1,900 figures more, {rows} cells"), 3, 1, || {
        drop(black_box(judge(&long)));
    });
}
