//! Why a game is refused or cannot be solved. Codes and numbers only: the words for officers are the page's.

use thiserror::Error;

/// A game that is refused, or that has no plan.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum GameError {
    /// There is nothing to cover.
    #[error("the game has no targets")]
    Empty,
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
    /// A number that is not finite or outside what is computed exactly.
    #[error("`{what}` of `{index}` is not a number within its bounds")]
    Number {
        /// Which number.
        what: &'static str,
        /// Position of the target, slot or row that holds it.
        index: usize,
    },
    /// Covering a target must cost the attacker something.
    #[error("target `{index}`: the attacker gains nothing by finding it uncovered")]
    NoDeterrence {
        /// Position of the target.
        index: usize,
    },
    /// Covering a target must not cost the defender anything.
    #[error("target `{index}`: the defender prefers an attack that succeeds")]
    DefenderPrefersLoss {
        /// Position of the target.
        index: usize,
    },
    /// A window that ends before it starts, or after the last slot.
    #[error("container `{index}`: the window `{first}`..=`{last}` does not lie in the {slots} slots")]
    Window {
        /// Position of the container.
        index: usize,
        /// First slot named.
        first: u32,
        /// Last slot named.
        last: u32,
        /// Slots that there are.
        slots: usize,
    },
    /// A name that points nowhere.
    #[error("`{what}` names `{index}`, and there are {count}")]
    Unknown {
        /// What names it.
        what: &'static str,
        /// The name.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// The side constraints contradict the capacity or each other.
    #[error("no plan obeys the side constraints")]
    Infeasible,
    /// The linear programme failed numerically.
    #[error("the linear programme failed: {0}")]
    Programme(String),
    /// Rounding to integer parts never fitted the capacity.
    #[error("the plan does not fit the capacity within the precision of the payoffs")]
    Precision,
    /// A table of a game that does not read.
    #[error("line {line}: `{field}` is not {wanted}")]
    Line {
        /// Line, from 1.
        line: usize,
        /// What stands there.
        field: String,
        /// What was wanted.
        wanted: &'static str,
    },
}
