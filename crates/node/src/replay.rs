//! Playing a recording as if it came in now, `speed` times faster than it happened.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration as Wait;

use bitacora_api::FeedReport;
use bitacora_api::shapes::ClockMode;
use bitacora_feeds::ais::Reader;
use bitacora_feeds::open;
use bitacora_primitives::{Duration, Instant};

use crate::clock;
use crate::error::NodeError;
use crate::intake::{Intake, ais_tallies, stored};
use crate::pipeline::{Pipeline, QuarantineFile};
use crate::recording::Recording;
use crate::serving::Node;
use crate::watch::totals;

/// Facts are committed this often in wall time, and at once when there is a finding.
const COMMIT_EVERY: Duration = Duration::from_secs(2);
const REPORT_EVERY: Duration = Duration::from_micros(500_000);
/// A jump of the recording's clock by more than this is not waited for.
const MAX_WAIT: Duration = Duration::from_secs(5);
/// Lines taken between two looks at the clock.
const LINES_AT_A_TIME: usize = 16;

/// Where the replay stands against the wall clock.
#[derive(Clone, Copy, Debug)]
struct Pace {
    speed: f64,
    wall: Instant,
    event: Instant,
}

impl Pace {
    fn now(&self, wall: Instant) -> Instant {
        self.event + Duration::from_secs_f64((wall - self.wall).secs_f64() * self.speed)
    }

    /// Waits until `event` is due; a leap in the recording moves the pace instead.
    fn wait_for(&mut self, event: Instant) {
        let wall = clock::now();
        let due = Duration::from_secs_f64((event - self.now(wall)).secs_f64() / self.speed);
        if due > MAX_WAIT {
            (self.wall, self.event) = (wall, event);
        } else if due > Duration::from_micros(0) {
            thread::sleep(Wait::from_micros(due.micros().unsigned_abs()));
        }
    }
}

pub(crate) fn replay(node: &Node, path: &Path, speed: f64) -> Result<(), NodeError> {
    let opened = open::open(path)?;
    let recording = Recording::register(&node.store, &opened, path, "")?;
    let mut pipeline = Pipeline::new(
        node.store.clone(),
        Some(node.live.clone()),
        node.config.sea.clone(),
        node.charts.clone(),
        node.config.places.clone(),
    );
    pipeline.begin_recording(recording.source, recording.lines()?);
    let mut quarantine = QuarantineFile::of(node.store.folder(), recording.source);
    let mut reader = Reader::new(recording.source, stored());
    let mut input = BufReader::with_capacity(1 << 18, opened.reader);
    let mut pace: Option<Pace> = None;
    let (mut committed, mut reported) = (clock::now(), clock::now());
    let (mut mark, mut ended) = (0, false);
    let mut line = Vec::new();

    while !ended && !node.stop.load(Ordering::Relaxed) {
        let mut intake = Intake::new(&mut pipeline, &mut quarantine);
        for _ in 0..LINES_AT_A_TIME {
            line.clear();
            ended = input.read_until(b'\n', &mut line).map_err(NodeError::file(path, "read"))? == 0;
            if ended {
                reader.finish(&mut intake);
                break;
            }
            reader.push(&line, None, &mut intake);
        }
        intake.result()?;
        let now = clock::now();
        if let Some(newest) = pipeline.newest() {
            let pace = pace.get_or_insert(Pace { speed, wall: now, event: newest });
            pace.wait_for(newest);
            node.live.set_clock(ClockMode::Replay, speed, pace.now(clock::now()).max(newest));
        }
        if ended {
            pipeline.finish()?;
        }
        let now = clock::now();
        if ended || now - committed >= COMMIT_EVERY || pipeline.has_findings() {
            committed = now;
            mark = reader.line();
            quarantine.take_over(&mut pipeline)?;
            quarantine.flush()?;
            pipeline.commit(recording.source, mark, None, ais_tallies(reader.counts()))?;
        }
        if ended || now - reported >= REPORT_EVERY {
            let counts = reader.counts();
            let heard_for = pace.map_or(0.0, |pace| (now - pace.wall).secs_f64()).max(1.0);
            reported = now;
            node.live.report_feed(FeedReport {
                source: recording.source,
                kind: "ais".to_owned(),
                name: recording.name.clone(),
                connected: !ended,
                ended,
                last_received: Some(now),
                lines: counts.lines,
                per_minute: counts.lines as f64 * 60.0 / heard_for,
                commit_line: mark,
                totals: totals(counts, &pipeline, recording.source),
            });
        }
    }
    Ok(())
}
