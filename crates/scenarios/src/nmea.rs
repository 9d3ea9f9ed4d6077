//! The feed as bytes: VDM sentences behind IEC 61162-450 TAG blocks, in the order in which they arrive, with the
//! faults that real feeds have. Encodes line by line; a day is never held in memory.

use bitacora_ais::messages::{
    BaseStation, Body, Message, PositionA, PositionB, StaticA, StaticB, StaticVoyage,
};
use bitacora_ais::sentence::{checksum, encode_sentences};
use bitacora_ais::text::Text;
use bitacora_primitives::Instant;

use crate::Theatre;
use crate::cast::{Hull, Transponder};
use crate::chart::STATIONS;
use crate::motion::{Activity, State};
use crate::reception::{Heard, What, receiver_name};
use crate::rng::{mix, unit};

/// Why a line is not as it should be. Planned, so that a test can tell a planned fault from a mistake.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A character of the payload was changed after the checksum was made.
    Garbled,
    /// The line breaks off.
    CutShort,
}

/// One line of the feed.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    pub arrives: Instant,
    pub text: String,
    pub heard: Heard,
    pub fault: Option<Fault>,
}

/// One line in so many is garbled, and as many again are cut short.
const FAULT_SHARE: f64 = 0.0008;
/// The second fragment of a message lets another receiver's line go first now and then.
const INTERLEAVED_SHARE: f64 = 0.25;

/// All lines of the theatre in order of time.
pub fn lines(theatre: &Theatre) -> Lines<'_> {
    Lines { theatre, next: 0, ready: Vec::new(), held: None }
}

#[derive(Debug)]
pub struct Lines<'a> {
    theatre: &'a Theatre,
    next: usize,
    /// Made and not yet given, last first.
    ready: Vec<Line>,
    /// A second fragment that waits for one other line.
    held: Option<Line>,
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        if let Some(line) = self.ready.pop() {
            return Some(line);
        }
        let Some(&heard) = self.theatre.heard.get(self.next) else { return self.held.take() };
        let number = self.next as u64;
        self.next += 1;
        let mut made = self.make(heard, number);
        if let Some(mut held) = self.held.take() {
            held.arrives = self.theatre.start + bitacora_primitives::Duration::from_secs(i64::from(heard.t));
            made.insert(1.min(made.len()), held);
        } else if made.len() == 2 && self.chance(number, 3) < INTERLEAVED_SHARE {
            self.held = made.pop();
        }
        made.reverse();
        self.ready = made;
        match self.ready.pop() {
            Some(line) => Some(line),
            None => self.next(),
        }
    }
}

impl Lines<'_> {
    fn chance(&self, number: u64, purpose: u64) -> f64 {
        unit(mix(self.theatre.seed, 0xFA17 + purpose, number))
    }

    fn make(&self, heard: Heard, number: u64) -> Vec<Line> {
        let arrives = self.theatre.start + bitacora_primitives::Duration::from_secs(i64::from(heard.t));
        let channel = if mix(self.theatre.seed, u64::from(heard.hull), u64::from(heard.t)) & 1 == 0 {
            'A'
        } else {
            'B'
        };
        let sentences = match heard.what {
            What::Clock => vec![clock(arrives)],
            _ => self.message(heard, arrives).map_or_else(Vec::new, |message| {
                let talker = if heard.what == What::BaseReport { "ABVDM" } else { "AIVDM" };
                // A value that does not fit its field cannot come from the cast; such a message would be left out.
                encode_sentences(&message, talker, channel, (number % 10) as u8).unwrap_or_default()
            }),
        };
        let count = sentences.len();
        let source = receiver_name(heard.receiver);
        let second = arrives.secs();
        let mut lines = Vec::with_capacity(count);
        for (i, sentence) in sentences.into_iter().enumerate() {
            let tag = match (count, i) {
                (1, _) => format!("s:{source},c:{second}"),
                (_, 0) => format!("g:1-{count}-{},s:{source},c:{second}", number % 9000 + 1000),
                _ => format!("g:{}-{count}-{}", i + 1, number % 9000 + 1000),
            };
            let whole = format!("\\{tag}*{:02X}\\{sentence}", checksum(tag.as_bytes()));
            let (text, fault) = self.damage(whole, number, heard.what);
            lines.push(Line { arrives, text, heard, fault });
        }
        lines
    }

    fn damage(&self, text: String, number: u64, what: What) -> (String, Option<Fault>) {
        if what != What::Position {
            return (text, None);
        }
        let chance = self.chance(number, 1);
        if chance >= 2.0 * FAULT_SHARE {
            return (text, None);
        }
        // The payload's last characters stand before ",0*hh".
        let at = text.len().saturating_sub(12);
        if chance < FAULT_SHARE {
            let garbled = text.char_indices().map(|(i, c)| match c {
                '0' if i == at => '1',
                _ if i == at => '0',
                _ => c,
            });
            (garbled.collect(), Some(Fault::Garbled))
        } else {
            (text.chars().take(at).collect(), Some(Fault::CutShort))
        }
    }

    fn message(&self, heard: Heard, arrives: Instant) -> Option<Message> {
        let index = usize::from(heard.hull);
        if heard.what == What::BaseReport {
            return base_report(index, arrives);
        }
        let hull = self.theatre.hulls.get(index)?;
        let mmsi = hull.identity.mmsi.number();
        let sent = heard.t - u32::from(heard.late);
        let body = match (heard.what, hull.transponder) {
            (What::Position, _) => {
                let state = hull.transmitted(f64::from(sent))?;
                let second = (self.theatre.start.secs() + i64::from(sent)).rem_euclid(60) as u8;
                let noise = mix(self.theatre.seed, 0x5EA ^ (u64::from(heard.hull) << 16), u64::from(sent));
                return Some(position(hull, mmsi, &state, second, noise));
            }
            (What::StaticB, _) => Body::StaticB(static_b(hull)),
            (_, Transponder::ClassB) => {
                Body::StaticA(StaticA { shipname: Text::of(&hull.identity.name), ..StaticA::NOT_AVAILABLE })
            }
            (_, Transponder::ClassA) => Body::StaticVoyage(static_voyage(hull)),
        };
        let message_type = if matches!(body, Body::StaticVoyage(_)) { 5 } else { 24 };
        Some(Message::new(message_type, mmsi, body))
    }
}

