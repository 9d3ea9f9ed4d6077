//! What platforms put in: read as strangers' STIX, refused with a code where a rule is broken, and stored with a leaf of the node's log
//! that names it.

use std::sync::Arc;

use bitacora_api::machine_leaf;
use bitacora_ledger::hex;
use bitacora_primitives::Instant;
use bitacora_stix::import::Code;
use bitacora_stix::{Known, Limits, import};
use bitacora_store::taxii::{self as stored, Admission, Admitted, Planned, TaxiiStore, Verdict};
use bitacora_store::{Leaf, StoreError};
use bitacora_taxii::{Object, Outcome, Principal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock;
use crate::error::NodeError;
use crate::keys::KeyFolder;
use crate::random;

/// The leaf that names what was handed in.
pub(super) const LEAF: &str = "taxii_received";
/// The leaf that names what a platform deleted.
const DELETED_LEAF: &str = "taxii_deleted";
/// Objects in a page when the inbox is read.
const PAGE: usize = 1_000;

/// What was made of a request's objects.
pub(super) struct Read {
    /// For each object, why it is not taken.
    pub(super) refused: Vec<Option<String>>,
    pub(super) known: Known,
}

/// Reads objects as the importer does. A link to something that is not here is no reason to refuse: it may come later, or lie in
/// another collection.
pub(super) fn read(objects: &[Object], known: &Known) -> Read {
    let mut envelope = b"{\"objects\":[".to_vec();
    for (place, object) in objects.iter().enumerate() {
        if place > 0 {
            envelope.push(b',');
        }
        envelope.extend_from_slice(&object.bytes);
    }
    envelope.extend_from_slice(b"]}");
    let mut refused = vec![None; objects.len()];
    if objects.is_empty() {
        return Read { refused, known: Known::default() };
    }
    match import(&envelope, &Limits::default(), known) {
        Ok(imported) => {
            for one in imported.refused.iter().filter(|one| one.code != Code::ReferenceNotFound) {
                let place = one.path.strip_prefix("objects/").and_then(|place| place.parse::<usize>().ok());
                if let Some(slot) = place.and_then(|place| refused.get_mut(place)) {
                    *slot = Some(format!("{}: {}", one.code.code(), one.detail));
                }
            }
            Read { refused, known: imported.known }
        }
        Err(whole) => {
            let why = format!("{}: {}", whole.code.code(), whole.detail);
            Read { refused: vec![Some(why); objects.len()], known: Known::default() }
        }
    }
}

/// The markings that an inbox holds.
pub(super) fn markings(store: &TaxiiStore, inbox: &str) -> Result<Known, StoreError> {
    let filter = stored::Filter { types: vec!["marking-definition".to_owned()], ..stored::Filter::default() };
    let (mut known, mut after) = (Known::default(), None);
    loop {
        let page = store.objects(inbox, &filter, after, PAGE, usize::MAX)?;
        for row in page.rows {
            if let Ok(imported) = import(&row.content, &Limits::default(), &known) {
                known.extend(imported.known);
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(known);
        }
    }
}

/// What is kept with a request's status.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Note {
    pub(super) principal: String,
    pub(super) failures: Vec<Failure>,
}

/// An object that was not taken.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Failure {
    pub(super) id: String,
    pub(super) version: Option<Instant>,
    pub(super) why: String,
}

