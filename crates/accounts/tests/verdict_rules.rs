#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! Each rule of the verdict by itself, on figures made up for it.

mod made;

use bitacora_accounts::day::Day;
use bitacora_accounts::import::{self, tidy};
use bitacora_accounts::observation::Bound;
use bitacora_accounts::registry::{Registry, Tables};
use bitacora_accounts::verdict::{Axis, End, Matrix, Row, Verdict, matrix};
use bitacora_accounts::{Ledger, Observation};
use made::HEADING;

const METHODS: &str = "id,kind,publisher,name_en,name_es,definition_en,definition_es,reference
simci,imagery,p,a,a,b,b,r
us_government,imagery,p,a,a,b,b,r
register,register,p,a,a,b,b,r
";
const INDICATORS: &str = "id,programme,unit,place,name_en,name_es,missing
area,work,ha,COL,a,a,
flow,work,ha,COL,a,a,
total,work,ha,COL,a,a,
sum,work,ha,COL,a,a,
share,work,%,COL,a,a,
empty,work,ha,COL,a,a,nobody counts
";
const ANSWERS: &str = "indicator,method,series,accrual,note
area,simci,co.cult.simci_odc,stock,
area,simci,co.cult.unodc,stock,
area,us_government,co.cult.us,stock,
area,us_government,co.cult.us.change_2000_2006,stock,
flow,register,f,flow,
flow,register,f.jan_sep,flow,
total,register,t,cumulative,
sum,register,f+t,flow+cumulative,
share,register,s,stock,
";
const PROMISES: &str =
    "id,promiser,promisee,indicator,direction,target,unit,baseline,deadline,method_named,source_name\n";

fn registry() -> Registry {
    let (registry, defects) = Registry::new(Tables {
        methods: import::methods(METHODS.as_bytes()).unwrap().rows,
        programmes: import::programmes(b"code,name_en,name_es\nwork,w,t\n").unwrap().rows,
        indicators: import::indicators(INDICATORS.as_bytes()).unwrap().rows,
        answers: import::answers(ANSWERS.as_bytes()).unwrap().rows,
        absent: Vec::new(),
    });
    assert!(defects.is_empty(), "{:?}", defects.first);
    registry
}

fn rows(table: &str) -> Vec<Observation> {
    let imported = tidy(format!("{HEADING}{table}").as_bytes(), None).unwrap();
    assert!(imported.defects.is_empty(), "{:?}", imported.defects);
    imported.rows
}

fn ledger(rows: impl IntoIterator<Item = Observation>) -> Ledger {
    let mut ledger = Ledger::default();
    for row in rows {
        ledger.append(row).unwrap();
    }
    ledger
}

fn whole(ledger: &Ledger, promise: &str, day: Option<&str>) -> Matrix {
    let imported = import::commitments(format!("{PROMISES}{promise}").as_bytes()).unwrap();
    let admitted = registry().admit(imported);
    assert!(admitted.defects.is_empty(), "{:?}", admitted.defects);
    let day: Option<Day> = day.map(|day| day.parse().unwrap());
    matrix(ledger, &registry(), &admitted.rows, day)
}

fn line(row: &Row) -> String {
    let value = row.value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    format!("{} {} {} {} {} {value}", row.baseline, row.vintage, row.end, row.verdict, row.reason)
}

/// All cells of one promise as lines, those of other methods left out.
fn cells(table: &str, promise: &str, method: &str) -> Vec<String> {
    let all = whole(&ledger(rows(table)), promise, None);
    all.rows.iter().filter(|row| &*row.method == method).map(line).collect()
}

const FLOW: &str = "p,COL,USA,flow,at_least,100,ha,,2020-12-31,,x\n";
const AREA: &str = "p,COL,USA,area,at_most,100,ha,,2020-12-31,,x\n";
const HALF: &str = "p,COL,USA,area,change,-50,%,2000,2006-12-31,,x\n";

