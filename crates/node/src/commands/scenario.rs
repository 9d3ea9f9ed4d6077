//! `bitacora scenario`: the generated theatre as a recording, and its truth apart from it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use bitacora_primitives::Instant;
use bitacora_scenarios::{Scale, Theatre, nmea, theatre_of};

use crate::cli::ScenarioArgs;
use crate::error::NodeError;
use crate::words::Words;

/// The theatre's first moment: a fixed date, so that the same seed gives the same bytes.
pub(crate) const START: Instant = Instant::from_secs(1_773_446_400); // 2026-03-14T00:00:00Z

pub(crate) fn run(args: &ScenarioArgs, words: Words) -> Result<ExitCode, NodeError> {
    eprintln!("{}", words.making_theatre);
    let theatre = make(args.seed, args.small);
    write_recording(&theatre, &args.out)?;
    if let Some(path) = &args.truth {
        let text = serde_json::to_string_pretty(&theatre.truth)?;
        std::fs::write(path, text).map_err(NodeError::file(path, "written"))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn make(seed: u64, small: bool) -> Theatre {
    theatre_of(seed, START, if small { Scale::Watch } else { Scale::Day })
}

pub(crate) fn write_recording(theatre: &Theatre, path: &Path) -> Result<(), NodeError> {
    let file = File::create(path).map_err(NodeError::file(path, "created"))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    for (_, line) in nmea(theatre) {
        out.write_all(line.as_bytes())
            .and_then(|()| out.write_all(b"\r\n"))
            .map_err(NodeError::file(path, "written"))?;
    }
    out.flush().map_err(NodeError::file(path, "written"))
}
