//! `bitacora accounts`: figures and promises in, verdicts, reports and bundles out. Prints what the book says and decides
//! nothing.

mod bundle;
mod chain;
mod figures;
mod files;
mod lint;
mod report;
mod sides;
mod texts;
mod verdicts;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use bitacora_accounts::Day;
use bitacora_accounts::book::Book;
use bitacora_api::accounts::{Accounts, AccountsError, Tools};
use bitacora_primitives::{Officer, OfficerId};
use bitacora_store::Store;

use crate::cli::DataArgs;
use crate::cli::accounts::{AccountsAct, AccountsArgs};
use crate::clock;
use crate::commands::officer::{log_origin, open};
use crate::config::Config;
use crate::error::NodeError;
use crate::keys::KeyFolder;
use crate::words::Words;

pub(crate) use files::read_file;

/// What the accounts need from outside their crates.
pub(crate) const TOOLS: Tools = Tools { read: read_file, report: report::draw };

pub(crate) fn run(args: AccountsArgs, words: Words) -> Result<ExitCode, NodeError> {
    match args.act {
        AccountsAct::Import(args) => files::import(&args, words),
        AccountsAct::Verdicts(args) => verdicts::verdicts(&args, words),
        AccountsAct::Methods(args) => figures::methods(&args, words),
        AccountsAct::Programmes(args) => figures::programmes(&args, words),
        AccountsAct::Asof(args) => figures::asof(&args, words),
        AccountsAct::Chain(args) => chain::run(&args, words),
        AccountsAct::Claims(args) => figures::claims(&args, words),
        AccountsAct::Read(args) => texts::read(&args, words),
        AccountsAct::Accept(args) => texts::accept(&args),
        AccountsAct::Bundle(args) => bundle::write(&args),
        AccountsAct::Verify { bundle, key } => bundle::verify(&bundle, &key, words),
        AccountsAct::Lint(args) => lint::run(&args, words),
        AccountsAct::Moved(args) => sides::moved(&args, words),
        AccountsAct::Rivals(args) => sides::rivals(&args, words),
        AccountsAct::Export(args) => sides::export(&args),
        AccountsAct::Report(args) => report::run(&args, words),
    }
}

/// A data folder with its accounts.
struct Office {
    config: Config,
    store: Store,
    keys: Arc<KeyFolder>,
    accounts: Accounts,
}

impl Office {
    fn open(data: &DataArgs) -> Result<Self, NodeError> {
        let (config, store) = open(data)?;
        let keys = KeyFolder::open(store.folder(), &log_origin(&config))?;
        Ok(Self { config, store, keys, accounts: Accounts::new(TOOLS) })
    }
    fn book(&self) -> Result<Arc<Book>, NodeError> {
        Ok(self.accounts.book(&self.store)?)
    }
    fn officer(&self, id: &str) -> Result<Officer, NodeError> {
        let unknown = || NodeError::UnknownOfficer { id: id.to_owned() };
        let officer: OfficerId = id.parse().map_err(|_| unknown())?;
        let stored = self.store.officer(officer)?.ok_or_else(unknown)?;
        let role = stored.role.parse().map_err(|_| unknown())?;
        Ok(Officer { id: stored.id, name: stored.name, role })
    }
}

/// Today in UTC.
fn today() -> Result<Day, NodeError> {
    let now = clock::now();
    Day::of(now).ok_or_else(|| NodeError::Accounts(AccountsError::Leaf(format!("{now} is on no day"))))
}

fn bad(path: &Path, why: impl std::fmt::Display) -> NodeError {
    NodeError::AccountsInput { path: path.to_owned(), why: why.to_string() }
}

fn bytes(path: &Path) -> Result<Vec<u8>, NodeError> {
    std::fs::read(path).map_err(NodeError::file(path, "read"))
}
