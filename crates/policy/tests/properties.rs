//! What holds of every agreement, suspension and request, on generated ones. Each property counts its permits, so that
//! it cannot hold by refusing everything.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use std::cell::Cell;
use std::collections::BTreeSet;

use bitacora_policy::{
    Act, Clause, Decision, Effect, Form, PolicySet, ReasonCode, Request, Rule, Scope, SuspensionRule,
    SuspensionScope,
};
use bitacora_primitives::markings::{Handling, HandlingCode, ItemKind, PartyCode, Purpose, Text, Tlp};
use bitacora_primitives::{Instant, SuspensionId};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

mod agreement;
use agreement::{Agreement, Asked};

const UNLAWFUL: [&str; 12] = [
    "targeting",
    "strike",
    "lethal",
    "",
    " ",
    "seizure ",
    "Seizure",
    "seizure\0",
    "rescue,strike",
    "seizure\"].contains(\"x\") || true || [\"",
    "*",
    "prosecución",
];

fn set<T: Clone + Ord + std::fmt::Debug + 'static>(all: &[T]) -> impl Strategy<Value = BTreeSet<T>> + use<T> {
    let count = all.len();
    subsequence(all.to_vec(), 0..=count).prop_map(|chosen| chosen.into_iter().collect())
}

fn parsed<T: std::str::FromStr>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| text.parse().ok().unwrap()).collect()
}

fn party() -> impl Strategy<Value = PartyCode> {
    prop_oneof![4 => Just("CO"), 4 => Just("US"), 1 => Just("PA")].prop_map(|code| code.parse().unwrap())
}

fn form() -> impl Strategy<Value = Form> {
    (select(vec![0u32, 0, 60, 7_200, u32::MAX]), select(vec![0u32, 500]), prop::bool::weighted(0.2))
        .prop_map(|(delay_s, grid_m, asset_only)| Form { delay_s, grid_m, asset_only })
}

fn scope() -> impl Strategy<Value = Rule> {
    let kinds: Vec<ItemKind> =
        ItemKind::ALL.iter().copied().filter(|kind| *kind != ItemKind::Distress).collect();
    (
        any::<bool>(),
        set(&kinds),
        prop_oneof![Just(BTreeSet::new()), set(&parsed(&["north", "south"]))],
        set(Purpose::ALL),
        prop::option::of(select(vec![0u32, 1, 5, u32::MAX])),
        any::<bool>(),
        0u8..3,
        form(),
        set(&parsed(&["sensor", "evidence"])),
    )
        .prop_map(|(ours, items, areas, purposes, per_day, standing, officers, form, cut)| {
            let (from, to) = if ours { ("CO", "US") } else { ("US", "CO") };
            let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
            let scope = Scope { from, to, items, areas, purposes, per_day, standing, officers, form, cut };
            Rule::Scope(Box::new(scope))
        })
}

fn handling() -> impl Strategy<Value = Handling> {
    let mostly = prop_oneof![3 => Just(parsed(&["CO", "US"]).into_iter().collect()), 1 => set(&parsed(&["CO", "US", "PA"]))];
    let tlp = prop_oneof![4 => Just(Tlp::Amber), 1 => select(Tlp::ALL.to_vec())];
    (tlp, set(HandlingCode::ALL), mostly).prop_map(|(tlp, codes, releasable_to)| Handling {
        tlp,
        codes,
        releasable_to,
    })
}

/// Rules that compile to a forbid.
fn forbidding() -> impl Strategy<Value = Rule> {
    prop_oneof![
        handling().prop_map(Rule::Handling),
        select(vec!["A1", "C3", "F6", "B6", "E2"])
            .prop_map(|worst| Rule::Grading { worst: worst.parse().unwrap() }),
        Just(Rule::OriginatorControl),
        set(&parsed(&["unit", "sensor"])).prop_map(|fields| Rule::Removed { fields }),
        (0u8..3).prop_map(|release| Rule::Officers { release, suspend: 1, resume: 2, amend: 2 }),
        ".{0,12}".prop_map(|condition| Rule::Precedent { condition }),
        Just(Rule::Precedent { condition: "signed".to_owned() }),
        (set(ItemKind::ALL), select(vec![0u16, 1, 90, u16::MAX]))
            .prop_map(|(items, days)| Rule::Retention { items, days }),
        Just(Rule::Unknown(serde_json::json!({"kind": "moon_phase"}))),
    ]
}

