//! Work, customs and release orders, and the question whether one covers an event.
//!
//! ```csv
//! order,kind,container,valid_from,valid_to,parties,consignee,booked_at
//! WO-1,move,CSQU3054383,2026-11-20T10:00:00Z,2026-11-20T14:00:00Z,,,
//! RO-7,release,CSQU3054383,2026-11-20T00:00:00Z,2026-11-25T00:00:00Z,LINE-A|FWD-B|HAUL-C,CONS-D,2026-11-21T08:00:00Z
//! ```

use std::collections::BTreeMap;

use bitacora_primitives::{Duration, Instant};
use serde::{Deserialize, Serialize};

use crate::screening::container::ContainerNumber;
use crate::screening::event::ContainerEvent;
use crate::screening::seal::codes;

codes!(
    OrderKind {
        Move = "move",
        Inspection = "inspection",
        Scan = "scan",
        Plug = "plug",
        Unplug = "unplug",
        /// Work on the reefer's machinery, pre-trip inspection among it.
        Service = "service",
        /// Lets a box go to the parties of its bill of lading's chain.
        Release = "release",
        /// Any other work on the box's record: a task for whoever looks it up.
        Task = "task",
    }
);

/// One order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    pub order: String,
    pub kind: OrderKind,
    pub container: ContainerNumber,
    pub valid_from: Instant,
    pub valid_to: Instant,
    /// For a release: the parties of the chain, parted by `|`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parties: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consignee: Option<String>,
    /// For a release: when the importer booked the pick-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked_at: Option<Instant>,
}

impl Order {
    pub fn names_party(&self, party: &str) -> bool {
        self.parties.as_deref().is_some_and(|all| all.split('|').any(|one| one.trim() == party))
    }
    fn covers(&self, at: Instant, slack: Duration) -> bool {
        self.valid_from - slack <= at && at <= self.valid_to + slack
    }
}

/// The orders, by box.
#[derive(Debug)]
pub(crate) struct Authority<'a> {
    by_box: Option<BTreeMap<ContainerNumber, Vec<&'a Order>>>,
}

impl<'a> Authority<'a> {
    pub(crate) fn new(orders: Option<&'a [Order]>) -> Self {
        let by_box = orders.map(|orders| {
            let mut by_box: BTreeMap<ContainerNumber, Vec<&Order>> = BTreeMap::new();
            for order in orders {
                by_box.entry(order.container).or_default().push(order);
            }
            by_box
        });
        Self { by_box }
    }

    pub(crate) const fn has_orders(&self) -> bool {
        self.by_box.is_some()
    }

    pub(crate) fn of(&self, container: ContainerNumber) -> &[&'a Order] {
        self.by_box.as_ref().and_then(|all| all.get(&container)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether the event was ordered: by the number it carries, and where the orders are known by one of them that
    /// names the box. An event without a number is ordered where an order of the kind covers its time.
    pub(crate) fn ordered(&self, event: &ContainerEvent, kind: OrderKind) -> bool {
        if self.by_box.is_none() {
            return event.is_authorised();
        }
        match &event.order {
            Some(number) => self.of(event.container).iter().any(|order| order.order == *number),
            None => self.covered(event.container, kind, event.at, Duration::from_secs(0)),
        }
    }

    pub(crate) fn covered(
        &self,
        container: ContainerNumber,
        kind: OrderKind,
        at: Instant,
        slack: Duration,
    ) -> bool {
        self.of(container).iter().any(|order| order.kind == kind && order.covers(at, slack))
    }

    /// Whether any order at all is open for the box: a task for whoever looks it up.
    pub(crate) fn has_open_task(&self, container: ContainerNumber, at: Instant) -> bool {
        self.of(container).iter().any(|order| order.covers(at, Duration::from_secs(0)))
    }
}
