//! `bitacora detect --from DATE --to DATE`: the detectors over the archive of positions, in parallel, in bounded memory, and
//! on from where a run was stopped. What is found is what one picture finds over the same fixes (docs/archive.md).

mod beside;
mod folder;
mod found;
mod heard;
mod merge;
mod plan;
mod progress;
mod refused;
mod report;
mod revise;
mod told;
mod units;
mod window;
mod work;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use bitacora_primitives::Instant;
use bitacora_sea::{Charts, Kind, Parameters};
use bitacora_store::{Archive, Store};

use self::beside::Beside;
use self::folder::{Begun, Folder, Manifest};
use self::found::{Findings, Found};
use self::plan::Plan;
use self::progress::Progress;
pub(crate) use self::progress::Stage;
use self::refused::Refused;
pub(crate) use self::revise::Revised;
use self::units::{Read, Run};
use self::window::Window;
use self::work::Workers;
use super::peak_mib;
use crate::charts;
use crate::cli::detect::{ArchiveArgs, DetectArgs};
use crate::config::{Config, data_folder};
use crate::error::NodeError;
use crate::words::Words;

/// Some of the archive was refused, and the rest gone through.
const REFUSED: u8 = 3;
/// As many units were done as `--units` allows, and some are left.
const STOPPED: u8 = 4;

const DEFAULT_MEMORY_MIB: u64 = 1024;

/// What there is when a run has come to its end.
struct Outcome {
    found: Vec<Found>,
    read: Read,
}

