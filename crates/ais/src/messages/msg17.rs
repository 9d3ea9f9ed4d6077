//! Type 17: corrections for satellite navigation (M.1371-5 Annex 8, Message 17). The corrections stay bits.

use super::layout::layout;
use super::units;

layout! {
    /// Where the reference station is, in 1/10 minute.
    Corrections, 80 bits {
        lon: i32 = 40, 18, units::LON_COARSE_ABSENT;
        lat: i32 = 58, 17, units::LAT_COARSE_ABSENT;
    }
}
