#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! Exact decimals, intervals that round outwards, printed numbers and units.

mod made;

use bitacora_accounts::decimal::{Decimal, Rounding};
use bitacora_accounts::number::{BadNumber, Column, Locale, Why, read};
use bitacora_accounts::units::{BadUnit, Unit};
use bitacora_accounts::{Interval, number};
use made::{d, span};
use proptest::prelude::*;

#[test]
fn decimals_print_as_they_are_read() {
    for text in
        ["0", "1", "-1", "930900", "0.05", "-12.5", "160120.08", "1000000000000000000000000000000000000"]
    {
        assert_eq!(d(text).to_string(), text);
    }
    assert_eq!(d("1.500"), d("1.5"));
    assert_eq!(d("-0").to_string(), "0");
    for text in ["", "-", ".5", "5.", "1e3", "+1", "1,5", "nan", "1.2.3", "--1", &"1".repeat(37)] {
        assert!(text.parse::<Decimal>().is_err(), "{text}");
    }
}

#[test]
fn what_does_not_fit_is_rounded_as_the_caller_says() {
    let third = |rounding| d("1").div(d("3"), rounding).unwrap().to_string();
    assert_eq!(third(Rounding::Down), format!("0.{}", "3".repeat(36)));
    assert_eq!(third(Rounding::Up), format!("0.{}4", "3".repeat(35)));
    let minus = d("-1").div(d("3"), Rounding::Up).unwrap().to_string();
    assert_eq!(minus, format!("-0.{}", "3".repeat(36)));
    assert_eq!(d("2.5").round_to(0, Rounding::Nearest).unwrap(), d("2"));
    assert_eq!(d("3.5").round_to(0, Rounding::Nearest).unwrap(), d("4"));
    assert_eq!(d("-2.51").round_to(0, Rounding::Nearest).unwrap(), d("-3"));
    assert_eq!(d("12345").round_to(-2, Rounding::Up).unwrap(), d("12400"));
}

#[test]
fn printed_numbers_of_both_languages() {
    let cases = [
        ("1.234,56", None, "1234.56"),
        ("1,234.56", None, "1234.56"),
        ("1.234.567", None, "1234567"),
        ("1,234,567", None, "1234567"),
        ("1234.56", None, "1234.56"),
        ("1234,56", None, "1234.56"),
        ("0.234", None, "0.234"),
        ("0,234", None, "0.234"),
        ("1.234", Some(Locale::Es), "1234"),
        ("1.234", Some(Locale::En), "1.234"),
        ("1,234", Some(Locale::Es), "1.234"),
        ("1,234", Some(Locale::En), "1234"),
        ("12345", None, "12345"),
        ("1234.567", None, "1234.567"),
        ("1\u{a0}234\u{a0}567", None, "1234567"),
        ("1\u{2009}234,5", None, "1234.5"),
        ("1\u{202f}234", None, "1234"),
        ("\u{2212}56,9\u{a0}%", None, "-56.9"),
        ("-56.9 %", None, "-56.9"),
        ("+4,6%", None, "4.6"),
        ("~930900", None, "930900"),
        (" 7 ", None, "7"),
    ];
    for (text, locale, want) in cases {
        assert_eq!(read(text, locale).map(number::Printed::value), Ok(d(want)), "{text:?} {locale:?}");
    }
}

#[test]
fn what_has_two_readings_or_none_is_refused() {
    for text in ["1.234", "1,234", "~12.345", "-101,000"] {
        let bad = read(text, None).unwrap_err();
        assert!(matches!(bad, BadNumber::Ambiguous { .. }), "{text}: {bad}");
        assert_eq!(bad.code(), "ambiguous_number");
    }
    assert_eq!(read(" ", None), Err(BadNumber::Empty));
    for text in [
        "1,23,4",
        "1.23.456",
        "1 234",
        "12.34,5.6",
        "1,2,3",
        "abc",
        "1e5",
        "--1",
        "1.",
        ",",
        "%",
        "~",
        "½",
        "1'234",
        "0.123.456",
        "1234.567.890",
    ] {
        let bad = read(text, None).unwrap_err();
        assert!(matches!(bad, BadNumber::NotANumber { .. }), "{text}: {bad}");
    }
    // `101,00` is the misprint of a source: in Spanish it is 101, and English has no such group.
    assert_eq!(read("101,00", None).unwrap().value(), d("101"));
    assert!(matches!(read("101,00", Some(Locale::En)), Err(BadNumber::NotANumber { why: Why::Locale, .. })));
    assert!(matches!(read(&"9".repeat(65), None), Err(BadNumber::NotANumber { why: Why::TooLong, .. })));
    assert!(matches!(read("~0", None), Err(BadNumber::NotANumber { why: Why::NothingToRound, .. })));
}

