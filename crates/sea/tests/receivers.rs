//! Who heard what from where, and by which clock: made feeds with known faults, and the recording of the US coast with
//! 367 stations for the rate of false alarms.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly and reads files"
)]

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{EvidenceRef, Instant, Mmsi, Position, SourceId};
use bitacora_sea::behaviour::integrity::IntegrityParameters;
use bitacora_sea::behaviour::integrity::clock::{ClockFault, ClockFaults, Hearing};
use bitacora_sea::behaviour::integrity::receiver::{Heard, ReceiverContradictions, receiver_contradictions};
use bitacora_sea::behaviour::integrity::track_of_number;
use bitacora_sea::tracks::Fix;
use bitacora_sea::tracks::positions::{Positions, Row};
use bitacora_sea::{Event, Kind};

struct Dice(u64);
impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

const START: i64 = 1_772_000_000_000_000;

fn source() -> SourceId {
    SourceId::of(&[b"made"])
}

fn row(mmsi: u32, seconds: f64, lat: f64, lon: f64) -> Row {
    let micros = START + (seconds * 1e6) as i64;
    Row { mmsi, micros, lat, lon: wrap_longitude(lon), sog_kn: None, cog_deg: None, message_type: 1 }
}

/// Three stations 1 degree apart on a coast, a satellite, forty honest vessels each; and vessel 1, which says it is 600
/// km away but is heard by the first station. `place`: whether the feed says where the stations are.
fn feed(lon: f64, mirror: f64) -> (Vec<Row>, Vec<Option<u32>>) {
    let mut dice = Dice(3);
    let mut heard: Vec<(Row, u32)> = Vec::new();
    for ship in 0..120_u32 {
        let station = ship % 3;
        let (lat, east) = (36.0 + f64::from(station) + 0.5 * dice.unit() - 0.25, 0.6 * dice.unit());
        for k in 0..40 {
            let seconds = 60.0 * f64::from(k) + 60.0 * dice.unit();
            heard.push((row(1_000 + ship, seconds, mirror * lat, lon + east), station));
        }
    }
    for ship in 0..80_u32 {
        let (lat, east) = (36.0 + 30.0 * dice.unit() - 15.0, 40.0 * dice.unit() - 20.0);
        for k in 0..40 {
            heard.push((row(5_000 + ship, 60.0 * f64::from(k), mirror * lat, lon + east), 3));
        }
    }
    for k in 0..20 {
        heard.push((row(1, 1_800.0 + 30.0 * f64::from(k), mirror * 31.0, lon + 3.0), 0));
    }
    // One wrong fix of an honest vessel.
    heard.push((row(1_000, 2_000.5, mirror * 20.0, lon), 0));
    heard.sort_by_key(|(row, station)| (row.micros, row.mmsi, *station));
    heard.into_iter().map(|(row, station)| (row, Some(station))).unzip()
}

fn found(lon: f64, mirror: f64, placed: bool) -> Vec<Event> {
    let (rows, stations) = feed(lon, mirror);
    let positions: Positions = rows.into_iter().collect();
    let place = |lat: f64| placed.then(|| Position::new(mirror * lat, wrap_longitude(lon - 0.1)).unwrap());
    let list = [("a", place(36.0)), ("b", place(37.0)), ("c", place(38.0)), ("satellite", None)];
    receiver_contradictions(&positions, &stations, &list, source(), &IntegrityParameters::default().receiver)
}

#[test]
fn a_position_beyond_the_range_of_its_station_is_found_with_and_without_a_given_place() {
    for placed in [true, false] {
        let events = found(10.0, 1.0, placed);
        assert!(events.iter().all(|event| event.mmsi.number() == 1), "{events:?}");
        assert_eq!(events.len(), 2);
        assert!(events.iter().all(|event| event.kind == Kind::ReceiverContradiction));
        let last = &events[1];
        assert_eq!((last.revision, last.numbers["receptions"]), (1, 20.0));
        assert!((550_000.0..650_000.0).contains(&last.numbers["max_distance_m"]), "{:?}", last.numbers);
        assert!(last.numbers["range_m"] < 300_000.0);
    }
}

