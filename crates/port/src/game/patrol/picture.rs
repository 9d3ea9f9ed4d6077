//! A picture of a mixture of patrols: time across, sectors down, a line for every move and every stay, as wide as it is
//! likely; behind them the attacks, as dark as the attacker likes them. SVG of shapes and ids alone: no fonts, scripts,
//! links or words of a language.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{PatrolGame, PatrolPlan};
use crate::game::PARTS;

const LEFT: usize = 90;
const TOP: usize = 30;
const STEP: usize = 24;
const ROW: usize = 22;
/// Width of a line that is surely followed.
const WIDEST: f64 = 12.0;

/// The picture of a plan.
pub fn picture(game: &PatrolGame, plan: &PatrolPlan) -> String {
    let (steps, sectors) = (usize::from(game.steps()), game.sectors().len());
    let (width, height) = (LEFT + STEP * steps + 10, TOP + ROW * sectors + 10);
    let x = |step: u16| LEFT + STEP * usize::from(step) + STEP / 2;
    let y = |sector: u16| TOP + ROW * usize::from(sector) + ROW / 2;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"10\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    for (sector, index) in game.sectors().iter().zip(0_u16..) {
        let (middle, id) = (y(index), escaped(&sector.id));
        put(
            &mut svg,
            format_args!("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{id}</text>\n", LEFT - 6, middle + 3),
        );
        let right = width - 10;
        put(&mut svg, format_args!("<path d=\"M{LEFT} {middle}H{right}\" stroke=\"#ddd\"/>\n"));
    }
    // A number a column while they fit, then every so many.
    let every = (1..).find(|every| steps / every <= 40).unwrap_or(1);
    for step in (0..game.steps()).step_by(every) {
        let middle = x(step);
        put(&mut svg, format_args!("<text x=\"{middle}\" y=\"18\" text-anchor=\"middle\">{step}</text>\n"));
    }
    let liked: BTreeMap<u32, u64> = plan.weights.iter().copied().collect();
    let most = liked.values().copied().max().unwrap_or(1) as f64;
    for (attack, index) in game.attacks().iter().zip(0_u32..) {
        let dark = 0.08 + 0.5 * liked.get(&index).copied().unwrap_or_default() as f64 / most;
        for window in &attack.windows {
            let wide = STEP * usize::from(window.last - window.first + 1) - 2;
            let (left, top) = (x(window.first) - STEP / 2 + 1, y(window.sector) - ROW / 2 + 1);
            put(
                &mut svg,
                format_args!(
                    "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{}\" fill=\"#c33\" \
                     fill-opacity=\"{dark:.2}\"><title>{}</title></rect>\n",
                    ROW - 2,
                    escaped(&attack.id)
                ),
            );
        }
    }
    for ((from, to), parts) in legs(game, plan) {
        let share = parts as f64 / PARTS as f64;
        let line = (WIDEST * share).max(0.4);
        let (x1, y1, x2, y2) = (x(from.0), y(from.1), x(to.0), y(to.1));
        put(
            &mut svg,
            format_args!(
                "<path d=\"M{x1} {y1}L{x2} {y2}\" stroke=\"#036\" stroke-opacity=\"0.75\" stroke-linecap=\"round\" \
                 stroke-width=\"{line:.2}\"><title>{share:.3}</title></path>\n"
            ),
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// A sector at a step.
type Place = (u16, u16);

/// How likely each leg is, all boats together; waits are legs of one step.
fn legs(game: &PatrolGame, plan: &PatrolPlan) -> BTreeMap<(Place, Place), u64> {
    let mut legs = BTreeMap::new();
    for schedule in &plan.schedules {
        for (boat, arrivals) in game.boats().iter().zip(&schedule.boats) {
            let moves = game.classes().get(usize::from(boat.class)).map_or(&[][..], |class| &class.moves);
            let after = arrivals.iter().skip(1).map(Some).chain([None]);
            for ((step, sector), next) in arrivals.iter().zip(after) {
                let leaves = next.and_then(|(then, to)| {
                    let along = moves.iter().find(|m| (m.from, m.to) == (*sector, *to))?;
                    then.checked_sub(along.steps)
                });
                let leaves = leaves.unwrap_or(boat.last);
                for at in *step..leaves {
                    *legs.entry(((at, *sector), (at + 1, *sector))).or_default() += schedule.parts;
                }
                if let Some(next) = next {
                    *legs.entry(((leaves, *sector), *next)).or_default() += schedule.parts;
                }
            }
        }
    }
    legs
}

fn escaped(id: &str) -> String {
    id.chars().fold(String::with_capacity(id.len()), |mut text, c| {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            c => text.push(c),
        }
        text
    })
}

/// Writing to a string cannot fail.
fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(line);
}
