//! TAXII 2.1 for the platforms of the node's own country: what the node shows them, by subject and agreement, and a
//! collection into which they put what they know. What leaves the node's own authority, to platforms of partners, is in
//! `partners` alone, and every page of it is the exchange's to decide. `remote/` polls other people's servers and pushes to them.

mod claims;
mod door;
mod filling;
mod inbox;
pub(crate) mod listener;
mod partners;
pub(crate) mod remote;
mod settings;
mod shelves;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::Router;
use bitacora_api::Live;
use bitacora_store::{Store, StoreError};
use bitacora_taxii::{ApiRoot, Limits, NextKey, Service, router};

pub(crate) use self::door::new_token;
pub(crate) use self::settings::{Platform, Settings};

use self::door::Door;
use self::inbox::Logged;
use self::partners::Partners;
use self::remote::Place;
use self::shelves::Shelves;
use crate::config::Config;
use crate::error::NodeError;
use crate::exchange::desk::Desk;
use crate::keys::KeyFolder;

/// The one API root: `/taxii2/node/`.
const ROOT: &str = "node";

/// Opens the collections: what is handed in is stored with the leaf that names it.
fn shelves(
    config: &Config,
    store: &Arc<Store>,
    keys: &Arc<KeyFolder>,
    desk: Option<Arc<Desk>>,
) -> Result<Arc<Shelves>, NodeError> {
    let shelf = store.taxii()?.admitting(Arc::new(Logged { keys: Arc::clone(keys) }));
    let writers: BTreeSet<String> =
        config.taxii.platforms.iter().filter(|one| one.write).map(|one| one.name.clone()).collect();
    let partners = Partners::of(&config.taxii.platforms, desk)?;
    Shelves::open(Arc::new(shelf), &config.node.id, writers, partners).map(Arc::new)
}

/// What a turn with a server works on. Without the desk nothing of it is shown to platforms of partners.
pub(crate) fn place(
    config: &Config,
    store: &Arc<Store>,
    keys: &Arc<KeyFolder>,
    desk: Option<Arc<Desk>>,
    stop: &Arc<AtomicBool>,
) -> Result<Place, NodeError> {
    let (log, keys, stop) = (Arc::clone(store), Arc::clone(keys), Arc::clone(stop));
    Ok(Place { shelves: shelves(config, &log, &keys, desk)?, log, keys, stop })
}

/// The routes, a thread that keeps the collections as the node's logs stand, and one for each server that is polled or
/// pushed to. `None` where no platform is let in.
pub(crate) fn open(
    config: &Config,
    store: &Arc<Store>,
    keys: &Arc<KeyFolder>,
    desk: Option<Arc<Desk>>,
    live: &Arc<Live>,
    stop: &Arc<AtomicBool>,
) -> Result<Option<Router>, NodeError> {
    let Settings { platforms, servers, .. } = &config.taxii;
    let folder = store.folder();
    remote::settings::check(config, folder)?;
    if platforms.is_empty() && servers.is_empty() {
        return Ok(None);
    }
    let door = Door::of(platforms)?;
    let place = place(config, store, keys, desk, stop)?;
    let shelves = Arc::clone(&place.shelves);
    claims::keep(Arc::clone(&shelves), Arc::clone(store), Arc::clone(live), Arc::clone(stop))?;
    if !platforms.is_empty() || servers.iter().any(|server| !server.push.is_empty()) {
        filling::keep(Arc::clone(&shelves), folder.to_owned(), config.database.clone(), Arc::clone(stop))?;
    }
    remote::keep(&place, servers)?;
    if platforms.is_empty() {
        return Ok(None);
    }
    let service = Service {
        title: config.node.name.clone(),
        description: None,
        contact: None,
        roots: vec![ApiRoot { name: ROOT.to_owned(), title: config.node.name.clone(), description: None }],
        limits: Limits::default(),
        next_key: NextKey::new(keys.secret("taxii")?),
    };
    Ok(Some(router(service, shelves, Arc::new(door))))
}

/// A collection's id: the same for the same name, whatever the order in which collections came.
fn collection_id(node: &str, alias: &str) -> String {
    let id = bitacora_stix::StixId::of("collection", &["taxii", node, alias]).to_string();
    id.trim_start_matches("collection--").to_owned()
}

/// What is told where a request could not be made: there were no random numbers for its id.
fn not_made(error: NodeError) -> bitacora_taxii::Refusal {
    bitacora_taxii::Refusal::Failed { cause: error.to_string() }
}

/// What the log says of a failure of the store; the client is told nothing of it.
fn failed(error: &StoreError) -> bitacora_taxii::Refusal {
    match error {
        StoreError::Busy { .. } => bitacora_taxii::Refusal::Unavailable { retry_after_s: Some(1) },
        error => bitacora_taxii::Refusal::Failed { cause: error.to_string() },
    }
}
