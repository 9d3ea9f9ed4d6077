//! The demo's port: an invented day of containers with planted rip-ons, ingested as files like any other, its list planned
//! and committed to before the first round, and drawn hour by hour until the demo's moment. Its keys are the demo's own.

use std::path::{Path, PathBuf};

use bitacora_api::port::log_result;
use bitacora_api::shapes::NewScanResult;
use bitacora_port::draw::{
    Action, Anchor, BODIES, Beacon, Body, Checker, Commitment, Draw, Hex, OfficerKey, OfficerSignature,
    Outcome, Override, Part, Round, SecretKey, Share, Times, part, signed_text,
};
use bitacora_port::inspection::{NotDone, Outcome as ScanOutcome};
use bitacora_port::targeting::{DrawKeys, Settings, plan};
use bitacora_primitives::{Duration, Instant, Officer, Role};
use bitacora_scenarios::Scale;
use bitacora_scenarios::port::{PortDay, port_day_of};

use crate::commands::port::ingest::ReadAs;
use crate::commands::port::{draw as draws, ingest};
use crate::error::NodeError;
use crate::exchange::publish::write_whole;
use crate::serving::Node;

/// The planned day begins here, and the demo looks at it ten hours later.
const START: Instant = Instant::from_secs(1_773_446_400); // 2026-03-14T00:00:00Z
const NOW: Duration = Duration::from_hours(10);
/// Scans an hour.
const CAPACITY: u32 = 3;
const HOURS: u16 = 24;
const ROUND_SECONDS: u64 = 600;
const AS_WRITTEN: ReadAs<'_> =
    ReadAs { standard: None, authority: bitacora_scenarios::port::AUTHORITY, minutes_east: 0 };
/// The slot in which the police's share comes too late.
const LATE: u32 = 4;
/// The slot in which a picked box was gone before its scan.
const GONE: u32 = 6;

pub(crate) fn play(node: &Node, folder: &Path, seed: u64, small: bool) -> Result<(), NodeError> {
    let scale = if small { Scale::Watch } else { Scale::Day };
    let day = port_day_of(seed, START, scale);
    let truth = folder.join("port-truth.json");
    write_whole(&truth, day.truth.to_json()?.as_bytes())?;
    let before = files(folder, "before", &said(&day, |at| at <= START))?;
    ingest::keep(&node.store, &before, AS_WRITTEN)?;
    let mut draw = commit(node)?;
    let until = START + NOW;
    let after = files(folder, "day", &said(&day, |at| START < at && at <= until))?;
    ingest::keep(&node.store, &after, AS_WRITTEN)?;
    draw_until(&mut draw, until)?;
    override_one(node, &mut draw)?;
    draws::keep_in(&node.store, &draw)?;
    scan(node, &draw, &day)
}

/// What the port's systems said at these times.
fn said(day: &PortDay, then: impl Fn(Instant) -> bool) -> PortDay {
    let mut day = day.clone();
    day.events.retain(|event| then(event.received));
    day.reefer.retain(|row| then(row.at));
    day.orders.retain(|order| then(order.valid_from));
    day.access.retain(|record| then(record.at));
    day.telematics.retain(|record| then(record.at));
    day
}

fn files(folder: &Path, name: &str, day: &PortDay) -> Result<Vec<PathBuf>, NodeError> {
    let folder = folder.join("port-day").join(name);
    let write = |(name, text): (&str, String)| {
        let path = folder.join(name);
        write_whole(&path, text.as_bytes()).map(|()| path)
    };
    day.files().into_iter().map(write).collect()
}

fn body_key(body: Body) -> SecretKey {
    SecretKey::from_seed(&[1 + body as u8; 32])
}

fn party_key(party: u32) -> SecretKey {
    SecretKey::from_seed(&[0x40 + u8::try_from(party).unwrap_or(0); 32])
}

const FROM: Hex<32> = Hex([9; 32]);

/// An own beacon of three parties; its first round comes an hour before the day.
fn beacon() -> Beacon {
    let first = START - Duration::from_hours(1);
    let seconds = u64::try_from(first.micros() / 1_000_000).unwrap_or(0);
    Beacon::ThreeParty {
        keys: [0, 1, 2].map(|party| party_key(party).public()),
        from: Anchor { round: 0, value: FROM },
        times: Times { first: seconds, period: ROUND_SECONDS },
    }
}

fn commit(node: &Node) -> Result<Draw, NodeError> {
    let failed = |why: String| NodeError::Port { path: "demo".into(), why };
    let book = bitacora_api::port::Screening::default().book(&node.store)?;
    let settings = Settings { hours: HOURS, ..Settings::default() };
    let day = book.day_from(&settings, START)?;
    let planned = plan(&day, &[CAPACITY; HOURS as usize]).map_err(|error| failed(error.to_string()))?;
    let officers = node.store.officers()?.into_iter();
    let names = DrawKeys {
        port: "CO-DEMO-1".to_owned(),
        shift: "2026-03-14".to_owned(),
        beacon: beacon(),
        keys: BODIES.map(|body| body_key(body).public()),
        officers: officers.map(|one| OfficerKey { key: Hex(one.public_key), officer: one.id }).collect(),
    };
    let entries = planned.entries().map_err(|error| failed(error.to_string()))?;
    let terms = planned.terms(&day, names);
    let commitment = Commitment::new(terms, &entries).map_err(|error| failed(error.to_string()))?;
    let draw = Draw::new(commitment, entries).map_err(|error| failed(error.to_string()))?;
    draws::log(&node.store, &*node.keys, &draw, START)?;
    Ok(draw)
}

