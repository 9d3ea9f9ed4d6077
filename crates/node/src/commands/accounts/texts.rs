//! `bitacora accounts read` and `accept`: a text into proposals, and one proposal into the accounts by an officer.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use bitacora_accounts::Day;
use bitacora_accounts::reading::{ActorTable, Document, Reading, Span, read as read_text};
use bitacora_api::accounts::AcceptedText;

use super::{Office, bad, bytes};
use crate::cli::accounts::{AcceptArgs, ReadArgs};
use crate::clock;
use crate::error::NodeError;
use crate::summary::say;
use crate::words::Words;

fn text_of(path: &Path) -> Result<String, NodeError> {
    String::from_utf8(bytes(path)?).map_err(|error| bad(path, error))
}

pub(super) fn read(args: &ReadArgs, words: Words) -> Result<ExitCode, NodeError> {
    let mut all = true;
    for path in &args.files {
        match one(path, args.published, args.json, words) {
            Ok(text) => say(&text)?,
            Err(error @ (NodeError::AccountsInput { .. } | NodeError::File { .. })) => {
                eprintln!("{error}");
                all = false;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn one(path: &Path, published: Option<Day>, as_json: bool, words: Words) -> Result<String, NodeError> {
    let text = text_of(path)?;
    let document = Document::new(&text).map_err(|error| bad(path, error))?;
    let read = read_text(&document, published.and_then(Day::civil), &ActorTable::default());
    if as_json {
        let mut value = serde_json::to_value(&read)?;
        if let Some(object) = value.as_object_mut() {
            object.insert("file".to_owned(), path.display().to_string().into());
        }
        return Ok(format!("{value}\n"));
    }
    Ok(told(path, &document, &read, words))
}

fn told(path: &Path, document: &Document<'_>, read: &Reading, words: Words) -> String {
    let at = |span: Span| {
        let (from, to) = span.chars();
        let slice = document.slice(span).unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ");
        (format!("{from}-{to}"), slice)
    };
    let mut text = format!("{}  {}\n", path.display(), read.document);
    let _ = writeln!(text, "{}", words.read_quantities());
    for own in &read.quantities {
        let (place, slice) = at(own.span());
        let thing = own.recognised().thing.map_or_else(String::new, |thing| format!("  {}", at(thing).1));
        let year = own.recognised().year.map_or_else(String::new, |year| format!("  {year}"));
        let _ = writeln!(text, "  {:>3}  {place:<11} {slice}{thing}{year}", own.number());
    }
    let _ = writeln!(text, "{}", words.read_dates());
    for own in &read.dates {
        let (place, slice) = at(own.span());
        let _ = writeln!(text, "  {:>3}  {place:<11} {slice}", own.number());
    }
    let _ = writeln!(text, "{}", words.read_actors());
    for own in &read.actors {
        let (place, slice) = at(own.span());
        let _ = writeln!(text, "  {:>3}  {place:<11} {slice}  ({})", own.number(), own.recognised().who);
    }
    let _ = writeln!(text, "{}", words.read_claims());
    for own in &read.claims {
        let claim = own.recognised();
        let who = claim.speaker.and_then(|actor| read.actors.get(actor as usize));
        let who = who.map_or("-", |actor| actor.recognised().who.as_str());
        let (place, slice) = at(claim.content);
        let _ = writeln!(text, "  {:>3}  {place:<11} {who}: {slice}", own.number());
    }
    if read.personal_allegations > 0 {
        let _ = writeln!(text, "{}: {}", words.read_allegations(), read.personal_allegations);
    }
    text
}

pub(super) fn accept(args: &AcceptArgs) -> Result<ExitCode, NodeError> {
    let office = Office::open(&args.data)?;
    let officer = office.officer(&args.officer)?;
    let name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let accepted = AcceptedText {
        name: &name,
        text: text_of(&args.file)?,
        published: args.published,
        quantity: args.quantity,
        series: args.series.to_string(),
        place: args.place.to_string(),
        period: args.period.clone(),
        status: args.status.clone(),
    };
    let id = bitacora_api::accounts::accept(
        &office.store,
        &office.accounts,
        office.keys.as_ref(),
        &officer,
        clock::now(),
        accepted,
    )
    .map_err(|error| bad(&args.file, error))?;
    say(&format!("{id}\n"))?;
    Ok(ExitCode::SUCCESS)
}
