//! Type 5: static and voyage related data of class A (M.1371-5 Annex 8, Message 5).

use super::layout::layout;
use super::units;
use crate::text::Text;

layout! {
    /// Who a class A station is and where it goes.
    StaticVoyage, 424 bits {
        ais_version: u8 = 38, 2, 0;
        /// 0 not available; 10000000 and up is an official flag state number.
        imo: u32 = 40, 30, 0;
        callsign: Text<7> = 70, 42, Text::BLANK;
        shipname: Text<20> = 112, 120, Text::BLANK;
        shiptype: u8 = 232, 8, 0;
        to_bow: u16 = 240, 9, 0;
        to_stern: u16 = 249, 9, 0;
        to_port: u8 = 258, 6, 0;
        to_starboard: u8 = 264, 6, 0;
        epfd: u8 = 270, 4, 0;
        /// Estimated time of arrival, UTC.
        month: u8 = 274, 4, 0;
        day: u8 = 278, 5, 0;
        hour: u8 = 283, 5, 24;
        minute: u8 = 288, 6, 60;
        /// 1/10 metre.
        draught: u8 = 294, 8, 0;
        destination: Text<20> = 302, 120, Text::BLANK;
        /// Data terminal not ready.
        dte: bool = 422, 1, true;
    }
}

impl StaticVoyage {
    /// The IMO ship number; official numbers of flag states and 0 are not one.
    pub fn imo_number(&self) -> Option<u32> {
        (1_000_000..=9_999_999).contains(&self.imo).then_some(self.imo)
    }
    pub fn ship_type(&self) -> Option<u8> {
        (self.shiptype > 0).then_some(self.shiptype)
    }
    /// Length and beam.
    pub fn size_m(&self) -> (Option<u16>, Option<u16>) {
        units::size_m(self.to_bow, self.to_stern, self.to_port, self.to_starboard)
    }
    pub fn draught_m(&self) -> Option<f32> {
        (self.draught > 0).then(|| f32::from(self.draught) / 10.0)
    }
    #[inline]
    pub(crate) fn in_range(&self) -> bool {
        self.month <= 12 && self.hour <= 24 && self.minute <= 60
    }
}
