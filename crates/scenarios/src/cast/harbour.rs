//! Life around a port: ships at anchor, pilots, tugs, bunkering, ferries. All of it innocent, much of it looking odd.

use super::{BEFORE, Call, Cast, Trade, Transponder};
use crate::chart::{FERRIES, LUMBRE, PORTS, Port, QUILLA};
use crate::motion::{Activity, Point, Track};

const PILOT_SPEED: f64 = 16.0;
/// Minutes that a pilot boat stays alongside while the pilot climbs the ladder.
const BOARDING: f64 = 13.0 * 60.0;

impl Cast {
    pub(super) fn fill_harbours(&mut self) {
        for (number, port) in PORTS.iter().enumerate() {
            let anchored = self.anchor_some(number, port);
            self.put_tug(number, port);
            if number == LUMBRE || number == QUILLA {
                self.put_bunker(number, port, &anchored);
            }
        }
        let until = self.until();
        for (number, &(a, b, kn)) in FERRIES.iter().enumerate() {
            let mut rng = self.rng(0xFE00 + number as u64);
            for (here, there) in [(a, b), (b, a)] {
                let mut track = Track::starting(BEFORE - rng.between(0.0, 3600.0), here, Activity::Moored);
                let mut ends = [there, here].into_iter().cycle();
                while track.end() < until {
                    track.stay(track.end() + rng.between(1500.0, 3000.0), Activity::Moored);
                    track.sail(ends.next().unwrap_or(here), kn * rng.between(0.96, 1.04));
                }
                self.add(Trade::Ferry, Transponder::ClassA, "LINEA REGULAR", track);
            }
        }
    }

    /// Ships at anchor, on a ring wide enough that no two are neighbours within 500 m.
    fn anchor_some(&mut self, number: usize, port: &Port) -> Vec<usize> {
        let mut rng = self.rng(0xAC00 + number as u64);
        let turn = rng.between(0.0, 60.0);
        let until = self.until();
        (0..self.some(5))
            .map(|n| {
                let angle = (turn + 60.0 * n as f64).to_radians();
                let spot = port.anchorage.moved(0.75 * libm::cos(angle), 0.75 * libm::sin(angle));
                let trade = if rng.chance(0.5) { Trade::Tanker } else { Trade::Cargo };
                let track = swing(spot, until, rng.between(0.0, 360.0));
                self.add(trade, Transponder::ClassA, port.name, track)
            })
            .collect()
    }

    fn put_tug(&mut self, number: usize, port: &Port) {
        let mut rng = self.rng(0x7600 + number as u64);
        let home = port.berths.moved(-0.1, -0.15);
        let mut track = Track::starting(BEFORE, home, Activity::Moored);
        while track.end() < self.until() {
            track.stay(track.end() + rng.between(1800.0, 7200.0), Activity::Moored);
            let job = port.berths.towards(port.anchorage, rng.between(0.3, 0.7));
            track.sail(job, rng.between(6.0, 9.0));
            track.stay(track.end() + rng.between(900.0, 1800.0), Activity::UnderWay);
            track.sail(home, rng.between(6.0, 9.0));
        }
        self.add(Trade::Tug, Transponder::ClassA, port.name, track);
    }

    /// A bunker barge that goes from one anchored ship to the next, two hours alongside each.
    fn put_bunker(&mut self, number: usize, port: &Port, anchored: &[usize]) {
        let mut rng = self.rng(0xB700 + number as u64);
        let home = port.berths.moved(0.12, 0.2);
        let mut track = Track::starting(BEFORE, home, Activity::Moored);
        let mut customers = anchored.iter().cycle();
        while track.end() < self.until() {
            track.stay(track.end() + rng.between(1800.0, 5400.0), Activity::Moored);
            let beside =
                customers.next().and_then(|&hull| self.hulls.get(hull)).map(|hull| hull.track.clone());
            let Some(there) = beside else { break };
            let spot = there.at(track.end()).map_or(home, |state| state.point).moved(0.02, 0.02);
            track.sail(spot, 5.0);
            let done = track.end() + rng.between(6000.0, 9000.0);
            track.keep_beside(&there, done.min(there.end() - 1.0), 0.02, 0.02);
            track.sail(home, 5.0);
        }
        self.add(Trade::Bunker, Transponder::ClassA, port.name, track);
    }

    /// One boat a port takes each call that it can reach in time.
    pub(super) fn send_pilots(&mut self) {
        for (number, port) in PORTS.iter().enumerate() {
            let mut calls: Vec<Call> =
                self.calls.iter().copied().filter(|call| call.port == number).collect();
            calls.retain(|call| call.t > BEFORE && call.t < self.until());
            calls.sort_by(|a, b| a.t.total_cmp(&b.t));
            let home = port.berths.moved(0.1, -0.3);
            let ride = home.distance_nm(port.pilot_ground) / PILOT_SPEED * 3600.0;
            let mut track = Track::starting(BEFORE - 7200.0, home, Activity::Moored);
            for call in calls {
                let Some(ship) = self.hulls.get(call.hull).map(|hull| hull.track.clone()) else { continue };
                let start = if call.inbound { call.t } else { call.t - BOARDING };
                let Some(meeting) = ship.at(start).map(|state| state.point.moved(0.02, 0.02)) else {
                    continue;
                };
                if start - 1.3 * ride < track.end() || ship.end() < start + BOARDING {
                    continue;
                }
                track.stay(start - home.distance_nm(meeting) / PILOT_SPEED * 3600.0, Activity::Moored);
                track.go(meeting, start, Activity::UnderWay);
                track.keep_beside(&ship, start + BOARDING, 0.02, 0.02);
                track.sail(home, PILOT_SPEED);
            }
            track.stay(self.until(), Activity::Moored);
            self.add(Trade::Pilot, Transponder::ClassA, port.name, track);
        }
    }
}

/// Swings about its anchor: some tens of metres in half an hour.
fn swing(spot: Point, until: f64, phase: f64) -> Track {
    let place = |n: f64| {
        let angle = (phase + 40.0 * libm::sin(n * 0.7)).to_radians();
        spot.moved(0.04 * libm::cos(angle), 0.04 * libm::sin(angle))
    };
    let mut track = Track::starting(BEFORE, place(0.0), Activity::Anchored);
    let mut n = 1.0;
    while track.end() < until {
        track.go(place(n), track.end() + 1800.0, Activity::Anchored);
        n += 1.0;
    }
    track
}
