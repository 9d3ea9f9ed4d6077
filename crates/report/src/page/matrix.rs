//! Every commitment by method, vintage, baseline and end of the interval. Each box is a shape and a word; two cells
//! that contradict each other stand in one box.

use std::collections::{BTreeMap, BTreeSet};

use super::{Align, Block, Desk, Mark, Row, Run, Runs, Square, Table, Tone};
use crate::{Cell, Commitment, End, Group, Verdict};

/// What fits across the long side of A4 in a type that can be read.
const COLUMNS: usize = 8;

type Column<'a> = (usize, &'a str);

pub(super) const fn marked(verdict: Verdict) -> (Mark, Tone) {
    match verdict {
        Verdict::Met => (Mark::Tick, Tone::Good),
        Verdict::Missed => (Mark::Cross, Tone::Bad),
        Verdict::Undecided => (Mark::HalfDisc, Tone::Open),
        Verdict::NotMeasurable => (Mark::Dot, Tone::Plain),
        Verdict::NotPublished => (Mark::Ring, Tone::Plain),
    }
}

pub(super) fn blocks(desk: &Desk<'_>) -> Vec<Block> {
    if desk.input.groups.iter().all(|group| group.commitments.is_empty()) {
        return vec![Block::Paragraph(vec![Run::Text(desk.words.no_commitments.to_owned())])];
    }
    let mut blocks = vec![Block::Note(legend(desk)), Block::Note(rules(desk))];
    for group in desk.input.groups.iter().filter(|group| !group.commitments.is_empty()) {
        blocks.extend(tables(desk, group).into_iter().map(Block::Table));
    }
    blocks.push(Block::Heading(desk.words.the_promises.to_owned()));
    blocks.push(Block::Table(promises(desk)));
    blocks
}

fn legend(desk: &Desk<'_>) -> Runs {
    let mut runs = vec![Run::Strong(format!("{}: ", desk.words.legend))];
    for verdict in Verdict::ALL {
        let (mark, tone) = marked(verdict);
        runs.push(Run::Mark(mark, tone));
        runs.push(Run::Text(format!("\u{a0}{} \u{a0} ", (desk.words.verdict)(verdict))));
    }
    runs.push(Run::Text(format!("— {}", desk.words.does_not_apply)));
    runs
}

fn rules(desk: &Desk<'_>) -> Runs {
    vec![Run::Text(format!("{} {}", desk.words.stability_rule, desk.words.end_rule))]
}

fn tables(desk: &Desk<'_>, group: &Group) -> Vec<Table> {
    let columns: BTreeSet<Column<'_>> = group
        .commitments
        .iter()
        .flat_map(|one| &one.cells)
        .map(|cell| (desk.place(&cell.method), cell.vintage.as_str()))
        .collect();
    let columns: Vec<Column<'_>> = columns.into_iter().collect();
    let parts: Vec<&[Column<'_>]> =
        if columns.is_empty() { vec![&[]] } else { columns.chunks(COLUMNS).collect() };
    let of = parts.len();
    parts.iter().enumerate().map(|(at, part)| table(desk, group, part, at, of)).collect()
}

fn table(desk: &Desk<'_>, group: &Group, columns: &[Column<'_>], at: usize, of: usize) -> Table {
    let words = desk.words;
    let title = group.title.of(desk.lang);
    let caption = if of > 1 { format!("{title}, {}", (words.part_of)(at + 1, of)) } else { title.to_owned() };
    let mut rows = Vec::new();
    for one in &group.commitments {
        rows.extend(commitment(desk, one, columns, at == 0));
    }
    let mut widths = vec![58];
    widths.extend(std::iter::repeat_n(19, columns.len()));
    widths.extend([18, 40]);
    Table { caption, widths, head: head(desk, columns), rows, dense: true }
}

fn head(desk: &Desk<'_>, columns: &[Column<'_>]) -> Vec<Vec<Square>> {
    let words = desk.words;
    let mut upper = vec![Square::text("")];
    let mut lower = vec![Square::text(format!("{}, {}", words.commitment, words.baseline.to_lowercase()))];
    for run in columns.chunk_by(|a, b| a.0 == b.0) {
        let name = run.first().and_then(|(place, _)| desk.input.methods.get(*place));
        let name = name.map_or("", |method| method.short.of(desk.lang));
        let runs = vec![Run::Strong(name.to_owned())];
        upper.push(Square { runs, align: Align::Middle, tone: Tone::Plain, span: run.len() });
        for (_, vintage) in run {
            let known = if vintage.is_empty() { words.not_dated } else { vintage };
            lower.push(Square::middle(known));
        }
    }
    upper.extend([Square::text(""), Square::text("")]);
    lower.push(Square { align: Align::End, ..Square::text(words.stability) });
    lower.push(Square::text(words.what_turns_it));
    vec![upper, lower]
}

