//! Alerts of a box's trip as a lead: the same queue and the same release gate as a vessel's.

use std::collections::BTreeMap;

use bitacora_leads::Lead;
use bitacora_leads::screened::revise;
use bitacora_primitives::{ContainerNumber, Indication, LeadId};
use bitacora_store::{LeadFilter, Store};

use super::{Book, PortError};

/// One lead for each trip of a box.
pub fn lead_id(container: ContainerNumber, trip: Option<&str>) -> LeadId {
    LeadId::of(&[b"container", container.as_str().as_bytes(), trip.unwrap_or_default().as_bytes()])
}

impl Book {
    /// New revisions of leads, against those that the store has. An alert whose seal waits to be read again counts with
    /// the little weight that it has.
    pub fn leads(&self, store: &Store) -> Result<Vec<Lead>, PortError> {
        let mut findings: BTreeMap<LeadId, Vec<Indication>> = BTreeMap::new();
        for on_box in self.boxes() {
            for alert in on_box.alerts {
                let id = lead_id(on_box.container, alert.trip.as_deref());
                findings.entry(id).or_default().extend(alert.indication(0));
            }
        }
        let filter = LeadFilter { limit: usize::MAX, ..LeadFilter::default() };
        let mut last: BTreeMap<LeadId, Lead> = BTreeMap::new();
        for row in store.leads(&filter)?.into_iter().filter(|row| row.lead.container.is_some()) {
            last.insert(row.lead.id, serde_json::from_str(&row.lead.body)?);
        }
        // A lead whose alerts are all gone is revised too.
        for id in last.keys() {
            findings.entry(*id).or_default();
        }
        Ok(findings.into_iter().filter_map(|(id, found)| revise(last.get(&id), id, found)).collect())
    }
}
