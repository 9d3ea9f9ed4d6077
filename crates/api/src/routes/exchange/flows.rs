//! The flows of an agreement: each scope clause, and each exception in both directions, with what a suspension does to
//! it and what went through it. One pass over the releases of each log, however many.

use std::collections::BTreeSet;
use std::sync::Arc;

use bitacora_exchange::area::areas_of;
use bitacora_exchange::history::{History, Stage, Suspended};
use bitacora_exchange::record::Held;
use bitacora_exchange::{Agreement, Closure, Shut, Side, Tags};
use bitacora_policy::{Clause, Form, Rule};
use bitacora_primitives::markings::{AreaId, FieldName, ItemKind, PartyCode, Purpose};
use bitacora_primitives::{Duration, Instant, SuspensionId};
use rustc_hash::FxHashMap;

use super::Scene;
use super::desk::{Desk, Made};
use crate::shapes::{FlowView, TextShape};

const DAY: Duration = Duration::from_hours(24);
const BIN: Duration = Duration::from_mins(5);
const BINS: usize = 48;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Exception {
    SafetyOfLife,
    CourtOrder,
}

impl Exception {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::SafetyOfLife => "safety_of_life",
            Self::CourtOrder => "court_order",
        }
    }
}

/// One clause that permits, in one direction.
#[derive(Clone, Debug)]
pub(super) struct Flow<'a> {
    pub(super) clause: &'a Clause,
    pub(super) from: PartyCode,
    pub(super) to: PartyCode,
    kinds: BTreeSet<ItemKind>,
    areas: BTreeSet<AreaId>,
    purposes: BTreeSet<Purpose>,
    form: Form,
    cut: BTreeSet<FieldName>,
    per_day: Option<u32>,
    standing: bool,
    officers: u8,
    pub(super) exception: Option<Exception>,
}

/// How much of a flow something covers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Cover {
    None,
    Part,
    Whole,
}

/// In the agreement's order.
pub(super) fn flows_of(agreement: &Agreement) -> Vec<Flow<'_>> {
    let mut flows = Vec::new();
    let both: Vec<(PartyCode, PartyCode)> = match agreement.codes().as_slice() {
        [one, other] => vec![(one.clone(), other.clone()), (other.clone(), one.clone())],
        _ => Vec::new(),
    };
    for clause in &agreement.clauses {
        match &clause.rule {
            Rule::Scope(scope) => flows.push(Flow {
                clause,
                from: scope.from.clone(),
                to: scope.to.clone(),
                kinds: scope.items.clone(),
                areas: scope.areas.clone(),
                purposes: scope.purposes.clone(),
                form: scope.form,
                cut: scope.cut.clone(),
                per_day: scope.per_day,
                standing: scope.standing,
                officers: scope.officers,
                exception: None,
            }),
            Rule::SafetyOfLife => flows.extend(both.iter().map(|(from, to)| Flow {
                standing: true,
                ..exception(clause, from, to, Exception::SafetyOfLife, 1)
            })),
            Rule::CourtOrder { officers, .. } => flows.extend(
                both.iter().map(|(from, to)| exception(clause, from, to, Exception::CourtOrder, *officers)),
            ),
            _ => {}
        }
    }
    // Removed from every item, whatever its flow.
    let removed = agreement.clauses.iter().filter_map(|clause| match &clause.rule {
        Rule::Removed { fields } => Some(fields),
        _ => None,
    });
    for fields in removed {
        flows.iter_mut().for_each(|flow| flow.cut.extend(fields.iter().cloned()));
    }
    flows
}

