//! Routes to all and to one ship: SN.1/Circ.289 FI 27 and 28.

use super::layout::{Application, Item, day, hour, lat4, lon4, minute, month, u};

const ROUTE: &[Item] = &[
    u("linkage", 10).to(1, 1023).na(&[0]),
    u("sender", 3).to(0, 1),
    u("rtype", 5).to(1, 31).na(&[0]),
    month("month"),
    day("day"),
    hour("hour"),
    minute("minute"),
    u("duration", 18).to(0, 262_142).na(&[262_143]),
    u("waycount", 5).to(0, 16).counts("waypoints"),
    Item::Repeat { name: "waypoints", least: 0, most: 16, items: &[lon4("lon"), lat4("lat")] },
];

/// FI 27: to all.
pub(super) static ROUTE_ALL: Application =
    Application { name: "route", dac: 1, fid: 27, items: ROUTE, also: &[] };
/// FI 28: to one ship.
pub(super) static ROUTE_TO: Application =
    Application { name: "route_addressed", dac: 1, fid: 28, items: ROUTE, also: &[] };
