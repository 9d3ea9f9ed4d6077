//! R9: look-ups of boxes by staff who had no task for them, far more look-ups than the role makes, and accounts that
//! looked at boxes later found bad. Accounts are pseudonyms throughout; who it is, only the terminal's register tells.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, Found};
use crate::screening::alert::{Alert, Finding, Gap, GapKind};
use crate::screening::container::ContainerNumber;
use crate::screening::inputs::access::{AccessAction, AccessRecord, SYSTEM_ROLE};
use crate::screening::pseudonym::Pseudonym;
use crate::screening::robust::quantile;
use crate::screening::weights;

pub(super) fn find(context: &Context<'_>, found: &mut Found) {
    let views: Vec<&AccessRecord> = context
        .inputs
        .access
        .iter()
        .filter(|record| record.action == AccessAction::View && record.role != SYSTEM_ROLE)
        .collect();
    without_task(context, &views, found);
    rates(context, &views, found);
    bad_boxes(context, &views, found);
}

fn on_record(finding: Finding, record: &AccessRecord, weight: weights::Weight) -> Alert {
    let mut alert = Alert::new(
        finding,
        Some(record.container),
        record.at,
        format!("{}\0{}", record.user.as_str(), record.id).as_bytes(),
        weight,
    );
    alert.actor = Some(record.user.clone());
    alert.reference = Some(record.id.clone());
    alert
}

fn without_task(context: &Context<'_>, views: &[&AccessRecord], found: &mut Found) {
    let can_tell = context.authority.has_orders() || views.iter().any(|record| record.task.is_some());
    let Some(first) = views.first() else { return };
    if !can_tell {
        found.gaps.push(Gap {
            kind: GapKind::NoTasks,
            container: None,
            trip: None,
            after: None,
            before: None,
            at: first.at,
        });
        return;
    }
    // One alert for a user and a box: the first look without a task, with how many there were.
    let mut looks: BTreeMap<(&Pseudonym, ContainerNumber), (&AccessRecord, usize)> = BTreeMap::new();
    for record in views {
        if record.task.is_some() || context.authority.has_open_task(record.container, record.at) {
            continue;
        }
        let (first, count) = looks.entry((&record.user, record.container)).or_insert((record, 0));
        *count += 1;
        if (record.at, &record.id) < (first.at, &first.id) {
            *first = record;
        }
    }
    for (record, count) in looks.values() {
        found.alerts.push(
            on_record(Finding::LookupWithoutTask, record, weights::LOOKUP_NO_TASK)
                .number("looks", *count as f64)
                .text("object", record.object.code())
                .text("role", record.role.as_str()),
        );
    }
}

fn rates(context: &Context<'_>, views: &[&AccessRecord], found: &mut Found) {
    let thresholds = &context.thresholds.insider;
    let mut hours: BTreeMap<(&str, &Pseudonym, i64), BTreeSet<ContainerNumber>> = BTreeMap::new();
    for record in views {
        let hour = record.at.secs().div_euclid(3600);
        hours.entry((&record.role, &record.user, hour)).or_default().insert(record.container);
    }
    let mut by_role: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for ((role, _, _), boxes) in &hours {
        by_role.entry(role).or_default().push(boxes.len());
    }
    let limits: BTreeMap<&str, usize> = by_role
        .into_iter()
        .map(|(role, mut counts)| {
            let learned = counts.len() >= thresholds.rate_samples;
            let limit = if learned { quantile(&mut counts, thresholds.rate_quantile) } else { None };
            (role, limit.unwrap_or(thresholds.rate_fixed).max(thresholds.rate_least))
        })
        .collect();
    for ((role, user, hour), boxes) in &hours {
        let limit = limits.get(role).copied().unwrap_or(thresholds.rate_fixed);
        if boxes.len() <= limit {
            continue;
        }
        let start = bitacora_primitives::Instant::from_secs(hour.saturating_mul(3600));
        let key = format!("{}\0{hour}", user.as_str());
        let mut alert = Alert::new(Finding::LookupRate, None, start, key.as_bytes(), weights::LOOKUP_RATE);
        alert.actor = Some((*user).clone());
        found.alerts.push(
            alert
                .number("boxes_an_hour", boxes.len() as f64)
                .number("limit_boxes_an_hour", limit as f64)
                .text("role", *role),
        );
    }
}

fn bad_boxes(context: &Context<'_>, views: &[&AccessRecord], found: &mut Found) {
    let mut found_at: BTreeMap<ContainerNumber, bitacora_primitives::Instant> = BTreeMap::new();
    for bad in &context.inputs.found_bad {
        let at = found_at.entry(bad.container).or_insert(bad.at);
        *at = (*at).min(bad.at);
    }
    let mut seen: BTreeMap<&Pseudonym, BTreeMap<ContainerNumber, &AccessRecord>> = BTreeMap::new();
    let mut viewers: BTreeMap<ContainerNumber, BTreeSet<&Pseudonym>> = BTreeMap::new();
    for record in views {
        // Those who look after the find do their work.
        if found_at.get(&record.container).is_some_and(|at| record.at < *at) {
            seen.entry(&record.user).or_default().entry(record.container).or_insert(record);
            viewers.entry(record.container).or_default().insert(&record.user);
        }
    }
    for (user, boxes) in &seen {
        if boxes.len() < context.thresholds.insider.bad_boxes {
            continue;
        }
        let Some(last) = boxes.values().max_by_key(|record| (record.at, &record.id)) else { continue };
        let others = boxes.keys().filter_map(|one| viewers.get(one)).flatten();
        let accounts: BTreeSet<_> = others.collect();
        let mut alert =
            Alert::new(Finding::ViewedBadBoxes, None, last.at, user.as_str().as_bytes(), weights::VIEWED_BAD);
        alert.actor = Some((*user).clone());
        alert.others = boxes.keys().copied().collect();
        alert.start = boxes.values().map(|record| record.at).min().unwrap_or(last.at);
        found.alerts.push(
            alert
                .number("bad_boxes", boxes.len() as f64)
                .number("accounts_on_them", accounts.len() as f64)
                .text("role", last.role.as_str()),
        );
    }
}
