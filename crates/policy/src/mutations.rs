//! Altered policy sets: each is refused when it is loaded, or refuses what it should, or is told by its hash. None
//! permits a thing that the true set refuses.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_primitives::markings::{AgreementId, Handling, ItemKind, PartyCode, Text, Tlp};
use bitacora_primitives::{Instant, SuspensionId};
use serde_json::Value;

use crate::compile::{Role, Source, source};
use crate::load::load;
use crate::{
    Act, Clause, CompileError, Decision, PolicySet, ReasonCode, Request, Rule, SuspensionRule,
    SuspensionScope, Terms,
};

const TEXT: &str = include_str!("../tests/cases/co-us-mar.json");

struct Fixture {
    agreement: AgreementId,
    parties: Vec<PartyCode>,
    clauses: Vec<Clause>,
    suspensions: Vec<SuspensionRule>,
}

impl Fixture {
    fn new() -> Self {
        let file: Value = serde_json::from_str(TEXT).unwrap();
        let scope =
            SuspensionScope { items: BTreeSet::from([ItemKind::Track]), ..SuspensionScope::default() };
        Self {
            agreement: "CO-US-MAR".parse().unwrap(),
            parties: ["CO", "US"].iter().map(|code| code.parse().unwrap()).collect(),
            clauses: serde_json::from_value(file["clauses"].clone()).unwrap(),
            suspensions: vec![SuspensionRule {
                id: SuspensionId::of(&[b"1"]),
                scope,
                exceptions: BTreeSet::new(),
                reason: Text::new("mientras", "as long as"),
            }],
        }
    }
    fn terms(&self) -> Terms<'_> {
        Terms {
            agreement: &self.agreement,
            version: 1,
            parties: &self.parties,
            from: Instant::from_secs(0),
            until: Instant::from_secs(2_000_000_000),
            clauses: &self.clauses,
        }
    }
    fn compile(&self) -> Result<PolicySet, CompileError> {
        PolicySet::compile(&self.terms(), &self.suspensions)
    }
    fn source(&self) -> Source {
        source(&self.terms(), &self.suspensions).unwrap()
    }
    fn load(&self, source: Source) -> Result<PolicySet, CompileError> {
        load(&self.terms(), source)
    }
    /// What the set answers to a list of requests, each of which the true set refuses but for the first two.
    fn answers(&self, set: &PolicySet) -> Vec<Decision> {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<BTreeSet<String>>();
        let names = |list: &[&str]| list.iter().map(|text| text.parse().unwrap()).collect::<BTreeSet<_>>();
        let handling = |tlp, to: &[&str]| Handling {
            tlp,
            codes: BTreeSet::new(),
            releasable_to: to.iter().map(|code| code.parse().unwrap()).collect(),
        };
        let (plain, red, other) = (
            handling(Tlp::Amber, &["CO", "US"]),
            handling(Tlp::Red, &["CO", "US"]),
            handling(Tlp::Green, &["PA"]),
        );
        let areas = BTreeSet::from(["caribbean-w".parse().unwrap()]);
        let (fields, distress) = (names(&["position", "unit"]), names(&["position", "vessel"]));
        let (met, none, strike) = (texts(&["undertaking-signed"]), texts(&[]), texts(&["strike"]));
        let (today, full) = (BTreeMap::new(), BTreeMap::from([("3.1".parse().unwrap(), 40)]));
        let panama: PartyCode = "PA".parse().unwrap();
        let base = Request {
            act: Act::Release,
            from: &self.parties[0],
            to: &self.parties[1],
            kind: ItemKind::Lead,
            originator: &self.parties[0],
            areas: &areas,
            observed: Instant::from_secs(1_000_000),
            grading: "B2".parse().unwrap(),
            handling: &plain,
            case: None,
            fields: &fields,
            purpose: "seizure",
            derived_uses: &none,
            now: Instant::from_secs(1_100_000),
            released_today: &today,
            approvals: 2,
            standing: false,
            asset: None,
            conditions_met: &met,
        };
        let worst = "F6".parse().unwrap();
        let requests = [
            base,
            Request { act: Act::Open, ..base },
            Request { purpose: "targeting", ..base },
            Request { purpose: "strike", act: Act::Receive, ..base },
            Request { derived_uses: &strike, ..base },
            Request { purpose: "targeting", act: Act::Open, ..base },
            Request { handling: &red, ..base },
            Request { handling: &other, ..base },
            Request { grading: worst, ..base },
            Request { originator: &panama, ..base },
            Request { to: &panama, ..base },
            Request { kind: ItemKind::Track, ..base },
            Request { kind: ItemKind::Series, ..base },
            Request { kind: ItemKind::Distress, purpose: "rescue", fields: &distress, ..base },
            Request { conditions_met: &none, ..base },
            Request { approvals: 0, ..base },
            Request { released_today: &full, ..base },
            Request { now: Instant::from_secs(3_000_000_000), ..base },
        ];
        requests.iter().map(|request| set.decide(request)).collect()
    }
    /// None of the refusals of the true set has become a permit; and either something refuses, or the hash tells.
    fn caught(&self, name: &str, outcome: Result<PolicySet, CompileError>) {
        let truth = self.compile().unwrap();
        let Ok(set) = outcome else { return };
        assert_ne!(set.hash(), truth.hash(), "{name}: the hash does not tell");
        let (before, after) = (self.answers(&truth), self.answers(&set));
        let narrower = before.iter().zip(&after).all(|(before, after)| before.permits() || !after.permits());
        assert!(narrower, "{name}: permits more");
    }
}

