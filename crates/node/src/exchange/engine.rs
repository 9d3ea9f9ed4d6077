//! The thread that drives one agreement: takes acts and messages in groups, stores what they made in one transaction,
//! and only then answers and sends. A store that fails shuts the gate until the side is replayed from it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration as Pause;

use bitacora_exchange::mirror::MirrorError;
use bitacora_exchange::side::{Audience, Fault};
use bitacora_exchange::wire::Message;
use bitacora_exchange::{Draft, Gate, Outgoing, SideError};
use bitacora_peer::LinkId;
use bitacora_primitives::Instant;
use bitacora_primitives::markings::AgreementId;
use bitacora_store::StoreError;
use tokio::sync::{OwnedSemaphorePermit, mpsc as tokio_mpsc};

use crate::clock;
use crate::exchange::shelf::Shelved;

/// Acts and messages of one transaction: enough to share a sync among many, few enough that none waits long.
const GROUP: usize = 2_048;
/// Standing and lease are told again after this long without news.
const BEAT: Pause = Pause::from_secs(10);
/// Messages handed to a link and not sent yet; beyond it nothing more is prepared.
const UNDER_WAY: usize = 512;
/// A store that failed is tried again after this long.
const RETRY: Pause = Pause::from_secs(2);
/// How often time alone lets something held go.
const REVIEW: Pause = Pause::from_secs(5);

/// One end of an agreement: a party's side, or a witness.
pub(crate) trait Actor: Send + Sized + 'static {
    type Link: Send;
    fn link(&self, audience: &Audience) -> Self::Link;
    fn receive(&mut self, link: &mut Self::Link, message: Message, now: Instant) -> Result<(), Fault>;
    fn pump(
        &mut self,
        link: &mut Self::Link,
        shelf: &Shelved,
        now: Instant,
    ) -> Result<Vec<Outgoing>, SideError>;
    fn beat(&mut self, link: &mut Self::Link, now: Instant) -> Result<Vec<Outgoing>, SideError>;
    /// What time, the partner's resumption or a lost key lets go now.
    fn review(&mut self, shelf: &Shelved, now: Instant) -> Result<(), SideError>;
    fn take_draft(&mut self) -> Draft;
    fn committed(&mut self);
    /// A message of this link was not sent, because the gate was shut for it: what it held of the log goes again, as
    /// it may go now.
    fn resend(link: &mut Self::Link);
    /// From the store alone, as after a start.
    fn replay(&self, shelf: &Shelved) -> Result<Self, SideError>;
}

/// Told once what it asked for is durable, or is not.
type Told = Box<dyn FnOnce(Result<(), EngineError>) + Send>;
type Step<A> = Box<dyn FnOnce(&mut A, &Shelved, Instant) -> Result<(), SideError> + Send>;

#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    #[error(transparent)]
    Side(#[from] SideError),
    #[error("the store cannot be written: {0}")]
    NotStored(String),
    #[error("the exchange is stopping")]
    Stopping,
}

enum Work<A> {
    Act {
        step: Step<A>,
        told: Told,
    },
    Connected {
        link: LinkId,
        audience: Audience,
        out: tokio_mpsc::Sender<Outgoing>,
    },
    Message {
        link: LinkId,
        message: Message,
        _room: OwnedSemaphorePermit,
    },
    Closed {
        link: LinkId,
    },
    /// The gate kept a message back.
    Held {
        link: LinkId,
    },
    /// A link's queue has room again.
    Room,
}

/// What others hold of an engine.
pub(crate) struct Engine<A: Actor> {
    agreement: AgreementId,
    work: Mutex<Sender<Work<A>>>,
    actor: Arc<Mutex<A>>,
}

impl<A: Actor> std::fmt::Debug for Engine<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("agreement", &self.agreement).finish_non_exhaustive()
    }
}

/// A link as the engine sees it.
struct Linked<A: Actor> {
    link: A::Link,
    queue: tokio_mpsc::UnboundedSender<Outgoing>,
    under_way: Arc<std::sync::atomic::AtomicUsize>,
}

impl<A: Actor> Engine<A> {
    /// Starts the thread. `changed` is told after each transaction; `runtime` carries the queues of links.
    pub(crate) fn start(
        agreement: AgreementId,
        actor: A,
        shelf: Shelved,
        gate: Arc<Gate>,
        proofs: PathBuf,
        runtime: tokio::runtime::Handle,
        changed: impl Fn(&A) + Send + 'static,
    ) -> Arc<Self> {
        let (work, works) = mpsc::channel();
        let actor = Arc::new(Mutex::new(actor));
        let engine = Arc::new(Self {
            agreement: agreement.clone(),
            work: Mutex::new(work.clone()),
            actor: Arc::clone(&actor),
        });
        let running = Running {
            agreement,
            actor,
            shelf,
            gate,
            proofs,
            runtime,
            links: BTreeMap::new(),
            room: work,
            sound: true,
        };
        std::thread::spawn(move || running.run(&works, &changed));
        engine
    }

