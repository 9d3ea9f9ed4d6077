//! Any text is read: spans fit, nothing panics, and hostile input takes time in proportion to its length.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly and measures time"
)]

use bitacora_accounts::reading::{ActorTable, Document, NotRead, Reading, Span, read};
use bitacora_primitives::{Instant, Officer, OfficerId, Role};
use jiff::civil::date;
use proptest::prelude::*;

fn reading(text: &str) -> Reading {
    read(&Document::new(text).unwrap(), Some(date(2023, 12, 15)), &ActorTable::default())
}

fn fits(text: &str, span: Span) {
    let ((start, end), (first, last)) = (span.bytes(), span.chars());
    assert!(start < end && end <= text.len());
    let piece = text.get(start..end).expect("on boundaries");
    assert_eq!(text[..start].chars().count(), first);
    assert_eq!(first + piece.chars().count(), last);
}

fn spans_fit(text: &str) {
    let reading = reading(text);
    for proposal in &reading.quantities {
        fits(text, proposal.span());
        if let Some(thing) = proposal.recognised().thing {
            fits(text, thing);
        }
    }
    reading.dates.iter().for_each(|proposal| fits(text, proposal.span()));
    reading.actors.iter().for_each(|proposal| fits(text, proposal.span()));
    for proposal in &reading.claims {
        fits(text, proposal.span());
        let claim = proposal.recognised();
        fits(text, claim.content);
        for span in [claim.speaker_span, claim.verb, claim.condition.map(|c| c.span)].into_iter().flatten() {
            fits(text, span);
        }
        assert!(claim.quantities.iter().all(|place| (*place as usize) < reading.quantities.len()));
    }
    reading.left_out.iter().for_each(|left| fits(text, left.span));
    assert_eq!(
        serde_json::to_string(&reading).unwrap(),
        serde_json::to_string(&self::reading(text)).unwrap()
    );
}

const PIECES: &[&str] = &[
    "between",
    "entre",
    "7",
    "14",
    "1.234",
    "1,234.5",
    "billion",
    "mil",
    "millones",
    "y",
    "and",
    "-",
    "%",
    "$",
    "€",
    "hectáreas",
    "tons",
    "de",
    "of",
    "Petro",
    "President",
    "presidente",
    "said",
    "dijo",
    "según",
    "according to",
    "accused",
    "acusó",
    "“",
    "”",
    "\"",
    ".",
    ",",
    "\n\n",
    "\n",
    "2016",
    "May",
    "mayo",
    "last year",
    "el martes",
    "EE. UU.",
    "U.S.",
    "unless",
    "mientras",
    "(",
    ")",
    "half",
    "la mitad",
    "from",
    "to",
    "a",
    "rose",
    "cayó",
    "one",
    "in",
    "five",
    "No.",
    "#",
    "/",
    ":",
    "hace",
    "99999999999999999999999999999",
    "’s",
    "\u{a0}",
    "ñ",
    "🛥",
    "e\u{301}",
    "suspended",
    "he",
];

proptest! {
    #[test]
    fn any_text_is_read_and_its_spans_fit(text in "\\PC{0,200}") {
        spans_fit(&text);
    }

    #[test]
    fn any_row_of_words_is_read_and_its_spans_fit(picks in prop::collection::vec((0..PIECES.len(), any::<bool>()), 0..60)) {
        let text: String = picks.iter().map(|(place, glue)| format!("{}{}", PIECES[*place], if *glue { "" } else { " " })).collect();
        spans_fit(&text);
    }
}

#[test]
fn hostile_input_takes_time_in_proportion_to_its_length() {
    for piece in [
        "9",
        "\"",
        "(",
        "“",
        "1 ",
        "a ",
        "1-",
        "$ ",
        "U.S.",
        "de ",
        "Petro said ",
        "between 7 and ",
        "accused Juan Perez ",
        "2016 ",
        "half of ",
        "mil ",
        "1.",
        "\n",
        "Petro dijo “",
        "y ",
        "May ",
        "hace ",
        "los últimos ",
        "President ",
        "Aa ",
    ] {
        let time = |bytes: usize| {
            let text = piece.repeat(bytes / piece.len());
            let start = std::time::Instant::now();
            let found = reading(&text);
            std::hint::black_box(found);
            start.elapsed().as_secs_f64()
        };
        let (quarter, whole) = (time(1 << 18), time(1 << 20));
        println!("`{}`: {quarter:.3} s, {whole:.3} s", piece.escape_debug());
        assert!(whole < 12.0 * quarter.max(0.02), "`{piece}`: {quarter} s, then {whole} s");
    }
}

#[test]
fn what_is_no_text_or_too_long_is_refused() {
    assert_eq!(Document::from_bytes(b"coca \xff").unwrap_err(), NotRead::NotUtf8 { byte: 5 });
    assert_eq!(Document::new(&"a".repeat((1 << 20) + 1)).unwrap_err().code(), "text_too_long");
    let empty = reading("");
    assert!(empty.quantities.is_empty() && empty.claims.is_empty());
}

#[test]
fn no_figure_enters_without_a_person() {
    let found = reading("Colombia eradicated 1,234 hectares.");
    let proposal = &found.quantities[0];
    let officer =
        |name: &str| Officer { id: OfficerId::of(&[b"a"]), name: name.to_owned(), role: Role::Analyst };
    assert_eq!(
        proposal.accept(&officer("  "), Instant::from_secs(1)).unwrap_err().code(),
        "reviewer_missing"
    );
    let accepted = proposal.accept(&officer("Ana Ruiz"), Instant::from_secs(1)).unwrap();
    assert_eq!((accepted.span(), accepted.document()), (proposal.span(), found.document));
    assert_eq!((accepted.reviewer_name(), accepted.statement()), ("Ana Ruiz", proposal.recognised()));
}
