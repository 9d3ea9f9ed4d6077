//! What a transponder sends how often.

use bitacora_primitives::{Duration, Mmsi};
use bitacora_sea::tracks::identity::CadenceParameters;
use bitacora_sea::tracks::identity::cadence::{Cadence, Counter};
use proptest::prelude::*;

use crate::shared::at;
use crate::shared::laws::{Reached, runner};

#[test]
fn transponders_of_both_classes_and_missing_statics_are_flagged() {
    let parameters = CadenceParameters::default();
    let run = |types: &[u8]| {
        let mut counter = Counter::new();
        let mmsi = Mmsi::new(352_000_001).unwrap();
        for (k, kind) in types.iter().enumerate() {
            assert_eq!(counter.observe(mmsi, at(10.0 * k as f64), *kind, &parameters), None);
        }
        counter.end(&parameters).unwrap()
    };
    let mut normal = vec![1; 300];
    normal.extend([5; 8]);
    assert!(!run(&normal).is_flagged());
    assert!(run(&[1; 300]).statics_missing);
    assert!(run(&[5; 12]).positions_missing);
    normal.extend([18; 6]);
    assert!(run(&normal).class_mixed);
}

/// Every window of one number, the state carried over `cut` as text; `days` later, then told `days` earlier.
fn windows(reports: &[(u32, u8)], mmsi: u32, days: i64, cut: usize) -> Vec<Cadence> {
    let parameters =
        CadenceParameters { min_positions: 5, min_statics: 3, min_mixed: 2, ..Default::default() };
    let shift = Duration::from_hours(24 * days);
    let mut counter = Counter::new();
    let mut found = Vec::new();
    let mut seconds = 0.0;
    for (index, (wait, kind)) in reports.iter().enumerate() {
        if index == cut {
            counter = serde_json::from_str(&serde_json::to_string(&counter).unwrap()).unwrap();
        }
        seconds += f64::from(*wait);
        found.extend(counter.observe(Mmsi::new(mmsi).unwrap(), at(seconds) + shift, *kind, &parameters));
    }
    found.extend(counter.end(&parameters));
    for one in &mut found {
        (one.start, one.end) = (one.start - shift, one.end - shift);
    }
    found
}

/// Doubled reports are more reports: what is counted here is what was heard.
#[test]
fn what_must_not_change_counts_does_not() {
    let reached = Reached::default();
    let kinds = prop::sample::select(vec![1_u8, 3, 5, 18, 19, 24, 4]);
    let reports = prop_oneof![
        prop::collection::vec((1_u32..4_000, kinds), 1..60),
        prop::collection::vec((1_u32..4_000, Just(1_u8)), 1..60),
        prop::collection::vec((1_u32..4_000, Just(24_u8)), 1..60),
    ];
    let strategy = (reports, -4_000_i64..4_000, 0_u32..1_000, 0_usize..60);
    let law = |(reports, days, add, cut): (Vec<(u32, u8)>, i64, u32, usize)| {
        let plain = windows(&reports, 352_000_001, 0, usize::MAX);
        prop_assert_eq!(&plain, &windows(&reports, 352_000_001, days, cut));
        let mmsi = Mmsi::new(352_000_001).unwrap();
        let renamed: Vec<Cadence> = windows(&reports, 352_000_001 + add, 0, cut)
            .into_iter()
            .map(|one| Cadence { mmsi, ..one })
            .collect();
        prop_assert_eq!(&plain, &renamed);
        let counted: u32 = plain.iter().map(|one| one.positions_a + one.positions_b).sum();
        prop_assert_eq!(
            counted as usize,
            reports.iter().filter(|(_, kind)| [1, 3, 18, 19].contains(kind)).count()
        );
        reached.case();
        reached.note("class mixed", plain.iter().any(|one| one.class_mixed));
        reached.note("no statics", plain.iter().any(|one| one.statics_missing));
        reached.note("no positions", plain.iter().any(|one| one.positions_missing));
        reached.note("several windows", plain.len() > 1);
        Ok(())
    };
    runner(100).run(&strategy, law).unwrap();
    reached.at_least(0.15);
}
