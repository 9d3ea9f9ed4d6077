//! The records of a side's log. Each is signed by the side's record key over canonical JSON that names its log and
//! index, so that none can stand in another place; what an officer did carries the officer's own signature.

use std::collections::BTreeSet;

use bitacora_ledger::dsse::{Envelope, EnvelopeError};
use bitacora_ledger::{
    Hash, LeafRecord, RecordError, Salt, Signer, VerifierKey, canonical_json, hex, record_hash, sha256,
    verify_signature,
};
use bitacora_policy::{Form, Reason, SuspensionScope};
use bitacora_primitives::markings::{
    AgreementId, ClauseId, FieldName, Handling, ItemKind, PartyCode, Purpose, Text,
};
use bitacora_primitives::{FactId, IncidentId, Instant, Offer, OfficerId, ReleaseId, Role, SuspensionId};
use serde::{Deserialize, Serialize};

use crate::history::Fault;
use crate::page::Page;
use crate::sealing::Wrapped;
use crate::tags::Tags;

pub const RECORD_TYPE: &str = "application/vnd.bitacora.record.v1+json";

/// Why a leaf's text is no record of this log.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    #[error("an envelope of type `{0}` is no record")]
    OtherType(String),
    #[error("the payload is not a record")]
    NotAnEntry(#[source] serde_json::Error),
    #[error("the record says kind `{stated}`, its payload is `{found}`")]
    OtherKind { stated: String, found: &'static str },
    #[error("the signature of `{0}` does not hold")]
    NotSigned(String),
}

/// A record in its place.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub log: String,
    pub index: u64,
    /// What the side declares; only a cosignature proves a time.
    pub recorded: Instant,
    pub record: Record,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    /// A version of the agreement is in force from this leaf on.
    Agreement {
        envelope: Envelope,
    },
    /// One side ends the agreement.
    Ended(Signed<Ended>),
    /// An officer whose signature counts from this leaf on, or no longer.
    Officer(Enrolment),
    /// The side's record key is another from the next leaf on.
    Rotation(Rotation),
    Release(Box<Release>),
    Withdrawal(Signed<Withdrawal>),
    /// Waits for a second signature, a time or a resumption. Never opened to the partner.
    Held(Box<Held>),
    /// Refused by our own gate. Never opened to the partner.
    Refused(Refused),
    /// Transfers that a suspension cut: their keys are never granted.
    Cut(Cut),
    /// What a platform of the partner was given without a receipt, under a clause that waives it: one leaf a page.
    Page(Box<Page>),
    Receipt(Receipt),
    /// The recipient does not take an item, and says so.
    Declined(Declined),
    KeyGrant(Box<KeyGrant>),
    Opened(Opened),
    Suspension(Box<Signed<Notice>>),
    Resumption(Box<Signed<Resumption>>),
    /// An act of the partner that binds us, with the partner's own signed record.
    Seen {
        envelope: Envelope,
    },
}

/// A statement and the officers who signed it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed<T> {
    pub statement: T,
    pub approvals: Vec<Approval>,
}

/// An officer's signature over a statement's canonical JSON.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    pub officer: OfficerId,
    #[serde(with = "signature_hex")]
    pub signature: [u8; 64],
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    pub officer: OfficerId,
    pub name: String,
    pub role: Role,
    /// Ed25519 public key, hex.
    pub key: String,
    pub until: Option<Instant>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// The new record key, a C2SP verifier key.
    pub key: String,
    pub reason: Text,
    /// The new key's signature over the log's origin and this index: whoever rotates holds it.
    #[serde(with = "signature_hex")]
    pub proof: [u8; 64],
}

impl Rotation {
    /// The new key, where it signed for itself at this place.
    pub(crate) fn verified(&self, log: &str, index: u64) -> Result<VerifierKey, Fault> {
        let key: VerifierKey = self.key.parse().map_err(|_| Fault::Rotation)?;
        let signed = verify_signature(key.public_key(), &Self::proof_message(log, index), &self.proof);
        if signed { Ok(key) } else { Err(Fault::Rotation) }
    }

    pub fn proof_message(log: &str, index: u64) -> Vec<u8> {
        format!("bitacora rotation\n{log}\n{index}\n").into_bytes()
    }
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    pub agreement: AgreementId,
    pub by: PartyCode,
    pub reason: Text,
}

