//! What a run found, in the columns of `detect KIND`: one kind as one table; several as one with a column that says
//! which, or as a table a kind in a folder. Which kinds a run can be asked for stands here.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use bitacora_sea::archive::Share;
use bitacora_sea::tracks::identity::Reason;
use bitacora_sea::{Charts, Event, Kind};

use super::found::Found;
use super::window::Window;
use crate::cli::detect::{DetectArgs, DetectKind};
use crate::commands::detect::sheet::{Cell, Sheet};
use crate::commands::detect::{encounters, gaps, identity, port_visits, slow};
use crate::error::NodeError;

/// A kind of the command line: its name, the events that it stands for, and how one becomes a row.
struct Table {
    kind: DetectKind,
    name: &'static str,
    events: &'static [Kind],
    columns: &'static [&'static str],
    row: fn(&Event, &Charts) -> Vec<Cell>,
}

/// What a run can be asked for. A kind that the picture comes to run is added here and in [`Share::KINDS`].
const TABLES: [Table; 6] = [
    Table {
        kind: DetectKind::Encounters,
        name: "encounters",
        events: &[Kind::Encounter],
        columns: encounters::NAMES,
        row: encounter,
    },
    Table { kind: DetectKind::Gaps, name: "gaps", events: &[Kind::Gap], columns: gaps::NAMES, row: gap },
    Table {
        kind: DetectKind::Loitering,
        name: "loitering",
        events: &[Kind::Loitering],
        columns: slow::LOITERING,
        row: loitering,
    },
    Table {
        kind: DetectKind::Identity,
        name: "identity",
        events: &[Kind::IdentityConflict, Kind::ImpossibleMotion],
        columns: identity::NAMES,
        row: conflict,
    },
    Table { kind: DetectKind::Stops, name: "stops", events: &[Kind::Stop], columns: slow::STOPS, row: stop },
    Table {
        kind: DetectKind::PortVisits,
        name: "port-visits",
        events: &[Kind::PortVisit],
        columns: port_visits::NAMES,
        row: port_visit,
    },
];

/// The kinds of event that are asked for; without any, all that a run finds.
pub(super) fn kinds(asked: &[DetectKind]) -> Result<Vec<Kind>, NodeError> {
    let mut kinds = Vec::new();
    for kind in asked {
        let Some(table) = TABLES.iter().find(|table| table.kind == *kind) else {
            let known: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
            return Err(NodeError::NotOfArchive {
                kind: format!("{kind:?}").to_lowercase(),
                known: known.join(" "),
            });
        };
        kinds.extend(table.events);
    }
    if asked.is_empty() {
        kinds.extend(Share::KINDS.iter().map(|(kind, _)| *kind));
    }
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds)
}

/// Several kinds in one table.
const ALL_COLUMNS: &[&str] = &[
    "kind",
    "id",
    "mmsi",
    "other",
    "start",
    "end",
    "start_lat",
    "start_lon",
    "end_lat",
    "end_lon",
    "duration_h",
];

/// Writes the events that meet the window; returns how many.
pub(super) fn write(
    args: &DetectArgs,
    found: &[Found],
    window: Window,
    charts: &Charts,
) -> Result<usize, NodeError> {
    let events: Vec<&Event> = found
        .iter()
        .map(|found| &found.event)
        .filter(|event| !event.withdrawn && window.meets(event.start, event.end))
        .collect();
    let folder = args.out.as_deref().filter(|out| out.is_dir() || out.to_string_lossy().ends_with('/'));
    if let Some(folder) = folder {
        fs::create_dir_all(folder).map_err(NodeError::file(folder, "created"))?;
        for table in TABLES.iter().filter(|table| args.kinds.is_empty() || args.kinds.contains(&table.kind)) {
            let end = if args.json { "jsonl" } else { "csv" };
            let own: Vec<&Event> =
                events.iter().copied().filter(|event| table.events.contains(&event.kind)).collect();
            to_file(&folder.join(format!("{}.{end}", table.name)), |out| {
                rows(out, args.json, Some(table), &own, charts)
            })?;
        }
        if args.kinds.is_empty() {
            // The kinds that have no table of their own too.
            let end = if args.json { "jsonl" } else { "csv" };
            to_file(&folder.join(format!("events.{end}")), |out| {
                rows(out, args.json, None, &events, charts)
            })?;
        }
        return Ok(events.len());
    }
    let table = match args.kinds.as_slice() {
        [kind] => TABLES.iter().find(|table| table.kind == *kind),
        _ => None,
    };
    match &args.out {
        Some(path) => to_file(path, |out| rows(out, args.json, table, &events, charts))?,
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            match rows(&mut out, args.json, table, &events, charts).and_then(|()| out.flush()) {
                // Whoever reads our output has closed it, as `head` does: that is no error.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    return Err(NodeError::Output(error));
                }
                _ => {}
            }
        }
    }
    Ok(events.len())
}

fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), NodeError> {
    let file = File::create(path).map_err(NodeError::file(path, "created"))?;
    let mut out = BufWriter::new(file);
    write(&mut out).and_then(|()| out.flush()).map_err(NodeError::file(path, "written"))
}

fn rows(
    out: &mut dyn Write,
    json: bool,
    table: Option<&Table>,
    events: &[&Event],
    charts: &Charts,
) -> io::Result<()> {
    if json {
        // The event as the database has it: what the tables hold, and what it stands on.
        return events.iter().try_for_each(|event| {
            let text = serde_json::to_string(event)?;
            writeln!(out, "{text}")
        });
    }
    let (columns, row) = table.map_or((ALL_COLUMNS, common as fn(&Event, &Charts) -> Vec<Cell>), |table| {
        (table.columns, table.row)
    });
    let mut sheet = Sheet::new(out, columns, false)?;
    events.iter().try_for_each(|event| sheet.row(&row(event, charts)))
}

fn number(event: &Event, name: &str) -> Cell {
    event.numbers.get(name).copied().into()
}

fn vessel(event: &Event) -> Cell {
    Cell::Count(event.mmsi.number().into())
}

fn ends(event: &Event) -> [Cell; 2] {
    [Cell::Time(event.start.micros()), event.end.map_or(Cell::Absent, |end| Cell::Time(end.micros()))]
}

fn start_at(event: &Event) -> [Cell; 2] {
    [Cell::Number(event.position.lat()), Cell::Number(event.position.lon())]
}

fn end_at(event: &Event) -> [Cell; 2] {
    [event.end_position.map(|at| at.lat()).into(), event.end_position.map(|at| at.lon()).into()]
}

fn common(event: &Event, _: &Charts) -> Vec<Cell> {
    let other = event.other.map_or(Cell::Absent, |other| Cell::Count(other.number().into()));
    let mut row = vec![
        Cell::Text(event.kind.code().to_owned()),
        Cell::Text(event.id.to_string()),
        vessel(event),
        other,
    ];
    row.extend(ends(event));
    row.extend(start_at(event));
    row.extend(end_at(event));
    row.push(number(event, "duration_h"));
    row
}

/// The fixes of each vessel are not counted in an event: the last two columns are empty.
fn encounter(event: &Event, _: &Charts) -> Vec<Cell> {
    let other = event.other.map_or(Cell::Absent, |other| Cell::Count(other.number().into()));
    let mut row = vec![vessel(event), other];
    row.extend(ends(event));
    row.extend(
        ["median_distance_m", "min_distance_m", "median_speed_kn", "mean_lat", "mean_lon"]
            .map(|name| number(event, name)),
    );
    row.extend(start_at(event));
    row.extend(end_at(event));
    row.extend([Cell::Absent, Cell::Absent]);
    row
}

fn gap(event: &Event, _: &Charts) -> Vec<Cell> {
    let [off, on] = ends(event);
    let [off_lat, off_lon] = start_at(event);
    let [on_lat, on_lon] = end_at(event);
    let (distance, speed) = (number(event, "distance_m"), number(event, "implied_speed_kn"));
    let open = Cell::Flag(event.end.is_none());
    vec![vessel(event), off, off_lat, off_lon, on, on_lat, on_lon, distance, speed, open]
}

fn loitering(event: &Event, _: &Charts) -> Vec<Cell> {
    let mut row = vec![vessel(event)];
    row.extend(ends(event));
    row.extend(["duration_h", "distance_m", "avg_speed_kn"].map(|name| number(event, name)));
    row
}

fn conflict(event: &Event, _: &Charts) -> Vec<Cell> {
    let reason = match event.kind {
        Kind::IdentityConflict => Reason::AlternatingTracks.code(),
        kind => kind.code(),
    };
    let mut row = vec![vessel(event)];
    row.extend(ends(event));
    row.extend([number(event, "distance_m"), Cell::Text(reason.to_owned())]);
    row
}

fn stop(event: &Event, _: &Charts) -> Vec<Cell> {
    let mut row = vec![vessel(event)];
    row.extend(ends(event));
    row.extend(start_at(event));
    row.push(number(event, "radius_m"));
    row
}

/// The port is the anchorage's id in the chart that the run had.
fn port_visit(event: &Event, charts: &Charts) -> Vec<Cell> {
    let anchorage = event.numbers.get("anchorage").and_then(|index| charts.anchorages.get(*index as u32));
    let port = anchorage.map_or(Cell::Absent, |one| Cell::Text(one.id.clone()));
    let mut row = vec![vessel(event), port];
    row.extend(ends(event));
    row.push(event.numbers.get("confidence").map_or(Cell::Absent, |level| Cell::Count(*level as u64)));
    row
}
