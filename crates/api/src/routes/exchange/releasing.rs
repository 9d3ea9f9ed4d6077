//! Asking first, releasing and withdrawing. The officer signs what the side states; whether it goes is decided there.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bitacora_exchange::record::{Approval, Withdrawal, statement_bytes};
use bitacora_exchange::side::{Asked as Request, Offered};
use bitacora_policy::ReasonCode;
use bitacora_primitives::markings::PartyCode;
use bitacora_primitives::{Ability, Duration, Instant, Officer, ReleaseId};

use super::decisions::{decision_at, label, officers, reasons};
use super::desk::Desk;
use super::{Scene, agreement_id, announce, at_desk, see, written};
use crate::error::ApiError;
use crate::exchange::Offerable;
use crate::extract::{Body, Segment};
use crate::session::SignedIn;
use crate::shapes::{
    Answer, AnswerForm, ApiErrorBody, Ask, DecisionView, HandlingView, NewWithdrawal, OfferView,
    WaitingRelease,
};
use crate::state::AppState;

/// As long as the record of a refusal keeps of it.
const MOST_PURPOSE: usize = 80;
/// Revisions that are looked through for the release that a later one corrects.
const MOST_REVISIONS: u32 = 1_000;

/// What this node could release now, and what waits for a second signature.
#[utoipa::path(get, path = "/api/exchange/{agreement}/offers", params(("agreement" = String, Path)),
    responses((status = 200, body = Vec<OfferView>), (status = 404, body = ApiErrorBody)))]
pub(super) async fn offers(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(agreement): Segment<String>,
) -> Result<Json<Vec<OfferView>>, ApiError> {
    who.may(Ability::SeeExchange)?;
    let offers = at_desk(&state, move |desk, state| {
        let id = agreement_id(&agreement)?;
        let offerable = desk.exchange.offerable()?;
        see(desk, &id, (state.now)(), |scene| {
            Ok(offerable.into_iter().map(|one| offer_view(scene, one)).collect())
        })
    })
    .await?;
    Ok(Json(offers))
}

fn offer_view(scene: Scene<'_>, one: Offerable) -> OfferView {
    let own = scene.side.own();
    let waiting = own.held().iter().find(|((item, ..), held)| {
        let second = |reason: &bitacora_policy::Reason| reason.code == ReasonCode::SecondOfficerMissing;
        *item == one.offer.id && held.offer == one.offer && held.reasons.iter().any(second)
    });
    let waiting = waiting.and_then(|(key, held)| {
        let officer = officers(own, &held.approvals).into_iter().next()?;
        let at = own.held_at(key).map(|(_, at)| at.to_string())?;
        Some(WaitingRelease { to: held.to.to_string(), purpose: held.purpose, officer, at })
    });
    OfferView {
        item: one.offer.id,
        kind: one.offer.kind,
        label: one.label,
        observed: one.offer.observed.to_string(),
        waiting_for_second: waiting.is_some(),
        waiting,
    }
}

/// The question with the item that it is about.
fn request(desk: &Desk, ask: Ask) -> Result<(Request, String), ApiError> {
    let to: PartyCode = ask.to.parse().map_err(|error| ApiError::bad("to", error))?;
    let purpose = ask.purpose.trim();
    if purpose.is_empty() || purpose.chars().count() > MOST_PURPOSE {
        return Err(ApiError::bad("purpose", format!("it has 1 to {MOST_PURPOSE} letters")));
    }
    let found = desk.exchange.offerable()?.into_iter().find(|one| one.offer.id == ask.item);
    let Offerable { label, offer } = found.ok_or_else(|| ApiError::NotFound(ask.item))?;
    let request =
        Request { offer, to, purpose: purpose.to_owned(), standing: false, asset: None, corrects: None };
    Ok((request, label))
}

/// "If I released this to X for Y?" Decided as a release by this officer would be, and nothing is changed.
#[utoipa::path(post, path = "/api/exchange/{agreement}/ask", params(("agreement" = String, Path)), request_body = Ask,
    responses((status = 200, body = Answer), (status = 400, body = ApiErrorBody), (status = 404, body = ApiErrorBody)))]
pub(super) async fn ask(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(agreement): Segment<String>,
    Body(ask): Body<Ask>,
) -> Result<Json<Answer>, ApiError> {
    who.may(Ability::SeeExchange)?;
    let answer = at_desk(&state, move |desk, state| {
        let id = agreement_id(&agreement)?;
        let (request, _) = request(desk, ask)?;
        see(desk, &id, (state.now)(), |scene| answer(scene, &request))
    })
    .await?;
    Ok(Json(answer))
}

fn answer(scene: Scene<'_>, request: &Request) -> Result<Answer, ApiError> {
    let decision = scene.side.ask(request, 1, scene.now)?;
    let effect = match (decision.permits(), decision.waits()) {
        (true, _) => "release",
        (false, true) => "hold",
        (false, false) => "refuse",
    };
    let until = decision.reasons.iter().find(|reason| reason.code == ReasonCode::TooRecent);
    let delayed = request.offer.observed + Duration::from_secs(i64::from(decision.form.delay_s));
    let not_before = until.and_then(|reason| reason.until).or((delayed > scene.now).then_some(delayed));
    Ok(Answer {
        effect,
        reasons: reasons(scene, &decision.reasons),
        form: AnswerForm {
            cut: request
                .offer
                .fields
                .keys()
                .filter(|name| decision.cut.contains(*name))
                .map(ToString::to_string)
                .collect(),
            grid_m: decision.form.grid_m,
            delay_s: decision.form.delay_s,
            not_before: not_before.map(|at| at.to_string()),
        },
        handling: HandlingView::from(&decision.handling),
        version: decision.version,
    })
}

