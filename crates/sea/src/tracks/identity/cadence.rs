//! What a transponder sends how often, as quality flags of a number over a window: class A and B mixed, positions
//! without statics and the reverse. Flags only; nothing here is an event.

use bitacora_primitives::{Instant, Mmsi};
use serde::{Deserialize, Serialize};

use super::CadenceParameters;
use super::number::{MmsiFault, mmsi_fault};

/// What was noticed of one number in one window.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cadence {
    pub mmsi: Mmsi,
    /// First and last report of the window.
    pub start: Instant,
    pub end: Instant,
    /// Position reports of class A (types 1 to 3) and B (18, 19).
    pub positions_a: u32,
    pub positions_b: u32,
    /// Static reports of class A (5) and B (19, 24).
    pub statics_a: u32,
    pub statics_b: u32,
    /// Reports of both classes: two transponders, or a number in two hands.
    pub class_mixed: bool,
    /// Many positions and no static report, which class A sends every 6 minutes (M.1371-5, Annex 1, 4.2.1).
    pub statics_missing: bool,
    /// Static reports and no position.
    pub positions_missing: bool,
    pub fault: Option<MmsiFault>,
}

impl Cadence {
    pub const fn is_flagged(&self) -> bool {
        self.class_mixed || self.statics_missing || self.positions_missing || self.fault.is_some()
    }
}

/// The counts of one number. Feed it in order of observed time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Counter {
    now: Option<Cadence>,
}

impl Default for Counter {
    fn default() -> Self {
        Self::new()
    }
}

impl Counter {
    pub const fn new() -> Self {
        Self { now: None }
    }

    /// Takes the next report of the number. Gives the window before, when a new one begins with it.
    pub fn observe(
        &mut self,
        mmsi: Mmsi,
        observed: Instant,
        message_type: u8,
        parameters: &CadenceParameters,
    ) -> Option<Cadence> {
        let over = self.now.is_some_and(|now| observed - now.start >= parameters.window);
        let before = if over { self.end(parameters) } else { None };
        let now = self.now.get_or_insert_with(|| Cadence {
            mmsi,
            start: observed,
            end: observed,
            positions_a: 0,
            positions_b: 0,
            statics_a: 0,
            statics_b: 0,
            class_mixed: false,
            statics_missing: false,
            positions_missing: false,
            fault: mmsi_fault(mmsi),
        });
        now.end = observed;
        let add = |count: &mut u32| *count = count.saturating_add(1);
        match message_type {
            1..=3 => add(&mut now.positions_a),
            5 => add(&mut now.statics_a),
            18 => add(&mut now.positions_b),
            19 => {
                add(&mut now.positions_b);
                add(&mut now.statics_b);
            }
            24 => add(&mut now.statics_b),
            _ => {}
        }
        before
    }

    /// The window as it stands; the next report begins another.
    pub fn end(&mut self, parameters: &CadenceParameters) -> Option<Cadence> {
        let mut now = self.now.take()?;
        let positions = now.positions_a.saturating_add(now.positions_b);
        let statics = now.statics_a.saturating_add(now.statics_b);
        let class_a = now.positions_a.saturating_add(now.statics_a);
        let class_b = now.positions_b.saturating_add(now.statics_b);
        now.class_mixed = class_a >= parameters.min_mixed && class_b >= parameters.min_mixed;
        now.statics_missing = statics == 0 && positions >= parameters.min_positions;
        now.positions_missing = positions == 0 && statics >= parameters.min_statics;
        Some(now)
    }
}
