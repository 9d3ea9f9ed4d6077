//! `detect loitering` and `detect stops`.

use bitacora_primitives::Instant;
use bitacora_sea::behaviour::loitering::{self, gfw};
use bitacora_sea::behaviour::parameters::LoiteringParameters;
use bitacora_sea::behaviour::stop::{StopParameters, stops as find_stops};

use super::Task;
use super::input::{Key, Unpositioned, Wanted};
use super::settings::{Setting, Settings};
use super::sheet::{Cell, Sheet};
use super::tracks::Tracks;
use crate::cli::detect::Mode;
use crate::error::NodeError;

pub(super) const LOITERING: &[&str] = &["mmsi", "start", "end", "duration_h", "distance_m", "avg_speed_kn"];
/// Besides, the segment that the table names.
const LOITERING_GFW: &[&str] =
    &["mmsi", "start", "end", "duration_h", "distance_m", "avg_speed_kn", "segment"];
pub(super) const STOPS: &[&str] = &["mmsi", "start", "end", "lat", "lon", "radius_m"];

pub(super) fn loitering_settings(mode: Mode) -> Option<Settings> {
    let exact = LoiteringParameters::default();
    let compatible = gfw::GfwParameters::default();
    let (speed, hours) = match mode {
        Mode::Exact => (exact.max_speed_kn, exact.min_duration.hours_f64()),
        Mode::Gfw => (compatible.max_speed_kn, compatible.min_hours),
    };
    let mut settings = vec![
        Setting {
            name: "max_speed_kn",
            value: speed,
            unit: "kn",
            means: ("lento es estrictamente por debajo", "slow is strictly below"),
        },
        Setting {
            name: "min_hours",
            value: hours,
            unit: "h",
            means: ("lo más corto no se informa", "shorter runs are left out"),
        },
    ];
    if mode == Mode::Exact {
        settings.push(Setting {
            name: "min_radius_m",
            value: exact.min_radius_m,
            unit: "m",
            means: (
                "dentro de este radio el buque está amarrado o fondeado",
                "within this radius the vessel is moored or at anchor",
            ),
        });
    }
    Some(Settings::new(settings))
}

pub(super) fn loitering(task: Task<'_>) -> Result<(), NodeError> {
    let mode = task.args.mode;
    let key = if mode == Mode::Gfw { Key::Segment } else { Key::Mmsi };
    let input = task.read(Wanted { key, unpositioned: Unpositioned::LeftOut })?;
    let (max_speed_kn, min_hours) = (task.number("max_speed_kn"), task.number("min_hours"));
    let rows: Vec<(u32, Instant, Instant, f64, f64, Option<f64>)> = match mode {
        Mode::Exact => {
            let parameters = LoiteringParameters {
                max_speed_kn,
                min_duration: task.hours("min_hours"),
                min_radius_m: task.number("min_radius_m"),
                ..LoiteringParameters::default()
            };
            let tracks = Tracks::of(&input);
            loitering::loitering(&tracks.positions, &parameters)
                .into_iter()
                .map(|one| {
                    (
                        tracks.mmsi(one.mmsi),
                        one.start,
                        one.end,
                        one.duration_h,
                        one.distance_m,
                        Some(one.avg_speed_kn),
                    )
                })
                .collect()
        }
        Mode::Gfw => gfw::loitering(&input.positions, &[], &gfw::GfwParameters { max_speed_kn, min_hours })
            .into_iter()
            .map(|one| (one.mmsi, one.start, one.end, one.duration_h, one.distance_m, one.avg_speed_kn))
            .collect(),
    };
    let names = if mode == Mode::Gfw { LOITERING_GFW } else { LOITERING };
    let mut sheet = Sheet::new(task.out, names, task.args.json).map_err(NodeError::Output)?;
    for (key, start, end, duration_h, distance_m, avg_speed_kn) in rows {
        sheet
            .row(&[
                Cell::Count(input.owner(key).into()),
                Cell::Time(start.micros()),
                Cell::Time(end.micros()),
                Cell::Number(duration_h),
                Cell::Number(distance_m),
                avg_speed_kn.into(),
                Cell::Text(input.name(key)),
            ])
            .map_err(NodeError::Output)?;
    }
    Ok(())
}

pub(super) fn stop_settings(mode: Mode) -> Option<Settings> {
    let defaults = StopParameters::default();
    (mode == Mode::Exact).then(|| {
        Settings::new(vec![
            Setting {
                name: "max_diameter_m",
                value: defaults.max_diameter_m,
                unit: "m",
                means: (
                    "diámetro del círculo que contiene la parada",
                    "diameter of the circle that holds the stop",
                ),
            },
            Setting {
                name: "min_minutes",
                value: defaults.min_duration.hours_f64() * 60.0,
                unit: "min",
                means: ("duración mínima", "least duration"),
            },
            Setting {
                name: "max_gap_s",
                value: defaults.max_gap.secs_f64(),
                unit: "s",
                means: ("un silencio más largo la termina", "a longer silence ends it"),
            },
        ])
    })
}

pub(super) fn stops(task: Task<'_>) -> Result<(), NodeError> {
    let input = task.read(Wanted { key: Key::Mmsi, unpositioned: Unpositioned::LeftOut })?;
    let parameters = StopParameters {
        max_diameter_m: task.number("max_diameter_m"),
        min_duration: task.minutes("min_minutes"),
        max_gap: task.seconds("max_gap_s"),
    };
    let mut sheet = Sheet::new(task.out, STOPS, task.args.json).map_err(NodeError::Output)?;
    let tracks = Tracks::of(&input);
    for one in find_stops(&tracks.positions, &parameters) {
        sheet
            .row(&[
                Cell::Count(tracks.mmsi(one.mmsi).into()),
                Cell::Time(one.start.micros()),
                Cell::Time(one.end.micros()),
                Cell::Number(one.position.lat()),
                Cell::Number(one.position.lon()),
                Cell::Number(one.radius_m),
            ])
            .map_err(NodeError::Output)?;
    }
    Ok(())
}
