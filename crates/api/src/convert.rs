//! From stored rows to the shapes of the API.

use bitacora_claims::{Claim, Handling, Marking, Said, tlp_of};
use bitacora_leads::{Lead, State};
use bitacora_primitives::{Instant, Mmsi, Officer};
use bitacora_sea::contacts::{ContactFlags, StationKind};
use bitacora_store::{DecisionRow, EventRow, IdentityRow, LeadRow};

use crate::error::ApiError;
use crate::live::{Live, LiveVessel};
use crate::shapes::{
    BehaviourEvent, ClaimMarking, ClaimNamed, ClaimSaid, DecisionShape, Identity, LeadSummary, OfficerShape,
    ProbabilityShape, VesselColumns,
};

/// Six decimals are 0.11 m: more digits than AIS has only make the message longer.
pub(crate) fn round6(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

pub(crate) fn station_code(station: StationKind) -> &'static str {
    match station {
        StationKind::ClassA => "class_a",
        StationKind::ClassB => "class_b",
        StationKind::BaseStation => "base_station",
        StationKind::SarAircraft => "sar_aircraft",
        StationKind::AidToNavigation => "aid_to_navigation",
        StationKind::Unknown => "unknown",
    }
}

pub(crate) fn flag_codes(flags: ContactFlags) -> Vec<&'static str> {
    [
        (ContactFlags::OFF_LENGTH, "off_length"),
        (ContactFlags::COARSE, "coarse"),
        (ContactFlags::TIME_ESTIMATED, "time_estimated"),
        (ContactFlags::ODD_IDENTITY, "odd_identity"),
        (ContactFlags::FIELD_RANGE, "field_range"),
    ]
    .into_iter()
    .filter(|(flag, _)| flags.has(*flag))
    .map(|(_, code)| code)
    .collect()
}

pub(crate) fn push_vessel(columns: &mut VesselColumns, vessel: &LiveVessel) {
    let contact = &vessel.contact;
    columns.mmsi.push(contact.mmsi.number());
    columns.t_ms.push(contact.observed.micros() / 1000);
    columns.lat.push(round6(contact.position.lat()));
    columns.lon.push(round6(contact.position.lon()));
    columns.sog_kn.push(contact.sog_kn);
    columns.cog_deg.push(contact.cog_deg);
    columns.heading_deg.push(contact.heading_deg);
    columns.ship_type.push(vessel.ship_type);
    columns.station.push(station_code(contact.station));
    columns.name.push(vessel.name.as_deref().map(str::to_owned));
}

/// One version of what a source says.
pub(crate) fn claim_said(claim: &Claim) -> ClaimSaid {
    let at = claim.place.map(|place| place.position);
    ClaimSaid {
        version: claim.version.to_string(),
        sha256: claim.sha256.clone(),
        kind: claim.kind,
        platform: claim.platform.clone(),
        handed_in: claim.handed_in.to_string(),
        maker: claim.maker.clone(),
        about: claim
            .about
            .iter()
            .map(|named| ClaimNamed {
                mmsi: named.mmsi.map(Mmsi::number),
                imo: named.imo,
                container: named.container.map(|number| number.to_string()),
                name: named.name.clone(),
                call_sign: named.call_sign.clone(),
                flag: named.flag.clone(),
            })
            .collect(),
        lat: at.map(|at| round6(at.lat())),
        lon: at.map(|at| round6(at.lon())),
        uncertainty_m: claim.place.and_then(|place| place.uncertainty_m),
        first: claim.first.map(|at| at.to_string()),
        last: claim.last.map(|at| at.to_string()),
        count: claim.count,
        sog_kn: claim.sog_kn,
        cog_deg: claim.cog_deg,
        title: claim.title.clone(),
        text: claim.text.clone(),
        tlp: tlp_of(&claim.markings).map(str::to_owned),
        markings: claim.markings.iter().map(claim_marking).collect(),
        labels: claim.labels.clone(),
        unread: claim.unread.clone(),
    }
}

fn claim_marking(marking: &Marking) -> ClaimMarking {
    let (form, text, handling) = match &marking.says {
        Said::Tlp(label) => ("tlp", label.clone(), Handling::default()),
        Said::Statement(text) => ("statement", text.clone(), Handling::default()),
        Said::Other(text) => ("other", text.clone(), Handling::default()),
        Said::Handling(handling) => {
            ("handling", handling.originator.clone().unwrap_or_default(), handling.clone())
        }
    };
    ClaimMarking {
        id: marking.id.clone(),
        form,
        text,
        releasable_to: handling.releasable_to,
        purposes: handling.purposes,
        forbidden_purposes: handling.forbidden_purposes,
        handling_codes: handling.handling_codes,
        originator_control: handling.originator_control,
        selectors: marking.selectors.clone(),
        of_holder: marking.of_holder,
    }
}

fn name_text(live: &Live, mmsi: Mmsi) -> Option<String> {
    live.name_of(mmsi).0.as_deref().map(str::to_owned)
}

