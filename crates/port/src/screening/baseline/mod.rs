//! Profile `baseline`: rules R1 to R5 as fixed comparisons over the rows of one CSV, in one pass over its bytes. It is
//! the yardstick that other implementations agree with to the byte; officers get profile `field`, which judges more.
//!
//! Rows count in the order of the file, by their times only where a rule says so; nothing assumes they are sorted.
//! * R1: within a trip a seal differs from the seal read before, and no authorised INSP or RSEA lies in between.
//! * R2: one seal on more than one container: the first row of each pair of seal and container.
//! * R3: LOAD exceeds GTIN by more than 300 kg and 2 %; GTIN differs from VGMS by more than 500 kg and 5 %.
//! * R4: the check digit is wrong; or a container is at another facility less than 6 h after its row before.
//! * R5: DRO with no authorised INSP of the trip within 2 h either way; MOVE without a work order.

mod interner;
mod rows;

use std::collections::BTreeSet;

use interner::{Interner, Key, LongTexts};
pub use rows::{BadHeader, COLUMNS, RowFault, RowRefusal};
use rows::{Layout, Row};

use super::container::check_remainder;
use super::seal_difference::{NEAR_SERIAL, SealDifference, Tier};

/// Refusals kept with their place; every one is counted.
pub const MAX_REFUSALS: usize = 10_000;
const NONE: u32 = u32::MAX;
const R4_SECONDS: i64 = 21_600;
const R5_SECONDS: i64 = 7_200;

/// One alert: `R{rule},{event}` in the alert file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BaselineAlert {
    /// 1 to 5.
    pub rule: u8,
    pub event: i64,
    /// Only a seal reading can be demoted.
    pub tier: Tier,
}

/// What a file gave.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Screened {
    /// By rule, then event; no alert twice.
    pub alerts: Vec<BaselineAlert>,
    /// Rows read, without the refused ones.
    pub rows: u64,
    pub refused: u64,
    /// The first [`MAX_REFUSALS`] of them.
    pub refusals: Vec<RowRefusal>,
}

impl Screened {
    /// The alert file: `Rk,event_id` a line, with the tier as a third column if asked.
    pub fn alert_lines(&self, tiers: bool) -> String {
        let mut text = String::with_capacity(self.alerts.len() * 14);
        for alert in &self.alerts {
            text.push_str(&format!("R{},{}", alert.rule, alert.event));
            if tiers {
                text.push(',');
                text.push_str(alert.tier.code());
            }
            text.push('\n');
        }
        text
    }
}

#[derive(Clone, Copy, Debug)]
struct Weighed {
    kg: i64,
    event: i64,
}

/// What is known of a trip. The last container and seal are kept as keys, so that most rows ask no table.
#[derive(Clone, Copy, Debug)]
struct Trip {
    container_key: Key,
    seal_key: Key,
    container: u32,
    seal: u32,
    /// The container that this seal was last seen on.
    seal_container: u32,
    /// Authorised openings so far, and at the last seal reading.
    opens: u32,
    opens_at_seal: u32,
    vgm: Option<Weighed>,
    gate: Option<Weighed>,
    load: Option<Weighed>,
}

impl Trip {
    const NEW: Self = Self {
        container_key: Key::NONE,
        seal_key: Key::NONE,
        container: NONE,
        seal: NONE,
        seal_container: NONE,
        opens: 0,
        opens_at_seal: 0,
        vgm: None,
        gate: None,
        load: None,
    };
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    facility: Key,
    ts: i64,
    check: bool,
}

#[derive(Clone, Copy, Debug)]
struct SealUse {
    container: u32,
    event: i64,
    shared: bool,
}

#[derive(Default)]
struct Pass {
    trip: Vec<Trip>,
    boxes: Vec<Seen>,
    uses: Vec<SealUse>,
    /// Pairs of seal and container beyond a seal's first container.
    more_uses: BTreeSet<(u32, u32)>,
    reuses: Vec<(u32, i64)>,
    /// Event, seal before, seal read.
    changes: Vec<(i64, u32, u32)>,
    doors: Vec<(i64, u32, i64)>,
    inspections: Vec<(u32, i64)>,
    found: Vec<(u8, i64)>,
}

