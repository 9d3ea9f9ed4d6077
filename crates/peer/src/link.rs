//! One connection to one partner: frames out under the gate, frames in one by one to the handler, until either end,
//! the clock, a revocation or a suspension ends it. Decides nothing about what it carries.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;

use bitacora_exchange::wire::{Message, WireError};
use bitacora_exchange::{Outgoing, Shut, Tags};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{mpsc, watch};
use tokio::task::yield_now;
use tokio::time::timeout;
use tokio_rustls::TlsStream;

use crate::frame::{self, ALIVE, FrameError, Timing};
use crate::guarded::{Guard, GuardedTcp};
use crate::identity::Fingerprint;
use crate::pins::Pins;

/// Malformed messages after which a connection ends. Each is reported.
pub const MAX_REFUSED: u32 = 16;

/// A connection, numbered in the order of the handshakes of this process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LinkId(pub u64);

/// The node does not want this connection; the other end sees a reset.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the node does not want this connection")]
pub struct NotWanted;

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub enum CloseReason {
    /// This side dropped its queue, or the endpoint was dropped.
    #[error("closed by this side")]
    Done,
    #[error("closed by the other side")]
    Left,
    /// Frames are counted from 1 on each connection.
    #[error("frame {frame} cannot be read")]
    Frame {
        frame: u64,
        #[source]
        rule: FrameError,
    },
    #[error("more than 16 malformed messages")]
    TooManyRefused,
    #[error("the other side does not take what is sent")]
    Stalled,
    #[error("the connection was lost")]
    Lost(#[source] io::Error),
    #[error("an item on this connection may no longer be sent")]
    Suspended(#[source] Shut),
    #[error("the partner's key is no longer pinned")]
    Revoked,
}

/// What the node does with its links. Calls about one link never overlap, but for `held`, which comes from its sender.
pub trait Handler: Send + Sync + 'static {
    /// A partner with a pinned key is connected, and what is put into `out` is sent to it in order. Dropping `out`
    /// closes the link after the last message. A partner may have several links, such as one in each direction.
    fn connected(
        &self,
        peer: &Fingerprint,
        link: LinkId,
        out: mpsc::Sender<Outgoing>,
    ) -> Result<(), NotWanted>;
    /// Each message in order. Nothing more is read from the partner before this is done.
    fn message(&self, link: LinkId, message: Message) -> impl Future<Output = ()> + Send;
    /// Bytes that are no message: the frame's number on this link and the rule. The link goes on.
    fn refused(&self, link: LinkId, frame: u64, why: &WireError);
    /// A message that was not sent, because the gate was shut for it. The link goes on.
    fn held(&self, link: LinkId, what: &Outgoing, why: Shut);
    /// Once for each link that was connected, after its last message.
    fn closed(&self, link: LinkId, why: CloseReason);
    /// A connection that never became a link. `address` is as dialled, or as seen when accepted.
    fn turned_away(&self, address: &str, why: &crate::endpoint::NoLink);
}

/// What a link needs to know of its endpoint.
pub(crate) struct Surroundings<'a> {
    pub(crate) pins: &'a Pins,
    pub(crate) timing: &'a Timing,
    pub(crate) queue: usize,
    /// Changes after each closing of the gate.
    pub(crate) sweeps: watch::Receiver<u64>,
}

/// Reports the end, whatever ends it: also when the task is dropped.
struct Open<'a, H: Handler> {
    handler: &'a H,
    link: LinkId,
    why: Option<CloseReason>,
}

impl<H: Handler> Drop for Open<'_, H> {
    fn drop(&mut self) {
        self.handler.closed(self.link, self.why.take().unwrap_or(CloseReason::Done));
    }
}

/// Runs a link to its end.
pub(crate) async fn run<H: Handler>(
    handler: &H,
    around: Surroundings<'_>,
    tls: TlsStream<GuardedTcp>,
    guard: Arc<Guard>,
    peer: Fingerprint,
    link: LinkId,
) -> Result<(), NotWanted> {
    let (out, queue) = mpsc::channel(around.queue);
    handler.connected(&peer, link, out)?;
    let mut open = Open { handler, link, why: None };
    let (mut reading, mut writing) = tokio::io::split(tls);
    let why = {
        let mut sender = pin!(send(handler, link, &mut writing, &guard, queue, around.timing));
        let mut receiver = pin!(receive(handler, link, &mut reading, around.timing));
        let mut shut = pin!(swept(&guard, around.sweeps));
        let mut revoked = pin!(around.pins.revoked(&peer));
        tokio::select! {
            biased;
            () = &mut revoked => CloseReason::Revoked,
            why = &mut shut => CloseReason::Suspended(why),
            why = &mut sender => why,
            why = &mut receiver => why,
        }
    };
    let stream = reading.unsplit(writing);
    end_of(stream, &why, around.timing).await;
    open.why = Some(why);
    Ok(())
}

