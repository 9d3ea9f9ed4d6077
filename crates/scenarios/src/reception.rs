//! Who hears what: shore stations with a range, satellites that pass now and then, a station that fails. Decides for
//! each transmission by which receivers it is heard; never changes what was sent.

use crate::cast::{Cast, Hull, Transponder};
use crate::chart::{SATELLITES, STATIONS};
use crate::motion::Point;
use crate::rng::{mix, unit};

/// One message as one receiver heard it. Twelve bytes, because a day holds most of a million.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Heard {
    /// Second of reception after the start, as the receiver stamps it.
    pub t: u32,
    /// Seconds by which the receiver's stamp is later than the transmission.
    pub late: u8,
    /// Index into the stations, then the satellites.
    pub receiver: u8,
    pub what: What,
    /// Index of the hull; for what a station says itself, of the station.
    pub hull: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum What {
    Position,
    /// Type 5, or type 24 part A.
    Static,
    /// Type 24 part B.
    StaticB,
    /// Type 4 of the station itself.
    BaseReport,
    /// A sentence that is not AIS: the station's clock.
    Clock,
}

/// Messages that reach a station's decoder within sight of the antenna. The rest is lost to garbled slots.
const SHORE_SHARE: f64 = 0.93;
/// A satellite sees thousands of ships at once; few messages survive.
const ORBIT_SHARE: f64 = 0.1;
/// Class B sends with 2 W where class A sends with 12.5 W.
const CLASS_B_SHARE: f64 = 0.75;
/// Near a busy coast a satellite hears nothing but collisions.
const ORBIT_DEAF_NM: f64 = 24.0;
const STATIC_EVERY: u32 = 360;

pub fn heard(cast: &Cast, seed: u64, seconds: u32) -> Vec<Heard> {
    let mut all = Vec::with_capacity(seconds as usize * 9);
    let ears = Ears::new(cast, seed);
    for (index, hull) in cast.hulls.iter().enumerate() {
        let phase = mix(seed, 0x9A5E, index as u64);
        let mut next_static = (phase >> 20) as u32 % STATIC_EVERY;
        let mut t = (phase % 10) as u32;
        while t < seconds {
            let Some(state) = hull.transmitted(f64::from(t)) else {
                t += 10;
                continue;
            };
            // Reception depends on where the antenna truly is, not on where it says it is.
            let place = hull.track.at(f64::from(t)).map_or(state.point, |s| s.point);
            ears.hear(t, index, hull, place, What::Position, &mut all);
            if t >= next_static {
                next_static = t + STATIC_EVERY;
                ears.hear(t, index, hull, place, What::Static, &mut all);
                if hull.transponder == Transponder::ClassB {
                    ears.hear(t, index, hull, place, What::StaticB, &mut all);
                }
            }
            t += hull.interval(&state);
        }
    }
    for station in 0..STATIONS.len() {
        let first = (mix(seed, 0xBA5E, station as u64) % 600) as u32;
        for t in (first..seconds).step_by(600).filter(|&t| !ears.failed(station, t)) {
            for what in [What::BaseReport, What::Clock] {
                all.push(Heard { t, late: 0, receiver: station as u8, what, hull: station as u16 });
            }
        }
    }
    all.retain(|heard| heard.t < seconds);
    all.sort_unstable();
    all
}

struct Ears<'a> {
    cast: &'a Cast,
    seed: u64,
    /// Miles in a degree of longitude at each station.
    east: Vec<f64>,
}

impl<'a> Ears<'a> {
    fn new(cast: &'a Cast, seed: u64) -> Self {
        let east = STATIONS.iter().map(|s| 60.0 * libm::cos(s.antenna.lat.to_radians())).collect();
        Self { cast, seed, east }
    }

    fn failed(&self, station: usize, t: u32) -> bool {
        let t = f64::from(t);
        self.cast.outages.iter().any(|&(failed, from, to)| failed == station && (from..to).contains(&t))
    }

    fn hear(&self, t: u32, index: usize, hull: &Hull, place: Point, what: What, all: &mut Vec<Heard>) {
        let class = if hull.transponder == Transponder::ClassB { CLASS_B_SHARE } else { 1.0 };
        // Static messages are rare and long; a station listens for them as for any other.
        let draw = mix(self.seed, (index as u64) << 3 | what as u64, u64::from(t));
        let mut near_coast = false;
        for (number, station) in STATIONS.iter().enumerate() {
            let north = (place.lat - station.antenna.lat) * 60.0;
            if north.abs() > station.range_nm {
                continue;
            }
            let east = (place.lon - station.antenna.lon) * self.east.get(number).copied().unwrap_or(60.0);
            let nearness = (north * north + east * east) / (station.range_nm * station.range_nm);
            if nearness >= 1.0 {
                continue;
            }
            near_coast |= nearness * station.range_nm * station.range_nm < ORBIT_DEAF_NM * ORBIT_DEAF_NM;
            let chance = SHORE_SHARE * class * (1.0 - nearness * nearness);
            let luck = mix(draw, 0x57A, number as u64);
            if unit(luck) < chance && !self.failed(number, t) {
                let late = (luck & 7 == 0) as u8;
                all.push(Heard {
                    t: t + u32::from(late),
                    late,
                    receiver: number as u8,
                    what,
                    hull: index as u16,
                });
            }
        }
        if near_coast {
            return;
        }
        for (number, &(_, first, period, length)) in SATELLITES.iter().enumerate() {
            let since = libm::fmod(f64::from(t) / 60.0 + period - first, period);
            if since < length && unit(mix(draw, 0x5A7, number as u64)) < ORBIT_SHARE * class {
                let receiver = (STATIONS.len() + number) as u8;
                all.push(Heard { t, late: 0, receiver, what, hull: index as u16 });
            }
        }
    }
}

pub fn receiver_name(receiver: u8) -> &'static str {
    let receiver = usize::from(receiver);
    let station = STATIONS.get(receiver).map(|station| station.name);
    let satellite = || SATELLITES.get(receiver.checked_sub(STATIONS.len())?).map(|satellite| satellite.0);
    station.or_else(satellite).unwrap_or("UNKNOWN")
}
