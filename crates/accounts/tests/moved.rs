#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! What moved between two days: the revision of 2017 out of the data, each kind of change once by hand, and headlines whose
//! parts add up.

mod made;

use bitacora_accounts::day::Day;
use bitacora_accounts::import::tidy;
use bitacora_accounts::moved::{Cause, Change, Headline, Kind, Moved, Withdrawal, moved};
use bitacora_accounts::period::{Nature, Period};
use bitacora_accounts::{Decimal, Ledger, Place, SeriesId};
use made::{HEADING, d};
use proptest::prelude::*;

fn ledger(table: &str) -> Ledger {
    let mut ledger = Ledger::default();
    let imported = tidy(format!("{HEADING}{table}").as_bytes(), None).unwrap();
    assert!(imported.defects.is_empty(), "{:?}", imported.defects);
    for row in imported.rows {
        ledger.append(row).unwrap();
    }
    ledger
}
fn between(ledger: &Ledger, from: &str, to: &str) -> Moved {
    moved(ledger, from.parse().unwrap(), to.parse().unwrap(), &[]).unwrap()
}
fn headline<'a>(moved: &'a Moved, series: &str) -> &'a Headline {
    moved.headlines.iter().find(|own| own.series.as_str() == series).unwrap()
}
fn change<'a>(moved: &'a Moved, series: &str, year: i16) -> &'a Change {
    let mut all =
        moved.changes.iter().filter(|own| own.series.as_str() == series && own.period.year() == year);
    all.next().unwrap_or_else(|| panic!("{series} {year}"))
}
fn parts(own: &Headline) -> [String; 3] {
    let parts = own.parts.unwrap();
    assert!(parts.exact);
    assert_eq!(parts.world.exact_add(parts.revision), own.change);
    [own.change.unwrap(), parts.world, parts.revision].map(|value| value.to_string())
}

#[test]
fn the_revision_of_2017_in_the_data() {
    let Some(folder) = made::shared() else { return };
    let mut ledger = Ledger::default();
    for row in made::all_tidy(&folder) {
        ledger.append(row).unwrap();
    }
    // Between the surveys of 2017 and 2019: 2017 went from 1,379 t to 1,058 t, and 2019 is 1,137 t.
    let meetings = between(&ledger, "2018-12-31", "2020-12-31");
    let own = headline(&meetings, "co.prod.unodc");
    assert_eq!((own.then.period.year(), own.now.unwrap().period.year()), (2017, 2019));
    // 1,137 - 1,379 = -242 = (1,137 - 1,058) + (1,058 - 1,379).
    assert_eq!(parts(own), ["-242", "79", "-321"]);
    let factor = own.factor.clone().unwrap();
    assert_eq!((factor.mover, factor.factors[1].share), (Some("hcl_per_leaf"), Some(1.0)));
    assert!((factor.log_change + 0.264_98).abs() < 1e-4 && factor.inferred);
    let revised = change(&meetings, "co.prod.unodc", 2017);
    assert_eq!(
        (revised.kind, revised.cause, revised.difference),
        (Kind::Revised, Cause::Method, Some(d("-321")))
    );
    assert_eq!(change(&meetings, "co.prod.unodc", 2019).kind, Kind::NewPeriod);
    // The year before: 866 t to 1,053 t, of which the leaf is 74 % in logarithms.
    let earlier = between(&ledger, "2017-12-31", "2018-12-31");
    let factor = change(&earlier, "co.prod.unodc", 2016).factor.clone().unwrap();
    assert_eq!(factor.mover, Some("fresh_leaf"));
    assert!((factor.factors[0].share.unwrap() - 0.7447).abs() < 1e-4);
    // US: 2018 was 887 t, then 879 t; 2019 first 951 t.
    let us = between(&ledger, "2019-12-31", "2020-12-31");
    assert_eq!(parts(headline(&us, "co.prod.us")), ["64", "72", "-8"]);
    assert!(!us.vintage_unknown.is_empty());
    assert!(serde_json::to_string(&us).unwrap().contains("\"kind\":\"revised\""));
}

const TABLE: &str = "co.labs.all,COL,2016,100,count,,,A,,vintage=2017,yes
co.labs.all,COL,2017,120,count,,,A,,vintage=2018,yes
co.labs.all,COL,2016,90,count,,,A,,vintage=2018,yes
co.labs.all,COL,2015,80,count,,,A,,vintage=2018,yes
co.labs.h1,COL,2017,10,count,,,A,,vintage=2017-08,yes
co.labs.h1,COL,2018,11,count,,,A,,vintage=2018-08,yes
co.cult.unodc,COL,2016,1000,ha,,,A,,vintage=2017,yes
co.cult.us,COL,2016,2000,ha,,,A,,vintage=2018,yes
co.cult.simci_odc,COL,2016,1001.5,ha,,,A,,vintage=2018,yes
co.cult.unodc,PER,2016,7,ha,,,A,,vintage=2018,yes
co.seiz.hcl,COL,2016,5,t,,,A,,vintage=2017,yes
co.seiz.hcl,COL,2016,5000,kg,,,B,,vintage=2018,yes
co.seiz.base,COL,2016,5,t,,,A,,vintage=2017; status=claimed,yes
co.seiz.base,COL,2016,5,t,,,B,,vintage=2018,yes
co.prod.us,COL,2016,710,t,,,A,,vintage=2017,yes
co.prod.us,COL,2016,910,t,,,Press,,vintage=2018; CONFLICT,yes
co.prod.us,COL,2016,900,t,,,Press,,vintage=2018; status=claimed,yes
co.extr.all,COL,2016,5,persons,,,A,,vintage=2018-06/2019-06,yes
";

