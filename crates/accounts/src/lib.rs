//! The accounts: what was measured, by whom, how sure, when it was known and how it was revised, in exact numbers. Never
//! decides which of two rivals is right, and never drops a figure in silence.

pub mod audit;
pub mod book;
pub mod chain;
pub mod chance;
pub mod claims;
pub mod codes;
pub mod condition;
pub mod day;
pub mod decimal;
pub mod import;
pub mod indicator;
pub mod interval;
pub mod ledger;
pub mod lint;
pub mod method;
mod moments;
pub mod moved;
pub mod number;
pub mod observation;
pub mod period;
pub mod place;
mod place_lists;
pub mod publication;
pub mod reading;
pub mod record;
pub mod registry;
pub mod rivals;
pub mod series;
pub mod starting;
mod timeline;
pub mod units;
pub mod verdict;

pub use day::{Dates, Day};
pub use decimal::{Decimal, Rounding};
pub use interval::Interval;
pub use ledger::{AsKnown, Ledger, ObservationId};
pub use observation::{Figure, Observation, Source, Status};
pub use period::Period;
pub use place::Place;
pub use place_lists::DEPARTMENTS;
pub use registry::Registry;
pub use series::{Quantity, SeriesId};
pub use units::Unit;
