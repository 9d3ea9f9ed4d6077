#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! The chain from hectares to hydrochloride: what it computes, what it refuses, and what moved a revision.

mod made;

use bitacora_accounts::chain::{
    AccumulatedEradication, Alkaloid, Area, AreaTouched, BasePerLeaf, BaseToHcl, Cocaine, DryLeafPerHectare,
    Efficiency, Factor, Formula, FreshLeaf, Givens, HarvestedArea, HclPerHectare, HclPerLeaf, LeafYield,
    NetStock, Purity, Refused, Step, UsableLeafArea, attribute, close, net_of, production,
};
use bitacora_accounts::number::read;
use bitacora_accounts::{Interval, Rounding, Unit};
use made::span;
use proptest::prelude::*;

fn printed(text: &str) -> Interval {
    read(text, None).unwrap().interval().unwrap()
}

fn nearest(interval: Interval, places: i32) -> (String, String) {
    let round =
        |end: bitacora_accounts::Decimal| end.round_to(places, Rounding::Nearest).unwrap().to_string();
    (round(interval.low()), round(interval.high()))
}

fn areas() -> [Area; 5] {
    let one = span("1000", "1000");
    [
        Area::NetStock(NetStock::new(one, Unit::Hectare).unwrap()),
        Area::Touched(AreaTouched::new(one, Unit::Hectare).unwrap()),
        Area::Harvested(HarvestedArea::new(one, Unit::Hectare).unwrap()),
        Area::UsableLeaf(UsableLeafArea::new(one, Unit::Hectare).unwrap()),
        Area::Eradication(AccumulatedEradication::new(one, Unit::Hectare).unwrap()),
    ]
}

// Fact sheet of the 2017 survey: 930,900 t of leaf at 5.6 t/ha, 1,379 t of HCl at 8.2 kg/ha.
#[test]
fn two_routes_to_the_harvested_area_meet() {
    let givens = Givens {
        leaf: Some(FreshLeaf::new(printed("930900"), Unit::TonneFreshLeaf).unwrap()),
        leaf_yield: Some(LeafYield::new(printed("5.6"), Unit::TonnePerHectareYear).unwrap()),
        cocaine: Some(Cocaine::new(printed("1379"), Unit::Tonne).unwrap()),
        hcl_per_hectare: Some(HclPerHectare::new(printed("8.2"), Unit::KilogramPerHarvestedHectare).unwrap()),
        ..Givens::default()
    };
    let closed = close(&givens).unwrap();
    let routes = closed.intervals(Step::Harvested);
    assert_eq!(nearest(routes[0], 0), ("164761".into(), "167730".into()));
    assert_eq!(nearest(routes[1], 0), ("167152".into(), "169202".into()));
    assert_eq!(nearest(closed.overlap(Step::Harvested).unwrap(), 0), ("167152".into(), "167730".into()));
    assert_eq!(closed.contradictions(), []);
    // A yield printed in tonnes where kilograms are meant contradicts everything it touches.
    let wrong = HclPerHectare::new(printed("8.2"), Unit::TonnePerHarvestedHectare).unwrap();
    let closed = close(&Givens { hcl_per_hectare: Some(wrong), ..givens }).unwrap();
    assert!(closed.contradictions().contains(&Step::Harvested));
}

#[test]
fn no_figure_is_checked_against_itself() {
    let givens = Givens {
        leaf: Some(FreshLeaf::new(printed("930900"), Unit::TonneFreshLeaf).unwrap()),
        leaf_yield: Some(LeafYield::new(printed("5.6"), Unit::TonnePerHectareYear).unwrap()),
        ..Givens::default()
    };
    let closed = close(&givens).unwrap();
    assert_eq!(closed.derived.iter().map(|own| own.formula).collect::<Vec<_>>(), [Formula::LeafOverYield]);
    assert!(close(&Givens::default()).unwrap().derived.is_empty());
}

#[test]
fn leaf_base_and_hydrochloride() {
    let leaf = FreshLeaf::new(span("1000", "1000"), Unit::TonneFreshLeaf).unwrap();
    let base = leaf.base(BasePerLeaf::new(span("1.5", "1.6"), Unit::KilogramPerTonne).unwrap()).unwrap();
    assert_eq!(base.interval(), span("1.5", "1.6"));
    let purity = Purity::new(span("0.8", "0.9")).unwrap();
    let hcl = base.cocaine(purity, BaseToHcl::new(span("0.9", "1")).unwrap()).unwrap();
    assert_eq!(hcl.interval(), span("1.08", "1.44"));
    let dea = UsableLeafArea::new(span("209000", "209000"), Unit::Hectare).unwrap();
    let yields = DryLeafPerHectare::new(span("1.2", "1.2"), Unit::TonnePerHectare).unwrap();
    let pure = dea.cocaine(
        yields,
        Alkaloid::new(span("0.006", "0.006")).unwrap(),
        Efficiency::new(span("0.6", "0.6")).unwrap(),
    );
    assert_eq!(pure.unwrap().interval(), span("902.88", "902.88"));
    assert_eq!(Purity::new(span("0.5", "1.1")).unwrap_err().code(), "above_one");
    assert_eq!(NetStock::new(span("-1", "1"), Unit::Hectare).unwrap_err().code(), "below_zero");
    assert_eq!(NetStock::new(span("1", "1"), Unit::Tonne).unwrap_err().code(), "wrong_unit");
    assert_eq!(
        HarvestedArea::new(span("1", "1"), Unit::Acre).unwrap().interval(),
        span("0.40468564224", "0.40468564224")
    );
}

