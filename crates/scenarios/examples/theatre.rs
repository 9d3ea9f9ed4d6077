//! Writes a theatre: the feed to a file, the truth to another. `cargo run --release --example theatre -- SEED DIR`.

use std::io::{BufWriter, Write};
use std::time::Instant as Clock;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let seed: u64 = args.next().as_deref().unwrap_or("1").parse()?;
    let folder = std::path::PathBuf::from(args.next().unwrap_or_else(|| ".".into()));
    let begun = Clock::now();
    let start = bitacora_primitives::Instant::parse("2026-11-21T00:00:00Z")?;
    let theatre = bitacora_scenarios::theatre(seed, start);
    let made = begun.elapsed();
    let mut feed = BufWriter::new(std::fs::File::create(folder.join("theatre.nmea"))?);
    let mut count = 0;
    for (_, line) in bitacora_scenarios::nmea(&theatre) {
        feed.write_all(line.as_bytes())?;
        feed.write_all(b"\r\n")?;
        count += 1;
    }
    feed.flush()?;
    std::fs::write(folder.join("truth.json"), theatre.truth.to_json()?)?;
    println!("{} hulls, {count} lines, {made:?} to make, {:?} in all", theatre.hulls.len(), begun.elapsed());
    Ok(())
}
