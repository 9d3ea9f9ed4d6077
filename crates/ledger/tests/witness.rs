//! The witness against C2SP tlog-witness, answer by answer, and a thousand forked logs beside a thousand clean ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use bitacora_ledger::{
    Checkpoint, CosignerKey, Fork, ForkError, ForkProof, Hash, Note, ProofError, Tree, VerifierKey, Witness,
    WitnessError, cosignatures, leaf_hash,
};
use bitacora_primitives::Instant;
use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;

const ORIGIN: &str = "bitacora/CO-US-MAR/CO";

fn secret(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}
fn log_key() -> VerifierKey {
    VerifierKey::new(ORIGIN, secret(1).verifying_key().to_bytes()).unwrap()
}
fn cosigner() -> CosignerKey {
    CosignerKey::new("US", secret(2).verifying_key().to_bytes()).unwrap()
}
fn witness() -> Witness {
    Witness::new(ORIGIN, vec![log_key()], cosigner())
}
fn by_witness(message: &[u8]) -> [u8; 64] {
    secret(2).sign(message).to_bytes()
}
fn now() -> Instant {
    Instant::from_secs(1_763_000_000)
}

/// Leaves up to `fork` are shared by all histories; after it, `history` tells them apart.
fn tree(size: u64, fork: u64, history: u64) -> Tree {
    let leaf = |index: u64| {
        let history = if index < fork { 0 } else { history };
        leaf_hash(&[index.to_be_bytes(), history.to_be_bytes()].concat())
    };
    Tree::from_leaf_hashes((0..size).map(leaf))
}

fn head(tree: &Tree, size: u64) -> Checkpoint {
    Checkpoint { origin: ORIGIN.into(), size, root: tree.root_at(size).unwrap() }
}
fn sign(checkpoint: &Checkpoint) -> String {
    checkpoint.sign(&log_key(), &|m: &[u8]| secret(1).sign(m).to_bytes())
}
fn signed(tree: &Tree, size: u64) -> String {
    sign(&head(tree, size))
}

/// A witness that has cosigned the first `size` leaves.
fn holding(tree: &Tree, size: u64) -> Witness {
    let mut witness = witness();
    witness.add_checkpoint(0, signed(tree, size).as_bytes(), &[], now(), &by_witness).unwrap();
    witness
}

#[test]
fn every_step_of_an_honest_log_is_cosigned_from_any_size_to_any_larger() {
    let tree = tree(40, 40, 0);
    for old in 0..=40 {
        for new in old..=40 {
            let mut witness = holding(&tree, old);
            let note = signed(&tree, new);
            let proof = tree.consistency(old, new).unwrap();
            let cosigned = witness.add_checkpoint(old, note.as_bytes(), &proof, now(), &by_witness).unwrap();
            assert_eq!(cosigned.note, format!("{note}{}\n", cosigned.line));
            assert_eq!(witness.held(), Some((&head(&tree, new), cosigned.note.as_str())));
            let read = Note::parse(cosigned.note.as_bytes()).unwrap();
            let keys = [cosigner()];
            let found = cosignatures(&read, &keys).unwrap();
            assert_eq!(found.iter().map(|c| c.at).collect::<Vec<_>>(), [now()]);
        }
    }
}

