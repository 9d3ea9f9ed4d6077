//! Timestamped cosignatures against the worked example of C2SP tlog-cosignature, and what must not pass for one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use bitacora_ledger::{
    Checkpoint, CosignError, CosignerKey, Hash, Note, NoteError, NoteSignature, VerifierKey, cosignatures,
};
use bitacora_primitives::Instant;
use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;

/// The example at the head of the specification.
const EXAMPLE: &str = "example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
";

const TEXT: &str = "bitacora/CO-US-MAR/CO\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

fn cosigner(name: &str, seed: u8) -> (CosignerKey, SigningKey) {
    let secret = SigningKey::from_bytes(&[seed; 32]);
    (CosignerKey::new(name, secret.verifying_key().to_bytes()).unwrap(), secret)
}

fn cosign(key: &CosignerKey, secret: &SigningKey, text: &str, secs: i64) -> NoteSignature {
    key.cosign(text, Instant::from_secs(secs), &|m: &[u8]| secret.sign(m).to_bytes()).unwrap()
}

fn log_note() -> Note {
    let secret = SigningKey::from_bytes(&[9; 32]);
    let key = VerifierKey::new("bitacora/CO-US-MAR/CO", secret.verifying_key().to_bytes()).unwrap();
    Note::sign(TEXT, &key, &|m: &[u8]| secret.sign(m).to_bytes())
}

#[test]
fn the_example_of_the_specification_reads_and_prints_the_same() {
    let note = Note::parse(EXAMPLE.as_bytes()).unwrap();
    assert_eq!(note.to_string(), EXAMPLE);
    let checkpoint = Checkpoint::parse(note.unverified_text()).unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("example.com/behind-the-sofa", 20_852_163));
    let line = &note.signatures()[1];
    // 8 bytes of time, 64 of signature; the message of the example says `time 1679315147`.
    assert_eq!((line.name.as_str(), line.signature.len()), ("witness.example.com/w1", 72));
    assert_eq!(line.signature[..8], 1_679_315_147_u64.to_be_bytes());
    assert_eq!(line.to_string().parse::<NoteSignature>().unwrap(), *line);
}

/// "two newline terminated lines followed by the whole note body".
#[test]
fn the_signed_message_is_that_of_the_specification() {
    let (key, _) = cosigner("w", 1);
    let seen = std::cell::RefCell::new(Vec::new());
    let text = EXAMPLE.split_once("\n\n").unwrap().0.to_owned() + "\n";
    let signer = |message: &[u8]| {
        seen.borrow_mut().extend_from_slice(message);
        [0; 64]
    };
    key.cosign(&text, Instant::from_micros(1_679_315_147_999_999), &signer).unwrap();
    let want = format!("cosignature/v1\ntime 1679315147\n{text}");
    assert_eq!(String::from_utf8(seen.into_inner()).unwrap(), want);
}

#[test]
fn a_cosignature_holds_for_its_text_its_key_and_its_time_only() {
    let (us, us_secret) = cosigner("US", 1);
    let (oversight, oversight_secret) = cosigner("oversight", 2);
    let mut note = log_note();
    note.add(cosign(&us, &us_secret, TEXT, 100)).unwrap();
    note.add(cosign(&oversight, &oversight_secret, TEXT, 200)).unwrap();
    note.add(cosign(&us, &us_secret, TEXT, 300)).unwrap();
    let again = Note::parse(note.to_string().as_bytes()).unwrap();
    let keys = [us.clone(), oversight.clone()];
    let found: Vec<(&str, i64)> =
        cosignatures(&again, &keys).unwrap().iter().map(|c| (c.by.name(), c.at.secs())).collect();
    assert_eq!(found, [("US", 100), ("oversight", 200), ("US", 300)]);
    assert_eq!(cosignatures(&again, &[]).unwrap(), []);
    let line = cosign(&us, &us_secret, TEXT, 100);
    let wrong = Err(NoteError::WrongSignature { name: "US".into() });
    assert_eq!(us.verify(&TEXT.replace('3', "4"), &line), wrong);
    for place in 0..line.signature.len() {
        let mut altered = line.clone();
        altered.signature[place] ^= 1;
        assert_eq!(us.verify(TEXT, &altered), wrong, "byte {place}");
    }
    for length in 0..line.signature.len() {
        let cut = NoteSignature { signature: line.signature[..length].to_vec(), ..line.clone() };
        assert_eq!(us.verify(TEXT, &cut), wrong, "cut to {length}");
    }
    // The same key under another name makes another line.
    let (renamed, _) = cosigner("US2", 1);
    assert!(renamed.verify(TEXT, &line).is_err());
    let mut forged = log_note();
    forged.add(cosign(&us, &oversight_secret, TEXT, 100)).unwrap();
    assert_eq!(cosignatures(&forged, &keys), Err(NoteError::WrongSignature { name: "US".into() }));
}

