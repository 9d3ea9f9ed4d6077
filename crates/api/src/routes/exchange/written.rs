//! What officers write and choose, checked: texts in both languages, scopes, clauses. Nothing that names an unknown
//! party, area or clause is taken, since it would stop less than the officer believes.

use std::collections::BTreeSet;

use bitacora_exchange::Agreement;
use bitacora_policy::SuspensionScope;
use bitacora_primitives::markings::{AreaId, ClauseId, PartyCode, Text};

use crate::error::ApiError;
use crate::shapes::{StopScope, TextShape};

const MOST_LETTERS: usize = 2_000;

/// A text that will be signed: in both languages, and no longer than a page.
pub(super) fn text(field: &'static str, text: &TextShape) -> Result<Text, ApiError> {
    for words in [&text.es, &text.en] {
        if words.trim().is_empty() {
            return Err(ApiError::bad(field, "it is needed in both languages"));
        }
        if words.chars().count() > MOST_LETTERS {
            return Err(ApiError::bad(field, format!("it is longer than {MOST_LETTERS} letters")));
        }
    }
    Ok(Text::new(text.es.trim(), text.en.trim()))
}

/// A scope as written. Without an agreement at hand only its form is checked: a stop does not wait for one.
pub(super) fn scope(scope: &StopScope, agreement: Option<&Agreement>) -> Result<SuspensionScope, ApiError> {
    let party = |field: &'static str, code: &Option<String>| -> Result<Option<PartyCode>, ApiError> {
        let Some(code) = code else { return Ok(None) };
        let code: PartyCode = code.parse().map_err(|error| ApiError::bad(field, error))?;
        match agreement {
            Some(agreement) if agreement.party(&code).is_err() => {
                Err(ApiError::bad(field, format!("`{code}` is no party to the agreement")))
            }
            _ => Ok(Some(code)),
        }
    };
    let mut areas = BTreeSet::new();
    for area in &scope.areas {
        let area: AreaId = area.parse().map_err(|error| ApiError::bad("areas", error))?;
        if agreement.is_some_and(|agreement| agreement.areas.iter().all(|known| known.id != area)) {
            return Err(ApiError::bad("areas", format!("`{area}` is no area of the agreement")));
        }
        areas.insert(area);
    }
    Ok(SuspensionScope {
        from: party("from", &scope.from)?,
        to: party("to", &scope.to)?,
        items: scope.items.clone(),
        areas,
        purposes: scope.purposes.clone(),
    })
}

/// Clauses whose flows go on.
pub(super) fn exceptions(
    ids: &BTreeSet<String>,
    agreement: Option<&Agreement>,
) -> Result<BTreeSet<ClauseId>, ApiError> {
    ids.iter()
        .map(|id| {
            let clause: ClauseId = id.parse().map_err(|error| ApiError::bad("exceptions", error))?;
            match agreement {
                Some(agreement) if agreement.clause(&clause).is_none() => {
                    Err(ApiError::bad("exceptions", format!("`{clause}` is no clause of the agreement")))
                }
                _ => Ok(clause),
            }
        })
        .collect()
}
