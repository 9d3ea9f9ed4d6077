//! The report as one HTML file: its style inside it, no script, nothing fetched, no inline style attribute. Every text
//! is escaped at the place where it is written.

use base64::Engine as _;
use sha2::Digest as _;

use crate::Lang;
use crate::chart::escape;
use crate::legible::legible;
use crate::page::{Align, Block, Entry, Mark, Panel, Report, Row, Run, Section, Square, Table, Tone};

const STYLE: &str = include_str!("report.css");

pub(crate) fn render(report: &Report, lang: Lang) -> String {
    let mut out = Page { out: String::with_capacity(1 << 16) };
    let words = report.words;
    // A browser runs the policy even where no server sends one: nothing loads, and this one style applies.
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(STYLE));
    out.raw(&format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"date\" content=\"{}\">\n",
        lang.code(),
        report.dated
    ));
    out.element("meta name=\"author\" content", &report.author);
    out.raw("<title>");
    out.text(&report.title);
    out.raw("</title>\n<style>");
    out.raw(STYLE);
    out.raw("</style>\n</head>\n<body>\n");
    out.marks();
    out.raw("<header><p class=\"running\">");
    out.text(&report.head_right);
    out.raw("</p><h1>");
    out.text(&report.title);
    out.raw("</h1></header>\n<main>\n<section class=\"cover\">\n");
    for block in &report.cover {
        out.block(block, 2, words.reference);
    }
    out.raw("</section>\n<nav><h2>");
    out.text(words.contents);
    out.raw("</h2><ol>");
    for (at, section) in report.sections.iter().enumerate() {
        out.raw(&format!("<li><a href=\"#p{}\">", at + 1));
        out.text(&section.title);
        out.raw("</a></li>");
    }
    out.raw("</ol></nav>\n");
    for (at, section) in report.sections.iter().enumerate() {
        out.section(at + 1, section, words.reference);
    }
    out.raw("</main>\n</body>\n</html>\n");
    out.out
}

struct Page {
    out: String,
}

