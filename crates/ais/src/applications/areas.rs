//! Area notices: SN.1/Circ.289 FI 22 and 23, and the two forms of the US Coast Guard, DAC 366 and 367 FI 22. A
//! notice has up to ten parts, each a shape of its own.

use super::layout::{Application, Item, Meaning, day, hour, lat3, lat4, lon3, lon4, minute, month, text, u};

/// Metres, times ten to the scale factor.
const fn size(name: &'static str, bits: u8) -> Item {
    u(name, bits).meaning(Meaning::PowerOfTen)
}
const fn scale() -> Item {
    u("scale", 2).power()
}
const fn precision() -> Item {
    u("precision", 3).to(0, 4).na(&[])
}
/// Degrees of an area's edge or rotation: 360 to 511 are reserved.
const fn edge(name: &'static str) -> Item {
    u(name, 9).to(0, 359)
}

/// Bearing in half degrees and distance from the point before; distance 0 is no point.
macro_rules! points {
    ($distance:literal) => {
        Item::Times {
            name: "points",
            times: 4,
            items: &[u("bearing", 10).to(0, 719).na(&[720]).by(1, 0, 2, 1), size("distance", $distance)],
        }
    };
}

/// Shapes 0 to 5 of a notice; the rest is reserved.
macro_rules! shapes {
    ($place:expr, precision [$($precision:expr)?], spare $circle:literal $rectangle:literal [$($sector:literal)?],
     distance $distance:literal spare $poly:literal, text $chars:literal [$($text:literal)?], all $bits:literal) => {
        &[
            u("shape", 3).to(0, 5).selects(),
            Item::Choice {
                cases: &[
                    (0, &[scale(), $place[0], $place[1], $($precision,)? size("radius", 12), Item::Spare($circle)]),
                    (1, &[scale(), $place[0], $place[1], $($precision,)? size("east", 8), size("north", 8),
                        edge("orientation"), Item::Spare($rectangle)]),
                    (2, &[scale(), $place[0], $place[1], $($precision,)? size("radius", 12), edge("left"),
                        edge("right"), $(Item::Spare($sector))?]),
                    (3, &[scale(), points!($distance), Item::Spare($poly)]),
                    (4, &[scale(), points!($distance), Item::Spare($poly)]),
                    (5, &[text("text", $chars), $(Item::Spare($text))?]),
                ],
                otherwise: &[Item::Bits { name: "data", bits: $bits }],
            },
        ]
    };
}

const COARSE: [Item; 2] = [lon3("lon"), lat3("lat")];
const FINE: [Item; 2] = [lon4("lon"), lat4("lat")];

const IMO_SHAPES: &[Item] =
    shapes!(COARSE, precision [precision()], spare 18 5 [], distance 10 spare 2, text 14 [], all 84);
const USCG_SHAPES: &[Item] =
    shapes!(FINE, precision [], spare 18 5 [], distance 11 spare 1, text 14 [3], all 87);
const NOTICE_SHAPES: &[Item] =
    shapes!(FINE, precision [precision()], spare 21 8 [3], distance 11 spare 7, text 15 [3], all 93);

const fn duration() -> Item {
    u("duration", 18).to(0, 262_142).na(&[262_143])
}

macro_rules! notice {
    ($shapes:expr) => {
        &[
            u("linkage", 10).to(1, 1023).na(&[0]),
            u("notice", 7).to(0, 126).na(&[127]),
            month("month"),
            day("day"),
            hour("hour"),
            minute("minute"),
            duration(),
            Item::Repeat { name: "sub_areas", least: 1, most: 10, items: $shapes },
        ]
    };
}

pub(super) static NOTICE: Application =
    Application { name: "area_notice", dac: 1, fid: 22, items: notice!(IMO_SHAPES), also: &[] };
pub(super) static NOTICE_TO: Application =
    Application { name: "area_notice_addressed", dac: 1, fid: 23, items: notice!(IMO_SHAPES), also: &[] };
/// The trial of the US Coast Guard: fine positions, no precision.
pub(super) static NOTICE_366: Application =
    Application { name: "area_notice_366", dac: 366, fid: 22, items: notice!(USCG_SHAPES), also: &[] };

/// Geographic notice of the US Coast Guard.
pub(super) static NOTICE_367: Application = Application {
    name: "geographic_notice",
    dac: 367,
    fid: 22,
    items: &[
        u("version", 6),
        u("linkage", 10).to(1, 1023).na(&[0]),
        u("notice", 7).to(0, 126).na(&[127]),
        month("month"),
        day("day"),
        hour("hour"),
        minute("minute"),
        duration(),
        Item::Spare(3),
        Item::Repeat { name: "sub_areas", least: 1, most: 10, items: NOTICE_SHAPES },
    ],
    also: &[],
};
