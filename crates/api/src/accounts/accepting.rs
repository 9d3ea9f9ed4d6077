//! Accepting one proposal of a text, for a caller who has the text and no page before it.

use bitacora_accounts::Day;
use bitacora_accounts::reading::{ActorTable, Document, read};
use bitacora_accounts::record::{Fact, FactId};
use bitacora_primitives::{Instant, Officer};
use bitacora_store::Store;

use super::{Accounts, AccountsError, keep_document, record, view};
use crate::error::ApiError;
use crate::shapes::AcceptedQuantity;
use crate::state::Keys;

/// A text, and the quantity of it that an officer takes.
#[derive(Clone, Debug)]
pub struct AcceptedText<'a> {
    pub name: &'a str,
    pub text: String,
    pub published: Option<Day>,
    pub quantity: u32,
    pub series: String,
    pub place: String,
    pub period: String,
    pub status: String,
}

/// Keeps the text and records the figure. The officer answers for it.
pub fn accept(
    store: &Store,
    accounts: &Accounts,
    keys: &dyn Keys,
    officer: &Officer,
    now: Instant,
    accepted: AcceptedText<'_>,
) -> Result<FactId, AcceptError> {
    let AcceptedText { name, text, published, quantity, series, place, period, status } = accepted;
    let document = Document::new(&text).map_err(|error| AcceptError(error.to_string()))?;
    let read = read(&document, published.and_then(Day::civil), &ActorTable::default());
    let own = read.quantities.get(quantity as usize);
    let own = own.ok_or_else(|| AcceptError(format!("it has no quantity {quantity}")))?;
    let day: Option<Day> = read.published.and_then(|own| own.day.to_string().parse().ok());
    let held = accounts.hold(name, "", day, text.clone());
    let said = AcceptedQuantity { n: quantity, series, place, period, status: Some(status) };
    let figure = view::figure_of(&held, own, &said).map_err(told)?;
    keep_document(store, accounts, keys, officer, now, &held.document, &held.text).map_err(stored)?;
    let made = |_: &_| Ok(Fact::FigureAccepted(figure.clone()));
    record(store, accounts, keys, Some(officer), now, made).map_err(stored)
}

/// Why a figure was not accepted.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct AcceptError(String);

fn told(error: ApiError) -> AcceptError {
    AcceptError(error.to_string())
}
fn stored(error: AccountsError) -> AcceptError {
    AcceptError(error.to_string())
}