struct Tables {
    trips: Interner,
    containers: Interner,
    seals: Interner,
    long: LongTexts,
}

/// R1 to R5 over one CSV with a header that names [`COLUMNS`] in any order.
pub fn screen(csv: &[u8]) -> Result<Screened, BadHeader> {
    let end = memchr::memchr(b'\n', csv).unwrap_or(csv.len());
    let layout = Layout::of(unreturned(csv.get(..end).unwrap_or_default()))?;
    let body = csv.get(end + 1..).unwrap_or_default();
    let expected = (csv.len() / 300).min(1 << 20);
    let mut tables = Tables {
        trips: Interner::with_capacity(expected),
        containers: Interner::with_capacity(expected),
        seals: Interner::with_capacity(expected),
        long: LongTexts::default(),
    };
    let mut pass = Pass::default();
    let mut out = Screened::default();
    let quotes = memchr::memchr(b'"', body).is_some();
    let (mut start, mut line_number) = (0, 1);
    let mut commas: Vec<usize> = Vec::with_capacity(64);
    let mut store = Vec::new();
    let mut line_done = |line: &[u8], commas: &mut Vec<usize>| {
        line_number += 1;
        let line = unreturned(line);
        // As everywhere with CSV, an empty line is no row.
        if !line.is_empty() {
            let row = if quotes && memchr::memchr(b'"', line).is_some() {
                layout.quoted_row(line, &mut store)
            } else {
                layout.row(line, commas)
            };
            match row.and_then(|row| pass.row(&mut tables, &row).ok_or(layout.container_fault())) {
                Ok(()) => out.rows += 1,
                Err((column, fault)) => {
                    out.refused += 1;
                    if out.refusals.len() < MAX_REFUSALS {
                        out.refusals.push(RowRefusal { line: line_number, column, fault });
                    }
                }
            }
        }
        commas.clear();
    };
    for at in memchr::memchr2_iter(b',', b'\n', body) {
        if body.get(at) == Some(&b',') {
            // A line with more cells than any header is counted no further.
            if commas.len() < 80 {
                commas.push(at - start);
            }
        } else {
            line_done(body.get(start..at).unwrap_or_default(), &mut commas);
            start = at + 1;
        }
    }
    if start < body.len() {
        line_done(body.get(start..).unwrap_or_default(), &mut commas);
    }
    out.alerts = pass.finish(&tables);
    Ok(out)
}