#[test]
fn a_part_of_the_year_that_reaches_is_met_and_one_that_does_not_is_undecided() {
    let part = |value: &str| {
        let table = format!("f.jan_sep,COL,2020,{value},ha,,,A,,vintage=2020-10-15,yes\n");
        cells(&table, FLOW, "register")
    };
    assert_eq!(part("100"), ["- 2020-10-15 point met lower_bound 100"]);
    assert_eq!(
        part("99"),
        ["- 2020-10-15 point undecided before_deadline 99", "- 2020-12-31 point undecided part_period 99",]
    );
    // The whole year that is known in October is what was done until October.
    let table = "f,COL,2020,99,ha,,,A,,vintage=2020-10-15,yes\nf,COL,2020,120,ha,,,B,,vintage=2021-02,yes\n";
    assert_eq!(
        cells(table, FLOW, "register"),
        [
            "- 2020-10-15 point undecided before_deadline 99",
            "- 2020-12-31 point undecided part_period 99",
            "- 2021-02-28 point met measured 120",
        ]
    );
}

#[test]
fn figures_that_follow_each_other_add_up_to_the_year() {
    let table = "f,COL,2020-01/2020-03,30,ha,,,A,,vintage=2020-04-05,yes\n\
        f,COL,2020-04/2020-09,50,ha,40,60,A,,vintage=2020-10-05,yes\n\
        f,COL,2020-10/2020-12,19,ha,,,A,,vintage=2021-01-05,yes\n";
    assert_eq!(
        cells(table, FLOW, "register"),
        [
            "- 2020-04-05 point undecided before_deadline 30",
            "- 2020-10-05 low undecided before_deadline 70",
            "- 2020-10-05 point undecided before_deadline 80",
            "- 2020-10-05 high undecided before_deadline 90",
            "- 2020-12-31 low undecided part_period 70",
            "- 2020-12-31 point undecided part_period 80",
            "- 2020-12-31 high undecided part_period 90",
            "- 2021-01-05 low missed measured 89",
            "- 2021-01-05 point missed measured 99",
            "- 2021-01-05 high met measured 109",
        ]
    );
    let all = whole(&ledger(rows(table)), FLOW, None);
    let axes: Vec<Axis> = all.judged[0].flips.iter().map(|flip| flip.axis).collect();
    assert_eq!(axes, [Axis::End]);
}

#[test]
fn a_flow_over_several_years_bounds_each_of_them_from_above() {
    let table = |value: &str| format!("f,COL,2019/2020,{value},ha,,,A,,vintage=2021-02-01,yes\n");
    assert_eq!(cells(&table("99"), FLOW, "register"), ["- 2021-02-01 point missed upper_bound 99"]);
    assert_eq!(
        cells(&table("100"), FLOW, "register"),
        ["- 2021-02-01 point undecided period_beyond_deadline 100"]
    );
    let most = FLOW.replace("at_least", "at_most");
    assert_eq!(cells(&table("100"), &most, "register"), ["- 2021-02-01 point met upper_bound 100"]);
}

#[test]
fn the_year_of_a_deadline_in_june_bounds_the_first_half_from_above() {
    let june = FLOW.replace("2020-12-31", "2020-06-30");
    let table = |value: &str| format!("f,COL,2020,{value},ha,,,A,,vintage=2021-02-01,yes\n");
    assert_eq!(cells(&table("99"), &june, "register"), ["- 2021-02-01 point missed upper_bound 99"]);
    assert_eq!(
        cells(&table("150"), &june, "register"),
        ["- 2021-02-01 point undecided period_beyond_deadline 150"]
    );
}

#[test]
fn what_was_done_in_another_year_is_shown_and_decides_nothing() {
    let table = "f,COL,2018,500,ha,,,A,,vintage=2019-02-01,yes\n";
    let all = whole(&ledger(rows(table)), FLOW, None);
    assert_eq!(
        all.rows.iter().map(line).collect::<Vec<_>>(),
        [
            "- 2019-02-01 point undecided before_deadline 500",
            "- 2020-12-31 point undecided end_not_published 500",
        ]
    );
    assert!(all.rows.iter().all(|row| row.progress.is_none()));
    let later = "f,COL,2021,500,ha,,,A,,vintage=2022-02-01,yes\n";
    assert_eq!(cells(later, FLOW, "register"), ["- - point not_measurable series_starts_later -"]);
}

