//! Bundles carried by hand where there is no line: one file with the frames a link would carry, under a signed header.
//! A bundle names no path; nothing of it is unpacked before its signature and its hash hold. Not encrypted by itself:
//! its items are sealed, and who holds the stick reads the rest.
//!
//! `BITACORA`, a version byte, four bytes of length (big-endian), a DSSE envelope of that length over the header, and
//! to the end of the file one zstd frame (RFC 8878) over frames as in [`crate::frame`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Read as _, Write as _};

use bitacora_exchange::wire::{MAX_FRAME_BYTES, Message, WireError};
use bitacora_exchange::{Gate, Outgoing, Shut, Tags};
use bitacora_ledger::{Envelope, EnvelopeError, RecordError, Signer, canonical_json, hex};
use bitacora_primitives::Instant;
use bitacora_primitives::markings::{AgreementId, PartyCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zstd::stream::read::Decoder;

use crate::frame::{FrameError, HEAD_BYTES, Head, frame};

/// A bundle's file name ends so.
pub const FILE_ENDING: &str = "bitacora";
const MAGIC: &[u8; 8] = b"BITACORA";
const VERSION: u8 = 1;
const HEADER_TYPE: &str = "application/vnd.bitacora.bundle+json";
const MAX_ENVELOPE_BYTES: usize = 64 * 1024;
/// The window a reader must hold: 8 MiB (RFC 8878, 3.1.1.1.2, recommends at least that much).
const WINDOW_LOG: u32 = 23;
const LEVEL: i32 = 3;
/// Written to the stick under one pass of the gate.
const PIECE_BYTES: usize = 64 * 1024;

/// Why a bundle is refused, and where.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    #[error("the file is not a bundle")]
    NotABundle,
    #[error("bundles of version {0} are not known")]
    UnknownVersion(u8),
    #[error("the file ends within its {0}")]
    CutShort(&'static str),
    #[error("the {what} has {bytes} bytes, more than {most}")]
    TooLong { what: &'static str, bytes: u64, most: u64 },
    #[error("the header's envelope cannot be read")]
    Envelope(#[from] EnvelopeError),
    #[error("the envelope is of another type than a bundle's header")]
    OtherType,
    #[error("the header cannot be read")]
    Header(#[source] serde_json::Error),
    #[error("no known key of the sender signed the header")]
    NotSigned,
    #[error("the bundle expired at {0}")]
    Expired(Instant),
    #[error("the body is not the one that was signed")]
    OtherBody,
    #[error("{packed} bytes claim to unpack to {unpacked}, too many for so few")]
    TooDense { packed: u64, unpacked: u64 },
    #[error("the body cannot be unpacked at frame {frame}")]
    Unpack {
        frame: u64,
        #[source]
        why: io::Error,
    },
    #[error("frame {frame} cannot be read")]
    Frame {
        frame: u64,
        #[source]
        why: FrameError,
    },
    #[error("frame {frame} is no message")]
    Message {
        frame: u64,
        #[source]
        why: WireError,
    },
    #[error("the body goes on after its {0} frames")]
    GoesOn(u64),
    #[error("the header has no canonical form")]
    NotCanonical(#[from] RecordError),
    #[error("the gate was shut while the bundle was written")]
    Shut(#[from] Shut),
    #[error("the bundle cannot be written")]
    Write(#[source] io::Error),
}

/// What a bundle is, said by its maker.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waybill {
    pub agreement: AgreementId,
    pub from: PartyCode,
    /// A party, or a witness by its name.
    pub to: String,
    pub made: Instant,
    /// The lease of what is in it: after this it opens nothing.
    pub expires: Instant,
    /// The size of each log that the maker knew of.
    pub logs: BTreeMap<PartyCode, u64>,
}

/// What is signed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub waybill: Waybill,
    pub body: Body,
}

/// The rest of the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    pub frames: u64,
    pub packed: u64,
    pub unpacked: u64,
    /// Of the packed bytes, in hexadecimal digits.
    pub sha256: String,
}

/// Bounds of what is unpacked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    pub file: u64,
    pub unpacked: u64,
    /// Unpacked bytes for each packed one, once there are more than a frame's.
    pub ratio: u64,
    pub frames: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { file: 256 << 20, unpacked: 1 << 30, ratio: 100, frames: 1_000_000 }
    }
}

/// A bundle to be written. It shows its bytes to nothing but a writer under the gate.
pub struct Packed {
    pub header: Header,
    /// Positions in what was to be packed of messages that stayed, because the gate was shut for them.
    pub held: Vec<(usize, Shut)>,
    bytes: Vec<u8>,
    items: BTreeSet<Tags>,
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packed")
            .field("header", &self.header)
            .field("held", &self.held)
            .finish_non_exhaustive()
    }
}

/// Packs what passes the gate.
pub fn pack(
    waybill: Waybill,
    outgoing: &[Outgoing],
    gate: &Gate,
    keyid: &str,
    signer: &dyn Signer,
) -> Result<Packed, CarryError> {
    let mut packer = zstd::Encoder::new(Vec::new(), LEVEL).map_err(CarryError::Write)?;
    let (mut frames, mut unpacked) = (0, 0);
    let (mut held, mut items) = (Vec::new(), BTreeSet::new());
    for (position, one) in outgoing.iter().enumerate() {
        if let Some(shut) = one.items().iter().find_map(|tags| gate.check(tags).err()) {
            held.push((position, shut));
            continue;
        }
        frames += 1;
        let (kind, payload) =
            one.message().encode().map_err(|why| CarryError::Message { frame: frames, why })?;
        let bytes = frame(kind, &payload).map_err(|why| CarryError::Frame { frame: frames, why })?;
        unpacked += bytes.len() as u64;
        packer.write_all(&bytes).map_err(CarryError::Write)?;
        items.extend(one.items().iter().cloned());
    }
    let body = packer.finish().map_err(CarryError::Write)?;
    let sha256 = hex::encode(&Sha256::digest(&body));
    let header = Header { waybill, body: Body { frames, packed: body.len() as u64, unpacked, sha256 } };
    let mut envelope = Envelope::new(HEADER_TYPE, canonical_json(&header)?.into_bytes())?;
    envelope.sign(keyid, signer)?;
    let envelope = envelope.to_json()?.into_bytes();
    let length = within("header", envelope.len() as u64, MAX_ENVELOPE_BYTES as u64)?;
    let mut bytes = MAGIC.to_vec();
    bytes.push(VERSION);
    bytes.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(&envelope);
    bytes.extend_from_slice(&body);
    Ok(Packed { header, held, bytes, items })
}

impl Packed {
    pub const fn len(&self) -> usize {
        self.bytes.len()
    }
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Writes the bundle, each piece under a pass for everything in it. When the gate shuts meanwhile no further
    /// piece is written: what was written is no bundle, and the caller removes it. `out` must not wait long.
    // INVARIANT: no piece of a bundle is written after a suspension of anything in it returned.
    pub fn write_to(&self, gate: &Gate, out: &mut impl io::Write) -> Result<(), CarryError> {
        for piece in self.bytes.chunks(PIECE_BYTES) {
            let pass = gate.pass(&self.items)?;
            let written = out.write_all(piece);
            drop(pass);
            written.map_err(CarryError::Write)?;
        }
        Ok(())
    }
}

/// A bundle whose header and body hold. Its messages are read one by one.
#[derive(Debug)]
pub struct Unpacked<'a> {
    pub header: Header,
    /// Who of the keys asked for signed.
    pub signers: Vec<String>,
    pub messages: Messages<'a>,
}

