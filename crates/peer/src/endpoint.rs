//! A node's end of all its links: accepts partners, dials them again and again, and ends links when a key is revoked
//! or the gate was closed. An unknown caller sees the same reset, whatever was wrong with it.

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bitacora_exchange::Gate;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

use crate::frame::{self, ALIVE, Timing};
use crate::guarded::{Counter, Guard, GuardedTcp};
use crate::identity::{Fingerprint, Identity};
use crate::link::{self, Handler, LinkId, NotWanted, Surroundings};
use crate::pins::Pins;
use crate::slots::{Slot, Slots};
use crate::tls;

/// Bounds of an endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    pub timing: Timing,
    /// Links of one key at once.
    pub links_of_a_peer: usize,
    /// Handshakes being accepted at once, in all and from one address.
    pub handshakes: usize,
    pub handshakes_of_an_address: usize,
    /// Messages waiting to be sent on one link; a full queue holds its filler back.
    pub queue: usize,
    /// Between two attempts to dial: the first wait, and the longest. It doubles in between.
    pub redial_first: Duration,
    pub redial_most: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timing: Timing::default(),
            links_of_a_peer: 4,
            handshakes: 64,
            handshakes_of_an_address: 8,
            queue: 16,
            redial_first: Duration::from_millis(500),
            redial_most: Duration::from_secs(60),
        }
    }
}

