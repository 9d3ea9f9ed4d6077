//! The stop: its preview, and the act. The gate shuts before anything else; nothing here waits for a disk, a partner
//! or a proof before it is shut.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bitacora_exchange::history::{History, Stage};
use bitacora_exchange::record::Condition;
use bitacora_exchange::side::Stop;
use bitacora_exchange::{Agreement, Closure};
use bitacora_policy::SuspensionScope;
use bitacora_primitives::markings::{AgreementId, ClauseId, ItemKind};
use bitacora_primitives::{Ability, Duration, Instant, SuspensionId};

use super::decisions::{label_of, release_at};
use super::desk::{Desk, Made};
use super::flows::{Cover, Exception, Flow, flow_of, flows_of};
use super::{Scene, agreement_id, announce, at_desk, see, suspensions, written};
use crate::error::ApiError;
use crate::exchange::ExchangeError;
use crate::extract::{Body, Segment};
use crate::session::SignedIn;
use crate::shapes::{
    ApiErrorBody, BoardingView, IncidentRule, KindCount, NewStop, StayingFlow, StopCost, StopPreview,
    StopQuestion, StopScope, StoppedFlow, SuspensionView, UntouchedFlow,
};
use crate::state::AppState;

const YEAR: Duration = Duration::from_hours(365 * 24);
/// Nothing records yet that a boarding ended: one that was opened longer ago is not called in progress.
const BOARDING_LASTS: Duration = Duration::from_hours(72);
const MOST_BOARDINGS: usize = 50;

/// What a stop would do, and what it would cost the one who stops. Records nothing.
#[utoipa::path(post, path = "/api/exchange/{agreement}/stop/preview", operation_id = "preview_stop", params(("agreement" = String, Path)),
    request_body = StopQuestion, responses((status = 200, body = StopPreview), (status = 400, body = ApiErrorBody)))]
pub(super) async fn preview(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(agreement): Segment<String>,
    Body(ask): Body<StopQuestion>,
) -> Result<Json<StopPreview>, ApiError> {
    who.may(Ability::SeeExchange)?;
    let preview = at_desk(&state, move |desk, state| {
        let id = agreement_id(&agreement)?;
        let mut preview = see(desk, &id, (state.now)(), |scene| foresee(scene, &ask))?;
        for boarding in &mut preview.cost.in_progress {
            boarding.label = label_of(state, &boarding.item)?;
        }
        Ok(preview)
    })
    .await?;
    Ok(Json(preview))
}

fn foresee(scene: Scene<'_>, ask: &StopQuestion) -> Result<StopPreview, ApiError> {
    let Scene { side, agreement, .. } = scene;
    let closure = Closure {
        // Of no suspension: only its scope is asked.
        id: SuspensionId::of(&[b"preview"]),
        agreement: agreement.id.clone(),
        scope: written::scope(&ask.scope, Some(agreement))?,
        exceptions: written::exceptions(&ask.exceptions, Some(agreement))?,
        resumed: Vec::new(),
    };
    let flows = flows_of(agreement);
    let (mut stops, mut stays, mut untouched) = (Vec::new(), Vec::<StayingFlow>::new(), Vec::new());
    for flow in &flows {
        let title = flow.title();
        let clause = flow.clause.id.to_string();
        if flow.covered(agreement, |tags| closure.stops(tags)) != Cover::None {
            stops.push(StoppedFlow { clause, title, in_flight: in_flight(scene, flow, &closure) });
        } else if let Some(exception) = flow.exception.filter(|exception| {
            // A cry for help always stays; an order of a court is spared only where the scope reaches it.
            *exception == Exception::SafetyOfLife
                || flow.covered(agreement, |tags| closure.excepts(tags)) != Cover::None
        }) {
            // One line for an exception, though it goes both ways.
            if stays.iter().all(|known| known.clause != clause) {
                let removable = exception != Exception::SafetyOfLife;
                stays.push(StayingFlow { clause, title, exception: exception.code(), removable });
            }
        } else {
            let (from, to) = (flow.from.to_string(), flow.to.to_string());
            untouched.push(UntouchedFlow { clause, from, to, title });
        }
    }
    let stopped = |held| {
        let flow = flow_of(agreement, &flows, side.me(), held).and_then(|flow| flows.get(flow));
        flow.is_some_and(|flow| flow.covered(agreement, |tags| closure.stops(tags)) != Cover::None)
    };
    Ok(StopPreview {
        stops,
        stays,
        untouched,
        queued_held: side.own().held().values().filter(|held| stopped(held)).count() as u64,
        lease_ends_within_s: agreement.lease_s,
        cost: cost(scene)?,
    })
}

fn in_flight(scene: Scene<'_>, flow: &Flow<'_>, closure: &Closure) -> u64 {
    let side = scene.side;
    let log = if flow.from == *side.me() { side.own() } else { side.theirs() };
    let under_way = log.releases().values().filter(|state| {
        state.stage == Stage::Released
            && state.tags.clause == flow.clause.id
            && state.tags.from == flow.from
            && closure.stops(&state.tags)
    });
    under_way.count() as u64
}

