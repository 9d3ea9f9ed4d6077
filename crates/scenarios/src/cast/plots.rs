//! The few who have something to hide, and when. Their entries in the truth are the only guilty ones.

use super::{BEFORE, Cast, Planned, Trade, Transponder};
use crate::Scale;
use crate::motion::{Activity, Point, Track, at};
use crate::truth::{Kind, Note};

const HOUR: f64 = 3600.0;
const MINUTE: f64 = 60.0;

/// A meeting of two hulls at sea.
struct Rendezvous<'a> {
    /// Where, from when and until when they lie side by side.
    place: Point,
    from: f64,
    until: f64,
    carrier: Trade,
    /// Ways of the carrier before and after, of the small boat before and after.
    carrier_way: (&'a [Point], &'a [Point]),
    boat_way: (Point, Point),
    carrier_kn: f64,
    /// What the small boat carries: class B drifting below 2 knots reports every three minutes only.
    boat: Transponder,
}

impl Cast {
    pub(super) fn write_plots(&mut self) {
        self.first_rendezvous();
        self.clone_identity();
        self.jump();
        if self.scale == Scale::Day {
            self.later_rendezvous();
            self.go_dark();
            self.go_dark_then_meet();
            self.wait_at_drop_point();
        }
    }

    fn plan(&mut self, kind: Kind, hulls: &[usize], span: (f64, f64), point: Point, note: Note) {
        let (start, end) = span;
        self.planned.push(Planned { kind, hulls: hulls.to_vec(), start, end, point, note });
    }

    /// In progress when the day starts, within reach of the station on the cay: half an hour together is reached
    /// half an hour into the feed.
    fn first_rendezvous(&mut self) {
        let early = self.rng(0xA1).between(2.0, 5.0) * MINUTE;
        self.meet(&Rendezvous {
            place: at(13.68, -79.75),
            from: -early,
            until: 100.0 * MINUTE,
            carrier: Trade::Cargo,
            carrier_way: (
                &[at(10.9, -79.7)],
                &[at(16.9, -79.0), at(18.5, -80.4), at(20.2, -83.0), at(21.5, -85.5), at(25.0, -87.0)],
            ),
            boat_way: (at(12.9, -80.7), at(12.3, -82.4)),
            carrier_kn: 13.0,
            boat: Transponder::ClassA,
        });
    }

    fn later_rendezvous(&mut self) {
        let late = self.rng(0xA2).between(0.0, 20.0) * MINUTE;
        // The Pacific one, heard by the station on the islet.
        self.meet(&Rendezvous {
            place: at(4.16, -81.33),
            from: 8.0 * HOUR + late,
            until: 9.4 * HOUR + late,
            carrier: Trade::Tanker,
            carrier_way: (&[at(5.9, -80.6)], &[at(0.6, -82.3), at(-4.0, -82.6), at(-9.0, -82.0)]),
            boat_way: (at(3.1, -79.9), at(2.6, -79.6)),
            carrier_kn: 11.5,
            boat: Transponder::ClassB,
        });
        // The one that only satellites hear.
        self.meet(&Rendezvous {
            place: at(15.25, -77.2),
            from: 15.0 * HOUR + late,
            until: 17.6 * HOUR + late,
            carrier: Trade::Cargo,
            carrier_way: (
                &[at(12.1, -75.9)],
                &[at(17.0, -75.9), at(18.7, -75.1), at(19.6, -74.6), at(20.3, -73.75), at(20.75, -72.9)],
            ),
            boat_way: (at(17.0, -78.4), at(16.7, -78.6)),
            carrier_kn: 12.0,
            boat: Transponder::ClassB,
        });
    }

    fn meet(&mut self, plan: &Rendezvous<'_>) -> (usize, usize) {
        let mut carrier = arrive(plan.carrier_way.0, plan.place, plan.from, plan.carrier_kn);
        // Side by side they drift with the current.
        let drift =
            plan.place.moved(0.45 * (plan.until - plan.from) / HOUR, 0.35 * (plan.until - plan.from) / HOUR);
        carrier.go(drift, plan.until, Activity::UnderWay);
        let together = carrier.clone();
        for &point in plan.carrier_way.1 {
            carrier.sail(point, plan.carrier_kn);
        }
        carrier.waiting_since(BEFORE, Activity::NotUnderCommand);

        let mut boat = arrive(&[plan.boat_way.0], plan.place.moved(0.03, 0.05), plan.from, 6.5);
        boat.keep_beside(&together, plan.until - 1.0, 0.03, 0.05);
        boat.sail(plan.boat_way.1, 9.0);
        boat.waiting_since(BEFORE, Activity::Fishing);
        boat.stay(self.until().max(boat.end() + 1.0), Activity::Fishing);

        let carrier = self.add(plan.carrier, Transponder::ClassA, "ALTA MAR", carrier);
        let boat = self.add(Trade::Fishing, plan.boat, "FAENA", boat);
        let span = (plan.from, plan.until);
        self.plan(Kind::Encounter, &[carrier, boat], span, plan.place, Note::RendezvousAtSea);
        (carrier, boat)
    }

    /// Off at the turn-out, on again further along the lane, seven hours later and well short of seven hours' way.
    fn go_dark(&mut self) {
        let off = 5.0 * HOUR + self.rng(0xA3).between(0.0, 10.0) * MINUTE;
        let on = off + 7.0 * HOUR;
        let turn_out = at(13.2, -75.85);
        let mut track = arrive(&[at(10.8, -75.9)], turn_out, off, 13.5);
        track.go(at(13.5, -74.9), off + 4.1 * HOUR, Activity::UnderWay);
        track.go(at(14.0, -75.35), on, Activity::UnderWay);
        for point in [at(17.2, -75.6), at(18.7, -75.15), at(19.6, -74.6), at(20.3, -73.75), at(20.75, -72.9)]
        {
            track.sail(point, 13.5);
        }
        track.waiting_since(BEFORE, Activity::NotUnderCommand);
        let hull = self.add(Trade::Cargo, Transponder::ClassA, "ALTA MAR", track);
        self.silence(hull, off, on);
        self.plan(Kind::Gap, &[hull], (off, on), turn_out, Note::DarkVoyage);
    }

