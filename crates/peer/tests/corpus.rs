//! The fuzzers' corpora, replayed without a fuzzer: each file through the parser it was found for. `BLESS=1` writes the
//! first seeds anew, made by the real writers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

#[path = "../../../fuzz/src/targets.rs"]
mod targets;

use std::path::{Path, PathBuf};

use bitacora_exchange::record::Entry;
use bitacora_exchange::wire::{Entries, LeafOut, Message, Status, Want};
use bitacora_ledger::{
    Checkpoint, CosignerKey, Envelope, ForkProof, Hash, LeafRecord, Note, ProofFile, Salt, Signer,
    VerifierKey, entries_bytes, leaf_hash,
};
use bitacora_peer::frame::frame;
use bitacora_primitives::{Instant, ReleaseId};
use ed25519_dalek::Signer as _;
use targets::{ORIGIN, TARGETS, key, partner};

fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus")
}

#[test]
fn every_file_of_every_corpus_is_read_without_a_panic() {
    if std::env::var_os("BLESS").is_some() {
        write_seeds();
    }
    for (name, target) in TARGETS {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(corpora().join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{name} has no corpus");
        for file in files {
            let bytes = std::fs::read(&file).unwrap();
            let read = std::panic::catch_unwind(|| target(&bytes));
            assert!(read.is_ok(), "{}", file.display());
        }
    }
}

#[test]
fn every_target_is_named_in_the_fuzzers_manifest() {
    let manifest = std::fs::read_to_string(corpora().join("../Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
    // Those of container events are replayed by the crate that reads them.
    let corpora = std::fs::read_dir(corpora()).unwrap().count();
    assert_eq!(manifest.matches("[[bin]]").count(), corpora, "a target without a corpus, or the reverse");
}

fn write_seeds() {
    for (target, name, bytes) in seeds() {
        let folder = corpora().join(target);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

fn sign(message: &[u8]) -> [u8; 64] {
    key().sign(message).to_bytes()
}

/// A seed: its target, its name and its bytes.
type Seed = (&'static str, &'static str, Vec<u8>);

fn seeds() -> Vec<Seed> {
    let public = key().verifying_key().to_bytes();
    let log = VerifierKey::new(ORIGIN, public).unwrap();
    let point = |size, byte| Checkpoint { origin: ORIGIN.to_owned(), size, root: Hash([byte; 32]) };
    let leaf = leaf_hash(&[9; 32]);
    let one = Checkpoint { root: leaf, ..point(1, 0) };
    let note = one.sign(&log, &sign);
    let cosigner = CosignerKey::new("oversight", public).unwrap();
    let mut cosigned = Note::parse(note.as_bytes()).unwrap();
    let line = cosigner.cosign(cosigned.unverified_text(), Instant::from_secs(1_800_000_000), &sign);
    cosigned.add(line.unwrap()).unwrap();
    let mut envelope = Envelope::new("application/vnd.bitacora.lease.v1+json", b"{}".to_vec()).unwrap();
    envelope.sign("CO", &sign as &dyn Signer).unwrap();
    let record = LeafRecord {
        kind: "release".to_owned(),
        recorded: Instant::from_secs(1_800_000_000),
        salt: Salt([7; 16]),
        officer: None,
        body: serde_json::json!({"log": ORIGIN, "index": 3}),
        signature: None,
    };
    let proof =
        ProofFile { extra: Some(b"x".to_vec()), index: 0, path: Vec::new(), checkpoint: note.clone() };
    let fork = ForkProof::of_one_size(&point(5, 1).sign(&log, &sign), &point(5, 2).sign(&log, &sign));
    let longer = ForkProof::of_two_sizes(
        &point(1, 1).sign(&log, &sign),
        &point(2, 2).sign(&log, &sign),
        Hash([3; 32]),
        vec![Hash([4; 32])],
    );
    let (messages, framed) = messages(&note);
    let packed = zstd::encode_all(framed.as_slice(), 3).unwrap();
    let length = u32::try_from(framed.len()).unwrap().to_be_bytes();
    let claims = [&[1, 0, 3], &length[1..], &packed].concat();
    let whole = targets::signed_bundle(&claims[1..]).unwrap();
    let mut all: Vec<Seed> = vec![
        ("frames", "three", framed.clone()),
        ("frames", "alive", frame(0, b"").unwrap()),
        ("frames", "too_long", vec![1, 0xff, 0xff, 0xff, 0xff]),
        ("bundle", "body", claims),
        ("bundle", "whole", whole),
        ("note", "one", note.clone().into_bytes()),
        ("checkpoint", "one", one.text().into_bytes()),
        ("checkpoint", "extended", format!("{}more\n", one.text()).into_bytes()),
        ("cosignature", "one", cosigned.to_string().into_bytes()),
        ("envelope", "lease", envelope.to_json().unwrap().into_bytes()),
        ("tile_entries", "two", entries_bytes(&[[1; 32], [2; 32]]).unwrap()),
        ("tile_entries", "cut", vec![0, 32, 1]),
        ("proof_file", "one", proof.to_string().into_bytes()),
        ("fork_proof", "one_size", fork.to_string().into_bytes()),
        ("fork_proof", "two_sizes", longer.to_string().into_bytes()),
        ("leaf_record", "release", record.canonical().unwrap().into_bytes()),
    ];
    all.extend(messages.into_iter().map(|(name, bytes)| ("wire_message", name, bytes)));
    all.extend(of_an_exchange());
    all
}

/// What two real sides wrote: an agreement, leaves of every kind that a partner sends, an item.
fn of_an_exchange() -> Vec<Seed> {
    let (agreement, signed) = partner::agreement();
    let mut all = vec![
        ("agreement", "text", agreement.into_bytes()),
        ("agreement", "signed", signed.into_bytes()),
        ("keys_file", "one", partner::keys_file().into_bytes()),
        ("document", "lead", serde_json::to_vec(&partner::document()).unwrap()),
    ];
    let mut whole = Vec::new();
    for text in partner::honest_leaves() {
        let (entry, _) = Entry::open(&text, None).unwrap();
        let line = serde_json::to_vec(&entry.record).unwrap();
        whole.extend_from_slice(&line);
        whole.push(b'\n');
        all.push(("entry", entry.record.kind(), text.into_bytes()));
        all.push(("partner", entry.record.kind(), line));
    }
    all.push(("partner", "all", whole));
    all
}

/// One message of each kind: alone behind its kind, and all three framed.
fn messages(note: &str) -> (Vec<(&'static str, Vec<u8>)>, Vec<u8>) {
    let release = ReleaseId::of(&[b"seed"]);
    let status = Status {
        agreement: "CO-US-MAR".parse().unwrap(),
        party: "US".to_owned(),
        now: Instant::from_secs(1_800_000_000),
        log: "CO".parse().unwrap(),
        have: 1,
        cosigned: Some(note.to_owned()),
        wants: vec![Want { release, offset: 4 }],
        lease: None,
        seen: Vec::new(),
    };
    let entries = Entries {
        agreement: "CO-US-MAR".parse().unwrap(),
        log: "CO".parse().unwrap(),
        from: 0,
        leaves: vec![LeafOut { commitment: Hash([9; 32]), record: None }],
        checkpoint: note.to_owned(),
    };
    let chunk = bitacora_exchange::wire::Chunk { release, offset: 0, total: 4, bytes: vec![1, 2, 3, 4] };
    let named = [
        ("status", Message::Status(Box::new(status))),
        ("entries", Message::Entries(Box::new(entries))),
        ("chunk", Message::Chunk(chunk)),
    ];
    let (mut alone, mut framed) = (Vec::new(), Vec::new());
    for (name, message) in named {
        let (kind, payload) = message.encode().unwrap();
        framed.extend(frame(kind, &payload).unwrap());
        alone.push((name, [&[kind], payload.as_slice()].concat()));
    }
    (alone, framed)
}