fn by_kind(
    history: &History,
    now: Instant,
    counts: impl Fn(&bitacora_primitives::ReleaseId) -> bool,
) -> Vec<KindCount> {
    let mut kinds: BTreeMap<ItemKind, u64> = BTreeMap::new();
    for (id, state) in history.releases() {
        if state.stage != Stage::Cut && now - state.recorded < YEAR && counts(id) {
            *kinds.entry(state.tags.kind).or_default() += 1;
        }
    }
    kinds.into_iter().map(|(kind, items)| KindCount { kind, items }).collect()
}

/// Counted from what this node holds; what it does not hold is not zero but unknown.
fn cost(scene: Scene<'_>) -> Result<StopCost, ApiError> {
    let Scene { side, now, .. } = scene;
    let own = side.own();
    let (mut leads, mut boardings) = (0, 0);
    let mut under_way = Vec::new();
    for (id, taken) in own.all_taken() {
        let Some(newest) = taken.opened.iter().map(|(_, at)| *at).max() else { continue };
        if now - newest >= YEAR {
            continue;
        }
        leads += 1;
        if !taken.boarding {
            continue;
        }
        boardings += 1;
        let given = side.theirs().releases().get(id).filter(|state| state.stage != Stage::Withdrawn);
        if let Some(given) = given.filter(|_| now - newest < BOARDING_LASTS) {
            under_way.push((newest, given.leaf));
        }
    }
    under_way.sort_unstable_by_key(|one| std::cmp::Reverse(*one));
    under_way.truncate(MOST_BOARDINGS);
    let mut in_progress = Vec::with_capacity(under_way.len());
    for (since, leaf) in under_way {
        if let Some(release) = release_at(scene, side.partner_code(), leaf)? {
            in_progress.push(BoardingView {
                item: release.item,
                label: String::new(),
                since: since.to_string(),
            });
        }
    }
    Ok(StopCost {
        given: by_kind(own, now, |_| true),
        received: by_kind(side.theirs(), now, |id| {
            own.taken(id).is_some_and(|taken| taken.receipt.is_some())
        }),
        leads,
        boardings,
        seizures: None,
        in_progress,
    })
}

/// Stops. The gate is shut when this answers; without a leaf it is stopped and not yet logged.
#[utoipa::path(post, path = "/api/exchange/{agreement}/stop", params(("agreement" = String, Path)), request_body = NewStop,
    responses((status = 201, body = SuspensionView), (status = 400, body = ApiErrorBody), (status = 403, body = ApiErrorBody),
        (status = 404, body = ApiErrorBody)))]
pub(super) async fn stop(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(agreement): Segment<String>,
    Body(ask): Body<NewStop>,
) -> Result<(StatusCode, Json<SuspensionView>), ApiError> {
    let officer = who.may(Ability::Suspend)?.clone();
    let reason = written::text("reason", &ask.reason)?;
    let text = written::text("condition", &ask.condition)?;
    let rule = ask.rule.map(|IncidentRule { kinds, min_status, days }| {
        bitacora_incidents::Condition::new(kinds, min_status, days)
            .map_err(|error| ApiError::bad("rule", error))
    });
    let condition = Condition { text, rule: rule.transpose()? };
    // Not looked up in the register: a stop waits for no disk.
    let incident = ask.incident.filter(|id| !id.is_empty()).map(|id| id.parse()).transpose();
    let incident = incident.map_err(|error| ApiError::bad("incident", error))?;
    let view = at_desk(&state, move |desk, state| {
        let id = agreement_id(&agreement)?;
        let (scope, exceptions) = checked(desk, &id, (state.now)(), &ask.scope, &ask.exceptions)?;
        let stop = Stop { scope, exceptions, reason, condition, incident };
        let stopped = desk.exchange.stop(&id, officer.id, stop.clone())?;
        let suspension = stopped.suspension;
        let made = Made { agreement: id.clone(), stopped, stop, officer };
        desk.keep_stop(made.clone());
        announce(desk, state, &id, "stop");
        // It is stopped, whether or not it can be shown.
        Ok(suspensions::view_of(desk, state, &id, suspension)
            .unwrap_or_else(|_| suspensions::bare(desk.exchange.me().as_str(), &made)))
    })
    .await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Against the agreement as it was last seen, so that a stop waits for nothing; only where that does not hold is it
/// looked at anew. A side that cannot be looked at is no reason not to stop: then only the form is checked.
fn checked(
    desk: &Desk,
    id: &AgreementId,
    now: Instant,
    scope: &StopScope,
    clauses: &BTreeSet<String>,
) -> Result<(SuspensionScope, BTreeSet<ClauseId>), ApiError> {
    let check = |agreement: Option<&Agreement>| {
        Ok::<_, ApiError>((written::scope(scope, agreement)?, written::exceptions(clauses, agreement)?))
    };
    if let Some(Ok(checked)) = desk.remembered(id).map(|agreement| check(Some(&agreement))) {
        return Ok(checked);
    }
    match see(desk, id, now, |scene| check(Some(scene.agreement))) {
        Ok(checked) => Ok(checked),
        Err(
            error @ (ApiError::BadRequest { .. } | ApiError::Exchange(ExchangeError::UnknownAgreement(_))),
        ) => Err(error),
        Err(_) => check(None),
    }
}
