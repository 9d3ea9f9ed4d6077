//! Is the probability that reception explains a silence worth its name? Real fixes are taken away, by places that are
//! badly heard, by fades of one vessel, by outages that hit all, and by switching transmitters off: of each silence it
//! is then known which it was.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a failed step is a failed test; tests read files"
)]

mod shared;

use std::collections::BTreeMap;

use bitacora_primitives::{Duration, Instant};
use bitacora_sea::Parameters;
use bitacora_sea::behaviour::reception::{HeardNearby, Learned, batch};
use bitacora_sea::tracks::positions::{Positions, Row};

struct Dice(u64);
impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
    /// Times of a Poisson process between two times, hours.
    fn times(&mut self, from: f64, to: f64, per_hour: f64) -> Vec<f64> {
        let mut times = Vec::new();
        let mut at = from;
        loop {
            at -= (1.0 - self.unit()).ln() / per_hour;
            if at >= to {
                return times;
            }
            times.push(at);
        }
    }
    fn between(&mut self, (least, most): (f64, f64)) -> f64 {
        least * (most / least).powf(self.unit())
    }
}

/// How fixes are lost. Lengths in hours.
#[derive(Clone, Copy)]
struct Losses {
    threshold: f64,
    /// Cells of this edge keep all, half, a tenth or a fiftieth of their fixes.
    patch_deg: f64,
    off_per_hour: f64,
    off: (f64, f64),
    fades_per_hour: f64,
    fade: (f64, f64),
    outages_per_hour: f64,
    outage: (f64, f64),
    /// An outage hits blocks of this edge.
    block_deg: f64,
}

const HOUR_US: f64 = 3.6e9;

/// By vessel the times and causes (true: switched off) of what was taken away.
type Taken = BTreeMap<u32, Vec<(i64, bool)>>;

/// The rows that are left, and what was taken away.
fn thinned(rows: &[Row], losses: &Losses, seed: u64) -> (Vec<Row>, Taken) {
    let hours = |micros: i64| micros as f64 / HOUR_US;
    let mut spans: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for row in rows {
        let at = hours(row.micros);
        let span = spans.entry(row.mmsi).or_insert((at, at));
        *span = (span.0.min(at), span.1.max(at));
    }
    let mut dice = Dice(seed);
    let mut vessels: BTreeMap<u32, Vec<(f64, f64, bool)>> = BTreeMap::new();
    for (mmsi, (from, to)) in &spans {
        let mut lost = Vec::new();
        for at in dice.times(*from, *to, losses.off_per_hour) {
            lost.push((at, at + dice.between(losses.off), true));
        }
        for at in dice.times(*from, *to, losses.fades_per_hour) {
            lost.push((at, at + dice.between(losses.fade), false));
        }
        vessels.insert(*mmsi, lost);
    }
    let patch = |row: &Row, edge: f64| ((row.lat / edge).floor() as i64, (row.lon / edge).floor() as i64);
    let from = spans.values().map(|span| span.0).fold(f64::INFINITY, f64::min);
    let to = spans.values().map(|span| span.1).fold(f64::NEG_INFINITY, f64::max);
    let mut blocks: BTreeMap<(i64, i64), Vec<(f64, f64)>> = BTreeMap::new();
    let mut kept = Vec::new();
    let mut taken = Taken::new();
    for row in rows {
        let at = hours(row.micros);
        let within = |(begin, end): (f64, f64)| (begin..end).contains(&at);
        let block = blocks.entry(patch(row, losses.block_deg)).or_insert_with_key(|key| {
            let mut dice =
                Dice(seed ^ (key.0 as u64).wrapping_mul(7_919) ^ (key.1 as u64).wrapping_mul(104_729));
            let times = dice.times(from, to, losses.outages_per_hour);
            times.into_iter().map(|at| (at, at + dice.between(losses.outage))).collect()
        });
        let own = &vessels[&row.mmsi];
        let off = own.iter().any(|(begin, end, off)| *off && within((*begin, *end)));
        let (north, east) = patch(row, losses.patch_deg);
        let keep =
            [1.0, 1.0, 0.5, 0.1, 0.02][(Dice(seed ^ (north * 65_537 + east) as u64).next() % 5) as usize];
        let lost = own.iter().any(|(begin, end, _)| within((*begin, *end)))
            || block.iter().any(|span| within(*span))
            || dice.unit() >= keep;
        if lost {
            taken.entry(row.mmsi).or_default().push((row.micros, off));
        } else {
            kept.push(*row);
        }
    }
    (kept, taken)
}

