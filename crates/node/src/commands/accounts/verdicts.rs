//! `bitacora accounts verdicts`: the matrix, a line a cell; for people a block a promise.

use std::fmt::Write as _;
use std::process::ExitCode;

use bitacora_accounts::book::Book;
use bitacora_accounts::verdict::{End, Matrix, matrix};

use super::Office;
use crate::cli::accounts::VerdictsArgs;
use crate::error::NodeError;
use crate::summary::say;
use crate::words::Words;

pub(super) fn verdicts(args: &VerdictsArgs, words: Words) -> Result<ExitCode, NodeError> {
    let book = Office::open(&args.data)?.book()?;
    if let Some(unknown) = args.commitments.iter().find(|id| book.commitment(id).is_none()) {
        return Err(NodeError::UnknownCommitment { id: unknown.clone() });
    }
    let matrix = matrix(book.ledger(), book.registry(), book.commitments(), args.as_of);
    let wanted = |id: &str| args.commitments.is_empty() || args.commitments.iter().any(|own| own == id);
    let mut text = String::new();
    if args.json {
        for row in matrix.rows.iter().filter(|row| wanted(&row.commitment)) {
            let _ = writeln!(text, "{}", serde_json::to_string(row)?);
        }
    } else {
        for commitment in book.commitments().iter().filter(|own| wanted(&own.id)) {
            block(&mut text, &book, &matrix, &commitment.id, words);
        }
    }
    say(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// A promise: what each method says of it as it stands, and what changes the verdict.
fn block(text: &mut String, book: &Book, matrix: &Matrix, id: &str, words: Words) {
    let Some(commitment) = book.commitment(id) else { return };
    let title = commitment.title.as_ref().map_or(id, |title| words.bilingual(title));
    let target = commitment
        .target
        .map_or_else(String::new, |target| format!("  {} {}", words.accounts_target(), words.target(target)));
    let unit = commitment.unit.map_or_else(String::new, |unit| format!(" {unit}"));
    let _ = writeln!(text, "{id}  {title}{target}{unit}");
    for row in matrix.standing(End::Point).filter(|row| *row.commitment == *id) {
        let value = row.value.map_or_else(|| "-".to_owned(), |value| words.decimal(value));
        let method =
            book.registry().method(&row.method).map_or(&*row.method, |own| words.bilingual(&own.name));
        let _ = writeln!(
            text,
            "  {} {:<14} {:<24} {:>12}  {:<22} {:<11} {}",
            words.verdict_mark(row.verdict),
            words.verdict(row.verdict),
            method,
            value,
            row.baseline.to_string(),
            row.vintage.to_string(),
            words.verdict_reason(row.reason),
        );
    }
    if let Some(judged) = matrix.judged.iter().find(|own| *own.commitment == *id) {
        let index = judged.stability.index.map(|index| words.decimal(index));
        let mut axes: Vec<String> = judged.flips.iter().map(|flip| words.axis(flip.axis)).collect();
        axes.dedup();
        if let Some(index) = index {
            let flips = if axes.is_empty() {
                String::new()
            } else {
                format!("  {} {}", words.accounts_flips(), axes.join(", "))
            };
            let _ = writeln!(text, "  {} {index}{flips}", words.accounts_stability());
        }
    }
    text.push('\n');
}
