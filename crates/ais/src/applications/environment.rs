//! Environmental messages: readings of up to eight sensors, SN.1/Circ.289 FI 26 and DAC 367 FI 33 of the US Coast
//! Guard.

use super::layout::{Application, Item, bearing, day, flag, hour, lat4, lon4, minute, s, text, u};

/// Circ.289 12.1: up to eight reports. gpsd's description and pyais stop at five.
const MOST: u8 = 8;

const fn knots(name: &'static str) -> Item {
    u(name, 7).to(0, 121).na(&[122])
}
const fn sensor(name: &'static str) -> Item {
    u(name, 3).to(1, 5).na(&[0, 7])
}
const fn current(name: &'static str) -> Item {
    u(name, 8).to(0, 246).na(&[247]).tenths()
}
const fn depth(name: &'static str) -> Item {
    u(name, 9).to(0, 361).na(&[362])
}
const fn duration() -> Item {
    u("duration", 8).to(0, 254).na(&[255])
}
/// Up to 24.5, 246 is "more".
const fn height(name: &'static str) -> Item {
    u(name, 8).to(0, 246).na(&[247]).tenths()
}
const fn period(name: &'static str) -> Item {
    u(name, 6).to(0, 60).na(&[61])
}
const fn salinity() -> Item {
    u("salinity", 9).to(0, 501).na(&[502, 503]).tenths()
}
/// 0 to 600 is -10.0 to +50.0; 601 does not fit ten bits with a sign.
const fn watertemp() -> Item {
    u("watertemp", 10).to(0, 600).na(&[601]).by(1, -100, 10, 1)
}
const fn level(name: &'static str) -> Item {
    s(name, 16).to(-32_767, 32_767).na(&[-32_768]).hundredths()
}
const fn air(name: &'static str) -> Item {
    u(name, 13).to(1, 8191).na(&[0]).hundredths()
}

const STATION: &[Item] = &[text("name", 14), Item::Spare(1)];

const WIND: &[Item] = &[
    knots("wspeed"),
    knots("wgust"),
    bearing("wdir"),
    bearing("wgustdir"),
    sensor("sensortype"),
    knots("fwspeed"),
    knots("fwgust"),
    bearing("fwdir"),
    day("fday"),
    hour("fhour"),
    minute("fminute"),
    duration(),
    Item::Spare(3),
];

const WATER_LEVEL: &[Item] = &[
    flag("absolute"),
    level("level"),
    u("leveltrend", 2).to(0, 2).na(&[3]),
    u("datum", 5).to(0, 13).na(&[14]),
    sensor("sensortype"),
    flag("fabsolute"),
    level("flevel"),
    day("fday"),
    hour("fhour"),
    minute("fminute"),
    duration(),
    Item::Spare(17),
];

const CURRENT_2D: &[Item] = &[
    current("cspeed1"),
    bearing("cdir1"),
    depth("cdepth1"),
    current("cspeed2"),
    bearing("cdir2"),
    depth("cdepth2"),
    current("cspeed3"),
    bearing("cdir3"),
    depth("cdepth3"),
    sensor("sensortype"),
    Item::Spare(4),
];

const SEA_STATE: &[Item] = &[
    height("swheight"),
    period("swperiod"),
    bearing("swelldir"),
    u("seastate", 4).to(0, 12).na(&[13]),
    sensor("swelltype"),
    watertemp(),
    u("watertempdepth", 7).to(0, 121).na(&[122]).tenths(),
    sensor("depthtype"),
    height("waveheight"),
    period("waveperiod"),
    bearing("wavedir"),
    sensor("wavetype"),
    salinity(),
];

/// The conductivity's "7.01 S/m or more" at 701 means steps of 0.01.
const SALINITY: &[Item] = &[
    watertemp(),
    u("conductivity", 10).to(0, 701).na(&[703, 702]).hundredths(),
    u("pressure", 16).to(0, 60_001).na(&[60_003, 60_002]).tenths(),
    salinity(),
    u("salinitytype", 2).to(0, 2),
    sensor("sensortype"),
    Item::Spare(35),
];

macro_rules! weather {
    ($dewpoint:expr) => {
        &[
            s("temperature", 11).to(-600, 600).na(&[-1024]).tenths(),
            sensor("sensortype"),
            u("preciptype", 2).to(0, 2).na(&[3]),
            u("visibility", 8).to(0, 241).na(&[243, 242]).tenths(),
            $dewpoint,
            sensor("dewtype"),
            u("pressure", 9).to(0, 402).na(&[403]).by(1, 799, 1, 0),
            u("pressuretend", 2).to(0, 2).na(&[3]),
            sensor("pressuretype"),
            salinity(),
            Item::Spare(25),
        ]
    };
}

/// What every report begins with.
macro_rules! report {
    ($choice:expr) => {
        &[
            u("sensor", 4).selects(),
            day("day"),
            hour("hour"),
            minute("minute"),
            u("site", 7),
            Item::Choice { cases: $choice, otherwise: &[Item::Bits { name: "data", bits: 85 }] },
        ]
    };
}

