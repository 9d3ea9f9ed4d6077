//! What of the archive could not be read: file, row group, row and rule, with how many rows broke it. The rest goes on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Rows of one file that break one rule, by the first of them; or the file itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Refused {
    pub(super) file: String,
    /// Row group, and row in it; none where the whole file or group is refused.
    pub(super) group: Option<usize>,
    pub(super) row: Option<usize>,
    pub(super) rule: String,
    pub(super) rows: u64,
}

impl Refused {
    pub(super) fn file(name: &str, rule: String) -> Self {
        Self { file: name.to_owned(), group: None, row: None, rule, rows: 0 }
    }
}

/// Gathers refusals: of many rows of a file that break one rule the first is kept, and their number.
#[derive(Debug, Default)]
pub(super) struct Gathered(BTreeMap<(String, String), Refused>);

impl Gathered {
    pub(super) fn add(&mut self, one: Refused) {
        match self.0.get_mut(&(one.file.clone(), one.rule.clone())) {
            Some(known) => {
                if (one.group, one.row) < (known.group, known.row) {
                    (known.group, known.row) = (one.group, one.row);
                }
                known.rows += one.rows;
            }
            None => {
                self.0.insert((one.file.clone(), one.rule.clone()), one);
            }
        }
    }

    pub(super) fn into_list(self) -> Vec<Refused> {
        self.0.into_values().collect()
    }
}