/// Releases an item: 201. 202 where it is held, for a second officer or a resumption; 200 where it is refused, or went
/// before. Each is in the log with its clauses.
#[utoipa::path(post, path = "/api/exchange/{agreement}/release", params(("agreement" = String, Path)), request_body = Ask,
    responses((status = 201, body = DecisionView), (status = 202, body = DecisionView), (status = 200, body = DecisionView),
        (status = 403, body = ApiErrorBody), (status = 404, body = ApiErrorBody), (status = 409, body = ApiErrorBody)))]
pub(super) async fn release(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(agreement): Segment<String>,
    Body(ask): Body<Ask>,
) -> Result<(StatusCode, Json<DecisionView>), ApiError> {
    let officer = who.may(Ability::ReleaseItem)?.clone();
    let (status, decision) = at_desk(&state, move |desk, state| {
        let id = agreement_id(&agreement)?;
        let (mut request, name) = request(desk, ask)?;
        let now = (state.now)();
        let (stated, corrects) =
            see(desk, &id, now, |scene| Ok((scene.side.statement(&request)?, corrected(scene, &request))))?;
        request.corrects = corrects;
        // A purpose that is no lawful one is signed by nobody: it is refused, and the refusal is recorded.
        let (salt, approvals) = match &stated {
            Some((statement, salt)) => (Some(*salt), vec![approve(desk, &officer, statement)?]),
            None => (None, Vec::new()),
        };
        let key = stated.map(|(statement, _)| (statement.item, statement.to, statement.purpose));
        let offered =
            desk.exchange.carry_out(&id, move |side, _, now| side.offer(request, salt, approvals, now))?;
        let (status, leaf) = match &offered {
            Offered::Released { leaf, .. } => (StatusCode::CREATED, Some(*leaf)),
            Offered::Held { leaf, .. } => (StatusCode::ACCEPTED, Some(*leaf)),
            Offered::Refused { leaf, .. } => (StatusCode::OK, Some(*leaf)),
            Offered::Already { .. } => (StatusCode::OK, None),
        };
        let decision = see(desk, &id, now, |scene| {
            let own = scene.side.own();
            let leaf = match &offered {
                Offered::Already { release } => own.releases().get(release).map(|state| state.leaf),
                // Held again with nothing new, it has no new leaf.
                Offered::Held { .. } => key.and_then(|key| own.held_at(&key)).map(|(leaf, _)| leaf).or(leaf),
                _ => leaf,
            };
            decision_at(scene, leaf.unwrap_or(u64::MAX))
        })?;
        let mut one = [DecisionView { label: name, ..decision }];
        label(state, &mut one)?;
        announce(desk, state, &id, "release");
        let [decision] = one;
        Ok((status, decision))
    })
    .await?;
    Ok((status, Json(decision)))
}

/// The newest earlier revision that went to the same party for the same purpose.
fn corrected(scene: Scene<'_>, request: &Request) -> Option<ReleaseId> {
    let purpose = request.purpose.parse().ok()?;
    let offer = &request.offer;
    let earlier = (offer.revision.saturating_sub(MOST_REVISIONS)..offer.revision).rev();
    earlier.into_iter().find_map(|revision| scene.side.own().went(&offer.id, revision, &request.to, purpose))
}

/// The officer's signature over a statement.
pub(super) fn approve<T: serde::Serialize>(
    desk: &Desk,
    officer: &Officer,
    statement: &T,
) -> Result<Approval, ApiError> {
    let signature = desk.exchange.sign(officer.id, &statement_bytes(statement)?)?;
    Ok(Approval { officer: officer.id, signature })
}

/// Withdraws what was released: the recipient is told, and quiets what it shows. What was read stays read.
#[utoipa::path(post, path = "/api/exchange/{agreement}/withdraw", operation_id = "withdraw_release", params(("agreement" = String, Path)),
    request_body = NewWithdrawal, responses((status = 201, body = DecisionView), (status = 400, body = ApiErrorBody),
        (status = 404, body = ApiErrorBody), (status = 409, body = ApiErrorBody)))]
pub(super) async fn withdraw(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(agreement): Segment<String>,
    Body(ask): Body<NewWithdrawal>,
) -> Result<(StatusCode, Json<DecisionView>), ApiError> {
    let officer = who.may(Ability::ReleaseItem)?.clone();
    let reason = written::text("reason", &ask.reason)?;
    let release: ReleaseId = ask.release.parse().map_err(|error| ApiError::bad("release", error))?;
    let decision = at_desk(&state, move |desk, state| {
        let id = agreement_id(&agreement)?;
        let now: Instant = (state.now)();
        see(desk, &id, now, |scene| may_withdraw(scene, release))?;
        let approval = approve(desk, &officer, &Withdrawal { release, reason: reason.clone() })?;
        let leaf = desk
            .exchange
            .carry_out(&id, move |side, _, now| side.withdraw(release, reason, vec![approval], now))?;
        let mut one = [see(desk, &id, now, |scene| decision_at(scene, leaf))?];
        label(state, &mut one)?;
        announce(desk, state, &id, "withdrawal");
        let [decision] = one;
        Ok(decision)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(decision)))
}

fn may_withdraw(scene: Scene<'_>, release: ReleaseId) -> Result<(), ApiError> {
    use bitacora_exchange::history::Stage;
    match scene.side.own().releases().get(&release).map(|state| state.stage) {
        None => Err(ApiError::NotFound(release.to_string())),
        Some(Stage::Withdrawn) => Err(ApiError::Conflict {
            code: "already_withdrawn",
            why: format!("release `{release}` is withdrawn already"),
        }),
        Some(_) => Ok(()),
    }
}
