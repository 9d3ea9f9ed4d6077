//! From a screening and the newest draw to the shapes of the page. Codes and numbers only.

use std::collections::BTreeMap;
use std::sync::Arc;

use bitacora_leads::score::prior;
use bitacora_port::draw::{Body, Bundle, GRID, Why};
use bitacora_port::screening::rules::RULES_VERSION;
use bitacora_port::screening::{Alert, EventKind, Journey, Rule, Tier};
use bitacora_port::targeting::{Day, Plan, Settings, plan};
use bitacora_primitives::{ContainerNumber, OfficerId};
use bitacora_store::{LeadFilter, LeadRow, Store};

use super::book::OnBox;
use super::draws::{DrawFile, DrawFolder};
use super::results::{Stored, results};
use super::{Book, PortError, lead_id};
use crate::convert::{code_text, state_of};
use crate::error::ApiError;
use crate::shapes::{
    BoxResult, DrawBody, DrawCoverage, DrawOverride, DrawPick, DrawSlot, LeadRef, OnList, PickResult,
    PortAlert, PortContainer, PortDraw, PortEvent, PortGap, PortRowShape, PortSource, PortView, Prior,
};

/// Boxes of a draw whose chances are listed.
const LISTED: usize = 200;
/// Boxes of the queue that the page gets; the command line lists all.
const QUEUE: usize = 500;

/// What every answer is made from.
pub(crate) struct Page<'a> {
    store: &'a Store,
    book: &'a Book,
    pub(crate) draw: Option<Arc<DrawFile>>,
    leads: Vec<LeadRow>,
}

impl<'a> Page<'a> {
    pub(crate) fn of(store: &'a Store, book: &'a Book, draws: &DrawFolder) -> Result<Self, ApiError> {
        let filter = LeadFilter { limit: usize::MAX, ..LeadFilter::default() };
        let mut leads = store.leads(&filter)?;
        leads.retain(|row| row.lead.container.is_some());
        Ok(Self { store, book, draw: draws.newest(store)?, leads })
    }

    fn lead(&self, on_box: &OnBox<'_>) -> Result<Option<LeadRef>, ApiError> {
        // Of several trips the one of the strongest alert.
        let strongest = on_box.counted().first().map(|alert| alert.trip.clone());
        let id = lead_id(on_box.container, strongest.flatten().as_deref());
        let Some(row) = self.leads.iter().find(|row| row.lead.id == id) else { return Ok(None) };
        let lead = serde_json::from_str(&row.lead.body)?;
        Ok(Some(LeadRef { id: id.to_string(), number: row.number.clone(), state: state_of(row, &lead)? }))
    }

    fn drawn(&self, container: ContainerNumber) -> Option<OnList> {
        let draw = self.draw.as_ref()?;
        let bundle = &draw.bundle;
        let picked =
            |slot: u32| bundle.inspected(slot).iter().any(|label| label.as_str() == container.as_str());
        let slot = bundle.slots.iter().map(|record| record.slot).find(|slot| picked(*slot))?;
        Some(OnList { slot: draw.slot_time(slot)?.to_string() })
    }
}

/// `GET /api/port`.
pub(crate) fn port(page: &Page<'_>) -> Result<PortView, ApiError> {
    let (book, store) = (page.book, page.store);
    let marks = store.latest_marks()?;
    let mut sources = Vec::new();
    for source in store.sources()?.into_iter().filter(|source| source.kind.starts_with("port:")) {
        let mark = marks.iter().find(|mark| mark.source == source.id);
        let tally = |code: &str| mark.and_then(|mark| mark.tallies.get(code).copied()).unwrap_or(0);
        sources.push(PortSource {
            name: source.name,
            standard: source.kind.trim_start_matches("port:").to_owned(),
            events: book.sources.get(&source.id).copied().unwrap_or(0),
            quarantined: tally("quarantined"),
            last: mark.map_or(source.first_seen, |mark| mark.recorded).to_string(),
        });
    }
    let day = book.day(&Settings::default()).map_err(ApiError::from)?;
    let seals = || book.field.alerts.iter().filter(|alert| alert.rule == Rule::SealContinuity);
    Ok(PortView {
        as_of: book.as_of.map(|at| at.to_string()),
        boxes: day.as_ref().map_or(0, in_yard),
        events: sources.iter().map(|source| source.events).sum(),
        quarantined: sources.iter().map(|source| source.quarantined).sum(),
        sources,
        assumed: day.map(|day| day.assumed.iter().map(|code| code.code()).collect()).unwrap_or_default(),
        seal_alerts: seals().count(),
        misread: seals().filter(|alert| alert.tier == Tier::Reread).count(),
        queue: book.queue().iter().take(QUEUE).map(|on_box| row(page, on_box)).collect::<Result<_, _>>()?,
        rules_version: RULES_VERSION,
        thresholds_version: book.thresholds,
    })
}

