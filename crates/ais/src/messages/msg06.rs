//! Types 6 and 8: binary messages, addressed and broadcast (M.1371-5 Annex 8, Messages 6 and 8). The
//! application data stay bits.

use super::layout::layout;

layout! {
    /// Type 6: to one station.
    AddressedBinary, 88 bits {
        seqno: u8 = 38, 2, 0;
        dest_mmsi: u32 = 40, 30, 0;
        retransmit: bool = 70, 1, false;
        /// Designated area code: who defines the function.
        dac: u16 = 72, 10, 0;
        /// Function identifier.
        fid: u8 = 82, 6, 0;
    }
}

layout! {
    /// Type 8: to all.
    BroadcastBinary, 56 bits {
        dac: u16 = 40, 10, 0;
        fid: u8 = 50, 6, 0;
    }
}
