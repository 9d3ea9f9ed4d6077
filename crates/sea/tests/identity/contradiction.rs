//! Statements that cannot both hold.

use std::collections::BTreeSet;

use bitacora_primitives::{Duration, Mmsi};
use bitacora_sea::Kind;
use bitacora_sea::contacts::StaticReport;
use bitacora_sea::tracks::identity::contradiction::{Contradictions, contradictions as all_contradictions};
use bitacora_sea::tracks::identity::{ContradictionParameters, Finding, Reason};
use proptest::prelude::*;

use crate::shared::at;
use crate::shared::laws::{Reached, runner, shuffled};
use crate::traffic::{IMO, last_revisions, statics};

fn contradictions(reports: &[StaticReport]) -> Vec<Finding> {
    let mut reports = reports.to_vec();
    reports.sort_by_key(|report| (report.observed, report.mmsi));
    let mut detector = Contradictions::new(ContradictionParameters::default());
    let mut out = Vec::new();
    reports.iter().for_each(|report| detector.observe(report, &mut out));
    out
}

#[test]
fn two_names_in_turn_contradict_and_a_new_name_or_a_damaged_one_does_not() {
    let named = |names: &[&str]| -> Vec<StaticReport> {
        names.iter().enumerate().map(|(k, name)| statics(1, 360.0 * k as f64, None, Some(name))).collect()
    };
    assert!(contradictions(&named(&["A", "A", "A", "B", "B", "B"])).is_empty(), "renamed");
    assert!(contradictions(&named(&["A", "A", "X", "A", "A", "Y", "A"])).is_empty(), "damaged");
    let found = contradictions(&named(&["A", "B", "A", "B", "A", "B", "A", "B"]));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].reason, found[0].kind), (Reason::NameAlternates, Kind::IdentityContradiction));
    assert_eq!(found[0].start, at(360.0));
}

#[test]
fn one_imo_number_under_two_mmsis_at_once_contradicts_and_one_after_the_other_does_not() {
    let told = |mmsi: u32, times: &[f64]| -> Vec<StaticReport> {
        times.iter().map(|t| statics(mmsi, *t, Some(IMO), None)).collect()
    };
    let mut after = told(352_000_001, &[0.0, 360.0, 720.0]);
    after.extend(told(352_000_002, &[1_000.0, 1_360.0, 1_720.0]));
    assert!(contradictions(&after).is_empty());
    after.extend(told(352_000_001, &[2_000.0]));
    let found = contradictions(&after);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].reason, found[0].mmsi.number()), (Reason::ImoShared, 352_000_001));
    assert_eq!(found[0].other.unwrap().number(), 352_000_002);
    let wrong: Vec<StaticReport> =
        [0.0, 360.0, 720.0].iter().map(|t| statics(7, *t, Some(IMO + 1), None)).collect();
    let found = contradictions(&wrong);
    assert_eq!(found.iter().map(|one| one.reason).collect::<Vec<_>>(), [Reason::ImoCheckDigit]);
}

/// Reports of a few numbers that share and change names, IMO numbers and call signs.
fn statements() -> impl Strategy<Value = Vec<StaticReport>> {
    let one = (0_u32..4, 0_u32..100_000, 0_usize..3, 0_usize..4, 0_usize..3);
    proptest::collection::vec(one, 1..80).prop_map(|told| {
        let mut reports: Vec<StaticReport> = told
            .into_iter()
            .enumerate()
            .map(|(line, (number, second, name, imo, call_sign))| {
                let mut one = statics(
                    352_000_001 + number,
                    f64::from(second),
                    [None, Some(IMO), Some(8_814_275), Some(IMO + 1)][imo],
                    [None, Some("ALFA"), Some("BRAVO")][name],
                );
                one.call_sign = [None, Some("HPXY".to_owned()), Some("3FAB7".to_owned())][call_sign].clone();
                one.evidence.line = line as u64;
                one
            })
            .collect();
        // One report of a number at a time: which of two comes first is not said.
        reports.sort_by_key(|report| (report.observed, report.mmsi));
        reports.dedup_by_key(|report| (report.observed, report.mmsi));
        reports
    })
}

/// Kind, reason, numbers and times, without ids and evidence.
fn said(found: &[Finding], days: i64, mask: u32) -> BTreeSet<String> {
    found
        .iter()
        .map(|one| {
            let shift = Duration::from_hours(24 * days);
            let mut numbers = [one.mmsi.number() ^ mask, one.other.map_or(0, |other| other.number() ^ mask)];
            numbers.sort_unstable();
            format!(
                "{} {numbers:?} {} {} {:?}",
                one.reason.code(),
                one.start - shift,
                one.end - shift,
                one.numbers
            )
        })
        .collect()
}

#[test]
fn what_must_not_change_contradictions_does_not() {
    let reached = Reached::default();
    let strategy = (statements(), -4_000_i64..4_000, 0_u32..1_000, any::<u64>(), 0_usize..80);
    let law = |(reports, days, mask, seed, cut): (Vec<StaticReport>, i64, u32, u64, usize)| {
        let parameters = ContradictionParameters::default();
        let found = all_contradictions(&reports, &parameters);
        let plain = said(&found, 0, 0);
        let moved: Vec<StaticReport> = reports
            .iter()
            .map(|report| StaticReport {
                mmsi: Mmsi::new(report.mmsi.number() ^ mask).unwrap(),
                observed: report.observed + Duration::from_hours(24 * days),
                ..report.clone()
            })
            .collect();
        prop_assert_eq!(&plain, &said(&all_contradictions(&moved, &parameters), days, mask));
        let doubled: Vec<StaticReport> =
            reports.iter().flat_map(|report| [report.clone(), report.clone()]).collect();
        prop_assert_eq!(&plain, &said(&all_contradictions(&shuffled(&doubled, seed), &parameters), 0, 0));
        let mut detector = Contradictions::new(parameters);
        let mut streamed = Vec::new();
        for (at, report) in reports.iter().enumerate() {
            if at == cut {
                detector = detector.clone();
            }
            detector.observe(report, &mut streamed);
        }
        prop_assert_eq!(&plain, &said(&last_revisions(streamed), 0, 0));
        reached.case();
        let has = |reason: Reason| found.iter().any(|one| one.reason == reason);
        reached.note("a name in turn", has(Reason::NameAlternates));
        reached.note("a call sign in turn", has(Reason::CallSignAlternates));
        reached.note("a shared IMO number", has(Reason::ImoShared));
        reached.note("a shared call sign", has(Reason::CallSignShared));
        reached.note("a wrong check digit", has(Reason::ImoCheckDigit));
        Ok(())
    };
    runner(64).run(&strategy, law).unwrap();
    reached.at_least(0.3);
}
