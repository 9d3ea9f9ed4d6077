//! Types 7 and 13: acknowledgement of one to four messages (M.1371-5 Annex 8, Messages 7 and 13).

use super::layout::layout;

layout! {
    /// Who is answered; a number that the payload does not reach is 0.
    Acknowledge, 72 bits {
        mmsi1: u32 = 40, 30, 0;
        mmsiseq1: u8 = 70, 2, 0;
        mmsi2: u32 = 72, 30, 0;
        mmsiseq2: u8 = 102, 2, 0;
        mmsi3: u32 = 104, 30, 0;
        mmsiseq3: u8 = 134, 2, 0;
        mmsi4: u32 = 136, 30, 0;
        mmsiseq4: u8 = 166, 2, 0;
    }
}
