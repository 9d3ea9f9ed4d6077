//! Serving the page and the API until Ctrl-C, and what a node needs before it can: store, keys, live picture.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bitacora_api::exchange::Exchange;
use bitacora_api::shapes::{ClockMode, NodeName};
use bitacora_api::{AppState, Keys, Live, pulse, router};
use bitacora_primitives::Duration;
use bitacora_sea::Charts;
use bitacora_store::{Store, StoreError};

use crate::bound::Bound;
use crate::clock;
use crate::commands::VERSION;
use crate::commands::officer::log_origin;
use crate::config::Config;
use crate::error::NodeError;
use crate::exchange::desk::Desk;
use crate::exchange::party::Party;
use crate::exchange::unlogged::UnloggedStops;
use crate::exchange::{self, Exchanges};
use crate::keys::KeyFolder;
use crate::taxii;

/// A vessel not heard for longer than this before the archive's end is not on the first picture.
const FIRST_PICTURE: Duration = Duration::from_hours(2);

const HOUSE_EVERY: std::time::Duration = std::time::Duration::from_secs(60);
/// A part with fewer rows than this is worth merging.
const SMALL_PART_ROWS: u64 = 200_000;

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) config: Config,
    pub(crate) store: Arc<Store>,
    pub(crate) keys: Arc<KeyFolder>,
    pub(crate) live: Arc<Live>,
    pub(crate) charts: Arc<Charts>,
    pub(crate) stop: Arc<AtomicBool>,
}

impl Node {
    pub(crate) fn new(config: Config, store: Store, charts: Arc<Charts>) -> Result<Self, NodeError> {
        let keys = KeyFolder::open(store.folder(), &log_origin(&config))?;
        let store = Arc::new(store);
        let live = Arc::new(Live::default());
        live.looks_not_for(&charts.off());
        for identity in store.latest_identities()? {
            live.named(identity.mmsi, identity.name.as_deref(), identity.ship_type);
        }
        Ok(Self { config, store, keys, live, charts, stop: Arc::default() })
    }

    /// Shows the end of what is stored, until something newer comes.
    pub(crate) fn show_archive(&self) -> Result<(), NodeError> {
        let Some((_, end)) = self.store.archive_span()? else { return Ok(()) };
        for row in self.store.latest_positions(end, FIRST_PICTURE)? {
            if let Some(contact) = row.contact() {
                self.live.moved(&contact);
            }
        }
        self.live.set_clock(ClockMode::Still, 0.0, end);
        Ok(())
    }

    /// Opens the agreements of this node, if it has any: replayed logs, partners' links, published directories.
    fn open_exchange(&self, partners: Option<Bound>) -> Result<Option<Arc<Desk>>, NodeError> {
        let data = self.store.folder();
        let agreements = exchange::installed::installed(data)?;
        if agreements.is_empty() {
            return Ok(None);
        }
        let live = Arc::clone(&self.live);
        let changed = move |party: &Party| {
            let side = &party.side;
            live.publish(
                "exchange",
                &serde_json::json!({
                    "agreement": side.agreement_id(),
                    "size": side.durable(),
                    "partner_size": side.mirror().size(),
                    "what": "changed",
                }),
            );
        };
        let settings = &self.config.exchange;
        let runtime = tokio::runtime::Handle::current();
        let database = self.config.database.as_deref();
        let exchanges = Exchanges::open(data, agreements, database, settings, &runtime, Arc::new(changed))?;
        let originator = exchanges.originator(settings)?;
        let desk = Arc::new(Desk {
            exchanges,
            store: Arc::clone(&self.store),
            keys: Arc::clone(&self.keys),
            originator,
            unlogged: UnloggedStops::open(data)?,
        });
        desk.keep_stopped();
        desk.enrol_officers()?;
        desk.exchanges.connect(settings, partners)?;
        desk.exchanges.publish(Arc::clone(&self.stop))?;
        exchange::control::serve(data, Arc::clone(&desk))?;
        exchange::rounds::run(Arc::clone(&desk), Arc::clone(&self.stop));
        Ok(Some(desk))
    }

    /// Serves the page, and partners where an agreement is installed; `ready` is told the page's address.
    pub(crate) fn serve(
        &self,
        page: Bound,
        partners: Option<Bound>,
        ready: impl FnOnce(SocketAddr, Option<Arc<Desk>>) -> Result<(), NodeError>,
    ) -> Result<(), NodeError> {
        let address = page.address();
        let failed = |cause| NodeError::Bind { address, cause };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
        runtime.block_on(async {
            let listener = page.listener()?;
            let desk = self.open_exchange(partners)?;
            let state = AppState::new(
                Arc::clone(&self.store),
                Arc::clone(&self.live),
                Arc::clone(&self.keys) as Arc<dyn Keys>,
                NodeName { id: self.config.node.id.clone(), name: self.config.node.name.clone() },
                VERSION,
                clock::now,
                self.config.hosts.clone(),
            )
            .with_accounts(crate::commands::accounts::TOOLS)
            .with_exchange(desk.clone().map(|desk| desk as Arc<dyn Exchange>));
            tokio::spawn(pulse(state.clone()));
            tokio::spawn(keep_house(Arc::clone(&self.store)));
            let platforms =
                taxii::open(&self.config, &self.store, &self.keys, desk.clone(), &self.live, &self.stop)?;
            taxii::listener::listen(&self.config.taxii, self.store.folder(), platforms.clone()).await?;
            let routes = platforms.into_iter().fold(router(state), axum::Router::merge);
            let served = tokio::spawn(async move { axum::serve(listener, routes).await });
            ready(address, desk)?;
            // Open event streams never end by themselves, so the node ends without waiting for them: everything
            // acknowledged is already durable.
            tokio::select! {
                _ = interrupted() => {}
                _ = ended(&self.stop) => {}
                outcome = served => {
                    if let Ok(Err(cause)) = outcome {
                        return Err(failed(cause));
                    }
                }
            }
            self.stop.store(true, Ordering::Relaxed);
            Ok(())
        })
    }
}

/// Merges the small Parquet files that a live feed leaves, so that a day stays quick to read.
async fn keep_house(store: Arc<Store>) {
    let mut ticks = tokio::time::interval(HOUSE_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let store = Arc::clone(&store);
        let merged = tokio::task::spawn_blocking(move || {
            let Some((_, end)) = store.archive_span()? else { return Ok(()) };
            for day in [end.day() - 1, end.day()] {
                store.compact(day, SMALL_PART_ROWS)?;
                store.compact_receptions(day, SMALL_PART_ROWS)?;
                store.compact_statics(day, SMALL_PART_ROWS)?;
            }
            Ok::<(), StoreError>(())
        });
        match merged.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "files of rows are not merged, the next turn tries again")
            }
            Err(error) => tracing::error!(%error, "merging files of rows ended early"),
        }
    }
}

async fn ended(stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

pub(crate) async fn interrupted() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}
