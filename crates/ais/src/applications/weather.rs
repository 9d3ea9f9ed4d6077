//! Weather and water at one place: SN/Circ.236 FI 11, SN.1/Circ.289 FI 21 and 31, and the short forms for
//! satellites, DAC 367 FI 23 to 25.

use super::layout::{Application, Item, Meaning, bearing, day, flag, hour, lat3, lon3, minute, s, text, u};

/// Tendency in two bits.
const fn trend(name: &'static str) -> Item {
    u(name, 2).to(0, 2).na(&[3])
}
/// Up to 25.0, 251 is "more".
const fn tenths255(name: &'static str, most: i64) -> Item {
    u(name, 8).to(0, most).na(&[255]).tenths()
}
/// Degrees where the highest number is "not available" (Circ.236, note to the table).
const fn bearing511(name: &'static str) -> Item {
    u(name, 9).to(0, 359).na(&[511])
}
const fn period(name: &'static str) -> Item {
    u(name, 6).to(0, 60).na(&[63])
}
const fn seastate(absent: &'static [i64]) -> Item {
    u("seastate", 4).to(0, 12).na(absent)
}

/// FI 11. Latitude stands before longitude. "Not available" is the highest number of a field, for the position the
/// highest positive one; 91 and 181 degrees occur too.
pub(super) static MET_HYDRO_236: Application = Application {
    name: "met_hydro_236",
    dac: 1,
    fid: 11,
    items: &[
        s("lat", 24).to(-5_400_000, 5_400_000).na(&[0x7f_ffff, 5_460_000]).by(1, 0, 60_000, 6),
        s("lon", 25).to(-10_800_000, 10_800_000).na(&[0xff_ffff, 10_860_000]).by(1, 0, 60_000, 6),
        u("day", 5).to(1, 31).na(&[0]),
        u("hour", 5).to(0, 23).na(&[31, 24]),
        u("minute", 6).to(0, 59).na(&[63, 60]),
        u("wspeed", 7).to(0, 120).na(&[127]),
        u("wgust", 7).to(0, 120).na(&[127]),
        bearing511("wdir"),
        bearing511("wgustdir"),
        u("airtemp", 11).to(0, 1200).na(&[2047]).by(1, -600, 10, 1),
        u("humidity", 7).to(0, 100).na(&[127]),
        u("dewpoint", 10).to(0, 700).na(&[1023]).by(1, -200, 10, 1),
        u("pressure", 9).to(0, 400).na(&[511]).by(1, 800, 1, 0),
        trend("pressuretend"),
        tenths255("visibility", 250),
        u("waterlevel", 9).to(0, 400).na(&[511]).by(1, -100, 10, 1),
        trend("leveltrend"),
        tenths255("cspeed", 250),
        bearing511("cdir"),
        tenths255("cspeed2", 250),
        bearing511("cdir2"),
        u("cdepth2", 5).to(0, 30).na(&[31]),
        tenths255("cspeed3", 250),
        bearing511("cdir3"),
        u("cdepth3", 5).to(0, 30).na(&[31]),
        tenths255("waveheight", 250),
        period("waveperiod"),
        bearing511("wavedir"),
        tenths255("swellheight", 250),
        period("swellperiod"),
        bearing511("swelldir"),
        seastate(&[15, 13]),
        u("watertemp", 10).to(0, 600).na(&[1023]).by(1, -100, 10, 1),
        u("preciptype", 3).to(0, 6).na(&[7]),
        u("salinity", 9).to(0, 500).na(&[511]).tenths(),
        u("ice", 2).to(0, 1).na(&[3]),
        Item::Spare(6),
    ],
    also: &[],
};