/// The set with the text of one policy changed.
fn altered(fixture: &Fixture, id: &str, change: impl Fn(&str) -> String) -> Source {
    let mut source = fixture.source();
    let policy = source.policies.iter_mut().find(|policy| policy.id == id).unwrap();
    let text = change(&policy.text);
    assert_ne!(text, policy.text, "the mutation of {id} changes nothing");
    policy.text = text;
    source
}

#[test]
fn the_true_set_permits_two_and_refuses_the_rest() {
    let fixture = Fixture::new();
    let answers = fixture.answers(&fixture.compile().unwrap());
    let permits: Vec<bool> = answers.iter().map(Decision::permits).collect();
    assert_eq!(permits.iter().position(|permit| !permit), Some(2));
    assert_eq!(permits.iter().filter(|permit| **permit).count(), 2, "{permits:?}");
}

#[test]
fn the_base_prohibition_is_present_exactly_once_and_is_ours_word_for_word() {
    let fixture = Fixture::new();
    let weaker: &[(&str, &str)] = &[
        ("\"prosecution\"]", "\"prosecution\", \"strike\"]"),
        ("(context.purpose == ", "(context.purpose == \"targeting\" || context.purpose == "),
        (" && (context.derived_uses.isEmpty()", " && (true || context.derived_uses.isEmpty()"),
        (" && (context.derived_uses.isEmpty()", " || (context.derived_uses.isEmpty()"),
        ("containsAll", "containsAny"),
        ("unless", "when"),
        ("forbid (principal,", "permit (principal,"),
        ("(principal, action, resource)", "(principal, action == Exchange::Action::\"release\", resource)"),
        ("(principal, action, resource)", "(principal == Exchange::Party::\"US\", action, resource)"),
        ("(principal, action, resource)", "(principal, action, resource == Exchange::Clause::\"3.1\")"),
        ("};\n", "} when { context.kind == \"lead\" };\n"),
        ("};\n", "} when { false };\n"),
        ("};\n", "} unless { context.standing };\n"),
        ("};\n", "} unless { true };\n"),
        ("context.purpose", "context.kind"),
    ];
    for (old, new) in weaker {
        let outcome = fixture.load(altered(&fixture, "1", |text| text.replace(old, new)));
        assert!(
            matches!(
                outcome,
                Err(CompileError::BaseProhibitionAltered { .. } | CompileError::ReadBack { .. })
            ),
            "{new}"
        );
    }
    let mut dropped = fixture.source();
    dropped.policies.retain(|policy| policy.id != "1");
    assert_eq!(fixture.load(dropped).unwrap_err(), CompileError::NoBaseProhibition);
    let mut moved = fixture.source();
    moved.base = "5".parse().unwrap();
    assert!(matches!(fixture.load(moved), Err(CompileError::BaseProhibitionAltered { .. })));

    let mut without = Fixture::new();
    without.clauses.retain(|clause| !matches!(clause.rule, Rule::BaseProhibition));
    assert_eq!(without.compile().unwrap_err(), CompileError::NoBaseProhibition);
    let mut twice = Fixture::new();
    let mut second = twice.clauses[0].clone();
    second.id = "1.1".parse().unwrap();
    twice.clauses.push(second);
    assert!(matches!(twice.compile(), Err(CompileError::SecondBaseProhibition { .. })));
    let mut unknown = Fixture::new();
    unknown.clauses[0].rule =
        Rule::Unknown(serde_json::json!({"kind": "base_prohibition", "but": "sometimes"}));
    assert_eq!(unknown.compile().unwrap_err(), CompileError::NoBaseProhibition);
}