pub(super) fn run(args: &DetectArgs, words: Words) -> Result<ExitCode, NodeError> {
    let own = &args.archive;
    let window = Window::parse(own.from.as_deref().unwrap_or(""), own.to.as_deref().unwrap_or(""))?;
    let data = data_folder(&own.data);
    let charts = charts::load_aloud(&data);
    let off = charts.off();
    // What is not looked for is not found, and must not take back what was found with a chart.
    let (off, kinds): (Vec<Kind>, Vec<Kind>) =
        report::kinds(&args.kinds)?.into_iter().partition(|kind| off.contains(kind));
    for kind in off {
        eprintln!("{}", words.archive_off(kind.code()));
    }
    let config = Config::load(&data)?;
    let database = own.data.database.clone().or_else(|| config.database.clone());
    let open = || Store::open(&data, database.as_deref());
    let (archive, store) = match &own.archive {
        Some(place) => (Archive::open(place, store_settings())?, own.store.then(open).transpose()?),
        None => {
            let store = open()?;
            (Archive::of_store(&store)?, Some(store))
        }
    };
    let beside = store.as_ref().filter(|_| own.archive.is_none());
    let beside = Beside::new(beside, window.read(own.margin))?;
    let kinds = beside.told(kinds, words);
    let progress = Progress::new(args.json, words);
    let outcome =
        work(own, &data, &config.sea, &charts, &kinds, &archive, &beside, window, &progress, words)?;
    progress.finish();
    let Some(Outcome { found, read }) = outcome else {
        eprintln!("{}", words.archive_stopped());
        return Ok(ExitCode::from(STOPPED));
    };
    for one in &read.refused {
        eprintln!("{}", words.archive_refused(&one.file, one.group, one.row, &one.rule, one.rows));
    }
    let reported = report::write(args, &found, window, &charts)?;
    if let Some(store) = store.filter(|_| own.store) {
        let revised = revise::revise(&store, &found, &kinds, window)?;
        eprintln!("{}", words.archive_revised(&revised));
    }
    let fixes_s = read.fixes as f64 / progress.seconds().max(1e-3);
    eprintln!("{}", words.archive_summary(reported, read.fixes, progress.seconds(), fixes_s, peak_mib()));
    Ok(if read.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}

/// The settings of object stores (AWS_REGION and the like), as every program takes them.
fn store_settings() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Goes through the units that are not done; `None` where it was to stop before the end.
#[expect(clippy::too_many_arguments, reason = "what a run is given, once")]
fn work(
    args: &ArchiveArgs,
    data: &Path,
    parameters: &Parameters,
    charts: &Arc<Charts>,
    kinds: &[Kind],
    archive: &Archive,
    beside: &Beside<'_>,
    window: Window,
    progress: &Progress,
    words: Words,
) -> Result<Option<Outcome>, NodeError> {
    let count = args.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let memory = args.memory.unwrap_or(DEFAULT_MEMORY_MIB) << 20;
    let read = window.read(args.margin);
    let files = archive.files()?;
    let named = files.iter().map(|file| (file.name.clone(), file.bytes, file.stamp.clone()));
    let named = named.chain(beside.files(kinds)).chain(charts::stamps(data)).collect();
    let span = [read.from.micros(), read.to.micros()];
    let manifest = Manifest::new(parameters, kinds.to_vec(), archive.root().to_owned(), span, named)?;
    let mut inputs = None;
    let (folder, begun) = Folder::open(data, manifest, || {
        let mut refused = Vec::new();
        let of_plan = plan::inputs(archive, &files, read, &mut refused);
        let plan = Plan::new(&of_plan, read, count, memory);
        inputs = Some(of_plan);
        (plan, refused)
    })?;
    if let Begun::Anew(code) = begun {
        eprintln!("{}", words.archive_anew(code));
    }
    if folder.found().exists() {
        let read = serde_json::from_slice(
            &std::fs::read(folder.read()).map_err(NodeError::file(folder.read(), "read"))?,
        )?;
        return Ok(Some(Outcome { found: Findings::read(&folder.found())?.sorted(), read }));
    }
    let inputs = match inputs {
        Some(inputs) => inputs,
        // What was refused then is in the manifest.
        None => plan::inputs(archive, &files, read, &mut Vec::<Refused>::new()),
    };
    let run = Run { archive, beside, inputs: &inputs, folder: &folder, parameters, charts, kinds, progress };
    units(&run, &Workers::new(count, args.units))
}

/// What a unit of the second stage does.
#[derive(Clone, Copy)]
enum Unit {
    Vessels(u32),
    InOrder,
}

fn units(run: &Run<'_>, workers: &Workers) -> Result<Option<Outcome>, NodeError> {
    let (folder, progress) = (run.folder, run.progress);
    let all = folder.plan.slices();
    let slices: Vec<usize> = (0..all).filter(|number| !folder.slice(*number).exists()).collect();
    progress.stage(Stage::Slices, all, all - slices.len());
    if !workers.all(&slices, progress, |number| run.slice(*number))? {
        return Ok(None);
    }
    let read = run.sum()?;
    let newest = Instant::from_micros(read.newest.unwrap_or(i64::MIN));

    let partitions = if run.by_vessel() { folder.plan.partitions } else { 0 };
    // The longest first.
    let mut second: Vec<Unit> = Vec::new();
    second.extend((run.in_order() && !folder.in_order().exists()).then_some(Unit::InOrder));
    second.extend((0..partitions).filter(|one| !folder.vessels(*one).exists()).map(Unit::Vessels));
    let all = partitions as usize + usize::from(run.in_order());
    progress.stage(Stage::Vessels, all, all - second.len());
    let work = |unit: &Unit| match unit {
        Unit::Vessels(partition) => run.vessels(*partition, newest),
        Unit::InOrder => run.all_in_order(newest),
    };
    if !workers.all(&second, progress, work)? {
        return Ok(None);
    }

    let tiles = if run.by_cell() { run.tiles()? } else { Vec::new() };
    let left: Vec<_> = tiles.iter().copied().filter(|tile| !folder.cell(*tile).exists()).collect();
    progress.stage(Stage::Cells, tiles.len(), tiles.len() - left.len());
    if !workers.all(&left, progress, |tile| run.cell(*tile))? {
        return Ok(None);
    }
    if run.by_cell() {
        let left: &[()] = if folder.across().exists() { &[] } else { &[()] };
        progress.stage(Stage::Across, 1, 1 - left.len());
        if !workers.all(left, progress, |()| run.across(&tiles, newest))? {
            return Ok(None);
        }
    }
    let text = serde_json::to_vec(&read)?;
    std::fs::write(folder.read(), text).map_err(NodeError::file(folder.read(), "written"))?;
    let found = run.gather(&tiles)?;
    folder.keep_result()?;
    Ok(Some(Outcome { found, read }))
}