/// Degrees to 1/10000 minute.
fn raw_minutes(degrees: f64) -> i32 {
    libm::round(degrees * 600_000.0) as i32
}

fn position(hull: &Hull, mmsi: u32, state: &State, second: u8, noise: u64) -> Message {
    let lon = raw_minutes(state.point.lon);
    let lat = raw_minutes(state.point.lat);
    let resting = matches!(state.activity, Activity::Anchored | Activity::Moored);
    // Speed and course waver as a log's do: a few tenths of a knot, a degree or two.
    let (a, b) = (unit(noise) - 0.5, unit(mix(noise, 1, 1)) - 0.5);
    let kn = if resting { unit(noise) * 0.2 } else { (state.sog_kn + a * 0.4).max(0.0) };
    let speed = libm::round(kn * 10.0) as u16;
    let steered = state.cog_deg + if resting { b * 360.0 } else { b * 3.0 };
    let course = libm::round(libm::fmod(steered + 720.0, 360.0) * 10.0) as u16 % 3600;
    let heading = libm::round(libm::fmod(state.cog_deg + a * 2.0 + 720.0, 360.0)) as u16 % 360;
    match hull.transponder {
        Transponder::ClassA => {
            let report = PositionA {
                status: state.activity.nav_status(),
                turn: 0,
                speed,
                accuracy: true,
                lon,
                lat,
                course,
                heading,
                second,
                ..PositionA::NOT_AVAILABLE
            };
            Message::new(1, mmsi, Body::PositionA(report))
        }
        Transponder::ClassB => {
            // Most class B sets have no compass: heading stays not available.
            let report = PositionB { speed, lon, lat, course, second, ..PositionB::NOT_AVAILABLE };
            Message::new(18, mmsi, Body::PositionB(report))
        }
    }
}

fn size(hull: &Hull) -> (u16, u16, u8, u8) {
    let bow = hull.length_m * 3 / 4;
    let port = hull.beam_m / 2;
    (bow, hull.length_m - bow, port as u8, (hull.beam_m - port) as u8)
}

fn static_voyage(hull: &Hull) -> StaticVoyage {
    let (to_bow, to_stern, to_port, to_starboard) = size(hull);
    StaticVoyage {
        imo: hull.identity.imo,
        callsign: Text::of(&hull.identity.call_sign),
        shipname: Text::of(&hull.identity.name),
        shiptype: hull.ship_type(),
        to_bow,
        to_stern,
        to_port,
        to_starboard,
        epfd: 1,
        draught: hull.draught_dm,
        destination: Text::of(hull.destination),
        dte: false,
        ..StaticVoyage::NOT_AVAILABLE
    }
}

fn static_b(hull: &Hull) -> StaticB {
    let (to_bow, to_stern, to_port, to_starboard) = size(hull);
    StaticB {
        shiptype: hull.ship_type(),
        callsign: Text::of(&hull.identity.call_sign),
        to_bow,
        to_stern,
        to_port,
        to_starboard,
        ..StaticB::NOT_AVAILABLE
    }
}

/// Number of a coast station: 00, three digits of an unallocated country, four of the station (M.585-9, annex 1).
pub const fn station_mmsi(station: usize) -> u32 {
    7_880_001 + station as u32
}

fn base_report(station: usize, now: Instant) -> Option<Message> {
    let place = STATIONS.get(station)?.antenna;
    let (year, month, day) = civil(now.day());
    let second = now.secs().rem_euclid(86_400) as u32;
    let report = BaseStation {
        year: year as u16,
        month,
        day,
        hour: (second / 3600) as u8,
        minute: (second / 60 % 60) as u8,
        second: (second % 60) as u8,
        accuracy: true,
        lon: raw_minutes(place.lon),
        lat: raw_minutes(place.lat),
        epfd: 7,
        ..BaseStation::NOT_AVAILABLE
    };
    Some(Message::new(4, station_mmsi(station), Body::BaseStation(report)))
}

/// The station's clock as ZDA (IEC 61162-1, 8.3.106): a good sentence that is not AIS.
fn clock(now: Instant) -> String {
    let (year, month, day) = civil(now.day());
    let second = now.secs().rem_euclid(86_400);
    let (h, m, s) = (second / 3600, second / 60 % 60, second % 60);
    let body = format!("GPZDA,{h:02}{m:02}{s:02}.00,{day:02},{month:02},{year:04},00,00");
    format!("${body}*{:02X}", checksum(body.as_bytes()))
}

/// Year, month and day of a count of days since 1970 (Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: i64) -> (i64, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month as u8, day as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_sentence_reads_as_the_standard_has_it() {
        let line = clock(Instant::parse("2026-11-21T16:00:09Z").unwrap());
        assert!(line.starts_with("$GPZDA,160009.00,21,11,2026,00,00*"), "{line}");
        assert_eq!(civil(-1), (1969, 12, 31));
        assert_eq!(civil(19_782), (2024, 2, 29));
    }
}
