//! Deciding a request. Cedar's authoriser alone permits; what is worked out beside it, why a flow does not permit and
//! what an item must lose, can only refuse or explain.

use std::collections::BTreeSet;

use bitacora_primitives::Instant;
use bitacora_primitives::markings::{FieldName, Handling, ItemKind, Purpose};
use cedar_policy::{Authorizer, EvalResult, eval_expression};

use crate::clause::{Clause, Form};
use crate::compile::{Direction, Retained, ceiling_s, effective, merged};
use crate::decision::{Decision, Effect, Reason, ReasonCode};
use crate::facts::context;
use crate::request::{Act, Request};
use crate::set::{Ground, Parts, Permit, PolicySet};

/// 9999-12-31T23:59:59Z.
const LAST_SECOND: i64 = 253_402_300_799;

/// When whoever holds an item of this kind destroys it: the very second from which the retention clauses forbid it. None
/// where no clause says, or beyond the year 9999, which no text can tell.
pub fn retain_until(clauses: &[Clause], kind: ItemKind, observed: Instant) -> Option<Instant> {
    let retained: Vec<Retained> = clauses.iter().filter_map(|clause| Retained::of(&clause.rule)).collect();
    earliest(&retained, kind, observed)
}

fn earliest(retained: &[Retained], kind: ItemKind, observed: Instant) -> Option<Instant> {
    let listed = retained.iter().filter(|one| one.items.contains(&kind));
    let seconds = listed.map(|one| ceiling_s(observed).saturating_add(one.seconds)).min()?;
    (0..=LAST_SECOND).contains(&seconds).then(|| Instant::from_secs(seconds))
}

/// Something that should not happen did: a policy erred, or an answer contradicts another. Always a refusal.
struct Unclear {
    policies: Vec<String>,
}

/// What Cedar said of a request under one clause.
struct Answer {
    permitted: bool,
    forbidding: BTreeSet<String>,
}

