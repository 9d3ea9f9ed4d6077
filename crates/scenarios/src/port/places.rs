//! The stage: invented terminals of an invented port under `XZ`, which UN/LOCODE keeps for places in no country, shippers,
//! owner codes, lines, seals. Nothing here is, or is meant to look like, a real party.

use bitacora_port::screening::container::check_remainder;
use bitacora_port::screening::inputs::{SealRange, TravelTime};
use bitacora_port::screening::{ContainerNumber, Facility, SealNumber};
use bitacora_primitives::{Duration, Instant};

use crate::rng::Rng;

pub const TERMINALS: [&str; 3] = ["XZALM-NORTE", "XZALM-SUR", "XZALM-ISLA"];
/// One vessel a terminal; the port's own call references.
pub const VESSELS: [&str; 3] = ["CALL-2217", "CALL-2218", "CALL-2221"];
pub const NEXT_VESSELS: [&str; 3] = ["CALL-2230", "CALL-2231", "CALL-2236"];
const SHIPPERS: [&str; 12] = [
    "XZFIN-ARROYO",
    "XZFIN-BARRANCA",
    "XZFIN-CEIBA",
    "XZFIN-DEHESA",
    "XZFIN-ESPIGA",
    "XZFIN-FRESNO",
    "XZPLA-GRANERO",
    "XZPLA-HORNO",
    "XZPLA-INGENIO",
    "XZPLA-JABON",
    "XZPLA-LONJA",
    "XZPLA-MOLINO",
];
/// Owner codes with category U. Chosen to be no owner's; no register is at hand to prove it.
const OWNERS: [&str; 5] = ["QXZU", "XQJU", "ZQVU", "WQXU", "JXQU"];
pub const LINES: [&str; 4] = ["QXZL", "XQJL", "ZQVL", "WQXL"];
const MAKERS: [&str; 3] = ["QX-SEAL", "ZJ-BOLT", "WV-LOCK"];
const PREFIXES: [&str; 12] = ["QA", "QB", "QC", "QD", "QE", "QF", "QG", "QH", "QK", "QL", "QM", "QN"];
/// Serials issued to one shipper.
const ISSUED: u64 = 2_000;

/// A shipper: where it stuffs, its seals, and its road.
#[derive(Debug, Clone)]
pub(super) struct Shipper {
    pub place: Facility,
    pub maker: &'static str,
    prefix: &'static str,
    first: u64,
    next: u64,
    /// Minutes to each terminal on a good day.
    pub road: [i64; 3],
}

#[derive(Debug, Clone)]
pub(super) struct Places {
    pub terminals: Vec<Facility>,
    pub shippers: Vec<Shipper>,
    serial: [u32; OWNERS.len()],
}

/// A name of the table above: always well formed.
pub(super) fn facility(name: &str) -> Option<Facility> {
    Facility::new(name).ok()
}

pub(super) fn seal(text: &str) -> Option<SealNumber> {
    SealNumber::new(text).ok()
}

impl Places {
    pub(super) fn new(rng: &mut Rng) -> Self {
        let terminals = TERMINALS.iter().filter_map(|name| facility(name)).collect();
        let shippers = SHIPPERS
            .iter()
            .zip(PREFIXES)
            .enumerate()
            .filter_map(|(n, (place, prefix))| {
                let first = 1_000_000 + rng.below(8_000) as u64 * 1_000;
                let near = rng.between(45.0, 260.0) as i64;
                let road =
                    [near, near + rng.between(5.0, 25.0) as i64, near + rng.between(20.0, 45.0) as i64];
                let maker = MAKERS.get(n % MAKERS.len()).copied()?;
                Some(Shipper { place: facility(place)?, maker, prefix, first, next: first, road })
            })
            .collect();
        let serial = std::array::from_fn(|_| 100_000 + rng.below(700_000) as u32);
        Self { terminals, shippers, serial }
    }

    /// The next number of an owner; serials with the remainder 10 are not issued (ISO 6346, annex A).
    pub(super) fn number(&mut self, rng: &mut Rng) -> Option<ContainerNumber> {
        let owner = rng.below(OWNERS.len());
        let serial = self.serial.get_mut(owner)?;
        for _ in 0..50 {
            *serial += 1 + rng.below(7) as u32;
            let text = format!("{}{serial:06}", OWNERS.get(owner)?);
            let ten: [u8; 10] = text.as_bytes().try_into().ok()?;
            match check_remainder(&ten) {
                Some(digit) if digit < 10 => return format!("{text}{digit}").parse().ok(),
                _ => {}
            }
        }
        None
    }

    /// A seal off the shipper's carton. Cartons are opened at several docks, so serials go up with holes.
    pub(super) fn new_seal(&mut self, shipper: usize, rng: &mut Rng) -> Option<(SealNumber, &'static str)> {
        let one = self.shippers.get_mut(shipper)?;
        one.next += 2 + rng.below(5) as u64;
        Some((seal(&format!("{}{:07}", one.prefix, one.next))?, one.maker))
    }

    /// A seal of another maker, of a series that no register here knows.
    pub(super) fn strange_seal(rng: &mut Rng) -> Option<SealNumber> {
        seal(&format!("XV{:07}", 1_000_000 + rng.below(8_999_999)))
    }

    pub(super) fn seal_ranges(&self, issued_at: Instant) -> Vec<SealRange> {
        let range = |one: &Shipper| SealRange {
            prefix: one.prefix.to_owned(),
            first: one.first,
            last: one.first + ISSUED - 1,
            digits: 7,
            maker: Some(one.maker.to_owned()),
            issued_to: Some(one.place.as_str().to_owned()),
            issued_at,
        };
        self.shippers.iter().map(range).collect()
    }

    pub(super) fn travel_times(&self) -> Vec<TravelTime> {
        let mut all = Vec::new();
        for shipper in &self.shippers {
            for (terminal, minutes) in self.terminals.iter().zip(shipper.road) {
                // The least, not the usual.
                let minutes = (minutes as f64 * 0.7) as u32;
                all.push(TravelTime { from: shipper.place.clone(), to: terminal.clone(), minutes });
            }
        }
        let between = [(0, 1, 25), (0, 2, 50), (1, 2, 35)];
        all.extend(between.iter().filter_map(|(from, to, minutes)| {
            let (from, to) = (self.terminals.get(*from)?.clone(), self.terminals.get(*to)?.clone());
            Some(TravelTime { from, to, minutes: *minutes })
        }));
        all
    }
}

/// The serial so many places further.
pub(super) fn further(from: &SealNumber, places: u64) -> Option<SealNumber> {
    let (prefix, digits, serial) = from.serial()?;
    seal(&format!("{prefix}{:0digits$}", serial + places))
}

pub(super) fn days_before(start: Instant, days: i64) -> Instant {
    start - Duration::from_hours(24 * days)
}
