//! How far a run is: a bar on a terminal, a line a stage elsewhere, nothing beside JSON.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant as Stopwatch;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::words::Words;

pub(super) struct Progress {
    bar: ProgressBar,
    lines: bool,
    words: Words,
    begun: Stopwatch,
    fixes: AtomicU64,
}

impl Progress {
    pub(super) fn new(quiet: bool, words: Words) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let target = if terminal && !quiet {
            ProgressDrawTarget::stderr_with_hz(4)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) =
            ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len}  {msg}  {elapsed} (-{eta})")
        {
            bar.set_style(style);
        }
        Self { bar, lines: !terminal && !quiet, words, begun: Stopwatch::now(), fixes: AtomicU64::new(0) }
    }

    /// A stage of so many units begins, of which some are done from before.
    pub(super) fn stage(&self, stage: Stage, units: usize, done: usize) {
        let name = self.words.archive_stage(stage);
        self.bar.set_prefix(name);
        self.bar.set_length(self.bar.length().unwrap_or(0) + units as u64);
        self.bar.inc(done as u64);
        if self.lines {
            eprintln!("{name}: {done}/{units}");
        }
    }

    pub(super) fn unit(&self) {
        self.bar.inc(1);
        let fixes = self.fixes.load(Ordering::Relaxed) as f64;
        self.bar
            .set_message(format!("{:.2} M/s", fixes / self.begun.elapsed().as_secs_f64().max(1e-3) / 1e6));
    }

    /// Fixes that a unit has gone through.
    pub(super) fn fixes(&self, count: u64) {
        self.fixes.fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// The stages of a run, for their names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    Slices,
    Vessels,
    Cells,
    Across,
}