#[test]
fn longitude_and_hemisphere_change_no_reception() {
    for placed in [true, false] {
        let here = found(10.0, 1.0, placed);
        for there in [found(179.8, 1.0, placed), found(10.0, -1.0, placed)] {
            assert_eq!(here.len(), there.len());
            for (a, b) in here.iter().zip(&there) {
                assert_eq!((a.start, a.end, a.mmsi, a.revision), (b.start, b.end, b.mmsi, b.revision));
                assert!((a.numbers["max_distance_m"] - b.numbers["max_distance_m"]).abs() < 1.0);
            }
        }
    }
}

#[test]
fn two_stations_that_cannot_hear_one_transmitter_contradict_it() {
    let mut dice = Dice(9);
    let mut heard: Vec<(Row, u32)> = Vec::new();
    for ship in 0..240_u32 {
        let station = ship % 2;
        let lat = 30.0 + 8.0 * f64::from(station) + 0.4 * dice.unit();
        heard.push((row(1_000 + ship, f64::from(ship), lat, 5.0 + 0.4 * dice.unit()), station));
    }
    // 400 km from both, heard by both: each alone is beyond its range, and together they are too far apart.
    for k in 0..5 {
        for station in [0, 1] {
            heard.push((row(1, 900.0 + 10.0 * f64::from(k) + 0.5 * f64::from(station), 34.2, 5.2), station));
        }
    }
    heard.sort_by_key(|(row, station)| (row.micros, row.mmsi, *station));
    let (rows, stations): (Vec<Row>, Vec<Option<u32>>) =
        heard.into_iter().map(|(row, station)| (row, Some(station))).unzip();
    let positions: Positions = rows.into_iter().collect();
    let parameters = IntegrityParameters::default().receiver;
    let place = |lat: f64| Some(Position::new(lat, 5.2).unwrap());
    let list = [("south", place(30.2)), ("north", place(38.2))];
    let events = receiver_contradictions(&positions, &stations, &list, source(), &parameters);
    assert!(events.iter().any(|event| event.numbers.get("stations_apart_m").is_some_and(|m| *m > 800_000.0)));
    assert!(events.iter().all(|event| event.mmsi.number() == 1));
}

/// Hearings of 300 transmissions by five stations, two of them with clocks 47 s ahead and 2 h 0 min 5 s behind (that
/// one is never matched), within a feed's delay of 2 s.
fn hearings(offsets: &[f64], shared: u64) -> Vec<(u64, u32, usize, f64)> {
    let mut dice = Dice(1);
    let mut out = Vec::new();
    for k in 0..shared {
        let sent = 10.0 * k as f64;
        for (station, offset) in offsets.iter().enumerate() {
            if dice.unit() < 0.7 {
                out.push((
                    k * 7_919 + 1,
                    1_000 + (k % 17) as u32,
                    station,
                    sent + offset + 2.0 * dice.unit(),
                ));
            }
        }
    }
    out
}

fn faults(hearings: &[(u64, u32, usize, f64)]) -> Vec<ClockFault> {
    let names = ["one", "two", "three", "r003669987", "five", "six"];
    let mut clocks = ClockFaults::new(&IntegrityParameters::default().clock);
    let mut out = Vec::new();
    for (line, (payload, mmsi, station, seconds)) in hearings.iter().enumerate() {
        let hearing = Hearing {
            payload: *payload,
            mmsi: Mmsi::new(*mmsi).unwrap(),
            station: names[*station],
            stamped: Instant::from_micros(START + (seconds * 1e6) as i64),
            evidence: EvidenceRef { source: source(), line: line as u64, offset: None },
        };
        clocks.observe(&hearing, &mut out);
    }
    clocks.finish(&mut out);
    out
}

#[test]
fn a_clock_that_is_off_by_more_than_half_a_minute_is_found_hour_by_hour() {
    let found = faults(&hearings(&[0.0, 0.5, -1.0, 47.0, 0.2], 720));
    assert!(found.iter().all(|fault| &*fault.station == "r003669987"), "{found:?}");
    assert!((2..=3).contains(&found.len()), "{found:?}");
    for fault in &found {
        assert!((fault.offset_s - 47.0).abs() < 1.5, "{fault:?}");
        assert_eq!(fault.compared, 4);
        let [here, there] = fault.evidence;
        let ahead = (here.observed - there.observed).secs_f64();
        assert!((ahead - 47.0).abs() < 3.5, "{ahead}");
    }
    let event = found[0].event(Position::new(1.0, 2.0).unwrap());
    assert_eq!((event.kind, event.mmsi.number()), (Kind::ClockFault, 3_669_987));
    assert!(faults(&hearings(&[0.0, 20.0, -9.0, 4.0, 0.2], 720)).is_empty());
}

