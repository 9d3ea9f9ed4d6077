//! The port's side of a store: rows become what the rules read, screened again when there are more of them. Judges
//! nothing itself: alerts are `port`'s, and what they weigh together is `leads`'.

mod book;
mod draws;
mod leads;
mod rows;
pub(crate) mod view;

use std::sync::{Arc, Mutex, PoisonError};

use bitacora_port::targeting::TargetingError;
use bitacora_store::{Store, StoreError};

pub use book::{Book, OnBox};
pub use draws::{Committed, DRAW, DrawFile, draws, log_draw};
pub use leads::lead_id;
pub use rows::{Retraction, RowKind};

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

/// The last screening, kept until the store has more rows.
#[derive(Debug, Default)]
pub struct Screening(Mutex<Option<Arc<Book>>>);

impl Screening {
    pub fn book(&self, store: &Store) -> Result<Arc<Book>, PortError> {
        let rows = store.port_row_count()?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