/// One silence of known cause: was it reception, and what was said.
struct Case {
    reception: bool,
    hours: f64,
    noticed: Option<f64>,
    ended: Option<f64>,
}

fn cases(rows: &[Row], losses: &Losses, seed: u64) -> Vec<Case> {
    let (kept, taken) = thinned(rows, losses, seed);
    let mut parameters = Parameters::default();
    parameters.gap.min_duration = Duration::from_secs_f64(losses.threshold * 3600.0);
    parameters.gap.reception_window =
        Duration::from_secs_f64((losses.threshold * 3600.0 / 6.0).min(600.0).floor());
    parameters.gap.reception.off_per_hour = losses.off_per_hour;
    let positions: Positions = kept.into_iter().collect();
    let mut nearby = HeardNearby::new(&parameters.gap);
    let judged = batch::judge(&positions, &parameters, None, &mut nearby);
    let (first, last) = (rows.first().unwrap().micros, rows.last().unwrap().micros);
    let mut cases = Vec::new();
    for one in judged {
        let Some(on) = one.silence.on else { continue };
        // The first half is for learning.
        let Some(taken) =
            taken.get(&one.silence.mmsi).filter(|_| one.silence.off.micros > i64::midpoint(first, last))
        else {
            continue;
        };
        let inside: Vec<(i64, bool)> = taken
            .iter()
            .copied()
            .filter(|(at, _)| (one.silence.off.micros..=on.micros).contains(at))
            .collect();
        let mut times: Vec<i64> = inside.iter().map(|(at, _)| *at).collect();
        times.push(on.micros);
        let mut before = one.silence.off.micros;
        let natural = times
            .iter()
            .map(|at| {
                let silent = at - before;
                before = *at;
                silent
            })
            .max()
            .unwrap();
        // A silence that was there already: its cause is not known.
        if natural as f64 > losses.threshold * HOUR_US {
            continue;
        }
        let offs = inside.iter().filter(|(_, off)| *off).count();
        if offs > 0 && !inside[0].1 && offs * 2 < inside.len() {
            continue;
        }
        cases.push(Case {
            reception: offs == 0,
            hours: one.silence.duration_h().unwrap(),
            noticed: one.noticed.explained.map(|explained| explained.p_reception),
            ended: one.ended.and_then(|ended| ended.explained).map(|explained| explained.p_reception),
        });
    }
    cases
}

/// Fixes an hour of a vessel that is there, over the first half.
fn constant_rate(rows: &[Row], losses: &Losses, seed: u64) -> f64 {
    let (kept, _) = thinned(rows, losses, seed);
    let middle = i64::midpoint(rows.first().unwrap().micros, rows.last().unwrap().micros);
    let mut last: BTreeMap<u32, i64> = BTreeMap::new();
    let (mut fixes, mut present) = (0.0, 0.0);
    for row in kept.iter().filter(|row| row.micros <= middle) {
        if let Some(before) = last.insert(row.mmsi, row.micros) {
            fixes += 1.0;
            present += (row.micros - before) as f64 / HOUR_US;
        }
    }
    fixes / present
}

struct Scores {
    cases: usize,
    known: usize,
    share: f64,
    model: f64,
    noticed: f64,
    constant: f64,
    base: f64,
}