/// At most one for each direction.
fn waivers() -> impl Strategy<Value = Vec<Rule>> {
    let waiver = |from: &'static str, to: &'static str| {
        prop::option::weighted(0.6, set(ItemKind::ALL)).prop_map(move |items| {
            items.map(|items| Rule::ReceiptWaived {
                from: from.parse().unwrap(),
                to: to.parse().unwrap(),
                items,
            })
        })
    };
    (waiver("CO", "US"), waiver("US", "CO"))
        .prop_map(|(ours, theirs)| ours.into_iter().chain(theirs).collect())
}

fn permitting() -> impl Strategy<Value = Rule> {
    prop_oneof![
        6 => scope(),
        1 => Just(Rule::SafetyOfLife),
        1 => (set(&["A".to_owned(), "B".to_owned(), String::new()]), 0u8..3)
            .prop_map(|(cases, officers)| Rule::CourtOrder { cases, officers }),
    ]
}

/// An agreement between two with any clauses; the base prohibition stands somewhere among them.
fn agreement() -> impl Strategy<Value = Agreement> {
    let text = ("\\PC{0,10}", any::<String>()).prop_map(|(es, en)| Text { es, en });
    (
        vec((permitting(), text.clone()), 1..7),
        vec((forbidding(), text, prop::bool::weighted(0.05)), 0..3),
        (0usize..8, waivers()),
    )
        .prop_map(|(permits, forbids, (place, waivers))| {
            let mut rules: Vec<(Rule, Text, bool)> =
                permits.into_iter().map(|(rule, text)| (rule, text, true)).collect();
            rules.extend(forbids);
            rules.extend(waivers.into_iter().map(|rule| (rule, Text::new("", ""), true)));
            rules.insert(place.min(rules.len()), (Rule::BaseProhibition, Text::new("", ""), true));
            let clause = |(number, (rule, text, critical)): (usize, (Rule, Text, bool))| Clause {
                id: format!("{}", number + 1).parse().unwrap(),
                text,
                critical,
                rule,
            };
            Agreement {
                id: "CO-US-MAR".parse().unwrap(),
                version: 1,
                parties: parsed(&["CO", "US"]),
                from: Instant::from_secs(1_000),
                until: Instant::from_secs(2_000_000_000),
                clauses: rules.into_iter().enumerate().map(clause).collect(),
                base: serde_json::Value::Null,
            }
        })
}

fn suspension() -> impl Strategy<Value = SuspensionRule> {
    (
        any::<u64>(),
        prop::option::weighted(0.3, party()),
        prop::option::weighted(0.3, party()),
        prop_oneof![2 => Just(BTreeSet::new()), 1 => set(ItemKind::ALL)],
        prop_oneof![2 => Just(BTreeSet::new()), 1 => set(&parsed(&["north", "south"]))],
        prop_oneof![2 => Just(BTreeSet::new()), 1 => set(Purpose::ALL)],
        btree_set(select(parsed(&["1", "2", "3", "4", "99"])), 0..3),
        any::<String>(),
    )
        .prop_map(|(id, from, to, items, areas, purposes, exceptions, reason)| SuspensionRule {
            id: SuspensionId::of(&[&id.to_be_bytes()]),
            scope: SuspensionScope { from, to, items, areas, purposes },
            exceptions,
            reason: Text { es: reason.clone(), en: reason },
        })
}

/// Suspensions with different ids.
fn suspensions(most: usize) -> impl Strategy<Value = Vec<SuspensionRule>> {
    vec(suspension(), 1..=most).prop_map(|mut rules| {
        rules.sort_by_key(|rule| rule.id);
        rules.dedup_by_key(|rule| rule.id);
        rules
    })
}

