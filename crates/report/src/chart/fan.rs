//! Fans of revisions: for each year of reference, its successive figures by date of publication, the first one hollow.

use bitacora_accounts::Day;

use crate::number::approximate;
use crate::words::Words;
use crate::{Fan, FanLine};

use super::axis::{Across, Plot, Scale};
use super::labels::Taken;
use super::svg::{Anchor, Sheet, text_width};
use super::{EDGE, INK_2, Named, style};

const WIDTH: f64 = 330.0;
const HEIGHT: f64 = 214.0;
const SIZE: f64 = 9.5;

/// Years and the part of the year that has gone, for a place on the axis.
fn moment(day: Day) -> f64 {
    f64::from(day.year()) + (f64::from(day.month()) - 1.0 + (f64::from(day.day()) - 1.0) / 31.0) / 12.0
}

pub(crate) fn fan(fan: &Fan, named: &[Named<'_>], words: &Words, title: &str, described: &str) -> String {
    let plot = Plot { left: 44.0, right: WIDTH - 40.0, top: 22.0, bottom: HEIGHT - 20.0 };
    let mut sheet = Sheet::new(WIDTH, HEIGHT);
    let points = || fan.lines.iter().flat_map(|line| &line.points);
    let scale = Scale::of(
        points()
            .flat_map(|point| [Some(&point.value.value), point.low.as_ref(), point.high.as_ref()])
            .flatten()
            .map(|text| approximate(text)),
    );
    let moments = || points().map(|point| moment(point.published));
    let first = moments().fold(f64::INFINITY, f64::min);
    let last = moments().fold(f64::NEG_INFINITY, f64::max);
    let across = if first.is_finite() {
        Across { from: first - 0.35, to: last + 0.35 }
    } else {
        Across { from: 2000.0, to: 2001.0 }
    };
    scale.draw(&mut sheet, plot, words);
    let unit = scale.unit(&fan.unit, words);
    if !unit.is_empty() {
        sheet.text((plot.left - 39.0, 11.0), &unit, SIZE, Anchor::Start, INK_2, false);
    }
    for year in across.years(plot) {
        let x = across.x(f64::from(year), plot);
        sheet.line((x, plot.bottom), (x, plot.bottom + 3.0), EDGE, 0.8, "");
        sheet.text((x, plot.bottom + 13.0), &year.to_string(), SIZE, Anchor::Middle, INK_2, false);
    }
    sheet.text((plot.right, 11.0), &words.published.to_lowercase(), SIZE, Anchor::End, INK_2, false);
    let placed: Vec<Vec<(f64, f64)>> = fan
        .lines
        .iter()
        .map(|line| {
            let at = |point: &crate::FanPoint| {
                (across.x(moment(point.published), plot), scale.y(approximate(&point.value.value), plot))
            };
            line.points.iter().map(at).collect()
        })
        .collect();
    for ((line, points), named) in fan.lines.iter().zip(&placed).zip(named) {
        draw(&mut sheet, line, points, named.place, &scale, plot);
    }
    let mut taken: Vec<Taken> = placed.iter().flatten().map(|at| Taken::around(*at, 4.5)).collect();
    taken.extend(placed.iter().flat_map(|points| points.windows(2)).flat_map(along));
    for ((line, points), named) in fan.lines.iter().zip(&placed).zip(named) {
        name(&mut sheet, line, points, named.place, &mut taken, plot);
    }
    sheet.close(title, described)
}

/// Small boxes along a segment, so that no name stands on it.
fn along(pair: &[(f64, f64)]) -> Vec<Taken> {
    let [from, to] = pair else { return Vec::new() };
    let long = (to.0 - from.0).abs().max((to.1 - from.1).abs());
    let steps = (long / 5.0).ceil().clamp(1.0, 200.0);
    let mut boxes = Vec::new();
    let mut at = 0.0;
    while at <= steps {
        let share = at / steps;
        boxes.push(Taken::around((from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1)), 1.5));
        at += 1.0;
    }
    boxes
}

fn draw(sheet: &mut Sheet, line: &FanLine, points: &[(f64, f64)], place: usize, scale: &Scale, plot: Plot) {
    let look = style(place);
    sheet.path(points, look.colour, 1.6, look.dash);
    for (point, at) in line.points.iter().zip(points) {
        if let (Some(low), Some(high)) = (&point.low, &point.high) {
            sheet.bar(at.0, scale.y(approximate(low), plot), scale.y(approximate(high), plot), look.colour);
        }
    }
    for (order, (point, at)) in line.points.iter().zip(points).enumerate() {
        sheet.marker(*at, look, point.status, order == 0, 3.2);
    }
}

/// The year of reference beside its line: the first free place around its ends, else further and further above it,
/// with a thread back.
fn name(
    sheet: &mut Sheet,
    line: &FanLine,
    points: &[(f64, f64)],
    place: usize,
    taken: &mut Vec<Taken>,
    plot: Plot,
) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    let text = line.year.to_string();
    let wide = text_width(&text, SIZE);
    let boxed =
        |left: f64, base: f64| Taken { left, right: left + wide, top: base - 8.0, bottom: base + 1.0 };
    let middle = (first.0 + last.0) / 2.0 - wide / 2.0;
    let height = (first.1 + last.1) / 2.0;
    let near = [
        (last.0 + 7.0, last.1 + 3.3),
        (middle, height - 7.0),
        (first.0 - wide - 7.0, first.1 + 3.3),
        (middle, height + 14.0),
        (first.0 - wide / 2.0, first.1 - 8.0),
        (last.0 - wide / 2.0, last.1 - 8.0),
        (first.0 - wide / 2.0, first.1 + 15.0),
        (last.0 - wide / 2.0, last.1 + 15.0),
    ];
    let far = (2..24).flat_map(|step| {
        let up = 10.0 * f64::from(step);
        [(middle, height - up), (middle, height + up)]
    });
    let inside = |one: &Taken| {
        one.left >= plot.left
            && one.right <= plot.right + 38.0
            && one.top >= plot.top - 8.0
            && one.bottom <= plot.bottom
    };
    let free = near.into_iter().chain(far).find(|(left, base)| {
        let one = boxed(*left, *base);
        inside(&one) && !taken.iter().any(|other| other.touches(&one))
    });
    let look = style(place);
    let (left, base) = free.unwrap_or((last.0 + 7.0, last.1 + 3.3));
    if (base - height).abs() > 22.0 {
        sheet.line((middle + wide / 2.0, height), (left + wide / 2.0, base - 4.0), look.colour, 0.5, "1 1.5");
    }
    sheet.text((left, base), &text, SIZE, Anchor::Start, look.colour, true);
    taken.push(boxed(left, base));
}
