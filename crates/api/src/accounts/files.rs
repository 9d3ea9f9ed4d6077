//! Files that are imported into the accounts. The bytes are kept under their hash before the fact that names them is
//! recorded.

use bitacora_accounts::import::Defects;
use bitacora_accounts::observation::Digest;
use bitacora_accounts::record::{Fact, FactId, FileImported, Format, Layout};
use bitacora_primitives::{Instant, Officer};
use bitacora_store::{Kept, Store};

use super::{Accounts, AccountsError, record};
use crate::state::Keys;

/// A file to import, and how it is read.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    pub name: &'a str,
    pub bytes: &'a [u8],
    pub format: Format,
    pub layout: Option<&'a Layout>,
}

/// What an import came to.
#[derive(Debug)]
pub struct Imported {
    pub id: FactId,
    pub fact: FileImported,
    /// Rows that could not be read.
    pub defects: Defects,
    /// Rows that broke a rule of the book: a contradictory vintage, an unknown method.
    pub refused: usize,
}

/// Keeps a file and records its import. The same file again changes nothing.
pub fn import(
    store: &Store,
    accounts: &Accounts,
    keys: &dyn Keys,
    officer: Option<&Officer>,
    now: Instant,
    file: Import<'_>,
) -> Result<Imported, AccountsError> {
    let Import { name, bytes, format, layout } = file;
    let sha256 = Digest::of(bytes).to_string();
    let layout = layout.cloned();
    let mut fact = FileImported { name: name.to_owned(), sha256, format, layout, rows: 0, defects: 0 };
    let bad = |why: String| AccountsError::File { name: name.to_owned(), why };
    let parsed = (accounts.tools().read)(&fact, bytes).map_err(bad)?;
    fact.rows = parsed.rows() as u64;
    let defects = parsed.defects().cloned().unwrap_or_default();
    fact.defects = defects.count;
    store.keep_file(Kept::Accounts, &fact.sha256, bytes)?;
    let before = accounts.book(store)?.not_taken().len();
    accounts.set_aside(fact.clone(), parsed);
    let id = record(store, accounts, keys, officer, now, |_| Ok(Fact::FileImported(fact.clone())))?;
    let refused = accounts.book(store)?.not_taken().len().saturating_sub(before);
    Ok(Imported { id, fact, defects, refused })
}
