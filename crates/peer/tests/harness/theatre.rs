//! A hundred open transfers over TLS in ten scopes, one of which is suspended again and again while the rest flow.
//! Every write of ciphertext is seen as it starts: one of a scope after its suspension returned would be counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use bitacora_exchange::wire::{Message, WireError};
use bitacora_exchange::{Gate, Outgoing, Shut, Tags};
use bitacora_peer::{
    CloseReason, Counter, Endpoint, Fingerprint, Handler, Limits, LinkId, NoLink, NotWanted, Observer, Pins,
};
use bitacora_primitives::markings::ItemKind;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::{PATIENCE, closure, identity, limits, open_gate, outgoing, tags};

pub const SCOPES: usize = 10;
pub const LINKS: usize = 100;
/// Items that a link has taken from its queue of one before it counts as flowing: the first is written by then.
const FLOWING: u64 = 3;

#[derive(Debug, Default)]
struct Scope {
    /// Set when the gate's closing has returned.
    stopped: AtomicBool,
    writes: AtomicU64,
    late: AtomicU64,
    resumed: tokio::sync::Notify,
}

/// What the sending node sees: both the handler of its links and the observer of its writes.
#[derive(Debug, Default)]
struct Board {
    scopes: [Scope; SCOPES],
    links: Mutex<BTreeMap<LinkId, Link>>,
    changed: Condvar,
    held: AtomicU64,
    closed_by_gate: AtomicU64,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    scope: usize,
    flowing: bool,
}

fn area(scope: usize) -> String {
    format!("a-{scope}")
}

/// Which scope an item is of: its area's number.
fn scope_of(tags: &Tags) -> usize {
    tags.areas.first().unwrap().as_str().strip_prefix("a-").unwrap().parse().unwrap()
}

