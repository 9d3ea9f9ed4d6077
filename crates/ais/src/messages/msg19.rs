//! Type 19: extended position report of class B equipment (M.1371-5 Annex 8, Message 19).

use super::layout::layout;
use super::units::{self, Fix};
use crate::text::Text;

layout! {
    /// Position and name of a class B station.
    ExtendedB, 312 bits {
        reserved: u8 = 38, 8, 0;
        speed: u16 = 46, 10, units::SPEED_ABSENT;
        accuracy: bool = 56, 1, false;
        lon: i32 = 57, 28, units::LON_ABSENT;
        lat: i32 = 85, 27, units::LAT_ABSENT;
        course: u16 = 112, 12, units::COURSE_ABSENT;
        heading: u16 = 124, 9, units::HEADING_ABSENT;
        second: u8 = 133, 6, units::SECOND_ABSENT;
        regional: u8 = 139, 4, 0;
        shipname: Text<20> = 143, 120, Text::BLANK;
        shiptype: u8 = 263, 8, 0;
        to_bow: u16 = 271, 9, 0;
        to_stern: u16 = 280, 9, 0;
        to_port: u8 = 289, 6, 0;
        to_starboard: u8 = 295, 6, 0;
        epfd: u8 = 301, 4, 0;
        raim: bool = 305, 1, false;
        dte: bool = 306, 1, true;
        assigned: bool = 307, 1, false;
    }
}

impl ExtendedB {
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
    pub fn ship_type(&self) -> Option<u8> {
        (self.shiptype > 0).then_some(self.shiptype)
    }
    /// Length and beam.
    pub fn size_m(&self) -> (Option<u16>, Option<u16>) {
        units::size_m(self.to_bow, self.to_stern, self.to_port, self.to_starboard)
    }
    #[inline]
    pub(crate) fn in_range(&self) -> bool {
        self.fix() != Fix::OutOfRange
            && self.course <= units::COURSE_ABSENT
            && (self.heading < 360 || self.heading == units::HEADING_ABSENT)
    }
}
