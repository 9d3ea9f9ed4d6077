//! What each finding weighs, in nats: the natural logarithm of P(finding | contaminated) / P(finding | honest box). No
//! labelled stream of contaminated boxes is open, so every row is *assumed*: officers see low, medium or high.

use bitacora_primitives::{Basis, LogLikelihoodRatio};

use super::alert::InnocentCause as I;

/// One row: stable name of the condition, weight, likely innocent causes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Weight {
    pub when: &'static str,
    pub nats: f64,
    pub innocent: &'static [I],
}

impl Weight {
    pub const fn strength(self) -> LogLikelihoodRatio {
        LogLikelihoodRatio { nats: self.nats, basis: Basis::Assumed }
    }
}

macro_rules! weights {
    ($($name:ident = $when:literal, $nats:literal, [$($cause:ident),*];)+) => {
        $(pub const $name: Weight = Weight { when: $when, nats: $nats, innocent: &[$(I::$cause),*] };)+
        /// Every row, for the document.
        pub const TABLE: &[Weight] = &[$($name),+];
    };
}

weights! {
    SEAL_SWAP = "seal differs, no authorised opening", 1.7, [UnrecordedInspection, Misread, ExtraSeal];
    SEAL_MISREAD = "seal differs by a confusable pair or a second read agrees", 0.1, [Misread];
    SEAL_REUSED = "one maker and serial on two boxes", 1.4, [RecycledSerial, Misread];
    SEAL_REUSED_NO_MAKER = "one serial on two boxes, maker not given", 0.8, [MakerNotGiven, RecycledSerial, Misread];
    SEAL_COPIED = "one serial on five boxes or more", 0.3, [CopiedList, MakerNotGiven];
    SEAL_NOT_ISSUED = "serial outside every range issued", 1.6, [Misread, LateRegister];
    SEAL_BEFORE_ISSUE = "seen before it was issued", 1.6, [LateRegister, ClockSkew];
    MASS_CALIBRATED = "heavier at load by 4 sd of the pair of scales", 1.6, [CraneCell, RainOrIce, TruckFuelOrDriver];
    MASS_FIXED = "heavier at load by the fixed limit", 0.9, [CraneCell, TruckFuelOrDriver, RainOrIce];
    MASS_VGM_WEIGHED = "gate differs from a mass weighed whole", 0.6, [TruckFuelOrDriver, RainOrIce];
    MASS_VGM_SUMMED = "gate differs from a summed mass", 0.3, [SummedMass, TruckFuelOrDriver];
    NUMBER_DEFECT = "number breaks ISO 6346", 0.3, [Misread];
    TWO_PLACES = "two facilities closer in time than the road", 2.1, [Misread, LateMessage, ClockSkew];
    SIZE_TYPE = "size or type differs from the record", 1.2, [Misread];
    TARE = "tare differs from the record", 0.8, [Misread];
    TWO_VESSELS = "in the bay plans of two vessels", 1.5, [LateMessage, Misread, RollOver];
    DOOR_OPEN = "door open, no authorised inspection", 1.9, [UnrecordedInspection, SensorKnock];
    DOOR_NOT_CLOSED = "door opened, no closing message", 1.0, [SensorKnock, MissingMessage];
    UNORDERED_MOVE = "moved with no work order", 1.3, [LostOrder];
    UNORDERED_MOVE_OUTAGE = "moved with no work order, as most boxes in that hour", 0.2, [LostOrder];
    LONG_DWELL = "dwell beyond its cohort", 0.4, [RollOver, Congestion, VesselDelay];
    REHANDLES = "rehandles beyond its cohort", 0.6, [RollOver, Congestion, LawfulRestow];
    REACHABLE = "put where a person reaches the doors, shortly before load", 0.9, [LawfulRestow, Congestion];
    POWER_OFF = "reefer off outside plug orders", 0.7, [GensetSwap, PreTripInspection];
    RETURN_AIR = "return air warms with doors shut", 0.5, [Defrost, GensetSwap];
    VENT_SEAL = "vent seal changed", 1.7, [UnrecordedInspection, Misread];
    PANEL = "machinery panel opened without an order", 1.2, [PreTripInspection, GensetSwap];
    AFTER_SCAN = "after the scan: added to the touch", 1.0, [LawfulRestow];
    RESTOW_AFTER_SCAN = "ordered move after the scan", 0.3, [LawfulRestow];
    LOOKUP_NO_TASK = "record opened without a task", 0.8, [SharedAccount, Forwarder];
    LOOKUP_RATE = "more boxes an hour than the role", 0.8, [BulkPoller, SharedAccount];
    VIEWED_BAD = "viewed boxes that were found bad", 2.0, [SharedAccount];
    CODE_OUTSIDE_CHAIN = "release code read outside the bill of lading's chain", 2.0, [HaulierChange, Forwarder];
    PICK_UP_EARLY = "picked up before the importer booked", 1.8, [HaulierChange, LateMessage];
    FIRST_PAIR = "haulier new to the consignee", 0.5, [HaulierChange];
    TWO_GATE_OUTS = "two gate-outs on one code", 2.2, [LateMessage];
    READ_AND_USED = "code read by one and used by another at once", 1.2, [HaulierChange, SharedAccount];
    LOAD_NO_GATE_IN = "loaded without gate-in where the gate reports all", 1.2, [MissingMessage];
    GATE_IN_AFTER_LOAD = "gate-in after load", 1.3, [LateMessage, ClockSkew];
    SEAL_NEVER_SEEN = "seal aboard that nobody had seen", 1.3, [Misread, ExtraSeal, MissingMessage];
    VGM_AFTER_LOAD = "mass declared after load", 0.4, [LateMessage];
    SLOW_ROAD = "slower to the gate than its route", 0.7, [RoadBlock, Congestion];
    STOP_OUTSIDE = "stopped outside the allowed places", 1.0, [RoadBlock];
    CREW_CHANGED = "crew or truck changed on the road", 0.8, [HaulierChange];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_assumed_and_names_what_else_it_may_be() {
        for row in TABLE {
            assert_eq!(row.strength().basis, Basis::Assumed);
            assert!(row.nats > 0.0 && row.nats < 3.0, "{}", row.when);
            assert!(!row.innocent.is_empty(), "{}", row.when);
        }
        let mut names: Vec<&str> = TABLE.iter().map(|row| row.when).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
    }

    #[test]
    fn a_touch_after_the_scan_weighs_most() {
        let heaviest = TABLE.iter().map(|row| row.nats).fold(0.0, f64::max);
        assert!(SEAL_SWAP.nats + AFTER_SCAN.nats > heaviest);
        assert!(DOOR_OPEN.nats + AFTER_SCAN.nats > heaviest);
    }
}
