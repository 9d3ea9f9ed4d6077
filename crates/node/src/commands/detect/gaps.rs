//! `detect gaps`: silences, by track or as the peer has them.

use bitacora_sea::Parameters;
use bitacora_sea::behaviour::gap::{Silence, exact, gfw};

use super::Task;
use super::input::{Key, Unpositioned, Wanted};
use super::settings::{Setting, Settings};
use super::sheet::{Cell, Sheet};
use crate::cli::detect::Mode;
use crate::error::NodeError;

pub(super) const NAMES: &[&str] = &[
    "mmsi",
    "off_time",
    "off_lat",
    "off_lon",
    "on_time",
    "on_lat",
    "on_lon",
    "distance_m",
    "implied_speed_kn",
    "open",
];

pub(super) fn settings(mode: Mode) -> Option<Settings> {
    let least = match mode {
        Mode::Exact => Parameters::default().gap.min_duration,
        Mode::Gfw => gfw::Parameters::default().threshold,
    };
    Some(Settings::new(vec![Setting {
        name: "min_hours",
        value: least.hours_f64(),
        unit: "h",
        means: ("un silencio estrictamente más largo es un hueco", "a silence strictly longer is a gap"),
    }]))
}

pub(super) fn run(task: Task<'_>) -> Result<(), NodeError> {
    let threshold = task.hours("min_hours");
    let found: Vec<Silence> = match task.args.mode {
        Mode::Exact => {
            let input = task.read(Wanted { key: Key::Mmsi, unpositioned: Unpositioned::LeftOut })?;
            let mut parameters = Parameters::default();
            parameters.gap.min_duration = threshold;
            exact::detect(&input.positions, &parameters, None)
        }
        Mode::Gfw => {
            let input = task.read(Wanted { key: Key::Mmsi, unpositioned: Unpositioned::Reports })?;
            let parameters = gfw::Parameters { threshold, ..gfw::Parameters::default() };
            gfw::detect(&input.positions, &parameters).into_iter().map(|gap| gap.silence).collect()
        }
    };
    let mut sheet = Sheet::new(task.out, NAMES, task.args.json).map_err(NodeError::Output)?;
    for silence in found {
        let place = |at: Option<bitacora_primitives::Position>| {
            (Cell::from(at.map(|at| at.lat())), Cell::from(at.map(|at| at.lon())))
        };
        let off = place(silence.off.position);
        let on = place(silence.on.and_then(|on| on.position));
        sheet
            .row(&[
                Cell::Count(silence.mmsi.into()),
                Cell::Time(silence.off.micros),
                off.0,
                off.1,
                silence.on.map_or(Cell::Absent, |on| Cell::Time(on.micros)),
                on.0,
                on.1,
                silence.distance_m.into(),
                silence.implied_speed_kn.into(),
                Cell::Flag(silence.on.is_none()),
            ])
            .map_err(NodeError::Output)?;
    }
    Ok(())
}
