//! What marks a MISP event marks everything in it: misp-stix writes the event's markings and tags on a grouping or report,
//! and none on what it refers to.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::StixId;
use crate::import::claims::Holder;
use crate::import::header::{Headed, No};
use crate::import::markings::Definitions;

/// The label by which misp-stix names itself.
const MADE_BY: &str = "misp:tool=";

/// The events of a document, and which objects they hold.
pub(super) struct Holders {
    /// An event whose markings could not be resolved leaves what it holds without them, so that is refused.
    events: Vec<Result<Arc<Holder>, No>>,
    by_object: BTreeMap<StixId, Vec<usize>>,
}

impl Holders {
    pub(super) fn new<'a>(objects: impl Iterator<Item = &'a Headed<'a>>, definitions: &Definitions) -> Self {
        let mut holders = Self { events: Vec::new(), by_object: BTreeMap::new() };
        for object in objects.filter(|object| matches!(object.kind(), "grouping" | "report")) {
            let Ok(labels) = object.labels() else { continue };
            let labels: Vec<String> = labels.map(str::to_owned).collect();
            let Ok(held) = object.references("object_refs") else { continue };
            if !labels.iter().any(|label| label.starts_with(MADE_BY)) {
                continue;
            }
            let event = definitions.of(object);
            let event = event.map(|markings| Arc::new(Holder { id: object.id.clone(), markings, labels }));
            for id in held {
                let places = holders.by_object.entry(id).or_default();
                if places.last() != Some(&holders.events.len()) {
                    places.push(holders.events.len());
                }
            }
            holders.events.push(event);
        }
        holders
    }

    pub(super) fn of(&self, id: &StixId) -> Result<Vec<Arc<Holder>>, No> {
        let places = self.by_object.get(id).into_iter().flatten();
        places.filter_map(|place| self.events.get(*place)).cloned().collect()
    }
}
