//! What was decided, as our log holds it: each release, hold, refusal, cut and receipt with the clauses that say why.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use bitacora_exchange::history::{History, Stage};
use bitacora_exchange::record::{Approval, Declined, Entry, Receipt, Record, Release};
use bitacora_ledger::Hash;
use bitacora_policy::{Reason, ReasonCode};
use bitacora_primitives::markings::{ClauseId, PartyCode};
use bitacora_primitives::{Ability, Instant, LeadId, ReleaseId, SuspensionId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Scene, agreement_id, at_desk, see};
use crate::error::ApiError;
use crate::extract::{Asked, Segment};
use crate::session::SignedIn;
use crate::shapes::{DecisionView, OfficerShape, ReasonView, TextShape};
use crate::state::AppState;

/// Leaves read from the store at a time.
const BATCH: u64 = 256;
/// Leaves walked for one page: a log may hold long runs without a decision.
const MOST_WALKED: u64 = 4_096;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Before {
    /// Only leaves below this one.
    pub(super) before: Option<u64>,
    pub(super) limit: Option<usize>,
}

/// Decisions, newest first: what went, what came, what is held, refused, cut or withdrawn, each with its clauses.
#[utoipa::path(get, path = "/api/exchange/{agreement}/decisions", params(("agreement" = String, Path), Before),
    responses((status = 200, body = Vec<DecisionView>)))]
pub(super) async fn decisions(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(agreement): Segment<String>,
    Asked(query): Asked<Before>,
) -> Result<Json<Vec<DecisionView>>, ApiError> {
    who.may(Ability::SeeExchange)?;
    let limit = query.limit.unwrap_or(50).min(200);
    let found = at_desk(&state, move |desk, state| {
        let id = agreement_id(&agreement)?;
        let mut found = see(desk, &id, (state.now)(), |scene| {
            let mut found = Vec::new();
            walk_back(scene, query.before, |index, _, text| {
                if let Some(text) = text {
                    found.extend(of_entry(scene, index, &Entry::open(text, None)?.0)?);
                }
                Ok(found.len() < limit)
            })?;
            Ok(found)
        })?;
        label(state, &mut found)?;
        Ok(found)
    })
    .await?;
    Ok(Json(found))
}

/// Own durable leaves from below `before` down, until told to stop.
pub(super) fn walk_back(
    scene: Scene<'_>,
    before: Option<u64>,
    mut each: impl FnMut(u64, &Hash, Option<&str>) -> Result<bool, ApiError>,
) -> Result<(), ApiError> {
    let mut end = before.unwrap_or(u64::MAX).min(scene.side.durable());
    let floor = end.saturating_sub(MOST_WALKED);
    while end > floor {
        let from = end.saturating_sub(BATCH).max(floor);
        let limit = usize::try_from(end - from).unwrap_or(0);
        let batch = scene.shelf.leaves(scene.side.me(), from, limit)?;
        for (offset, (commitment, text)) in batch.into_iter().enumerate().rev() {
            if !each(from + offset as u64, &commitment, text.as_deref())? {
                return Ok(());
            }
        }
        end = from;
    }
    Ok(())
}

/// One leaf of a log, opened. Records that were checked when they were taken are not verified again.
pub(super) fn entry_at(scene: Scene<'_>, party: &PartyCode, leaf: u64) -> Result<Option<Entry>, ApiError> {
    let stored = scene.shelf.leaves(party, leaf, 1)?.into_iter().next();
    let Some(text) = stored.and_then(|(_, text)| text) else { return Ok(None) };
    Ok(Some(Entry::open(&text, None)?.0))
}

/// The release behind a leaf of either log.
pub(super) fn release_at(
    scene: Scene<'_>,
    party: &PartyCode,
    leaf: u64,
) -> Result<Option<Box<Release>>, ApiError> {
    Ok(entry_at(scene, party, leaf)?.and_then(|entry| match entry.record {
        Record::Release(release) => Some(release),
        _ => None,
    }))
}

/// The decision at one leaf of ours.
pub(super) fn decision_at(scene: Scene<'_>, leaf: u64) -> Result<DecisionView, ApiError> {
    let entry = entry_at(scene, scene.side.me(), leaf)?;
    let found = entry.map(|entry| of_entry(scene, leaf, &entry)).transpose()?.unwrap_or_default();
    found.into_iter().next().ok_or_else(|| ApiError::NotFound(format!("decision at leaf {leaf}")))
}

