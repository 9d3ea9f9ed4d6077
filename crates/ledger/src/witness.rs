//! C2SP tlog-witness without its transport: holds the newest checkpoint of one log that it has cosigned, and cosigns a
//! newer one only when that one continues it. Never forgets on its own: what it holds is its caller's to store.

use bitacora_primitives::Instant;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::cosign::{CosignError, CosignerKey};
use crate::fork::ForkProof;
use crate::hash::{Hash, empty_root};
use crate::note::{Note, NoteError, NoteSignature, Signer, VerifierKey};
use crate::proof::{ProofError, consistency_roots, verify_consistency};

/// Why a checkpoint is not cosigned.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum WitnessError {
    #[error("the log `{0}` is not witnessed here")]
    UnknownLog(String),
    #[error("the checkpoint is malformed")]
    Malformed(#[source] CheckpointError),
    #[error("the checkpoint is not signed by its log")]
    NotSigned(#[source] NoteError),
    #[error("the old size {old} is beyond the checkpoint's {new}")]
    OldBeyondNew { old: u64, new: u64 },
    #[error("the root of an empty log is another")]
    EmptyRoot,
    #[error("the newest checkpoint held here has {held} leaves")]
    Conflict { held: u64 },
    #[error("the checkpoint has {offered} leaves, fewer than the {held} held here")]
    Smaller { held: u64, offered: u64 },
    /// The log signed both: the proof convinces anyone with its public key.
    #[error("the log has signed two histories")]
    Fork(Box<ForkProof>),
    /// The offered proof shows no way from the one to the other. That is no proof of a fork yet: whoever holds the
    /// leaves of the offered checkpoint makes one of it with [`ForkProof::from_tree`].
    #[error("the checkpoint is not shown to continue the one held here")]
    Inconsistent {
        held: String,
        offered: String,
        #[source]
        source: ProofError,
    },
    #[error("the held checkpoint does not carry this witness's cosignature")]
    HeldNotCosigned,
    #[error("the checkpoint cannot be cosigned")]
    Cosign(#[source] CosignError),
}

/// A witness of one log.
#[derive(Clone, Debug)]
pub struct Witness {
    origin: String,
    log_keys: Vec<VerifierKey>,
    key: CosignerKey,
    // INVARIANT: the held checkpoint never has fewer leaves than one held before.
    held: Option<Held>,
}

#[derive(Clone, Debug)]
struct Held {
    checkpoint: Checkpoint,
    note: String,
}

/// A checkpoint with this witness's line below it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cosigned {
    /// The answer to whoever asked. It leaves only when `note` is durable: a witness that forgets what it cosigned can
    /// be led to cosign a fork.
    pub line: NoteSignature,
    /// The whole signed checkpoint, `line` included: what is stored, and given to [`Witness::resume`].
    pub note: String,
    checkpoint: Checkpoint,
}

impl Cosigned {
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }
}

impl Witness {
    /// A witness that has cosigned nothing of the log `origin` yet. `log_keys` are all that the log has signed with.
    pub fn new(origin: &str, log_keys: Vec<VerifierKey>, key: CosignerKey) -> Self {
        Self { origin: origin.to_owned(), log_keys, key, held: None }
    }

    /// A witness that goes on from the [`Cosigned::note`] stored last. Checks the log's signature and its own, so that
    /// an altered file is refused instead of trusted.
    pub fn resume(
        origin: &str,
        log_keys: Vec<VerifierKey>,
        key: CosignerKey,
        stored: &str,
    ) -> Result<Self, WitnessError> {
        let mut witness = Self::new(origin, log_keys, key);
        let (note, checkpoint) = witness.open(stored.as_bytes())?;
        let own = note.signatures().iter().filter(|line| witness.key.is_named_by(line));
        let mut cosigned = false;
        for line in own {
            let verified = witness.key.verify(note.unverified_text(), line);
            verified.map_err(|_| WitnessError::HeldNotCosigned)?;
            cosigned = true;
        }
        if !cosigned {
            return Err(WitnessError::HeldNotCosigned);
        }
        witness.held = Some(Held { checkpoint, note: stored.to_owned() });
        Ok(witness)
    }

    /// The newest checkpoint held, with its whole signed note.
    pub fn held(&self) -> Option<(&Checkpoint, &str)> {
        self.held.as_ref().map(|held| (&held.checkpoint, held.note.as_str()))
    }

    /// The size that the next submitter must start from; 0 before the first.
    pub fn held_size(&self) -> u64 {
        self.held.as_ref().map_or(0, |held| held.checkpoint.size)
    }

