//! The one table of prior and likelihood ratios. Detectors mint at these rates, leads start from this prior.
//! docs/ratios.md prints the same rows for people; a test keeps the two equal.
//!
//! Every row says where it comes from. No labelled set of drug movements is open, so today every row is
//! *assumed*: officers see low, medium or high, never a percentage, until a row is measured.

use crate::{Basis, IndicationCode, LogLikelihoodRatio};

/// Natural log-odds that a vessel with any finding at all moves drugs, before the finding is weighed:
/// one in a hundred.
pub const PRIOR_NATS: f64 = -4.595;

/// One row: a finding, the condition on its numbers, and its weight in nats.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rate {
    pub code: IndicationCode,
    /// Stable name of the condition, for the document and for tests.
    pub when: &'static str,
    pub nats: f64,
}

const fn rate(code: IndicationCode, when: &'static str, nats: f64) -> Rate {
    Rate { code, when, nats }
}

pub const GAP_12H: Rate = rate(IndicationCode::AisGap, "silent 12 h or more", 2.0);
pub const GAP_6H: Rate = rate(IndicationCode::AisGap, "silent 6 h to 12 h", 1.5);
pub const GAP_SHORT: Rate = rate(IndicationCode::AisGap, "silent less than 6 h", 0.8);
pub const ENCOUNTER_SLOW_60: Rate =
    rate(IndicationCode::Encounter, "60 min or more together, median speed below 2 kn", 2.6);
pub const ENCOUNTER_SLOW: Rate =
    rate(IndicationCode::Encounter, "less than 60 min together, median speed below 2 kn", 2.2);
pub const ENCOUNTER_MOVING: Rate =
    rate(IndicationCode::Encounter, "median speed 2 kn or more: sailing in company", 0.5);
pub const LOITERING_8H: Rate = rate(IndicationCode::Loitering, "slow for 8 h or more", 1.2);
pub const LOITERING_SHORT: Rate = rate(IndicationCode::Loitering, "slow for less than 8 h", 0.9);
pub const IDENTITY_CONFLICT: Rate =
    rate(IndicationCode::IdentityConflict, "one MMSI in two places at once", 1.8);
pub const IMPOSSIBLE_MOTION: Rate = rate(IndicationCode::ImpossibleMotion, "a jump no hull can make", 0.7);
pub const DRIFT: Rate = rate(IndicationCode::Drift, "adrift for 2 h or more", 0.4);
pub const POSTURE_FAR: Rate = rate(
    IndicationCode::TransshipmentPosture,
    "came, lay with its heading held, far from every listed anchorage",
    0.9,
);
pub const POSTURE: Rate =
    rate(IndicationCode::TransshipmentPosture, "the same, and no anchorages are listed to tell", 0.5);
pub const STATEMENTS_SHARED: Rate =
    rate(IndicationCode::IdentityContradiction, "one IMO number or call sign under two MMSIs at once", 0.8);
pub const STATEMENTS_ALTERNATE: Rate = rate(
    IndicationCode::IdentityContradiction,
    "name, call sign, IMO number or dimensions go back and forth",
    0.7,
);
pub const CHANGE_AGREED: Rate = rate(
    IndicationCode::MmsiChange,
    "place and motion agree, and so does what both numbers say of the hull",
    1.2,
);
pub const CHANGE_GUESSED: Rate =
    rate(IndicationCode::MmsiChange, "place and motion alone, or with rivals", 0.2);
pub const MOTION_CONTRADICTION: Rate =
    rate(IndicationCode::MotionContradiction, "speed and course deny the way made", 0.5);
pub const CIRCULAR_TRACK: Rate =
    rate(IndicationCode::CircularTrack, "positions go round a circle that speed and course deny", 0.6);
pub const COPIED_TRACK: Rate =
    rate(IndicationCode::CopiedTrack, "the way of another vessel or time made again", 1.3);
pub const UNUSUAL_DEPARTURE: Rate =
    rate(IndicationCode::UnusualDeparture, "from where no vessel has departed for long", 0.5);
pub const USUAL_PLACE: Rate =
    rate(IndicationCode::UsualPlace, "inside a place the node lists as usual for it", -2.0);
pub const AT_ANCHOR: Rate =
    rate(IndicationCode::UsualPlace, "reports at anchor or moored for most of it", -1.5);
pub const AT_REST: Rate = rate(
    IndicationCode::UsualPlace,
    "neither moves, median speed below 0.3 kn: side by side at berth or anchor",
    -2.0,
);
pub const USUAL_FISHING: Rate =
    rate(IndicationCode::UsualForType, "every vessel in it is a fishing vessel", -1.5);
pub const USUAL_SERVICE: Rate = rate(
    IndicationCode::UsualForType,
    "a pilot, tug, tender, SAR or law-enforcement vessel takes part",
    -2.5,
);
pub const USUAL_PASSENGER: Rate = rate(IndicationCode::UsualForType, "a passenger vessel takes part", -1.0);
pub const RECEPTION_LOSS: Rate =
    rate(IndicationCode::ReceptionLoss, "half or more of the neighbours fell silent with it", -1.8);

/// Every row, in the order of the document.
pub const TABLE: [Rate; 28] = [
    GAP_12H,
    GAP_6H,
    GAP_SHORT,
    ENCOUNTER_SLOW_60,
    ENCOUNTER_SLOW,
    ENCOUNTER_MOVING,
    LOITERING_8H,
    LOITERING_SHORT,
    IDENTITY_CONFLICT,
    IMPOSSIBLE_MOTION,
    DRIFT,
    POSTURE_FAR,
    POSTURE,
    STATEMENTS_SHARED,
    STATEMENTS_ALTERNATE,
    CHANGE_AGREED,
    CHANGE_GUESSED,
    MOTION_CONTRADICTION,
    CIRCULAR_TRACK,
    COPIED_TRACK,
    UNUSUAL_DEPARTURE,
    USUAL_PLACE,
    AT_ANCHOR,
    AT_REST,
    USUAL_FISHING,
    USUAL_SERVICE,
    USUAL_PASSENGER,
    RECEPTION_LOSS,
];

impl Rate {
    pub const fn strength(self) -> LogLikelihoodRatio {
        LogLikelihoodRatio { nats: self.nats, basis: Basis::Assumed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_prints_this_table() {
        let page = include_str!("../../../docs/ratios.md");
        for row in TABLE {
            let code = serde_json::to_value(row.code).unwrap();
            let line =
                format!("| `{}` | {} | {:+.1} | assumed |", code.as_str().unwrap(), row.when, row.nats);
            assert!(page.contains(&line), "docs/ratios.md lacks: {line}");
        }
        assert!(page.contains(&format!("{PRIOR_NATS}")));
    }
}
