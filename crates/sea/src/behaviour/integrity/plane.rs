//! What the checks of one track share: the way between two fixes on the local plane, the velocity a fix
//! reports, and how coarse its position is. Never used between distant places.

use bitacora_primitives::Position;
use bitacora_primitives::geodesy::wrap_longitude;

use crate::tracks::fix::{Fix, KNOT, METRES_PER_DEGREE};

/// East and north, metres or metres per second.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Vector {
    pub(super) east: f64,
    pub(super) north: f64,
}

impl Vector {
    pub(super) fn length(self) -> f64 {
        (self.east * self.east + self.north * self.north).sqrt()
    }
    pub(super) fn minus(self, other: Self) -> Self {
        Self { east: self.east - other.east, north: self.north - other.north }
    }
    /// `self` + `other` x `factor`.
    pub(super) fn plus(self, other: Self, factor: f64) -> Self {
        Self { east: self.east + other.east * factor, north: self.north + other.north * factor }
    }
}

/// Poleward of this the meridians converge too fast for a plane; no check judges there.
const POLAR_LAT: f64 = 85.0;
/// 102.2 kn stands for "102.2 or more" (M.1371-5 table 48): a bound, not a speed.
const NO_SPEED_FROM_KN: f32 = 102.2;
/// Half the diagonal of a cell of 1/10 minute, the resolution of type 27 (M.1371-5 table 84).
const COARSE_M: f64 = 131.0;
/// Cells of 1/10 minute in a degree.
const COARSE_PER_DEGREE: f64 = 600.0;

/// Whether the plane serves for this fix.
pub(super) fn is_polar(fix: &Fix) -> bool {
    fix.position.lat().abs() > POLAR_LAT
}

pub(super) fn way(from: &Spot, to: &Spot) -> Vector {
    let east = wrap_longitude(to.position.lon() - from.position.lon()) * 0.5 * (from.cos_lat + to.cos_lat);
    let north = to.position.lat() - from.position.lat();
    Vector { east: east * METRES_PER_DEGREE, north: north * METRES_PER_DEGREE }
}

/// A place with the cosine of its latitude.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) position: Position,
    pub(super) cos_lat: f64,
}

impl Spot {
    pub(super) const fn of(fix: &Fix) -> Self {
        Self { position: fix.position, cos_lat: fix.cos_lat }
    }
}

/// What a fix reports of its motion.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    /// Metres per second.
    pub(super) speed: f64,
    /// Metres per second; a vessel without speed needs no course.
    pub(super) velocity: Option<Vector>,
}

impl Told {
    /// Of the reported speed and course, as in [`Fix`]. `None` when the speed is not available.
    pub(super) fn of(sog_kn: Option<f32>, cog_deg: Option<f32>) -> Option<Self> {
        let speed = reported_speed(sog_kn)?;
        if speed == 0.0 {
            return Some(Self { speed, velocity: Some(Vector::default()) });
        }
        let course = cog_deg.filter(|course| (0.0..=360.0).contains(course));
        let velocity = course.map(|degrees| {
            let (sin, cos) = libm::sincos(f64::from(degrees).to_radians());
            Vector { east: speed * sin, north: speed * cos }
        });
        Some(Self { speed, velocity })
    }
}

/// Metres per second; `None` when the speed is not available.
pub(super) fn reported_speed(sog_kn: Option<f32>) -> Option<f64> {
    let known = |speed: &f32| (0.0..NO_SPEED_FROM_KN).contains(speed);
    sog_kn.filter(known).map(|speed| f64::from(speed) * KNOT)
}

/// How far the place may be from the one given because it was rounded to 1/10 minute; 0 where it was not. A
/// place given finer stands on such a cell by chance once in a million.
pub(super) fn coarseness_m(fix: &Fix) -> f64 {
    let on_cell = |degrees: f64| {
        let cells = degrees * COARSE_PER_DEGREE;
        (cells - libm::round(cells)).abs() < 3e-3
    };
    if on_cell(fix.position.lat()) && on_cell(fix.position.lon()) { COARSE_M } else { 0.0 }
}
