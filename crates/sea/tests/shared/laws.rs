//! What must not change the result of any detector, and which test holds it. A law is read with the mark of its row; `-`:
//! the detector has no such input or form, and the note says why.
//!
//! | detector | order | cut | stream = batch | doubled | date | longitude | mirror | number | test |
//! |---|---|---|---|---|---|---|---|---|---|
//! | picture (gap, encounter, loitering, conflict) | x | x | x | x | x | x | x | x | `metamorphic` |
//! | encounter | x | x | x | x | x | x | x | x | `encounter_batch`, `metamorphic` |
//! | encounter, peer: raw | x | - | - | x | days | x | x | x | `encounter_peers` |
//! | encounter, peer: merged | x | - | - | - | x | - | - | x | `compatible` |
//! | gap, by track and peer's | x | x | x | x | x | x | x | x | `gap_relations`, `metamorphic` |
//! | loitering, stop, port visit, area, speed, drift, posture | x | x | x | x | x | x | x | x | `slow_metamorphic` |
//! | departure | x | - | - | x | x | x | x | x | `slow_metamorphic` |
//! | loitering, peer | x | - | - | x | days | x | x | x | `compatible` |
//! | port visit, peer: from positions | x | - | - | x | days | x | x | x | `compatible` |
//! | port visit, peer: from events | x | x | x | - | x | x | x | - | `compatible` |
//! | segments | x | x | x | x | x | x | x | x | `segments` |
//! | segments, peer | x | x | x | - | x | x | x | x | `segments`, `compatible` |
//! | number in two hands | x | x | x | x | x | x | x | x | `identity` |
//! | number misread, hull under another number | x | x | x | x | x | x | x | x | `identity` |
//! | contradictions of statics | x | x | x | x | x | - | - | x | `identity` |
//! | cadence | - | x | - | - | x | - | - | x | `identity` |
//! | motion, circles, copies | x | x | x | x | x | x | x | x | `integrity` |
//! | fixes on land | x | x | x | x | x | x | x | x | `land` |
//! | receivers' range | x | x | x | x | x | x | x | x | `receiver_relations` |
//! | receivers' clocks | x | x | - | x | hours | - | - | x | `receiver_relations` |
//! | detections of a scene | x | - | - | - | x | x | x | x | `association` |
//!
//! *days*, *hours*: the definition depends on the UTC day or hour, so that only whole ones change nothing. *cut*: the state
//! goes on from a clone or from its text, or the output is taken away there. Doubled rows are other rows to the peer's
//! segments, events and counts, doubled reports to the cadence, doubled detections to a scene; what is a batch alone has no
//! stream to cut; statics and clocks have no place.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_sea::tracks::positions::Row;
use proptest::prelude::ProptestConfig;
use proptest::test_runner::{RngSeed, TestRunner};

/// The same in another order, told by `seed`.
pub fn shuffled<T: Clone>(all: &[T], seed: u64) -> Vec<T> {
    let mut all = all.to_vec();
    let mut state = seed | 1;
    all.sort_by_cached_key(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    });
    all
}

/// Each row another date, longitude and number, on the other side of the equator.
pub fn moved(rows: &[Row], days: i64, turn: u32, rename: impl Fn(u32) -> u32) -> Vec<Row> {
    rows.iter()
        .map(|row| Row {
            mmsi: rename(row.mmsi),
            micros: row.micros + days * 86_400_000_000,
            lat: -row.lat,
            lon: wrap_longitude(row.lon + f64::from(turn) * 10.0),
            cog_deg: row.cog_deg.map(|cog| (540.0 - cog).rem_euclid(360.0)),
            ..*row
        })
        .collect()
}

/// How many of the generated cases reached something worth a law, and what.
#[derive(Default)]
pub struct Reached {
    cases: Cell<u32>,
    with: RefCell<BTreeMap<&'static str, u32>>,
}

impl Reached {
    pub fn case(&self) {
        self.cases.set(self.cases.get() + 1);
    }
    pub fn note(&self, what: &'static str, reached: bool) {
        *self.with.borrow_mut().entry(what).or_default() += u32::from(reached);
    }
    /// A law about nothing holds always: each thing noted must occur in at least `share` of the cases.
    pub fn at_least(&self, share: f64) {
        let (cases, with) = (self.cases.get(), self.with.borrow());
        println!("{cases} cases, of them with {with:?}");
        assert!(!with.is_empty());
        for (what, count) in with.iter() {
            assert!(f64::from(*count) >= share * f64::from(cases), "{what}: {count} of {cases}");
        }
    }
}

pub fn runner(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_260_301),
        ..ProptestConfig::default()
    })
}
