//! `detect segments`: which rows of one MMSI one hull can have sent.

use bitacora_primitives::{Duration, Instant};
use bitacora_sea::Parameters;
use bitacora_sea::tracks::segments::{self, Segments, compatible};

use super::Task;
use super::input::{Input, Key, Wanted};
use super::settings::{Setting, Settings};
use super::sheet::{Cell, Sheet};
use crate::cli::detect::Mode;
use crate::error::NodeError;

const NAMES: &[&str] = &["row", "segment"];

pub(super) fn settings(mode: Mode) -> Option<Settings> {
    let (hours, knots) = match mode {
        Mode::Exact => {
            let defaults = Parameters::default();
            (defaults.max_idle.hours_f64(), defaults.motion.max_speed_kn)
        }
        Mode::Gfw => {
            let defaults = compatible::Parameters::default();
            (defaults.max_hours, defaults.max_knots)
        }
    };
    Some(Settings::new(vec![
        Setting {
            name: "max_hours",
            value: hours,
            unit: "h",
            means: (
                "un segmento en silencio por más tiempo termina",
                "a segment silent for longer ends",
            ),
        },
        Setting {
            name: "max_knots",
            value: knots,
            unit: "kn",
            means: ("ningún casco va más rápido", "no hull goes faster"),
        },
    ]))
}

pub(super) fn run(task: Task<'_>) -> Result<(), NodeError> {
    let unpositioned = task.args.mode == Mode::Gfw;
    let input = task.read(Wanted { key: Key::Mmsi, unpositioned })?;
    let segments = find(&task, &input);
    let mut sheet = Sheet::new(task.out, NAMES, task.args.json).map_err(NodeError::Output)?;
    for row in 0..input.positions.len() {
        let name = segments.of(row).and_then(|segment| segments.name(segment)).map_or(Cell::Absent, |began| {
            let mmsi = input.mmsi.get(row).copied().unwrap_or_default();
            Cell::Text(format!("{mmsi}-{}", stamp(began)))
        });
        sheet.row(&[Cell::Text(input.row_id(row)), name]).map_err(NodeError::Output)?;
    }
    Ok(())
}

pub(super) fn find(task: &Task<'_>, input: &Input) -> Segments {
    let (hours, knots) = (task.number("max_hours"), task.number("max_knots"));
    if task.args.mode == Mode::Exact {
        let mut motion = Parameters::default().motion;
        motion.max_speed_kn = knots;
        return segments::exact(&input.positions, &motion, Duration::from_secs_f64(hours * 3600.0));
    }
    let parameters = compatible::Parameters { max_hours: hours, max_knots: knots, ..Default::default() };
    let mut found = Segments::with_rows(input.positions.len());
    let mut segmenter = compatible::Segmenter::new(parameters);
    for (_, rows) in input.positions.by_vessel().iter() {
        let messages = rows.iter().filter_map(|row| {
            let row = *row as usize;
            let (at, said) = (input.positions.row(row)?, input.said.get(row)?);
            let [lat, lon, sog_kn, cog_deg, heading_deg] = said.numbers;
            let micros = at.micros;
            let message_type = at.message_type;
            let message =
                compatible::Message { micros, lat, lon, sog_kn, cog_deg, heading_deg, message_type, name: said.name };
            Some((row, message))
        });
        compatible::one(messages, &mut segmenter, &mut found);
    }
    found
}

/// To the microsecond, always: the form of the peer's ids.
fn stamp(micros: i64) -> String {
    let whole = Instant::from_secs(micros.div_euclid(1_000_000)).to_string();
    let whole = whole.trim_end_matches('Z');
    format!("{whole}.{:06}Z", micros.rem_euclid(1_000_000))
}