#[test]
fn each_refusal_is_that_of_the_specification_and_changes_nothing() {
    let tree = tree(20, 20, 0);
    let witness = holding(&tree, 7);
    let proof = |old, new| tree.consistency(old, new).unwrap();
    let offer = |old, note: &str, proof: &[Hash]| {
        let mut asked = witness.clone();
        let answer = asked.add_checkpoint(old, note.as_bytes(), proof, now(), &by_witness);
        if answer.is_err() {
            assert_eq!(asked.held(), witness.held());
        }
        answer.map(|cosigned| cosigned.checkpoint().size)
    };
    assert_eq!(offer(7, &signed(&tree, 12), &proof(7, 12)), Ok(12));
    // 404: the origin is told before the signature is looked at.
    let other = Checkpoint { origin: "bitacora/CO-US-MAR/US".into(), ..head(&tree, 12) };
    assert_eq!(offer(7, &sign(&other), &proof(7, 12)), Err(WitnessError::UnknownLog(other.origin.clone())));
    // 403: no signature by the log, and a wrong one.
    let stranger = VerifierKey::new(ORIGIN, secret(3).verifying_key().to_bytes()).unwrap();
    let forged = head(&tree, 12).sign(&stranger, &|m: &[u8]| secret(3).sign(m).to_bytes());
    assert!(matches!(offer(7, &forged, &proof(7, 12)), Err(WitnessError::NotSigned(_))));
    let wrong = head(&tree, 12).sign(&log_key(), &|m: &[u8]| secret(3).sign(m).to_bytes());
    assert!(matches!(offer(7, &wrong, &proof(7, 12)), Err(WitnessError::NotSigned(_))));
    // 400: what is no checkpoint, and an old size beyond the new.
    assert!(matches!(offer(7, "x", &[]), Err(WitnessError::Malformed(_))));
    assert_eq!(offer(13, &signed(&tree, 12), &[]), Err(WitnessError::OldBeyondNew { old: 13, new: 12 }));
    // 409: another old size than the one held.
    for old in [0, 6, 8, 12] {
        let conflict = Err(WitnessError::Conflict { held: 7 });
        assert_eq!(offer(old, &signed(&tree, 12), &proof(old, 12)), conflict);
    }
    assert_eq!(offer(3, &signed(&tree, 5), &proof(3, 5)), Err(WitnessError::Smaller { held: 7, offered: 5 }));
    // 422: a proof that shows nothing.
    for bad in [vec![], proof(6, 12), proof(7, 13), vec![Hash([0; 32]); 4], vec![Hash([0; 32]); 1000]] {
        assert!(matches!(offer(7, &signed(&tree, 12), &bad), Err(WitnessError::Inconsistent { .. })));
    }
    // "The proof MUST be empty if the old size is zero", and nothing was cosigned before the first.
    let mut fresh = self::witness();
    let note = signed(&tree, 12);
    let conflict = fresh.add_checkpoint(7, note.as_bytes(), &proof(7, 12), now(), &by_witness);
    assert_eq!(conflict, Err(WitnessError::Conflict { held: 0 }));
    let given = fresh.add_checkpoint(0, note.as_bytes(), &proof(7, 12), now(), &by_witness);
    assert!(matches!(given, Err(WitnessError::Inconsistent { .. })));
    let hollow = Checkpoint { root: Hash([1; 32]), ..head(&tree, 0) };
    let hollow = fresh.add_checkpoint(0, sign(&hollow).as_bytes(), &[], now(), &by_witness);
    assert_eq!(hollow, Err(WitnessError::EmptyRoot));
    assert_eq!(fresh.held(), None);
}

#[test]
fn a_refused_checkpoint_is_never_signed() {
    let tree = tree(20, 20, 0);
    let mut witness = holding(&tree, 7);
    let forked = signed(&self::tree(20, 3, 1), 20);
    let signer = |_: &[u8]| -> [u8; 64] { panic!("asked to sign") };
    for old in [0, 6, 7, 20, 21] {
        let proof = tree.consistency(7, 20).unwrap();
        assert!(witness.add_checkpoint(old, forked.as_bytes(), &proof, now(), &signer).is_err());
    }
}