#[test]
fn a_bound_decides_only_what_it_forces() {
    let one = |bound: Bound, promise: &str| {
        let mut own = rows("f,COL,2020,100,ha,,,A,,vintage=2021-02-01,yes\n");
        own[0].bound = bound;
        line(&whole(&ledger(own), promise, None).rows[0])
    };
    let (least, most) = (FLOW, &FLOW.replace("at_least", "at_most"));
    assert_eq!(one(Bound::AtLeast, least), "- 2021-02-01 point met lower_bound 100");
    assert_eq!(one(Bound::AtMost, most), "- 2021-02-01 point met upper_bound 100");
    assert_eq!(one(Bound::AtMost, least), "- 2021-02-01 point undecided bound_only 100");
    assert_eq!(one(Bound::AtLeast, most), "- 2021-02-01 point undecided bound_only 100");
    assert_eq!(
        one(Bound::AtMost, &FLOW.replace(",100,", ",101,")),
        "- 2021-02-01 point missed upper_bound 100"
    );
    let mut both =
        rows("f,COL,2020,90,ha,,,A,,vintage=2021-02-01,yes\nf,COL,2020,95,ha,,,A,,vintage=2021-02-01,yes\n");
    (both[0].bound, both[1].bound) = (Bound::AtLeast, Bound::AtMost);
    assert_eq!(
        line(&whole(&ledger(both.clone()), least, None).rows[0]),
        "- 2021-02-01 point missed upper_bound 90"
    );
    let between = FLOW.replace("at_least,100", "between,80;99");
    let all = whole(&ledger(both), &between, None);
    assert_eq!(all.rows[0].verdict, Verdict::Met);
}

#[test]
fn a_target_between_two_numbers() {
    let table = |value: &str| format!("f,COL,2020,{value},ha,,,A,,vintage=2021-02-01,yes\n");
    let between = FLOW.replace("at_least,100", "between,80;120");
    let verdict = |value: &str| whole(&ledger(rows(&table(value))), &between, None).rows[0].verdict;
    assert_eq!(
        ["79.9", "80", "120", "120.1"].map(verdict),
        [Verdict::Missed, Verdict::Met, Verdict::Met, Verdict::Missed]
    );
}

#[test]
fn a_total_never_shrinks_so_a_later_one_that_is_short_decides() {
    let total = "p,COL,USA,total,at_least,100,ha,,2020-06-30,,x\n";
    let table =
        "t,COL,2018,60,ha,,,A,,vintage=2019-02-01,yes\nt,COL,2020-09,99,ha,,,A,,vintage=2020-10-05,yes\n";
    assert_eq!(
        cells(table, total, "register"),
        [
            "- 2019-02-01 point undecided before_deadline 60",
            "- 2020-06-30 point undecided end_not_published 60",
            "- 2020-10-05 point missed upper_bound 99",
        ]
    );
    let reached = "t,COL,2018,100,ha,,,A,,vintage=2019-02-01,yes\n";
    assert_eq!(cells(reached, total, "register"), ["- 2019-02-01 point met lower_bound 100"]);
    let late = "t,COL,2020,100,ha,,,A,,vintage=2021-02-01,yes\n";
    assert_eq!(cells(late, total, "register"), ["- 2021-02-01 point undecided period_beyond_deadline 100"]);
    let open = total.replace("2020-06-30", "not stated");
    assert_eq!(cells(reached, &open, "register"), ["- 2019-02-01 point met lower_bound 100"]);
    assert_eq!(
        cells(&reached.replace(",100,", ",99,"), &open, "register"),
        ["- 2019-02-01 point undecided no_deadline 99"]
    );
}

#[test]
fn a_stock_may_move_until_the_deadline() {
    let table = "co.cult.us,COL,2020,90,ha,,,A,,vintage=2020-09-01,yes\n";
    assert_eq!(
        cells(table, AREA, "us_government"),
        ["- 2020-09-01 point undecided before_deadline 90", "- 2020-12-31 point met measured 90",]
    );
    // As known before the deadline there is nothing more to say.
    let all = whole(&ledger(rows(table)), AREA, Some("2020-12-30"));
    assert_eq!(all.rows.iter().filter(|row| &*row.method == "us_government").count(), 1);
    let before = "co.cult.us,COL,2019,90,ha,,,A,,vintage=2020-09-01,yes\n";
    assert_eq!(
        cells(before, AREA, "us_government"),
        [
            "- 2020-09-01 point undecided before_deadline 90",
            "- 2020-12-31 point undecided end_not_published 90",
        ]
    );
}

