//! The table at the end of `ingest` and `decode --summary`: what came, what was ignored, what was refused and why.

use std::io::Write;
use std::path::PathBuf;

use bitacora_store::Tallies;
use serde_json::json;

use crate::error::NodeError;
use crate::words::Words;

#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) name: String,
    pub(crate) tallies: Tallies,
    pub(crate) mark: u64,
    pub(crate) usable: bool,
    pub(crate) needs_start: bool,
    pub(crate) events: u64,
    pub(crate) leads: u64,
    pub(crate) late: u64,
    pub(crate) seconds: f64,
    pub(crate) quarantine: Option<PathBuf>,
    /// What ended the reading before the recording did.
    pub(crate) damage: Option<NodeError>,
}

impl Summary {
    fn of(&self, code: &str) -> u64 {
        self.tallies.get(code).copied().unwrap_or(0)
    }

    fn under(&self, prefix: &str) -> Vec<(&str, u64)> {
        self.tallies.iter().filter_map(|(code, count)| Some((code.strip_prefix(prefix)?, *count))).collect()
    }
}

pub(crate) fn print(summary: &Summary, as_json: bool, words: Words) -> Result<(), NodeError> {
    say(&if as_json { json_line(summary) } else { table(summary, words) })
}

/// Prints to standard output. That nobody reads it any more, as behind `head`, is no error.
pub(crate) fn say(text: &str) -> Result<(), NodeError> {
    let mut out = std::io::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(NodeError::Output(error)),
        _ => Ok(()),
    }
}

fn json_line(summary: &Summary) -> String {
    let mut by_type: Vec<(u8, u64)> = summary
        .under("message:")
        .into_iter()
        .filter_map(|(kind, count)| Some((kind.parse().ok()?, count)))
        .collect();
    by_type.sort_unstable();
    let by_type: serde_json::Map<String, serde_json::Value> =
        by_type.into_iter().map(|(kind, count)| (kind.to_string(), json!(count))).collect();
    let refused: serde_json::Map<String, serde_json::Value> = summary
        .under("refused:")
        .into_iter()
        .map(|(reason, count)| (reason.to_owned(), json!(count)))
        .collect();
    let line = json!({
        "source": summary.name, "lines": summary.of("lines"), "messages": summary.of("messages"),
        "ignored": summary.of("ignored"), "duplicates": summary.of("duplicates"),
        "positions": summary.of("positions"), "position_not_available": summary.of("position_not_available"),
        "late": summary.late, "events": summary.events, "leads": summary.leads,
        "by_type": by_type, "refused": refused, "commit_line": summary.mark, "seconds": summary.seconds,
    });
    format!("{line}\n")
}

fn table(summary: &Summary, words: Words) -> String {
    let refused = summary.under("refused:");
    let total: u64 = refused.iter().map(|(_, count)| count).sum();
    let mut text = format!("{} {}\n", words.source, summary.name);
    let mut row = |name: &str, value: String| text.push_str(&format!("  {name:<44} {value:>12}\n"));
    row(words.lines, grouped(summary.of("lines")));
    row(words.messages, grouped(summary.of("messages")));
    row(words.ignored, grouped(summary.of("ignored")));
    row(words.refused, grouped(total));
    row(words.duplicates, grouped(summary.of("duplicates")));
    row(words.positions, grouped(summary.of("positions")));
    row(words.position_not_available, grouped(summary.of("position_not_available")));
    if summary.mark > 0 {
        row(words.late, grouped(summary.late));
        row(words.events, grouped(summary.events));
        row(words.leads, grouped(summary.leads));
        row(words.commit_mark, grouped(summary.mark));
    }
    if summary.seconds > 0.0 {
        let rate = summary.of("lines") as f64 / summary.seconds;
        row(&format!("{} ({})", words.rate, words.per_second), grouped(rate as u64));
    }
    let by_type = summary.under("message:");
    if !by_type.is_empty() {
        let mut by_type: Vec<(u8, u64)> =
            by_type.into_iter().filter_map(|(kind, count)| Some((kind.parse().ok()?, count))).collect();
        by_type.sort_unstable();
        text.push_str(&format!("  {:>6} {:>12}\n", words.type_column, words.count_column));
        for (kind, count) in by_type {
            text.push_str(&format!("  {kind:>6} {:>12}\n", grouped(count)));
        }
    }
    if !refused.is_empty() {
        text.push_str(&format!("  {:<44} {:>12}\n", words.reason_column, words.count_column));
        for (reason, count) in refused {
            text.push_str(&format!("  {reason:<44} {:>12}\n", grouped(count)));
        }
    }
    if let Some(path) = &summary.quarantine {
        text.push_str(&format!("  {}: {}\n", words.quarantine_file, path.display()));
    }
    text
}

/// Digits in groups of three, parted by a thin space's plain cousin, the same in both languages.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1 234 567");
    }
}
