//! Radar scenes against AIS: the physics in closed form, probabilities against simulated truth, and the peers' known
//! defects.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly"
)]

mod shared;

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Duration, EvidenceRef, Instant, Mmsi, Position, SourceId};
use bitacora_sea::association::azimuth::{Geometry, Side, slant_range_m};
use bitacora_sea::association::{
    AssociationParameters, Candidate, Detection, Label, LabelReason, Scene, associate, revise,
};
use bitacora_sea::tracks::Fix;
use proptest::prelude::*;
use shared::laws::{Reached, runner};

const KNOT: f64 = 1852.0 / 3600.0;
const METRES_PER_DEGREE: f64 = 6_371_008.8 * std::f64::consts::PI / 180.0;

fn geometry() -> Geometry {
    Geometry {
        track_deg: 350.0,
        side: Side::Right,
        slant_range_m: 693_000.0,
        look_deg: 35.0,
        platform_speed_m_s: 7_600.0,
    }
}

/// SplitMix64, so that every scene is the same everywhere.
struct Dice(u64);
impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.unit())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }
}

#[test]
fn the_azimuth_shift_is_the_closed_form() {
    let geometry = geometry();
    // Straight away from the radar: 10 m/s across the track.
    let shift = geometry.azimuth_shift_m(10.0, geometry.track_deg + 90.0);
    let closed = 693_000.0 * 10.0 * libm::sin(35.0_f64.to_radians()) / 7_600.0;
    assert!((shift - closed).abs() <= 1e-9 * closed, "{shift} {closed}");
    // The published check value: a height of 693 km, so a slant range of 846 km, gives 0.64 km.
    let high = Geometry { slant_range_m: slant_range_m(693_000.0, 35.0), ..geometry };
    let shift = high.azimuth_shift_m(10.0, geometry.track_deg + 90.0);
    let closed = 693_000.0 * 10.0 * libm::tan(35.0_f64.to_radians()) / 7_600.0;
    assert!((shift - closed).abs() <= 1e-9 * closed && (shift - 640.0).abs() < 5.0, "{shift}");
    for (speed, course) in [(3.0, 0.0), (22.0, 123.4), (30.0, 271.0), (7.5, 349.0)] {
        let closed = 693_000.0 / 7_600.0
            * speed
            * libm::sin((course - 350.0_f64).to_radians())
            * libm::sin(35.0_f64.to_radians());
        let shift = geometry.azimuth_shift_m(speed, course);
        assert!((shift - closed).abs() <= 1e-9 * closed.abs().max(1.0));
        let left = Geometry { side: Side::Left, ..geometry };
        assert_eq!(left.azimuth_shift_m(speed, course), -shift);
    }
}

#[test]
fn d9_the_sine_of_the_look_angle_is_never_left_out() {
    let geometry = geometry();
    let with = geometry.azimuth_shift_m(10.0, 80.0);
    let steep = Geometry { look_deg: 90.0, ..geometry }.azimuth_shift_m(10.0, 80.0);
    assert!((steep / with - 1.743_446_795_621_1).abs() < 1e-9);
}

fn fix(mmsi: u32, at: Instant, lat: f64, lon: f64, sog_kn: f64, cog_deg: f64) -> Fix {
    Fix {
        mmsi: Mmsi::new(mmsi).unwrap(),
        observed: at,
        position: Position::new(lat, lon).unwrap(),
        cos_lat: libm::cos(lat.to_radians()),
        sog_kn: Some(sog_kn as f32),
        cog_deg: Some(cog_deg as f32),
        heading_deg: None,
        nav_status: None,
        evidence: EvidenceRef { source: SourceId::of(&[b"test"]), line: 1, offset: None },
    }
}

const TIME: i64 = 1_772_000_000;

#[test]
fn d8_a_go_fast_at_sixty_knots_is_matched() {
    let at = Instant::from_secs(TIME);
    // 60 kn to the north for two minutes: 2 minutes of latitude.
    let before = fix(1, at - Duration::from_secs(120), 10.0, -75.0, 60.0, 0.0);
    let vessel = Candidate { mmsi: before.mmsi, before: Some(before), after: None, length_m: Some(12.0) };
    let shift = geometry().azimuth_shift_m(60.0 * KNOT, 0.0) / METRES_PER_DEGREE;
    let track = 350.0_f64.to_radians();
    let seen = Detection {
        position: Position::new(
            10.0 + 60.0 * KNOT * 120.0 / METRES_PER_DEGREE - shift * libm::cos(track),
            -75.0 - shift * libm::sin(track) / libm::cos(10.0_f64.to_radians()),
        )
        .unwrap(),
        geometry: Some(geometry()),
        length_m: Some(14.0),
    };
    let scene = Scene { at, area_m2: 1e10 };
    let labels = associate(&scene, &[seen], &[vessel], &AssociationParameters::default());
    assert_eq!(labels[0].vessel, Some(before.mmsi));
    assert!(labels[0].dark < 0.05, "{labels:?}");
}

