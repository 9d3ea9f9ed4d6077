//! Type 21: report of an aid to navigation (M.1371-5 Annex 8, Message 21). 272 bits, and up to 88 more for a
//! long name.

use super::layout::layout;
use super::units::{self, Fix};
use crate::bits::{Field, Payload};
use crate::text::Text;

layout! {
    /// A buoy, beacon or light, real or virtual.
    AidToNavigation, 272 bits {
        aid_type: u8 = 38, 5, 0;
        /// The first 20 characters; see [`AidToNavigation::full_name`] for all.
        name: Text<20> = 43, 120, Text::BLANK;
        accuracy: bool = 163, 1, false;
        lon: i32 = 164, 28, units::LON_ABSENT;
        lat: i32 = 192, 27, units::LAT_ABSENT;
        to_bow: u16 = 219, 9, 0;
        to_stern: u16 = 228, 9, 0;
        to_port: u8 = 237, 6, 0;
        to_starboard: u8 = 243, 6, 0;
        epfd: u8 = 249, 4, 0;
        second: u8 = 253, 6, units::SECOND_ABSENT;
        off_position: bool = 259, 1, false;
        regional: u8 = 260, 8, 0;
        raim: bool = 268, 1, false;
        virtual_aid: bool = 269, 1, false;
        assigned: bool = 270, 1, false;
    }
}

/// Where the name goes on.
pub(crate) const EXTENSION_START: usize = 272;
pub(crate) const EXTENSION_BITS: usize = 88;

/// The characters of the extension that lie wholly inside the payload.
pub(crate) fn read_extension(payload: &Payload) -> Text<14> {
    let there = payload.len().saturating_sub(EXTENSION_START).min(EXTENSION_BITS) / 6;
    if there == 0 {
        return Text::BLANK;
    }
    Text::<14>::read(payload, EXTENSION_START, 84).first(there)
}

/// Writes the extension, as many whole characters as it has, and fills up to a whole byte (Message 21, spare).
pub(crate) fn write_extension(text: &Text<14>, payload: &mut Payload) {
    let count = text.as_str().len();
    if count == 0 {
        return;
    }
    let _always_fits = text.first(count).write(payload, EXTENSION_START, 84);
    payload.set_len((EXTENSION_START + 6 * count).next_multiple_of(8));
}

impl AidToNavigation {
    #[inline]
    pub fn fix(&self) -> Fix {
        units::fine_fix(self.lon, self.lat)
    }
    /// The whole name: the extension counts only when the first 20 characters are all in use.
    pub fn full_name(&self, extension: &Text<14>) -> Text<34> {
        let full = !self.name.raw().contains(&b'@');
        Text::join(self.name.raw(), if full { extension.raw() } else { &[] })
    }
    pub fn size_m(&self) -> (Option<u16>, Option<u16>) {
        units::size_m(self.to_bow, self.to_stern, self.to_port, self.to_starboard)
    }
    #[inline]
    pub(crate) fn in_range(&self) -> bool {
        self.fix() != Fix::OutOfRange
    }
}
