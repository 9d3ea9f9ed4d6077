//! Suspensions for people: the notice, its three times apart, and what was resumed. A stop that is not logged yet is
//! shown from memory, and says so by having no leaf.

use bitacora_exchange::history::Suspended;
use bitacora_exchange::record::{Approval, Entry, Record};
use bitacora_incidents::{Condition, Register};
use bitacora_policy::Rule;
use bitacora_primitives::{Instant, SuspensionId};

use super::cosigned::{Cosigners, kept_above, times};
use super::decisions::{entry_at, officers};
use super::desk::{Desk, Made};
use super::flows::unlogged;
use super::{Scene, see};
use crate::error::ApiError;
use crate::shapes::{
    ConditionView, IncidentRule, OfficerShape, ProgressView, ResumptionView, StopScope, SuspensionView,
    TextShape, WaitingResume,
};
use crate::state::AppState;

/// The incident register as it stands; conditions are held against it.
pub(super) fn register(state: &AppState) -> Result<Register, ApiError> {
    let rows = state.store.incident_entries()?;
    Ok(Register::replay(rows.iter().map(|row| row.entry.body.as_str()))?)
}

/// A suspension whose cosigned times are still to be looked up.
pub(super) struct Drawn {
    pub(super) view: SuspensionView,
    id: SuspensionId,
    /// Whether it is the partner's: it knows of its own act.
    theirs: bool,
}

/// All suspensions of an agreement, newest first, without the times that cosignatures prove.
pub(super) fn draw_all(scene: Scene<'_>, register: &Register) -> Result<Vec<Drawn>, ApiError> {
    let own = scene.side.own();
    let mut drawn = Vec::new();
    for made in unlogged(scene.desk, scene.side) {
        drawn.push(Drawn {
            id: made.stopped.suspension,
            theirs: false,
            view: of_memory(scene, &made, register),
        });
    }
    for (theirs, one) in
        own.suspensions().values().map(|one| (false, one)).chain(own.seen().values().map(|one| (true, one)))
    {
        drawn.push(Drawn { id: one.notice.suspension, theirs, view: of_log(scene, one, theirs, register)? });
    }
    drawn.sort_by_key(|one| std::cmp::Reverse((one.view.leaf.unwrap_or(u64::MAX), one.id)));
    Ok(drawn)
}

/// One suspension with all its times.
pub(super) fn view_of(
    desk: &Desk,
    state: &AppState,
    agreement: &bitacora_primitives::markings::AgreementId,
    id: SuspensionId,
) -> Result<SuspensionView, ApiError> {
    let register = register(state)?;
    let (drawn, cosigners) = see(desk, agreement, (state.now)(), |scene| {
        let mut all = draw_all(scene, &register)?;
        all.retain(|one| one.id == id);
        Ok((all, Cosigners::of(scene.agreement, scene.side)))
    })?;
    let timed = with_times(desk, agreement, drawn, cosigners.as_ref())?;
    timed.into_iter().next().ok_or_else(|| ApiError::NotFound(id.to_string()))
}

/// Fills in when the partner was informed, and what the earliest cosignature proves.
pub(super) fn with_times(
    desk: &Desk,
    agreement: &bitacora_primitives::markings::AgreementId,
    drawn: Vec<Drawn>,
    cosigners: Option<&Cosigners>,
) -> Result<Vec<SuspensionView>, ApiError> {
    let open = drawn.iter().filter(|one| desk.times(&one.id).is_none());
    let lowest = open.filter_map(|one| one.view.leaf).min();
    let kept = match lowest {
        Some(leaf) => kept_above(desk, agreement, leaf)?,
        None => Vec::new(),
    };
    Ok(drawn
        .into_iter()
        .map(|Drawn { mut view, id, theirs }| {
            let (Some(leaf), Some(cosigners)) = (view.leaf, cosigners) else { return view };
            let found = desk.times(&id).unwrap_or_else(|| {
                let from = kept.partition_point(|one| one.size <= leaf);
                let found = times(kept.get(from..).unwrap_or_default(), cosigners);
                // A partner that is informed stays so: the answer will not change.
                if found.partner_informed.is_some() {
                    desk.keep_times(id, found);
                }
                found
            });
            view.partner_informed = found.partner_informed.filter(|_| !theirs).map(|at| at.to_string());
            view.proven_by = found.proven_by.map(|at| at.to_string());
            view
        })
        .collect())
}

fn condition(
    text: TextShape,
    rule: Option<&Condition>,
    register: &Register,
    scene: Scene<'_>,
    since: Instant,
) -> ConditionView {
    ConditionView {
        text,
        rule: rule.map(IncidentRule::from),
        progress: rule.map(|rule| ProgressView::from(rule.progress(register, scene.now, since))),
    }
}

/// Safety of life is always among the exceptions, whatever the notice says.
fn exceptions<'c>(
    scene: Scene<'_>,
    named: impl Iterator<Item = &'c bitacora_primitives::markings::ClauseId>,
) -> Vec<String> {
    let always = scene.agreement.clauses.iter().filter(|clause| matches!(clause.rule, Rule::SafetyOfLife));
    let always = always.map(|clause| clause.id.to_string());
    let mut all: Vec<String> = named.map(ToString::to_string).chain(always).collect();
    all.sort();
    all.dedup();
    all
}

