//! How a claim stands, under every order of what may happen to it.

#![allow(clippy::unwrap_used, reason = "what a test expects and does not find is its failure")]

use bitacora_claims::{
    Act, Claim, Entry, Gone, Kind, Marking, Named, NewAct, Refused, Said, SetAsideReason, Standing, State,
    What,
};
use bitacora_primitives::{Instant, Mmsi, OfficerId};
use proptest::prelude::*;

fn at(second: i64) -> Instant {
    Instant::from_secs(1_780_000_000 + second)
}

fn claim(version: i64) -> Claim {
    Claim {
        object: "location--3f2c1a00-0000-4000-8000-000000000001".to_owned(),
        version: at(version),
        sha256: format!("{version:064}"),
        kind: Kind::Contact,
        platform: Some("opencti".to_owned()),
        handed_in: at(version),
        maker: None,
        about: vec![Named { mmsi: Mmsi::new(730_123_456), name: Some("X".to_owned()), ..Named::default() }],
        place: None,
        first: Some(at(0)),
        last: Some(at(0)),
        count: None,
        sog_kn: None,
        cog_deg: None,
        title: None,
        text: None,
        report: None,
        markings: Vec::new(),
        labels: Vec::new(),
        unread: Vec::new(),
    }
}

fn officer() -> OfficerId {
    OfficerId::of(&[b"officer"])
}

fn take(version: i64) -> NewAct {
    NewAct { act: Act::Take, version: at(version), reason: None, note: String::new() }
}

fn aside(version: i64, reason: Option<SetAsideReason>, note: &str) -> NewAct {
    NewAct { act: Act::SetAside, version: at(version), reason, note: note.to_owned() }
}

fn done(standing: &mut Standing, new: NewAct) -> Result<(), Refused> {
    let what = standing.act(new, officer(), at(99))?;
    standing.apply(what);
    Ok(())
}

#[test]
fn a_claim_is_taken_once_and_in_the_version_that_the_officer_saw() {
    let mut standing = Standing::first(claim(1));
    assert_eq!(standing.state(), State::Open);
    assert_eq!(done(&mut standing, take(2)), Err(Refused::Moved { version: at(1) }));
    done(&mut standing, take(1)).unwrap();
    assert_eq!((standing.state(), standing.seq), (State::Taken, 2));
    assert_eq!(done(&mut standing, take(1)), Err(Refused::Decided));
    assert_eq!(done(&mut standing, aside(1, Some(SetAsideReason::TooOld), "")), Err(Refused::Decided));
}

#[test]
fn setting_aside_says_why() {
    let standing = Standing::first(claim(1));
    let judged = |new| standing.act(new, officer(), at(9)).map(drop);
    assert_eq!(judged(aside(1, None, "x")), Err(Refused::ReasonMissing));
    assert_eq!(judged(aside(1, Some(SetAsideReason::Other), " ")), Err(Refused::NoteMissing));
    assert_eq!(
        judged(NewAct { reason: Some(SetAsideReason::TooOld), ..take(1) }),
        Err(Refused::ReasonNotAsked)
    );
    assert_eq!(
        judged(NewAct { note: "x".repeat(2_001), ..take(1) }),
        Err(Refused::NoteTooLong { length: 2_001 })
    );
    assert_eq!(judged(aside(1, Some(SetAsideReason::TooOld), "")), Ok(()));
}

#[test]
fn a_later_version_is_open_again_and_what_was_taken_stays_and_shows_it() {
    let mut standing = Standing::first(claim(1));
    done(&mut standing, take(1)).unwrap();
    standing.apply(standing.told(claim(2)).unwrap());
    assert_eq!(standing.state(), State::Open);
    assert!(standing.superseded());
    assert_eq!(standing.taken.as_ref().map(|taken| taken.version), Some(at(1)));
    done(&mut standing, take(2)).unwrap();
    assert!(!standing.superseded());
}

