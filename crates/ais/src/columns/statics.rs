//! The table of static reports: types 5, 19, 21 and 24, one row a message, and of type 24 one row a part.

use super::Head;
use super::positions::table;
use crate::messages::{AidToNavigation, ExtendedB, StaticA, StaticB, StaticVoyage};
use crate::text::Text;

table! {
    /// As transmitted; text with every `@` and blank, 64 characters of M.1371's table. A value that `has` does not name is
    /// not available, or not in this type.
    Statics, Row {
        /// Row of the message in the table of all messages.
        row: u32,
        message_type: u8,
        /// Type 24: 0 is part A, 1 is part B.
        part: u8,
        mmsi: u32,
        imo: u32,
        callsign: [u8; 7],
        name: [u8; 20],
        /// Type 21: what follows the first 20 characters, part of the name only when those are all in use.
        extension: [u8; 14],
        /// Type of ship and cargo; type 21: type of aid.
        kind: u8,
        to_bow: u16,
        to_stern: u16,
        to_port: u8,
        to_starboard: u8,
        epfd: u8,
        /// Estimated time of arrival.
        month: u8,
        day: u8,
        hour: u8,
        minute: u8,
        /// 1/10 metre.
        draught: u8,
        destination: [u8; 20],
        ais_version: u8,
        dte: u8,
        vendor: [u8; 3],
        model: u8,
        serial: u32,
        /// Type 24 part B of a craft numbered 98: its parent ship, sent in place of the dimensions.
        mothership: u32,
        /// Which of the values are available: see [`Statics`]'s constants.
        has: u16,
    }
}

const NOTHING: Row = Row {
    row: 0,
    message_type: 0,
    part: 0,
    mmsi: 0,
    imo: 0,
    callsign: *Text::<7>::BLANK.raw(),
    name: *Text::<20>::BLANK.raw(),
    extension: *Text::<14>::BLANK.raw(),
    kind: 0,
    to_bow: 0,
    to_stern: 0,
    to_port: 0,
    to_starboard: 0,
    epfd: 0,
    month: 0,
    day: 0,
    hour: 24,
    minute: 60,
    draught: 0,
    destination: *Text::<20>::BLANK.raw(),
    ais_version: 0,
    dte: 1,
    vendor: *Text::<3>::BLANK.raw(),
    model: 0,
    serial: 0,
    mothership: 0,
    has: 0,
};

const fn bit(set: bool, flag: u16) -> u16 {
    (set as u16) * flag
}

impl Statics {
    /// A ship number; official numbers of flag states are none.
    pub const IMO: u16 = 1;
    pub const CALLSIGN: u16 = 1 << 1;
    pub const NAME: u16 = 1 << 2;
    pub const KIND: u16 = 1 << 3;
    /// At least one of the four dimensions is not 0.
    pub const SIZE: u16 = 1 << 4;
    pub const MONTH: u16 = 1 << 5;
    pub const DAY: u16 = 1 << 6;
    pub const HOUR: u16 = 1 << 7;
    pub const MINUTE: u16 = 1 << 8;
    pub const DRAUGHT: u16 = 1 << 9;
    pub const DESTINATION: u16 = 1 << 10;
    pub const VENDOR: u16 = 1 << 11;
    pub const MOTHERSHIP: u16 = 1 << 12;

    pub(super) fn voyage(&mut self, row: u32, head: Head, m: &StaticVoyage) {
        self.put(Row {
            row,
            message_type: head.message_type,
            mmsi: head.mmsi,
            imo: m.imo,
            callsign: *m.callsign.raw(),
            name: *m.shipname.raw(),
            kind: m.shiptype,
            to_bow: m.to_bow,
            to_stern: m.to_stern,
            to_port: m.to_port,
            to_starboard: m.to_starboard,
            epfd: m.epfd,
            month: m.month,
            day: m.day,
            hour: m.hour,
            minute: m.minute,
            draught: m.draught,
            destination: *m.destination.raw(),
            ais_version: m.ais_version,
            dte: u8::from(m.dte),
            has: bit(m.imo_number().is_some(), Self::IMO)
                | bit(m.callsign.get().is_some(), Self::CALLSIGN)
                | bit(m.shipname.get().is_some(), Self::NAME)
                | bit(m.shiptype > 0, Self::KIND)
                | bit(m.size_m() != (None, None), Self::SIZE)
                | bit((1..=12).contains(&m.month), Self::MONTH)
                | bit(m.day > 0, Self::DAY)
                | bit(m.hour < 24, Self::HOUR)
                | bit(m.minute < 60, Self::MINUTE)
                | bit(m.draught > 0, Self::DRAUGHT)
                | bit(m.destination.get().is_some(), Self::DESTINATION),
            ..NOTHING
        });
    }

    pub(super) fn extended_b(&mut self, row: u32, head: Head, m: &ExtendedB) {
        self.put(Row {
            row,
            message_type: head.message_type,
            mmsi: head.mmsi,
            name: *m.shipname.raw(),
            kind: m.shiptype,
            to_bow: m.to_bow,
            to_stern: m.to_stern,
            to_port: m.to_port,
            to_starboard: m.to_starboard,
            epfd: m.epfd,
            dte: u8::from(m.dte),
            has: bit(m.shipname.get().is_some(), Self::NAME)
                | bit(m.shiptype > 0, Self::KIND)
                | bit(m.size_m() != (None, None), Self::SIZE),
            ..NOTHING
        });
    }

    pub(super) fn aid(&mut self, row: u32, head: Head, m: &AidToNavigation, extension: &Text<14>) {
        self.put(Row {
            row,
            message_type: head.message_type,
            mmsi: head.mmsi,
            name: *m.name.raw(),
            extension: *extension.raw(),
            kind: m.aid_type,
            to_bow: m.to_bow,
            to_stern: m.to_stern,
            to_port: m.to_port,
            to_starboard: m.to_starboard,
            epfd: m.epfd,
            has: bit(m.name.get().is_some(), Self::NAME)
                | bit(m.aid_type > 0, Self::KIND)
                | bit(m.size_m() != (None, None), Self::SIZE),
            ..NOTHING
        });
    }

    pub(super) fn part_a(&mut self, row: u32, head: Head, m: &StaticA) {
        self.put(Row {
            row,
            message_type: head.message_type,
            mmsi: head.mmsi,
            name: *m.shipname.raw(),
            has: bit(m.shipname.get().is_some(), Self::NAME),
            ..NOTHING
        });
    }

    pub(super) fn part_b(&mut self, row: u32, head: Head, m: &StaticB) {
        let mothership = m.mothership_mmsi(head.mmsi);
        self.put(Row {
            row,
            message_type: head.message_type,
            part: 1,
            mmsi: head.mmsi,
            callsign: *m.callsign.raw(),
            kind: m.shiptype,
            to_bow: m.to_bow,
            to_stern: m.to_stern,
            to_port: m.to_port,
            to_starboard: m.to_starboard,
            epfd: m.epfd,
            vendor: *m.vendorid.raw(),
            model: m.model,
            serial: m.serial,
            mothership: mothership.unwrap_or(0),
            has: bit(m.callsign.get().is_some(), Self::CALLSIGN)
                | bit(m.shiptype > 0, Self::KIND)
                | bit(m.size_m(head.mmsi) != (None, None), Self::SIZE)
                | bit(m.vendorid.get().is_some(), Self::VENDOR)
                | bit(mothership.is_some(), Self::MOTHERSHIP),
            ..NOTHING
        });
    }
}
