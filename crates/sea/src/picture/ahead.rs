//! What the settled picture will probably find, told at once. A second picture takes every report as it comes, in
//! whatever order; what it finds is provisional until the settled one has found it too, or has passed its time
//! without finding it. Nothing here is a fact, and no lead rests on it.

use std::collections::VecDeque;
use std::sync::Arc;

use bitacora_primitives::{Duration, EventId, Instant};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Charts, Order, Output, Picture};
use crate::behaviour::{Event, Parameters};
use crate::contacts::{Contact, Report};

/// What to show now in place of what was shown under the event's id before.
#[derive(Clone, PartialEq, Debug)]
pub enum Told {
    /// Found before its time is settled. Revisions of one id rise, apart from those of the settled event.
    Provisional(Event),
    /// Found as it stands.
    Settled(Event),
    /// Its time has been settled, and there was no such event: the provisional one, withdrawn.
    Retracted(Event),
}

impl Told {
    pub const fn event(&self) -> &Event {
        match self {
            Self::Provisional(event) | Self::Settled(event) | Self::Retracted(event) => event,
        }
    }
}

/// What was told of one id.
#[derive(Debug)]
struct Shown {
    event: Event,
    /// The newest report when it was found: once the watermark is past it, the settled picture has seen all of it.
    decided: Instant,
    /// The settled event's latest revision, where it is behind what is shown.
    settled: Option<Event>,
}

/// See the module.
#[derive(Debug)]
pub struct Ahead {
    picture: Picture,
    shown: FxHashMap<EventId, Shown>,
    /// By time of decision, an entry for each revision.
    decided: VecDeque<(Instant, EventId)>,
    /// Settled events that go on: what stands should a later provisional revision come to nothing.
    going: FxHashMap<EventId, Event>,
    /// Taken back, and by this picture's own light still going on: nothing more is told of them.
    retracted: FxHashSet<EventId>,
    outputs: Vec<Output>,
}

impl Ahead {
    /// With the settled picture's charts and parameters, but for the lateness, which it does not wait for.
    pub fn new(parameters: &Parameters, charts: Arc<Charts>) -> Self {
        let parameters = Parameters { lateness: Duration::default(), ..parameters.clone() };
        Self {
            picture: Picture::in_order(parameters, charts, Order::Arrival),
            shown: FxHashMap::default(),
            decided: VecDeque::new(),
            going: FxHashMap::default(),
            retracted: FxHashSet::default(),
            outputs: Vec::new(),
        }
    }

    /// Takes a report as it comes.
    pub fn push(&mut self, contact: &Contact, out: &mut Vec<Told>) {
        self.picture.push(Report::Position(*contact), &mut self.outputs);
        self.tell(out);
    }

    /// Time goes on while nothing is heard.
    pub fn advance(&mut self, now: Instant, out: &mut Vec<Told>) {
        self.picture.advance(now, &mut self.outputs);
        self.tell(out);
    }

    fn tell(&mut self, out: &mut Vec<Told>) {
        let now = self.picture.watermark().unwrap_or_default();
        for output in self.outputs.drain(..) {
            let Output::Event(event) = output else { continue };
            if self.retracted.contains(&event.id) {
                if event.end.is_some() {
                    self.retracted.remove(&event.id);
                }
                continue;
            }
            let before = self.shown.remove(&event.id).and_then(|shown| shown.settled);
            let settled = before.or_else(|| self.going.get(&event.id).cloned());
            self.decided.push_back((now, event.id));
            self.shown.insert(event.id, Shown { event: event.clone(), decided: now, settled });
            out.push(Told::Provisional(event));
        }
    }

    /// The settled picture has found this. True when it is to be shown; false while something newer is shown that
    /// is not settled yet.
    pub fn settled(&mut self, event: &Event) -> bool {
        self.retracted.remove(&event.id);
        if event.end.is_none() && !event.withdrawn {
            self.going.insert(event.id, event.clone());
        } else {
            self.going.remove(&event.id);
        }
        let Some(shown) = self.shown.get_mut(&event.id) else { return true };
        shown.settled = Some(event.clone());
        event.revision >= shown.event.revision
    }

    /// The settled picture has seen everything before the watermark: what was told and is not so is put right.
    pub fn settle_before(&mut self, watermark: Instant, out: &mut Vec<Told>) {
        while let Some((decided, id)) = self.decided.front().copied().filter(|(at, _)| *at < watermark) {
            self.decided.pop_front();
            // A later revision has its own entry.
            if self.shown.get(&id).is_none_or(|shown| shown.decided != decided) {
                continue;
            }
            let Some(shown) = self.shown.remove(&id) else { continue };
            match shown.settled {
                Some(event) if event.revision >= shown.event.revision => {}
                Some(event) => out.push(Told::Settled(event)),
                None if shown.event.withdrawn => {}
                None => {
                    if shown.event.end.is_none() {
                        self.retracted.insert(id);
                    }
                    let revision = shown.event.revision + 1;
                    out.push(Told::Retracted(Event { revision, withdrawn: true, ..shown.event }));
                }
            }
        }
    }

    /// Ids told of whose time is not settled yet.
    pub fn unsettled(&self) -> usize {
        self.shown.len()
    }
}
