//! The live picture: the newest fix of each vessel, and the messages that go to every open page. Filled by
//! `node`, read by requests; holds nothing that the store does not hold or will not hold at the next commit.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bitacora_primitives::{Duration, Instant, Mmsi, SourceId};
use bitacora_sea::contacts::{Contact, StationKind};
use bitacora_sea::{Kind, Told};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use tokio::sync::broadcast;

use crate::convert::{live_event, push_vessel};
use crate::shapes::{BehaviourEvent, Clock, ClockMode, Feed, FeedState, Totals, VesselColumns};

/// Messages kept for a page that reads slowly; one that falls further behind is told to fetch everything again.
const BACKLOG: usize = 1024;
/// A feed silent for longer than this is late; it is stopped once its connection is gone.
const LATE_AFTER: Duration = Duration::from_secs(60);

/// One server-sent event, serialised once for all pages.
#[derive(Clone, Debug)]
pub(crate) struct StreamMessage {
    pub(crate) event: &'static str,
    pub(crate) data: Arc<str>,
}

#[derive(Clone, Debug)]
pub(crate) struct LiveVessel {
    pub(crate) contact: Contact,
    pub(crate) name: Option<Arc<str>>,
    pub(crate) ship_type: Option<u8>,
}

/// A vessel's name and ship type, where known.
pub(crate) type Named = (Option<Arc<str>>, Option<u8>);

/// What a feed says of itself, once a second or so.
#[derive(Clone, Debug)]
pub struct FeedReport {
    pub source: SourceId,
    pub kind: String,
    pub name: String,
    pub connected: bool,
    pub ended: bool,
    pub last_received: Option<Instant>,
    pub lines: u64,
    pub per_minute: f64,
    pub commit_line: u64,
    pub totals: Totals,
}

#[derive(Debug)]
pub struct Live {
    vessels: RwLock<FxHashMap<Mmsi, LiveVessel>>,
    names: RwLock<FxHashMap<Mmsi, Named>>,
    changed: Mutex<FxHashSet<Mmsi>>,
    clock: RwLock<(ClockMode, f64, Instant)>,
    feeds: RwLock<Vec<FeedReport>>,
    /// Told and not settled yet, by id.
    provisional: RwLock<BTreeMap<String, BehaviourEvent>>,
    /// Kinds of event that are not looked for.
    off: RwLock<Vec<Kind>>,
    /// Hearings that were let go before their report came.
    hearings_given_up: AtomicU64,
    pages: broadcast::Sender<StreamMessage>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            vessels: RwLock::default(),
            names: RwLock::default(),
            changed: Mutex::default(),
            clock: RwLock::new((ClockMode::Still, 0.0, Instant::default())),
            feeds: RwLock::default(),
            provisional: RwLock::default(),
            off: RwLock::default(),
            hearings_given_up: AtomicU64::new(0),
            pages: broadcast::channel(BACKLOG).0,
        }
    }
}

impl Live {
    /// Kinds of event that the node does not look for, since the data they need is not there.
    pub fn looks_not_for(&self, kinds: &[Kind]) {
        *self.off.write().unwrap_or_else(PoisonError::into_inner) = kinds.to_vec();
    }

    pub(crate) fn off(&self) -> Vec<String> {
        let off = self.off.read().unwrap_or_else(PoisonError::into_inner);
        off.iter().map(|kind| kind.code().to_owned()).collect()
    }

    /// Stations' hearings that were let go before the report that they belong to came: since the node started.
    pub fn set_hearings_given_up(&self, count: u64) {
        self.hearings_given_up.store(count, Ordering::Relaxed);
    }

    pub(crate) fn hearings_given_up(&self) -> u64 {
        self.hearings_given_up.load(Ordering::Relaxed)
    }

    /// A vessel was heard. An older fix than the one shown does not move it back.
    pub fn moved(&self, contact: &Contact) {
        if matches!(contact.station, StationKind::BaseStation) {
            return;
        }
        let mut vessels = self.vessels.write().unwrap_or_else(PoisonError::into_inner);
        if vessels.get(&contact.mmsi).is_some_and(|shown| shown.contact.observed > contact.observed) {
            return;
        }
        let (name, ship_type) = self.name_of(contact.mmsi);
        vessels.insert(contact.mmsi, LiveVessel { contact: *contact, name, ship_type });
        drop(vessels);
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(contact.mmsi);
    }

    /// A vessel said who it is.
    pub fn named(&self, mmsi: Mmsi, name: Option<&str>, ship_type: Option<u8>) {
        let entry = (name.map(Arc::from), ship_type);
        self.names.write().unwrap_or_else(PoisonError::into_inner).insert(mmsi, entry.clone());
        let mut vessels = self.vessels.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(vessel) = vessels.get_mut(&mmsi) {
            (vessel.name, vessel.ship_type) = entry;
            drop(vessels);
            self.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(mmsi);
        }
    }

    pub(crate) fn name_of(&self, mmsi: Mmsi) -> Named {
        self.names.read().unwrap_or_else(PoisonError::into_inner).get(&mmsi).cloned().unwrap_or_default()
    }

    pub fn set_clock(&self, mode: ClockMode, speed: f64, now: Instant) {
        *self.clock.write().unwrap_or_else(PoisonError::into_inner) = (mode, speed, now);
    }

