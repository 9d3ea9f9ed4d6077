//! The tidy table with the columns that let it read back exactly. A text that a spreadsheet would compute stands behind
//! an apostrophe, which the import takes off again.

use crate::guard;
use crate::import::TIDY_COLUMNS;
use crate::observation::Observation;

use super::cells;

/// The columns, in the order of the cells.
pub(super) fn heading() -> Vec<&'static str> {
    let own = [
        "series_id",
        "country",
        "year",
        "value",
        "unit",
        "low",
        "high",
        "source_name",
        "source_ref",
        "note",
        "ship",
    ];
    own.into_iter().chain(TIDY_COLUMNS.all()).collect()
}

pub fn tidy<'o>(observations: impl IntoIterator<Item = &'o Observation>) -> Vec<u8> {
    let mut out = String::new();
    cells::row(&mut out, heading());
    for observation in observations {
        let [name, reference] = cells::source(observation);
        let own = [
            guard::on(observation.series.as_str()),
            observation.place.to_string(),
            observation.period.dates().to_string(),
            observation.number().to_string(),
            observation.unit.to_string(),
            cells::decimal(observation.low),
            cells::decimal(observation.high),
            name,
            reference,
            guard::on(&observation.note),
            if observation.ship { "yes" } else { "no" }.to_owned(),
        ];
        let carried = cells::carried(observation);
        cells::row(&mut out, own.iter().chain(&carried).map(String::as_str));
    }
    out.into_bytes()
}
