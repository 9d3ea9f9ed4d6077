//! Every threshold of profile `field`, with unit and source, under one version. A node's own set carries its own version;
//! each alert says by which it was judged. Values marked *judgement* want calibration at the site.

use serde::{Deserialize, Serialize};

use super::seal_difference::NEAR_SERIAL;

/// Version of the set below.
pub const DEFAULT_VERSION: u32 = 1;

macro_rules! thresholds {
    ($($(#[$sdoc:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $type:ty = $value:expr,)+ })+) => {
        $(
            $(#[$sdoc])*
            #[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
            #[serde(default, deny_unknown_fields)]
            pub struct $name { $($(#[$doc])* pub $field: $type,)+ }
            impl Default for $name {
                fn default() -> Self {
                    Self { $($field: $value,)+ }
                }
            }
        )+
    };
}

thresholds! {
    Thresholds {
        version: u32 = DEFAULT_VERSION,
        seal: SealThresholds = SealThresholds::default(),
        mass: MassThresholds = MassThresholds::default(),
        identity: IdentityThresholds = IdentityThresholds::default(),
        door: DoorThresholds = DoorThresholds::default(),
        dwell: DwellThresholds = DwellThresholds::default(),
        reefer: ReeferThresholds = ReeferThresholds::default(),
        scan: ScanThresholds = ScanThresholds::default(),
        insider: InsiderThresholds = InsiderThresholds::default(),
        code: CodeThresholds = CodeThresholds::default(),
        sequence: SequenceThresholds = SequenceThresholds::default(),
        route: RouteThresholds = RouteThresholds::default(),
    }
    /// R1 and R2.
    SealThresholds {
        /// Serials this close are never demoted. One carton of bolt seals (judgement).
        near_serial: u64 = NEAR_SERIAL,
        /// One serial on two boxes counts within this many days: two years.
        reuse_days: i64 = 730,
        /// From this many boxes on, one serial is a copied list (judgement).
        copied_boxes: usize = 5,
    }
    /// R3. The fixed limits are those of the baseline.
    MassThresholds {
        load_over_gate_kg: f64 = 300.0,
        load_over_gate_percent: f64 = 2.0,
        vgm_kg: f64 = 500.0,
        /// SOLAS VI/2 leaves the tolerance to the state; 5 % in several.
        vgm_weighed_percent: f64 = 5.0,
        vgm_summed_percent: f64 = 5.0,
        /// A pair of scales is calibrated after this many boxes (judgement).
        calibrated_after: u32 = 30,
        /// Standard deviations of a calibrated pair (judgement).
        z: f64 = 4.0,
        /// With a calibrated pair nothing below this counts.
        least_kg: f64 = 150.0,
        /// Spread assumed of a pair not seen before, and its weight in boxes (judgement).
        prior_sd_kg: f64 = 100.0,
        prior_boxes: f64 = 20.0,
        /// A pair's spread is never taken for less (resolution of the scales: 20 kg steps).
        least_sd_kg: f64 = 20.0,
        /// The pair forgets over about this many boxes, so that drift is followed (judgement).
        memory_boxes: f64 = 500.0,
    }
    /// R4.
    IdentityThresholds {
        /// Least time between two ports where no travel time is given: that of the baseline.
        other_port_s: i64 = 21_600,
        /// Between two facilities of one UN/LOCODE (judgement).
        same_port_s: i64 = 2_700,
        /// Taken off for clocks that disagree (judgement).
        skew_s: i64 = 600,
        tare_kg: f64 = 100.0,
        tare_percent: f64 = 3.0,
        /// Bay plans of two vessels count within this many days (judgement).
        two_vessels_days: i64 = 3,
    }
    /// R5.
    DoorThresholds {
        /// A door that closes sooner was knocked, not opened.
        open_s: i64 = 60,
        /// An authorised inspection explains an opening this long before and after.
        inspection_s: i64 = 7_200,
        /// From this many unordered moves of one hour, and this share, the order system was down (judgement).
        outage_moves: usize = 10,
        outage_share: f64 = 0.5,
    }
    /// R6.
    DwellThresholds {
        /// Robust z (median, 1.4826 MAD).
        z: f64 = 4.0,
        /// Fewer boxes are no cohort; the next wider one is asked (judgement).
        cohort: usize = 30,
        /// Spread never taken for less: hours of dwell, moves (judgement).
        least_sd_hours: f64 = 6.0,
        least_sd_moves: f64 = 1.0,
        before_load_s: i64 = 21_600,
    }
    /// R7.
    ReeferThresholds {
        power_off_s: i64 = 900,
        return_air_step_celsius: f64 = 3.0,
        /// Two readings farther apart tell no step (judgement).
        step_within_s: i64 = 3_600,
        /// An order explains a plug or a panel this long before and after (judgement).
        order_s: i64 = 7_200,
        /// Steps spaced alike within this share are defrost cycles (judgement).
        defrost_spacing: f64 = 0.25,
    }
    /// R8.
    ScanThresholds {
        /// Whether an ordered move after the scan fires alone. Every box is moved away from the scanner: no.
        ordered_moves_fire: bool = false,
    }
    /// R9.
    InsiderThresholds {
        /// Quantile of distinct boxes an hour within a role.
        rate_quantile: f64 = 0.999,
        /// Below this many user hours the role has no quantile, and the fixed rate counts.
        rate_samples: usize = 1_000,
        /// Distinct boxes an hour (judgement).
        rate_fixed: usize = 200,
        /// Never an alert below (judgement).
        rate_least: usize = 20,
        bad_boxes: usize = 2,
    }
    /// R10.
    CodeThresholds {
        read_to_use_s: i64 = 1_800,
        /// Two gate-outs closer than this are one, reported twice (judgement).
        same_gate_out_s: i64 = 600,
    }
    /// R11.
    SequenceThresholds {
        /// Clocks that disagree by less tell no order (judgement).
        skew_s: i64 = 600,
        /// A gate feed is whole after this many loads with this share of gate-ins (judgement).
        whole_after: usize = 200,
        whole_share: f64 = 0.995,
        /// Hours between gate-in and load without any event that make a gap (judgement).
        silence_hours: i64 = 240,
    }
    /// R12.
    RouteThresholds {
        z: f64 = 4.0,
        cohort: usize = 20,
        /// Spread of a route never taken for less (judgement).
        least_sd_minutes: f64 = 20.0,
        /// A stop lasts at least this long (judgement).
        stop_s: i64 = 900,
        stop_kmh: f64 = 5.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_sets_some_and_keeps_the_rest() {
        let set: Thresholds =
            serde_json::from_str(r#"{"version": 7, "mass": {"load_over_gate_kg": 450.0}}"#).unwrap();
        assert_eq!(set.version, 7);
        assert_eq!(set.mass.load_over_gate_kg, 450.0);
        assert_eq!(set.mass.vgm_kg, MassThresholds::default().vgm_kg);
        assert!(serde_json::from_str::<Thresholds>(r#"{"mas": {}}"#).is_err());
    }
}
