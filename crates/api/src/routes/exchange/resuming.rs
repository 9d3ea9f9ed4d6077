//! Resuming: its preview, and the act of two officers. The first signature waits in memory; the second is over the
//! very same statement. Nothing resumes by itself, and what was held is decided again item by item.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bitacora_exchange::history::Suspended;
use bitacora_exchange::record::Resumption;
use bitacora_policy::SuspensionScope;
use bitacora_primitives::markings::AgreementId;
use bitacora_primitives::{Ability, Officer, SuspensionId};

use super::desk::{Desk, Waiting};
use super::flows::{Cover, closures, flow_of, flows_of, stopped_by};
use super::rehearsal::{Outcome, Rehearsal};
use super::releasing::approve;
use super::{Scene, agreement_id, announce, at_desk, see, suspensions, written};
use crate::error::ApiError;
use crate::extract::{Body, Segment};
use crate::session::SignedIn;
use crate::shapes::{
    ApiErrorBody, NewResume, ResumePreview, ResumeQuestion, ResumingFlow, StillStopped, SuspensionView,
};
use crate::state::AppState;

pub(super) fn suspension_id(text: &str) -> Result<SuspensionId, ApiError> {
    text.parse().map_err(|error| ApiError::bad("suspension", error))
}

/// Ours, and in force.
fn in_force<'s>(scene: Scene<'s>, id: SuspensionId) -> Result<&'s Suspended, ApiError> {
    let own = scene.side.own();
    match own.suspensions().get(&id) {
        Some(one) if one.ended.is_none() => Ok(one),
        Some(_) => {
            Err(ApiError::Conflict { code: "not_suspended", why: format!("suspension `{id}` has ended") })
        }
        None if own.seen().contains_key(&id) => Err(ApiError::Conflict {
            code: "not_ours",
            why: format!("suspension `{id}` is the partner's: a side resumes what it stopped itself"),
        }),
        None if scene.desk.stop(&id).is_some() => Err(ApiError::Conflict {
            code: "not_logged_yet",
            why: format!("suspension `{id}` is not logged yet"),
        }),
        None => Err(ApiError::NotFound(id.to_string())),
    }
}

/// All that was stopped is the end of the suspension, however it is written.
fn shortest(scope: SuspensionScope, one: &Suspended) -> SuspensionScope {
    if scope == one.notice.scope { SuspensionScope::default() } else { scope }
}

/// What would flow again, and what the backlog would come to, decided item by item.
#[utoipa::path(post, path = "/api/exchange/{agreement}/suspensions/{id}/resume/preview", operation_id = "preview_resume",
    params(("agreement" = String, Path), ("id" = String, Path)), request_body = ResumeQuestion,
    responses((status = 200, body = ResumePreview), (status = 400, body = ApiErrorBody), (status = 404, body = ApiErrorBody),
        (status = 409, body = ApiErrorBody)))]
pub(super) async fn preview(
    State(state): State<AppState>,
    who: SignedIn,
    Segment((agreement, suspension)): Segment<(String, String)>,
    Body(ask): Body<ResumeQuestion>,
) -> Result<Json<ResumePreview>, ApiError> {
    who.may(Ability::SeeExchange)?;
    let preview = at_desk(&state, move |desk, state| {
        let (id, suspension) = (agreement_id(&agreement)?, suspension_id(&suspension)?);
        let (rehearsal, touched) = see(desk, &id, (state.now)(), |scene| {
            let scope = written::scope(&ask.scope, Some(scene.agreement))?;
            let scope = shortest(scope, in_force(scene, suspension)?);
            let now_stopped = closures(desk, scene.side);
            let touched: Vec<bool> = flows_of(scene.agreement)
                .iter()
                .map(|flow| {
                    let by = |tags: &_| stopped_by(scene.side, &now_stopped, tags).is_some();
                    flow.covered(scene.agreement, by) != Cover::None
                })
                .collect();
            Ok((Rehearsal::new(scene, suspension, &scope)?, touched))
        })?;
        Ok(foresee(&rehearsal, desk, &touched))
    })
    .await?;
    Ok(Json(preview))
}

