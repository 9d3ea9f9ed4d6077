//! Objects as one bundle (STIX 2.1, 8). The same objects in any order give the same bytes.

use std::collections::BTreeMap;

use crate::StixId;
use crate::export::ExportError;
use crate::object::Object;

/// A set of object versions.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Bundle {
    /// By rank, id and version.
    objects: BTreeMap<(u8, String, String), Object>,
}

/// What others refer to comes first, so that a reader who goes once through a bundle has seen it.
fn rank(kind: &str) -> u8 {
    match kind {
        "marking-definition" => 0,
        "identity" => 1,
        "extension-definition" => 2,
        _ => 3,
    }
}

impl Bundle {
    /// Adds objects; one that is there already, id, version and content, is not added again.
    pub fn add(&mut self, objects: impl IntoIterator<Item = Object>) -> Result<(), ExportError> {
        for object in objects {
            let key = (rank(object.kind()), object.id().to_owned(), object.version().to_owned());
            match self.objects.get(&key) {
                Some(known) if *known != object => {
                    return Err(ExportError::Conflict(format!("{} {}", object.id(), object.version())));
                }
                Some(_) => {}
                None => {
                    self.objects.insert(key, object);
                }
            }
        }
        Ok(())
    }

    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.values()
    }

    /// The bundle's JSON, members in the order of RFC 8785. Its id follows from the ids and versions in it.
    pub fn canonical(&self) -> String {
        let names: Vec<&str> =
            self.objects.keys().flat_map(|(_, id, version)| [id.as_str(), version.as_str()]).collect();
        let id = StixId::of("bundle", &names);
        if self.objects.is_empty() {
            // STIX 2.1, 8: `objects` is left out rather than empty.
            return format!("{{\"id\":\"{id}\",\"type\":\"bundle\"}}");
        }
        let objects: Vec<&str> = self.objects().map(Object::canonical).collect();
        format!("{{\"id\":\"{id}\",\"objects\":[{}],\"type\":\"bundle\"}}", objects.join(","))
    }
}
