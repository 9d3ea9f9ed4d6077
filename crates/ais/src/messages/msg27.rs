//! Type 27: position report for long-range reception, in 1/10 minute and whole knots (M.1371-5 Annex 8,
//! Message 27).

use super::layout::layout;
use super::units::{self, Fix};

layout! {
    /// Coarse position, as satellites hear it.
    LongRange, 96 bits {
        accuracy: bool = 38, 1, false;
        raim: bool = 39, 1, false;
        status: u8 = 40, 4, 15;
        /// 1/10 minute.
        lon: i32 = 44, 18, units::LON_COARSE_ABSENT;
        lat: i32 = 62, 17, units::LAT_COARSE_ABSENT;
        /// Whole knots, 63 not available.
        speed: u8 = 79, 6, 63;
        /// Whole degrees, 511 not available.
        course: u16 = 85, 9, 511;
        /// Position latency: the fix is older than 5 s, or not from satellite navigation.
        gnss: bool = 94, 1, false;
    }
}

impl LongRange {
    #[inline]
    pub fn fix(&self) -> Fix {
        units::coarse_fix(self.lon, self.lat)
    }
    #[inline]
    pub fn speed_kn(&self) -> Option<f32> {
        (self.speed < 63).then(|| f32::from(self.speed))
    }
    #[inline]
    pub fn course_deg(&self) -> Option<f32> {
        (self.course < 360).then(|| f32::from(self.course))
    }
    #[inline]
    pub fn nav_status(&self) -> Option<u8> {
        (self.status < 15).then_some(self.status)
    }
    #[inline]
    pub(crate) fn in_range(&self) -> bool {
        self.fix() != Fix::OutOfRange && (self.course < 360 || self.course == 511)
    }
}
