//! `bitacora taxii`: who may poll and push.

use std::process::ExitCode;

use crate::cli::taxii::{TaxiiAct, TaxiiArgs};
use crate::error::NodeError;
use crate::summary::say;
use crate::taxii::new_token;
use crate::words::Words;

pub(crate) fn run(args: &TaxiiArgs, words: Words) -> Result<ExitCode, NodeError> {
    let TaxiiAct::Token { name, write } = &args.act;
    let (token, hash) = new_token()?;
    let name = toml::Value::String(name.clone());
    let may = if *write { "write = true\n" } else { "" };
    say(&format!("\n[[taxii.platforms]]\nname = {name}\ntoken_sha256 = \"{hash}\"\n{may}"))?;
    eprintln!("{}: {token}", words.taxii_token());
    Ok(ExitCode::SUCCESS)
}
