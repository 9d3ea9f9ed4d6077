//! The report as a tree of plain blocks, the same for PDF and HTML, in one language. All sentences are chosen here and
//! all numbers are printed here; the two writers below only lay out and escape.

mod answer;
mod claims;
mod curves;
mod matrix;
mod meetings;
mod production;
mod programmes;
mod runs;
mod sourcing;

use crate::words::{self, Words};
use crate::{Lang, Number, ReportInput, number};

pub(crate) use runs::{Mark, Run, Runs, Tone};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Align {
    #[default]
    Start,
    End,
    Middle,
}

#[derive(Debug, Default)]
pub(crate) struct Square {
    pub(crate) runs: Runs,
    pub(crate) align: Align,
    pub(crate) tone: Tone,
    /// Columns that it covers; 0 counts as 1.
    pub(crate) span: usize,
}

impl Square {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { runs: vec![Run::Text(text.into())], ..Self::default() }
    }
    pub(crate) fn runs(runs: Runs) -> Self {
        Self { runs, ..Self::default() }
    }
    pub(crate) fn end(runs: Runs) -> Self {
        Self { runs, align: Align::End, ..Self::default() }
    }
    pub(crate) fn middle(text: impl Into<String>) -> Self {
        Self { runs: vec![Run::Text(text.into())], align: Align::Middle, ..Self::default() }
    }
}

#[derive(Debug)]
pub(crate) enum Row {
    /// A heading inside the table, over all columns.
    Band(String),
    Squares(Vec<Square>),
}

#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) caption: String,
    /// Share of the width, one a column.
    pub(crate) widths: Vec<u16>,
    /// One or two rows, repeated on every page.
    pub(crate) head: Vec<Vec<Square>>,
    pub(crate) rows: Vec<Row>,
    /// Smaller type, for the tables under drawings and the matrix.
    pub(crate) dense: bool,
}

/// A drawing with its words and the table of everything it draws.
#[derive(Debug)]
pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) svg: String,
    /// What a reader who does not see it is told.
    pub(crate) described: String,
    pub(crate) notes: Vec<Runs>,
    pub(crate) table: Table,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(crate) lines: Vec<Runs>,
}

#[derive(Debug)]
pub(crate) enum Block {
    Heading(String),
    Paragraph(Runs),
    /// Said once, in smaller type.
    Note(Runs),
    Bullets(Vec<Runs>),
    Facts(Vec<(String, Runs)>),
    Table(Table),
    Panels(Vec<Panel>),
    Sources(Vec<Entry>),
}

#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) title: String,
    /// Across the long side of the paper.
    pub(crate) wide: bool,
    pub(crate) blocks: Vec<Block>,
}

#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) words: &'static Words,
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) dated: bitacora_accounts::Day,
    /// Identifies the document: snapshot, day and language.
    pub(crate) ident: String,
    pub(crate) head_left: String,
    pub(crate) head_right: String,
    pub(crate) cover: Vec<Block>,
    pub(crate) sections: Vec<Section>,
}

/// What every builder of a section is given.
pub(crate) struct Desk<'a> {
    pub(crate) input: &'a ReportInput,
    pub(crate) words: &'static Words,
    pub(crate) lang: Lang,
    references: std::collections::BTreeMap<&'a str, usize>,
}

impl Desk<'_> {
    /// The reference numbers of source ids, in order and once each.
    pub(crate) fn refs(&self, ids: &[String]) -> Run {
        let mut numbers: Vec<usize> =
            ids.iter().filter_map(|id| self.references.get(id.as_str()).copied()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Run::Refs(numbers)
    }
    /// A number with its unit and its references.
    pub(crate) fn number(&self, number: &Number) -> Runs {
        vec![Run::Figure(number::whole(number, self.words)), self.refs(&number.sources)]
    }
    /// A number without its unit, for a column that says it.
    pub(crate) fn bare(&self, number: &Number) -> Runs {
        vec![Run::Figure(number::bare(number, self.words)), self.refs(&number.sources)]
    }
    pub(crate) fn optional(&self, number: Option<&Number>) -> Runs {
        number.map_or_else(|| vec![Run::Muted("—".to_owned())], |number| self.number(number))
    }
    pub(crate) fn short(&self, method: &str) -> &str {
        let found = self.input.methods.iter().find(|one| one.id == method);
        found.map_or("", |one| one.short.of(self.lang))
    }
    /// The place of a method in the list, which gives its colour, dash and marker.
    pub(crate) fn place(&self, method: &str) -> usize {
        self.input.methods.iter().position(|one| one.id == method).unwrap_or(0)
    }
    pub(crate) fn nothing(&self) -> Vec<Block> {
        vec![Block::Paragraph(vec![Run::Text(self.words.nothing_here.to_owned())])]
    }
}

/// The number that a section bears, for the words that point to it.
pub(crate) const MATRIX: usize = 1;

pub(crate) fn report(input: &ReportInput, lang: Lang) -> Report {
    let words = words::of(lang);
    let references = input.sources.iter().enumerate().map(|(at, one)| (one.id.as_str(), at + 1)).collect();
    let desk = Desk { input, words, lang, references };
    let section =
        |title: &str, wide: bool, blocks: Vec<Block>| Section { title: title.to_owned(), wide, blocks };
    let short: String = input.snapshot.chars().take(12).collect();
    Report {
        words,
        title: input.title.of(lang).to_owned(),
        author: input.node.clone(),
        dated: input.dated,
        ident: format!("{}/{}/{}/{}", input.snapshot, input.as_of, input.dated, lang.code()),
        head_left: input.title.of(lang).to_owned(),
        head_right: format!("{} {} · {} {short}", words.as_known_on, input.as_of, words.snapshot),
        cover: answer::blocks(&desk),
        sections: vec![
            section(words.s_matrix, true, matrix::blocks(&desk)),
            section(words.s_curves, false, curves::series(&desk)),
            section(words.s_fans, false, curves::fans(&desk)),
            section(words.s_chain, false, production::chains(&desk)),
            section(words.s_audit, false, production::audit(&desk)),
            section(words.s_claims, false, claims::blocks(&desk)),
            section(words.s_programmes, false, programmes::blocks(&desk)),
            section(words.s_meetings, false, meetings::blocks(&desk)),
            section(words.s_diff, false, meetings::diff(&desk)),
            section(words.s_sources, false, sourcing::sources(&desk)),
            section(words.s_reproduce, false, sourcing::reproduce(&desk)),
        ],
    }
}
