//! The oversight witness at work: its keys, its copy of both logs, and the engine that answers the parties. It holds no
//! record and no key that opens one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use aws_lc_rs::signature::Ed25519KeyPair;
use bitacora_exchange::observer::{Observer, ObserverError, ObserverLink};
use bitacora_exchange::side::{Audience, Fault};
use bitacora_exchange::wire::Message;
use bitacora_exchange::{Agreement, Draft, Gate, Outgoing, Shelf as _, ShelfError, SideError};
use bitacora_ledger::{CosignerKey, Signer};
use bitacora_peer::{Endpoint, Limits, Pins};
use bitacora_primitives::Instant;
use bitacora_store::ExchangeStore;

use super::engine::{Actor, Chain, Engine};
use super::installed::Agreements;
use super::links::{Route, Switchboard};
use super::publish::Directory;
use super::shelf::Shelved;
use super::transport::{fingerprint, transport};
use crate::bound::Bound;
use crate::error::NodeError;
use crate::keys::{make_if_absent, protected_folder, public_key, read_pair, signature};

/// A witness's keys in its own folder.
#[derive(Debug)]
pub(crate) struct WitnessKeys {
    folder: PathBuf,
    name: String,
    pair: Arc<Ed25519KeyPair>,
}

impl WitnessKeys {
    pub(crate) fn open(folder: &Path, name: &str) -> Result<Self, NodeError> {
        let keys = folder.join("keys");
        protected_folder(&keys)?;
        let path = keys.join("witness.key");
        make_if_absent(&path)?;
        let pair = Arc::new(read_pair(&path)?);
        Ok(Self { folder: folder.to_owned(), name: name.to_owned(), pair })
    }

    pub(crate) fn cosigner(&self) -> Result<CosignerKey, NodeError> {
        let key = CosignerKey::new(&self.name, public_key(&self.pair));
        key.map_err(|error| NodeError::Key { path: self.folder.clone(), why: error.to_string() })
    }

    /// The pinned hash of its transport key.
    pub(crate) fn transport(&self) -> Result<String, NodeError> {
        Ok(transport(&self.folder, &Agreements::new())?.fingerprint().to_string())
    }
}

struct Pair(Arc<Ed25519KeyPair>);

impl Signer for Pair {
    fn sign(&self, message: &[u8]) -> [u8; 64] {
        signature(&self.0, message)
    }
}

/// The observer as the engine drives it.
struct Watcher {
    observer: Observer,
    agreement: Agreement,
    pair: Arc<Ed25519KeyPair>,
}

impl Watcher {
    fn open(
        agreement: &Agreement,
        name: &str,
        pair: Arc<Ed25519KeyPair>,
        shelf: &Shelved,
    ) -> Result<Self, SideError> {
        let unread = |error: &dyn std::error::Error| ShelfError(Chain(error).to_string());
        let mut newest = BTreeMap::new();
        for party in &agreement.parties {
            let note = shelf.newest_checkpoint(&party.code)?;
            newest.extend(note.map(|note| (party.code.clone(), note)));
        }
        let signer = Arc::new(Pair(Arc::clone(&pair)));
        let observer =
            Observer::open(agreement, name, signer, shelf, &newest).map_err(|error| unread(&error))?;
        Ok(Self { observer, agreement: agreement.clone(), pair })
    }
}

impl Actor for Watcher {
    /// `None` for who is no party: nothing is taken from it.
    type Link = Option<ObserverLink>;

    /// A witness's partners are the parties: the audience names which.
    fn link(&self, audience: &Audience) -> Option<ObserverLink> {
        match audience {
            Audience::Witness(party) => party.parse().ok().map(ObserverLink::new),
            Audience::Partner => None,
        }
    }
    fn receive(
        &mut self,
        link: &mut Option<ObserverLink>,
        message: Message,
        now: Instant,
    ) -> Result<(), Fault> {
        let link = link.as_mut().ok_or(Fault::NotYours)?;
        self.observer.receive(link, message, now).map_err(|error| match error {
            ObserverError::Mirror(error) => Fault::Mirror(error),
            _ => Fault::NotYours,
        })
    }
    fn pump(
        &mut self,
        link: &mut Option<ObserverLink>,
        _: &Shelved,
        now: Instant,
    ) -> Result<Vec<Outgoing>, SideError> {
        Ok(link.as_mut().and_then(|link| self.observer.pump(link, now, false)).into_iter().collect())
    }
    fn beat(&mut self, link: &mut Option<ObserverLink>, now: Instant) -> Result<Vec<Outgoing>, SideError> {
        Ok(link.as_mut().and_then(|link| self.observer.pump(link, now, true)).into_iter().collect())
    }
    fn review(&mut self, _: &Shelved, _: Instant) -> Result<(), SideError> {
        Ok(())
    }
    fn take_draft(&mut self) -> Draft {
        self.observer.take_draft()
    }
    fn committed(&mut self) {
        self.observer.committed();
    }
    /// A witness sends no item, so the gate keeps nothing of it back.
    fn resend(_: &mut Option<ObserverLink>) {}
    fn replay(&self, shelf: &Shelved) -> Result<Self, SideError> {
        Self::open(&self.agreement, self.observer.name(), Arc::clone(&self.pair), shelf)
    }
}

/// Starts answering the parties on `bound`, within a runtime; log directories are kept until `stop`.
pub(crate) fn start(
    keys: &WitnessKeys,
    agreement: &Agreement,
    bound: Bound,
    stop: Arc<AtomicBool>,
) -> Result<std::thread::JoinHandle<()>, NodeError> {
    let store = Arc::new(ExchangeStore::open(&keys.folder, None)?);
    let shelf = Shelved { store: Arc::clone(&store), agreement: agreement.id.clone() };
    let watcher = Watcher::open(agreement, &keys.name, Arc::clone(&keys.pair), &shelf)
        .map_err(|error| NodeError::Exchange(Chain(&error).to_string()))?;
    let gate = Arc::new(Gate::new());
    let runtime = tokio::runtime::Handle::current();
    let proofs = keys.folder.join("exchange").join(agreement.id.as_str());
    let engine =
        Engine::start(agreement.id.clone(), watcher, shelf, Arc::clone(&gate), proofs, runtime, |_| {});
    let board = Arc::new(Switchboard::default());
    let mut pins = BTreeSet::new();
    let mut directories = Vec::new();
    for party in &agreement.parties {
        let key = fingerprint(&party.keys.transport)?;
        pins.insert(key);
        let audience = Audience::Witness(party.code.to_string());
        board.route(key, Route { sink: engine.clone(), audience, partner: Arc::default() });
        let folder = super::log_folder(&keys.folder, &agreement.id, &party.code);
        directories.push(Directory::new(
            Arc::clone(&store),
            agreement.id.clone(),
            party.code.clone(),
            folder,
            false,
        )?);
    }
    let endpoint = Endpoint::new(
        transport(&keys.folder, &Agreements::new())?,
        Pins::new(pins),
        gate,
        Limits::default(),
        board,
    )
    .map_err(|error| NodeError::Exchange(Chain(&error).to_string()))?;
    tokio::spawn(Arc::new(endpoint).serve(bound.listener()?));
    Ok(std::thread::spawn(move || super::keep_published(directories, &stop)))
}
