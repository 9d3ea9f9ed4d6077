//! Leads of what is screened as a whole, again and again, such as a container's history: each time all findings are
//! there anew. Gives the lead's next revision, or nothing when it says nothing new.

use bitacora_primitives::{Indication, Instant, LeadId};

use crate::lead::Lead;
use crate::score::{prior, weigh};

/// The next revision of the lead `id` after `last`. A finding that does not hold any more stays visible in a raised lead,
/// with no weight: it is revised, never deleted.
pub fn revise(last: Option<&Lead>, id: LeadId, findings: Vec<Indication>) -> Option<Lead> {
    let mut indications = findings;
    let gone = last.into_iter().flat_map(|last| &last.reasons).map(|reason| &reason.indication);
    let gone: Vec<Indication> = gone
        .filter(|held| indications.iter().all(|one| one.id != held.id))
        .map(|held| {
            let mut without = held.clone();
            without.strength.nats = 0.0;
            without
        })
        .collect();
    indications.extend(gone);
    let (prior, weighed) = (prior(), weigh(&prior(), &indications));
    if last.is_none() && !weighed.is_worth_raising() {
        return None;
    }
    let updated =
        indications.iter().map(|one| one.end.unwrap_or(one.start)).max().unwrap_or(Instant::default());
    let revision = last.map_or(0, |last| last.revision + 1);
    let lead = Lead::compose(id, revision, &prior, &indications, &weighed, updated)?;
    let new = last.is_none_or(|last| last.reasons != lead.reasons || last.expired);
    new.then_some(lead)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lead::tests::indication;
    use bitacora_primitives::IndicationCode::Container;
    use bitacora_primitives::finding::Finding;

    fn id() -> LeadId {
        LeadId::of(&[b"box"])
    }

    #[test]
    fn the_same_findings_again_say_nothing_new_and_a_stronger_one_revises() {
        let swap = indication(Container(Finding::SealChanged), 1.7, 1);
        let first = revise(None, id(), vec![swap.clone()]).unwrap();
        assert_eq!((first.revision, first.title), (0, Container(Finding::SealChanged)));
        assert_eq!(revise(Some(&first), id(), vec![swap.clone()]), None);
        let touch = indication(Container(Finding::TouchedAfterScan), 2.7, 2);
        let second = revise(Some(&first), id(), vec![touch, swap]).unwrap();
        assert_eq!((second.revision, second.title), (1, Container(Finding::TouchedAfterScan)));
        assert!(!second.reasons[1].counted, "one unrecorded opening explains both");
    }

    #[test]
    fn a_finding_that_late_data_explain_loses_its_weight_and_stays_visible() {
        let swap = indication(Container(Finding::SealChanged), 1.7, 1);
        let first = revise(None, id(), vec![swap]).unwrap();
        let second = revise(Some(&first), id(), Vec::new()).unwrap();
        assert_eq!((second.reasons.len(), second.reasons[0].indication.strength.nats), (1, 0.0));
        assert_eq!(revise(Some(&second), id(), Vec::new()), None);
    }

    #[test]
    fn what_is_not_worth_raising_is_not_raised() {
        assert_eq!(revise(None, id(), vec![indication(Container(Finding::LongDwell), 0.4, 1)]), None);
        assert_eq!(revise(None, id(), Vec::new()), None);
    }
}
