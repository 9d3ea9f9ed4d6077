//! Brings connections to the engine that they belong to: a partner's pinned key leads to one agreement and one role.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bitacora_exchange::side::Audience;
use bitacora_exchange::wire::{Message, WireError};
use bitacora_exchange::{Outgoing, Shut};
use bitacora_peer::{CloseReason, Fingerprint, Handler, LinkId, NoLink, NotWanted};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::exchange::engine::{Actor, Chain, Engine};

/// Messages of one link that wait for the engine; its partner is not read from beyond.
const WAITING: usize = 1_024;

/// An engine as links see it, of whatever kind.
pub(crate) trait Sink: Send + Sync {
    fn connected(
        &self,
        link: LinkId,
        audience: Audience,
        out: mpsc::Sender<Outgoing>,
    ) -> Result<(), NotWanted>;
    fn message(&self, link: LinkId, message: Message, room: OwnedSemaphorePermit);
    fn held(&self, link: LinkId);
    fn closed(&self, link: LinkId);
}

impl<A: Actor> Sink for Engine<A> {
    fn connected(
        &self,
        link: LinkId,
        audience: Audience,
        out: mpsc::Sender<Outgoing>,
    ) -> Result<(), NotWanted> {
        Self::connected(self, link, audience, out).map_err(|_| NotWanted)
    }
    fn message(&self, link: LinkId, message: Message, room: OwnedSemaphorePermit) {
        // An engine that has ended takes no more; the link ends with it.
        drop(Self::message(self, link, message, room));
    }
    fn held(&self, link: LinkId) {
        Self::held(self, link);
    }
    fn closed(&self, link: LinkId) {
        Self::closed(self, link);
    }
}

/// Who connects with a key.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) sink: Arc<dyn Sink>,
    pub(crate) audience: Audience,
    /// For counting: which partner this is.
    pub(crate) partner: Arc<Presence>,
}

/// Whether a partner is connected, and ever was.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    state: Mutex<(u32, bool)>,
}

impl Presence {
    pub(crate) fn links(&self) -> u32 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0
    }
    pub(crate) fn ever(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1
    }
    fn came(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = (state.0 + 1, true);
    }
    fn left(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 = state.0.saturating_sub(1);
    }
}

#[derive(Default)]
pub(crate) struct Switchboard {
    routes: Mutex<BTreeMap<Fingerprint, Route>>,
    links: Mutex<BTreeMap<LinkId, (Route, Arc<Semaphore>)>>,
}

impl std::fmt::Debug for Switchboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Switchboard").finish_non_exhaustive()
    }
}

impl Switchboard {
    pub(crate) fn route(&self, key: Fingerprint, route: Route) {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner).insert(key, route);
    }

    fn link(&self, link: LinkId) -> Option<(Route, Arc<Semaphore>)> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner).get(&link).cloned()
    }
}

impl Handler for Switchboard {
    fn connected(
        &self,
        peer: &Fingerprint,
        link: LinkId,
        out: mpsc::Sender<Outgoing>,
    ) -> Result<(), NotWanted> {
        let route = self.routes.lock().unwrap_or_else(PoisonError::into_inner).get(peer).cloned();
        let route = route.ok_or(NotWanted)?;
        route.sink.connected(link, route.audience.clone(), out)?;
        route.partner.came();
        let room = Arc::new(Semaphore::new(WAITING));
        self.links.lock().unwrap_or_else(PoisonError::into_inner).insert(link, (route, room));
        Ok(())
    }

    async fn message(&self, link: LinkId, message: Message) {
        let Some((route, room)) = self.link(link) else { return };
        if let Ok(room) = room.acquire_owned().await {
            route.sink.message(link, message, room);
        }
    }

    fn refused(&self, link: LinkId, frame: u64, why: &WireError) {
        tracing::warn!(?link, frame, error = %Chain(why), "a frame of the partner is not understood");
    }

    fn held(&self, link: LinkId, _what: &Outgoing, why: Shut) {
        tracing::info!(?link, %why, "a message stayed: the gate is shut for it");
        // Without this the leaves it held would be missing on this link until it ends.
        if let Some((route, _)) = self.link(link) {
            route.sink.held(link);
        }
    }

    fn closed(&self, link: LinkId, why: CloseReason) {
        let known = self.links.lock().unwrap_or_else(PoisonError::into_inner).remove(&link);
        if let Some((route, _)) = known {
            route.sink.closed(link);
            route.partner.left();
        }
        tracing::info!(?link, %why, "a link ended");
    }

    fn turned_away(&self, address: &str, why: &NoLink) {
        tracing::debug!(address, error = %Chain(why), "a connection came to nothing");
    }
}
