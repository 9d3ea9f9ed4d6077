//! Adding objects to somebody's collection (TAXII 2.1, 5.5), and asking what became of them (4.3).

use std::ops::Range;

use serde::{Deserialize, Serialize};
use url::Url;

use super::discover::below;
use super::{Client, ClientError, Transport};

/// What an envelope adds to its objects' bytes.
const ENVELOPE: &[u8] = b"{\"objects\":[";

/// What became of a request, as far as is known. Serialisable, so that asking can go on after a restart.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Pushed {
    /// The id under which the server keeps the status.
    pub id: String,
    /// Whether nothing is pending any more.
    pub complete: bool,
    pub total_count: u64,
    pub success_count: u64,
    pub failure_count: u64,
    pub pending_count: u64,
    /// Every failure that any answer named; later answers may leave them out.
    pub failures: Vec<PushDetail>,
}

/// One object of a status (4.3.2).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PushDetail {
    pub id: String,
    pub version: Option<String>,
    pub message: Option<String>,
}

#[derive(Deserialize)]
struct Status {
    id: String,
    status: String,
    #[serde(default)]
    total_count: u64,
    #[serde(default)]
    success_count: u64,
    #[serde(default)]
    failure_count: u64,
    #[serde(default)]
    pending_count: u64,
    #[serde(default)]
    failures: Vec<PushDetail>,
}

/// Divides objects into envelopes of at most so many bytes and objects, in their order. An object that alone is too long has a range
/// of its own: the server will refuse it, and says so.
pub fn parcels(objects: &[&[u8]], most_bytes: usize, most_objects: usize) -> Vec<Range<usize>> {
    let frame = ENVELOPE.len() + 2;
    let mut parcels: Vec<Range<usize>> = Vec::new();
    let (mut start, mut bytes) = (0, frame);
    for (at, object) in objects.iter().enumerate() {
        let more = object.len() + usize::from(at > start);
        if at > start && (bytes + more > most_bytes || at - start >= most_objects.max(1)) {
            parcels.push(start..at);
            (start, bytes) = (at, frame + object.len());
        } else {
            bytes += more;
        }
    }
    if start < objects.len() {
        parcels.push(start..objects.len());
    }
    parcels
}

impl Client {
    /// Posts one envelope of objects, each a JSON text. Nothing is repeated here: a request that failed on the way may have been
    /// taken, and may be sent again, since a server leaves what it has.
    pub fn push(
        &self,
        transport: &mut dyn Transport,
        root: &Url,
        collection: &str,
        objects: &[&[u8]],
    ) -> Result<Pushed, ClientError> {
        let mut body = ENVELOPE.to_vec();
        for (at, object) in objects.iter().enumerate() {
            if at > 0 {
                body.push(b',');
            }
            body.extend_from_slice(object);
        }
        body.extend_from_slice(b"]}");
        let url = below(root, &["collections", collection, "objects"])?;
        let status: Status = self.fetch(transport, "POST", url, Some(body))?.read()?;
        Ok(status.told(Vec::new()))
    }

    /// Asks again for a request that is not complete.
    pub fn follow(
        &self,
        transport: &mut dyn Transport,
        root: &Url,
        pushed: &Pushed,
    ) -> Result<Pushed, ClientError> {
        let status: Status = self.get(transport, below(root, &["status", &pushed.id])?)?.read()?;
        if status.id != pushed.id {
            return Err(ClientError::Form("the status of another request".to_owned()));
        }
        Ok(status.told(pushed.failures.clone()))
    }
}

impl Status {
    fn told(self, mut failures: Vec<PushDetail>) -> Pushed {
        for failure in self.failures {
            if !failures.contains(&failure) {
                failures.push(failure);
            }
        }
        Pushed {
            complete: self.status == "complete",
            id: self.id,
            total_count: self.total_count,
            success_count: self.success_count,
            failure_count: self.failure_count,
            pending_count: self.pending_count,
            failures,
        }
    }
}
