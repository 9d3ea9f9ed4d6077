//! One message of one MMSI as the compatible mode sees it: a report of a place, one without, or a bad one. Says
//! nothing of segments.

use serde::{Deserialize, Serialize};

use super::parameters::Parameters;

/// What a message says. Values that are not finite count as missing.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Message {
    /// Microseconds since 1970, UTC.
    pub micros: i64,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub sog_kn: Option<f64>,
    pub cog_deg: Option<f64>,
    pub heading_deg: Option<f64>,
    /// ITU-R M.1371 message type, 0 where the source does not say.
    pub message_type: u8,
    /// Equal for copies of one message; `None` where the source gives messages no name.
    pub name: Option<u64>,
}

/// What the compatible mode makes of a message before it looks at segments.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Reading {
    Place(Place),
    /// Neither place nor motion: a static report.
    NoPlace,
    /// Some of place, speed and course, but not all that is needed.
    Bad,
}

/// 360 degrees, in floats that were 32 bits wide: no course, allowed only to a vessel that hardly moves.
const NO_COURSE: f64 = 359.95;
/// 51.2 kn, 63 kn (type 27) and 102.3 kn stand for "not available", in floats that were 32 bits wide.
const NO_SPEED: [(f64, f64); 3] = [(51.15, 51.25), (62.95, 63.05), (102.25, 102.35)];

/// Which transponders send messages of a type: bit 0 class A, bit 1 class B.
const fn transponders(message_type: u8) -> u8 {
    match message_type {
        1..=3 => 1,
        18 | 19 => 2,
        27 => 3,
        _ => 0,
    }
}

/// A place with motion, and what of it every comparison needs.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Place {
    pub micros: i64,
    pub lat: f64,
    pub lon: f64,
    pub speed: f64,
    /// Unit vector of the course, east and north; north where there is no course.
    pub east: f64,
    pub north: f64,
    /// Degrees of latitude and longitude gone in an hour at the expected speed, which is none without course.
    pub lat_rate: f64,
    pub lon_rate: f64,
    /// Cosine and sine of half the latitude, for the cosine of the latitude midway between two places.
    pub half: (f64, f64),
    pub transponders: u8,
    pub long_range: bool,
}

impl Message {
    pub(super) fn read(&self, parameters: &Parameters) -> Reading {
        let finite = |value: Option<f64>| value.filter(|known| known.is_finite());
        let (lat, lon) = (finite(self.lat), finite(self.lon));
        let (speed, course) = (finite(self.sog_kn), finite(self.cog_deg));
        if lat.is_none() && lon.is_none() && speed.is_none() && course.is_none() {
            return Reading::NoPlace;
        }
        let (Some(lat), Some(lon), Some(speed)) = (lat, lon, speed) else { return Reading::Bad };
        let on_earth = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        let told = !NO_SPEED.iter().any(|(above, below)| *above < speed && speed < *below);
        let course = course.filter(|course| *course <= NO_COURSE);
        let steered = course.map_or(speed <= parameters.very_slow_knots, |course| course >= 0.0);
        if on_earth && told && steered {
            Reading::Place(self.place(lat, lon, speed, course))
        } else {
            Reading::Bad
        }
    }

    fn place(&self, lat: f64, lon: f64, speed: f64, course: Option<f64>) -> Place {
        /// Keeps the degrees of longitude in a mile finite at the poles, as the peer has it.
        const POLE: f64 = 1e-3;
        let angle = course.unwrap_or(0.0).to_radians();
        let (east, north) = if angle == 0.0 { (0.0, 1.0) } else { (libm::sin(angle), libm::cos(angle)) };
        let degrees = if course.is_some() { speed / 60.0 } else { 0.0 };
        let half = 0.5 * lat.to_radians();
        let half = (libm::cos(half), libm::sin(half));
        let cos_lat = half.0 * half.0 - half.1 * half.1;
        Place {
            micros: self.micros,
            lat,
            lon,
            speed,
            east,
            north,
            lat_rate: north * degrees,
            lon_rate: east * degrees / (cos_lat + POLE),
            half,
            transponders: transponders(self.message_type),
            long_range: self.message_type == 27,
        }
    }

    /// Equal for places that a transponder sends the same way: 1/1000 minute, 1/10 degree, 1/10 knot, 1 degree.
    pub(super) fn same_place(&self) -> SamePlace {
        // The cast saturates: only speeds that nothing has become equal by it.
        let rounded = |value: Option<f64>, scale: f64| {
            value.filter(|v| v.is_finite()).map_or(i32::MIN, |v| libm::rint(v * scale) as i32)
        };
        [
            rounded(self.lat, 60_000.0),
            rounded(self.lon, 60_000.0),
            rounded(self.cog_deg, 10.0),
            rounded(self.sog_kn, 10.0),
            rounded(self.heading_deg, 1.0),
        ]
    }
}

pub(super) type SamePlace = [i32; 5];
