#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! What holds of every matrix, whatever the figures.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use bitacora_accounts::book::Book;
use bitacora_accounts::day::{Dates, Day};
use bitacora_accounts::import::commitments;
use bitacora_accounts::observation::{Bound, Digest, Figure};
use bitacora_accounts::starting::starting;
use bitacora_accounts::verdict::{Matrix, Row, Verdict, Vintage, matrix};
use bitacora_accounts::{Decimal, Ledger, Observation, Period, Place, SeriesId, Source, Status, Unit};
use proptest::prelude::*;

const PROMISES: &str = "id,promiser,promisee,indicator,direction,target,unit,baseline,deadline,method_named,source_name\n\
    half,COL,USA,co.cultivation,change,-50,%,2002,2006-12-31,,x\n\
    open,COL,USA,co.cultivation,change,-50,%,not stated,2006-12-31,,\"ONDCP 5 Mar 2005\"\n\
    most,COL,USA,co.cultivation,at_most,500,ha,,2005-06-30,simci,x\n\
    flow,COL,USA,co.erad.manual,at_least,500,ha,,2005-12-31,,x\n\
    total,COL,USA,co.substitution.area,between,300;700,ha,,2005-12-31,,x\n\
    sum,COL,USA,co.eradication.all,at_least,900,ha,,2005-12-31,,x\n\
    grow,COL,USA,co.production.cocaine,increase,20,%,2003,2005-12-31,,x\n";

const SERIES: [&str; 9] = [
    "co.cult.simci_odc",
    "co.cult.unodc",
    "co.cult.us",
    "co.cult.us.change_2000_2006",
    "co.erad.manual.odc",
    "co.erad.manual.gov",
    "co.pnis.ha",
    "co.prod.unodc",
    "co.prod.us",
];

static START: LazyLock<Book> = LazyLock::new(|| starting().unwrap());

/// Few years, few values, few days: collisions are what is looked for.
fn figure() -> impl Strategy<Value = Observation> {
    let known = prop_oneof![
        1 => Just(None),
        6 => (2001i16..2009, 1u8..=12, prop_oneof![Just(0u8), 1u8..=28]).prop_map(Some)
    ];
    let status = prop_oneof![6 => Just(0usize), 1 => 1usize..5];
    let bound = prop_oneof![6 => Just(Bound::Point), 1 => Just(Bound::AtLeast), 1 => Just(Bound::AtMost)];
    let interval = prop_oneof![3 => Just(0u8), 1 => 1u8..=3];
    let part = prop_oneof![4 => Just(false), 1 => Just(true)];
    (0..SERIES.len(), 2002i16..2008, 0i64..1000, known, status, bound, interval, part, 0u8..3).prop_map(
        |(series, year, value, known, status, bound, interval, part, source)| {
            let series = SeriesId::read(SERIES[series]).unwrap();
            let half = Dates::new(Day::new(year, 1, 1).unwrap(), Day::new(year, 6, 30).unwrap()).unwrap();
            let change = series.is_change();
            let (period, figure, unit) = if change {
                let base = Period::flow(Dates::year(2000).unwrap());
                let percent = Decimal::from_int(value / 10 - 60);
                (Period::flow(Dates::year(2006).unwrap()), Figure::Change { percent, base }, Unit::Percent)
            } else {
                let unit = if series.as_str().contains("prod") { Unit::Tonne } else { Unit::Hectare };
                let period = series.period_of_year(year).unwrap();
                let period = if part { Period::flow(half) } else { period };
                (period, Figure::Value(Decimal::from_int(value)), unit)
            };
            let number = if let Figure::Value(value) = figure { value } else { Decimal::ZERO };
            let low = (!change && interval & 1 == 1).then(|| number.min(Decimal::from_int(value / 2)));
            let high = (!change && interval & 2 == 2).then(|| number.max(Decimal::from_int(value * 2)));
            let published = known.map(|(year, month, day)| match Day::new(year, month, day) {
                Some(day) => Dates::on(day),
                None => Dates::month(year, month).unwrap(),
            });
            Observation {
                place: Place::COLOMBIA,
                period,
                figure,
                unit,
                bound,
                low,
                high,
                method: None,
                publisher: None,
                vintage: None,
                published,
                status: Status::ALL[status],
                source: Source::Named {
                    name: format!("source {source}").into(),
                    reference: "r".into(),
                    file: Digest([0; 32]),
                    row: 2,
                },
                note: "".into(),
                ship: false,
                series,
            }
        },
    )
}

