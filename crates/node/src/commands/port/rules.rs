//! `bitacora port rules`: event files in, alert lines out.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;

use bitacora_feeds::containers::{Batch, csv};
use bitacora_port::screening::inputs::ReeferRow;
use bitacora_port::screening::{Inputs, Rule, Thresholds, baseline, screen};
use bitacora_primitives::{EvidenceRef, SourceId};
use serde::de::DeserializeOwned;

use super::{bad, bytes};
use crate::cli::port::{Profile, RulesArgs};
use crate::error::NodeError;
use crate::summary::say;

pub(super) fn rules(args: &RulesArgs) -> Result<ExitCode, NodeError> {
    let asked = |rule: Rule| args.rules.is_empty() || args.rules.contains(&rule);
    let lines = match args.profile {
        Profile::Baseline => {
            let mut screened =
                baseline::screen(&bytes(&args.input)?).map_err(|error| bad(&args.input, &error))?;
            screened
                .alerts
                .retain(|alert| Rule::ALL.iter().any(|rule| rule.number() == alert.rule && asked(*rule)));
            for refusal in &screened.refusals {
                eprintln!("{}: {refusal}", args.input.display());
            }
            screened.alert_lines(args.tiers)
        }
        Profile::Field => {
            let wanted: Vec<Rule> = Rule::ALL.iter().copied().filter(|rule| asked(*rule)).collect();
            screen(field_inputs(args)?, &Thresholds::default(), &wanted).alert_lines(args.tiers)
        }
    };
    say(&lines)?;
    Ok(ExitCode::SUCCESS)
}

fn field_inputs(args: &RulesArgs) -> Result<Inputs, NodeError> {
    let read = csv::events(open(&args.input)?, "events", source_of(&args.input))
        .map_err(|error| bad(&args.input, &error))?;
    let mut inputs = Inputs { events: told(&args.input, read), ..Inputs::default() };
    inputs.orders = args.orders.as_deref().map(side_table).transpose()?;
    inputs.access = some_table(args.access.as_deref())?;
    inputs.telematics = some_table(args.telematics.as_deref())?;
    inputs.seal_ranges = some_table(args.seal_ranges.as_deref())?;
    inputs.travel_times = some_table(args.travel_times.as_deref())?;
    if let Some(path) = &args.reefer {
        for (evidence, row) in rows::<ReeferRow>(path)? {
            let at = row.at;
            inputs.events.push(row.event("reefer", at, evidence));
        }
    }
    Ok(inputs)
}

fn some_table<T: DeserializeOwned>(path: Option<&Path>) -> Result<Vec<T>, NodeError> {
    path.map_or_else(|| Ok(Vec::new()), side_table)
}

fn side_table<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, NodeError> {
    rows(path).map(|rows| rows.into_iter().map(|(_, row)| row).collect())
}

fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<(EvidenceRef, T)>, NodeError> {
    csv::table(open(path)?, source_of(path)).map(|read| told(path, read)).map_err(|error| bad(path, &error))
}

fn source_of(path: &Path) -> SourceId {
    SourceId::of(&[path.as_os_str().as_encoded_bytes()])
}

/// The items, with the defects told on standard error.
fn told<T>(path: &Path, read: Batch<T>) -> Vec<T> {
    for defect in &read.defects {
        eprintln!("{}: {defect}", path.display());
    }
    let untold = read.defective - read.defects.len() as u64;
    if untold > 0 {
        eprintln!("{}: {untold} more defects", path.display());
    }
    read.items
}

fn open(path: &Path) -> Result<BufReader<File>, NodeError> {
    File::open(path).map(BufReader::new).map_err(NodeError::file(path, "read"))
}
