//! The stage: lanes, ports, fishing grounds and receiving stations of the western Caribbean and the eastern Pacific.
//! Waters and shores are real; every port and station name is invented. Never holds a hull.

use crate::motion::{Point, at};

/// A port as a ship sees it: where it anchors, where the pilot boards, where the berths are. All of it is water.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Port {
    pub name: &'static str,
    pub berths: Point,
    pub anchorage: Point,
    pub pilot_ground: Point,
}

/// A way between two ends, as waypoints. An end without a port runs on for hundreds of miles, so that a ship that
/// leaves the picture does not seem to fall silent in it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Lane {
    pub waypoints: &'static [Point],
    pub from: Option<usize>,
    pub to: Option<usize>,
    /// Ships on the lane at any moment.
    pub ships: usize,
    /// Room to either side that a ship may keep to, nautical miles.
    pub width_nm: f64,
}

/// A receiver on shore or on a cay.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Station {
    /// At most 15 characters (IEC 61162-450, source identification).
    pub name: &'static str,
    pub antenna: Point,
    /// Beyond this nothing is heard; an antenna 60 m up and one at 20 m see 30 to 40 NM.
    pub range_nm: f64,
}

pub const LUMBRE: usize = 0;
pub const CORALINA: usize = 1;
pub const CENIZA: usize = 2;
pub const GARZA: usize = 3;
pub const QUILLA: usize = 4;
pub const BRUMA: usize = 5;
pub const SALITRE: usize = 6;

pub const PORTS: &[Port] = &[
    port("PUERTO LUMBRE", at(9.41, -79.93), at(9.47, -79.96), at(9.53, -79.93)),
    port("CORALINA", at(10.37, -75.61), at(10.40, -75.67), at(10.36, -75.76)),
    port("BOCA CENIZA", at(11.14, -74.88), at(11.20, -74.93), at(11.24, -75.02)),
    port("GARZA BLANCA", at(17.78, -76.66), at(17.74, -76.62), at(17.66, -76.62)),
    port("QUILLA NUEVA", at(8.86, -79.53), at(8.78, -79.46), at(8.66, -79.44)),
    port("BRUMA MAYOR", at(3.83, -77.20), at(3.79, -77.27), at(3.76, -77.40)),
    port("SALITRE", at(-2.86, -80.46), at(-2.88, -80.54), at(-2.92, -80.66)),
];

const fn port(name: &'static str, berths: Point, anchorage: Point, pilot_ground: Point) -> Port {
    Port { name, berths, anchorage, pilot_ground }
}

const fn lane(
    waypoints: &'static [Point],
    from: Option<usize>,
    to: Option<usize>,
    ships: usize,
    width_nm: f64,
) -> Lane {
    Lane { waypoints, from, to, ships, width_nm }
}

/// Port ends are given by the port's pilot ground and berths, which the cast adds.
pub const LANES: &[Lane] = &[
    // Isthmus to the Windward Passage and out by the Caicos Passage.
    lane(
        &[
            at(9.9, -79.85),
            at(14.0, -77.6),
            at(17.2, -75.75),
            at(18.7, -75.2),
            at(19.6, -74.6),
            at(20.3, -73.75),
            at(20.75, -72.9),
            at(21.4, -72.77),
            at(22.15, -72.5),
            at(25.0, -71.0),
            at(33.0, -67.0),
        ],
        Some(LUMBRE),
        None,
        24,
        1.5,
    ),
    // Isthmus to the Mona Passage.
    lane(
        &[
            at(9.9, -79.75),
            at(12.2, -76.2),
            at(15.0, -71.9),
            at(17.6, -68.1),
            at(18.3, -67.68),
            at(19.2, -67.8),
            at(28.0, -65.0),
        ],
        Some(LUMBRE),
        None,
        18,
        1.5,
    ),
    // Isthmus to the Yucatan Channel, between the cays.
    lane(
        &[
            at(9.9, -80.05),
            at(12.4, -80.85),
            at(13.5, -80.75),
            at(14.3, -80.7),
            at(16.2, -81.4),
            at(18.2, -83.1),
            at(19.6, -84.7),
            at(21.6, -85.6),
            at(24.5, -86.8),
            at(28.3, -89.0),
        ],
        Some(LUMBRE),
        None,
        18,
        1.5,
    ),
    // Along the Colombian coast.
    lane(&[at(9.95, -79.3), at(10.3, -76.4)], Some(LUMBRE), Some(CORALINA), 7, 2.0),
    lane(&[at(10.75, -75.8), at(11.2, -75.4)], Some(CORALINA), Some(CENIZA), 4, 1.0),
    // Coast to the straits.
    lane(
        &[
            at(10.8, -75.95),
            at(14.5, -75.7),
            at(17.2, -75.6),
            at(18.7, -75.2),
            at(19.6, -74.6),
            at(20.3, -73.75),
            at(20.75, -72.9),
            at(21.4, -72.77),
            at(22.15, -72.5),
            at(25.0, -71.0),
            at(33.0, -67.0),
        ],
        Some(CORALINA),
        None,
        10,
        1.5,
    ),
    lane(
        &[
            at(11.6, -75.0),
            at(12.9, -73.4),
            at(14.2, -71.4),
            at(17.4, -68.2),
            at(18.3, -67.68),
            at(19.2, -67.8),
            at(28.0, -65.0),
        ],
        Some(CENIZA),
        None,
        8,
        1.5,
    ),
    lane(&[at(11.6, -75.3), at(14.5, -76.0), at(17.3, -76.5)], Some(CENIZA), Some(GARZA), 4, 3.0),
    // Isthmus to the west and to Asia.
    lane(
        &[
            at(8.2, -79.58),
            at(7.25, -79.75),
            at(6.85, -80.6),
            at(6.9, -82.2),
            at(7.9, -84.6),
            at(9.1, -86.3),
            at(11.0, -87.9),
            at(12.4, -89.4),
            at(13.1, -91.9),
            at(14.6, -95.4),
            at(17.3, -102.5),
        ],
        Some(QUILLA),
        None,
        20,
        1.5,
    ),
    lane(
        &[
            at(8.2, -79.58),
            at(7.25, -79.75),
            at(6.75, -80.7),
            at(6.4, -84.0),
            at(6.5, -91.5),
            at(9.0, -104.0),
        ],
        Some(QUILLA),
        None,
        14,
        2.0,
    ),
    // South along the Pacific coast.
    lane(
        &[at(8.2, -79.5), at(7.2, -79.5), at(5.4, -78.4), at(3.9, -77.7)],
        Some(QUILLA),
        Some(BRUMA),
        6,
        1.5,
    ),
    lane(
        &[
            at(8.2, -79.55),
            at(7.2, -79.7),
            at(4.0, -80.2),
            at(1.0, -81.0),
            at(-1.2, -81.5),
            at(-2.4, -81.5),
            at(-2.95, -80.95),
        ],
        Some(QUILLA),
        Some(SALITRE),
        12,
        2.0,
    ),
    lane(
        &[
            at(8.2, -79.55),
            at(7.2, -79.75),
            at(4.0, -80.8),
            at(0.5, -81.7),
            at(-4.0, -82.0),
            at(-12.0, -80.0),
            at(-18.0, -79.0),
        ],
        Some(QUILLA),
        None,
        12,
        3.0,
    ),
    lane(
        &[at(3.6, -77.8), at(1.2, -80.3), at(-1.2, -81.5), at(-2.4, -81.5), at(-2.95, -80.95)],
        Some(BRUMA),
        Some(SALITRE),
        4,
        1.5,
    ),
];

