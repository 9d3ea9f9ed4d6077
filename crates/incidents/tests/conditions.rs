//! "No incident of these kinds for so many days": when it is met, and when it is no longer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod made;

use std::collections::BTreeSet;

use bitacora_incidents::{Act, BadCondition, Condition, IncidentKind, IncidentStatus, Progress};
use bitacora_primitives::{Duration, Instant};
use made::*;

fn condition(kinds: &[IncidentKind], least: IncidentStatus, days: u32) -> Condition {
    Condition::new(kinds.iter().copied().collect(), least, days).unwrap()
}

/// No verified strike for 30 days, suspended on day 0.
fn strikes(book: &Book, now: Instant) -> Progress {
    condition(&[IncidentKind::Strike], IncidentStatus::Verified, 30).progress(&book.register, now, day(0))
}

#[test]
fn an_empty_register_counts_from_the_suspension() {
    let book = Book::default();
    let progress = strikes(&book, day(30) - Duration::from_micros(1));
    assert_eq!((progress.met, progress.days, progress.of_days), (false, 29, 30));
    assert_eq!((progress.since, progress.last_incident), (day(0), None));
    assert!(strikes(&book, day(30)).met);
    // Before the suspension there is nothing to count.
    assert_eq!(strikes(&book, day(-5)).days, 0);
}

#[test]
fn an_incident_starts_the_count_anew() {
    let mut book = Book::default();
    book.report("a", IncidentKind::Strike, day(7));
    book.verify("a");
    let progress = strikes(&book, day(36));
    assert_eq!((progress.met, progress.days), (false, 29));
    assert_eq!((progress.since, progress.last_incident), (day(7), Some(id("a"))));
    assert!(strikes(&book, day(37)).met);
}

#[test]
fn an_incident_before_the_suspension_is_named_and_shortens_nothing() {
    let mut book = Book::default();
    book.report("a", IncidentKind::Strike, day(-20));
    book.verify("a");
    let progress = strikes(&book, day(10));
    assert_eq!((progress.days, progress.since, progress.last_incident), (10, day(0), Some(id("a"))));
}

#[test]
fn the_order_of_entry_is_not_the_order_of_the_incidents() {
    let mut book = Book::default();
    for (name, occurred) in [("late", 9), ("early", 2)] {
        book.report(name, IncidentKind::Strike, day(occurred));
        book.verify(name);
    }
    assert_eq!(strikes(&book, day(20)).last_incident, Some(id("late")));
}

#[test]
fn other_kinds_and_lesser_statuses_do_not_count() {
    let mut book = Book::default();
    book.report("alleged", IncidentKind::Strike, day(9));
    book.report("other", IncidentKind::Violation, day(9));
    book.verify("other");
    assert_eq!(strikes(&book, day(10)).last_incident, None);
    let any = condition(&IncidentKind::ALL, IncidentStatus::Alleged, 5);
    assert_eq!(any.progress(&book.register, day(10), day(0)).days, 1);
}

#[test]
fn disputed_unfounded_withdrawn_and_unsigned_do_not_count() {
    let any = condition(&[IncidentKind::Strike], IncidentStatus::Alleged, 5);
    for what in ["disputed", "unfounded", "withdrawn"] {
        let mut book = Book::default();
        book.report("a", IncidentKind::Strike, day(9));
        assert_eq!(any.progress(&book.register, day(10), day(0)).days, 1);
        match what {
            "disputed" => book.status("a", IncidentStatus::Disputed),
            "unfounded" => book.status("a", IncidentStatus::Unfounded),
            _ => book.add("a", Act::Withdrawn { note: "twice".into() }).unwrap(),
        }
        let progress = any.progress(&book.register, day(10), day(0));
        assert_eq!((progress.met, progress.days, progress.last_incident), (true, 10, None), "{what}");
    }
    let mut book = Book::default();
    book.propose("a", IncidentKind::Strike, day(9));
    assert!(any.progress(&book.register, day(10), day(0)).met, "a proposal counts for nothing");
    book.add("a", Act::Signed { note: String::new() }).unwrap();
    assert!(!any.progress(&book.register, day(10), day(0)).met, "and for something once it is signed");
}

