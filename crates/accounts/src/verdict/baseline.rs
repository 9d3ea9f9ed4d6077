//! What a promise may be measured from. Where it does not say, every reading is tried and none preferred.

use super::Reading;
use crate::day::Dates;
use crate::import::{Baseline, Commitment};
use crate::publication;

/// "Not stated" may be any of the last four years that were over.
const CANDIDATES: i16 = 4;
/// A baseline of several years is each of them; of more it is none.
const MOST_YEARS: i16 = 10;

/// The periods to read the base from; empty where there is nothing to go by.
pub(super) fn periods(commitment: &Commitment) -> Vec<Dates> {
    match commitment.baseline {
        Baseline::NotApplicable => Vec::new(),
        Baseline::Of(dates) => {
            let (first, last) = (dates.first().year(), dates.last().year());
            if first == last {
                vec![dates]
            } else if last - first < MOST_YEARS {
                (first..=last).filter_map(Dates::year).collect()
            } else {
                Vec::new()
            }
        }
        Baseline::NotStated => {
            let Some(published) = publication::stated(&commitment.source_name) else { return Vec::new() };
            let year = published.first().year();
            (year - CANDIDATES..year).filter_map(Dates::year).collect()
        }
    }
}

/// A level needs no base; what the promise states is repeated for the reader.
pub(super) const fn beside_level(commitment: &Commitment) -> Reading {
    match commitment.baseline {
        Baseline::Of(dates) => Reading::Of(dates),
        _ => Reading::NotApplicable,
    }
}