impl Page {
    fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }
    fn text(&mut self, text: &str) {
        self.out.push_str(&escape(&legible(text, |_| true)));
    }
    /// `<name="text">` with the text escaped as an attribute.
    fn element(&mut self, opening: &str, text: &str) {
        self.raw(&format!("<{opening}=\""));
        self.text(text);
        self.raw("\">\n");
    }

    /// The shapes, once; every mark is a use of one of them.
    fn marks(&mut self) {
        self.raw("<svg class=\"defs\" aria-hidden=\"true\" width=\"0\" height=\"0\">");
        for mark in Mark::ALL {
            self.raw(&format!(
                "<symbol id=\"m-{}\" viewBox=\"0 0 12 12\">{}</symbol>",
                mark.code(),
                shape(mark)
            ));
        }
        self.raw("</svg>\n");
    }

    fn section(&mut self, number: usize, section: &Section, reference: &str) {
        self.raw(&format!("<section id=\"p{number}\"><h2><span class=\"n\">{number}</span> "));
        self.text(&section.title);
        self.raw("</h2>\n");
        for block in &section.blocks {
            self.block(block, 3, reference);
        }
        self.raw("</section>\n");
    }

    fn block(&mut self, block: &Block, level: usize, reference: &str) {
        match block {
            Block::Heading(text) => {
                self.raw(&format!("<h{level}>"));
                self.text(text);
                self.raw(&format!("</h{level}>\n"));
            }
            Block::Paragraph(runs) => self.wrapped("p", "", runs, reference),
            Block::Note(runs) => self.wrapped("p", " class=\"note\"", runs, reference),
            Block::Bullets(items) => {
                self.raw("<ul>");
                for item in items {
                    self.wrapped("li", "", item, reference);
                }
                self.raw("</ul>\n");
            }
            Block::Facts(facts) => {
                self.raw("<dl>");
                for (name, runs) in facts {
                    self.raw("<dt>");
                    self.text(name);
                    self.raw("</dt>");
                    self.wrapped("dd", "", runs, reference);
                }
                self.raw("</dl>\n");
            }
            Block::Table(table) => self.table(table, reference),
            Block::Panels(panels) => {
                for panel in panels {
                    self.panel(panel, level, reference);
                }
            }
            Block::Sources(entries) => self.sources(entries, reference),
        }
    }

    fn wrapped(&mut self, tag: &str, attributes: &str, runs: &[Run], reference: &str) {
        self.raw(&format!("<{tag}{attributes}>"));
        self.runs(runs, reference);
        self.raw(&format!("</{tag}>\n"));
    }

    fn runs(&mut self, runs: &[Run], reference: &str) {
        for run in runs {
            match run {
                Run::Text(text) => self.text(text),
                Run::Strong(text) => self.inside("<strong>", text, "</strong>"),
                Run::Muted(text) => self.inside("<span class=\"mut\">", text, "</span>"),
                Run::Verbatim(text) => self.inside("<span translate=\"no\">", text, "</span>"),
                Run::Code(text) => self.inside("<code>", text, "</code>"),
                Run::Figure(text) => self.inside("<span class=\"fig\">", text, "</span>"),
                Run::Quote { text, lang } => self.inside(&format!("<q lang=\"{lang}\">"), text, "</q>"),
                Run::Mark(mark, tone) => self.raw(&format!(
                    "<svg class=\"m m-{}\" aria-hidden=\"true\"><use href=\"#m-{}\"/></svg>",
                    tone.code(),
                    mark.code()
                )),
                Run::Refs(numbers) => self.refs(numbers, reference),
                Run::Section(number, text) => self.inside(&format!("<a href=\"#p{number}\">"), text, "</a>"),
                Run::Break => self.raw("<br>"),
            }
        }
    }

    fn inside(&mut self, before: &str, text: &str, after: &str) {
        self.raw(before);
        self.text(text);
        self.raw(after);
    }

    fn refs(&mut self, numbers: &[usize], reference: &str) {
        if numbers.is_empty() {
            return;
        }
        self.raw("<span class=\"ref\">");
        for (at, number) in numbers.iter().enumerate() {
            let comma = if at == 0 { "[" } else { "," };
            self.raw(&format!(
                "{comma}<a href=\"#s{number}\" aria-label=\"{} {number}\">{number}</a>",
                escape(reference)
            ));
        }
        self.raw("]</span>");
    }

    fn table(&mut self, table: &Table, reference: &str) {
        // Two columns alone stand close together: the eye must not travel.
        let close = table.widths.len() == 2 && table.dense;
        let dense = match (table.dense, close) {
            (true, true) => " class=\"dense close\"",
            (true, false) => " class=\"dense\"",
            _ => "",
        };
        self.raw(&format!("<div class=\"scroll\" tabindex=\"0\"><table{dense}>"));
        if !table.caption.is_empty() {
            self.inside("<caption>", &table.caption, "</caption>");
        }
        self.raw("<thead>");
        for row in &table.head {
            self.raw("<tr>");
            for square in row {
                // An empty box of the upper row heads nothing.
                let tag = if square.runs.iter().all(is_blank) { "td" } else { "th" };
                let scope = match (tag, square.span) {
                    ("th", 0 | 1) => " scope=\"col\"",
                    ("th", _) => " scope=\"colgroup\"",
                    _ => "",
                };
                self.square(tag, scope, square, reference);
            }
            self.raw("</tr>");
        }
        self.raw("</thead><tbody>");
        let columns = table.widths.len().max(1);
        for row in &table.rows {
            match row {
                Row::Band(text) => {
                    self.raw(&format!("<tr class=\"band\"><th colspan=\"{columns}\" scope=\"rowgroup\">"));
                    self.text(text);
                    self.raw("</th></tr>");
                }
                Row::Squares(squares) => {
                    self.raw("<tr>");
                    for (at, square) in squares.iter().enumerate() {
                        let blank = square.runs.iter().all(is_blank);
                        let (tag, scope) =
                            if at == 0 && !blank { ("th", " scope=\"row\"") } else { ("td", "") };
                        self.square(tag, scope, square, reference);
                    }
                    self.raw("</tr>\n");
                }
            }
        }
        self.raw("</tbody></table></div>\n");
    }

    fn square(&mut self, tag: &str, scope: &str, square: &Square, reference: &str) {
        let align = match square.align {
            Align::Start => "",
            Align::End => "e",
            Align::Middle => "c",
        };
        let tone =
            if square.tone == Tone::Plain { String::new() } else { format!(" t-{}", square.tone.code()) };
        let class = format!("{align}{tone}");
        let class = class.trim();
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let span = if square.span > 1 { format!(" colspan=\"{}\"", square.span) } else { String::new() };
        self.raw(&format!("<{tag}{scope}{span}{class}>"));
        self.runs(&square.runs, reference);
        self.raw(&format!("</{tag}>"));
    }

    fn panel(&mut self, panel: &Panel, level: usize, reference: &str) {
        self.raw(&format!("<article class=\"panel\"><h{level}>"));
        self.text(&panel.title);
        self.raw(&format!("</h{level}><div class=\"pair\"><figure>"));
        // The drawing escapes its own texts.
        self.raw(&panel.svg);
        self.raw("<figcaption>");
        for note in &panel.notes {
            self.wrapped("p", " class=\"note\"", note, reference);
        }
        self.raw("</figcaption></figure>");
        self.table(&panel.table, reference);
        self.raw("</div></article>\n");
    }

    fn sources(&mut self, entries: &[Entry], reference: &str) {
        self.raw("<ol class=\"sources\">");
        for entry in entries {
            self.raw(&format!("<li id=\"s{}\" value=\"{}\"><strong>", entry.number, entry.number));
            self.text(&entry.name);
            self.raw("</strong>");
            for line in &entry.lines {
                self.raw("<br>");
                self.runs(line, reference);
            }
            self.raw("</li>\n");
        }
        self.raw("</ol>\n");
    }
}

