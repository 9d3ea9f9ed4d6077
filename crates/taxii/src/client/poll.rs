//! Reading a collection (TAXII 2.1, 3.5 and 5.4), a page a call. The state comes in and a new one goes out, so that the caller stores
//! the page's objects first and the state after: what is interrupted in between comes again, and is left out again.

use std::collections::BTreeMap;

use bitacora_primitives::{Duration, Instant};
use serde::de::DeserializeSeed as _;
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::discover::below;
use super::{Client, ClientError, Transport};
use crate::backend::Object;
use crate::envelope::List;
use crate::object::ReadHeader;
use crate::strict::{Broken, Walk};
use crate::times;

/// How far a collection has been read. Serialisable; made anew, everything is read again.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PollState {
    /// The latest `date_added` of the walks that came to their end.
    cursor: Option<Instant>,
    /// The walk under way.
    walk: Option<Underway>,
    /// What was given to the caller, with a date at or after its `date_added`; those without a date are never forgotten for it.
    seen: BTreeMap<String, Option<Instant>>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct Underway {
    added_after: Option<Instant>,
    next: Option<String>,
    /// The latest date of the walk so far.
    highest: Option<Instant>,
    pages: u64,
    idle: u32,
    /// How many objects came that had come before.
    #[serde(default)]
    repeated: u64,
}

/// A page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Polled {
    /// What had not come before, in the server's order.
    pub objects: Vec<Object>,
    /// How many had.
    pub repeated: usize,
    /// What is no STIX object that can be kept, with its bytes: for quarantine. It comes again with the overlap.
    pub unread: Vec<Unread>,
    /// Whether there is another page now.
    pub more: bool,
}

/// Something in a page that could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unread {
    /// Its id, or its place in the page (`objects/3`).
    pub id: String,
    /// A code and why.
    pub reason: String,
    pub bytes: Vec<u8>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default)]
    more: Option<bool>,
    next: Option<String>,
    #[serde(borrow, default)]
    objects: Option<Unopened<'a>>,
}

/// As sent.
struct Unopened<'a>(Vec<&'a str>);

/// More than any page that [`super::ClientLimits`] would let through: bounds the list before the limits are known to serde.
const MOST_LISTED: usize = 1_000_000;

impl<'de: 'a, 'a> Deserialize<'de> for Unopened<'a> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        List { broken: &Broken::new(None), most: MOST_LISTED }.deserialize(input).map(Self)
    }
}

impl PollState {
    /// Gives up the walk under way, for when the server no longer knows its own `next`. Nothing is lost: the next walk begins where
    /// this one began, and what it had brought is left out.
    pub fn restart(&mut self) {
        self.walk = None;
    }

    /// Goes on with a walk that was interrupted, from its latest date less the overlap and not from the server's `next`: there are
    /// servers (medallion 3.0.0) whose `next` is a session that moves on with each page it gives, so that a page whose answer was lost, or
    /// that came after the state that was stored, would be left out.
    pub fn resume(&mut self, overlap: Duration) {
        if let Some(walk) = &mut self.walk {
            walk.next = None;
            (walk.idle, walk.repeated) = (0, 0);
            walk.added_after = walk.added_after.max(walk.highest.map(|highest| highest - overlap));
        }
    }

    /// The latest `date_added` up to which everything was read.
    pub fn cursor(&self) -> Option<Instant> {
        self.cursor
    }
}

