//! Type 15: interrogation of one or two stations (M.1371-5 Annex 8, Message 15).

use super::layout::{Layout, layout};
use crate::bits::Payload;

layout! {
    /// Which message types are asked for; what the payload does not reach is 0.
    Interrogation, 88 bits {
        mmsi1: u32 = 40, 30, 0;
        type1_1: u8 = 70, 6, 0;
        offset1_1: u16 = 76, 12, 0;
        type1_2: u8 = 90, 6, 0;
        offset1_2: u16 = 96, 12, 0;
        mmsi2: u32 = 110, 30, 0;
        type2_1: u8 = 140, 6, 0;
        offset2_1: u16 = 146, 12, 0;
    }
}

impl Interrogation {
    /// The form for one station ends inside the place of the second station's number.
    pub(crate) fn read_whole(payload: &Payload) -> Self {
        let fields = Self::read(payload);
        if payload.len() < 140 { Self { mmsi2: 0, ..fields } } else { fields }
    }
}
