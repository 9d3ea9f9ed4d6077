//! Type 22: channel management, for an area or for two stations.

use super::layout::layout;
use super::units;

layout! {
    ChannelManagement, 168 bits {
        channel_a: u16 = 40, 12, 0;
        channel_b: u16 = 52, 12, 0;
        txrx: u8 = 64, 4, 0;
        power: bool = 68, 1, false;
        /// North-east and south-west corner in 1/10 minute; for two stations see [`Self::stations`].
        ne_lon: i32 = 69, 18, units::LON_COARSE_ABSENT;
        ne_lat: i32 = 87, 17, units::LAT_COARSE_ABSENT;
        sw_lon: i32 = 104, 18, units::LON_COARSE_ABSENT;
        sw_lat: i32 = 122, 17, units::LAT_COARSE_ABSENT;
        addressed: bool = 139, 1, false;
        band_a: bool = 140, 1, false;
        band_b: bool = 141, 1, false;
        zonesize: u8 = 142, 3, 0;
    }
}

impl ChannelManagement {
    /// The two stations meant, whose numbers lie where an area has its corners.
    pub fn stations(&self) -> Option<(u32, u32)> {
        let number = |lon: i32, lat: i32| (((lon & 0x3_ffff) as u32) << 12) | ((lat & 0x1_ffff) as u32 >> 5);
        self.addressed.then(|| (number(self.ne_lon, self.ne_lat), number(self.sw_lon, self.sw_lat)))
    }
}