fn of_memory(scene: Scene<'_>, made: &Made, register: &Register) -> SuspensionView {
    let stop = &made.stop;
    let text = TextShape::from(&stop.condition.text);
    SuspensionView {
        exceptions: exceptions(scene, stop.exceptions.iter()),
        condition: condition(text, stop.condition.rule.as_ref(), register, scene, made.stopped.gate_closed),
        ..bare(scene.side.me().as_str(), made)
    }
}

/// A stop as its maker knows it, where nothing else can be read.
pub(super) fn bare(me: &str, made: &Made) -> SuspensionView {
    let (stop, stopped) = (&made.stop, &made.stopped);
    SuspensionView {
        id: stopped.suspension.to_string(),
        by: me.to_owned(),
        scope: StopScope::from(&stop.scope),
        exceptions: stop.exceptions.iter().map(ToString::to_string).collect(),
        reason: TextShape::from(&stop.reason),
        condition: ConditionView {
            text: TextShape::from(&stop.condition.text),
            rule: stop.condition.rule.as_ref().map(IncidentRule::from),
            progress: None,
        },
        incident: stop.incident.map(|id| id.to_string()),
        officers: vec![OfficerShape::from(&made.officer)],
        leaf: stopped.leaf,
        declared: stopped.gate_closed.to_string(),
        gate_closed: stopped.gate_closed.to_string(),
        gate_closed_ms: Some(ms(stopped.gate_closed_us)),
        leaf_durable: stopped.leaf_durable.map(|at| at.to_string()),
        partner_informed: None,
        proven_by: None,
        resumptions: Vec::new(),
        ended: None,
        waiting: None,
    }
}

fn ms(micros: u64) -> f64 {
    micros as f64 / 1e3
}

/// The signed act behind a leaf of ours: our own, or the partner's as we saw it.
fn act_at(scene: Scene<'_>, leaf: u64) -> Result<Option<(Instant, Record)>, ApiError> {
    let Some(entry) = entry_at(scene, scene.side.me(), leaf)? else { return Ok(None) };
    let recorded = entry.recorded;
    let record = match entry.record {
        Record::Seen { envelope } => Entry::read(&envelope, None)?.record,
        own => own,
    };
    Ok(Some((recorded, record)))
}

fn of_log(
    scene: Scene<'_>,
    one: &Suspended,
    theirs: bool,
    register: &Register,
) -> Result<SuspensionView, ApiError> {
    let history = if theirs { scene.side.theirs() } else { scene.side.own() };
    let named = |approvals: &[Approval]| officers(history, approvals);
    let notice = &one.notice;
    let act = act_at(scene, one.leaf)?;
    let signed = match &act {
        Some((_, Record::Suspension(signed))) => named(&signed.approvals),
        _ => Vec::new(),
    };
    let mut resumptions = Vec::with_capacity(one.resumptions.len());
    for (leaf, resumption) in &one.resumptions {
        let signed = match act_at(scene, *leaf)? {
            Some((_, Record::Resumption(signed))) => named(&signed.approvals),
            _ => Vec::new(),
        };
        resumptions.push(ResumptionView {
            id: resumption.resumption.to_string(),
            leaf: *leaf,
            at: resumption.declared.to_string(),
            scope: StopScope::from(&resumption.scope),
            condition_met: TextShape::from(&resumption.condition_met),
            officers: signed,
            whole: resumption.is_whole(),
        });
    }
    let made = scene.desk.stop(&notice.suspension);
    let durable = made.as_ref().and_then(|made| made.stopped.leaf_durable);
    let durable = durable.or_else(|| act.as_ref().map(|(recorded, _)| *recorded));
    let text = TextShape::from(&notice.condition.text);
    let rule = notice.condition.rule.as_ref();
    let waiting = scene.desk.waiting(notice.suspension, scene.now);
    Ok(SuspensionView {
        id: notice.suspension.to_string(),
        by: notice.by.to_string(),
        scope: StopScope::from(&notice.scope),
        exceptions: exceptions(scene, notice.exceptions.iter()),
        reason: TextShape::from(&notice.reason),
        condition: condition(text, rule, register, scene, notice.gate_closed),
        incident: notice.incident.map(|id| id.to_string()),
        officers: signed,
        leaf: Some(one.leaf),
        declared: notice.gate_closed.to_string(),
        gate_closed: notice.gate_closed.to_string(),
        gate_closed_ms: made.map(|made| ms(made.stopped.gate_closed_us)),
        leaf_durable: durable.map(|at| at.to_string()),
        partner_informed: None,
        proven_by: None,
        ended: one
            .resumptions
            .iter()
            .find(|(_, last)| last.is_whole())
            .map(|(_, last)| last.declared.to_string()),
        resumptions,
        waiting: waiting.map(|waiting| WaitingResume {
            scope: StopScope::from(&waiting.statement.scope),
            condition_met: TextShape::from(&waiting.statement.condition_met),
            officer: OfficerShape::from(&waiting.officer),
            at: waiting.at.to_string(),
        }),
    })
}
