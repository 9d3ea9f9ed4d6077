//! Behaviour events, the raw lines behind them, and what was put in quarantine.

use std::collections::BTreeMap;
use std::path::Path;

use axum::Json;
use axum::extract::State;
use bitacora_ledger::hex;
use bitacora_primitives::{Ability, Instant, SourceId};
use bitacora_store::{EventFilter, RawLines, ReceptionQuery, Store, StoreError, StoredReception};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use crate::convert::{event_shape, mmsi, optional_time};
use crate::error::ApiError;
use crate::extract::{Asked, Segment};
use crate::session::SignedIn;
use crate::shapes::{BehaviourEvent, HeardBy, Quarantine, QuarantineSample, RawLine, ReasonCount};
use crate::state::AppState;

const MAX_EVENTS: usize = 5_000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Events {
    from: Option<String>,
    to: Option<String>,
    /// One kind or several, with commas between; all when absent.
    kind: Option<String>,
    mmsi: Option<u32>,
    limit: Option<usize>,
}

/// Events that overlap a window, newest first; the latest revision of each.
#[utoipa::path(get, path = "/api/events", params(Events), responses((status = 200, body = Vec<BehaviourEvent>)))]
pub(super) async fn events(
    State(state): State<AppState>,
    who: SignedIn,
    Asked(query): Asked<Events>,
) -> Result<Json<Vec<BehaviourEvent>>, ApiError> {
    who.may(Ability::SeePicture)?;
    let filter = EventFilter {
        from: optional_time("from", query.from.as_deref())?,
        to: optional_time("to", query.to.as_deref())?,
        kinds: query
            .kind
            .iter()
            .flat_map(|kinds| kinds.split(','))
            .filter(|kind| !kind.is_empty())
            .map(str::to_owned)
            .collect(),
        mmsi: query.mmsi.map(mmsi).transpose()?,
        limit: query.limit.unwrap_or(1_000).min(MAX_EVENTS),
    };
    let rows = state.with_store(move |store| store.events(&filter)).await?;
    Ok(Json(rows.iter().map(|row| event_shape(&state.live, row)).collect::<Result<_, _>>()?))
}

/// Events found in reports that came so lately that earlier ones may still come, latest start first. No lead rests on
/// them; within the lateness bound each is settled, changed or taken back.
#[utoipa::path(get, path = "/api/events/provisional", responses((status = 200, body = Vec<BehaviourEvent>)))]
pub(super) async fn provisional(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<Vec<BehaviourEvent>>, ApiError> {
    who.may(Ability::SeePicture)?;
    Ok(Json(state.live.provisional()))
}

pub(super) async fn source_names(state: &AppState) -> Result<BTreeMap<SourceId, String>, ApiError> {
    let sources = state.with_store(|store| store.sources()).await?;
    Ok(sources.into_iter().map(|source| (source.id, source.name)).collect())
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Offset {
    /// Byte offset of the line, for one that no event or lead stands on.
    offset: Option<u64>,
    /// Time of the report that rests on it: where nothing else tells it, without it nobody is named who heard it.
    observed: Option<String>,
}

/// One raw line: as kept with the event or lead that stands on it, else from its recording by offset; and who heard
/// what it says.
#[utoipa::path(get, path = "/api/evidence/{source}/{line}",
    params(("source" = String, Path), ("line" = u64, Path), Offset), responses((status = 200, body = RawLine)))]
pub(super) async fn evidence(
    State(state): State<AppState>,
    who: SignedIn,
    Segment((source, line)): Segment<(String, u64)>,
    Asked(query): Asked<Offset>,
) -> Result<Json<RawLine>, ApiError> {
    who.may(Ability::SeePicture)?;
    let id: SourceId = source.parse().map_err(|error| ApiError::bad("source", error))?;
    let observed = optional_time("observed", query.observed.as_deref())?;
    let found = state.with_store(move |store| raw_line(store, id, line, query.offset, observed)).await?;
    let (raw, heard_by) = found.ok_or_else(|| ApiError::NotFound(format!("{source}:{line}")))?;
    let names = source_names(&state).await?;
    Ok(Json(RawLine {
        source,
        source_name: names.get(&id).cloned().unwrap_or_default(),
        line,
        raw: String::from_utf8_lossy(&raw).into_owned(),
        sha256: hex::encode(&Sha256::digest(&raw)),
        heard_by,
    }))
}