/// What officers sign when they release.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseStatement {
    pub act: ReleaseAct,
    pub agreement: AgreementId,
    pub version: u32,
    pub item: String,
    pub revision: u32,
    pub to: PartyCode,
    pub purpose: Purpose,
    /// Salted SHA-256 of the offer as the officers saw it, hex.
    pub offer: String,
}

/// Tells a release from any other statement: a signature for one never serves for another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseAct {
    Release,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    pub release: ReleaseId,
    pub item: String,
    pub revision: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<ReleaseId>,
    pub tags: Tags,
    pub version: u32,
    pub policy_set: String,
    pub reasons: Vec<Reason>,
    pub form: Form,
    pub removed: BTreeSet<FieldName>,
    pub handling: Handling,
    pub sealed: Sealed,
    /// As in [`ReleaseStatement`].
    pub offer: String,
    /// Released by a standing subscription: no officer signed it.
    pub standing: bool,
    pub approvals: Vec<Approval>,
}

impl Release {
    pub fn statement(&self) -> ReleaseStatement {
        ReleaseStatement {
            act: ReleaseAct::Release,
            agreement: self.tags.agreement.clone(),
            version: self.version,
            item: self.item.clone(),
            revision: self.revision,
            to: self.tags.to.clone(),
            purpose: self.tags.purpose,
            offer: self.offer.clone(),
        }
    }
}

/// The ciphertext that the release is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    #[serde(with = "hash_hex")]
    pub sha256: Hash,
    pub bytes: u64,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    pub release: ReleaseId,
    pub reason: Text,
}

/// The whole offer, so that it can be decided again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    pub offer: Offer,
    pub salt: Salt,
    pub to: PartyCode,
    pub purpose: Purpose,
    pub version: u32,
    pub standing: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<ReleaseId>,
    pub reasons: Vec<Reason>,
    pub approvals: Vec<Approval>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    pub item: String,
    pub revision: u32,
    pub kind: ItemKind,
    pub to: String,
    /// As it was asked: it need not be a purpose that exists.
    pub purpose: String,
    pub version: u32,
    pub reasons: Vec<Reason>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    pub suspension: SuspensionId,
    pub releases: Vec<ReleaseId>,
}

/// The recipient's undertaking. Without it there is no key.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    pub release: ReleaseId,
    /// The release's leaf in the partner's log.
    pub leaf: u64,
    #[serde(with = "hash_hex")]
    pub sealed: Hash,
    /// The purpose undertaken, and nothing else.
    pub purpose: Purpose,
    pub handling: Handling,
    /// The clause of the base prohibition: never for lethal force.
    pub prohibition: ClauseId,
    pub received: Instant,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declined {
    pub release: ReleaseId,
    pub leaf: u64,
    pub code: DeclineCode,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineCode {
    /// Our own suspension covers what arrives.
    Suspended,
    /// The agreement as we hold it does not cover it.
    NotCovered,
    /// The bytes are not those of the release.
    OtherBytes,
}

/// The item's key for the recipient, and the receipt that it is given for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyGrant {
    pub release: ReleaseId,
    /// The partner's signed record of its receipt.
    pub receipt: Envelope,
    pub wrapped: Wrapped,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    pub release: ReleaseId,
    pub officer: OfficerId,
    /// For a boarding in progress: stays visible when the lease lapses.
    pub boarding: bool,
}

/// A suspension: what stops, why, and as long as what.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    pub suspension: SuspensionId,
    pub agreement: AgreementId,
    pub by: PartyCode,
    pub scope: SuspensionScope,
    pub exceptions: BTreeSet<ClauseId>,
    pub reason: Text,
    pub condition: Condition,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// When the gate was shut, as the side declares.
    pub gate_closed: Instant,
}

/// "As long as ...": words in both languages and, where the incident register can tell, the rule.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub text: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<bitacora_incidents::Condition>,
}

/// Ends a suspension, or takes a scope out of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resumption {
    pub resumption: FactId,
    pub suspension: SuspensionId,
    pub agreement: AgreementId,
    pub by: PartyCode,
    /// All empty: the suspension ends.
    pub scope: SuspensionScope,
    /// Which condition was met, in the officers' words.
    pub condition_met: Text,
    /// What the incident register said when they signed: days clear, of days asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<[u32; 2]>,
    pub declared: Instant,
}

impl Resumption {
    pub fn is_whole(&self) -> bool {
        self.scope == SuspensionScope::default()
    }
}

