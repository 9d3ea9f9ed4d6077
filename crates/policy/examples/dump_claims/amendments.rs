//! Amendments that take something away, each of which must imply the version before; and the same turned round, which give
//! something and must be caught.

use std::collections::BTreeSet;

use bitacora_policy::{Clause, Rule, Scope};
use bitacora_primitives::Instant;
use bitacora_primitives::markings::Purpose;

use crate::agreement::Agreement;
use crate::agreement::templates::{TEMPLATES, clause, rule};
use crate::{AMENDMENT_NARROWS, Claim, texts};

/// What an amendment changes.
type Change = fn(&mut Agreement);

/// The flow by which most amendments are tried, clause 2 of `templates::everything`: two kinds in one area, 40
/// a day, two signatures.
fn flow(agreement: &mut Agreement) -> &mut Scope {
    match &mut agreement.clauses[2].rule {
        Rule::Scope(scope) => scope,
        other => panic!("{other:?}"),
    }
}

/// Cases and signatures of the court order in two cases.
fn court(agreement: &mut Agreement) -> (&mut BTreeSet<String>, &mut u8) {
    let order = agreement.clauses.iter_mut().find_map(|clause| match &mut clause.rule {
        Rule::CourtOrder { cases, officers } if cases.len() == 2 => Some((cases, officers)),
        _ => None,
    });
    order.unwrap()
}

/// The plain flow, clause 1: leads, everywhere, any number, standing.
fn plain(agreement: &mut Agreement) -> &mut Scope {
    match &mut agreement.clauses[1].rule {
        Rule::Scope(scope) => scope,
        other => panic!("{other:?}"),
    }
}

/// Each takes away something that the version before allowed.
const NARROWING: &[(&str, Change)] = &[
    ("a kind of item fewer", |to| {
        flow(to).items.pop_first();
    }),
    ("no kind of item left", |to| flow(to).items.clear()),
    ("no purpose left", |to| flow(to).purposes.clear()),
    ("an area instead of everywhere", |to| {
        plain(to).areas.insert("north".parse().unwrap());
    }),
    ("a purpose fewer", |to| {
        plain(to).purposes.remove(&Purpose::Arrest);
    }),
    ("no longer standing", |to| (plain(to).standing, plain(to).officers) = (false, 1)),
    ("a volume where there was none", |to| plain(to).per_day = Some(7)),
    ("a smaller volume", |to| flow(to).per_day = Some(39)),
    ("no volume at all", |to| flow(to).per_day = Some(0)),
    ("one more signature", |to| flow(to).officers = 3),
    ("a longer delay", |to| flow(to).form.delay_s = 601),
    ("for an asset at sea alone", |to| flow(to).form.asset_only = true),
    ("a flow taken out", |to| {
        to.clauses.remove(2);
    }),
    ("safety of life taken out", |to| to.clauses.retain(|clause| clause.rule != Rule::SafetyOfLife)),
    ("a case fewer", |to| {
        court(to).0.pop_first();
    }),
    ("one more signature for the court", |to| *court(to).1 = 3),
    ("a later beginning", |to| to.from = Instant::from_secs(1_764_547_202)),
    ("an earlier end", |to| to.until = Instant::from_secs(1_796_083_199)),
];

/// Clauses that forbid, each as an addition. What they forbid must be permitted before.
const ADDED: &[&str] = &[
    "handling for one party",
    "handling for nobody",
    "handling that marks all red",
    "grading",
    "grading of nothing but the best",
    "originator control",
    "removed field",
    "officers",
    "precedent",
    "rule from a later version",
    "known kind from a later version",
];

/// Changes that no decision depends on: both ways round they imply each other.
const SAME: &[(&str, Change)] = &[
    ("a field more cut", |to| {
        flow(to).cut.insert("unit".parse().unwrap());
    }),
    ("a coarser grid", |to| flow(to).form.grid_m = 9_260),
    ("other words", |to| to.clauses[2].text.es = "otras palabras".to_owned()),
    ("clauses in another order", |to| to.clauses[1..].reverse()),
    ("the next version", |to| to.version += 1),
];

fn claim(name: &str, from: &Agreement, to: &Agreement, holds: bool) {
    let (before, after) = (from.compile(&[]).unwrap(), to.compile(&[]).unwrap());
    // Counters only differ where a volume was added or dropped: the schema that has them all knows both.
    let schema = if after.schema().len() > before.schema().len() { after.schema() } else { before.schema() };
    Claim {
        property: AMENDMENT_NARROWS,
        name: name.to_owned(),
        schema,
        policies: texts(&after),
        within: Some(texts(&before)),
        holds,
    }
    .print();
}

/// Only what permits, so that no prohibition hides what an amendment gives.
fn permits_of(everything: &Agreement) -> Agreement {
    let permits = |clause: &Clause| {
        matches!(
            clause.rule,
            Rule::BaseProhibition | Rule::Scope(_) | Rule::SafetyOfLife | Rule::CourtOrder { .. }
        )
    };
    let clauses = everything.clauses.iter().filter(|clause| permits(clause)).cloned().collect();
    Agreement { clauses, ..everything.clone() }
}

pub fn claims(everything: &Agreement) {
    let permits = permits_of(everything);
    for (name, change) in NARROWING {
        for (what, from) in [("all kinds", everything), ("what permits", &permits)] {
            let mut to = from.clone();
            change(&mut to);
            claim(&format!("{name}, {what}"), from, &to, true);
        }
        let mut to = permits.clone();
        change(&mut to);
        claim(&format!("{name}, turned round"), &to, &permits, false);
    }
    for name in ADDED {
        let (_, text) = TEMPLATES.iter().find(|(one, _)| one == name).unwrap();
        let mut to = permits.clone();
        to.clauses.push(clause("77", rule(text), true));
        claim(&format!("{name}, added"), &permits, &to, true);
        claim(&format!("{name}, taken out"), &to, &permits, false);
    }
    for (name, change) in SAME {
        let mut to = everything.clone();
        change(&mut to);
        claim(name, everything, &to, true);
        claim(&format!("{name}, turned round"), &to, everything, true);
    }
}
