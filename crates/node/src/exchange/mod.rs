//! The exchange at this node: agreements in force, their engines, keys and links, and the log directories that others
//! verify. The gate is shared by all of them.

pub(crate) mod carried;
pub(crate) mod control;
pub(crate) mod desk;
pub(crate) mod engine;
pub(crate) mod installed;
pub(crate) mod keyring;
pub(crate) mod links;
pub(crate) mod party;
pub(crate) mod publish;
pub(crate) mod renewal;
pub(crate) mod request;
pub(crate) mod rounds;
pub(crate) mod settings;
pub(crate) mod shelf;
pub(crate) mod tally;
pub(crate) mod transport;
pub(crate) mod unlogged;
pub(crate) mod witness;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bitacora_exchange::side::Audience;
use bitacora_exchange::{Gate, Secrets};
use bitacora_peer::{Counter, Endpoint, Limits, Observer, Pins};
use bitacora_primitives::Originator;
use bitacora_primitives::markings::{AgreementId, Handling, PartyCode};
use bitacora_store::ExchangeStore;

use crate::bound::Bound;
use crate::error::NodeError;
use crate::exchange::engine::Engine;
use crate::exchange::installed::{Agreements, put_in_force, whose};
use crate::exchange::keyring::Keyring;
use crate::exchange::links::{Presence, Route, Switchboard};
use crate::exchange::party::Party;
use crate::exchange::publish::Directory;
use crate::exchange::settings::Settings;
use crate::exchange::shelf::Shelved;
use crate::exchange::tally::Tally;
use crate::exchange::transport::{fingerprint, revoked, transport};

/// How often log directories are brought up to date.
const PUBLISH_EVERY: std::time::Duration = std::time::Duration::from_millis(250);

/// One agreement at work.
pub(crate) struct Standing {
    pub(crate) me: PartyCode,
    pub(crate) engine: Arc<Engine<Party>>,
    pub(crate) shelf: Shelved,
    pub(crate) keys: Arc<Keyring>,
    pub(crate) partner: Arc<Presence>,
}

pub(crate) struct Exchanges {
    pub(crate) folder: PathBuf,
    pub(crate) gate: Arc<Gate>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) standing: BTreeMap<AgreementId, Standing>,
    pub(crate) endpoint: Arc<Endpoint<Switchboard>>,
    /// Held while this process drives the logs: two writers would make two histories.
    _lock: File,
}

impl std::fmt::Debug for Exchanges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exchanges").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Where the two logs of an agreement lie, and where the partner's copy.
pub(crate) fn log_folder(data: &Path, agreement: &AgreementId, party: &PartyCode) -> PathBuf {
    data.join("exchange").join(agreement.as_str()).join(party.as_str())
}

