//! `bitacora verify`: a log's directory against public keys, offline. Says what was recorded and what a cosigner
//! proves; it cannot say what happened outside the log.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bitacora_exchange::audit::{AuditError, Interval, Options, Report, TrustFile, audit};
use bitacora_exchange::history::Signatures;
use bitacora_ledger::LogFiles;
use bitacora_primitives::SuspensionId;

use crate::cli::exchange::VerifyArgs;
use crate::error::NodeError;
use crate::summary::say;
use crate::words::Words;

/// A directory on disk. Paths come from the verifier, never from the data.
pub(crate) struct OnDisk(PathBuf);

impl LogFiles for OnDisk {
    fn read(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, String> {
        let path = self.0.join(path);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        let mut bytes = Vec::new();
        let most = max_bytes as u64 + 1;
        file.take(most).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        if bytes.len() > max_bytes {
            Err(format!("it has more than {max_bytes} bytes"))
        } else {
            Ok(Some(bytes))
        }
    }

    fn kept_sizes(&self) -> Result<Vec<u64>, String> {
        let entries = match std::fs::read_dir(self.0.join("checkpoints")) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.to_string()),
        };
        let mut sizes: Vec<u64> =
            entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
        sizes.sort_unstable();
        Ok(sizes)
    }
}

pub(crate) fn run(args: &VerifyArgs, words: Words) -> Result<ExitCode, NodeError> {
    let text = std::fs::read_to_string(&args.keys).map_err(NodeError::file(&args.keys, "read"))?;
    let broken = |why: String| NodeError::Keys { path: args.keys.clone(), why };
    let keys = TrustFile::parse(&text).map_err(|error| broken(error.to_string()))?;
    let partner = args.partner.clone().or_else(|| beside(&args.dir));
    let report = check(&args.dir, partner.as_deref(), &keys, !args.no_signatures)?;
    let interval = match args.interval {
        None => None,
        Some(id) => Some(report.interval(&id).ok_or_else(|| unknown(id, &report, words))?),
    };
    say(&if args.json { json(&report, interval)? } else { print(&report, interval, words) })?;
    let inside = interval.is_none_or(|one| one.counts.of_scope == 0);
    Ok(if report.holds() && inside { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Audits one directory, with the partner's where there is one.
pub(crate) fn check(
    dir: &Path,
    partner: Option<&Path>,
    keys: &TrustFile,
    signatures: bool,
) -> Result<Report, NodeError> {
    let options = Options { signatures: if signatures { Signatures::Verify } else { Signatures::Skip } };
    let files = OnDisk(dir.to_owned());
    let other = partner.map(|dir| OnDisk(dir.to_owned()));
    let other = other.as_ref().map(|files| files as &dyn LogFiles);
    audit(&files, other, keys, options)
        .map_err(|error: AuditError| NodeError::NotALog { path: dir.to_owned(), why: error.to_string() })
}

/// The other party's log in the same holder's folder: the only other directory with a checkpoint.
fn beside(dir: &Path) -> Option<PathBuf> {
    let dir = dir.canonicalize().ok()?;
    let mut others = std::fs::read_dir(dir.parent()?)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| *path != dir && path.join("checkpoint").is_file());
    let first = others.next()?;
    others.next().is_none().then_some(first)
}

fn unknown(id: SuspensionId, report: &Report, words: Words) -> NodeError {
    let known: Vec<String> = report.suspensions.iter().map(|one| one.suspension.to_string()).collect();
    let why = if report.opaque > 0 && report.opened == 0 {
        words.verify_commitments_only.to_owned()
    } else {
        known.join(", ")
    };
    NodeError::UnknownSuspension { id: id.to_string(), why }
}

fn json(report: &Report, interval: Option<&Interval>) -> Result<String, NodeError> {
    let value = match interval {
        None => {
            serde_json::json!({ "holds": report.holds(), "first_bad_leaf": report.first_bad_leaf(), "report": report })
        }
        Some(interval) => serde_json::json!({
            "holds": report.holds() && interval.counts.of_scope == 0,
            "first_bad_leaf": report.first_bad_leaf(), "interval": interval,
        }),
    };
    Ok(format!("{value}\n"))
}

fn print(report: &Report, interval: Option<&Interval>, words: Words) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: String| text.push_str(&format!("{label:26} {value}\n"));
    line(words.verify_log, report.origin.clone());
    line(words.verify_leaves, format!("{} ({} {})", report.size, report.opened, words.verify_opened));
    line(words.verify_root, report.root.clone().unwrap_or_else(|| "·".to_owned()));
    for cosigner in &report.cosigned {
        line(words.verify_cosigned, format!("{}  {}", cosigner.by, cosigner.at));
    }
    let totals = &report.totals;
    if report.opened > 0 {
        line(words.verify_releases, totals.releases.to_string());
        line(words.verify_keys, totals.granted.to_string());
        line(words.verify_receipts, totals.receipts.to_string());
        if totals.pages > 0 {
            line(words.verify_pages, totals.pages.to_string());
            line(words.verify_not_receipted, totals.not_receipted.to_string());
        }
        line(words.verify_held, totals.held.to_string());
        line(words.verify_refused, totals.refused.to_string());
        line(words.verify_cut, totals.cut.to_string());
    } else {
        line("", words.verify_commitments_only.to_owned());
    }
    let intervals: Vec<&Interval> =
        interval.map_or_else(|| report.suspensions.iter().collect(), |one| vec![one]);
    for one in intervals {
        describe(one, words, &mut line);
    }
    if let Some(pairing) = &report.pairing {
        for way in &pairing.directions {
            let direction = format!("{} -> {}", way.from, way.to);
            line(words.verify_paired, format!("{direction}  {}", way.paired));
            if way.released_only > 0 {
                line(words.verify_one_side, format!("{direction}  {}", way.released_only));
            }
        }
    }
    for found in &report.findings {
        line(words.verify_bad_leaf, format!("{}  {}", found.leaf, found.what));
    }
    if let Some(broken) = &report.broken {
        let leaf = broken.leaf.map_or_else(|| "·".to_owned(), |leaf| leaf.to_string());
        line(words.verify_bad_leaf, format!("{leaf}  {}: {}", broken.file, broken.what));
    }
    let signatures = if report.signatures_checked { "" } else { words.verify_no_signatures };
    line(if report.holds() { words.verify_holds } else { words.verify_fails }, signatures.to_owned());
    text
}

fn describe(one: &Interval, words: Words, line: &mut impl FnMut(&str, String)) {
    line(words.verify_suspension, format!("{}  {}", one.suspension, one.by));
    line(words.verify_reason, words.pick(&one.reason).to_owned());
    line(words.verify_condition, words.pick(&one.condition).to_owned());
    let proven = |mark: &bitacora_exchange::audit::Mark| match &mark.proven {
        Some(by) => format!("{} {} ({})", words.verify_proven, by.at, by.by),
        None => words.verify_unproven.to_owned(),
    };
    let mark = |mark: &bitacora_exchange::audit::Mark| {
        format!(
            "{} {}  {} {}, {}",
            words.verify_leaf,
            mark.leaf,
            words.verify_declared,
            mark.declared,
            proven(mark)
        )
    };
    line(words.verify_began, mark(&one.began));
    for part in one.resumptions.iter().filter(|part| !part.whole) {
        line(words.verify_part_resumed, mark(&part.mark));
    }
    line(words.verify_ended, one.ended.as_ref().map_or_else(|| words.verify_in_force.to_owned(), mark));
    let counts = &one.counts;
    line(words.verify_inside, counts.of_scope.to_string());
    line(words.verify_exceptions, counts.under_exception.to_string());
    line(&format!("  {}", words.verify_held), counts.held.to_string());
    line(&format!("  {}", words.verify_cut), counts.cut.to_string());
    line(words.verify_outside, counts.outside.to_string());
}
