//! The cells that both comma-separated formats have in common, and the rows around them (RFC 4180).

use crate::guard;
use crate::observation::{Observation, Source};
use crate::period::Nature;

/// What the house adds to a format, in the order of `carried::Names::all`, the source's name and reference before it.
pub(super) fn carried(observation: &Observation) -> [String; 13] {
    let text = |text: Option<&str>| guard::on(text.unwrap_or(""));
    let dates = |dates: Option<crate::day::Dates>| dates.map_or_else(String::new, |dates| dates.to_string());
    let base = observation.base();
    let (file, row, from, to) = match &observation.source {
        Source::Named { file, row, .. } => (file, row.to_string(), String::new(), String::new()),
        Source::Document { document, from, to } => {
            (document, String::new(), from.to_string(), to.to_string())
        }
    };
    [
        nature(observation.period.nature()).to_owned(),
        observation.bound.code().to_owned(),
        dates(base.map(crate::period::Period::dates)),
        base.map_or("", |base| nature(base.nature())).to_owned(),
        text(observation.method.as_deref()),
        text(observation.publisher.as_deref()),
        dates(observation.vintage),
        dates(observation.published),
        observation.status.code().to_owned(),
        file.to_string(),
        row,
        from,
        to,
    ]
}

const fn nature(nature: Nature) -> &'static str {
    match nature {
        Nature::Stock => "stock",
        Nature::Flow => "flow",
    }
}

/// The name and the reference of the source; empty where it is a document.
pub(super) fn source(observation: &Observation) -> [String; 2] {
    match &observation.source {
        Source::Named { name, reference, .. } => [guard::on(name), guard::on(reference)],
        Source::Document { .. } => [String::new(), String::new()],
    }
}

pub(super) fn decimal(value: Option<crate::decimal::Decimal>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

pub(super) fn row<'c>(out: &mut String, cells: impl IntoIterator<Item = &'c str>) {
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}
