//! The port's side of a store: rows become what the rules read, screened again when there are more of them. Judges
//! nothing itself: alerts are `port`'s, and what they weigh together is `leads`'.

mod book;
mod draws;
mod leads;
mod record;
mod results;
mod rows;
pub(crate) mod view;

use std::sync::{Arc, Mutex, PoisonError};

use bitacora_port::targeting::TargetingError;
use bitacora_store::{Store, StoreError};

pub use book::{Book, OnBox};
pub use draws::{Committed, DRAW, log_draw};
pub use leads::lead_id;
pub(crate) use record::record;
pub use results::{RESULT, ScanResult, Stored, log_result, results};
pub(crate) use results::{Recorded, Times, record as record_result};
pub use rows::{Retraction, RowKind};

/// Kinds that no rule reads: a new one of these needs no new screening.
const UNSCREENED: [&str; 2] = [DRAW, RESULT];

/// How many rows the rules read. What they do not read is counted first: rows are only added, so that a row which comes
/// between the two counts makes the answer too large, and the port is screened once too often, never too rarely.
fn screened_rows(store: &Store) -> Result<u64, StoreError> {
    let mut others = 0;
    for kind in UNSCREENED {
        others += store.port_row_count_of(kind)?;
    }
    Ok(store.port_row_count()?.saturating_sub(others))
}

/// Why the port cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("row {line} of source `{source_id}` cannot be read")]
    Row { source_id: String, line: u64, cause: serde_json::Error },
    #[error("a stored lead cannot be read")]
    Lead(#[from] serde_json::Error),
    #[error(transparent)]
    Targeting(#[from] TargetingError),
    #[error("draw `{name}` cannot be read: {why}")]
    Draw { name: String, why: String },
}

/// The last screening, kept until the store has more rows, and the draws, kept until their files change.
#[derive(Debug, Default)]
pub struct Screening {
    book: Mutex<Option<Arc<Book>>>,
    draws: draws::DrawFolder,
}

impl Screening {
    pub(crate) const fn draws(&self) -> &draws::DrawFolder {
        &self.draws
    }

    pub fn book(&self, store: &Store) -> Result<Arc<Book>, PortError> {
        let rows = screened_rows(store)?;
        let mut kept = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(book) if book.rows == rows => Ok(Arc::clone(book)),
            _ => {
                let book = Arc::new(Book::screen(store.port_rows(None)?)?);
                *kept = Some(Arc::clone(&book));
                Ok(book)
            }
        }
    }
}