#[test]
fn a_witness_goes_on_from_what_it_stored_and_from_nothing_altered() {
    let tree = tree(20, 20, 0);
    let held = holding(&tree, 7);
    let stored = held.held().unwrap().1.to_owned();
    let resume = |stored: &str| Witness::resume(ORIGIN, vec![log_key()], cosigner(), stored);
    let mut again = resume(&stored).unwrap();
    assert_eq!(again.held(), held.held());
    let proof = tree.consistency(7, 20).unwrap();
    assert!(again.add_checkpoint(7, signed(&tree, 20).as_bytes(), &proof, now(), &by_witness).is_ok());
    // The log's own signature is not enough: anyone who had the log sign a smaller tree could set the witness back.
    assert_eq!(resume(&signed(&tree, 3)).unwrap_err(), WitnessError::HeldNotCosigned);
    for place in 0..stored.len() {
        let mut altered = stored.clone().into_bytes();
        altered[place] ^= 1;
        assert!(resume(&String::from_utf8_lossy(&altered)).is_err(), "byte {place}");
    }
}

/// INVARIANT: the held checkpoint never has fewer leaves than one held before.
#[test]
fn the_held_checkpoint_never_has_fewer_leaves_than_one_held_before() {
    let tree = tree(20, 20, 0);
    let mut witness = holding(&tree, 7);
    let consider = |witness: &Witness, size| {
        let proof = tree.consistency(7, size).unwrap();
        witness.consider(7, signed(&tree, size).as_bytes(), &proof, now(), &by_witness).unwrap()
    };
    // The race of the specification: both pass, the later is kept first.
    let (earlier, later) = (consider(&witness, 9), consider(&witness, 20));
    witness.keep(&later);
    witness.keep(&earlier);
    assert_eq!(witness.held_size(), 20);
}

#[test]
fn the_same_checkpoint_is_cosigned_again_with_the_new_time() {
    let tree = tree(7, 7, 0);
    let mut witness = holding(&tree, 7);
    let later = now() + bitacora_primitives::Duration::from_mins(5);
    let cosigned = witness.add_checkpoint(7, signed(&tree, 7).as_bytes(), &[], later, &by_witness).unwrap();
    let read = Note::parse(cosigned.note.as_bytes()).unwrap();
    let keys = [cosigner()];
    assert_eq!(cosignatures(&read, &keys).unwrap()[0].at, later);
}

#[test]
fn a_new_key_of_the_log_is_accepted_beside_the_old_one() {
    let tree = tree(9, 9, 0);
    let new_key = VerifierKey::new(ORIGIN, secret(4).verifying_key().to_bytes()).unwrap();
    let mut witness = Witness::new(ORIGIN, vec![log_key(), new_key.clone()], cosigner());
    witness.add_checkpoint(0, signed(&tree, 4).as_bytes(), &[], now(), &by_witness).unwrap();
    let note = head(&tree, 9).sign(&new_key, &|m: &[u8]| secret(4).sign(m).to_bytes());
    let proof = tree.consistency(4, 9).unwrap();
    assert!(witness.add_checkpoint(4, note.as_bytes(), &proof, now(), &by_witness).is_ok());
}

/// What a stranger makes of the proof file: both notes opened, and the conflict seen.
fn read_again(fork: &ForkProof) -> Fork {
    let again = ForkProof::parse(fork.to_string().as_bytes()).unwrap();
    assert_eq!(&again, fork);
    again.verify(ORIGIN, &[log_key()]).unwrap()
}

