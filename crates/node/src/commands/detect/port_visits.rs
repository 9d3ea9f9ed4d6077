//! `detect port-visits`: from positions and a table of anchorages, or from port events.

use std::path::Path;

use bitacora_feeds::ports::{self, LeftOut, PortsError};
use bitacora_primitives::Instant;
use bitacora_sea::behaviour::port_visit::anchorages::Anchorages;
use bitacora_sea::behaviour::port_visit::visits::visits;
use bitacora_sea::behaviour::port_visit::{PortVisitParameters, port_visits};

use super::Task;
use super::input::{Key, Unpositioned, Wanted};
use super::settings::{Setting, Settings};
use super::sheet::{Cell, Sheet};
use crate::cli::detect::Mode;
use crate::error::NodeError;
use crate::exchange::engine::Chain;

pub(super) const NAMES: &[&str] = &["mmsi", "port", "start", "end", "confidence"];

pub(super) fn settings(mode: Mode) -> Option<Settings> {
    let defaults = parameters_of(mode);
    let setting = |name, value, unit, means| Setting { name, value, unit, means };
    Some(Settings::new(vec![
        setting(
            "entry_m",
            defaults.entry_m,
            "m",
            ("en puerto a esta distancia o menos", "in port at or below"),
        ),
        setting("exit_m", defaults.exit_m, "m", ("fuera de puerto a esta o más", "out of port at or above")),
        setting(
            "stop_begin_kn",
            defaults.stop_begin_kn,
            "kn",
            ("parado a esta velocidad o menos", "stopped at or below"),
        ),
        setting(
            "stop_end_kn",
            defaults.stop_end_kn,
            "kn",
            ("en marcha a esta o más", "moving again at or above"),
        ),
        setting(
            "min_gap_hours",
            defaults.min_gap.hours_f64(),
            "h",
            (
                "un silencio en puerto de al menos esto es un hueco",
                "silence in port of at least this is a gap",
            ),
        ),
        setting(
            "max_segment_miles",
            defaults.max_segment_miles,
            "NM",
            (
                "eventos de segmentos más separados no son una visita",
                "events of segments farther apart are not one visit",
            ),
        ),
        setting(
            "min_confidence",
            f64::from(defaults.min_confidence),
            "",
            ("confianza mínima, de 1 a 4", "least confidence, 1 to 4"),
        ),
    ]))
}

fn parameters_of(mode: Mode) -> PortVisitParameters {
    match mode {
        Mode::Exact => PortVisitParameters::default(),
        Mode::Gfw => PortVisitParameters::gfw(),
    }
}

pub(super) fn run(task: Task<'_>) -> Result<(), NodeError> {
    let parameters = PortVisitParameters {
        entry_m: task.number("entry_m"),
        exit_m: task.number("exit_m"),
        stop_begin_kn: task.number("stop_begin_kn"),
        stop_end_kn: task.number("stop_end_kn"),
        min_gap: task.hours("min_gap_hours"),
        max_segment_miles: task.number("max_segment_miles"),
        min_confidence: task.number("min_confidence") as u8,
        ..parameters_of(task.args.mode)
    };
    let rows = match (&task.args.events, &task.args.anchorages) {
        (Some(path), _) => from_events(path, &parameters)?,
        (None, Some(path)) => from_positions(&task, path, &parameters)?,
        (None, None) => {
            let why = "positions alone name no port: give `--anchorages FILE` or `--events FILE`".to_owned();
            return Err(NodeError::Parameter { entry: "port-visits".to_owned(), why });
        }
    };
    let mut sheet = Sheet::new(task.out, NAMES, task.args.json).map_err(NodeError::Output)?;
    for (vessel, port, start, end, confidence) in rows {
        sheet
            .row(&[
                Cell::Text(vessel),
                Cell::Text(port),
                Cell::Time(start),
                Cell::Time(end),
                Cell::Count(confidence.into()),
            ])
            .map_err(NodeError::Output)?;
    }
    Ok(())
}

/// Vessel, port of the beginning, start, end, confidence.
type Visited = (String, String, i64, i64, u8);

fn from_positions(
    task: &Task<'_>,
    path: &Path,
    parameters: &PortVisitParameters,
) -> Result<Vec<Visited>, NodeError> {
    let (all, left_out) = read(path, ports::anchorages)?;
    tell(path, &left_out);
    let anchorages = Anchorages::new(all);
    let input = task.read(Wanted { key: Key::Mmsi, unpositioned: Unpositioned::LeftOut })?;
    // A vessel silent in port at the end of the table is silent to the end of that day, as the peer has it.
    let until =
        input.positions.micros().iter().max().map(|newest| {
            Instant::from_secs((Instant::from_micros(*newest).day() + 1).saturating_mul(86_400))
        });
    let found = port_visits(&input.positions, &[], &anchorages, until, parameters);
    let name = |index| anchorages.get(index).map(|one| one.id.clone()).unwrap_or_default();
    Ok(found
        .into_iter()
        .map(|one| {
            let visit = one.visit;
            let port = name(visit.start_anchorage);
            (input.name(one.mmsi), port, visit.start_micros, visit.end_micros, visit.confidence)
        })
        .collect())
}

fn from_events(path: &Path, parameters: &PortVisitParameters) -> Result<Vec<Visited>, NodeError> {
    let (vessels, left_out) = read(path, ports::port_events)?;
    tell(path, &left_out);
    let mut rows = Vec::new();
    for mut one in vessels {
        for visit in visits(&mut one.events, parameters.max_segment_miles) {
            if visit.confidence >= parameters.min_confidence {
                let port = visit.start_anchorage;
                rows.push((one.vessel.clone(), port, visit.start_micros, visit.end_micros, visit.confidence));
            }
        }
    }
    Ok(rows)
}

fn read<T>(path: &Path, parse: fn(&[u8]) -> Result<T, PortsError>) -> Result<T, NodeError> {
    let bytes = std::fs::read(path).map_err(NodeError::file(path, "read"))?;
    parse(&bytes).map_err(|error| NodeError::Port { path: path.to_owned(), why: Chain(&error).to_string() })
}

fn tell(path: &Path, left_out: &[LeftOut]) {
    for one in left_out {
        eprintln!("{}: {one}", path.display());
    }
}
