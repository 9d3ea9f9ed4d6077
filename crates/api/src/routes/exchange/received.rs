//! What the partner gave us. Content is shown to an officer who opened it, each opening recorded; when the lease
//! lapses it goes quiet, but for what was opened for a boarding in progress.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use bitacora_exchange::document::Document;
use bitacora_exchange::history::{Released, Stage};
use bitacora_exchange::record::Release;
use bitacora_exchange::side::Readable;
use bitacora_primitives::{Ability, Officer, ReleaseId};
use serde_json::json;

use super::decisions::release_at;
use super::{Scene, agreement_id, announce, at_desk, see};
use crate::error::ApiError;
use crate::extract::{Body, Segment};
use crate::session::SignedIn;
use crate::shapes::{ApiErrorBody, HandlingView, NewOpening, ReceivedItem};
use crate::state::AppState;

/// The newest; older ones stand in the log.
const MOST_ITEMS: usize = 200;

/// What the partner gave us, newest first. Fields only where this officer opened them and the lease still lets us show.
#[utoipa::path(get, path = "/api/exchange/{agreement}/received", params(("agreement" = String, Path)),
    responses((status = 200, body = Vec<ReceivedItem>), (status = 404, body = ApiErrorBody)))]
pub(super) async fn received(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(agreement): Segment<String>,
) -> Result<Json<Vec<ReceivedItem>>, ApiError> {
    let officer = who.may(Ability::SeeExchange)?.clone();
    let items = at_desk(&state, move |desk, state| {
        let id = agreement_id(&agreement)?;
        see(desk, &id, (state.now)(), |scene| list(scene, &officer))
    })
    .await?;
    Ok(Json(items))
}

fn list(scene: Scene<'_>, officer: &Officer) -> Result<Vec<ReceivedItem>, ApiError> {
    let side = scene.side;
    let mut given: Vec<(&ReleaseId, &Released)> = side
        .theirs()
        .releases()
        .iter()
        .filter(|(_, state)| state.tags.to == *side.me() && state.stage != Stage::Cut)
        .collect();
    given.sort_unstable_by_key(|(_, state)| std::cmp::Reverse(state.leaf));
    given.truncate(MOST_ITEMS);
    let mut records = Vec::with_capacity(given.len());
    for (id, state) in given {
        if let Some(release) = release_at(scene, side.partner_code(), state.leaf)? {
            records.push((*id, state, release));
        }
    }
    let corrected: BTreeSet<ReleaseId> =
        records.iter().filter_map(|(.., release)| release.corrects).collect();
    records
        .iter()
        .map(|(id, state, release)| {
            let mut item = shape(scene, officer, *id, state, release)?;
            if corrected.contains(id) && matches!(item.state, "readable" | "open") {
                item.state = "corrected";
            }
            Ok(item)
        })
        .collect()
}

fn shape(
    scene: Scene<'_>,
    officer: &Officer,
    id: ReleaseId,
    state: &Released,
    release: &Release,
) -> Result<ReceivedItem, ApiError> {
    let side = scene.side;
    let taken = side.own().taken(&id);
    let boarding = taken.is_some_and(|taken| taken.boarding);
    let opened = taken.is_some_and(|taken| taken.opened.iter().any(|(by, _)| *by == officer.id));
    let may = officer.role.may(Ability::OpenReceived);
    let (code, shown) = match side.readable(&id, scene.now).unwrap_or(Readable::Sealed) {
        Readable::Sealed => ("sealed", false),
        Readable::Yes if opened => ("open", may),
        Readable::Yes => ("readable", false),
        // The watch changes during a boarding: whoever may open sees it.
        Readable::LeaseLapsed => ("lease_lapsed", may),
        Readable::Quiet => ("quiet", false),
        Readable::Withdrawn => ("withdrawn", false),
    };
    let document = if shown { Some(side.show(id, scene.shelf, scene.now)?.document) } else { None };
    Ok(ReceivedItem {
        release: id.to_string(),
        item: release.item.clone(),
        kind: state.tags.kind,
        observed: document.as_ref().map(|document| document.observed.to_string()),
        received: state.recorded.to_string(),
        purpose: state.tags.purpose,
        leaf: state.leaf,
        state: code,
        handling: Some(HandlingView::from(state.handling.as_ref())),
        fields: document.map(fields),
        boarding,
    })
}

/// The fields, with the place as it was given.
fn fields(document: Document) -> BTreeMap<String, serde_json::Value> {
    let mut fields: BTreeMap<String, serde_json::Value> =
        document.fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
    if let Some(place) = document.place {
        let (lat, lon) = (place.lat_udeg as f64 / 1e6, place.lon_udeg as f64 / 1e6);
        fields
            .entry("position".to_owned())
            .or_insert_with(|| json!({ "lat": lat, "lon": lon, "grid_m": place.grid_m }));
    }
    fields
}

/// Opens an item for this officer; the opening is recorded before the content is shown.
#[utoipa::path(post, path = "/api/exchange/{agreement}/received/{release}/open",
    params(("agreement" = String, Path), ("release" = String, Path)), request_body = NewOpening,
    responses((status = 200, body = ReceivedItem), (status = 403, body = ApiErrorBody), (status = 404, body = ApiErrorBody),
        (status = 409, body = ApiErrorBody)))]
pub(super) async fn open(
    State(state): State<AppState>,
    who: SignedIn,
    Segment((agreement, release)): Segment<(String, String)>,
    Body(ask): Body<NewOpening>,
) -> Result<Json<ReceivedItem>, ApiError> {
    let officer = who.may(Ability::OpenReceived)?.clone();
    let item = at_desk(&state, move |desk, state| {
        let id = agreement_id(&agreement)?;
        let release: ReleaseId = release.parse().map_err(|error| ApiError::bad("release", error))?;
        see(desk, &id, (state.now)(), |scene| openable(scene, release))?;
        let by = officer.id;
        desk.exchange.carry_out(&id, move |side, shelf, now| {
            side.open_item(release, by, ask.boarding, shelf, now).map(|_| ())
        })?;
        announce(desk, state, &id, "opened");
        see(desk, &id, (state.now)(), |scene| {
            let missing = || ApiError::NotFound(release.to_string());
            let given = scene.side.theirs().releases().get(&release).ok_or_else(missing)?;
            let record = release_at(scene, scene.side.partner_code(), given.leaf)?.ok_or_else(missing)?;
            shape(scene, &officer, release, given, &record)
        })
    })
    .await?;
    Ok(Json(item))
}

/// Why it cannot be opened now, as a code of its own each.
fn openable(scene: Scene<'_>, release: ReleaseId) -> Result<(), ApiError> {
    let (code, why) = match scene.side.readable(&release, scene.now) {
        None => return Err(ApiError::NotFound(release.to_string())),
        Some(Readable::Yes | Readable::LeaseLapsed) => return Ok(()),
        Some(Readable::Sealed) => ("sealed", "its key has not come"),
        Some(Readable::Quiet) => ("quiet", "the lease over it has lapsed, or it is stopped"),
        Some(Readable::Withdrawn) => ("withdrawn", "it was withdrawn"),
    };
    Err(ApiError::Conflict { code, why: format!("release `{release}`: {why}") })
}