/// Circ.289 Tables 12.5 to 12.15.
const IMO: &[Item] = report!(&[
    (
        0,
        &[
            lon4("lon"),
            lat4("lat"),
            u("alt", 11).to(0, 2001).na(&[2002]).tenths(),
            u("owner", 4).to(1, 14).na(&[0]),
            u("timeout", 3).to(1, 5).na(&[0]),
            Item::Spare(12),
        ],
    ),
    (1, STATION),
    (2, WIND),
    (3, WATER_LEVEL),
    (4, CURRENT_2D),
    (
        5,
        &[
            current("cnorth1"),
            current("ceast1"),
            current("cup1"),
            depth("cdepth1"),
            current("cnorth2"),
            current("ceast2"),
            current("cup2"),
            depth("cdepth2"),
            sensor("sensortype"),
            Item::Spare(16),
        ],
    ),
    (
        6,
        &[
            bearing("bearing1"),
            u("distance1", 7).to(0, 121).na(&[122]),
            current("speed1"),
            bearing("direction1"),
            depth("depth1"),
            bearing("bearing2"),
            u("distance2", 7).to(0, 121).na(&[122]),
            current("speed2"),
            bearing("direction2"),
            depth("depth2"),
            Item::Spare(1),
        ],
    ),
    (7, SEA_STATE),
    (8, SALINITY),
    (9, weather!(s("dewpoint", 10).to(-200, 500).na(&[501]).tenths())),
    (
        10,
        &[
            air("airdraught"),
            air("airgap"),
            u("gaptrend", 2).to(0, 2).na(&[3]),
            air("fairgap"),
            day("fday"),
            hour("fhour"),
            minute("fminute"),
            Item::Spare(28),
        ],
    ),
]);

const fn signed_current(name: &'static str) -> Item {
    s(name, 9).to(-246, 246).na(&[247]).tenths()
}
const fn far(name: &'static str) -> Item {
    u(name, 9).to(0, 361).na(&[362])
}

/// Environmental Message, release 3 (US Coast Guard, 2015): other layouts for place, currents, air gap and a second
/// wind report.
const USCG: &[Item] = report!(&[
    (
        0,
        &[
            u("version", 6),
            lon4("lon"),
            lat4("lat"),
            u("precision", 3).to(0, 5),
            s("alt", 12).to(-2001, 2001).na(&[2002, -2048]).tenths(),
            u("owner", 4).to(1, 14).na(&[0]),
            u("timeout", 3).to(1, 5).na(&[0]),
            Item::Spare(2),
        ],
    ),
    (1, STATION),
    (2, WIND),
    (3, WATER_LEVEL),
    (4, CURRENT_2D),
    (
        5,
        &[
            signed_current("cnorth1"),
            signed_current("ceast1"),
            signed_current("cup1"),
            depth("cdepth1"),
            signed_current("cnorth2"),
            signed_current("ceast2"),
            signed_current("cup2"),
            depth("cdepth2"),
            sensor("sensortype"),
            Item::Spare(10),
        ],
    ),
    (
        6,
        &[
            bearing("bearing"),
            far("distance1"),
            current("speed1"),
            bearing("direction1"),
            depth("depth1"),
            far("distance2"),
            current("speed2"),
            bearing("direction2"),
            depth("depth2"),
            sensor("sensortype"),
            Item::Spare(3),
        ],
    ),
    (7, SEA_STATE),
    (8, SALINITY),
    (9, weather!(u("dewpoint", 10).to(0, 700).na(&[701]).by(1, -200, 10, 1))),
    (
        10,
        &[
            air("airdraught"),
            air("airgap"),
            u("gaptrend", 2).to(0, 2).na(&[3]),
            air("fairgap"),
            day("fday"),
            hour("fhour"),
            minute("fminute"),
            sensor("sensortype"),
            Item::Spare(25),
        ],
    ),
    (
        11,
        &[
            knots("wspeed"),
            knots("wgust"),
            bearing("wdir"),
            u("averaging_time", 6),
            sensor("sensortype"),
            knots("fwspeed"),
            knots("fwgust"),
            bearing("fwdir"),
            hour("fhour"),
            minute("fminute"),
            duration(),
            Item::Spare(11),
        ],
    ),
]);

pub(super) static ENVIRONMENT: Application = Application {
    name: "environment",
    dac: 1,
    fid: 26,
    items: &[Item::Repeat { name: "reports", least: 1, most: MOST, items: IMO }],
    also: &[],
};
pub(super) static ENVIRONMENT_367: Application = Application {
    name: "environment_367",
    dac: 367,
    fid: 33,
    items: &[Item::Repeat { name: "reports", least: 1, most: MOST, items: USCG }],
    also: &[],
};
/// The trial that went before, under the US area code.
pub(super) static ENVIRONMENT_366: Application = Application {
    name: "environment_366",
    dac: 366,
    fid: 33,
    items: &[Item::Repeat { name: "reports", least: 1, most: MOST, items: IMO }],
    also: &[],
};