impl Note {
    pub(super) fn text(&self) -> String {
        json!(self).to_string()
    }
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// What the wire says of a stored object. Other bytes under a version that is here break STIX 2.1, 3.6.
pub(super) fn outcome(added: stored::Added) -> Outcome {
    match added {
        stored::Added::Stored { date_added, .. } => Outcome::Stored { date_added },
        stored::Added::AlreadyThere { date_added, same: true, .. } => Outcome::AlreadyThere { date_added },
        stored::Added::AlreadyThere { same: false, .. } => {
            Outcome::Refused("version_conflict: another object of this id and version is here".to_owned())
        }
    }
}

/// A request of this moment; without a platform it is the node's own.
pub(super) fn request(platform: Option<&Principal>) -> Result<stored::Request, NodeError> {
    let platform = platform.map(|principal| principal.0.clone());
    let at = clock::now();
    Ok(stored::Request { id: request_id(at)?, at, platform, note: None })
}

/// A UUID of this moment (RFC 9562, version 7): ids that rise keep the index of statuses together, where random ones spread over it.
fn request_id(at: Instant) -> Result<String, NodeError> {
    let random = random::bytes()?;
    let mut bytes: [u8; 16] = [0; 16];
    for (to, from) in bytes.iter_mut().zip(random) {
        *to = from;
    }
    let [_, _, milliseconds @ ..] = (at.micros() / 1_000).to_be_bytes();
    for (to, from) in bytes.iter_mut().zip(milliseconds) {
        *to = from;
    }
    let [.., version, _, variant, _, _, _, _, _, _, _] = &mut bytes;
    *version = *version & 0x0f | 0x70;
    *variant = *variant & 0x3f | 0x80;
    let text = hex::encode(&bytes);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    Ok([part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-"))
}

/// Has the node's log name what platforms hand in and what they take out. What the node shows of its own is in its logs already.
pub(super) struct Logged {
    pub(super) keys: Arc<KeyFolder>,
}

impl Logged {
    fn leaf(&self, kind: &str, body: Value) -> Result<Leaf, String> {
        machine_leaf(self.keys.as_ref(), kind, clock::now(), body).map_err(|error| {
            let why = error.to_string();
            tracing::error!(why, "what a platform asks for cannot be logged, and is not done");
            "not logged".to_owned()
        })
    }
}

impl Admission for Logged {
    fn admit(&self, planned: &[Planned<'_>]) -> Admitted {
        let received: Vec<_> = planned
            .iter()
            .filter_map(|one| {
                let from = one.request.platform.as_ref()?;
                let new = one.objects.iter().zip(one.added);
                let hashes: Vec<String> = new
                    .filter(|(_, added)| matches!(added, stored::Added::Stored { .. }))
                    .map(|(object, _)| hex::encode(&object.hash))
                    .collect();
                let request = &one.request.id;
                (!hashes.is_empty()).then(|| {
                    json!({
                        "collection": one.collection,
                        "from": from,
                        "request": request,
                        "objects_sha256": hashes,
                    })
                })
            })
            .collect();
        let leaf =
            (!received.is_empty()).then(|| self.leaf(LEAF, json!({ "received": received }))).transpose();
        let (verdict, leaf) = match leaf {
            Ok(leaf) => (Verdict::Admitted, leaf),
            Err(why) => (Verdict::Refused(why), None),
        };
        Admitted { verdicts: vec![verdict; planned.len()], leaf }
    }

    fn let_go(
        &self,
        collection: &str,
        request: &stored::Request,
        rows: &[stored::ManifestRow],
    ) -> Result<Option<Leaf>, String> {
        let Some(from) = &request.platform else { return Ok(None) };
        let objects: Vec<_> = rows
            .iter()
            .map(|row| json!({ "id": row.id, "version": row.version, "sha256": hex::encode(&row.hash) }))
            .collect();
        let body =
            json!({ "collection": collection, "from": from, "request": request.id, "objects": objects });
        self.leaf(DELETED_LEAF, body).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_a_uuid_of_its_moment() {
        // RFC 9562, A.6: 2022-02-22T19:22:22Z.
        let at = Instant::from_micros(1_645_557_742_000_000);
        let id = request_id(at).unwrap();
        let shape: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(shape, [8, 4, 4, 4, 12]);
        assert!(id.starts_with("017f22e2-79b0-7"), "{id}");
        assert!(b"89ab".contains(&id.as_bytes()[19]), "{id}");
        assert_ne!(id, request_id(at).unwrap());
    }
}
