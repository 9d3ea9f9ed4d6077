//! `bitacora accounts lint`: tables checked against themselves and one another. A finding, its row, its arithmetic; what a
//! figure means is for people to say.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use bitacora_accounts::Observation;
use bitacora_accounts::book::Parsed;
use bitacora_accounts::import::Imported;
use bitacora_accounts::lint::lint;
use bitacora_accounts::record::FileImported;
use serde_json::json;

use super::{bad, bytes, files};
use crate::cli::accounts::LintArgs;
use crate::error::NodeError;
use crate::summary::say;
use crate::words::Words;

pub(super) fn run(args: &LintArgs, words: Words) -> Result<ExitCode, NodeError> {
    let layout = args.layout.layout()?;
    let mut tables: Vec<(String, Imported<Observation>)> = Vec::new();
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for path in &args.files {
        let raw = bytes(path)?;
        let format =
            files::detect(&raw, layout.as_ref()).ok_or_else(|| bad(path, words.accounts_unknown_table()))?;
        let mut name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let same = names.entry(name.clone()).or_default();
        *same += 1;
        if *same > 1 {
            name = path.display().to_string();
        }
        let file = FileImported {
            name: name.clone(),
            sha256: String::new(),
            format,
            layout: layout.clone(),
            rows: 0,
            defects: 0,
        };
        match files::read_file(&file, &raw).map_err(|why| bad(path, why))? {
            Parsed::Observations(own) => tables.push((name, own)),
            _ => eprintln!("{name}: {}", words.lint_no_figures()),
        }
    }
    let given: Vec<(&str, &Imported<Observation>)> =
        tables.iter().map(|(name, own)| (name.as_str(), own)).collect();
    let findings = lint(&given);
    let mut text = String::new();
    for finding in &findings {
        let _ = if args.json {
            let others: Vec<_> =
                finding.others.iter().map(|at| json!({ "file": &*at.file, "row": at.line })).collect();
            let row = json!({
                "code": finding.code, "file": &*finding.at.file, "row": finding.at.line, "series": finding.series,
                "arithmetic": finding.arithmetic.as_ref().map(ToString::to_string),
                "computed": finding.arithmetic.as_ref().map(|own| own.computed),
                "stated": finding.arithmetic.as_ref().map(|own| own.stated),
                "unit": finding.arithmetic.as_ref().and_then(|own| own.unit),
                "others": others, "text": finding.text,
            });
            writeln!(text, "{row}")
        } else {
            writeln!(
                text,
                "{}:{}  {}\n  {}",
                finding.at.file,
                finding.at.line,
                finding.code,
                words.lint_sentence(finding)
            )
        };
    }
    if findings.is_empty() && !args.json {
        let _ = writeln!(text, "{}", words.lint_nothing());
    }
    say(&text)?;
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
