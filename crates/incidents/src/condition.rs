//! The condition of a suspension that the register can speak to: so many days without an incident of these kinds.
//! Says how far it is met; never resumes anything, since only an officer signs that a condition is met.

use std::collections::BTreeSet;

use bitacora_primitives::{IncidentId, Instant};
use serde::{Deserialize, Serialize};

use crate::register::Register;
use crate::status::{IncidentKind, IncidentStatus};

/// Ten years: longer than any agreement waits.
pub const MAX_DAYS: u32 = 3_650;
const DAY_MICROS: i64 = 86_400_000_000;

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadCondition {
    #[error("a condition names at least one kind of incident")]
    NoKind,
    #[error("`{0}` is no degree that an incident can reach: alleged, corroborated or verified")]
    NoDegree(IncidentStatus),
    #[error("{days} days are not from 1 to {MAX_DAYS}")]
    Days { days: u32 },
}

/// "No incident of these kinds at or above this status for N days." Disputed and unfounded incidents do not count.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Condition {
    kinds: BTreeSet<IncidentKind>,
    min_status: IncidentStatus,
    days: u32,
}

/// A condition as it is written, before it is known to make sense.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kinds: BTreeSet<IncidentKind>,
    min_status: IncidentStatus,
    days: u32,
}

impl TryFrom<Written> for Condition {
    type Error = BadCondition;
    fn try_from(written: Written) -> Result<Self, BadCondition> {
        Self::new(written.kinds, written.min_status, written.days)
    }
}
impl From<Condition> for Written {
    fn from(Condition { kinds, min_status, days }: Condition) -> Self {
        Self { kinds, min_status, days }
    }
}

/// How far a condition is met.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    pub met: bool,
    /// Whole days of 24 hours without such an incident.
    pub days: u32,
    pub of_days: u32,
    /// Start of the clear run: the suspension, or the last such incident if that was later.
    pub since: Instant,
    /// The last incident that counts, before or after the suspension.
    pub last_incident: Option<IncidentId>,
}

impl Condition {
    /// Refuses a condition that every register would meet, and one that none could.
    pub fn new(
        kinds: BTreeSet<IncidentKind>,
        min_status: IncidentStatus,
        days: u32,
    ) -> Result<Self, BadCondition> {
        if kinds.is_empty() {
            return Err(BadCondition::NoKind);
        }
        if min_status.degree().is_none() {
            return Err(BadCondition::NoDegree(min_status));
        }
        if !(1..=MAX_DAYS).contains(&days) {
            return Err(BadCondition::Days { days });
        }
        Ok(Self { kinds, min_status, days })
    }

    pub const fn kinds(&self) -> &BTreeSet<IncidentKind> {
        &self.kinds
    }
    pub const fn min_status(&self) -> IncidentStatus {
        self.min_status
    }
    pub const fn days(&self) -> u32 {
        self.days
    }

    /// How far the condition is met at `now`, for a suspension in force since `suspended`. What a later entry
    /// corrects counts as it stands now: the answer may go back.
    pub fn progress(&self, register: &Register, now: Instant, suspended: Instant) -> Progress {
        let last = register
            .incidents()
            .filter(|incident| self.kinds.iter().any(|kind| incident.counts(*kind, self.min_status)))
            .max_by_key(|incident| (incident.report.occurred, incident.id));
        let since = last.map_or(suspended, |incident| incident.report.occurred.max(suspended));
        let clear = now.saturating_sub(since).micros().div_euclid(DAY_MICROS).max(0);
        let days = u32::try_from(clear).unwrap_or(u32::MAX);
        Progress {
            met: days >= self.days,
            days,
            of_days: self.days,
            since,
            last_incident: last.map(|incident| incident.id),
        }
    }
}
