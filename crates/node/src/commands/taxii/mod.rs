//! `bitacora taxii`: who may poll and push here, and whom this node polls and pushes to.

mod servers;

use std::process::ExitCode;

use crate::cli::taxii::{TaxiiAct, TaxiiArgs};
use crate::error::NodeError;
use crate::summary::say;
use crate::taxii::new_token;
use crate::taxii::remote::Wanted;
use crate::words::Words;

pub(crate) fn run(args: TaxiiArgs, words: Words) -> Result<ExitCode, NodeError> {
    match args.act {
        TaxiiAct::Token { name, write } => token(name, write, words),
        TaxiiAct::Servers { data, json } => servers::standing(&data, json, words),
        TaxiiAct::Poll(args) => servers::turn(&args, Wanted { poll: true, push: false }, words),
        TaxiiAct::Push(args) => servers::turn(&args, Wanted { poll: false, push: true }, words),
    }
}

fn token(name: String, write: bool, words: Words) -> Result<ExitCode, NodeError> {
    let (token, hash) = new_token()?;
    let name = toml::Value::String(name);
    let may = if write { "write = true\n" } else { "" };
    say(&format!("\n[[taxii.platforms]]\nname = {name}\ntoken_sha256 = \"{hash}\"\n{may}"))?;
    eprintln!("{}: {token}", words.taxii_token());
    Ok(ExitCode::SUCCESS)
}
