//! How a hull moves: keyframes joined by straight lines in latitude and longitude, so that where it truly was at any
//! second is one interpolation. Never decides who moves or why.

use bitacora_primitives::Position;
use bitacora_primitives::geodesy::haversine;

/// A point at sea, degrees.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    pub lat: f64,
    pub lon: f64,
}

pub const fn at(lat: f64, lon: f64) -> Point {
    Point { lat, lon }
}

impl Point {
    /// `north_nm` and `east_nm` away, on the local plane; good to a few metres over tens of miles.
    pub fn moved(self, north_nm: f64, east_nm: f64) -> Point {
        at(self.lat + north_nm / 60.0, self.lon + east_nm / (60.0 * libm::cos(self.lat.to_radians())))
    }
    pub fn distance_nm(self, other: Point) -> f64 {
        match (Position::new(self.lat, self.lon), Position::new(other.lat, other.lon)) {
            (Ok(a), Ok(b)) => haversine(a, b).nautical_miles(),
            _ => f64::INFINITY,
        }
    }
    /// Course from here to there on the local plane, degrees true.
    pub fn course_to(self, other: Point) -> f64 {
        let east = (other.lon - self.lon) * libm::cos(((self.lat + other.lat) / 2.0).to_radians());
        let degrees = libm::atan2(east, other.lat - self.lat).to_degrees();
        if degrees < 0.0 { degrees + 360.0 } else { degrees }
    }
    pub fn towards(self, other: Point, share: f64) -> Point {
        at(self.lat + (other.lat - self.lat) * share, self.lon + (other.lon - self.lon) * share)
    }
}

/// What the crew is doing, as the navigational status that a class A transponder sends (M.1371-5 table 45).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Activity {
    UnderWay,
    Anchored,
    Moored,
    Fishing,
    NotUnderCommand,
}

impl Activity {
    pub const fn nav_status(self) -> u8 {
        match self {
            Activity::UnderWay => 0,
            Activity::Anchored => 1,
            Activity::NotUnderCommand => 2,
            Activity::Moored => 5,
            Activity::Fishing => 7,
        }
    }
}

/// Where the hull is at `t` seconds after the scenario's start, and what it does until the next keyframe.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Keyframe {
    pub t: f64,
    pub point: Point,
    pub activity: Activity,
}

/// The true state at one moment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct State {
    pub point: Point,
    pub sog_kn: f64,
    pub cog_deg: f64,
    pub activity: Activity,
}

/// The true movement of one hull. Before the first and after the last keyframe it is not in the scenario.
#[derive(Clone, PartialEq, Debug)]
pub struct Track {
    keyframes: Vec<Keyframe>,
}

impl Track {
    pub fn starting(t: f64, point: Point, activity: Activity) -> Self {
        Self { keyframes: vec![Keyframe { t, point, activity }] }
    }
    pub fn keyframes(&self) -> &[Keyframe] {
        &self.keyframes
    }
    fn last(&self) -> Keyframe {
        let nowhere = Keyframe { t: 0.0, point: at(0.0, 0.0), activity: Activity::UnderWay };
        self.keyframes.last().copied().unwrap_or(nowhere)
    }
    pub fn end(&self) -> f64 {
        self.last().t
    }
    pub fn here(&self) -> Point {
        self.last().point
    }

