//! What platforms claim: the queue, one claim, and taking it or setting it aside. An act is signed with the officer's own key and
//! has its leaf. What is taken stays its source's: nothing here makes a report of our own receivers, an indication with a ratio, or
//! anything that could be released.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bitacora_claims::{Act, Acted, Claim, Entry, Kind, NewAct, Standing, State as ClaimState, What, tlp_of};
use bitacora_incidents::{Report, Source};
use bitacora_primitives::{Ability, IncidentId, Instant, Officer, OfficerId};
use bitacora_store::{ClaimEntryRow, ClaimFilter, ClaimRow, ClaimsEntered, NewClaimEntry};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use crate::convert::{claim_said, optional_time};
use crate::error::ApiError;
use crate::extract::{Asked, Body, Segment};
use crate::log::signed_leaf;
use crate::routes::incidents::propose;
use crate::routes::leads::officers;
use crate::session::SignedIn;
use crate::shapes::{
    ApiErrorBody, ClaimActed, ClaimChange, ClaimCounts, ClaimList, InboxClaim, NewClaimAct, OfficerShape,
};
use crate::state::AppState;

const PAGE: usize = 200;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Claims {
    /// open, taken, set_aside, withdrawn or all; open where nothing is said. `made`: whatever something was made of.
    state: Option<String>,
    /// contact, sighting, indication, incident
    #[param(value_type = Option<String>)]
    kind: Option<Kind>,
    mmsi: Option<u32>,
    imo: Option<u32>,
    container: Option<String>,
    /// Handed in before.
    before: Option<String>,
}

/// What platforms claim, newest first.
#[utoipa::path(get, path = "/api/claims", params(Claims), responses((status = 200, body = ClaimList)))]
pub(super) async fn claims(
    State(state): State<AppState>,
    who: SignedIn,
    Asked(query): Asked<Claims>,
) -> Result<Json<ClaimList>, ApiError> {
    who.may(Ability::SeePicture)?;
    let wanted = query.state.as_deref().unwrap_or("open");
    let one = ClaimState::ALL.into_iter().find(|state| state.code() == wanted);
    let states = match wanted {
        "all" | "made" => None,
        _ => {
            let one = one.ok_or_else(|| ApiError::bad("state", format!("`{wanted}` is no state")))?;
            Some(vec![one.code().to_owned()])
        }
    };
    let mmsi = query.mmsi.map(|mmsi| format!("mmsi:{mmsi}"));
    let imo = || query.imo.map(|imo| format!("imo:{imo}"));
    let container = || query.container.as_ref().map(|number| format!("container:{number}"));
    let filter = ClaimFilter {
        states,
        kind: query.kind.map(|kind| kind.code().to_owned()),
        taken: wanted == "made",
        subject: mmsi.or_else(imo).or_else(container),
        before: optional_time("before", query.before.as_deref())?,
        limit: PAGE,
    };
    let (rows, counts, officers) = state
        .with_store(move |store| Ok((store.claims(&filter)?, store.claim_counts()?, officers(store)?)))
        .await?;
    let next = rows.get(PAGE - 1).map(|row| row.handed.to_string());
    let claims = rows
        .iter()
        .map(|row| shape(&standing_of(row)?, &[], &officers))
        .collect::<Result<Vec<_>, ApiError>>()?;
    Ok(Json(ClaimList { counts: counted(&counts), claims, next }))
}

fn counted(counts: &[(String, u64)]) -> ClaimCounts {
    let of = |state: ClaimState| {
        counts.iter().find(|(code, _)| code == state.code()).map_or(0, |(_, count)| *count)
    };
    ClaimCounts {
        open: of(ClaimState::Open),
        taken: of(ClaimState::Taken),
        set_aside: of(ClaimState::SetAside),
        withdrawn: of(ClaimState::Withdrawn),
    }
}

fn standing_of(row: &ClaimRow) -> Result<Standing, ApiError> {
    Ok(Standing::read(&row.body)?)
}

/// A claim with every change since it came.
#[utoipa::path(get, path = "/api/claims/{id}", params(("id" = String, Path)),
    responses((status = 200, body = InboxClaim), (status = 404, body = ApiErrorBody)))]
pub(super) async fn claim(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(id): Segment<String>,
) -> Result<Json<InboxClaim>, ApiError> {
    who.may(Ability::SeePicture)?;
    Ok(Json(one(&state, &id).await?))
}

async fn one(state: &AppState, id: &str) -> Result<InboxClaim, ApiError> {
    let asked = id.to_owned();
    let (row, entries, officers) = state
        .with_store(move |store| Ok((store.claim(&asked)?, store.claim_entries(&asked)?, officers(store)?)))
        .await?;
    let row = row.ok_or_else(|| ApiError::NotFound(id.to_owned()))?;
    shape(&standing_of(&row)?, &entries, &officers)
}

/// Takes a claim or sets it aside.
#[utoipa::path(post, path = "/api/claims/{id}/acts", params(("id" = String, Path)), request_body = NewClaimAct,
    responses((status = 201, body = InboxClaim), (status = 400, body = ApiErrorBody), (status = 409, body = ApiErrorBody)))]