/// Checks a bundle. `keys` says who may have signed a bundle with such a waybill, which is not proven by then.
pub fn unpack<'a>(
    bytes: &'a [u8],
    bounds: &Bounds,
    now: Instant,
    keys: impl FnOnce(&Waybill) -> Vec<(String, [u8; 32])>,
) -> Result<Unpacked<'a>, CarryError> {
    within("file", bytes.len() as u64, bounds.file)?;
    let rest = bytes.strip_prefix(MAGIC).ok_or(CarryError::NotABundle)?;
    let (&version, rest) = rest.split_first().ok_or(CarryError::CutShort("head"))?;
    if version != VERSION {
        return Err(CarryError::UnknownVersion(version));
    }
    let (length, rest) = rest.split_first_chunk().ok_or(CarryError::CutShort("head"))?;
    let length = u32::from_be_bytes(*length);
    within("header", u64::from(length), MAX_ENVELOPE_BYTES as u64)?;
    let (envelope, body) = rest.split_at_checked(length as usize).ok_or(CarryError::CutShort("header"))?;
    let envelope = Envelope::parse(envelope)?;
    if envelope.payload_type != HEADER_TYPE {
        return Err(CarryError::OtherType);
    }
    let header: Header = serde_json::from_slice(&envelope.payload).map_err(CarryError::Header)?;
    let keys = keys(&header.waybill);
    let keys: Vec<(&str, &[u8; 32])> = keys.iter().map(|(name, key)| (name.as_str(), key)).collect();
    let signers: Vec<String> = envelope.verify(&keys).into_iter().map(str::to_owned).collect();
    if signers.is_empty() {
        return Err(CarryError::NotSigned);
    }
    if header.waybill.expires <= now {
        return Err(CarryError::Expired(header.waybill.expires));
    }
    check_body(&header.body, body, bounds)?;
    let messages = Messages::new(body, &header.body)?;
    Ok(Unpacked { header, signers, messages })
}

