//! This node's transport keys, and partners' transport keys that are trusted no longer.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bitacora_peer::{Fingerprint, Identity};

use super::installed::{Agreements, Installed, agreements_folder, write_durably};
use crate::error::NodeError;

pub(crate) fn fingerprint(text: &str) -> Result<Fingerprint, NodeError> {
    text.parse().map_err(|error: bitacora_peer::IdentityError| NodeError::Exchange(error.to_string()))
}

/// The node's transport identity: of those it made, the newest that an installed agreement names; the first one is made
/// on first use.
pub(crate) fn transport(data: &Path, agreements: &Agreements) -> Result<Identity, NodeError> {
    let named: BTreeSet<String> = agreements
        .values()
        .filter_map(Installed::newest)
        .flat_map(|agreement| &agreement.parties)
        .map(|party| party.keys.transport.clone())
        .collect();
    let mut chosen = transport_of(data, 1)?;
    for number in 2..=transports_made(data) {
        let later = transport_of(data, number)?;
        if named.contains(&later.fingerprint().to_string()) {
            chosen = later;
        }
    }
    Ok(chosen)
}

/// One more transport identity, for an amendment to name.
pub(crate) fn make_transport(data: &Path) -> Result<Identity, NodeError> {
    transport_of(data, transports_made(data) + 1)
}

fn transports_made(data: &Path) -> usize {
    (1..).take_while(|number| transport_files(data, *number).1.exists()).count()
}

fn transport_files(data: &Path, number: usize) -> (PathBuf, PathBuf) {
    let stem = if number == 1 { "transport".to_owned() } else { format!("transport-{number}") };
    let folder = data.join("keys");
    (folder.join(format!("{stem}.crt")), folder.join(format!("{stem}.pem")))
}

fn transport_of(data: &Path, number: usize) -> Result<Identity, NodeError> {
    crate::keys::protected_folder(&data.join("keys"))?;
    let (certificate, key) = transport_files(data, number);
    let broken = |why: String| NodeError::Key { path: key.clone(), why };
    if !key.exists() {
        let pem = Identity::generate().map_err(|error| broken(error.to_string()))?;
        crate::keys::write_secret(&certificate, &pem.certificate)?;
        crate::keys::write_secret(&key, &pem.key)?;
    }
    let read = |path: &Path| std::fs::read_to_string(path).map_err(NodeError::file(path, "read"));
    Identity::from_pem(&read(&certificate)?, &read(&key)?).map_err(|error| broken(error.to_string()))
}

/// Transport keys that are trusted no longer, whatever an agreement says: one a line.
pub(crate) fn revoked(data: &Path) -> Result<BTreeSet<Fingerprint>, NodeError> {
    let path = revoked_file(data);
    match std::fs::read_to_string(&path) {
        Ok(text) => text.lines().map(fingerprint).collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(NodeError::file(path, "read")(error)),
    }
}

pub(crate) fn revoke(data: &Path, key: &Fingerprint) -> Result<(), NodeError> {
    let mut keys = revoked(data)?;
    keys.insert(*key);
    let text: String = keys.iter().map(|key| format!("{key}\n")).collect();
    write_durably(&revoked_file(data), text.as_bytes())
}

fn revoked_file(data: &Path) -> PathBuf {
    agreements_folder(data).join("revoked")
}