fn ledger(rows: &[Observation]) -> Ledger {
    let mut ledger = Ledger::default();
    for row in rows {
        ledger.append(row.clone()).unwrap();
    }
    ledger
}

fn judged(start: &Book, ledger: &Ledger, day: Option<Day>) -> Matrix {
    let promises = start.registry().admit(commitments(PROMISES.as_bytes()).unwrap());
    assert!(promises.defects.is_empty(), "{:?}", promises.defects.first);
    matrix(ledger, start.registry(), &promises.rows, day)
}

fn cell(row: &Row) -> String {
    format!(
        "{} {} {} {} {} {} {} {:?} {:?} {:?}",
        row.commitment,
        row.method,
        row.baseline,
        row.vintage,
        row.end,
        row.verdict,
        row.reason,
        row.value,
        row.status,
        row.progress
    )
}

fn until(matrix: &Matrix, day: Day) -> BTreeSet<String> {
    let dated = |row: &&Row| matches!(row.vintage, Vintage::From(own) if own <= day);
    matrix.rows.iter().filter(dated).map(cell).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_verdict_does_not_depend_on_the_order_in_which_figures_were_appended(
        (rows, shuffled) in prop::collection::vec(figure(), 0..60)
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
    ) {
        let (one, other) = (ledger(&rows), ledger(&shuffled));
        let (a, b) = (judged(&START, &one, None), judged(&START, &other, None));
        prop_assert_eq!(a.to_csv(&one), b.to_csv(&other));
        let stable = |own: &Matrix| own.judged.iter().map(|own| own.stability).collect::<Vec<_>>();
        prop_assert_eq!(stable(&a), stable(&b));
    }

    #[test]
    fn a_figure_of_a_later_vintage_does_not_change_the_cells_of_earlier_vintages(
        rows in prop::collection::vec(figure(), 0..60),
        day in (2001i16..2009, 1u8..=12).prop_map(|(year, month)| Day::new(year, month, 15).unwrap()),
    ) {
        let early: Vec<Observation> =
            rows.iter().filter(|row| row.known().is_some_and(|known| known.last() <= day)).cloned().collect();
        let before = judged(&START, &ledger(&early), None);
        let after = judged(&START, &ledger(&rows), None);
        prop_assert_eq!(until(&before, day), until(&after, day));
        // And asking as of the day is the same as never having heard of the rest.
        let asked = judged(&START, &ledger(&rows), Some(day));
        let told = judged(&START, &ledger(&early), Some(day));
        prop_assert_eq!(until(&asked, day), until(&told, day));
    }

    #[test]
    fn the_point_lies_between_the_ends_and_every_promise_has_a_cell(
        rows in prop::collection::vec(figure(), 0..60),
    ) {
        let ledger = ledger(&rows);
        let all = judged(&START, &ledger, None);
        for group in all.rows.chunk_by(|a, b| {
            (&a.commitment, &a.method, a.baseline, a.vintage) == (&b.commitment, &b.method, b.baseline, b.vintage)
        }) {
            // Low, point, high: in this order, none twice, and never out of order by value.
            let ends: Vec<_> = group.iter().map(|row| row.end).collect();
            prop_assert!(ends.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", ends);
            let values: Vec<_> = group.iter().filter_map(|row| row.value).collect();
            prop_assert!(values.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", group);
            prop_assert!(ends.contains(&bitacora_accounts::verdict::End::Point));
        }
        for own in &all.judged {
            prop_assert!(!own.rows.is_empty());
            for flip in &own.flips {
                prop_assert_eq!(all.rows[flip.met].verdict, Verdict::Met);
                prop_assert_eq!(all.rows[flip.missed].verdict, Verdict::Missed);
                prop_assert!(own.rows.contains(&flip.met) && own.rows.contains(&flip.missed));
            }
            let index = own.stability.index;
            prop_assert!(index.is_none_or(|index| "0.5".parse::<Decimal>().unwrap() <= index && index <= Decimal::ONE));
        }
        // Only measurements judge.
        for row in all.rows.iter().filter(|row| row.is_judged()) {
            for id in row.base_figures.iter().chain(&row.figures) {
                prop_assert_eq!(ledger.get(*id).unwrap().status, Status::Measured);
            }
        }
    }
}
