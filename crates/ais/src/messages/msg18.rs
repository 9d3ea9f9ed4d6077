//! Type 18: standard position report of class B equipment (M.1371-5 Annex 8, Message 18).

use super::layout::layout;
use super::units::{self, Fix};

layout! {
    /// Position, course and speed of a class B station.
    PositionB, 168 bits {
        reserved: u8 = 38, 8, 0;
        speed: u16 = 46, 10, units::SPEED_ABSENT;
        accuracy: bool = 56, 1, false;
        lon: i32 = 57, 28, units::LON_ABSENT;
        lat: i32 = 85, 27, units::LAT_ABSENT;
        course: u16 = 112, 12, units::COURSE_ABSENT;
        heading: u16 = 124, 9, units::HEADING_ABSENT;
        second: u8 = 133, 6, units::SECOND_ABSENT;
        regional: u8 = 139, 2, 0;
        /// Carrier sense unit, otherwise SOTDMA.
        cs: bool = 141, 1, true;
        display: bool = 142, 1, false;
        dsc: bool = 143, 1, false;
        band: bool = 144, 1, false;
        msg22: bool = 145, 1, false;
        assigned: bool = 146, 1, false;
        raim: bool = 147, 1, false;
        radio: u32 = 148, 20, 0;
    }
}

impl PositionB {
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
    pub(crate) fn in_range(&self) -> bool {
        self.fix() != Fix::OutOfRange
            && self.course <= units::COURSE_ABSENT
            && (self.heading < 360 || self.heading == units::HEADING_ABSENT)
    }
}