struct Simulated {
    scene: Scene,
    detections: Vec<Detection>,
    vessels: Vec<Candidate>,
    /// By detection: the vessel it is.
    truth: Vec<Option<Mmsi>>,
}

/// Ships whose velocity wanders as the model says, seen by radar with its displacement, fixes some time before and
/// after. East and north of a corner; the antimeridian is `corner_lon` = 179.9.
fn simulate(seed: u64, ships: usize, dark: usize, box_m: f64, gap_s: f64, corner: (f64, f64)) -> Simulated {
    let p = AssociationParameters::default();
    let mut dice = Dice(seed);
    let at = Instant::from_secs(TIME);
    let geometry = geometry();
    let track = geometry.track_deg.to_radians();
    let cos_lat = libm::cos(corner.0.to_radians());
    let place = |x: f64, y: f64| {
        let lat = corner.0 + y / METRES_PER_DEGREE;
        Position::new(lat, wrap_longitude(corner.1 + x / METRES_PER_DEGREE / cos_lat)).unwrap()
    };
    let mut detections: Vec<(Detection, Option<Mmsi>)> = Vec::new();
    let mut vessels = Vec::new();
    for ship in 0..ships + dark {
        let (x, y) = (box_m * dice.unit(), box_m * dice.unit());
        let (speed, course) = (20.0 * dice.unit() * KNOT, std::f64::consts::TAU * dice.unit());
        let (vx, vy) = (speed * libm::sin(course), speed * libm::cos(course));
        let length = p.any_length_m * libm::exp(p.any_length_sd * dice.normal());
        let mmsi = Mmsi::new(200_000_000 + ship as u32).unwrap();
        if ship < ships {
            let reported = |back: f64, dice: &mut Dice| {
                // Velocity wanders between the scene and the fix; its integral has variance q t^3 / 3 and is
                // correlated with it.
                let q = p.wander_m2_s3;
                let t = back.abs();
                let mut axis = |v: f64| {
                    let (a, b) = (dice.normal(), dice.normal());
                    let dv = (q * t).sqrt() * a;
                    let dx = 0.5 * t * dv + (q * t * t * t / 12.0).sqrt() * b;
                    (v + dv, v * t + dx)
                };
                let ((ux, dx), (uy, dy)) = (axis(vx), axis(vy));
                let sign = back.signum();
                let (ex, ey) = (p.fix_sd_m * dice.normal(), p.fix_sd_m * dice.normal());
                let (wx, wy) = (
                    ux + p.velocity_sd_kn * KNOT * dice.normal(),
                    uy + p.velocity_sd_kn * KNOT * dice.normal(),
                );
                let position = place(x + sign * dx + ex, y + sign * dy + ey);
                let observed = at + Duration::from_secs_f64(back);
                let (sog, cog) = ((wx * wx + wy * wy).sqrt() / KNOT, libm::atan2(wx, wy).to_degrees());
                let cog = if cog < 0.0 { cog + 360.0 } else { cog };
                fix(mmsi.number(), observed, position.lat(), position.lon(), sog, cog)
            };
            let before = -30.0 - gap_s * dice.unit();
            let before = reported(before, &mut dice);
            let after = 30.0 + gap_s * dice.unit();
            let after = (dice.unit() < 0.7).then(|| reported(after, &mut dice));
            vessels.push(Candidate { mmsi, before: Some(before), after, length_m: Some(length) });
        }
        if dice.unit() < p.detected {
            let shift = geometry.azimuth_shift_m(speed, course.to_degrees());
            let dx = -shift * libm::sin(track) + p.detection_sd_m * dice.normal();
            let dy = -shift * libm::cos(track) + p.detection_sd_m * dice.normal();
            let seen = length * libm::exp(p.length_sd * dice.normal());
            detections.push((
                Detection { position: place(x + dx, y + dy), geometry: Some(geometry), length_m: Some(seen) },
                (ship < ships).then_some(mmsi),
            ));
        }
    }
    let (detections, truth) = detections.into_iter().unzip();
    Simulated { scene: Scene { at, area_m2: box_m * box_m }, detections, vessels, truth }
}

