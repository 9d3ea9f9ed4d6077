//! `bitacora accounts methods`, `programmes`, `asof` and `claims`: what the book holds, as lines that people and scripts read.

use std::fmt::Write as _;
use std::process::ExitCode;

use bitacora_accounts::{Observation, ObservationId, Source};
use serde_json::{Value, json};

use super::{Office, today};
use crate::cli::accounts::{AsofArgs, ListArgs, ProgrammesArgs};
use crate::error::NodeError;
use crate::summary::say;
use crate::words::Words;

pub(super) fn methods(args: &ListArgs, words: Words) -> Result<ExitCode, NodeError> {
    let book = Office::open(&args.data)?.book()?;
    let mut text = String::new();
    for method in book.registry().methods() {
        let _ = if args.json {
            writeln!(text, "{}", serde_json::to_string(method)?)
        } else {
            let (name, definition) = (words.bilingual(&method.name), words.bilingual(&method.definition));
            writeln!(text, "{:<20}  {name}\n  {}\n  {definition}", method.id, method.publisher)
        };
    }
    say(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn source(own: &Observation) -> Value {
    match &own.source {
        Source::Named { name, reference, file, row } => {
            json!({ "name": name, "reference": reference, "file": file, "row": row })
        }
        Source::Document { document, from, to } => json!({ "document": document, "from": from, "to": to }),
    }
}

/// One figure as a line: known, undecided, or of unknown vintage.
fn line(
    state: &str,
    id: ObservationId,
    own: &Observation,
    as_json: bool,
    words: Words,
) -> Result<String, NodeError> {
    let vintage = own.known().map_or_else(|| "unknown".to_owned(), |known| known.to_string());
    if as_json {
        let base = own.base().map(|base| base.dates());
        let row = json!({
            "state": state, "id": id, "series": own.series, "place": own.place, "period": own.period.dates(),
            "nature": own.period.nature(), "value": own.number(), "base": base, "unit": own.unit, "bound": own.bound,
            "low": own.low, "high": own.high, "vintage": vintage, "status": own.status, "source": source(own),
        });
        return Ok(format!("{}\n", serde_json::to_string(&row)?));
    }
    let interval = match (own.low, own.high) {
        (None, None) => String::new(),
        (low, high) => {
            let end = |end: Option<bitacora_accounts::Decimal>| {
                end.map_or_else(|| "?".to_owned(), |end| words.decimal(end))
            };
            format!(" [{}; {}]", end(low), end(high))
        }
    };
    let name = match &own.source {
        Source::Named { name, .. } => name.to_string(),
        Source::Document { document, from, to } => format!("{document} {from}..{to}"),
    };
    Ok(format!(
        "{}  {}  {:>14} {}{interval}  {vintage}  {}  {name}\n",
        own.place,
        own.period,
        words.decimal(own.number()),
        own.unit,
        words.figure_status(own.status),
    ))
}

pub(super) fn asof(args: &AsofArgs, words: Words) -> Result<ExitCode, NodeError> {
    let book = Office::open(&args.data)?.book()?;
    let ledger = book.ledger();
    if ledger.of_series(&args.series).next().is_none() {
        return Err(NodeError::UnknownSeries { series: args.series.to_string() });
    }
    let known = ledger.as_known_on(&args.series, args.day);
    let mut text = String::new();
    let lists =
        [("known", &known.standing), ("undecided", &known.undecided), ("vintage_unknown", &known.unknown)];
    for (state, ids) in lists {
        if !args.json && state != "known" && !ids.is_empty() {
            let _ = writeln!(text, "\n{}", words.known_state(state));
        }
        for id in ids {
            if let Some(own) = ledger.get(*id) {
                text.push_str(&line(state, *id, own, args.json, words)?);
            }
        }
    }
    say(&text)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn programmes(args: &ProgrammesArgs, words: Words) -> Result<ExitCode, NodeError> {
    let book = Office::open(&args.data)?.book()?;
    let day = args.as_of.map_or_else(today, Ok)?;
    let mut text = String::new();
    for programme in book.registry().programmes() {
        if !args.json {
            let _ = writeln!(text, "{}", words.bilingual(&programme.name));
        }
        for indicator in book.registry().of_programme(&programme.code) {
            let latest = book.latest(indicator, day);
            let own = latest.and_then(|id| Some((id, book.ledger().get(id)?)));
            let _ = match own {
                _ if args.json => {
                    let figure = own.map(|(id, own)| json!({ "id": id, "series": own.series, "period": own.period.dates(), "value": own.number(), "unit": own.unit, "status": own.status }));
                    let row = json!({ "programme": programme.code, "indicator": indicator.id, "latest": figure, "missing": indicator.missing });
                    writeln!(text, "{row}")
                }
                Some((_, own)) => writeln!(
                    text,
                    "  {:<44} {:>14} {}  {}  {}",
                    words.bilingual(&indicator.name),
                    words.decimal(own.number()),
                    own.unit,
                    own.period.dates(),
                    words.figure_status(own.status)
                ),
                None => {
                    let why = if indicator.missing.is_empty() {
                        String::new()
                    } else {
                        format!(": {}", indicator.missing)
                    };
                    writeln!(
                        text,
                        "  {:<44} {}{why}",
                        words.bilingual(&indicator.name),
                        words.accounts_missing()
                    )
                }
            };
        }
    }
    say(&text)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn claims(args: &ListArgs, words: Words) -> Result<ExitCode, NodeError> {
    let book = Office::open(&args.data)?.book()?;
    let day = today()?;
    let mut text = String::new();
    for (entry, claim, judged) in book.claims(day) {
        let _ = if args.json {
            let row = json!({
                "id": entry.id, "speaker": claim.speaker, "said": claim.said, "text": claim.text, "value": claim.value,
                "unit": claim.unit, "state": judged.state, "observation": judged.observation, "measured": judged.measured,
                "difference": judged.difference, "given_instead": judged.given_instead,
            });
            writeln!(text, "{row}")
        } else {
            let said = claim.said.map_or_else(|| "-".to_owned(), |said| said.to_string());
            let unit = claim.unit.map_or_else(String::new, |unit| format!(" {unit}"));
            let measured = judged.measured.map_or_else(String::new, |value| {
                format!("  {} {}{unit}", words.accounts_measured(), words.decimal(value))
            });
            writeln!(
                text,
                "{:<14} {said:<11} {}: {}{measured}",
                words.claim_state(judged.state),
                claim.speaker,
                claim.text
            )
        };
        for answer in book.answers(day).filter(|answer| answer.claim == entry.id && !args.json) {
            let _ = writeln!(text, "{:<26} {}: {}", "", answer.party, answer.text);
        }
    }
    say(&text)?;
    Ok(ExitCode::SUCCESS)
}
