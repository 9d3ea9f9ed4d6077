//! The whole path from an NMEA file to facts in the store and Parquet: `bitacora ingest` as a child process, its
//! processor time and peak memory, beside the floor of splitting lines and summing checksums over the same bytes.
//! Prints figures; asserts only that the input was really read. Needs Linux's /proc.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that fails should stop and say so"
)]

use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bitacora_ais::sentence::checksum;
use memchr::{memchr_iter, memchr2, memmem, memrchr};

mod repeated;

use repeated::{SHIFT_S, shifted};

const BINARY: &str = env!("CARGO_BIN_EXE_bitacora");
const RECORDING: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/ais/raw/uscg-nais-2016-07-28-100k.nm4");
const LINES: usize = 1_000_000;
/// Between repetitions of the generated day.
const DAY_S: i64 = 86_400;
const RUNS: usize = 5;
/// Lengths of the input in repetitions of the first, and how often each is read. The first ends before the
/// detectors have anything to find; from the second on a length more must not take more memory.
const LENGTHS: [(usize, usize); 3] = [(1, RUNS), (5, RUNS), (15, 1)];

const BAR_PER_S: f64 = 500_000.0;
const BAR_MIB: f64 = 1024.0;

/// What a child process cost.
struct Cost {
    /// User and system time of all its threads.
    processor: f64,
    wall: f64,
    peak_kib: u64,
    /// What the summary says was found.
    found: String,
}

struct Input {
    path: PathBuf,
    lines: u64,
    /// VDM and VDO lines: what the bar counts. The receivers' own `VSI` lines and comments come besides.
    sentences: u64,
}

fn main() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-ingest-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    let (once, shift, name) = recording(&folder);
    let each = memchr_iter(b'\n', &once).count();
    let times = LINES.div_ceil(each);
    println!("{name} x {times}, shifted by {shift} s each, and longer");

    let (mut slowest, mut highest, mut peaks) = (f64::INFINITY, 0, Vec::new());
    for (length, runs) in LENGTHS {
        let input = write_repeated(&once, times * length, shift, &folder.join("input.nmea"));
        let sentences = input.sentences as f64;
        println!("{} lines, {} VDM and VDO sentences:", input.lines, input.sentences);
        let costs: Vec<Cost> = (0..runs).map(|_| ingest(&folder, &input)).collect();
        let (best, median) = best_and_median(costs.iter().map(|cost| cost.processor));
        let (wall_best, wall_median) = best_and_median(costs.iter().map(|cost| cost.wall));
        let peak_kib = costs.iter().map(|cost| cost.peak_kib).max().unwrap();
        println!("  {runs} x read: {}", costs[0].found);
        println!("  processor time        best {best:.2} s, median {median:.2} s");
        println!("  wall time             best {wall_best:.2} s, median {wall_median:.2} s");
        println!("  sentences/s of a core best {:.0}, median {:.0}", sentences / best, sentences / median);
        println!("  lines/s of a core     best {:.0}, median {:.0}", per(&input, best), per(&input, median));
        println!("  peak memory           {:.0} MiB", peak_kib as f64 / 1024.0);
        if length == 1 {
            let bytes = std::fs::read(&input.path).unwrap();
            let (floor_best, floor_median) = best_and_median((0..RUNS).map(|_| timed(|| floor(&bytes))));
            println!("  lines and checksums   best {floor_best:.3} s, median {floor_median:.3} s");
            let ratios = (floor_best / best, floor_median / median);
            println!("  of the floor's speed  best {:.3}, median {:.3}", ratios.0, ratios.1);
        }
        slowest = f64::min(slowest, sentences / median);
        highest = peak_kib.max(highest);
        peaks.push(peak_kib as f64);
    }
    let growth = peaks[peaks.len() - 1] / peaks[peaks.len() - 2];
    println!("memory of the longest to the next longest: {growth:.2}");
    figure("ingest, sentences/s of a core, slowest length", slowest, BAR_PER_S, "at least", 0);
    figure("ingest, peak memory in MiB, any length", highest as f64 / 1024.0, BAR_MIB, "at most", 0);
    drop(std::fs::remove_dir_all(&folder));
}

fn per(input: &Input, seconds: f64) -> f64 {
    input.lines as f64 / seconds
}

/// A line for the table that `tools/bench.sh` prints last.
fn figure(name: &str, measured: f64, bar: f64, side: &str, digits: usize) {
    println!("figure|{name}|{measured:.digits$}|{side} {bar}|{:.3}", measured / bar);
}

