//! Mints indications from behaviour events: the finding itself and, with it, what speaks against it. Weights
//! come from the one table in `primitives::ratios`; nothing here adds them up.

use bitacora_primitives::geodesy::haversine;
use bitacora_primitives::ratios::{self, Rate};
use bitacora_primitives::{
    Duration, Family, Indication, IndicationCode, IndicationId, Metres, Mmsi, Numbers, Position, Subject,
};
use serde::{Deserialize, Serialize};

use crate::behaviour::{Event, Kind};
use crate::tracks::identity::Reason;

/// A place where a finding is usual: a port approach, anchorage, pilot station or fishing ground, as the node's
/// own list says. Without a list nothing is discounted by place.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct UsualPlace {
    pub name: String,
    pub position: Position,
    pub radius: Metres,
    pub usual: Vec<Kind>,
}

/// How a share of neighbours that fell silent together must look before reception explains a gap.
const RECEPTION_SHARE: f64 = 0.5;
/// Fewer neighbours than this say nothing about reception.
const RECEPTION_NEIGHBOURS: f64 = 2.0;
/// Share of a run reported at anchor or moored (navigational status 1 or 5).
const AT_ANCHOR_SHARE: f64 = 0.5;
/// Over ground, knots: no hull drifts slower for long, so two that do lie at berth or anchor.
const AT_REST_KN: f64 = 0.3;
/// A quarter of a nautical mile: a vessel that stays within it lies at anchor, whatever it reports.
const SWINGING_CIRCLE_M: f64 = 463.0;

/// Points from which more than place and motion speaks for a change of number: both give 2.5 at most, and a name, call
/// sign or IMO number that is the same at least 3 (docs/behaviour.md, "Identity").
const AGREED_SCORE: f64 = 4.5;

/// Ship and cargo types of ITU-R M.1371-5, table 53.
mod ship_type {
    pub(super) const FISHING: u8 = 30;
    /// Towing, tugs, tenders, pilots, search and rescue, law enforcement, medical and port service craft.
    pub(super) const fn is_service(code: u8) -> bool {
        matches!(code, 31 | 32 | 50..=55 | 58)
    }
    pub(super) const fn is_passenger(code: u8) -> bool {
        matches!(code, 60..=69)
    }
}

/// What an event says for and against. Empty when it says nothing by itself, and when it has been withdrawn: [`ids`]
/// names what to take back.
/// `least_gap` is the threshold of the gap detector: a gap that goes on has lasted at least so long.
pub fn mint(
    event: &Event,
    ship_type: impl Fn(Mmsi) -> Option<u8>,
    places: &[UsualPlace],
    least_gap: Duration,
) -> Vec<Indication> {
    if event.withdrawn {
        return Vec::new();
    }
    let Some(finding) = finding(event, least_gap) else { return Vec::new() };
    let mut found = vec![minted(event, finding, family(event.kind))];
    let types: Vec<Option<u8>> = std::iter::once(event.mmsi).chain(event.other).map(&ship_type).collect();
    found.extend(against(event, &types, places).into_iter().map(|rate| {
        let family =
            if rate.code == IndicationCode::ReceptionLoss { Family::Reception } else { Family::Context };
        minted(event, rate, family)
    }));
    found
}

/// Every id that [`mint`] may have given to an event's indications.
pub fn ids(event: &Event) -> Vec<IndicationId> {
    ratios::TABLE.iter().map(|rate| id_of(event, rate.code)).collect()
}

const fn family(kind: Kind) -> Family {
    match kind {
        Kind::Gap | Kind::Encounter | Kind::Loitering | Kind::Drift | Kind::TransshipmentPosture => {
            Family::Rendezvous
        }
        Kind::UnusualDeparture => Family::Voyage,
        _ => Family::Identity,
    }
}

fn number(event: &Event, name: &str) -> f64 {
    event.numbers.get(name).copied().unwrap_or(0.0)
}

