//! The socket below TLS. Every write of ciphertext to a partner, of whatever item, starts under a pass of the gate;
//! when the gate is shut for what is being written, the connection is reset. Knows nothing of what it writes.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bitacora_exchange::{Gate, Shut, Tags};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// More different tags than this on one connection, and every suspension resets it.
const MAX_CARRIED: usize = 256;

/// Sees each write as it starts, while its pass is held: for tests and figures. Must be quick.
pub trait Observer: Send + Sync + fmt::Debug {
    /// `sequence` counts the started writes of all connections that share the [`Counter`].
    fn write_starts(&self, sequence: u64, items: &[Tags]);
}

/// Started writes, and who is told of them.
#[derive(Debug, Default)]
pub struct Counter {
    started: AtomicU64,
    observer: Option<Arc<dyn Observer>>,
}

impl Counter {
    pub fn observed_by(observer: Arc<dyn Observer>) -> Self {
        Self { started: AtomicU64::new(0), observer: Some(observer) }
    }
    pub fn started(&self) -> u64 {
        self.started.load(Ordering::SeqCst)
    }
    fn starts(&self, items: &[Tags]) {
        let sequence = self.started.fetch_add(1, Ordering::SeqCst);
        if let Some(observer) = &self.observer {
            observer.write_starts(sequence, items);
        }
    }
}

/// What one connection is writing and has written, shared by its socket and its frame writer.
#[derive(Debug)]
pub(crate) struct Guard {
    gate: Arc<Gate>,
    counter: Arc<Counter>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Of the frame that is being written, until its last byte is with the kernel.
    items: Arc<[Tags]>,
    /// Of all frames so far: their bytes may still be in the kernel, where a reset discards them.
    carried: BTreeSet<Tags>,
    too_many: bool,
    shut: Option<Shut>,
}

impl Guard {
    pub(crate) fn new(gate: Arc<Gate>, counter: Arc<Counter>) -> Arc<Self> {
        Arc::new(Self { gate, counter, state: Mutex::default() })
    }

    /// Asks before a frame is even encrypted: a refusal here costs the frame, later it costs the connection.
    pub(crate) fn begin(&self, items: &Arc<[Tags]>) -> Result<(), Shut> {
        for tags in items.iter() {
            self.gate.check(tags)?;
        }
        let mut state = self.state();
        for tags in items.iter() {
            if state.carried.len() < MAX_CARRIED {
                if !state.carried.contains(tags) {
                    state.carried.insert(tags.clone());
                }
            } else if !state.carried.contains(tags) {
                state.too_many = true;
            }
        }
        state.items = Arc::clone(items);
        Ok(())
    }

    /// The frame's last byte is with the kernel.
    pub(crate) fn end(&self) {
        self.state().items = Arc::default();
    }

    /// Why a write was stopped, if one was.
    pub(crate) fn shut(&self) -> Option<Shut> {
        self.state().shut
    }

    /// Whether anything this connection carried could not be written now.
    pub(crate) fn carries_shut(&self) -> Option<Shut> {
        let state = self.state();
        let first = state.carried.iter().find_map(|tags| self.gate.check(tags).err());
        first.or(state.too_many.then_some(Shut::NotOpen))
    }

    // INVARIANT: every write of ciphertext starts under a pass for its items.
    fn write<T>(&self, write: impl FnOnce() -> T) -> Result<T, Shut> {
        let items = Arc::clone(&self.state().items);
        match self.gate.pass(items.iter()) {
            Ok(pass) => {
                self.counter.starts(&items);
                let done = write();
                drop(pass);
                Ok(done)
            }
            Err(shut) => {
                self.state().shut = Some(shut);
                Err(shut)
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing is half changed at any point: a poisoned state is a good one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a connection is. Before the other end has proved its key it is told nothing but the server's one flight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// Accepting: nothing written yet.
    Listening,
    /// Accepting: the server's flight is under way. In TLS 1.3 without a second hello it is the only one.
    Answering,
    /// Accepting: the other end's answer is coming in. What TLS would say now is an alert: why it was refused.
    Judging,
    Open,
}

/// A TCP stream that writes under the gate, and that is reset when dropped, unless it was closed in order.
#[derive(Debug)]
pub(crate) struct GuardedTcp {
    tcp: TcpStream,
    guard: Arc<Guard>,
    phase: Phase,
    orderly: bool,
}

impl GuardedTcp {
    pub(crate) fn accepted(tcp: TcpStream, guard: Arc<Guard>) -> Self {
        Self { tcp, guard, phase: Phase::Listening, orderly: false }
    }
    pub(crate) fn dialled(tcp: TcpStream, guard: Arc<Guard>) -> Self {
        Self { tcp, guard, phase: Phase::Open, orderly: false }
    }
    /// The handshake is over and the other end is known.
    pub(crate) fn open(&mut self) {
        self.phase = Phase::Open;
    }
    /// From here on the connection ends with a FIN, so that its last frame arrives.
    pub(crate) fn close_in_order(&mut self) {
        self.orderly = true;
    }

    fn start(
        &mut self,
        first: Option<u8>,
        write: impl FnOnce(Pin<&mut TcpStream>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        /// TLS record type (RFC 8446, 5.1).
        const ALERT: u8 = 21;
        let silent = match self.phase {
            Phase::Open => false,
            Phase::Listening | Phase::Answering => first == Some(ALERT),
            Phase::Judging => true,
        };
        if silent {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        if self.phase == Phase::Listening {
            self.phase = Phase::Answering;
        }
        let Self { tcp, guard, .. } = self;
        match guard.write(|| write(Pin::new(tcp))) {
            Ok(done) => done,
            Err(shut) => Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionReset, shut))),
        }
    }
}

impl AsyncRead for GuardedTcp {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = into.filled().len();
        let read = Pin::new(&mut this.tcp).poll_read(cx, into);
        if this.phase == Phase::Answering && into.filled().len() > before {
            this.phase = Phase::Judging;
        }
        read
    }
}

impl AsyncWrite for GuardedTcp {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().start(bytes.first().copied(), |tcp| tcp.poll_write(cx, bytes))
    }
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = parts.iter().find_map(|part| part.first().copied());
        self.get_mut().start(first, |tcp| tcp.poll_write_vectored(cx, parts))
    }
    fn is_write_vectored(&self) -> bool {
        true
    }
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_flush(cx)
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_shutdown(cx)
    }
}

impl Drop for GuardedTcp {
    fn drop(&mut self) {
        if !self.orderly {
            // What the kernel still holds is discarded and the other end sees a reset, the same for every cause. If
            // the option cannot be set the socket is gone already.
            drop(self.tcp.set_zero_linger());
        }
    }
}
