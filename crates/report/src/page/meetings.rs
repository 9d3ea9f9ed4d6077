//! What was agreed to do, and what moved since the meeting before, parted into world and method. The parting comes in
//! decided; what cannot be parted is said to be so.

use super::matrix::marked as judged;
use super::{Align, Block, Desk, Mark, Row, Run, Runs, Square, Table, Tone};
use crate::{Action, ActionState, Cause, Meeting, Move, number};

const fn marked(state: ActionState) -> (Mark, Tone) {
    match state {
        ActionState::Open => (Mark::Ring, Tone::Plain),
        ActionState::Done => (Mark::Tick, Tone::Good),
        ActionState::Late => (Mark::Triangle, Tone::Bad),
        ActionState::Dropped => (Mark::HollowDiamond, Tone::Plain),
    }
}

pub(super) fn blocks(desk: &Desk<'_>) -> Vec<Block> {
    if desk.input.meetings.is_empty() {
        return desk.nothing();
    }
    desk.input.meetings.iter().flat_map(|meeting| one(desk, meeting)).collect()
}

fn one(desk: &Desk<'_>, meeting: &Meeting) -> Vec<Block> {
    let words = desk.words;
    let title = format!("{}, {}", meeting.name.of(desk.lang), number::long_dates(meeting.days, words));
    let mut blocks = vec![Block::Heading(title)];
    let mut where_and_who: Vec<&str> = meeting.parties.iter().map(|one| one.of(desk.lang)).collect();
    where_and_who.extend(meeting.place.as_ref().map(|place| place.of(desk.lang)));
    if !where_and_who.is_empty() {
        blocks.push(Block::Note(vec![Run::Text(where_and_who.join(" · "))]));
    }
    if meeting.agenda.is_empty() {
        blocks.push(Block::Note(vec![Run::Text(words.no_agenda.to_owned())]));
    } else {
        blocks.push(Block::Paragraph(vec![Run::Strong(words.agenda.to_owned())]));
        let points = meeting.agenda.iter().map(|point| vec![Run::Text(point.of(desk.lang).to_owned())]);
        blocks.push(Block::Bullets(points.collect()));
    }
    if meeting.actions.is_empty() {
        blocks.push(Block::Note(vec![Run::Text(words.no_actions.to_owned())]));
    } else {
        let head = [words.action, words.owner, words.due, words.state];
        blocks.push(Block::Table(Table {
            caption: words.actions.to_owned(),
            widths: vec![86, 40, 26, 28],
            head: vec![head.into_iter().map(Square::text).collect()],
            rows: meeting.actions.iter().map(|action| row(desk, action)).collect(),
            dense: false,
        }));
    }
    blocks
}

fn row(desk: &Desk<'_>, action: &Action) -> Row {
    let (mark, tone) = marked(action.state);
    let due = action.due.map_or_else(|| desk.words.no_due.to_owned(), |day| day.to_string());
    Row::Squares(vec![
        Square::runs(vec![Run::Text(action.text.of(desk.lang).to_owned()), desk.refs(&action.sources)]),
        Square::text(action.owner.of(desk.lang)),
        Square::text(due),
        Square {
            runs: vec![
                Run::Mark(mark, tone),
                Run::Text(format!("\u{a0}{}", (desk.words.action_state)(action.state))),
            ],
            tone,
            ..Square::default()
        },
    ])
}

pub(super) fn diff(desk: &Desk<'_>) -> Vec<Block> {
    let Some(diff) = &desk.input.diff else { return desk.nothing() };
    let words = desk.words;
    let hash: String = diff.since_snapshot.chars().take(12).collect();
    let since = (words.since)(&number::long_day(diff.since, words), &hash);
    let mut blocks = vec![
        Block::Paragraph(vec![Run::Text(since)]),
        Block::Note(vec![Run::Text(words.diff_rule.to_owned())]),
    ];
    if diff.moves.is_empty() {
        blocks.push(Block::Paragraph(vec![Run::Text(words.moved_nothing.to_owned())]));
    }
    for (cause, mark) in
        [(Cause::World, Mark::Disc), (Cause::Method, Mark::Diamond), (Cause::Inseparable, Mark::HalfDisc)]
    {
        let moves: Vec<&Move> = diff.moves.iter().filter(|one| one.cause == cause).collect();
        if moves.is_empty() {
            continue;
        }
        let head = [
            (words.subject, Align::Start),
            (words.before, Align::End),
            (words.after, Align::End),
            (words.why, Align::Start),
        ];
        blocks.push(Block::Table(Table {
            caption: (words.cause)(cause).to_owned(),
            widths: vec![54, 32, 32, 62],
            head: vec![
                head.into_iter().map(|(text, align)| Square { align, ..Square::text(text) }).collect(),
            ],
            rows: moves.iter().map(|one| moved(desk, one, mark)).collect(),
            dense: false,
        }));
    }
    blocks
}

fn moved(desk: &Desk<'_>, one: &Move, mark: Mark) -> Row {
    let side = |number: Option<&crate::Number>, verdict: Option<crate::Verdict>| -> Runs {
        let mut runs = number.map_or_else(Vec::new, |number| desk.number(number));
        if let Some(verdict) = verdict {
            if !runs.is_empty() {
                runs.push(Run::Break);
            }
            let (mark, tone) = judged(verdict);
            runs.push(Run::Mark(mark, tone));
            runs.push(Run::Text(format!("\u{a0}{}", (desk.words.verdict)(verdict))));
        }
        if runs.is_empty() {
            runs.push(Run::Muted("—".to_owned()));
        }
        runs
    };
    Row::Squares(vec![
        Square::runs(vec![
            Run::Mark(mark, Tone::Plain),
            Run::Text(format!("\u{a0}{}", one.subject.of(desk.lang))),
        ]),
        Square::end(side(one.from.as_ref(), one.verdict.map(|pair| pair.0))),
        Square::end(side(one.to.as_ref(), one.verdict.map(|pair| pair.1))),
        Square::text(one.why.of(desk.lang)),
    ])
}
