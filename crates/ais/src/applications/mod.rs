//! What binary messages (types 6, 8, 25, 26) carry: the applications that are known by area code and function. One
//! table per application gives reading, writing, names, units and allowed values. Keeps nothing, guesses nothing: an
//! unknown pair stays bits.

mod aids;
mod areas;
mod environment;
mod error;
mod functions;
mod inland;
mod layout;
mod read;
mod record;
mod routes;
mod seaway;
mod targets;
mod voyage;
mod weather;

pub use error::WriteError;
pub use layout::{Application, Field, Item, Meaning, Scaled};
pub use read::Visitor;
pub use record::{Bits, Record, Value};

use crate::bits::Span;
use crate::messages::{Body, Message};

/// To whom a pair is defined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum To {
    One,
    All,
    Any,
}

/// Every application, with the kind of message that carries it. Pairs are assigned for addressed and broadcast
/// messages apart; where a definition leaves it open, or stations use both, it is `Any`.
pub static ALL: &[(To, &Application)] = &[
    (To::One, &aids::LANTERN),
    (To::Any, &functions::TEXT),
    (To::One, &functions::ACKNOWLEDGE_OLD),
    (To::One, &functions::INTERROGATION),
    (To::One, &functions::CAPABILITY),
    (To::One, &functions::CAPABILITY_REPLY),
    (To::One, &functions::ACKNOWLEDGE),
    (To::All, &weather::MET_HYDRO_236),
    (To::One, &voyage::DANGEROUS_OLD),
    (To::All, &voyage::FAIRWAY_CLOSED),
    (To::One, &voyage::TIDAL_OLD),
    (To::All, &voyage::HEIGHT_OLD),
    (To::Any, &voyage::PERSONS),
    (To::Any, &targets::VTS_TARGETS),
    (To::All, &targets::SYNTHETIC_TARGETS),
    (To::One, &voyage::CLEARANCE),
    (To::All, &targets::TRAFFIC_SIGNAL),
    (To::Any, &voyage::BERTHING),
    (To::All, &weather::SHIP_WEATHER),
    (To::All, &areas::NOTICE),
    (To::One, &areas::NOTICE_TO),
    (To::All, &voyage::EXTENDED),
    (To::One, &voyage::DANGEROUS),
    (To::All, &environment::ENVIRONMENT),
    (To::All, &routes::ROUTE_ALL),
    (To::One, &routes::ROUTE_TO),
    (To::All, &functions::DESCRIPTION),
    (To::One, &functions::DESCRIPTION_TO),
    (To::All, &weather::MET_HYDRO),
    (To::One, &voyage::TIDAL),
    (To::Any, &functions::PERSONS_OLD),
    (To::All, &inland::SHIP),
    (To::Any, &inland::ARRIVAL),
    (To::Any, &inland::ARRIVAL_GRANTED),
    (To::All, &inland::WARNING),
    (To::All, &inland::WATER_LEVELS),
    (To::All, &inland::SIGNAL),
    (To::Any, &inland::PERSONS),
    (To::Any, &aids::MONITORING_235),
    (To::Any, &aids::MONITORING_250),
    (To::Any, &seaway::HYDRO_316),
    (To::Any, &seaway::LOCKS_316),
    (To::Any, &seaway::VERSION_316),
    (To::Any, &seaway::HYDRO_366),
    (To::Any, &seaway::LOCKS_366),
    (To::Any, &seaway::VERSION_366),
    (To::All, &areas::NOTICE_366),
    (To::All, &environment::ENVIRONMENT_366),
    (To::All, &areas::NOTICE_367),
    (To::All, &weather::SATELLITE_WEATHER),
    (To::All, &weather::SATELLITE_WEATHER_SMALL),
    (To::All, &weather::SATELLITE_WEATHER_TINY),
    (To::All, &environment::ENVIRONMENT_367),
];

/// The application of a pair. `bits` is the length of the data: FI 16 of DAC 1 is persons on board, or, in whole
/// records of 120 bits, VTS targets.
pub fn find(addressed: bool, dac: u16, fid: u8, bits: usize) -> Option<&'static Application> {
    if (dac, fid) == (1, 16) {
        let targets = bits >= 120 && bits % 120 < 8;
        return Some(if targets { &targets::VTS_TARGETS } else { &voyage::PERSONS });
    }
    let fits = |to: To| match to {
        To::One => addressed,
        To::All => !addressed,
        To::Any => true,
    };
    ALL.iter().find(|(to, a)| (a.dac, a.fid) == (dac, fid) && fits(*to)).map(|(_, application)| *application)
}

/// The application of a message, where it carries one that is known, and where its data lie.
pub fn of(message: &Message) -> Option<(&'static Application, Span)> {
    let (addressed, dac, fid, data) = match &message.body {
        Body::AddressedBinary(header, data) => (true, header.dac, header.fid, *data),
        Body::BroadcastBinary(header, data) => (false, header.dac, header.fid, *data),
        Body::SlotBinary(header, data) => (header.addressed, header.dac?, header.fid?, *data),
        _ => return None,
    };
    find(addressed, dac, fid, usize::from(data.len)).map(|application| (application, data))
}