impl Client {
    /// Reads the next page of a collection: of the walk under way, or the first of a new one. `now` keeps a server with a
    /// date in the future from moving the cursor past what is still to come.
    pub fn poll(
        &self,
        transport: &mut dyn Transport,
        root: &Url,
        collection: &str,
        state: &PollState,
        now: Instant,
    ) -> Result<(Polled, PollState), ClientError> {
        let mut state = state.clone();
        let mut walk = state.walk.take().unwrap_or_else(|| Underway {
            added_after: state.cursor.map(|cursor| cursor - self.limits.overlap),
            ..Underway::default()
        });
        walk.pages += 1;
        if walk.pages > self.limits.pages {
            return Err(ClientError::Endless { pages: self.limits.pages });
        }
        let mut url = below(root, &["collections", collection, "objects"])?;
        if let Some(after) = walk.added_after {
            url.query_pairs_mut().append_pair("added_after", &times::micros(after));
        }
        // Every version, or one that is not the last would never be seen (3.4).
        url.query_pairs_mut()
            .append_pair("match[version]", "all")
            .append_pair("limit", &self.limits.asked_objects.to_string());
        if let Some(next) = &walk.next {
            url.query_pairs_mut().append_pair("next", next);
        }
        let fetched = self.get(transport, url)?;
        let envelope: Envelope<'_> = fetched.read()?;
        let listed = envelope.objects.map(|objects| objects.0).unwrap_or_default();
        if listed.len() > self.limits.page_objects {
            return Err(ClientError::Form(format!("a page of {} objects", listed.len())));
        }
        let last = fetched.date_added_last.map(|last| last.min(now));
        let mut polled = Polled { objects: Vec::new(), repeated: 0, unread: Vec::new(), more: false };
        for (at, raw) in listed.into_iter().enumerate() {
            self.take(at, raw, last, &mut state, &mut polled);
        }
        let later = last > walk.highest;
        walk.highest = walk.highest.max(last);
        let fresh = !polled.objects.is_empty() || !polled.unread.is_empty();
        polled.more = envelope.more == Some(true);
        // The overlap brings each object that is remembered once more, on pages of one date it may be; one that comes oftener is
        // nothing new.
        walk.repeated += polled.repeated as u64;
        let overlaps = polled.repeated > 0 && walk.repeated <= state.seen.len() as u64;
        if polled.more {
            walk.idle = if fresh || later || overlaps { 0 } else { walk.idle + 1 };
            // The same `next` again may be a session that goes on: it is left when it brings nothing.
            if walk.idle > self.limits.idle_pages {
                return Err(ClientError::Endless { pages: walk.pages });
            }
            if envelope.next.is_none() {
                // The standard's other way on (3.5). One microsecond back, for what shares the last object's date.
                let from = last.map(|last| last - Duration::from_micros(1));
                if from <= walk.added_after {
                    return Err(ClientError::NoWayOn);
                }
                walk.added_after = from;
            }
            walk.next = envelope.next;
            state.walk = Some(walk);
        } else {
            state.cursor = state.cursor.max(walk.highest);
        }
        self.forget(&mut state);
        Ok((polled, state))
    }

    fn take(&self, at: usize, raw: &str, last: Option<Instant>, state: &mut PollState, polled: &mut Polled) {
        let place = format!("objects/{at}");
        let unread = |id: String, reason: String| Unread { id, reason, bytes: raw.as_bytes().to_vec() };
        let broken = Broken::new(None);
        let walk = Walk { depth: self.limits.depth, broken: &broken };
        let header = ReadHeader(walk).deserialize(&mut serde_json::Deserializer::from_str(raw));
        let object = match header.map(|header| header.judge(raw, &place, self.limits.object_bytes)) {
            Ok(Ok(object)) => object,
            Ok(Err(refused)) => return polled.unread.push(unread(refused.id, refused.message)),
            Err(error) => {
                let code = broken.get().unwrap_or("not_json");
                return polled.unread.push(unread(place, format!("{code}: {error}")));
            }
        };
        let version = object.version.map_or_else(|| hash(&object.bytes), times::version);
        match state.seen.insert(format!("{} {version}", object.id), last) {
            // The later date is kept with it: it says how long it may come again.
            Some(_) => polled.repeated += 1,
            None => polled.objects.push(object),
        }
    }

    /// Drops what no later walk can bring again, and the oldest above the bound.
    fn forget(&self, state: &mut PollState) {
        let from = state.cursor.map(|cursor| cursor - self.limits.overlap);
        state.seen.retain(|_, date| date.is_none() || from.is_none() || *date >= from);
        let beyond = state.seen.len().saturating_sub(self.limits.seen);
        if beyond > 0 {
            let mut order: Vec<_> = state.seen.iter().map(|(key, date)| (*date, key.clone())).collect();
            order.sort_unstable();
            for (_, key) in order.into_iter().take(beyond) {
                state.seen.remove(&key);
            }
        }
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