fn in_yard(day: &Day) -> usize {
    day.targets.len() + day.left_out.past + day.left_out.later + day.left_out.unplaced
}

fn row(page: &Page<'_>, on_box: &OnBox<'_>) -> Result<PortRowShape, ApiError> {
    let (container, counted) = (on_box.container, on_box.counted());
    let first = counted.first().copied();
    let journey = page.book.journey_of(container);
    let newest = |pick: fn(&bitacora_port::screening::ContainerEvent) -> Option<String>| {
        journey.and_then(|journey| journey.events.iter().rev().find_map(pick))
    };
    let mut rules: Vec<Rule> = counted.iter().map(|alert| alert.rule).collect();
    rules.dedup();
    Ok(PortRowShape {
        container: container.to_string(),
        defect: container.check().err().and_then(|all| all.first().and_then(code_text)),
        size_type: newest(|event| event.size_type.clone()),
        facility: newest(|event| event.facility.as_ref().map(|facility| facility.as_str().to_owned())),
        trip: journey.and_then(|journey| journey.trip.clone()),
        vessel: newest(|event| event.vessel.clone()),
        loads: journey.and_then(Journey::load_at).map(|at| at.to_string()),
        loaded: journey.is_some_and(|journey| journey.last(EventKind::Loaded).is_some()),
        level: on_box.weighed.level,
        sum_nats: on_box.weighed.sum_nats,
        title: first.map_or("", |alert| alert.finding.code()),
        rules: rules.into_iter().map(Rule::code).collect(),
        bars: counted.iter().map(|alert| (alert.finding.code(), alert.strength.nats)).collect(),
        numbers: first.map(|alert| alert.numbers.clone()).unwrap_or_default(),
        texts: first.map(|alert| alert.texts.clone()).unwrap_or_default(),
        tier: on_box.tier().code(),
        reread: on_box.alerts.iter().find_map(|alert| alert.reread).map(|state| state.code()),
        alerts: on_box.alerts.len(),
        lead: page.lead(on_box)?,
        on_list: page.drawn(container),
    })
}

/// `GET /api/port/containers/{number}`.
pub(crate) fn container(page: &Page<'_>, number: ContainerNumber) -> Result<PortContainer, ApiError> {
    let (book, on_box) = (page.book, page.book.on_box(number));
    let events = book.events_of(number);
    let results = box_results(page, number)?;
    if events.is_empty() && on_box.is_none() && results.is_empty() {
        return Err(ApiError::NotFound(number.to_string()));
    }
    let names = page.store.sources()?;
    let name = |id| names.iter().find(|source| source.id == id).map(|source| source.name.clone());
    let events = events.iter().map(|event| {
        Ok(PortEvent {
            source_name: name(event.evidence.source).unwrap_or_default(),
            line: event.evidence.line,
            event: serde_json::to_value(event)?,
        })
    });
    let prior = prior();
    Ok(PortContainer {
        container: number.to_string(),
        row: on_box.as_ref().map(|on_box| row(page, on_box)).transpose()?,
        prior: Prior { nats: prior.nats, basis: prior.basis },
        alerts: on_box.map(alerts).unwrap_or_default(),
        gaps: book
            .field
            .gaps
            .iter()
            .filter(|gap| gap.container == Some(number))
            .map(|gap| PortGap { kind: gap.kind.code(), at: gap.at.to_string(), trip: gap.trip.clone() })
            .collect(),
        events: events.collect::<Result<_, ApiError>>()?,
        results,
    })
}

/// What scans of the box gave in all draws, in the log's order.
fn box_results(page: &Page<'_>, number: ContainerNumber) -> Result<Vec<BoxResult>, ApiError> {
    let mut all = results(page.store)?;
    all.retain(|stored| stored.result.container == number.as_str());
    let names = Names::of(page.store)?;
    let stands = |at: usize| {
        let pick = all.get(at).map(|stored| stored.result.pick());
        !all.iter().skip(at + 1).any(|later| Some(later.result.pick()) == pick)
    };
    Ok(all
        .iter()
        .enumerate()
        .map(|(at, stored)| BoxResult {
            draw: stored.result.draw.clone(),
            slot: stored.result.slot,
            stands: stands(at),
            result: names.result(stored),
        })
        .collect())
}

