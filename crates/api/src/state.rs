//! What every request needs: the store, the live picture, the keys, the clock. Passed in by `node`.

use std::sync::Arc;

use bitacora_ledger::VerifierKey;
use bitacora_primitives::{Instant, OfficerId};
use bitacora_store::{Store, StoreError};

use crate::accounts::{Accounts, Tools};
use crate::exchange::Exchange;
use crate::live::Live;
use crate::log::Log;
use crate::port::Screening;
use crate::routes::Desk;
use crate::shapes::NodeName;

/// Signing keys, which live in `node`. An error while signing is a refusal of the act.
pub trait Keys: Send + Sync {
    /// Signs with the officer's own key.
    fn sign_as(&self, officer: OfficerId, message: &[u8]) -> Result<[u8; 64], KeysError>;
    /// Signs a checkpoint with the node's log key.
    fn sign_log(&self, message: &[u8]) -> Result<[u8; 64], KeysError>;
    /// The log's origin and public key.
    fn log_key(&self) -> VerifierKey;
    /// Fresh randomness for salts, ids and session tokens.
    fn random(&self) -> Result<[u8; 32], KeysError>;
}

#[derive(Debug, thiserror::Error)]
#[error("key `{key}` cannot be used: {why}")]
pub struct KeysError {
    pub key: String,
    pub why: String,
}

#[derive(Clone)]
pub struct AppState {
    pub store: Arc<Store>,
    pub live: Arc<Live>,
    pub keys: Arc<dyn Keys>,
    pub node: NodeName,
    pub version: Arc<str>,
    /// The wall clock.
    pub now: fn() -> Instant,
    /// Host names under which the page may be asked for, without port; loopback names are always allowed.
    pub hosts: Arc<[String]>,
    pub(crate) log: Arc<Log>,
    pub(crate) port: Arc<Screening>,
    pub(crate) accounts: Arc<Accounts>,
    /// Absent where the node has no agreement.
    pub(crate) desk: Option<Arc<Desk>>,
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppState").field("node", &self.node).finish_non_exhaustive()
    }
}

impl AppState {
    pub fn new(
        store: Arc<Store>,
        live: Arc<Live>,
        keys: Arc<dyn Keys>,
        node: NodeName,
        version: &str,
        now: fn() -> Instant,
        hosts: Vec<String>,
    ) -> Self {
        let (log, port) = (Arc::new(Log::default()), Arc::new(Screening::default()));
        let version = version.into();
        let accounts = Arc::new(Accounts::new(Tools {
            read: |file, _| Err(format!("`{}` is not read here", file.format)),
            report: |_, _| Err("no report is drawn up here".to_owned()),
        }));
        Self { store, live, keys, node, version, now, hosts: hosts.into(), log, port, accounts, desk: None }
    }

    /// With the reader of files that the accounts import, and what draws up their report.
    #[must_use]
    pub fn with_accounts(self, tools: Tools) -> Self {
        Self { accounts: Arc::new(Accounts::new(tools)), ..self }
    }

    /// With the agreements of this node.
    #[must_use]
    pub fn with_exchange(self, exchange: Option<Arc<dyn Exchange>>) -> Self {
        Self { desk: exchange.map(|exchange| Arc::new(Desk::new(exchange))), ..self }
    }

    /// Runs blocking store work off the async threads.
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, crate::error::ApiError> {
        let store = Arc::clone(&self.store);
        Ok(tokio::task::spawn_blocking(move || work(&store)).await??)
    }
}
