//! The binary `bitacora`: command line, configuration, clock, keys, tasks and wiring. The only crate that reads
//! the clock, the environment and randomness; it decides nothing about vessels itself.

mod bound;
mod charts;
mod cli;
mod clock;
mod commands;
mod config;
mod demo;
mod error;
mod exchange;
mod feed_url;
mod intake;
mod keys;
mod pipeline;
mod random;
mod recording;
mod replay;
mod serving;
mod spool;
mod stix;
mod summary;
mod taxii;
mod watch;
mod words;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Command};
use crate::words::Words;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let filter = EnvFilter::try_from_env("BITACORA_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let ansi = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(ansi).with_writer(std::io::stderr).init();

    let words = Words::choose(cli.lang);
    let result = match cli.command {
        Command::Ingest(args) => commands::ingest::run(args, words),
        Command::Decode(args) => commands::decode::run(&args, words),
        Command::Detect(args) => commands::detect::run(&args, words),
        Command::Node(args) => commands::node::run(args, words),
        Command::Demo(args) => commands::demo::run(args, words),
        Command::Officer(args) => commands::officer::run(args, words),
        Command::Scenario(args) => commands::scenario::run(&args, words),
        Command::Agreement(args) => commands::agreement::run(args, words),
        Command::Release(args) => commands::sharing::release(args, words),
        Command::Suspend(args) => commands::sharing::suspend(args, words),
        Command::Resume(args) => commands::sharing::resume(args, words),
        Command::Verify(args) => commands::verify::run(&args, words),
        Command::Witness(args) => commands::witness::run(args, words),
        Command::Carry(args) => commands::sharing::carry(args, words),
        Command::Stix(args) => commands::stix::run(&args, words),
        Command::Taxii(args) => commands::taxii::run(args, words),
        Command::Port(args) => commands::port::run(args, words),
        Command::Accounts(args) => commands::accounts::run(args, words),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{}", words.failure(&error));
            ExitCode::FAILURE
        }
    }
}