    /// Carries out a step and waits until it is durable.
    pub(crate) fn act(
        &self,
        step: impl FnOnce(&mut A, &Shelved, Instant) -> Result<(), SideError> + Send + 'static,
    ) -> Result<(), EngineError> {
        let (tell, told) = mpsc::channel();
        let told_back: Told = Box::new(move |result| drop(tell.send(result)));
        self.send(Work::Act { step: Box::new(step), told: told_back })?;
        told.recv().map_err(|_| EngineError::Stopping)?
    }

    /// Looks without waiting for a disk: a transaction holds the side only while it is made, not while it is stored.
    pub(crate) fn look(&self) -> MutexGuard<'_, A> {
        locked(&self.actor)
    }

    pub(crate) fn connected(
        &self,
        link: LinkId,
        audience: Audience,
        out: tokio_mpsc::Sender<Outgoing>,
    ) -> Result<(), EngineError> {
        self.send(Work::Connected { link, audience, out })
    }
    pub(crate) fn message(
        &self,
        link: LinkId,
        message: Message,
        room: OwnedSemaphorePermit,
    ) -> Result<(), EngineError> {
        self.send(Work::Message { link, message, _room: room })
    }
    pub(crate) fn held(&self, link: LinkId) {
        // An engine that has ended sends nothing again.
        drop(self.send(Work::Held { link }));
    }
    pub(crate) fn closed(&self, link: LinkId) {
        // An engine that has ended has no links.
        drop(self.send(Work::Closed { link }));
    }

    fn send(&self, work: Work<A>) -> Result<(), EngineError> {
        locked(&self.work).send(work).map_err(|_| EngineError::Stopping)
    }
}

struct Running<A: Actor> {
    agreement: AgreementId,
    actor: Arc<Mutex<A>>,
    shelf: Shelved,
    gate: Arc<Gate>,
    /// Where a proof that the partner shows two histories is kept.
    proofs: PathBuf,
    runtime: tokio::runtime::Handle,
    links: BTreeMap<LinkId, Linked<A>>,
    room: Sender<Work<A>>,
    /// `false` after a failed store: memory is ahead of the disk until the side is replayed.
    sound: bool,
}

