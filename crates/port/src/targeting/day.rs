//! The boxes of a day: those in the yard that are to be loaded, each with the hours in which a scan helps and what it is
//! worth to the attacker. What is not known by `as_of` is not looked at.

use std::collections::BTreeMap;

use bitacora_primitives::{ContainerNumber, Duration, Instant};

use super::error::TargetingError;
use super::evidence::{Counted, counted, odds};
use super::settings::{Assumed, Settings, Terms};
use crate::game::Payoff;
use crate::screening::{Alert, ContainerEvent, EventKind, Facility, Journey, Movement};

/// Length of a slot.
pub const SLOT: Duration = Duration::from_hours(1);

/// A box of the day.
#[derive(Clone, PartialEq, Debug)]
pub struct Target {
    pub container: ContainerNumber,
    pub trip: Option<String>,
    pub facility: Option<Facility>,
    /// When its load is due; `None` is not known.
    pub load_at: Option<Instant>,
    /// The first slot after the last hour in which it can be touched, or the first of the day.
    pub first: u16,
    /// The last whole slot before its load.
    pub last: u16,
    /// The alerts that count.
    pub evidence: Vec<Counted>,
    /// Prior odds and evidence.
    pub odds: f64,
    /// What the attacker may expect of it unscanned: probability times the value of its kind, at least a hundredth.
    pub value: Payoff,
    pub penalty: Payoff,
}

/// Boxes in the yard that are in no slot of this day, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LeftOut {
    /// No whole hour is left before the load.
    pub past: usize,
    /// They can be touched until after the day: they are in a later one.
    pub later: usize,
    /// Their facility is not known, and the day is one facility's.
    pub unplaced: usize,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Day {
    /// Begin of slot 0: the first full hour that is not before `as_of`.
    pub start: Instant,
    pub hours: u16,
    pub facility: Option<Facility>,
    /// By container number, each once.
    pub targets: Vec<Target>,
    /// What the day rests on that nobody set or reported.
    pub assumed: Vec<Assumed>,
    pub left_out: LeftOut,
}

impl Day {
    /// The day from `as_of` on. Alerts and journeys are those of one screening.
    ///
    /// # Errors
    /// When a setting is out of its bounds.
    pub fn from(
        journeys: &[Journey],
        alerts: &[Alert],
        settings: &Settings,
        as_of: Instant,
    ) -> Result<Self, TargetingError> {
        let terms = settings.terms()?;
        let mut by_box: BTreeMap<ContainerNumber, Vec<&Alert>> = BTreeMap::new();
        for alert in alerts.iter().filter(|alert| alert.at <= as_of) {
            for container in alert.container.iter().chain(&alert.others) {
                by_box.entry(*container).or_default().push(alert);
            }
        }
        let slot = SLOT.micros();
        let start = Instant::from_micros(as_of.micros().saturating_add(slot - 1).div_euclid(slot) * slot);
        let mut day = Self {
            start,
            hours: settings.hours,
            facility: settings.facility.clone(),
            targets: Vec::new(),
            assumed: settings.assumed(),
            left_out: LeftOut::default(),
        };
        let mut stands: BTreeMap<ContainerNumber, Standing<'_>> = BTreeMap::new();
        for journey in journeys {
            if let Some(standing) = standing(journey, as_of) {
                // Journeys of a box come in order of time: the last that stands in the yard is the one at hand.
                stands.insert(journey.container, standing);
            }
        }
        for (container, standing) in stands {
            let on_box = by_box.get(&container).map(Vec::as_slice).unwrap_or_default();
            day.add(&standing, on_box, &terms)?;
        }
        if day.targets.iter().any(|target| target.load_at.is_none()) {
            day.assumed.push(Assumed::LoadTime);
        }
        day.assumed.sort_unstable();
        Ok(day)
    }

    pub fn slot_start(&self, slot: u16) -> Instant {
        self.start + Duration::from_hours(slot.into())
    }

