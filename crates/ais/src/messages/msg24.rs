//! Type 24: static data of class B, sent as two parts on their own (M.1371-5 Annex 8, Message 24).

use super::layout::layout;
use super::units;
use crate::text::Text;

layout! {
    /// Part A: the name. 160 bits in the standard; 168 with spare bits is as common.
    StaticA, 160 bits {
        partno: u8 = 38, 2, 0;
        shipname: Text<20> = 40, 120, Text::BLANK;
    }
}

layout! {
    /// Part B: type, vendor, call sign and size.
    StaticB, 168 bits {
        partno: u8 = 38, 2, 1;
        shiptype: u8 = 40, 8, 0;
        vendorid: Text<3> = 48, 18, Text::BLANK;
        model: u8 = 66, 4, 0;
        serial: u32 = 70, 20, 0;
        callsign: Text<7> = 90, 42, Text::BLANK;
        to_bow: u16 = 132, 9, 0;
        to_stern: u16 = 141, 9, 0;
        to_port: u8 = 150, 6, 0;
        to_starboard: u8 = 156, 6, 0;
        epfd: u8 = 162, 4, 0;
    }
}

impl StaticB {
    pub fn ship_type(&self) -> Option<u8> {
        (self.shiptype > 0).then_some(self.shiptype)
    }
    /// Length and beam; nothing for a craft of a parent ship, whose bits hold the parent's MMSI.
    pub fn size_m(&self, mmsi: u32) -> (Option<u16>, Option<u16>) {
        if self.mothership_mmsi(mmsi).is_some() {
            return (None, None);
        }
        units::size_m(self.to_bow, self.to_stern, self.to_port, self.to_starboard)
    }
    /// MMSI of the parent ship, which a craft numbered 98 sends instead of its size (Annex 8, Message 24 part B).
    pub fn mothership_mmsi(&self, mmsi: u32) -> Option<u32> {
        (980_000_000..=989_999_999).contains(&mmsi).then(|| {
            (u32::from(self.to_bow) << 21)
                | (u32::from(self.to_stern) << 12)
                | (u32::from(self.to_port) << 6)
                | u32::from(self.to_starboard)
        })
    }
}
