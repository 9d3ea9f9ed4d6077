//! Signed notes against the worked example of Go's sumdb note package, checkpoints, and records.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

use base64::Engine as _;
use bitacora_ledger::{
    Checkpoint, CheckpointError, LeafRecord, Note, NoteError, RecordError, Salt, VerifierKey, empty_root,
    leaf_hash, record_hash, sha256, verify_signature,
};
use bitacora_primitives::{Instant, OfficerId};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::json;

/// The example key and note in the documentation of golang.org/x/mod/sumdb/note.
const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_SECRET: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const GO_LINE: &str = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn go_secret() -> SigningKey {
    let typed = base64::engine::general_purpose::STANDARD.decode(GO_SECRET).unwrap();
    SigningKey::from_bytes(typed[1..].try_into().unwrap())
}

fn own_key(name: &str, seed: u8) -> (VerifierKey, SigningKey) {
    let secret = SigningKey::from_bytes(&[seed; 32]);
    (VerifierKey::new(name, secret.verifying_key().to_bytes()).unwrap(), secret)
}

#[test]
fn the_go_example_reads_verifies_and_is_made_again_byte_for_byte() {
    let key: VerifierKey = GO_KEY.parse().unwrap();
    assert_eq!(key.to_string(), GO_KEY);
    let bytes = format!("{GO_TEXT}\n{GO_LINE}");
    let note = Note::parse(bytes.as_bytes()).unwrap();
    let (text, by) = note.verify(std::slice::from_ref(&key)).unwrap();
    assert_eq!((text, by), (GO_TEXT, vec![&key]));
    assert_eq!(note.to_string(), bytes);
    let secret = go_secret();
    let signed = Note::sign(GO_TEXT, &key, &|text: &[u8]| secret.sign(text).to_bytes());
    assert_eq!(signed.to_string(), bytes);
}

#[test]
fn a_changed_note_is_refused() {
    let key: VerifierKey = GO_KEY.parse().unwrap();
    let keys = std::slice::from_ref(&key);
    let changed = format!("{GO_TEXT}\n{GO_LINE}").replace("answer", "Answer");
    let wrong = NoteError::WrongSignature { name: "PeterNeumann".into() };
    assert_eq!(Note::parse(changed.as_bytes()).unwrap().verify(keys), Err(wrong));
    let (other, _) = own_key("PeterNeumann", 1);
    let note = Note::parse(format!("{GO_TEXT}\n{GO_LINE}").as_bytes()).unwrap();
    assert_eq!(note.verify(&[other]), Err(NoteError::NoKnownKey));
}

#[test]
fn bytes_that_are_no_note_are_refused_with_the_reason() {
    let refused = |text: &str| Note::parse(text.as_bytes()).unwrap_err();
    assert_eq!(refused(""), NoteError::NoSignatures);
    assert_eq!(refused(GO_TEXT), NoteError::NoSignatures);
    assert_eq!(refused(&format!("{GO_TEXT}\n")), NoteError::NoSignatures);
    assert_eq!(refused(&format!("{GO_TEXT}\n{}", GO_LINE.trim_end())), NoteError::NoSignatures);
    assert_eq!(refused(&format!("{GO_TEXT}\n{GO_LINE}x\n")), NoteError::BadSignatureLine(2));
    assert_eq!(refused(&format!("{GO_TEXT}\n\u{2014} a AAAA\n")), NoteError::BadSignatureLine(1));
    assert_eq!(refused(&format!("{GO_TEXT}\r\n\n{GO_LINE}")), NoteError::NotText);
    assert_eq!(refused(&format!("{GO_TEXT}\n{}", GO_LINE.repeat(101))), NoteError::TooManySignatures);
    assert_eq!(refused(&"a".repeat(1_000_001)), NoteError::TooLong(1_000_001));
    assert_eq!(Note::parse(&[0xff, b'\n', b'\n']), Err(NoteError::NotText));
    for bad in [
        "",
        "x",
        "a+b",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+AR",
    ] {
        assert!(bad.parse::<VerifierKey>().is_err(), "{bad}");
    }
    assert!(VerifierKey::new("two words", [1; 32]).is_err());
}

#[test]
fn a_checkpoint_signs_reads_and_names_its_log() {
    let (key, secret) = own_key("bitacora.example/watch", 7);
    let checkpoint =
        Checkpoint { origin: "bitacora.example/watch".into(), size: 20_852_163, root: sha256(b"root") };
    assert_eq!(
        checkpoint.text(),
        "bitacora.example/watch\n20852163\nSBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n"
    );
    let note = checkpoint.sign(&key, &|text: &[u8]| secret.sign(text).to_bytes());
    assert_eq!(Checkpoint::verify(&note, "bitacora.example/watch", &key), Ok(checkpoint.clone()));
    assert!(matches!(
        Checkpoint::verify(&note, "bitacora.example/other", &key),
        Err(CheckpointError::OtherLog { .. })
    ));
    let larger = note.replace("20852163", "20852164");
    assert!(matches!(
        Checkpoint::verify(&larger, "bitacora.example/watch", &key),
        Err(CheckpointError::Note(_))
    ));
    let (other_key, _) = own_key("bitacora.example/watch", 8);
    assert!(Checkpoint::verify(&note, "bitacora.example/watch", &other_key).is_err());
}