#[test]
fn a_bare_integer_is_exact_and_a_tilde_rounds_to_the_last_digit() {
    let interval = |text| read(text, Some(Locale::En)).unwrap().interval().unwrap();
    assert_eq!(interval("930900"), Interval::exact(d("930900")));
    assert_eq!(interval("~930900"), span("930850", "930950"));
    assert_eq!(interval("~171000"), span("170500", "171500"));
    assert_eq!(interval("5.6"), span("5.55", "5.65"));
    assert_eq!(interval("5.60"), span("5.595", "5.605"));
    assert_eq!(interval("8.2"), span("8.15", "8.25"));
    assert_eq!(interval("~7"), span("6.5", "7.5"));
    assert_eq!(read("1379", None).unwrap().half_unit().unwrap(), d("0.5"));
}

#[test]
fn a_column_decides_what_its_cells_leave_open() {
    let of = |cells: &[&str]| {
        let mut column = Column::default();
        cells.iter().for_each(|cell| column.see(cell));
        (column.locale(), column.is_mixed())
    };
    assert_eq!(of(&["142.783", "154.475,99"]), (Some(Locale::Es), false));
    assert_eq!(of(&["98.233", "87.3", "n/a"]), (Some(Locale::En), false));
    assert_eq!(of(&["142.783", "98.233"]), (None, false));
    assert_eq!(of(&["1.234,5", "1,234.5"]), (None, true));
}

#[test]
fn units_convert_exactly_within_a_dimension_and_never_across() {
    let convert = |value: &str, from: &str, to: &str| {
        Unit::read(from).unwrap().convert_value(d(value), Unit::read(to).unwrap()).unwrap()
    };
    assert_eq!(convert("1", "acre", "ha"), d("0.40468564224"));
    assert_eq!(convert("232000", "acres", "ha"), d("93887.06899968"));
    assert_eq!(convert("1", "US gal", "L"), d("3.785411784"));
    assert_eq!(convert("98.233", "t", "kg"), d("98233"));
    assert_eq!(convert("1", "km2", "hectáreas"), d("100"));
    assert_eq!(convert("5.6", "t/ha/yr", "kg/ha/yr"), d("5600"));
    let bad = Unit::read("ton").unwrap_err();
    assert_eq!(
        (bad.code(), bad.to_string().as_str()),
        ("unknown_unit", "`ton` is not in the closed table of units")
    );
    for (from, to) in [
        ("t", "t fresh"),
        ("USD", "EUR"),
        ("persons", "families"),
        ("kg/ha", "kg/ha harvested"),
        ("kg/t", "kg/t dry leaf"),
    ] {
        let refused = Unit::read(from).unwrap().convert_value(d("1"), Unit::read(to).unwrap());
        assert!(matches!(refused, Err(BadUnit::OtherDimension { .. })), "{from} {to}");
    }
}

#[test]
fn no_spelling_means_two_units() {
    let mut known = std::collections::BTreeMap::new();
    for unit in Unit::ALL {
        assert_eq!(Unit::read(unit.code()), Ok(*unit));
        for spelling in unit.spellings() {
            assert_eq!(known.insert(*spelling, unit), None, "{spelling}");
            assert_eq!(Unit::read(&spelling.to_uppercase().replace("ES", "es")), Ok(*unit), "{spelling}");
        }
    }
}

#[test]
fn division_by_an_interval_with_zero_is_refused() {
    for divisor in [span("-1", "1"), span("0", "1"), span("-1", "0"), span("0", "0")] {
        assert!(span("1", "2").div(divisor).is_err());
    }
    assert!(Interval::new(d("2"), d("1")).is_err());
    assert_eq!(span("1", "2").div(span("-4", "-2")), Ok(span("-1", "-0.25")));
    assert_eq!(span("1", "3").overlap(span("3", "4")), Some(span("3", "3")));
    assert_eq!(span("1", "3").overlap(span("3.1", "4")), None);
    assert_eq!(span("1", "3").hull(span("5", "6")), span("1", "6"));
    assert_eq!(span("1", "3").min(span("2", "2.5")), span("1", "2.5"));
    assert_eq!(span("1", "3").max(span("2", "2.5")), span("2", "3"));
}

fn decimal() -> impl Strategy<Value = Decimal> {
    (-1_000_000_000_000_000_000_000_000i128..1_000_000_000_000_000_000_000_000, -20i32..30)
        .prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale).unwrap())
}

fn interval() -> impl Strategy<Value = Interval> {
    (decimal(), decimal()).prop_map(|(a, b)| Interval::new(a.min(b), a.max(b)).unwrap())
}

