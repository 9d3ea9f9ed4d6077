//! DSSE envelopes against the protocol's own example and against bytes made by securesystemslib, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bitacora_ledger::dsse::{MAX_PAYLOAD_BYTES, MAX_SIGNATURES};
use bitacora_ledger::{Envelope, EnvelopeError, EnvelopeSignature, canonical_json, hex, pae};
use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;

const TYPE: &str = "application/vnd.bitacora.release+json";

/// Made by securesystemslib 1.6.0: `Envelope(payload, TYPE, {})` signed by two `CryptoSigner`s, whose Ed25519 seeds are
/// the bytes 0 to 31, and 32 times 7.
const STRANGER: &str = r#"{"payload": "eyLDoXJlYSI6IlBhY8OtZmljbyIsIm4iOjF9", "payloadType": "application/vnd.bitacora.release+json", "signatures": [{"keyid": "63d00ee3cf4f5c61ad94efa696c68f13b608fe56ecea13fb144a6fd18e9235b9", "sig": "bOoHzC06S24xIDKdQhRz4FFE+Cp07l67NZaUN9h+9UJN+Zw0XHJB1tVPy14ZGENWWFzz+G0g4b3BMv7wOq+oCQ=="}, {"keyid": "bfe1a83869e5bf574e3ff3acbb83f840de84a990d10059f3096f0bf4f2b90c10", "sig": "0d/hiZ+F/O2wx6xWFS7dEiq3ulv7YK7ID9Fps026h/8RYr4cP3fVCtPrLrkRHhdNyrkqup6/Brl5kOJdQooMCw=="}]}"#;
const STRANGER_KEYS: [&str; 2] = [
    "63d00ee3cf4f5c61ad94efa696c68f13b608fe56ecea13fb144a6fd18e9235b9",
    "bfe1a83869e5bf574e3ff3acbb83f840de84a990d10059f3096f0bf4f2b90c10",
];

