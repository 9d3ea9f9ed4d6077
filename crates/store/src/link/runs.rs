//! Many rows in one statement. Statements are kept prepared, so that there must be few of them: rows go in runs of three sizes.

use std::fmt::Write as _;

use super::Value;

/// Sizes of the statements, the largest first. The last is 1, so that every number of rows is a sum of them.
const SIZES: [usize; 3] = [64, 8, 1];

/// Cuts rows into runs of [`SIZES`], as few as there can be.
pub(crate) fn in_runs<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut left = rows;
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= left.len())?;
        let (run, rest) = left.split_at(size);
        left = rest;
        Some(run)
    })
}

/// Rows for one table, as many as a run has.
pub(crate) struct Insert<'a> {
    /// The table and its columns, as `name (a, b)`.
    into: &'a str,
    columns: usize,
    pub(super) values: &'a [Value],
    unless_there: bool,
}

impl<'a> Insert<'a> {
    pub(crate) fn of<const N: usize>(into: &'a str, rows: &'a [[Value; N]]) -> Self {
        Self { into, columns: N, values: rows.as_flattened(), unless_there: false }
    }

    /// A row whose key is there already is left out.
    pub(crate) fn unless_there(self) -> Self {
        Self { unless_there: true, ..self }
    }

    /// The statement, whose placeholders begin with `first`.
    pub(super) fn sql(&self, first: usize) -> String {
        let rows = self.values.len() / self.columns.max(1);
        let values = placeholders(first, rows, &vec!["?"; self.columns]);
        let ending = if self.unless_there { " ON CONFLICT DO NOTHING" } else { "" };
        format!("INSERT INTO {} VALUES {values}{ending}", self.into)
    }
}

/// `($1, $2), ($3, $4)`, where `first` is 1: rows of one column for each of `columns`, in whose text `?` is the placeholder.
pub(crate) fn placeholders(first: usize, rows: usize, columns: &[&str]) -> String {
    let mut text = String::with_capacity(rows * columns.len() * 6);
    let mut number = first;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { "), (" });
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                text.push_str(", ");
            }
            let (before, after) = column.split_once('?').unwrap_or((column, ""));
            text.push_str(before);
            // Into a text it cannot fail.
            write!(text, "${number}{after}").ok();
            number += 1;
        }
    }
    text.push(')');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_hold_every_row_once_in_order() {
        for count in 0..300 {
            let rows: Vec<usize> = (0..count).collect();
            let runs: Vec<&[usize]> = in_runs(&rows).collect();
            assert!(runs.iter().all(|run| SIZES.contains(&run.len())));
            assert_eq!(runs.concat(), rows);
        }
    }

    #[test]
    fn placeholders_count_through_all_rows() {
        assert_eq!(
            placeholders(1, 2, &["?", "CAST(? AS TEXT)"]),
            "($1, CAST($2 AS TEXT)), ($3, CAST($4 AS TEXT))"
        );
        assert_eq!(placeholders(5, 1, &["?"]), "($5)");
    }
}
