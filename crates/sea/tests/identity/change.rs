//! A hull that goes on under another number, as a hypothesis.

use bitacora_primitives::Duration;
use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_sea::Kind;
use bitacora_sea::contacts::StaticReport;
use bitacora_sea::tracks::Fix;
use bitacora_sea::tracks::identity::change::{Changes, changes as all_changes};
use bitacora_sea::tracks::identity::{ChangeParameters, Finding};
use bitacora_sea::tracks::positions::{Positions, Row};
use proptest::prelude::*;

use crate::shared::laws::{Reached, moved, runner, shuffled};
use crate::traffic::{IMO, fix, gist, last_revisions, row, statics};

#[derive(Clone)]
enum Told {
    Fix(Fix),
    Static(StaticReport),
}

fn changes(told: &[Told]) -> Vec<Finding> {
    let mut told = told.to_vec();
    told.sort_by_key(|one| match one {
        Told::Fix(fix) => (fix.observed, fix.mmsi),
        Told::Static(report) => (report.observed, report.mmsi),
    });
    let mut detector = Changes::new(ChangeParameters::default());
    let mut out = Vec::new();
    for one in &told {
        match one {
            Told::Fix(fix) => detector.observe(fix, &mut out),
            Told::Static(report) => detector.learn(report, &mut out),
        }
    }
    detector.finish(&mut out);
    out
}

/// The hull of `mmsi` due north at 12 kn between two times.
fn leg(mmsi: u32, from: u32, to: u32, lon: f64) -> Vec<Told> {
    (from..to)
        .step_by(60)
        .map(|s| {
            let s = f64::from(s);
            Told::Fix(fix(&row(mmsi, s, 9.0 + s * 12.0 / 216_000.0, lon, 12.0, 0.0), s as usize))
        })
        .collect()
}

#[test]
fn a_hull_that_goes_on_under_another_number_is_a_hypothesis() {
    let mut told = leg(352_000_001, 0, 3_600, -79.5);
    told.extend(leg(538_000_009, 4_800, 9_000, -79.5));
    let found = changes(&told);
    assert_eq!(found.len(), 1, "{found:#?}");
    let one = &found[0];
    assert_eq!((one.mmsi.number(), one.other.unwrap().number()), (352_000_001, 538_000_009));
    assert_eq!((one.kind, one.numbers["rivals"]), (Kind::MmsiChange, 0.0));
    assert!((one.numbers["implied_speed_kn"] - 12.0).abs() < 0.1);

    // The same IMO number makes it stronger, another takes it back.
    told.push(Told::Static(statics(352_000_001, 100.0, Some(IMO), None)));
    let mut same = told.clone();
    same.push(Told::Static(statics(538_000_009, 5_000.0, Some(IMO), None)));
    assert!(changes(&same)[0].numbers["score"] > one.numbers["score"] + 5.0);
    let mut other = told.clone();
    other.push(Told::Static(statics(538_000_009, 8_900.0, Some(8_814_275), None)));
    let found = changes(&other);
    assert_eq!(found.iter().map(|one| one.withdrawn).collect::<Vec<_>>(), [false, true]);

    // The old number heard again: it was never given up.
    told.extend(leg(352_000_001, 12_000, 12_200, -79.5));
    assert!(changes(&told).last().unwrap().withdrawn);
}

#[test]
fn several_that_fit_are_rivals_and_none_is_found_out_of_reach() {
    let mut told = leg(352_000_001, 0, 3_600, -79.5);
    told.extend(leg(352_000_002, 0, 3_600, -79.503));
    told.extend(leg(538_000_009, 4_800, 9_000, -79.5));
    let found = changes(&told);
    assert_eq!((found.len(), found[0].numbers["rivals"]), (1, 1.0));
    // A second new number for the same old one.
    told.extend(leg(538_000_011, 4_800, 9_000, -79.5));
    assert!(changes(&told).iter().any(|one| one.revision == 0 && one.numbers["rivals"] >= 1.0));

    let mut far = leg(352_000_001, 0, 3_600, -79.5);
    far.extend(leg(538_000_009, 4_800, 9_000, -78.5));
    assert!(changes(&far).is_empty());
    let mut beside = leg(352_000_001, 0, 9_000, -79.5);
    beside.extend(leg(538_000_009, 4_800, 9_000, -79.5));
    assert!(changes(&beside).is_empty(), "both are heard at once");
}

