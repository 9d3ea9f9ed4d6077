//! What the figures cannot tell, whatever the model says: as closed codes, so that no reader takes a prior for a finding.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::model::{Frame, Hyper};

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum NotIdentified {
    /// Fewer than three methods, or none that somebody says is unbiased: the curve's height is an assumption.
    AbsoluteLevel { methods: usize, anchored: bool },
    /// The method has no figure: it is not among those that the curve is the middle of.
    Silent { method: String },
    /// The method shares no year with another: its bias is the prior's.
    BiasAgainstLevel { method: String },
    /// The method does not share a year with another on both sides of the break, one that does not break then itself: step,
    /// bias and level cannot be told apart.
    BiasAgainstBreak { method: String, year: i16 },
    /// With two methods, it is not known which of them walked.
    WhichWalked,
    /// No figure has two vintages: the size of revisions is as given.
    RevisionSize,
    /// A deviation that the figures pushed to the bound of what is tried.
    AtBound { deviation: &'static str },
    /// One method speaks for the year.
    OneMethod { year: i16 },
    /// None does, and others before and after it do.
    NoMethod { year: i16 },
    /// None does, and none later.
    Extrapolated { year: i16 },
}

impl NotIdentified {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AbsoluteLevel { .. } => "absolute_level",
            Self::Silent { .. } => "silent",
            Self::BiasAgainstLevel { .. } => "bias_against_level",
            Self::BiasAgainstBreak { .. } => "bias_against_break",
            Self::WhichWalked => "which_walked",
            Self::RevisionSize => "revision_size",
            Self::AtBound { .. } => "at_bound",
            Self::OneMethod { .. } => "one_method",
            Self::NoMethod { .. } => "no_method",
            Self::Extrapolated { .. } => "extrapolated",
        }
    }
}

pub(super) fn not_identified(
    frame: &Frame<'_>,
    hypers: &[Hyper],
    bounds: &[&'static str],
    silent: &[String],
) -> Vec<NotIdentified> {
    let mut all = Vec::new();
    let mut by_year: BTreeMap<i16, BTreeSet<usize>> = BTreeMap::new();
    for reading in frame.readings {
        by_year.entry(reading.year).or_default().insert(reading.method);
    }
    let speaking: BTreeSet<usize> = by_year.values().flatten().copied().collect();
    let anchored = frame.anchor.is_some_and(|anchor| speaking.contains(&anchor));
    if speaking.len() < 3 || !anchored {
        all.push(NotIdentified::AbsoluteLevel { methods: speaking.len(), anchored });
    }
    all.extend(silent.iter().map(|method| NotIdentified::Silent { method: method.clone() }));
    let name = |method: usize| frame.methods.get(method).cloned().unwrap_or_default();
    for method in (0..frame.methods.len()).filter(|method| frame.anchor != Some(*method)) {
        if !by_year.values().any(|methods| methods.contains(&method) && methods.len() > 1) {
            all.push(NotIdentified::BiasAgainstLevel { method: name(method) });
        }
    }
    for (method, year) in &frame.breaks {
        // Only another that counts the same on both sides can witness the step.
        let steady = |other: &usize| other != method && !frame.breaks.contains(&(*other, *year));
        let meets = |after: bool, other: usize| {
            by_year.iter().any(|(own, methods)| {
                (own >= year) == after && methods.contains(method) && methods.contains(&other)
            })
        };
        let witness =
            speaking.iter().filter(|other| steady(other)).any(|own| meets(false, *own) && meets(true, *own));
        if !witness {
            all.push(NotIdentified::BiasAgainstBreak { method: name(*method), year: *year });
        }
    }
    if frame.methods.len() == 2 && frame.anchor.is_none() && hypers.iter().any(|own| own.walk_sd > 0.0) {
        all.push(NotIdentified::WhichWalked);
    }
    let revised = frame.readings.iter().any(|own| own.vintages.len() > 1);
    if !revised && hypers.iter().any(|own| own.revision_sd > 0.0) {
        all.push(NotIdentified::RevisionSize);
    }
    all.extend(bounds.iter().map(|deviation| NotIdentified::AtBound { deviation }));
    for year in frame.first..=frame.last {
        match by_year.get(&year).map_or(0, BTreeSet::len) {
            0 if year > frame.last_read => all.push(NotIdentified::Extrapolated { year }),
            0 => all.push(NotIdentified::NoMethod { year }),
            1 => all.push(NotIdentified::OneMethod { year }),
            _ => {}
        }
    }
    all
}
