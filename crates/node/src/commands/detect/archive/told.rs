//! What vessels say of themselves, from the static reports of the data folder, told to the picture in order of time.

use std::collections::{BTreeSet, VecDeque};
use std::iter::Peekable;
use std::vec::IntoIter;

use bitacora_primitives::{Duration, Instant};
use bitacora_sea::Event;
use bitacora_sea::archive::Ordered;
use bitacora_sea::contacts::StaticReport;
use bitacora_store::{StaticFile, Store};

use super::window::Window;
use crate::error::NodeError;

const DAY_S: i64 = 86_400;
/// So much is held at once, seconds; a day has a whole number of them.
const STEP_S: i64 = 600;

/// See the module.
pub(super) struct Told<'a> {
    store: &'a Store,
    window: Window,
    /// Where the stretches begin that may hold reports and were not read.
    steps: Peekable<IntoIter<Instant>>,
    held: VecDeque<StaticReport>,
}

impl<'a> Told<'a> {
    /// Of the reports of `window`.
    pub(super) fn new(store: &'a Store, files: &[StaticFile], window: Window) -> Self {
        let days: BTreeSet<i64> = files.iter().map(|file| file.day).collect();
        let steps = days.into_iter().flat_map(|day| {
            let begins = day.saturating_mul(DAY_S);
            (begins..begins.saturating_add(DAY_S)).step_by(STEP_S as usize).map(Instant::from_secs)
        });
        let within =
            |begins: &Instant| *begins < window.to && *begins + Duration::from_secs(STEP_S) > window.from;
        let steps: Vec<Instant> = steps.filter(within).collect();
        Self { store, window, steps: steps.into_iter().peekable(), held: VecDeque::new() }
    }

    /// Tells `ordered` what was said until `time`; times never go back. Appends revisions of events.
    pub(super) fn tell(
        &mut self,
        time: Instant,
        ordered: &mut Ordered,
        events: &mut Vec<Event>,
    ) -> Result<(), NodeError> {
        loop {
            while let Some(one) = self.held.pop_front_if(|one| one.observed <= time) {
                ordered.learn(one, events);
            }
            let Some(begins) = self.steps.next_if(|begins| *begins <= time) else { return Ok(()) };
            let ends = (begins + Duration::from_secs(STEP_S)).min(self.window.to);
            let last = Instant::from_micros(ends.micros() - 1);
            self.held = self.store.statics(begins.max(self.window.from), last)?.into();
        }
    }
}
