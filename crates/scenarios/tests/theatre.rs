//! Whole theatres: the same bytes, in order, at sea, decodable back to the truth, with everybody on stage.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use bitacora_ais::Payload;
use bitacora_ais::armour::unarmour;
use bitacora_ais::messages::{Fix, decode};
use bitacora_ais::sentence::{Line as Parsed, SentenceError, parse};
use bitacora_primitives::{Instant, mid};
use bitacora_scenarios::chart::{CAY_STATION, STATIONS};
use bitacora_scenarios::identity::imo_check_digit;
use bitacora_scenarios::nmea::station_mmsi;
use bitacora_scenarios::reception::What;
use bitacora_scenarios::{Kind, Note, Scale, Theatre, Trade, Truth, lines, nmea, theatre, theatre_of};
use sha2::{Digest, Sha256};

fn start() -> Instant {
    Instant::parse("2026-11-21T00:00:00Z").unwrap()
}

fn bytes_of(theatre: &Theatre) -> String {
    let mut hash = Sha256::new();
    for (arrives, line) in nmea(theatre) {
        hash.update(arrives.micros().to_be_bytes());
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    hash.update(theatre.truth.to_json().unwrap().as_bytes());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let one = bytes_of(&theatre_of(7, start(), Scale::Watch));
    assert_eq!(one, bytes_of(&theatre_of(7, start(), Scale::Watch)));
    assert_ne!(one, bytes_of(&theatre_of(8, start(), Scale::Watch)));
    // Another machine must give this too. A change of the theatre changes it, on purpose.
    assert_eq!(one, include_str!("watch-7.sha256").trim());
}

#[test]
fn a_day_is_in_order_of_time_and_of_the_size_promised() {
    let theatre = theatre(1, start());
    assert!((250..=500).contains(&theatre.hulls.len()), "{}", theatre.hulls.len());
    let (mut count, mut before) = (0, start());
    for (arrives, _) in nmea(&theatre) {
        assert!(arrives >= before && arrives < theatre.end());
        before = arrives;
        count += 1;
    }
    assert!((500_000..=900_000).contains(&count), "{count}");
}

#[test]
fn a_watch_is_small_and_has_its_plots() {
    let theatre = theatre_of(5, start(), Scale::Watch);
    assert!(theatre.hulls.len() <= 200, "{}", theatre.hulls.len());
    let kinds: BTreeSet<Kind> = theatre.truth.guilty().map(|entry| entry.kind).collect();
    assert!(kinds.is_superset(&[Kind::Encounter, Kind::IdentityConflict, Kind::ImpossibleMotion].into()));
    assert!(theatre.truth.guilty().all(|entry| entry.start < theatre.end()));
}

/// Every line parses with a right checksum except the planned faults; a position decodes to where the hull says it
/// is within half a unit of 1/10000 minute.
#[test]
fn lines_decode_back_to_the_truth() {
    let theatre = theatre_of(11, start(), Scale::Watch);
    let (mut positions, mut faults, mut others, mut fragments, mut types) = (0, 0, 0, 0, BTreeSet::new());
    let mut payload = Payload::new();
    for line in lines(&theatre) {
        assert!(line.text.is_ascii() && !line.text.contains(['\r', '\n']) && line.text.len() < 160);
        let parsed = parse(line.text.as_bytes());
        if line.fault.is_some() {
            faults += 1;
            let error = parsed.expect_err("a planned fault is refused");
            assert!(matches!(
                error,
                SentenceError::Checksum | SentenceError::ChecksumMissing | SentenceError::Form
            ));
            continue;
        }
        let sentence = match parsed.unwrap_or_else(|error| panic!("{error}: {}", line.text)) {
            Parsed::Sentence(sentence) => sentence,
            Parsed::Other { .. } => {
                others += 1;
                continue;
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(sentence.quality.bits(), 0, "{}", line.text);
        if sentence.count > 1 {
            fragments += 1;
            continue;
        }
        unarmour(sentence.payload, sentence.fill_bits, &mut payload).unwrap();
        let (message, quality) = decode(&mut payload).unwrap();
        assert_eq!(quality.bits(), 0);
        types.insert(message.message_type);
        if line.heard.what != What::Position {
            continue;
        }
        let hull = &theatre.hulls[usize::from(line.heard.hull)];
        assert_eq!(message.mmsi, hull.identity.mmsi.number());
        let sent = f64::from(line.heard.t - u32::from(line.heard.late));
        let said = hull.transmitted(sent).unwrap().point;
        let Some(Fix::At { lat, lon }) = message.fix() else { panic!("no position in {}", line.text) };
        let half = 0.5001 / 600_000.0;
        assert!((lat - said.lat).abs() <= half && (lon - said.lon).abs() <= half, "{}", line.text);
        positions += 1;
    }
    assert!(positions > 10_000 && faults > 5 && others > 100 && fragments > 300);
    assert_eq!(types, [1, 4, 18, 24].into());
}

#[test]
fn the_first_rendezvous_is_half_an_hour_old_within_the_first_hour_and_heard() {
    for seed in 0..20 {
        let theatre = theatre_of(seed, start(), Scale::Watch);
        let first = theatre.truth.guilty().find(|entry| entry.kind == Kind::Encounter).unwrap();
        let begun = (first.start - start()).secs_f64();
        assert!((-5.0 * 60.0..0.0).contains(&begun), "{begun}");
        let pair: Vec<usize> = (0..theatre.hulls.len())
            .filter(|&index| first.mmsis.contains(&theatre.hulls[index].identity.mmsi))
            .collect();
        assert_eq!(pair.len(), 2);
        for t in (0..35 * 60).step_by(30) {
            let place = |n: usize| theatre.hulls[pair[n]].track.at(f64::from(t)).unwrap();
            assert!(place(0).point.distance_nm(place(1).point) * 1852.0 < 200.0);
            assert!(place(0).sog_kn < 1.0);
        }
        for &hull in &pair {
            let heard = theatre.heard.iter().filter(|heard| {
                usize::from(heard.hull) == hull
                    && heard.what == What::Position
                    && heard.t < 35 * 60
                    && usize::from(heard.receiver) == CAY_STATION
            });
            let times: Vec<u32> = heard.map(|heard| heard.t).collect();
            assert!(times.len() >= 30, "seed {seed}: {times:?}");
            assert!(times[0] < 3 * 60 && times.iter().any(|&t| t >= 29 * 60), "seed {seed}: {times:?}");
        }
    }
}

#[test]
fn everybody_is_on_stage_whatever_the_seed() {
    for seed in 100..120 {
        let theatre = theatre(seed, start());
        let notes: BTreeSet<Note> = theatre.truth.entries.iter().map(|entry| entry.note).collect();
        for note in [
            Note::RendezvousAtSea,
            Note::DarkVoyage,
            Note::DarkBeforeMeeting,
            Note::WaitsAtDropPoint,
            Note::ClonedIdentity,
            Note::FalsePosition,
            Note::PilotBoarding,
            Note::Bunkering,
            Note::FishingFleet,
            Note::AtAnchor,
            Note::AtBerth,
            Note::StationOutage,
        ] {
            assert!(notes.contains(&note), "seed {seed}: {note:?}");
        }
        let rendezvous = |entry: &&bitacora_scenarios::Entry| {
            entry.kind == Kind::Encounter && entry.note == Note::RendezvousAtSea
        };
        assert_eq!(theatre.truth.guilty().filter(rendezvous).count(), 3);
        for trade in [
            Trade::Cargo,
            Trade::Tanker,
            Trade::Fishing,
            Trade::Ferry,
            Trade::Pilot,
            Trade::Tug,
            Trade::Bunker,
        ] {
            assert!(theatre.hulls.iter().any(|hull| hull.trade == trade), "seed {seed}: {trade:?}");
        }
        assert!(Truth::from_json(&theatre.truth.to_json().unwrap()).unwrap() == theatre.truth);
        silences_show(&theatre, seed);
        clone_is_far_away(&theatre);
    }
}

/// A planned silence is one in the feed, with reports soon before and soon after.
fn silences_show(theatre: &Theatre, seed: u64) {
    for gap in theatre.truth.guilty().filter(|entry| entry.kind == Kind::Gap) {
        let hull = theatre.hulls.iter().position(|hull| hull.identity.mmsi == gap.mmsis[0]).unwrap();
        let off = (gap.start - theatre.start).secs_f64();
        let on = (gap.end - theatre.start).secs_f64();
        let times: Vec<f64> = theatre
            .heard
            .iter()
            .filter(|heard| usize::from(heard.hull) == hull && heard.what == What::Position)
            .map(|heard| f64::from(heard.t - u32::from(heard.late)))
            .collect();
        assert!(!times.iter().any(|t| (off..on).contains(t)), "seed {seed}");
        assert!(times.iter().any(|t| (off - 3600.0..off).contains(t)), "seed {seed}");
        assert!(times.iter().any(|t| (on..on + 5400.0).contains(t)), "seed {seed}");
    }
}

fn clone_is_far_away(theatre: &Theatre) {
    let conflict = theatre.truth.guilty().find(|entry| entry.kind == Kind::IdentityConflict).unwrap();
    let hulls: Vec<_> =
        theatre.hulls.iter().filter(|hull| conflict.mmsis.contains(&hull.identity.mmsi)).collect();
    assert_eq!(hulls.len(), 2);
    let (a, b) = (hulls[0].track.at(600.0).unwrap().point, hulls[1].track.at(600.0).unwrap().point);
    assert!((250.0..350.0).contains(&a.distance_nm(b)), "{}", a.distance_nm(b));
    assert!((conflict.start - theatre.start).secs_f64() <= 300.0);
}

/// INVARIANT: nothing in a theatre can be taken for a real ship.
#[test]
fn no_invented_identity_can_be_a_real_ships() {
    for seed in 0..10 {
        let theatre = theatre(seed, start());
        for hull in &theatre.hulls {
            let who = &hull.identity;
            assert!(who.mmsi.mid().is_some_and(|mid| !mid::is_allotted(mid)), "{}", who.mmsi);
            assert!(who.imo == 0 || who.imo % 10 != imo_check_digit(who.imo / 10), "{}", who.imo);
            assert!(who.call_sign.starts_with('1'));
        }
    }
    // 00, the country's digits, four of the station's own.
    assert!((0..STATIONS.len()).all(|station| !mid::is_allotted((station_mmsi(station) / 10_000) as u16)));
}