#[test]
fn each_kind_of_change_once() {
    let ledger = ledger(TABLE);
    let both = between(&ledger, "2017-12-31", "2018-12-31");
    let kinds: Vec<_> = both
        .changes
        .iter()
        .map(|own| (own.series.as_str(), own.place.to_string(), own.period.year(), own.kind.code()))
        .collect();
    let of = |series, place: &str, year, kind| (series, place.to_owned(), year, kind);
    assert_eq!(
        kinds,
        [
            // A second publisher of a known method is no new method.
            of("co.cult.simci_odc", "COL", 2016, "new_series"),
            // Peru had nothing before.
            of("co.cult.unodc", "PER", 2016, "new_series"),
            of("co.cult.us", "COL", 2016, "new_method"),
            of("co.labs.all", "COL", 2015, "history_added"),
            of("co.labs.all", "COL", 2016, "revised"),
            of("co.labs.all", "COL", 2017, "new_period"),
            of("co.labs.h1", "COL", 2018, "new_period"),
            of("co.prod.us", "COL", 2016, "contested"),
            of("co.prod.us", "COL", 2016, "claimed_otherwise"),
            of("co.seiz.base", "COL", 2016, "status_changed"),
            of("co.seiz.hcl", "COL", 2016, "restated"),
        ]
    );
    // 120 - 100 = 20 = (120 - 90) + (90 - 100). Half a year is no headline.
    assert_eq!(both.headlines.len(), 1);
    assert_eq!(parts(headline(&both, "co.labs.all")), ["20", "30", "-10"]);
    assert_eq!(both.undecided.len(), 1);
    assert_eq!(change(&both, "co.prod.us", 2016).difference, Some(d("200")));
    let day = |text: &str| text.parse::<Day>().unwrap();
    assert_eq!(moved(&ledger, day("2018-01-01"), day("2018-01-01"), &[]).unwrap_err().code(), "not_before");
    // Nothing moved after the last vintage but what is not yet certain.
    assert!(between(&ledger, "2020-01-01", "2021-01-01").changes.is_empty());
}

#[test]
fn a_withdrawn_figure_falls_back_to_the_year_before() {
    let ledger = ledger(TABLE);
    let flow = |year: &str| Period::read(year, Nature::Flow).unwrap();
    let taken = Withdrawal {
        series: SeriesId::read("co.labs.all").unwrap(),
        place: Place::COLOMBIA,
        period: flow("2017"),
        on: "2019-03-01".parse().unwrap(),
    };
    let run = |from: &str, to: &str| {
        moved(&ledger, from.parse().unwrap(), to.parse().unwrap(), std::slice::from_ref(&taken)).unwrap()
    };
    let both = run("2019-01-01", "2019-12-31");
    let kinds: Vec<_> = both.changes.iter().map(|own| own.kind).collect();
    assert!(kinds.contains(&Kind::Withdrawn) && change(&both, "co.labs.all", 2017).after.is_none());
    let own = headline(&both, "co.labs.all");
    // 90 of 2016 after 120 of 2017: a change that is neither the world nor a revision.
    assert_eq!((own.change, own.parts, own.now.unwrap().value), (Some(d("-30")), None, d("90")));
    assert!(!run("2019-04-01", "2019-12-31").changes.iter().any(|own| own.kind == Kind::Withdrawn));
}

#[test]
fn parts_hold_across_units() {
    let ledger = ledger(
        "co.seiz.hcl,COL,2016,1,t,,,A,,vintage=2017,yes
co.seiz.hcl,COL,2016,1100,kg,,,A,,vintage=2018,yes
co.seiz.hcl,COL,2017,1500.5,kg,,,A,,vintage=2018,yes
co.cult.us,COL,2016,3,acre,,,A,,vintage=2017,yes
co.cult.us,COL,2017,1,ha,,,A,,vintage=2018,yes
",
    );
    let both = between(&ledger, "2017-12-31", "2018-12-31");
    assert_eq!(parts(headline(&both, "co.seiz.hcl")), ["0.5005", "0.4005", "0.1"]);
    // A hectare is no finite number of acres: said, not hidden.
    assert!(!headline(&both, "co.cult.us").parts.unwrap().exact);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_parts_of_a_headline_add_up_to_its_change(
        figures in prop::collection::vec((2000i16..2006, 0u32..100_000, 2006i16..2012), 1..30), split in 2006i16..2012,
    ) {
        let mut ledger = Ledger::default();
        for (row, (year, cents, vintage)) in figures.iter().enumerate() {
            let value = Decimal::new((*cents).into(), 2).unwrap();
            let line = format!("{HEADING}co.labs.all,COL,{year},{value},count,,,S{row},,vintage={vintage},yes\n");
            // A contradiction within one vintage is refused, and that is not what is tested here.
            let _ = ledger.append(tidy(line.as_bytes(), None).unwrap().rows.remove(0));
        }
        let from = Day::new(split, 12, 30).unwrap();
        let both = moved(&ledger, from, Day::new(2013, 1, 1).unwrap(), &[]).unwrap();
        for own in &both.headlines {
            let parts = own.parts.unwrap();
            prop_assert!(parts.exact);
            prop_assert_eq!(parts.world.exact_add(parts.revision), own.change);
        }
    }
}