fn exception<'a>(
    clause: &'a Clause,
    from: &PartyCode,
    to: &PartyCode,
    which: Exception,
    officers: u8,
) -> Flow<'a> {
    let (kinds, purpose) = match which {
        Exception::SafetyOfLife => ([ItemKind::Distress].into(), Purpose::Rescue),
        // Evidence of any kind; a cry for help needs no court.
        Exception::CourtOrder => {
            let kinds = ItemKind::ALL.iter().copied().filter(|kind| *kind != ItemKind::Distress);
            (kinds.collect(), Purpose::Prosecution)
        }
    };
    Flow {
        clause,
        from: from.clone(),
        to: to.clone(),
        kinds,
        areas: BTreeSet::new(),
        purposes: [purpose].into(),
        form: Form::default(),
        cut: BTreeSet::new(),
        per_day: None,
        standing: false,
        officers,
        exception: Some(which),
    }
}

impl Flow<'_> {
    pub(super) fn title(&self) -> TextShape {
        TextShape::from(&self.clause.text)
    }

    /// One item of each sort that the flow permits.
    fn samples<'s>(&'s self, agreement: &'s Agreement) -> impl Iterator<Item = Tags> + 's {
        // A flow for everywhere holds items of each area, and items of none.
        let places: Vec<BTreeSet<AreaId>> = if self.areas.is_empty() {
            let each = agreement.areas.iter().map(|area| [area.id.clone()].into());
            each.chain(std::iter::once(BTreeSet::new())).collect()
        } else {
            self.areas.iter().map(|area| [area.clone()].into()).collect()
        };
        self.kinds.iter().flat_map(move |kind| {
            let places = places.clone();
            self.purposes.iter().flat_map(move |purpose| {
                places.clone().into_iter().map(move |areas| Tags {
                    agreement: agreement.id.clone(),
                    from: self.from.clone(),
                    to: self.to.clone(),
                    kind: *kind,
                    areas,
                    purpose: *purpose,
                    clause: self.clause.id.clone(),
                })
            })
        })
    }

    pub(super) fn covered(&self, agreement: &Agreement, by: impl Fn(&Tags) -> bool) -> Cover {
        let (mut all, mut some) = (true, false);
        for tags in self.samples(agreement) {
            if by(&tags) {
                some = true;
            } else {
                all = false;
            }
        }
        match (some, all) {
            (false, _) => Cover::None,
            (true, true) => Cover::Whole,
            (true, false) => Cover::Part,
        }
    }

    fn takes(&self, tags: &Tags) -> bool {
        tags.clause == self.clause.id && tags.from == self.from
    }

    /// Whether a held item waits for this flow.
    fn awaits(&self, held: &Held, areas: &BTreeSet<AreaId>) -> bool {
        self.to == held.to
            && self.kinds.contains(&held.offer.kind)
            && self.purposes.contains(&held.purpose)
            && (self.areas.is_empty() || !self.areas.is_disjoint(areas))
    }
}