    /// Dark for five hours off the Pacific coast, then alongside a fishing boat within an hour of coming back.
    fn go_dark_then_meet(&mut self) {
        let off = 9.0 * HOUR;
        let on = 14.0 * HOUR;
        let meeting = at(-0.85, -81.32);
        let (tanker, boat) = self.meet(&Rendezvous {
            place: meeting,
            from: 14.8 * HOUR,
            until: 16.3 * HOUR,
            carrier: Trade::Tanker,
            carrier_way: (
                &[at(2.0, -82.9), at(0.4, -82.2)],
                &[at(-1.6, -82.0), at(-4.0, -82.3), at(-9.0, -82.0)],
            ),
            boat_way: (at(0.9, -82.2), at(-0.45, -81.7)),
            carrier_kn: 10.5,
            boat: Transponder::ClassA,
        });
        self.silence(tanker, off, on);
        let there =
            self.hulls.get(tanker).and_then(|hull| hull.track.at(off)).map_or(meeting, |state| state.point);
        self.plan(Kind::Gap, &[tanker], (off, on), there, Note::DarkBeforeMeeting);
        if let Some(meeting) = self.planned.iter_mut().find(|p| p.hulls == [tanker, boat]) {
            meeting.note = Note::DarkBeforeMeeting;
        }
    }

    fn silence(&mut self, hull: usize, off: f64, on: f64) {
        if let Some(hull) = self.hulls.get_mut(hull) {
            hull.silent.push((off, on));
        }
    }

    fn wait_at_drop_point(&mut self) {
        let (from, until) = (3.0 * HOUR, 12.0 * HOUR);
        let spot = at(12.9, -77.55);
        let mut track = arrive(&[at(10.6, -77.2)], spot, from, 11.0);
        // To and fro across the spot, at less than a knot.
        let mut side = 1.0;
        while track.end() < until {
            track.go(spot.moved(0.5 * side, 0.3 * side), track.end() + 1.6 * HOUR, Activity::UnderWay);
            side = -side;
        }
        let until = track.end();
        track.sail(at(15.6, -77.9), 11.0).sail(at(17.2, -78.9), 11.0).sail(at(19.0, -80.6), 11.0);
        track.waiting_since(BEFORE, Activity::NotUnderCommand);
        let hull = self.add(Trade::Cargo, Transponder::ClassA, "ALTA MAR", track);
        self.plan(Kind::Loitering, &[hull], (from, until), spot, Note::WaitsAtDropPoint);
    }

    /// Two hulls under one number some 290 NM apart. The second switches on five minutes into the day.
    fn clone_identity(&mut self) {
        let mut rng = self.rng(0xA5);
        let on = 5.0 * MINUTE;
        let mut first = Track::starting(BEFORE, at(11.25, -75.55), Activity::UnderWay);
        first.sail(at(11.45, -75.3), rng.between(3.0, 4.0));
        first.sail(at(12.6, -74.2), 9.0).sail(at(16.0, -70.6), 12.0).sail(at(17.5, -68.1), 12.0);
        let mut second = Track::starting(on, at(9.75, -80.2), Activity::UnderWay);
        second.sail(at(10.3, -82.2), 6.0).sail(at(10.9, -82.7), 6.0);
        second.stay(self.until(), Activity::NotUnderCommand);
        let place = at(9.75, -80.2);
        let original = self.add(Trade::Cargo, Transponder::ClassA, "ALTA MAR", first);
        let Some(identity) = self.hulls.get(original).map(|hull| hull.identity.clone()) else { return };
        let double = self.add_as(identity, Trade::Cargo, Transponder::ClassA, "ALTA MAR", second);
        let end = self.scale.seconds();
        self.plan(Kind::IdentityConflict, &[original, double], (on, end), place, Note::ClonedIdentity);
    }

    /// For twenty minutes a ship off the isthmus says that it is 75 NM from where it is.
    fn jump(&mut self) {
        let from = match self.scale {
            Scale::Day => 10.0 * HOUR,
            Scale::Watch => 70.0 * MINUTE,
        };
        let until = from + 20.0 * MINUTE;
        let place = at(9.72, -79.72);
        let mut track = arrive(&[at(12.2, -76.2)], place, from, 12.0);
        track.sail(at(9.66, -80.0), 8.0).sail(at(9.62, -80.12), 5.0);
        track.waiting_since(BEFORE, Activity::NotUnderCommand);
        track.stay(self.until().max(track.end() + 1.0), Activity::Anchored);
        let hull = self.add(Trade::Tanker, Transponder::ClassA, "PUERTO LUMBRE", track);
        if let Some(hull) = self.hulls.get_mut(hull) {
            hull.displaced = Some((from, until, 52.0, 54.0));
        }
        self.plan(Kind::ImpossibleMotion, &[hull], (from, until), place, Note::FalsePosition);
    }
}

/// Sails by way of the given points so as to be at `place` at `t`.
fn arrive(by: &[Point], place: Point, t: f64, kn: f64) -> Track {
    let first = by.first().copied().unwrap_or(place);
    let mut track = Track::starting(0.0, first, Activity::UnderWay);
    for &point in by.iter().skip(1).chain([&place]) {
        track.sail(point, kn);
    }
    let early = track.end();
    track.shift(t - early);
    track
}
