//! The page as JSON for the template: short keys, strings, and no string that the template would read as anything but
//! text.

use serde_json::{Value, json};

use crate::Lang;
use crate::legible::legible;
use crate::page::{Align, Block, Panel, Report, Row, Run, Section, Square, Table};

/// A running head is one line.
const HEAD_CHARS: usize = 64;
/// A word longer than this may be broken anywhere.
const WORD: usize = 18;
/// A row taller than a page must be allowed to break.
const TALL: usize = 900;

type Printable<'a> = &'a dyn Fn(char) -> bool;

pub(super) fn encode(
    report: &Report,
    lang: Lang,
    printable: Printable<'_>,
) -> Result<Vec<u8>, serde_json::Error> {
    let pen = Pen { printable };
    let words = report.words;
    let sections: Vec<Value> = report.sections.iter().map(|one| pen.section(one)).collect();
    let page = json!({
        "lang": lang.code(),
        "title": pen.plain(&report.title),
        "author": pen.plain(&report.author),
        "date": [report.dated.year(), report.dated.month(), report.dated.day()],
        "of": words.page_of,
        "contents": words.contents,
        "reference": words.reference,
        "left": cut(&pen.plain(&report.head_left)),
        "right": pen.plain(&report.head_right),
        "cover": report.cover.iter().map(|block| pen.block(block)).collect::<Vec<_>>(),
        "sections": sections,
    });
    serde_json::to_vec(&page)
}

fn cut(text: &str) -> String {
    if text.chars().count() <= HEAD_CHARS {
        return text.to_owned();
    }
    text.chars().take(HEAD_CHARS - 1).chain(['…']).collect()
}

/// A text with the places where a long word may break: a word is only cut where it is long.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    for word in text.split_inclusive([' ', '\u{a0}']) {
        let letters = word.chars().count();
        if letters <= 2 * WORD {
            piece.push_str(word);
            continue;
        }
        for (at, one) in word.chars().enumerate() {
            if at > 0 && at.is_multiple_of(WORD) {
                pieces.push(std::mem::take(&mut piece));
            }
            piece.push(one);
        }
    }
    pieces.push(piece);
    pieces
}

struct Pen<'a> {
    printable: Printable<'a>,
}

impl Pen<'_> {
    fn plain(&self, text: &str) -> String {
        legible(text, self.printable)
    }

    fn section(&self, section: &Section) -> Value {
        let blocks: Vec<Value> = section.blocks.iter().map(|block| self.block(block)).collect();
        json!({ "title": self.plain(&section.title), "wide": section.wide, "blocks": blocks })
    }

    fn block(&self, block: &Block) -> Value {
        match block {
            Block::Heading(text) => json!({ "k": "h", "t": self.plain(text) }),
            Block::Paragraph(runs) => json!({ "k": "p", "r": self.runs(runs) }),
            Block::Note(runs) => json!({ "k": "n", "r": self.runs(runs) }),
            Block::Bullets(items) => {
                json!({ "k": "u", "i": items.iter().map(|item| self.runs(item)).collect::<Vec<_>>() })
            }
            Block::Facts(facts) => {
                let facts: Vec<Value> =
                    facts.iter().map(|(name, runs)| json!([self.plain(name), self.runs(runs)])).collect();
                json!({ "k": "d", "i": facts })
            }
            Block::Table(table) => json!({ "k": "t", "t": self.table(table) }),
            Block::Panels(panels) => {
                json!({ "k": "g", "i": panels.iter().map(|panel| self.panel(panel)).collect::<Vec<_>>() })
            }
            Block::Sources(entries) => {
                let entries: Vec<Value> = entries
                    .iter()
                    .map(|entry| {
                        let lines: Vec<Value> = entry.lines.iter().map(|line| self.runs(line)).collect();
                        json!([entry.number, pieces(&self.plain(&entry.name)), lines])
                    })
                    .collect();
                json!({ "k": "s", "i": entries })
            }
        }
    }

    fn panel(&self, panel: &Panel) -> Value {
        json!({
            "t": self.plain(&panel.title),
            // Escaped markup all through: what no font can draw is shown by its number, as everywhere.
            "svg": self.plain(&panel.svg),
            "alt": self.plain(&panel.described),
            "n": panel.notes.iter().map(|note| self.runs(note)).collect::<Vec<_>>(),
            "tab": self.table(&panel.table),
        })
    }

    fn table(&self, table: &Table) -> Value {
        let rows: Vec<Value> = table
            .rows
            .iter()
            .map(|row| match row {
                Row::Band(text) => json!(self.plain(text)),
                Row::Squares(squares) => {
                    json!(squares.iter().map(|square| self.square(square)).collect::<Vec<_>>())
                }
            })
            .collect();
        let head: Vec<Vec<Value>> =
            table.head.iter().map(|row| row.iter().map(|square| self.square(square)).collect()).collect();
        json!({
            "c": self.plain(&table.caption),
            "w": table.widths,
            "h": head,
            "b": rows,
            "dense": table.dense,
        })
    }

    fn square(&self, square: &Square) -> Value {
        let align = match square.align {
            Align::Start => "s",
            Align::End => "e",
            Align::Middle => "m",
        };
        let letters: usize = square.runs.iter().map(letters).sum();
        json!([self.runs(&square.runs), align, square.tone.code(), square.span.max(1), letters > TALL])
    }

    fn runs(&self, runs: &[Run]) -> Value {
        let broken = |text: &str| pieces(&self.plain(text));
        let coded: Vec<Value> = runs
            .iter()
            .filter(|run| !matches!(run, Run::Refs(numbers) if numbers.is_empty()))
            .map(|run| match run {
                Run::Text(text) => json!(["t", broken(text)]),
                Run::Strong(text) => json!(["s", broken(text)]),
                Run::Muted(text) => json!(["m", broken(text)]),
                Run::Verbatim(text) => json!(["v", broken(text)]),
                Run::Code(text) => json!(["c", broken(text)]),
                Run::Figure(text) => json!(["f", broken(text)]),
                Run::Quote { text, lang } => json!(["q", broken(text), lang]),
                Run::Mark(mark, tone) => json!(["k", mark.glyph(), tone.code()]),
                Run::Refs(numbers) => json!(["r", numbers]),
                Run::Section(number, text) => json!(["g", broken(text), number]),
                Run::Break => json!(["b"]),
            })
            .collect();
        Value::Array(coded)
    }
}

fn letters(run: &Run) -> usize {
    match run {
        Run::Text(text) | Run::Strong(text) | Run::Muted(text) | Run::Code(text) | Run::Figure(text) => {
            text.len()
        }
        Run::Quote { text, .. } | Run::Section(_, text) | Run::Verbatim(text) => text.len(),
        Run::Refs(numbers) => numbers.len() * 4,
        Run::Mark(..) | Run::Break => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_may_break_and_lose_nothing() {
        let hash = "0123456789abcdef".repeat(4);
        let text = format!("un texto corriente con {hash} y más");
        let cut = pieces(&text);
        assert!(cut.len() > 3);
        assert_eq!(cut.concat(), text);
        assert_eq!(pieces("palabras normales, ninguna larga"), vec!["palabras normales, ninguna larga"]);
    }
}
