//! Programmes and indicators beyond cultivation. A reading that is missing has a row of its own with the reason.

use super::{Align, Block, Desk, Mark, Row, Run, Square, Table, Tone};
use crate::{Indicator, Reading};

pub(super) fn blocks(desk: &Desk<'_>) -> Vec<Block> {
    if desk.input.indicators.is_empty() {
        return desk.nothing();
    }
    let words = desk.words;
    let mut rows = Vec::new();
    let mut group = None;
    for one in &desk.input.indicators {
        let here = one.group.of(desk.lang);
        if group != Some(here) {
            rows.push(Row::Band(here.to_owned()));
            group = Some(here);
        }
        rows.extend(indicator(desk, one));
    }
    let table = Table {
        caption: String::new(),
        widths: vec![66, 22, 38, 54],
        head: vec![vec![
            Square::text(words.indicator),
            Square::text(words.period),
            Square { align: Align::End, ..Square::text(words.value) },
            Square::text(words.known_as),
        ]],
        rows,
        dense: true,
    };
    vec![Block::Note(vec![Run::Text(words.programmes_rule.to_owned())]), Block::Table(table)]
}

fn indicator(desk: &Desk<'_>, one: &Indicator) -> Vec<Row> {
    let words = desk.words;
    let mut name = vec![Run::Text(one.name.of(desk.lang).to_owned())];
    if let Some(note) = &one.note {
        name.push(Run::Muted(format!(" · {}", note.of(desk.lang))));
    }
    let mut rows = Vec::new();
    for reading in &one.readings {
        let first = Square::runs(std::mem::take(&mut name));
        rows.push(Row::Squares(match reading {
            Reading::Shown(shown) => {
                let status = (words.status)(shown.status);
                let known = if shown.vintage.is_empty() {
                    format!("{status}, {}", words.vintage_unknown)
                } else {
                    format!("{status}, {} {}", words.vintage, shown.vintage)
                };
                vec![
                    first,
                    Square::text(&shown.period),
                    Square::end(desk.number(&shown.value)),
                    Square::text(known),
                ]
            }
            Reading::Missing { period, why } => vec![
                first,
                Square::text(period),
                Square {
                    runs: vec![
                        Run::Mark(Mark::HollowSquare, Tone::Plain),
                        Run::Text(format!("\u{a0}{}", words.missing)),
                    ],
                    align: Align::End,
                    ..Square::default()
                },
                Square::text(why.of(desk.lang)),
            ],
        }));
    }
    if rows.is_empty() {
        let missing =
            vec![Run::Mark(Mark::HollowSquare, Tone::Plain), Run::Text(format!("\u{a0}{}", words.missing))];
        rows.push(Row::Squares(vec![
            Square::runs(name),
            Square::text("—"),
            Square::end(missing),
            Square::text(words.nothing_here),
        ]));
    }
    rows
}
