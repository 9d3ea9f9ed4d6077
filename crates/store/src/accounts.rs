//! What people added to the accounts, fact after fact, each with its leaf. A body is JSON that this crate never reads; the
//! bytes of imported files lie in the data folder under their hash.

use bitacora_primitives::Instant;

use crate::link::{Cells, Link, args};
use crate::log::{self, Leaf};
use crate::{Store, StoreError};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountFact {
    pub id: String,
    pub recorded: Instant,
    pub body: String,
}

const COLUMNS: &str = "id, recorded, body";

impl Store {
    /// All facts in the log's order.
    pub fn account_facts(&self) -> Result<Vec<AccountFact>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM account_fact ORDER BY leaf_index");
        self.read(|link| {
            link.query("reading facts of the accounts", &sql, &[])?.into_iter().map(fact).collect()
        })
    }

    /// How many there are: facts are only added, so that an equal count is an equal content.
    pub fn account_fact_count(&self) -> Result<u64, StoreError> {
        self.read(count)
    }

    /// Stores a fact with its leaf in this node's log, in one transaction, if there are as many facts as the caller has
    /// seen. Otherwise nothing is stored: what was decided on older facts is decided again. One that is stored already
    /// changes nothing.
    pub fn log_account_fact(
        &self,
        new: &AccountFact,
        seen: u64,
        make_leaf: impl FnOnce(u64) -> Leaf,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "recording a fact of the accounts";
        self.write(DOING, |link| {
            let known = "SELECT id FROM account_fact WHERE id = $1";
            if link.query_first(DOING, known, args![&new.id])?.is_some() {
                return Ok(true);
            }
            if count(link)? != seen {
                return Ok(false);
            }
            let leaf = log::append(link, make_leaf)?;
            let sql = format!("INSERT INTO account_fact ({COLUMNS}, leaf_index) VALUES ($1, $2, $3, $4)");
            link.execute(DOING, &sql, args![&new.id, new.recorded, &new.body, leaf])?;
            Ok(true)
        })
    }
}

fn count(link: &mut Link) -> Result<u64, StoreError> {
    let row = link.query_first("counting facts of the accounts", "SELECT COUNT(*) FROM account_fact", &[])?;
    row.map_or(Ok(0), |mut row| row.number())
}

fn fact(mut cells: Cells) -> Result<AccountFact, StoreError> {
    Ok(AccountFact { id: cells.text()?, recorded: cells.instant()?, body: cells.text()? })
}