#[test]
fn a_change_across_the_antimeridian_and_at_the_pole_is_found() {
    for lat in [-0.05, 88.5] {
        let path = |mmsi: u32, from: u32, to: u32| {
            (from..to).step_by(60).map(move |s| {
                let lon = wrap_longitude(179.9 + f64::from(s) * 2e-5);
                Told::Fix(fix(&row(mmsi, f64::from(s), lat, lon, 4.3, 90.0), s as usize))
            })
        };
        let mut told: Vec<Told> = path(352_000_001, 0, 3_600).collect();
        told.extend(path(538_000_009, 6_000, 12_000));
        assert_eq!(changes(&told).len(), 1, "latitude {lat}");
    }
}

/// One hull: where it is heard, minutes from its first fix to its last under the first number, of silence, and under the
/// second; what it says of itself; whether the first number is heard again.
#[derive(Clone, Copy, Debug)]
struct Hull {
    place: usize,
    starts: u32,
    first: u32,
    silent: u32,
    second: u32,
    says: u8,
    again: bool,
}

const OLD: u32 = 352_000_001;
const NEW: u32 = 538_000_001;

/// Three berths within a few cables of each other on the antimeridian, so that hulls are rivals, and one far away.
const PLACES: [(f64, f64); 4] = [(9.0, 179.99), (9.0, 179.993_1), (9.0, 179.994_7), (-33.0, 18.0)];

fn hulls() -> impl Strategy<Value = Vec<Hull>> {
    let one = (0..4_usize, 0..8_u32, 2..10_u32, 1..40_u32, 2..10_u32, 0..6_u8, prop::bool::weighted(0.15));
    prop::collection::vec(one, 1..6).prop_map(|hulls| {
        hulls
            .into_iter()
            .map(|(place, starts, first, silent, second, says, again)| Hull {
                place,
                starts: starts * 10,
                first: first * 10,
                silent: silent * 10,
                second: second * 10,
                says,
                again,
            })
            .collect()
    })
}

/// What is heard of the hulls, a fix every ten minutes at 12 kn due north, and what they say, ten seconds later.
fn heard(hulls: &[Hull]) -> (Vec<Row>, Vec<StaticReport>) {
    let (mut rows, mut reports) = (Vec::new(), Vec::new());
    for (index, hull) in (0_u32..).zip(hulls) {
        let (lat, lon) = PLACES[hull.place];
        let (old, new) = (OLD + 16 * index, NEW + 16 * index);
        let mut hear = |mmsi: u32, minute: u32| {
            let seconds = f64::from(minute) * 60.0;
            rows.push(row(mmsi, seconds, lat + seconds * 12.0 / 216_000.0, lon, 12.0, 0.0));
        };
        let ends = hull.starts + hull.first;
        let begins = ends + hull.silent;
        let over = begins + hull.second;
        (hull.starts..=ends).step_by(10).for_each(|minute| hear(old, minute));
        (begins..=over).step_by(10).for_each(|minute| hear(new, minute));
        if hull.again {
            hear(old, over + 30);
        }
        let mut say = |mmsi, minute: u32, imo, name| {
            let mut one = statics(mmsi, f64::from(minute) * 60.0 + 10.0, imo, name);
            (one.length_m, one.beam_m) = (Some(120), Some(20));
            reports.push(one);
        };
        let other = Some(8_814_275);
        let (told, tells, late) = match hull.says {
            0 => (None, None, 0),
            1 => (Some((Some(IMO), None)), Some((Some(IMO), None)), 0),
            2 => (Some((Some(IMO), None)), Some((other, None)), 0),
            3 => (Some((None, Some("ALFA"))), Some((None, Some("ALFA"))), 0),
            // Said after the hypothesis was made: for it, against it.
            4 => (Some((Some(IMO), None)), Some((Some(IMO), None)), hull.second),
            _ => (Some((Some(IMO), None)), Some((other, None)), hull.second),
        };
        if let Some((imo, name)) = told {
            say(old, hull.starts, imo, name);
        }
        if let Some((imo, name)) = tells {
            say(new, begins + late, imo, name);
        }
    }
    (rows, reports)
}

