//! The append-only Merkle log behind the watch log: RFC 6962 tree and proofs, salted records, C2SP checkpoints.
//! Pure: no clock, file or randomness; salts and signatures are given by the node, storage is the store's.

pub mod checkpoint;
pub mod hash;
pub mod hex;
pub mod note;
pub mod proof;
pub mod record;
pub mod tree;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use hash::{Hash, empty_root, leaf_hash, node_hash, sha256};
pub use note::{Note, NoteError, NoteSignature, Signer, VerifierKey, verify_signature};
pub use proof::{ProofError, verify_consistency, verify_inclusion};
pub use record::{LeafRecord, RecordError, Salt, canonical_json, record_hash};
pub use tree::Tree;
