#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! The ledger: what was known on a day, revisions, contradictions; and that a million figures are quick.

mod made;

use bitacora_accounts::day::Day;
use bitacora_accounts::import::tidy;
use bitacora_accounts::ledger::{Appended, MOST_PER_CELL, NotAppended};
use bitacora_accounts::observation::Digest;
use bitacora_accounts::{Ledger, Observation, Place, SeriesId, Source};
use made::{HEADING, d};
use proptest::prelude::*;

fn rows(table: &str) -> Vec<Observation> {
    let imported = tidy(format!("{HEADING}{table}").as_bytes(), None).unwrap();
    assert!(imported.defects.is_empty(), "{:?}", imported.defects);
    imported.rows
}

fn ledger(table: &str) -> Ledger {
    let mut ledger = Ledger::default();
    for row in rows(table) {
        ledger.append(row).unwrap();
    }
    ledger
}

fn series(text: &str) -> SeriesId {
    SeriesId::read(text).unwrap()
}

fn known(ledger: &Ledger, name: &str, day: &str) -> Vec<String> {
    let day: Day = day.parse().unwrap();
    let known = ledger.as_known_on(&series(name), day);
    known.standing.iter().map(|id| ledger.get(*id).unwrap().number().to_string()).collect()
}

const PRODUCTION: &str = "co.prod.unodc,COL,2016,866,t,,,A,,vintage=2017-07 (original),yes
co.prod.unodc,COL,2016,1053,t,917,1240,B,,vintage=2018-09 (revised),yes
co.prod.unodc,COL,2017,1379,t,1174,1623,B,,vintage=2018-09,yes
co.prod.unodc,COL,2017,1058,t,,,C,,vintage=2019 (revised),yes
co.prod.unodc,COL,2017,1270,t,,,AFP 21 Sep 2018,,CONFLICT: press,no
co.prod.unodc,COL,2013,290,t,,,A column,,quoted later,yes
";

#[test]
fn as_known_on_gives_yesterdays_truth() {
    let ledger = ledger(PRODUCTION);
    let on = |day| known(&ledger, "co.prod.unodc", day);
    assert_eq!(on("2017-07-30"), [""; 0]);
    assert_eq!(on("2017-07-31"), ["866"]);
    // The conflicting press figure of 21 September stands while nothing measured does, and no longer.
    assert_eq!(on("2018-09-22"), ["866", "1270"]);
    assert_eq!(on("2018-09-30"), ["1053", "1379"]);
    assert_eq!(on("2019-12-30"), ["1053", "1379"]);
    assert_eq!(on("2019-12-31"), ["1053", "1058"]);
    let day = "2018-09-15".parse().unwrap();
    let known = ledger.as_known_on(&series("co.prod.unodc"), day);
    assert_eq!((known.undecided.len(), known.unknown.len()), (2, 1));
    assert_eq!(ledger.get(known.unknown[0]).unwrap().number(), d("290"));
}

#[test]
fn revisions_of_the_data() {
    let Some(folder) = made::shared() else { return };
    let mut ledger = Ledger::default();
    for row in made::all_tidy(&folder) {
        ledger.append(row).unwrap();
    }
    let of = |name: &str, year: i16| -> Vec<String> {
        let triangle = ledger.revisions(&series(name)).unwrap();
        let row = triangle.into_iter().find(|row| row.period.year() == year).unwrap();
        row.steps.iter().map(|step| step.value.to_string()).collect()
    };
    assert_eq!(of("co.prod.unodc", 2016), ["866", "1053"]);
    assert_eq!(of("co.prod.unodc", 2017), ["1379", "1058"]);
    assert_eq!(of("co.prod.us", 2018), ["887", "879"]);
    assert_eq!(of("co.prod.us", 2019), ["951", "936"]);
    assert_eq!(of("bo.prod.us", 2011), ["265", "190"]);
    let before = ledger.len();
    for row in made::all_tidy(&folder) {
        assert!(matches!(ledger.append(row), Ok(Appended::Known(_))));
    }
    assert_eq!(ledger.len(), before);
}

#[test]
fn contradictory_vintages_are_refused_with_their_rule() {
    let mut ledger = ledger("co.prod.us,COL,2016,710,t,,,INCSR,,vintage=2018-03,yes\n");
    let mut refused =
        |row: &str| ledger.append(rows(row).remove(0)).map_err(|bad| (bad.code(), bad.to_string()));
    let (code, text) = refused("co.prod.us,COL,2016,772,t,,,ONDCP,,vintage=2018-03,yes\n").unwrap_err();
    assert_eq!(code, "contradictory_vintage");
    assert_eq!(
        text,
        "co.prod.us for COL, 2016: vintage 2018-03 is 710 t already and cannot be 772 t from a source of the same rank"
    );
    // Another vintage, another rank, another unit of the same figure and an open contradiction are no contradiction.
    for row in [
        "co.prod.us,COL,2016,772,t,,,ONDCP,,vintage=2018-06,yes\n",
        "co.prod.us,COL,2016,772,t,,,ONDCP,,vintage=2018-03; status=claimed,yes\n",
        "co.prod.us,COL,2016,710000,kg,,,Other,,vintage=2018-03,yes\n",
        "co.prod.us,COL,2016,700,t,,,Press,,vintage=2018-03; CONFLICT,yes\n",
        "co.prod.us,COL,2016,701,t,,,Press 2,,vintage=2018-03; CONFLICT,yes\n",
        "co.prod.us,PER,2016,772,t,,,ONDCP,,vintage=2018-03,yes\n",
        "co.prod.us,COL,2016,1,t,,,ONDCP,,,yes\n",
        "co.prod.us,COL,2016,2,t,,,ONDCP,,,yes\n",
    ] {
        assert!(refused(row).is_ok(), "{row}");
    }
    assert_eq!(ledger.len(), 9);
}

