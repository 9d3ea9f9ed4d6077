//! Prints the score of a port day, and writes its feed and truth if a folder is given; `A..B` pools seeds.
//! `cargo run --release -p bitacora-scenarios --example port_day -- SEED [DIR]`.

use bitacora_scenarios::port::{port_day, report};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let seed = args.next().unwrap_or_else(|| "1".into());
    if let Some((from, to)) = seed.split_once("..") {
        print!("{}", report::report_over(from.parse()?..to.parse()?));
        return Ok(());
    }
    let seed: u64 = seed.parse()?;
    print!("{}", report::report(seed));
    if let Some(folder) = args.next().map(std::path::PathBuf::from) {
        let day = port_day(seed, bitacora_primitives::Instant::parse("2026-11-21T00:00:00Z")?);
        std::fs::create_dir_all(&folder)?;
        for (name, text) in day.files() {
            std::fs::write(folder.join(name), text)?;
        }
        std::fs::write(folder.join("truth.json"), day.truth.to_json()?)?;
    }
    Ok(())
}