/// FI 31 (Circ.289 Table 1.1).
const MET_HYDRO_ITEMS: &[Item] = &[
    lon3("lon"),
    lat3("lat"),
    flag("accuracy"),
    day("day"),
    hour("hour"),
    minute("minute"),
    u("wspeed", 7).to(0, 126).na(&[127]),
    u("wgust", 7).to(0, 126).na(&[127]),
    bearing("wdir"),
    bearing("wgustdir"),
    s("airtemp", 11).to(-600, 600).na(&[-1024]).tenths(),
    u("humidity", 7).to(0, 100).na(&[101]),
    s("dewpoint", 10).to(-200, 500).na(&[501]).tenths(),
    u("pressure", 9).to(0, 402).na(&[511]).by(1, 799, 1, 0),
    trend("pressuretend"),
    flag("visgreater"),
    u("visibility", 7).to(0, 126).na(&[127]).tenths(),
    u("waterlevel", 12).to(0, 4000).na(&[4001]).by(1, -1000, 100, 2),
    trend("leveltrend"),
    tenths255("cspeed", 251),
    bearing("cdir"),
    tenths255("cspeed2", 251),
    bearing("cdir2"),
    u("cdepth2", 5).to(0, 30).na(&[31]),
    tenths255("cspeed3", 251),
    bearing("cdir3"),
    u("cdepth3", 5).to(0, 30).na(&[31]),
    tenths255("waveheight", 251),
    period("waveperiod"),
    bearing("wavedir"),
    tenths255("swellheight", 251),
    period("swellperiod"),
    bearing("swelldir"),
    seastate(&[13]),
    s("watertemp", 10).to(-100, 500).na(&[501]).tenths(),
    u("preciptype", 3).to(0, 6).na(&[7]),
    u("salinity", 9).to(0, 501).na(&[510, 511]).tenths(),
    u("ice", 2).to(0, 1).na(&[3]),
    Item::Spare(10),
];

pub(super) static MET_HYDRO: Application =
    Application { name: "met_hydro", dac: 1, fid: 31, items: MET_HYDRO_ITEMS, also: &[] };

/// Multiples of five degrees, 0 is calm.
const fn fives(name: &'static str) -> Item {
    u(name, 7).to(0, 72).na(&[127]).by(5, 0, 1, 0)
}
/// Multiples of half a metre per second.
const fn halves(name: &'static str) -> Item {
    u(name, 8).to(0, 254).na(&[255]).by(1, 0, 2, 1)
}
const fn all_but_last(name: &'static str, bits: u8, last: &'static [i64]) -> Item {
    let most = (1_i64 << bits) - 2;
    u(name, bits).to(0, most).na(last)
}

/// FI 21, first form (Circ.289 Table 10.1).
const SHIP: &[Item] = &[
    text("location", 20),
    lon3("lon"),
    lat3("lat"),
    day("day"),
    hour("hour"),
    minute("minute"),
    u("weather", 4).to(0, 7).na(&[8]),
    flag("vislimit"),
    u("visibility", 7).to(0, 126).na(&[127]).tenths(),
    u("humidity", 7).to(0, 100).na(&[127, 101]),
    u("wspeed", 7).to(0, 126).na(&[127]),
    bearing("wdir"),
    u("pressure", 9).to(0, 402).na(&[403]).by(1, 799, 1, 0),
    u("pressuretend", 4).to(0, 8).na(&[15]),
    s("airtemp", 11).to(-600, 600).na(&[-1024]).tenths(),
    // 601 does not fit ten bits with a sign, so that the field has none: -10.0 to +50.0 is 0 to 600.
    u("watertemp", 10).to(0, 600).na(&[601]).by(1, -100, 10, 1),
    period("waveperiod"),
    tenths255("waveheight", 251),
    bearing("wavedir"),
    tenths255("swellheight", 251),
    bearing("swelldir"),
    period("swellperiod"),
    Item::Spare(3),
];

