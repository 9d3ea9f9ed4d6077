//! `detect segments`: which rows of one MMSI one hull can have sent.

use bitacora_primitives::Duration;
use bitacora_sea::Parameters;
use bitacora_sea::tracks::segments::{self, Segments, compatible};
use rustc_hash::FxHashMap;

use super::Task;
use super::input::{Input, Key, Unpositioned, Wanted};
use super::settings::{Setting, Settings};
use super::sheet::{Cell, Sheet};
use crate::cli::detect::Mode;
use crate::error::NodeError;

/// `row`: the name that the source gave the message, else the line.
const NAMES: &[&str] = &["row", "segment", "line"];

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
            means: ("un segmento en silencio por más tiempo termina", "a segment silent for longer ends"),
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
    let unpositioned = match task.args.mode {
        Mode::Exact => Unpositioned::LeftOut,
        Mode::Gfw => Unpositioned::All,
    };
    let input = task.read(Wanted { key: Key::Mmsi, unpositioned })?;
    let segments = find(&task, &input);
    // A second row of one message belongs where the message does.
    let mut named: FxHashMap<u64, u32> = FxHashMap::default();
    for (row, said) in input.said.iter().enumerate() {
        if let (Some(name), Some(segment)) = (said.name, segments.of(row)) {
            named.insert(name, segment);
        }
    }
    let mut sheet = Sheet::new(task.out, NAMES, task.args.json).map_err(NodeError::Output)?;
    for row in 0..input.positions.len() {
        let copied = || input.said.get(row)?.name.and_then(|name| named.get(&name).copied());
        let segment = segments.of(row).or_else(copied);
        let name = segment.and_then(|segment| segments.name(segment)).map_or(Cell::Absent, |began| {
            let mmsi = input.mmsi.get(row).copied().unwrap_or_default();
            Cell::Text(compatible::peer_id(mmsi, began))
        });
        let line = input.line(row).map_or(Cell::Absent, Cell::Count);
        sheet.row(&[Cell::Text(input.row_id(row)), name, line]).map_err(NodeError::Output)?;
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
            let message = compatible::Message {
                micros,
                lat,
                lon,
                sog_kn,
                cog_deg,
                heading_deg,
                message_type,
                name: said.name,
            };
            Some((row, message))
        });
        compatible::one(messages, &mut segmenter, &mut found);
    }
    found
}