impl Observer for Board {
    fn write_starts(&self, _sequence: u64, items: &[Tags]) {
        for tags in items {
            let scope = &self.scopes[scope_of(tags)];
            if scope.stopped.load(Ordering::SeqCst) {
                scope.late.fetch_add(1, Ordering::SeqCst);
            }
            scope.writes.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[derive(Debug)]
struct Sender(Arc<Board>);

impl Handler for Sender {
    /// Gives the link to the scope with the fewest, and fills it without end.
    fn connected(&self, _: &Fingerprint, link: LinkId, out: mpsc::Sender<Outgoing>) -> Result<(), NotWanted> {
        let board = Arc::clone(&self.0);
        let mut links = self.0.links.lock().unwrap();
        let taken = |scope: &usize| links.values().filter(|link| link.scope == *scope).count();
        let scope = (0..SCOPES).min_by_key(taken).unwrap();
        links.insert(link, Link { scope, flowing: false });
        tokio::spawn(async move {
            let one = outgoing(link.0, tags(&area(scope), ItemKind::Track));
            for sent in 1.. {
                let resumed = board.scopes[scope].resumed.notified();
                if board.scopes[scope].stopped.load(Ordering::SeqCst) {
                    resumed.await;
                }
                if out.send(one.clone()).await.is_err() {
                    return;
                }
                if sent == FLOWING {
                    if let Some(link) = board.links.lock().unwrap().get_mut(&link) {
                        link.flowing = true;
                    }
                    board.changed.notify_all();
                }
            }
        });
        Ok(())
    }
    async fn message(&self, _: LinkId, _: Message) {}
    fn refused(&self, _: LinkId, _: u64, _: &WireError) {}
    fn held(&self, _: LinkId, _: &Outgoing, _: Shut) {
        self.0.held.fetch_add(1, Ordering::SeqCst);
    }
    fn closed(&self, link: LinkId, why: CloseReason) {
        if matches!(why, CloseReason::Suspended(_)) {
            self.0.closed_by_gate.fetch_add(1, Ordering::SeqCst);
        }
        self.0.links.lock().unwrap().remove(&link);
        self.0.changed.notify_all();
    }
    fn turned_away(&self, _: &str, _: &NoLink) {}
}

/// Takes all and keeps nothing.
#[derive(Debug, Default)]
struct Sink(Mutex<Vec<mpsc::Sender<Outgoing>>>);

impl Handler for Sink {
    fn connected(&self, _: &Fingerprint, _: LinkId, out: mpsc::Sender<Outgoing>) -> Result<(), NotWanted> {
        let mut held = self.0.lock().unwrap();
        held.retain(|out| !out.is_closed());
        held.push(out);
        Ok(())
    }
    async fn message(&self, _: LinkId, _: Message) {}
    fn refused(&self, _: LinkId, _: u64, _: &WireError) {}
    fn held(&self, _: LinkId, _: &Outgoing, _: Shut) {}
    fn closed(&self, _: LinkId, _: CloseReason) {}
    fn turned_away(&self, _: &str, _: &NoLink) {}
}

/// How one suspension went.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    pub close: Duration,
    /// Open transfers of the scope.
    pub links: u64,
    /// Writes of other scopes that started while this one was shut.
    pub others: u64,
}

pub struct Theatre {
    _runtime: Runtime,
    gate: Arc<Gate>,
    board: Arc<Board>,
    endpoint: Arc<Endpoint<Sender>>,
    trials: u64,
}

impl Theatre {
    pub fn open() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let limits = Limits {
            links_of_a_peer: 2 * LINKS,
            handshakes: 2 * LINKS,
            handshakes_of_an_address: 2 * LINKS,
            queue: 1,
            ..limits()
        };
        let ((from, _), (to, _)) = (identity(), identity());
        let (from_key, to_key) = (from.fingerprint(), to.fingerprint());
        let (board, gate) = (Arc::new(Board::default()), open_gate());
        let sink =
            Endpoint::new(to, Pins::new([from_key].into()), open_gate(), limits, Arc::new(Sink::default()));
        let endpoint = Arc::new(
            Endpoint::counted(
                from,
                Pins::new([to_key].into()),
                Arc::clone(&gate),
                limits,
                Arc::new(Sender(Arc::clone(&board))),
                Arc::new(Counter::observed_by(Arc::clone(&board) as Arc<dyn Observer>)),
            )
            .unwrap(),
        );
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        runtime.spawn(Arc::new(sink.unwrap()).serve(listener));
        for number in 0..LINKS {
            let (endpoint, address) = (Arc::clone(&endpoint), address.clone());
            let keys: BTreeSet<Fingerprint> = [to_key].into();
            let mut chance = number as f64 / LINKS as f64;
            let random = move || {
                chance = (chance * 7.3 + 0.11).fract();
                chance
            };
            runtime.spawn(async move { endpoint.dial(&address, keys, random).await });
        }
        Self { _runtime: runtime, gate, board, endpoint, trials: 0 }
    }

    /// Suspends a scope in full flow, and resumes it when all its links are gone.
    pub fn trial(&mut self) -> Trial {
        let number = usize::try_from(self.trials).unwrap() % SCOPES;
        let closure = closure(self.trials, &area(number));
        let (id, scope) = (closure.id, &self.board.scopes[number]);
        self.trials += 1;
        // All hundred are open, and those of this scope are flowing.
        self.wait(|links| {
            let mine = |link: &&Link| link.scope == number;
            links.len() == LINKS && links.values().filter(mine).all(|link| link.flowing)
        });
        let mine: BTreeSet<LinkId> = {
            let links = self.board.links.lock().unwrap();
            links.iter().filter(|(_, link)| link.scope == number).map(|(id, _)| *id).collect()
        };

        let began = Instant::now();
        self.gate.close(closure);
        let close = began.elapsed();
        scope.stopped.store(true, Ordering::SeqCst);

        let before = self.others(number);
        self.endpoint.reset_shut();
        self.wait(|links| mine.iter().all(|link| !links.contains_key(link)));
        let others = self.others(number) - before;
        scope.stopped.store(false, Ordering::SeqCst);
        self.gate.resume(id, None);
        scope.resumed.notify_waiters();
        Trial { close, links: mine.len() as u64, others }
    }

    /// Writes started after the closing of their scope returned.
    pub fn late(&self) -> u64 {
        self.board.scopes.iter().map(|scope| scope.late.load(Ordering::SeqCst)).sum()
    }
    pub fn started(&self) -> u64 {
        self.endpoint.counter().started()
    }
    pub fn links_closed_by_gate(&self) -> u64 {
        self.board.closed_by_gate.load(Ordering::SeqCst)
    }

    fn others(&self, scope: usize) -> u64 {
        let others = self.board.scopes.iter().enumerate().filter(|(number, _)| *number != scope);
        others.map(|(_, scope)| scope.writes.load(Ordering::SeqCst)).sum()
    }

    fn wait(&self, done: impl Fn(&BTreeMap<LinkId, Link>) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut links = self.board.links.lock().unwrap();
        while !done(&links) {
            assert!(Instant::now() < deadline, "{} links open", links.len());
            links = self.board.changed.wait_timeout(links, PATIENCE).unwrap().0;
        }
    }
}