/// What people call the items, where this node knows them.
pub(super) fn label(state: &AppState, decisions: &mut [DecisionView]) -> Result<(), ApiError> {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for one in decisions.iter_mut().filter(|one| one.label.is_empty()) {
        if !known.contains_key(&one.item) {
            known.insert(one.item.clone(), label_of(state, &one.item)?);
        }
        if let Some(label) = known.get(&one.item) {
            one.label.clone_from(label);
        }
    }
    Ok(())
}

/// A lead's number; empty for what is no lead of this node.
pub(super) fn label_of(state: &AppState, item: &str) -> Result<String, ApiError> {
    let Ok(lead) = item.parse::<LeadId>() else { return Ok(String::new()) };
    Ok(state.store.lead(lead)?.map(|row| row.number).unwrap_or_default())
}

/// The decisions that a record of ours holds: none, one, or one for each transfer that was cut.
pub(super) fn of_entry(scene: Scene<'_>, leaf: u64, entry: &Entry) -> Result<Vec<DecisionView>, ApiError> {
    let side = scene.side;
    let (me, partner) = (side.me(), side.partner_code());
    let at = entry.recorded;
    let blank = |what: &'static str, item: &str| DecisionView {
        leaf,
        at: at.to_string(),
        what,
        item: item.to_owned(),
        kind: None,
        label: String::new(),
        from: me.to_string(),
        to: partner.to_string(),
        purpose: String::new(),
        reasons: Vec::new(),
        cut: Vec::new(),
        grid_m: 0,
        receipted_at: None,
        officers: Vec::new(),
    };
    Ok(match &entry.record {
        Record::Release(release) => vec![released(scene, leaf, at, release)],
        Record::Held(held) => vec![DecisionView {
            kind: Some(held.offer.kind),
            to: held.to.to_string(),
            purpose: held.purpose.to_string(),
            reasons: reasons(scene, &held.reasons),
            officers: officers(side.own(), &held.approvals),
            ..blank("held", &held.offer.id)
        }],
        Record::Refused(refused) => vec![DecisionView {
            kind: Some(refused.kind),
            to: refused.to.clone(),
            purpose: refused.purpose.clone(),
            reasons: reasons(scene, &refused.reasons),
            ..blank("refused", &refused.item)
        }],
        Record::Cut(cut) => {
            let mut found = Vec::with_capacity(cut.releases.len());
            for id in &cut.releases {
                let Some(state) = side.own().releases().get(id) else { continue };
                let Some(release) = release_at(scene, me, state.leaf)? else { continue };
                let by =
                    Reason { clause: cut.suspension.to_string(), code: ReasonCode::Suspended, until: None };
                found.push(DecisionView {
                    leaf,
                    at: at.to_string(),
                    what: "cut",
                    reasons: reasons(scene, &[by]),
                    receipted_at: None,
                    officers: Vec::new(),
                    ..released(scene, leaf, at, &release)
                });
            }
            found
        }
        Record::Withdrawal(signed) => {
            let id = signed.statement.release;
            let view = match side.own().releases().get(&id) {
                Some(state) => {
                    release_at(scene, me, state.leaf)?.map(|release| released(scene, leaf, at, &release))
                }
                None => None,
            };
            vec![DecisionView {
                what: "withdrawn",
                officers: officers(side.own(), &signed.approvals),
                ..view.unwrap_or_else(|| blank("withdrawn", &id.to_string()))
            }]
        }
        Record::Receipt(Receipt { release, leaf: theirs, .. }) => {
            taken(scene, "received", *release, *theirs, blank("received", &release.to_string()))?
        }
        Record::Declined(Declined { release, leaf: theirs, .. }) => {
            let mut found =
                taken(scene, "refused", *release, *theirs, blank("refused", &release.to_string()))?;
            // Our own stop covers what arrives: the suspension is the reason, where it is still known.
            for view in &mut found {
                view.reasons = declined_by(scene, release)
                    .map(|id| Reason { clause: id.to_string(), code: ReasonCode::Suspended, until: None })
                    .map(|reason| reasons(scene, &[reason]))
                    .unwrap_or_default();
            }
            found
        }
        _ => Vec::new(),
    })
}

