//! Messages of the St. Lawrence Seaway (DAC 316 Canada, 366 United States; "AIS Data Messaging Formats and
//! Specifications", revision 4.0A, 2002) and of the US Coast Guard's PAWSS, which share the numbers.

use super::layout::{Application, Item, day, flag, hour, lat3, lon3, minute, month, s, text, u};

const fn wind(name: &'static str) -> Item {
    u(name, 10).to(0, 1022).na(&[1023]).tenths()
}
/// -51.1 to +51.1, -51.2 is nothing.
const fn temperature(name: &'static str) -> Item {
    s(name, 10).to(-511, 511).na(&[-512]).tenths()
}

/// A report begins with time, station and place.
macro_rules! report {
    ($($rest:expr),*) => {
        &[
            month("month"),
            day("day"),
            hour("hour"),
            minute("minute"),
            text("station", 7),
            lon3("lon"),
            lat3("lat"),
            $($rest),*
        ]
    };
}
macro_rules! reports {
    ($most:literal, $items:expr) => {
        &[Item::Repeat { name: "reports", least: 1, most: $most, items: $items }]
    };
}

const HYDRO: &[Item] = &[
    Item::Spare(2),
    u("msgid", 6).selects(),
    Item::Choice {
        cases: &[
            (
                1,
                reports!(
                    4,
                    report!(
                        wind("wspeed"),
                        wind("wgust"),
                        u("wdir", 9).to(0, 359).na(&[511]),
                        u("pressure", 14).to(0, 16_382).na(&[16_383]).tenths(),
                        temperature("airtemp"),
                        temperature("dewpoint"),
                        // Kilometres.
                        u("visibility", 8).to(0, 254).na(&[255]).tenths(),
                        temperature("watertemp")
                    )
                ),
            ),
            (
                2,
                reports!(
                    6,
                    report!(
                        wind("wspeed"),
                        wind("wgust"),
                        u("wdir", 9).to(0, 359).na(&[511]),
                        Item::Spare(4)
                    )
                ),
            ),
            (
                3,
                reports!(
                    6,
                    report!(
                        flag("absolute"),
                        s("level", 16).to(-32_767, 32_767).na(&[-32_768]).hundredths(),
                        u("datum", 2).to(0, 1),
                        Item::Spare(14)
                    )
                ),
            ),
            (
                4,
                reports!(
                    6,
                    report!(
                        u("cspeed", 8).to(0, 254).na(&[255]).tenths(),
                        u("cdir", 9).to(0, 359).na(&[511]),
                        Item::Spare(16)
                    )
                ),
            ),
            (
                5,
                reports!(
                    6,
                    report!(
                        u("salinity", 10).to(0, 1022).na(&[1023]).tenths(),
                        temperature("watertemp"),
                        Item::Spare(13)
                    )
                ),
            ),
            // Cubic metres per second.
            (6, reports!(6, report!(u("flow", 14).to(0, 16_382).na(&[16_383]), Item::Spare(19)))),
        ],
        otherwise: &[Item::RestBits { name: "data" }],
    },
];

const LOCKS: &[Item] = &[
    Item::Spare(2),
    u("msgid", 6).selects(),
    Item::Choice {
        cases: &[
            (
                1,
                &[
                    month("month"),
                    day("day"),
                    hour("hour"),
                    minute("minute"),
                    text("lock", 7),
                    lon3("lon"),
                    lat3("lat"),
                    Item::Spare(9),
                    Item::Repeat {
                        name: "schedule",
                        least: 1,
                        most: 6,
                        items: &[
                            text("vessel", 15),
                            flag("upbound"),
                            month("month"),
                            day("day"),
                            hour("hour"),
                            minute("minute"),
                            Item::Spare(9),
                        ],
                    },
                ],
            ),
            (
                2,
                &[
                    month("month"),
                    day("day"),
                    hour("hour"),
                    minute("minute"),
                    text("vessel", 15),
                    text("last_location", 7),
                    month("last_month"),
                    day("last_day"),
                    hour("last_hour"),
                    minute("last_minute"),
                    text("first_lock", 7),
                    month("first_month"),
                    day("first_day"),
                    hour("first_hour"),
                    minute("first_minute"),
                    text("second_lock", 7),
                    month("second_month"),
                    day("second_day"),
                    hour("second_hour"),
                    minute("second_minute"),
                    text("delay", 7),
                    Item::Spare(4),
                ],
            ),
        ],
        otherwise: &[Item::RestBits { name: "data" }],
    },
];

const VERSION: &[Item] = &[
    Item::Spare(2),
    u("msgid", 6).selects(),
    Item::Choice {
        cases: &[(1, &[u("major", 8), u("minor", 8), Item::Spare(8)])],
        otherwise: &[Item::RestBits { name: "data" }],
    },
];

pub(super) static HYDRO_316: Application =
    Application { name: "seaway_hydro", dac: 316, fid: 1, items: HYDRO, also: &[] };
pub(super) static HYDRO_366: Application =
    Application { name: "seaway_hydro", dac: 366, fid: 1, items: HYDRO, also: &[] };
pub(super) static LOCKS_316: Application =
    Application { name: "seaway_locks", dac: 316, fid: 2, items: LOCKS, also: &[] };
pub(super) static LOCKS_366: Application =
    Application { name: "seaway_locks", dac: 366, fid: 2, items: LOCKS, also: &[] };
pub(super) static VERSION_316: Application =
    Application { name: "seaway_version", dac: 316, fid: 32, items: VERSION, also: &[] };
pub(super) static VERSION_366: Application =
    Application { name: "seaway_version", dac: 366, fid: 32, items: VERSION, also: &[] };
