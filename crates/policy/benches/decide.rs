//! The time of one decision under an agreement of 14 clauses, with and without suspensions, beside a floor: the same
//! authoriser over a set that holds one empty permit. Prints figures; asserts nothing about speed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;

use bitacora_policy::{Act, Clause, Decision, PolicySet, Request, SuspensionRule, SuspensionScope, Terms};
use bitacora_primitives::markings::{AgreementId, Handling, ItemKind, PartyCode, Text, Tlp};
use bitacora_primitives::{Instant, SuspensionId};

const ROUNDS: usize = 1_000;
const DAY: i64 = 86_400;
const START: i64 = 1_772_000_000;

/// How often the system has taken the processor from this thread.
fn preemptions() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with("nonvoluntary_ctxt_switches"))?;
    line.split_whitespace().last()?.parse().ok()
}

fn quantiles(mut times: Vec<u64>) -> String {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize] as f64 / 1e3;
    format!("p50 {:>6.1} us  p99 {:>7.1} us  p99.9 {:>7.1} us", at(0.5), at(0.99), at(0.999))
}

/// Wall time of each call; and of those in rounds of twenty during which no other process took the processor, which
/// is what the code costs when the machine is shared.
fn report(name: &str, mut act: impl FnMut()) -> f64 {
    for _ in 0..1_000 {
        act();
    }
    let (mut all, mut own) = (Vec::with_capacity(ROUNDS * 20), Vec::with_capacity(ROUNDS * 20));
    for _ in 0..ROUNDS {
        let before = preemptions();
        let first = all.len();
        for _ in 0..20 {
            let started = std::time::Instant::now();
            act();
            all.push(started.elapsed().as_nanos() as u64);
        }
        if before == preemptions() {
            own.extend_from_slice(&all[first..]);
        }
    }
    let share = 100.0 * own.len() as f64 / all.len() as f64;
    println!("{name:<40} {}", quantiles(all));
    println!("{:<40} {}", format!("  undisturbed, {share:.1} %"), quantiles(own.clone()));
    own.sort_unstable();
    own[(own.len() - 1) * 99 / 100] as f64 / 1e3
}

fn floor() {
    use cedar_policy::{Authorizer, Context, Entities, Request};
    let set: cedar_policy::PolicySet = "permit (principal, action, resource);".parse().unwrap();
    let entities = Entities::empty();
    let uid = |text: &str| text.parse::<cedar_policy::EntityUid>().unwrap();
    let request =
        Request::new(uid("P::\"a\""), uid("Action::\"b\""), uid("R::\"c\""), Context::empty(), None).unwrap();
    let authorizer = Authorizer::new();
    report("floor: one empty permit", || {
        black_box(authorizer.is_authorized(black_box(&request), &set, &entities));
    });
}

fn main() {
    let clauses: Vec<Clause> = serde_json::from_str(include_str!("../tests/cases/co-us-mar.json"))
        .map(|file: serde_json::Value| serde_json::from_value(file["clauses"].clone()).unwrap())
        .unwrap();
    let agreement: AgreementId = "CO-US-MAR".parse().unwrap();
    let parties: Vec<PartyCode> = ["CO", "US"].iter().map(|code| code.parse().unwrap()).collect();
    let terms = Terms {
        agreement: &agreement,
        version: 1,
        parties: &parties,
        from: Instant::from_secs(START),
        until: Instant::from_secs(START + 365 * DAY),
        clauses: &clauses,
    };
    let suspension = |n: u8, items: &[ItemKind]| SuspensionRule {
        id: SuspensionId::of(&[&[n]]),
        scope: SuspensionScope {
            from: Some(parties[0].clone()),
            items: items.iter().copied().collect(),
            ..SuspensionScope::default()
        },
        exceptions: BTreeSet::new(),
        reason: Text::new("mientras", "as long as"),
    };
    let open = PolicySet::compile(&terms, &[]).unwrap();
    let elsewhere = PolicySet::compile(
        &terms,
        &[
            suspension(1, &[ItemKind::Series]),
            suspension(2, &[ItemKind::Track]),
            suspension(3, &[ItemKind::Seizure]),
        ],
    )
    .unwrap();
    let whole = PolicySet::compile(&terms, &[suspension(1, &[])]).unwrap();

    let now = Instant::from_secs(START + 30 * DAY);
    let handling = Handling {
        tlp: Tlp::Amber,
        codes: BTreeSet::new(),
        releasable_to: parties.iter().cloned().collect(),
    };
    let set = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<BTreeSet<String>>();
    let areas = ["caribbean-w", "caribbean-w-2"].iter().map(|area| area.parse().unwrap()).collect();
    let fields =
        ["position", "time", "course", "speed", "evidence", "sensor", "reasons", "score", "vessel", "track"]
            .iter()
            .map(|field| field.parse().unwrap())
            .collect();
    let (uses, met) = (set(&["prosecution"]), set(&["undertaking-signed"]));
    let released = BTreeMap::from([("3.1".parse().unwrap(), 4), ("3.3".parse().unwrap(), 1)]);
    let base = Request {
        act: Act::Release,
        from: &parties[0],
        to: &parties[1],
        kind: ItemKind::Lead,
        originator: &parties[0],
        areas: &areas,
        observed: Instant::from_secs(START + 29 * DAY),
        grading: "B2".parse().unwrap(),
        handling: &handling,
        case: None,
        fields: &fields,
        purpose: "seizure",
        derived_uses: &uses,
        now,
        released_today: &released,
        approvals: 2,
        standing: false,
        asset: None,
        conditions_met: &met,
    };
    println!("{} policies", open.policies().count());
    floor();
    let tell = |name: &str, set: &PolicySet, request: Request<'_>| {
        let answer: Decision = set.decide(&request);
        println!(
            "  {:?} {:?}",
            answer.effect,
            answer.reasons.iter().map(|r| (&r.clause, r.code)).collect::<Vec<_>>()
        );
        report(name, || {
            black_box(set.decide(black_box(&request)));
        })
    };
    let permitted = tell("a lead, permitted", &open, base);
    println!("figure|decision, p99 us undisturbed|{permitted:.1}|at most 100|{:.3}", permitted / 100.0);
    tell("a lead, three suspensions elsewhere", &elsewhere, base);
    tell("a lead, whole direction suspended", &whole, base);
    tell("a track, too recent", &open, Request { kind: ItemKind::Track, observed: now, ..base });
    tell("a kind that no flow has, default deny", &open, Request { kind: ItemKind::Series, ..base });
    tell("a purpose that does not exist", &open, Request { purpose: "targeting", ..base });
    let started = std::time::Instant::now();
    for _ in 0..20 {
        black_box(PolicySet::compile(black_box(&terms), &[suspension(1, &[])]).unwrap());
    }
    println!("compile, one suspension: {:.1} ms", started.elapsed().as_secs_f64() * 1e3 / 20.0);
}
