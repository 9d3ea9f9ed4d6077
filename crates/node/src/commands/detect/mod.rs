//! `bitacora detect`: a table of positions in, what the detectors find in it out, one row each. Stores nothing and asks
//! nobody. With `--from` and `--to` the same detectors go through the archive ([`archive`]).

pub(crate) mod archive;
mod encounters;
mod gaps;
mod identity;
mod input;
mod port_visits;
mod segments;
mod settings;
mod sheet;
mod slow;
mod tracks;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use bitacora_primitives::Duration;

use self::input::Input;
use self::settings::Settings;
use crate::cli::detect::{DetectArgs, DetectKind, Mode};
use crate::error::NodeError;
use crate::summary::say;
use crate::words::Words;

/// What a detector is given: its input, its parameters, and where its rows go.
struct Task<'a> {
    args: &'a DetectArgs,
    settings: Settings,
    out: &'a mut dyn Write,
}

pub(crate) fn run(args: &DetectArgs, words: Words) -> Result<ExitCode, NodeError> {
    if args.archive.from.is_some() && !args.describe {
        return archive::run(args, words);
    }
    let [kind] = *args.kinds.as_slice() else { return Err(NodeError::OneKind) };
    let detector = Detector::of(kind);
    let mut settings = (detector.settings)(args.mode)
        .ok_or_else(|| NodeError::Parameter { entry: "--mode gfw".to_owned(), why: no_peer(kind) })?;
    if args.describe {
        say(&words.detector(kind, args.mode, &settings.describe(words)))?;
        return Ok(ExitCode::SUCCESS);
    }
    settings.set(&args.set)?;
    let mut out: Box<dyn Write> = match &args.out {
        Some(path) => Box::new(File::create(path).map_err(NodeError::file(path, "created"))?),
        None => Box::new(io::stdout().lock()),
    };
    let mut out = BufWriter::with_capacity(1 << 18, &mut out);
    let task = Task { args, settings, out: &mut out };
    match (detector.run)(task).and_then(|()| out.flush().map_err(NodeError::Output)) {
        // Whoever reads our output has closed it, as `head` does: that is no error.
        Err(NodeError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error),
        Ok(()) => Ok(ExitCode::SUCCESS),
    }
}

/// A kind by its functions.
struct Detector {
    /// `None` where there is no such mode.
    settings: fn(Mode) -> Option<Settings>,
    run: fn(Task<'_>) -> Result<(), NodeError>,
}

impl Detector {
    fn of(kind: DetectKind) -> Self {
        match kind {
            DetectKind::Segments => Self { settings: segments::settings, run: segments::run },
            DetectKind::Encounters => Self { settings: encounters::settings, run: encounters::run },
            DetectKind::Gaps => Self { settings: gaps::settings, run: gaps::run },
            DetectKind::Loitering => Self { settings: slow::loitering_settings, run: slow::loitering },
            DetectKind::Stops => Self { settings: slow::stop_settings, run: slow::stops },
            DetectKind::PortVisits => Self { settings: port_visits::settings, run: port_visits::run },
            DetectKind::Identity => Self { settings: identity::settings, run: identity::run },
        }
    }
}

/// The most memory that this process ever held, MiB; `None` where the system does not say.
fn peak_mib() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

fn no_peer(kind: DetectKind) -> String {
    format!("{kind:?} have no definition of that peer").to_lowercase()
}

impl Task<'_> {
    /// The table named by `--in`.
    fn read(&self, wanted: input::Wanted) -> Result<Input, NodeError> {
        let path = self.args.input.as_deref().unwrap_or_else(|| Path::new("-"));
        Input::read(path, self.args.map.as_deref(), wanted)
    }

    fn number(&self, name: &str) -> f64 {
        self.settings.get(name)
    }
    fn hours(&self, name: &str) -> Duration {
        Duration::from_secs_f64(self.number(name) * 3600.0)
    }
    fn minutes(&self, name: &str) -> Duration {
        Duration::from_secs_f64(self.number(name) * 60.0)
    }
    fn seconds(&self, name: &str) -> Duration {
        Duration::from_secs_f64(self.number(name))
    }
}
