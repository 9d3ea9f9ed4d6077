//! A container added to or taken from the inspection list by hand: two officers sign, with a reason. Overrides stand
//! beside the draw's picks, listed and counted; they never change a pick.

use bitacora_ledger::{canonical_json, verify_signature};
use bitacora_primitives::OfficerId;
use serde::{Deserialize, Serialize};

use super::commitment::{Commitment, FORMAT, Label};
use super::error::OverrideError;
use super::hex::Hex;

/// Bytes of a reason.
const MOST_REASON: usize = 500;
pub(super) const MOST_OVERRIDES: usize = 10_000;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Add,
    Remove,
}

impl Action {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    pub action: Action,
    pub container: Label,
    pub reason: String,
    pub signatures: [OfficerSignature; 2],
    pub slot: u32,
}

/// An officer's Ed25519 signature over [`signed_text`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficerSignature {
    pub officer: OfficerId,
    pub signature: Hex<64>,
}

#[derive(Serialize)]
struct Signed<'o> {
    action: Action,
    commitment: &'o Hex<32>,
    container: &'o Label,
    format: &'static str,
    reason: &'o str,
    slot: u32,
}

/// What both officers sign: canonical JSON of the override without signatures, bound to one draw.
pub fn signed_text(
    commitment: &Hex<32>,
    slot: u32,
    action: Action,
    container: &Label,
    reason: &str,
) -> Result<String, OverrideError> {
    let signed = Signed { action, commitment, container, format: FORMAT, reason, slot };
    canonical_json(&signed).map_err(|_| OverrideError::Reason)
}

impl Override {
    /// Whether two different officers of the commitment signed it, and it is not in `others` already.
    pub(super) fn check(
        &self,
        commitment: &Commitment,
        hash: &Hex<32>,
        others: &[Self],
    ) -> Result<(), OverrideError> {
        if self.slot as usize >= commitment.slots.len() {
            return Err(OverrideError::Slot);
        }
        let plain = !self.reason.chars().any(char::is_control) && !self.reason.trim().is_empty();
        if !plain || self.reason.len() > MOST_REASON {
            return Err(OverrideError::Reason);
        }
        if others.len() >= MOST_OVERRIDES {
            return Err(OverrideError::TooMany);
        }
        let same = |other: &Self| {
            (other.slot, other.action, &other.container) == (self.slot, self.action, &self.container)
        };
        if others.iter().any(same) {
            return Err(OverrideError::Repeated);
        }
        let [first, second] = &self.signatures;
        // In ascending order, so that one override has one text.
        if first.officer >= second.officer {
            return Err(OverrideError::Officers);
        }
        let text = signed_text(hash, self.slot, self.action, &self.container, &self.reason)?;
        for OfficerSignature { officer, signature } in &self.signatures {
            let named = commitment.officers.iter().find(|key| key.officer == *officer);
            let key = named.ok_or(OverrideError::Officers)?;
            if !verify_signature(&key.key.0, text.as_bytes(), &signature.0) {
                return Err(OverrideError::Signature);
            }
        }
        Ok(())
    }
}
