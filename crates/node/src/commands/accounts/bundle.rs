//! `bitacora accounts bundle` and `verify`: what the other government needs to compute every verdict again, and that
//! computation, offline.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bitacora_api::accounts::{bundle, check};
use bitacora_ledger::VerifierKey;

use super::{Office, bad, bytes, read_file};
use crate::cli::accounts::BundleArgs;
use crate::error::NodeError;
use crate::exchange::publish::write_whole;
use crate::summary::say;
use crate::words::Words;

pub(super) fn write(args: &BundleArgs) -> Result<ExitCode, NodeError> {
    let office = Office::open(&args.data)?;
    let made = bundle(&office.store, &office.accounts, office.keys.as_ref(), args.as_of)?;
    write_whole(&args.out, serde_json::to_string(&made)?.as_bytes())?;
    say(&format!("{}  {}  {}\n", args.out.display(), made.snapshot, made.verdicts_sha256))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn verify(path: &Path, keys: &[PathBuf], words: Words) -> Result<ExitCode, NodeError> {
    let mut known = Vec::new();
    for key in keys {
        let text = std::fs::read_to_string(key).map_err(NodeError::file(key, "read"))?;
        known.push(text.trim().parse::<VerifierKey>().map_err(|error| bad(key, error))?);
    }
    match check(&bytes(path)?, read_file, &known) {
        Ok(checked) => {
            say(&words.bundle_holds(&checked))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            say(&format!("{}: {error}\n", words.bundle_fails()))?;
            Ok(ExitCode::FAILURE)
        }
    }
}
