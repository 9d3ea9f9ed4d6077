//! R10: release codes read by a party that has no part in the shipment, and pick-ups that do not fit it. Codes are
//! hashes from the moment they come in; no alert holds even the hash.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_primitives::{Duration, Instant};

use super::{Context, Found};
use crate::screening::alert::{Alert, Finding};
use crate::screening::inputs::access::{AccessAction, AccessObject, AccessRecord};
use crate::screening::inputs::{Order, OrderKind};
use crate::screening::pseudonym::CodeHash;
use crate::screening::weights::{self, Weight};

pub(super) fn find(context: &Context<'_>, found: &mut Found) {
    let codes: Vec<&AccessRecord> =
        context.inputs.access.iter().filter(|record| record.object == AccessObject::ReleaseCode).collect();
    for record in &codes {
        found.alerts.extend(against_release(context, record));
    }
    first_pairs(&codes, found);
    one_code(context, &codes, found);
}

fn on(finding: Finding, records: &[&AccessRecord], weight: Weight) -> Alert {
    let deciding = records.last();
    let key = records.iter().fold(String::new(), |key, record| key + &record.id + "\0");
    let mut alert = Alert::new(
        finding,
        deciding.map(|record| record.container),
        deciding.map(|record| record.at).unwrap_or_default(),
        key.as_bytes(),
        weight,
    );
    alert.start = records.iter().map(|record| record.at).min().unwrap_or(alert.at);
    alert.actor = deciding.map(|record| record.user.clone());
    alert.reference = deciding.map(|record| record.id.clone());
    alert
}

/// The release in force, else the first to come: a code is read before the release starts, too.
fn release<'a>(context: &Context<'a>, record: &AccessRecord) -> Option<&'a Order> {
    let mut releases: Vec<&Order> = context
        .authority
        .of(record.container)
        .iter()
        .filter(|order| order.kind == OrderKind::Release && record.at <= order.valid_to)
        .copied()
        .collect();
    releases.sort_by_key(|order| (order.valid_from, &order.order));
    releases.first().copied()
}

fn against_release(context: &Context<'_>, record: &AccessRecord) -> Vec<Alert> {
    let Some(release) = release(context, record) else { return Vec::new() };
    let mut alerts = Vec::new();
    let party = record.party.as_deref();
    if let (AccessAction::View, Some(party), Some(_)) = (record.action, party, &release.parties)
        && !release.names_party(party)
    {
        alerts.push(
            on(Finding::CodeReadOutsideChain, &[record], weights::CODE_OUTSIDE_CHAIN)
                .text("party", party)
                .text("release", release.order.as_str()),
        );
    }
    if let (AccessAction::Use, Some(booked)) = (record.action, release.booked_at)
        && record.at < booked
    {
        alerts.push(
            on(Finding::PickUpBeforeBooking, &[record], weights::PICK_UP_EARLY)
                .number("hours_before_booking", (booked - record.at).hours_f64())
                .text("release", release.order.as_str()),
        );
    }
    alerts
}

/// Judged only for a consignee who has been served by others before: the first of all pairs tells nothing.
fn first_pairs(codes: &[&AccessRecord], found: &mut Found) {
    let mut uses: Vec<(&AccessRecord, &str, &str)> = codes
        .iter()
        .filter(|record| record.action == AccessAction::Use)
        .filter_map(|record| Some((*record, record.consignee.as_deref()?, record.haulier.as_deref()?)))
        .collect();
    uses.sort_by_key(|(record, _, _)| (record.at, &record.id));
    let mut known: BTreeMap<&str, (BTreeSet<&str>, usize)> = BTreeMap::new();
    for (record, consignee, haulier) in uses {
        let (hauliers, pick_ups) = known.entry(consignee).or_default();
        if *pick_ups >= 3 && !hauliers.contains(haulier) {
            found.alerts.push(
                on(Finding::FirstTimePair, &[record], weights::FIRST_PAIR)
                    .number("pick_ups_before", *pick_ups as f64)
                    .number("hauliers_before", hauliers.len() as f64)
                    .text("haulier", haulier)
                    .text("consignee", consignee),
            );
        }
        hauliers.insert(haulier);
        *pick_ups += 1;
    }
}

fn one_code(context: &Context<'_>, codes: &[&AccessRecord], found: &mut Found) {
    let thresholds = &context.thresholds.code;
    let mut by_code: BTreeMap<CodeHash, Vec<&AccessRecord>> = BTreeMap::new();
    for record in codes {
        if let Some(code) = record.code_hash {
            by_code.entry(code).or_default().push(record);
        }
    }
    for records in by_code.values_mut() {
        records.sort_by_key(|record| (record.at, &record.id));
        let uses: Vec<&AccessRecord> =
            records.iter().filter(|record| record.action == AccessAction::Use).copied().collect();
        if let Some(first) = uses.first() {
            let again = Duration::from_secs(thresholds.same_gate_out_s);
            let later = uses.iter().find(|one| {
                one.at - first.at > again || one.haulier != first.haulier || one.container != first.container
            });
            if let Some(later) = later {
                found.alerts.push(
                    on(Finding::TwoGateOuts, &[first, later], weights::TWO_GATE_OUTS)
                        .number("gate_outs", uses.len() as f64)
                        .number("minutes_apart", minutes(first.at, later.at)),
                );
            }
        }
        for used in &uses {
            let window = Duration::from_secs(thresholds.read_to_use_s);
            let read = records.iter().rfind(|one| {
                one.action == AccessAction::View && one.at <= used.at && one.at + window >= used.at
            });
            if let Some(read) = read
                && read.party.is_some()
                && used.party.is_some()
                && read.party != used.party
            {
                found.alerts.push(
                    on(Finding::ReadByOneUsedByAnother, &[read, used], weights::READ_AND_USED)
                        .number("minutes_apart", minutes(read.at, used.at))
                        .text("read_by_user", read.user.as_str())
                        .text("read_by_party", read.party.clone().unwrap_or_default())
                        .text("used_by_party", used.party.clone().unwrap_or_default()),
                );
            }
        }
    }
}

fn minutes(from: Instant, to: Instant) -> f64 {
    (to - from).secs_f64() / 60.0
}
