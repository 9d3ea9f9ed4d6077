//! The first page: what was promised, what each method answers, where the answer turns. It counts verdicts and never
//! weighs them.

use std::collections::BTreeSet;

use super::matrix::marked;
use super::{Align, Block, Desk, MATRIX, Row, Run, Runs, Square, Table, Tone};
use crate::words::Counted;
use crate::{Cell, Commitment, End, Verdict, number};

/// What the first page holds under the heading and the counts.
const ROWS: usize = 12;

/// What all readings of a commitment together say, the most pressing first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Turns,
    Undecided,
    Missed,
    Met,
    NotMeasurable,
}

fn outcome(one: &Commitment) -> Outcome {
    let judged: BTreeSet<Verdict> =
        one.cells.iter().map(|cell| cell.verdict).filter(|verdict| verdict.is_judged()).collect();
    match (judged.len(), judged.first()) {
        (0, _) => Outcome::NotMeasurable,
        (1, Some(Verdict::Met)) => Outcome::Met,
        (1, Some(Verdict::Missed)) => Outcome::Missed,
        (1, _) => Outcome::Undecided,
        _ => Outcome::Turns,
    }
}

pub(super) fn blocks(desk: &Desk<'_>) -> Vec<Block> {
    let words = desk.words;
    let mut ordered: Vec<(Outcome, &Commitment)> = desk
        .input
        .groups
        .iter()
        .flat_map(|group| &group.commitments)
        .map(|one| (outcome(one), one))
        .collect();
    // Stable: within one outcome the order of the input stands.
    ordered.sort_by_key(|(outcome, _)| *outcome);
    let mut blocks = vec![Block::Facts(facts(desk)), Block::Heading(words.the_answer.to_owned())];
    if ordered.is_empty() {
        blocks.push(Block::Paragraph(vec![Run::Text(words.no_commitments.to_owned())]));
        return blocks;
    }
    blocks.push(Block::Paragraph(counts(desk, &ordered)));
    blocks.push(Block::Table(table(desk, &ordered)));
    let left = ordered.len().saturating_sub(ROWS);
    let mut notes: Runs = Vec::new();
    if left > 0 {
        let section = (words.section)(MATRIX);
        let said = (words.more_in)(&number::count(left as u64, desk.lang), left == 1, &section);
        notes.push(Run::Section(MATRIX, said));
        notes.push(Run::Text(" ".to_owned()));
    }
    notes.push(Run::Text(format!("{} {} ", words.latest_answers, words.reading_rule)));
    notes.push(Run::Text(words.number_rule.to_owned()));
    blocks.push(Block::Note(notes));
    blocks
}

fn facts(desk: &Desk<'_>) -> Vec<(String, Runs)> {
    let words = desk.words;
    let text = |text: String| vec![Run::Text(text)];
    let parties: Vec<&str> = desk.input.parties.iter().map(|one| one.of(desk.lang)).collect();
    let mut facts = Vec::new();
    if !parties.is_empty() {
        facts.push((words.parties.to_owned(), text(parties.join(" · "))));
    }
    if let Some(meeting) = &desk.input.meeting {
        let mut said = vec![meeting.name.of(desk.lang).to_owned()];
        said.extend(meeting.day.map(|day| number::long_day(day, words)));
        said.extend(meeting.place.as_ref().map(|place| place.of(desk.lang).to_owned()));
        facts.push((words.meeting.to_owned(), text(said.join(", "))));
    }
    let when = format!(
        "{}; {} {}",
        number::long_day(desk.input.dated, words),
        words.as_known_on,
        number::long_day(desk.input.as_of, words)
    );
    facts.push((words.dated.to_owned(), text(when)));
    facts.push((words.drawn_up_by.to_owned(), text(desk.input.node.clone())));
    facts
}

