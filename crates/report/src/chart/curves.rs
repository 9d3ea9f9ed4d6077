//! Rival curves on one axis. A missing year breaks the curve and is hatched in the method's own strip under the axis.

use crate::number::{self, approximate};
use crate::words::Words;
use crate::{Curve, Pooled, SeriesChart};

use super::axis::{Across, Plot, Scale};
use super::labels::spread;
use super::svg::{Anchor, Sheet, text_width};
use super::{EDGE, HULL, INK, INK_2, Named, PAPER, style};

const WIDTH: f64 = 330.0;
const BODY: f64 = 196.0;
const STRIP: f64 = 12.0;

/// `named` has one entry for every curve, in order.
pub(crate) fn lines(
    chart: &SeriesChart,
    named: &[Named<'_>],
    words: &Words,
    title: &str,
    described: &str,
) -> String {
    let strips: Vec<(&Curve, &Named<'_>)> =
        chart.curves.iter().zip(named).filter(|(curve, _)| !curve.missing.is_empty()).collect();
    let many = f64::from(u32::try_from(strips.len()).unwrap_or(0));
    let mut labelled: Vec<String> =
        chart.curves.iter().zip(named).map(|(curve, named)| label(curve, named, words)).collect();
    labelled.extend(chart.pooled.iter().map(|_| words.pooled.to_owned()));
    let widest = labelled.iter().map(|text| text_width(text, 9.5)).fold(40.0, f64::max).min(120.0);
    let plot = Plot { left: 44.0, right: WIDTH - widest - 14.0, top: 22.0, bottom: BODY - 18.0 };
    let mut sheet = Sheet::new(WIDTH, BODY + many * STRIP + if strips.is_empty() { 0.0 } else { 6.0 });
    let scale = Scale::of(values(chart));
    let across = span(chart);
    scale.draw(&mut sheet, plot, words);
    let unit = scale.unit(&chart.unit, words);
    if !unit.is_empty() {
        sheet.text((plot.left - 5.0 - 34.0, 11.0), &unit, 9.5, Anchor::Start, INK_2, false);
    }
    hull(&mut sheet, chart, &scale, &across, plot);
    for one in &chart.breaks {
        let x = across.x(f64::from(one.year), plot);
        sheet.line((x, plot.top), (x, plot.bottom), EDGE, 0.8, "2 2");
    }
    if let Some(pooled) = &chart.pooled {
        pool(&mut sheet, pooled, &scale, &across, plot);
    }
    for year in across.years(plot) {
        let x = across.x(f64::from(year), plot);
        sheet.line((x, plot.bottom), (x, plot.bottom + 3.0), EDGE, 0.8, "");
        sheet.text((x, plot.bottom + 13.0), &year.to_string(), 9.5, Anchor::Middle, INK_2, false);
    }
    for (curve, named) in chart.curves.iter().zip(named) {
        draw(&mut sheet, curve, named.place, &scale, &across, plot);
    }
    ends(&mut sheet, chart, named, &labelled, &scale, &across, plot);
    for (row, (curve, named)) in strips.into_iter().enumerate() {
        let y = BODY + 2.0 + STRIP * f64::from(u32::try_from(row).unwrap_or(0));
        strip(&mut sheet, curve, named, &across, plot, y, words);
    }
    sheet.close(title, described)
}

fn values(chart: &SeriesChart) -> impl Iterator<Item = f64> {
    let points = chart.curves.iter().flat_map(|curve| &curve.points);
    let measured = points.flat_map(|point| {
        [Some(&point.value.value), point.low.as_ref(), point.high.as_ref()].into_iter().flatten()
    });
    let hull = chart.hull.iter().flat_map(|year| [&year.low, &year.high]);
    let pooled =
        chart.pooled.iter().flat_map(|pooled| &pooled.years).flat_map(|year| [&year.low, &year.high]);
    measured.chain(hull).chain(pooled).map(|text| approximate(text))
}

fn span(chart: &SeriesChart) -> Across {
    let points = chart.curves.iter().flat_map(|curve| curve.points.iter().map(|point| point.year));
    let gaps = chart.curves.iter().flat_map(|curve| curve.missing.iter().flat_map(|one| [one.from, one.to]));
    let pooled = chart.pooled.iter().flat_map(|pooled| pooled.years.iter().map(|year| year.year));
    let years: Vec<i16> = points.chain(gaps).chain(pooled).collect();
    let first = years.iter().min().copied().unwrap_or(2000);
    let last = years.iter().max().copied().unwrap_or(first);
    // Half a year on either side, for the boxes of missing years.
    Across { from: f64::from(first) - 0.5, to: f64::from(last) + 0.5 }
}

/// Stretches of years that follow one another.
fn stretches<T>(items: &[T], year: impl Fn(&T) -> i16) -> Vec<&[T]> {
    items.chunk_by(|a, b| i32::from(year(b)) - i32::from(year(a)) == 1).collect()
}

fn band(
    low: impl Iterator<Item = (f64, f64)>,
    high: impl DoubleEndedIterator<Item = (f64, f64)>,
) -> Vec<(f64, f64)> {
    low.chain(high.rev()).collect()
}

fn hull(sheet: &mut Sheet, chart: &SeriesChart, scale: &Scale, across: &Across, plot: Plot) {
    for part in stretches(&chart.hull, |one| one.year) {
        let at =
            |year: i16, value: &str| (across.x(f64::from(year), plot), scale.y(approximate(value), plot));
        if let [one] = part {
            // One year alone is a stroke: a band needs two.
            sheet.line(at(one.year, &one.low), at(one.year, &one.high), HULL, 4.0, "");
            continue;
        }
        let points = band(
            part.iter().map(|one| at(one.year, &one.low)),
            part.iter().map(|one| at(one.year, &one.high)),
        );
        sheet.area(&points, HULL);
    }
}

fn pool(sheet: &mut Sheet, pooled: &Pooled, scale: &Scale, across: &Across, plot: Plot) {
    for part in stretches(&pooled.years, |one| one.year) {
        let at =
            |year: i16, value: &str| (across.x(f64::from(year), plot), scale.y(approximate(value), plot));
        let line = |pick: fn(&crate::PooledYear) -> &str| -> Vec<(f64, f64)> {
            part.iter().map(|one| at(one.year, pick(one))).collect()
        };
        sheet.path(&line(|one| &one.low), INK_2, 0.7, "1 2");
        sheet.path(&line(|one| &one.high), INK_2, 0.7, "1 2");
        sheet.path(&line(|one| &one.middle.value), INK_2, 1.8, "1 2");
    }
}

fn draw(sheet: &mut Sheet, curve: &Curve, place: usize, scale: &Scale, across: &Across, plot: Plot) {
    let look = style(place);
    let at = |year: i16, value: &str| (across.x(f64::from(year), plot), scale.y(approximate(value), plot));
    for part in stretches(&curve.points, |point| point.year) {
        let points: Vec<(f64, f64)> = part.iter().map(|point| at(point.year, &point.value.value)).collect();
        sheet.path(&points, look.colour, 1.6, look.dash);
    }
    for point in &curve.points {
        if let (Some(low), Some(high)) = (&point.low, &point.high) {
            let (x, low) = at(point.year, low);
            sheet.bar(x, low, at(point.year, high).1, look.colour);
        }
    }
    // Neighbouring marks must not run into one band.
    let apart = across.x(across.from + 1.0, plot) - plot.left;
    let size = (apart * 0.3).clamp(1.6, 3.2);
    for point in &curve.points {
        sheet.marker(at(point.year, &point.value.value), look, point.status, false, size);
    }
}

fn label(curve: &Curve, named: &Named<'_>, words: &Words) -> String {
    let last = curve.points.last();
    let value = last.map_or_else(|| words.no_data.to_owned(), |point| number::bare(&point.value, words));
    let kept: String = named.short.chars().take(14).collect();
    format!("{kept} {value}")
}

/// Names at the right of the last figure of each curve, drawn apart, each with a thread to its figure.
fn ends(
    sheet: &mut Sheet,
    chart: &SeriesChart,
    named: &[Named<'_>],
    labelled: &[String],
    scale: &Scale,
    across: &Across,
    plot: Plot,
) {
    let mut lasts: Vec<(f64, f64)> = chart
        .curves
        .iter()
        .map(|curve| {
            curve.points.last().map_or((plot.right, plot.bottom), |point| {
                (across.x(f64::from(point.year), plot), scale.y(approximate(&point.value.value), plot))
            })
        })
        .collect();
    lasts.extend(chart.pooled.iter().map(|pooled| {
        pooled.years.last().map_or((plot.right, plot.bottom), |one| {
            (across.x(f64::from(one.year), plot), scale.y(approximate(&one.middle.value), plot))
        })
    }));
    let heights: Vec<f64> = lasts.iter().map(|(_, y)| *y).collect();
    let placed = spread(&heights, 11.5, plot.top, plot.bottom);
    let colours = named.iter().map(|one| style(one.place).colour).chain([INK_2]);
    for (((last, y), text), colour) in lasts.into_iter().zip(placed).zip(labelled).zip(colours) {
        let x = plot.right + 10.0;
        if x - last.0 > 12.0 || (y - last.1).abs() > 3.0 {
            sheet.line((last.0 + 5.0, last.1), (x - 2.0, y), colour, 0.5, "1 1.5");
        }
        sheet.text((x, y + 3.3), text, 9.5, Anchor::Start, colour, true);
    }
}

/// One method's missing years under the axis, hatched, with its name.
fn strip(
    sheet: &mut Sheet,
    curve: &Curve,
    named: &Named<'_>,
    across: &Across,
    plot: Plot,
    y: f64,
    words: &Words,
) {
    let kept: String = named.short.chars().take(9).collect();
    sheet.text((plot.left - 5.0, y + 7.5), &kept, 8.5, Anchor::End, style(named.place).colour, true);
    sheet.line((plot.left, y + 8.5), (plot.right, y + 8.5), PAPER, 0.5, "");
    for gap in &curve.missing {
        let from = across.x(f64::from(gap.from) - 0.5, plot);
        let to = across.x(f64::from(gap.to) + 0.5, plot);
        sheet.hatch(from, y, to - from, 8.5);
    }
    sheet.text((plot.right + 10.0, y + 7.5), words.no_data, 8.5, Anchor::Start, INK, false);
}
