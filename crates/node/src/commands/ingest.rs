//! `bitacora ingest`: recordings and live feeds into the store, with a summary of what came and what did not.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant as Stopwatch;

use bitacora_feeds::ais::{Options, Reader, Sink};
use bitacora_feeds::open::{self, Format, Opened};
use bitacora_feeds::positions::{ColumnMap, Positions};
use bitacora_feeds::refusal::Refusal;
use bitacora_primitives::{Duration, Instant, SourceId};
use bitacora_sea::contacts::Report;
use bitacora_store::{PositionQuery, PositionRow, Store, Tallies};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::charts;
use crate::cli::{IngestArgs, ReadingArgs};
use crate::config::{Config, data_folder};
use crate::error::NodeError;
use crate::feed_url::{FeedUrl, is_feed};
use crate::intake::{Intake, ais_tallies, position_tallies, stored};
use crate::pipeline::{Phase, Pipeline, QuarantineFile};
use crate::recording::Recording;
use crate::summary::{Summary, print, say};
use crate::watch::watch;
use crate::words::Words;

const CHUNK: usize = 256 * 1024;
const ROWS_A_TURN: usize = 10_000;
/// Detection over stored rows goes by windows of at most so many rows, halved where they are denser and doubled
/// where they are sparse.
const WINDOW_ROWS: usize = 1_000_000;
const FIRST_WINDOW: Duration = Duration::from_hours(1);
const LONGEST_WINDOW: Duration = Duration::from_hours(30 * 24);
const SHORTEST_WINDOW: Duration = Duration::from_secs(1);

pub(crate) fn run(args: IngestArgs, words: Words) -> Result<ExitCode, NodeError> {
    let folder = data_folder(&args.data);
    let config = Config::load(&folder)?;
    let database = args.data.database.clone().or_else(|| config.database.clone());
    let map = column_map(&args.reading)?;
    let store = Arc::new(Store::open(&folder, database.as_deref())?);
    let (feeds, paths): (Vec<&String>, Vec<&String>) = args.paths.iter().partition(|path| is_feed(path));
    let feeds: Vec<FeedUrl> = feeds.into_iter().map(|url| FeedUrl::parse(url)).collect::<Result<_, _>>()?;

    let charts = charts::load_aloud(&folder);
    let mut pipeline = Pipeline::new(Arc::clone(&store), None, config.sea, charts, config.places);
    let mut usable = false;
    for (index, path) in paths.iter().enumerate() {
        let next = paths.get(index + 1).and_then(|next| first_moment(Path::new(next), &args.reading, &map));
        // What cannot be read is said and does not stop the rest; what cannot be stored stops everything.
        let summary =
            match recording(&store, &mut pipeline, Path::new(path), &args.reading, &map, next, words) {
                Err(error) if error.is_of_input() => {
                    eprintln!("{}", words.failure(&error));
                    continue;
                }
                outcome => outcome?,
            };
        usable |= summary.usable;
        print(&summary, args.json, words)?;
        if let Some(damage) = &summary.damage {
            eprintln!("{}", words.failure(damage));
        }
        if summary.needs_start {
            eprintln!("{}", words.failure(&NodeError::NoTime { path: (*path).clone() }));
        }
    }
    if !feeds.is_empty() {
        usable |= live(&store, pipeline, &feeds, args.json, words)?;
    }
    if usable {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("{}: {}: {}", words.error, words.nothing_usable, args.paths.join(" "));
    Ok(ExitCode::FAILURE)
}

/// The options that change what a recording of this format gives.
fn told(format: Format, reading: &ReadingArgs) -> String {
    match (format, reading.start, reading.rate, &reading.map) {
        (Format::Nmea, Some(start), Some(rate), _) => format!("start={start} rate={rate}"),
        (Format::Csv | Format::Parquet, _, _, Some(map)) => format!("map={map}"),
        _ => String::new(),
    }
}

fn column_map(reading: &ReadingArgs) -> Result<ColumnMap, NodeError> {
    reading.map.as_deref().map_or_else(
        || Ok(ColumnMap::default()),
        |text| ColumnMap::parse(text).map_err(|error| NodeError::Map(error.to_string())),
    )
}

fn recording(
    store: &Store,
    pipeline: &mut Pipeline,
    path: &Path,
    reading: &ReadingArgs,
    map: &ColumnMap,
    next: Option<Instant>,
    words: Words,
) -> Result<Summary, NodeError> {
    let mut opened = open::open(path)?;
    let recording = Recording::register(store, &opened, path, &told(opened.format, reading))?;
    pipeline.begin_recording(recording.source, recording.lines()?);
    let reader = std::mem::replace(&mut opened.reader, Box::new(std::io::empty()));
    opened.reader = recording.keeping(reader)?;
    let mut quarantine = QuarantineFile::of(store.folder(), recording.source);
    let bar = progress_bar(&opened, words);
    let stopwatch = Stopwatch::now();
    let before = pipeline.found();
    let mut summary = match opened.format {
        Format::Nmea => nmea(pipeline, &recording, opened, reading, next, &mut quarantine, &bar)?,
        Format::Csv | Format::Parquet => {
            rows(pipeline, &recording, opened, map, next, &mut quarantine, &bar)?
        }
    };
    bar.finish_and_clear();
    let found = pipeline.found();
    summary.tallies = pipeline.with_picture(recording.source, summary.tallies);
    summary.name = recording.name;
    summary.events = found.events - before.events;
    summary.leads = found.leads - before.leads;
    summary.late = found.late - before.late;
    summary.seconds = stopwatch.elapsed().as_secs_f64();
    summary.quarantine = quarantine.path().map(Path::to_owned);
    Ok(summary)
}

/// When a recording begins, as far as its first chunk tells; `None` where nothing there can be read.
fn first_moment(path: &Path, reading: &ReadingArgs, map: &ColumnMap) -> Option<Instant> {
    // A stream can be read only once.
    std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let mut opened = open::open(path).ok()?;
    let source = SourceId::of(&[]);
    let mut first = First(None);
    if opened.format == Format::Nmea {
        let mut chunk = Vec::with_capacity(CHUNK);
        opened.reader.by_ref().take(CHUNK as u64).read_to_end(&mut chunk).ok()?;
        let options =
            Options { start: reading.start, rate: reading.rate.unwrap_or(1.0), ..Options::default() };
        Reader::new(source, options).push(&chunk, None, &mut first);
    } else {
        Positions::new(opened, source, map).ok()?.read(1, &mut first).ok()?;
    }
    first.0
}

/// Takes the time of the first report and leaves the rest.
struct First(Option<Instant>);

impl Sink for First {
    fn report(&mut self, report: Report) {
        self.0.get_or_insert(report.observed());
    }

    fn refused(&mut self, _refusal: Refusal) {}
}

fn progress_bar(opened: &Opened, words: Words) -> ProgressBar {
    let (length, template) = match opened.bytes_total {
        Some(length) => {
            (Some(length), "{prefix} {wide_bar} {bytes}/{total_bytes}  {msg}  {elapsed} (-{eta})")
        }
        None => (None, "{prefix} {spinner} {bytes}  {msg}  {elapsed}"),
    };
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr_with_hz(4));
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_prefix(opened.name.clone());
    bar.set_message(words.lines);
    bar
}