#[test]
fn a_fault_at_the_station_that_all_others_share_is_its_own() {
    // The others hear nothing in common but through the second.
    let mut all = Vec::new();
    for (pair, other) in [0_usize, 2, 3, 4].into_iter().enumerate() {
        for (payload, mmsi, station, seconds) in hearings(&[0.0, -80.0], 200) {
            let station = if station == 0 { other } else { 1 };
            all.push((payload + 1_000_000 * pair as u64, mmsi, station, seconds));
        }
    }
    let found = faults(&all);
    assert!(!found.is_empty() && found.iter().all(|fault| &*fault.station == "two"), "{found:?}");
    assert!(found.iter().all(|fault| (fault.offset_s + 80.0).abs() < 1.5));
}

#[test]
fn two_clocks_alone_do_not_tell_which_is_wrong() {
    assert_eq!(faults(&hearings(&[0.0, 300.0], 400)), []);
}

#[test]
fn what_a_vessel_says_again_word_for_word_tells_no_time() {
    // A static report every 6 minutes: each station hears one of them first.
    let mut all = Vec::new();
    for k in 0..60_u32 {
        for station in 0..3_usize {
            all.push((
                99 + u64::from(k % 5),
                1_000 + k % 5,
                station,
                360.0 * f64::from(k) + 100.0 * station as f64,
            ));
        }
    }
    assert_eq!(faults(&all), []);
}

/// MMSI, latitude and longitude of a position report of types 1-3 and 18 (M.1371-5 tables 48 and 70), if available.
fn position(payload: &str) -> Option<(u32, f64, f64)> {
    let bits: Vec<u8> = payload
        .bytes()
        .flat_map(|c| {
            let six = if c < 88 { c.wrapping_sub(48) } else { c.wrapping_sub(56) };
            (0..6).rev().map(move |bit| six >> bit & 1)
        })
        .collect();
    let unsigned = |from: usize, count: usize| {
        Some(bits.get(from..from + count)?.iter().fold(0_i64, |n, b| n << 1 | i64::from(*b)))
    };
    let signed = |from: usize, count: usize| {
        unsigned(from, count).map(|n| if n >> (count - 1) & 1 == 1 { n - (1 << count) } else { n })
    };
    let (lon, lat) = match unsigned(0, 6)? {
        1..=3 => (signed(61, 28)?, signed(89, 27)?),
        18 => (signed(57, 28)?, signed(85, 27)?),
        _ => return None,
    };
    let (lat, lon) = (lat as f64 / 6e5, lon as f64 / 6e5);
    let mmsi = u32::try_from(unsigned(8, 30)?).ok()?;
    (lat.abs() <= 90.0 && lon.abs() <= 180.0 && mmsi < 1_000_000_000).then_some((mmsi, lat, lon))
}

