//! One turn with a server: connect, poll what is to be polled, push what is to be pushed, and say how long to rest.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bitacora_https::{Bounds, Connection, Trust};
use bitacora_primitives::{Duration, Instant};
use bitacora_store::Store;
use bitacora_taxii::client::{Client, ClientError, ClientLimits, RemoteCollection};
use url::Url;

use super::failed::Failed;
use super::quarantine::Quarantine;
use super::settings::Server;
use super::state::{State, StateFile};
use super::{poll, push};
use crate::clock;
use crate::error::NodeError;
use crate::keys::KeyFolder;
use crate::taxii::shelves::Shelves;

/// After the first turn that failed; it doubles with each further one.
const REST_FIRST_S: i64 = 15;
const REST_MOST_S: i64 = 3_600;

/// What of the node a turn needs.
#[derive(Clone)]
pub(crate) struct Place {
    pub(in crate::taxii) shelves: Arc<Shelves>,
    pub(in crate::taxii) log: Arc<Store>,
    pub(in crate::taxii) keys: Arc<KeyFolder>,
    pub(in crate::taxii) stop: Arc<AtomicBool>,
}

impl Place {
    pub(super) fn data(&self) -> &Path {
        self.log.folder()
    }
    pub(super) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// What a turn is to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) poll: bool,
    pub(crate) push: bool,
}

/// A turn under way.
pub(super) struct Turn<'a> {
    pub(super) place: &'a Place,
    pub(super) server: &'a Server,
    pub(super) client: Client,
    pub(super) connection: Connection,
    pub(super) file: &'a mut StateFile,
    pub(super) quarantine: Quarantine,
    told: &'a mut dyn FnMut(&State),
}

/// One of a server's collections, with the API root that it lies under.
pub(super) struct Offered {
    pub(super) root: Url,
    pub(super) collection: RemoteCollection,
}

/// Takes a turn, keeps what came of it, and gives the first thing that failed: the rest was done all the same.
pub(crate) fn take(
    place: &Place,
    server: &Server,
    wanted: Wanted,
    told: &mut dyn FnMut(&State),
) -> Result<(State, Option<Failed>), NodeError> {
    let url = server.address()?;
    let mut file = StateFile::open(place.data(), &server.name, url.as_str())?;
    let wanted =
        Wanted { poll: wanted.poll && !server.poll.is_empty(), push: wanted.push && !server.push.is_empty() };
    if wanted == Wanted::default() {
        return Ok((file.state, None));
    }
    if let Some(until) = lasts(file.state.busy_until, clock::now()) {
        return Ok((file.state, Some(Failed::Resting(until))));
    }
    let failed = Turn::begin(place, server, url, &mut file, told).and_then(|mut turn| turn.run(wanted)).err();
    let now = clock::now();
    let state = &mut file.state;
    state.last = Some(now);
    match &failed {
        None => (state.failures, state.busy_until, state.rest_until, state.error) = (0, None, None, None),
        Some(failed) => {
            state.failures = state.failures.saturating_add(1);
            state.busy_until = match failed {
                Failed::Client(ClientError::Busy { after_s: Some(after) }) => {
                    Some(now + Duration::from_secs(i64::try_from(*after).unwrap_or(REST_MOST_S)))
                }
                _ => None,
            };
            state.rest_until = Some(now + Duration::from_secs(rest_s(state.failures)));
            state.error = Some(failed.trouble());
        }
    }
    file.save()?;
    Ok((file.state, failed))
}

/// Whether a turn is due: so long after one that succeeded, and after one that failed when the rests are over.
pub(crate) fn is_due(state: &State, every_s: u32, now: Instant) -> bool {
    let every = Duration::from_secs(every_s.into());
    // A clock that was set back is no reason to wait for it.
    let regular = state.last.is_none_or(|last| now >= last + every || now < last);
    let rested = [state.busy_until, state.rest_until].iter().all(|until| lasts(*until, now).is_none());
    (regular || state.failures > 0) && rested
}

/// When the next turn is due, where one was taken before.
pub(crate) fn due(state: &State, every_s: u32) -> Option<Instant> {
    let regular = state.last? + Duration::from_secs(every_s.into());
    state.rest_until.max(state.busy_until).or(Some(regular))
}

/// A rest that is not over; none is longer than a day, whatever the clock did.
fn lasts(until: Option<Instant>, now: Instant) -> Option<Instant> {
    until.filter(|until| now < *until && *until - now <= Duration::from_hours(24))
}

