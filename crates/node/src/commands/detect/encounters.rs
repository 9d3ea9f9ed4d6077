//! `detect encounters`: two vessels within a distance for a time, exactly or as the peer has them.

use bitacora_sea::behaviour::encounter::{EncounterRow, batch, gfw};
use bitacora_sea::behaviour::parameters::EncounterParameters;

use super::Task;
use super::input::{Input, Key, Unpositioned, Wanted};
use super::settings::{Setting, Settings};
use super::sheet::{Cell, Sheet};
use super::tracks::Tracks;
use crate::cli::detect::Mode;
use crate::error::NodeError;

pub(super) const NAMES: &[&str] = &[
    "vessel_1",
    "vessel_2",
    "start",
    "end",
    "median_distance_m",
    "min_distance_m",
    "median_speed_kn",
    "mean_lat",
    "mean_lon",
    "start_lat",
    "start_lon",
    "end_lat",
    "end_lon",
    "points_1",
    "points_2",
];

pub(super) fn settings(mode: Mode) -> Option<Settings> {
    let exact = EncounterParameters::default();
    let compatible = gfw::GfwParameters::default();
    let (distance, minutes, silence) = match mode {
        Mode::Exact => {
            (exact.max_distance_m, exact.min_duration.hours_f64() * 60.0, exact.max_silence.secs_f64())
        }
        Mode::Gfw => (compatible.max_distance_m, compatible.min_minutes, compatible.max_gap.secs_f64()),
    };
    let mut settings = vec![
        Setting {
            name: "max_distance_m",
            value: distance,
            unit: "m",
            means: ("juntos a esta distancia o menos", "together at this distance or less"),
        },
        Setting {
            name: "min_minutes",
            value: minutes,
            unit: "min",
            means: ("duración mínima", "least duration"),
        },
        Setting {
            name: "max_gap_s",
            value: silence,
            unit: "s",
            means: (
                "entre posiciones más separadas nada se sabe del movimiento",
                "between fixes farther apart nothing is known of the motion",
            ),
        },
    ];
    if mode == Mode::Gfw {
        settings.push(Setting {
            name: "extrapolate",
            value: f64::from(u8::from(compatible.extrapolate)),
            unit: "",
            means: (
                "1: estima hasta max_gap_s antes y después de cada día",
                "1: dead reckoning up to max_gap_s before and after each day",
            ),
        });
    }
    Some(Settings::new(settings))
}

pub(super) fn run(task: Task<'_>) -> Result<(), NodeError> {
    let key = if task.args.mode == Mode::Gfw { Key::Segment } else { Key::Mmsi };
    let input = task.read(Wanted { key, unpositioned: Unpositioned::LeftOut })?;
    let rows = match task.args.mode {
        Mode::Exact => exact(&task, &input),
        Mode::Gfw => compatible(&task, &input),
    };
    let mut sheet = Sheet::new(task.out, NAMES, task.args.json).map_err(NodeError::Output)?;
    for row in rows {
        sheet
            .row(&[
                Cell::Text(input.name(row.vessel_1)),
                Cell::Text(input.name(row.vessel_2)),
                Cell::Time(row.start.micros()),
                Cell::Time(row.end.micros()),
                Cell::Number(row.median_distance_m),
                Cell::Number(row.min_distance_m),
                Cell::Number(row.median_speed_kn),
                Cell::Number(row.mean_lat),
                Cell::Number(row.mean_lon),
                Cell::Number(row.start_lat),
                Cell::Number(row.start_lon),
                Cell::Number(row.end_lat),
                Cell::Number(row.end_lon),
                Cell::Count(row.points_1.into()),
                Cell::Count(row.points_2.into()),
            ])
            .map_err(NodeError::Output)?;
    }
    Ok(())
}

/// Among the tracks of all numbers, as the picture has it: two users of one number do not meet by jumping.
fn exact(task: &Task<'_>, input: &Input) -> Vec<EncounterRow> {
    let tracks = Tracks::of(input);
    let parameters = EncounterParameters {
        max_distance_m: task.number("max_distance_m"),
        min_duration: task.minutes("min_minutes"),
        max_silence: task.seconds("max_gap_s"),
        ..EncounterParameters::default()
    };
    let mut rows: Vec<EncounterRow> =
        batch::encounters(&tracks.positions, &parameters).iter().map(EncounterRow::from).collect();
    for row in &mut rows {
        (row.vessel_1, row.vessel_2) = (tracks.mmsi(row.vessel_1), tracks.mmsi(row.vessel_2));
    }
    rows
}

fn compatible(task: &Task<'_>, input: &Input) -> Vec<EncounterRow> {
    let parameters = gfw::GfwParameters {
        max_distance_m: task.number("max_distance_m"),
        min_minutes: task.number("min_minutes"),
        max_gap: task.seconds("max_gap_s"),
        extrapolate: task.number("extrapolate") != 0.0,
        ..gfw::GfwParameters::default()
    };
    gfw::raw(&input.positions, input.positions.by_vessel().iter(), &parameters)
}