#[test]
fn claims_leaks_and_contested_figures_decide_nothing() {
    for (mark, reason) in [
        ("status=claimed", "claimed_only"),
        ("status=leaked", "leaked_only"),
        ("TERTIARY", "tertiary_only"),
        ("CONFLICT", "contested_only"),
    ] {
        let table = format!("f,COL,2020,500,ha,,,A,,vintage=2021-02-01; {mark},yes\n");
        assert_eq!(cells(&table, FLOW, "register"), [format!("- 2021-02-01 point undecided {reason} 500")]);
        // A measurement goes before it, whenever it comes.
        let with = format!("{table}f,COL,2020,90,ha,,,B,,vintage=2021-01-01,yes\n");
        assert_eq!(cells(&with, FLOW, "register"), ["- 2021-01-01 point missed measured 90"]);
        let all = whole(&ledger(rows(&table)), FLOW, None);
        assert_eq!(all.judged[0].stability.index, None);
    }
    // Nobody measures a year that has not begun.
    let plan = "f,COL,2020,500,ha,,,A,,vintage=2019-02-01,yes\n";
    assert_eq!(cells(plan, FLOW, "register")[0], "- 2019-02-01 point undecided claimed_only 500");
}

#[test]
fn a_rounded_copy_does_not_displace_what_it_copies() {
    let exact = "co.cult.simci_odc,COL,2020,146140.13,ha,,,A,,vintage=2021-02-01,yes\n";
    let copy = "co.cult.unodc,COL,2020,146000,ha,,,B,,vintage=2021-06-01,yes\n";
    let other = "co.cult.unodc,COL,2020,150000,ha,,,C,,vintage=2021-07-01,yes\n";
    let promise = AREA.replace(",100,", ",148000,");
    assert_eq!(
        cells(&format!("{exact}{copy}"), &promise, "simci"),
        ["- 2021-02-01 point met measured 146140.13"]
    );
    assert_eq!(
        cells(&format!("{exact}{copy}{other}"), &promise, "simci"),
        ["- 2021-02-01 point met measured 146140.13", "- 2021-07-01 point missed measured 150000"]
    );
    let all = whole(&ledger(rows(&format!("{exact}{copy}{other}"))), &promise, None);
    assert_eq!(all.judged[0].flips[0].axis, Axis::Vintage);
}

#[test]
fn two_figures_of_one_day_decide_only_what_both_decide() {
    let table = |b: &str| {
        format!("f,COL,2020,90,ha,,,A of 5 Feb 2021,,,yes\nf,COL,2020,{b},ha,,,B of 5 Feb 2021,,,yes\n")
    };
    assert_eq!(cells(&table("110"), FLOW, "register"), ["- 2021-02-05 point undecided two_figures 90"]);
    assert_eq!(cells(&table("95"), FLOW, "register"), ["- 2021-02-05 point missed measured 90"]);
}

#[test]
fn figures_without_a_date_have_a_state_of_their_own() {
    let table = "f,COL,2020,90,ha,,,A,,vintage=2021-02-01,yes\nf,COL,2020,110,ha,,,B,,,yes\n";
    assert_eq!(
        cells(table, FLOW, "register"),
        ["- 2021-02-01 point missed measured 90", "- unknown point met measured 110"]
    );
    // One that repeats what is known makes none.
    let copy = "f,COL,2020,90,ha,,,A,,vintage=2021-02-01,yes\nf,COL,2020,90,ha,,,B,,,yes\n";
    assert_eq!(cells(copy, FLOW, "register").len(), 1);
    // A figure of 2020 was not known in 2019, whatever its date.
    let all = whole(&ledger(rows("f,COL,2020,110,ha,,,B,,,yes\n")), FLOW, Some("2019-12-31"));
    assert_eq!(line(&all.rows[0]), "- - point not_measurable no_figure -");
}

