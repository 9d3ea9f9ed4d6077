//! Type 23: assignment of a group of stations in an area.

use super::layout::layout;
use super::units;

layout! {
    GroupAssignment, 160 bits {
        /// Corners in 1/10 minute.
        ne_lon: i32 = 40, 18, units::LON_COARSE_ABSENT;
        ne_lat: i32 = 58, 17, units::LAT_COARSE_ABSENT;
        sw_lon: i32 = 75, 18, units::LON_COARSE_ABSENT;
        sw_lat: i32 = 93, 17, units::LAT_COARSE_ABSENT;
        stationtype: u8 = 110, 4, 0;
        shiptype: u8 = 114, 8, 0;
        txrx: u8 = 144, 2, 0;
        interval: u8 = 146, 4, 0;
        quiet: u8 = 150, 4, 0;
    }
}
