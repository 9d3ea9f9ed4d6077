//! `bitacora accounts report`: the working group's report as PDF, or as HTML where the file's name ends so.

use std::process::ExitCode;

use bitacora_accounts::book::Book;
use bitacora_api::accounts::{ReportAsk, checks};
use bitacora_report::{BadReport, Lang, Request, fill, html, pdf};

use super::Office;
use crate::cli::accounts::ReportArgs;
use crate::commands::VERSION;
use crate::error::NodeError;
use crate::exchange::publish::write_whole;
use crate::summary::say;
use crate::words::Words;

/// Draws up a report.
pub(super) fn draw(book: &Book, ask: &ReportAsk<'_>) -> Result<Vec<u8>, String> {
    let ReportAsk { as_of, since, spanish, node, version, checks, .. } = *ask;
    let lang = if spanish { Lang::Es } else { Lang::En };
    let drawn = || -> Result<Vec<u8>, BadReport> {
        let input = fill(book, &Request { as_of, since, node, version, checks })?;
        if ask.pdf { pdf(&input, lang) } else { html(&input, lang).map(String::into_bytes) }
    };
    drawn().map_err(|error| error.to_string())
}

pub(super) fn run(args: &ReportArgs, words: Words) -> Result<ExitCode, NodeError> {
    let office = Office::open(&args.data)?;
    let (book, findings) = (office.book()?, office.accounts.findings(&office.store)?);
    let pdf = args.out.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("html"));
    let ask = ReportAsk {
        as_of: args.as_of,
        since: args.since,
        spanish: words.is_spanish,
        pdf,
        node: &office.config.node.name,
        version: VERSION,
        checks: checks(&book, &findings),
    };
    let bytes = draw(&book, &ask).map_err(|why| NodeError::AccountsInput { path: args.out.clone(), why })?;
    write_whole(&args.out, &bytes)?;
    say(&format!(
        "{}  {}  {}\n",
        args.out.display(),
        book.snapshot(),
        bitacora_ledger::hex::encode(&bitacora_ledger::sha256(&bytes).0)
    ))?;
    Ok(ExitCode::SUCCESS)
}
