//! The accounts' side of a store: facts and kept files become a book, which grows with them. Judges nothing itself:
//! figures, verdicts and claims are `accounts`'.

mod accepting;
mod bundle;
mod exporting;
mod files;
mod linted;
pub(crate) mod recording;
pub(crate) mod view;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bitacora_accounts::Day;
use bitacora_accounts::book::{Book, Parsed};
use bitacora_accounts::lint::Finding;
use bitacora_accounts::record::{Entry, Fact, FileImported, NotRecorded};
use bitacora_accounts::starting::{BadStart, starting};
use bitacora_store::{Kept, Store, StoreError};

pub use accepting::{AcceptedText, accept};
pub use bundle::{BUNDLE_VERSION, Bundle, BundleError, Checked, bundle, check};
pub use exporting::{Written, export};
pub use files::{Import, Imported, import};
pub use linted::checks;
use linted::linted;
pub use recording::{keep_document, record};

/// How the bytes of a file become rows, by its format and layout: the edge that knows file formats is the caller's.
pub type ReadFile = fn(&FileImported, &[u8]) -> Result<Parsed, String>;

/// Which report is asked for.
#[derive(Clone, Copy, Debug)]
pub struct ReportAsk<'a> {
    pub as_of: Day,
    pub since: Option<Day>,
    pub spanish: bool,
    /// Else one HTML file.
    pub pdf: bool,
    pub node: &'a str,
    pub version: &'a str,
    /// Rows that the linter looked at, and those that it raised nothing on.
    pub checks: (u64, u64),
}

/// Draws up the report: the crate that knows how is the caller's, for it is heavy.
pub type DrawReport = fn(&Book, &ReportAsk<'_>) -> Result<Vec<u8>, String>;

/// What the accounts need from outside.
#[derive(Clone, Copy, Debug)]
pub struct Tools {
    pub read: ReadFile,
    pub report: DrawReport,
}

/// Why the accounts cannot be shown or added to.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("fact `{id}` cannot be read")]
    Fact { id: String, cause: serde_json::Error },
    #[error("file `{name}` cannot be read again: {why}")]
    File { name: String, why: String },
    #[error("the tables that a node begins with")]
    Start(#[from] BadStart),
    #[error(transparent)]
    NotRecorded(#[from] NotRecorded),
    #[error("a fact cannot be written")]
    Write(#[from] serde_json::Error),
    #[error("the leaf cannot be made: {0}")]
    Leaf(String),
    #[error("others are writing; nothing was recorded")]
    Busy,
}

/// A book and how many facts of the store are in it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub book: Arc<Book>,
    pub(crate) facts: u64,
}

/// The book, kept until the store has more facts.
#[derive(Debug)]
pub struct Accounts {
    tools: Tools,
    kept: Mutex<Option<Seen>>,
    /// What the linter found in the book of so many facts.
    findings: Mutex<Option<(u64, Arc<Vec<Finding>>)>>,
    /// What the file that is being imported came to: it is not read a second time.
    aside: Mutex<Option<(FileImported, Parsed)>>,
    /// Texts that were read and of which nothing is accepted yet, the oldest out first.
    pub(crate) texts: Mutex<BTreeMap<u64, recording::Text>>,
}

impl Accounts {
    pub const fn new(tools: Tools) -> Self {
        Self {
            tools,
            kept: Mutex::new(None),
            findings: Mutex::new(None),
            aside: Mutex::new(None),
            texts: Mutex::new(BTreeMap::new()),
        }
    }

    pub fn book(&self, store: &Store) -> Result<Arc<Book>, AccountsError> {
        self.seen(store).map(|seen| seen.book)
    }

    /// What the linter finds in the book: looked for once until there are more facts.
    pub fn findings(&self, store: &Store) -> Result<Arc<Vec<Finding>>, AccountsError> {
        let seen = self.seen(store)?;
        let mut kept = self.findings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, findings)) = kept.as_ref().filter(|(facts, _)| *facts == seen.facts) {
            return Ok(Arc::clone(findings));
        }
        let findings = Arc::new(linted(&seen.book));
        *kept = Some((seen.facts, Arc::clone(&findings)));
        Ok(findings)
    }

    /// The book with every fact of the store. New facts are added to what is there; only the withdrawal of figures builds
    /// it again.
    pub(crate) fn seen(&self, store: &Store) -> Result<Seen, AccountsError> {
        let count = store.account_fact_count()?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = kept.as_ref().filter(|seen| seen.facts == count) {
            return Ok(seen.clone());
        }
        let facts = store.account_facts()?;
        let entries: Vec<Entry> = facts
            .iter()
            .map(|fact| {
                let bad = |cause| AccountsError::Fact { id: fact.id.clone(), cause };
                serde_json::from_str(&fact.body).map_err(bad)
            })
            .collect::<Result<_, _>>()?;
        let known = kept.take().and_then(|seen| {
            let new = entries.get(usize::try_from(seen.facts).ok()?..)?;
            (!seen.book.is_outdated_by(new)).then_some(seen)
        });
        let (mut book, known) = match known {
            Some(seen) => (seen.book, seen.facts),
            None => (Arc::new(starting()?), 0),
        };
        let facts = entries.len() as u64;
        let mut new = Vec::new();
        for entry in entries.into_iter().skip(usize::try_from(known).unwrap_or(usize::MAX)) {
            let parsed = match &entry.fact {
                Fact::FileImported(file) => Some(self.parse(store, file)?),
                _ => None,
            };
            new.push((entry, parsed));
        }
        Arc::make_mut(&mut book).add(new);
        let seen = Seen { book, facts };
        *kept = Some(seen.clone());
        Ok(seen)
    }

    pub(crate) fn set_aside(&self, file: FileImported, parsed: Parsed) {
        *self.aside.lock().unwrap_or_else(PoisonError::into_inner) = Some((file, parsed));
    }

    /// Reads a kept file as it was read when it was imported.
    fn parse(&self, store: &Store, file: &FileImported) -> Result<Parsed, AccountsError> {
        let aside = self.aside.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((_, parsed)) = aside.filter(|(own, _)| own == file) {
            return Ok(parsed);
        }
        let bytes = store.kept_file(Kept::Accounts, &file.sha256)?;
        let bad = |why: String| AccountsError::File { name: file.name.clone(), why };
        if bitacora_accounts::observation::Digest::of(&bytes).to_string() != file.sha256 {
            return Err(bad("its bytes are not those that were imported".to_owned()));
        }
        (self.tools.read)(file, &bytes).map_err(bad)
    }

    pub(crate) const fn tools(&self) -> Tools {
        self.tools
    }
}
