//! The picture as a whole: tracks, identity conflicts, outliers, gaps open and closed, late reports, clocks.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a failed step is a failed test; tests read files"
)]

mod shared;

use bitacora_primitives::Duration;
use bitacora_sea::contacts::{Contact, Report};
use bitacora_sea::{Event, EvidenceRole, Kind, Output, Parameters, Picture, Refusal};
use shared::{at, contact, events, final_events, run};

fn of(events: &[Event], kind: Kind) -> Vec<Event> {
    events.iter().filter(|event| event.kind == kind).cloned().collect()
}

fn tracks(outputs: &[Output]) -> usize {
    outputs.iter().filter(|output| matches!(output, Output::Tracked { begins: true, .. })).count()
}

/// 12 fixes at `knots`, alternately `swing` degrees left and right of east.
fn zigzag(knots: f64, swing: f64, minutes: f64) -> Vec<Contact> {
    let (mut lat, mut lon) = (12.0, -72.0);
    let leg_deg = knots * minutes / 60.0 / 60.0;
    (0..12)
        .map(|step| {
            let fix = contact(352_000_009, at(f64::from(step) * minutes * 60.0), lat, lon, step as u64 + 1);
            let course = if step % 2 == 0 { swing } else { -swing };
            lat += leg_deg * course.to_radians().sin();
            lon += leg_deg * course.to_radians().cos() / lat.to_radians().cos();
            fix
        })
        .collect()
}

#[test]
fn d7_a_go_fast_is_one_track() {
    for (knots, swing, minutes) in
        [(45.0, 60.0, 30.0), (45.0, 60.0, 60.0), (45.0, 60.0, 120.0), (60.0, 0.0, 240.0), (75.0, 0.0, 5.0)]
    {
        let out = run(&Parameters::default(), zigzag(knots, swing, minutes));
        assert_eq!(tracks(&out), 1, "{knots} kn every {minutes} min");
        assert!(of(&events(&out), Kind::ImpossibleMotion).is_empty());
        assert!(of(&events(&out), Kind::IdentityConflict).is_empty());
    }
}

/// A vessel going east at 10 kn, a fix a minute.
fn steady(mmsi: u32, lat: f64, minutes: std::ops::Range<i32>, line: u64) -> Vec<Contact> {
    minutes
        .map(|minute| {
            let lon = -75.0 + f64::from(minute) * 10.0 / 3600.0;
            contact(mmsi, at(f64::from(minute) * 60.0), lat, lon, line + minute as u64)
        })
        .collect()
}

#[test]
fn a_single_outlier_makes_no_event_and_breaks_no_track() {
    let mut contacts = steady(1, 10.0, 0..600, 1);
    let clean = run(&Parameters::default(), contacts.clone());
    contacts[300].position = bitacora_primitives::Position::new(10.0, 75.0).unwrap();
    let out = run(&Parameters::default(), contacts);
    assert_eq!(events(&clean), vec![]);
    assert_eq!(events(&out), vec![]);
    assert_eq!(tracks(&out), 2, "the outlier is kept as a track of its own");
}

#[test]
fn the_outlier_in_the_solent_recording_makes_no_event() {
    let Some(contacts) = shared::solent() else { return };
    let parameters = Parameters::default();
    let out = run(&parameters, contacts.clone());
    let found = events(&out);
    assert!(of(&found, Kind::ImpossibleMotion).is_empty());
    assert!(of(&found, Kind::IdentityConflict).is_empty());
    assert!(of(&found, Kind::Gap).is_empty());
    let tracked = out.iter().filter(|output| matches!(output, Output::Tracked { .. })).count();
    assert_eq!(tracked, contacts.len());
}

