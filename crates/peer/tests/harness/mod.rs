//! Two nodes on loopback, a caller that keeps no rule, and what each saw.
#![allow(dead_code, reason = "each test uses its part")]

pub mod caller;
pub mod theatre;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bitacora_exchange::wire::{CHUNK_BYTES, Chunk, Message, WireError};
use bitacora_exchange::{Closure, Gate, Outgoing, Shut, Tags};
use bitacora_peer::{
    CloseReason, Counter, Endpoint, Fingerprint, Handler, Identity, IdentityPem, Limits, LinkId, NoLink,
    NotWanted, Pins,
};
use bitacora_policy::suspension::SuspensionScope;
use bitacora_primitives::markings::ItemKind;
use bitacora_primitives::{ReleaseId, SuspensionId};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Longer than anything here takes; a test that waits so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What a handler saw.
#[derive(Debug)]
pub enum Event {
    Connected(Fingerprint, LinkId, mpsc::Sender<Outgoing>),
    Message(LinkId, Message),
    Refused(LinkId, u64, String),
    Held(LinkId, Shut),
    Closed(LinkId, CloseReason),
    TurnedAway(String),
}

/// Tells all it sees.
#[derive(Debug)]
pub struct Teller(pub mpsc::UnboundedSender<Event>);

impl Handler for Teller {
    fn connected(
        &self,
        peer: &Fingerprint,
        link: LinkId,
        out: mpsc::Sender<Outgoing>,
    ) -> Result<(), NotWanted> {
        self.0.send(Event::Connected(*peer, link, out)).map_err(|_| NotWanted)
    }
    async fn message(&self, link: LinkId, message: Message) {
        drop(self.0.send(Event::Message(link, message)));
    }
    fn refused(&self, link: LinkId, frame: u64, why: &WireError) {
        drop(self.0.send(Event::Refused(link, frame, why.to_string())));
    }
    fn held(&self, link: LinkId, _what: &Outgoing, why: Shut) {
        drop(self.0.send(Event::Held(link, why)));
    }
    fn closed(&self, link: LinkId, why: CloseReason) {
        drop(self.0.send(Event::Closed(link, why)));
    }
    fn turned_away(&self, _address: &str, why: &NoLink) {
        drop(self.0.send(Event::TurnedAway(chain(why))));
    }
}

/// An error with its causes.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// A node: its endpoint, its open gate and what it saw.
pub struct Node {
    pub endpoint: Arc<Endpoint<Teller>>,
    pub gate: Arc<Gate>,
    pub pins: Arc<Pins>,
    pub key: Fingerprint,
    pub pem: IdentityPem,
    pub events: mpsc::UnboundedReceiver<Event>,
    /// The queue of each link: a dropped one would close its link.
    pub queues: Vec<mpsc::Sender<Outgoing>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

pub fn identity() -> (Identity, IdentityPem) {
    let pem = Identity::generate().unwrap();
    (Identity::from_pem(&pem.certificate, &pem.key).unwrap(), pem)
}

/// A gate that is open for the one agreement of these tests.
pub fn open_gate() -> Arc<Gate> {
    let gate = Gate::new();
    gate.open(&"CO-US-MAR".parse().unwrap(), Vec::new());
    Arc::new(gate)
}

/// Dials again without delay.
pub fn limits() -> Limits {
    Limits {
        redial_first: Duration::from_millis(2),
        redial_most: Duration::from_millis(20),
        ..Limits::default()
    }
}

impl Node {
    pub fn new(limits: Limits) -> Self {
        Self::counted(limits, Arc::default())
    }
    pub fn counted(limits: Limits, counter: Arc<Counter>) -> Self {
        let (identity, pem) = identity();
        let key = identity.fingerprint();
        let (pins, gate) = (Pins::new(BTreeSet::new()), open_gate());
        let (teller, events) = mpsc::unbounded_channel();
        let endpoint = Endpoint::counted(
            identity,
            Arc::clone(&pins),
            Arc::clone(&gate),
            limits,
            Arc::new(Teller(teller)),
            counter,
        );
        let endpoint = Arc::new(endpoint.unwrap());
        Self { endpoint, gate, pins, key, pem, events, queues: Vec::new(), tasks: Mutex::default() }
    }

    pub async fn serve(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        self.tasks.lock().unwrap().push(tokio::spawn(Arc::clone(&self.endpoint).serve(listener)));
        address
    }

    pub fn dial(&self, address: SocketAddr, key: Fingerprint) {
        let endpoint = Arc::clone(&self.endpoint);
        let dialling = async move { endpoint.dial(&address.to_string(), [key].into(), || 0.5).await };
        self.tasks.lock().unwrap().push(tokio::spawn(dialling));
    }

    pub async fn next(&mut self) -> Event {
        let event =
            tokio::time::timeout(PATIENCE, self.events.recv()).await.expect("nothing happened").unwrap();
        if let Event::Connected(_, _, out) = &event {
            self.queues.push(out.clone());
        }
        event
    }
    /// The next event for which `pick` has an answer; others are passed over.
    pub async fn until<T>(&mut self, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        loop {
            if let Some(found) = pick(self.next().await) {
                return found;
            }
        }
    }
    pub async fn connected(&mut self) -> (Fingerprint, LinkId, mpsc::Sender<Outgoing>) {
        self.until(|event| match event {
            Event::Connected(peer, link, out) => Some((peer, link, out)),
            _ => None,
        })
        .await
    }
    pub async fn closed(&mut self) -> (LinkId, CloseReason) {
        self.until(|event| match event {
            Event::Closed(link, why) => Some((link, why)),
            _ => None,
        })
        .await
    }
    pub async fn turned_away(&mut self) -> String {
        self.until(|event| match event {
            Event::TurnedAway(why) => Some(why),
            _ => None,
        })
        .await
    }
    pub async fn message(&mut self) -> Message {
        self.until(|event| match event {
            Event::Message(_, message) => Some(message),
            _ => None,
        })
        .await
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        for task in self.tasks.lock().unwrap().drain(..) {
            task.abort();
        }
    }
}

/// Two nodes that know each other.
pub fn pair() -> (Node, Node) {
    let (one, other) = (Node::new(limits()), Node::new(limits()));
    one.pins.add(other.key);
    other.pins.add(one.key);
    (one, other)
}

pub fn tags(area: &str, kind: ItemKind) -> Tags {
    Tags {
        agreement: "CO-US-MAR".parse().unwrap(),
        from: "CO".parse().unwrap(),
        to: "US".parse().unwrap(),
        kind,
        areas: [area.parse().unwrap()].into(),
        purpose: bitacora_primitives::markings::Purpose::Seizure,
        clause: "3.1".parse().unwrap(),
    }
}

pub fn chunk(number: u64) -> Message {
    let release = ReleaseId::of(&[&number.to_be_bytes()]);
    Message::Chunk(Chunk { release, offset: 0, total: CHUNK_BYTES as u64, bytes: vec![7; CHUNK_BYTES] })
}

/// 64 KiB about one item.
pub fn outgoing(number: u64, tags: Tags) -> Outgoing {
    Outgoing::unsealed(chunk(number), vec![tags])
}

/// Stops all in an area.
pub fn closure(number: u64, area: &str) -> Closure {
    Closure {
        id: SuspensionId::of(&[&number.to_be_bytes()]),
        agreement: "CO-US-MAR".parse().unwrap(),
        scope: SuspensionScope { areas: [area.parse().unwrap()].into(), ..SuspensionScope::default() },
        exceptions: BTreeSet::new(),
        resumed: Vec::new(),
    }
}
