//! The exchange as the API and the control socket ask for it. A stop shuts the gate here, in the asker's own thread,
//! before it waits for anyone.

use std::sync::Arc;
use std::time::Instant as Moment;

use bitacora_api::Keys;
use bitacora_api::exchange::{Act, Exchange, ExchangeError, Look, Offerable, PeerState, Stopped};
use bitacora_exchange::SideError;
use bitacora_exchange::record::{Approval, Notice, statement_bytes};
use bitacora_exchange::side::Stop;
use bitacora_primitives::markings::{AgreementId, PartyCode};
use bitacora_primitives::{Instant, OfficerId, Originator, Releasable, SuspensionId};
use bitacora_store::{LeadFilter, Store};

use crate::clock;
use crate::exchange::engine::EngineError;
use crate::exchange::unlogged::{Unlogged, UnloggedStops};
use crate::exchange::{Exchanges, Standing};
use crate::keys::KeyFolder;
use crate::random;

/// Accepted leads that can be offered, newest first.
const OFFERABLE: usize = 200;

#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) exchanges: Exchanges,
    pub(crate) store: Arc<Store>,
    pub(crate) keys: Arc<KeyFolder>,
    pub(crate) originator: Originator,
    pub(crate) unlogged: UnloggedStops,
}

impl Desk {
    fn standing(&self, id: &AgreementId) -> Result<&Standing, ExchangeError> {
        self.exchanges.standing.get(id).ok_or_else(|| ExchangeError::UnknownAgreement(id.clone()))
    }
}

fn told(error: EngineError) -> ExchangeError {
    match error {
        EngineError::Side(error) => ExchangeError::Side(error),
        EngineError::NotStored(why) => ExchangeError::NotStored(why),
        EngineError::Stopping => ExchangeError::Stopping,
    }
}

impl Exchange for Desk {
    fn me(&self) -> PartyCode {
        self.originator.party.clone()
    }

    fn agreements(&self) -> Vec<AgreementId> {
        self.exchanges.standing.keys().cloned().collect()
    }

    fn look(&self, agreement: &AgreementId, look: Look<'_>) -> Result<(), ExchangeError> {
        let standing = self.standing(agreement)?;
        look(&standing.engine.look().side, &standing.shelf);
        Ok(())
    }

    fn act(&self, agreement: &AgreementId, act: Act) -> Result<(), ExchangeError> {
        let engine = &self.standing(agreement)?.engine;
        engine.act(move |party, shelf, now| act(&mut party.side, shelf, now)).map_err(told)
    }

    fn stop(
        &self,
        agreement: &AgreementId,
        officer: OfficerId,
        stop: Stop,
    ) -> Result<Stopped, ExchangeError> {
        let standing = self.standing(agreement)?;
        let asked = Moment::now();
        let entropy = random::bytes().map_err(|error| ExchangeError::Key(error.to_string()))?;
        let mut notice = stop.notice(agreement, &standing.me, entropy, clock::now());
        let closure = notice.closure();
        // INVARIANT: suspension takes effect before its call returns, and waits for no partner, proof or disk.
        self.exchanges.gate.close(closure.clone());
        let gate_closed_us = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
        // Signed is when it was shut, not when it was asked for: a claim must not be earlier than the fact.
        let gate_closed = clock::now();
        notice.gate_closed = gate_closed;
        self.exchanges.tally.watch(closure);
        self.exchanges.endpoint.reset_shut();
        let suspension = notice.suspension;
        let logged = self.sign_stop(officer, &notice).and_then(|approval| {
            let logged = self.log_stop(standing, notice.clone(), approval.clone());
            if matches!(logged, Err(ExchangeError::NotStored(_) | ExchangeError::Stopping)) {
                self.unlogged.keep(Unlogged { notice, approval });
            }
            logged
        });
        let (leaf, leaf_durable) = match logged {
            Ok(leaf) => (Some(leaf), Some(clock::now())),
            // Whoever signed may not stop this agreement: it was no stop, and nothing stays shut for it.
            Err(error @ ExchangeError::Side(SideError::Finding(_))) => {
                self.exchanges.gate.resume(suspension, None);
                self.exchanges.tally.narrow(suspension, None);
                return Err(error);
            }
            Err(error) => {
                tracing::error!(%agreement, %suspension, %error, "stopped, not yet logged: the gate stays shut");
                (None, None)
            }
        };
        Ok(Stopped { suspension, gate_closed, gate_closed_us, leaf, leaf_durable })
    }