/// Why a connection never became a link. For the node's own log: the other end is told none of it.
#[derive(Debug, thiserror::Error)]
pub enum NoLink {
    #[error("the address cannot be reached")]
    Unreachable(#[source] io::Error),
    #[error("the handshake took too long")]
    Slow,
    #[error("the handshake failed")]
    Handshake(#[source] io::Error),
    #[error("the other end speaks another protocol")]
    OtherProtocol,
    #[error("the other end did not accept this node's key")]
    NotAccepted,
    #[error("too many handshakes or links at once")]
    TooMany,
    #[error(transparent)]
    NotWanted(#[from] NotWanted),
    #[error("the transport key cannot be used")]
    Key(#[source] rustls::Error),
}

/// A node's end: identity, pins, gate and handler, shared by all links.
#[derive(Debug)]
pub struct Endpoint<H> {
    identity: Identity,
    accepting: Arc<ServerConfig>,
    pins: Arc<Pins>,
    gate: Arc<Gate>,
    counter: Arc<Counter>,
    limits: Limits,
    handler: Arc<H>,
    links: AtomicU64,
    links_of: Slots<Fingerprint>,
    handshakes: Arc<Semaphore>,
    handshakes_of: Slots<IpAddr>,
    sweeps: watch::Sender<u64>,
}

impl<H: Handler> Endpoint<H> {
    pub fn new(
        identity: Identity,
        pins: Arc<Pins>,
        gate: Arc<Gate>,
        limits: Limits,
        handler: Arc<H>,
    ) -> Result<Self, NoLink> {
        Self::counted(identity, pins, gate, limits, handler, Arc::default())
    }

    /// With a counter that sees each write as it starts.
    pub fn counted(
        identity: Identity,
        pins: Arc<Pins>,
        gate: Arc<Gate>,
        limits: Limits,
        handler: Arc<H>,
        counter: Arc<Counter>,
    ) -> Result<Self, NoLink> {
        let accepting = tls::server(&identity, Arc::clone(&pins)).map_err(NoLink::Key)?;
        Ok(Self {
            identity,
            accepting: Arc::new(accepting),
            pins,
            gate,
            counter,
            limits,
            handler,
            links: AtomicU64::new(0),
            links_of: Slots::new(limits.links_of_a_peer),
            handshakes: Arc::new(Semaphore::new(limits.handshakes)),
            handshakes_of: Slots::new(limits.handshakes_of_an_address),
            sweeps: watch::Sender::new(0),
        })
    }

    pub const fn pins(&self) -> &Arc<Pins> {
        &self.pins
    }
    pub const fn counter(&self) -> &Arc<Counter> {
        &self.counter
    }

    /// To be called after the gate was closed or shut: resets every link that carried what no longer passes, so that
    /// bytes the kernel still holds are discarded too. No write of the scope starts after the gate's closing in any
    /// case; this is for what had started before.
    pub fn reset_shut(&self) {
        self.sweeps.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Accepts until dropped; all links that it accepted end with it.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) {
        let mut links = JoinSet::new();
        loop {
            while links.try_join_next().is_some() {}
            // Taken before accepting: more callers wait in the kernel's queue, where they cost nothing.
            let Ok(permit) = Arc::clone(&self.handshakes).acquire_owned().await else { return };
            let (tcp, from) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(_out_of_files) => {
                    // Accepting fails at once until a file descriptor is free: do not spin.
                    sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let this = Arc::clone(&self);
            links.spawn(async move {
                let address = from.to_string();
                let guard = this.guard();
                let tcp = GuardedTcp::accepted(tcp, Arc::clone(&guard));
                let shaken = match this.handshakes_of.take(from.ip()) {
                    None => Err(NoLink::TooMany),
                    Some(_slot) => this.accept(tcp).await,
                };
                drop(permit);
                let done = match shaken {
                    Ok((stream, peer)) => this.run(TlsStream::Server(stream), guard, peer).await,
                    Err(why) => Err(why),
                };
                if let Err(why) = done {
                    this.handler.turned_away(&address, &why);
                }
            });
        }
    }

    /// Dials a partner that answers with one of these keys, for ever: a link that ends is dialled again, after a
    /// wait that doubles up to its bound while nothing answers. `random` gives numbers from 0 to 1.
    pub async fn dial(
        self: Arc<Self>,
        address: &str,
        keys: BTreeSet<Fingerprint>,
        mut random: impl FnMut() -> f64 + Send,
    ) {
        let config = match tls::client(&self.identity, Arc::clone(&self.pins), keys.clone()) {
            Ok(config) => Arc::new(config),
            Err(why) => return self.handler.turned_away(address, &NoLink::Key(why)),
        };
        let mut failures = 0;
        loop {
            self.pins.any_pinned(&keys).await;
            match self.connect(address, Arc::clone(&config)).await {
                Ok(()) => failures = 0,
                Err(why) => {
                    self.handler.turned_away(address, &why);
                    failures += 1;
                }
            }
            sleep(self.wait(failures, random())).await;
        }
    }

    /// Half of the doubled wait is fixed and half by chance, so that partners cut off together do not come together.
    fn wait(&self, failures: u32, random: f64) -> Duration {
        let doubled = self.limits.redial_first.saturating_mul(1u32.checked_shl(failures).unwrap_or(u32::MAX));
        let full = doubled.min(self.limits.redial_most);
        let chance = if random.is_finite() { random.clamp(0.0, 1.0) } else { 1.0 };
        full.mul_f64(0.5 + 0.5 * chance)
    }

    fn guard(&self) -> Arc<Guard> {
        Guard::new(Arc::clone(&self.gate), Arc::clone(&self.counter))
    }

    async fn accept(
        &self,
        tcp: GuardedTcp,
    ) -> Result<(tokio_rustls::server::TlsStream<GuardedTcp>, Fingerprint), NoLink> {
        let acceptor = TlsAcceptor::from(Arc::clone(&self.accepting));
        let shaken = timeout(self.limits.timing.handshake, acceptor.accept(tcp)).await;
        let mut stream = shaken.map_err(|_| NoLink::Slow)?.map_err(NoLink::Handshake)?;
        let (tcp, tls) = stream.get_mut();
        let peer = known(tls)?;
        tcp.open();
        Ok((stream, peer))
    }

    async fn connect(&self, address: &str, config: Arc<ClientConfig>) -> Result<(), NoLink> {
        let guard = self.guard();
        let timing = &self.limits.timing;
        let shaking = async {
            let tcp = TcpStream::connect(address).await.map_err(NoLink::Unreachable)?;
            let tcp = GuardedTcp::dialled(tcp, Arc::clone(&guard));
            // No certificate's name counts and none is sent (RFC 2606 reserves this one).
            let name = ServerName::try_from("bitacora.invalid").map_err(|_| NoLink::OtherProtocol)?;
            let stream = TlsConnector::from(config).connect(name, tcp).await;
            let mut stream = stream.map_err(NoLink::Handshake)?;
            let peer = known(stream.get_ref().1)?;
            // In TLS 1.3 the dialling end is done before the other has judged its certificate: wait for a sign.
            match frame::read(&mut stream, timing).await {
                Ok(Some((ALIVE, _))) => Ok((stream, peer)),
                _ => Err(NoLink::NotAccepted),
            }
        };
        let (stream, peer) = timeout(timing.handshake, shaking).await.map_err(|_| NoLink::Slow)??;
        self.run(TlsStream::Client(stream), guard, peer).await
    }

    async fn run(
        &self,
        stream: TlsStream<GuardedTcp>,
        guard: Arc<Guard>,
        peer: Fingerprint,
    ) -> Result<(), NoLink> {
        let _slot: Slot<Fingerprint> = self.links_of.take(peer).ok_or(NoLink::TooMany)?;
        let link = LinkId(self.links.fetch_add(1, Ordering::Relaxed));
        let around = Surroundings {
            pins: &self.pins,
            timing: &self.limits.timing,
            queue: self.limits.queue,
            sweeps: self.sweeps.subscribe(),
        };
        Ok(link::run(&*self.handler, around, stream, guard, peer, link).await?)
    }
}

/// The key on the other end of a handshake that has succeeded.
fn known(tls: &rustls::CommonState) -> Result<Fingerprint, NoLink> {
    if tls.alpn_protocol() != Some(tls::ALPN) {
        return Err(NoLink::OtherProtocol);
    }
    let certificate = tls.peer_certificates().and_then(|chain| chain.first());
    certificate.and_then(Fingerprint::of).ok_or(NoLink::OtherProtocol)
}