/// `touched`: the flows that are stopped now, in whole or in part.
fn foresee(rehearsal: &Rehearsal, desk: &Desk, touched: &[bool]) -> ResumePreview {
    let agreement = rehearsal.agreement();
    let flows = flows_of(agreement);
    let me = desk.exchange.me();
    let outcomes = rehearsal.play();
    let mut backlog: Vec<Vec<Outcome>> = vec![Vec::new(); flows.len()];
    for (held, outcome) in rehearsal.backlog.iter().zip(&outcomes) {
        if let Some(of) = flow_of(agreement, &flows, &me, held).and_then(|flow| backlog.get_mut(flow)) {
            of.push(*outcome);
        }
    }
    let (mut resumes, mut stay_stopped) = (Vec::new(), Vec::new());
    for ((flow, outcomes), touched) in flows.iter().zip(&backlog).zip(touched) {
        if !touched {
            continue;
        }
        let (clause, title) = (flow.clause.id.to_string(), flow.title());
        let held = outcomes.len() as u64;
        let count = |which: Outcome| outcomes.iter().filter(|one| **one == which).count() as u64;
        let after =
            flow.covered(agreement, |tags| rehearsal.closures.iter().any(|closure| closure.stops(tags)));
        if after == Cover::Whole {
            stay_stopped.push(StillStopped { clause, title, held });
        } else {
            resumes.push(ResumingFlow {
                clause,
                title,
                held,
                go: count(Outcome::Goes),
                too_old: count(Outcome::TooOld),
                refused: count(Outcome::Refused),
            });
        }
    }
    ResumePreview { resumes, stay_stopped, officers_needed: agreement.officers().resume }
}

/// Signs a resumption: 202 while it waits for another officer's signature over the same words, 201 once it stands.
#[utoipa::path(post, path = "/api/exchange/{agreement}/suspensions/{id}/resume",
    params(("agreement" = String, Path), ("id" = String, Path)), request_body = NewResume,
    responses((status = 201, body = SuspensionView), (status = 202, body = SuspensionView), (status = 400, body = ApiErrorBody),
        (status = 403, body = ApiErrorBody), (status = 404, body = ApiErrorBody), (status = 409, body = ApiErrorBody)))]
pub(super) async fn resume(
    State(state): State<AppState>,
    who: SignedIn,
    Segment((agreement, suspension)): Segment<(String, String)>,
    Body(ask): Body<NewResume>,
) -> Result<(StatusCode, Json<SuspensionView>), ApiError> {
    let officer = who.may(Ability::Resume)?.clone();
    let (status, view) = at_desk(&state, move |desk, state| {
        let (id, suspension) = (agreement_id(&agreement)?, suspension_id(&suspension)?);
        let status = sign(desk, state, &id, suspension, &officer, &ask)?;
        Ok((status, suspensions::view_of(desk, state, &id, suspension)?))
    })
    .await?;
    Ok((status, Json(view)))
}

fn sign(
    desk: &Desk,
    state: &AppState,
    id: &AgreementId,
    suspension: SuspensionId,
    officer: &Officer,
    ask: &NewResume,
) -> Result<StatusCode, ApiError> {
    let met = written::text("condition_met", &ask.condition_met)?;
    let now = (state.now)();
    let register = suspensions::register(state)?;
    let (fresh, needed) = see(desk, id, now, |scene| {
        let scope = written::scope(&ask.scope, Some(scene.agreement))?;
        let one = in_force(scene, suspension)?;
        let scope = shortest(scope, one);
        let rule = one.notice.condition.rule.as_ref();
        let progress = rule.map(|rule| rule.progress(&register, now, one.notice.gate_closed));
        if !ask.attested && progress.is_none_or(|progress| !progress.met) {
            return Err(ApiError::Conflict {
                code: "condition_not_met",
                why: "the register does not show the condition met, and the officer does not attest it"
                    .to_owned(),
            });
        }
        let says = progress.map(|progress| [progress.days, progress.of_days]);
        let fresh: Resumption = scene.side.resumption(suspension, scope, met, says, now)?;
        Ok((fresh, scene.agreement.officers().resume))
    })?;
    let waiting = desk.waiting_for(suspension, &fresh.scope, &fresh.condition_met, now);
    if waiting.as_ref().is_some_and(|one| one.approvals.iter().any(|by| by.officer == officer.id)) {
        // Signed already by this officer: one person is not two.
        return Ok(StatusCode::ACCEPTED);
    }
    let (statement, mut approvals) = match waiting {
        Some(one) => (one.statement, one.approvals),
        None => (fresh, Vec::new()),
    };
    approvals.push(approve(desk, officer, &statement)?);
    if approvals.len() < usize::from(needed) {
        desk.keep_waiting(Waiting { statement, approvals, officer: officer.clone(), at: now });
        announce(desk, state, id, "resume_waiting");
        return Ok(StatusCode::ACCEPTED);
    }
    desk.exchange.carry_out(id, move |side, _, now| side.resume(statement, approvals, now))?;
    desk.forget_waiting(suspension);
    // The resumption is durable and stands; what was held is taken up in an act of its own.
    let taken_up =
        desk.exchange.carry_out(id, |side, shelf, now| side.take_up(shelf, now).map(|all| all.len()));
    if let Err(error) = taken_up {
        tracing::error!(agreement = %id, suspension = %suspension, error = %error, "the backlog is not taken up yet");
    }
    announce(desk, state, id, "resume");
    Ok(StatusCode::CREATED)
}
