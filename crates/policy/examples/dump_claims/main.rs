//! Prints, as one JSON object a line, what is claimed of every clause template, suspension and amendment, and the same of
//! altered sets, of which it must not hold: `tools/check_proofs.sh` has a solver prove the ones and find a request against
//! each of the others. With arguments, of the agreement files named as well.
//!
//! What is claimed is written here in Cedar anew, from the words of docs/EXCHANGE.md, not taken from `compile`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a check by hand fails loudly, and reads its cases"
)]

use std::cell::RefCell;
use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitacora_policy::{Clause, PolicySet, Rule, SuspensionRule};
use serde_json::{Value, json};

#[path = "../../tests/agreement/mod.rs"]
mod agreement;
mod amendments;
mod planted;
mod suspensions;

use agreement::{Agreement, scopes, templates};

/// The closed list of lawful purposes, in words of its own: lethal force is none of them.
const LAWFUL: &str = "permit (principal, action, resource) when {
  [\"seizure\", \"arrest\", \"rescue\", \"prosecution\"].contains(context.purpose) &&
  [\"seizure\", \"arrest\", \"rescue\", \"prosecution\"].containsAll(context.derived_uses) };";
/// As wide as an agreement could ever be.
const EVERYTHING: &str = "permit (principal, action, resource);";
/// A moment in whole seconds that an `Instant` of microseconds can hold, rounded either way.
const LAST: i64 = 9_223_372_036_855;

/// Properties, as the report names them.
const NEVER_LETHAL: &str = "no purpose but the lawful four is ever permitted, declared or derived";
const NEVER_ERRS: &str = "no policy ever errs";
const SUSPENDED: &str = "suspended means no release";
const SUSPENSION_NARROWS: &str = "a suspension only narrows";
const REST_GOES_ON: &str = "what a suspension does not cover goes on";
const WAIVER_WIDENS_NOTHING: &str = "a waiver of receipts permits nothing that was not permitted";
const WAIVED_ALONE: &str = "a platform reads only what a clause waives";
const RETAINED: &str = "nothing passes beyond its retention";
const AMENDMENT_NARROWS: &str = "an amendment that takes away only narrows";

/// A claim on its way out.
struct Claim<'a> {
    property: &'a str,
    name: String,
    schema: &'a str,
    policies: Vec<String>,
    within: Option<Vec<String>>,
    holds: bool,
}

/// Policies, and what they are claimed to stay within.
type Compared = (Vec<String>, Option<Vec<String>>);

thread_local! {
    /// What was claimed already: templates share policies.
    static CLAIMED: RefCell<HashSet<Compared>> = RefCell::default();
}

impl Claim<'_> {
    fn print(&self) {
        let new = |claimed: &RefCell<HashSet<_>>| {
            claimed.borrow_mut().insert((self.policies.clone(), self.within.clone()))
        };
        if !CLAIMED.with(new) {
            return;
        }
        let (property, name, schema, policies) = (self.property, &self.name, self.schema, &self.policies);
        let (within, holds) = (&self.within, self.holds);
        println!(
            "{}",
            json!({"property": property, "name": name, "schema": schema, "policies": policies, "within": within, "holds": holds})
        );
    }
}

fn texts(set: &PolicySet) -> Vec<String> {
    set.policies().map(|(_, text)| text.to_owned()).collect()
}

/// The policy of this id.
fn text_of(set: &PolicySet, id: &str) -> String {
    set.policies().find(|(one, _)| *one == id).unwrap().1.to_owned()
}

/// The clauses that permit stand under an id; safety of life is an exception to every suspension.
fn safety_of_life(clauses: &[Clause]) -> Vec<String> {
    let of_life = |clause: &&Clause| matches!(clause.rule, Rule::SafetyOfLife);
    clauses.iter().filter(of_life).map(|clause| clause.id.to_string()).collect()
}

/// The policy with its times within what an `Instant` holds. Cedar's numbers go further, and the one sum of a permit,
/// `now - observed`, would then overflow: a request that no node can make, and a refusal if it could.
fn in_time(text: &str) -> String {
    if !text.contains("context.now - context.observed") {
        return text.to_owned();
    }
    let guard = format!(
        "when {{ context.now >= -{LAST} && context.now <= {LAST} && context.observed >= -{LAST} && context.observed <= {LAST} }}"
    );
    text.replacen("\nwhen ", &format!("\n{guard}\nwhen "), 1)
}

/// What holds of any agreement.
fn of_agreement(name: &str, agreement: &Agreement) {
    let set = agreement.compile(&[]).unwrap_or_else(|error| panic!("{name}: {error}"));
    let schema = set.schema();
    let base = agreement.clauses.iter().find(|clause| clause.rule == Rule::BaseProhibition).unwrap();
    let lawful = |policies, how: &str| Claim {
        property: NEVER_LETHAL,
        name: format!("{name}{how}"),
        schema,
        policies,
        within: Some(vec![LAWFUL.to_owned()]),
        holds: true,
    };
    lawful(texts(&set), "").print();
    let alone = vec![text_of(&set, base.id.as_str()), EVERYTHING.to_owned()];
    lawful(alone, ", its prohibition against a permit of everything").print();
    for (id, text) in set.policies() {
        Claim {
            property: NEVER_ERRS,
            name: format!("{name}, policy {id}"),
            schema,
            policies: vec![in_time(text)],
            within: None,
            holds: true,
        }
        .print();
    }
}