fn counts(desk: &Desk<'_>, ordered: &[(Outcome, &Commitment)]) -> Runs {
    let words = desk.words;
    let printed = |many: usize, said: Counted| said(&number::count(many as u64, desk.lang), many == 1);
    let mut runs = vec![Run::Strong(format!("{}: ", printed(ordered.len(), words.commitments)))];
    let kinds: [(Outcome, Counted); 5] = [
        (Outcome::Turns, words.turn),
        (Outcome::Undecided, words.undecided_only),
        (Outcome::Missed, words.all_missed),
        (Outcome::Met, words.all_met),
        (Outcome::NotMeasurable, words.none_measurable),
    ];
    let said: Vec<String> = kinds
        .into_iter()
        .map(|(kind, said)| (ordered.iter().filter(|(one, _)| *one == kind).count(), said))
        .filter(|(many, _)| *many > 0)
        .map(|(many, said)| printed(many, said))
        .collect();
    runs.push(Run::Text(format!("{}.", said.join("; "))));
    runs
}

fn table(desk: &Desk<'_>, ordered: &[(Outcome, &Commitment)]) -> Table {
    let words = desk.words;
    let used: BTreeSet<usize> = ordered
        .iter()
        .flat_map(|(_, one)| &one.cells)
        .filter(|cell| cell.verdict.is_judged())
        .map(|cell| desk.place(&cell.method))
        .collect();
    let mut head = vec![Square::text(words.commitment)];
    for place in &used {
        let name = desk.input.methods.get(*place).map_or("", |method| method.short.of(desk.lang));
        head.push(Square {
            runs: vec![Run::Strong(name.to_owned())],
            align: Align::Middle,
            ..Square::default()
        });
    }
    head.push(Square::text(words.what_turns_it));
    let rows = ordered
        .iter()
        .take(ROWS)
        .map(|(_, one)| {
            let mut name = vec![Run::Strong(one.title.of(desk.lang).to_owned())];
            if !one.deadline.is_empty() {
                name.push(Run::Break);
                name.push(Run::Muted(format!("{} {}", words.deadline.to_lowercase(), one.deadline)));
            }
            let mut squares = vec![Square::runs(name)];
            squares.extend(used.iter().map(|place| square(desk, one, *place)));
            let flips = one.flips.as_ref().map_or("", |text| text.of(desk.lang));
            squares.push(Square::text(flips));
            Row::Squares(squares)
        })
        .collect();
    let mut widths = vec![54];
    widths.extend(std::iter::repeat_n(30, used.len()));
    widths.push(40);
    Table { caption: String::new(), widths, head: vec![head], rows, dense: used.len() > 3 }
}

/// The latest answer of a method, and whether any other reading of it differs.
fn square(desk: &Desk<'_>, one: &Commitment, place: usize) -> Square {
    let cells: Vec<&Cell> = one.cells.iter().filter(|cell| desk.place(&cell.method) == place).collect();
    let points = || cells.iter().filter(|cell| cell.end == End::Point);
    let latest = points()
        .filter(|cell| cell.verdict.is_judged())
        .rev()
        .max_by(|a, b| a.vintage.cmp(&b.vintage))
        .or_else(|| points().next())
        .or_else(|| cells.first());
    let Some(latest) = latest else {
        return Square {
            runs: vec![Run::Muted(format!("— {}", desk.words.does_not_apply))],
            align: Align::Middle,
            ..Square::default()
        };
    };
    let (mark, tone) = marked(latest.verdict);
    let mut runs = vec![Run::Mark(mark, tone), Run::Text("\u{a0}".to_owned())];
    runs.push(Run::Strong((desk.words.verdict)(latest.verdict).replace(' ', "\u{a0}")));
    if let Some(value) = &latest.value {
        runs.push(Run::Break);
        runs.extend(desk.number(value));
    }
    let differs = cells
        .iter()
        .any(|cell| cell.verdict.is_judged() && latest.verdict.is_judged() && cell.verdict != latest.verdict);
    if differs {
        runs.push(Run::Break);
        runs.push(Run::Muted(desk.words.also_other.to_owned()));
    }
    Square { runs, align: Align::Middle, tone: if differs { Tone::Plain } else { tone }, span: 1 }
}
