//! Merchant ships on their lanes, from berth to berth or out of the picture.

use super::{AFTER, BEFORE, Call, Cast, Trade, Transponder};
use crate::chart::{LANES, Lane, PORTS, Port};
use crate::motion::{Activity, Point, Track, at};
use crate::rng::Rng;

/// Speed between pilot ground and berth, knots.
const HARBOUR_SPEED: f64 = 7.0;
/// Berths lie this far apart, so that neighbours at the quay are not within 500 m.
const BERTH_SPACING_NM: f64 = 0.31;

impl Cast {
    pub(super) fn sail_lanes(&mut self) {
        for (number, lane) in LANES.iter().enumerate() {
            let mut rng = self.rng(0x1A00 + number as u64);
            let miles = length(lane.waypoints);
            // Those on the lane at the start, and those that will leave port during the day.
            let later = lane.ships as f64 * self.scale.hours() * 14.0 / miles / 2.0;
            for _ in 0..self.some(lane.ships + later as usize) {
                self.sail_one(lane, miles, &mut rng);
            }
        }
    }

    fn sail_one(&mut self, lane: &Lane, miles: f64, rng: &mut Rng) {
        let reverse = rng.chance(0.5);
        let (from, to) = if reverse { (lane.to, lane.from) } else { (lane.from, lane.to) };
        let trade = if rng.chance(0.35) { Trade::Tanker } else { Trade::Cargo };
        let kn = rng.between(10.5, if trade == Trade::Tanker { 14.0 } else { 19.0 });
        let aside =
            (rng.between(-1.0, 1.0) * lane.width_nm / 1.5, rng.between(-1.0, 1.0) * lane.width_nm / 1.5);
        let mut path: Vec<Point> = lane.waypoints.iter().map(|p| p.moved(aside.0, aside.1)).collect();
        if reverse {
            path.reverse();
        }
        let from_berth = from.and_then(|port| self.berth(port));
        let first = path.first().copied().unwrap_or(at(12.0, -77.0));
        let mut track = match from_berth {
            Some((_, berth)) => Track::starting(0.0, berth, Activity::UnderWay),
            None => Track::starting(0.0, first, Activity::UnderWay),
        };
        let ground_out = from_berth.map(|(port, _)| {
            track.sail(port.pilot_ground, HARBOUR_SPEED);
            track.end()
        });
        for point in path {
            let pace = kn * rng.between(0.97, 1.03);
            track.sail(point, pace);
        }
        let ground_in = to.and_then(|port| self.berth(port)).map(|(port, berth)| {
            track.sail(port.pilot_ground, kn);
            let t = track.end();
            track.sail(berth, HARBOUR_SPEED);
            t
        });
        // Where on its way it is at the start: before the first mile it still lies in port.
        let waiting = if from.is_some() { self.scale.hours() * kn } else { 0.0 };
        // One that sails out of the picture stays on its lane all day, so that it does not seem to fall silent.
        let furthest = if to.is_some() { miles } else { miles - (self.scale.hours() + 4.0) * kn };
        let sailed = rng.between(-waiting, furthest) / kn * 3600.0;
        track.shift(-sailed);
        let until = self.until();
        if from.is_some() {
            track.waiting_since(BEFORE, Activity::Moored);
        }
        if to.is_some() {
            track.stay(until.max(track.end() + AFTER), Activity::Moored);
        }
        let destination = to.and_then(|port| PORTS.get(port)).map_or("ALTA MAR", |port| port.name);
        let hull = self.add(trade, Transponder::ClassA, destination, track);
        let calls = [(from, ground_out, false), (to, ground_in, true)];
        self.calls.extend(
            calls
                .into_iter()
                .filter_map(|(port, t, inbound)| Some(Call { port: port?, hull, t: t? - sailed, inbound })),
        );
    }

    /// The next free berth of a port, on a grid of five abreast.
    pub(super) fn berth(&mut self, port: usize) -> Option<(Port, Point)> {
        let taken = self.berths.get_mut(port)?;
        let (row, column) = (*taken / 5, *taken % 5);
        *taken += 1;
        let port = *PORTS.get(port)?;
        // Rows fill from the berths towards the anchorage, which lies to seaward.
        let seaward = port.berths.course_to(port.anchorage).to_radians();
        let (ahead, abeam) = (row as f64 * BERTH_SPACING_NM, (column as f64 - 2.0) * BERTH_SPACING_NM);
        let north = ahead * libm::cos(seaward) - abeam * libm::sin(seaward);
        let east = ahead * libm::sin(seaward) + abeam * libm::cos(seaward);
        Some((port, port.berths.moved(north, east)))
    }
}

fn length(points: &[Point]) -> f64 {
    points.iter().zip(points.iter().skip(1)).map(|(a, b)| a.distance_nm(*b)).sum()
}
