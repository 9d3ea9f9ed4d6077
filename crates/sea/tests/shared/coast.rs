//! A coast of receiving stations: what each report says, and who heard it.

use bitacora_primitives::{EvidenceRef, Instant};
use bitacora_sea::contacts::{Contact, Hearing};

use super::{at, contact};

/// Far from the coast by its own word, heard by a station of the coast.
pub const LIAR: u32 = 201_999_001;
/// Its clock is ahead by this much, so that what it hears is not taken for what the others heard.
pub const AHEAD_S: f64 = 75.0;
const STATIONS: [&str; 5] = ["r003669901", "r003669902", "r003669903", "ahead", "south"];

/// What a feed tells.
#[derive(Clone)]
pub enum Told {
    Report(Contact),
    Hearing { kept: u64, observed: Instant, station: &'static str, at: Instant, line: u64, payload: u64 },
}

impl Told {
    /// Of a report nothing: it is told as a contact.
    pub fn hearing(&self) -> Option<Hearing<'static>> {
        let Self::Hearing { kept, observed, station, at, line, payload } = *self else { return None };
        let source = contact(1, at, 0.0, 0.0, 1).evidence.source;
        let evidence = EvidenceRef { source, line, offset: None };
        Some(Hearing { kept: (source, kept), observed, station, at, evidence, payload })
    }

    pub const fn time(&self) -> Instant {
        match self {
            Self::Report(contact) => contact.observed,
            Self::Hearing { observed, .. } => *observed,
        }
    }
}

/// Three hours before a coast of four stations, where ships pass at 10 knots, one of them with a false place; one of the
/// stations has a wrong clock. Each report is followed by who else heard it.
pub fn coast() -> Vec<Told> {
    let (mut told, mut line) = (Vec::new(), 0_u64);
    let mut report = |mmsi: u32, seconds: f64, lat: f64, lon: f64, heard: &[(&'static str, f64)]| {
        let kept = line + 1;
        let payload = ((u64::from(mmsi) << 20) ^ seconds as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let observed = at(seconds + heard[0].1);
        told.extend(heard.iter().map(|(station, late)| {
            line += 1;
            Told::Hearing { kept, observed, station, at: at(seconds + late), line, payload }
        }));
        let mut one = contact(mmsi, observed, lat, lon, kept);
        one.received = at(seconds + 1e4);
        told.push(Told::Report(one));
    };
    for minute in 0..180_u32 {
        for ship in 0..30_u32 {
            let seconds = 60.0 * f64::from(minute) + f64::from(ship);
            let (lat, lon) = (36.0 + 0.05 * f64::from(ship), 3.0 + f64::from(minute) / 6.0 / 60.0 / 0.8);
            let near = STATIONS[ship as usize % 3];
            let next = STATIONS[(ship as usize + 1) % 3];
            report(201_000_000 + 101 * ship, seconds, lat, lon, &[(near, 0.0), (next, 1.0), ("", 2.0)]);
            if (minute + ship) % 4 == 0 {
                // Heard by the wrong clock alone: the vessel is told of twice.
                let (mmsi, again) = (201_000_000 + 101 * ship, [("ahead", AHEAD_S)]);
                report(mmsi, seconds, lat, lon, &again);
            }
        }
        if minute > 100 {
            report(LIAR, 60.0 * f64::from(minute) + 40.0, 25.0, -10.0, &[(STATIONS[0], 0.0)]);
        }
    }
    told.sort_by_key(Told::time);
    told
}
