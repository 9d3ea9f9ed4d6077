//! Identity: numbers in two hands, numbers misread by one bit, statements that cannot both hold, a hull that goes
//! on under another number; and what must not change the findings. Above 500 lines because the checks share
//! their traffic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly; tests read files"
)]

mod shared;

use std::collections::{BTreeMap, BTreeSet};

use bitacora_primitives::geodesy::{haversine, wrap_longitude};
use bitacora_primitives::{Duration, EvidenceRef, Instant, Mmsi, Position, SourceId};
use bitacora_sea::behaviour::parameters::MotionParameters;
use bitacora_sea::contacts::{StaticReport, StationKind};
use bitacora_sea::tracks::Fix;
use bitacora_sea::tracks::identity::cadence::Counter;
use bitacora_sea::tracks::identity::change::{Changes, changes as all_changes};
use bitacora_sea::tracks::identity::concurrent::concurrent;
use bitacora_sea::tracks::identity::contradiction::{Contradictions, contradictions as all_contradictions};
use bitacora_sea::tracks::identity::near_miss::{NearMisses, near_misses};
use bitacora_sea::tracks::identity::{
    CadenceParameters, ChangeParameters, ContradictionParameters, Finding, NearMissParameters, Reason,
};
use bitacora_sea::tracks::positions::{Positions, Row};
use bitacora_sea::tracks::segments::{self, compatible};
use bitacora_sea::{Kind, Parameters};
use proptest::prelude::*;
use shared::at;

const MAX_IDLE: Duration = Duration::from_hours(14 * 24);

fn real_rows() -> Option<Vec<Row>> {
    let text = shared::text("segments/regression_messages.csv.gz")?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let columns = ["ssvid", "timestamp", "lat", "lon", "speed", "course", "type"].map(column);
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.unwrap();
        let field = |at: usize| row.get(columns[at]).unwrap();
        let (Ok(lat), Ok(lon)) = (field(2).parse::<f64>(), field(3).parse::<f64>()) else { continue };
        if Position::new(lat, lon).is_err() {
            continue;
        }
        rows.push(Row {
            mmsi: field(0).parse().unwrap(),
            micros: Instant::parse(field(1)).unwrap().micros(),
            lat,
            lon,
            sog_kn: field(4).parse().ok(),
            cog_deg: field(5).parse().ok(),
            message_type: field(6).trim_start_matches("AIS.").parse().unwrap(),
        });
    }
    Some(rows)
}

#[test]
fn every_number_in_two_distant_hands_is_found_and_no_other() {
    let Some(rows) = real_rows() else { return };
    let positions: Positions = rows.iter().copied().collect();
    let found = concurrent(&positions, &MotionParameters::default(), MAX_IDLE);
    assert!(found.iter().all(|one| one.reason == Reason::AlternatingTracks && one.end >= one.start));
    let numbers: BTreeSet<u32> = found.iter().map(|one| one.mmsi).collect();
    // The view of the compatible mode, which agrees with the peer's own segments: how often the number changes
    // between segments more than 50 km apart, faster than 80 kn.
    let segments = segments::compatible(&positions, &compatible::Parameters::default());
    let mut shared_numbers = BTreeSet::new();
    for (mmsi, rows) in positions.by_vessel().iter() {
        let placed: Vec<usize> =
            rows.iter().map(|row| *row as usize).filter(|row| segments.of(*row).is_some()).collect();
        let mut changes = 0;
        for pair in placed.windows(2) {
            let place = |row: usize| Position::new(positions.lat()[row], positions.lon()[row]).unwrap();
            let metres = haversine(place(pair[0]), place(pair[1])).value();
            let seconds = (positions.micros()[pair[1]] - positions.micros()[pair[0]]) as f64 / 1e6;
            let other = segments.of(pair[0]) != segments.of(pair[1]);
            changes += u32::from(other && metres > 50_000.0 && metres / seconds.max(1.0) > 41.2);
        }
        println!("{mmsi}: {changes} changes, found {}", numbers.contains(&mmsi));
        if changes >= 2 {
            shared_numbers.insert(mmsi);
        }
    }
    println!("{} of 56 numbers: {numbers:?}; {} rows", numbers.len(), found.len());
    assert_eq!(numbers, shared_numbers);
}

