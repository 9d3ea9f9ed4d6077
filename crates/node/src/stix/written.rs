//! A bundle written object by object, in canonical JSON (RFC 8785): what many items share is written once, before the first
//! of them, and nothing else is held.

use std::collections::BTreeSet;
use std::io::{self, Write};

use bitacora_stix::{Object, StixId};

/// Types whose objects many items share: they are constants, or named by their content.
const SHARED: [&str; 3] = ["marking-definition", "identity", "extension-definition"];

#[derive(Debug)]
pub(crate) struct Bundle<W: Write> {
    out: W,
    shared: BTreeSet<String>,
    objects: u64,
}

impl<W: Write> Bundle<W> {
    pub(crate) fn begin(mut out: W, id: &StixId) -> io::Result<Self> {
        write!(out, "{{\"id\":\"{id}\"")?;
        Ok(Self { out, shared: BTreeSet::new(), objects: 0 })
    }

    /// The objects of one version of one item.
    pub(crate) fn add(&mut self, objects: &[Object]) -> io::Result<()> {
        for object in objects {
            if SHARED.contains(&object.kind()) && !self.shared.insert(object.id().to_owned()) {
                continue;
            }
            // STIX 2.1, 8: `objects` is left out rather than empty.
            let before = if self.objects == 0 { ",\"objects\":[" } else { "," };
            self.out.write_all(before.as_bytes())?;
            self.out.write_all(object.canonical().as_bytes())?;
            self.objects += 1;
        }
        Ok(())
    }

    /// Ends the bundle; how many objects it has.
    pub(crate) fn end(mut self) -> io::Result<(W, u64)> {
        let end: &[u8] = if self.objects == 0 { b",\"type\":\"bundle\"}" } else { b"],\"type\":\"bundle\"}" };
        self.out.write_all(end)?;
        self.out.flush()?;
        Ok((self.out, self.objects))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_of_nothing_has_no_list_of_objects() {
        let id = StixId::of("bundle", &["nothing"]);
        let (bytes, objects) = Bundle::begin(Vec::new(), &id).unwrap().end().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!((text.as_str(), objects), (bitacora_stix_form(&id).as_str(), 0));
    }

    /// As the standard's writer has it.
    fn bitacora_stix_form(id: &StixId) -> String {
        bitacora_ledger::canonical_json(&serde_json::json!({ "type": "bundle", "id": id.to_string() }))
            .unwrap()
    }
}