fn secret(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(seed: u8) -> [u8; 32] {
    secret(seed).verifying_key().to_bytes()
}

fn signed(by: &[(&str, u8)]) -> Envelope {
    let mut envelope = Envelope::new(TYPE, b"{\"n\":1}".to_vec()).unwrap();
    for (keyid, seed) in by {
        envelope.sign(keyid, &|m: &[u8]| secret(*seed).sign(m).to_bytes()).unwrap();
    }
    envelope
}

/// The example under "Test Vectors" of protocol.md.
#[test]
fn the_signed_bytes_are_those_of_the_protocol() {
    let want = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
    assert_eq!(pae("http://example.com/HelloWorld", b"hello world"), want);
    // Lengths are in bytes, and say where the type ends: no other pair signs the same bytes.
    assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
    assert_eq!(pae("ñ", b"\xff"), b"DSSEv1 2 \xc3\xb1 1 \xff");
    assert_ne!(pae("a 1", b"b"), pae("a", b"1 b"));
}

#[test]
fn an_envelope_made_by_another_implementation_verifies_and_is_made_again() {
    let envelope = Envelope::parse(STRANGER.as_bytes()).unwrap();
    assert_eq!(envelope.payload_type, TYPE);
    assert_eq!(envelope.payload, "{\"área\":\"Pacífico\",\"n\":1}".as_bytes());
    let seed: [u8; 32] = std::array::from_fn(|index| index as u8);
    let first = SigningKey::from_bytes(&seed);
    let (one, two) = (first.verifying_key().to_bytes(), public(7));
    assert_eq!(hex::encode(&one), "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
    let keys = [(STRANGER_KEYS[0], &one), (STRANGER_KEYS[1], &two)];
    assert_eq!(envelope.verify(&keys), STRANGER_KEYS);
    let mut ours = Envelope::new(TYPE, envelope.payload.clone()).unwrap();
    ours.sign(STRANGER_KEYS[0], &|m: &[u8]| first.sign(m).to_bytes()).unwrap();
    ours.sign(STRANGER_KEYS[1], &|m: &[u8]| secret(7).sign(m).to_bytes()).unwrap();
    assert_eq!(ours, envelope);
    // Python prints blanks after colons and commas, and nothing else differs.
    assert_eq!(ours.to_json().unwrap(), STRANGER.replace(": ", ":").replace(", ", ","));
    assert_eq!(ours.to_json().unwrap(), canonical_json(&ours).unwrap());
}

#[test]
fn who_signed_is_told_by_keys_and_not_by_what_the_envelope_says() {
    let (a, b, c) = (public(1), public(2), public(3));
    let envelope = signed(&[("a", 1), ("b", 2)]);
    assert_eq!(envelope.verify(&[("a", &a), ("b", &b), ("c", &c)]), ["a", "b"]);
    assert_eq!(envelope.verify(&[("b", &b)]), ["b"]);
    assert_eq!(envelope.verify(&[("c", &c)]), [""; 0]);
    // A hint that names another's key helps nobody.
    assert_eq!(signed(&[("b", 1)]).verify(&[("a", &a), ("b", &b)]), [""; 0]);
    // No hint: every key is tried.
    assert_eq!(signed(&[("", 2)]).verify(&[("a", &a), ("b", &b)]), ["b"]);
    // One key counts once, however often it signs or is listed.
    assert_eq!(signed(&[("a", 1), ("a", 1), ("", 1)]).verify(&[("a", &a), ("a2", &a)]), ["a"]);
    // A wrong signature beside a right one does not spoil it.
    let mut with_wrong = signed(&[("a", 2), ("b", 2)]);
    assert_eq!(with_wrong.verify(&[("a", &a), ("b", &b)]), ["b"]);
    with_wrong.payload.push(b' ');
    assert_eq!(with_wrong.verify(&[("a", &a), ("b", &b)]), [""; 0]);
    let mut retyped = signed(&[("a", 1)]);
    retyped.payload_type = "application/vnd.bitacora.resumption+json".into();
    assert_eq!(retyped.verify(&[("a", &a)]), [""; 0]);
}

#[test]
fn both_base64_alphabets_are_read() {
    let envelope = Envelope {
        payload_type: TYPE.into(),
        payload: vec![0xfb, 0xff, 0xfe, 0x3e],
        signatures: vec![EnvelopeSignature { keyid: String::new(), sig: vec![0xff; 64] }],
    };
    let json = envelope.to_json().unwrap();
    let payload = STANDARD.encode(&envelope.payload);
    assert!(json.contains(&payload) && payload.contains('+') && !json.contains("keyid"));
    let url_safe = json
        .replace(&payload, &URL_SAFE_NO_PAD.encode(&envelope.payload))
        .replace(&STANDARD.encode([0xff; 64]), &URL_SAFE_NO_PAD.encode([0xff; 64]));
    assert_ne!(url_safe, json);
    assert_eq!(Envelope::parse(url_safe.as_bytes()).unwrap(), envelope);
}

#[test]
fn what_is_not_exactly_an_envelope_is_refused() {
    let good = r#"{"payload":"e30=","payloadType":"t","signatures":[{"keyid":"k","sig":"AA=="}]}"#;
    assert!(Envelope::parse(good.as_bytes()).is_ok());
    let bad = [
        "",
        "null",
        "[]",
        r#"["e30=","t",[]]"#,
        r#"{"payload":"e30=","payloadType":"t"}"#,
        r#"{"payload":"e30=","signatures":[]}"#,
        r#"{"payloadType":"t","signatures":[]}"#,
        r#"{"payload":"e30=","payloadType":"t","signatures":[],"more":1}"#,
        r#"{"payload":"e30=","payload":"e31=","payloadType":"t","signatures":[]}"#,
        r#"{"payload":"e30=","payloadType":"t","payloadType":"t","signatures":[]}"#,
        r#"{"payload":"e30=","payloadType":"t","signatures":[],"signatures":[]}"#,
        r#"{"payload":"e30=","payloadType":"t","signatures":[["k","AA=="]]}"#,
        r#"{"payload":"e30=","payloadType":"t","signatures":[{"keyid":"k"}]}"#,
        r#"{"payload":"e30=","payloadType":"t","signatures":[{"keyid":"k","keyid":"l","sig":"AA=="}]}"#,
        r#"{"payload":"e30=","payloadType":"t","signatures":[{"sig":"AA==","sig":"AQ=="}]}"#,
        r#"{"payload":"e30=","payloadType":"t","signatures":[{"sig":"AA==","cert":"x"}]}"#,
        r#"{"payload":"e30=","payloadType":"t","signatures":{"keyid":"k","sig":"AA=="}}"#,
        r#"{"payload":"e3 0=","payloadType":"t","signatures":[]}"#,
        r#"{"payload":"e31","payloadType":"t","signatures":[{"sig":"A"}]}"#,
        r#"{"payload":[123,125],"payloadType":"t","signatures":[]}"#,
        r#"{"payload":null,"payloadType":"t","signatures":[]}"#,
        r#"{"payload":"e30=","payloadType":"t","signatures":[]} x"#,
    ];
    for text in bad {
        assert!(matches!(Envelope::parse(text.as_bytes()), Err(EnvelopeError::NotAnEnvelope(_))), "{text}");
    }
}

#[test]
fn sizes_and_counts_are_bounded_both_ways() {
    assert!(Envelope::new(TYPE, vec![0; MAX_PAYLOAD_BYTES + 1]).is_err());
    assert!(Envelope::new(&"t".repeat(257), vec![]).is_err());
    let largest = Envelope::new(TYPE, vec![7; MAX_PAYLOAD_BYTES]).unwrap();
    assert_eq!(Envelope::parse(largest.to_json().unwrap().as_bytes()).unwrap(), largest);
    let over = Envelope { payload: vec![7; MAX_PAYLOAD_BYTES + 1], ..largest.clone() };
    assert!(Envelope::parse(over.to_json().unwrap().as_bytes()).is_err());
    let huge = format!("{{\"payload\":\"{}\"", "A".repeat(900_000));
    assert!(matches!(Envelope::parse(huge.as_bytes()), Err(EnvelopeError::TooLong { .. })));
    let mut envelope = signed(&[("a", 1); MAX_SIGNATURES]);
    assert!(matches!(envelope.sign("a", &|_: &[u8]| [0; 64]), Err(EnvelopeError::TooManySignatures)));
    assert!(Envelope::parse(envelope.to_json().unwrap().as_bytes()).is_ok());
    envelope.signatures.push(envelope.signatures[0].clone());
    assert!(Envelope::parse(envelope.to_json().unwrap().as_bytes()).is_err());
    let mut long_key = signed(&[]);
    assert!(long_key.sign(&"k".repeat(257), &|_: &[u8]| [0; 64]).is_err());
}

#[test]
fn an_envelope_inside_a_record_comes_back() {
    let envelope = signed(&[("a", 1)]);
    let value = envelope.to_value().unwrap();
    assert_eq!(Envelope::from_value(&value).unwrap(), envelope);
    assert!(Envelope::from_value(&serde_json::json!(["e30=", "t", []])).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_an_envelope_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Envelope::parse(&bytes);
    }

    #[test]
    fn an_altered_envelope_is_refused_or_verifies_as_nobodys(place in 0_usize..400, byte in any::<u8>()) {
        let envelope = signed(&[("a", 1)]);
        let mut json = envelope.to_json().unwrap().into_bytes();
        let place = place % json.len();
        prop_assume!(json[place] != byte);
        json[place] = byte;
        if let Ok(altered) = Envelope::parse(&json) {
            let a = public(1);
            // Blanks, escapes and the other alphabet are other forms of the same envelope.
            prop_assert!(altered == envelope || altered.verify(&[("a", &a)]).is_empty());
        }
    }

    #[test]
    fn what_is_written_is_read(payload in proptest::collection::vec(any::<u8>(), 0..200), kind in "\\PC{0,60}", keyid in "\\PC{0,60}") {
        let mut envelope = Envelope::new(&kind, payload).unwrap();
        envelope.sign(&keyid, &|m: &[u8]| secret(1).sign(m).to_bytes()).unwrap();
        prop_assert_eq!(Envelope::parse(envelope.to_json().unwrap().as_bytes()).unwrap(), envelope);
    }
}
