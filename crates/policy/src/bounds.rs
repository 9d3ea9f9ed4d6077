//! How large an agreement may be. Checked before anything is written or parsed; knows nothing of what clauses mean.

use std::collections::BTreeSet;

use bitacora_primitives::markings::PartyCode;

use crate::clause::{Clause, Rule};
use crate::error::CompileError;
use crate::request::Terms;

const MOST_CLAUSES: usize = 256;
pub(crate) const MOST_SUSPENSIONS: usize = 256;
const MOST_PARTIES: usize = 32;
pub(crate) const MOST_ENTRIES: usize = 1_024;
const MOST_TEXT: usize = 16_384;

pub(crate) fn check_terms(terms: &Terms<'_>) -> Result<(), CompileError> {
    let parties: BTreeSet<&PartyCode> = terms.parties.iter().collect();
    if parties.len() < 2 || parties.len() != terms.parties.len() {
        return Err(CompileError::TooFewParties { parties: parties.len() });
    }
    limit("parties", parties.len(), MOST_PARTIES)?;
    limit("clauses", terms.clauses.len(), MOST_CLAUSES)?;
    if terms.from >= terms.until {
        return Err(CompileError::EmptyPeriod);
    }
    Ok(())
}

pub(crate) fn limit(what: &'static str, count: usize, limit: usize) -> Result<(), CompileError> {
    if count > limit { Err(CompileError::TooMany { what, count, limit }) } else { Ok(()) }
}

pub(crate) fn limit_text(place: &str, text: &str) -> Result<(), CompileError> {
    if text.len() > MOST_TEXT {
        return Err(CompileError::TooLong { place: place.to_owned(), length: text.len(), limit: MOST_TEXT });
    }
    Ok(())
}

pub(crate) fn check_sizes(clause: &Clause) -> Result<(), CompileError> {
    let place = clause.id.as_str();
    limit_text(place, &clause.text.es)?;
    limit_text(place, &clause.text.en)?;
    match &clause.rule {
        Rule::Scope(scope) => {
            limit("areas of a clause", scope.areas.len(), MOST_ENTRIES)?;
            limit("cut fields of a clause", scope.cut.len(), MOST_ENTRIES)
        }
        Rule::CourtOrder { cases, .. } => {
            limit("cases of a clause", cases.len(), MOST_ENTRIES)?;
            cases.iter().try_for_each(|case| limit_text(place, case))
        }
        Rule::Handling(handling) => {
            limit("recipients of a clause", handling.releasable_to.len(), MOST_ENTRIES)
        }
        Rule::Removed { fields } => limit("removed fields of a clause", fields.len(), MOST_ENTRIES),
        Rule::Precedent { condition } => limit_text(place, condition),
        _ => Ok(()),
    }
}
