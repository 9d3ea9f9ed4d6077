//! Reads a news article or a communique in English or Spanish and proposes its quantities, dates, actors and
//! attributed claims to a person. It decides nothing: a figure enters the accounts only when an officer accepts
//! it, and it never proposes an accusation against a person.

pub mod actor;
mod acts;
mod allegation;
pub mod amount;
pub mod bound;
pub mod calendar;
pub mod change;
pub mod claim;
pub mod date;
pub mod error;
mod number;
pub mod proposal;
pub mod quantity;
mod relative;
mod speech;
pub mod text;
mod token;
pub mod traps;
pub mod unit;
mod verbs;

pub use actor::ActorTable;
pub use acts::Act;
pub use amount::Amount;
pub use error::{NotAccepted, NotRead};
pub use proposal::{Accepted, Proposal, Reading};
pub use text::{Document, Language, Span};

use jiff::civil::Date;
use proposal::{DocumentHash, LeftOut, Publication, Why, WhyUnsaid};
use traps::WhyLeft;

/// Reads a document. `published` is the day it appeared; without it the day that the text prints is taken, and
/// where it prints none, what hangs on it stays open.
pub fn read(document: &Document<'_>, published: Option<Date>, table: &ActorTable) -> Reading {
    let published = match published {
        Some(day) => Some(Publication { day, span: None }),
        None => date::stated(document).map(|(day, span)| Publication { day, span: Some(span) }),
    };
    let day = published.map(|publication| publication.day);
    let dates = date::read(document, day);
    let counts = quantity::read(document, &dates, day.map(Date::year));
    let actors = actor::read(document, table);
    let sayings = claim::read(document, &actors, &counts.found, &dates);
    let hash = DocumentHash(document.sha256());

    let mut left_out: Vec<LeftOut> =
        counts.left.iter().map(|(span, why)| LeftOut { span: *span, why: Why::Number(*why) }).collect();
    let unsaid = |why| move |span: &Span| LeftOut { span: *span, why: Why::Statement(why) };
    left_out.extend(sayings.allegations.iter().map(unsaid(WhyUnsaid::PersonalAllegation)));
    left_out.extend(sayings.outside.iter().map(unsaid(WhyUnsaid::OutsideTheLedger)));

    let mut quantities = Vec::new();
    let mut kept: Vec<Option<u32>> = Vec::with_capacity(counts.found.len());
    let mut allegations = sayings.allegations.iter().copied().peekable();
    for counted in counts.found {
        while allegations.next_if(|bad| bad.end <= counted.span.start).is_some() {}
        if allegations.peek().is_some_and(|bad| bad.overlaps(counted.span)) {
            left_out.push(LeftOut { span: counted.span, why: Why::Number(WhyLeft::PersonalAllegation) });
            kept.push(None);
            continue;
        }
        kept.push(u32::try_from(quantities.len()).ok());
        let number = quantities.len();
        quantities.push(Proposal::new(
            number,
            counted.span,
            counted.sentence,
            counted.quantity,
            counted.reasons,
            hash,
        ));
    }
    let mut said = sayings.found;
    said.sort_by_key(|said| (said.sentence, said.claim.content));
    let claims = said.into_iter().enumerate().map(|(number, said)| {
        let mut claim = said.claim;
        claim.quantities =
            claim.quantities.iter().filter_map(|old| kept.get(*old as usize).copied().flatten()).collect();
        Proposal::new(number, said.span, said.sentence, claim, said.reasons, hash)
    });
    let claims = claims.collect();
    left_out.sort_unstable();
    Reading {
        document: hash,
        bytes: document.text().len(),
        chars: document.chars(),
        language: document.language(),
        published,
        quantities,
        dates: dates
            .into_iter()
            .enumerate()
            .map(|(number, dated)| {
                Proposal::new(number, dated.span, dated.sentence, dated.when, dated.reasons, hash)
            })
            .collect(),
        actors: actors
            .into_iter()
            .enumerate()
            .map(|(number, named)| {
                Proposal::new(number, named.span, named.sentence, named.actor, named.reasons, hash)
            })
            .collect(),
        claims,
        personal_allegations: sayings.allegations.len(),
        left_out,
    }
}