    fn add(
        &mut self,
        standing: &Standing<'_>,
        on_box: &[&Alert],
        terms: &Terms,
    ) -> Result<(), TargetingError> {
        if self.facility.is_some() && self.facility.as_ref() != standing.facility {
            self.left_out.unplaced += usize::from(standing.facility.is_none());
            return Ok(());
        }
        let end = self.start + Duration::from_hours(self.hours.into());
        let load = standing.load_at.unwrap_or(end);
        // Whole hours before the load; the one in which it is loaded is not whole.
        let whole = (load - self.start).micros().div_euclid(SLOT.micros());
        if whole < 1 {
            self.left_out.past += 1;
            return Ok(());
        }
        let last_touch = load - Duration::from_hours(terms.out_of_reach_hours.into());
        let first = (last_touch - self.start).micros().saturating_add(SLOT.micros() - 1);
        let first = first.div_euclid(SLOT.micros()).clamp(0, whole - 1);
        let Some(first) = u16::try_from(first).ok().filter(|first| *first < self.hours) else {
            self.left_out.later += 1;
            return Ok(());
        };
        let last = u16::try_from(whole - 1).unwrap_or(u16::MAX).min(self.hours - 1);
        let journey = standing.journey;
        let of_trip = on_box.iter().copied().filter(|alert| {
            let names_it = alert.container == Some(journey.container) && alert.trip.is_some();
            // What names no trip of this box (a look-up, a seal read on another box) is of this trip since it began.
            if names_it { alert.trip == journey.trip } else { standing.began.is_none_or(|at| at <= alert.at) }
        });
        let evidence = counted(of_trip);
        let odds = odds(terms.prior_odds, &evidence);
        let kind_value = if standing.empty {
            terms.values.empty
        } else if journey.is_reefer() {
            terms.values.reefer
        } else {
            terms.values.dry
        };
        let expected = odds / (1.0 + odds) * kind_value.get() as f64;
        // The penalty is that of a box of which nothing is known: evidence raises what he may gain by a box and never
        // what he risks, so that more evidence is always more coverage.
        let base = terms.prior_odds / (1.0 + terms.prior_odds);
        let risked = libm::round(base * terms.penalty.get() as f64) as i64;
        let least = Payoff::hundredths(1);
        let value = Payoff::hundredths(libm::round(expected) as i64).max(least);
        let value = value.ok_or(TargetingError::Setting("values"))?;
        let penalty = Payoff::hundredths(risked).ok_or(TargetingError::Setting("penalty"))?;
        self.targets.push(Target {
            container: journey.container,
            trip: journey.trip.clone(),
            facility: standing.facility.cloned(),
            load_at: standing.load_at,
            first,
            last,
            evidence,
            odds,
            value,
            penalty,
        });
        Ok(())
    }
}

/// A box that stands in the yard, to be loaded.
struct Standing<'a> {
    journey: &'a Journey,
    facility: Option<&'a Facility>,
    load_at: Option<Instant>,
    /// The first event known of the trip.
    began: Option<Instant>,
    empty: bool,
}

fn standing(journey: &Journey, as_of: Instant) -> Option<Standing<'_>> {
    let known = || journey.events.iter().filter(|event| event.at <= as_of);
    let is_there = known().fold(false, |there, event| match event.kind {
        EventKind::Loaded | EventKind::GateOut | EventKind::Removed => false,
        // Whatever is done in the terminal says that the box is there, where the gate's message is missing.
        EventKind::GateIn
        | EventKind::Discharged
        | EventKind::YardMove
        | EventKind::Scanned
        | EventKind::PluggedIn
        | EventKind::Unplugged => true,
        _ => there,
    });
    // A box of which nobody says where it goes may be loaded: it is taken for one that is.
    let imported = known().filter_map(|event| event.movement).next_back() == Some(Movement::Import);
    if !is_there || imported {
        return None;
    }
    let last: Option<&ContainerEvent> = known().next_back();
    // Seen in the yard after the hour in which it should have been loaded: when it will be, nobody says.
    let overdue = |due: &Instant| last.is_some_and(|event| event.at > *due);
    Some(Standing {
        journey,
        facility: known().filter_map(|event| event.facility.as_ref()).next_back(),
        load_at: journey.load_due.filter(|due| !overdue(due)),
        began: known().next().map(|event| event.at),
        empty: known().filter_map(|event| event.empty).next_back() == Some(true),
    })
}
