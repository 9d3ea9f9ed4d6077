//! Vessels, tracks and positions, live and as stored.

use axum::Json;
use axum::extract::State;
use bitacora_primitives::{Ability, Duration, Instant};
use bitacora_sea::contacts::ContactFlags;
use bitacora_store::{EventFilter, LeadFilter, PositionQuery};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::convert::{
    event_shape, flag_codes, identity_shape, mmsi, optional_time, push_vessel, round6, station_code,
};
use crate::error::ApiError;
use crate::extract::{Asked, Segment};
use crate::live::LiveVessel;
use crate::segments::by_track;
use crate::session::SignedIn;
use crate::shapes::{Density, LastFix, PositionColumns, Track, TrackGap, Vessel, VesselColumns};
use crate::state::AppState;

/// Fixes in one answer; a page asks again for a shorter window when there are more.
const MAX_POSITIONS: usize = 250_000;
const MAX_BINS: usize = 2_000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct At {
    at: Option<String>,
    stale_min: Option<i64>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Window {
    from: Option<String>,
    to: Option<String>,
}

impl Window {
    /// The window asked for, or the last `hours` up to the picture's now.
    pub(super) fn resolve(&self, state: &AppState, hours: i64) -> Result<(Instant, Instant), ApiError> {
        let to = optional_time("to", self.to.as_deref())?.unwrap_or_else(|| state.live.now((state.now)()));
        let from = optional_time("from", self.from.as_deref())?.unwrap_or(to - Duration::from_hours(hours));
        if from > to {
            return Err(ApiError::bad("from", "it lies after `to`"));
        }
        Ok((from, to))
    }
}

/// The newest fix of every vessel: live, or as it was known at `at`.
#[utoipa::path(get, path = "/api/vessels", params(At), responses((status = 200, body = VesselColumns)))]
pub(super) async fn vessels(
    State(state): State<AppState>,
    who: SignedIn,
    Asked(query): Asked<At>,
) -> Result<Json<VesselColumns>, ApiError> {
    who.may(Ability::SeePicture)?;
    let stale = Duration::from_mins(query.stale_min.unwrap_or(120).clamp(1, 7 * 24 * 60));
    let Some(at) = optional_time("at", query.at.as_deref())? else {
        return Ok(Json(state.live.snapshot(state.live.now((state.now)()), stale)));
    };
    let rows = state.with_store(move |store| store.latest_positions(at, stale)).await?;
    let mut columns = VesselColumns { at: at.to_string(), ..VesselColumns::default() };
    for row in &rows {
        if let Some(contact) = row.contact() {
            let (name, ship_type) = state.live.name_of(row.mmsi);
            push_vessel(&mut columns, &LiveVessel { contact, name, ship_type });
        }
    }
    Ok(Json(columns))
}

/// Every stored fix of a window, for replay.
#[utoipa::path(get, path = "/api/positions", params(Window), responses((status = 200, body = PositionColumns)))]
pub(super) async fn positions(
    State(state): State<AppState>,
    who: SignedIn,
    Asked(window): Asked<Window>,
) -> Result<Json<PositionColumns>, ApiError> {
    who.may(Ability::SeePicture)?;
    let (from, to) = window.resolve(&state, 1)?;
    let query = PositionQuery { from, to, mmsi: None, limit: MAX_POSITIONS };
    let found = state.with_store(move |store| store.positions(&query)).await?;
    let mut columns = PositionColumns {
        from: from.to_string(),
        to: to.to_string(),
        truncated: found.truncated,
        ..PositionColumns::default()
    };
    for row in &found.rows {
        columns.mmsi.push(row.mmsi.number());
        columns.t_ms.push(row.time.micros() / 1000);
        columns.lat.push(round6(row.lat));
        columns.lon.push(round6(row.lon));
        columns.sog_kn.push(row.sog_kn);
        columns.cog_deg.push(row.cog_deg);
    }
    Ok(Json(columns))
}

/// One vessel's track: every stored fix, segment by segment, and its gaps.
#[utoipa::path(get, path = "/api/vessels/{mmsi}/track", params(("mmsi" = u32, Path), Window),
    responses((status = 200, body = Track)))]
