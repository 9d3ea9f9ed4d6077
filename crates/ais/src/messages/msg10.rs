//! Type 10: UTC and date inquiry (M.1371-5 Annex 8, Message 10).

use super::layout::layout;

layout! {
    UtcInquiry, 72 bits {
        dest_mmsi: u32 = 40, 30, 0;
    }
}
