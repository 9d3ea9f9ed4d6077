//! What the officer sets for a day, and what is assumed where he has not. No labelled stream of contaminated boxes is
//! open: every default here is a judgement, and a plan that rests on one says so.

use serde::{Deserialize, Serialize};

use super::error::TargetingError;
use crate::game::Payoff;
use crate::screening::Facility;
use crate::screening::seal::codes;

/// A fortnight, as in a draw.
pub const MOST_HOURS: u16 = 336;
/// A box in a thousand.
const PRIOR_ODDS: f64 = 0.001;
/// The same for every box: no open source weighs one kind of box against another.
const VALUE_UNITS: i64 = 100_000;
/// A fifth of the value: he loses a load and its crew, and the next box is cheap.
const PENALTY_UNITS: i64 = 20_000;
/// Hours that a box stands under watch before it goes to the quay.
const OUT_OF_REACH_HOURS: u16 = 3;

codes!(
    /// What a day rests on that nobody has set or reported.
    Assumed {
        Prior = "prior",
        Value = "value",
        Penalty = "penalty",
        /// The load of some box is neither planned nor known: the end of the day is taken.
        LoadTime = "load_time",
        /// The last hour in which somebody can touch a box.
        LastTouch = "last_touch",
    }
);

/// What the attacker gains when a box of this kind arrives unscanned, in the unit the officer chose.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Values {
    pub dry: Payoff,
    pub reefer: Payoff,
    pub empty: Payoff,
}

/// `None` is not set by an officer: the default counts, and is listed as assumed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Only boxes that stand there: a scanner serves one terminal. `None`: all of the port.
    pub facility: Option<Facility>,
    /// Slots of the day, an hour each.
    pub hours: u16,
    /// Odds that an export box of which nothing is known is contaminated.
    pub prior_odds: Option<f64>,
    pub values: Option<Values>,
    /// What he loses when a contaminated box is scanned, in the same unit.
    pub penalty: Option<Payoff>,
    /// How long before its load a box can no longer be touched. A scan before that proves nothing about what is
    /// loaded; with 0 only the last hour helps.
    pub out_of_reach_hours: Option<u16>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            facility: None,
            hours: 24,
            prior_odds: None,
            values: None,
            penalty: None,
            out_of_reach_hours: None,
        }
    }
}

/// Settings with every default filled in, and within their bounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub prior_odds: f64,
    pub values: Values,
    pub penalty: Payoff,
    pub out_of_reach_hours: u16,
}

impl Settings {
    pub(super) fn terms(&self) -> Result<Terms, TargetingError> {
        let refuse = |holds: bool, what: &'static str| {
            if holds { Ok(()) } else { Err(TargetingError::Setting(what)) }
        };
        let units =
            |units: i64| Payoff::hundredths(units * 100).ok_or(TargetingError::Setting("default payoff"));
        let value = units(VALUE_UNITS)?;
        let terms = Terms {
            prior_odds: self.prior_odds.unwrap_or(PRIOR_ODDS),
            values: self.values.unwrap_or(Values { dry: value, reefer: value, empty: value }),
            penalty: self.penalty.map_or_else(|| units(PENALTY_UNITS), Ok)?,
            out_of_reach_hours: self.out_of_reach_hours.unwrap_or(OUT_OF_REACH_HOURS),
        };
        refuse((1..=MOST_HOURS).contains(&self.hours), "hours")?;
        // Below one in a thousand million a prior is none; odds of one and more are no prior of a crowd.
        refuse((1e-9..1.0).contains(&terms.prior_odds), "prior_odds")?;
        let Values { dry, reefer, empty } = terms.values;
        refuse([dry, reefer, empty].iter().all(|value| value.get() > 0), "values")?;
        refuse(terms.penalty.get() >= 0, "penalty")?;
        refuse(terms.out_of_reach_hours <= MOST_HOURS, "out_of_reach_hours")?;
        Ok(terms)
    }

    /// What of these is not set, by code.
    pub(super) fn assumed(&self) -> Vec<Assumed> {
        let unset = [
            (self.prior_odds.is_none(), Assumed::Prior),
            (self.values.is_none(), Assumed::Value),
            (self.penalty.is_none(), Assumed::Penalty),
            (self.out_of_reach_hours.is_none(), Assumed::LastTouch),
        ];
        unset.into_iter().filter(|(unset, _)| *unset).map(|(_, code)| code).collect()
    }
}
