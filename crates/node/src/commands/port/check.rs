//! `bitacora port validate` and `convert`: a file against its standard, and written again.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use bitacora_feeds::containers::edifact;
use bitacora_port::screening::inputs::{
    AccessRecord, FoundBad, Order, ReeferRow, SealRange, TelematicsRecord, TravelTime,
};
use bitacora_primitives::SourceId;
use serde::de::DeserializeOwned;

use super::reading::{self, Reading, TOLD};
use super::{bad, bytes};
use crate::cli::port::{ConvertArgs, Standard, Target, ValidateArgs};
use crate::error::NodeError;
use crate::summary::say;

/// A line a file: `FILE: valid`, or its first defects. Fails when one has any.
pub(super) fn validate(args: &ValidateArgs) -> Result<ExitCode, NodeError> {
    let mut all_valid = true;
    for path in &args.files {
        let defects = match defects(path, args.standard) {
            Ok(defects) => defects,
            Err(error @ (NodeError::Port { .. } | NodeError::File { .. })) => (vec![error.to_string()], 1),
            Err(error) => return Err(error),
        };
        let (told, count) = defects;
        let line = match told.first() {
            None => "valid".to_owned(),
            Some(first) if count == 1 => first.clone(),
            Some(_) => {
                let more = count.saturating_sub(told.len() as u64);
                let more = if more > 0 { format!("; {more} more") } else { String::new() };
                format!("{}{more}", told.join("; "))
            }
        };
        all_valid &= told.is_empty();
        say(&format!("{}: {line}\n", path.display()))?;
    }
    Ok(if all_valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn defects(path: &Path, standard: Standard) -> Result<(Vec<String>, u64), NodeError> {
    let raw = bytes(path)?;
    let source = SourceId::of(&[path.as_os_str().as_encoded_bytes()]);
    match standard {
        Standard::Orders => rows::<Order>(path, &raw, source),
        Standard::Access => rows::<AccessRecord>(path, &raw, source),
        Standard::Reefer => rows::<ReeferRow>(path, &raw, source),
        Standard::Telematics => rows::<TelematicsRecord>(path, &raw, source),
        Standard::SealRanges => rows::<SealRange>(path, &raw, source),
        Standard::TravelTimes => rows::<TravelTime>(path, &raw, source),
        Standard::FoundBad => rows::<FoundBad>(path, &raw, source),
        Standard::Epcis2 => {
            // What an event leaves out of the model is no defect of the document.
            let read = bitacora_feeds::containers::epcis::read(&raw, source);
            Ok(told(&read.defects, read.defective))
        }
        _ => {
            let how = Reading { source, authority: "events", minutes_east: 0 };
            let read = reading::events(&raw, standard, how).map_err(|error| bad(path, &error))?;
            Ok(told(&read.events.defects, read.events.defective))
        }
    }
}

fn rows<T: DeserializeOwned>(
    path: &Path,
    raw: &[u8],
    source: SourceId,
) -> Result<(Vec<String>, u64), NodeError> {
    let read = reading::table::<T>(raw, source).map_err(|error| bad(path, &error))?;
    Ok(told(&read.defects, read.defective))
}

fn told(defects: &[bitacora_feeds::containers::Defect], count: u64) -> (Vec<String>, u64) {
    (defects.iter().take(TOLD).map(ToString::to_string).collect(), count)
}

pub(super) fn convert(args: &ConvertArgs) -> Result<ExitCode, NodeError> {
    let raw = bytes(&args.file)?;
    let Target::Edifact = args.to;
    let source = SourceId::of(&[args.file.as_os_str().as_encoded_bytes()]);
    let interchange = edifact::read(&raw, source);
    for defect in interchange.batch.defects.iter().take(TOLD) {
        eprintln!("{}: {defect}", args.file.display());
    }
    let mut out = std::io::stdout().lock();
    out.write_all(&interchange.to_bytes()).and_then(|()| out.flush()).map_err(NodeError::Output)?;
    Ok(ExitCode::SUCCESS)
}
