//! SDMX-CSV 2.0 (field guide 2.0, "Columns": structure, its identification, action, dimensions, measures, attributes). All
//! that tells two figures apart stands before the value, as dimensions do, so that no message says one key twice.

use crate::guard;
use crate::import::{SDMX_COLUMNS, sdmx::time};
use crate::observation::{Observation, Status};

use super::cells;

/// The data structure that the columns are of.
pub(super) const STRUCTURE: &str = "BITACORA:ACCOUNTS(1.0.0)";

pub(super) fn heading() -> Vec<&'static str> {
    let first = ["STRUCTURE", "STRUCTURE_ID", "ACTION", "SERIES", "REF_AREA", "FREQ", "TIME_PERIOD"];
    let source = [SDMX_COLUMNS.source_name, SDMX_COLUMNS.source_ref];
    let last =
        ["OBS_VALUE", "UNIT_MEASURE", "UNIT_MULT", "LOW", "HIGH", "OBS_STATUS", "CONF_STATUS", "COMMENT_OBS"];
    first.into_iter().chain(source).chain(SDMX_COLUMNS.all()).chain(last).collect()
}

pub fn sdmx<'o>(observations: impl IntoIterator<Item = &'o Observation>) -> Vec<u8> {
    let mut out = String::new();
    cells::row(&mut out, heading());
    for observation in observations {
        let dates = observation.period.dates();
        let first = [
            "datastructure".to_owned(),
            STRUCTURE.to_owned(),
            "I".to_owned(),
            guard::on(observation.series.as_str()),
            observation.place.to_string(),
            time::frequency(dates).to_owned(),
            time::print(dates),
        ];
        let last = [
            observation.number().to_string(),
            observation.unit.to_string(),
            "0".to_owned(),
            cells::decimal(observation.low),
            cells::decimal(observation.high),
            obs_status(observation.status).to_owned(),
            if observation.ship { "F" } else { "N" }.to_owned(),
            guard::on(&observation.note),
        ];
        let (source, carried) = (cells::source(observation), cells::carried(observation));
        let all = first.iter().chain(&source).chain(&carried).chain(&last);
        cells::row(&mut out, all.map(String::as_str));
    }
    out.into_bytes()
}

/// CL_OBS_STATUS has no code for a claim, a leak or a dispute: what is not measured is `V`, unvalidated, and the column
/// `STATUS` says which.
const fn obs_status(status: Status) -> &'static str {
    match status {
        Status::Measured => "A",
        Status::Claimed | Status::Leaked | Status::Tertiary | Status::Contested => "V",
    }
}
