//! Profile `field`: R1 to R12 over journeys. Pure: the same inputs give the same alerts in whatever order they came; a
//! hole in a history is a gap, never an alert.

mod door_and_yard;
mod dwell;
mod expected_seals;
mod identity;
mod insider;
mod mass;
mod reefer;
mod release_code;
mod route;
mod scan_then_touch;
mod seal_continuity;
mod seal_register;
mod sequence;

use std::collections::BTreeSet;

use super::alert::{Alert, Gap, Rule};
use super::event::{ContainerEvent, EventKind};
use super::inputs::orders::Authority;
use super::inputs::{Inputs, OrderKind};
use super::journey::{Journey, journeys};
use super::seal_difference::Tier;
use super::thresholds::Thresholds;
use seal_register::{SealRanges, SealUses};

/// Version of the definitions of R1 to R12; every alert carries it.
pub const RULES_VERSION: u32 = 3;

/// What a screening gave.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FieldScreened {
    /// By rule number, then time, container and id.
    pub alerts: Vec<Alert>,
    pub gaps: Vec<Gap>,
    pub journeys: Vec<Journey>,
    /// Events that repeated others.
    pub repeats: usize,
}

impl FieldScreened {
    /// The alert file: `Rk,event` a line, with the tier as a third column if asked. The event is the source's own id, or
    /// ours where the source gives none.
    pub fn alert_lines(&self, tiers: bool) -> String {
        let mut lines: Vec<(u8, Option<u64>, String, &str)> = self
            .alerts
            .iter()
            .map(|alert| {
                let own = alert.reference.clone();
                let event = own.or_else(|| alert.events.last().map(ToString::to_string));
                let event = event.unwrap_or_else(|| alert.id.to_string());
                (alert.rule.number(), event.parse().ok(), event, alert.tier.code())
            })
            .collect();
        lines.sort_unstable();
        let mut text = String::new();
        for (rule, _, event, tier) in lines {
            // A source's own id is text from outside: it may not break the line.
            let event: String =
                event.chars().map(|c| if c.is_control() || c == ',' || c == '"' { '_' } else { c }).collect();
            text.push_str(&format!("R{rule},{event}"));
            if tiers {
                text.push_str(&format!(",{tier}"));
            }
            text.push('\n');
        }
        text
    }
}

/// What every rule sees.
pub(crate) struct Context<'a> {
    pub thresholds: &'a Thresholds,
    pub inputs: &'a Inputs,
    pub authority: Authority<'a>,
    pub journeys: &'a [Journey],
    pub seal_uses: SealUses<'a>,
    pub seal_ranges: SealRanges<'a>,
}

#[derive(Default)]
pub(crate) struct Found {
    pub alerts: Vec<Alert>,
    pub gaps: Vec<Gap>,
}

/// Screens with the rules asked for. R8 looks at what the others find, so they run whether asked for or not.
pub fn screen(mut inputs: Inputs, thresholds: &Thresholds, rules: &[Rule]) -> FieldScreened {
    let (all, repeats) = journeys(std::mem::take(&mut inputs.events));
    inputs.access.sort();
    inputs.access.dedup();
    let context = Context {
        thresholds,
        inputs: &inputs,
        authority: Authority::new(inputs.orders.as_deref()),
        journeys: &all,
        seal_uses: SealUses::of(&all),
        seal_ranges: SealRanges::of(&inputs.seal_ranges),
    };
    let mut found = Found::default();
    seal_continuity::find(&context, &mut found);
    seal_register::find(&context, &mut found);
    mass::find(&context, &mut found);
    identity::find(&context, &mut found);
    door_and_yard::find(&context, &mut found);
    dwell::find(&context, &mut found);
    reefer::find(&context, &mut found);
    insider::find(&context, &mut found);
    release_code::find(&context, &mut found);
    sequence::find(&context, &mut found);
    route::find(&context, &mut found);
    scan_then_touch::find(&context, &mut found);

    let asked: BTreeSet<Rule> = rules.iter().copied().collect();
    let Found { mut alerts, mut gaps } = found;
    alerts.retain(|alert| asked.contains(&alert.rule));
    for alert in &mut alerts {
        alert.thresholds_version = thresholds.version;
    }
    alerts.sort_by_key(|alert| (alert.rule, alert.at, alert.container, alert.id));
    alerts.dedup_by_key(|alert| alert.id);
    gaps.sort();
    gaps.dedup();
    FieldScreened { alerts, gaps, journeys: all, repeats }
}

impl Context<'_> {
    /// An inspection or resealing under an order: it explains a new seal and an open door.
    fn opens_lawfully(&self, event: &ContainerEvent) -> bool {
        matches!(event.kind, EventKind::Inspected | EventKind::Resealed)
            && self.authority.ordered(event, OrderKind::Inspection)
    }
}

/// The stronger queue of two.
fn stronger(a: Tier, b: Tier) -> Tier {
    a.min(b)
}