/// `None` for what says nothing of smuggling by itself: it is shown, and raises no lead.
fn finding(event: &Event, least_gap: Duration) -> Option<Rate> {
    let hours = match event.kind {
        Kind::Gap if event.end.is_none() => least_gap.hours_f64(),
        _ => number(event, "duration_h"),
    };
    Some(match event.kind {
        Kind::Gap if hours >= 12.0 => ratios::GAP_12H,
        Kind::Gap if hours >= 6.0 => ratios::GAP_6H,
        Kind::Gap => ratios::GAP_SHORT,
        Kind::Encounter if number(event, "median_speed_kn") >= 2.0 => ratios::ENCOUNTER_MOVING,
        Kind::Encounter if hours >= 1.0 => ratios::ENCOUNTER_SLOW_60,
        Kind::Encounter => ratios::ENCOUNTER_SLOW,
        Kind::Loitering if hours >= 8.0 => ratios::LOITERING_8H,
        Kind::Loitering => ratios::LOITERING_SHORT,
        Kind::IdentityConflict => ratios::IDENTITY_CONFLICT,
        Kind::ImpossibleMotion => ratios::IMPOSSIBLE_MOTION,
        Kind::Drift => ratios::DRIFT,
        Kind::TransshipmentPosture if event.numbers.contains_key("anchorage_distance_m") => {
            ratios::POSTURE_FAR
        }
        Kind::TransshipmentPosture => ratios::POSTURE,
        Kind::IdentityContradiction => return contradiction(event),
        Kind::MmsiChange if number(event, "score") >= AGREED_SCORE && number(event, "rivals") < 1.0 => {
            ratios::CHANGE_AGREED
        }
        Kind::MmsiChange => ratios::CHANGE_GUESSED,
        Kind::MotionContradiction => ratios::MOTION_CONTRADICTION,
        Kind::CircularTrack => ratios::CIRCULAR_TRACK,
        Kind::CopiedTrack => ratios::COPIED_TRACK,
        Kind::UnusualDeparture => ratios::UNUSUAL_DEPARTURE,
        // Ordinary acts, and faults of receivers and clocks (docs/ratios.md).
        Kind::MmsiNearMiss
        | Kind::Stop
        | Kind::PortVisit
        | Kind::SpeedChange
        | Kind::AreaEntry
        | Kind::ReceiverContradiction
        | Kind::ClockFault
        | Kind::OnLand => return None,
    })
}

/// A wrong check digit is a slip of typing and says nothing.
fn contradiction(event: &Event) -> Option<Rate> {
    let because = |reasons: &[Reason]| reasons.iter().any(|reason| event.numbers.contains_key(reason.code()));
    if because(&[Reason::ImoShared, Reason::CallSignShared]) {
        Some(ratios::STATEMENTS_SHARED)
    } else {
        (!because(&[Reason::ImoCheckDigit])).then_some(ratios::STATEMENTS_ALTERNATE)
    }
}

fn against(event: &Event, types: &[Option<u8>], places: &[UsualPlace]) -> Vec<Rate> {
    let mut rates = Vec::new();
    let meeting = family(event.kind) == Family::Rendezvous && event.kind != Kind::Gap;
    if places.iter().any(|place| {
        place.usual.contains(&event.kind) && haversine(place.position, event.position) <= place.radius
    }) {
        rates.push(ratios::USUAL_PLACE);
    }
    let swings = event.numbers.get("radius_m").is_some_and(|radius| *radius <= SWINGING_CIRCLE_M);
    // One code, one id: the stronger of the two stands for the place.
    let rests =
        event.kind == Kind::Loitering && (swings || number(event, "nav_status_share") >= AT_ANCHOR_SHARE);
    if rests && rates.is_empty() {
        rates.push(ratios::AT_ANCHOR);
    }
    let still = event.numbers.get("median_speed_kn").is_some_and(|speed| *speed < AT_REST_KN);
    if event.kind == Kind::Encounter && still && rates.is_empty() {
        rates.push(ratios::AT_REST);
    }
    if meeting && types.iter().flatten().any(|code| ship_type::is_service(*code)) {
        rates.push(ratios::USUAL_SERVICE);
    } else if meeting && types.iter().all(|code| *code == Some(ship_type::FISHING)) {
        rates.push(ratios::USUAL_FISHING);
    } else if (meeting || event.kind == Kind::CopiedTrack)
        && types.iter().flatten().any(|code| ship_type::is_passenger(*code))
    {
        rates.push(ratios::USUAL_PASSENGER);
    }
    // Those silent are among those heard (behaviour::reception).
    let neighbours = number(event, "others_heard");
    if event.kind == Kind::Gap
        && neighbours >= RECEPTION_NEIGHBOURS
        && number(event, "others_silent") / neighbours >= RECEPTION_SHARE
    {
        rates.push(ratios::RECEPTION_LOSS);
    }
    rates
}

