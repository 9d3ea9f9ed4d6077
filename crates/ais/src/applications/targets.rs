//! Targets that a shore station sees by other means than AIS, and signals that it shows: M.1371-1 FI 16,
//! SN.1/Circ.289 FI 17 and 19.

use super::layout::{Application, Item, bearing, hour, lat3, lon3, minute, text, u};

/// Which kind of identity follows.
const fn idtype() -> Item {
    u("idtype", 2).to(0, 2).na(&[3]).selects()
}
const NUMBER: &[Item] = &[u("id", 42)];
const LETTERS: &[Item] = &[text("id", 7)];

macro_rules! target {
    ($cases:expr, $otherwise:expr) => {
        &[
            idtype(),
            Item::Choice { cases: $cases, otherwise: $otherwise },
            Item::Spare(4),
            lat3("lat"),
            lon3("lon"),
            bearing("course"),
            u("second", 6).to(0, 59).na(&[60, 61, 62, 63]),
            u("speed", 8).to(0, 254).na(&[255]),
        ]
    };
}

/// FI 16 of M.1371-1 (Table 44): up to seven; an unknown identity is zero. Persons on board took the number over, so
/// that the length tells them apart.
pub(super) static VTS_TARGETS: Application = Application {
    name: "vts_targets",
    dac: 1,
    fid: 16,
    items: &[Item::Repeat { name: "targets", least: 1, most: 7, items: target!(&[(2, LETTERS)], NUMBER) }],
    also: &[],
};

/// FI 17: up to four; an unknown identity is the text of seven `@`.
pub(super) static SYNTHETIC_TARGETS: Application = Application {
    name: "synthetic_targets",
    dac: 1,
    fid: 17,
    items: &[Item::Repeat {
        name: "targets",
        least: 1,
        most: 4,
        items: target!(&[(0, NUMBER), (1, NUMBER)], LETTERS),
    }],
    also: &[],
};

/// FI 19: a traffic signal. Its `station` of gpsd is the receiving station here already. Some stations leave out the 102 spare bits.
pub(super) static TRAFFIC_SIGNAL: Application = Application {
    name: "traffic_signal",
    dac: 1,
    fid: 19,
    items: &[
        u("linkage", 10).to(1, 1023).na(&[0]),
        text("station_name", 20),
        lon3("lon"),
        lat3("lat"),
        u("status", 2).to(1, 2).na(&[0]),
        u("signal", 5).to(1, 13).na(&[0]),
        hour("hour"),
        minute("minute"),
        u("nextsignal", 5).to(1, 13).na(&[0]),
        Item::Spare(51),
        Item::Spare(51),
    ],
    also: &[202],
};