impl Record {
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Agreement { .. } => "agreement",
            Self::Ended(_) => "ended",
            Self::Officer(_) => "officer",
            Self::Rotation(_) => "rotation",
            Self::Release(_) => "release",
            Self::Withdrawal(_) => "withdrawal",
            Self::Held(_) => "held",
            Self::Refused(_) => "refused",
            Self::Cut(_) => "cut",
            Self::Page(_) => "page",
            Self::Receipt(_) => "receipt",
            Self::Declined(_) => "declined",
            Self::KeyGrant(_) => "key_grant",
            Self::Opened(_) => "opened",
            Self::Suspension(_) => "suspension",
            Self::Resumption(_) => "resumption",
            Self::Seen { .. } => "seen",
        }
    }

    /// Records that the partner may read; of the others it gets the commitment.
    pub const fn is_for_the_partner(&self) -> bool {
        !matches!(self, Self::Held(_) | Self::Refused(_))
    }
}

impl Entry {
    /// The leaf's text: a salted record around the signed envelope.
    pub fn seal(&self, salt: Salt, key: &str, signer: &dyn Signer) -> Result<Leaf, EntryError> {
        let mut envelope = Envelope::new(RECORD_TYPE, canonical_json(self)?.into_bytes())?;
        envelope.sign(key, signer)?;
        let leaf = LeafRecord {
            kind: self.record.kind().to_owned(),
            recorded: self.recorded,
            salt,
            officer: None,
            body: envelope.to_value()?,
            signature: None,
        };
        Ok(Leaf::of(leaf.canonical()?))
    }

    /// Reads a leaf's text. With a key, the signature must be by it.
    pub fn open(text: &str, key: Option<&VerifierKey>) -> Result<(Self, Envelope), EntryError> {
        // Not `LeafRecord::parse`: the commitment is over these very bytes, so their form needs no second look.
        let leaf: LeafRecord = serde_json::from_str(text).map_err(RecordError::NotARecord)?;
        let envelope = Envelope::from_value(&leaf.body)?;
        let entry = Self::read(&envelope, key)?;
        if leaf.kind != entry.record.kind() {
            let stated = leaf.kind.chars().take(40).collect();
            return Err(EntryError::OtherKind { stated, found: entry.record.kind() });
        }
        Ok((entry, envelope))
    }

    /// Reads a signed record by itself, as a receipt within a grant.
    pub fn read(envelope: &Envelope, key: Option<&VerifierKey>) -> Result<Self, EntryError> {
        if envelope.payload_type != RECORD_TYPE {
            return Err(EntryError::OtherType(envelope.payload_type.chars().take(80).collect()));
        }
        if let Some(key) = key
            && envelope.verify(&[(key.name(), key.public_key())]).is_empty()
        {
            return Err(EntryError::NotSigned(key.name().to_owned()));
        }
        serde_json::from_slice(&envelope.payload).map_err(EntryError::NotAnEntry)
    }
}

/// A leaf's text with its commitment and hash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Leaf {
    pub text: String,
    pub commitment: Hash,
    pub hash: Hash,
}

impl Leaf {
    pub fn of(text: String) -> Self {
        let commitment = sha256(text.as_bytes());
        let hash = record_hash(&text);
        Self { text, commitment, hash }
    }
}

/// What an officer signs: the canonical JSON of the statement.
pub fn statement_bytes<T: Serialize>(statement: &T) -> Result<Vec<u8>, RecordError> {
    Ok(canonical_json(statement)?.into_bytes())
}

impl Approval {
    pub fn holds(&self, key: &[u8; 32], message: &[u8]) -> bool {
        verify_signature(key, message, &self.signature)
    }
}

pub(crate) mod hash_hex {
    use super::{Hash, hex};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(hash: &Hash, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&hex::encode(&hash.0))
    }
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Hash, D::Error> {
        let text = String::deserialize(input)?;
        hex::decode(&text)
            .map(Hash)
            .ok_or_else(|| serde::de::Error::custom("a hash is 64 hexadecimal digits"))
    }
}

mod signature_hex {
    use super::hex;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8; 64], out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&hex::encode(bytes))
    }
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<[u8; 64], D::Error> {
        let text = String::deserialize(input)?;
        hex::decode(&text).ok_or_else(|| serde::de::Error::custom("a signature is 128 hexadecimal digits"))
    }
}