    /// Sails straight to a point at a speed.
    pub fn sail(&mut self, to: Point, kn: f64) -> &mut Self {
        let hours = self.here().distance_nm(to) / kn.max(0.1);
        self.go(to, self.end() + hours * 3600.0, Activity::UnderWay)
    }
    /// Moves straight to a point so as to be there at `t`; a `t` already past leaves the track as it is.
    pub fn go(&mut self, to: Point, t: f64, activity: Activity) -> &mut Self {
        if t > self.end() + 0.5 {
            if let Some(last) = self.keyframes.last_mut() {
                last.activity = activity;
            }
            self.keyframes.push(Keyframe { t, point: to, activity });
        }
        self
    }
    pub fn stay(&mut self, until: f64, activity: Activity) -> &mut Self {
        self.go(self.here(), until, activity)
    }
    /// Keeps a fixed offset from another hull over a span, whatever that one does.
    pub fn keep_beside(&mut self, other: &Track, until: f64, north_nm: f64, east_nm: f64) -> &mut Self {
        let from = self.end();
        let between = other.keyframes.iter().filter(|k| k.t > from && k.t < until);
        let mut stops: Vec<(f64, Point)> = between.map(|k| (k.t, k.point)).collect();
        stops.extend(other.at(until).map(|s| (until, s.point)));
        for (t, point) in stops {
            self.go(point.moved(north_nm, east_nm), t, Activity::UnderWay);
        }
        self
    }
    /// Moves the whole track in time.
    pub fn shift(&mut self, seconds: f64) -> &mut Self {
        for keyframe in &mut self.keyframes {
            keyframe.t += seconds;
        }
        self
    }
    /// Adds a stay before everything else.
    pub fn waiting_since(&mut self, t: f64, activity: Activity) -> &mut Self {
        if let Some(first) = self.keyframes.first().copied().filter(|first| first.t > t) {
            self.keyframes.insert(0, Keyframe { t, point: first.point, activity });
        }
        self
    }

    /// The first time that the track comes within `nm` of a point, looked for at keyframes and along legs.
    pub fn reaches(&self, point: Point, nm: f64) -> Option<f64> {
        self.keyframes.iter().zip(self.keyframes.iter().skip(1)).find_map(|(a, b)| {
            let steps = 40;
            (0..=steps).map(|i| f64::from(i) / f64::from(steps)).find_map(|share| {
                let here = a.point.towards(b.point, share);
                (here.distance_nm(point) <= nm).then_some(a.t + (b.t - a.t) * share)
            })
        })
    }

    pub fn at(&self, t: f64) -> Option<State> {
        let next = self.keyframes.partition_point(|k| k.t <= t);
        let from = self.keyframes.get(next.checked_sub(1)?)?;
        let to = self.keyframes.get(next)?;
        let span = to.t - from.t;
        let point = from.point.towards(to.point, (t - from.t) / span);
        let moved = from.point.distance_nm(to.point);
        Some(State {
            point,
            sog_kn: moved / span * 3600.0,
            cog_deg: if moved > 0.0 { from.point.course_to(to.point) } else { 0.0 },
            activity: from.activity,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leg_takes_its_distance_over_its_speed() {
        let mut track = Track::starting(0.0, at(10.0, -76.0), Activity::UnderWay);
        track.sail(at(11.0, -76.0), 12.0);
        assert!((track.end() - 60.04 / 12.0 * 3600.0).abs() < 5.0);
        let half = track.at(track.end() / 2.0).unwrap();
        assert!(
            (half.point.lat - 10.5).abs() < 1e-9 && (half.sog_kn - 12.0).abs() < 1e-6 && half.cog_deg == 0.0
        );
        assert_eq!(track.at(-1.0), None);
        assert_eq!(track.at(track.end() + 1.0), None);
    }

    #[test]
    fn a_hull_beside_another_stays_beside_it() {
        let mut a = Track::starting(0.0, at(13.0, -79.0), Activity::UnderWay);
        a.sail(at(13.1, -79.0), 3.0).sail(at(13.1, -78.9), 3.0);
        let mut b = Track::starting(100.0, a.at(100.0).unwrap().point.moved(0.05, 0.0), Activity::UnderWay);
        b.keep_beside(&a, a.end() - 60.0, 0.05, 0.0);
        for t in [200.0, 2000.0, 7000.0, 10_000.0] {
            let apart = a.at(t).unwrap().point.distance_nm(b.at(t).unwrap().point);
            assert!((apart - 0.05).abs() < 1e-3, "{t}: {apart}");
        }
    }

    #[test]
    fn courses_run_clockwise_from_north() {
        let here = at(0.0, -80.0);
        assert!((here.course_to(at(0.0, -79.0)) - 90.0).abs() < 1e-9);
        assert!((here.course_to(at(-1.0, -80.0)) - 180.0).abs() < 1e-9);
        assert!((here.course_to(at(0.0, -81.0)) - 270.0).abs() < 1e-9);
    }
}