fn scores(name: &str, rows: &[Row], losses: &Losses, seeds: std::ops::Range<u64>) -> Scores {
    let (mut all, mut rates) = (Vec::new(), Vec::new());
    for seed in seeds {
        let found = cases(rows, losses, seed);
        let rate = constant_rate(rows, losses, seed);
        rates.extend(std::iter::repeat_n(rate, found.len()));
        all.extend(found);
    }
    let brier = |said: &dyn Fn(usize, &Case) -> Option<f64>| {
        let squares: Vec<f64> = all
            .iter()
            .enumerate()
            .filter(|(_, case)| case.ended.is_some() && case.noticed.is_some())
            .filter_map(|(at, case)| {
                said(at, case).map(|p| (p - f64::from(u8::from(case.reception))).powi(2))
            })
            .collect();
        squares.iter().sum::<f64>() / squares.len() as f64
    };
    let known: Vec<&Case> =
        all.iter().filter(|case| case.ended.is_some() && case.noticed.is_some()).collect();
    let share = known.iter().filter(|case| case.reception).count() as f64 / known.len() as f64;
    let constant = |at: usize, case: &Case| {
        let silent = (-rates[at] * case.hours).exp();
        let off = 1.0 - (-losses.off_per_hour / rates[at]).exp();
        Some(silent / (silent + off))
    };
    let scores = Scores {
        cases: all.len(),
        known: known.len(),
        share,
        model: brier(&|_, case| case.ended),
        noticed: brier(&|_, case| case.noticed),
        constant: brier(&constant),
        base: brier(&|_, _| Some(share)),
    };
    println!(
        "{name}: {} silences of known cause, {} judged, {:.1} % of them reception; Brier when ended {:.4}, when \
         noticed {:.4}, constant rate {:.4}, base rate {:.4}",
        scores.cases,
        scores.known,
        100.0 * share,
        scores.model,
        scores.noticed,
        scores.constant,
        scores.base
    );
    for tenth in 0..10 {
        let (from, to) = (f64::from(tenth) / 10.0, f64::from(tenth + 1) / 10.0);
        let inside: Vec<&&Case> = known
            .iter()
            .filter(|case| case.ended.is_some_and(|p| p >= from && (p < to || tenth == 9)))
            .collect();
        if !inside.is_empty() {
            let mean = |value: &dyn Fn(&Case) -> f64| {
                inside.iter().map(|case| value(case)).sum::<f64>() / inside.len() as f64
            };
            println!(
                "  {from:.1}-{to:.1}: {:>5} silences, said {:.3}, were {:.3}",
                inside.len(),
                mean(&|case| case.ended.unwrap()),
                mean(&|case| f64::from(u8::from(case.reception)))
            );
        }
    }
    scores
}

fn decoded(path: &str) -> Option<String> {
    bitacora_given::text(&format!("ais/decoded/{path}"))
}

fn table(text: &str, columns: [&str; 5]) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let [mmsi, time, lat, lon, sog] =
        columns.map(|name| headers.iter().position(|header| header == name).unwrap());
    let mut rows: Vec<Row> = reader
        .records()
        .map(Result::unwrap)
        .filter_map(|record| {
            Some(Row {
                mmsi: record[mmsi].parse().ok()?,
                micros: Instant::parse(&record[time]).ok()?.micros(),
                lat: record[lat].parse().ok()?,
                lon: record[lon].parse().ok()?,
                sog_kn: record[sog].parse().ok(),
                cog_deg: None,
                message_type: 1,
            })
        })
        .collect();
    rows.sort_by_key(|row| (row.micros, row.mmsi));
    rows
}

/// The recording ten times, two hours apart, of other vessels each time: twenty hours of the same sea.
fn solent() -> Option<Vec<Row>> {
    let text = decoded("solent-2016-01-12.csv")?;
    let once = table(&text, ["MMSI", "Time", "Latitude_degrees", "Longitude_degrees", "SOG_knots"]);
    let numbers: Vec<u32> =
        once.iter().map(|row| row.mmsi).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    let rows = (0..10_u32).flat_map(|copy| {
        let numbers = &numbers;
        once.iter().map(move |row| Row {
            mmsi: 200_000_000 + copy * 100 + numbers.binary_search(&row.mmsi).unwrap() as u32,
            micros: row.micros + i64::from(copy) * 7_200_000_000,
            ..*row
        })
    });
    let mut rows: Vec<Row> = rows.collect();
    rows.sort_by_key(|row| (row.micros, row.mmsi));
    Some(rows)
}

const SOLENT: Losses = Losses {
    threshold: 0.15,
    patch_deg: 0.1,
    off_per_hour: 0.15,
    off: (0.2, 0.8),
    fades_per_hour: 0.3,
    fade: (0.05, 0.8),
    outages_per_hour: 0.1,
    outage: (0.1, 0.6),
    block_deg: 0.3,
};

const COAST: Losses = Losses {
    threshold: 0.06,
    patch_deg: 0.25,
    off_per_hour: 1.2,
    off: (0.07, 0.25),
    fades_per_hour: 0.3,
    fade: (0.03, 0.2),
    outages_per_hour: 0.3,
    outage: (0.05, 0.2),
    block_deg: 0.5,
};

