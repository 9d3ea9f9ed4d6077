//! Why a patrol game is refused or cannot be solved. Codes and numbers only: the words for officers are the page's.

use thiserror::Error;

/// A patrol game that is refused, or that has no answer.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PatrolError {
    /// The file does not read: not JSON, a member missing, unknown or of another kind.
    #[error("line {line}, column {column}: {why}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the reader says.
        why: String,
    },
    /// There is nothing of what a game needs at least one of.
    #[error("the game has no {what}")]
    Empty {
        /// What is missing.
        what: &'static str,
    },
    /// More of something than a game may hold.
    #[error("{count} {what} are more than the {most} a game may have")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        count: u64,
        /// How many there may be.
        most: u64,
    },
    /// An id that is empty, longer than 40 characters, or holds a control character.
    #[error("{what} `{index}` has no usable id")]
    Id {
        /// What it would name.
        what: &'static str,
        /// Its position.
        index: usize,
    },
    /// Two things of one kind with one id.
    #[error("{what} `{id}` is there twice")]
    Twice {
        /// What it names.
        what: &'static str,
        /// The id.
        id: String,
    },
    /// An id that names nothing.
    #[error("{what} `{id}` names `{named}`, which is not there")]
    Unknown {
        /// What names it.
        what: &'static str,
        /// Its id.
        id: String,
        /// What it names.
        named: String,
    },
    /// A number outside its bounds.
    #[error("{what} `{id}`: `{number}` is not within {low}..={high}")]
    Number {
        /// Which number of what.
        what: &'static str,
        /// The id of what holds it.
        id: String,
        /// The number.
        number: i64,
        /// Least.
        low: i64,
        /// Most.
        high: i64,
    },
    /// A move from a sector to itself: waiting needs none.
    #[error("class `{class}` moves from `{sector}` to itself")]
    Still {
        /// The class.
        class: String,
        /// The sector.
        sector: String,
    },
    /// A window or a time on patrol that ends before it starts.
    #[error("{what} `{id}` ends at `{last}`, before it starts at `{first}`")]
    Backwards {
        /// What it is.
        what: &'static str,
        /// Its id.
        id: String,
        /// First step.
        first: u16,
        /// Last step.
        last: u16,
    },
    /// An attack through nothing.
    #[error("attack `{id}` goes through no sector")]
    Nowhere {
        /// The attack.
        id: String,
    },
    /// Being met must cost the attacker something.
    #[error("attack `{id}`: value and penalty together are not above 0")]
    NoDeterrence {
        /// The attack.
        id: String,
    },
    /// A boat that cannot be where it must end.
    #[error("boat `{boat}` cannot be at `{sector}` at its last step `{step}`")]
    OutOfReach {
        /// The boat.
        boat: String,
        /// Where it must end.
        sector: String,
        /// Its last step.
        step: u16,
    },
    /// A linear programme or its rounding failed numerically.
    #[error("the payoffs lie too far apart for the precision of the solver")]
    Precision,
}

pub(super) fn bounded(what: &'static str, count: usize, most: usize) -> Result<(), PatrolError> {
    if count > most {
        return Err(PatrolError::TooMany { what, count: count as u64, most: most as u64 });
    }
    Ok(())
}
