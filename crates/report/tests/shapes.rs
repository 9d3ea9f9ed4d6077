#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! Reports of every shape: nothing in them, a great many commitments, drawings at the edge.

mod made;

use bitacora_accounts::observation::Status;
use bitacora_report::*;
use made::{day, t};

fn pages(paper: &[u8]) -> usize {
    let text = String::from_utf8_lossy(paper);
    let count = text.split("/Type/Pages/Count ").nth(1).expect("the page tree says how many");
    count.split('/').next().unwrap().parse().unwrap()
}

#[test]
fn a_section_without_data_says_so_and_is_not_left_out() {
    for (lang, said) in [
        (Lang::Es, "La instantánea no contiene datos para esta sección."),
        (Lang::En, "The snapshot holds no data for this section."),
    ] {
        let page = html(&made::empty(), lang).unwrap();
        assert_eq!(page.matches(said).count(), 9);
        assert_eq!(page.matches("<section id=\"p").count(), 11);
        assert!(pages(&pdf(&made::empty(), lang).unwrap()) >= 2);
    }
}

#[test]
fn each_section_can_be_missing_alone() {
    let without: [fn(&mut ReportInput); 9] = [
        |input| input.groups.clear(),
        |input| input.charts.clear(),
        |input| input.fans.clear(),
        |input| input.chains.clear(),
        |input| input.audits.clear(),
        |input| input.claims.clear(),
        |input| input.indicators.clear(),
        |input| input.meetings.clear(),
        |input| input.diff = None,
    ];
    for (at, remove) in without.into_iter().enumerate() {
        let mut input = made::filled();
        remove(&mut input);
        let page = html(&input, Lang::En).unwrap();
        assert!(page.contains("The snapshot holds no"), "section {}", at + 1);
        pdf(&input, Lang::En).unwrap();
    }
}

#[test]
fn two_hundred_commitments_run_over_pages_and_none_is_lost() {
    let mut input = made::filled();
    let pattern = input.groups[0].commitments[0].clone();
    input.groups[0].commitments = (0..200)
        .map(|number| {
            let mut one = pattern.clone();
            one.id = format!("c-{number}");
            one.title = t(&format!("Compromiso número {number}."), &format!("Commitment number {number}."));
            for vintage in 2010..2016 {
                one.cells.push(made::cell(
                    "us",
                    t("base 2000", "baseline 2000"),
                    &vintage.to_string(),
                    Verdict::Missed,
                    None,
                ));
            }
            one
        })
        .collect();
    let page = html(&input, Lang::En).unwrap();
    for number in 0..200 {
        assert!(page.matches(&format!("Commitment number {number}.")).count() >= 2, "{number}");
    }
    assert!(page.contains("193 more commitments in section 1."));
    let many = pages(&pdf(&input, Lang::En).unwrap());
    assert!((20..200).contains(&many), "{many} pages");
}

#[test]
fn drawings_at_the_edge_are_drawn() {
    let point = |year: i16, value: &str| Point {
        year,
        value: Number::new(value, "ha", "odc"),
        low: None,
        high: None,
        status: Status::Contested,
        vintage: String::new(),
    };
    let shapes: [Vec<Point>; 6] = [
        vec![],
        vec![point(2020, "0")],
        vec![point(2020, "-5.5"), point(2021, "3")],
        vec![point(1500, "1"), point(2999, "2")],
        vec![point(2020, "999999999999999999999999999999999999"), point(2021, "0.000000000000000000001")],
        (1700..2100).map(|year| point(year, "12.5")).collect(),
    ];
    for points in shapes {
        let mut input = made::filled();
        input.charts[0].pooled = None;
        input.charts[0].hull.clear();
        input.charts[0].curves[0].points = points;
        let page = html(&input, Lang::Es).unwrap();
        assert!(
            !["NaN", "=\"inf", "inf,", ",inf", "-inf"].iter().any(|bad| page.contains(bad)),
            "a drawing has no number"
        );
        pdf(&input, Lang::Es).unwrap();
    }
}

#[test]
fn a_year_without_a_figure_is_said_even_where_the_input_does_not() {
    let mut input = made::filled();
    input.charts[0].curves[1].missing.clear();
    let page = html(&input, Lang::En).unwrap();
    assert!(page.contains("No data, US 2019: </strong>no reason given"));
}

#[test]
fn a_missing_reading_is_said_and_is_not_zero() {
    let page = html(&made::filled(), Lang::Es).unwrap();
    assert!(page.contains("ninguna serie pública hallada"));
    let row = page.split("Dinero en efectivo").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(row.contains("falta") && !row.contains("class=\"fig\""));
}

#[test]
fn what_cannot_be_printed_whole_is_refused_with_its_rule() {
    type Spoil = fn(&mut ReportInput);
    let cases: Vec<(&str, Spoil)> = vec![
        ("no_source", |input| input.groups[0].commitments[0].target.as_mut().unwrap().sources.clear()),
        ("unknown_source", |input| input.charts[0].curves[0].points[0].value.sources[0] = "gone".to_owned()),
        ("unknown_method", |input| input.groups[0].commitments[0].cells[0].method = "gone".to_owned()),
        ("not_a_number", |input| input.chains[0].result.value.value = "1.379,5".to_owned()),
        ("not_a_number", |input| input.charts[0].hull[0].low = "1e9".to_owned()),
        ("double_id", |input| input.sources[1].id = "gao".to_owned()),
        ("double_id", |input| input.groups[0].commitments[1].id = "plan-colombia-50pct".to_owned()),
        ("circular_source", |input| {
            if let Origin::Derived { from, .. } = &mut input.sources[5].origin {
                from[0] = "d-pooled".to_owned();
            }
        }),
        ("bad_hash", |input| input.snapshot = "A".repeat(64)),
        ("bad_interval", |input| input.charts[0].curves[0].points[1].low = None),
        ("bad_interval", |input| input.charts[0].curves[0].points[1].low = Some("900000".to_owned())),
        ("out_of_order", |input| input.charts[0].curves[0].points.reverse()),
        ("out_of_order", |input| input.fans[0].lines[0].points.reverse()),
        ("mixed_units", |input| input.charts[0].curves[0].points[0].value.unit = "t".to_owned()),
        ("empty", |input| input.title.en = " ".to_owned()),
        ("empty", |input| input.claims[0].positions[0].text.es = String::new()),
        ("after_as_of", |input| input.as_of = day("2018-01-01")),
        ("after_as_of", |input| input.dated = day("2026-11-20")),
        ("too_long", |input| input.node = "x".repeat(MOST_CHARS + 1)),
        ("too_many", |input| {
            let cell = input.groups[0].commitments[0].cells[0].clone();
            input.groups[0].commitments[0].cells = vec![cell; MOST_CELLS + 1];
        }),
    ];
    for (code, spoil) in cases {
        let mut input = made::filled();
        spoil(&mut input);
        let bad = check(&input).unwrap_err();
        assert_eq!(bad.code(), code, "{bad}");
        assert_eq!(html(&input, Lang::Es).unwrap_err(), bad);
        assert_eq!(pdf(&input, Lang::Es).unwrap_err(), bad);
        let text = bad.to_string();
        assert!(
            !text.contains('\n') && !text.ends_with('.') && text.starts_with(char::is_lowercase),
            "{text}"
        );
    }
}