/// Where fleets work: centre, radius in nautical miles, boats.
pub const GROUNDS: &[(Point, f64, usize)] = &[
    (at(14.55, -82.25), 14.0, 14),
    (at(12.75, -72.75), 10.0, 12),
    (at(13.2, -80.75), 9.0, 8),
    (at(7.75, -79.35), 8.0, 12),
    (at(3.35, -78.15), 10.0, 12),
    (at(-1.75, -81.75), 12.0, 14),
    (at(9.75, -81.35), 9.0, 8),
];

/// Fixed runs: quay to quay, knots.
pub const FERRIES: &[(Point, Point, f64)] = &[
    (at(12.56, -81.73), at(13.34, -81.42), 22.0),
    (at(8.84, -79.50), at(8.62, -79.13), 18.0),
    (at(15.87, -86.77), at(16.27, -86.58), 20.0),
];

const fn station(name: &'static str, antenna: Point, range_nm: f64) -> Station {
    Station { name, antenna, range_nm }
}

pub const STATIONS: &[Station] = &[
    station("LUMBRE1", at(9.37, -79.88), 42.0),
    station("LUMBRE2", at(9.30, -80.05), 36.0),
    station("CORALINA1", at(10.40, -75.55), 40.0),
    station("CENIZA1", at(11.08, -74.85), 40.0),
    station("GUAJIRA1", at(12.35, -71.75), 44.0),
    station("GARZA1", at(17.94, -76.80), 44.0),
    station("QUILLA1", at(8.95, -79.56), 42.0),
    station("QUILLA2", at(8.60, -79.10), 36.0),
    station("BRUMA1", at(3.88, -77.08), 42.0),
    station("SALITRE1", at(-2.72, -80.38), 40.0),
    station("PASADO1", at(-1.05, -80.90), 44.0),
    station("VIENTOS1", at(20.10, -74.25), 40.0),
    station("MONA1", at(18.40, -67.25), 40.0),
    station("CAYOLARGO1", at(12.58, -81.70), 40.0),
    station("CAYOVIEJO1", at(13.36, -81.37), 44.0),
    station("CAYOARENA1", at(13.57, -80.08), 38.0),
    station("ISLOTE1", at(4.00, -81.60), 44.0),
    station("BAHIA1", at(16.30, -86.55), 40.0),
];

/// The rendezvous that opens the day is within reach of this one.
pub const CAY_STATION: usize = 15;
/// The station that fails for some hours.
pub const FAILING_STATION: usize = 8;

/// Receivers in low orbit: name, first pass in minutes, period in minutes, length of a pass in minutes.
pub const SATELLITES: &[(&str, f64, f64, f64)] = &[
    ("ORBITA1", 3.0, 96.0, 11.0),
    ("ORBITA2", 29.0, 97.0, 10.0),
    ("ORBITA3", 51.0, 95.0, 11.0),
    ("ORBITA4", 77.0, 96.5, 9.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn station_names_fit_a_tag_block() {
        let names = STATIONS.iter().map(|s| s.name).chain(SATELLITES.iter().map(|s| s.0));
        for name in names {
            assert!(name.len() <= 15 && name.bytes().all(|b| b.is_ascii_alphanumeric()), "{name}");
        }
    }

    #[test]
    fn ports_of_lanes_exist_and_names_fit_a_destination() {
        for lane in LANES {
            for end in [lane.from, lane.to].into_iter().flatten() {
                assert!(end < PORTS.len());
            }
        }
        assert!(PORTS.iter().all(|p| p.name.len() <= 20));
    }
}
