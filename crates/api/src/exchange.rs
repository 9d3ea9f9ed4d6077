//! What the API asks of the exchange, whose threads, keys and store live in `node`. Looking never waits for a disk;
//! an act returns when it is durable; a stop shuts the gate before anything else.

use std::sync::mpsc;

use bitacora_exchange::side::Stop;
use bitacora_exchange::{Shelf, Side, SideError};
use bitacora_primitives::markings::{AgreementId, PartyCode};
use bitacora_primitives::{Instant, Offer, OfficerId};

/// Why the exchange did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    #[error("there is no agreement `{0}` at this node")]
    UnknownAgreement(AgreementId),
    #[error(transparent)]
    Side(#[from] SideError),
    /// Nothing of it happened, and the gate stays as it is, or shut.
    #[error("the exchange's store cannot be written: {0}")]
    NotStored(String),
    #[error("the officer's key cannot be used: {0}")]
    Key(String),
    #[error("the exchange is stopping")]
    Stopping,
}

/// What a look sees.
pub type Look<'a> = Box<dyn FnOnce(&Side, &dyn Shelf) + 'a>;
/// What an act changes. Its result is told when it is durable.
pub type Act = Box<dyn FnOnce(&mut Side, &dyn Shelf, Instant) -> Result<(), SideError> + Send>;

/// A stop, with its three times apart. The partner's is read from its log later.
#[derive(Clone, PartialEq, Debug)]
pub struct Stopped {
    pub suspension: bitacora_primitives::SuspensionId,
    pub gate_closed: Instant,
    /// From the call to the shut gate.
    pub gate_closed_us: u64,
    /// `None`: stopped, not yet logged. The gate stays shut.
    pub leaf: Option<u64>,
    pub leaf_durable: Option<Instant>,
}

/// One connection's or witness's state, for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PeerState {
    pub connected: bool,
    pub ever: bool,
}

/// A thing of this node that could be released, with what people call it.
#[derive(Clone, PartialEq, Debug)]
pub struct Offerable {
    pub label: String,
    pub offer: Offer,
}

pub trait Exchange: Send + Sync {
    fn me(&self) -> PartyCode;
    fn agreements(&self) -> Vec<AgreementId>;
    fn look(&self, agreement: &AgreementId, look: Look<'_>) -> Result<(), ExchangeError>;
    fn act(&self, agreement: &AgreementId, act: Act) -> Result<(), ExchangeError>;
    /// Shuts the gate, then signs, records and stores. Errs only where nothing was stopped.
    fn stop(&self, agreement: &AgreementId, officer: OfficerId, stop: Stop)
    -> Result<Stopped, ExchangeError>;
    fn partner_state(&self, agreement: &AgreementId) -> Result<PeerState, ExchangeError>;
    /// Writes that started since this suspension's gate was shut, of its scope. 0, or the gate is broken.
    fn writes_since(&self, suspension: &bitacora_primitives::SuspensionId) -> u64;
    /// Cosigned checkpoints of a party's log above a size: (size, signed note).
    fn checkpoints(
        &self,
        agreement: &AgreementId,
        party: &PartyCode,
        above: u64,
    ) -> Result<Vec<(u64, String)>, ExchangeError>;
    /// What this node could offer now: accepted leads and the like.
    fn offerable(&self) -> Result<Vec<Offerable>, ExchangeError>;
    /// An officer's signature over a statement.
    fn sign(&self, officer: OfficerId, statement: &[u8]) -> Result<[u8; 64], ExchangeError>;
}

impl dyn Exchange {
    /// A look with a result.
    pub fn see<T>(
        &self,
        agreement: &AgreementId,
        look: impl FnOnce(&Side, &dyn Shelf) -> T,
    ) -> Result<T, ExchangeError> {
        let mut seen = None;
        self.look(agreement, Box::new(|side, shelf| seen = Some(look(side, shelf))))?;
        seen.ok_or(ExchangeError::Stopping)
    }

    /// An act with a result.
    pub fn carry_out<T: Send + 'static>(
        &self,
        agreement: &AgreementId,
        act: impl FnOnce(&mut Side, &dyn Shelf, Instant) -> Result<T, SideError> + Send + 'static,
    ) -> Result<T, ExchangeError> {
        let (tell, told) = mpsc::channel();
        self.act(
            agreement,
            Box::new(move |side, shelf, now| {
                act(side, shelf, now).map(|result| {
                    // The asker may have gone: the act stands all the same.
                    drop(tell.send(result));
                })
            }),
        )?;
        told.recv().map_err(|_| ExchangeError::Stopping)
    }
}