#[test]
fn two_ships_with_one_number_are_two_tracks_and_one_conflict() {
    let mut contacts = steady(1, 10.0, 0..120, 1);
    for mut other in steady(1, 14.0, 30..90, 1000) {
        other.observed = other.observed + Duration::from_secs(20);
        other.received = other.observed;
        contacts.push(other);
    }
    contacts.sort_by_key(|c| c.observed);
    let out = run(&Parameters::default(), contacts);
    assert_eq!(tracks(&out), 2);
    assert!(of(&final_events(&out), Kind::ImpossibleMotion).is_empty());
    let conflicts = of(&final_events(&out), Kind::IdentityConflict);
    assert_eq!(conflicts.len(), 1);
    let conflict = &conflicts[0];
    assert_eq!(conflict.start, at(30.0 * 60.0 + 20.0));
    // The last change is from the second ship's last fix to the first ship's next.
    assert_eq!(conflict.end, Some(at(90.0 * 60.0)));
    assert!((conflict.numbers["distance_m"] / 1852.0 - 239.0).abs() < 2.0, "{:?}", conflict.numbers);
    assert_eq!(conflict.numbers["alternations"], 120.0);
    // Each fix stays on its ship's track.
    for output in &out {
        if let Output::Tracked { contact, track: Some(track), .. } = output {
            let second = contact.evidence.line >= 1000;
            assert_eq!(*track == conflict.track, second);
        }
    }
}

#[test]
fn a_jump_that_stays_is_impossible_motion() {
    let mut contacts = steady(1, 10.0, 0..60, 1);
    contacts.extend(steady(1, 14.0, 60..120, 1));
    let out = run(&Parameters::default(), contacts);
    let found = final_events(&out);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].kind, Kind::ImpossibleMotion);
    assert_eq!((found[0].start, found[0].end), (at(59.0 * 60.0), Some(at(60.0 * 60.0))));
    assert_eq!(
        found[0].evidence.iter().map(|e| (e.role, e.evidence.line)).collect::<Vec<_>>(),
        [(EvidenceRole::BeforeJump, 60), (EvidenceRole::AfterJump, 61)]
    );
    assert!(found[0].numbers["implied_speed_kn"] > 10_000.0);
}

#[test]
fn a_gap_opens_without_a_fix_and_closes_under_the_same_id() {
    let mut picture = Picture::new(Parameters::default());
    let mut out = Vec::new();
    for fix in steady(1, 10.0, 0..60, 1) {
        picture.push(Report::Position(fix), &mut out);
    }
    picture.advance(at(59.0 * 60.0 + 6.0 * 3600.0), &mut out);
    assert!(events(&out).is_empty(), "six hours are not longer than six hours");
    picture.advance(at(59.0 * 60.0 + 6.0 * 3600.0 + 1.0), &mut out);
    let open = events(&out);
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].kind, open[0].revision, open[0].end), (Kind::Gap, 0, None));
    assert_eq!(open[0].start, at(59.0 * 60.0));
    for fix in steady(1, 10.0, 600..603, 1000) {
        picture.push(Report::Position(fix), &mut out);
    }
    picture.finish(&mut out);
    let closed = final_events(&out);
    assert_eq!(closed.len(), 1);
    assert_eq!((closed[0].id, closed[0].revision, closed[0].end), (open[0].id, 1, Some(at(36_000.0))));
    assert!((closed[0].numbers["implied_speed_kn"] - 9.86).abs() < 0.05, "{:?}", closed[0].numbers);
    let roles: Vec<_> = closed[0].evidence.iter().map(|e| (e.role, e.evidence.line)).collect();
    assert_eq!(roles, [(EvidenceRole::LastBeforeGap, 60), (EvidenceRole::FirstAfterGap, 1600)]);
}

#[test]
fn d6_off_and_on_of_two_ships_is_no_closed_gap() {
    let mut contacts = steady(1, 10.0, 0..60, 1);
    // Eight hours later, 3000 NM away: not that hull.
    for mut other in steady(1, 50.0, 540..600, 1000) {
        other.position = bitacora_primitives::Position::new(50.0, -1.0).unwrap();
        contacts.push(other);
    }
    let out = run(&Parameters::default(), contacts);
    let gaps = of(&final_events(&out), Kind::Gap);
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].end, None);
    assert_eq!(of(&final_events(&out), Kind::ImpossibleMotion).len(), 1);
}