pub(super) async fn act(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(id): Segment<String>,
    Body(ask): Body<NewClaimAct>,
) -> Result<(StatusCode, Json<InboxClaim>), ApiError> {
    let asked = id.clone();
    let row = state.with_store(move |store| store.claim(&asked)).await?;
    let mut standing = standing_of(&row.ok_or_else(|| ApiError::NotFound(id.clone()))?)?;
    let officer = who.may(standing.claim.kind.ability())?.clone();
    let at = (state.now)();
    let new = NewAct {
        act: ask.act,
        version: Instant::parse(&ask.version).map_err(|error| ApiError::bad("version", error))?,
        reason: ask.reason,
        note: ask.note,
    };
    let act = new.act;
    let what = standing.act(new, officer.id, at)?;
    let claim = standing.claim.clone();
    standing.apply(what.clone());
    let entry = Entry { seq: standing.seq, at, what };
    // The proposal first: its id is the claim's, so that an act repeated after a crash writes it once.
    let incident = match (act, claim.kind) {
        (Act::Take, Kind::Incident) => Some(enter_incident(&state, &claim).await?),
        _ => None,
    };
    let body = json!({
        "claim": id, "kind": claim.kind, "version": claim.version, "sha256": claim.sha256,
        "platform": claim.platform, "tlp": tlp_of(&claim.markings),
        "markings": claim.markings.iter().map(|marking| &marking.id).collect::<Vec<_>>(),
        "incident": incident, "entry": entry,
    });
    let leaf = signed_leaf(state.keys.as_ref(), &officer, act.leaf_kind(), at, body)?;
    let entry = NewClaimEntry {
        claim: id.clone(),
        seq: standing.seq,
        recorded: at,
        body: serde_json::to_string(&entry)?,
        row: ClaimRow {
            state: standing.state().code().to_owned(),
            kind: claim.kind.code().to_owned(),
            taken: standing.taken.is_some(),
            handed: claim.handed_in,
            subjects: claim.subjects(),
            body: serde_json::to_string(&standing)?,
        },
    };
    let entered = state.with_store(move |store| store.act_on_claim(&entry, |_| leaf)).await?;
    if let ClaimsEntered::Moved { .. } = entered {
        return Err(ApiError::StateMoved { state: "moved".to_owned() });
    }
    state.live.publish("claims", &json!({ "entered": 1 }));
    Ok((StatusCode::CREATED, Json(one(&state, &id).await?)))
}

/// The register's proposal out of a claim: it counts for nothing until an officer signs it. Nobody here can judge its source,
/// so it is graded F6 (STANAG 2511).
async fn enter_incident(state: &AppState, claim: &Claim) -> Result<IncidentId, ApiError> {
    let report: Report = serde_json::from_value(claim.report.clone().unwrap_or_default())?;
    let marked =
        tlp_of(&claim.markings).map_or_else(String::new, |tlp| format!(" TLP:{}", tlp.to_uppercase()));
    let source = Source {
        name: claim.platform.clone().or_else(|| claim.maker.clone()).unwrap_or_else(|| "STIX".to_owned()),
        citation: format!("{}{marked}", claim.object),
        published: None,
        grading: "F6".parse().map_err(|error| ApiError::bad("grading", error))?,
        relays: claim.maker.clone(),
    };
    let id = claim.incident_id();
    propose(state, id, report, source).await?;
    Ok(id)
}

fn shape(
    standing: &Standing,
    entries: &[ClaimEntryRow],
    officers: &BTreeMap<OfficerId, Officer>,
) -> Result<InboxClaim, ApiError> {
    let history = entries.iter().map(|row| change(row, officers)).collect::<Result<_, ApiError>>()?;
    Ok(InboxClaim {
        id: standing.claim.object.clone(),
        state: standing.state(),
        ability: standing.claim.kind.ability(),
        says: claim_said(&standing.claim),
        taken: standing.taken.as_ref().map(claim_said),
        superseded: standing.superseded(),
        withdrawn: standing.withdrawn,
        acted: standing.acted.as_ref().map(|acted| acted_shape(acted, officers)),
        history,
    })
}

fn acted_shape(acted: &Acted, officers: &BTreeMap<OfficerId, Officer>) -> ClaimActed {
    ClaimActed {
        act: acted.act,
        officer: officers.get(&acted.officer).map(OfficerShape::from),
        at: acted.at.to_string(),
        version: acted.version.to_string(),
        reason: acted.reason,
        note: acted.note.clone(),
    }
}

fn change(row: &ClaimEntryRow, officers: &BTreeMap<OfficerId, Officer>) -> Result<ClaimChange, ApiError> {
    let entry: Entry = serde_json::from_str(&row.body)?;
    let (what, by) = match entry.what {
        What::Told { claim } => ("told", claim.platform),
        What::Withdrawn { .. } => ("withdrawn", None),
        What::Acted(acted) => {
            (acted.act.code(), officers.get(&acted.officer).map(|officer| officer.name.clone()))
        }
    };
    Ok(ClaimChange { at: entry.at.to_string(), what, by, leaf: row.leaf })
}
