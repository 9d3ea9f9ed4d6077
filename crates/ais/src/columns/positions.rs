//! The table of positions: types 1 to 4, 9, 11, 18, 19, 21, 27 and 28, one row a message.

use super::Head;
use crate::messages::{
    AidToNavigation, BaseStation, ExtendedB, Fix, LongRange, PositionA, PositionB, SarAircraft,
    SingleSlotAid, units,
};

macro_rules! table {
    ($(#[$doc:meta])* $name:ident, $row:ident { $( $(#[$field_doc:meta])* $field:ident: $kind:ty, )* }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Debug, Default)]
        pub struct $name { $( $(#[$field_doc])* pub $field: Vec<$kind>, )* }

        /// One row before it is spread over the columns.
        #[derive(Clone, Copy, PartialEq, Debug)]
        pub(super) struct $row { $( $field: $kind, )* }

        impl $name {
            #[inline(always)]
            pub(super) fn put(&mut self, row: $row) {
                $( self.$field.push(row.$field); )*
            }
            pub(super) fn clear(&mut self) {
                $( self.$field.clear(); )*
            }
            /// Room for so many more rows.
            pub fn reserve(&mut self, rows: usize) {
                $( self.$field.reserve(rows); )*
            }
            pub fn len(&self) -> usize {
                self.row.len()
            }
            pub fn is_empty(&self) -> bool {
                self.row.is_empty()
            }
        }
    };
}
pub(super) use table;

table! {
    /// Numbers in the finest unit that any type has, as type 1 sends them: what a coarser type sends is multiplied, which
    /// is exact (27: longitude and latitude by 1000; 9 and 27: speed by 10; 27: course by 10). A value that `has` does not
    /// name is not available, and what was sent in its place is kept, multiplied alike.
    Positions, Row {
        /// Row of the message in the table of all messages.
        row: u32,
        message_type: u8,
        mmsi: u32,
        /// 1/10000 minute.
        lon: i32,
        lat: i32,
        /// 1/10 knot.
        speed: u16,
        /// 1/10 degree.
        course: u16,
        /// Degree.
        heading: u16,
        /// As in type 1: 4.733 times the root of degrees a minute.
        turn: i8,
        status: u8,
        second: u8,
        /// Metres, type 9.
        altitude: u16,
        /// Communication state.
        radio: u32,
        /// Single bits: see [`flag`].
        flags: u16,
        /// Which of the values are available: see [`Positions`]'s constants.
        has: u16,
    }
}

/// The single bits of position reports, in `flags`.
pub mod flag {
    pub const ACCURACY: u16 = 1;
    pub const RAIM: u16 = 1 << 1;
    pub const ASSIGNED: u16 = 1 << 2;
    /// Special manoeuvre indicator of types 1 to 3, two bits.
    pub const MANEUVER: u16 = 3 << 3;
    /// Class B: carrier sense unit, display, DSC, whole band, Message 22.
    pub const CS: u16 = 1 << 5;
    pub const DISPLAY: u16 = 1 << 6;
    pub const DSC: u16 = 1 << 7;
    pub const BAND: u16 = 1 << 8;
    pub const MSG22: u16 = 1 << 9;
    pub const OFF_POSITION: u16 = 1 << 10;
    pub const VIRTUAL_AID: u16 = 1 << 11;
    pub const DTE: u16 = 1 << 12;
    /// Type 27: the position is older than five seconds.
    pub const LATENT: u16 = 1 << 13;
}

table! {
    /// The clocks of types 4 and 11, as transmitted: year 0, hour 24, minute 60 are not available.
    Clocks, Clock {
        row: u32,
        year: u16,
        month: u8,
        day: u8,
        hour: u8,
        minute: u8,
        second: u8,
    }
}

/// `flag` where a bit is set.
#[inline(always)]
const fn bit(set: bool, flag: u16) -> u16 {
    (set as u16) * flag
}

/// A row of a type that leaves everything out.
const NOTHING: Row = Row {
    row: 0,
    message_type: 0,
    mmsi: 0,
    lon: units::LON_ABSENT,
    lat: units::LAT_ABSENT,
    speed: units::SPEED_ABSENT,
    course: units::COURSE_ABSENT,
    heading: units::HEADING_ABSENT,
    turn: -128,
    status: 15,
    second: units::SECOND_ABSENT,
    altitude: 4095,
    radio: 0,
    flags: 0,
    has: 0,
};

/// What nearly all position reports have, in their common units.
#[inline(always)]
fn available(place: Fix, speed: u16, course: u16, heading: u16, second: u8) -> u16 {
    bit(matches!(place, Fix::At { .. }), Positions::PLACE)
        | bit(speed < units::SPEED_ABSENT, Positions::SPEED)
        | bit(course < units::COURSE_ABSENT, Positions::COURSE)
        | bit(heading < 360, Positions::HEADING)
        | bit(second < units::SECOND_ABSENT, Positions::SECOND)
}

impl Positions {
    /// Longitude and latitude, both, within the globe.
    pub const PLACE: u16 = 1;
    pub const SPEED: u16 = 1 << 1;
    pub const COURSE: u16 = 1 << 2;
    pub const HEADING: u16 = 1 << 3;
    /// -127 and 127 say "turning" without a rate and count as available.
    pub const TURN: u16 = 1 << 4;
    pub const STATUS: u16 = 1 << 5;
    /// 61 to 63 say why there is none and count as not available.
    pub const SECOND: u16 = 1 << 6;
    pub const ALTITUDE: u16 = 1 << 7;
    pub const RADIO: u16 = 1 << 8;
}

impl Row {
    #[inline(always)]
    pub(super) fn class_a(row: u32, head: Head, m: &PositionA) -> Self {
        Self {
            row,
            message_type: head.message_type,
            mmsi: head.mmsi,
            lon: m.lon,
            lat: m.lat,
            speed: m.speed,
            course: m.course,
            heading: m.heading,
            turn: m.turn,
            status: m.status,
            second: m.second,
            radio: m.radio,
            flags: bit(m.accuracy, flag::ACCURACY) | bit(m.raim, flag::RAIM) | u16::from(m.maneuver) << 3,
            has: available(m.fix(), m.speed, m.course, m.heading, m.second)
                | bit(m.turn != -128, Positions::TURN)
                | bit(m.status < 15, Positions::STATUS)
                | Positions::RADIO,
            ..NOTHING
        }
    }

    #[inline(always)]
    pub(super) fn class_b(row: u32, head: Head, m: &PositionB) -> Self {
        Self {
            row,
            message_type: head.message_type,
            mmsi: head.mmsi,
            lon: m.lon,
            lat: m.lat,
            speed: m.speed,
            course: m.course,
            heading: m.heading,
            second: m.second,
            radio: m.radio,
            flags: bit(m.accuracy, flag::ACCURACY)
                | bit(m.raim, flag::RAIM)
                | bit(m.assigned, flag::ASSIGNED)
                | bit(m.cs, flag::CS)
                | bit(m.display, flag::DISPLAY)
                | bit(m.dsc, flag::DSC)
                | bit(m.band, flag::BAND)
                | bit(m.msg22, flag::MSG22),
            has: available(m.fix(), m.speed, m.course, m.heading, m.second) | Positions::RADIO,
            ..NOTHING
        }
    }

    #[inline(always)]
    pub(super) fn base_station(row: u32, head: Head, m: &BaseStation) -> Self {
        Self {
            row,
            message_type: head.message_type,
            mmsi: head.mmsi,
            lon: m.lon,
            lat: m.lat,
            second: m.second,
            radio: m.radio,
            flags: bit(m.accuracy, flag::ACCURACY) | bit(m.raim, flag::RAIM),
            has: available(m.fix(), NOTHING.speed, NOTHING.course, NOTHING.heading, m.second)
                | Positions::RADIO,
            ..NOTHING
        }
    }

    pub(super) fn extended_b(row: u32, head: Head, m: &ExtendedB) -> Self {
        Self {
            row,
            message_type: head.message_type,
            mmsi: head.mmsi,
            lon: m.lon,
            lat: m.lat,
            speed: m.speed,
            course: m.course,
            heading: m.heading,
            second: m.second,
            flags: bit(m.accuracy, flag::ACCURACY)
                | bit(m.raim, flag::RAIM)
                | bit(m.assigned, flag::ASSIGNED)
                | bit(m.dte, flag::DTE),
            has: available(m.fix(), m.speed, m.course, m.heading, m.second),
            ..NOTHING
        }
    }

    pub(super) fn aircraft(row: u32, head: Head, m: &SarAircraft) -> Self {
        Self {
            row,
            message_type: head.message_type,
            mmsi: head.mmsi,
            lon: m.lon,
            lat: m.lat,
            speed: m.speed * 10,
            course: m.course,
            second: m.second,
            altitude: m.alt,
            radio: m.radio,
            flags: bit(m.accuracy, flag::ACCURACY)
                | bit(m.raim, flag::RAIM)
                | bit(m.assigned, flag::ASSIGNED)
                | bit(m.dte, flag::DTE),
            has: available(m.fix(), m.speed, m.course, NOTHING.heading, m.second)
                | bit(m.alt < 4095, Positions::ALTITUDE)
                | Positions::RADIO,
            ..NOTHING
        }
    }

    pub(super) fn aid(row: u32, head: Head, m: &AidToNavigation) -> Self {
        Self {
            row,
            message_type: head.message_type,
            mmsi: head.mmsi,
            lon: m.lon,
            lat: m.lat,
            second: m.second,
            flags: bit(m.accuracy, flag::ACCURACY)
                | bit(m.raim, flag::RAIM)
                | bit(m.assigned, flag::ASSIGNED)
                | bit(m.off_position, flag::OFF_POSITION)
                | bit(m.virtual_aid, flag::VIRTUAL_AID),
            has: available(m.fix(), NOTHING.speed, NOTHING.course, NOTHING.heading, m.second),
            ..NOTHING
        }
    }

    pub(super) fn long_range(row: u32, head: Head, m: &LongRange) -> Self {
        Self {
            row,
            message_type: head.message_type,
            mmsi: head.mmsi,
            lon: m.lon * 1000,
            lat: m.lat * 1000,
            speed: u16::from(m.speed) * 10,
            course: m.course * 10,
            status: m.status,
            flags: bit(m.accuracy, flag::ACCURACY) | bit(m.raim, flag::RAIM) | bit(m.gnss, flag::LATENT),
            has: bit(matches!(m.fix(), Fix::At { .. }), Positions::PLACE)
                | bit(m.speed < 63, Positions::SPEED)
                | bit(m.course < 360, Positions::COURSE)
                | bit(m.status < 15, Positions::STATUS),
            ..NOTHING
        }
    }

    pub(super) fn single_slot_aid(row: u32, head: Head, m: &SingleSlotAid) -> Self {
        Self {
            row,
            message_type: head.message_type,
            mmsi: head.mmsi,
            lon: m.lon,
            lat: m.lat,
            second: m.second,
            has: available(m.fix(), NOTHING.speed, NOTHING.course, NOTHING.heading, m.second),
            ..NOTHING
        }
    }
}

impl Positions {
    /// Many rows at once, column by column.
    pub(super) fn extend(&mut self, rows: &[Row]) {
        let Self {
            row,
            message_type,
            mmsi,
            lon,
            lat,
            speed,
            course,
            heading,
            turn,
            status,
            second,
            altitude,
            radio,
            flags,
            has,
        } = self;
        row.extend(rows.iter().map(|from| from.row));
        message_type.extend(rows.iter().map(|from| from.message_type));
        mmsi.extend(rows.iter().map(|from| from.mmsi));
        lon.extend(rows.iter().map(|from| from.lon));
        lat.extend(rows.iter().map(|from| from.lat));
        speed.extend(rows.iter().map(|from| from.speed));
        course.extend(rows.iter().map(|from| from.course));
        heading.extend(rows.iter().map(|from| from.heading));
        turn.extend(rows.iter().map(|from| from.turn));
        status.extend(rows.iter().map(|from| from.status));
        second.extend(rows.iter().map(|from| from.second));
        altitude.extend(rows.iter().map(|from| from.altitude));
        radio.extend(rows.iter().map(|from| from.radio));
        flags.extend(rows.iter().map(|from| from.flags));
        has.extend(rows.iter().map(|from| from.has));
    }
}

impl Clocks {
    #[inline(always)]
    pub(super) fn of(&mut self, row: u32, m: &BaseStation) {
        let BaseStation { year, month, day, hour, minute, second, .. } = *m;
        self.put(Clock { row, year, month, day, hour, minute, second });
    }
}