#[test]
fn late_reports_narrow_and_withdraw_a_gap() {
    let mut contacts = steady(1, 10.0, 0..60, 1);
    contacts.extend(steady(1, 10.0, 600..660, 1));
    let late = |minute: i32| {
        let mut fix = steady(1, 10.0, minute..minute + 1, 5000).remove(0);
        fix.received = at(40_000.0);
        fix
    };
    // 59 .. 600 min with one fix at 100: 500 min remain; with another at 400: nothing over 6 h remains.
    contacts.push(late(100));
    let out = run(&Parameters::default(), contacts.clone());
    let gaps = of(&final_events(&out), Kind::Gap);
    assert_eq!(gaps.len(), 1);
    assert_eq!((gaps[0].start, gaps[0].end, gaps[0].revision), (at(6000.0), Some(at(36_000.0)), 2));
    assert!(gaps[0].evidence.iter().any(|e| e.role == EvidenceRole::InsideGap && e.evidence.line == 5100));
    contacts.push(late(400));
    let out = run(&Parameters::default(), contacts);
    assert!(of(&final_events(&out), Kind::Gap).is_empty());
    let last = of(&events(&out), Kind::Gap).pop().unwrap();
    assert!(last.withdrawn && last.revision == 3);
    assert_eq!(out.iter().filter(|output| matches!(output, Output::Late(_))).count(), 2);
}

#[test]
fn a_late_report_into_an_open_gap_moves_its_start() {
    let mut picture = Picture::new(Parameters::default());
    let mut out = Vec::new();
    for fix in steady(1, 10.0, 0..60, 1) {
        picture.push(Report::Position(fix), &mut out);
    }
    picture.advance(at(20.0 * 3600.0), &mut out);
    let id = events(&out)[0].id;
    let mut late = steady(1, 10.0, 120..121, 1).remove(0);
    late.received = at(20.0 * 3600.0);
    picture.push(Report::Position(late), &mut out);
    let gaps = final_events(&out);
    assert_eq!(gaps.len(), 1);
    assert_eq!((gaps[0].id, gaps[0].start, gaps[0].end), (id, at(7200.0), None));
}

#[test]
fn others_that_fall_silent_with_it_speak_of_reception() {
    let fleet = |until: i32| {
        let mut contacts = Vec::new();
        for ship in 0..8 {
            contacts.extend(steady(
                100 + ship,
                10.0 + 0.01 * f64::from(ship),
                0..until,
                10_000 * u64::from(ship),
            ));
        }
        // Far away, heard throughout: it carries the clock and is not counted.
        contacts.extend(steady(7, 20.0, 0..600, 1_000_000));
        contacts
    };
    let numbers = |contacts: Vec<Contact>| {
        let mut contacts = contacts;
        contacts.extend(steady(1, 10.1, 0..60, 900_000));
        contacts.sort_by_key(|c| (c.observed, c.mmsi));
        let out = run(&Parameters::default(), contacts);
        let gap = final_events(&out).into_iter().find(|e| e.mmsi.number() == 1).unwrap();
        (gap.numbers["others_heard"], gap.numbers["others_silent"])
    };
    assert_eq!(numbers(fleet(60)), (8.0, 8.0), "all fell silent: reception");
    assert_eq!(numbers(fleet(600)), (8.0, 0.0), "only this one fell silent");
}

#[test]
fn one_wrong_clock_makes_nothing_late() {
    let mut contacts = steady(1, 10.0, 0..60, 1);
    let mut wrong = contacts[30];
    wrong.mmsi = bitacora_primitives::Mmsi::new(2).unwrap();
    wrong.observed = at(400.0 * 86_400.0);
    wrong.received = wrong.observed;
    contacts.insert(30, wrong);
    let mut ahead = contacts[40];
    ahead.observed = ahead.received + Duration::from_mins(6);
    contacts.insert(40, ahead);
    let out = run(&Parameters::default(), contacts);
    let refused: Vec<_> = out
        .iter()
        .filter_map(|output| match output {
            Output::Refused(_, why) => Some(*why),
            _ => None,
        })
        .collect();
    assert_eq!(refused, [Refusal::ObservedAfterReceived, Refusal::ClockLeap]);
    assert!(!out.iter().any(|output| matches!(output, Output::Late(_))));
    assert!(events(&out).is_empty());
}