/// Names of officers; an officer of another node is known by the id alone.
pub(crate) struct Names(Vec<bitacora_store::Officer>);

impl Names {
    pub(crate) fn of(store: &Store) -> Result<Self, ApiError> {
        Ok(Self(store.officers()?))
    }

    fn name(&self, id: OfficerId) -> String {
        let known = self.0.iter().find(|officer| officer.id == id);
        known.map_or_else(|| id.to_string(), |officer| officer.name.clone())
    }

    pub(crate) fn result(&self, stored: &Stored) -> PickResult {
        let Stored { leaf, result } = stored;
        PickResult {
            number: result.number,
            outcome: result.inspection.outcome,
            reason: result.inspection.reason,
            kilograms: result.inspection.kilograms,
            note: result.inspection.note.clone(),
            officer: self.name(result.officer),
            at: result.at.to_string(),
            leaf: *leaf,
        }
    }
}

fn alerts(on_box: OnBox<'_>) -> Vec<PortAlert> {
    let shape = |(alert, counted): (&&Alert, &bool)| PortAlert {
        id: alert.id.to_string(),
        rule: alert.rule.code(),
        finding: alert.finding.code(),
        family: alert.family.code(),
        tier: alert.tier.code(),
        reread: alert.reread.map(|state| state.code()),
        start: alert.start.to_string(),
        at: alert.at.to_string(),
        trip: alert.trip.clone(),
        others: alert.others.iter().map(ToString::to_string).collect(),
        actor: alert.actor.as_ref().map(|actor| actor.as_str().to_owned()),
        numbers: alert.numbers.clone(),
        texts: alert.texts.clone(),
        innocent: alert.innocent.iter().map(|cause| cause.code()).collect(),
        nats: alert.strength.nats,
        basis: alert.strength.basis.clone(),
        counted: *counted,
        events: alert.events.iter().map(ToString::to_string).collect(),
        reference: alert.reference.clone(),
        evidence: alert.evidence.iter().map(|place| (*place).into()).collect(),
    };
    on_box.alerts.iter().zip(&on_box.weighed.counted).map(shape).collect()
}

/// Today's list under the newest draw's capacity.
pub(crate) struct Planned {
    pub(crate) day: Day,
    pub(crate) capacity: Vec<u32>,
    pub(crate) plan: Plan,
}

/// `None` where there is no draw, or nothing in the yard.
pub(crate) fn planned(page: &Page<'_>) -> Result<Option<Planned>, ApiError> {
    let Some(draw) = &page.draw else { return Ok(None) };
    let capacity: Vec<u32> = draw.bundle.commitment.slots.iter().map(|slot| slot.capacity).collect();
    let hours = u16::try_from(capacity.len()).unwrap_or(u16::MAX);
    let settings = Settings { hours, ..Settings::default() };
    let Some(day) = page.book.day(&settings)?.filter(|day| !day.targets.is_empty()) else { return Ok(None) };
    let plan = plan(&day, &capacity).map_err(PortError::from)?;
    Ok(Some(Planned { day, capacity, plan }))
}

