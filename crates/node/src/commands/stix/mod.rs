//! `bitacora stix`: what the node shows its own country's platforms as one bundle, or of that the items of a file; and what
//! others wrote, checked.

mod checked;

use std::fs::OpenOptions;
use std::io::{self, BufWriter, IsTerminal as _, Read as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bitacora_exchange::record::{Entry, Record};
use bitacora_primitives::ReleaseId;
use bitacora_primitives::released::Document;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use crate::cli::stix::StixArgs;
use crate::config::data_folder;
use crate::error::NodeError;
use crate::stix::left_out::{LeftOut, Reason, Why};
use crate::stix::written::Bundle;
use crate::stix::{Holdings, Planned, What, bundle_id};
use crate::words::Words;

pub(crate) fn run(args: &StixArgs, words: Words) -> Result<ExitCode, NodeError> {
    match &args.file {
        Some(file) if args.check => checked::run(file, &bytes(file)?, args.json),
        Some(file) => some(args, file, words),
        None => all(args, words),
    }
}

fn all(args: &StixArgs, words: Words) -> Result<ExitCode, NodeError> {
    let holdings = Holdings::open(&data_folder(&args.data), args.data.database.as_deref())?;
    let mut left = LeftOut::default();
    let plan = holdings.plan(&mut left)?;
    let chosen: Vec<&Planned> = plan.iter().collect();
    write(&holdings, &chosen, args.out.as_deref(), &mut left, words)?;
    tell(&left, words);
    Ok(ExitCode::SUCCESS)
}

fn tell(left: &LeftOut, words: Words) {
    for (reason, count) in left.counts() {
        eprintln!("{}: {count:>6}  {} ({})", words.stix_left_out(), words.stix_reason(reason), reason.code());
    }
}

/// The items that a file names. What it names and the node does not show is told with its place, and the rest goes on.
fn some(args: &StixArgs, file: &Path, words: Words) -> Result<ExitCode, NodeError> {
    let named = named(&bytes(file)?, words);
    let holdings = Holdings::open(&data_folder(&args.data), args.data.database.as_deref())?;
    let plan = holdings.plan(&mut LeftOut::default())?;
    let mut chosen = vec![false; plan.len()];
    let mut all_shown = true;
    for (line, named) in named {
        let mut found = false;
        for (planned, chosen) in plan.iter().zip(&mut chosen) {
            let same = match (&named, &planned.what) {
                (Ok(Named::Release(release)), What::Release(given)) => given.release == *release,
                (Ok(Named::Document(document)), _) => holdings.is_of(planned, document),
                _ => false,
            };
            found |= same;
            *chosen |= same;
        }
        if !found {
            all_shown = false;
            let (what, why) = match named {
                Ok(named) => (format!(" {named}"), words.stix_not_shown()),
                Err(why) => (String::new(), why),
            };
            eprintln!("{}:{line}:{what} {why}", file.display());
        }
    }
    let chosen: Vec<&Planned> =
        plan.iter().zip(chosen).filter_map(|(planned, chosen)| chosen.then_some(planned)).collect();
    let mut left = LeftOut::default();
    write(&holdings, &chosen, args.out.as_deref(), &mut left, words)?;
    tell(&left, words);
    let whole = all_shown && left.counts().next().is_none();
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// An item as a file names it.
enum Named {
    Document(Box<Document>),
    Release(ReleaseId),
}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Document(document) => write!(f, "{} revision {}", document.item, document.revision),
            Self::Release(release) => write!(f, "{release}"),
        }
    }
}

/// The line where each item is named: one document for the whole file, or one document or leaf a line. Leaves of other acts
/// name none, and neither do the empty lines of leaves that were not opened to this holder.
fn named(bytes: &[u8], words: Words) -> Vec<(usize, Result<Named, &'static str>)> {
    if let Ok(document) = serde_json::from_slice(bytes) {
        return vec![(1, Ok(Named::Document(document)))];
    }
    if serde_json::from_slice::<Value>(bytes).is_ok_and(|value| is_stix(&value)) {
        return vec![(1, Err(words.stix_needs_check()))];
    }
    let text = String::from_utf8_lossy(bytes);
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let read = |line: &str| {
        if let Ok(document) = serde_json::from_str(line) {
            return Some(Ok(Named::Document(document)));
        }
        match Entry::open(line, None) {
            Ok((Entry { record: Record::Release(release), .. }, _)) => {
                Some(Ok(Named::Release(release.release)))
            }
            Ok(_) => None,
            Err(_) => Some(Err(words.stix_neither())),
        }
    };
    lines.filter_map(|(number, line)| Some((number, read(line)?))).collect()
}

/// A bundle, an envelope or an object: members that neither documents nor leaves have.
fn is_stix(value: &Value) -> bool {
    ["type", "objects", "spec_version"].iter().any(|name| value.get(name).is_some())
}

fn bytes(file: &Path) -> Result<Vec<u8>, NodeError> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        io::stdin().lock().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.map_err(NodeError::file(file, "read"))?;
    Ok(bytes)
}

/// Writes the bundle of these versions to the file, or to standard output. Whoever reads our output may close it.
fn write(
    holdings: &Holdings,
    chosen: &[&Planned],
    out: Option<&Path>,
    left: &mut LeftOut,
    words: Words,
) -> Result<(), NodeError> {
    let (mut objects, mut versions) = (0, 0);
    let mut write_to = |out: &mut dyn Write| -> io::Result<()> {
        (objects, versions) = stream(holdings, chosen, out, left)?;
        Ok(())
    };
    match out {
        Some(path) => write_whole(path, &mut write_to).map_err(NodeError::file(path, "written"))?,
        None => match write_to(&mut io::stdout().lock()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(NodeError::Output(error)),
            _ => {}
        },
    }
    eprintln!("{}", words.stix_written(objects, versions));
    Ok(())
}

/// How many objects were written, of how many versions of items.
fn stream(
    holdings: &Holdings,
    chosen: &[&Planned],
    out: &mut dyn Write,
    left: &mut LeftOut,
) -> io::Result<(u64, u64)> {
    let mut versions = 0;
    let progress = progress(chosen.len() as u64);
    let mut bundle =
        Bundle::begin(BufWriter::with_capacity(1 << 18, out), &bundle_id(chosen.iter().copied()))?;
    for planned in chosen {
        match holdings.objects(planned) {
            Ok(objects) => {
                bundle.add(&objects)?;
                versions += 1;
            }
            Err(Why::For(reason)) => left.one(reason),
            Err(why) => {
                left.one(Reason::Damaged);
                progress.suspend(|| eprintln!("{}: {why}", planned.what));
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    bundle.end().map(|(_, objects)| (objects, versions))
}

/// A bar on a terminal, nothing elsewhere.
fn progress(versions: u64) -> ProgressBar {
    let target = if io::stderr().is_terminal() {
        ProgressDrawTarget::stderr_with_hz(4)
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(versions), target);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len}  {elapsed} (-{eta})") {
        bar.set_style(style);
    }
    bar
}

/// A new file for its owner alone, put in place when it is whole and durable; nothing is left of one that failed.
fn write_whole(path: &Path, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut staged = path.as_os_str().to_owned();
    staged.push(".new");
    let staged = PathBuf::from(staged);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&staged)?;
    let written =
        write(&mut file).and_then(|()| file.sync_all()).and_then(|()| std::fs::rename(&staged, path));
    if written.is_err() {
        drop(std::fs::remove_file(&staged));
    }
    written
}