#[test]
fn a_clock_that_truly_goes_on_is_followed() {
    let mut contacts = steady(1, 10.0, 0..60, 1);
    for mut fix in steady(1, 10.0, 60..120, 1) {
        fix.observed = fix.observed + Duration::from_hours(24 * 5);
        fix.received = fix.observed;
        contacts.push(fix);
    }
    let out = run(&Parameters::default(), contacts);
    let tracked = out.iter().filter(|output| matches!(output, Output::Tracked { .. })).count();
    assert_eq!(tracked, 120);
    let gaps = of(&final_events(&out), Kind::Gap);
    assert_eq!(gaps.len(), 1);
    assert!(gaps[0].end.is_some());
}

#[test]
fn stations_that_are_no_vessels_have_no_track() {
    use bitacora_sea::contacts::StationKind;
    for station in [StationKind::BaseStation, StationKind::AidToNavigation, StationKind::SarAircraft] {
        let mut contacts = steady(1, 10.0, 0..60, 1);
        contacts.iter_mut().for_each(|c| c.station = station);
        let out = run(&Parameters::default(), contacts);
        assert_eq!(tracks(&out), 0);
        assert_eq!(out.iter().filter(|o| matches!(o, Output::Moved(_))).count(), 60);
    }
}

#[test]
fn d5_loitering_does_not_bridge_silence() {
    // 1.5 kn for 5 h, silence of 2 h, 1.5 kn for 5 h.
    let slow = |from: i32, to: i32| {
        (from..to).step_by(5).map(|minute| {
            let lon = -75.0 + f64::from(minute) * 1.5 / 3600.0;
            contact(1, at(f64::from(minute) * 60.0), 10.0, lon, minute as u64 + 1)
        })
    };
    let contacts: Vec<_> = slow(0, 301).chain(slow(420, 721)).collect();
    let found = of(&final_events(&run(&Parameters::default(), contacts)), Kind::Loitering);
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].start, found[0].end), (at(0.0), Some(at(300.0 * 60.0))));
    assert_eq!((found[1].start, found[1].end), (at(420.0 * 60.0), Some(at(720.0 * 60.0))));
    let numbers = &found[0].numbers;
    // 1.5 NM of longitude units an hour at 10N: 1.5 x cos 10 kn.
    assert!((numbers["avg_speed_kn"] - 1.5 * 10f64.to_radians().cos()).abs() < 0.005, "{numbers:?}");
    assert_eq!(numbers["duration_h"], 5.0);
    assert_eq!(numbers["nav_status_share"], 0.0);
}

#[test]
fn a_moored_vessel_does_not_loiter_and_fix_noise_is_not_speed() {
    let noisy = |minute: i32, drift: f64| {
        let noise = f64::from(minute * 7919 % 13 - 6) * 1e-5;
        let lon = -75.0 + f64::from(minute) * drift / 3600.0 + noise;
        contact(1, at(f64::from(minute) * 10.0), 10.0 + noise, lon, minute as u64 + 1)
    };
    let moored = run(&Parameters::default(), (0..6000).map(|minute| noisy(minute, 0.0)));
    assert!(of(&events(&moored), Kind::Loitering).is_empty());
    // Heard every ten seconds, adrift at 0.6 kn: one run, not shredded by noise.
    let adrift = run(&Parameters::default(), (0..6000).map(|minute| noisy(minute, 0.1)));
    assert_eq!(of(&final_events(&adrift), Kind::Loitering).len(), 1);
}
