#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! The chain drawn: against the moments of lognormal products, inside interval arithmetic, and the factor that moved a
//! revision. Hand arithmetic stands beside each number.

mod made;

use bitacora_accounts::chain::monte_carlo::{Given, Link, Production, Spread, draw, revision};
use bitacora_accounts::chance::Chance;
use bitacora_accounts::{Interval, Unit};
use made::{d, span};
use proptest::prelude::*;

const fn given(link: Link, spread: Spread, unit: Unit) -> Given {
    Given { link, spread, unit: Some(unit) }
}
fn leaf(spread: Spread) -> Given {
    given(Link::Leaf, spread, Unit::TonneFreshLeaf)
}
fn per_leaf(spread: Spread) -> Given {
    given(Link::HclPerLeaf, spread, Unit::KilogramPerTonne)
}
fn lognormal(median: &str, log_sd: f64) -> Spread {
    Spread::Lognormal { median: d(median), log_sd }
}
fn published(low: &str, high: &str) -> Spread {
    Spread::Published { interval: span(low, high), mass: Spread::USUAL_MASS }
}
fn close(a: f64, b: f64, by: f64) {
    assert!((a - b).abs() <= by, "{a} is not {b} by {by}");
}

// Leaf of 2017 from its published interval, and the factor with the deviation of its own revision.
#[test]
fn the_moments_of_lognormal_products() {
    let production =
        Production::new(&[leaf(published("792500", "1095900")), per_leaf(lognormal("1.48136", 0.26))])
            .unwrap();
    let outcome = draw(&production, &mut Chance::seeded(11), 200_000).unwrap();
    // ln(1095900 / 792500) / (2 * 1.959964) = 0.324145 / 3.919928 = 0.082692: W11.
    let (leaf_sd, factor_sd) = (0.082_692, 0.26);
    let variance: f64 = leaf_sd * leaf_sd + factor_sd * factor_sd;
    // sqrt(792500 * 1095900) = 931,932 t of leaf; times 1.48136 kg/t is 1,380.53 t.
    let median = 1380.53;
    close(outcome.log_sd, variance.sqrt(), 0.002);
    close(outcome.log_mean, libm::log(median), 0.002);
    close(outcome.mean, median * libm::exp(variance / 2.0), 4.0);
    close(outcome.quantiles[2].value, median, 4.0);
    close(outcome.quantiles[0].value, median * libm::exp(-1.644_854 * variance.sqrt()), 6.0);
    close(outcome.quantiles[4].value, median * libm::exp(1.644_854 * variance.sqrt()), 12.0);
    let shares: Vec<f64> = outcome.factors.iter().map(|factor| factor.share.unwrap()).collect();
    close(shares[0], leaf_sd * leaf_sd / variance, 0.002);
    close(shares.iter().sum(), 1.0, 1e-12);
    assert_eq!((outcome.driver, outcome.bounds), (Some(Link::HclPerLeaf), None));
    assert!(serde_json::to_string(&outcome).unwrap().contains("\"driver\":\"hcl_per_leaf\""));
}

// Var(ln U) over [1, 2]: E[ln] = 2 ln 2 - 1 = 0.386294, E[ln²] = 2(ln²2 - 2 ln 2 + 2) - 2 = 0.188317, so 0.039094.
#[test]
fn the_moments_of_an_even_factor() {
    let production =
        Production::new(&[leaf(Spread::Exact(d("1000"))), per_leaf(Spread::Uniform(span("1", "2")))])
            .unwrap();
    let outcome = draw(&production, &mut Chance::seeded(3), 200_000).unwrap();
    close(outcome.factors[1].log_variance, 0.039_094, 0.0004);
    close(outcome.log_mean, 0.386_294, 0.002);
    close(outcome.mean, 1.5, 0.003);
    assert_eq!(outcome.factors[0].log_variance.to_bits(), 0.0_f64.to_bits());
    assert_eq!(outcome.bounds, Some(span("1", "2")));
    let still = Production::new(&[leaf(Spread::Exact(d("1"))), per_leaf(Spread::Exact(d("1")))]).unwrap();
    let outcome = draw(&still, &mut Chance::seeded(3), 100).unwrap();
    assert_eq!((outcome.driver, outcome.factors[0].share), (None, None));
}

