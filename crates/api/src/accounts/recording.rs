//! Recording facts: each checked against the book that its officer saw, signed, and stored with its leaf. Texts that were
//! read wait here, in memory, until something of them is accepted.

use bitacora_accounts::Day;
use bitacora_accounts::book::Book;
use bitacora_accounts::observation::Digest;
use bitacora_accounts::record::{DocumentKept, Entry, Fact, FactId};
use bitacora_primitives::{Instant, Officer};
use bitacora_store::{AccountFact, Kept, Store};

use super::{Accounts, AccountsError};
use crate::log::{machine_leaf, signed_leaf};
use crate::state::Keys;

/// The kind of leaf.
const LEAF: &str = "accounts";
/// How often an act is decided again because others were writing.
const TRIES: usize = 8;
/// Texts that wait.
const MOST_TEXTS: usize = 16;

/// A text that was read.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) document: DocumentKept,
    pub(crate) text: String,
}

/// Records what `make` says on the book as it stands. Who is second decides again on what the first one left.
pub fn record(
    store: &Store,
    accounts: &Accounts,
    keys: &dyn Keys,
    officer: Option<&Officer>,
    now: Instant,
    make: impl Fn(&Book) -> Result<Fact, AccountsError>,
) -> Result<FactId, AccountsError> {
    let recorded = Day::of(now).ok_or_else(|| AccountsError::Leaf(format!("{now} is on no day")))?;
    for _ in 0..TRIES {
        let seen = accounts.seen(store)?;
        let fact = make(&seen.book)?;
        let entry = Entry { id: fact.id()?, recorded, officer: officer.map(|own| own.id.to_string()), fact };
        seen.book.check(&entry)?;
        let act = serde_json::to_value(&entry)?;
        let leaf = match officer {
            Some(officer) => signed_leaf(keys, officer, LEAF, now, act),
            None => machine_leaf(keys, LEAF, now, act),
        };
        let leaf = leaf.map_err(|error| AccountsError::Leaf(error.to_string()))?;
        let row =
            AccountFact { id: entry.id.to_string(), recorded: now, body: serde_json::to_string(&entry)? };
        if store.log_account_fact(&row, seen.facts, |_| leaf)? {
            return Ok(entry.id);
        }
    }
    Err(AccountsError::Busy)
}

/// Keeps a text, and records that it is kept.
pub fn keep_document(
    store: &Store,
    accounts: &Accounts,
    keys: &dyn Keys,
    officer: &Officer,
    now: Instant,
    document: &DocumentKept,
    text: &str,
) -> Result<(), AccountsError> {
    store.keep_file(Kept::Accounts, &document.sha256, text.as_bytes())?;
    if accounts.book(store)?.record().document(&document.sha256).is_some() {
        return Ok(());
    }
    let make = |_: &Book| Ok(Fact::DocumentKept(document.clone()));
    record(store, accounts, keys, Some(officer), now, make).map(|_| ())
}

impl Accounts {
    /// Holds a text until something of it is accepted, and gives its hash.
    pub(crate) fn hold(&self, name: &str, reference: &str, published: Option<Day>, text: String) -> Text {
        let sha256 = Digest::of(text.as_bytes()).to_string();
        let (name, reference) = (name.to_owned(), reference.to_owned());
        let document = DocumentKept { sha256, bytes: text.len() as u64, name, reference, published };
        let held = Text { document, text };
        let mut texts = self.texts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        texts.retain(|_, own| own.document.sha256 != held.document.sha256);
        let next = texts.last_key_value().map_or(0, |(last, _)| last + 1);
        texts.insert(next, held.clone());
        while texts.len() > MOST_TEXTS {
            texts.pop_first();
        }
        held
    }

    pub(crate) fn held(&self, sha256: &str) -> Option<Text> {
        let texts = self.texts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        texts.values().find(|text| text.document.sha256 == sha256).cloned()
    }
}