impl PolicySet {
    /// Never errs, never panics: a doubt is a refusal with the code `decision_error`.
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        self.judge(request).unwrap_or_else(|unclear| {
            let mut policies = unclear.policies;
            if policies.is_empty() {
                policies.push(self.parts.base.as_str().to_owned());
            }
            let reason = |clause| Reason { clause, code: ReasonCode::DecisionError, until: None };
            self.refusal(request, policies.into_iter().map(reason).collect())
        })
    }

    fn judge(&self, request: &Request<'_>) -> Result<Decision, Unclear> {
        let parts = &self.parts;
        let nothing = || Unclear { policies: Vec::new() };
        if request.act == Act::Poll && !parts.waived {
            // The schema has no such act. What else stands against it is what stands against opening it.
            let opened = self.judge(&Request { act: Act::Open, ..*request })?;
            let clause = parts.agreement.to_string();
            let mut reasons = vec![Reason { clause, code: ReasonCode::ReceiptNotWaived, until: None }];
            if !opened.permits() {
                reasons.extend(opened.reasons);
            }
            return Ok(self.refusal(request, reasons));
        }
        let stays = |field: &&FieldName| !parts.removed.contains(*field);
        let leaving = parts.watched.intersection(request.fields).filter(stays);
        let context = context(request, &parts.names, &parts.counted, leaving).ok_or_else(nothing)?;
        let action = parts.actions.get(&request.act).ok_or_else(nothing)?;
        let principal = parts.names.party(request.to);
        // Held against the schema once; the requests below differ only in the clause they go under.
        let plain = cedar_policy::Request::new(
            principal.clone(),
            action.clone(),
            parts.names.clause(parts.base.as_str()),
            context.clone(),
            Some(&parts.schema),
        )
        .map_err(|_| nothing())?;

        let mut findings = Findings { parts, request: &plain, known: vec![None; parts.conditions.len()] };
        let mut forbidding = BTreeSet::new();
        let mut tried = false;
        for permit in parts.permits.iter().filter(|permit| self.leads(permit, request)) {
            let id = permit.flow.clause.as_str();
            if !findings.all_hold(&permit.conditions, id)? {
                continue;
            }
            tried = true;
            let under = cedar_policy::Request::new(
                principal.clone(),
                action.clone(),
                parts.names.clause(id),
                context.clone(),
                None,
            )
            .map_err(|_| nothing())?;
            let answer = self.ask(&under, Some(id))?;
            if answer.permitted {
                return self.permitted(request, permit, &mut findings);
            }
            if answer.forbidding.is_empty() {
                // The parts of the policy hold but the policy does not.
                return Err(Unclear { policies: vec![id.to_owned()] });
            }
            forbidding.extend(answer.forbidding);
        }
        if !tried {
            forbidding = self.ask(&plain, None)?.forbidding;
        }
        let reasons = self.against(request, &mut findings, &forbidding, tried)?;
        Ok(self.refusal(request, reasons))
    }

    /// INVARIANT: an error in any policy is a refusal. Cedar itself skips a forbid that errs.
    fn ask(&self, request: &cedar_policy::Request, under: Option<&str>) -> Result<Answer, Unclear> {
        let response = Authorizer::new().is_authorized(request, &self.parts.cedar, &self.parts.entities);
        let diagnostics = response.diagnostics();
        let erring: Vec<String> = diagnostics
            .errors()
            .map(|cedar_policy::AuthorizationError::PolicyEvaluationError(error)| {
                error.policy_id().to_string()
            })
            .collect();
        if !erring.is_empty() {
            return Err(Unclear { policies: erring });
        }
        let reasons: BTreeSet<String> = diagnostics.reason().map(|id| -> String { id.to_string() }).collect();
        match response.decision() {
            cedar_policy::Decision::Deny => Ok(Answer { permitted: false, forbidding: reasons }),
            // Only the policy of the clause asked for can have permitted.
            cedar_policy::Decision::Allow
                if under.is_some_and(|id| reasons.len() == 1 && reasons.contains(id)) =>
            {
                Ok(Answer { permitted: true, forbidding: BTreeSet::new() })
            }
            cedar_policy::Decision::Allow => Err(Unclear { policies: reasons.into_iter().collect() }),
        }
    }

    fn permitted(
        &self,
        request: &Request<'_>,
        permit: &Permit,
        findings: &mut Findings<'_>,
    ) -> Result<Decision, Unclear> {
        // INVARIANT: no purpose outside the closed list is ever permitted. Said a second time, without Cedar.
        let lawful = |purpose: &str| purpose.parse::<Purpose>().is_ok();
        if !lawful(request.purpose) || !request.derived_uses.iter().all(|purpose| lawful(purpose)) {
            return Err(Unclear { policies: vec![self.parts.base.as_str().to_owned()] });
        }
        let mut covered = false;
        for stop in &self.parts.stops {
            covered |= findings.holds(&stop.covers, &stop.id)?;
        }
        let flow = &permit.flow;
        let reason = Reason { clause: flow.clause.to_string(), code: flow.code, until: None };
        Ok(Decision {
            effect: Effect::Permit,
            exception: covered.then(|| flow.clause.clone()),
            form: effective(flow.form, request.kind),
            cut: self.parts.removed.union(&flow.cut).cloned().collect::<BTreeSet<FieldName>>(),
            ..self.answer(request, vec![reason])
        })
    }

    fn refusal(&self, request: &Request<'_>, mut reasons: Vec<Reason>) -> Decision {
        if reasons.is_empty() {
            let clause = self.parts.agreement.to_string();
            reasons.push(Reason { clause, code: ReasonCode::NoClause, until: None });
        }
        self.answer(request, reasons)
    }

    /// A refusal with everything that every answer has.
    fn answer(&self, request: &Request<'_>, reasons: Vec<Reason>) -> Decision {
        let parts = &self.parts;
        Decision {
            effect: Effect::Refuse,
            agreement: parts.agreement.clone(),
            version: parts.version,
            policy_set: parts.hash,
            reasons,
            exception: None,
            form: Form::default(),
            cut: BTreeSet::new(),
            handling: self.handling(request.handling),
            retain_until: earliest(&parts.retention, request.kind, request.observed),
        }
    }

    fn handling(&self, own: &Handling) -> Handling {
        self.parts.handling.as_ref().map_or_else(|| own.clone(), |clause| merged(own, clause))
    }

    /// What forbids, in the agreement's order and then the suspensions', and what each flow lacks.
    fn against(
        &self,
        request: &Request<'_>,
        findings: &mut Findings<'_>,
        forbidding: &BTreeSet<String>,
        tried: bool,
    ) -> Result<Vec<Reason>, Unclear> {
        let flows = if tried { Vec::new() } else { self.lacking(request, findings)? };
        let hopeless = !tried && !flows.iter().any(|flow| flow.iter().all(|reason| reason.code.can_lift()));
        let mut reasons = Vec::new();
        for prohibition in self.parts.prohibitions.iter().filter(|one| forbidding.contains(&one.id)) {
            // No signature helps where no flow would permit.
            if prohibition.officers && hopeless {
                continue;
            }
            for ground in &prohibition.grounds {
                let code = ground.code;
                let said = |reason: &Reason| reason.clause == prohibition.id && reason.code == code;
                if findings.holds(ground, &prohibition.id)? && !reasons.iter().any(said) {
                    reasons.push(Reason { clause: prohibition.id.clone(), code, until: None });
                }
            }
        }
        for stop in self.parts.stops.iter().filter(|stop| forbidding.contains(&stop.id)) {
            reasons.push(Reason { clause: stop.id.clone(), code: ReasonCode::Suspended, until: None });
        }
        reasons.extend(flows.into_iter().flatten());
        Ok(reasons)
    }

    /// Of each flow of this direction, what fails; the one with the fewest failures first, among equals one that can be lifted.
    fn lacking(
        &self,
        request: &Request<'_>,
        findings: &mut Findings<'_>,
    ) -> Result<Vec<Vec<Reason>>, Unclear> {
        let mut flows = Vec::new();
        for permit in self.parts.permits.iter().filter(|permit| self.leads(permit, request)) {
            // Nobody asks why a lead is no distress message, or why it is no evidence of a case.
            let speaks = match permit.flow.code {
                ReasonCode::SafetyOfLife => request.kind == ItemKind::Distress,
                ReasonCode::CourtOrder => request.case.is_some(),
                _ => true,
            };
            if !speaks {
                continue;
            }
            let mut fails = Vec::new();
            for condition in &permit.conditions {
                if !findings.holds(condition, permit.flow.clause.as_str())? {
                    let until = self.lifts_at(request, permit, condition.code);
                    fails.push(Reason {
                        clause: permit.flow.clause.to_string(),
                        code: condition.code,
                        until,
                    });
                }
            }
            flows.push(fails);
        }
        flows.sort_by_key(|fails| (fails.len(), fails.iter().any(|reason| !reason.code.can_lift())));
        Ok(flows)
    }

    /// When time alone will have lifted a reason. None beyond the year 9999, which no text can tell.
    fn lifts_at(&self, request: &Request<'_>, permit: &Permit, code: ReasonCode) -> Option<Instant> {
        let seconds = |s: i64| s.saturating_mul(1_000_000);
        let until = match code {
            ReasonCode::TooRecent => {
                let delay = effective(permit.flow.form, request.kind).delay_s;
                Some(Instant::from_micros(
                    request.observed.micros().saturating_add(seconds(i64::from(delay))),
                ))
            }
            ReasonCode::VolumeReached => {
                Some(Instant::from_secs(request.now.day().saturating_add(1).saturating_mul(86_400)))
            }
            ReasonCode::OutsidePeriod if request.now < self.parts.from => Some(self.parts.from),
            _ => None,
        };
        until.filter(|instant| (0..=LAST_SECOND).contains(&instant.secs()))
    }

    /// Whether the clause speaks of this direction.
    fn leads(&self, permit: &Permit, request: &Request<'_>) -> bool {
        let parties = &self.parts.names;
        match &permit.flow.direction {
            Direction::OneWay { from, to } => from == request.from && to == request.to,
            Direction::BothWays => {
                request.from != request.to && parties.has(request.from) && parties.has(request.to)
            }
        }
    }
}

/// Which conditions hold of a request. Many clauses share one, so each is evaluated once.
struct Findings<'a> {
    parts: &'a Parts,
    request: &'a cedar_policy::Request,
    known: Vec<Option<bool>>,
}

impl Findings<'_> {
    fn holds(&mut self, ground: &Ground, policy: &str) -> Result<bool, Unclear> {
        let unclear = || Unclear { policies: vec![policy.to_owned()] };
        let known = self.known.get_mut(ground.place).ok_or_else(unclear)?;
        if let Some(value) = known {
            return Ok(*value);
        }
        let expression = self.parts.conditions.get(ground.place).ok_or_else(unclear)?;
        match eval_expression(self.request, &self.parts.entities, expression) {
            Ok(EvalResult::Bool(value)) => {
                *known = Some(value);
                Ok(value)
            }
            _ => Err(unclear()),
        }
    }

    /// Stops at the first that does not.
    fn all_hold(&mut self, grounds: &[Ground], policy: &str) -> Result<bool, Unclear> {
        for ground in grounds {
            if !self.holds(ground, policy)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
