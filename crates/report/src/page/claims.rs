//! Who said which number, and what stands on record. A claim is printed in the words in which it was made, beside both
//! sides' text; none of them is corrected.

use super::{Block, Desk, Mark, Row, Run, Runs, Square, Table, Tone};
use crate::{Claim, ClaimState};

const fn marked(state: ClaimState) -> (Mark, Tone) {
    match state {
        ClaimState::Matched => (Mark::Tick, Tone::Good),
        ClaimState::Unmatched => (Mark::HollowSquare, Tone::Plain),
        ClaimState::Misquoted => (Mark::Cross, Tone::Bad),
        ClaimState::Contested => (Mark::Arrows, Tone::Open),
    }
}

pub(super) fn blocks(desk: &Desk<'_>) -> Vec<Block> {
    if desk.input.claims.is_empty() {
        return desk.nothing();
    }
    let words = desk.words;
    let head = [words.speaker, words.said, words.number_meant, words.result, words.on_record];
    let table = Table {
        caption: String::new(),
        widths: vec![30, 50, 24, 26, 52],
        head: vec![head.into_iter().map(Square::text).collect()],
        rows: desk.input.claims.iter().map(|claim| row(desk, claim)).collect(),
        dense: true,
    };
    vec![Block::Note(vec![Run::Text(words.claims_rule.to_owned())]), Block::Table(table)]
}

fn row(desk: &Desk<'_>, claim: &Claim) -> Row {
    let (mark, tone) = marked(claim.state);
    let quote = Run::Quote { text: claim.said.text.clone(), lang: claim.said.lang.code() };
    Row::Squares(vec![
        Square::runs(vec![Run::Strong(claim.speaker.clone()), Run::Break, Run::Muted(claim.date.clone())]),
        Square::runs(vec![quote, desk.refs(&claim.sources)]),
        Square::runs(desk.optional(claim.quantity.as_ref())),
        Square {
            runs: vec![
                Run::Mark(mark, tone),
                Run::Text("\u{a0}".to_owned()),
                Run::Strong((desk.words.claim)(claim.state).to_owned()),
            ],
            tone,
            ..Square::default()
        },
        Square::runs(record(desk, claim)),
    ])
}

fn record(desk: &Desk<'_>, claim: &Claim) -> Runs {
    let mut lines: Vec<Runs> = Vec::new();
    if let Some(found) = &claim.found {
        lines.push(desk.number(found));
    }
    if let Some(why) = &claim.why {
        lines.push(vec![Run::Text(why.of(desk.lang).to_owned())]);
    }
    for position in &claim.positions {
        lines.push(vec![
            Run::Strong(format!("{}: ", position.party.of(desk.lang))),
            Run::Text(position.text.of(desk.lang).to_owned()),
            desk.refs(&position.sources),
        ]);
    }
    if lines.is_empty() {
        lines.push(vec![Run::Muted("—".to_owned())]);
    }
    lines.join(&Run::Break)
}
