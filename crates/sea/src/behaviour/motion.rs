//! Sums over the legs of a slow run: way, speed, direction, heading. What drift and the posture of a transfer at sea
//! are described with. Has no thresholds.

use super::located::Located;
use crate::tracks::fix::KNOT;

/// Directions added as unit vectors, and by how much they were added.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Directions {
    north: f64,
    east: f64,
    weight: f64,
}

impl Directions {
    pub fn add_deg(&mut self, degrees: f64, weight: f64) {
        let radians = degrees.to_radians();
        self.add(libm::cos(radians) * weight, libm::sin(radians) * weight, weight);
    }
    pub fn add(&mut self, north: f64, east: f64, weight: f64) {
        self.north += north;
        self.east += east;
        self.weight += weight;
    }
    /// Mean direction, degrees from 0 to 360; `None` where there is none.
    pub fn mean_deg(&self) -> Option<f64> {
        (self.north != 0.0 || self.east != 0.0).then(|| {
            let degrees = libm::atan2(self.east, self.north).to_degrees();
            if degrees < 0.0 { degrees + 360.0 } else { degrees }
        })
    }
    /// Length of the mean vector (Mardia and Jupp 2000): 1 when all are one, 0 when they cancel out.
    pub fn steadiness(&self) -> Option<f64> {
        let length = libm::hypot(self.north, self.east);
        (self.weight > 0.0).then(|| (length / self.weight).min(1.0))
    }
    /// Degrees between the mean and another direction, 0 to 180.
    pub fn angle_to_deg(&self, north: f64, east: f64) -> f64 {
        let cross = self.north * east - self.east * north;
        let along = self.north * north + self.east * east;
        if cross == 0.0 && along == 0.0 { 0.0 } else { libm::atan2(cross.abs(), along).to_degrees() }
    }
}

/// What a run of legs adds up to.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Motion {
    pub distance_m: f64,
    pub secs: f64,
    /// Sum of speed squared times time, for the spread.
    speed_square: f64,
    /// Ways of the legs: their steadiness is net over gross way.
    pub course: Directions,
    pub heading: Directions,
    /// Heading less course.
    pub offset: Directions,
    offset_deg: f64,
    headed: u32,
    legs: u32,
}

impl Motion {
    /// Adds a leg that ends at the second fix, whose heading stands for it.
    pub fn add<P: Located>(&mut self, from: &P, to: &P) {
        let (north, east) = to.offset_m(from);
        let (way, secs) = (from.distance_m(to), to.secs_since(from));
        self.distance_m += way;
        self.secs += secs;
        if secs > 0.0 {
            self.speed_square += way * way / secs;
        }
        self.course.add(north, east, libm::hypot(north, east));
        self.legs = self.legs.saturating_add(1);
        let heading = to.heading_deg();
        if heading.is_finite() {
            self.headed = self.headed.saturating_add(1);
            self.heading.add_deg(heading, secs);
            if north != 0.0 || east != 0.0 {
                let course = libm::atan2(east, north).to_degrees();
                let off = libm::remainder(heading - course, 360.0);
                self.offset.add_deg(off, secs);
                self.offset_deg += off.abs() * secs;
            }
        }
    }

    pub fn speed_kn(&self) -> f64 {
        if self.secs > 0.0 { self.distance_m / self.secs / KNOT } else { 0.0 }
    }
    /// Standard deviation over time.
    pub fn speed_spread_kn(&self) -> f64 {
        if self.secs <= 0.0 {
            return 0.0;
        }
        let mean = self.distance_m / self.secs;
        (self.speed_square / self.secs - mean * mean).max(0.0).sqrt() / KNOT
    }
    /// Share of the legs with a heading.
    pub fn heading_share(&self) -> f64 {
        f64::from(self.headed) / f64::from(self.legs.max(1))
    }
    /// Mean angle between heading and course, 0 to 180 degrees; 90 is what chance gives.
    pub fn heading_offset_deg(&self) -> Option<f64> {
        (self.offset.weight > 0.0).then(|| self.offset_deg / self.offset.weight)
    }
}