/// A whole suspension under an agreement: nothing is released but safety of life.
fn of_stop(name: &str, agreement: &Agreement) {
    let stop = [scopes::whole()];
    let set = agreement.compile(&stop).unwrap();
    let left = suspensions::left(&stop[0], &safety_of_life(&agreement.clauses));
    Claim {
        property: SUSPENDED,
        name: format!("{name}, whole"),
        schema: set.schema(),
        policies: texts(&set),
        within: Some(suspensions::all_leave(&[left])),
        holds: true,
    }
    .print();
}

/// A suspension under an agreement: it stops what it covers, adds nothing, and stops nothing else.
fn of_suspension(name: &str, agreement: &Agreement, rules: &[SuspensionRule]) {
    let (open, set) = (agreement.compile(&[]).unwrap(), agreement.compile(rules).unwrap());
    let always = safety_of_life(&agreement.clauses);
    // What each rule leaves, whoever permits it.
    let left: Vec<String> = rules.iter().map(|rule| suspensions::left(rule, &always)).collect();
    let claim = |property, how: &str, policies, within| Claim {
        property,
        name: format!("{name}{how}"),
        schema: set.schema(),
        policies,
        within: Some(within),
        holds: true,
    };
    claim(SUSPENDED, "", texts(&set), suspensions::all_leave(&left)).print();
    let stops = rules.iter().map(|rule| text_of(&set, &rule.id.to_string()));
    let alone: Vec<String> = stops.chain([EVERYTHING.to_owned()]).collect();
    claim(SUSPENDED, ", against a permit of everything", alone, suspensions::all_leave(&left)).print();
    claim(SUSPENSION_NARROWS, "", texts(&set), texts(&open)).print();
    let rest = texts(&open).into_iter().chain(left.iter().map(|text| suspensions::only(text))).collect();
    claim(REST_GOES_ON, "", rest, texts(&set)).print();
}

fn listed(items: &std::collections::BTreeSet<bitacora_primitives::markings::ItemKind>) -> String {
    let codes: Vec<String> = items.iter().map(|kind| format!("context.kind == {:?}", kind.code())).collect();
    if codes.is_empty() { "false".to_owned() } else { codes.join(" || ") }
}

/// What waivers leave to platforms: whatever is no poll, and the kinds of a waiver in its direction.
fn waived(clauses: &[Clause]) -> Vec<String> {
    let one = |clause: &Clause| match &clause.rule {
        Rule::ReceiptWaived { from, to, items } => Some(format!(
            "permit (principal == Exchange::Party::\"{to}\", action, resource) when {{ \
             context.from == Exchange::Party::\"{from}\" && ({}) }};",
            listed(items)
        )),
        _ => None,
    };
    let rest =
        "permit (principal, action, resource) unless { action == Exchange::Action::\"poll\" };".to_owned();
    clauses.iter().filter_map(one).chain([rest]).collect()
}

/// Waivers and retention clauses only narrow, whatever stands beside them.
fn of_waivers_and_retention(name: &str, agreement: &Agreement) {
    let set = agreement.compile(&[]).unwrap();
    let claim = |property, policies, within| {
        let name = name.to_owned();
        Claim { property, name, schema: set.schema(), policies, within: Some(within), holds: true }.print();
    };
    let waives = |clause: &Clause| matches!(clause.rule, Rule::ReceiptWaived { .. });
    if agreement.clauses.iter().any(waives) {
        let mut without = agreement.clone();
        without.clauses.retain(|clause| !waives(clause));
        claim(WAIVER_WIDENS_NOTHING, texts(&set), texts(&without.compile(&[]).unwrap()));
        claim(WAIVED_ALONE, texts(&set), waived(&agreement.clauses));
    }
    for clause in &agreement.clauses {
        let Some((id, within)) = retained(clause) else { continue };
        let policies = vec![in_time(&text_of(&set, id)), EVERYTHING.to_owned()];
        claim(RETAINED, policies, vec![within]);
    }
}

/// What a retention clause leaves, and its id.
fn retained(clause: &Clause) -> Option<(&str, String)> {
    let Rule::Retention { items, days } = &clause.rule else { return None };
    let over =
        format!("({}) && context.now - context.observed >= {}", listed(items), i64::from(*days) * 86_400);
    let in_time = format!(
        "context.now >= -{LAST} && context.now <= {LAST} && context.observed >= -{LAST} && context.observed <= {LAST}"
    );
    let within = format!("permit (principal, action, resource) unless {{ {in_time} && {over} }};");
    Some((clause.id.as_str(), within))
}

/// An agreement file as a node keeps it: a DSSE envelope around the agreement's canonical text.
fn from_file(path: &str) -> Agreement {
    let envelope: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut text: Value =
        serde_json::from_slice(&STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap()).unwrap();
    let codes: Vec<Value> =
        text["parties"].as_array().unwrap().iter().map(|party| party["code"].clone()).collect();
    (text["agreement"], text["parties"]) = (text["id"].clone(), Value::from(codes));
    Agreement::read(&text)
}

fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let mut agreements = templates::agreements();
    agreements.push(("the agreement of the cases".to_owned(), Agreement::co_us_mar()));
    agreements.extend(files.iter().map(|path| (path.clone(), from_file(path))));
    let everything = templates::everything();
    for (name, agreement) in &agreements {
        of_agreement(name, agreement);
        of_stop(name, agreement);
        of_waivers_and_retention(name, agreement);
    }
    of_suspension("whole", &everything, &[scopes::whole()]);
    for (name, rules) in scopes::all() {
        of_suspension(&name, &everything, &rules);
    }
    amendments::claims(&everything);
    planted::claims(&everything);
}
