//! `bitacora accounts rivals`, `moved` and `export`: methods side by side, two days side by side, and figures for others'
//! programs.

use std::fmt::Write as _;
use std::process::ExitCode;

use bitacora_accounts::Decimal;
use bitacora_accounts::audit::audit;
use bitacora_accounts::export::Selection;
use bitacora_accounts::moved::moved as between;
use bitacora_accounts::rivals::pooled::{Model, pool_curves};
use bitacora_accounts::rivals::{divergence, hull};
use bitacora_api::accounts::{Written, export as export_of};
use serde_json::json;

use super::{Office, today};
use crate::cli::accounts::{ExportArgs, ExportFormat, MovedArgs, RivalsArgs};
use crate::error::NodeError;
use crate::exchange::publish::write_whole;
use crate::summary::say;
use crate::words::Words;

pub(super) fn rivals(args: &RivalsArgs, words: Words) -> Result<ExitCode, NodeError> {
    let book = Office::open(&args.data)?.book()?;
    let unknown = || NodeError::UnknownSeries { series: args.indicator.to_string() };
    let indicator = book.registry().indicator(&args.indicator).ok_or_else(unknown)?;
    let day = args.as_of.map_or_else(today, Ok)?;
    let refused = |why: String| NodeError::NotCompared { indicator: args.indicator.to_string(), why };
    let curves = book.curves(indicator, day).map_err(|error| refused(error.to_string()))?;
    let pooled = match args.pooled {
        true => Some(pool_curves(&curves, &Model::default()).map_err(|error| refused(error.to_string()))?),
        false => None,
    };
    let mut rival_pairs = Vec::new();
    for (place, against) in curves.iter().enumerate() {
        for of in curves.iter().skip(place + 1) {
            rival_pairs.extend(
                divergence(&curves, &of.method, &against.method).ok().filter(|own| !own.ratios.is_empty()),
            );
        }
    }
    let audits = audit(book.ledger(), day);
    if args.json {
        let of = |series: &bitacora_accounts::SeriesId| indicator.series().any(|own| own == series);
        let intervals: Vec<_> =
            audits.iter().flat_map(|own| &own.intervals).filter(|own| of(&own.series)).collect();
        let whole = json!({ "indicator": indicator.id, "as_of": day, "curves": curves, "hull": hull(&curves),
            "divergence": rival_pairs, "pooled": pooled, "intervals": intervals });
        say(&format!("{whole}\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = format!("{}  {day}\n{:>6}", words.bilingual(&indicator.name), "");
    let named = |code: &str| {
        book.registry().method(code).map_or(code.to_owned(), |own| words.bilingual(&own.name).to_owned())
    };
    for curve in &curves {
        let _ = write!(text, "  {:>20}", named(&curve.method));
    }
    let _ = writeln!(text, "{}", if pooled.is_some() { words.rivals_pooled() } else { "" });
    let years: std::collections::BTreeSet<i16> =
        curves.iter().flat_map(|curve| &curve.points).map(|point| point.year).collect();
    for year in years {
        let _ = write!(text, "{year:>6}");
        for curve in &curves {
            let cell = curve.at(year).map_or_else(|| "-".to_owned(), |point| words.decimal(point.value));
            let _ = write!(text, "  {cell:>20}");
        }
        if let Some(own) = pooled.as_ref().and_then(|own| own.years.iter().find(|own| own.year == year)) {
            let _ = write!(text, "  {:>10.0}  [{:.0}; {:.0}]", own.median, own.ninety.low, own.ninety.high);
        }
        text.push('\n');
    }
    for own in &rival_pairs {
        let (low, high) = (
            own.lowest.as_ref().map_or(0.0, |own| own.ratio),
            own.highest.as_ref().map_or(0.0, |own| own.ratio),
        );
        let _ = writeln!(
            text,
            "{} / {}: {low:.2}-{high:.2}, {} {:.2}, {} {}/{}",
            named(&own.of),
            named(&own.against),
            words.rivals_mean(),
            own.geometric_mean.unwrap_or(0.0),
            words.rivals_signs(),
            own.opposite.len(),
            own.year_pairs
        );
    }
    if let Some(pooled) = &pooled {
        let mut codes: Vec<&str> = pooled.not_identified.iter().map(|own| own.code()).collect();
        codes.dedup();
        let _ = writeln!(text, "{}: {}", words.rivals_not_identified(), codes.join(", "));
    }
    for own in audits.iter().filter(|own| own.with_inferred.of > 0) {
        let publisher = own.publisher.as_deref().unwrap_or("-");
        let (inside, of) = (own.with_inferred.inside, own.with_inferred.of);
        let _ = writeln!(text, "{} {publisher}: {inside}/{of}", words.rivals_intervals());
    }
    say(&text)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn moved(args: &MovedArgs, words: Words) -> Result<ExitCode, NodeError> {
    let book = Office::open(&args.data)?.book()?;
    let refused = |error: bitacora_accounts::moved::NotMoved| NodeError::NotCompared {
        indicator: format!("{} - {}", args.from, args.to),
        why: error.to_string(),
    };
    let found = between(book.ledger(), args.from, args.to, &[]).map_err(refused)?;
    let mut text = String::new();
    if args.json {
        for change in &found.changes {
            let _ = writeln!(text, "{}", serde_json::to_string(change)?);
        }
        for headline in &found.headlines {
            let _ = writeln!(text, "{}", json!({ "headline": headline }));
        }
    } else {
        let number =
            |value: Option<Decimal>| value.map_or_else(|| "-".to_owned(), |value| words.decimal(value));
        for change in &found.changes {
            let (before, after) = (change.before.map(|own| own.value), change.after.map(|own| own.value));
            let _ = writeln!(
                text,
                "{:<12} {:<34} {} {:<11} {:>14} -> {:>14}  {}",
                words.moved_cause(change.cause),
                change.series.to_string(),
                change.place,
                change.period.dates().to_string(),
                number(before),
                number(after),
                change.factor.as_ref().and_then(|own| own.mover).unwrap_or("")
            );
        }
        for own in found.headlines.iter().filter(|own| own.parts.is_some()) {
            let parts = own.parts.as_ref();
            let _ = writeln!(
                text,
                "{}: {} -> {} {}  = {} {} {} {}",
                own.series,
                words.decimal(own.then.value),
                number(own.now.as_ref().map(|now| now.value)),
                own.unit,
                words.moved_world(),
                number(parts.map(|parts| parts.world)),
                words.moved_revision(),
                number(parts.map(|parts| parts.revision)),
            );
        }
    }
    say(&text)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn export(args: &ExportArgs) -> Result<ExitCode, NodeError> {
    let book = Office::open(&args.data)?.book()?;
    let written = match args.format {
        ExportFormat::Csv => Written::Csv,
        ExportFormat::Sdmx => Written::Sdmx,
        ExportFormat::Csvw => Written::Csvw,
        ExportFormat::Prov => Written::Prov,
    };
    let selection = Selection { series: args.series.clone(), known_on: args.as_of };
    let bytes = export_of(&book, written, &selection, "Bitácora")
        .map_err(|error| NodeError::NotCompared { indicator: "export".to_owned(), why: error.to_string() })?;
    match &args.out {
        Some(out) => write_whole(out, &bytes)?,
        None => say(&String::from_utf8_lossy(&bytes))?,
    }
    Ok(ExitCode::SUCCESS)
}
