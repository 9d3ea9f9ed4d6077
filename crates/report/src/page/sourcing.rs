//! What stands behind every reference number, and how a second party checks the whole.

use std::collections::BTreeMap;

use super::{Block, Desk, Entry, Row, Run, Runs, Square, Table};
use crate::{Origin, Source, number};

/// Name and reference, and the first entry that has both: the next ones point to it.
type Firsts<'a> = BTreeMap<(&'a str, &'a str), usize>;

pub(super) fn sources(desk: &Desk<'_>) -> Vec<Block> {
    if desk.input.sources.is_empty() {
        return desk.nothing();
    }
    let words = desk.words;
    // A file is named once, with its hash; a hundred of its rows point to that.
    let mut files: Vec<&str> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for source in &desk.input.sources {
        if let Origin::Row { sha256, .. } | Origin::Span { sha256, .. } = &source.origin {
            known.entry(sha256).or_insert_with(|| {
                files.push(sha256);
                files.len()
            });
        }
    }
    let mut blocks = vec![Block::Note(vec![Run::Text(words.sources_rule.to_owned())])];
    if !files.is_empty() {
        let rows = files.iter().enumerate().map(|(at, hash)| {
            let name = number::count(at as u64 + 1, desk.lang);
            Row::Squares(vec![Square::text(name), Square::runs(vec![Run::Code((*hash).to_owned())])])
        });
        blocks.push(Block::Heading(words.files_read.to_owned()));
        blocks.push(Block::Table(Table {
            caption: String::new(),
            widths: vec![20, 160],
            head: vec![vec![Square::text(words.file), Square::text("SHA-256")]],
            rows: rows.collect(),
            dense: true,
        }));
        blocks.push(Block::Heading(words.entries.to_owned()));
    }
    let mut firsts = Firsts::new();
    for (at, source) in desk.input.sources.iter().enumerate().filter(|(_, one)| !one.reference.is_empty()) {
        firsts.entry((source.name.of(desk.lang), &source.reference)).or_insert(at + 1);
    }
    let entries = desk
        .input
        .sources
        .iter()
        .enumerate()
        .map(|(at, source)| entry(desk, at + 1, source, &known, &firsts));
    blocks.push(Block::Sources(entries.collect()));
    blocks
}

fn entry(
    desk: &Desk<'_>,
    number: usize,
    source: &Source,
    files: &BTreeMap<&str, usize>,
    firsts: &Firsts<'_>,
) -> Entry {
    let words = desk.words;
    let mut lines: Vec<Runs> = Vec::new();
    let same = (source.name.of(desk.lang), source.reference.as_str());
    match firsts.get(&same) {
        Some(first) if *first < number => {
            let said = format!("{} ", words.reference_as_in);
            lines.push(vec![Run::Muted(said), Run::Refs(vec![*first])]);
        }
        _ if source.reference.is_empty() => {}
        _ => lines.push(vec![Run::Verbatim(source.reference.clone())]),
    }
    let vintage = if source.vintage.is_empty() {
        words.vintage_unknown.to_owned()
    } else {
        format!("{} {}", words.vintage, source.vintage)
    };
    let file = |sha256: &str| {
        let place = files.get(sha256).copied().unwrap_or_default();
        number::count(place as u64, desk.lang)
    };
    match &source.origin {
        Origin::Named => lines.push(vec![Run::Muted(format!("{} · {vintage}", words.not_kept))]),
        Origin::Row { sha256, row } => {
            let row = (words.row_of)(&number::count(*row, desk.lang));
            let said = format!("{}, {row} · {vintage}", (words.in_file)(&file(sha256)));
            lines.push(vec![Run::Muted(said)]);
        }
        Origin::Span { sha256, from, to } => {
            let (from, to) = (number::count(*from, desk.lang), number::count(*to, desk.lang));
            let span = (words.span_of)(&from, &to);
            let said = format!("{}, {span} · {vintage}", (words.in_document)(&file(sha256)));
            lines.push(vec![Run::Muted(said)]);
        }
        Origin::Derived { rule, from } => {
            let mut line = vec![Run::Muted(format!("{}: ", words.derived_by))];
            line.push(Run::Text(rule.of(desk.lang).to_owned()));
            if !from.is_empty() {
                line.push(Run::Muted(format!(" {} ", words.derived_from)));
                line.push(desk.refs(from));
            }
            lines.push(line);
        }
    }
    Entry { number, name: source.name.of(desk.lang).to_owned(), lines }
}

pub(super) fn reproduce(desk: &Desk<'_>) -> Vec<Block> {
    let (words, made) = (desk.words, &desk.input.reproduction);
    let count = |number: u64| vec![Run::Text(number::count(number, desk.lang))];
    let checks = (words.of_checks)(
        &number::count(made.checks_passed, desk.lang),
        &number::count(made.checks_run, desk.lang),
    );
    let mut facts = vec![
        (words.snapshot_hash.to_owned(), vec![Run::Code(desk.input.snapshot.clone())]),
        (words.observations.to_owned(), count(made.observations)),
        (words.verdicts.to_owned(), count(made.verdicts)),
        (words.checks.to_owned(), vec![Run::Text(checks)]),
        (words.version.to_owned(), vec![Run::Text(made.version.clone())]),
    ];
    if made.bundle.is_empty() {
        facts.push((words.bundle.to_owned(), vec![Run::Text(words.no_bundle.to_owned())]));
        return vec![Block::Facts(facts), Block::Note(vec![Run::Text(words.same_bytes.to_owned())])];
    }
    facts.push((words.bundle.to_owned(), vec![Run::Code(made.bundle.clone())]));
    vec![
        Block::Facts(facts),
        Block::Paragraph(vec![Run::Text(words.how_to_verify.to_owned())]),
        Block::Paragraph(vec![Run::Code(format!("bitacora accounts verify {}", made.bundle))]),
        Block::Note(vec![Run::Text(words.verify_rule.to_owned())]),
        Block::Note(vec![Run::Text(words.same_bytes.to_owned())]),
    ]
}