fn check_body(said: &Body, body: &[u8], bounds: &Bounds) -> Result<(), CarryError> {
    let packed = body.len() as u64;
    if packed < said.packed {
        return Err(CarryError::CutShort("body"));
    }
    if packed > said.packed || hex::encode(&Sha256::digest(body)) != said.sha256 {
        return Err(CarryError::OtherBody);
    }
    within("unpacked body", said.unpacked, bounds.unpacked)?;
    within("list of frames", said.frames, bounds.frames)?;
    let dense = said.unpacked > (MAX_FRAME_BYTES as u64).max(packed.saturating_mul(bounds.ratio));
    if dense { Err(CarryError::TooDense { packed, unpacked: said.unpacked }) } else { Ok(()) }
}

fn within(what: &'static str, bytes: u64, most: u64) -> Result<u64, CarryError> {
    if bytes > most { Err(CarryError::TooLong { what, bytes, most }) } else { Ok(bytes) }
}

/// The messages of a bundle in order. After the first refusal there are no more.
pub struct Messages<'a> {
    body: Decoder<'a, &'a [u8]>,
    /// Frames and bytes that the header leaves.
    frames_left: u64,
    bytes_left: u64,
    frame: u64,
    over: bool,
}

impl fmt::Debug for Messages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages").field("frame", &self.frame).finish_non_exhaustive()
    }
}

impl<'a> Messages<'a> {
    fn new(body: &'a [u8], said: &Body) -> Result<Self, CarryError> {
        let unpack = |why| CarryError::Unpack { frame: 0, why };
        let mut body = Decoder::with_buffer(body).map_err(unpack)?.single_frame();
        body.window_log_max(WINDOW_LOG).map_err(unpack)?;
        Ok(Self { body, frames_left: said.frames, bytes_left: said.unpacked, frame: 0, over: false })
    }

    fn read(&mut self) -> Result<Option<Message>, CarryError> {
        if self.frames_left == 0 {
            return self.end().map(|()| None);
        }
        self.frames_left -= 1;
        self.frame += 1;
        let frame = self.frame;
        let mut head = [0; HEAD_BYTES];
        self.fill(&mut head)?;
        let head = Head::parse(head).map_err(|why| CarryError::Frame { frame, why })?;
        if u64::from(head.length) > self.bytes_left {
            return Err(CarryError::CutShort("body"));
        }
        let mut payload = vec![0; head.length as usize];
        self.fill(&mut payload)?;
        let message = Message::decode(head.kind, &payload);
        message.map(Some).map_err(|why| CarryError::Message { frame, why })
    }

    fn fill(&mut self, into: &mut [u8]) -> Result<(), CarryError> {
        self.bytes_left =
            self.bytes_left.checked_sub(into.len() as u64).ok_or(CarryError::CutShort("body"))?;
        let frame = self.frame;
        self.body.read_exact(into).map_err(|why| CarryError::Unpack { frame, why })
    }

    /// Nothing may follow: neither unpacked bytes nor packed ones.
    fn end(&mut self) -> Result<(), CarryError> {
        let frame = self.frame;
        let more = self.body.read(&mut [0]).map_err(|why| CarryError::Unpack { frame, why })?;
        let over = more == 0 && self.body.get_ref().is_empty() && self.bytes_left == 0;
        if over { Ok(()) } else { Err(CarryError::GoesOn(frame)) }
    }
}

impl Iterator for Messages<'_> {
    type Item = Result<Message, CarryError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let read = self.read();
        self.over = !matches!(read, Ok(Some(_)));
        read.transpose()
    }
}