/// What the peers do: mutual best by distance score, here on the same likelihoods, four rounds.
fn greedy_labels(found: &Simulated) -> Vec<Option<Mmsi>> {
    // Pair by pair: a scene of one detection and one vessel gives their probability alone.
    let parameters = AssociationParameters::default();
    let mut edges: Vec<(f64, usize, usize)> = Vec::new();
    for (row, detection) in found.detections.iter().enumerate() {
        for (col, vessel) in found.vessels.iter().enumerate() {
            let here = vessel.before.unwrap().position;
            let there = detection.position;
            if (here.lat() - there.lat()).abs() > 0.4 {
                continue;
            }
            let alone = associate(&found.scene, &[*detection], &[*vessel], &parameters)[0];
            if alone.vessel.is_some() {
                edges.push((alone.matched, row, col));
            }
        }
    }
    edges.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut labels = vec![None; found.detections.len()];
    let mut used = std::collections::HashSet::new();
    for (_, row, col) in edges {
        if labels[row].is_none() && used.insert(col) {
            labels[row] = Some(found.vessels[col].mmsi);
        }
    }
    labels
}

/// F1 of the pairs.
fn f1(labels: &[Option<Mmsi>], truth: &[Option<Mmsi>]) -> (f64, f64, f64) {
    let right = labels.iter().zip(truth).filter(|(a, b)| a.is_some() && a == b).count() as f64;
    let said = labels.iter().flatten().count() as f64;
    let are = truth.iter().flatten().count() as f64;
    (right, said, are)
}

#[test]
fn dark_probabilities_are_calibrated_and_pairs_beat_greedy_at_every_density() {
    let mut bins = [(0.0, 0.0, 0.0); 10];
    for (name, ships, dark, box_m, gap_s, scenes) in [
        ("open", 30, 10, 150_000.0, 900.0, 30),
        ("busy", 60, 20, 50_000.0, 900.0, 15),
        ("crowded", 100, 30, 25_000.0, 900.0, 8),
        ("packed", 150, 50, 15_000.0, 900.0, 5),
        ("open, AIS up to 2 h away", 30, 30, 150_000.0, 7_200.0, 20),
        ("busy, AIS up to 2 h away", 60, 60, 50_000.0, 7_200.0, 10),
        ("crowded, AIS up to 1 h away", 100, 60, 25_000.0, 3_600.0, 8),
    ] {
        let (mut best, mut plain) = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0));
        let mut own = [(0.0, 0.0, 0.0); 10];
        for seed in 0..scenes {
            let scene = simulate(seed * 97 + ships as u64, ships, dark, box_m, gap_s, (35.0, 20.0));
            let labels =
                associate(&scene.scene, &scene.detections, &scene.vessels, &AssociationParameters::default());
            for (label, truth) in labels.iter().zip(&scene.truth) {
                let bin = ((label.dark * 10.0) as usize).min(9);
                for bins in [&mut bins, &mut own] {
                    bins[bin].0 += 1.0;
                    bins[bin].1 += label.dark;
                    bins[bin].2 += f64::from(u8::from(truth.is_none()));
                }
            }
            let add = |to: &mut (f64, f64, f64), (a, b, c): (f64, f64, f64)| {
                *to = (to.0 + a, to.1 + b, to.2 + c);
            };
            let vessels: Vec<Option<Mmsi>> = labels.iter().map(|label| label.vessel).collect();
            add(&mut best, f1(&vessels, &scene.truth));
            add(&mut plain, f1(&greedy_labels(&scene), &scene.truth));
        }
        let score = |(right, said, are): (f64, f64, f64)| 2.0 * right / (said + are);
        println!("{name}: F1 {:.4}, greedy {:.4}, calibration {:.4}", score(best), score(plain), error(&own));
        assert!(score(best) >= score(plain), "{name}");
    }
    for (count, told, dark) in bins.iter().filter(|bin| bin.0 > 0.0) {
        println!("{count:>6} said {:.3} were {:.3}", told / count, dark / count);
    }
    println!("expected calibration error {:.4}", error(&bins));
    assert!(error(&bins) <= 0.03);
}

/// Expected calibration error over ten bins.
fn error(bins: &[(f64, f64, f64)]) -> f64 {
    let all: f64 = bins.iter().map(|bin| bin.0).sum();
    bins.iter().map(|(_, told, dark)| (told - dark).abs()).sum::<f64>() / all
}