fn instant() -> impl Strategy<Value = Instant> {
    prop_oneof![
        6 => (1_500_000_000_000_000i64..1_500_007_300_000_000).prop_map(Instant::from_micros),
        1 => any::<i64>().prop_map(Instant::from_micros),
    ]
}

fn purpose() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => select(Purpose::ALL.to_vec()).prop_map(|purpose| purpose.code().to_owned()),
        1 => select(UNLAWFUL.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn asked() -> impl Strategy<Value = Asked> {
    let item = (
        select(vec![
            ItemKind::Lead,
            ItemKind::Track,
            ItemKind::Seizure,
            ItemKind::CaseFact,
            ItemKind::Distress,
        ]),
        prop_oneof![4 => Just(None), 1 => party().prop_map(Some)],
        set(&parsed(&["north", "south", "east"])),
        instant(),
        select(parsed(&["A1", "B2", "C3", "F6"])),
        handling(),
        prop::option::weighted(0.4, select(vec!["A".to_owned(), "B".to_owned(), String::new()])),
        prop_oneof![
            set(&parsed(&["position", "time", "distress", "persons_on_board"])),
            set(&parsed(&["position", "sensor", "evidence", "unit", "vessel"])),
        ],
    );
    let asking = (
        select(Act::ALL.to_vec()),
        prop_oneof![
            4 => Just(("CO".parse().unwrap(), "US".parse().unwrap())),
            3 => Just(("US".parse().unwrap(), "CO".parse().unwrap())),
            1 => (party(), party()),
        ],
        purpose(),
        prop_oneof![3 => Just(BTreeSet::new()), 1 => btree_set(purpose(), 0..3)],
        prop_oneof![3 => Just(Instant::from_secs(1_500_010_000)), 1 => instant()],
        prop::collection::btree_map(
            select(parsed(&["1", "2", "3", "4"])),
            select(vec![0u32, 1, 5, u32::MAX]),
            0..3,
        ),
        0u8..4,
        any::<bool>(),
        prop::option::of(select(vec!["P46".to_owned(), String::new()])),
        prop_oneof![3 => Just(BTreeSet::from(["signed".to_owned()])), 1 => Just(BTreeSet::new())],
    );
    (item, asking).prop_map(|(item, asking)| {
        let (kind, originator, areas, observed, grading, handling, case, fields) = item;
        let (
            act,
            (from, to),
            purpose,
            derived_uses,
            now,
            released_today,
            approvals,
            standing,
            asset,
            conditions_met,
        ) = asking;
        let originator = originator.unwrap_or_else(|| from.clone());
        Asked {
            act,
            from,
            to,
            kind,
            originator,
            areas,
            observed,
            grading,
            handling,
            case,
            fields,
            purpose,
            derived_uses,
            now,
            released_today,
            approvals,
            standing,
            asset,
            conditions_met,
        }
    })
}

/// Runs a property on 150 agreements of 24 requests each, always the same ones. Returns how many were permitted.
fn hold<S: Strategy>(
    seed: u64,
    strategy: S,
    property: impl Fn(S::Value) -> Result<usize, TestCaseError>,
) -> usize {
    let config =
        Config { cases: 150, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
    let permits = Cell::new(0);
    let outcome = TestRunner::new(config).run(&strategy, |value| {
        permits.set(permits.get() + property(value)?);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    permits.get()
}

fn requests() -> impl Strategy<Value = Vec<Asked>> {
    vec(asked(), 24)
}

fn lawful(asked: &Asked) -> bool {
    asked.purpose.parse::<Purpose>().is_ok()
        && asked.derived_uses.iter().all(|p| p.parse::<Purpose>().is_ok())
}

fn says(decision: &Decision, code: ReasonCode) -> bool {
    decision.reasons.iter().any(|reason| reason.code == code)
}

/// The rule under which a request was permitted.
fn rule<'a>(agreement: &'a Agreement, decision: &Decision) -> &'a Clause {
    agreement.clauses.iter().find(|clause| clause.id.as_str() == decision.reasons[0].clause).unwrap()
}

fn compile(agreement: &Agreement, suspensions: &[SuspensionRule]) -> Result<PolicySet, TestCaseError> {
    agreement.compile(suspensions).map_err(|error| TestCaseError::fail(error.to_string()))
}

#[test]
fn no_purpose_outside_the_closed_list_is_ever_permitted() {
    let any = (agreement(), prop::option::of(suspensions(3)), requests());
    let permits = hold(1, any, |(agreement, suspensions, requests)| {
        let set = compile(&agreement, &suspensions.unwrap_or_default())?;
        let mut permits = 0;
        for asked in &requests {
            let decision = set.decide(&asked.request());
            if !lawful(asked) {
                prop_assert_eq!(decision.effect, Effect::Refuse);
                prop_assert!(says(&decision, ReasonCode::NoSuchPurpose));
                prop_assert!(!decision.waits());
            }
            permits += usize::from(decision.permits());
        }
        Ok(permits)
    });
    assert!(permits > 40, "{permits} permits");
}

#[test]
fn no_request_makes_a_policy_err_and_every_answer_cites() {
    let any = (agreement(), suspensions(2), requests());
    hold(2, any, |(agreement, suspensions, requests)| {
        let set = compile(&agreement, &suspensions)?;
        for asked in &requests {
            let decision = set.decide(&asked.request());
            prop_assert!(!says(&decision, ReasonCode::DecisionError), "{:?}", decision.reasons);
            prop_assert!(!decision.reasons.is_empty());
            let cited = |clause: &str| {
                clause == agreement.id.as_str()
                    || agreement.clauses.iter().any(|one| one.id.as_str() == clause)
                    || suspensions.iter().any(|one| one.id.to_string() == clause)
            };
            prop_assert!(decision.reasons.iter().all(|reason| cited(&reason.clause)));
            let text = serde_json::to_string(&decision).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Decision>(&text).unwrap(), &decision);
        }
        Ok(0)
    });
}

#[test]
fn what_is_permitted_is_marked_for_its_recipient_and_never_red() {
    let permits = hold(3, (agreement(), requests()), |(agreement, requests)| {
        let set = compile(&agreement, &[])?;
        let mut permits = 0;
        for asked in &requests {
            let decision = set.decide(&asked.request());
            if decision.permits() {
                permits += 1;
                prop_assert!(decision.handling.tlp < Tlp::Red && decision.handling.tlp >= asked.handling.tlp);
                prop_assert!(decision.handling.releasable_to.contains(&asked.to));
                prop_assert!(decision.handling.releasable_to.is_subset(&asked.handling.releasable_to));
                prop_assert!(decision.handling.codes.is_superset(&asked.handling.codes));
                prop_assert!(
                    agreement.parties.contains(&asked.from) && agreement.parties.contains(&asked.to)
                );
                if asked.kind == ItemKind::Track {
                    prop_assert!(decision.form.delay_s > 0 && decision.form.grid_m > 0);
                }
                if asked.act == Act::Release {
                    let age = asked.now.micros().saturating_sub(asked.observed.micros());
                    prop_assert!(age >= i64::from(decision.form.delay_s) * 1_000_000);
                }
                prop_assert!(
                    !decision.form.asset_only || asked.asset.as_ref().is_some_and(|name| !name.is_empty())
                );
                let safety = rule(&agreement, &decision).rule == Rule::SafetyOfLife;
                prop_assert_eq!(safety, asked.kind == ItemKind::Distress);
            }
        }
        Ok(permits)
    });
    assert!(permits > 40, "{permits} permits");
}

#[test]
fn a_platform_reads_what_may_be_opened_and_a_clause_waives_and_nothing_else() {
    let permits = hold(14, (agreement(), requests()), |(agreement, requests)| {
        let set = compile(&agreement, &[])?;
        let mut permits = 0;
        for asked in &requests {
            let by = |act| set.decide(&Request { act, ..asked.request() });
            let (poll, open) = (by(Act::Poll), by(Act::Open));
            let waived = agreement.clauses.iter().any(|clause| {
                matches!(&clause.rule, Rule::ReceiptWaived { from, to, items }
                    if *from == asked.from && *to == asked.to && items.contains(&asked.kind))
            });
            prop_assert_eq!(poll.permits(), open.permits() && waived, "{:?}", poll.reasons);
            if poll.permits() {
                permits += 1;
                prop_assert_eq!(&poll, &open, "a waiver changes no obligation");
            } else if open.permits() {
                prop_assert!(says(&poll, ReasonCode::ReceiptNotWaived) && !poll.waits());
            }
        }
        Ok(permits)
    });
    assert!(permits > 20, "{permits} permits");
}

#[test]
fn nothing_is_released_received_opened_or_read_beyond_its_retention() {
    let permits = hold(15, (agreement(), requests()), |(agreement, requests)| {
        let set = compile(&agreement, &[])?;
        let mut permits = 0;
        for asked in &requests {
            let decision = set.decide(&asked.request());
            let days = agreement.clauses.iter().filter_map(|clause| match &clause.rule {
                Rule::Retention { items, days } if items.contains(&asked.kind) => Some(i64::from(*days)),
                _ => None,
            });
            let shortest = days.min();
            prop_assert!(shortest.is_some() || decision.retain_until.is_none());
            let over = decision.retain_until.is_some_and(|until| asked.now >= until);
            prop_assert!(!(over && decision.permits()));
            if let (Some(until), Some(days)) = (decision.retain_until, shortest) {
                let held = until.micros() - asked.observed.micros() - days * 86_400_000_000;
                prop_assert!((0..1_000_000).contains(&held), "to the next whole second, {}", held);
            }
            if says(&decision, ReasonCode::RetentionOver) {
                // Where the day has no text, it is over all the same.
                prop_assert!((over || decision.retain_until.is_none()) && !decision.waits());
            }
            permits += usize::from(decision.permits() && shortest.is_some());
        }
        Ok(permits)
    });
    assert!(permits > 5, "{permits} permits");
}

#[test]
fn an_agreement_without_a_waiver_keeps_its_schema_and_refuses_every_poll() {
    hold(16, (agreement(), requests()), |(mut agreement, requests)| {
        let with = compile(&agreement, &[])?;
        let waives = |clause: &Clause| matches!(clause.rule, Rule::ReceiptWaived { .. });
        prop_assert_eq!(with.schema().contains("poll"), agreement.clauses.iter().any(waives));
        agreement.clauses.retain(|clause| !waives(clause));
        let set = compile(&agreement, &[])?;
        prop_assert!(set.policies().all(|(_, text)| !text.contains("\"poll\"")));
        for asked in &requests {
            let decision = set.decide(&Request { act: Act::Poll, ..asked.request() });
            prop_assert!(!decision.permits());
            prop_assert_eq!(decision.reasons[0].code, ReasonCode::ReceiptNotWaived);
        }
        Ok(0)
    });
}

#[test]
fn under_a_whole_suspension_only_exceptions_are_permitted() {
    let permits =
        hold(4, (agreement(), suspension(), requests()), |(agreement, mut suspension, requests)| {
            suspension.scope = SuspensionScope::default();
            let set = compile(&agreement, std::slice::from_ref(&suspension))?;
            let mut permits = 0;
            for asked in &requests {
                let decision = set.decide(&asked.request());
                if decision.permits() {
                    permits += 1;
                    let clause = rule(&agreement, &decision);
                    prop_assert!(
                        clause.rule == Rule::SafetyOfLife || suspension.exceptions.contains(&clause.id)
                    );
                    prop_assert_eq!(decision.exception.as_ref(), Some(&clause.id));
                }
            }
            Ok(permits)
        });
    assert!(permits > 10, "{permits} permits");
}

#[test]
fn a_suspension_only_narrows_and_stops_what_it_covers() {
    let permits = hold(5, (agreement(), suspensions(3), requests()), |(agreement, suspensions, requests)| {
        let (open, narrow) = (compile(&agreement, &[])?, compile(&agreement, &suspensions)?);
        let mut permits = 0;
        for asked in &requests {
            let (before, after) = (open.decide(&asked.request()), narrow.decide(&asked.request()));
            permits += usize::from(before.permits());
            prop_assert!(!after.permits() || before.permits(), "{:?}", after.reasons);
            let Ok(purpose) = asked.purpose.parse::<Purpose>() else { continue };
            let covers = |rule: &SuspensionRule| {
                rule.scope.covers(&asked.from, &asked.to, asked.kind, &asked.areas, purpose)
            };
            if after.permits() {
                let clause = rule(&agreement, &after);
                let excepted = |rule: &SuspensionRule| {
                    clause.rule == Rule::SafetyOfLife || rule.exceptions.contains(&clause.id)
                };
                prop_assert!(suspensions.iter().filter(|rule| covers(rule)).all(excepted));
                prop_assert!(!suspensions.iter().any(covers) || after.exception.is_some());
            }
            // What it does not cover goes on.
            if before.permits() && asked.derived_uses.is_empty() && !suspensions.iter().any(covers) {
                prop_assert!(after.permits());
                prop_assert_eq!(after.exception, None);
            }
        }
        Ok(permits)
    });
    assert!(permits > 40, "{permits} permits");
}

#[test]
fn safety_of_life_is_always_an_exception_to_a_suspension_whether_it_is_named_or_not() {
    let permits =
        hold(6, (agreement(), suspensions(4), requests()), |(mut agreement, suspensions, requests)| {
            agreement.clauses.retain(|clause| matches!(clause.rule, Rule::BaseProhibition | Rule::Scope(_)));
            let rule = Rule::SafetyOfLife;
            agreement.clauses.push(Clause {
                id: "7.7".parse().unwrap(),
                text: Text::new("", ""),
                critical: true,
                rule,
            });
            let set = compile(&agreement, &suspensions)?;
            let mut permits = 0;
            for asked in &requests {
                let mut asked = asked.clone();
                asked.kind = ItemKind::Distress;
                // A platform's reading needs a waiver besides, which no suspension has to do with.
                if asked.act == Act::Poll {
                    asked.act = Act::Open;
                }
                asked.originator = asked.from.clone();
                asked.fields = parsed(&["position", "time", "distress"]).into_iter().collect();
                asked.purpose = "rescue".to_owned();
                asked.derived_uses.clear();
                asked.now = Instant::from_secs(1_500_010_000);
                asked.handling.tlp = Tlp::Green;
                asked.handling.releasable_to.insert(asked.to.clone());
                let decision = set.decide(&asked.request());
                let between_parties = asked.from != asked.to
                    && agreement.parties.contains(&asked.from)
                    && agreement.parties.contains(&asked.to);
                prop_assert_eq!(decision.permits(), between_parties, "{:?}", decision.reasons);
                permits += usize::from(decision.permits());
            }
            Ok(permits)
        });
    assert!(permits > 40, "{permits} permits");
}

#[test]
fn adding_a_clause_that_forbids_only_narrows() {
    let any = (agreement(), forbidding(), any::<bool>(), requests());
    let permits = hold(7, any, |(agreement, rule, critical, requests)| {
        let mut more = agreement.clone();
        more.clauses.insert(
            agreement.clauses.len() / 2,
            Clause { id: "7.7".parse().unwrap(), text: Text::new("\"", "\\"), critical, rule },
        );
        let (wide, narrow) = (compile(&agreement, &[])?, compile(&more, &[])?);
        prop_assert_ne!(wide.hash(), narrow.hash());
        let mut permits = 0;
        for asked in &requests {
            let (before, after) = (wide.decide(&asked.request()), narrow.decide(&asked.request()));
            permits += usize::from(before.permits());
            if after.permits() {
                prop_assert!(before.permits());
                prop_assert_eq!(&after.reasons, &before.reasons);
                prop_assert!(after.cut.is_superset(&before.cut));
                prop_assert!(after.handling.tlp >= before.handling.tlp);
                prop_assert!(after.handling.releasable_to.is_subset(&before.handling.releasable_to));
            }
        }
        Ok(permits)
    });
    assert!(permits > 40, "{permits} permits");
}