#[test]
fn checkpoint_texts_are_read_strictly() {
    let root = empty_root().base64();
    let parse = |text: String| Checkpoint::parse(&text);
    assert!(parse(format!("log\n0\n{root}\n")).is_ok());
    assert!(parse(format!("log\n0\n{root}\nextension\n")).is_ok());
    for (bad, line) in [
        (format!("log\n00\n{root}\n"), 2),
        (format!("log\n+1\n{root}\n"), 2),
        (format!("log\n18446744073709551616\n{root}\n"), 2),
        (format!("log\n1\n{}\n", &root[4..]), 3),
        (format!("log\n1\n{root}\n\n"), 4),
        (format!("\n1\n{root}\n"), 1),
        (format!("log\n1\n{root}"), 3),
        (String::new(), 3),
    ] {
        assert_eq!(parse(bad.clone()), Err(CheckpointError::Malformed(line)), "{bad:?}");
    }
}

fn record() -> LeafRecord {
    LeafRecord {
        kind: "decision".into(),
        recorded: Instant::from_secs(1_795_276_809),
        salt: Salt(*b"0123456789abcdef"),
        officer: Some(OfficerId::from_bytes([0xab; 10])),
        body: json!({"nota": "a ñ \u{20ac} \"<", "b": [1, 2.5, 1e30, null, true], "\u{fb33}": 1, "\u{1f600}": 2}),
        signature: None,
    }
}

/// Worked out by hand from RFC 8785: members by UTF-16 units (U+1F600 is D83D DE00, before U+FB33), numbers as
/// ECMAScript prints them, only what must be escaped is escaped.
#[test]
fn a_record_is_canonical_json_with_the_salt_inside() {
    let canonical = record().canonical().unwrap();
    assert_eq!(
        canonical,
        "{\"body\":{\"b\":[1,2.5,1e+30,null,true],\"nota\":\"a ñ € \\\"<\",\"\u{1f600}\":2,\"\u{fb33}\":1},\
         \"kind\":\"decision\",\"officer\":\"off-abababababababababab\",\"recorded\":\"2026-11-21T16:00:09Z\",\
         \"salt\":\"30313233343536373839616263646566\"}"
    );
    assert_eq!(record().hash().unwrap(), leaf_hash(&sha256(canonical.as_bytes()).0));
    assert_eq!(record_hash(&canonical), record().hash().unwrap());
    assert_eq!(LeafRecord::parse(&canonical).unwrap(), record());
}

#[test]
fn another_salt_another_leaf_and_no_other_form_is_read() {
    let salted = LeafRecord { salt: Salt([0; 16]), ..record() };
    assert_ne!(salted.hash().unwrap(), record().hash().unwrap());
    let canonical = record().canonical().unwrap();
    let spaced = canonical.replacen(':', ": ", 1);
    assert!(matches!(LeafRecord::parse(&spaced), Err(RecordError::OtherForm)));
    for bad in ["", "{}", "[]", "{\"kind\":1}"] {
        assert!(matches!(LeafRecord::parse(bad), Err(RecordError::NotARecord(_))), "{bad}");
    }
    let extra = canonical.replacen('{', "{\"admin\":true,", 1);
    assert!(LeafRecord::parse(&extra).is_err());
    let upper = canonical.replacen("6566\"", "656F\"", 1);
    assert!(LeafRecord::parse(&upper).is_err());
}

#[test]
fn the_officer_signs_all_but_the_signature() {
    let secret = SigningKey::from_bytes(&[9; 32]);
    let public = secret.verifying_key().to_bytes();
    let mut record = record();
    let signature = secret.sign(&record.signed_bytes().unwrap()).to_bytes();
    record.signature = Some(base64::engine::general_purpose::STANDARD.encode(signature));
    assert!(verify_signature(&public, &record.signed_bytes().unwrap(), &signature));
    record.body = json!({"action": "dismiss"});
    assert!(!verify_signature(&public, &record.signed_bytes().unwrap(), &signature));
}

/// A key of small order accepts many messages; strict verification refuses it (RFC 8032 section 5.1.7 permits it).
#[test]
fn a_weak_key_verifies_nothing() {
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    assert!(!verify_signature(&identity, b"anything", &signature));
}
