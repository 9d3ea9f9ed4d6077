//! What two nodes say to each other about one agreement. Everything here may come from an attacker: sizes and counts
//! are bounded, unknown members refuse, and nothing is believed before `Side` has checked it.

use bitacora_ledger::{Hash, hex};
use bitacora_primitives::markings::{AgreementId, PartyCode};
use bitacora_primitives::{Instant, ReleaseId};
use serde::{Deserialize, Serialize};

/// A frame's payload is never larger.
pub const MAX_FRAME_BYTES: usize = 1 << 20;
/// Bytes of ciphertext in one chunk.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// A sealed item is never larger.
pub const MAX_ITEM_BYTES: u64 = 16 << 20;
/// Leaves in one `Entries`.
pub const MAX_ENTRIES: usize = 256;
/// Objects asked for in one `Status`.
pub const MAX_WANTS: usize = 256;
const CHUNK_HEAD: usize = 10 + 8 + 8;

/// Why bytes are no message.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    #[error("the frame has {0} bytes, more than 1048576")]
    TooLong(usize),
    #[error("frames of kind {0} are not known")]
    UnknownKind(u8),
    #[error("the frame is malformed")]
    Malformed(#[source] serde_json::Error),
    #[error("the chunk is malformed: {0}")]
    BadChunk(&'static str),
    #[error("the message lists {count} {what}, more than {most}")]
    TooMany { what: &'static str, count: usize, most: usize },
}

#[derive(Clone, PartialEq, Debug)]
pub enum Message {
    Status(Box<Status>),
    Entries(Box<Entries>),
    Chunk(Chunk),
}

/// Where a side stands: what it holds durably of the other's log, what it misses, and its lease to the other.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    pub agreement: AgreementId,
    /// Who speaks: a party, or a witness by its name.
    pub party: String,
    /// The speaker's clock, a claim from which the skew is measured.
    pub now: Instant,
    /// Whose log `have` and `cosigned` are about, where the speaker mirrors more than one; a party mirrors one.
    pub log: PartyCode,
    /// Leaves of that log which the speaker holds durably.
    pub have: u64,
    /// The newest checkpoint of that log with the speaker's cosignature: the receipt of the mirror.
    pub cosigned: Option<String>,
    /// Sealed items that the speaker has the release of, but not the bytes from this offset on.
    pub wants: Vec<Want>,
    /// A fresh signed lease (DSSE) for what was given to the other side.
    pub lease: Option<String>,
    /// Checkpoints of third copies of a log that the speaker has seen: a fork shows here first.
    pub seen: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Want {
    pub release: ReleaseId,
    pub offset: u64,
}

/// Leaves of the speaker's log in order, and its checkpoint after the last of them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entries {
    pub agreement: AgreementId,
    pub log: PartyCode,
    pub from: u64,
    pub leaves: Vec<LeafOut>,
    pub checkpoint: String,
}

/// A leaf as a partner may see it: its commitment, and the record where it is opened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafOut {
    #[serde(rename = "c", with = "commitment_hex")]
    pub commitment: Hash,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

/// A piece of a sealed item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chunk {
    pub release: ReleaseId,
    pub offset: u64,
    pub total: u64,
    pub bytes: Vec<u8>,
}

mod commitment_hex {
    use super::{Hash, hex};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(hash: &Hash, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&hex::encode(&hash.0))
    }
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Hash, D::Error> {
        let text = String::deserialize(input)?;
        hex::decode(&text)
            .map(Hash)
            .ok_or_else(|| serde::de::Error::custom("a hash is 64 hexadecimal digits"))
    }
}

impl Message {
    pub const STATUS: u8 = 1;
    pub const ENTRIES: u8 = 2;
    pub const CHUNK: u8 = 3;

    /// The frame's kind and payload.
    pub fn encode(&self) -> Result<(u8, Vec<u8>), WireError> {
        let json = |kind: u8, value: serde_json::Result<Vec<u8>>| {
            value.map(|payload| (kind, payload)).map_err(WireError::Malformed)
        };
        match self {
            Self::Status(status) => json(Self::STATUS, serde_json::to_vec(status)),
            Self::Entries(entries) => json(Self::ENTRIES, serde_json::to_vec(entries)),
            Self::Chunk(chunk) => Ok((Self::CHUNK, chunk.encode())),
        }
    }

    pub fn decode(kind: u8, payload: &[u8]) -> Result<Self, WireError> {
        if payload.len() > MAX_FRAME_BYTES {
            return Err(WireError::TooLong(payload.len()));
        }
        match kind {
            Self::STATUS => {
                let status: Status = serde_json::from_slice(payload).map_err(WireError::Malformed)?;
                bounded("wants", status.wants.len(), MAX_WANTS)?;
                bounded("checkpoints", status.seen.len(), 8)?;
                Ok(Self::Status(Box::new(status)))
            }
            Self::ENTRIES => {
                let entries: Entries = serde_json::from_slice(payload).map_err(WireError::Malformed)?;
                bounded("leaves", entries.leaves.len(), MAX_ENTRIES)?;
                Ok(Self::Entries(Box::new(entries)))
            }
            Self::CHUNK => Chunk::decode(payload).map(Self::Chunk),
            other => Err(WireError::UnknownKind(other)),
        }
    }
}

fn bounded(what: &'static str, count: usize, most: usize) -> Result<(), WireError> {
    if count > most { Err(WireError::TooMany { what, count, most }) } else { Ok(()) }
}

impl Chunk {
    fn encode(&self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(CHUNK_HEAD + self.bytes.len());
        payload.extend_from_slice(self.release.bytes());
        payload.extend_from_slice(&self.offset.to_be_bytes());
        payload.extend_from_slice(&self.total.to_be_bytes());
        payload.extend_from_slice(&self.bytes);
        payload
    }

    fn decode(payload: &[u8]) -> Result<Self, WireError> {
        let short = || WireError::BadChunk("it ends within its head");
        let (release, rest) = payload.split_first_chunk::<10>().ok_or_else(short)?;
        let (offset, rest) = rest.split_first_chunk::<8>().ok_or_else(short)?;
        let (total, bytes) = rest.split_first_chunk::<8>().ok_or_else(short)?;
        let (offset, total) = (u64::from_be_bytes(*offset), u64::from_be_bytes(*total));
        if total > MAX_ITEM_BYTES {
            return Err(WireError::BadChunk("the item is larger than 16 MiB"));
        }
        if bytes.len() > CHUNK_BYTES || offset.checked_add(bytes.len() as u64).is_none_or(|end| end > total) {
            return Err(WireError::BadChunk("it reaches past its item"));
        }
        Ok(Self { release: ReleaseId::from_bytes(*release), offset, total, bytes: bytes.to_vec() })
    }
}
