//! One function for each parser that reads a partner's bytes. None may panic, hang or set aside more than its bounds;
//! what reads must read the same again from its own writing.

use bitacora_exchange::Agreement;
use bitacora_exchange::audit::TrustFile;
use bitacora_exchange::document::Document;
use bitacora_exchange::record::Entry;
use bitacora_exchange::wire::Message;
use bitacora_ledger::{
    Checkpoint, CosignerKey, Envelope, ForkProof, Hash, LeafRecord, Note, ProofFile, Signer, VerifierKey,
    canonical_json, cosignatures, entries_bytes, parse_entries,
};
use bitacora_peer::Timing;
use bitacora_peer::carry::{Body, Bounds, Header, Waybill, unpack};
use bitacora_peer::frame;
use bitacora_primitives::Instant;
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};

#[path = "partner.rs"]
pub mod partner;

pub type Target = fn(&[u8]);

/// By the names of their corpora.
pub const TARGETS: [(&str, Target); 16] = [
    ("wire_message", wire_message),
    ("frames", frames),
    ("bundle", bundle),
    ("note", note),
    ("checkpoint", checkpoint),
    ("cosignature", cosignature),
    ("envelope", envelope),
    ("tile_entries", tile_entries),
    ("proof_file", proof_file),
    ("fork_proof", fork_proof),
    ("leaf_record", leaf_record),
    ("entry", entry),
    ("agreement", agreement),
    ("keys_file", keys_file),
    ("document", document),
    ("partner", partner::partner),
];

/// What the fuzzed bytes are checked with where a signature stands in the way. No secret: it is in the corpora.
pub fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

pub const ORIGIN: &str = "bitacora/CO-US-MAR/CO";

/// A kind, then a payload.
pub fn wire_message(bytes: &[u8]) {
    let Some((kind, payload)) = bytes.split_first() else { return };
    let Ok(message) = Message::decode(*kind, payload) else { return };
    let (kind, payload) = message.encode().expect("what was read can be written");
    assert_eq!(Message::decode(kind, &payload).expect("what was written can be read"), message);
}

/// A connection's bytes until they end or break.
pub fn frames(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let (mut rest, timing) = (bytes, Timing::default());
        let mut again = Vec::new();
        while let Ok(Some((kind, payload))) = frame::read(&mut rest, &timing).await {
            again.extend(frame::frame(kind, &payload).expect("what was read can be written"));
        }
        assert!(bytes.starts_with(&again), "frames lost bytes");
    });
}

/// As it is; or, after a first byte of 1, a body with what its header claims of it, under a good signature.
pub fn bundle(bytes: &[u8]) {
    let bounds = Bounds { unpacked: 8 << 20, frames: 1000, ..Bounds::default() };
    let whole = match bytes.split_first() {
        Some((1, rest)) => match signed_bundle(rest) {
            Some(whole) => whole,
            None => return,
        },
        _ => bytes.to_vec(),
    };
    let keys = |_: &Waybill| vec![("CO".to_owned(), key().verifying_key().to_bytes())];
    if let Ok(unpacked) = unpack(&whole, &bounds, Instant::from_secs(0), keys) {
        let frames = unpacked.header.body.frames;
        let read = unpacked.messages.filter(Result::is_ok).count();
        assert!(read as u64 <= frames, "more messages than the header says");
    }
}

