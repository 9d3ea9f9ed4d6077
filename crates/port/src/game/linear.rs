//! Linear programmes through `microlp`. What it answers is never trusted: plans are repaired in integers and bounds are
//! recomputed in integers by whoever asks.

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, Variable};

use super::GameError;

/// Most variables of a programme, and most rows.
pub(super) const MOST_COLUMNS: usize = 60_000;
pub(super) const MOST_ROWS: usize = 10_000;

/// A programme to be minimised.
pub(super) struct Programme {
    problem: Problem,
    columns: Vec<Variable>,
    rows: usize,
}

impl Programme {
    pub(super) fn minimise() -> Self {
        Self { problem: Problem::new(OptimizationDirection::Minimize), columns: Vec::new(), rows: 0 }
    }

    /// Adds a variable and gives its position.
    pub(super) fn column(&mut self, cost: f64, low: f64, high: f64) -> usize {
        self.columns.push(self.problem.add_var(cost, (low, high)));
        self.columns.len() - 1
    }

    pub(super) fn at_least(&mut self, terms: &[(usize, f64)], bound: f64) {
        self.row(terms, ComparisonOp::Ge, bound);
    }

    pub(super) fn at_most(&mut self, terms: &[(usize, f64)], bound: f64) {
        self.row(terms, ComparisonOp::Le, bound);
    }

    pub(super) fn equal(&mut self, terms: &[(usize, f64)], bound: f64) {
        self.row(terms, ComparisonOp::Eq, bound);
    }

    fn row(&mut self, terms: &[(usize, f64)], sense: ComparisonOp, bound: f64) {
        let terms: Vec<(Variable, f64)> =
            terms.iter().filter_map(|(at, factor)| Some((*self.columns.get(*at)?, *factor))).collect();
        self.problem.add_constraint(terms, sense, bound);
        self.rows += 1;
    }

    /// The values of the variables at an optimum.
    pub(super) fn solve(&self) -> Result<Vec<f64>, GameError> {
        super::slots::bounded("variables", self.columns.len(), MOST_COLUMNS)?;
        super::slots::bounded("rows", self.rows, MOST_ROWS)?;
        let outcome = self.problem.solve().map_err(|error| match error {
            Error::Infeasible => GameError::Infeasible,
            error => GameError::Programme(error.to_string()),
        })?;
        let solution = outcome.solution().ok_or_else(|| GameError::Programme("interrupted".to_owned()))?;
        Ok(self.columns.iter().map(|column| solution.var_value(*column)).collect())
    }
}
