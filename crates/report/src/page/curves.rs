//! Drawings of series and of revisions, each with the table of everything it draws. The years without a figure are
//! said in words under the drawing as well.

use std::collections::BTreeMap;

use bitacora_accounts::observation::Status;

use super::{Align, Block, Desk, Panel, Row, Run, Runs, Square, Table};
use crate::chart::{self, Named};
use crate::words;
use crate::{Fan, FanLine, Lang, Missing, Point, SeriesChart, Texts, number};

pub(super) fn series(desk: &Desk<'_>) -> Vec<Block> {
    if desk.input.charts.is_empty() {
        return desk.nothing();
    }
    let words = desk.words;
    let methods = desk.input.methods.iter().map(|method| {
        vec![
            Run::Strong(format!("{}: ", method.short.of(desk.lang))),
            Run::Text(method.name.of(desk.lang).to_owned()),
        ]
    });
    vec![
        Block::Paragraph(vec![Run::Strong(words.methods_used.to_owned())]),
        Block::Bullets(methods.collect()),
        Block::Note(vec![Run::Text(format!("{} {}", words.marker_rule, words.interval_bar))]),
        Block::Panels(desk.input.charts.iter().map(|chart| curves(desk, chart)).collect()),
    ]
}

/// The chart with every hole inside a curve said to be one, whether the input said so or not.
fn with_gaps(chart: &SeriesChart) -> SeriesChart {
    let mut whole = chart.clone();
    let why = Texts::new(words::of(Lang::Es).no_reason, words::of(Lang::En).no_reason);
    for curve in &mut whole.curves {
        let years: Vec<i16> = curve.points.iter().map(|point| point.year).collect();
        let (Some(first), Some(last)) = (years.first(), years.last()) else { continue };
        let said = |year: i16| curve.missing.iter().any(|gap| (gap.from..=gap.to).contains(&year));
        let mut holes: Vec<Missing> = Vec::new();
        for year in (*first..=*last).filter(|year| years.binary_search(year).is_err() && !said(*year)) {
            match holes.last_mut() {
                Some(hole) if hole.to.checked_add(1) == Some(year) => hole.to = year,
                _ => holes.push(Missing { from: year, to: year, why: why.clone() }),
            }
        }
        curve.missing.extend(holes);
        curve.missing.sort_by_key(|gap| gap.from);
    }
    whole
}

fn curves(desk: &Desk<'_>, chart: &SeriesChart) -> Panel {
    let chart = &with_gaps(chart);
    let words = desk.words;
    let title = chart.title.of(desk.lang).to_owned();
    let named: Vec<Named<'_>> = chart
        .curves
        .iter()
        .map(|curve| Named { place: desk.place(&curve.method), short: desk.short(&curve.method) })
        .collect();
    let names: Vec<&str> = named.iter().map(|one| one.short).collect();
    let described = (words.chart_of)(&title, words.unit(&chart.unit), &names.join(", "));
    let svg = chart::lines(chart, &named, words, &title, &described);
    let mut notes: Vec<Runs> = Vec::new();
    let text = |text: String| vec![Run::Text(text)];
    notes.extend(chart.note.as_ref().map(|note| text(note.of(desk.lang).to_owned())));
    if !chart.hull.is_empty() {
        notes.push(text(words.hull_rule.to_owned()));
    }
    for (curve, named) in chart.curves.iter().zip(&named) {
        notes.extend(curve.missing.iter().map(|gap| {
            vec![
                Run::Strong(format!("{}, {} {}: ", words.no_data_years, named.short, years(gap))),
                Run::Text(gap.why.of(desk.lang).to_owned()),
            ]
        }));
    }
    for one in &chart.breaks {
        notes.push(text(format!("{} {}: {}", words.break_line, one.year, one.what.of(desk.lang))));
    }
    if let Some(pooled) = &chart.pooled {
        notes.push(vec![
            Run::Strong(format!("{} ", words.pooled_rule)),
            Run::Text(pooled.not_identified.of(desk.lang).to_owned()),
        ]);
    }
    Panel { title, svg, described, notes, table: values(desk, chart, &names) }
}

fn captioned(words: &crate::words::Words, unit: &str) -> String {
    if unit.is_empty() { words.values.to_owned() } else { format!("{}, {unit}", words.values) }
}

fn years(gap: &Missing) -> String {
    if gap.from == gap.to { gap.from.to_string() } else { format!("{}–{}", gap.from, gap.to) }
}