/// A generator that gives the same numbers on every machine.
struct Numbers(u64);
impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// A log with two histories after `fork` shows the witness one up to `held`, then the other up to `offered`, with the
/// best proof it can make. What the witness says, and what the mirror that has the second history's leaves makes of it.
fn planted(held: u64, offered: u64, fork: u64, case: u64) -> Fork {
    let (mine, theirs) = (tree(held, fork, 0), tree(held.max(offered), fork, case + 1));
    let mut witness = holding(&mine, held);
    let held_note = witness.held().unwrap().1.to_owned();
    let note = signed(&theirs, offered);
    let proof = theirs.consistency(held.min(offered), offered).unwrap();
    let mirrored = || {
        let (mine_head, theirs_head) = (head(&mine, held), head(&theirs, offered));
        let larger = if offered >= held { &theirs } else { &mine };
        ForkProof::from_tree((&mine_head, &held_note), (&theirs_head, &note), larger).unwrap()
    };
    let fork = match witness.add_checkpoint(held.min(offered), note.as_bytes(), &proof, now(), &by_witness) {
        Err(WitnessError::Fork(fork)) => *fork,
        Err(WitnessError::Inconsistent { held: kept, offered: told, source }) => {
            assert!(held.is_power_of_two(), "{held} to {offered}: the proof alone shows this fork");
            assert!(matches!(source, ProofError::Root { .. }));
            assert_eq!((kept, told), (held_note.clone(), note.clone()));
            mirrored()
        }
        Err(WitnessError::Smaller { .. }) => {
            assert!(offered < held);
            mirrored()
        }
        other => panic!("{held} to {offered}, forked at {fork}: {other:?}"),
    };
    assert_eq!(witness.held_size(), held);
    read_again(&fork)
}

#[test]
fn a_thousand_planted_forks_are_found_with_proof_and_a_thousand_clean_logs_raise_no_alarm() {
    let mut numbers = Numbers(3);
    for case in 0..1000 {
        let (held, offered) = (1 + numbers.below(600), 1 + numbers.below(600));
        let fork = numbers.below(held.min(offered));
        let found = planted(held, offered, fork, case);
        assert_eq!((found.older.size, found.newer.size), (held.min(offered), held.max(offered)));
        assert_ne!(found.older.root, found.other_root);
    }
    for case in 0..1000 {
        let last = 1 + numbers.below(600);
        let tree = tree(last, 0, case);
        let mut witness = witness();
        while witness.held_size() < last {
            let old = witness.held_size();
            let new = old + 1 + numbers.below(last - old);
            let proof = tree.consistency(old, new).unwrap();
            let note = signed(&tree, new);
            witness.add_checkpoint(old, note.as_bytes(), &proof, now(), &by_witness).unwrap();
            assert_eq!(witness.held_size(), new);
        }
    }
}

#[test]
fn every_fork_of_small_logs_is_found() {
    for held in 1..=17 {
        for offered in 1..=17 {
            for fork in 0..held.min(offered) {
                planted(held, offered, fork, 7);
            }
        }
    }
}

#[test]
fn no_fork_is_proven_of_a_log_that_has_none() {
    let (mine, theirs) = (tree(20, 20, 0), tree(20, 3, 1));
    let keys = [log_key()];
    let note = |size| signed(&mine, size);
    for (older, newer) in [(7, 20), (8, 20), (20, 20), (4, 5)] {
        let heads = (head(&mine, older), head(&mine, newer));
        let (old_note, new_note) = (note(older), note(newer));
        assert_eq!(ForkProof::from_tree((&heads.0, &old_note), (&heads.1, &new_note), &mine), None);
        assert_eq!(ForkProof::from_tree((&heads.0, &old_note), (&heads.1, &new_note), &theirs), None);
        // With the true proof the two agree; with any other root and hashes the newer is not reached.
        let path = mine.consistency(older, newer).unwrap();
        let honest = ForkProof::of_two_sizes(&old_note, &new_note, heads.0.root, path.clone());
        let other = theirs.root_at(older).unwrap();
        let invented = ForkProof::of_two_sizes(&old_note, &new_note, other, path);
        let foreign = theirs.consistency(older, newer).unwrap();
        let foreign = ForkProof::of_two_sizes(&old_note, &new_note, other, foreign);
        if older < newer {
            assert_eq!(honest.verify(ORIGIN, &keys), Err(ForkError::Agree(older)));
            assert!(matches!(invented.verify(ORIGIN, &keys), Err(ForkError::Proof(_))));
            assert!(matches!(foreign.verify(ORIGIN, &keys), Err(ForkError::Proof(_))));
        }
    }
    let same = ForkProof::of_one_size(&note(20), &note(20));
    assert_eq!(same.verify(ORIGIN, &keys), Err(ForkError::Agree(20)));
    let bare = ForkProof::of_one_size(&note(7), &note(20));
    assert_eq!(bare.verify(ORIGIN, &keys), Err(ForkError::Evidence));
    let turned = ForkProof::of_one_size(&note(20), &note(7));
    assert_eq!(turned.verify(ORIGIN, &keys), Err(ForkError::SizesReversed { older: 20, newer: 7 }));
}