fn rest_s(failures: u32) -> i64 {
    let doubled = 1_i64.checked_shl(failures.saturating_sub(1).min(30)).unwrap_or(REST_MOST_S);
    REST_FIRST_S.saturating_mul(doubled).min(REST_MOST_S)
}

impl<'a> Turn<'a> {
    fn begin(
        place: &'a Place,
        server: &'a Server,
        url: Url,
        file: &'a mut StateFile,
        told: &'a mut dyn FnMut(&State),
    ) -> Result<Self, Failed> {
        let data = place.data();
        let (ca, certificate) = (server.ca.as_ref().map(|path| data.join(path)), server.pair(data));
        let trust = Trust {
            ca: ca.as_deref(),
            certificate: certificate.as_ref().map(|(own, key)| (own.as_path(), key.as_path())),
            allow_plain: server.allow_plain,
        };
        Ok(Self {
            client: Client::new(url, server.authorization(data)?, ClientLimits::default()),
            connection: Connection::new(trust, Bounds::default())?,
            quarantine: Quarantine::open(data, &server.name)?,
            place,
            server,
            file,
            told,
        })
    }

    fn run(&mut self, wanted: Wanted) -> Result<(), Failed> {
        let offered = self.offered()?;
        let polled = if wanted.poll { poll::poll(self, &offered) } else { Ok(()) };
        if polled.as_ref().is_err_and(Failed::ends_the_turn) {
            return polled;
        }
        let pushed = if wanted.push { push::push(self, &offered) } else { Ok(()) };
        polled.and(pushed)
    }

    /// The collections of every API root of the server.
    fn offered(&mut self) -> Result<Vec<Offered>, Failed> {
        let found = self.client.discover(&mut self.connection)?;
        // An API root answers at its own address without naming any.
        let roots = if found.roots.is_empty() { vec![self.server.address()?] } else { found.roots };
        let mut offered = Vec::new();
        for root in roots {
            let collections = self.client.collections(&mut self.connection, &root);
            // A root that is not for us says so (403, 404): the collection may lie under another.
            let collections = match collections {
                Err(ClientError::Status { status: 403 | 404, .. }) => continue,
                other => other?,
            };
            let under = |collection| Offered { root: root.clone(), collection };
            offered.extend(collections.into_iter().map(under));
        }
        Ok(offered)
    }

    /// Shows how far it is.
    pub(super) fn tell(&mut self) {
        (self.told)(&self.file.state);
    }
}

/// The collection of a name: an id, else an alias, else a title.
pub(super) fn named<'o>(offered: &'o [Offered], name: &str) -> Result<&'o Offered, Failed> {
    let by_id = |one: &&Offered| one.collection.id == name;
    let by_alias = |one: &&Offered| one.collection.alias.as_deref() == Some(name);
    let by_title = |one: &&Offered| one.collection.title == name;
    let ways: [&dyn Fn(&&'o Offered) -> bool; 3] = [&by_id, &by_alias, &by_title];
    for way in ways {
        let mut found = offered.iter().filter(|one| way(one));
        match (found.next(), found.next()) {
            (Some(one), None) => return Ok(one),
            (Some(_), Some(_)) => return Err(Failed::AmbiguousCollection(name.to_owned())),
            (None, _) => {}
        }
    }
    Err(Failed::UnknownCollection(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_and_a_server_that_names_a_time_is_left_alone_until_then() {
        assert_eq!([1, 2, 3, 9, 60].map(rest_s), [15, 30, 60, 3_600, 3_600]);
        let at = Instant::from_secs;
        let mut state = State { last: Some(at(1_000)), ..State::default() };
        assert!(!is_due(&state, 300, at(1_299)) && is_due(&state, 300, at(1_300)));
        assert!(is_due(&state, 300, at(900)), "a clock that was set back");
        (state.failures, state.rest_until) = (1, Some(at(1_015)));
        assert!(!is_due(&state, 300, at(1_014)) && is_due(&state, 300, at(1_015)), "sooner than regularly");
        state.busy_until = Some(at(2_000));
        assert!(!is_due(&state, 300, at(1_999)) && is_due(&state, 300, at(2_000)));
        assert_eq!(due(&state, 300), Some(at(2_000)));
        state.busy_until = Some(at(1_000_000));
        assert!(is_due(&state, 300, at(1_015)), "no rest is longer than a day");
    }
}