pub(super) async fn track(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(number): Segment<u32>,
    Asked(window): Asked<Window>,
) -> Result<Json<Track>, ApiError> {
    who.may(Ability::SeePicture)?;
    let vessel = mmsi(number)?;
    let (from, to) = window.resolve(&state, 24)?;
    let (found, gaps) = state
        .with_store(move |store| {
            let found =
                store.positions(&PositionQuery { from, to, mmsi: Some(vessel), limit: MAX_POSITIONS })?;
            let gaps = store.events(&EventFilter {
                from: Some(from),
                to: Some(to),
                kinds: vec!["gap".to_owned()],
                mmsi: Some(vessel),
                ..EventFilter::default()
            })?;
            Ok((found, gaps))
        })
        .await?;
    let (rows, breaks) = by_track(found.rows);
    Ok(Json(Track {
        mmsi: number,
        t_ms: rows.iter().map(|row| row.time.micros() / 1000).collect(),
        lat: rows.iter().map(|row| round6(row.lat)).collect(),
        lon: rows.iter().map(|row| round6(row.lon)).collect(),
        sog_kn: rows.iter().map(|row| row.sog_kn).collect(),
        breaks,
        gaps: gaps
            .iter()
            .map(|row| TrackGap {
                event: row.event.id.to_string(),
                start_ms: row.event.start.micros() / 1000,
                end_ms: row.event.end.map(|end| end.micros() / 1000),
            })
            .collect(),
    }))
}

/// One vessel's card: identities, last fix, events and leads.
#[utoipa::path(get, path = "/api/vessels/{mmsi}", params(("mmsi" = u32, Path)),
    responses((status = 200, body = Vessel)))]
pub(super) async fn vessel(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(number): Segment<u32>,
) -> Result<Json<Vessel>, ApiError> {
    who.may(Ability::SeePicture)?;
    let vessel = mmsi(number)?;
    let now = state.live.now((state.now)());
    let (identities, events, leads, stored) = state
        .with_store(move |store| {
            let identities = store.identities(vessel)?;
            let events =
                store.events(&EventFilter { mmsi: Some(vessel), limit: 50, ..EventFilter::default() })?;
            let leads =
                store.leads(&LeadFilter { mmsi: Some(vessel), limit: 50, ..LeadFilter::default() })?;
            let query = PositionQuery {
                from: now - Duration::from_hours(48),
                to: now,
                mmsi: Some(vessel),
                limit: MAX_POSITIONS,
            };
            let stored = store.positions(&query)?.rows.pop();
            Ok((identities, events, leads, stored))
        })
        .await?;
    let contact =
        state.live.vessel(vessel).map(|live| live.contact).or_else(|| stored.and_then(|row| row.contact()));
    if contact.is_none() && identities.is_empty() && events.is_empty() {
        return Err(ApiError::NotFound(vessel.to_string()));
    }
    let mut identities = identities.iter().map(identity_shape);
    Ok(Json(Vessel {
        mmsi: number,
        mid: vessel.mid(),
        station: contact.map_or("unknown", |contact| station_code(contact.station)).to_owned(),
        identity: identities.next(),
        earlier: identities.collect(),
        last: contact.map(|contact| LastFix {
            observed: contact.observed.to_string(),
            received: contact.received.to_string(),
            lat: round6(contact.position.lat()),
            lon: round6(contact.position.lon()),
            sog_kn: contact.sog_kn,
            cog_deg: contact.cog_deg,
            heading_deg: contact.heading_deg,
            nav_status: contact.nav_status,
            evidence: contact.evidence.into(),
            flags: flag_codes(ContactFlags::from_bits(contact.flags.bits())),
        }),
        events: events.iter().map(|row| event_shape(&state.live, row)).collect::<Result<_, _>>()?,
        leads: super::leads::summaries(&state, leads).await?,
    }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Bins {
    from: Option<String>,
    to: Option<String>,
    bins: Option<usize>,
}

/// How many positions were heard, bin by bin: the histogram of the time bar.
#[utoipa::path(get, path = "/api/density", params(Bins), responses((status = 200, body = Density)))]
pub(super) async fn density(
    State(state): State<AppState>,
    who: SignedIn,
    Asked(query): Asked<Bins>,
) -> Result<Json<Density>, ApiError> {
    who.may(Ability::SeePicture)?;
    let (from, to) = Window { from: query.from, to: query.to }.resolve(&state, 24)?;
    let bins = query.bins.unwrap_or(144).clamp(1, MAX_BINS);
    let counts = state.with_store(move |store| store.density(from, to, bins)).await?;
    Ok(Json(Density { from: from.to_string(), to: to.to_string(), counts }))
}