fn values(desk: &Desk<'_>, chart: &SeriesChart, names: &[&str]) -> Table {
    let words = desk.words;
    let mut head = vec![Square::text(words.year)];
    head.extend(names.iter().map(|name| Square { align: Align::End, ..Square::text(*name) }));
    if chart.pooled.is_some() {
        head.push(Square { align: Align::End, ..Square::text(words.pooled) });
    }
    let mut by_year: BTreeMap<i16, Vec<Option<&Point>>> = BTreeMap::new();
    for (at, curve) in chart.curves.iter().enumerate() {
        for point in &curve.points {
            let row = by_year.entry(point.year).or_insert_with(|| vec![None; chart.curves.len()]);
            if let Some(slot) = row.get_mut(at) {
                *slot = Some(point);
            }
        }
    }
    let pooled: BTreeMap<i16, _> =
        chart.pooled.iter().flat_map(|pooled| &pooled.years).map(|year| (year.year, year)).collect();
    for year in pooled.keys() {
        by_year.entry(*year).or_insert_with(|| vec![None; chart.curves.len()]);
    }
    let rows = by_year
        .iter()
        .map(|(year, points)| {
            let mut squares = vec![Square::text(year.to_string())];
            squares.extend(chart.curves.iter().zip(points).map(|(curve, point)| match point {
                Some(point) => Square::end(figure(desk, &point.value, &point.low, &point.high, point.status)),
                None if curve.missing.iter().any(|gap| (gap.from..=gap.to).contains(year)) => {
                    Square::end(vec![Run::Muted(words.no_data.to_owned())])
                }
                None => Square::end(vec![Run::Muted("—".to_owned())]),
            }));
            if chart.pooled.is_some() {
                squares.push(match pooled.get(year) {
                    Some(one) => {
                        let (low, high) = (Some(one.low.clone()), Some(one.high.clone()));
                        Square::end(figure(desk, &one.middle, &low, &high, Status::Measured))
                    }
                    None => Square::end(vec![Run::Muted("—".to_owned())]),
                });
            }
            Row::Squares(squares)
        })
        .collect();
    let mut widths = vec![10];
    widths.extend(std::iter::repeat_n(30, head.len().saturating_sub(1)));
    let unit = words.unit(&chart.unit);
    Table { caption: captioned(words, unit), widths, head: vec![head], rows, dense: true }
}

fn figure(
    desk: &Desk<'_>,
    value: &crate::Number,
    low: &Option<String>,
    high: &Option<String>,
    status: Status,
) -> Runs {
    let mut runs = desk.bare(value);
    if let (Some(low), Some(high)) = (low, high) {
        runs.push(Run::Break);
        runs.push(Run::Muted(number::range(low, high, desk.lang)));
    }
    if status != Status::Measured {
        runs.push(Run::Break);
        runs.push(Run::Muted((desk.words.status)(status).to_owned()));
    }
    runs
}

pub(super) fn fans(desk: &Desk<'_>) -> Vec<Block> {
    if desk.input.fans.is_empty() {
        return desk.nothing();
    }
    vec![
        Block::Note(vec![Run::Text(desk.words.fan_rule.to_owned())]),
        Block::Panels(desk.input.fans.iter().map(|fan| revisions(desk, fan)).collect()),
    ]
}

fn revisions(desk: &Desk<'_>, fan: &Fan) -> Panel {
    let words = desk.words;
    let title = fan.title.of(desk.lang).to_owned();
    let named: Vec<Named<'_>> = fan
        .lines
        .iter()
        .map(|line| Named { place: desk.place(&line.method), short: desk.short(&line.method) })
        .collect();
    let mut names: Vec<&str> = named.iter().map(|one| one.short).collect();
    names.dedup();
    let described = (words.chart_of)(&title, words.unit(&fan.unit), &names.join(", "));
    let svg = chart::fan(fan, &named, words, &title, &described);
    let mut notes: Vec<Runs> = Vec::new();
    notes.extend(fan.note.as_ref().map(|note| vec![Run::Text(note.of(desk.lang).to_owned())]));
    for (line, named) in fan.lines.iter().zip(&named) {
        notes.extend(line.note.as_ref().map(|note| {
            vec![
                Run::Strong(format!("{}, {} {}: ", words.moved_by, named.short, line.year)),
                Run::Text(note.of(desk.lang).to_owned()),
            ]
        }));
    }
    let head = [words.year, words.method, words.published, words.value];
    let head = head.into_iter().enumerate().map(|(at, text)| Square {
        align: if at == 3 { Align::End } else { Align::Start },
        ..Square::text(text)
    });
    let rows =
        fan.lines.iter().zip(&named).flat_map(|(line, named)| successive(desk, line, named.short)).collect();
    let unit = words.unit(&fan.unit);
    let table = Table {
        caption: captioned(words, unit),
        widths: vec![11, 20, 20, 32],
        head: vec![head.collect()],
        rows,
        dense: true,
    };
    Panel { title, svg, described, notes, table }
}

fn successive(desk: &Desk<'_>, line: &FanLine, short: &str) -> Vec<Row> {
    let rows = line.points.iter().enumerate().map(|(at, point)| {
        let year = if at == 0 { line.year.to_string() } else { String::new() };
        let method = if at == 0 { short.to_owned() } else { String::new() };
        Row::Squares(vec![
            Square::text(year),
            Square::text(method),
            Square::text(point.published.to_string()),
            Square::end(figure(desk, &point.value, &point.low, &point.high, point.status)),
        ])
    });
    rows.collect()
}
