//! How fast a recording is read, against the floor of splitting lines and summing checksums in the same run.
//! `cargo run --release -p bitacora-feeds --example read_speed -- FILE [LINES]`; with `--summary`, the counts.

use std::time::Instant as Stopwatch;

use bitacora_ais::sentence::checksum;
use bitacora_feeds::ais::{Counts, Options, Reader, Sink};
use bitacora_feeds::{Refusal, ais::Decoded};
use bitacora_primitives::SourceId;
use bitacora_sea::contacts::Report;

/// Counts and forgets.
#[derive(Default)]
struct Tally {
    reports: u64,
    refused: u64,
    mmsi_sum: u64,
}

impl Sink for Tally {
    fn report(&mut self, report: Report) {
        self.reports += 1;
        if let Report::Position(contact) = report {
            self.mmsi_sum = self.mmsi_sum.wrapping_add(u64::from(contact.mmsi.number()));
        }
    }
    fn refused(&mut self, _refusal: Refusal) {
        self.refused += 1;
    }
    fn message(&mut self, decoded: &Decoded<'_>) {
        self.mmsi_sum = self.mmsi_sum.wrapping_add(u64::from(decoded.quality.bits()));
    }
}

/// Lines whose checksum holds, from the first `!` or `$` to the last `*`.
fn floor(bytes: &[u8]) -> (u64, u64) {
    let (mut lines, mut good) = (0, 0);
    for line in bytes.split(|byte| *byte == b'\n') {
        lines += 1;
        if let Some(start) = memchr::memchr2(b'!', b'$', line)
            && let Some(star) = memchr::memrchr(b'*', line)
            && let Some(inside) = line.get(start + 1..star)
            && let Some(digits) = line.get(star + 1..star + 3)
            && std::str::from_utf8(digits).ok().and_then(|text| u8::from_str_radix(text, 16).ok())
                == Some(checksum(inside))
        {
            good += 1;
        }
    }
    (lines, good)
}

fn read(bytes: &[u8], reports: bool) -> (Counts, Tally) {
    let options = Options { reports, ..Options::default() };
    let mut reader = Reader::new(SourceId::of(&[b"read_speed"]), options);
    let mut tally = Tally::default();
    for chunk in bytes.chunks(1 << 18) {
        reader.push(chunk, None, &mut tally);
    }
    reader.finish(&mut tally);
    (*reader.counts(), tally)
}

fn summary(counts: &Counts) {
    let by_type: Vec<String> = counts
        .by_type
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(message_type, count)| format!("\"{message_type}\":{count}"))
        .collect();
    let refused: Vec<String> =
        counts.refused.occurred().map(|(reason, count)| format!("\"{}\":{count}", reason.code())).collect();
    println!(
        "{{\"lines\":{},\"sentences\":{},\"messages\":{},\"ignored\":{},\"by_type\":{{{}}},\"refused\":{{{}}}}}",
        counts.lines,
        counts.sentences,
        counts.messages,
        counts.ignored(),
        by_type.join(","),
        refused.join(",")
    );
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, path] = arguments.as_slice()
        && flag == "--summary"
    {
        summary(&read(&std::fs::read(path)?, false).0);
        return Ok(());
    }
    let Some(path) = arguments.first() else {
        println!("read_speed FILE [LINES] | --summary FILE");
        return Ok(());
    };
    let once = std::fs::read(path)?;
    let want: u64 = arguments.get(1).and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let each = memchr::memchr_iter(b'\n', &once).count().max(1) as u64;
    let bytes = once.repeat(want.div_ceil(each) as usize);
    let timed = |name: &str, work: &dyn Fn() -> u64| {
        let mut best = f64::INFINITY;
        let mut lines = 0;
        for _ in 0..5 {
            let watch = Stopwatch::now();
            lines = work();
            best = best.min(watch.elapsed().as_secs_f64());
        }
        let rate = lines as f64 / best / 1e6;
        println!("{name:<34} {rate:7.2} M lines/s  {:7.0} MB/s", bytes.len() as f64 / best / 1e6);
        rate
    };
    let ground = timed("floor: lines and checksums", &|| floor(&bytes).0);
    let decoded = timed("assemble, decode", &|| read(&bytes, false).0.lines);
    let whole = timed("assemble, decode, merge, report", &|| {
        let (counts, tally) = read(&bytes, true);
        std::hint::black_box((tally.reports, tally.refused, tally.mmsi_sum));
        counts.lines
    });
    println!("of the floor: {:.3} decoding, {:.3} reporting", decoded / ground, whole / ground);
    let (counts, _) = read(&once, true);
    println!(
        "once: {} messages, {} duplicates, {} positions, {} statics, {} refused",
        counts.messages,
        counts.duplicates,
        counts.positions,
        counts.statics,
        counts.refused.total()
    );
    Ok(())
}
