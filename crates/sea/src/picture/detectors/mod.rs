//! The detectors of the picture beside gaps, encounters and identity conflicts: those that look at one track alone, and
//! those that look at all vessels together. A detector is added in one of the two, and nowhere else.

mod alone;
mod receivers;
mod together;

pub use self::alone::Alone;
pub(super) use self::together::{Reported, Together};

use super::Charts;
use crate::behaviour::Parameters;

/// What a detector judges by.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    pub parameters: &'a Parameters,
    pub charts: &'a Charts,
}