#[test]
fn the_batch_finds_the_conflicts_of_the_picture() {
    let Some(rows) = real_rows() else { return };
    let positions: Positions = rows.iter().copied().collect();
    let mut contacts: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(line, row)| {
            let time = Instant::from_micros(row.micros);
            let mut one = shared::contact(row.mmsi, time, row.lat, row.lon, line as u64);
            (one.sog_kn, one.cog_deg) = (row.sog_kn, row.cog_deg);
            one
        })
        .collect();
    contacts.sort_by_key(|c| (c.observed, c.mmsi, c.evidence));
    let out = shared::run(&Parameters::default(), contacts);
    let mut theirs: Vec<(u32, Instant, Instant)> = shared::final_events(&out)
        .iter()
        .filter(|event| event.kind == Kind::IdentityConflict)
        .map(|event| (event.mmsi.number(), event.start, event.end.unwrap()))
        .collect();
    theirs.sort_unstable();
    let ours: Vec<(u32, Instant, Instant)> = concurrent(&positions, &MotionParameters::default(), MAX_IDLE)
        .iter()
        .map(|one| (one.mmsi, one.start, one.end))
        .collect();
    assert_eq!(ours, theirs);
}

fn row(mmsi: u32, seconds: f64, lat: f64, lon: f64, sog: f32, cog: f32) -> Row {
    Row {
        mmsi,
        micros: at(seconds).micros(),
        lat,
        lon,
        sog_kn: Some(sog),
        cog_deg: Some(cog),
        message_type: 1,
    }
}

const BASE: u32 = 352_001_024;

/// Vessel `mmsi` at 12 kn due north from `start`, a fix every 20 s, for two hours.
fn under_way(mmsi: u32, lat: f64, lon: f64) -> Vec<Row> {
    (0..360)
        .map(|k| row(mmsi, f64::from(k) * 20.0, lat + f64::from(k) * 20.0 * 12.0 / 216_000.0, lon, 12.0, 0.0))
        .collect()
}

/// Traffic with one number misread twice (its fixes lie between those of the hull), one that is far away, one
/// that goes on being heard, and one whose neighbour is at the next berth.
fn traffic() -> Vec<Row> {
    let mut rows = under_way(BASE, 9.0, -79.5);
    let misread = |seconds: f64| row(BASE ^ 8, seconds, 9.0 + seconds * 12.0 / 216_000.0, -79.5, 12.0, 0.0);
    rows.extend([misread(3_010.0), misread(3_550.0)]);
    rows.push(row(BASE ^ 16, 3_010.0, 9.5, -79.5, 12.0, 0.0));
    rows.extend(
        (0..40).map(|k| misread(1_000.0 + f64::from(k) * 30.0)).map(|one| Row { mmsi: BASE ^ 32, ..one }),
    );
    rows.push(row(BASE ^ 64, 3_010.0, 9.0 + 3_010.0 * 12.0 / 216_000.0 + 0.003, -79.5, 12.0, 0.0));
    rows.push(Row { mmsi: BASE ^ 3, ..misread(3_010.0) });
    rows.sort_by_key(|one| (one.micros, one.mmsi));
    rows
}

fn misread(rows: &[Row]) -> Vec<Finding> {
    near_misses(&rows.iter().copied().collect(), &NearMissParameters::default())
}

#[test]
fn a_number_misread_by_one_bit_is_told_from_one_that_exists() {
    let found = misread(&traffic());
    assert_eq!(found.len(), 1, "{found:#?}");
    let one = &found[0];
    assert_eq!((one.mmsi.number(), one.other.unwrap().number()), (BASE ^ 8, BASE));
    assert_eq!(one.kind, Kind::MmsiNearMiss);
    assert_eq!((one.numbers["messages"], one.numbers["bit"]), (2.0, 3.0));
    assert!(one.numbers["distance_m"] < 5.0);
    assert!(one.evidence.len() >= 4);
}