#[test]
fn the_us_coast_is_rarely_contradicted() {
    let Some(path) = bitacora_given::data("ais/raw/uscg-nais-2016-07-28-100k.nm4") else { return };
    let bytes = std::fs::read(path).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let mut labels: Vec<&str> = Vec::new();
    let mut numbers = std::collections::HashMap::new();
    let (mut rows, mut stations) = (Vec::new(), Vec::new());
    let mut clocks = ClockFaults::new(&IntegrityParameters::default().clock);
    let mut clock_faults = Vec::new();
    let mut compared = 0;
    for (line, text) in text.lines().enumerate() {
        let Some((tag, sentence)) = text.strip_prefix('\\').and_then(|rest| rest.split_once('\\')) else {
            continue;
        };
        let tag = tag.split('*').next().unwrap_or("");
        let field = |name: &str| tag.split(',').find_map(|field| field.strip_prefix(name));
        let fields: Vec<&str> = sentence.split(',').collect();
        if fields.len() < 7 || fields[1] != "1" || !fields[0].contains("VD") {
            continue;
        }
        let (Some(station), Some(Ok(seconds))) = (field("s:"), field("c:").map(str::parse::<i64>)) else {
            continue;
        };
        let Some((mmsi, lat, lon)) = position(fields[5]) else { continue };
        let number = *numbers.entry(station).or_insert_with(|| {
            labels.push(station);
            labels.len() as u32 - 1
        });
        rows.push(Row {
            mmsi,
            micros: seconds * 1_000_000,
            lat,
            lon,
            sog_kn: None,
            cog_deg: None,
            message_type: 1,
        });
        stations.push(Some(number));
        let payload = fields[5].bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        compared += 1;
        let hearing = Hearing {
            payload,
            mmsi: Mmsi::new(mmsi).unwrap(),
            station,
            stamped: Instant::from_secs(seconds),
            evidence: EvidenceRef { source: source(), line: line as u64 + 1, offset: None },
        };
        clocks.observe(&hearing, &mut clock_faults);
    }
    clocks.finish(&mut clock_faults);
    let receptions = rows.len();
    let positions: Positions = rows.into_iter().collect();
    // Half a minute teaches a station little: once by the default, once with the little there is.
    for lessons in [IntegrityParameters::default().receiver.learn_receptions, 30] {
        let mut parameters = IntegrityParameters::default().receiver;
        parameters.learn_receptions = lessons;
        let mut detector = ReceiverContradictions::new(&parameters);
        let mut events = Vec::new();
        for number in 0..receptions {
            let fix = Fix::of_row(&positions.row(number).unwrap(), source(), number as u32).unwrap();
            let heard = Heard { fix, station: labels[stations[number].unwrap() as usize], place: None };
            detector.observe(track_of_number(fix.mmsi.number()), &heard, &mut events);
        }
        detector.finish(&mut events);
        let judged: Vec<f64> =
            labels.iter().filter_map(|label| Some(detector.station(label)?.1 / 1e3)).collect();
        let wide = judged.iter().filter(|range| **range > 200.0).count();
        let vessels: std::collections::BTreeSet<Mmsi> = events.iter().map(|event| event.mmsi).collect();
        println!(
            "{receptions} receptions, {} of {} stations judged after {lessons} lessons, {wide} reach beyond the horizon: {} vessels contradicted",
            judged.len(),
            labels.len(),
            vessels.len()
        );
        for event in events.iter().filter(|event| event.revision == 1).take(20) {
            println!("  {} {:?}", event.mmsi, event.numbers);
        }
        assert!(vessels.len() <= 5);
    }
    // One vessel in twenty says it is 8 degrees farther north than it is.
    let mut parameters = IntegrityParameters::default().receiver;
    parameters.learn_receptions = 30;
    let mut detector = ReceiverContradictions::new(&parameters);
    let (mut events, mut judged) = (Vec::new(), std::collections::BTreeMap::new());
    for number in 0..receptions {
        let mut row = positions.row(number).unwrap();
        let (liar, label) = (row.mmsi % 20 == 7, labels[stations[number].unwrap() as usize]);
        if liar && row.lat < 80.0 {
            row.lat += 8.0;
            if detector.station(label).is_some() {
                *judged.entry((row.mmsi, label)).or_insert(0) += 1;
            }
        }
        let fix = Fix::of_row(&row, source(), number as u32).unwrap();
        let heard = Heard { fix, station: label, place: None };
        detector.observe(track_of_number(fix.mmsi.number()), &heard, &mut events);
    }
    detector.finish(&mut events);
    let could: std::collections::BTreeSet<u32> =
        judged.iter().filter(|(_, count)| **count >= 3).map(|((mmsi, _), _)| *mmsi).collect();
    let did: std::collections::BTreeSet<u32> = events.iter().map(|event| event.mmsi.number()).collect();
    println!(
        "{} displaced vessels heard thrice by a judged station, {} found, {} others",
        could.len(),
        could.intersection(&did).count(),
        did.iter().filter(|mmsi| **mmsi % 20 != 7).count()
    );
    assert!(did.iter().filter(|mmsi| **mmsi % 20 != 7).count() <= 4);
    assert!(2 * could.intersection(&did).count() >= could.len());
    println!("{compared} hearings, {} clock faults", clock_faults.len());
    for fault in &clock_faults {
        println!(
            "  {} {:.1} s, {} compared, {} shared",
            fault.station, fault.offset_s, fault.compared, fault.shared
        );
    }
    assert!(clock_faults.len() <= 4);
}
