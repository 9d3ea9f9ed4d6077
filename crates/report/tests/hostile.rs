#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! Texts of the input are never markup: not for the browser, not for the typesetter.

mod made;

use bitacora_report::{Lang, ReportInput, html, pdf};
use serde_json::Value;

const PAYLOADS: [&str; 14] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</style></svg></title><svg onload=alert(1)>",
    "]]><!-- &lt; &amp; &#60;",
    "#panic(\"typst\")",
    "#read(\"/etc/passwd\") #import \"@preview/x:0.1.0\": *",
    "$ x^2 $ *b* _i_ `c` = h @s1 <s1> // /* \\",
    "#{ while true {} }",
    "]) #panic() ([",
    "\u{202e}gnp.exe\u{2066} \u{0} \u{7} \u{feff}",
    "中文 العربية 😀 ￿ \u{e000}",
    "https://example.org/evil javascript:alert(1)",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301} \u{1f468}\u{200d}\u{1f469}",
];

/// Puts the text in place of everything that is free text, in every corner of the input.
fn poison(value: &mut Value, key: &str, payload: &str) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map.iter_mut() {
                poison(inner, key, payload);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|inner| poison(inner, key, payload)),
        Value::String(text) => {
            let free = matches!(
                key,
                "es" | "en"
                    | "node"
                    | "text"
                    | "speaker"
                    | "period"
                    | "vintage"
                    | "deadline"
                    | "reference"
                    | "bundle"
                    | "version"
            ) || (key == "date" && !text.is_empty());
            if free && !text.is_empty() {
                *text = payload.to_owned();
            }
        }
        _ => {}
    }
}

/// Every tag that the page may have.
const TAGS: [&str; 49] = [
    "a",
    "article",
    "body",
    "br",
    "caption",
    "circle",
    "code",
    "dd",
    "desc",
    "div",
    "dl",
    "!doctype",
    "dt",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "head",
    "header",
    "html",
    "li",
    "line",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "path",
    "polygon",
    "polyline",
    "q",
    "rect",
    "section",
    "span",
    "strong",
    "style",
    "svg",
    "symbol",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "use",
];

#[test]
fn hostile_texts_are_printed_and_never_read_as_markup() {
    for payload in PAYLOADS {
        let mut value = serde_json::to_value(made::filled()).unwrap();
        poison(&mut value, "", payload);
        let input: ReportInput = serde_json::from_value(value).unwrap();
        let page = html(&input, Lang::Es).unwrap();
        let style = page.find("<style>").unwrap()..page.find("</style>").unwrap();
        for (at, _) in page.match_indices('<').filter(|(at, _)| *at == style.start || !style.contains(at)) {
            let rest = &page[at + 1..];
            let name: String = rest
                .trim_start_matches('/')
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '!')
                .collect();
            assert!(TAGS.contains(&name.as_str()), "`{name}` from `{payload}`");
            let tag = &rest[..rest.find('>').unwrap()];
            // Attribute values are quoted and escaped: outside them stands no handler, no style, no address.
            let bare: String = tag.split('"').step_by(2).collect();
            for attribute in [" on", " style", " src", "javascript"] {
                assert!(!bare.contains(attribute), "`{tag}` from `{payload}`");
            }
        }
        for hidden in ['\u{202e}', '\u{2066}', '\u{0}', '\u{7}', '\u{feff}'] {
            assert!(!page.contains(hidden));
        }
        if payload.starts_with("<script") {
            assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        }
        let paper = pdf(&input, Lang::Es).unwrap_or_else(|bad| panic!("{bad} from `{payload}`"));
        assert!(paper.len() > 10_000);
    }
}

#[test]
fn the_longest_texts_still_make_a_report() {
    for long in ["x".repeat(4_000), "palabra ".repeat(500), "0123456789abcdef".repeat(250)] {
        let mut input = made::filled();
        input.groups[0].commitments[0].title = bitacora_report::Texts::same(long.as_str());
        input.claims[0].said.text.clone_from(&long);
        input.sources[0].reference.clone_from(&long);
        assert!(pdf(&input, Lang::En).unwrap().starts_with(b"%PDF"));
        assert!(html(&input, Lang::En).unwrap().contains(long.trim()));
    }
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    let page = html(&made::filled(), Lang::En).unwrap();
    for banned in
        ["<script", "<link", "<iframe", "<object", " style=", " src=", "@import", "url(", "href=\"http"]
    {
        assert!(!page.contains(banned), "{banned}");
    }
    assert!(page.contains("default-src 'none'"));
}