#[test]
fn late_ais_revises_a_label_and_says_why() {
    let parameters = AssociationParameters::default();
    let whole = simulate(5, 20, 5, 60_000.0, 900.0, (35.0, 20.0));
    let early: Vec<Candidate> = whole.vessels.iter().skip(6).copied().collect();
    let mut standing = associate(&whole.scene, &whole.detections, &early, &parameters);
    let again = associate(&whole.scene, &whole.detections, &whole.vessels, &parameters);
    let before: Vec<Label> = standing.clone();
    let revised = revise(&mut standing, &again, &parameters);
    assert!(revised.len() >= 4);
    for (number, label) in standing.iter().enumerate() {
        if revised.contains(&number) {
            assert_eq!(label.revision, 1);
            assert_ne!(label.reason, LabelReason::First);
            assert_eq!((label.vessel, label.dark), (again[number].vessel, again[number].dark));
        } else {
            assert_eq!(*label, before[number]);
        }
    }
    assert!(standing.iter().any(|label| label.reason == LabelReason::LateAisMatched && label.dark < 0.1));
    assert_eq!(revise(&mut standing, &again, &parameters), Vec::<usize>::new());
}

/// A scene and all in it on another day, at another longitude, south instead of north, under other numbers.
fn elsewhere(from: &Simulated, days: i64, east: f64, mirror: bool, add: u32) -> Simulated {
    let shift = Duration::from_hours(24 * days);
    let side = if mirror { -1.0 } else { 1.0 };
    let place = |p: Position| Position::new(side * p.lat(), wrap_longitude(p.lon() + east)).unwrap();
    let turn = |course: f64| if mirror { (540.0 - course).rem_euclid(360.0) } else { course };
    let fix = |one: Fix| Fix {
        mmsi: Mmsi::new(one.mmsi.number() + add).unwrap(),
        observed: one.observed + shift,
        position: place(one.position),
        cog_deg: one.cog_deg.map(|course| turn(f64::from(course)) as f32),
        ..one
    };
    let geometry = |one: Geometry| Geometry {
        track_deg: turn(one.track_deg),
        side: match (one.side, mirror) {
            (Side::Right, true) | (Side::Left, false) => Side::Left,
            (Side::Left, true) | (Side::Right, false) => Side::Right,
        },
        ..one
    };
    Simulated {
        scene: Scene { at: from.scene.at + shift, ..from.scene },
        detections: from
            .detections
            .iter()
            .map(|one| Detection {
                position: place(one.position),
                geometry: one.geometry.map(geometry),
                ..*one
            })
            .collect(),
        vessels: from
            .vessels
            .iter()
            .map(|one| Candidate {
                mmsi: Mmsi::new(one.mmsi.number() + add).unwrap(),
                before: one.before.map(fix),
                after: one.after.map(fix),
                ..*one
            })
            .collect(),
        truth: from.truth.clone(),
    }
}

fn labels_of(scene: &Simulated) -> Vec<Label> {
    associate(&scene.scene, &scene.detections, &scene.vessels, &AssociationParameters::default())
}

#[test]
fn what_must_not_change_labels_does_not() {
    let reached = Reached::default();
    let strategy =
        (0..1_000_u64, -4_000..4_000_i64, -180.0..180.0_f64, any::<bool>(), 0..1_000_u32, 0..60_usize);
    let law = |(seed, days, east, mirror, add, turn): (u64, i64, f64, bool, u32, usize)| {
        let here = simulate(seed, 40, 10, 40_000.0, 900.0, (35.0, 20.0));
        let labels = labels_of(&here);
        for (east, mirror) in [(east, mirror), (159.9, mirror)] {
            let there = labels_of(&elsewhere(&here, days, east, mirror, add));
            for (a, b) in labels.iter().zip(&there) {
                prop_assert_eq!(a.vessel.map(|mmsi| mmsi.number() + add), b.vessel.map(Mmsi::number));
                prop_assert!((a.dark - b.dark).abs() < 1e-6);
            }
        }
        let mut mixed = elsewhere(&here, 0, 0.0, false, 0);
        let (count, vessels) = (mixed.detections.len(), mixed.vessels.len());
        mixed.detections.rotate_left(turn % count);
        mixed.vessels.rotate_left(turn % vessels);
        mixed.vessels.reverse();
        let mut back = labels_of(&mixed);
        back.rotate_right(turn % count);
        for (a, b) in labels.iter().zip(&back) {
            prop_assert_eq!(a.vessel, b.vessel);
            prop_assert!((a.dark - b.dark).abs() < 1e-6);
        }
        reached.case();
        reached.note("a matched detection", labels.iter().any(|label| label.vessel.is_some()));
        reached.note("a dark one", labels.iter().any(|label| label.vessel.is_none() && label.dark > 0.5));
        Ok(())
    };
    runner(60).run(&strategy, law).unwrap();
    reached.at_least(0.9);
}
