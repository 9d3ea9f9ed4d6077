#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! Claims held against figures that are known: agreed within rounding, misquoted, contested, or with nothing to hold
//! them against.

use bitacora_accounts::claims::{Against, ClaimState, Judged, judge};
use bitacora_accounts::import::tidy;
use bitacora_accounts::record::Claim;
use bitacora_accounts::{Ledger, SeriesId};
use serde_json::{Value, json};

const FIGURES: &str = "series_id,country,year,value,unit,low,high,source_name,source_ref,note,ship
co.cult.unodc,COL,2015,96084.57,ha,,,\"ODC, Sep 2019\",,,yes
co.cult.unodc,COL,2016,146140.13,ha,,,\"ODC, Sep 2019\",,,yes
co.cult.us,COL,2016,188000,ha,,,\"INCSR, Mar 2018\",,,yes
co.cult.siima,COL,2022,230588,ha,,,\"Press, Jan 2026\",,,yes
co.cult.siima,COL,2025,262179,ha,,,\"Press, Jan 2026\",,,yes
co.cult.siima.new,COL,2022,35231,ha,,,\"Press, Jan 2026\",,,yes
co.cult.siima.new,COL,2025,15159,ha,,,\"Press, Jan 2026\",,,yes
";

fn held(claim: Value, meant: &[&str], near: &[&str], is_answered: bool, day: &str) -> (Judged, Ledger) {
    let mut ledger = Ledger::default();
    for observation in tidy(FIGURES.as_bytes(), None).unwrap().rows {
        ledger.append(observation).unwrap();
    }
    let mut whole = json!({ "speaker": "Somebody", "speaker_kind": "government", "text": "said", "source_name": "a paper" });
    whole.as_object_mut().unwrap().extend(claim.as_object().unwrap().clone());
    let claim: Claim = serde_json::from_value(whole).unwrap();
    let ids = |names: &[&str]| names.iter().map(|name| SeriesId::read(name).unwrap()).collect::<Vec<_>>();
    let (meant, near) = (ids(meant), ids(near));
    let against =
        Against { ledger: &ledger, meant: &meant, near: &near, is_answered, day: day.parse().unwrap() };
    (judge(&claim, against), ledger)
}

fn state(claim: Value, meant: &[&str], near: &[&str]) -> ClaimState {
    held(claim, meant, near, false, "2026-12-31").0.state
}

#[test]
fn a_claim_agrees_within_the_rounding_of_what_was_said() {
    let said =
        |value: &str| json!({ "about": { "place": "COL", "period": "2016" }, "value": value, "unit": "ha" });
    for (value, expected) in [
        ("146140.13", ClaimState::Matched),
        ("146000", ClaimState::Matched),
        ("146", ClaimState::Unmatched),
        ("148000", ClaimState::Unmatched),
        // To one digit, and yet not as wide as that digit.
        ("100000", ClaimState::Unmatched),
    ] {
        assert_eq!(state(said(value), &["co.cult.unodc"], &[]), expected, "{value}");
    }
}

#[test]
fn who_names_another_s_measurement_and_gives_another_number_misquotes() {
    let claim = json!({ "about": { "place": "COL", "period": "2016", "attributed": "unodc" }, "value": "148000", "unit": "ha" });
    let (judged, ledger) = held(claim, &["co.cult.unodc", "co.cult.us"], &[], false, "2026-12-31");
    assert_eq!(judged.state, ClaimState::Misquoted);
    assert_eq!(judged.measured.unwrap().to_string(), "146140.13");
    assert_eq!(judged.difference.unwrap().to_string(), "1859.87");
    assert_eq!(ledger.get(judged.observation.unwrap()).unwrap().series.as_str(), "co.cult.unodc");
}

#[test]
fn the_figure_of_another_year_or_of_a_part_is_a_misquotation_and_is_named() {
    let year = json!({ "about": { "place": "COL", "period": "2016" }, "value": "96084.57", "unit": "ha" });
    let (judged, ledger) = held(year, &["co.cult.unodc"], &[], false, "2026-12-31");
    assert_eq!(judged.state, ClaimState::Misquoted);
    assert_eq!(ledger.get(judged.given_instead.unwrap()).unwrap().period.year(), 2015);
    // 15,159 for 35,231 new plantings is -56.97 %; all plantings grew by 13.7 %.
    let part = json!({ "about": { "place": "COL", "period": "2025", "base": "2022" }, "value": "-56.9", "unit": "%" });
    let (judged, ledger) = held(part, &["co.cult.siima"], &["co.cult.siima.new"], false, "2026-12-31");
    assert_eq!(judged.state, ClaimState::Misquoted);
    assert_eq!(ledger.get(judged.given_instead.unwrap()).unwrap().series.as_str(), "co.cult.siima.new");
    assert!(judged.measured.unwrap().to_string().starts_with("13.7"));
}

#[test]
fn a_change_agrees_with_the_levels_it_lies_between() {
    let claim = |value: &str| json!({ "about": { "place": "COL", "period": "2016", "base": "2015" }, "value": value, "unit": "%" });
    assert_eq!(state(claim("52"), &["co.cult.unodc"], &[]), ClaimState::Matched);
    assert_eq!(state(claim("62"), &["co.cult.unodc"], &[]), ClaimState::Unmatched);
}

#[test]
fn what_a_party_answered_is_contested_whatever_the_number() {
    let right = json!({ "about": { "place": "COL", "period": "2016" }, "value": "146000", "unit": "ha" });
    assert_eq!(held(right, &["co.cult.unodc"], &[], true, "2026-12-31").0.state, ClaimState::Contested);
    let bare = json!({ "about": { "place": "COL", "period": "2016" } });
    assert_eq!(held(bare, &["co.cult.unodc"], &[], true, "2026-12-31").0.state, ClaimState::Contested);
}

#[test]
fn only_what_was_known_on_the_day_counts() {
    let claim = json!({ "about": { "place": "COL", "period": "2016" }, "value": "146000", "unit": "ha" });
    let (judged, _) = held(claim, &["co.cult.unodc"], &[], false, "2018-12-31");
    assert_eq!((judged.state, judged.observation), (ClaimState::Unmatched, None));
}

#[test]
fn other_quantities_and_other_places_are_nothing_to_hold_a_claim_against() {
    let mass = json!({ "about": { "place": "COL", "period": "2016" }, "value": "146000", "unit": "t" });
    assert_eq!(state(mass, &["co.cult.unodc"], &[]), ClaimState::Unmatched);
    let place = json!({ "about": { "place": "PER", "period": "2016" }, "value": "146000", "unit": "ha" });
    assert_eq!(state(place, &["co.cult.unodc"], &[]), ClaimState::Unmatched);
}