const OCEAN: Losses = Losses {
    threshold: 6.0,
    patch_deg: 1.0,
    off_per_hour: 0.004,
    off: (7.0, 48.0),
    fades_per_hour: 0.01,
    fade: (1.0, 48.0),
    outages_per_hour: 0.004,
    outage: (3.0, 24.0),
    block_deg: 10.0,
};

#[test]
fn the_probability_is_better_than_a_constant_rate_on_silences_of_known_cause() {
    let (Some(solent), Some(coast), Some(ocean)) = (
        solent(),
        decoded("marinecadastre-2022-01-03-first99999.csv.gz"),
        shared::text("segments/regression_messages.csv.gz"),
    ) else {
        return;
    };
    let coast = table(&coast, ["MMSI", "BaseDateTime", "LAT", "LON", "SOG"]);
    // Nearly all of it is of the first 24 minutes.
    let begin = coast[0].micros;
    let coast: Vec<Row> = coast.into_iter().filter(|row| row.micros - begin < 25 * 60_000_000).collect();
    let ocean = table(&ocean, ["ssvid", "timestamp", "lat", "lon", "speed"]);
    // Model and parameters were settled on seeds 1 to 6; these are others.
    let seeds = if std::env::var("SEEDS").as_deref() == Ok("own") { 1..7 } else { 101..107 };
    let mut all = Vec::new();
    for (name, rows, losses) in
        [("Solent", &solent, SOLENT), ("US coasts", &coast, COAST), ("oceans", &ocean, OCEAN)]
    {
        all.push((name, scores(name, rows, &losses, seeds.clone())));
    }
    for (name, scores) in all {
        assert!(scores.known > 80, "{name}: {} judged", scores.known);
        assert!(scores.share > 0.05 && scores.share < 0.95, "{name}: both causes occur");
        assert!(scores.model < scores.constant, "{name}: no better than a constant rate");
        assert!(scores.model < scores.base, "{name}: no better than the base rate");
        assert!(scores.noticed < scores.constant, "{name}: when noticed");
    }
}

#[test]
fn what_was_learned_can_be_stored_and_taken_up_again() {
    let Some(rows) = solent() else { return };
    let parameters = Parameters::default();
    let (early, late): (Vec<Row>, Vec<Row>) =
        rows.iter().copied().partition(|row| row.micros < rows[0].micros + 36_000_000_000);
    let run = |rows: &[Row], nearby: &mut HeardNearby| {
        let mut quick = parameters.clone();
        quick.gap.min_duration = Duration::from_mins(10);
        batch::judge(&rows.iter().copied().collect(), &quick, None, nearby)
    };
    let mut quick = parameters.gap.clone();
    quick.min_duration = Duration::from_mins(10);
    let mut first = HeardNearby::new(&quick);
    run(&early, &mut first);
    let stored = serde_json::to_string(first.learned()).unwrap();
    println!("{} cells, {} bytes", first.learned().cells(), stored.len());
    let read: Learned = serde_json::from_str(&stored).unwrap();
    assert_eq!(&read, first.learned());
    let (mut one, mut other) = (HeardNearby::new(&quick), HeardNearby::new(&quick));
    one.take_up(read);
    other.take_up(first.learned().clone());
    let (with, again) = (run(&late, &mut one), run(&late, &mut other));
    assert_eq!(with, again);
    assert_ne!(with, run(&late, &mut HeardNearby::new(&quick)), "what had been learned counts");
}

#[test]
fn where_hardly_anything_was_heard_the_probability_is_unknown() {
    let rows: Positions = (0..20)
        .map(|at: i64| Row {
            mmsi: 1,
            micros: at * 60_000_000 + if at > 10 { 86_400_000_000 } else { 0 },
            lat: 5.0,
            lon: 179.999,
            sog_kn: Some(8.0),
            cog_deg: None,
            message_type: 1,
        })
        .collect();
    let parameters = Parameters::default();
    let judged = batch::judge(&rows, &parameters, None, &mut HeardNearby::new(&parameters.gap));
    assert_eq!(judged.len(), 1);
    assert_eq!(judged[0].noticed.explained, None);
}