/// FI 21, second form, in the manner of WMO's BUFR (Circ.289 Table 10.2). The circular's "- 9000" in the formula of
/// the latitude is a slip for "- 90".
const WMO: &[Item] = &[
    u("lon", 16).to(0, 36_000).na(&[65_535]).by(1, -18_000, 100, 2),
    u("lat", 15).to(0, 18_000).na(&[32_767]).by(1, -9_000, 100, 2),
    u("month", 4).to(1, 12).na(&[15]),
    u("day", 6).to(1, 31).na(&[63]),
    u("hour", 5).to(0, 23).na(&[31]),
    u("minute", 3).to(0, 5).na(&[7]).by(10, 0, 1, 0),
    fives("course"),
    u("speed", 5).to(0, 30).na(&[31]).by(1, 0, 2, 1),
    u("heading", 7).to(1, 72).na(&[127]).by(5, 0, 1, 0),
    u("pressure", 11).to(0, 2000).na(&[2047]).by(1, 9000, 10, 1),
    u("pdelta", 10).to(0, 1000).na(&[1023]).by(1, -500, 10, 1),
    u("ptend", 4).to(0, 8).na(&[15]),
    fives("twinddir"),
    halves("twindspeed"),
    fives("rwinddir"),
    halves("rwindspeed"),
    halves("mgustspeed"),
    fives("mgustdir"),
    // Kelvin with an offset of 223 K, told in degrees Celsius.
    u("airtemp", 10).to(0, 1000).na(&[1023]).by(10, -5015, 100, 2),
    u("humidity", 7).to(0, 100).na(&[127]),
    u("surftemp", 9).to(0, 500).na(&[511]).by(10, -515, 100, 2),
    u("visibility", 6).to(0, 62).na(&[63]).meaning(Meaning::Square {
        factor: 13_073,
        divisor: 1000,
        digits: 0,
    }),
    all_but_last("weather", 9, &[511]),
    all_but_last("pweather1", 5, &[31]),
    all_but_last("pweather2", 5, &[31]),
    u("totalcloud", 4).to(0, 10).na(&[15]).by(10, 0, 1, 0),
    all_but_last("lowclouda", 4, &[15]),
    all_but_last("lowcloudt", 6, &[63]),
    all_but_last("midcloudt", 6, &[63]),
    all_but_last("highcloudt", 6, &[63]),
    u("cloudbase", 7).to(0, 126).na(&[127]).meaning(Meaning::Square { factor: 16, divisor: 100, digits: 0 }),
    all_but_last("wwperiod", 5, &[31]),
    u("wwheight", 6).to(0, 60).na(&[63]).by(1, 0, 2, 1),
    u("swelldir1", 6).to(0, 36).na(&[63]).by(10, 0, 1, 0),
    all_but_last("swperiod1", 5, &[31]),
    u("swheight1", 6).to(0, 60).na(&[63]).by(1, 0, 2, 1),
    u("swelldir2", 6).to(0, 36).na(&[63]).by(10, 0, 1, 0),
    all_but_last("swperiod2", 5, &[31]),
    u("swheight2", 6).to(0, 60).na(&[63]).by(1, 0, 2, 1),
    // Centimetres.
    all_but_last("icedeposit", 7, &[127]),
    all_but_last("icerate", 3, &[7]),
    all_but_last("icecause", 3, &[7]),
    all_but_last("seaice", 5, &[31]),
    all_but_last("icetype", 4, &[15]),
    all_but_last("icestate", 5, &[31]),
    all_but_last("icedevel", 5, &[31]),
    u("icebearing", 4).to(0, 8).na(&[15]).by(45, 0, 1, 0),
];

/// FI 21: weather observed on board.
pub(super) static SHIP_WEATHER: Application = Application {
    name: "ship_weather",
    dac: 1,
    fid: 21,
    items: &[flag("wmo").selects(), Item::Choice { cases: &[(0, SHIP)], otherwise: WMO }],
    also: &[],
};

const fn knots(name: &'static str) -> Item {
    u(name, 7).to(0, 121).na(&[122])
}
const fn pressure() -> Item {
    u("pressure", 9).to(0, 402).na(&[403]).by(1, 799, 1, 0)
}

/// DAC 367 FI 23: one slot.
pub(super) static SATELLITE_WEATHER: Application = Application {
    name: "satellite_weather",
    dac: 367,
    fid: 23,
    items: &[
        u("version", 3),
        day("day"),
        hour("hour"),
        minute("minute"),
        lon3("lon"),
        lat3("lat"),
        pressure(),
        s("airtemp", 11).to(-600, 600).na(&[-1024]).tenths(),
        knots("wspeed"),
        knots("wgust"),
        bearing("wdir"),
        Item::Spare(1),
    ],
    also: &[],
};

/// DAC 367 FI 24: less than one slot.
pub(super) static SATELLITE_WEATHER_SMALL: Application = Application {
    name: "satellite_weather_small",
    dac: 367,
    fid: 24,
    items: &[u("version", 3), hour("hour"), minute("minute"), lon3("lon"), lat3("lat"), pressure()],
    also: &[88],
};

/// DAC 367 FI 25: no position, which is that of the last report.
pub(super) static SATELLITE_WEATHER_TINY: Application = Application {
    name: "satellite_weather_tiny",
    dac: 367,
    fid: 25,
    items: &[
        u("version", 3),
        hour("hour"),
        minute("minute"),
        pressure(),
        knots("wspeed"),
        bearing("wdir"),
        Item::Spare(1),
    ],
    also: &[],
};