#[test]
fn a_bad_observation_and_a_full_cell_are_refused() {
    let mut ledger = Ledger::default();
    let mut bad = rows("co.x,COL,2016,5,t,,,A,,,yes\n").remove(0);
    bad.source = Source::Document { document: Digest([0; 32]), from: 9, to: 9 };
    assert_eq!(ledger.append(bad.clone()).unwrap_err().code(), "empty_span");
    bad.source = Source::Document { document: Digest([0; 32]), from: 9, to: 12 };
    assert!(ledger.append(bad.clone()).is_ok());
    for n in 0..MOST_PER_CELL as u64 - 1 {
        bad.source = Source::Document { document: Digest([0; 32]), from: n + 10, to: n + 11 };
        ledger.append(bad.clone()).unwrap();
    }
    bad.source = Source::Document { document: Digest([0; 32]), from: 1, to: 2 };
    assert!(matches!(ledger.append(bad), Err(NotAppended::CellFull { .. })));
    assert_eq!(ledger.len(), MOST_PER_CELL);
}

proptest! {
    #[test]
    fn what_was_known_on_a_day_does_not_depend_on_the_order_of_appending(
        figures in proptest::collection::vec((2000i16..2004, 1u8..=12, 0u8..3), 1..40),
        seed in any::<u64>(),
        month in 1u8..=12,
    ) {
        // One value for each vintage and rank, so that no order is refused.
        let status = ["", "; status=claimed", "; status=leaked"];
        let mut table: Vec<String> = figures.iter().map(|(year, month, rank)| {
            let value = i32::from(*year) * 100 + i32::from(*month) * 3 + i32::from(*rank);
            format!("co.x,COL,1999,{value},t,,,A,,vintage={year}-{month:02}{},yes\n", status[*rank as usize])
        }).collect();
        table.sort();
        table.dedup();
        let straight = ledger(&table.concat());
        let mut state = seed;
        table.sort_by_cached_key(|row| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(row.len() as u64 + 1);
            state
        });
        let shuffled = ledger(&table.concat());
        let day = format!("2002-{month:02}-28");
        prop_assert_eq!(known(&straight, "co.x", &day), known(&shuffled, "co.x", &day));
        let mut settled = straight.clone();
        settled.settle();
        let when = day.parse().unwrap();
        prop_assert_eq!(settled.as_known_on(&series("co.x"), when), straight.as_known_on(&series("co.x"), when));
        // And it is the strongest, then the latest, of what ended by then.
        let day: Day = day.parse().unwrap();
        let best = straight.observations().map(|(_, row)| row).filter(|row| row.vintage.unwrap().last() <= day)
            .max_by_key(|row| (std::cmp::Reverse(row.status), row.vintage.unwrap().last()));
        let standing = straight.as_known_on(&series("co.x"), day).standing;
        prop_assert_eq!(standing.first().and_then(|id| straight.get(*id)), best);
    }
}

const COUNTRIES: [&str; 10] = ["COL", "PER", "BOL", "ECU", "MEX", "USA", "VEN", "BRA", "PAN", "CRI"];

/// A million figures, a tenth of them in one series.
fn many() -> String {
    let mut table = String::from(HEADING);
    for n in 0..100_000u32 {
        let (series, rest) = (n % 10, n / 10);
        // Ten countries, a hundred years, ten vintages of each.
        let (place, rest) = (COUNTRIES[(rest % 10) as usize], rest / 10);
        let (vintage, year) = (rest % 10, 1500 + rest / 10);
        table.push_str(&format!(
            "co.s{series},{place},{year},{n}.5,t,,,\"Source {vintage}, Sep 2018\",https://example.org/{vintage},vintage={}-09; text,yes\n",
            2010 + vintage
        ));
    }
    table
}

#[test]
fn many_figures_are_read_whole_and_answer_as_one_series_or_as_ten() {
    let imported = tidy(many().as_bytes(), None).unwrap();
    assert!(imported.defects.is_empty(), "{:?}", imported.defects.first.first());
    let mut ledger = Ledger::default();
    for row in imported.rows {
        ledger.append(row).unwrap();
    }
    ledger.settle();
    let day = "2015-06-01".parse().unwrap();
    for n in 0..10 {
        assert_eq!(ledger.as_known_on(&series(&format!("co.s{n}")), day).standing.len(), 1_000);
    }
    // The same figures under one name: all places and periods in one answer.
    let mut one = Ledger::default();
    for (_, row) in ledger.observations() {
        let mut row = row.clone();
        let own = row.series.as_str().trim_start_matches("co.s").parse::<usize>().unwrap();
        let country = COUNTRIES.iter().position(|code| *code == row.place.to_string()).unwrap();
        row.place = Place::read(&format!("05{:03}", own * 10 + country + 1)).unwrap();
        row.series = series("co.s0");
        one.append(row).unwrap();
    }
    one.settle();
    assert_eq!(one.as_known_on(&series("co.s0"), day).standing.len(), 10_000);
}
