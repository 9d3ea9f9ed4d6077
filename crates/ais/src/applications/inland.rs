//! Inland navigation, DAC 200: the Vessel Tracking and Tracing Standard (CCNR; UNECE Resolution 63; Commission
//! Regulation (EC) 415/2007).

use super::layout::{Application, Item, Meaning, day, flag, hour, lat4, lon4, minute, month, s, text, u};

/// FI 10: the ship and its voyage, beside message 5.
pub(super) static SHIP: Application = Application {
    name: "inland_ship",
    dac: 200,
    fid: 10,
    items: &[
        text("vin", 8),
        u("length", 13).to(1, 8000).na(&[0]).tenths(),
        u("beam", 10).to(1, 1000).na(&[0]).tenths(),
        u("shiptype", 14).to(1, 16_383).na(&[0]),
        u("hazard", 3).to(0, 4).na(&[5]),
        u("draught", 11).to(1, 2000).na(&[0]).hundredths(),
        u("loaded", 2).to(1, 2).na(&[0]),
        flag("speed_q"),
        flag("course_q"),
        flag("heading_q"),
        Item::Spare(8),
    ],
    also: &[],
};

macro_rules! place {
    ($($rest:expr),*) => {
        &[
            text("country", 2),
            text("locode", 3),
            text("section", 5),
            text("terminal", 5),
            text("hectometre", 5),
            month("month"),
            day("day"),
            hour("hour"),
            minute("minute"),
            $($rest),*
        ]
    };
}

/// FI 21: when a ship will be at a lock, bridge or terminal.
pub(super) static ARRIVAL: Application = Application {
    name: "inland_eta",
    dac: 200,
    fid: 21,
    items: place!(
        u("tugs", 3).to(0, 6).na(&[7]),
        u("airdraught", 12).to(1, 4000).na(&[0]).hundredths(),
        Item::Spare(5)
    ),
    also: &[],
};

/// FI 22: when it may be there.
pub(super) static ARRIVAL_GRANTED: Application = Application {
    name: "inland_rta",
    dac: 200,
    fid: 22,
    items: place!(u("status", 2).to(0, 2).na(&[3]), Item::Spare(2)),
    also: &[],
};

const fn warning_year(name: &'static str) -> Item {
    u(name, 8).to(1, 255).na(&[0]).by(1, 2000, 1, 0)
}
/// A sign bit before eight bits of magnitude; 255 is unknown, of either sign.
const fn warning_value(name: &'static str) -> Item {
    s(name, 9).na(&[255, -1]).meaning(Meaning::SignFirst)
}

/// FI 23: a weather warning. The kind is `type` in the standard and in gpsd, which the kind of the message is already.
pub(super) static WARNING: Application = Application {
    name: "inland_warning",
    dac: 200,
    fid: 23,
    items: &[
        warning_year("start_year"),
        month("start_month"),
        day("start_day"),
        warning_year("end_year"),
        month("end_month"),
        day("end_day"),
        hour("start_hour"),
        minute("start_minute"),
        hour("end_hour"),
        minute("end_minute"),
        lon4("start_lon"),
        lat4("start_lat"),
        lon4("end_lon"),
        lat4("end_lat"),
        u("warning_type", 4).to(1, 9).na(&[0]),
        warning_value("min"),
        warning_value("max"),
        u("intensity", 2).to(1, 3).na(&[0]),
        u("wind", 4).to(1, 8).na(&[0]),
        Item::Spare(6),
    ],
    also: &[],
};

/// FI 24: water levels at four gauges. The level is a magnitude with its sign in the last bit, which gpsd and pyais
/// read as two's complement (register of application messages, DAC 200 FI 24: "the least significant bit ...
/// indicates if the water level is higher or lower ... different to the usual bit-coding of integer values").
pub(super) static WATER_LEVELS: Application = Application {
    name: "inland_water_levels",
    dac: 200,
    fid: 24,
    items: &[
        text("country", 2),
        Item::Times {
            name: "gauges",
            times: 4,
            items: &[
                u("id", 11).to(1, 2047).na(&[0]),
                s("level", 14).na(&[0, 1]).meaning(Meaning::SignLast { divisor: 100, digits: 2 }),
            ],
        },
    ],
    also: &[],
};

/// FI 40: a light signal, up to nine lights as the digits of a decimal number.
pub(super) static SIGNAL: Application = Application {
    name: "inland_signal",
    dac: 200,
    fid: 40,
    items: &[
        lon4("lon"),
        lat4("lat"),
        u("form", 4).to(1, 14).na(&[0, 15]),
        u("facing", 9).to(0, 359).na(&[511]),
        u("direction", 3).to(1, 4).na(&[0]),
        u("status", 30).to(1, 777_777_777).na(&[0]),
        Item::Spare(11),
    ],
    also: &[],
};

/// FI 55: persons on board. 51 spare bits fill up the slot of the addressed form, 83 that of the broadcast one.
pub(super) static PERSONS: Application = Application {
    name: "inland_persons",
    dac: 200,
    fid: 55,
    items: &[
        u("crew", 8).to(0, 254).na(&[255]),
        u("passengers", 13).to(0, 8190).na(&[8191]),
        u("personnel", 8).to(0, 254).na(&[255]),
        Item::Spare(51),
    ],
    also: &[32, 112],
};
