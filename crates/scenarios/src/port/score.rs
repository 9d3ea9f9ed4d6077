//! Holds a screening and a day's plan against the truth: which rip-ons the rules and the draw find, how often an honest box
//! is named, and what the tiers do to misread seals.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_port::draw::GRID;
use bitacora_port::screening::{Alert, ContainerNumber, FieldScreened, Finding, Rule, Tier};
use bitacora_port::targeting::{Covered, Day, Plan, SLOT, counted};
use bitacora_primitives::Duration;
use serde::Serialize;

use super::truth::{Planted, RipOn, Slip, Truth};

/// What a lead needs (`docs/ratios.md`): below it a finding is kept and not shown.
const RAISE_NATS: f64 = 1.0;
/// Clocks of two systems.
const SKEW: Duration = Duration::from_mins(10);

/// Rip-ons of one kind, and what found them.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Found {
    pub of: usize,
    /// An alert in the first queue.
    pub rules: usize,
    /// The same, by the time the box was loaded or fetched.
    pub in_time: usize,
    /// Alerts that together make a lead.
    pub leads: usize,
    /// Expected: chance that the draw scans it between touch and load.
    pub draw: f64,
    /// Expected: an alert, or a scan.
    pub rules_and_draw: f64,
    /// Expected: an alert by the load, or a scan.
    pub in_time_and_draw: f64,
}

/// Why a misread stands in the first queue. The first that holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// The number read is a neighbour's of the carton: never demoted, it may be a swap.
    NearSerial,
    /// It is a seal of another box, or one issued.
    KnownElsewhere,
    /// Two readings gave it.
    ReadTwice,
    /// A confusable pair that nobody read again before the load.
    NotReread,
    /// Another digit, and no other reading that gave the seal expected: edit distance alone never demotes.
    NothingAgrees,
}

impl Stands {
    pub const fn code(self) -> &'static str {
        match self {
            Self::NearSerial => "near_serial",
            Self::KnownElsewhere => "known_elsewhere",
            Self::ReadTwice => "read_twice",
            Self::NotReread => "not_reread",
            Self::NothingAgrees => "nothing_agrees",
        }
    }
}

/// Alerts that a misread seal raised.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Misreads {
    /// Slips in the feed, of which of a confusable pair.
    pub slips: usize,
    pub confusable: usize,
    /// Alerts of R1 that they raised, and those that stand in the first queue.
    pub raised: usize,
    pub first: usize,
    /// Of these, those of a confusable pair.
    pub confusable_raised: usize,
    pub confusable_first: usize,
    /// Of all rules.
    pub raised_by_all: usize,
    pub first_of_all: usize,
    pub stands: BTreeMap<Stands, usize>,
}

/// Seals really swapped by somebody who meant it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Swaps {
    pub of: usize,
    /// Read again afterwards, and so seen by R1.
    pub seen: usize,
    /// Every alert on it waits for a re-read.
    pub demoted: usize,
    /// Another reading gave the old seal, copied from the papers: what a rule that trusts second readings would demote.
    pub copied: usize,
}

/// The seals of a day on which whatever waited was asked for, and mostly read again before the load.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Asked {
    pub rereads: usize,
    pub misreads: Misreads,
    pub near_swaps: Swaps,
    pub other_swaps: Swaps,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct PortScore {
    pub containers: usize,
    pub found: BTreeMap<RipOn, Found>,
    /// Alerts in the first queue that name no rip-on, and the boxes they name.
    pub false_alerts: usize,
    pub false_boxes: usize,
    /// Honest boxes whose alerts together make a lead.
    pub false_leads: usize,
    pub false_by_finding: BTreeMap<Finding, usize>,
    /// Alerts of R1.
    pub seal_alerts: usize,
    pub misreads: Misreads,
    pub near_swaps: Swaps,
    pub other_swaps: Swaps,
    pub asked: Asked,
}

fn names(alert: &Alert, container: ContainerNumber) -> bool {
    alert.container == Some(container) || alert.others.contains(&container)
}

/// The right box, and not before anybody had done anything to it.
fn means(alert: &Alert, planted: &Planted) -> bool {
    names(alert, planted.container) && alert.at + SKEW >= planted.begun
}

fn makes_a_lead<'a>(alerts: impl IntoIterator<Item = &'a Alert>) -> bool {
    counted(alerts).iter().map(|one| one.nats).sum::<f64>() >= RAISE_NATS
}

