//! Types 4 and 11: base station report, and the answer of a mobile station to a UTC inquiry (M.1371-5 Annex
//! 8, Messages 4 and 11).

use super::layout::layout;
use super::units::{self, Fix};

layout! {
    /// Time and place of a station.
    BaseStation, 168 bits {
        /// 1-9999, 0 not available.
        year: u16 = 38, 14, 0;
        month: u8 = 52, 4, 0;
        day: u8 = 56, 5, 0;
        /// 24 not available.
        hour: u8 = 61, 5, 24;
        /// 60 not available.
        minute: u8 = 66, 6, 60;
        second: u8 = 72, 6, 60;
        accuracy: bool = 78, 1, false;
        lon: i32 = 79, 28, units::LON_ABSENT;
        lat: i32 = 107, 27, units::LAT_ABSENT;
        epfd: u8 = 134, 4, 0;
        /// Whether class A stations in the station's coverage shall send type 27, which they stop there by default.
        transmission_ctl: bool = 138, 1, false;
        raim: bool = 148, 1, false;
        radio: u32 = 149, 19, 0;
    }
}

impl BaseStation {
    #[inline]
    pub fn fix(&self) -> Fix {
        units::fine_fix(self.lon, self.lat)
    }
    /// Year, month, day, hour, minute, second when all are given and each is in range.
    pub fn utc(&self) -> Option<(u16, u8, u8, u8, u8, u8)> {
        let given = (1..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=31).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60;
        given.then_some((self.year, self.month, self.day, self.hour, self.minute, self.second))
    }
    #[inline]
    pub(crate) fn in_range(&self) -> bool {
        self.fix() != Fix::OutOfRange && self.month <= 12 && self.hour <= 24 && self.minute <= 60
    }
}