// 1,379 t became 1,058 t while the leaf stayed: W09.
#[test]
fn the_factor_moved_the_revision_of_2017() {
    let state = |factor: &str| {
        Production::new(&[leaf(published("792500", "1095900")), per_leaf(lognormal(factor, 0.02))]).unwrap()
    };
    let moved = revision(&state("1.48136"), &state("1.13653"), &mut Chance::seeded(5), 20_000).unwrap();
    assert_eq!(moved.mover, Some(Link::HclPerLeaf));
    // ln(1058 / 1379) = -0.26498.
    close(moved.log_change, -0.264_98, 0.0001);
    close(moved.factors[1].share.unwrap(), 1.0, 1e-12);
    // The parts in tonnes add up to the change.
    close(moved.factors.iter().map(|factor| factor.tonnes).sum(), moved.after - moved.before, 1e-9);
    assert!(moved.fell > 0.999 && moved.factors[1].furthest > 0.999);
    assert!(!moved.factors[0].moved && moved.factors[0].log_changes[4].value == 0.0);
    // Leaf of 2016: 606,100 t at 1.42881 kg/t (866 t), then 701,100 t at 1.50193 kg/t (1,053 t). ln(701.1 / 606.1) is
    // 0.14560 of ln(1053 / 866) = 0.19551: 74 %.
    let state = |leaves: &str, factor: &str| {
        Production::new(&[leaf(lognormal(leaves, 0.03)), per_leaf(Spread::Exact(d(factor)))]).unwrap()
    };
    let moved =
        revision(&state("606100", "1.42881"), &state("701100", "1.50193"), &mut Chance::seeded(5), 20_000)
            .unwrap();
    assert_eq!(moved.mover, Some(Link::Leaf));
    close(moved.factors[0].share.unwrap(), 0.744_7, 0.0005);
    // The factor beats the leaf where the leaf's change, N(0.14560, 0.03² + 0.03²), is within 0.04992 of nothing:
    // 1.2 %.
    close(moved.factors[1].furthest, 0.012, 0.003);
}

#[test]
fn no_draw_multiplies_a_stock_on_a_day_by_a_yield() {
    let yields =
        given(Link::HclPerHectare, Spread::Uniform(span("8.15", "8.25")), Unit::KilogramPerHarvestedHectare);
    for link in [Link::NetStock, Link::Touched, Link::Eradication, Link::UsableLeaf] {
        let area = given(link, Spread::Exact(d("171495")), Unit::Hectare);
        assert_eq!(Production::new(&[area, yields]).unwrap_err().code(), "stock_times_yield", "{link}");
    }
    let area = given(Link::Harvested, Spread::Exact(d("167500")), Unit::Hectare);
    let made = draw(&Production::new(&[yields, area]).unwrap(), &mut Chance::seeded(1), 1000).unwrap();
    close(made.quantiles[2].value, 1373.5, 2.0);
}

