//! Segments: the compatible mode against real messages with the segments of the peer, and the exact mode against
//! the picture; and what must hold for any input.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly; tests read files"
)]

mod shared;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bitacora_primitives::{Duration, Instant};
use bitacora_sea::behaviour::parameters::MotionParameters;
use bitacora_sea::tracks::positions::{Positions, Row};
use bitacora_sea::tracks::segments::compatible::{self, Message, Parameters, Segmenter, Step};
use bitacora_sea::tracks::segments::exact::Splitter;
use bitacora_sea::tracks::segments::{self, Segments};
use bitacora_sea::{Output, Parameters as Sea};
use proptest::prelude::*;

struct Given {
    mmsi: u32,
    message: Message,
    expected: String,
}

fn real_messages() -> Option<Vec<Given>> {
    let text = shared::text("segments/regression_messages.csv.gz")?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let names =
        ["ssvid", "timestamp", "lat", "lon", "speed", "course", "heading", "type", "msgid", "expected"];
    let columns = names.map(column);
    let mut known = HashMap::new();
    let given = reader.records().map(|row| {
        let row = row.unwrap();
        let field = |at: usize| row.get(columns[at]).unwrap();
        let number = |at: usize| field(at).parse::<f64>().ok();
        let next = known.len() as u64;
        Given {
            mmsi: field(0).parse().unwrap(),
            message: Message {
                micros: Instant::parse(field(1)).unwrap().micros(),
                lat: number(2),
                lon: number(3),
                sog_kn: number(4),
                cog_deg: number(5),
                heading_deg: number(6),
                message_type: field(7).trim_start_matches("AIS.").parse().unwrap(),
                name: Some(*known.entry(field(8).to_owned()).or_insert(next)),
            },
            expected: field(9).to_owned(),
        }
    });
    Some(given.collect())
}

/// The rows by MMSI and time.
fn grouped(given: &[Given]) -> BTreeMap<u32, Vec<usize>> {
    let mut by_number: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (row, one) in given.iter().enumerate() {
        by_number.entry(one.mmsi).or_default().push(row);
    }
    by_number.values_mut().for_each(|rows| rows.sort_by_key(|row| given[*row].message.micros));
    by_number
}

fn compatible_of(given: &[Given], parameters: Parameters) -> Segments {
    let mut segments = Segments::with_rows(given.len());
    let mut segmenter = Segmenter::new(parameters);
    for rows in grouped(given).values() {
        let messages = rows.iter().map(|row| (*row, given[*row].message));
        compatible::one(messages, &mut segmenter, &mut segments);
    }
    segments
}

#[test]
fn the_compatible_mode_gives_the_segments_of_the_peer() {
    let Some(given) = real_messages() else { return };
    let judged: BTreeSet<u32> =
        given.iter().filter(|one| !one.expected.is_empty()).map(|one| one.mmsi).collect();
    let ours = compatible_of(&given, Parameters::default());
    let (mut rows, mut agreed, mut copies) = (0, 0, 0);
    for (row, one) in given.iter().enumerate().filter(|(_, one)| judged.contains(&one.mmsi)) {
        let segment = ours.of(row);
        if one.expected.is_empty() {
            assert_eq!(segment, None, "row {row} is a copy");
            copies += 1;
            continue;
        }
        rows += 1;
        let id =
            segment.and_then(|segment| ours.name(segment)).map(|name| compatible::peer_id(one.mmsi, name));
        agreed += usize::from(id.as_ref() == Some(&one.expected));
    }
    println!("{agreed} of {rows} rows in the segment of the peer, by its id; {copies} copies");
    assert_eq!((agreed, rows), (33_904, 33_904));
}