fn show(bar: &ProgressBar, bytes: u64, lines: u64, stopwatch: Stopwatch) {
    bar.set_position(bytes);
    bar.set_message(format!("{:.0} lines/s", lines as f64 / stopwatch.elapsed().as_secs_f64().max(1e-3)));
}

fn nmea(
    pipeline: &mut Pipeline,
    recording: &Recording,
    mut opened: Opened,
    reading: &ReadingArgs,
    next: Option<Instant>,
    quarantine: &mut QuarantineFile,
    bar: &ProgressBar,
) -> Result<Summary, NodeError> {
    let options = Options { start: reading.start, rate: reading.rate.unwrap_or(1.0), ..stored() };
    let mut reader = Reader::new(recording.source, options);
    let mut chunk = vec![0; CHUNK];
    let stopwatch = Stopwatch::now();
    let mut damage = None;
    let mark = loop {
        let read = opened.reader.read(&mut chunk);
        let count = match read {
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            // What came before the damage is kept; the damage is said.
            Err(error) => {
                damage = Some(NodeError::file(&opened.name, "read on")(error));
                0
            }
        };
        let mut intake = Intake::new(pipeline, quarantine);
        let before = (reader.line(), reader.counts().messages);
        if count == 0 {
            reader.finish(&mut intake);
        } else {
            reader.push(chunk.get(..count).unwrap_or_default(), None, &mut intake);
        }
        intake.result()?;
        let counts = reader.counts();
        show(bar, opened.progress.bytes(), counts.lines, stopwatch);
        if count == 0 {
            if !pipeline.is_continued_by(next) {
                pipeline.finish()?;
            }
            // A last line that breaks off and gives nothing is not stored: the recording may still grow.
            let is_whole = counts.messages > before.1;
            let mark = if is_whole { reader.line() } else { before.0 };
            commit(pipeline, recording, mark, ais_tallies(counts), quarantine)?;
            break mark;
        }
        if pipeline.is_full() {
            commit(pipeline, recording, reader.line(), ais_tallies(reader.counts()), quarantine)?;
        }
    };
    let counts = reader.counts();
    Ok(Summary {
        tallies: ais_tallies(counts),
        mark,
        usable: counts.usable(),
        needs_start: counts.needs_start(),
        damage,
        ..Summary::default()
    })
}

