//! The production chain with its intervals and what moved it, and how published intervals fared. The product comes in
//! computed: nothing is multiplied here.

use super::{Align, Block, Desk, Row, Run, Runs, Square, Table};
use crate::{Chain, Step, number};

fn stepped(desk: &Desk<'_>, step: &Step, strong: bool) -> Row {
    let name = step.name.of(desk.lang).to_owned();
    let interval = match (&step.low, &step.high) {
        (Some(low), Some(high)) => number::range(low, high, desk.lang),
        _ => "—".to_owned(),
    };
    let source = desk.refs(&step.value.sources);
    let interval: Runs =
        if interval == "—" { vec![Run::Muted(interval)] } else { vec![Run::Figure(interval), source] };
    Row::Squares(vec![
        Square::runs(vec![if strong { Run::Strong(name) } else { Run::Text(name) }]),
        Square::end(desk.number(&step.value)),
        Square::end(interval),
    ])
}

pub(super) fn chains(desk: &Desk<'_>) -> Vec<Block> {
    if desk.input.chains.is_empty() {
        return desk.nothing();
    }
    let mut blocks = vec![Block::Note(vec![Run::Text(desk.words.chain_rule.to_owned())])];
    for chain in &desk.input.chains {
        blocks.extend(one(desk, chain));
    }
    blocks
}

fn one(desk: &Desk<'_>, chain: &Chain) -> Vec<Block> {
    let words = desk.words;
    let mut rows: Vec<Row> = chain.steps.iter().map(|step| stepped(desk, step, false)).collect();
    rows.push(Row::Band(words.product.to_owned()));
    rows.push(stepped(desk, &chain.result, true));
    let mut blocks = vec![
        Block::Heading(chain.title.of(desk.lang).to_owned()),
        Block::Table(Table {
            caption: String::new(),
            widths: vec![80, 50, 50],
            head: vec![vec![
                Square::text(words.factor),
                Square { align: Align::End, ..Square::text(words.value) },
                Square { align: Align::End, ..Square::text(words.interval) },
            ]],
            rows,
            dense: false,
        }),
    ];
    if let Some(simulated) = &chain.simulated {
        let unit = words.unit(&simulated.middle.unit);
        let range = format!("{}\u{a0}{unit}", number::range(&simulated.low, &simulated.high, desk.lang));
        let said = (words.simulated)(
            range.trim_end(),
            &number::decimal(&simulated.coverage, desk.lang),
            &number::count(simulated.draws, desk.lang),
            simulated.seed,
        );
        let mut runs = vec![Run::Text(format!("{said} "))];
        runs.extend(desk.number(&simulated.middle));
        blocks.push(Block::Paragraph(runs));
    }
    if !chain.factors.is_empty() {
        let head = [words.attribution, words.before, words.after, words.share_of_move];
        let head = head.into_iter().enumerate().map(|(at, text)| Square {
            align: if at == 0 { Align::Start } else { Align::End },
            ..Square::text(text)
        });
        let rows = chain
            .factors
            .iter()
            .map(|factor| {
                Row::Squares(vec![
                    Square::text(factor.name.of(desk.lang)),
                    Square::end(desk.number(&factor.from)),
                    Square::end(desk.number(&factor.to)),
                    Square::end(desk.number(&factor.share)),
                ])
            })
            .collect();
        let table = Table {
            caption: String::new(),
            widths: vec![75, 35, 35, 35],
            head: vec![head.collect()],
            rows,
            dense: false,
        };
        blocks.push(Block::Table(table));
    }
    if let Some(note) = &chain.note {
        blocks.push(Block::Note(vec![Run::Text(note.of(desk.lang).to_owned())]));
    }
    blocks
}

pub(super) fn audit(desk: &Desk<'_>) -> Vec<Block> {
    if desk.input.audits.is_empty() {
        return desk.nothing();
    }
    let words = desk.words;
    let head = [
        (words.publisher, Align::Start),
        (words.quantity, Align::Start),
        (words.covered, Align::End),
        (words.tested, Align::End),
        (words.mean_width, Align::End),
        (words.leaves_out, Align::Start),
    ];
    let rows = desk
        .input
        .audits
        .iter()
        .map(|audit| {
            let omitted = audit.omitted.as_ref().map_or("—", |text| text.of(desk.lang));
            Row::Squares(vec![
                Square::text(audit.publisher.of(desk.lang)),
                Square::text(audit.quantity.of(desk.lang)),
                Square::end(desk.number(&audit.covered)),
                Square::end(desk.number(&audit.judged)),
                Square::end(desk.optional(audit.width.as_ref())),
                Square::text(omitted),
            ])
        })
        .collect();
    let table = Table {
        caption: String::new(),
        widths: vec![30, 34, 26, 24, 24, 42],
        head: vec![head.into_iter().map(|(text, align)| Square { align, ..Square::text(text) }).collect()],
        rows,
        dense: false,
    };
    vec![Block::Note(vec![Run::Text(words.audit_rule.to_owned())]), Block::Table(table)]
}
