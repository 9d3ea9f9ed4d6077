//! What the exchange does by itself, every second: officers who may sign are enrolled in the logs, and accepted leads
//! are offered to the standing flows. Each decision is the agreement's; this only asks.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bitacora_api::exchange::Exchange as _;
use bitacora_exchange::side::Asked;
use bitacora_policy::Rule;
use bitacora_primitives::Role;
use bitacora_primitives::markings::{AgreementId, ItemKind, PartyCode, Purpose};

use super::desk::Desk;
use super::engine::Chain;
use crate::error::NodeError;

const EVERY: Duration = Duration::from_secs(1);

/// Runs on a thread of its own until `stop`.
pub(crate) fn run(desk: Arc<Desk>, stop: Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut offered = BTreeSet::new();
        while !stop.load(Ordering::Relaxed) {
            desk.log_late();
            if let Err(error) = desk.enrol_officers().and_then(|()| desk.offer_standing(&mut offered)) {
                tracing::warn!(error = %Chain(&error), "the exchange's round is not complete, the next turn tries again");
            }
            std::thread::sleep(EVERY);
        }
    })
}

/// What was offered already in this run: an item's revision under one flow.
pub(crate) type AlreadyOffered = BTreeSet<(AgreementId, String, u32, Purpose)>;

impl Desk {
    /// Release officers' signatures count under every agreement of this node.
    pub(crate) fn enrol_officers(&self) -> Result<(), NodeError> {
        for officer in self.store.officers()? {
            let Ok(role) = officer.role.parse::<Role>() else { continue };
            if role != Role::Release {
                continue;
            }
            for standing in self.exchanges.standing.values() {
                let known = standing.engine.look().side.own().officers().contains_key(&officer.id);
                if known {
                    continue;
                }
                let (id, name, key) = (officer.id, officer.name.clone(), officer.public_key);
                let enrolled = standing
                    .engine
                    .act(move |party, _, now| party.side.enrol(id, &name, role, &key, now).map(drop));
                enrolled.map_err(|error| NodeError::Exchange(error.to_string()))?;
            }
        }
        Ok(())
    }

    /// Offers accepted leads, of vessels and containers, where a clause of the agreement has a standing flow for them.
    pub(crate) fn offer_standing(&self, offered: &mut AlreadyOffered) -> Result<(), NodeError> {
        let failed = |error: bitacora_api::exchange::ExchangeError| NodeError::Exchange(error.to_string());
        let mut flows: Vec<(AgreementId, PartyCode, Purpose, BTreeSet<ItemKind>)> = Vec::new();
        for (id, standing) in &self.exchanges.standing {
            let party = standing.engine.look();
            let clauses = party.side.own().agreement().into_iter().flat_map(|agreement| &agreement.clauses);
            for clause in clauses {
                if let Rule::Scope(scope) = &clause.rule
                    && scope.standing
                    && scope.from == standing.me
                    && let Some(purpose) = scope.purposes.first()
                {
                    flows.push((id.clone(), scope.to.clone(), *purpose, scope.items.clone()));
                }
            }
        }
        if flows.is_empty() {
            return Ok(());
        }
        for one in self.offerable().map_err(failed)?.into_iter().rev() {
            let takes = |(_, _, _, items): &&(_, _, _, BTreeSet<ItemKind>)| items.contains(&one.offer.kind);
            for (agreement, to, purpose, _) in flows.iter().filter(takes) {
                let key = (agreement.clone(), one.offer.id.clone(), one.offer.revision, *purpose);
                if offered.contains(&key) {
                    continue;
                }
                let asked = Asked {
                    offer: one.offer.clone(),
                    to: to.clone(),
                    purpose: purpose.to_string(),
                    standing: true,
                    asset: None,
                    corrects: None,
                };
                let Some(standing) = self.exchanges.standing.get(agreement) else { continue };
                standing
                    .engine
                    .act(move |party, _, now| party.side.offer(asked, None, Vec::new(), now).map(drop))
                    .map_err(|error| NodeError::Exchange(error.to_string()))?;
                offered.insert(key);
            }
        }
        Ok(())
    }
}
