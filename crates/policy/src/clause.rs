//! The clauses of an agreement as data. Each compiles to one Cedar policy with the clause's own id. A kind that this
//! version does not know is kept as text; if it is marked critical, the agreement refuses everything.

use std::collections::BTreeSet;

use bitacora_primitives::markings::{
    AreaId, ClauseId, FieldName, Grading, Handling, ItemKind, PartyCode, Purpose, Text,
};
use serde::{Deserialize, Serialize};

/// One clause: its number, its words in both languages, and what it rules.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Clause {
    pub id: ClauseId,
    pub text: Text,
    /// A critical clause that is not understood refuses every release; another is carried as text.
    pub critical: bool,
    pub rule: Rule,
}

/// What a clause rules. The JSON is `{"kind": "...", ...}`. A known kind with a member that this version does not know
/// is `Unknown`: a later version may have added a restriction there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", remote = "Self")]
pub enum Rule {
    /// No purpose, field, export or act of this system supports lethal targeting. Every set must hold it, once.
    BaseProhibition,
    /// Permits a flow: what, from whom to whom, where, for what.
    Scope(Box<Scope>),
    /// Permits distress messages in both directions, for rescue, everywhere. Never suspended.
    SafetyOfLife,
    /// Permits evidence in the named cases under a court's order. An exception to suspensions.
    CourtOrder { cases: BTreeSet<String>, officers: u8 },
    /// The caveats every item carries; items marked narrower (TLP:RED, or not releasable to the recipient) stay.
    Handling(Handling),
    /// Items graded worse stay, on either scale.
    Grading { worst: Grading },
    /// Items that another party originated stay, unless that party consented.
    OriginatorControl,
    /// Fields removed from every item, whatever its flow.
    Removed { fields: BTreeSet<FieldName> },
    /// How many officers must sign an act.
    Officers { release: u8, suspend: u8, resume: u8, amend: u8 },
    /// Nothing flows before this condition has been attested.
    Precedent { condition: String },
    /// A platform of `to` may read what `from` released of these kinds before `to` has signed a receipt; every page is
    /// logged. It permits nothing that no other clause permits. One for each direction.
    ReceiptWaived { from: PartyCode, to: PartyCode, items: BTreeSet<ItemKind> },
    /// Items of these kinds are destroyed so many days after they were observed, wherever they are held.
    Retention { items: BTreeSet<ItemKind>, days: u16 },
    /// A kind from a later version of this format.
    #[serde(untagged)]
    Unknown(serde_json::Value),
}

impl Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, out)
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(input)?;
        let rule = Self::deserialize(&value).map_err(serde::de::Error::custom)?;
        // Serde passes over members that a unit or a struct variant does not name. A `Scope` refuses them itself.
        let understood = match (&rule, &value, serde_json::to_value(&rule)) {
            (Self::Scope(_) | Self::Unknown(_), _, _) => true,
            (_, serde_json::Value::Object(given), Ok(serde_json::Value::Object(read))) => {
                given.keys().all(|member| read.contains_key(member))
            }
            _ => false,
        };
        Ok(if understood { rule } else { Self::Unknown(value) })
    }
}

/// A flow.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    pub from: PartyCode,
    pub to: PartyCode,
    pub items: BTreeSet<ItemKind>,
    /// Empty: everywhere, and items without a position too.
    pub areas: BTreeSet<AreaId>,
    pub purposes: BTreeSet<Purpose>,
    /// Items a UTC day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day: Option<u32>,
    /// Released as they arise, without an officer for each.
    pub standing: bool,
    /// Officers who must sign each release, where it is not standing.
    pub officers: u8,
    pub form: Form,
    pub cut: BTreeSet<FieldName>,
}

/// In what form an item of a flow leaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Not before the observation is this old, seconds.
    pub delay_s: u32,
    /// Positions are moved to the middle of a grid cell of this size, metres; 0 leaves them.
    pub grid_m: u32,
    /// Only for an interdiction asset at sea, named in the request.
    pub asset_only: bool,
}

impl Form {
    /// What a live track gets where the agreement says nothing: an hour late, on a grid of 6 NM.
    pub const LIVE_TRACK: Self = Self { delay_s: 3_600, grid_m: 11_112, asset_only: false };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_kind_with_a_member_from_later_is_not_taken_for_less() {
        for text in [
            r#"{"kind":"safety_of_life","only_in":"caribbean"}"#,
            r#"{"kind":"court_order","cases":["A"],"officers":2,"not_after":"2027-01-01"}"#,
            r#"{"kind":"removed","fields":["evidence"],"unless":"x"}"#,
            r#"{"kind":"retention","items":["lead"],"days":90,"unless":"x"}"#,
            r#"{"kind":"receipt_waived","from":"CO","to":"US","items":["lead"],"platforms":["x"]}"#,
            r#"{"kind":"handling","tlp":"amber","codes":[],"releasable_to":[],"more":1}"#,
            r#"{"kind":"grading","worst":"G9"}"#,
            r#"{"kind":"moon_phase"}"#,
            r#"{"nothing":1}"#,
            "[]",
        ] {
            let rule: Rule = serde_json::from_str(text).unwrap();
            assert!(matches!(rule, Rule::Unknown(_)), "{text}");
            assert_eq!(
                serde_json::to_value(&rule).unwrap(),
                serde_json::from_str::<serde_json::Value>(text).unwrap()
            );
        }
    }

    #[test]
    fn every_kind_reads_back() {
        for text in [
            r#"{"kind":"base_prohibition"}"#,
            r#"{"kind":"safety_of_life"}"#,
            r#"{"kind":"court_order","cases":["A","B"],"officers":2}"#,
            r#"{"kind":"handling","tlp":"amber","codes":["H1"],"releasable_to":["CO","US"]}"#,
            r#"{"kind":"grading","worst":"C3"}"#,
            r#"{"kind":"originator_control"}"#,
            r#"{"kind":"removed","fields":["evidence"]}"#,
            r#"{"kind":"officers","release":1,"suspend":1,"resume":2,"amend":2}"#,
            r#"{"kind":"precedent","condition":"x"}"#,
            r#"{"kind":"receipt_waived","from":"CO","to":"US","items":["lead","contact"]}"#,
            r#"{"kind":"retention","items":["lead"],"days":90}"#,
            r#"{"kind":"scope","from":"CO","to":"US","items":["lead"],"areas":[],"purposes":["seizure"],"per_day":3,"standing":false,"officers":1,"form":{"delay_s":0,"grid_m":0,"asset_only":false},"cut":[]}"#,
        ] {
            let rule: Rule = serde_json::from_str(text).unwrap();
            assert!(!matches!(rule, Rule::Unknown(_)), "{text}");
            assert_eq!(
                serde_json::to_value(&rule).unwrap(),
                serde_json::from_str::<serde_json::Value>(text).unwrap()
            );
        }
    }
}