fn recording(folder: &Path) -> (Vec<u8>, i64, &'static str) {
    if let Ok(bytes) = std::fs::read(RECORDING) {
        return (bytes, SHIFT_S, "USCG NAIS recording of 2016-07-28");
    }
    println!("no ../shared: the generated theatre stands in for the USCG recording");
    let path = folder.join("theatre.nmea");
    let made = Command::new(BINARY).args(["scenario", "--out"]).arg(&path).status().unwrap();
    assert!(made.success());
    (std::fs::read(path).unwrap(), DAY_S, "generated theatre")
}

fn write_repeated(once: &[u8], times: usize, shift: i64, path: &Path) -> Input {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path).unwrap());
    let (mut lines, mut sentences) = (0, 0);
    let vdm = [memmem::Finder::new(b"VDM,"), memmem::Finder::new(b"VDO,")];
    let mut line_out = Vec::new();
    for repetition in 0..times {
        for line in once.split_inclusive(|byte| *byte == b'\n') {
            lines += 1;
            sentences += u64::from(vdm.iter().any(|finder| finder.find(line).is_some()));
            line_out.clear();
            shifted(line, repetition as i64 * shift, &mut line_out);
            out.write_all(&line_out).unwrap();
        }
    }
    out.into_inner().unwrap().sync_all().unwrap();
    Input { path: path.to_owned(), lines, sentences }
}

/// Lines whose checksum holds, from the first `!` or `$` to the last `*`: less work no reader can do.
fn floor(bytes: &[u8]) -> u64 {
    let mut good = 0;
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Some(start) = memchr2(b'!', b'$', line)
            && let Some(star) = memrchr(b'*', line)
            && let Some(inside) = line.get(start + 1..star)
            && let Some(digits) = line.get(star + 1..star + 3)
            && std::str::from_utf8(digits).ok().and_then(|text| u8::from_str_radix(text, 16).ok())
                == Some(checksum(inside))
        {
            good += 1;
        }
    }
    good
}

/// Processor seconds of this thread for `work`, which a busy machine does not falsify.
fn timed(work: impl Fn() -> u64) -> f64 {
    let on_core = || {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("needs /proc");
        told.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
    };
    let before = on_core();
    black_box(work());
    on_core() - before
}

/// Reads the input into a fresh data folder.
fn ingest(folder: &Path, input: &Input) -> Cost {
    let data = folder.join("data");
    drop(std::fs::remove_dir_all(&data));
    let before = children_seconds();
    let since = Instant::now();
    let mut child = Command::new(BINARY)
        .args(["ingest", "--json", "--data"])
        .arg(&data)
        .arg(&input.path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    // The high-water mark only rises, so the last look before the end is the peak to within some milliseconds.
    let status = loop {
        peak_kib = high_water_kib(&status_file).unwrap_or(peak_kib);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let (processor, wall) = (children_seconds() - before, since.elapsed().as_secs_f64());
    assert!(status.success(), "ingest failed");
    let mut summary = String::new();
    child.stdout.unwrap().read_to_string(&mut summary).unwrap();
    let read: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(read["lines"], input.lines, "{summary}");
    assert!(read["positions"].as_u64().unwrap() > input.sentences / 10, "{summary}");
    drop(std::fs::remove_dir_all(&data));
    let count = |name: &str| read[name].as_u64().unwrap();
    let found = format!(
        "{} messages, {} of them duplicates, {} positions, {} events, {} leads",
        count("messages"),
        count("duplicates"),
        count("positions"),
        count("events"),
        count("leads")
    );
    Cost { processor, wall, peak_kib, found }
}

fn high_water_kib(status_file: &str) -> Option<u64> {
    let told = std::fs::read_to_string(status_file).ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// User and system time of the children waited for, fields 16 and 17 of proc(5)'s stat, in ticks of 10 ms.
fn children_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/self/stat").expect("needs /proc");
    let (_, after_name) = told.rsplit_once(") ").unwrap();
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks = |field: usize| fields[field - 3].parse::<f64>().unwrap();
    (ticks(16) + ticks(17)) / 100.0
}

fn best_and_median(seconds: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut seconds: Vec<f64> = seconds.collect();
    seconds.sort_by(f64::total_cmp);
    (seconds[0], seconds[seconds.len() / 2])
}
