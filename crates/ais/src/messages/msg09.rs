//! Type 9: position report of a search and rescue aircraft (M.1371-5 Annex 8, Message 9).

use super::layout::layout;
use super::units::{self, Fix};

layout! {
    /// Position, height and speed of an aircraft.
    SarAircraft, 168 bits {
        /// Metres; 4095 not available, 4094 that or more.
        alt: u16 = 38, 12, 4095;
        /// Whole knots; 1023 not available, 1022 that or more.
        speed: u16 = 50, 10, units::SPEED_ABSENT;
        accuracy: bool = 60, 1, false;
        lon: i32 = 61, 28, units::LON_ABSENT;
        lat: i32 = 89, 27, units::LAT_ABSENT;
        course: u16 = 116, 12, units::COURSE_ABSENT;
        second: u8 = 128, 6, units::SECOND_ABSENT;
        regional: u8 = 134, 8, 0;
        dte: bool = 142, 1, true;
        assigned: bool = 146, 1, false;
        raim: bool = 147, 1, false;
        radio: u32 = 148, 20, 0;
    }
}

impl SarAircraft {
    #[inline]
    pub fn fix(&self) -> Fix {
        units::fine_fix(self.lon, self.lat)
    }
    #[inline]
    pub fn speed_kn(&self) -> Option<f32> {
        (self.speed < units::SPEED_ABSENT).then(|| f32::from(self.speed))
    }
    #[inline]
    pub fn course_deg(&self) -> Option<f32> {
        units::course_deg(self.course)
    }
    pub fn altitude_m(&self) -> Option<u16> {
        (self.alt < 4095).then_some(self.alt)
    }
    #[inline]
    pub(crate) fn in_range(&self) -> bool {
        self.fix() != Fix::OutOfRange && self.course <= units::COURSE_ABSENT
    }
}