/// One process drives a data folder's exchange.
pub(crate) fn lock(data: &Path) -> Result<File, NodeError> {
    let path = data.join("exchange.lock");
    let file = File::create(&path).map_err(NodeError::file(&path, "created"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(NodeError::Exchange("another process drives it".to_owned())),
        Err(TryLockError::Error(cause)) => Err(NodeError::file(path, "locked")(cause)),
    }
}

impl Exchanges {
    /// Opens every agreement of the data folder: replays its logs, and opens its gate only then.
    pub(crate) fn open(
        data: &Path,
        agreements: Agreements,
        database: Option<&str>,
        settings: &Settings,
        runtime: &tokio::runtime::Handle,
        changed: Arc<dyn Fn(&Party) + Send + Sync>,
    ) -> Result<Self, NodeError> {
        let lock = lock(data)?;
        let store = Arc::new(ExchangeStore::open(data, database)?);
        let gate = Arc::new(Gate::new());
        let tally = Arc::new(Tally::default());
        let board = Arc::new(Switchboard::default());
        let mut pins = BTreeSet::new();
        let mut standing = BTreeMap::new();
        let identity = transport(data, &agreements)?;
        for (id, installed) in agreements {
            let Some(first) = installed.first().cloned() else { continue };
            let keys = Arc::new(Keyring::open(data, &id)?);
            let me = whose(&first, &keys)?;
            let other = first.partner_of(&me).map_err(|error| NodeError::Exchange(error.to_string()))?;
            let transports = installed.transports(&other.code)?;
            let shelf = Shelved { store: Arc::clone(&store), agreement: id.clone() };
            let party = Party::open(
                &first,
                me.clone(),
                Arc::clone(&gate),
                Arc::clone(&keys) as Arc<dyn Secrets>,
                Arc::clone(&tally),
                &shelf,
            )
            .map_err(|error| NodeError::Exchange(error.to_string()))?;
            let told = Arc::clone(&changed);
            let engine = Engine::start(
                id.clone(),
                party,
                shelf.clone(),
                Arc::clone(&gate),
                data.join("exchange").join(id.as_str()),
                runtime.clone(),
                move |party: &Party| told(party),
            );
            put_in_force(&engine, installed)?;
            let partner = Arc::new(Presence::default());
            for key in transports {
                pins.insert(key);
                let audience = Audience::Partner;
                board.route(key, Route { sink: engine.clone(), audience, partner: Arc::clone(&partner) });
            }
            for witness in settings.witnesses.iter().filter(|one| one.agreement == id) {
                let key = fingerprint(&witness.transport)?;
                pins.insert(key);
                let audience = Audience::Witness(witness.name.clone());
                board.route(key, Route { sink: engine.clone(), audience, partner: Arc::default() });
            }
            standing.insert(id, Standing { me, engine, shelf, keys, partner });
        }
        for key in revoked(data)? {
            pins.remove(&key);
        }
        let counter = Arc::new(Counter::observed_by(Arc::clone(&tally) as Arc<dyn Observer>));
        let endpoint = Endpoint::counted(
            identity,
            Pins::new(pins),
            Arc::clone(&gate),
            Limits::default(),
            board,
            counter,
        )
        .map_err(|error| NodeError::Exchange(error.to_string()))?;
        Ok(Self { folder: data.to_owned(), gate, tally, standing, endpoint: Arc::new(endpoint), _lock: lock })
    }

    /// Answers partners on `bound`, and dials those that have an address.
    pub(crate) fn connect(&self, settings: &Settings, bound: Option<Bound>) -> Result<(), NodeError> {
        if let Some(bound) = bound {
            tokio::spawn(Arc::clone(&self.endpoint).serve(bound.listener()?));
        }
        for partner in &settings.partners {
            let keys = BTreeSet::from([fingerprint(&partner.transport)?]);
            let (endpoint, address) = (Arc::clone(&self.endpoint), partner.dial.clone());
            tokio::spawn(async move { endpoint.dial(&address, keys, chance).await });
        }
        Ok(())
    }

    /// How this node marks what it offers: its own party, and releasable to its partners.
    pub(crate) fn originator(&self, settings: &Settings) -> Result<Originator, NodeError> {
        let pairs = self.standing.values().map(|one| {
            let partner = one.engine.look().side.partner_code().clone();
            (one.me.clone(), partner)
        });
        originator(pairs, settings).ok_or_else(|| NodeError::Exchange("no agreement is in force".to_owned()))
    }

    /// Keeps the log directories up to date, on a thread of its own, until `stop`.
    pub(crate) fn publish(&self, stop: Arc<AtomicBool>) -> Result<std::thread::JoinHandle<()>, NodeError> {
        let mut directories = Vec::new();
        for (id, standing) in &self.standing {
            let partner = standing.engine.look().side.partner_code().clone();
            for party in [standing.me.clone(), partner] {
                let folder = log_folder(&self.folder, id, &party);
                let store = Arc::clone(&standing.shelf.store);
                directories.push(Directory::new(store, id.clone(), party, folder, true)?);
            }
        }
        Ok(std::thread::spawn(move || keep_published(directories, &stop)))
    }
}

/// How a node marks its own things, from its own party and the partner under each agreement; `None` without any.
pub(crate) fn originator(
    pairs: impl IntoIterator<Item = (PartyCode, PartyCode)>,
    settings: &Settings,
) -> Option<Originator> {
    let (mine, partners): (Vec<PartyCode>, BTreeSet<PartyCode>) = pairs.into_iter().unzip();
    let party = mine.into_iter().next()?;
    let releasable_to = partners.into_iter().chain([party.clone()]).collect();
    // AIS is what a vessel says of itself: a source usually reliable, a content possibly true (AJP-2.1, B and 3).
    let grading = settings.marks.grading.or_else(|| "B3".parse().ok())?;
    let handling = Handling { tlp: settings.marks.tlp, codes: BTreeSet::new(), releasable_to };
    Some(Originator { party, grading, handling })
}

/// Until told to stop, and once more after that: what was cosigned last is published too.
pub(crate) fn keep_published(mut directories: Vec<Directory>, stop: &AtomicBool) {
    loop {
        let last = stop.load(Ordering::Relaxed);
        for directory in &mut directories {
            if let Err(error) = directory.bring_up_to_date() {
                tracing::error!(error = %engine::Chain(&error), "a log's directory is not up to date, the next turn tries again");
            }
        }
        if last {
            return;
        }
        std::thread::sleep(PUBLISH_EVERY);
    }
}

/// A number from 0 to 1, so that nodes cut off together do not come back together.
fn chance() -> f64 {
    let bytes = crate::random::bytes().unwrap_or_default();
    let [first, second, ..] = bytes;
    f64::from(u16::from_be_bytes([first, second])) / f64::from(u16::MAX)
}
