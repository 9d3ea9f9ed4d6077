#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! A year of fields: check W43 by hand, and that no hectare appears or vanishes.

mod made;

use bitacora_accounts::chain::{AccumulatedEradication, AreaTouched, NetStock, stock_flow};
use bitacora_accounts::{Decimal, Interval, Unit};
use made::{d, span};
use proptest::prelude::*;

fn one(value: &str) -> Interval {
    Interval::exact(d(value))
}
fn stock(value: Interval) -> NetStock {
    NetStock::new(value, Unit::Hectare).unwrap()
}
fn touched(value: Interval) -> AreaTouched {
    AreaTouched::new(value, Unit::Hectare).unwrap()
}
fn eradicated(value: Interval) -> AccumulatedEradication {
    AccumulatedEradication::new(value, Unit::Hectare).unwrap()
}

// Opening stock 63,765 ha (31 December 2011); 135,000 touched; 47,788 left; 100,549 sprayed and 30,456 pulled up.
#[test]
fn the_stock_and_the_flow_of_2012() {
    let year = stock_flow(
        Some(stock(one("63765"))),
        touched(one("135000")),
        stock(one("47788")),
        eradicated(one("131005")),
    )
    .unwrap();
    assert_eq!(year.cleared, one("87212"));
    // 135,000 - 63,765; and 63,765 + 71,235 - 87,212 = 47,788.
    assert_eq!(year.planted, Some(one("71235")));
    // 131,005 - 87,212, and 131,005 / 87,212.
    assert_eq!(year.came_back, one("43793"));
    assert!((year.passes.unwrap().low().to_f64() - 1.5021).abs() < 5e-5);
    // The 135,000 are rounded to the thousand: everything that rests on them is an interval.
    let rounded = touched(span("134500", "135500"));
    let year = stock_flow(None, rounded, stock(one("47788")), eradicated(one("131005"))).unwrap();
    assert_eq!((year.cleared, year.planted), (span("86712", "87712"), None));
    assert_eq!(year.came_back, span("43293", "44293"));
    let passes = year.passes.unwrap();
    assert!(passes.low().to_f64() < 1.4936 && passes.high().to_f64() > 1.5108);
    assert!(serde_json::to_string(&year).unwrap().contains("\"planted\":null"));
}

#[test]
fn more_standing_than_touched_is_refused() {
    let refused = |opening: &str, closing: &str| {
        stock_flow(Some(stock(one(opening))), touched(one("100")), stock(one(closing)), eradicated(one("0")))
            .map_err(|bad| bad.code())
    };
    assert_eq!(refused("100", "101"), Err("below_zero"));
    assert_eq!(refused("101", "100"), Err("below_zero"));
    // Nothing cleared: no passes to count.
    assert_eq!(refused("100", "100").unwrap().passes, None);
}

proptest! {
    #[test]
    fn no_hectare_appears_or_vanishes(area in 0i64..1_000_000, opening in 0u8..=100, closing in 0u8..=100) {
        let part = |percent: u8| Interval::exact(Decimal::from_int(area * i64::from(percent)));
        let whole = Interval::exact(Decimal::from_int(area * 100));
        let year =
            stock_flow(Some(stock(part(opening))), touched(whole), stock(part(closing)), eradicated(whole)).unwrap();
        let end = part(opening).add(year.planted.unwrap()).unwrap().sub(year.cleared).unwrap();
        prop_assert_eq!(end, part(closing));
    }
}