#[test]
fn a_stock_on_a_day_is_never_multiplied_by_a_yield() {
    let yields = HclPerHectare::new(printed("8.2"), Unit::KilogramPerHarvestedHectare).unwrap();
    for area in areas() {
        match (area, production(area, yields)) {
            (Area::Harvested(_), made) => assert_eq!(made.unwrap().interval(), span("8.15", "8.25")),
            (other, refused) => assert_eq!(refused, Err(Refused::StockTimesYield(other.quantity()))),
        }
    }
}

#[test]
fn accumulated_eradication_is_never_subtracted_from_a_stock() {
    for from in areas() {
        for less in areas() {
            let difference = net_of(from, less);
            match (from, less) {
                (Area::Touched(_) | Area::NetStock(_), Area::NetStock(_)) => {
                    assert_eq!(difference, Ok(span("0", "0")))
                }
                (_, Area::Eradication(_)) => {
                    assert_eq!(difference.unwrap_err().code(), "eradication_from_stock")
                }
                _ => assert_eq!(difference.unwrap_err().code(), "areas_do_not_mix"),
            }
        }
    }
}

#[test]
fn the_factor_that_moved_is_named() {
    let factor =
        |name, before: &str, after: &str| Factor { name, before: printed(before), after: printed(after) };
    // Putumayo-Caqueta 2016: the field study took the yield from 3.3 to 6.7 t/ha, the area stayed.
    let moved =
        attribute(&[factor("area", "34505", "34505"), factor("leaf_yield", "3.3", "6.7")], None).unwrap();
    assert_eq!((moved.mover, moved.shares[1].share), (Some(1), Some(1.0)));
    // Factors that pull against each other have shares beyond one, and still add up to it.
    let moved = attribute(&[factor("area", "100", "200"), factor("yield", "10", "6")], None).unwrap();
    let shares: Vec<f64> = moved.shares.iter().map(|share| share.share.unwrap()).collect();
    assert!(shares[0] > 1.0 && shares[1] < 0.0 && (shares[0] + shares[1] - 1.0).abs() < 1e-12);
    // What rounding alone explains moved nothing: 5.6 and 5.7 may both be 5.65.
    assert_eq!(attribute(&[factor("leaf_yield", "5.6", "5.7")], None).unwrap().mover, None);
    let still = attribute(&[factor("area", "1", "1")], None).unwrap();
    assert_eq!((still.mover, still.shares[0].share), (None, None));
    assert_eq!(attribute(&[factor("area", "0", "1")], None).unwrap_err().code(), "zero_factor");
    let totals = Some((printed("100"), printed("300")));
    let left = attribute(&[factor("area", "100", "200")], totals).unwrap().unexplained;
    assert!((left - libm::log(1.5)).abs() < 1e-12);
}

proptest! {
    // Whatever the true factors were, the chain from their printed forms holds the true product.
    #[test]
    fn the_chain_holds_what_rounding_hid(area in 1_000i64..300_000, yields in 1_000i64..20_000, factor in 100i64..3_000) {
        // True values with three decimals, printed with one.
        let thousandth = |n: i64| bitacora_accounts::Decimal::new(n.into(), 3).unwrap();
        let one_decimal = |n: i64| bitacora_accounts::number::printed_to(thousandth(n), 1).unwrap();
        let exact = |n: i64| Interval::exact(thousandth(n));
        let harvested = HarvestedArea::new(Interval::exact(bitacora_accounts::Decimal::from_int(area)), Unit::Hectare).unwrap();
        let chain = |yields: Interval, factor: Interval| {
            let leaf = harvested.leaf(LeafYield::new(yields, Unit::TonnePerHectareYear).unwrap()).unwrap();
            leaf.cocaine(HclPerLeaf::new(factor, Unit::KilogramPerTonne).unwrap()).unwrap().interval()
        };
        prop_assert!(chain(one_decimal(yields), one_decimal(factor)).encloses(chain(exact(yields), exact(factor))));
    }
}