fn id_of(event: &Event, code: IndicationCode) -> IndicationId {
    IndicationId::of(&[event.id.bytes(), &[place_of(code)]])
}

/// Part of an indication's id: never to be renumbered.
const fn place_of(code: IndicationCode) -> u8 {
    match code {
        IndicationCode::AisGap => 0,
        IndicationCode::Encounter => 1,
        IndicationCode::Loitering => 2,
        IndicationCode::IdentityConflict => 3,
        IndicationCode::ImpossibleMotion => 4,
        IndicationCode::UsualPlace => 5,
        IndicationCode::UsualForType => 6,
        IndicationCode::ReceptionLoss => 7,
        IndicationCode::Drift => 8,
        IndicationCode::TransshipmentPosture => 9,
        IndicationCode::IdentityContradiction => 10,
        IndicationCode::MmsiChange => 11,
        IndicationCode::MotionContradiction => 12,
        IndicationCode::CircularTrack => 13,
        IndicationCode::CopiedTrack => 14,
        IndicationCode::UnusualDeparture => 15,
        // The port's, and never minted here.
        IndicationCode::Container(_) => u8::MAX,
    }
}

fn minted(event: &Event, rate: Rate, family: Family) -> Indication {
    let numbers: Numbers = if rate.nats > 0.0 { event.numbers.clone() } else { Numbers::new() };
    Indication {
        id: id_of(event, rate.code),
        revision: event.revision,
        code: rate.code,
        family,
        subject: Subject::Vessel { mmsi: event.mmsi },
        others: event.other.map(|mmsi| Subject::Vessel { mmsi }).into_iter().collect(),
        start: event.start,
        end: event.end,
        position: Some(event.position),
        event: Some(event.id),
        evidence: event.evidence.iter().map(|piece| piece.evidence).collect(),
        strength: rate.strength(),
        numbers,
        innocent: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitacora_primitives::{EventId, Instant, TrackId};

    const SIX_HOURS: Duration = Duration::from_hours(6);

    fn mmsi(number: u32) -> Mmsi {
        Mmsi::new(number).unwrap()
    }

    fn event(kind: Kind, numbers: &[(&str, f64)]) -> Event {
        Event {
            id: EventId::of(&[b"e"]),
            revision: 0,
            kind,
            mmsi: mmsi(290_000_001),
            other: matches!(kind, Kind::Encounter).then(|| mmsi(290_000_002)),
            track: TrackId::of(&[b"t"]),
            other_track: None,
            start: Instant::from_secs(0),
            end: Some(Instant::from_secs(3600)),
            position: Position::new(12.5, -77.0).unwrap(),
            end_position: None,
            numbers: numbers.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect(),
            evidence: Vec::new(),
            place: None,
            withdrawn: false,
        }
    }

    fn codes(found: &[Indication]) -> Vec<IndicationCode> {
        found.iter().map(|one| one.code).collect()
    }

    #[test]
    fn a_pilot_takes_the_weight_off_a_meeting() {
        let meeting = event(Kind::Encounter, &[("duration_h", 0.6), ("median_speed_kn", 1.0)]);
        let found = mint(&meeting, |who| (who == mmsi(290_000_002)).then_some(50), &[], SIX_HOURS);
        assert_eq!(codes(&found), [IndicationCode::Encounter, IndicationCode::UsualForType]);
        assert!(found.iter().map(|one| one.strength.nats).sum::<f64>() < 0.0);
    }

    #[test]
    fn one_fishing_boat_and_a_cargo_ship_is_not_usual() {
        let meeting = event(Kind::Encounter, &[("duration_h", 1.2), ("median_speed_kn", 1.0)]);
        let mixed =
            mint(&meeting, |who| Some(if who == mmsi(290_000_001) { 70 } else { 30 }), &[], SIX_HOURS);
        assert_eq!(codes(&mixed), [IndicationCode::Encounter]);
        let fleet = mint(&meeting, |_| Some(30), &[], SIX_HOURS);
        assert_eq!(codes(&fleet), [IndicationCode::Encounter, IndicationCode::UsualForType]);
        assert_eq!(codes(&mint(&meeting, |_| None, &[], SIX_HOURS)), [IndicationCode::Encounter]);
    }

    #[test]
    fn two_hulls_that_do_not_move_lie_at_berth() {
        let side_by_side = |speed| event(Kind::Encounter, &[("duration_h", 5.0), ("median_speed_kn", speed)]);
        let moored = mint(&side_by_side(0.1), |_| None, &[], SIX_HOURS);
        assert_eq!(codes(&moored), [IndicationCode::Encounter, IndicationCode::UsualPlace]);
        assert_eq!(codes(&mint(&side_by_side(0.5), |_| None, &[], SIX_HOURS)), [IndicationCode::Encounter]);
    }

    #[test]
    fn silence_that_many_shared_is_reception() {
        let numbers =
            |silent, heard| [("duration_h", 7.0), ("others_silent", silent), ("others_heard", heard)];
        let lost = mint(&event(Kind::Gap, &numbers(5.0, 6.0)), |_| None, &[], SIX_HOURS);
        assert_eq!(codes(&lost), [IndicationCode::AisGap, IndicationCode::ReceptionLoss]);
        assert_eq!(
            codes(&mint(&event(Kind::Gap, &numbers(1.0, 6.0)), |_| None, &[], SIX_HOURS)),
            [IndicationCode::AisGap]
        );
        assert_eq!(
            codes(&mint(&event(Kind::Gap, &numbers(1.0, 1.0)), |_| None, &[], SIX_HOURS)),
            [IndicationCode::AisGap]
        );
    }

    #[test]
    fn a_gap_that_goes_on_weighs_at_least_its_threshold() {
        let mut gap = event(Kind::Gap, &[]);
        gap.end = None;
        assert_eq!(mint(&gap, |_| None, &[], SIX_HOURS)[0].strength.nats, ratios::GAP_6H.nats);
        assert_eq!(
            mint(&gap, |_| None, &[], Duration::from_hours(1))[0].strength.nats,
            ratios::GAP_SHORT.nats
        );
    }

    #[test]
    fn a_listed_place_speaks_against_only_what_is_usual_there() {
        let place = UsualPlace {
            name: "Fondeadero".into(),
            position: Position::new(12.52, -77.0).unwrap(),
            radius: Metres::new(5_000.0),
            usual: vec![Kind::Loitering],
        };
        let slow = mint(
            &event(Kind::Loitering, &[("duration_h", 9.0), ("radius_m", 2000.0)]),
            |_| None,
            std::slice::from_ref(&place),
            SIX_HOURS,
        );
        assert_eq!(codes(&slow), [IndicationCode::Loitering, IndicationCode::UsualPlace]);
        let gap = mint(&event(Kind::Gap, &[("duration_h", 9.0)]), |_| None, &[place], SIX_HOURS);
        assert_eq!(codes(&gap), [IndicationCode::AisGap]);
    }

    #[test]
    fn ordinary_acts_and_faults_of_receivers_mint_nothing() {
        for kind in [
            Kind::MmsiNearMiss,
            Kind::Stop,
            Kind::PortVisit,
            Kind::SpeedChange,
            Kind::AreaEntry,
            Kind::ReceiverContradiction,
            Kind::ClockFault,
            Kind::OnLand,
        ] {
            assert!(
                mint(&event(kind, &[("duration_h", 30.0)]), |_| None, &[], SIX_HOURS).is_empty(),
                "{kind:?}"
            );
        }
        let slip = event(Kind::IdentityContradiction, &[("times", 2.0), ("imo_check_digit", 1.0)]);
        assert!(mint(&slip, |_| None, &[], SIX_HOURS).is_empty());
        let shared = event(Kind::IdentityContradiction, &[("times", 2.0), ("imo_shared", 1.0)]);
        assert_eq!(mint(&shared, |_| None, &[], SIX_HOURS)[0].strength.nats, ratios::STATEMENTS_SHARED.nats);
    }

    #[test]
    fn a_ferry_makes_the_same_way_again() {
        let copy = event(Kind::CopiedTrack, &[("matched_fixes", 40.0)]);
        let ferry = mint(&copy, |_| Some(60), &[], SIX_HOURS);
        assert_eq!(codes(&ferry), [IndicationCode::CopiedTrack, IndicationCode::UsualForType]);
        assert_eq!(codes(&mint(&copy, |_| Some(70), &[], SIX_HOURS)), [IndicationCode::CopiedTrack]);
    }

    #[test]
    fn views_of_one_occurrence_are_of_one_family() {
        let family_of = |kind| mint(&event(kind, &[("duration_h", 3.0)]), |_| None, &[], SIX_HOURS)[0].family;
        for kind in [Kind::Gap, Kind::Encounter, Kind::Loitering, Kind::Drift, Kind::TransshipmentPosture] {
            assert_eq!(family_of(kind), Family::Rendezvous, "{kind:?}");
        }
        for kind in [
            Kind::IdentityConflict,
            Kind::ImpossibleMotion,
            Kind::IdentityContradiction,
            Kind::MmsiChange,
            Kind::MotionContradiction,
            Kind::CircularTrack,
            Kind::CopiedTrack,
        ] {
            assert_eq!(family_of(kind), Family::Identity, "{kind:?}");
        }
    }

    #[test]
    fn a_change_of_number_guessed_by_place_alone_weighs_little() {
        let change = |score, rivals| event(Kind::MmsiChange, &[("score", score), ("rivals", rivals)]);
        let nats = |event: &Event| mint(event, |_| None, &[], SIX_HOURS)[0].strength.nats;
        assert_eq!(nats(&change(2.5, 0.0)), ratios::CHANGE_GUESSED.nats);
        assert_eq!(nats(&change(8.5, 1.0)), ratios::CHANGE_GUESSED.nats);
        assert_eq!(nats(&change(8.5, 0.0)), ratios::CHANGE_AGREED.nats);
    }

    #[test]
    fn no_two_codes_share_an_id() {
        let event = event(Kind::Gap, &[]);
        let codes: std::collections::BTreeSet<IndicationCode> =
            ratios::TABLE.iter().map(|rate| rate.code).collect();
        let ids: std::collections::BTreeSet<IndicationId> = ids(&event).into_iter().collect();
        assert_eq!(ids.len(), codes.len());
    }

    #[test]
    fn a_withdrawn_event_mints_nothing_and_names_what_to_take_back() {
        let mut gap = event(Kind::Gap, &[("duration_h", 7.0)]);
        let before = mint(&gap, |_| None, &[], SIX_HOURS);
        gap.withdrawn = true;
        assert!(mint(&gap, |_| None, &[], SIX_HOURS).is_empty());
        assert!(ids(&gap).contains(&before[0].id));
    }
}
