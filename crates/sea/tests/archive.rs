//! An archive run divided in any way gives the events of one picture over the whole, every revision's number and every
//! bit of it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly"
)]

mod shared;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bitacora_primitives::{Duration, EventId, Instant, Position};
use bitacora_sea::archive::{ByCell, Dealt, Ordered, Pair, Share, Tile, Tiling};
use bitacora_sea::contacts::Contact;
use bitacora_sea::{Event, Kind, Output, Parameters};
use proptest::prelude::*;
use shared::{at, contact};

type Final = BTreeMap<EventId, Event>;

fn last_of_each(events: impl IntoIterator<Item = Event>) -> Final {
    events.into_iter().map(|event| (event.id, event)).collect()
}

/// What the picture finds, fed as a recording is.
fn whole(contacts: &[Contact], parameters: &Parameters) -> Final {
    let mut out = Vec::new();
    let mut picture = bitacora_sea::Picture::new(parameters.clone());
    for contact in contacts {
        picture.push(bitacora_sea::contacts::Report::Position(*contact), &mut out);
    }
    picture.finish(&mut out);
    last_of_each(out.into_iter().filter_map(|output| match output {
        Output::Event(event) => Some(event),
        _ => None,
    }))
}

fn pair_of(event: &Event) -> Pair {
    let mut pair = [(event.mmsi, event.track), (event.other.unwrap(), event.other_track.unwrap())];
    pair.sort_unstable();
    pair
}

fn run(mut ordered: Ordered, contacts: &[Contact], newest: Instant) -> (Vec<Event>, Vec<(Tile, Dealt)>) {
    let (mut events, mut dealt) = (Vec::new(), Vec::new());
    for contact in contacts {
        ordered.take(contact, &mut events);
        dealt.extend(ordered.dealt());
    }
    let mut going = Vec::new();
    ordered.finish(newest, &mut events, &mut going);
    dealt.extend(ordered.dealt());
    events.extend(going);
    (events, dealt)
}

/// The same by parts: vessels by the remainder of their number, tiles of a height, then what crosses their edges.
/// Beside it how many pairs did, and how many encounters did not.
fn divided(
    contacts: &[Contact],
    parameters: &Parameters,
    partitions: u32,
    tile_deg: f64,
) -> (Final, [usize; 2]) {
    let mut sorted = contacts.to_vec();
    sorted.sort_by_key(|contact| (contact.observed, contact.mmsi, contact.evidence));
    let Some(newest) = sorted.last().map(|contact| contact.observed) else { return (Final::new(), [0; 2]) };
    let tiling = Tiling::new(tile_deg);
    let mut found = Vec::new();
    let mut tiles: BTreeMap<Tile, Vec<Dealt>> = BTreeMap::new();
    for partition in 0..partitions {
        let own: Vec<Contact> =
            sorted.iter().filter(|one| one.mmsi.number() % partitions == partition).copied().collect();
        let (events, dealt) = run(Ordered::dealing(parameters, Arc::default(), tiling.clone()), &own, newest);
        found.extend(events);
        dealt.into_iter().for_each(|(tile, one)| tiles.entry(tile).or_default().push(one));
    }
    found.extend(run(Ordered::new(parameters, Arc::default(), Share::InOrder), &sorted, newest).0);
    let mut encounters = Vec::new();
    let mut crossing: BTreeSet<Pair> = BTreeSet::new();
    for (tile, mut dealt) in tiles {
        dealt.sort_by_key(|one| (one.at.key(), one.mmsi));
        let mut cell = ByCell::new(&parameters.encounter, tiling.clone(), tile);
        dealt.iter().for_each(|one| cell.take(one, &mut encounters));
        crossing.extend(cell.crossing());
    }
    encounters.retain(|event| !crossing.contains(&pair_of(event)));
    let counts = [crossing.len(), last_of_each(encounters.clone()).len()];
    found.extend(encounters);
    // The vessels of those pairs once more, in one piece.
    let again: BTreeSet<_> = crossing.iter().flatten().map(|(mmsi, _)| *mmsi).collect();
    let own: Vec<Contact> = sorted.iter().filter(|one| again.contains(&one.mmsi)).copied().collect();
    let (events, _) = run(Ordered::new(parameters, Arc::default(), Share::ByCell), &own, newest);
    found.extend(events.into_iter().filter(|event| crossing.contains(&pair_of(event))));
    (last_of_each(found), counts)
}