#[test]
fn a_change_is_taken_from_the_base_and_at_each_end() {
    let table = "co.cult.us,COL,2000,100,ha,80,125,A,,vintage=2001-02-01,yes\n\
        co.cult.us,COL,2006,50,ha,40,60,A,,vintage=2007-02-01,yes\n";
    let cells = cells(table, HALF, "us_government");
    assert_eq!(
        cells[cells.len() - 3..],
        [
            "2000 2007-02-01 low met measured -68",
            "2000 2007-02-01 point met measured -50",
            "2000 2007-02-01 high missed measured -25",
        ]
    );
    let zero = "co.cult.us,COL,2000,0,ha,,,A,,vintage=2001-02-01,yes\n\
        co.cult.us,COL,2006,50,ha,,,A,,vintage=2007-02-01,yes\n";
    assert_eq!(
        self::cells(zero, HALF, "us_government").last().unwrap(),
        "2000 2007-02-01 point not_measurable base_is_zero -"
    );
}

#[test]
fn a_published_change_answers_where_no_levels_do() {
    let published = "co.cult.us.change_2000_2006,COL,2006,-60,%,,,A,,vintage=2008-01-01,yes\n";
    assert_eq!(cells(published, HALF, "us_government"), ["2000 2008-01-01 point met published_change -60"]);
    let levels = "co.cult.us,COL,2000,100,ha,,,A,,vintage=2001-02-01,yes\n\
        co.cult.us,COL,2006,90,ha,,,A,,vintage=2009-02-01,yes\n";
    let both = cells(&format!("{published}{levels}"), HALF, "us_government");
    assert_eq!(
        both[both.len() - 2..],
        ["2000 2008-01-01 point met published_change -60", "2000 2009-02-01 point missed measured -10"]
    );
    // Another span answers another promise.
    let other = HALF.replace("2000,2006-12-31", "2001,2006-12-31");
    assert_eq!(cells(published, &other, "us_government"), ["2001 - point not_measurable no_base_figure -"]);
}

#[test]
fn a_baseline_not_stated_is_read_as_each_of_the_four_years_before() {
    let promise = "p,COL,USA,area,change,-50,%,not stated,2023-12-31,,\"ONDCP 5 Mar 2020\"\n";
    let table = "co.cult.us,COL,2017,100,ha,,,A,,vintage=2018-02-01,yes\n\
        co.cult.us,COL,2015,30,ha,,,A,,vintage=2018-02-01,yes\n\
        co.cult.us,COL,2019,40,ha,,,A,,vintage=2020-02-01,yes\n\
        co.cult.us,COL,2023,45,ha,,,A,,vintage=2024-02-01,yes\n";
    let all = whole(&ledger(rows(table)), promise, None);
    let us: Vec<&Row> = all.rows.iter().filter(|row| &*row.method == "us_government").collect();
    let readings: Vec<String> =
        us.iter().filter(|row| row.vintage.to_string() == "2024-02-01").map(|row| line(row)).collect();
    assert_eq!(
        readings,
        ["2017 2024-02-01 point met measured -55", "2019 2024-02-01 point missed measured 12.5"]
    );
    assert!(us.iter().any(|row| line(row) == "2016 - point not_measurable no_base_figure -"));
    assert_eq!(all.judged[0].flips[0].axis, Axis::Baseline);
    let without = promise.replace("ONDCP 5 Mar 2020", "a speech");
    let all = whole(&ledger(rows(table)), &without, None);
    assert!(all.rows.iter().all(|row| line(row) == "- - point not_measurable baseline_unreadable -"));
}

#[test]
fn the_named_method_judges_and_the_others_are_shown() {
    let named = AREA.replace(",,x", ",us_government,x");
    let table = "co.cult.us,COL,2020,90,ha,,,A,,vintage=2021-02-01,yes\n\
        co.cult.unodc,COL,2020,110,ha,,,A,,vintage=2021-02-01,yes\n";
    let all = whole(&ledger(rows(table)), &named, None);
    let told: Vec<(&str, bool, Verdict)> =
        all.rows.iter().map(|row| (&*row.method, row.named, row.verdict)).collect();
    assert_eq!(told, [("simci", false, Verdict::Missed), ("us_government", true, Verdict::Met)]);
    let own = &all.judged[0].stability;
    assert_eq!((own.met, own.missed, own.majority), (1, 0, Some(Verdict::Met)));
    let elsewhere = AREA.replace(",,x", ",register,x");
    let all = whole(&ledger(rows(table)), &elsewhere, None);
    assert_eq!(line(&all.rows[0]), "- - point not_measurable named_method_has_no_series -");
    assert!(all.rows[0].named && !all.rows[1].named);
    assert_eq!(all.judged[0].stability.index, None);
}