#[test]
fn what_a_source_takes_back_cannot_be_taken_and_what_was_taken_shows_it() {
    let mut open = Standing::first(claim(1));
    open.apply(What::Withdrawn { why: Gone::Deleted });
    assert_eq!(open.state(), State::Withdrawn);
    assert_eq!(done(&mut open, take(1)), Err(Refused::Withdrawn));

    let mut taken = Standing::first(claim(1));
    done(&mut taken, take(1)).unwrap();
    taken.apply(What::Withdrawn { why: Gone::Revoked });
    assert_eq!((taken.state(), taken.withdrawn), (State::Taken, Some(Gone::Revoked)));
    assert!(taken.taken.is_some());
}

#[test]
fn the_same_again_says_nothing_and_a_caveat_that_came_with_an_event_is_not_lost() {
    let statement = |text: &str| Marking {
        id: "marking-definition--1".to_owned(),
        says: Said::Statement(text.to_owned()),
        selectors: Vec::new(),
        of_holder: true,
    };
    let mut standing = Standing::first(claim(1));
    assert_eq!(standing.told(claim(1)), None);
    let held = Claim { markings: vec![statement("not for partners")], ..claim(1) };
    standing.apply(standing.told(held).unwrap());
    assert_eq!(standing.claim.markings.len(), 1);
    assert_eq!(standing.told(claim(1)), None, "read again without its event, it keeps the event's caveat");
}

#[test]
fn a_claim_is_found_by_whom_it_is_about() {
    let mut about = claim(1);
    about.about.push(Named { imo: Some(9_074_729), ..Named::default() });
    about.about.push(Named { mmsi: Mmsi::new(730_123_456), ..Named::default() });
    assert_eq!(about.subjects(), ["imo:9074729", "mmsi:730123456"]);
}

proptest! {
    /// Whatever happens in whatever order: replaying the entries gives the standing, nothing is taken but by an act, and what
    /// is taken is a version that was told.
    #[test]
    fn a_standing_is_what_its_entries_say(steps in prop::collection::vec((0_u8..4, 1_i64..4), 0..20)) {
        let mut standing = Standing::first(claim(1));
        let mut entries = vec![Entry { seq: 1, at: at(0), what: What::Told { claim: Box::new(claim(1)) } }];
        let (mut told, mut took) = (vec![at(1)], false);
        for (step, version) in steps {
            let what = match step {
                0 => standing.told(claim(version)),
                1 if standing.withdrawn.is_none() => Some(What::Withdrawn { why: Gone::Deleted }),
                2 => standing.act(take(version), officer(), at(5)).ok(),
                3 => standing.act(aside(version, Some(SetAsideReason::TooOld), ""), officer(), at(5)).ok(),
                _ => None,
            };
            let Some(what) = what else { continue };
            took |= matches!(&what, What::Acted(acted) if acted.act == Act::Take);
            if let What::Told { claim } = &what {
                told.push(claim.version);
            }
            standing.apply(what.clone());
            entries.push(Entry { seq: standing.seq, at: at(6), what });
        }
        prop_assert!(standing.taken.is_none() || took);
        prop_assert!(standing.taken.as_ref().is_none_or(|taken| told.contains(&taken.version)));
        prop_assert_eq!(standing.seq as usize, entries.len());
        let written = serde_json::to_string(&entries).unwrap();
        let read: Vec<Entry> = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(Standing::replay(read), Some(standing));
    }
}

#[test]
fn a_standing_is_read_from_itself_or_from_the_only_entry() {
    let first = Entry { seq: 1, at: at(1), what: What::Told { claim: Box::new(claim(1)) } };
    let standing = Standing::first(claim(1));
    assert_eq!(Standing::read(&serde_json::to_string(&first).unwrap()).unwrap(), standing);
    assert_eq!(Standing::read(&serde_json::to_string(&standing).unwrap()).unwrap(), standing);
    let gone = Entry { seq: 1, at: at(1), what: What::Withdrawn { why: Gone::Deleted } };
    Standing::read(&serde_json::to_string(&gone).unwrap()).unwrap_err();
    Standing::read("{}").unwrap_err();
}
