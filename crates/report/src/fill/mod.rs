//! From a book of accounts to a report's input: what was known on a day, every number with the sources that it rests on.
//! Computes nothing of its own: verdicts, curves, audits and moves are the accounts'.

mod chain;
mod charts;
mod records;
mod sourced;
mod verdicts;
pub(crate) mod words;

use bitacora_accounts::Day;
use bitacora_accounts::book::Book;

use crate::{BadReport, Method, Occasion, ReportInput, Reproduction, Texts};
use sourced::Sources;

/// What the book itself does not say.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// What was known at the end of this day.
    pub as_of: Day,
    /// Also what moved since this day.
    pub since: Option<Day>,
    /// The node that draws it up.
    pub node: &'a str,
    pub version: &'a str,
    /// Rows that the linter looked at, and those that it raised nothing on.
    pub checks: (u64, u64),
}

/// Fills a report. The document bears the day that it speaks of, so that the same facts give the same bytes whenever it is
/// drawn up.
pub fn fill(book: &Book, request: &Request<'_>) -> Result<ReportInput, BadReport> {
    let as_of = request.as_of;
    let mut sources = Sources::new(book);
    let (groups, methods, verdicts) = verdicts::groups(book, as_of, &mut sources);
    let methods: Vec<Method> = methods
        .into_iter()
        .filter_map(|id| book.registry().method(&id))
        .map(|own| Method {
            id: own.id.to_string(),
            short: words::texts(&own.name),
            name: words::texts(&own.definition),
        })
        .collect();
    let charts = charts::charts(book, as_of, &methods, &mut sources);
    let fans = charts::fans(book, as_of, &methods, &mut sources);
    let chains = chain::chains(book, as_of, &mut sources);
    let audits = records::audits(book, as_of, &mut sources);
    let claims = records::claims(book, as_of, &mut sources);
    let indicators = records::indicators(book, as_of, &mut sources);
    let meetings = records::meetings(book, as_of, &mut sources);
    let diff = request.since.map(|since| records::diff(book, since, as_of, &mut sources)).transpose()?;
    let parties: std::collections::BTreeSet<&str> =
        book.commitments().iter().flat_map(|own| &own.promisers).map(String::as_str).collect();
    let latest = book.meetings(as_of).into_iter().next().map(|(_, meeting)| Occasion {
        name: words::meeting_kind(meeting.kind),
        day: Some(meeting.day.last()).filter(|_| meeting.day.first() == meeting.day.last()),
        place: Some(Texts::same(&meeting.place)),
    });
    Ok(ReportInput {
        title: words::title(),
        node: request.node.to_owned(),
        parties: parties.into_iter().map(words::party).collect(),
        meeting: latest,
        as_of,
        dated: as_of,
        snapshot: book.snapshot().to_string(),
        methods,
        groups,
        charts,
        fans,
        chains,
        audits,
        claims,
        indicators,
        meetings,
        diff,
        reproduction: Reproduction {
            bundle: format!("accounts-{as_of}.json"),
            version: request.version.to_owned(),
            observations: book.ledger().len() as u64,
            verdicts,
            checks_passed: request.checks.1,
            checks_run: request.checks.0,
        },
        sources: sources.into_list(),
    })
}