/// `plan` is that of `day`, made from what was known at its start; `screened` is of all that came in the end.
pub fn score(truth: &Truth, screened: &FieldScreened, day: &Day, plan: &Plan) -> PortScore {
    let mut score = PortScore { containers: truth.containers, ..PortScore::default() };
    let first: Vec<&Alert> = screened.alerts.iter().filter(|alert| alert.tier == Tier::First).collect();
    let covered: BTreeMap<ContainerNumber, &Covered> =
        plan.coverage.iter().map(|one| (one.container, one)).collect();
    for planted in &truth.planted {
        let on_it: Vec<&Alert> = first.iter().filter(|alert| means(alert, planted)).copied().collect();
        let in_time = on_it.iter().any(|alert| alert.at <= planted.gone);
        let chance = match covered.get(&planted.container) {
            Some(covered) if planted.kind.is_scannable() => scan_chance(day, covered, planted),
            _ => 0.0,
        };
        let one = score.found.entry(planted.kind).or_default();
        one.of += 1;
        one.rules += usize::from(!on_it.is_empty());
        one.in_time += usize::from(in_time);
        one.leads += usize::from(makes_a_lead(on_it.iter().copied()));
        one.draw += chance;
        one.rules_and_draw += if on_it.is_empty() { chance } else { 1.0 };
        one.in_time_and_draw += if in_time { 1.0 } else { chance };
    }
    let mut honest: BTreeMap<Option<ContainerNumber>, Vec<&Alert>> = BTreeMap::new();
    for alert in first.iter().filter(|alert| !truth.planted.iter().any(|planted| means(alert, planted))) {
        score.false_alerts += 1;
        *score.false_by_finding.entry(alert.finding).or_default() += 1;
        honest.entry(alert.container).or_default().push(alert);
    }
    score.false_boxes = honest.len();
    let is_lead = |alerts: &&Vec<&Alert>| makes_a_lead(alerts.iter().copied());
    score.false_leads = honest.values().filter(is_lead).count();
    seals(truth, screened, &mut score);
    score
}

/// `truth` and `screened` are of the day with the re-reads.
pub fn asked(rereads: usize, truth: &Truth, screened: &FieldScreened) -> Asked {
    let mut score = PortScore::default();
    seals(truth, screened, &mut score);
    let PortScore { misreads, near_swaps, other_swaps, .. } = score;
    Asked { rereads, misreads, near_swaps, other_swaps }
}

/// Chance that the draw scans it in a slot that begins after the touch and ends before the load. A box is scanned at
/// most once, so the chances of slots add up.
fn scan_chance(day: &Day, covered: &Covered, planted: &Planted) -> f64 {
    let helps = |slot: u32| {
        let start = day.start + Duration::from_hours(slot.into());
        planted.touched <= start && start + SLOT <= planted.gone
    };
    let units: u64 = covered.masses.iter().filter(|(slot, _)| helps(*slot)).map(|(_, units)| units).sum();
    units as f64 / GRID as f64
}

fn seals(truth: &Truth, screened: &FieldScreened, score: &mut PortScore) {
    score.misreads.slips = truth.misreads.len();
    score.misreads.confusable = truth.misreads.iter().filter(|one| one.slip == Slip::ConfusablePair).count();
    let wrong: BTreeSet<(ContainerNumber, &str)> =
        truth.misreads.iter().map(|one| (one.container, one.read.as_str())).collect();
    let is_wrong = |alert: &Alert, text: &str| match (alert.container, alert.texts.get(text)) {
        (Some(container), Some(number)) => wrong.contains(&(container, number.as_str())),
        _ => false,
    };
    let mut times = BTreeSet::new();
    for alert in &screened.alerts {
        let of_r1 = alert.rule == Rule::SealContinuity;
        score.seal_alerts += usize::from(of_r1);
        let raised = match alert.finding {
            Finding::SealChanged | Finding::VentSealChanged => {
                is_wrong(alert, "seal_read") || is_wrong(alert, "seal_expected")
            }
            Finding::SealReused | Finding::SealNotIssued | Finding::SealNeverSeen => is_wrong(alert, "seal"),
            _ => false,
        };
        if !raised {
            continue;
        }
        times.insert((alert.container, alert.at));
        let stands = usize::from(alert.tier == Tier::First);
        score.misreads.raised_by_all += 1;
        score.misreads.first_of_all += stands;
        if of_r1 {
            score.misreads.raised += 1;
            score.misreads.first += stands;
            if alert.numbers.get("confusable") == Some(&1.0) {
                score.misreads.confusable_raised += 1;
                score.misreads.confusable_first += stands;
            }
            if stands == 1 {
                *score.misreads.stands.entry(why(alert)).or_default() += 1;
            }
        }
    }
    // A touch after the scan that is nothing but a misread.
    for alert in screened.alerts.iter().filter(|alert| alert.finding == Finding::TouchedAfterScan) {
        if times.contains(&(alert.container, alert.at)) {
            score.misreads.raised_by_all += 1;
            score.misreads.first_of_all += usize::from(alert.tier == Tier::First);
        }
    }
    for swap in truth.swaps.iter().filter(|swap| !swap.innocent) {
        let on_it: Vec<&Alert> = screened
            .alerts
            .iter()
            .filter(|alert| alert.rule == Rule::SealContinuity && alert.container == Some(swap.container))
            .filter(|alert| alert.texts.get("seal_read").is_some_and(|read| read == swap.to.as_str()))
            .collect();
        let kind = if swap.near_serial { &mut score.near_swaps } else { &mut score.other_swaps };
        kind.of += 1;
        kind.seen += usize::from(!on_it.is_empty());
        let old_again = |alert: &&Alert| alert.numbers.get("second_read_agrees") == Some(&1.0);
        kind.copied += usize::from(!on_it.is_empty() && on_it.iter().all(old_again));
        let waits = |alert: &&Alert| alert.tier == Tier::Reread;
        kind.demoted += usize::from(!on_it.is_empty() && on_it.iter().all(waits));
    }
}