#[test]
fn a_number_first_taken_for_misread_is_taken_back_when_it_goes_on() {
    let mut rows = under_way(BASE, 9.0, -79.5);
    let own = |seconds: f64| row(BASE ^ 8, seconds, 9.0 + seconds * 12.0 / 216_000.0, -79.5, 12.0, 0.0);
    rows.push(own(610.0));
    rows.extend((0..10).map(|k| own(3_010.0 + f64::from(k) * 60.0)));
    rows.sort_by_key(|one| (one.micros, one.mmsi));
    let mut detector = NearMisses::new(NearMissParameters::default());
    let mut out = Vec::new();
    for (line, one) in rows.iter().enumerate() {
        detector.observe(&fix(one, line), &mut out);
    }
    detector.finish(&mut out);
    assert_eq!(
        out.iter().map(|one| (one.revision, one.withdrawn)).collect::<Vec<_>>(),
        [(0, false), (1, true)]
    );
    assert!(misread(&rows).is_empty());
}

fn fix(row: &Row, line: usize) -> Fix {
    let mut one = shared::contact(row.mmsi, Instant::from_micros(row.micros), row.lat, row.lon, line as u64);
    (one.sog_kn, one.cog_deg) = (row.sog_kn, row.cog_deg);
    Fix::of(&one)
}

#[derive(Clone)]
enum Told {
    Fix(Fix),
    Static(StaticReport),
}

fn statics(mmsi: u32, seconds: f64, imo: Option<u32>, name: Option<&str>) -> StaticReport {
    StaticReport {
        mmsi: Mmsi::new(mmsi).unwrap(),
        observed: at(seconds),
        name: name.map(str::to_owned),
        call_sign: None,
        imo,
        ship_type: None,
        length_m: None,
        beam_m: None,
        draught_m: None,
        destination: None,
        station: StationKind::ClassA,
        evidence: EvidenceRef { source: SourceId::of(&[b"statics"]), line: seconds as u64, offset: None },
    }
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

const IMO: u32 = 9_074_729;

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

fn contradictions(reports: &[StaticReport]) -> Vec<Finding> {
    let mut reports = reports.to_vec();
    reports.sort_by_key(|report| (report.observed, report.mmsi));
    let mut detector = Contradictions::new(ContradictionParameters::default());
    let mut out = Vec::new();
    reports.iter().for_each(|report| detector.observe(report, &mut out));
    out
}

#[test]
fn two_names_in_turn_contradict_and_a_new_name_or_a_damaged_one_does_not() {
    let named = |names: &[&str]| -> Vec<StaticReport> {
        names.iter().enumerate().map(|(k, name)| statics(1, 360.0 * k as f64, None, Some(name))).collect()
    };
    assert!(contradictions(&named(&["A", "A", "A", "B", "B", "B"])).is_empty(), "renamed");
    assert!(contradictions(&named(&["A", "A", "X", "A", "A", "Y", "A"])).is_empty(), "damaged");
    let found = contradictions(&named(&["A", "B", "A", "B", "A", "B", "A", "B"]));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].reason, found[0].kind), (Reason::NameAlternates, Kind::IdentityContradiction));
    assert_eq!(found[0].start, at(360.0));
}

#[test]
fn one_imo_number_under_two_mmsis_at_once_contradicts_and_one_after_the_other_does_not() {
    let told = |mmsi: u32, times: &[f64]| -> Vec<StaticReport> {
        times.iter().map(|t| statics(mmsi, *t, Some(IMO), None)).collect()
    };
    let mut after = told(352_000_001, &[0.0, 360.0, 720.0]);
    after.extend(told(352_000_002, &[1_000.0, 1_360.0, 1_720.0]));
    assert!(contradictions(&after).is_empty());
    after.extend(told(352_000_001, &[2_000.0]));
    let found = contradictions(&after);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].reason, found[0].mmsi.number()), (Reason::ImoShared, 352_000_001));
    assert_eq!(found[0].other.unwrap().number(), 352_000_002);
    let wrong: Vec<StaticReport> =
        [0.0, 360.0, 720.0].iter().map(|t| statics(7, *t, Some(IMO + 1), None)).collect();
    let found = contradictions(&wrong);
    assert_eq!(found.iter().map(|one| one.reason).collect::<Vec<_>>(), [Reason::ImoCheckDigit]);
}