#[test]
fn a_fork_proof_holds_for_its_log_and_its_keys_only() {
    let (mine, theirs) = (tree(20, 20, 0), tree(20, 3, 1));
    let fork = ForkProof::of_one_size(&signed(&mine, 20), &signed(&theirs, 20));
    assert!(fork.verify(ORIGIN, &[log_key()]).is_ok());
    assert!(fork.verify("bitacora/CO-US-MAR/US", &[log_key()]).is_err());
    assert!(fork.verify(ORIGIN, &[]).is_err());
    let stranger = VerifierKey::new(ORIGIN, secret(3).verifying_key().to_bytes()).unwrap();
    assert!(fork.verify(ORIGIN, &[stranger]).is_err());
}

/// Every byte of a fork proof changed: refused, or the same fork told in other signature lines.
#[test]
fn no_altered_fork_proof_tells_another_fork() {
    let (mine, theirs) = (tree(20, 20, 0), tree(20, 3, 1));
    let path = theirs.consistency(7, 20).unwrap();
    let older = holding(&mine, 7).held().unwrap().1.to_owned();
    let fork = ForkProof::of_two_sizes(&older, &signed(&theirs, 20), theirs.root_at(7).unwrap(), path);
    let want = read_again(&fork);
    let text = fork.to_string().into_bytes();
    for place in 0..text.len() {
        for mask in [1, 2, 4, 8, 16, 32, 64, 128] {
            let mut altered = text.clone();
            altered[place] ^= mask;
            if let Ok(parsed) = ForkProof::parse(&altered)
                && let Ok(found) = parsed.verify(ORIGIN, &[log_key()])
            {
                assert_eq!(found, want, "byte {place} xor {mask}");
            }
        }
    }
    for length in 0..text.len() {
        let cut = ForkProof::parse(&text[..length]);
        assert!(cut.is_err_and(|error| error != ForkError::Evidence), "cut to {length}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_fork_proof_or_refused(
        head in "(older [0-9]{1,3}\nnewer [0-9]{1,20}\n)?(prefix [A-Za-z0-9+/]{43}=\n)?[^\u{0}]{0,40}",
        tail in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        let mut bytes = format!("bitacora/fork-proof@v1\n{head}\n\n").into_bytes();
        bytes.extend_from_slice(&tail);
        if let Ok(fork) = ForkProof::parse(&bytes) {
            prop_assert!(fork.verify(ORIGIN, &[log_key()]).is_err());
            prop_assert_eq!(ForkProof::parse(fork.to_string().as_bytes()).unwrap(), fork);
        }
        let _ = ForkProof::parse(&tail);
    }

    #[test]
    fn any_offer_is_answered(
        old in any::<u64>(),
        text in proptest::collection::vec(any::<u8>(), 0..200),
        proof in proptest::collection::vec(any::<[u8; 32]>(), 0..80),
        size in any::<u64>(),
    ) {
        let proof: Vec<Hash> = proof.into_iter().map(Hash).collect();
        let mut witness = holding(&tree(7, 7, 0), 7);
        prop_assert!(witness.add_checkpoint(old, &text, &proof, now(), &by_witness).is_err());
        let note = sign(&Checkpoint { origin: ORIGIN.into(), size, root: Hash([5; 32]) });
        prop_assert!(witness.add_checkpoint(7, note.as_bytes(), &proof, now(), &by_witness).is_err());
        prop_assert_eq!(witness.held_size(), 7);
    }
}