/// The columns of a file of positions have no heading and no name of a message, and rows without a place are not
/// in it.
#[test]
fn columns_alone_give_nearly_the_same_segments() {
    let Some(given) = real_messages() else { return };
    let placed: Vec<&Given> = given.iter().filter(|one| one.message.lat.is_some()).collect();
    let positions: Positions = placed
        .iter()
        .map(|one| Row {
            mmsi: one.mmsi,
            micros: one.message.micros,
            lat: one.message.lat.unwrap(),
            lon: one.message.lon.unwrap(),
            sog_kn: one.message.sog_kn.map(|v| v as f32),
            cog_deg: one.message.cog_deg.map(|v| v as f32),
            message_type: one.message.message_type,
        })
        .collect();
    let ours = segments::compatible(&positions, &Parameters::default());
    let (mut rows, mut agreed) = (0, 0);
    for (row, one) in placed.iter().enumerate().filter(|(_, one)| !one.expected.is_empty()) {
        let began = Instant::parse(one.expected.split_once('-').unwrap().1).unwrap().micros();
        rows += 1;
        agreed += usize::from(ours.of(row).and_then(|segment| ours.name(segment)) == Some(began));
    }
    println!("{agreed} of {rows} rows from columns alone");
    assert!(agreed as f64 >= 0.995 * rows as f64, "{agreed} of {rows}");
}

