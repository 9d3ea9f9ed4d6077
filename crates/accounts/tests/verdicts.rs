#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! The verdict matrix over the starting data, against cells worked out by hand from the published figures.

mod made;

use std::collections::BTreeSet;

use bitacora_accounts::book::Book;
use bitacora_accounts::condition::ConditionKind;
use bitacora_accounts::day::Day;
use bitacora_accounts::starting::starting;
use bitacora_accounts::verdict::{Axis, End, Mark, Matrix, Reason, Row, Verdict, Vintage, matrix};
use bitacora_accounts::{Decimal, Ledger, Rounding};

const EXPECTED: &str = include_str!("verdicts/expected.csv");

fn on(day: &str) -> Option<Day> {
    Some(day.parse().unwrap())
}

fn judged(start: &Book, day: Option<Day>) -> Matrix {
    matrix(start.ledger(), start.registry(), start.commitments(), day)
}

fn decimals(text: &str) -> i32 {
    text.split_once('.').map_or(0, |(_, part)| i32::try_from(part.len()).unwrap())
}

/// The printed number is the value rounded to as many decimals.
fn agrees(value: Option<Decimal>, text: &str) -> bool {
    match value {
        None => text.is_empty(),
        Some(value) => {
            let printed: Option<Decimal> = text.parse().ok();
            printed == Some(value.round_to(decimals(text), Rounding::Nearest).unwrap())
        }
    }
}

#[test]
fn the_cells_worked_out_by_hand() {
    let start = starting().unwrap();
    let all = judged(&start, on("2026-11-21"));
    let mut reader = csv::Reader::from_reader(EXPECTED.as_bytes());
    let mut count = 0;
    for record in reader.records() {
        let record = record.unwrap();
        let cell = |place: usize| record.get(place).unwrap();
        let key = |row: &&Row| {
            *row.commitment == *cell(0)
                && *row.method == *cell(1)
                && row.baseline.to_string() == cell(2)
                && row.vintage.to_string() == cell(3)
                && row.end.code() == cell(4)
        };
        let found: Vec<&Row> = all.rows.iter().filter(key).collect();
        assert_eq!(found.len(), 1, "{record:?}");
        let row = found[0];
        assert_eq!((row.verdict.code(), row.reason.code()), (cell(5), cell(8)), "{record:?}");
        assert!(agrees(row.value, cell(6)), "{record:?}: {:?}", row.value);
        assert!(agrees(row.progress, cell(7)), "{record:?}: {:?}", row.progress);
        count += 1;
    }
    assert_eq!(count, 51);
    // Nothing else is judged than what is worked out above.
    let text =
        |row: &Row| format!("{},{},{},{},{}", row.commitment, row.method, row.baseline, row.vintage, row.end);
    for row in all.rows.iter().filter(|row| row.is_judged() && row.reason != Reason::Measured) {
        assert!(EXPECTED.contains(&text(row)), "{}", text(row));
    }
    let area = |row: &&Row| row.is_judged() && !row.commitment.starts_with("hld");
    for row in all.rows.iter().filter(area) {
        assert!(EXPECTED.contains(&text(row)), "{}", text(row));
    }
}

#[test]
fn plan_colombia_is_met_by_one_method_and_missed_by_the_other() {
    let start = starting().unwrap();
    let all = judged(&start, None);
    let own = all.judged.iter().find(|own| &*own.commitment == "plan-colombia-50pct").unwrap();
    assert_eq!(own.stability.index, Some("0.5".parse().unwrap()));
    assert_eq!((own.stability.majority, own.stability.met, own.stability.missed), (None, 1, 1));
    let [flip] = own.flips.as_slice() else { panic!("{:?}", own.flips) };
    assert_eq!(flip.axis, Axis::Method);
    let (met, missed) = (&all.rows[flip.met], &all.rows[flip.missed]);
    assert_eq!((&*met.method, &*missed.method), ("simci", "us_government"));
    let told = |ids: &[bitacora_accounts::ObservationId]| -> Vec<String> {
        ids.iter().map(|id| start.ledger().get(*id).unwrap().number().to_string()).collect()
    };
    assert_eq!(
        (told(&met.base_figures), told(&met.figures)),
        (vec!["163290.02".into()], vec!["77870".into()])
    );
    assert_eq!((told(&missed.base_figures), told(&missed.figures)), (vec![], vec!["15".into()]));
}

#[test]
fn each_reading_of_a_baseline_has_its_own_stability() {
    let start = starting().unwrap();
    let all = judged(&start, None);
    let own = all.judged.iter().find(|own| &*own.commitment == "hld-50pct-production").unwrap();
    let told: Vec<String> = own
        .readings
        .iter()
        .map(|(reading, stability)| format!("{reading} {}+{}", stability.met, stability.missed))
        .collect();
    assert_eq!(
        told,
        [
            "2016 0+1",
            "2017 0+1",
            "2018 0+1",
            "2019 0+1",
            "2016@2017-07-31 0+1",
            "2016@2018-03-01 0+0",
            "2016@2018-03-31 0+0",
            "2017@2018-06-30 0+0",
            "2017@2018-09-30 0+1",
            "2018@2019-06-30 0+0",
            "2019@2020-03-31 0+0",
        ]
    );
}