#[test]
fn transponders_of_both_classes_and_missing_statics_are_flagged() {
    let parameters = CadenceParameters::default();
    let run = |types: &[u8]| {
        let mut counter = Counter::new();
        let mmsi = Mmsi::new(352_000_001).unwrap();
        for (k, kind) in types.iter().enumerate() {
            assert_eq!(counter.observe(mmsi, at(10.0 * k as f64), *kind, &parameters), None);
        }
        counter.end(&parameters).unwrap()
    };
    let mut normal = vec![1; 300];
    normal.extend([5; 8]);
    assert!(!run(&normal).is_flagged());
    assert!(run(&[1; 300]).statics_missing);
    assert!(run(&[5; 12]).positions_missing);
    normal.extend([18; 6]);
    assert!(run(&normal).class_mixed);
}

/// What a finding says, without ids and evidence.
fn gist(found: &[Finding]) -> BTreeMap<(i64, u32), (i64, u32, String)> {
    found
        .iter()
        .map(|one| {
            let numbers: Vec<String> = one.numbers.iter().map(|(name, v)| format!("{name}={v:.3}")).collect();
            let key = (one.start.micros(), one.mmsi.number());
            (key, (one.end.micros(), one.other.map_or(0, Mmsi::number), numbers.join(" ")))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_must_not_change_misread_numbers_does_not(
        days in -4_000_i64..4_000, turn in 0_u32..36, mask in 0_u32..1_000, cut in 0_usize..420, seed in any::<u64>(),
    ) {
        let rows = traffic();
        let plain = gist(&misread(&rows));
        let turned: Vec<Row> = rows.iter().map(|row| Row {
            mmsi: row.mmsi ^ mask,
            micros: row.micros + days * 86_400_000_000,
            lat: -row.lat,
            lon: wrap_longitude(row.lon + f64::from(turn) * 10.0),
            cog_deg: row.cog_deg.map(|cog| (540.0 - cog).rem_euclid(360.0)),
            ..*row
        }).collect();
        let back: BTreeMap<_, _> = gist(&misread(&turned)).into_iter().map(|((start, mmsi), (end, other, n))| {
            let day = days * 86_400_000_000;
            ((start - day, mmsi ^ mask), (end - day, other ^ mask, n))
        }).collect();
        prop_assert_eq!(&plain, &back);
        // Any order, and doubled.
        let mut shuffled: Vec<Row> = rows.iter().flat_map(|row| [*row, *row]).collect();
        let mut state = seed | 1;
        shuffled.sort_by_cached_key(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        });
        prop_assert_eq!(&plain, &gist(&misread(&shuffled)));
        // Cut anywhere.
        let mut whole = Vec::new();
        let mut detector = NearMisses::new(NearMissParameters::default());
        for (line, row) in rows.iter().enumerate() {
            if line == cut {
                detector = detector.clone();
            }
            detector.observe(&fix(row, line), &mut whole);
        }
        detector.finish(&mut whole);
        whole.retain(|one| !one.withdrawn);
        prop_assert_eq!(plain, gist(&whole));
    }

    #[test]
    fn what_must_not_change_hypotheses_does_not(days in -4_000_i64..4_000, turn in 0_u32..36, add in 0_u32..1_000) {
        let mut told = leg(352_000_001, 0, 3_600, -79.5);
        told.extend(leg(352_000_002, 0, 3_600, -79.6));
        told.extend(leg(538_000_009, 4_800, 9_000, -79.5));
        let plain = gist(&changes(&told));
        prop_assert_eq!(plain.len(), 1);
        let turned: Vec<Told> = told.iter().map(|one| match one {
            Told::Fix(fix) => {
                let lon = wrap_longitude(fix.position.lon() + f64::from(turn) * 10.0);
                Told::Fix(Fix {
                    mmsi: Mmsi::new(fix.mmsi.number() + add).unwrap(),
                    observed: fix.observed + Duration::from_hours(24 * days),
                    position: Position::new(-fix.position.lat(), lon).unwrap(),
                    cog_deg: fix.cog_deg.map(|cog| (540.0 - cog).rem_euclid(360.0)),
                    ..*fix
                })
            }
            Told::Static(report) => Told::Static(report.clone()),
        }).collect();
        let day = days * 86_400_000_000;
        let back: BTreeMap<_, _> = gist(&changes(&turned)).into_iter()
            .map(|((start, mmsi), (end, other, n))| ((start - day, mmsi - add), (end - day, other - add, n)))
            .collect();
        prop_assert_eq!(&plain, &back);
        let doubled: Vec<Told> = told.iter().flat_map(|one| [one.clone(), one.clone()]).collect();
        prop_assert_eq!(plain, gist(&changes(&doubled)));
    }
}

/// Reports of a few numbers that share and change names, IMO numbers and call signs.
fn statements() -> impl Strategy<Value = Vec<StaticReport>> {
    let one = (0_u32..4, 0_u32..100_000, 0_usize..3, 0_usize..4, 0_usize..3);
    proptest::collection::vec(one, 1..80).prop_map(|told| {
        let mut reports: Vec<StaticReport> = told
            .into_iter()
            .enumerate()
            .map(|(line, (number, second, name, imo, call_sign))| {
                let mut one = statics(
                    352_000_001 + number,
                    f64::from(second),
                    [None, Some(IMO), Some(8_814_275), Some(IMO + 1)][imo],
                    [None, Some("ALFA"), Some("BRAVO")][name],
                );
                one.call_sign = [None, Some("HPXY".to_owned()), Some("3FAB7".to_owned())][call_sign].clone();
                one.evidence.line = line as u64;
                one
            })
            .collect();
        // One report of a number at a time: which of two comes first is not said.
        reports.sort_by_key(|report| (report.observed, report.mmsi));
        reports.dedup_by_key(|report| (report.observed, report.mmsi));
        reports
    })
}

/// Kind, reason, numbers and times, without ids and evidence.
fn said(found: &[Finding], days: i64, mask: u32) -> BTreeSet<String> {
    found
        .iter()
        .map(|one| {
            let shift = Duration::from_hours(24 * days);
            let mut numbers = [one.mmsi.number() ^ mask, one.other.map_or(0, |other| other.number() ^ mask)];
            numbers.sort_unstable();
            format!(
                "{} {numbers:?} {} {} {:?}",
                one.reason.code(),
                one.start - shift,
                one.end - shift,
                one.numbers
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_must_not_change_contradictions_does_not(
        reports in statements(), days in -4_000_i64..4_000, mask in 0_u32..1_000, seed in any::<u64>(), cut in 0_usize..80,
    ) {
        let parameters = ContradictionParameters::default();
        let plain = said(&all_contradictions(&reports, &parameters), 0, 0);
        let moved: Vec<StaticReport> = reports
            .iter()
            .map(|report| StaticReport {
                mmsi: Mmsi::new(report.mmsi.number() ^ mask).unwrap(),
                observed: report.observed + Duration::from_hours(24 * days),
                ..report.clone()
            })
            .collect();
        prop_assert_eq!(&plain, &said(&all_contradictions(&moved, &parameters), days, mask));
        let mut shuffled: Vec<StaticReport> =
            reports.iter().flat_map(|report| [report.clone(), report.clone()]).collect();
        let mut state = seed | 1;
        shuffled.sort_by_cached_key(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        });
        prop_assert_eq!(&plain, &said(&all_contradictions(&shuffled, &parameters), 0, 0));
        let mut detector = Contradictions::new(parameters);
        let mut found = Vec::new();
        for (at, report) in reports.iter().enumerate() {
            if at == cut {
                detector = detector.clone();
            }
            detector.observe(report, &mut found);
        }
        let mut last = BTreeMap::new();
        for one in found {
            last.insert(one.id, one);
        }
        let streamed: Vec<Finding> = last.into_values().collect();
        prop_assert_eq!(plain, said(&streamed, 0, 0));
    }
}

#[test]
fn memory_is_bounded_by_what_is_heard_within_it() {
    let mut near = NearMisses::new(NearMissParameters::default());
    let mut hulls = Changes::new(ChangeParameters::default());
    let mut out = Vec::new();
    // 100,000 numbers, each heard once, a minute apart: a day has 1,440, two days 2,880.
    for k in 0..100_000_u32 {
        let one = fix(&row(200_000_000 + 7 * k, 60.0 * f64::from(k), 9.0, -79.5, 0.0, 0.0), k as usize);
        near.observe(&one, &mut out);
        hulls.observe(&one, &mut out);
    }
    assert!(near.remembered() <= 2 * 1_441 + 1_024, "{}", near.remembered());
    assert!(hulls.remembered() <= 2 * 2_881 + 1_024, "{}", hulls.remembered());
    assert!(out.is_empty());
}

#[test]
fn misread_numbers_and_changes_are_rare_in_real_traffic() {
    let path = "../ais/decoded/marinecadastre-2022-01-03-first99999.csv.gz";
    let Some(text) = shared::text(path) else { return };
    let mut rows = Vec::new();
    for line in csv::Reader::from_reader(text.as_bytes()).records() {
        let line = line.unwrap();
        let (Ok(mmsi), Ok(time)) = (line[0].parse::<u32>(), Instant::parse(&format!("{}Z", &line[1]))) else {
            continue;
        };
        let (Ok(lat), Ok(lon)) = (line[2].parse::<f64>(), line[3].parse::<f64>()) else { continue };
        if Position::new(lat, lon).is_err() {
            continue;
        }
        let (sog_kn, cog_deg) = (line[4].parse().ok(), line[5].parse().ok());
        rows.push(Row { mmsi, micros: time.micros(), lat, lon, sog_kn, cog_deg, message_type: 0 });
    }
    let numbers = rows.iter().map(|one| one.mmsi).collect::<BTreeSet<u32>>().len();
    let positions: Positions = rows.iter().copied().collect();
    let found = misread(&rows);
    let hulls = all_changes(&positions, &[], &ChangeParameters::default());
    let shared_numbers = concurrent(&positions, &MotionParameters::default(), MAX_IDLE);
    println!(
        "{} rows, {numbers} numbers: {} misread, {} changes ({} without rivals), {} shared",
        rows.len(),
        found.len(),
        hulls.len(),
        hulls.iter().filter(|one| one.numbers["rivals"] < 1.0).count(),
        shared_numbers.len()
    );
    assert!(rows.len() > 90_000 && numbers > 1_000);
    assert!(found.len() * 100 < numbers && hulls.len() * 100 < numbers);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Two ships with one number, heard in turn as it happens, and a third number with one.
    #[test]
    fn what_must_not_change_numbers_in_two_hands_does_not(
        heard in proptest::collection::vec((0_u32..3, 60_u32..9_000), 2..60),
        days in -4_000_i64..4_000, turn in 0_u32..36, add in 0_u32..1_000, seed in any::<u64>(),
    ) {
        let mut second = 0.0;
        let rows: Vec<Row> = heard.iter().map(|(ship, wait)| {
            second += f64::from(*wait);
            let (mmsi, lat, lon) =
                [(352_000_001, 9.0, 179.9), (352_000_001, 24.0, -150.0), (352_000_007, 1.0, 0.0)][*ship as usize];
            let lon = wrap_longitude(lon + second * 2e-6);
            row(mmsi, second, lat + second * 1e-6, lon, 5.0, 45.0)
        }).collect();
        let found = |rows: &[Row], days: i64, add: u32| {
            concurrent(&rows.iter().copied().collect(), &MotionParameters::default(), MAX_IDLE)
                .iter()
                .map(|one| {
                    let shift = Duration::from_hours(24 * days);
                    let metres = one.distance_m.round();
                    format!("{} {} {} {metres} {:?}", one.mmsi - add, one.start - shift, one.end - shift, one.reason)
                })
                .collect::<Vec<String>>()
        };
        let plain = found(&rows, 0, 0);
        let turned: Vec<Row> = rows.iter().map(|row| Row {
            mmsi: row.mmsi + add,
            micros: row.micros + days * 86_400_000_000,
            lat: -row.lat,
            lon: wrap_longitude(row.lon + f64::from(turn) * 10.0),
            cog_deg: row.cog_deg.map(|cog| (540.0 - cog).rem_euclid(360.0)),
            ..*row
        }).collect();
        prop_assert_eq!(&plain, &found(&turned, days, add));
        let mut shuffled: Vec<Row> = rows.iter().flat_map(|row| [*row, *row]).collect();
        let mut state = seed | 1;
        shuffled.sort_by_cached_key(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        });
        prop_assert_eq!(&plain, &found(&shuffled, 0, 0));
        prop_assert!(plain.iter().all(|one| one.starts_with("352000001 ")));
    }
}