fn unreturned(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Ten letters or digits and a check digit; whether it agrees.
fn check(container: &[u8]) -> Option<bool> {
    let (first_ten, digit) = container.split_first_chunk::<10>()?;
    let &[digit @ b'0'..=b'9'] = digit else { return None };
    Some(check_remainder(first_ten)? % 10 == u32::from(digit - b'0'))
}

impl Pass {
    /// `None` where the container number is none.
    #[inline]
    fn row(&mut self, tables: &mut Tables, row: &Row<'_>) -> Option<()> {
        let container_key = tables.long.key(row.container);
        let trip_index = tables.trips.index(tables.long.key(row.trip))?;
        if trip_index as usize == self.trip.len() {
            self.trip.push(Trip::NEW);
        }
        let trip = self.trip.get_mut(trip_index as usize)?;

        if trip.container_key != container_key {
            // Before anything is counted: a refused row leaves no trace in any rule.
            let agrees = check(row.container)?;
            trip.container = tables.containers.index(container_key)?;
            trip.container_key = container_key;
            if trip.container as usize == self.boxes.len() {
                self.boxes.push(Seen { facility: Key::NONE, ts: 0, check: agrees });
            }
        }
        let seen = self.boxes.get_mut(trip.container as usize)?;
        let facility = tables.long.key(row.facility);
        let jump = seen.facility != Key::NONE && seen.facility != facility && row.ts - seen.ts < R4_SECONDS;
        seen.facility = facility;
        seen.ts = row.ts;
        if jump || !seen.check {
            self.found.push((4, row.event));
        }

        let opened = row.auth > 0 && matches!(row.kind, b"INSP" | b"RSEA");
        trip.opens += u32::from(opened);
        if !row.seal.is_empty() {
            let key = tables.long.key(row.seal);
            let seal = if trip.seal_key == key { trip.seal } else { tables.seals.index(key)? };
            if trip.seal != NONE && trip.seal != seal && trip.opens_at_seal == trip.opens {
                self.changes.push((row.event, trip.seal, seal));
            }
            if seal != trip.seal || trip.seal_container != trip.container {
                if seal as usize == self.uses.len() {
                    self.uses.push(SealUse { container: trip.container, event: row.event, shared: false });
                }
                let first = self.uses.get_mut(seal as usize)?;
                if first.container != trip.container && self.more_uses.insert((seal, trip.container)) {
                    first.shared = true;
                    self.reuses.push((seal, row.event));
                }
            }
            trip.seal = seal;
            trip.seal_key = key;
            trip.seal_container = trip.container;
            trip.opens_at_seal = trip.opens;
        }

        let weighed = Some(Weighed { kg: row.weight, event: row.event });
        match row.kind {
            b"VGMS" => trip.vgm = weighed,
            b"GTIN" => trip.gate = weighed,
            b"LOAD" => trip.load = weighed,
            b"DRO" => self.doors.push((row.event, trip_index, row.ts)),
            b"INSP" if row.auth > 0 => self.inspections.push((trip_index, row.ts)),
            b"MOVE" if row.auth == 0 => self.found.push((5, row.event)),
            _ => {}
        }
        Some(())
    }

    /// The end of the pass: what needs the whole of a trip or of a seal's use.
    fn finish(mut self, tables: &Tables) -> Vec<BaselineAlert> {
        for (seal, event) in &self.reuses {
            self.found.push((2, *event));
            if let Some(first) = self.uses.get(*seal as usize) {
                self.found.push((2, first.event));
            }
        }
        for trip in &self.trip {
            let Some(gate) = trip.gate else { continue };
            // Eighteen digits times a hundred: beyond 64 bits.
            let of = |kg: i64, percent: i128| i128::from(kg) * percent;
            if let Some(load) = trip.load
                && of(load.kg, 100) - of(gate.kg, 100) > of(gate.kg, 2).max(30_000)
            {
                self.found.push((3, load.event));
            }
            if let Some(vgm) = trip.vgm
                && (of(gate.kg, 100) - of(vgm.kg, 100)).abs() > of(vgm.kg, 5).max(50_000)
            {
                self.found.push((3, gate.event));
            }
        }
        self.inspections.sort_unstable();
        for (event, trip, ts) in &self.doors {
            let from = self.inspections.partition_point(|one| *one < (*trip, ts - R5_SECONDS));
            let near = self.inspections.get(from).is_some_and(|(t, at)| t == trip && *at <= ts + R5_SECONDS);
            if !near {
                self.found.push((5, *event));
            }
        }
        let mut alerts: Vec<BaselineAlert> = self
            .found
            .iter()
            .map(|(rule, event)| BaselineAlert { rule: *rule, event: *event, tier: Tier::First })
            .collect();
        for (event, before, read) in &self.changes {
            let text = |seal: u32| tables.long.text(tables.seals.key(seal));
            let difference = SealDifference::between(&text(*before), &text(*read), NEAR_SERIAL);
            let elsewhere = self.uses.get(*read as usize).is_some_and(|one| one.shared);
            let tier = difference.tier(false, elsewhere);
            alerts.push(BaselineAlert { rule: 1, event: *event, tier });
        }
        alerts.sort_unstable();
        // Of two rows under one event id the stronger tier stands.
        alerts.dedup_by_key(|alert| (alert.rule, alert.event));
        alerts
    }
}