#[test]
fn what_is_in_conflict_is_shown_and_moves_no_verdict() {
    let Some(folder) = made::shared() else { return };
    let start = starting().unwrap();
    let mut ledger = Ledger::default();
    for row in made::all_tidy(&folder) {
        ledger.append(row).unwrap();
    }
    let all = matrix(&ledger, start.registry(), start.commitments(), None);
    let row = |commitment: &str, vintage: &str| {
        let of = |row: &&Row| &*row.method == "ministry_balance" && row.vintage.to_string() == vintage;
        all.of(commitment).iter().find(of).unwrap()
    };
    // Reuters printed 133,000 for 2020, and another text 68,000 for 2021.
    let conflict = row("manual-2020", "2021-06-25");
    assert_eq!((conflict.reason, conflict.value), (Reason::ContestedOnly, Some("133000".parse().unwrap())));
    assert_eq!(row("manual-2020", "2021-07-16").verdict, Verdict::Met);
    let last = all.of("manual-2021").iter().rfind(|row| &*row.method == "ministry_balance").unwrap();
    assert_eq!((last.verdict, last.value), (Verdict::Missed, Some("103000".parse().unwrap())));
}

#[test]
fn a_promise_without_judged_cells_has_no_stability() {
    let start = starting().unwrap();
    let all = judged(&start, None);
    for own in &all.judged {
        let rows = all.of(&own.commitment);
        let points = rows.iter().filter(|row| row.end == End::Point && row.is_judged()).count();
        assert_eq!(own.stability.index.is_some(), points > 0, "{}", own.commitment);
        assert_eq!(own.stability.met + own.stability.missed, points);
        assert!(!rows.is_empty(), "{}", own.commitment);
    }
    let kinds: BTreeSet<&str> =
        all.judged.iter().filter_map(|own| own.condition).map(ConditionKind::code).collect();
    assert_eq!(kinds, BTreeSet::from(["unless", "as_long_as", "if", "only", "for"]));
}

#[test]
fn does_not_apply_and_not_yet_published_are_two_marks() {
    let start = starting().unwrap();
    let all = judged(&start, on("2026-11-21"));
    let mark = |method: &str| {
        let mut rows = all.standing(End::Point);
        rows.find(|row| &*row.commitment == "hld-50pct-area" && &*row.method == method).unwrap().reason.mark()
    };
    assert_eq!(mark("simci"), Mark::Judged);
    assert_eq!(mark("us_government"), Mark::NotYet);
    assert_eq!(mark("siima"), Mark::DoesNotApply);
    let promise = start.commitments().iter().find(|own| own.id == "hld-50pct-area").unwrap();
    let us =
        all.rows.iter().rfind(|row| &*row.commitment == "hld-50pct-area" && &*row.method == "us_government");
    assert!(us.unwrap().is_overdue(promise, "2026-11-21".parse().unwrap()));
    assert!(!us.unwrap().is_overdue(promise, "2023-06-30".parse().unwrap()));
}

#[test]
fn what_was_known_on_a_day_is_the_beginning_of_what_is_known_later() {
    let start = starting().unwrap();
    let all = judged(&start, None);
    for day in
        ["2001-01-01", "2006-06-30", "2018-09-29", "2018-09-30", "2020-03-05", "2023-12-31", "2024-10-31"]
    {
        let then = judged(&start, on(day));
        let until: Day = day.parse().unwrap();
        let dated = |own: &Matrix| -> Vec<Row> {
            let dated = |row: &&Row| matches!(row.vintage, Vintage::From(day) if day <= until);
            own.rows.iter().filter(dated).cloned().collect()
        };
        assert_eq!(dated(&then), dated(&all), "{day}");
        assert!(then.rows.iter().all(|row| !matches!(row.vintage, Vintage::From(day) if day > until)));
    }
    let early = judged(&start, on("2001-01-01"));
    assert!(
        early.rows.iter().all(|row| row.vintage == Vintage::Unknown || row.verdict == Verdict::NotMeasurable)
    );
}

#[test]
fn the_same_matrix_gives_the_same_bytes() {
    let start = starting().unwrap();
    let (a, b) = (judged(&start, None), judged(&starting().unwrap(), None));
    let text = a.to_csv(start.ledger());
    assert_eq!(text, b.to_csv(start.ledger()));
    let heading =
        "commitment,method,baseline,vintage,end,verdict,value,target,unit,reason,progress,status,named,";
    assert!(text.starts_with(heading));
    assert_eq!(text.lines().count(), a.rows.len() + 1);
    let json = serde_json::to_value(&a.rows[0]).unwrap();
    let columns = ["commitment", "method", "baseline", "vintage", "end", "verdict", "value", "target"];
    assert!(columns.iter().all(|column| json.get(column).is_some()), "{json}");
    assert_eq!(json["target"], "100000");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert!(reader.records().all(|record| record.unwrap().len() == 15));
}
