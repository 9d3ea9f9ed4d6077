//! Type 10: UTC and date inquiry (Table 58).

use super::layout::layout;

layout! {
    UtcInquiry, 72 bits {
        dest_mmsi: u32 = 40, 30, 0;
    }
}