#[test]
fn bad_factors_are_refused_with_their_rule() {
    let refused = |factors: &[Given]| Production::new(factors).unwrap_err().code();
    let sure = per_leaf(Spread::Exact(d("1.5")));
    assert_eq!(refused(&[]), "no_route");
    assert_eq!(refused(&[sure]), "no_route");
    assert_eq!(refused(&[sure, sure]), "factor_twice");
    assert_eq!(refused(&[leaf(lognormal("0", 0.1)), sure]), "zero_factor");
    assert_eq!(refused(&[leaf(published("0", "2")), sure]), "zero_factor");
    assert_eq!(refused(&[leaf(lognormal("-1", 0.1)), sure]), "below_zero");
    for log_sd in [f64::NAN, -0.1, f64::INFINITY, 9.0] {
        assert_eq!(refused(&[leaf(lognormal("1", log_sd)), sure]), "bad_log_sd");
    }
    for mass in [0.0, 1.0, f64::NAN] {
        let spread = Spread::Published { interval: span("1", "2"), mass };
        assert_eq!(refused(&[leaf(spread), sure]), "bad_mass");
    }
    assert_eq!(refused(&[given(Link::Leaf, Spread::Exact(d("1")), Unit::Tonne), sure]), "wrong_unit");
    assert_eq!(refused(&[Given { unit: None, ..sure }, leaf(Spread::Exact(d("1")))]), "unit_missing");
    let base = |purity: Given| {
        [
            leaf(Spread::Exact(d("1000"))),
            given(Link::BasePerLeaf, Spread::Uniform(span("1.5", "1.6")), Unit::KilogramPerTonne),
            purity,
            Given { link: Link::BaseToHcl, spread: Spread::Uniform(span("0.9", "1")), unit: None },
        ]
    };
    let share = |spread, unit| Given { link: Link::Purity, spread, unit };
    assert_eq!(refused(&base(share(lognormal("0.9", 0.5), None))), "share_above_one");
    assert_eq!(refused(&base(share(Spread::Exact(d("1.1")), None))), "above_one");
    assert_eq!(refused(&base(share(Spread::Exact(d("0.8")), Some(Unit::Tonne)))), "unit_of_share");
    let whole =
        Production::new(&base(share(Spread::Uniform(span("80", "90")), Some(Unit::Percent)))).unwrap();
    assert_eq!(whole.bounds().unwrap(), Some(span("1.08", "1.44")));
    let tail = Production::new(&base(share(lognormal("0.85", 0.09), None))).unwrap();
    let outcome = draw(&tail, &mut Chance::seeded(2), 10_000).unwrap();
    assert!(outcome.redrawn > 100 && outcome.redrawn < 1000, "{}", outcome.redrawn);
    assert_eq!(draw(&whole, &mut Chance::seeded(2), 99).unwrap_err().code(), "bad_draw_count");
    let other = Production::new(&[leaf(Spread::Exact(d("1"))), sure]).unwrap();
    assert_eq!(revision(&whole, &other, &mut Chance::seeded(2), 100).unwrap_err().code(), "other_route");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_draw_leaves_the_interval_arithmetic_of_bounded_factors(
        area in 1_000i64..300_000, tenths in 10i64..200, grams in 100i64..3_000, half in 0i64..50, seed: u64,
    ) {
        let around = |middle: i64, scale: i32| {
            let end = |n: i64| bitacora_accounts::Decimal::new(n.into(), scale).unwrap();
            Interval::new(end(middle * 100 - half), end(middle * 100 + half)).unwrap()
        };
        let production = Production::new(&[
            given(Link::Harvested, Spread::Exact(bitacora_accounts::Decimal::from_int(area)), Unit::Hectare),
            given(Link::LeafYield, Spread::Uniform(around(tenths, 3)), Unit::TonnePerHectareYear),
            per_leaf(Spread::Uniform(around(grams, 5))),
        ]).unwrap();
        let outcome = draw(&production, &mut Chance::seeded(seed), 500).unwrap();
        let bounds = outcome.bounds.unwrap();
        prop_assert!(bounds.low().to_f64() <= outcome.lowest && outcome.highest <= bounds.high().to_f64());
        // Without the clamp of the last bit the draws would lie within a billionth of the ends as well.
        prop_assert!(outcome.quantiles.windows(2).all(|pair| pair[0].value <= pair[1].value));
    }
}

// The chain of the fact sheet of September 2018: 930,900 t of leaf with its interval, 8.2 kg/ha as printed.
#[test]
fn spreads_of_figures_as_they_stand() {
    let printed = bitacora_accounts::number::read("8.2", None).unwrap();
    assert_eq!(Spread::printed(printed).unwrap(), Spread::Uniform(span("8.15", "8.25")));
    let printed = bitacora_accounts::number::read("930900", None).unwrap();
    assert_eq!(Spread::printed(printed).unwrap(), Spread::Exact(d("930900")));
    let table = format!(
        "{}co.leaf.unodc,COL,2017,930900,t fresh,792500,1095900,A,,,yes\nco.leaf.unodc,COL,2018,977400,t fresh,,,A,,,yes\n",
        made::HEADING
    );
    let rows = bitacora_accounts::import::tidy(table.as_bytes(), None).unwrap().rows;
    assert_eq!(Spread::of(&rows[0]), published("792500", "1095900"));
    assert_eq!(Spread::of(&rows[1]), Spread::Exact(d("977400")));
}