#[test]
fn the_older_sample_of_the_peer_is_split_where_it_splits_it() {
    let (Some(text), Some(input)) =
        (shared::text("segments/segmented-416000000-v3.json.gz"), shared::text("segments/416000000.json.gz"))
    else {
        return;
    };
    let lines = |text: &str| -> Vec<serde_json::Value> {
        text.lines().filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let (segmented, input) = (lines(&text), lines(&input));
    // What was segmented is the input, row by row, in the order of time.
    let key = |one: &serde_json::Value| {
        let time = one["timestamp"].as_str().unwrap().trim_end_matches('Z').replace(' ', "T");
        (Instant::parse(&format!("{time}Z")).unwrap(), one["lat"].to_string(), one["lon"].to_string())
    };
    let sorted = |all: &[serde_json::Value]| {
        let mut keys: Vec<_> = all.iter().map(key).collect();
        keys.sort();
        keys
    };
    assert_eq!(sorted(&segmented), sorted(&input));
    let given: Vec<Given> = segmented
        .iter()
        .map(|one| {
            let number = |name: &str| one[name].as_f64();
            Given {
                mmsi: 416_000_000,
                message: Message {
                    micros: Instant::parse(one["timestamp"].as_str().unwrap()).unwrap().micros(),
                    lat: number("lat"),
                    lon: number("lon"),
                    sog_kn: number("speed"),
                    cog_deg: number("course"),
                    ..Message::default()
                },
                expected: one["segment"].as_str().unwrap_or_default().to_owned(),
            }
        })
        .collect();
    let ours = compatible_of(&given, Parameters::default());
    let theirs: BTreeSet<&str> = given.iter().map(|one| one.expected.as_str()).collect();
    // Version 3 had other rules. What both must see is which fixes no hull can join: of the neighbours in time that lie
    // more than 50 km apart, faster than 80 kn.
    let order = &grouped(&given)[&416_000_000];
    let (mut apart, mut both, mut neighbours, mut same) = (0, 0, 0, 0);
    for pair in order.windows(2) {
        let (a, b) = (&given[pair[0]], &given[pair[1]]);
        let place = |one: &Given| {
            bitacora_primitives::Position::new(one.message.lat.unwrap_or(0.0), one.message.lon.unwrap_or(0.0))
        };
        let (Ok(p), Ok(q)) = (place(a), place(b)) else { continue };
        let metres = bitacora_primitives::geodesy::haversine(p, q).value();
        let seconds = (b.message.micros - a.message.micros) as f64 / 1e6;
        let split = (a.expected != b.expected, ours.of(pair[0]) != ours.of(pair[1]));
        if metres > 50_000.0 && metres / seconds.max(1.0) > 41.2 {
            apart += 1;
            both += u32::from(split == (true, true));
        }
        neighbours += 1;
        same += u32::from(split.0 == split.1);
    }
    println!(
        "{} rows, {} segments in version 3, {} here; {same} of {neighbours} neighbours the same, {both} of {apart} apart",
        given.len(),
        theirs.len(),
        ours.len()
    );
    assert_eq!((given.len(), theirs.len()), (1_668, 29));
    assert_eq!(both, apart, "both split what no hull can join");
    assert!(apart > 50, "{apart}");
}

fn steps(messages: &[(u64, Message)], cuts: &[usize], parameters: Parameters) -> Vec<Step> {
    let mut segmenter = Segmenter::new(parameters);
    let mut out = Vec::new();
    for (at, (row, message)) in messages.iter().enumerate() {
        if cuts.contains(&at) {
            // Carried as it would be from day to day.
            let carried = serde_json::to_string(&segmenter).unwrap();
            segmenter = serde_json::from_str(&carried).unwrap();
        }
        segmenter.observe(*row, message, &mut |step| out.push(step));
    }
    out
}

#[test]
fn d11_a_state_carried_from_day_to_day_gives_the_segments_of_the_whole() {
    let Some(given) = real_messages() else { return };
    for (number, rows) in grouped(&given) {
        let messages: Vec<(u64, Message)> =
            rows.iter().map(|row| (*row as u64, given[*row].message)).collect();
        let day = |at: usize| messages[at].1.micros.div_euclid(86_400_000_000);
        let cuts: Vec<usize> = (1..messages.len()).filter(|at| day(*at) != day(at - 1)).collect();
        let whole = steps(&messages, &[], Parameters::default());
        assert_eq!(whole, steps(&messages, &cuts, Parameters::default()), "{number}");
    }
}

fn row(mmsi: u32, seconds: f64, lat: f64, lon: f64) -> Row {
    let micros = shared::at(seconds).micros();
    Row { mmsi, micros, lat, lon, sog_kn: None, cog_deg: None, message_type: 1 }
}

fn exact(positions: &Positions) -> Segments {
    segments::exact(positions, &MotionParameters::default(), Duration::from_hours(14 * 24))
}

/// D7: twelve fixes of a craft that turns by 60 degrees to and fro, or runs straight.
fn craft(knots: f64, minutes: f64, zig_zag: bool) -> Positions {
    let (mut lat, mut lon) = (9.0_f64, -79.5_f64);
    let mut rows = Vec::new();
    for fix in 0..12 {
        let course = if !zig_zag {
            45.0_f64
        } else if fix % 2 == 0 {
            60.0
        } else {
            -60.0
        }
        .to_radians();
        let one = row(352_000_001, f64::from(fix) * minutes * 60.0, lat, lon);
        rows.push(Row {
            sog_kn: Some(knots as f32),
            cog_deg: Some(course.to_degrees().rem_euclid(360.0) as f32),
            ..one
        });
        let miles = knots * minutes / 60.0;
        lat += miles / 60.0 * course.cos();
        lon += miles / 60.0 * course.sin() / lat.to_radians().cos();
    }
    rows.into_iter().collect()
}

#[test]
fn d7_fast_craft_stay_one_segment() {
    for minutes in [30.0, 60.0, 120.0] {
        assert_eq!(exact(&craft(45.0, minutes, true)).len(), 1, "45 kn, {minutes} min");
    }
    assert_eq!(exact(&craft(60.0, 240.0, false)).len(), 1);
    // The definition that shreds them, kept apart.
    assert!(segments::compatible(&craft(45.0, 30.0, true), &Parameters::default()).len() > 1);
}

#[test]
fn d6_two_ships_with_one_number_are_two_segments() {
    let rows = (0..40).map(|at| {
        let second = at % 2 == 1;
        row(352_000_001, f64::from(at) * 600.0, if second { 20.0 } else { 9.0 }, -79.5)
    });
    let segments = exact(&rows.collect());
    assert_eq!(segments.len(), 2);
    assert_eq!(segments.of(0), segments.of(38));
    assert_eq!(segments.of(1), segments.of(39));
}

/// Rows of a few numbers that jump, share numbers, repeat times and cross the antimeridian.
fn wild() -> impl Strategy<Value = Vec<Row>> {
    let one =
        (0_u32..3, 0_u32..200_000, 0_u8..4, -500_i32..500, -500_i32..500, 0_u32..300, 0_u32..3_700, 0_u8..6);
    proptest::collection::vec(one, 1..160).prop_map(|rows| {
        rows.into_iter()
            .map(|(number, second, place, north, east, sog, cog, kind)| {
                let (lat, lon) = [(0.0, 179.9), (9.0, -79.5), (60.0, 5.0), (-33.0, -179.95)][place as usize];
                let lon = lon + f64::from(east) / 2_000.0;
                Row {
                    sog_kn: (sog < 290).then_some(sog as f32 / 10.0),
                    cog_deg: (cog <= 3_600).then_some(cog as f32 / 10.0),
                    message_type: [1, 1, 3, 18, 27, 0][kind as usize],
                    ..row(
                        352_000_001 + number,
                        f64::from(second),
                        lat + f64::from(north) / 2_000.0,
                        bitacora_primitives::geodesy::wrap_longitude(lon),
                    )
                }
            })
            .collect()
    })
}

/// Which rows share a segment, by the number of the first such row.
fn partition(segments: &Segments, rows: usize) -> Vec<Option<usize>> {
    let mut first: HashMap<u32, usize> = HashMap::new();
    (0..rows).map(|row| segments.of(row).map(|segment| *first.entry(segment).or_insert(row))).collect()
}

fn in_time_order(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by_key(|row| row.micros);
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The batch is the picture's own split.
    #[test]
    fn exact_segments_are_the_tracks_of_the_picture(rows in wild()) {
        let rows = in_time_order(rows);
        let positions: Positions = rows.iter().copied().collect();
        let segments = exact(&positions);
        let contacts = rows.iter().enumerate().map(|(line, row)| {
            let mut one =
                shared::contact(row.mmsi, Instant::from_micros(row.micros), row.lat, row.lon, line as u64);
            one.sog_kn = row.sog_kn;
            one.cog_deg = row.cog_deg;
            one
        });
        let mut tracks = vec![None; rows.len()];
        for output in shared::run(&Sea::default(), contacts) {
            if let Output::Tracked { contact, track, .. } = output {
                tracks[contact.evidence.line as usize] = track;
            }
        }
        let mut known = HashMap::new();
        for (row, track) in tracks.iter().enumerate() {
            let segment = segments.of(row).unwrap();
            prop_assert_eq!(*known.entry(segment).or_insert(*track), *track, "row {}", row);
        }
        let distinct: BTreeSet<_> = tracks.iter().flatten().collect();
        prop_assert_eq!(distinct.len(), segments.len());
    }

    /// D11: day by day gives what the whole gives, and so does a cut anywhere.
    #[test]
    fn d11_a_stream_cut_anywhere_gives_the_segments_of_the_whole(rows in wild(), cut in 0_usize..160) {
        let rows = in_time_order(rows.into_iter().map(|row| Row { mmsi: 1, ..row }).collect());
        let messages: Vec<(u64, Message)> = rows
            .iter()
            .enumerate()
            .map(|(at, row)| {
                (at as u64, Message {
                    micros: row.micros,
                    lat: Some(row.lat),
                    lon: Some(row.lon),
                    sog_kn: row.sog_kn.map(f64::from),
                    cog_deg: row.cog_deg.map(f64::from),
                    message_type: row.message_type,
                    ..Message::default()
                })
            })
            .collect();
        let whole = steps(&messages, &[], Parameters::default());
        prop_assert_eq!(&whole, &steps(&messages, &[cut], Parameters::default()));

        let motion = MotionParameters::default();
        let place = |splitter: &mut Splitter, from: usize, to: usize, next: &mut u32| {
            (from..to.min(rows.len()))
                .map(|at| {
                    let row = rows[at];
                    let contact =
                        shared::contact(7, Instant::from_micros(row.micros), row.lat, row.lon, at as u64);
                    let fix = bitacora_sea::tracks::Fix::of(&contact);
                    let placed = splitter.place(&fix, &motion, Duration::from_hours(336), || {
                        *next += 1;
                        *next
                    });
                    splitter.hear(&fix, placed);
                    placed.segment
                })
                .collect::<Vec<_>>()
        };
        let mut next = 0;
        let all = place(&mut Splitter::default(), 0, rows.len(), &mut next);
        let (mut splitter, mut next) = (Splitter::default(), 0);
        let mut parts = place(&mut splitter, 0, cut, &mut next);
        let mut carried = splitter.clone();
        parts.extend(place(&mut carried, cut, rows.len(), &mut next));
        prop_assert_eq!(all, parts);
    }

    /// Shift of time, turn of longitude, mirror of hemisphere, other number, order of rows of different times.
    #[test]
    fn what_must_not_change_segments_does_not(
        rows in wild(),
        days in -4_000_i64..4_000,
        turn in 0_u32..36,
    ) {
        let rows = in_time_order(rows);
        let count = rows.len();
        let turned = |row: &Row| Row {
            mmsi: row.mmsi + 400_000_000,
            micros: row.micros + days * 86_400_000_000,
            lat: -row.lat,
            lon: bitacora_primitives::geodesy::wrap_longitude(row.lon + f64::from(turn) * 10.0),
            cog_deg: row.cog_deg.map(|cog| (540.0 - cog).rem_euclid(360.0)),
            ..*row
        };
        let before: Positions = rows.iter().copied().collect();
        let after: Positions = rows.iter().map(turned).collect();
        prop_assert_eq!(partition(&exact(&before), count), partition(&exact(&after), count));
        // A file in the order of the numbers instead of the time: only rows of one number and time keep theirs.
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|at| rows[*at].mmsi);
        let shuffled: Positions = order.iter().map(|at| rows[*at]).collect();
        for (mode, plain, other) in [
            ("exact", exact(&before), exact(&shuffled)),
            (
                "compatible",
                segments::compatible(&before, &Parameters::default()),
                segments::compatible(&shuffled, &Parameters::default()),
            ),
        ] {
            for (at, from) in order.iter().enumerate() {
                prop_assert_eq!(plain.of(*from), other.of(at), "{}", mode);
            }
        }
    }

    /// A row given twice joins where the first went, or is a copy.
    #[test]
    fn doubled_rows_begin_nothing(rows in wild()) {
        let rows = in_time_order(rows);
        let doubled: Positions = rows.iter().flat_map(|row| [*row, *row]).collect();
        let single: Positions = rows.iter().copied().collect();
        let (once, twice) = (exact(&single), exact(&doubled));
        prop_assert_eq!(once.len(), twice.len());
        for at in 0..rows.len() {
            prop_assert_eq!(once.of(at), twice.of(2 * at));
            prop_assert_eq!(twice.of(2 * at), twice.of(2 * at + 1));
        }
    }

    /// Whatever is given, every row is accounted for once and nothing panics.
    #[test]
    fn hostile_values_are_told_apart_and_kept(
        values in proptest::collection::vec(
            (any::<i64>(), proptest::option::of(any::<f64>()), proptest::option::of(any::<f64>()),
             proptest::option::of(any::<f64>()), proptest::option::of(any::<f64>()), any::<u8>()),
            0..60,
        )
    ) {
        let mut values = values;
        values.sort_by_key(|value| value.0);
        let messages: Vec<(u64, Message)> = values
            .iter()
            .enumerate()
            .map(|(row, (micros, lat, lon, sog, cog, kind))| {
                (row as u64, Message {
                    micros: *micros, lat: *lat, lon: *lon, sog_kn: *sog, cog_deg: *cog,
                    message_type: *kind, ..Message::default()
                })
            })
            .collect();
        let mut seen = vec![0; messages.len()];
        for step in steps(&messages, &[], Parameters::default()) {
            match step {
                Step::Begins { row, .. } | Step::Joins { row, .. } | Step::Alone { row, .. }
                | Step::Copy { row, .. } => seen[row as usize] += 1,
                Step::LeftOut { .. } | Step::Closed { .. } => {}
            }
        }
        prop_assert!(seen.iter().all(|times| *times == 1));
    }
}