proptest! {
    #[test]
    fn reading_gives_back_what_was_printed(a in decimal()) {
        prop_assert_eq!(a.to_string().parse::<Decimal>().unwrap(), a);
    }

    #[test]
    fn order_is_that_of_the_difference(a in decimal(), b in decimal()) {
        let difference = a.sub(b, Rounding::Nearest).unwrap();
        prop_assert_eq!(a.cmp(&b), difference.cmp(&Decimal::ZERO));
    }

    #[test]
    fn an_interval_operation_rounds_outwards(a in interval(), b in interval(), x in 0u8..=4, y in 0u8..=4) {
        // Points inside, at quarters of the way, themselves rounded to stay inside.
        let inside = |own: Interval, quarters: u8| {
            let step = own.width().unwrap().mul(d("0.25"), Rounding::Down).unwrap();
            let point = own.low().add(step.mul(Decimal::from_int(quarters.into()), Rounding::Down).unwrap(), Rounding::Down).unwrap();
            point.max(own.low()).min(own.high())
        };
        let (p, q) = (inside(a, x), inside(b, y));
        let both = |f: &dyn Fn(Rounding) -> Decimal, out: Interval| f(Rounding::Up) >= out.low() && f(Rounding::Down) <= out.high();
        prop_assert!(both(&|r| p.add(q, r).unwrap(), a.add(b).unwrap()));
        prop_assert!(both(&|r| p.sub(q, r).unwrap(), a.sub(b).unwrap()));
        prop_assert!(both(&|r| p.mul(q, r).unwrap(), a.mul(b).unwrap()));
        if let Ok(quotient) = a.div(b) {
            prop_assert!(both(&|r| p.div(q, r).unwrap(), quotient));
        }
    }

    // The widest mantissas and the furthest scales: refused or computed, and Down and Up a last digit apart at most.
    #[test]
    fn no_arithmetic_falls(
        (a, x) in (-(10i128.pow(36) - 1)..10i128.pow(36), -120i32..=120),
        (b, y) in (-(10i128.pow(36) - 1)..10i128.pow(36), -120i32..=120),
    ) {
        let (Ok(a), Ok(b)) = (Decimal::new(a, x), Decimal::new(b, y)) else { return Ok(()) };
        for f in [Decimal::add, Decimal::sub, Decimal::mul, Decimal::div] {
            let (down, up) = (f(a, b, Rounding::Down), f(a, b, Rounding::Up));
            if let (Ok(down), Ok(up)) = (down, up) {
                prop_assert!(down <= up);
                prop_assert!(down == up || (down.to_f64() - up.to_f64()).abs() <= 1e-15 * up.to_f64().abs());
            }
        }
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(a == b, a.cmp(&b).is_eq());
        for places in [-200, -36, -1, 0, 1, 36, 200] {
            let _ = a.round_to(places, Rounding::Up);
        }
    }

    #[test]
    fn down_is_never_above_up(a in decimal(), b in decimal()) {
        for f in [Decimal::add, Decimal::sub, Decimal::mul, Decimal::div] {
            if let (Ok(down), Ok(nearest), Ok(up)) = (f(a, b, Rounding::Down), f(a, b, Rounding::Nearest), f(a, b, Rounding::Up)) {
                prop_assert!(down <= nearest && nearest <= up);
            }
        }
    }

    // Judged by the arithmetic of 128-bit integers.
    #[test]
    fn small_products_and_sums_are_exact(a in -1_000_000_000i64..1_000_000_000, b in -1_000_000_000i64..1_000_000_000) {
        let (x, y) = (Decimal::from_int(a), Decimal::from_int(b));
        prop_assert_eq!(x.exact_mul(y).unwrap(), Decimal::new(i128::from(a) * i128::from(b), 0).unwrap());
        prop_assert_eq!(x.exact_add(y).unwrap(), Decimal::from_int(a + b));
        if b != 0 {
            let exact = x.exact_mul(y).unwrap();
            prop_assert_eq!(exact.div(y, Rounding::Down).unwrap(), x);
        }
    }

    #[test]
    fn every_unit_comes_back_from_every_other(value in decimal(), from in 0..Unit::ALL.len(), to in 0..Unit::ALL.len()) {
        let (from, to) = (Unit::ALL[from], Unit::ALL[to]);
        match from.convert(Interval::exact(value), to) {
            Ok(there) => prop_assert!(to.convert(there, from).unwrap().contains(value)),
            Err(bad) => prop_assert!(from.dimension() != to.dimension(), "{}", bad),
        }
    }

    #[test]
    fn no_text_makes_the_reader_fall(text in "[~≈+−%0-9., \u{a0}a-z-]{0,40}") {
        for locale in [None, Some(Locale::Es), Some(Locale::En)] {
            if let Ok(printed) = read(&text, locale) {
                let interval = printed.interval().unwrap();
                prop_assert!(interval.contains(printed.value()));
            }
        }
    }

    // What is read one way under both locales needs none, and what needs one is read differently.
    #[test]
    fn a_locale_is_asked_for_only_where_it_matters(text in "[0-9]{1,4}([.,][0-9]{1,4}){0,2}") {
        let (es, en) = (read(&text, Some(Locale::Es)), read(&text, Some(Locale::En)));
        match read(&text, None) {
            Ok(printed) => prop_assert!(es == Ok(printed) || en == Ok(printed)),
            Err(BadNumber::Ambiguous { .. }) => prop_assert!(es.is_ok() && en.is_ok() && es != en),
            Err(_) => prop_assert!(es.is_err() && en.is_err()),
        }
    }
}
