//! Frames on a link: a byte of kind, four of length (big-endian), the payload. Kind 0 is a sign of life without
//! payload; the others are `exchange`'s. Bounds are held before anything is allocated, and time while it arrives.

use std::io;
use std::time::Duration;

use bitacora_exchange::wire::MAX_FRAME_BYTES;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::time::{Instant, timeout, timeout_at};

/// Kind and length.
pub const HEAD_BYTES: usize = 5;
/// A sign of life.
pub const ALIVE: u8 = 0;
/// What is set aside before the payload's bytes are there.
const FIRST_BYTES: usize = 64 * 1024;

/// Why bytes are no frame, or none in time.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error("the frame says it has {0} bytes, more than 1048576")]
    TooLong(u32),
    #[error("a sign of life carries {0} bytes, but has none to carry")]
    LoudAlive(u32),
    #[error("the connection ended after {had} of the {of} bytes of a frame")]
    CutShort { had: usize, of: usize },
    #[error("the connection was silent for too long")]
    Silent,
    #[error("a frame came too slowly")]
    Slow,
    #[error("the connection was lost")]
    Lost(#[source] io::Error),
}

/// How long each thing may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timing {
    /// From the first byte of a connection to the end of its handshake.
    pub handshake: Duration,
    /// For a frame that has begun, in either direction ...
    pub frame: Duration,
    /// ... and a second more for each of these bytes.
    pub bytes_per_second: u32,
    /// A sign of life is sent after this long without another frame.
    pub alive: Duration,
    /// A connection on which nothing begins for this long ends.
    pub silent: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(5),
            frame: Duration::from_secs(20),
            bytes_per_second: 4096,
            alive: Duration::from_secs(15),
            silent: Duration::from_secs(45),
        }
    }
}

impl Timing {
    /// How long a frame with this payload may take once it has begun.
    pub fn of_frame(&self, payload: u32) -> Duration {
        self.frame + Duration::from_secs(u64::from(payload / self.bytes_per_second.max(1)))
    }
}

/// The five bytes before a payload, checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    pub kind: u8,
    pub length: u32,
}

impl Head {
    pub fn parse(bytes: [u8; HEAD_BYTES]) -> Result<Self, FrameError> {
        let [kind, length @ ..] = bytes;
        let length = u32::from_be_bytes(length);
        if length as usize > MAX_FRAME_BYTES {
            return Err(FrameError::TooLong(length));
        }
        if kind == ALIVE && length != 0 {
            return Err(FrameError::LoudAlive(length));
        }
        Ok(Self { kind, length })
    }
}

/// A whole frame as bytes.
pub fn frame(kind: u8, payload: &[u8]) -> Result<Vec<u8>, FrameError> {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    let [a, b, c, d] = length.to_be_bytes();
    let head = [kind, a, b, c, d];
    Head::parse(head)?;
    let mut bytes = Vec::with_capacity(HEAD_BYTES + payload.len());
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(payload);
    Ok(bytes)
}

/// The next frame; `None` when the connection ended between two.
pub async fn read<R: AsyncRead + Unpin>(
    from: &mut R,
    timing: &Timing,
) -> Result<Option<(u8, Vec<u8>)>, FrameError> {
    let mut head = [0; HEAD_BYTES];
    let [first, rest @ ..] = &mut head;
    let came = timeout(timing.silent, from.read(std::slice::from_mut(first))).await;
    if came.map_err(|_| FrameError::Silent)?.map_err(FrameError::Lost)? == 0 {
        return Ok(None);
    }
    let begun = Instant::now();
    let got = timeout_at(begun + timing.frame, fill(from, rest)).await;
    let got = got.map_err(|_| FrameError::Slow)??;
    if got < HEAD_BYTES - 1 {
        return Err(FrameError::CutShort { had: got + 1, of: HEAD_BYTES });
    }
    let Head { kind, length } = Head::parse(head)?;
    let wanted = length as usize;
    let mut payload = Vec::with_capacity(wanted.min(FIRST_BYTES));
    let mut limited = from.take(u64::from(length));
    let all = limited.read_to_end(&mut payload);
    let all = timeout_at(begun + timing.of_frame(length), all).await;
    all.map_err(|_| FrameError::Slow)?.map_err(FrameError::Lost)?;
    if payload.len() < wanted {
        return Err(FrameError::CutShort { had: HEAD_BYTES + payload.len(), of: HEAD_BYTES + wanted });
    }
    Ok(Some((kind, payload)))
}

/// Reads until the buffer is full or the connection ends; gives how much came.
async fn fill<R: AsyncRead + Unpin>(from: &mut R, mut buffer: &mut [u8]) -> Result<usize, FrameError> {
    let mut got = 0;
    while !buffer.is_empty() {
        match from.read(buffer).await.map_err(FrameError::Lost)? {
            0 => break,
            count => {
                got += count;
                buffer = buffer.get_mut(count..).unwrap_or_default();
            }
        }
    }
    Ok(got)
}