    fn partner_state(&self, agreement: &AgreementId) -> Result<PeerState, ExchangeError> {
        let partner = &self.standing(agreement)?.partner;
        Ok(PeerState { connected: partner.links() > 0, ever: partner.ever() })
    }

    fn writes_since(&self, suspension: &SuspensionId) -> u64 {
        self.exchanges.tally.since(*suspension)
    }

    fn checkpoints(
        &self,
        agreement: &AgreementId,
        party: &PartyCode,
        above: u64,
    ) -> Result<Vec<(u64, String)>, ExchangeError> {
        let store = &self.standing(agreement)?.shelf.store;
        let kept = store.checkpoints(agreement.as_str(), party.as_str(), above);
        let kept = kept.map_err(|error| ExchangeError::NotStored(error.to_string()))?;
        Ok(kept.into_iter().map(|kept| (kept.size, kept.note)).collect())
    }

    fn offerable(&self) -> Result<Vec<Offerable>, ExchangeError> {
        let filter = LeadFilter {
            states: Some(vec!["accepted".to_owned()]),
            limit: OFFERABLE,
            ..LeadFilter::default()
        };
        let leads = self.store.leads(&filter).map_err(|error| ExchangeError::NotStored(error.to_string()))?;
        Ok(leads.into_iter().filter_map(|row| self.offered(&row)).collect())
    }

    fn sign(&self, officer: OfficerId, statement: &[u8]) -> Result<[u8; 64], ExchangeError> {
        self.keys.sign_as(officer, statement).map_err(|error| ExchangeError::Key(error.to_string()))
    }
}

impl Desk {
    /// Before anyone connects: a stop that was made and not logged before the last end is in force.
    pub(crate) fn keep_stopped(&self) {
        for stop in self.unlogged.all() {
            self.exchanges.gate.close(stop.notice.closure());
        }
    }

    /// Tries again to log stops that the disk would not take.
    pub(crate) fn log_late(&self) {
        for Unlogged { notice, approval } in self.unlogged.all() {
            let agreement = notice.agreement.clone();
            let Some(standing) = self.exchanges.standing.get(&agreement) else { continue };
            let suspension = notice.suspension;
            let logged = standing.engine.look().side.own().suspensions().contains_key(&suspension);
            if logged {
                self.unlogged.forget(suspension);
            } else if let Ok(leaf) = self.log_stop(standing, notice, approval) {
                tracing::warn!(%agreement, leaf, "a stop made earlier is in the log now");
                self.unlogged.forget(suspension);
            }
        }
    }

    fn sign_stop(&self, officer: OfficerId, notice: &Notice) -> Result<Approval, ExchangeError> {
        let message = statement_bytes(notice).map_err(|error| ExchangeError::Key(error.to_string()))?;
        Ok(Approval { officer, signature: self.sign(officer, &message)? })
    }

    fn log_stop(
        &self,
        standing: &Standing,
        notice: Notice,
        approval: Approval,
    ) -> Result<u64, ExchangeError> {
        let (tell, leaf) = std::sync::mpsc::channel();
        let step = move |party: &mut crate::exchange::party::Party, _: &_, now: Instant| {
            party.side.suspend(notice, vec![approval], now).map(|leaf| {
                // The asker may have gone: the stop stands all the same.
                tell.send(leaf).ok();
            })
        };
        standing.engine.act(step).map_err(told)?;
        leaf.recv().map_err(|_| ExchangeError::Stopping)
    }

    fn offered(&self, row: &bitacora_store::LeadRow) -> Option<Offerable> {
        let lead: bitacora_leads::Lead = serde_json::from_str(&row.lead.body).ok()?;
        Some(Offerable { label: row.number.clone(), offer: lead.offer(&self.originator) })
    }
}