fn commitment(desk: &Desk<'_>, one: &Commitment, columns: &[Column<'_>], first_part: bool) -> Vec<Row> {
    let mut cells: BTreeMap<(&str, usize, &str), Vec<&Cell>> = BTreeMap::new();
    let mut baselines: Vec<&str> = Vec::new();
    let mut seen = BTreeSet::new();
    for cell in &one.cells {
        let baseline = cell.baseline.of(desk.lang);
        if seen.insert(baseline) {
            baselines.push(baseline);
        }
        let key = (baseline, desk.place(&cell.method), cell.vintage.as_str());
        cells.entry(key).or_default().push(cell);
    }
    if baselines.is_empty() {
        baselines.push("");
    }
    let mut rows = Vec::new();
    for (at, baseline) in baselines.iter().enumerate() {
        let here: Vec<Option<&Vec<&Cell>>> =
            columns.iter().map(|(place, vintage)| cells.get(&(*baseline, *place, *vintage))).collect();
        // A part without any cell of this reading has nothing to show: the first part has said that it exists.
        if !first_part && here.iter().all(Option::is_none) {
            continue;
        }
        let mut squares = vec![Square::runs(named(desk, one, baseline, at == 0))];
        squares.extend(here.into_iter().map(|cell| cell.map_or_else(absent, |cell| square(desk, cell))));
        let stability = one.stability.as_ref().filter(|_| at == 0);
        squares.push(Square::end(stability.map_or_else(Vec::new, |number| desk.number(number))));
        let flips = one.flips.as_ref().filter(|_| at == 0);
        squares.push(flips.map_or_else(|| Square::text(""), |text| Square::text(text.of(desk.lang))));
        rows.push(Row::Squares(squares));
    }
    rows
}

fn named(desk: &Desk<'_>, one: &Commitment, baseline: &str, first: bool) -> Runs {
    let mut runs = Vec::new();
    if first {
        runs.push(Run::Strong(one.title.of(desk.lang).to_owned()));
        if !baseline.is_empty() {
            runs.push(Run::Break);
        }
    }
    if !baseline.is_empty() {
        runs.push(Run::Muted(baseline.to_owned()));
    } else if !first {
        runs.push(Run::Muted(desk.words.no_baseline.to_owned()));
    }
    runs
}

fn absent() -> Square {
    Square { align: Align::Middle, runs: vec![Run::Muted("—".to_owned())], ..Square::default() }
}

fn square(desk: &Desk<'_>, cells: &[&Cell]) -> Square {
    let central: Vec<&&Cell> = cells.iter().filter(|cell| cell.end == End::Point).collect();
    let leading = central.first().map(|cell| cell.verdict);
    let mut runs = Vec::new();
    let mut tones = BTreeSet::new();
    let mut shown: Vec<&Cell> = central.iter().map(|cell| **cell).collect();
    // The ends speak only where they disagree with the centre.
    shown.extend(cells.iter().filter(|cell| cell.end != End::Point && Some(cell.verdict) != leading));
    for (at, cell) in shown.iter().enumerate() {
        if at > 0 {
            runs.push(Run::Break);
        }
        let (mark, tone) = marked(cell.verdict);
        tones.insert(tone);
        if cell.end != End::Point {
            runs.push(Run::Muted(format!("{}:", (desk.words.end)(cell.end))));
            runs.push(Run::Break);
        }
        runs.push(Run::Mark(mark, tone));
        if let Some(value) = &cell.value {
            runs.push(Run::Text("\u{a0}".to_owned()));
            runs.extend(desk.number(value));
        }
        runs.push(Run::Break);
        runs.push(Run::Text((desk.words.verdict)(cell.verdict).replace(' ', "\u{a0}")));
    }
    // A tint says one thing; a box with two verdicts has none.
    let tone = if tones.len() == 1 { tones.first().copied().unwrap_or_default() } else { Tone::Plain };
    Square { runs, align: Align::Middle, tone, span: 1 }
}

fn promises(desk: &Desk<'_>) -> Table {
    let words = desk.words;
    let head = [words.commitment, words.promised, words.target, words.deadline];
    let mut rows = Vec::new();
    for group in &desk.input.groups {
        for one in &group.commitments {
            let mut text = vec![Run::Text(one.text.of(desk.lang).to_owned())];
            text.push(desk.refs(&one.sources));
            let deadline = if one.deadline.is_empty() { "—" } else { &one.deadline };
            rows.push(Row::Squares(vec![
                Square::runs(vec![
                    Run::Strong(one.title.of(desk.lang).to_owned()),
                    Run::Break,
                    Run::Code(one.id.clone()),
                ]),
                Square::runs(text),
                Square::runs(desk.optional(one.target.as_ref())),
                Square::text(deadline),
            ]));
        }
    }
    Table {
        caption: String::new(),
        widths: vec![70, 130, 40, 27],
        head: vec![head.into_iter().map(Square::text).collect()],
        rows,
        dense: true,
    }
}