    /// The picture's own time.
    pub fn now(&self, wall: Instant) -> Instant {
        match *self.clock.read().unwrap_or_else(PoisonError::into_inner) {
            (ClockMode::Live, ..) => wall,
            // Nothing stored and nothing heard: the only time there is.
            (ClockMode::Still, _, now) if now == Instant::default() => wall,
            (_, _, now) => now,
        }
    }

    pub fn report_feed(&self, report: FeedReport) {
        let mut feeds = self.feeds.write().unwrap_or_else(PoisonError::into_inner);
        match feeds.iter_mut().find(|feed| feed.source == report.source) {
            Some(feed) => *feed = report,
            None => feeds.push(report),
        }
    }

    /// Sends a message to every open page. Nobody listening is no error.
    pub fn publish<T: Serialize>(&self, event: &'static str, body: &T) {
        match serde_json::to_string(body) {
            Ok(text) => {
                let _unheard = self.pages.send(StreamMessage { event, data: text.into() });
            }
            Err(error) => tracing::error!(%error, event, "message cannot be written"),
        }
    }

    /// Shows a behaviour event that is settled, with the names known for its vessels.
    pub fn publish_event(&self, event: &bitacora_sea::Event) {
        let shape = live_event(self, event);
        self.provisional.write().unwrap_or_else(PoisonError::into_inner).remove(&shape.id);
        self.publish("event", &shape);
    }

    /// Shows what was found before its time is settled, and what became of it.
    pub fn tell(&self, told: &Told) {
        if let Told::Settled(event) = told {
            return self.publish_event(event);
        }
        let shape = BehaviourEvent { provisional: true, ..live_event(self, told.event()) };
        self.publish("event", &shape);
        let mut provisional = self.provisional.write().unwrap_or_else(PoisonError::into_inner);
        if shape.withdrawn {
            provisional.remove(&shape.id);
        } else {
            provisional.insert(shape.id.clone(), shape);
        }
    }

    /// What has been told and is not settled yet, latest start first.
    pub(crate) fn provisional(&self) -> Vec<BehaviourEvent> {
        let provisional = self.provisional.read().unwrap_or_else(PoisonError::into_inner);
        let mut events: Vec<BehaviourEvent> = provisional.values().cloned().collect();
        events.sort_by(|a, b| b.start.cmp(&a.start).then_with(|| a.id.cmp(&b.id)));
        events
    }

    /// Sends what moved since the last call as one message. Called every twentieth of a second.
    pub fn flush(&self) {
        let changed = std::mem::take(&mut *self.changed.lock().unwrap_or_else(PoisonError::into_inner));
        if changed.is_empty() || !self.has_pages() {
            return;
        }
        let mut columns = VesselColumns::default();
        let vessels = self.vessels.read().unwrap_or_else(PoisonError::into_inner);
        let mut newest = Instant::default();
        for vessel in changed.iter().filter_map(|mmsi| vessels.get(mmsi)) {
            newest = newest.max(vessel.contact.observed);
            push_vessel(&mut columns, vessel);
        }
        drop(vessels);
        columns.at = newest.to_string();
        self.publish("vessels", &columns);
    }

    pub(crate) fn has_pages(&self) -> bool {
        self.pages.receiver_count() > 0
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<StreamMessage> {
        self.pages.subscribe()
    }

    /// All vessels heard within `stale` before `now`.
    pub(crate) fn snapshot(&self, now: Instant, stale: Duration) -> VesselColumns {
        let mut columns = VesselColumns { at: now.to_string(), ..VesselColumns::default() };
        let vessels = self.vessels.read().unwrap_or_else(PoisonError::into_inner);
        let mut recent: Vec<&LiveVessel> =
            vessels.values().filter(|vessel| now - vessel.contact.observed <= stale).collect();
        recent.sort_by_key(|vessel| vessel.contact.mmsi);
        for vessel in recent {
            push_vessel(&mut columns, vessel);
        }
        columns
    }

    pub(crate) fn vessel(&self, mmsi: Mmsi) -> Option<LiveVessel> {
        self.vessels.read().unwrap_or_else(PoisonError::into_inner).get(&mmsi).cloned()
    }

    pub(crate) fn clock(&self, wall: Instant) -> Clock {
        let (mode, speed, _) = *self.clock.read().unwrap_or_else(PoisonError::into_inner);
        Clock { now: self.now(wall).to_string(), wall: wall.to_string(), mode, speed }
    }

    pub(crate) fn feeds(&self, wall: Instant) -> (Vec<Feed>, Totals) {
        let reports = self.feeds.read().unwrap_or_else(PoisonError::into_inner);
        let mut totals = Totals::default();
        let feeds = reports
            .iter()
            .map(|report| {
                totals.lines += report.totals.lines;
                totals.messages += report.totals.messages;
                totals.ignored += report.totals.ignored;
                totals.refused += report.totals.refused;
                totals.late += report.totals.late;
                Feed {
                    source: report.source.to_string(),
                    kind: report.kind.clone(),
                    name: report.name.clone(),
                    state: feed_state(report, wall),
                    last_received: report.last_received.map(|at| at.to_string()),
                    lines: report.lines,
                    per_minute: report.per_minute,
                    commit_line: report.commit_line,
                }
            })
            .collect();
        (feeds, totals)
    }
}

fn feed_state(report: &FeedReport, wall: Instant) -> FeedState {
    if report.ended {
        FeedState::Ended
    } else if !report.connected {
        FeedState::Stopped
    } else if report.last_received.is_none_or(|at| wall - at > LATE_AFTER) {
        FeedState::Late
    } else {
        FeedState::Fresh
    }
}