/// INVARIANT of `decide`: Cedar skips a forbid that errs and would permit.
#[test]
fn an_error_in_any_policy_is_a_refusal() {
    let fixture = Fixture::new();
    // Overflow passes the strict validator; it is the one error that can.
    let overflow = "context.now * 9223372036854775807 > 0";
    for id in ["4", "5", "6", "8", "9", "10", fixture.suspensions[0].id.to_string().as_str()] {
        let broken =
            altered(&fixture, id, |text| text.replace("when { ", &format!("when {{ {overflow} && ")));
        let set = fixture.load(broken).unwrap();
        for decision in fixture.answers(&set).iter().take(2) {
            assert!(!decision.permits() && !decision.waits(), "{id}");
            assert_eq!(decision.reasons.len(), 1, "{id}: {:?}", decision.reasons);
            assert_eq!(
                (decision.reasons[0].clause.as_str(), decision.reasons[0].code),
                (id, ReasonCode::DecisionError)
            );
        }
    }
    for id in ["2", "3.1", "3.4", "7"] {
        let more = altered(&fixture, id, |text| text.replace(";\n", &format!("\nwhen {{ {overflow} }};\n")));
        let set = fixture.load(more).unwrap();
        let truth = fixture.answers(&fixture.compile().unwrap());
        for (before, after) in truth.iter().zip(fixture.answers(&set)) {
            assert!(before.permits() || !after.permits(), "{id}");
        }
    }
}

#[test]
fn what_does_not_validate_is_not_loaded() {
    let fixture = Fixture::new();
    let bad: &[(&str, &str, &str)] = &[
        ("4", "context.tlp", "context.colour"),
        ("4", "\"red\"", "4"),
        ("5", "context.source", "principal.source"),
        ("5", "context.source > 3", "context.source > \"3\""),
        ("6", "context.originator != context.from", "context.originator != \"CO\""),
        ("9", "Action::\"release\"", "Action::\"export\""),
        ("3.1", "Exchange::Party::\"US\"", "Exchange::Nation::\"US\""),
        ("3.1", "released_today[\"3.1\"]", "released_today[\"3.2\"]"),
        ("3.1", "context.now", "context.later"),
        ("10", "conditions_met.contains", "conditions_met.includes"),
        ("10", ";\n", ""),
        ("10", "forbid", "deny"),
        ("10", "forbid (principal", "forbid (principal == ?principal"),
        ("10", "\"undertaking-signed\"", "[]"),
        ("2", "permit", "forbid"),
        ("5", "forbid", "permit"),
        ("5", "@id(\"5\")", "@id(\"6\")"),
        ("5", "@en(", "@xx("),
        ("5", "Nothing worse", "Anything worse"),
        ("5", "@id(\"5\")", "permit (principal, action, resource);\n@id(\"5\")"),
    ];
    for (id, old, new) in bad {
        let outcome = fixture.load(altered(&fixture, id, |text| text.replace(old, new)));
        assert!(outcome.is_err(), "{id}: {old} -> {new}");
    }
}

#[test]
fn a_wider_or_a_lost_policy_is_told_by_the_hash_or_permits_nothing_more() {
    let fixture = Fixture::new();
    let wider: &[(&str, &str, &str)] = &[
        ("3.1", "context.kind == \"lead\"", "context.kind == \"series\""),
        ("3.1", "\"arrest\", \"prosecution\"]", "\"arrest\", \"prosecution\", \"strike\"]"),
        ("3.1", "&& context.now <", "|| context.now <"),
        ("3.1", "resource == Exchange::Clause::\"3.1\"", "resource"),
        ("3.2", "resource == Exchange::Clause::\"3.2\"", "resource"),
        ("3.5", "principal == Exchange::Party::\"CO\"", "principal"),
        ("2", "context.kind == \"distress\"", "context.kind != \"lead\""),
        ("2", "\"position\", \"time\"]", "\"position\", \"time\", \"vessel\"]"),
        ("7", "context.case", "context.kind"),
    ];
    for (id, old, new) in wider {
        fixture.caught(id, fixture.load(altered(&fixture, id, |text| text.replace(old, new))));
    }
    // A lost forbid is told by the hash alone: whoever holds the signed clauses compiles them and compares.
    let truth = *fixture.compile().unwrap().hash();
    let ids: Vec<String> = fixture.source().policies.iter().map(|policy| policy.id.clone()).collect();
    for id in ids.iter().filter(|id| id.as_str() != "1") {
        let mut lost = fixture.source();
        lost.policies.retain(|policy| policy.id != *id);
        assert_ne!(*fixture.load(lost).unwrap().hash(), truth, "{id}");
    }
    let mut twice = fixture.source();
    twice.policies.push(twice.policies[4].clone());
    assert!(matches!(fixture.load(twice), Err(CompileError::ReadBack { .. })));
}

#[test]
fn an_obligation_that_was_lost_is_a_refusal() {
    let fixture = Fixture::new();
    let mut source = fixture.source();
    source.removed.clear();
    let set = fixture.load(source).unwrap();
    let first = &fixture.answers(&set)[0];
    assert_eq!((first.permits(), first.reasons[0].code), (false, ReasonCode::DecisionError));
    assert_eq!(first.reasons[0].clause, "8");
}