/// Vessels that sail, lie beside each other, fall silent, jump and share a number, near the corner of tiles.
fn sea(seed: u64, lat: f64, lon: f64, spread: f64) -> Vec<Contact> {
    let mut state = seed | 1;
    let mut unit = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut contacts = Vec::new();
    let mut line = 0;
    for ship in 0..7_u32 {
        // The last two go under one number.
        let mmsi = 200_000_000 + ship.min(5);
        let (mut north, mut east) = ((unit() - 0.5) * spread, (unit() - 0.5) * spread);
        if ship == 6 {
            north += 3.0;
        }
        let (mut course, mut knots) = (unit() * 6.3, unit() * 14.0);
        let every = 20.0 + 400.0 * unit();
        let mut t = unit() * 3_000.0;
        while t < 40_000.0 {
            line += 1;
            let place = ((lat + north).clamp(-89.0, 89.0), wrap(lon + east));
            let mut one = contact(mmsi, at((t * 10.0).round() / 10.0), place.0, place.1, line);
            (one.sog_kn, one.cog_deg) =
                (Some(knots as f32), Some(course.to_degrees().rem_euclid(360.0) as f32));
            if unit() < 0.005 {
                one.position = Position::new(place.0, wrap(place.1 + 9.0)).unwrap();
            }
            contacts.push(one);
            let dice = unit();
            if dice < 0.05 {
                knots = if knots > 1.0 { 0.8 * unit() } else { 14.0 * unit() };
            }
            let step = if dice > 0.99 { 9_000.0 * unit() } else { every * (0.2 + unit()) };
            t += step.max(1.0);
            let run = knots * step / 3_600.0 / 60.0;
            course += 0.6 * (unit() - 0.5);
            north += run * course.cos();
            east += run * course.sin() / lat.to_radians().cos().max(0.05);
            if north.abs() > spread || east.abs() > spread {
                course += 2.5;
            }
        }
    }
    contacts.sort_by_key(|one| (one.observed, one.mmsi, one.evidence));
    contacts
}

fn wrap(lon: f64) -> f64 {
    bitacora_primitives::geodesy::wrap_longitude(lon)
}

fn short() -> Parameters {
    let mut parameters = Parameters::default();
    parameters.gap.min_duration = Duration::from_mins(50);
    parameters.encounter.min_duration = Duration::from_mins(5);
    parameters.encounter.max_distance_m = 900.0;
    parameters.loitering.min_duration = Duration::from_mins(20);
    parameters.loitering.min_radius_m = 50.0;
    parameters.gap.reception.min_observations = 2.0;
    parameters
}

const PLACES: [(f64, f64); 5] = [(10.0, -80.0), (0.0, 0.0), (30.0, 179.99), (-40.0, -180.0), (84.0, 20.0)];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 120,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_260_711),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_division_gives_the_events_of_one_picture(
        seed: u64, place in 0..PLACES.len(), spread in 0..3_usize, partitions in 1..6_u32, tile in 0..4_usize,
        still in 0..2_usize,
    ) {
        let (lat, lon) = PLACES[place];
        let contacts = sea(seed, lat, lon, [0.02, 0.1, 0.5][spread]);
        let mut parameters = short();
        parameters.encounter.still_m = [0.0, 15.0][still];
        let (parts, _) = divided(&contacts, &parameters, partitions, [0.1, 0.5, 10.0, 45.0][tile]);
        prop_assert_eq!(parts, whole(&contacts, &parameters));
    }
}

/// Guards the property above against seas in which nothing happens. What these seas do not reach, for want of charts or of
/// days, is found by vessel or in order as these are.
#[test]
fn the_seas_hold_every_kind_and_pairs_on_either_side_of_an_edge() {
    let (mut kinds, mut crossing, mut inside) = (BTreeSet::new(), 0, 0);
    for seed in 1..40 {
        let contacts = sea(seed * 7919, 10.0, -80.0, 0.02);
        let (found, [over_edges, within]) = divided(&contacts, &short(), 3, 0.5);
        kinds.extend(found.values().map(|event| event.kind));
        crossing += over_edges;
        inside += within;
    }
    let expected = [
        Kind::Gap,
        Kind::Encounter,
        Kind::Loitering,
        Kind::IdentityConflict,
        Kind::ImpossibleMotion,
        Kind::Stop,
        Kind::Drift,
        Kind::TransshipmentPosture,
        Kind::SpeedChange,
    ];
    assert!(kinds.is_superset(&expected.into()), "{kinds:?}");
    assert!(inside > 10 && crossing > 10, "{inside} {crossing}");
}

#[test]
fn the_solent_divided_is_the_solent_whole() {
    let Some(contacts) = shared::solent() else { return };
    let parameters = Parameters::default();
    let expected = whole(&contacts, &parameters);
    assert!(expected.values().filter(|event| event.kind == Kind::Encounter).count() > 100);
    for (partitions, tile_deg) in [(1, 10.0), (7, 0.1)] {
        assert_eq!(divided(&contacts, &parameters, partitions, tile_deg).0, expected);
    }
}
