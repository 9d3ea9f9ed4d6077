//! Coastlines: GSHHG in its native binary form, from the data folder. None comes with the program; without one
//! the land check is off.

mod error;
mod gshhg;

pub use error::CoastError;
pub use gshhg::{Antarctica, Coast, read};