impl<A: Actor> Running<A> {
    fn run(mut self, works: &Receiver<Work<A>>, changed: &dyn Fn(&A)) {
        let mut beaten = std::time::Instant::now();
        let mut reviewed = beaten;
        loop {
            let wait = if self.sound { BEAT.min(REVIEW) } else { RETRY };
            let first = match works.recv_timeout(wait) {
                Ok(work) => Some(work),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            if !self.sound {
                self.recover();
            }
            let mut told: Vec<(Told, Result<(), SideError>)> = Vec::new();
            let now = clock::now();
            let actor = Arc::clone(&self.actor);
            let mut side = locked(&actor);
            for work in first.into_iter().chain(works.try_iter().take(GROUP)) {
                self.take(&mut side, work, now, &mut told);
            }
            if reviewed.elapsed() >= REVIEW {
                reviewed = std::time::Instant::now();
                if let Err(error) = side.review(&self.shelf, now) {
                    tracing::error!(agreement = %self.agreement, %error, "held items are not reviewed");
                }
            }
            let draft = side.take_draft();
            // The lock is not held while the disk works: looking and shutting the gate never wait for it.
            drop(side);
            let stored = if draft.is_empty() { Ok(()) } else { self.store(draft) };
            if let Err(error) = &stored {
                self.failed(error);
            }
            // Durable is what was asked for: nobody waits for what follows from it.
            for (told, result) in told {
                told(match (&stored, result) {
                    (_, Err(error)) => Err(EngineError::Side(error)),
                    (Err(error), Ok(())) => Err(EngineError::NotStored(error.to_string())),
                    (Ok(()), Ok(())) => Ok(()),
                });
            }
            let mut side = locked(&actor);
            if stored.is_ok() {
                side.committed();
            }
            if self.sound {
                let beat = beaten.elapsed() >= BEAT;
                if beat {
                    beaten = std::time::Instant::now();
                }
                self.send_all(&mut side, now, beat);
                changed(&side);
            }
        }
    }

    fn take(
        &mut self,
        side: &mut A,
        work: Work<A>,
        now: Instant,
        told: &mut Vec<(Told, Result<(), SideError>)>,
    ) {
        match work {
            Work::Act { step, told: tell } if self.sound => {
                let result = step(side, &self.shelf, now);
                told.push((tell, result));
            }
            Work::Act { told: tell, .. } => tell(Err(EngineError::NotStored("it failed before".to_owned()))),
            Work::Connected { link, audience, out } => {
                let linked = self.linked(side.link(&audience), out);
                self.links.insert(link, linked);
            }
            Work::Message { link, message, .. } if self.sound => {
                let Some(linked) = self.links.get_mut(&link) else { return };
                if let Err(fault) = side.receive(&mut linked.link, message, now) {
                    tracing::warn!(agreement = %self.agreement, ?link, error = %Chain(&fault), "the partner's message is not taken, the link ends");
                    self.links.remove(&link);
                    self.keep_proof(&fault);
                }
            }
            Work::Message { .. } | Work::Room => {}
            Work::Held { link } => {
                if let Some(linked) = self.links.get_mut(&link) {
                    A::resend(&mut linked.link);
                }
            }
            Work::Closed { link } => {
                self.links.remove(&link);
            }
        }
    }

    /// Two signed histories convict whoever signed them: the proof is kept for anyone to check.
    fn keep_proof(&self, fault: &Fault) {
        let Fault::Mirror(MirrorError::Fork { size, proof }) = fault else { return };
        let path = self.proofs.join(format!("fork-{size}.proof"));
        match super::publish::write_whole(&path, proof.to_string().as_bytes()) {
            Ok(()) => {
                tracing::error!(agreement = %self.agreement, path = %path.display(), "the log shows two histories: the proof is kept")
            }
            Err(error) => {
                tracing::error!(agreement = %self.agreement, error = %Chain(&error), "the proof of two histories could not be kept")
            }
        }
    }

    /// A link's messages wait in a queue of their own, so that a slow partner holds up nobody.
    fn linked(&self, link: A::Link, out: tokio_mpsc::Sender<Outgoing>) -> Linked<A> {
        let (queue, mut waiting) = tokio_mpsc::unbounded_channel::<Outgoing>();
        let under_way = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let (counted, room) = (Arc::clone(&under_way), self.room.clone());
        self.runtime.spawn(async move {
            while let Some(message) = waiting.recv().await {
                if out.send(message).await.is_err() {
                    return;
                }
                let left = counted.fetch_sub(1, std::sync::atomic::Ordering::AcqRel) - 1;
                if left == UNDER_WAY / 2 && room.send(Work::Room).is_err() {
                    return;
                }
            }
        });
        Linked { link, queue, under_way }
    }

    fn send_all(&mut self, side: &mut A, now: Instant, beat: bool) {
        use std::sync::atomic::Ordering::AcqRel;
        let shelf = &self.shelf;
        let agreement = &self.agreement;
        self.links.retain(|id, linked| {
            if linked.under_way.load(std::sync::atomic::Ordering::Acquire) > UNDER_WAY {
                return true;
            }
            let beats = if beat { side.beat(&mut linked.link, now) } else { Ok(Vec::new()) };
            let out = beats.and_then(|mut out| {
                out.extend(side.pump(&mut linked.link, shelf, now)?);
                Ok(out)
            });
            match out {
                Ok(out) => {
                    linked.under_way.fetch_add(out.len(), AcqRel);
                    out.into_iter().all(|message| linked.queue.send(message).is_ok())
                }
                Err(error) => {
                    tracing::error!(%agreement, link = ?id, %error, "nothing more is sent on this link");
                    false
                }
            }
        });
    }

    fn store(&self, draft: Draft) -> Result<(), StoreError> {
        self.shelf.keep(draft)
    }

    /// The gate stays shut until the side has been replayed from what is durable.
    fn failed(&mut self, error: &StoreError) {
        tracing::error!(agreement = %self.agreement, error = %Chain(error), "the exchange cannot be stored: the gate is shut");
        self.gate.shut(&self.agreement);
        self.links.clear();
        self.sound = false;
    }

    fn recover(&mut self) {
        let mut side = locked(&self.actor);
        match side.replay(&self.shelf) {
            Ok(replayed) => {
                *side = replayed;
                self.sound = true;
                tracing::warn!(agreement = %self.agreement, "the exchange was replayed from the store");
            }
            Err(error) => {
                tracing::error!(agreement = %self.agreement, %error, "the exchange cannot be replayed yet")
            }
        }
    }
}

fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An error with its causes, on one line.
pub(crate) struct Chain<'a>(pub(crate) &'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
