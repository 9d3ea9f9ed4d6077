//! Segments of one number that several vessels share.

use std::collections::HashMap;

use bitacora_sea::tracks::positions::{Positions, Row};
use bitacora_sea::tracks::segments::compatible::Parameters;
use bitacora_sea::tracks::segments::{self, Segments};
use proptest::prelude::*;

use crate::shared::laws::{Reached, moved, runner};
use crate::{Leg, legs, sailed};

/// Legs of a vessel, the minute at which it begins, and where.
type Sailing = (Vec<Leg>, u32, usize);

/// Which rows share a segment, by the first such row.
fn partition(segments: &Segments, rows: usize) -> Vec<Option<usize>> {
    let mut first: HashMap<u32, usize> = HashMap::new();
    (0..rows).map(|row| segments.of(row).map(|segment| *first.entry(segment).or_insert(row))).collect()
}

/// A doubled row is a copy, or with no speed another row that may make a segment ambiguous: no law.
#[test]
fn segments_of_the_peer_keep_their_relations() {
    let reached = Reached::default();
    let vessels = prop::collection::vec((legs(vec![0, 30, 120, 200, 450, -1]), 0..600_u32, 0..3_usize), 1..4);
    let strategy = (vessels, -4_000..4_000_i64, 0..36_u32, 1..500_u32);
    let law = |(vessels, days, turn, add): (Vec<Sailing>, i64, u32, u32)| {
        // All under one number, so that they share it.
        let starts = [(10.0, 179.93), (11.5, -179.0), (40.0, 5.0)];
        let mut rows: Vec<Row> = vessels
            .iter()
            .flat_map(|(legs, minute, at)| sailed(200_000_001, *minute, starts[*at], legs))
            .collect();
        rows.sort_by_key(|row| row.micros);
        rows.dedup_by_key(|row| row.micros);
        let run = |rows: &[Row]| {
            let positions: Positions = rows.iter().copied().collect();
            segments::compatible(&positions, &Parameters::default())
        };
        let here = run(&rows);
        let there = run(&moved(&rows, days, turn, |mmsi| mmsi + add));
        prop_assert_eq!(partition(&here, rows.len()), partition(&there, rows.len()));
        reached.case();
        reached.note("several segments", here.len() > 1);
        reached.note("one of many rows", {
            let mut counts: HashMap<u32, u32> = HashMap::new();
            (0..rows.len())
                .filter_map(|row| here.of(row))
                .for_each(|one| *counts.entry(one).or_default() += 1);
            counts.values().any(|count| *count > 10)
        });
        Ok(())
    };
    runner(200).run(&strategy, law).unwrap();
    reached.at_least(0.4);
}