fn batch(rows: &[Row], reports: &[StaticReport]) -> Vec<Finding> {
    let positions: Positions = rows.iter().copied().collect();
    all_changes(&positions, reports, &ChangeParameters::default())
}

/// The stream, whose state is carried over `cut` and whose output is taken away there.
fn streamed(rows: &[Row], reports: &[StaticReport], cut: usize) -> Vec<Finding> {
    let statics = reports.iter().cloned().map(Told::Static);
    let fixes = rows.iter().enumerate().map(|(line, row)| Told::Fix(fix(row, line)));
    let mut told: Vec<Told> = statics.chain(fixes).collect();
    told.sort_by_key(|one| match one {
        Told::Static(report) => (report.observed, 0, report.mmsi),
        Told::Fix(fix) => (fix.observed, 1, fix.mmsi),
    });
    let mut detector = Changes::new(ChangeParameters::default());
    let (mut before, mut out) = (Vec::new(), Vec::new());
    for (index, one) in told.iter().enumerate() {
        if index == cut {
            detector = detector.clone();
            before = std::mem::take(&mut out);
        }
        match one {
            Told::Fix(fix) => detector.observe(fix, &mut out),
            Told::Static(report) => detector.learn(report, &mut out),
        }
    }
    detector.finish(&mut out);
    before.extend(out);
    before
}

#[test]
fn what_must_not_change_hypotheses_does_not() {
    let reached = Reached::default();
    let strategy =
        (hulls(), -4_000_i64..4_000, 0_u32..36, 0_u32..1_000, any::<u64>(), 0_usize..160, 1_usize..4);
    let law = |(hulls, days, turn, add, seed, cut, every): (Vec<Hull>, i64, u32, u32, u64, usize, usize)| {
        let (rows, reports) = heard(&hulls);
        let found = batch(&rows, &reports);
        let plain = gist(&found, 0, |mmsi| mmsi);

        prop_assert_eq!(
            &plain,
            &gist(&batch(&shuffled(&rows, seed), &shuffled(&reports, seed)), 0, |mmsi| mmsi)
        );

        let mut doubled = (rows.clone(), reports.clone());
        doubled.0.extend(rows.iter().step_by(every));
        doubled.1.extend(reports.iter().step_by(every).cloned());
        let twice = batch(&shuffled(&doubled.0, seed), &shuffled(&doubled.1, seed));
        prop_assert_eq!(&plain, &gist(&twice, 0, |mmsi| mmsi));

        let there: Vec<StaticReport> = reports
            .iter()
            .map(|report| StaticReport {
                mmsi: bitacora_primitives::Mmsi::new(report.mmsi.number() + add).unwrap(),
                observed: report.observed + Duration::from_hours(24 * days),
                ..report.clone()
            })
            .collect();
        let there = batch(&moved(&rows, days, turn, |mmsi| mmsi + add), &there);
        prop_assert_eq!(&plain, &gist(&there, days, |mmsi| mmsi - add));

        let whole = streamed(&rows, &reports, usize::MAX);
        prop_assert_eq!(&whole, &streamed(&rows, &reports, cut));
        reached.note("a hypothesis taken back", whole.iter().any(|one| one.withdrawn));
        prop_assert_eq!(&plain, &gist(&last_revisions(whole), 0, |mmsi| mmsi));

        reached.case();
        reached.note("a hypothesis", !found.is_empty());
        reached.note("rivals", found.iter().any(|one| one.numbers["rivals"] > 0.0));
        reached.note("a second look", found.iter().any(|one| one.revision > 0));
        Ok(())
    };
    runner(300).run(&strategy, law).unwrap();
    reached.at_least(0.1);
}
