//! A lead as it may be offered to a partner: the claim, its reasons by code, the innocent readings, and the raw
//! evidence in a field of its own, which an agreement can remove.

use std::collections::BTreeMap;

use bitacora_primitives::markings::{FieldName, ItemKind};
use bitacora_primitives::{Offer, Originator, Releasable, Subject};
use serde_json::{Value, json};

use crate::lead::Lead;

impl Releasable for Lead {
    fn offer(&self, by: &Originator) -> Offer {
        let reasons: Vec<Value> = self
            .reasons
            .iter()
            .map(|reason| {
                let indication = &reason.indication;
                json!({
                    "code": indication.code,
                    "counted": reason.counted,
                    "start": indication.start,
                    "end": indication.end,
                    "strength_nats": indication.strength.nats,
                    "basis": indication.strength.basis,
                })
            })
            .collect();
        let evidence: Vec<Value> = self
            .reasons
            .iter()
            .flat_map(|reason| &reason.indication.evidence)
            .map(|at| json!({ "source": at.source, "line": at.line }))
            .collect();
        let fields = [
            ("title", json!(self.title)),
            ("level", json!(self.level)),
            ("vessel", json!(self.vessel())),
            ("container", json!(self.container())),
            ("other", self.other.as_ref().map_or(Value::Null, plain)),
            ("start", json!(self.start)),
            ("reasons", Value::Array(reasons)),
            ("alternatives", json!(self.alternatives())),
            ("evidence", Value::Array(evidence)),
        ];
        // Names are written here, so each is one; a name that were none would be left out, not sent unnamed.
        let fields: BTreeMap<FieldName, Value> =
            fields.into_iter().filter_map(|(name, value)| Some((name.parse().ok()?, value))).collect();
        Offer {
            id: self.id.to_string(),
            revision: self.revision,
            kind: if self.container().is_some() { ItemKind::ContainerAlert } else { ItemKind::Lead },
            originator: by.party.clone(),
            observed: self.updated,
            position: self.position,
            grading: by.grading,
            handling: by.handling.clone(),
            case: None,
            fields,
        }
    }
}

/// A vessel by its MMSI, a container by its number.
fn plain(subject: &Subject) -> Value {
    match subject {
        Subject::Vessel { mmsi } => json!(mmsi),
        Subject::Container { number } => json!(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Desk;
    use bitacora_primitives::IndicationCode;

    #[test]
    fn every_field_of_the_offer_has_a_name_and_the_evidence_stands_apart() {
        let gap = crate::lead::tests::indication(IndicationCode::AisGap, 5.0, 1);
        let lead = Desk::new(crate::Timing::default()).spend(vec![gap.clone()], gap.start).unwrap();
        let by = Originator {
            party: "CO".parse().unwrap(),
            grading: "B3".parse().unwrap(),
            handling: bitacora_primitives::markings::Handling {
                tlp: bitacora_primitives::markings::Tlp::Amber,
                codes: Default::default(),
                releasable_to: ["CO".parse().unwrap(), "US".parse().unwrap()].into(),
            },
        };
        let offer = lead.offer(&by);
        assert_eq!(offer.fields.len(), 9);
        let without: String = offer
            .fields
            .iter()
            .filter(|(name, _)| name.as_str() != "evidence")
            .map(|(_, value)| value.to_string())
            .collect();
        assert!(!without.contains("src-"), "raw evidence is in its own field only: {without}");
    }
}