/// A FIN where nothing is wrong, so that the last frame arrives; a reset in every other case, by dropping.
async fn end_of(mut stream: TlsStream<GuardedTcp>, why: &CloseReason, timing: &Timing) {
    if !matches!(why, CloseReason::Done | CloseReason::Left) {
        return;
    }
    if timeout(timing.handshake, stream.shutdown()).await.is_ok_and(|done| done.is_ok()) {
        match &mut stream {
            TlsStream::Client(stream) => stream.get_mut().0.close_in_order(),
            TlsStream::Server(stream) => stream.get_mut().0.close_in_order(),
        }
    }
}

/// Ends when the gate has been closed and something of this link no longer passes. A sender that waits for the other
/// end's window would not ask the gate again by itself.
async fn swept(guard: &Guard, mut sweeps: watch::Receiver<u64>) -> Shut {
    loop {
        if let Some(shut) = guard.carries_shut() {
            return shut;
        }
        if sweeps.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn send<H: Handler, W: AsyncWrite + Unpin>(
    handler: &H,
    link: LinkId,
    to: &mut W,
    guard: &Guard,
    mut queue: mpsc::Receiver<Outgoing>,
    timing: &Timing,
) -> CloseReason {
    let nothing: Arc<[Tags]> = Arc::default();
    // The first sign of life goes at once: by it the dialling side knows that its key was accepted.
    let mut next = Some(None);
    loop {
        let outgoing = match next.take() {
            Some(first) => first,
            None => match timeout(timing.alive, queue.recv()).await {
                Ok(Some(outgoing)) => Some(outgoing),
                Ok(None) => return CloseReason::Done,
                Err(_quiet) => None,
            },
        };
        let (kind, payload, items) = match &outgoing {
            None => (ALIVE, Vec::new(), &nothing),
            Some(outgoing) => match outgoing.message().encode() {
                Ok((kind, payload)) => (kind, payload, outgoing.items()),
                Err(why) => return CloseReason::Lost(io::Error::new(io::ErrorKind::InvalidInput, why)),
            },
        };
        let bytes = match frame::frame(kind, &payload) {
            Ok(bytes) => bytes,
            Err(why) => return CloseReason::Lost(io::Error::new(io::ErrorKind::InvalidInput, why)),
        };
        if let Err(shut) = guard.begin(items) {
            if let Some(outgoing) = &outgoing {
                handler.held(link, outgoing, shut);
            }
            continue;
        }
        let allowed = timing.of_frame(u32::try_from(payload.len()).unwrap_or(u32::MAX));
        match timeout(allowed, write(to, &bytes)).await {
            Ok(Ok(())) => {
                guard.end();
                // One frame, then the other links: a large item on a fast line delays no small one on another.
                yield_now().await;
            }
            Ok(Err(lost)) => {
                return guard.shut().map_or(CloseReason::Lost(lost), CloseReason::Suspended);
            }
            Err(_too_slow) => return CloseReason::Stalled,
        }
    }
}

async fn write<W: AsyncWrite + Unpin>(to: &mut W, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes).await?;
    // Only now is all of it with the kernel: TLS holds back what the socket did not take.
    to.flush().await
}

async fn receive<H: Handler, R: AsyncRead + Unpin>(
    handler: &H,
    link: LinkId,
    from: &mut R,
    timing: &Timing,
) -> CloseReason {
    let mut refused = 0;
    for number in 1.. {
        let (kind, payload) = match frame::read(from, timing).await {
            Ok(Some((ALIVE, _))) => continue,
            Ok(Some(frame)) => frame,
            Ok(None) => break,
            Err(FrameError::Lost(lost)) => return CloseReason::Lost(lost),
            Err(rule) => return CloseReason::Frame { frame: number, rule },
        };
        match Message::decode(kind, &payload) {
            Ok(message) => {
                handler.message(link, message).await;
                yield_now().await;
            }
            Err(why) => {
                handler.refused(link, number, &why);
                refused += 1;
                if refused > MAX_REFUSED {
                    return CloseReason::TooManyRefused;
                }
            }
        }
    }
    CloseReason::Left
}