    /// `add-checkpoint`: [`Witness::consider`], then [`Witness::keep`]. The caller stores [`Cosigned::note`] before it
    /// hands out [`Cosigned::line`]; where storing fails, it drops this witness and resumes from what is stored.
    pub fn add_checkpoint(
        &mut self,
        old_size: u64,
        note: &[u8],
        proof: &[Hash],
        now: Instant,
        signer: &dyn Signer,
    ) -> Result<Cosigned, WitnessError> {
        let cosigned = self.consider(old_size, note, proof, now, signer)?;
        self.keep(&cosigned);
        Ok(cosigned)
    }

    /// Checks a checkpoint against the one held and cosigns it, holding nothing yet. Two of these at once could each
    /// pass and the later roll the earlier back: between this and [`Witness::keep`] nothing else may be considered.
    pub fn consider(
        &self,
        old_size: u64,
        note: &[u8],
        proof: &[Hash],
        now: Instant,
        signer: &dyn Signer,
    ) -> Result<Cosigned, WitnessError> {
        let (offered_note, offered) = self.open(note)?;
        if old_size > offered.size {
            return Err(WitnessError::OldBeyondNew { old: old_size, new: offered.size });
        }
        if offered.size == 0 && offered.root != empty_root() {
            return Err(WitnessError::EmptyRoot);
        }
        self.continues(old_size, &offered_note, &offered, proof)?;
        let line = self.key.cosign(offered_note.unverified_text(), now, signer);
        let line = line.map_err(WitnessError::Cosign)?;
        let mut whole = offered_note;
        whole.add(line.clone()).map_err(|error| WitnessError::Cosign(error.into()))?;
        Ok(Cosigned { line, note: whole.to_string(), checkpoint: offered })
    }

    /// Holds what was considered last. A smaller one than is held changes nothing.
    pub fn keep(&mut self, cosigned: &Cosigned) {
        if cosigned.checkpoint.size >= self.held_size() {
            let Cosigned { note, checkpoint, .. } = cosigned.clone();
            self.held = Some(Held { checkpoint, note });
        }
    }

    /// The origin is told from the text before any signature is checked, as the specification's order of answers asks.
    fn open(&self, note: &[u8]) -> Result<(Note, Checkpoint), WitnessError> {
        let parsed = Note::parse(note).map_err(|error| WitnessError::Malformed(error.into()))?;
        let stated = Checkpoint::parse(parsed.unverified_text()).map_err(WitnessError::Malformed)?;
        if stated.origin != self.origin {
            return Err(WitnessError::UnknownLog(stated.origin.chars().take(200).collect()));
        }
        parsed.verify(&self.log_keys).map_err(WitnessError::NotSigned)?;
        Ok((parsed, stated))
    }

    fn continues(
        &self,
        old_size: u64,
        offered_note: &Note,
        offered: &Checkpoint,
        proof: &[Hash],
    ) -> Result<(), WitnessError> {
        let Some(Held { checkpoint: held, note: held_note }) = &self.held else {
            let first = if old_size == 0 { Ok(()) } else { Err(WitnessError::Conflict { held: 0 }) };
            return first.and_then(|()| match proof {
                [] => Ok(()),
                _ => Err(WitnessError::Inconsistent {
                    held: String::new(),
                    offered: offered_note.to_string(),
                    source: ProofError::Length { found: proof.len(), long: true },
                }),
            });
        };
        // Two roots at one size are a fork whatever the submitter says it starts from.
        if offered.size == held.size && offered.root != held.root {
            let fork = ForkProof::of_one_size(held_note, &offered_note.to_string());
            return Err(WitnessError::Fork(Box::new(fork)));
        }
        if offered.size < held.size {
            return Err(WitnessError::Smaller { held: held.size, offered: offered.size });
        }
        if old_size != held.size {
            return Err(WitnessError::Conflict { held: held.size });
        }
        let shown = verify_consistency(held.size, offered.size, &held.root, &offered.root, proof);
        let Err(source) = shown else { return Ok(()) };
        let offered_note = offered_note.to_string();
        // A proof that ends in the offered root has shown what that root begins with. Only where the held size is a
        // power of two does it leave the beginning out, and then the leaves must tell.
        if held.size > 0
            && held.size < offered.size
            && let Ok((begins, ends)) = consistency_roots(held.size, offered.size, &held.root, proof)
            && ends == offered.root
            && begins != held.root
        {
            let fork = ForkProof::of_two_sizes(held_note, &offered_note, begins, proof.to_vec());
            return Err(WitnessError::Fork(Box::new(fork)));
        }
        Err(WitnessError::Inconsistent { held: held_note.clone(), offered: offered_note, source })
    }
}
