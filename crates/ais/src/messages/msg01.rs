//! Types 1, 2 and 3: position report of class A shipborne equipment (M.1371-5 Annex 8, Messages 1, 2, 3).

use super::layout::layout;
use super::units::{self, Fix};

layout! {
    /// Position, course and speed of a class A station.
    PositionA, 168 bits {
        /// Navigational status, 15 not defined.
        status: u8 = 38, 4, 15;
        /// Rate of turn, 4.733 times the root of degrees a minute; -128 not available.
        turn: i8 = 42, 8, -128;
        /// 1/10 knot.
        speed: u16 = 50, 10, units::SPEED_ABSENT;
        /// High accuracy, 10 m or better.
        accuracy: bool = 60, 1, false;
        /// 1/10000 minute.
        lon: i32 = 61, 28, units::LON_ABSENT;
        lat: i32 = 89, 27, units::LAT_ABSENT;
        /// 1/10 degree.
        course: u16 = 116, 12, units::COURSE_ABSENT;
        heading: u16 = 128, 9, units::HEADING_ABSENT;
        second: u8 = 137, 6, units::SECOND_ABSENT;
        /// Special manoeuvre indicator.
        maneuver: u8 = 143, 2, 0;
        raim: bool = 148, 1, false;
        /// Communication state.
        radio: u32 = 149, 19, 0;
    }
}

impl PositionA {
    #[inline]
    pub fn fix(&self) -> Fix {
        units::fine_fix(self.lon, self.lat)
    }
    #[inline]
    pub fn speed_kn(&self) -> Option<f32> {
        units::speed_kn(self.speed)
    }
    #[inline]
    pub fn course_deg(&self) -> Option<f32> {
        units::course_deg(self.course)
    }
    #[inline]
    pub fn heading_deg(&self) -> Option<u16> {
        units::heading_deg(self.heading)
    }
    #[inline]
    pub fn nav_status(&self) -> Option<u8> {
        (self.status < 15).then_some(self.status)
    }
    /// Degrees a minute, positive to starboard; `None` for -128 and for ±127, which say only "turning".
    pub fn turn_deg_per_min(&self) -> Option<f32> {
        let rate = f32::from(self.turn) / 4.733;
        (-126..=126).contains(&self.turn).then_some(rate * rate.abs())
    }
    #[inline]
    pub(crate) fn in_range(&self) -> bool {
        self.fix() != Fix::OutOfRange
            && self.course <= units::COURSE_ABSENT
            && (self.heading < 360 || self.heading == units::HEADING_ABSENT)
    }
}
