//! Any observation that a ledger takes, for properties.

use std::sync::Arc;

use bitacora_accounts::observation::{Bound, Digest};
use bitacora_accounts::{
    Dates, Day, Decimal, Figure, Observation, Period, Place, SeriesId, Source, Status, Unit,
};
use proptest::prelude::*;
use proptest::sample::select;

pub fn any_dates() -> impl Strategy<Value = Dates> {
    let day = (1900i16..2100, 1u8..=12, 1u8..=28).prop_map(|(y, m, d)| Day::new(y, m, d).unwrap());
    prop_oneof![
        (1900i16..2100).prop_map(|year| Dates::year(year).unwrap()),
        (1900i16..2100, 1u8..=12).prop_map(|(year, month)| Dates::month(year, month).unwrap()),
        day.clone().prop_map(Dates::on),
        (day.clone(), day).prop_map(|(a, b)| Dates::new(a.min(b), a.max(b)).unwrap()),
    ]
}

fn any_decimal() -> impl Strategy<Value = Decimal> {
    (-999_999_999_999i128..999_999_999_999, -30i32..30).prop_map(|(m, s)| Decimal::new(m, s).unwrap())
}

fn any_text() -> impl Strategy<Value = Arc<str>> {
    prop_oneof![
        "[ -~ñáé\n\r\t\u{a0}]{0,20}".prop_map(Arc::from),
        "['=+@-]{1,3}[a-z,;\"]{0,6} ?".prop_map(Arc::from),
        Just("vintage=2018-09; status=leaked; CONFLICT".into()),
    ]
}

fn any_period() -> impl Strategy<Value = Period> {
    (any_dates(), any::<bool>())
        .prop_map(|(dates, stock)| if stock { Period::stock(dates) } else { Period::flow(dates) })
}

fn any_source() -> impl Strategy<Value = Source> {
    let digest = || any::<[u8; 32]>().prop_map(Digest);
    prop_oneof![
        (any_text(), any_text(), digest(), 0u64..1 << 50).prop_filter_map(
            "a source has a name",
            |(name, reference, file, row)| {
                (!name.trim().is_empty()).then_some(Source::Named { name, reference, file, row })
            }
        ),
        (digest(), 0u64..1 << 40, 1u64..1000).prop_map(|(document, from, more)| Source::Document {
            document,
            from,
            to: from + more
        }),
    ]
}

pub fn any_observation() -> impl Strategy<Value = Observation> {
    let filled = || proptest::option::of(any_text().prop_filter("not empty", |text| !text.is_empty()));
    let head = (
        select(vec!["co.cult.unodc", "co.prod.us", "co.x.-1", "co.cult.unodc.region.Meta-Guaviare", "-x"]),
        select(vec!["COL", "05", "05040", "PE-CUS", "WLD", "AND"]),
        any_period(),
        proptest::option::of(any_period()),
        any_decimal(),
        (0u32..1000, 0u32..1000, any::<bool>(), any::<bool>()),
        select(Unit::ALL.to_vec()),
    );
    let tail = (
        select(Bound::ALL.to_vec()),
        filled(),
        filled(),
        proptest::option::of(any_dates()),
        proptest::option::of(any_dates()),
        select(Status::ALL.to_vec()),
        any_source(),
        any_text(),
        any::<bool>(),
    );
    (head, tail).prop_filter_map("what a ledger takes", |(head, tail)| {
        let (series, place, period, base, value, (below, above, low, high), unit) = head;
        let (bound, method, publisher, vintage, published, status, source, note, ship) = tail;
        let step = |n: u32| Decimal::from_int(i64::from(n));
        let figure = match base {
            Some(base) => Figure::Change { percent: value, base },
            None => Figure::Value(value),
        };
        let end = |wanted: bool, end: Option<Decimal>| if wanted { end } else { None };
        let observation = Observation {
            series: SeriesId::read(series).unwrap(),
            place: Place::read(place).unwrap(),
            period,
            figure,
            unit: if base.is_some() { Unit::Percent } else { unit },
            bound,
            low: end(low, value.exact_add(step(below).neg())),
            high: end(high, value.exact_add(step(above))),
            method,
            publisher,
            vintage,
            published,
            status,
            source,
            note,
            ship,
        };
        observation.check().is_ok().then_some(observation)
    })
}