/// The flow that a held item of ours waits for.
pub(super) fn flow_of(
    agreement: &Agreement,
    flows: &[Flow<'_>],
    me: &PartyCode,
    held: &Held,
) -> Option<usize> {
    let areas = areas_of(&agreement.areas, held.offer.position);
    flows.iter().position(|flow| flow.from == *me && flow.awaits(held, &areas))
}

/// Everything that is stopped: what the log holds, and stops that are not logged yet.
pub(super) fn closures(desk: &Desk, side: &Side) -> Vec<Closure> {
    let mut closures = side.own().closures();
    let unlogged = unlogged(desk, side);
    closures.extend(unlogged.iter().map(|made| Closure {
        id: made.stopped.suspension,
        agreement: made.agreement.clone(),
        scope: made.stop.scope.clone(),
        exceptions: made.stop.exceptions.clone(),
        resumed: Vec::new(),
    }));
    closures
}

/// Stops whose leaf could not be written.
pub(super) fn unlogged(desk: &Desk, side: &Side) -> Vec<Made> {
    let mut stops = desk.stops(side.agreement_id());
    stops.retain(|made| !side.own().suspensions().contains_key(&made.stopped.suspension));
    stops
}

/// Who stops an item of these tags: a suspension, or the gate itself, which knows of stops before anyone.
pub(super) fn stopped_by(side: &Side, closures: &[Closure], tags: &Tags) -> Option<SuspensionId> {
    closures.iter().find(|closure| closure.stops(tags)).map(|closure| closure.id).or_else(|| {
        match side.gate_says(tags) {
            Err(Shut::Suspended(id)) => Some(id),
            Ok(()) | Err(Shut::NotOpen) => None,
        }
    })
}

/// Whether the gate of this agreement is not open at all.
pub(super) fn is_shut(side: &Side, agreement: &Agreement, flows: &[Flow<'_>]) -> bool {
    let sample = flows.iter().find_map(|flow| flow.samples(agreement).next());
    sample.is_some_and(|tags| side.gate_says(&tags) == Err(Shut::NotOpen))
}

/// What went through one flow.
#[derive(Clone, Debug, Default)]
struct Tally {
    spark: Vec<u32>,
    sent_24h: u64,
    since_stop: u64,
    in_flight: u64,
    lags: Vec<i64>,
}

/// From where a flow's releases count as after a stop: a leaf, or where the log does not hold it, a time.
type Since = Option<(Option<u64>, Instant)>;

fn tally(history: &History, flows: &[Flow<'_>], since: &[Since], now: Instant) -> Vec<Tally> {
    let mut tallies: Vec<Tally> =
        flows.iter().map(|_| Tally { spark: vec![0; BINS], ..Tally::default() }).collect();
    // Equal tags are one allocation: each is looked up once.
    let mut known: FxHashMap<*const Tags, Option<usize>> = FxHashMap::default();
    for state in history.releases().values() {
        let flow = *known
            .entry(Arc::as_ptr(&state.tags))
            .or_insert_with(|| flows.iter().position(|flow| flow.takes(&state.tags)));
        let Some(flow) = flow else { continue };
        let (Some(tally), Some(since)) = (tallies.get_mut(flow), since.get(flow)) else { continue };
        if state.stage == Stage::Cut {
            continue;
        }
        tally.in_flight += u64::from(state.stage == Stage::Released);
        if let Some((leaf, at)) = since {
            let after = leaf.map_or(state.recorded > *at, |leaf| state.leaf > leaf);
            tally.since_stop += u64::from(after);
        }
        let age = now - state.recorded;
        if age >= DAY {
            continue;
        }
        tally.sent_24h += 1;
        let bins_ago = usize::try_from(age.micros().max(0) / BIN.micros()).unwrap_or(BINS);
        if let Some(bin) = BINS.checked_sub(bins_ago + 1).and_then(|bin| tally.spark.get_mut(bin)) {
            *bin += 1;
        }
        if let Some(granted) = state.granted {
            tally.lags.push((granted - state.recorded).micros());
        }
    }
    tallies
}

fn median_s(mut micros: Vec<i64>) -> Option<f64> {
    micros.sort_unstable();
    let middle = *micros.get(micros.len() / 2)?;
    let lower = *micros.get((micros.len().checked_sub(1)?) / 2)?;
    Some((middle as f64 + lower as f64) / 2e6)
}

fn since_in(history: &History, id: SuspensionId, closed: Option<Instant>) -> Since {
    let held = history.suspensions().get(&id).or_else(|| history.seen().get(&id));
    let at = held.map(|one| one.notice.gate_closed).or(closed)?;
    Some((held.map(|one| one.leaf), at))
}

/// The flows with everything that went, and the state of the whole agreement.
pub(super) fn views(scene: Scene<'_>) -> (Vec<FlowView>, &'static str) {
    let Scene { side, agreement, desk, now, .. } = scene;
    let flows = flows_of(agreement);
    let closures = closures(desk, side);
    let me = side.me();
    let stops: Vec<(Cover, Option<SuspensionId>, bool)> = flows
        .iter()
        .map(|flow| {
            let cover = flow.covered(agreement, |tags| stopped_by(side, &closures, tags).is_some());
            let by = flow.samples(agreement).find_map(|tags| stopped_by(side, &closures, &tags));
            let excepted =
                flow.samples(agreement).any(|tags| closures.iter().any(|closure| closure.excepts(&tags)));
            (cover, by, excepted)
        })
        .collect();
    let earliest = closures.iter().map(|closure| closure.id);
    let earliest: Option<SuspensionId> = earliest.min_by_key(|id| closed_at(scene, *id));
    let since = |history: &History| -> Vec<Since> {
        let of = |(_, by, excepted): &(Cover, Option<SuspensionId>, bool)| {
            let id = by.or(earliest.filter(|_| *excepted))?;
            since_in(history, id, closed_at(scene, id))
        };
        stops.iter().map(of).collect()
    };
    let ours = tally(side.own(), &flows, &since(side.own()), now);
    let theirs = tally(side.theirs(), &flows, &since(side.theirs()), now);
    let mut held = vec![0_u64; flows.len()];
    for one in side.own().held().values() {
        if let Some(count) = flow_of(agreement, &flows, me, one).and_then(|flow| held.get_mut(flow)) {
            *count += 1;
        }
    }
    let (today, their_today) = (side.own().volume(now.day()), side.theirs().volume(now.day()));
    let rows = flows.iter().zip(ours).zip(theirs).zip(held).zip(&stops);
    let views: Vec<FlowView> = rows
        .map(|((((flow, ours), theirs), held), (cover, by, excepted))| {
            let is_ours = flow.from == *me;
            let tally = if is_ours { ours } else { theirs };
            let today = if is_ours { &today } else { &their_today };
            let state = match (cover, excepted) {
                (Cover::Whole, _) => "stopped",
                (_, true) => "exception",
                _ if is_ours && held > 0 => "waiting",
                _ => "flowing",
            };
            FlowView {
                clause: flow.clause.id.to_string(),
                from: flow.from.to_string(),
                to: flow.to.to_string(),
                items: flow.kinds.clone(),
                title: flow.title(),
                areas: flow.areas.iter().map(ToString::to_string).collect(),
                purposes: flow.purposes.clone(),
                standing: flow.standing,
                officers: flow.officers,
                delay_s: flow.form.delay_s,
                grid_m: flow.form.grid_m,
                cut: flow.cut.iter().map(ToString::to_string).collect(),
                per_day: flow.per_day,
                today: today.get(&flow.clause.id).copied().unwrap_or(0),
                spark: tally.spark,
                sent_24h: tally.sent_24h,
                sent_since_stop: tally.since_stop,
                held: is_ours.then_some(held),
                in_flight: tally.in_flight,
                receipt_lag_s: median_s(tally.lags),
                state,
                exception: flow.exception.map(Exception::code),
                stopped_by: by.map(|id| id.to_string()),
            }
        })
        .collect();
    let plain = flows.iter().zip(&stops).filter(|(flow, _)| flow.exception.is_none());
    let all = plain.clone().count() > 0 && plain.clone().all(|(_, (cover, ..))| *cover == Cover::Whole);
    let state = if is_shut(side, agreement, &flows) {
        "starting"
    } else if all {
        "suspended"
    } else if !closures.is_empty() || stops.iter().any(|(cover, ..)| *cover != Cover::None) {
        "part_suspended"
    } else {
        "flowing"
    };
    (views, state)
}

/// When the gate was shut, as the side that stopped declares.
fn closed_at(scene: Scene<'_>, id: SuspensionId) -> Option<Instant> {
    let own = scene.side.own();
    let held: Option<&Suspended> = own.suspensions().get(&id).or_else(|| own.seen().get(&id));
    held.map(|one| one.notice.gate_closed)
        .or_else(|| scene.desk.stop(&id).map(|made| made.stopped.gate_closed))
}
