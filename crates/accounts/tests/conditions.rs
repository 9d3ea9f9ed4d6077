#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! The kind of a condition, by the words of its text.

use bitacora_accounts::condition::ConditionKind::{self, AsLongAs, For, If, Only, Other, Unless, Until};

#[test]
fn the_joining_word_tells_the_kind() {
    let table = [
        ("decertify unless cultivation is reversed", Some(Unless)),
        ("se descertifica a menos que bajen los cultivos", Some(Unless)),
        ("in force as long as missile attacks on boats continue", Some(AsLongAs)),
        ("vigente mientras sigan los ataques", Some(AsLongAs)),
        ("siempre y cuando dejen las armas", Some(AsLongAs)),
        ("if US aid is given (asked for)", Some(If)),
        ("Si llega la ayuda", Some(If)),
        ("provided that the aid is paid", Some(If)),
        ("only industrial-size fields of organised crime; small growers spared", Some(Only)),
        ("sólo cultivos industriales", Some(Only)),
        ("no extradition for those who keep surrender terms and leave the trade", Some(For)),
        ("para quienes sustituyan", Some(For)),
        ("suspended until the report is published", Some(Until)),
        // Words, not parts of words: no `if` in `specific`, no `only` in `commonly`, no `for` in `forest`.
        ("specific forest areas, commonly agreed", Some(Other)),
        ("UNLESS", Some(Unless)),
        (" ; , ", None),
        ("", None),
    ];
    for (text, kind) in table {
        assert_eq!(ConditionKind::read(text), kind, "{text}");
    }
    // A text without an end is read as far as a sentence goes.
    let endless = "word ".repeat(100_000);
    assert_eq!(ConditionKind::read(&endless), Some(Other));
}