/// Which suspension of ours covers an item of the partner.
fn declined_by(scene: Scene<'_>, release: &ReleaseId) -> Option<SuspensionId> {
    let tags = &scene.side.theirs().releases().get(release)?.tags;
    let mut ours = scene.side.own().suspensions().values();
    ours.find(|one| one.notice.closure().stops(tags)).map(|one| one.notice.suspension)
}

/// What the partner released and we answered.
fn taken(
    scene: Scene<'_>,
    what: &'static str,
    id: ReleaseId,
    theirs: u64,
    blank: DecisionView,
) -> Result<Vec<DecisionView>, ApiError> {
    let release = release_at(scene, scene.side.partner_code(), theirs)?.filter(|one| one.release == id);
    let Some(release) = release else { return Ok(vec![blank]) };
    let state = scene.side.theirs().releases().get(&id);
    Ok(vec![DecisionView {
        what,
        item: release.item.clone(),
        kind: Some(release.tags.kind),
        from: release.tags.from.to_string(),
        to: release.tags.to.to_string(),
        purpose: release.tags.purpose.to_string(),
        reasons: reasons(scene, &release.reasons),
        cut: release.removed.iter().map(ToString::to_string).collect(),
        grid_m: release.form.grid_m,
        receipted_at: state.and_then(|state| state.granted).map(|at| at.to_string()),
        officers: officers(scene.side.theirs(), &release.approvals),
        ..blank
    }])
}

fn released(scene: Scene<'_>, leaf: u64, at: Instant, release: &Release) -> DecisionView {
    let side = scene.side;
    let state = side.own().releases().get(&release.release);
    let declined = state.is_some_and(|state| state.stage == Stage::Declined)
        || side.theirs().taken(&release.release).is_some_and(|taken| taken.declined);
    // Inside a suspension only an exception goes out.
    let excepted = side.own().suspensions().values().chain(side.own().seen().values()).any(|one| {
        one.leaf < leaf
            && one.ended.is_none_or(|end| end > leaf)
            && one.notice.closure().excepts(&release.tags)
    });
    let what = if declined {
        "partner_refused"
    } else if release.corrects.is_some() {
        "corrected"
    } else if excepted {
        "exception"
    } else {
        "released"
    };
    DecisionView {
        leaf,
        at: at.to_string(),
        what,
        item: release.item.clone(),
        kind: Some(release.tags.kind),
        label: String::new(),
        from: release.tags.from.to_string(),
        to: release.tags.to.to_string(),
        purpose: release.tags.purpose.to_string(),
        reasons: reasons(scene, &release.reasons),
        cut: release.removed.iter().map(ToString::to_string).collect(),
        grid_m: release.form.grid_m,
        receipted_at: state.and_then(|state| state.granted).map(|at| at.to_string()),
        officers: officers(side.own(), &release.approvals),
    }
}

/// Who signed, by the log's own enrolments.
pub(super) fn officers(history: &History, approvals: &[Approval]) -> Vec<OfficerShape> {
    let named = approvals.iter().filter_map(|approval| history.officers().get(&approval.officer));
    named
        .map(|known| OfficerShape {
            id: known.officer.to_string(),
            name: known.name.clone(),
            role: known.role,
        })
        .collect()
}

pub(super) fn reasons(scene: Scene<'_>, reasons: &[Reason]) -> Vec<ReasonView> {
    let view = |reason: &Reason| ReasonView {
        clause: reason.clause.clone(),
        code: reason.code,
        text: words(scene, &reason.clause),
        until: reason.until.map(|until| until.to_string()),
    };
    reasons.iter().map(view).collect()
}

/// The words of a clause, of a suspension, or of the agreement itself where no clause speaks.
fn words(scene: Scene<'_>, id: &str) -> Option<TextShape> {
    if let Some(clause) = id.parse::<ClauseId>().ok().and_then(|id| scene.agreement.clause(&id)) {
        return Some(TextShape::from(&clause.text));
    }
    if let Ok(id) = id.parse::<SuspensionId>() {
        let own = scene.side.own();
        let held = own.suspensions().get(&id).or_else(|| own.seen().get(&id));
        let reason = held.map(|one| TextShape::from(&one.notice.reason));
        return reason.or_else(|| scene.desk.stop(&id).map(|made| TextShape::from(&made.stop.reason)));
    }
    (id == scene.agreement.id.as_str()).then(|| TextShape::from(&scene.agreement.title))
}
