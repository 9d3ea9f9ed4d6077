//! The append-only Merkle log behind the watch log: RFC 6962 tree and proofs, salted records, C2SP checkpoints.
//! Pure: no clock, file or randomness; salts and signatures are given by the node, storage is the store's.

pub mod checkpoint;
pub mod cosign;
pub mod directory;
pub mod dsse;
pub mod fork;
pub mod hash;
pub mod hex;
pub mod note;
pub mod proof;
pub mod prooffile;
pub mod record;
pub mod tiles;
pub mod tree;
pub mod witness;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use cosign::{CosignError, Cosignature, CosignerKey, cosignatures};
pub use directory::{FaultKind, LogFault, LogFiles, LogKeys, Seen, VerifiedLog, check_directory};
pub use dsse::{Envelope, EnvelopeError, EnvelopeSignature, pae};
pub use fork::{Fork, ForkError, ForkProof};
pub use hash::{Hash, empty_root, leaf_hash, node_hash, sha256};
pub use note::{Note, NoteError, NoteSignature, Signer, VerifierKey, verify_signature};
pub use proof::{ProofError, verify_consistency, verify_inclusion};
pub use prooffile::{ProofFile, ProofFileError};
pub use record::{LeafRecord, RecordError, Salt, canonical_json, record_hash};
pub use tiles::{
    EntriesError, TILE_WIDTH, TileKind, TileRef, entries_bytes, entries_path, kept_checkpoint_path,
    parse_entries, records_path, tile_bytes, tile_path, tiles_to_write,
};
pub use tree::Tree;
pub use witness::{Cosigned, Witness, WitnessError};