#[test]
fn units_are_converted_within_a_dimension_and_never_across() {
    let table = "f,COL,2020,1.5,km2,,,A,,vintage=2021-02-01,yes\n";
    assert_eq!(cells(table, FLOW, "register"), ["- 2021-02-01 point met measured 150"]);
    let tonnes = "f,COL,2020,150,t,,,A,,vintage=2021-02-01,yes\n";
    assert_eq!(cells(tonnes, FLOW, "register"), ["- - point not_measurable other_unit -"]);
}

#[test]
fn another_place_answers_nothing() {
    let table =
        "f,PER,2020,150,ha,,,A,,vintage=2021-02-01,yes\nf,05,2020,150,ha,,,A,,vintage=2021-02-01,yes\n";
    assert_eq!(cells(table, FLOW, "register"), ["- - point not_measurable no_figure -"]);
}

#[test]
fn a_number_that_the_direction_has_no_rule_for_is_not_measurable() {
    let of = |direction: &str, target: &str, unit: &str, indicator: &str| {
        let promise = format!("p,COL,USA,{indicator},{direction},{target},{unit},2019,2020-12-31,,x\n");
        let table =
            "f,COL,2019,100,ha,,,A,,vintage=2020-02-01,yes\nf,COL,2020,120,ha,,,A,,vintage=2021-02-01,yes\n";
        line(whole(&ledger(rows(table)), &promise, None).rows.last().unwrap())
    };
    assert_eq!(of("maintain", "5", "ha", "flow"), "2019 - point not_measurable target_unclear -");
    assert_eq!(of("change", "0", "%", "flow"), "2019 - point not_measurable target_unclear -");
    assert_eq!(of("increase", "20", "%", "flow"), "2019 2021-02-01 point met measured 20");
    assert_eq!(of("decrease", "20", "%", "flow"), "2019 2021-02-01 point missed measured 20");
    assert_eq!(of("increase", "121", "ha", "flow"), "2019 2021-02-01 point missed measured 120");
    assert_eq!(of("decrease", "121", "ha", "flow"), "2019 2021-02-01 point met measured 120");
    assert_eq!(of("at_least", "1", "ha", "empty"), "2019 - point not_measurable no_series -");
}

#[test]
fn a_sum_waits_for_its_parts_unless_those_there_suffice() {
    let promise = "p,COL,USA,sum,at_least,100,ha,,2020-12-31,,x\n";
    let first = "f,COL,2020,70,ha,,,A,,vintage=2021-02-01,yes\n";
    let second = "t,COL,2020,40,ha,,,A,,vintage=2021-03-01,yes\n";
    assert_eq!(
        cells(&format!("{first}{second}"), promise, "register"),
        ["- 2021-02-01 point undecided part_missing 70", "- 2021-03-01 point met measured 110"]
    );
    assert_eq!(
        cells(&first.replace(",70,", ",100,"), promise, "register"),
        ["- 2021-02-01 point met lower_bound 100"]
    );
}

#[test]
fn too_many_figures_are_said_to_be_too_many() {
    let mut table = String::new();
    for day in 1..=28 {
        for month in 1..=12 {
            for year in 2013..=2020 {
                table.push_str(&format!(
                    "f,COL,{year}-{month:02}-{day:02},1,ha,,,A,,vintage=2021-02-01,yes\n"
                ));
            }
        }
    }
    assert_eq!(cells(&table, FLOW, "register"), ["- - point not_measurable too_many_figures -"]);
}

#[test]
fn an_interval_with_one_side_shows_that_side_only() {
    let table = "f,COL,2020,110,ha,90,,A,,vintage=2021-02-01,yes\n";
    assert_eq!(
        cells(table, FLOW, "register"),
        ["- 2021-02-01 low missed measured 90", "- 2021-02-01 point met measured 110"]
    );
    let all = whole(&ledger(rows(table)), FLOW, None);
    assert!(all.rows.iter().all(|row| row.end != End::High));
}
