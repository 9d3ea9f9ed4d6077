//! Types 12 and 14: safety related text, addressed and broadcast (M.1371-5 Annex 8, Messages 12 and 14). The
//! text is what follows.

use super::layout::layout;

layout! {
    /// Type 12: to one station.
    AddressedText, 72 bits {
        seqno: u8 = 38, 2, 0;
        dest_mmsi: u32 = 40, 30, 0;
        retransmit: bool = 70, 1, false;
    }
}
