//! Leaves of our log with their proofs.

use serde::Serialize;
use utoipa::ToSchema;

use super::decision::DecisionView;
use crate::shapes::InclusionProof;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExchangeLeaf {
    pub index: u64,
    /// What our side declares.
    pub recorded: String,
    pub kind: String,
    /// Whom or what the record is about: an item, a release, an officer, a suspension.
    pub what: String,
    pub clause: Option<String>,
    /// Hexadecimal.
    pub leaf_hash: String,
    /// Who cosigned a checkpoint that covers it, with the earliest time that proves.
    pub cosigned: Vec<CosignedBy>,
    /// The decision behind it, where there is one; the first, where there are several.
    pub decision: Option<DecisionView>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct CosignedBy {
    pub who: String,
    pub at: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExchangeLeafProof {
    #[serde(flatten)]
    pub leaf: ExchangeLeaf,
    /// Canonical JSON (RFC 8785); its SHA-256 is the data of the leaf.
    pub record: String,
    pub proof: InclusionProof,
    /// C2SP signed note, with the cosignatures that it has.
    pub checkpoint: String,
    /// C2SP verifier keys: the log's, the partner's cosigner, the witnesses'.
    pub keys: Vec<String>,
}
