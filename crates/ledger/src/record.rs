//! What a leaf commits to: one decision, note, export or sign-in, as RFC 8785 canonical JSON with a salt inside, so
//! that a witness who holds only hashes can guess nothing. Never makes a salt itself.

use bitacora_primitives::{Instant, OfficerId};
use serde::{Deserialize, Serialize};

use crate::hash::{Hash, leaf_hash, sha256};

/// Why a record has no canonical form or is not a record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("the record has no canonical JSON form")]
    NotCanonical(#[source] serde_json::Error),
    #[error("the text is not a log record")]
    NotARecord(#[source] serde_json::Error),
    #[error("the text is a log record, yet not in canonical form")]
    OtherForm,
}

/// 128 random bits that the node draws for each record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Salt(pub [u8; 16]);

impl Serialize for Salt {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&crate::hex::encode(&self.0))
    }
}
impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        crate::hex::decode(&text)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("a salt is 32 lower-case hexadecimal digits"))
    }
}

/// One entry of the log, opened.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafRecord {
    pub kind: String,
    pub recorded: Instant,
    pub salt: Salt,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer: Option<OfficerId>,
    pub body: serde_json::Value,
    /// Base64 of the officer's Ed25519 signature over [`LeafRecord::signed_bytes`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

impl LeafRecord {
    pub fn canonical(&self) -> Result<String, RecordError> {
        canonical_json(self)
    }

    /// What the officer signs: the canonical form of all but the signature.
    pub fn signed_bytes(&self) -> Result<Vec<u8>, RecordError> {
        let unsigned = Self { signature: None, ..self.clone() };
        Ok(unsigned.canonical()?.into_bytes())
    }

    pub fn hash(&self) -> Result<Hash, RecordError> {
        Ok(record_hash(&self.canonical()?))
    }

    /// Reads a stored record; any form but the canonical one is refused, since its hash would be another.
    pub fn parse(canonical: &str) -> Result<Self, RecordError> {
        let record: Self = serde_json::from_str(canonical).map_err(RecordError::NotARecord)?;
        if record.canonical()? == canonical { Ok(record) } else { Err(RecordError::OtherForm) }
    }
}

/// The leaf hash of a record: the leaf's data is the SHA-256 of the canonical bytes, salt inside.
pub fn record_hash(canonical: &str) -> Hash {
    leaf_hash(&sha256(canonical.as_bytes()).0)
}

/// RFC 8785: members sorted by UTF-16 code units, numbers as ECMAScript prints them, no blanks.
pub fn canonical_json<T: Serialize>(value: &T) -> Result<String, RecordError> {
    serde_json_canonicalizer::to_string(value).map_err(RecordError::NotCanonical)
}
