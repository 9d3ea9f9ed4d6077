//! What the backlog would come to if a scope were resumed: the same decision as after the act, over a policy set
//! without what would be resumed. Changes nothing, and promises nothing: time goes on until the second signature.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bitacora_exchange::area::areas_of;
use bitacora_exchange::history::{Stage, Suspended};
use bitacora_exchange::record::Held;
use bitacora_exchange::{Agreement, Closure, Tags};
use bitacora_policy::{Act, Decision, PolicySet, ReasonCode, Request, Rule, SuspensionRule, SuspensionScope};
use bitacora_primitives::markings::{ClauseId, FieldName, ItemKind, PartyCode};
use bitacora_primitives::{Instant, SuspensionId};

use super::Scene;
use super::flows::closures;
use crate::error::ApiError;

/// Everything that the decision is made of, taken in one look, so that deciding holds nobody up.
pub(super) struct Rehearsal {
    agreement: Arc<Agreement>,
    me: PartyCode,
    rules: Vec<SuspensionRule>,
    pub(super) closures: Vec<Closure>,
    pub(super) backlog: Vec<Held>,
    volume: BTreeMap<ClauseId, u32>,
    now: Instant,
}

/// What would become of one held item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    Goes,
    TooOld,
    Refused,
    StillHeld,
}

impl Rehearsal {
    pub(super) fn new(
        scene: Scene<'_>,
        suspension: SuspensionId,
        scope: &SuspensionScope,
    ) -> Result<Self, ApiError> {
        let own = scene.side.own();
        let whole = *scope == SuspensionScope::default();
        let standing = |one: &&Suspended| {
            one.ended.is_none() && one.resumptions.is_empty() && one.notice.suspension != suspension
        };
        let rules = own.suspensions().values().chain(own.seen().values()).filter(standing);
        let rules = rules
            .map(|one| SuspensionRule {
                id: one.notice.suspension,
                scope: one.notice.scope.clone(),
                exceptions: one.notice.exceptions.clone(),
                reason: one.notice.reason.clone(),
            })
            .collect();
        let mut closures = closures(scene.desk, scene.side);
        closures.retain(|closure| closure.id != suspension || !whole);
        for closure in closures.iter_mut().filter(|closure| closure.id == suspension) {
            closure.resumed.push(scope.clone());
        }
        let mut backlog: Vec<Held> = own.held().values().cloned().collect();
        for (id, _) in own.releases().iter().filter(|(_, state)| state.stage == Stage::Cut) {
            let Some(text) = scene.shelf.offer(id)? else { continue };
            let Ok(held) = serde_json::from_str::<Held>(&text) else { continue };
            // Offered again after an earlier resumption, it is no backlog any more.
            if own.went(&held.offer.id, held.offer.revision, &held.to, held.purpose).is_none() {
                backlog.push(held);
            }
        }
        Ok(Self {
            agreement: Arc::new(scene.agreement.clone()),
            me: scene.side.me().clone(),
            rules,
            closures,
            backlog,
            volume: own.volume(scene.now.day()),
            now: scene.now,
        })
    }

    pub(super) fn agreement(&self) -> &Agreement {
        &self.agreement
    }

    /// The outcome of each item of the backlog, in order.
    pub(super) fn play(&self) -> Vec<Outcome> {
        // A set that does not compile refuses everything, as it would then.
        let policy = self.agreement.compile(&self.rules).ok();
        self.backlog.iter().map(|held| self.outcome(policy.as_ref(), held)).collect()
    }

    fn outcome(&self, policy: Option<&PolicySet>, held: &Held) -> Outcome {
        let Some(policy) = policy else { return Outcome::Refused };
        let areas = areas_of(&self.agreement.areas, held.offer.position);
        let offer = &held.offer;
        let mut fields: BTreeSet<FieldName> = offer.fields.keys().cloned().collect();
        if offer.kind == ItemKind::Distress && offer.position.is_some() {
            fields.extend("position".parse::<FieldName>());
        }
        // Officers signed under a version; under another they must sign again.
        let signed = if held.version == self.agreement.version { held.approvals.len() } else { 0 };
        let decision = policy.decide(&Request {
            act: Act::Release,
            from: &self.me,
            to: &held.to,
            kind: offer.kind,
            originator: &offer.originator,
            areas: &areas,
            observed: offer.observed,
            grading: offer.grading,
            handling: &offer.handling,
            case: offer.case.as_deref(),
            fields: &fields,
            purpose: held.purpose.code(),
            derived_uses: &BTreeSet::new(),
            now: self.now,
            released_today: &self.volume,
            approvals: u8::try_from(signed).unwrap_or(u8::MAX),
            standing: held.standing,
            asset: held.asset.as_deref(),
            conditions_met: &BTreeSet::new(),
        });
        let Some(clause) = self.permitting(&decision) else {
            let too_old = decision.reasons.iter().any(|reason| reason.code == ReasonCode::OutsidePeriod);
            return match (too_old, decision.waits()) {
                (true, _) => Outcome::TooOld,
                (false, true) => Outcome::StillHeld,
                (false, false) => Outcome::Refused,
            };
        };
        let tags = Tags {
            agreement: self.agreement.id.clone(),
            from: self.me.clone(),
            to: held.to.clone(),
            kind: offer.kind,
            areas,
            purpose: held.purpose,
            clause,
        };
        if self.closures.iter().any(|closure| closure.stops(&tags)) {
            Outcome::StillHeld
        } else {
            Outcome::Goes
        }
    }

    fn permitting(&self, decision: &Decision) -> Option<ClauseId> {
        let permits = |id: &ClauseId| {
            let rule = self.agreement.clause(id).map(|clause| &clause.rule);
            matches!(rule, Some(Rule::Scope(_) | Rule::SafetyOfLife | Rule::CourtOrder { .. }))
        };
        let mut named = decision.reasons.iter().filter_map(|reason| reason.clause.parse().ok());
        decision.permits().then(|| named.find(permits)).flatten()
    }
}