fn why(alert: &Alert) -> Stands {
    let says = |name: &str| alert.numbers.get(name) == Some(&1.0);
    if says("near_serial") {
        Stands::NearSerial
    } else if says("known_elsewhere") {
        Stands::KnownElsewhere
    } else if says("read_twice") {
        Stands::ReadTwice
    } else if says("confusable") || says("second_read_agrees") {
        Stands::NotReread
    } else {
        Stands::NothingAgrees
    }
}

impl Found {
    fn add(&mut self, other: &Self) {
        self.of += other.of;
        self.rules += other.rules;
        self.in_time += other.in_time;
        self.leads += other.leads;
        self.draw += other.draw;
        self.rules_and_draw += other.rules_and_draw;
        self.in_time_and_draw += other.in_time_and_draw;
    }
}

impl Misreads {
    fn add(&mut self, other: &Self) {
        self.slips += other.slips;
        self.confusable += other.confusable;
        self.raised += other.raised;
        self.first += other.first;
        self.confusable_raised += other.confusable_raised;
        self.confusable_first += other.confusable_first;
        self.raised_by_all += other.raised_by_all;
        self.first_of_all += other.first_of_all;
        for (stands, count) in &other.stands {
            *self.stands.entry(*stands).or_default() += count;
        }
    }
}

impl Swaps {
    const fn add(&mut self, other: &Self) {
        self.of += other.of;
        self.seen += other.seen;
        self.demoted += other.demoted;
        self.copied += other.copied;
    }
}

impl PortScore {
    /// Over all kinds.
    pub fn all(&self) -> Found {
        let mut all = Found::default();
        for one in self.found.values() {
            all.add(one);
        }
        all
    }

    /// Pools another day.
    pub fn add(&mut self, other: &Self) {
        self.containers += other.containers;
        for (kind, one) in &other.found {
            self.found.entry(*kind).or_default().add(one);
        }
        self.false_alerts += other.false_alerts;
        self.false_boxes += other.false_boxes;
        self.false_leads += other.false_leads;
        for (finding, count) in &other.false_by_finding {
            *self.false_by_finding.entry(*finding).or_default() += count;
        }
        self.seal_alerts += other.seal_alerts;
        self.misreads.add(&other.misreads);
        self.near_swaps.add(&other.near_swaps);
        self.other_swaps.add(&other.other_swaps);
        self.asked.rereads += other.asked.rereads;
        self.asked.misreads.add(&other.asked.misreads);
        self.asked.near_swaps.add(&other.asked.near_swaps);
        self.asked.other_swaps.add(&other.asked.other_swaps);
    }
}

/// Wilson's score interval at 95 %; of an expected count it is an approximation. `None` where there was nothing to find.
pub fn wilson(found: f64, of: usize) -> Option<(f64, f64)> {
    const Z: f64 = 1.959_963_984_540_054;
    if of == 0 {
        return None;
    }
    let n = of as f64;
    let share = found / n;
    let middle = share + Z * Z / (2.0 * n);
    let half = Z * libm::sqrt(share * (1.0 - share) / n + Z * Z / (4.0 * n * n));
    let scale = 1.0 + Z * Z / n;
    Some((((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_agrees_with_the_published_values() {
        // Newcombe 1998, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for (found, of, low, high) in [
            (81.0, 263, 0.2553, 0.3662),
            (15.0, 148, 0.0624, 0.1605),
            (0.0, 20, 0.0, 0.1611),
            (1.0, 29, 0.0061, 0.1718),
        ] {
            let (a, b) = wilson(found, of).unwrap();
            assert!((a - low).abs() < 5e-5 && (b - high).abs() < 5e-5, "{found} of {of}: {a} {b}");
        }
        assert_eq!(wilson(0.0, 0), None);
    }
}