/// Two bytes of frames, three of unpacked length, the body.
pub fn signed_bundle(bytes: &[u8]) -> Option<Vec<u8>> {
    let (&[f0, f1, u0, u1, u2], body) = bytes.split_first_chunk()?;
    let waybill = Waybill {
        agreement: "CO-US-MAR".parse().ok()?,
        from: "CO".parse().ok()?,
        to: "US".to_owned(),
        made: Instant::from_secs(1),
        expires: Instant::from_secs(2),
        logs: [("CO".parse().ok()?, 1)].into(),
    };
    let body_said = Body {
        frames: u64::from(u16::from_be_bytes([f0, f1])),
        packed: body.len() as u64,
        unpacked: u64::from(u32::from_be_bytes([0, u0, u1, u2])),
        sha256: Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let header = canonical_json(&Header { waybill, body: body_said }).ok()?;
    let mut envelope = Envelope::new("application/vnd.bitacora.bundle+json", header.into_bytes()).ok()?;
    let sign = |message: &[u8]| key().sign(message).to_bytes();
    envelope.sign("CO", &sign as &dyn Signer).ok()?;
    let envelope = envelope.to_json().ok()?;
    let mut whole = b"BITACORA\x01".to_vec();
    whole.extend_from_slice(&u32::try_from(envelope.len()).ok()?.to_be_bytes());
    whole.extend_from_slice(envelope.as_bytes());
    whole.extend_from_slice(body);
    Some(whole)
}

pub fn note(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(Note::parse(note.to_string().as_bytes()).as_ref(), Ok(&note));
        let key = VerifierKey::new(ORIGIN, key().verifying_key().to_bytes()).expect("a key");
        drop(note.verify(&[key]).map(|(text, _)| Checkpoint::parse(text)));
    }
}

pub fn checkpoint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert!(text.starts_with(&checkpoint.text()), "a checkpoint reads as another");
    }
}

pub fn cosignature(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        let key = CosignerKey::new("oversight", key().verifying_key().to_bytes()).expect("a key");
        drop(cosignatures(&note, &[key]).map(|found| found.len()));
    }
}

pub fn envelope(bytes: &[u8]) {
    if let Ok(envelope) = Envelope::parse(bytes) {
        let json = envelope.to_json().expect("what was read can be written");
        assert_eq!(Envelope::parse(json.as_bytes()).expect("what was written can be read"), envelope);
        drop(envelope.verify(&[("CO", &key().verifying_key().to_bytes())]));
    }
}

pub fn tile_entries(bytes: &[u8]) {
    if let Ok(entries) = parse_entries(bytes, 256) {
        assert_eq!(entries_bytes(&entries).expect("what was read can be written"), bytes);
    }
}

pub fn proof_file(bytes: &[u8]) {
    if let Ok(file) = ProofFile::parse(bytes) {
        assert_eq!(ProofFile::parse(file.to_string().as_bytes()).as_ref(), Ok(&file));
        let key = VerifierKey::new(ORIGIN, key().verifying_key().to_bytes()).expect("a key");
        drop(file.verify(&Hash([0; 32]), ORIGIN, &[key]).map(|_| ()));
    }
}

pub fn fork_proof(bytes: &[u8]) {
    if let Ok(proof) = ForkProof::parse(bytes) {
        let key = VerifierKey::new(ORIGIN, key().verifying_key().to_bytes()).expect("a key");
        drop(proof.verify(ORIGIN, &[key]).map(|_| ()));
    }
}

pub fn leaf_record(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(record) = LeafRecord::parse(text) {
        assert_eq!(record.canonical().expect("what was read can be written"), text);
    }
}

/// The text of a leaf of an exchange's log: a record around a signed entry.
pub fn entry(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let key = VerifierKey::new("record.CO", key().verifying_key().to_bytes()).expect("a key");
    drop(Entry::open(text, Some(&key)));
    if let Ok((entry, envelope)) = Entry::open(text, None) {
        assert_eq!(Entry::read(&envelope, None).expect("what was read once is read again"), entry);
    }
}

/// An agreement's text, and an envelope around one.
pub fn agreement(bytes: &[u8]) {
    if let Ok(agreement) = Agreement::parse(bytes) {
        assert_eq!(agreement.canonical().expect("what was read can be written").as_bytes(), bytes);
    }
    if let Ok(envelope) = Envelope::parse(bytes) {
        drop(Agreement::in_force(&envelope));
    }
}

pub fn keys_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(file) = TrustFile::parse(text) {
        let again = TrustFile::parse(&file.to_string()).expect("what was written can be read");
        assert_eq!(again.to_string(), file.to_string());
    }
}

/// What is in a sealed item, when it is opened.
pub fn document(bytes: &[u8]) {
    if let Ok(document) = serde_json::from_slice::<Document>(bytes) {
        let text = serde_json::to_vec(&document).expect("what was read can be written");
        assert_eq!(
            serde_json::from_slice::<Document>(&text).expect("what was written can be read"),
            document
        );
    }
}