/// The bytes of a line, and who heard what it says.
type Evidenced = (Vec<u8>, Vec<HeardBy>);

fn raw_line(
    store: &Store,
    source: SourceId,
    line: u64,
    offset: Option<u64>,
    observed: Option<Instant>,
) -> Result<Option<Evidenced>, StoreError> {
    let (raw, observed) = match store.evidence(source, line)? {
        Some(kept) => (kept.raw, kept.observed.or(observed)),
        None => {
            let recording = store.source(source)?.and_then(|source| source.raw_path);
            let (Some(recording), Some(offset)) = (recording, offset) else { return Ok(None) };
            // A recording that was moved away takes its other lines along: not found, no failure of the store.
            let raw = RawLines::of(Path::new(&recording)).ok().and_then(|lines| lines.at(offset));
            let Some(raw) = raw else { return Ok(None) };
            (raw, observed)
        }
    };
    let Some(time) = observed else { return Ok(Some((raw, Vec::new()))) };
    let receptions =
        store.receptions(&ReceptionQuery { from: time, to: time, kept: Some((source, line)) })?;
    Ok(Some((raw, by_station(receptions))))
}

/// Each station once, in the order of its first line.
fn by_station(receptions: Vec<StoredReception>) -> Vec<HeardBy> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut found: Vec<HeardBy> = Vec::new();
    for StoredReception { row, station, .. } in receptions {
        if let Some(known) = places.get(&station).and_then(|place| found.get_mut(*place)) {
            known.times += 1;
            continue;
        }
        let (at, line) = (row.heard_at.to_string(), row.heard_line);
        found.push(HeardBy {
            station: Some(station.clone()).filter(|name| !name.is_empty()),
            at,
            line,
            times: 1,
        });
        places.insert(station, found.len() - 1);
    }
    found
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Limit {
    limit: Option<usize>,
}

/// Refused lines: how many by reason, and samples with their place.
#[utoipa::path(get, path = "/api/quarantine", params(Limit), responses((status = 200, body = Quarantine)))]
pub(super) async fn quarantine(
    State(state): State<AppState>,
    who: SignedIn,
    Asked(query): Asked<Limit>,
) -> Result<Json<Quarantine>, ApiError> {
    who.may(Ability::SeePicture)?;
    let limit = query.limit.unwrap_or(200).min(1_000);
    let (marks, samples) =
        state.with_store(move |store| Ok((store.latest_marks()?, store.quarantine_samples(limit)?))).await?;
    let names = source_names(&state).await?;
    let mut by_reason: BTreeMap<&str, u64> = BTreeMap::new();
    for (code, count) in marks.iter().flat_map(|mark| &mark.tallies) {
        if let Some(reason) = code.strip_prefix("refused:") {
            *by_reason.entry(reason).or_default() += count;
        }
    }
    let mut by_reason: Vec<ReasonCount> = by_reason
        .into_iter()
        .map(|(reason, count)| ReasonCount { reason: reason.to_owned(), count })
        .collect();
    by_reason.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.reason.cmp(&b.reason)));
    Ok(Json(Quarantine {
        by_reason,
        samples: samples
            .iter()
            .map(|sample| QuarantineSample {
                source: sample.source.to_string(),
                source_name: names.get(&sample.source).cloned().unwrap_or_default(),
                line: sample.line,
                reason: sample.reason.clone(),
                detail: sample.detail.clone(),
                raw: String::from_utf8_lossy(&sample.raw).into_owned(),
            })
            .collect(),
    }))
}
