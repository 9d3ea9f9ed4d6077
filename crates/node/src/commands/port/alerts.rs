//! `bitacora port alerts`: the queue as the page shows it, a block a box.

use std::fmt::Write as _;
use std::process::ExitCode;

use bitacora_api::port::{Book, OnBox, Screening};
use bitacora_port::screening::{Journey, Tier};
use serde_json::json;

use crate::cli::port::AlertsArgs;
use crate::commands::officer::open;
use crate::error::NodeError;
use crate::summary::say;
use crate::words::Words;

pub(super) fn run(args: &AlertsArgs, words: Words) -> Result<ExitCode, NodeError> {
    let (_, store) = open(&args.data)?;
    let book = Screening::default().book(&store).map_err(NodeError::from)?;
    for on_box in book.queue().iter().filter(|on_box| args.all || on_box.tier() == Tier::First) {
        let line = if args.json { as_json(on_box)? } else { block(&book, on_box, words) };
        say(&line)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// One JSON object a box.
fn as_json(on_box: &OnBox<'_>) -> Result<String, NodeError> {
    let value = json!({
        "container": on_box.container, "level": on_box.weighed.level, "sum_nats": on_box.weighed.sum_nats,
        "tier": on_box.tier().code(), "alerts": on_box.alerts, "counted": on_box.weighed.counted,
    });
    Ok(format!("{}\n", serde_json::to_string(&value)?))
}

fn block(book: &Book, on_box: &OnBox<'_>, words: Words) -> String {
    let mut text = format!("{}  {}", on_box.container, words.level(on_box.weighed.level));
    if let Some(at) = book.journey_of(on_box.container).and_then(Journey::load_at) {
        let _ = write!(text, "  {} {at}", words.port_loads());
    }
    text.push('\n');
    for (alert, counted) in on_box.alerts.iter().zip(&on_box.weighed.counted) {
        let mark = if *counted { '+' } else { ' ' };
        let compared = alert.texts.iter().map(|(name, value)| format!("{name}={value}"));
        let numbers = alert.numbers.iter().map(|(name, value)| format!("{name}={value}"));
        let compared: Vec<String> = compared.chain(numbers).collect();
        let _ = writeln!(
            text,
            "  {mark}{:.1}  {:<4}{}  {}  {}  {}",
            alert.strength.nats,
            alert.rule.code(),
            words.finding(alert.finding),
            alert.at,
            alert.tier.code(),
            compared.join(" "),
        );
    }
    text
}