pub(crate) fn event_shape(live: &Live, row: &EventRow) -> Result<BehaviourEvent, ApiError> {
    let event: bitacora_sea::Event = serde_json::from_str(&row.event.body)?;
    Ok(live_event(live, &event))
}

pub(crate) fn live_event(live: &Live, event: &bitacora_sea::Event) -> BehaviourEvent {
    BehaviourEvent {
        id: event.id.to_string(),
        revision: event.revision,
        kind: event.kind.code().to_owned(),
        mmsi: event.mmsi.number(),
        name: name_text(live, event.mmsi),
        other: event.other.map(Mmsi::number),
        other_name: event.other.and_then(|mmsi| name_text(live, mmsi)),
        start: event.start.to_string(),
        end: event.end.map(|end| end.to_string()),
        lat: round6(event.position.lat()),
        lon: round6(event.position.lon()),
        end_lat: event.end_position.map(|at| round6(at.lat())),
        end_lon: event.end_position.map(|at| round6(at.lon())),
        place: event.place.clone(),
        numbers: event.numbers.clone(),
        evidence: event.evidence.iter().map(|piece| piece.evidence.into()).collect(),
        provisional: false,
        withdrawn: event.withdrawn,
    }
}

/// The state on the officer's screen: what was decided, or old age.
pub(crate) fn state_of(row: &LeadRow, lead: &Lead) -> Result<State, ApiError> {
    let decided = match &row.last {
        Some(decision) => Some(parse_state(&decision.state_after)?),
        None => None,
    };
    Ok(State::of(decided, lead.expired))
}

pub(crate) fn parse_state(code: &str) -> Result<State, ApiError> {
    State::ALL
        .into_iter()
        .find(|state| state.code() == code)
        .ok_or_else(|| ApiError::bad("state", format!("`{code}` is not a state")))
}

/// A lead for the queue.
pub fn lead_summary(live: &Live, row: &LeadRow, decided_by: Option<String>) -> Result<LeadSummary, ApiError> {
    let lead: Lead = serde_json::from_str(&row.lead.body)?;
    Ok(LeadSummary {
        id: lead.id.to_string(),
        number: row.number.clone(),
        revision: lead.revision,
        state: state_of(row, &lead)?,
        level: lead.level,
        probability: lead.probability.map(|p| ProbabilityShape { value: p.value, low: p.low, high: p.high }),
        title: lead.title,
        mmsi: lead.vessel().map(Mmsi::number),
        name: lead.vessel().and_then(|mmsi| name_text(live, mmsi)),
        ship_type: lead.vessel().and_then(|mmsi| live.name_of(mmsi).1),
        container: lead.container().map(|number| number.to_string()),
        other: lead.other_vessel().map(Mmsi::number),
        other_name: lead.other_vessel().and_then(|mmsi| name_text(live, mmsi)),
        start: lead.start.to_string(),
        updated: lead.updated.to_string(),
        lat: lead.position.map(|position| round6(position.lat())),
        lon: lead.position.map(|position| round6(position.lon())),
        sum_nats: lead.sum_nats,
        bars: lead
            .reasons
            .iter()
            .filter(|reason| reason.counted)
            .map(|reason| (reason.indication.code, reason.indication.strength.nats))
            .collect(),
        decided_by,
        decided_at: row.last.as_ref().map(|decision| decision.at.to_string()),
    })
}

pub(crate) fn decision_shape(row: &DecisionRow, officer: &Officer) -> DecisionShape {
    DecisionShape {
        id: row.id.to_string(),
        lead: row.lead.to_string(),
        action: row.action.clone(),
        reason: row.reason.clone(),
        note: row.note.clone(),
        officer: OfficerShape::from(officer),
        at: row.at.to_string(),
        lead_revision: row.lead_revision,
        leaf: row.leaf,
    }
}

pub(crate) fn identity_shape(row: &IdentityRow) -> Identity {
    Identity {
        since: row.since.to_string(),
        name: row.name.clone(),
        call_sign: row.call_sign.clone(),
        imo: row.imo,
        ship_type: row.ship_type,
        length_m: row.length_m,
        beam_m: row.beam_m,
        draught_m: row.draught_m,
        destination: row.destination.clone(),
        evidence: row.evidence.into(),
    }
}

pub(crate) fn optional_time(field: &'static str, text: Option<&str>) -> Result<Option<Instant>, ApiError> {
    text.filter(|text| !text.is_empty())
        .map(|text| Instant::parse(text).map_err(|error| ApiError::bad(field, error)))
        .transpose()
}

pub(crate) fn mmsi(number: u32) -> Result<Mmsi, ApiError> {
    Mmsi::new(number).ok_or_else(|| ApiError::bad("mmsi", format!("{number} has more than nine digits")))
}

/// A code as it is written in JSON.
pub(crate) fn code_text<T: serde::Serialize>(code: &T) -> Option<String> {
    serde_json::to_value(code).ok().and_then(|value| value.as_str().map(str::to_owned))
}