#[test]
fn a_role_that_contradicts_its_policy_is_a_refusal() {
    let fixture = Fixture::new();
    let mut source = fixture.source();
    for policy in &mut source.policies {
        if let Role::Permit { conditions, .. } = &mut policy.role {
            conditions.retain(|condition| condition.code == ReasonCode::NotReleasable);
        }
    }
    let set = fixture.load(source).unwrap();
    let truth = fixture.answers(&fixture.compile().unwrap());
    for (before, after) in truth.iter().zip(fixture.answers(&set)) {
        assert!(before.permits() || !after.permits());
    }
}

/// Texts of an agreement that try to end their literal and go on as Cedar.
#[test]
fn no_text_of_an_agreement_becomes_cedar() {
    let hostile = [
        "\"",
        "\\",
        "\\\"",
        "\");\npermit (principal, action, resource);\n@x(\"",
        "\") permit (principal, action, resource); //",
        "// \n permit(principal,action,resource);",
        "\u{0}\u{7f}\u{2028}\u{feff}",
        "\u{301}\u{202e}e\u{301}",
        "\\u{22}) permit (principal, action, resource);",
        "'\r\n\t${x} {{}} %s",
        "ñ𝄞👩‍🚒",
    ];
    let truth = Fixture::new();
    let before = truth.answers(&truth.compile().unwrap());
    for text in hostile {
        let mut fixture = Fixture::new();
        for clause in &mut fixture.clauses {
            clause.text = Text::new(text, text);
            match &mut clause.rule {
                Rule::CourtOrder { cases, .. } => *cases = BTreeSet::from([text.to_owned(), "A".to_owned()]),
                Rule::Precedent { condition } => text.clone_into(condition),
                _ => {}
            }
        }
        fixture.suspensions[0].reason = Text::new(text, text);
        let set = fixture.compile().unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(set.policies().count(), 15);
        for (before, after) in before.iter().zip(fixture.answers(&set)) {
            assert!(before.permits() || !after.permits(), "{text:?}");
            assert!(!after.permits(), "{text:?}: the condition of that name is not met");
        }
    }
}

#[test]
fn clauses_that_make_no_sense_are_not_compiled() {
    let change = |change: &dyn Fn(&mut Fixture)| {
        let mut fixture = Fixture::new();
        change(&mut fixture);
        fixture.compile().map(|_| ()).unwrap_err()
    };
    fn scope(fixture: &mut Fixture) -> &mut crate::Scope {
        match &mut fixture.clauses[2].rule {
            Rule::Scope(scope) => scope,
            _ => panic!("3.1 is a scope"),
        }
    }
    let error = change(&|fixture| fixture.clauses[3].id = "3.1".parse().unwrap());
    assert!(matches!(error, CompileError::DuplicateClause { .. }));
    let error = change(&|fixture| fixture.suspensions.push(fixture.suspensions[0].clone()));
    assert!(matches!(error, CompileError::DuplicateSuspension { .. }));
    let error = change(&|fixture| scope(fixture).to = "PA".parse().unwrap());
    assert!(matches!(error, CompileError::NotAParty { .. }));
    let error = change(&|fixture| scope(fixture).to = "CO".parse().unwrap());
    assert!(matches!(error, CompileError::ToItself { .. }));
    let error = change(&|fixture| {
        scope(fixture).items.insert(ItemKind::Distress);
    });
    assert!(matches!(error, CompileError::DistressInScope { .. }));
    let error = change(&|fixture| fixture.parties.truncate(1));
    assert!(matches!(error, CompileError::TooFewParties { parties: 1 }));
    let error = change(&|fixture| fixture.parties[1] = fixture.parties[0].clone());
    assert!(matches!(error, CompileError::TooFewParties { parties: 1 }));
    let error = change(&|fixture| fixture.clauses[0].text.es = "x".repeat(20_000));
    assert!(matches!(error, CompileError::TooLong { .. }));
    let error = change(&|fixture| {
        let clause = fixture.clauses[2].clone();
        fixture.clauses.extend(std::iter::repeat_n(clause, 300));
    });
    assert!(matches!(error, CompileError::TooMany { .. }));
    let error = change(&|fixture| {
        scope(fixture).areas = (0..2_000).map(|n| format!("a{n}").parse().unwrap()).collect();
    });
    assert!(matches!(error, CompileError::TooMany { .. }));
    let fixture = Fixture::new();
    let terms = Terms { until: fixture.terms().from, ..fixture.terms() };
    assert_eq!(PolicySet::compile(&terms, &[]).unwrap_err(), CompileError::EmptyPeriod);
    // One line, without a trace of the parser's drawing.
    let broken = altered(&fixture, "5", |text| text.replace("when {", "when {{"));
    let message = fixture.load(broken).unwrap_err().to_string();
    assert!(!message.contains('\n') && message.len() < 300, "{message}");
}
