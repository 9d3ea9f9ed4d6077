//! What an agreement answers: permit or refuse, by which clauses of which version, and what must be done to the item
//! before it leaves. Codes only; the words are in the clauses.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_primitives::Instant;
use bitacora_primitives::markings::{AgreementId, ClauseId, FieldName, Handling};
use serde::{Deserialize, Serialize};

use crate::clause::Form;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Permit,
    Refuse,
}

/// An answer, complete enough to be logged and to be shown to either side.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub effect: Effect,
    pub agreement: AgreementId,
    pub version: u32,
    /// SHA-256 of the policies and the schema that decided.
    #[serde(with = "hex")]
    pub policy_set: [u8; 32],
    /// Never empty. Of a refusal: first what forbids, then why each flow of this direction does not permit, the one
    /// with the fewest failing conditions first, among equals one that can be lifted.
    pub reasons: Vec<Reason>,
    /// The clause as an exception to a suspension that covers this request.
    pub exception: Option<ClauseId>,
    /// All obligations are those of the first permitting clause in the agreement's order, and of the clauses that
    /// hold for every flow.
    pub form: Form,
    pub cut: BTreeSet<FieldName>,
    pub handling: Handling,
    /// Whoever holds the item destroys it then: the earliest that a retention clause says. None beyond the year 9999.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retain_until: Option<Instant>,
}

/// One clause's say.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// A clause's id or a suspension's; the agreement's own id where no clause speaks of such a flow.
    pub clause: String,
    pub code: ReasonCode,
    /// When it will no longer hold, where time alone lifts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

/// Why.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    InScope,
    SafetyOfLife,
    CourtOrder,
    NoSuchPurpose,
    PurposeNotAllowed,
    KindNotAllowed,
    OutsideArea,
    NoPosition,
    OutsidePeriod,
    VolumeReached,
    TooRecent,
    SecondOfficerMissing,
    NotStanding,
    AssetOnly,
    NotReleasable,
    MarkedNarrower,
    GradedWorse,
    OtherOriginator,
    ConditionNotMet,
    CaseNotNamed,
    NotOnlyDistress,
    /// No clause lets a platform read this before its receipt.
    ReceiptNotWaived,
    /// It is older than a retention clause lets anyone hold it.
    RetentionOver,
    Suspended,
    UnknownCriticalClause,
    DecisionError,
    NoClause,
}

impl ReasonCode {
    /// Time, a signature, the next day, a resumption or an attestation can lift it.
    pub const fn can_lift(self) -> bool {
        matches!(
            self,
            Self::TooRecent
                | Self::SecondOfficerMissing
                | Self::NotStanding
                | Self::VolumeReached
                | Self::Suspended
                | Self::ConditionNotMet
        )
    }
    /// Only a clause that would permit fails so; others may permit in its place.
    const fn of_one_flow(self) -> bool {
        matches!(
            self,
            Self::PurposeNotAllowed
                | Self::KindNotAllowed
                | Self::OutsideArea
                | Self::NoPosition
                | Self::OutsidePeriod
                | Self::AssetOnly
                | Self::CaseNotNamed
                | Self::NotOnlyDistress
        )
    }
}

impl Decision {
    pub fn permits(&self) -> bool {
        self.effect == Effect::Permit
    }

    /// Refused, but worth asking again: everything that stands against it can be lifted, and where no flow permits
    /// it now, at least one would.
    pub fn waits(&self) -> bool {
        if self.permits() || self.reasons.is_empty() {
            return false;
        }
        if self.reasons.iter().any(|reason| !reason.code.can_lift() && !reason.code.of_one_flow()) {
            return false;
        }
        let mut flows: BTreeMap<&str, bool> = BTreeMap::new();
        for reason in &self.reasons {
            if !matches!(reason.code, ReasonCode::Suspended | ReasonCode::ConditionNotMet) {
                *flows.entry(&reason.clause).or_insert(true) &= reason.code.can_lift();
            }
        }
        flows.is_empty() || flows.values().any(|liftable| *liftable)
    }
}

/// 32 bytes as 64 lower-case hexadecimal digits.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer};
    use std::fmt::Write as _;

    pub fn serialize<S: Serializer>(bytes: &[u8; 32], out: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(64);
        for byte in bytes {
            write!(text, "{byte:02x}").map_err(serde::ser::Error::custom)?;
        }
        out.serialize_str(&text)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(input)?;
        read(&text).ok_or_else(|| serde::de::Error::custom("not 64 lower-case hexadecimal digits"))
    }

    fn read(text: &str) -> Option<[u8; 32]> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let value = |digit: &u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        };
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = pair else { return None };
            *byte = value(high)? * 16 + value(low)?;
        }
        Some(bytes)
    }
}
