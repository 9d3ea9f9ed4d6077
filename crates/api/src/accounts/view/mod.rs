//! From a book to the shapes of the page. Codes and exact numbers only.

mod chart;
mod figures;
mod matrix;
mod moved;
mod people;
mod programmes;
mod reading;

use std::sync::Arc;

use bitacora_accounts::book::Book;
use bitacora_accounts::{Day, Place};
use bitacora_store::Store;

pub(crate) use chart::chart;
pub(crate) use figures::observation;
pub(crate) use matrix::{commitment, overview};
pub(crate) use moved::moved;
pub(crate) use people::{claims, meeting, meetings, seen_state};
pub(crate) use programmes::{indicators, programmes};
pub(crate) use reading::{claim_of, figure_of, reading};

/// What every answer is made from: a book, asked as of a day.
pub(crate) struct Page<'a> {
    pub(crate) store: &'a Store,
    pub(crate) book: Arc<Book>,
    pub(crate) as_of: Day,
    pub(crate) today: Day,
    pub(crate) place: Place,
}
