//! `bitacora port`: events in, alerts, coverage and picks out. Nothing is fetched: beacon rounds and shares come as files.

mod alerts;
mod check;
pub(crate) mod draw;
pub(crate) mod ingest;
mod reading;
mod rules;
mod solve;

use std::path::Path;
use std::process::ExitCode;

use bitacora_scenarios::port;

use crate::cli::port::{PortAct, PortArgs, SimulateArgs};
use crate::error::NodeError;
use crate::exchange::engine::Chain;
use crate::exchange::publish::write_whole;
use crate::summary::say;
use crate::words::Words;

pub(crate) fn run(args: PortArgs, words: Words) -> Result<ExitCode, NodeError> {
    match args.act {
        PortAct::Ingest(args) => ingest::run(&args),
        PortAct::Alerts(args) => alerts::run(&args, words),
        PortAct::Simulate(args) => simulate(&args),
        PortAct::Validate(args) => check::validate(&args),
        PortAct::Convert(args) => check::convert(&args),
        PortAct::Rules(args) => rules::rules(&args),
        PortAct::Solve(args) => solve::solve(&args),
        PortAct::Draw(args) => draw::draw(args.act),
        PortAct::VerifyDraw { file, commitment } => draw::verify_draw(&file, commitment.as_deref()),
    }
}

fn simulate(args: &SimulateArgs) -> Result<ExitCode, NodeError> {
    if let Some(folder) = &args.out {
        let day = port::port_day(args.seed, port::report::START);
        for (name, text) in day.files() {
            write_whole(&folder.join(name), text.as_bytes())?;
        }
        write_whole(&folder.join("truth.json"), day.truth.to_json()?.as_bytes())?;
    }
    let text = match args.seeds {
        1 => port::report(args.seed),
        seeds => port::report::report_over(args.seed..args.seed.saturating_add(seeds)),
    };
    say(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn bad(path: &Path, error: &dyn std::error::Error) -> NodeError {
    NodeError::Port { path: path.to_owned(), why: Chain(error).to_string() }
}

fn bytes(path: &Path) -> Result<Vec<u8>, NodeError> {
    std::fs::read(path).map_err(NodeError::file(path, "read"))
}

fn text(path: &Path) -> Result<String, NodeError> {
    std::fs::read_to_string(path).map_err(NodeError::file(path, "read"))
}
