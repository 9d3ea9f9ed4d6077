//! Fishing fleets: slow zigzags, drifting, boats that come together to talk or to share bait. Innocent throughout.

use super::{BEFORE, Cast, Trade, Transponder};
use crate::chart::GROUNDS;
use crate::motion::{Activity, Point, Track};
use crate::rng::Rng;

/// A meeting of two boats lasts this long, seconds.
const MEETING: f64 = 50.0 * 60.0;

impl Cast {
    pub(super) fn fish(&mut self) {
        for (number, &(centre, radius, boats)) in GROUNDS.iter().enumerate() {
            let mut rng = self.rng(0xF100 + number as u64);
            let fleet: Vec<usize> =
                (0..self.some(boats)).map(|_| self.put_boat(centre, radius, &mut rng)).collect();
            for pair in fleet.chunks_exact(2).take(self.some(2)) {
                if let [host, guest] = *pair {
                    self.bring_together(host, guest, centre, radius, &mut rng);
                }
            }
        }
    }

    fn put_boat(&mut self, centre: Point, radius: f64, rng: &mut Rng) -> usize {
        // Each boat keeps to its own patch of the ground.
        let (centre, radius) = (somewhere(centre, 0.8 * radius, rng), 0.4 * radius);
        let start = somewhere(centre, radius, rng);
        let mut track = Track::starting(BEFORE - rng.between(0.0, 3600.0), start, Activity::Fishing);
        work(&mut track, centre, radius, self.until(), rng);
        let transponder = if rng.chance(0.35) { Transponder::ClassA } else { Transponder::ClassB };
        self.add(Trade::Fishing, transponder, "FAENA", track)
    }

    /// Draws both boats' day anew with a meeting in it.
    fn bring_together(&mut self, host: usize, guest: usize, centre: Point, radius: f64, rng: &mut Rng) {
        let t = rng.between(0.15, 0.8) * self.scale.seconds();
        let mut hosting = Track::starting(BEFORE, somewhere(centre, radius, rng), Activity::Fishing);
        work(&mut hosting, centre, radius, t, rng);
        let place = hosting.here();
        hosting.go(place.moved(0.2, 0.3), t + MEETING, Activity::Fishing);
        let meeting = hosting.clone();
        work(&mut hosting, centre, radius, self.until(), rng);

        let mut visiting = Track::starting(BEFORE, somewhere(centre, radius, rng), Activity::Fishing);
        // Two radii apart at most: at 6 knots that takes this long.
        work(&mut visiting, centre, radius, t - 2.0 * radius / 6.0 * 3600.0, rng);
        visiting.go(place.moved(0.03, 0.02), t + 60.0, Activity::UnderWay);
        visiting.keep_beside(&meeting, t + MEETING - 120.0, 0.03, 0.02);
        work(&mut visiting, centre, radius, self.until(), rng);
        for (hull, track) in [(host, hosting), (guest, visiting)] {
            if let Some(hull) = self.hulls.get_mut(hull) {
                hull.track = track;
            }
        }
    }
}

fn somewhere(centre: Point, radius: f64, rng: &mut Rng) -> Point {
    let (angle, away) = (rng.between(0.0, 2.0 * std::f64::consts::PI), radius * libm::sqrt(rng.unit()));
    centre.moved(away * libm::cos(angle), away * libm::sin(angle))
}

/// Zigzags and drifts within the ground until a given time.
fn work(track: &mut Track, centre: Point, radius: f64, until: f64, rng: &mut Rng) {
    while track.end() < until - 1.0 {
        let here = track.here();
        let (to, t) = if rng.chance(0.12) {
            let span = rng.between(1.0, 3.5) * 3600.0;
            let miles = rng.between(0.3, 0.9) * span / 3600.0;
            (here.towards(centre, (miles / here.distance_nm(centre).max(miles)).min(1.0)), track.end() + span)
        } else {
            let goal = somewhere(centre, radius, rng);
            let (away, kn) = (here.distance_nm(goal).max(0.01), rng.between(2.4, 4.6));
            let leg = away.min(rng.between(0.8, 2.6));
            (here.towards(goal, leg / away), track.end() + leg / kn * 3600.0)
        };
        let t = t.max(track.end() + 60.0);
        let share = ((until - track.end()) / (t - track.end())).min(1.0);
        track.go(here.towards(to, share), t.min(until), Activity::Fishing);
    }
}