#[test]
fn a_plain_signature_by_a_cosigner_is_no_cosignature() {
    let (us, secret) = cosigner("US", 1);
    let plain = VerifierKey::new("US", secret.verifying_key().to_bytes()).unwrap();
    assert_ne!(plain.key_hash(), us.key_hash());
    let note = Note::sign(TEXT, &plain, &|m: &[u8]| secret.sign(m).to_bytes());
    assert_eq!(cosignatures(&note, std::slice::from_ref(&us)).unwrap(), []);
    let mut cosigned = log_note();
    cosigned.add(cosign(&us, &secret, TEXT, 1)).unwrap();
    assert_eq!(cosigned.verify(&[plain]).unwrap_err(), NoteError::NoKnownKey);
}

#[test]
fn keys_of_both_types_parse_and_print_and_are_not_taken_for_each_other() {
    let (us, secret) = cosigner("US", 1);
    let log = VerifierKey::new("US", secret.verifying_key().to_bytes()).unwrap();
    assert_eq!(us.to_string().parse::<CosignerKey>().unwrap(), us);
    assert!(us.to_string().contains("+B"), "type 0x04 is the first byte");
    assert!(us.to_string().parse::<VerifierKey>().is_err());
    assert!(log.to_string().parse::<CosignerKey>().is_err());
    for bad in ["", "US", "US+00000000+BA==", "+00000000+BA=="] {
        assert_eq!(bad.parse::<CosignerKey>(), Err(NoteError::BadKey(bad.into())));
    }
}

#[test]
fn times_that_no_clock_shows_are_refused() {
    let (us, secret) = cosigner("US", 1);
    for secs in [-1, 253_402_300_800, i64::MAX] {
        let now = Instant::from_secs(secs);
        let made = us.cosign(TEXT, now, &|m: &[u8]| secret.sign(m).to_bytes());
        assert_eq!(made, Err(CosignError::Time(now)));
    }
    // Rightly signed, by a cosigner whose clock counts something else.
    for timestamp in [253_402_300_800, 1 << 63, u64::MAX] {
        let message = format!("cosignature/v1\ntime {timestamp}\n{TEXT}");
        let mut signature = timestamp.to_be_bytes().to_vec();
        signature.extend_from_slice(&secret.sign(message.as_bytes()).to_bytes());
        let line = NoteSignature { name: "US".into(), key_hash: us.key_hash(), signature };
        assert!(us.verify(TEXT, &line).is_err(), "{timestamp}");
    }
}

#[test]
fn a_note_takes_a_line_once_and_a_hundred_at_most() {
    let (us, secret) = cosigner("US", 1);
    let mut note = log_note();
    for _ in 0..200 {
        note.add(cosign(&us, &secret, TEXT, 1)).unwrap();
    }
    assert_eq!(note.signatures().len(), 2);
    for secs in 2..=99 {
        note.add(cosign(&us, &secret, TEXT, secs)).unwrap();
    }
    assert_eq!(note.add(cosign(&us, &secret, TEXT, 100)), Err(NoteError::TooManySignatures));
    assert!(Note::parse(note.to_string().as_bytes()).is_ok());
}

#[test]
fn extension_lines_are_part_of_what_is_cosigned() {
    let (us, secret) = cosigner("US", 1);
    let extended = format!("{TEXT}extension\n");
    let line = cosign(&us, &secret, &extended, 1);
    assert!(us.verify(&extended, &line).is_ok());
    assert!(us.verify(TEXT, &line).is_err());
    assert_eq!(
        Checkpoint::parse(&extended).unwrap().root,
        Hash::from_base64("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=").unwrap()
    );
}

proptest! {
    #[test]
    fn no_line_and_no_key_text_panics(text in "\\PC{0,120}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = text.parse::<CosignerKey>();
        let _ = text.parse::<VerifierKey>();
        if let Ok(line) = text.parse::<NoteSignature>() {
            prop_assert_eq!(line.to_string(), text.clone());
        }
        if let Ok(line) = format!("\u{2014} {text}").parse::<NoteSignature>() {
            prop_assert_eq!(line.to_string(), format!("\u{2014} {text}"));
        }
        let (us, _) = cosigner("US", 1);
        let line = NoteSignature { name: "US".into(), key_hash: us.key_hash(), signature: bytes };
        prop_assert!(us.verify(TEXT, &line).is_err());
    }
}
