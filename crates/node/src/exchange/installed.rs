//! What a node's operator put in place: the versions of each agreement as both parties signed them, this node's transport
//! key, and partners' transport keys that are trusted no longer. A version is added, never written over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bitacora_exchange::Agreement;
use bitacora_ledger::Envelope;
use bitacora_peer::{Fingerprint, Identity};
use bitacora_primitives::markings::{AgreementId, PartyCode};

use super::engine::{Chain, Engine};
use super::keyring::Keyring;
use super::party::Party;
use super::publish::write_whole;
use crate::error::NodeError;

/// Versions of one agreement, the oldest first; never empty.
pub(crate) struct Installed {
    pub(crate) versions: Vec<(Agreement, Envelope)>,
}

impl Installed {
    /// The version that the logs begin with: its keys are what they are read with.
    pub(crate) fn first(&self) -> Option<&Agreement> {
        self.versions.first().map(|(agreement, _)| agreement)
    }
    pub(crate) fn newest(&self) -> Option<&Agreement> {
        self.versions.last().map(|(agreement, _)| agreement)
    }
    /// The partner's transport keys under any version: until both have adopted the newest, either may be in use.
    pub(crate) fn transports(&self, partner: &PartyCode) -> Result<BTreeSet<Fingerprint>, NodeError> {
        let terms = self.versions.iter().filter_map(|(agreement, _)| agreement.party(partner).ok());
        terms.map(|terms| fingerprint(&terms.keys.transport)).collect()
    }
}

/// Reads the signed agreements that were put in place at this node.
pub(crate) fn installed(data: &Path) -> Result<BTreeMap<AgreementId, Installed>, NodeError> {
    let mut found: BTreeMap<AgreementId, Installed> = BTreeMap::new();
    let Ok(entries) = std::fs::read_dir(agreements_folder(data)) else { return Ok(found) };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.extension().is_none_or(|kind| kind != "json") {
            continue;
        }
        let bytes = std::fs::read(&path).map_err(NodeError::file(&path, "read"))?;
        let broken = |why: String| NodeError::Agreement { path: path.clone(), why };
        let envelope = Envelope::parse(&bytes).map_err(|error| broken(error.to_string()))?;
        let agreement = Agreement::in_force(&envelope).map_err(|error| broken(error.to_string()))?;
        let of = found.entry(agreement.id.clone()).or_insert_with(|| Installed { versions: Vec::new() });
        of.versions.push((agreement, envelope));
    }
    for of in found.values_mut() {
        of.versions.sort_by_key(|(agreement, _)| agreement.version);
    }
    Ok(found)
}

/// Puts a version in place: it counts from the next start.
pub(crate) fn install(data: &Path, envelope: &Envelope) -> Result<Agreement, NodeError> {
    let told = |error: &dyn std::error::Error| NodeError::Exchange(Chain(error).to_string());
    let agreement = Agreement::in_force(envelope).map_err(|error| told(&error))?;
    let text = envelope.to_json().map_err(|error| told(&error))?;
    let name = match agreement.version {
        1 => format!("{}.json", agreement.id),
        version => format!("{}.{version}.json", agreement.id),
    };
    write_durably(&agreements_folder(data).join(name), text.as_bytes())?;
    Ok(agreement)
}

fn agreements_folder(data: &Path) -> PathBuf {
    data.join("agreements")
}

/// The log's first leaf, and each later version in its turn. A version that does not follow what the log has is left
/// out: the exchange goes on under the one in force, and says so.
pub(crate) fn put_in_force(engine: &Engine<Party>, installed: Installed) -> Result<(), NodeError> {
    let in_force = |party: &Party| party.side.own().agreement().map_or(0, |held| held.version);
    for (agreement, envelope) in installed.versions {
        if agreement.version <= in_force(&engine.look()) {
            continue;
        }
        let adopted = engine.act(move |party, _, now| party.side.adopt(envelope, now).map(drop));
        if let Err(error) = adopted {
            if in_force(&engine.look()) == 0 {
                return Err(NodeError::Exchange(Chain(&error).to_string()));
            }
            tracing::error!(agreement = %agreement.id, version = agreement.version, error = %Chain(&error), "this version is not put in force: the one before it holds");
            return Ok(());
        }
    }
    Ok(())
}

/// Which party of the agreement this node is: the one whose log key it holds. That key is never another.
pub(crate) fn whose(agreement: &Agreement, keys: &Keyring) -> Result<PartyCode, NodeError> {
    let ours = keys.log_public();
    agreement
        .parties
        .iter()
        .find(|party| party.read_keys().is_ok_and(|keys| *keys.log.public_key() == ours))
        .map(|party| party.code.clone())
        .ok_or_else(|| NodeError::Exchange(format!("this node holds no key of agreement `{}`", agreement.id)))
}

pub(crate) fn fingerprint(text: &str) -> Result<Fingerprint, NodeError> {
    text.parse().map_err(|error: bitacora_peer::IdentityError| NodeError::Exchange(error.to_string()))
}

/// The node's transport identity: of those it made, the newest that an installed agreement names; the first one is made
/// on first use.
pub(crate) fn transport(data: &Path) -> Result<Identity, NodeError> {
    let named: BTreeSet<String> = installed(data)?
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

fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), NodeError> {
    write_whole(path, bytes)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let synced = [path, folder].into_iter().try_for_each(|one| std::fs::File::open(one)?.sync_all());
    synced.map_err(NodeError::file(path, "written"))
}

fn revoked_file(data: &Path) -> PathBuf {
    agreements_folder(data).join("revoked")
}