fn is_blank(run: &Run) -> bool {
    matches!(run, Run::Text(text) | Run::Strong(text) if text.is_empty())
}

/// Drawn in a box of 12 by 12; strokes take the colour of the tone.
const fn shape(mark: Mark) -> &'static str {
    match mark {
        Mark::Tick => r#"<path d="M2 6.5 5 9.5 10 2.5"/>"#,
        Mark::Cross => r#"<path d="M2.5 2.5 9.5 9.5M9.5 2.5 2.5 9.5"/>"#,
        Mark::HalfDisc => {
            r#"<circle cx="6" cy="6" r="4.2"/><path class="f" d="M6 1.8a4.2 4.2 0 0 0 0 8.4z"/>"#
        }
        Mark::Dot => r#"<circle class="f" cx="6" cy="6" r="1.4"/>"#,
        Mark::Ring => r#"<circle cx="6" cy="6" r="3.6"/>"#,
        Mark::Disc => r#"<circle class="f" cx="6" cy="6" r="4"/>"#,
        Mark::Triangle => r#"<path class="f" d="M6 1.5 11 10.5H1z"/>"#,
        Mark::Diamond => r#"<path class="f" d="M6 1 11 6 6 11 1 6z"/>"#,
        Mark::HollowDiamond => r#"<path stroke-dasharray="2 1.4" d="M6 1.5 10.5 6 6 10.5 1.5 6z"/>"#,
        Mark::HollowSquare => r#"<path d="M2.5 2.5h7v7h-7z"/>"#,
        Mark::Arrows => r#"<path d="M1.5 4h8M7 1.5 9.5 4 7 6.5M10.5 8.5h-8M5 6 2.5 8.5 5 11"/>"#,
    }
}
