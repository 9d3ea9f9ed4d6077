//! Reads a decoded file and prints what became of its rows: `cargo run --release --example positions -- FILE [MAP]`.

use bitacora_feeds::Refusal;
use bitacora_feeds::ais::Sink;
use bitacora_feeds::open::open;
use bitacora_feeds::positions::{ColumnMap, Positions};
use bitacora_primitives::SourceId;
use bitacora_sea::contacts::Report;

struct Counting(u64);

impl Sink for Counting {
    fn report(&mut self, _: Report) {
        self.0 += 1;
    }
    fn refused(&mut self, refusal: Refusal) {
        if self.0 < 1000 {
            eprintln!("{refusal}");
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("name a file, or - for standard input")?;
    let map = ColumnMap::parse(&args.next().unwrap_or_default())?;
    let begun = std::time::Instant::now();
    let opened = open(path.as_ref())?;
    let mut positions = Positions::new(opened, SourceId::of(&[path.as_bytes()]), &map)?;
    let mut sink = Counting(0);
    while positions.read(10_000, &mut sink)? {}
    let counts = positions.counts();
    let rate = counts.rows as f64 / begun.elapsed().as_secs_f64();
    println!(
        "{} rows, {} positions, {} statics, {} refused, {rate:.0} rows/s",
        counts.rows,
        counts.positions,
        counts.statics,
        counts.refused.total()
    );
    Ok(())
}
