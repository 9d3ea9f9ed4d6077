//! Inclusion proof files in the form of C2SP tlog-proof.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use bitacora_ledger::{Checkpoint, Hash, ProofFile, ProofFileError, Tree, VerifierKey, leaf_hash};
use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;

const ORIGIN: &str = "bitacora/CO-US-MAR/CO";
/// The lines of the specification's example; its extra data and signatures are abridged there, and whole here.
const EXAMPLE: &str = "c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

\u{2014} example.com/fancylog hI2DJwAAAAAAAAAAAAAAAAA=
";

fn tree(size: u64) -> Tree {
    Tree::from_leaf_hashes((0..size).map(|index| leaf_hash(&index.to_be_bytes())))
}

fn key() -> (VerifierKey, SigningKey) {
    let secret = SigningKey::from_bytes(&[1; 32]);
    (VerifierKey::new(ORIGIN, secret.verifying_key().to_bytes()).unwrap(), secret)
}

fn proof_file(tree: &Tree, index: u64) -> ProofFile {
    let (key, secret) = key();
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size: tree.size(), root: tree.root() };
    let checkpoint = checkpoint.sign(&key, &|m: &[u8]| secret.sign(m).to_bytes());
    ProofFile { extra: None, index, path: tree.inclusion(index, tree.size()).unwrap(), checkpoint }
}

#[test]
fn the_example_of_the_specification_reads_and_prints_the_same() {
    let file = ProofFile::parse(EXAMPLE.as_bytes()).unwrap();
    assert_eq!((file.index, file.path.len()), (73_894, 5));
    assert_eq!(file.extra.as_deref(), Some(b"age-v1.2.1-darwin-arm64.tar.gz".as_slice()));
    assert_eq!(file.path[1].base64(), "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=");
    assert_eq!(file.to_string(), EXAMPLE);
}

#[test]
fn every_leaf_of_small_logs_is_shown_and_no_other() {
    let keys = [key().0];
    for size in 1..=33 {
        let tree = tree(size);
        for index in 0..size {
            let file = ProofFile::parse(proof_file(&tree, index).to_string().as_bytes()).unwrap();
            let leaf = tree.leaf(index).unwrap();
            let (_, checkpoint) = file.verify(&leaf, ORIGIN, &keys).unwrap();
            assert_eq!((checkpoint.size, checkpoint.root), (size, tree.root()));
            let other = leaf_hash(b"another");
            assert!(matches!(file.verify(&other, ORIGIN, &keys), Err(ProofFileError::Proof(_))));
            let moved = ProofFile { index: (index + 1) % (size + 1), ..file.clone() };
            assert!(moved.verify(&leaf, ORIGIN, &keys).is_err());
            assert!(matches!(file.verify(&leaf, "another", &keys), Err(ProofFileError::Checkpoint(_))));
            assert!(matches!(file.verify(&leaf, ORIGIN, &[]), Err(ProofFileError::Checkpoint(_))));
        }
    }
}

#[test]
fn no_altered_proof_file_shows_anything_else() {
    let tree = tree(21);
    let file = ProofFile { extra: Some(b"x".to_vec()), ..proof_file(&tree, 13) };
    let text = file.to_string().into_bytes();
    let leaf = tree.leaf(13).unwrap();
    for place in 0..text.len() {
        for mask in [1, 2, 4, 8, 16, 32, 64, 128] {
            let mut altered = text.clone();
            altered[place] ^= mask;
            if let Ok(parsed) = ProofFile::parse(&altered)
                && parsed.verify(&leaf, ORIGIN, &[key().0]).is_ok()
            {
                // Nothing vouches for the extra data.
                assert_eq!(ProofFile { extra: file.extra.clone(), ..parsed }, file, "byte {place}");
            }
        }
    }
}

#[test]
fn what_is_no_proof_file_is_refused_by_line() {
    let note = EXAMPLE.split_once("\n\n").unwrap().1;
    let line = "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=";
    let cases = [
        (format!("c2sp.org/tlog-proof@v2\nindex 1\n\n{note}"), 1),
        ("c2sp.org/tlog-proof@v1\nindex 1\n".to_owned(), 1),
        (format!("c2sp.org/tlog-proof@v1\nextra *\nindex 1\n\n{note}"), 2),
        (format!("c2sp.org/tlog-proof@v1\nindex 01\n\n{note}"), 2),
        (format!("c2sp.org/tlog-proof@v1\nextra AA==\nindex -1\n\n{note}"), 3),
        (format!("c2sp.org/tlog-proof@v1\nindex 18446744073709551616\n\n{note}"), 2),
        (format!("c2sp.org/tlog-proof@v1\nindex 1\n{line}\n{line}x\n\n{note}"), 4),
        (format!("c2sp.org/tlog-proof@v1\nindex 1\n{}\n{note}", format!("{line}\n").repeat(65)), 67),
    ];
    for (text, number) in cases {
        assert_eq!(ProofFile::parse(text.as_bytes()), Err(ProofFileError::Malformed(number)), "{text:.80}");
    }
    assert!(matches!(ProofFile::parse(&vec![b'x'; 1_100_001]), Err(ProofFileError::TooLong(_))));
}

proptest! {
    #[test]
    fn any_bytes_are_a_proof_file_or_refused(
        head in "(extra [A-Za-z0-9+/]{0,8}={0,2}\n)?(index [0-9]{1,21}\n)?[^\u{0}]{0,60}",
        tail in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        let mut bytes = format!("c2sp.org/tlog-proof@v1\n{head}\n\n").into_bytes();
        bytes.extend_from_slice(&tail);
        if let Ok(file) = ProofFile::parse(&bytes) {
            prop_assert_eq!(ProofFile::parse(file.to_string().as_bytes()).unwrap(), file.clone());
            prop_assert!(file.verify(&Hash([0; 32]), ORIGIN, &[key().0]).is_err());
        }
        let _ = ProofFile::parse(&tail);
    }
}
