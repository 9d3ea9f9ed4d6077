//! Type 16: assignment of slots to one or two stations (M.1371-5 Annex 8, Message 16).

use super::layout::{Layout, layout};
use crate::bits::Payload;

layout! {
    Assignment, 96 bits {
        mmsi1: u32 = 40, 30, 0;
        offset1: u16 = 70, 12, 0;
        increment1: u16 = 82, 10, 0;
        mmsi2: u32 = 92, 30, 0;
        offset2: u16 = 122, 12, 0;
        increment2: u16 = 134, 10, 0;
    }
}

impl Assignment {
    /// The form for one station fills up with spare bits inside the place of the second station's number.
    pub(crate) fn read_whole(payload: &Payload) -> Self {
        let fields = Self::read(payload);
        if payload.len() < 122 { Self { mmsi2: 0, ..fields } } else { fields }
    }
}