#[test]
fn a_later_correction_changes_the_answer() {
    let mut book = Book::default();
    book.report("a", IncidentKind::Strike, day(1));
    book.verify("a");
    let now = day(31);
    assert!(strikes(&book, now).met);
    book.now = now;
    let note = || "the log of the patrol boat says so".to_owned();
    let corrected = report(IncidentKind::Strike, day(4));
    book.add("a", Act::Corrected { of: 1, report: corrected, note: note() }).unwrap();
    assert_eq!((strikes(&book, now).met, strikes(&book, now).since), (false, day(4)));
    // Its date taken back, its status lowered, its kind another: each answers anew.
    book.add("a", Act::Corrected { of: 4, report: report(IncidentKind::Strike, day(1)), note: note() })
        .unwrap();
    assert!(strikes(&book, now).met);
    let other = report(IncidentKind::Violation, day(20));
    book.add("a", Act::Corrected { of: 5, report: other, note: note() }).unwrap();
    assert_eq!(strikes(&book, now).last_incident, None);
    book.report("b", IncidentKind::Strike, day(20));
    assert!(strikes(&book, now).met, "alleged is not yet verified");
    book.verify("b");
    assert!(!strikes(&book, now).met);
    book.status("b", IncidentStatus::Unfounded);
    assert!(strikes(&book, now).met);
    book.status("b", IncidentStatus::Alleged);
    book.status("b", IncidentStatus::Verified);
    assert!(!strikes(&book, now).met, "the unfounded can be reopened");
}

#[test]
fn a_strike_that_killed_is_no_clear_day_for_no_deaths() {
    let deaths = condition(&[IncidentKind::Death], IncidentStatus::Alleged, 5);
    let mut book = Book::default();
    let mut strike = report(IncidentKind::Strike, day(8));
    strike.injured = Some(0);
    book.add("a", Act::Reported { report: strike.clone(), source: efe() }).unwrap();
    assert!(deaths.progress(&book.register, day(10), day(0)).met, "an unknown number is no death");
    let killed = bitacora_incidents::Report { dead: Some(2), ..strike };
    book.add("a", Act::Corrected { of: 1, report: killed, note: "two".into() }).unwrap();
    assert!(!deaths.progress(&book.register, day(10), day(0)).met);
    let hurt = condition(&[IncidentKind::Injury], IncidentStatus::Alleged, 5);
    assert!(hurt.progress(&book.register, day(10), day(0)).met);
}

#[test]
fn a_condition_that_says_nothing_is_refused() {
    let strike = BTreeSet::from([IncidentKind::Strike]);
    let least = IncidentStatus::Alleged;
    assert_eq!(Condition::new(BTreeSet::new(), least, 30), Err(BadCondition::NoKind));
    for days in [0, 3_651, u32::MAX] {
        assert_eq!(Condition::new(strike.clone(), least, days), Err(BadCondition::Days { days }));
    }
    for none in [IncidentStatus::Disputed, IncidentStatus::Unfounded] {
        assert_eq!(Condition::new(strike.clone(), none, 30), Err(BadCondition::NoDegree(none)));
    }
    for bad in [
        r#"{"kinds":[],"min_status":"alleged","days":3}"#,
        r#"{"kinds":["strike"],"min_status":"disputed","days":3}"#,
        r#"{"kinds":["strike"],"min_status":"alleged","days":0}"#,
        r#"{"kinds":["strike"],"min_status":"alleged","days":3.5}"#,
        r#"{"kinds":["strike"],"min_status":"alleged","days":3,"until":"never"}"#,
    ] {
        assert!(serde_json::from_str::<Condition>(bad).is_err(), "{bad}");
    }
    let written = r#"{"kinds":["strike","death"],"min_status":"verified","days":30}"#;
    let read: Condition = serde_json::from_str(written).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), written);
}

proptest::proptest! {
    /// INVARIANT: more incidents never bring a condition closer.
    #[test]
    fn more_incidents_never_bring_a_condition_closer(
        occurred in proptest::collection::vec(-40_i64..10, 0..20),
        now in 0_i64..60,
    ) {
        let any = condition(&[IncidentKind::Strike], IncidentStatus::Alleged, 30);
        let mut book = Book::default();
        let mut before = any.progress(&book.register, day(now), day(0));
        for (n, occurred) in occurred.iter().enumerate() {
            book.report(&n.to_string(), IncidentKind::Strike, day(*occurred));
            let after = any.progress(&book.register, day(now), day(0));
            proptest::prop_assert!(after.days <= before.days && after.since >= before.since);
            proptest::prop_assert!(!after.met || before.met);
            proptest::prop_assert_eq!(after.met, after.days >= 30);
            before = after;
        }
    }
}
