//! What is said of a detection, and how it is said again when late AIS arrives: a revision with its reason,
//! never a label that silently flips.

use bitacora_primitives::Mmsi;
use serde::{Deserialize, Serialize};

use super::parameters::AssociationParameters;

/// What is said of one detection.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Label {
    /// The vessel it is in the best assignment, if that is likely enough.
    pub vessel: Option<Mmsi>,
    /// Probability of that pair; 0 without.
    pub matched: f64,
    /// Probability that it is a vessel and none of those known from AIS.
    pub dark: f64,
    /// Probability that it is none of those known from AIS.
    pub no_ais: f64,
    pub revision: u32,
    pub reason: LabelReason,
}

/// Why this revision.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelReason {
    First,
    /// AIS that arrived since gives it a vessel.
    LateAisMatched,
    /// AIS that arrived since gives it another vessel.
    LateAisOther,
    /// AIS that arrived since takes its vessel away.
    LateAisUnmatched,
    /// The same vessel or none, with another probability.
    LateAisProbability,
}

/// Takes the labels of the same detections worked out again into the standing ones. Returns the numbers of those
/// that were revised; what has not changed keeps its revision.
pub fn revise(standing: &mut Vec<Label>, again: &[Label], parameters: &AssociationParameters) -> Vec<usize> {
    let mut revised = Vec::new();
    for (number, new) in again.iter().enumerate() {
        let Some(old) = standing.get_mut(number) else {
            standing.push(*new);
            revised.push(number);
            continue;
        };
        let reason = match (old.vessel, new.vessel) {
            (None, Some(_)) => LabelReason::LateAisMatched,
            (Some(_), None) => LabelReason::LateAisUnmatched,
            (Some(a), Some(b)) if a != b => LabelReason::LateAisOther,
            _ if (old.no_ais - new.no_ais).abs() >= parameters.min_change => LabelReason::LateAisProbability,
            _ => continue,
        };
        *old = Label { revision: old.revision + 1, reason, ..*new };
        revised.push(number);
    }
    revised
}
