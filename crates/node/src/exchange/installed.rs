//! The versions of each agreement, as both parties signed them, that a node's operator put in place. A version is added,
//! never written over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bitacora_exchange::Agreement;
use bitacora_ledger::Envelope;
use bitacora_peer::Fingerprint;
use bitacora_primitives::markings::{AgreementId, PartyCode};

use super::engine::{Chain, Engine};
use super::keyring::Keyring;
use super::party::Party;
use super::publish::write_whole;
use super::transport::fingerprint;
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

/// The agreements of a node.
pub(crate) type Agreements = BTreeMap<AgreementId, Installed>;

/// Reads the signed agreements that were put in place at this node: once, since each is verified and compiled.
pub(crate) fn installed(data: &Path) -> Result<Agreements, NodeError> {
    let mut found = Agreements::new();
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

pub(super) fn agreements_folder(data: &Path) -> PathBuf {
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

pub(super) fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), NodeError> {
    write_whole(path, bytes)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let synced = [path, folder].into_iter().try_for_each(|one| std::fs::File::open(one)?.sync_all());
    synced.map_err(NodeError::file(path, "written"))
}