/// Every round until then, and with it every slot that opens.
fn draw_until(draw: &mut Draw, until: Instant) -> Result<(), NodeError> {
    let failed = |why: String| NodeError::Port { path: "demo".into(), why };
    let mut checker = Checker::new(&beacon()).map_err(|error| failed(error.to_string()))?;
    let (mut value, mut slot, mut missed) = (FROM, 0, false);
    for number in 1.. {
        if beacon().time_of(number).is_none_or(|at| at > until) {
            break;
        }
        let parts: Vec<Part> =
            (0..3).filter_map(|party| part(party, &party_key(party), number, &value)).collect();
        let round = Round::ThreeParty { parts, round: number };
        value = checker.value(&round).map_err(|error| failed(error.to_string()))?;
        draw.round(round).map_err(|error| failed(error.to_string()))?;
        while let Some(awaited) = draw.awaited(slot).filter(|awaited| awaited.round <= number) {
            let absent = slot == LATE && !missed;
            missed |= absent;
            let given = awaited.bodies.iter().filter(|body| !(absent && **body == Body::Police));
            let shares: Vec<Share> = given
                .filter_map(|body| {
                    Share::make(*body, &body_key(*body), draw.commitment(), slot, awaited.round)
                })
                .collect();
            let attempt = draw.attempt(slot, &shares).map_err(|error| failed(error.to_string()))?;
            if matches!(attempt.outcome, Outcome::Drawn { .. }) {
                slot += 1;
            }
        }
    }
    Ok(())
}

/// What the scans gave until the hour that runs: a box with a load in it is a find, one box is gone, the rest are clean.
fn scan(node: &Node, draw: &Draw, day: &PortDay) -> Result<(), NodeError> {
    let failed = |why: String| NodeError::Port { path: "demo".into(), why };
    let Some(one) = node.store.officers()?.into_iter().find(|one| one.role == "port") else { return Ok(()) };
    let officer = Officer { id: one.id, name: one.name, role: Role::Port };
    let hours = u32::try_from(NOW.micros() / Duration::from_hours(1).micros()).unwrap_or(0);
    for slot in 0..hours.saturating_sub(1) {
        let at = START + Duration::from_hours(i64::from(slot)) + Duration::from_secs(1_500);
        let loaded = |label: &str| {
            let mut planted =
                day.truth.planted.iter().filter(|planted| planted.touched <= at && at < planted.gone);
            planted.any(|planted| planted.container.as_str() == label)
        };
        for (place, label) in draw.bundle().inspected(slot).iter().enumerate() {
            let outcome = match (slot, place) {
                _ if loaded(label.as_str()) => ScanOutcome::Found,
                (GONE, 0) => ScanOutcome::NotDone,
                _ => ScanOutcome::Clean,
            };
            let found = outcome == ScanOutcome::Found;
            let ask = NewScanResult {
                draw: draw.commitment().to_string(),
                slot,
                container: label.to_string(),
                seen: 0,
                key: format!("demo-{slot}-{label}"),
                outcome,
                reason: (outcome == ScanOutcome::NotDone).then_some(NotDone::BoxGone),
                kilograms: found.then_some(412.0),
                note: if found { "Bolsas junto a las puertas".to_owned() } else { String::new() },
            };
            log_result(&node.store, &*node.keys, &officer, &ask, at)
                .map_err(|error| failed(error.to_string()))?;
        }
    }
    Ok(())
}

/// Two officers add the box that the queue puts first, with their reason.
fn override_one(node: &Node, draw: &mut Draw) -> Result<(), NodeError> {
    let failed = |why: String| NodeError::Port { path: "demo".into(), why };
    let book = bitacora_api::port::Screening::default().book(&node.store)?;
    let listed = |number: &str| draw.bundle().list.iter().any(|entry| entry.container.as_str() == number);
    let queue = book.queue();
    let Some(first) = queue.iter().find(|on_box| listed(on_box.container.as_str())) else { return Ok(()) };
    let container = first.container.as_str().parse().map_err(|_| failed("no label".to_owned()))?;
    let reason = "Tocado después del escaneo; tres alertas que concuerdan.";
    let slot = u32::try_from(NOW.micros() / Duration::from_hours(1).micros()).unwrap_or(0) - 1;
    let text = signed_text(draw.commitment(), slot, Action::Add, &container, reason)
        .map_err(|error| failed(error.to_string()))?;
    let mut signatures = Vec::new();
    for officer in
        node.store.officers()?.into_iter().filter(|one| one.role == "release" || one.role == "port")
    {
        let signature = bitacora_api::Keys::sign_as(&*node.keys, officer.id, text.as_bytes())
            .map_err(|error| failed(error.to_string()))?;
        signatures.push(OfficerSignature { officer: officer.id, signature: Hex(signature) });
    }
    signatures.sort_by_key(|one| one.officer);
    let [one, other, ..] = signatures.as_slice() else { return Ok(()) };
    let order = Override {
        action: Action::Add,
        container,
        reason: reason.to_owned(),
        signatures: [*one, *other],
        slot,
    };
    draw.add_override(order).map_err(|error| failed(error.to_string()))
}
