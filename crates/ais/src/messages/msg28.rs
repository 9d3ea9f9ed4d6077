//! Type 28: aid to navigation in one slot (M.1371-6).

use super::layout::layout;
use super::units::{self, Fix};

layout! {
    SingleSlotAid, 168 bits {
        second: u8 = 38, 6, units::SECOND_ABSENT;
        lon: i32 = 44, 28, units::LON_ABSENT;
        lat: i32 = 72, 27, units::LAT_ABSENT;
        restricted: u8 = 99, 2, 0;
        station_type: u8 = 101, 3, 0;
        aid_type: u8 = 104, 7, 0;
        iala_mrn: u32 = 111, 17, 0;
        dimension: u8 = 128, 4, 0;
        dimensions_a: u16 = 132, 9, 0;
        dimensions_b: u16 = 141, 11, 0;
        dimension_additional_data: bool = 152, 1, false;
        charted_status: bool = 153, 1, false;
        station_status: u8 = 154, 4, 0;
        status_bits: u8 = 158, 8, 0;
        auth: bool = 167, 1, false;
    }
}

impl SingleSlotAid {
    #[inline]
    pub fn fix(&self) -> Fix {
        units::fine_fix(self.lon, self.lat)
    }
    #[inline]
    pub(crate) fn in_range(&self) -> bool {
        self.fix() != Fix::OutOfRange
    }
}