/// `GET /api/port/draw`.
pub(crate) fn draw(page: &Page<'_>) -> Result<Option<PortDraw>, ApiError> {
    let Some(file) = &page.draw else { return Ok(None) };
    let bundle = &file.bundle;
    let verified = file.verified();
    let held = verified.ok();
    let names = Names::of(page.store)?;
    let mut recorded = results(page.store)?;
    recorded.retain(|stored| stored.result.draw == bundle.hash.to_string());
    let slots: Vec<DrawSlot> =
        (0..).zip(&bundle.commitment.slots).map(|(n, _)| slot(file, n, &recorded, &names)).collect();
    let given = |body: Body| {
        let attempts = bundle.slots.iter().flat_map(|record| &record.attempts);
        attempts.filter(|attempt| attempt.shares.iter().any(|share| share.body == body)).count()
    };
    let owed = |body: Body| {
        let missing = held.into_iter().flat_map(|held| &held.slots).flat_map(|slot| &slot.missing);
        missing.filter(|(_, missing)| *missing == body).count()
    };
    let committed = file.committed(page.store)?;
    let planned = planned(page)?;
    let stakes: BTreeMap<&str, f64> = planned.iter().flat_map(stakes).collect();
    let mut coverage: Vec<DrawCoverage> = bundle
        .list
        .iter()
        .map(|entry| DrawCoverage {
            container: entry.container.to_string(),
            chance: entry.marginal as f64 / GRID as f64,
            first: entry.first,
            last: entry.last,
            stake: stakes.get(entry.container.as_str()).copied(),
        })
        .collect();
    let most = |one: &DrawCoverage| (one.stake.unwrap_or(f64::MIN), one.chance);
    coverage.sort_by(|a, b| {
        let ((stake, chance), (other_stake, other_chance)) = (most(a), most(b));
        other_stake
            .total_cmp(&stake)
            .then(other_chance.total_cmp(&chance))
            .then(a.container.cmp(&b.container))
    });
    coverage.truncate(LISTED);
    Ok(Some(PortDraw {
        id: bundle.commitment.shift.clone(),
        commitment: bundle.hash.to_string(),
        leaf: committed.map(|(_, leaf)| leaf),
        committed: committed.and_then(|(at, _)| at).map(|at| at.to_string()),
        containers: bundle.list.len(),
        picks_in_all: bundle.commitment.slots.iter().map(|slot| u64::from(slot.capacity)).sum(),
        slots,
        bodies: bundle
            .commitment
            .bodies
            .iter()
            .map(|key| DrawBody {
                name: key.body.to_string(),
                shares: given(key.body),
                missing: owed(key.body),
            })
            .collect(),
        needed: bundle.commitment.threshold,
        overrides: bundle
            .overrides
            .iter()
            .map(|order| DrawOverride {
                action: order.action.code(),
                container: order.container.to_string(),
                slot: order.slot,
                officers: order.signatures.iter().map(|signed| names.name(signed.officer)).collect(),
                reason: order.reason.clone(),
            })
            .collect(),
        missing_shares: held.map_or(0, bitacora_port::draw::Verified::missing),
        verified: verified.is_ok(),
        defect: verified.err().map(Why::to_string),
        coverage,
        value: planned.as_ref().map(|planned| planned.plan.value()),
    }))
}

/// What the attacker may still expect of each box.
fn stakes(planned: &Planned) -> impl Iterator<Item = (&str, f64)> {
    let Planned { day, plan, .. } = planned;
    day.targets.iter().zip(&plan.coverage).map(|(target, covered)| {
        let chance = covered.marginal as f64 / GRID as f64;
        let stake = (1.0 - chance) * target.value.units() - chance * target.penalty.units();
        (target.container.as_str(), stake)
    })
}

/// A slot is open as soon as it is drawn, though nothing came of it.
fn state_of_slot(bundle: &Bundle, n: u32) -> &'static str {
    let record = bundle.slots.iter().find(|record| record.slot == n);
    let enough = |shares: usize| shares >= bundle.commitment.threshold as usize;
    match (record, record.and_then(|record| record.attempts.last())) {
        (Some(record), _) if !record.picks.is_empty() => "open",
        (Some(_), Some(last)) if enough(last.shares.len()) => "open",
        (Some(_), Some(_)) => "waits",
        _ => "sealed",
    }
}

pub(super) fn opened(bundle: &Bundle, n: u32) -> bool {
    state_of_slot(bundle, n) == "open"
}

fn slot(file: &DrawFile, n: u32, recorded: &[Stored], names: &Names) -> DrawSlot {
    let bundle = &file.bundle;
    let terms = bundle.commitment.slots.get(n as usize);
    let record = bundle.slots.iter().find(|record| record.slot == n);
    let drawn =
        |label: &str| record.is_some_and(|record| record.picks.iter().any(|pick| pick.as_str() == label));
    let chance = |label: &str| {
        let entry = bundle.list.iter().find(|entry| entry.container.as_str() == label)?;
        Some(entry.marginal as f64 / GRID as f64)
    };
    let given = |label: &str| {
        let of_pick = |stored: &&Stored| stored.result.slot == n && stored.result.container == label;
        recorded.iter().filter(of_pick).map(|stored| names.result(stored)).collect()
    };
    let last = record.and_then(|record| record.attempts.last());
    let state = state_of_slot(bundle, n);
    let picks = if state == "open" { bundle.inspected(n) } else { Vec::new() };
    DrawSlot {
        n,
        at: file.slot_time(n).map(|at| at.to_string()).unwrap_or_default(),
        capacity: terms.map_or(0, |slot| slot.capacity),
        round: last.map_or_else(|| terms.map_or(0, |slot| slot.round), |last| last.round),
        state,
        attempts: record.map_or(0, |record| record.attempts.len()),
        picks: picks
            .iter()
            .map(|label| DrawPick {
                container: label.to_string(),
                chance: chance(label.as_str()),
                added: !drawn(label.as_str()),
                results: given(label.as_str()),
            })
            .collect(),
    }
}