fn rows(
    pipeline: &mut Pipeline,
    recording: &Recording,
    opened: Opened,
    map: &ColumnMap,
    next: Option<Instant>,
    quarantine: &mut QuarantineFile,
    bar: &ProgressBar,
) -> Result<Summary, NodeError> {
    let progress = opened.progress.clone();
    let mut positions = Positions::new(opened, recording.source, map)?;
    pipeline.enter(Phase::Store);
    let stopwatch = Stopwatch::now();
    let (mut more, mut damage) = (true, None);
    while more {
        let mut intake = Intake::new(pipeline, quarantine);
        let outcome = positions.read(ROWS_A_TURN, &mut intake);
        intake.result()?;
        more = matches!(outcome, Ok(true));
        let counts = *positions.counts();
        show(bar, progress.bytes(), counts.rows, stopwatch);
        if !more || pipeline.is_full() {
            commit(pipeline, recording, positions.line(), position_tallies(&counts), quarantine)?;
        }
        match outcome {
            // What came before the damage is kept.
            Err(error) if counts.positions > 0 => damage = Some(error.into()),
            outcome => _ = outcome?,
        }
    }
    let counts = positions.counts();
    if let Some(span) = pipeline.enter(Phase::Detect) {
        detect(pipeline, recording, span, bar)?;
    }
    if !pipeline.is_continued_by(next) {
        pipeline.finish()?;
    }
    commit(pipeline, recording, positions.line(), position_tallies(counts), quarantine)?;
    pipeline.enter(Phase::StoreAndDetect);
    Ok(Summary {
        tallies: position_tallies(counts),
        mark: positions.line(),
        usable: counts.positions > 0,
        damage,
        ..Summary::default()
    })
}

/// Gives what is stored of a recording to the picture in order of time, window by window: memory stays
/// bounded however the rows were ordered.
fn detect(
    pipeline: &mut Pipeline,
    recording: &Recording,
    (first, last): (Instant, Instant),
    bar: &ProgressBar,
) -> Result<(), NodeError> {
    let (mut from, mut step) = (first, FIRST_WINDOW);
    while from <= last {
        let to = from + step - Duration::from_micros(1);
        let found =
            pipeline.store().positions(&PositionQuery { from, to, mmsi: None, limit: WINDOW_ROWS })?;
        if found.truncated && step > SHORTEST_WINDOW {
            step = Duration::from_micros(step.micros() / 2);
            continue;
        }
        let said = pipeline.store().statics(from, to)?.into_iter();
        let mut said = said.filter(|one| one.evidence.source == recording.source).peekable();
        let rows = found.rows.iter().filter(|row| row.source == recording.source);
        for contact in rows.filter_map(PositionRow::contact) {
            while let Some(one) = said.next_if(|one| one.observed <= contact.observed) {
                pipeline.take(Report::Static(one))?;
            }
            pipeline.take(Report::Position(contact))?;
        }
        said.try_for_each(|one| pipeline.take(Report::Static(one)))?;
        from = from + step;
        if found.rows.len() < WINDOW_ROWS / 4 && step < LONGEST_WINDOW {
            step = Duration::from_micros(step.micros() * 2);
        }
        bar.set_message(from.to_string());
    }
    Ok(())
}

fn commit(
    pipeline: &mut Pipeline,
    recording: &Recording,
    line: u64,
    tallies: Tallies,
    quarantine: &mut QuarantineFile,
) -> Result<(), NodeError> {
    quarantine.take_over(pipeline)?;
    quarantine.flush()?;
    pipeline.commit(recording.source, line, None, tallies)?;
    Ok(())
}

/// Reads live feeds until all have closed or Ctrl-C.
fn live(
    store: &Arc<Store>,
    pipeline: Pipeline,
    feeds: &[FeedUrl],
    as_json: bool,
    words: Words,
) -> Result<bool, NodeError> {
    let stop = Arc::new(AtomicBool::new(false));
    let on_signal = Arc::clone(&stop);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(NodeError::file("signals", "listened to"))?;
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            on_signal.store(true, Ordering::Relaxed);
        }
    });
    let mut marks = BTreeMap::new();
    let summaries = watch(store, None, pipeline, feeds, true, &stop, |url, line| {
        if !as_json
            && marks.insert(url.to_owned(), line) != Some(line)
            && let Err(error) = say(&format!("{url} {} {line}\n", words.commit_mark))
        {
            tracing::warn!(%error, "commit mark cannot be printed");
        }
    })?;
    for summary in &summaries {
        print(summary, as_json, words)?;
    }
    Ok(summaries.iter().any(|summary| summary.usable))
}
