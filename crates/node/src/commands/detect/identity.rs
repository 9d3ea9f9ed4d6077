//! `detect identity`: one number in use by several, and numbers that are a neighbour's but for a bit.

use bitacora_primitives::Instant;
use bitacora_sea::Parameters;
use bitacora_sea::tracks::identity::NearMissParameters;
use bitacora_sea::tracks::identity::concurrent::concurrent;
use bitacora_sea::tracks::identity::near_miss::near_misses;

use super::Task;
use super::input::{Key, Unpositioned, Wanted};
use super::settings::{Setting, Settings};
use super::sheet::{Cell, Sheet};
use crate::cli::detect::Mode;
use crate::error::NodeError;

pub(super) const NAMES: &[&str] = &["mmsi", "start", "end", "distance_m", "reason"];

pub(super) fn settings(mode: Mode) -> Option<Settings> {
    let motion = Parameters::default().motion;
    (mode == Mode::Exact).then(|| {
        Settings::new(vec![
            Setting {
                name: "max_knots",
                value: motion.max_speed_kn,
                unit: "kn",
                means: ("ningún casco va más rápido", "no hull goes faster"),
            },
            Setting {
                name: "slack_m",
                value: motion.slack_m,
                unit: "m",
                means: ("margen de relojes y posiciones", "room for clocks and positions"),
            },
            Setting {
                name: "min_alternations",
                value: f64::from(motion.min_alternations),
                unit: "",
                means: ("cambios de un recorrido a otro", "changes from one track to the other"),
            },
            Setting {
                name: "near_misses",
                value: 0.0,
                unit: "",
                means: (
                    "1: también números a un bit del de un vecino",
                    "1: also numbers one bit away from a neighbour's",
                ),
            },
        ])
    })
}

pub(super) fn run(task: Task<'_>) -> Result<(), NodeError> {
    let input = task.read(Wanted { key: Key::Mmsi, unpositioned: Unpositioned::LeftOut })?;
    let defaults = Parameters::default();
    let mut motion = defaults.motion;
    motion.max_speed_kn = task.number("max_knots");
    motion.slack_m = task.number("slack_m");
    motion.min_alternations = task.number("min_alternations") as u32;
    let mut rows: Vec<(u32, Instant, Instant, Option<f64>, &'static str)> =
        concurrent(&input.positions, &motion, defaults.max_idle)
            .into_iter()
            .map(|one| (one.mmsi, one.start, one.end, Some(one.distance_m), one.reason.code()))
            .collect();
    if task.number("near_misses") != 0.0 {
        rows.extend(near_misses(&input.positions, &NearMissParameters::default()).into_iter().map(|one| {
            let distance = one.numbers.get("distance_m").copied();
            (one.mmsi.number(), one.start, one.end, distance, one.reason.code())
        }));
        rows.sort_by_key(|row| (row.0, row.1));
    }
    let mut sheet = Sheet::new(task.out, NAMES, task.args.json).map_err(NodeError::Output)?;
    for (mmsi, start, end, distance, reason) in rows {
        sheet
            .row(&[
                Cell::Count(mmsi.into()),
                Cell::Time(start.micros()),
                Cell::Time(end.micros()),
                distance.into(),
                Cell::Text(reason.to_owned()),
            ])
            .map_err(NodeError::Output)?;
    }
    Ok(())
}
