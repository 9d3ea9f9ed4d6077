//! From the core's types to the store's rows.

use aws_lc_rs::digest::{SHA256, digest};
use bitacora_feeds::ais::Reception;
use bitacora_leads::Lead;
use bitacora_primitives::{EvidenceRef, Indication, Instant, Mmsi};
use bitacora_sea::contacts::Hearing;
use bitacora_sea::{Event, Identity, Refusal};
use bitacora_store::{IdentityRow, NewEvent, NewIndication, NewLead, RawLine, ReceptionRow};

use crate::error::NodeError;

pub(crate) fn event(event: &Event) -> Result<NewEvent, NodeError> {
    Ok(NewEvent {
        id: event.id,
        revision: event.revision,
        kind: event.kind.code().to_owned(),
        mmsi: event.mmsi,
        other: event.other,
        start: event.start,
        end: event.end,
        lat: event.position.lat(),
        lon: event.position.lon(),
        withdrawn: event.withdrawn,
        body: serde_json::to_string(event)?,
    })
}

/// With the station's name as received.
pub(super) fn reception(one: &Reception) -> (ReceptionRow, &[u8]) {
    let row = ReceptionRow {
        time: one.observed,
        mmsi: one.mmsi,
        message_type: one.message_type,
        line: one.line,
        heard_at: one.at,
        heard_line: one.heard_line,
        offset: one.offset,
        payload: Some(one.payload),
    };
    (row, one.station.bytes())
}

/// For the picture: of a report whose bits tell it from others, by a station with a name.
pub(super) fn hearing(one: &Reception) -> Option<Hearing<'_>> {
    let station = std::str::from_utf8(one.station.bytes()).ok()?;
    Hearing::tells_apart(one.message_type).then_some(Hearing {
        kept: (one.source, one.line),
        observed: one.observed,
        station,
        at: one.at,
        evidence: EvidenceRef { source: one.source, line: one.heard_line, offset: one.offset },
        payload: one.payload,
    })
}

pub(super) fn indication(mmsi: Mmsi, one: &Indication) -> Result<NewIndication, NodeError> {
    Ok(NewIndication {
        id: one.id,
        revision: one.revision,
        code: code_text(&one.code)?,
        mmsi,
        start: one.start,
        body: serde_json::to_string(one)?,
    })
}

pub(crate) fn lead(lead: &Lead) -> Result<NewLead, NodeError> {
    Ok(NewLead {
        id: lead.id,
        revision: lead.revision,
        mmsi: lead.vessel(),
        other: lead.other_vessel(),
        container: lead.container().map(|number| number.to_string()),
        start: lead.start,
        updated: lead.updated,
        strength: lead.sum_nats,
        lat: lead.position.map(|position| position.lat()),
        lon: lead.position.map(|position| position.lon()),
        code: code_text(&lead.title)?,
        body: serde_json::to_string(lead)?,
    })
}

fn code_text<T: serde::Serialize>(code: &T) -> Result<String, NodeError> {
    Ok(serde_json::to_value(code)?.as_str().unwrap_or_default().to_owned())
}

pub(super) fn identity(mmsi: Mmsi, identity: &Identity) -> IdentityRow {
    IdentityRow {
        mmsi,
        since: identity.since,
        name: identity.name.clone(),
        call_sign: identity.call_sign.clone(),
        imo: identity.imo,
        ship_type: identity.ship_type,
        length_m: identity.length_m,
        beam_m: identity.beam_m,
        draught_m: identity.draught_m,
        destination: identity.destination.clone(),
        station: 0,
        evidence: identity.evidence,
    }
}

pub(super) fn raw_line(evidence: EvidenceRef, observed: Instant, mmsi: Mmsi, raw: Vec<u8>) -> RawLine {
    let mut sha256 = [0; 32];
    for (to, from) in sha256.iter_mut().zip(digest(&SHA256, &raw).as_ref()) {
        *to = *from;
    }
    RawLine {
        source: evidence.source,
        line: evidence.line,
        offset: evidence.offset,
        raw,
        sha256,
        observed: Some(observed),
        mmsi: Some(mmsi),
    }
}

pub(super) const fn refusal_code(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::ObservedAfterReceived => "observed_after_received",
        Refusal::ClockLeap => "clock_leap",
    }
}
