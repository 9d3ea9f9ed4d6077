//! Altered policies that a solver must catch: prohibitions weakened, suspensions with holes, permits that lost a condition,
//! and expressions that overflow. Each changes a text that `compile` wrote.

use bitacora_policy::{PolicySet, Rule, SuspensionRule};

use crate::agreement::Agreement;
use crate::agreement::scopes;
use crate::agreement::templates::{PLAIN, TEMPLATES, of_rules, rule};
use crate::suspensions;
use crate::{
    AMENDMENT_NARROWS, Claim, EVERYTHING, LAWFUL, NEVER_ERRS, NEVER_LETHAL, REST_GOES_ON, RETAINED,
    SUSPENDED, SUSPENSION_NARROWS, WAIVED_ALONE, WAIVER_WIDENS_NOTHING, in_time, safety_of_life, text_of,
    texts,
};

/// Of the base prohibition, beside a permit of everything: what is taken out and what put in its place.
const WEAKER: &[(&str, &str)] = &[
    ("\"prosecution\"]", "\"prosecution\", \"strike\"]"),
    ("(context.purpose == ", "(context.purpose == \"targeting\" || context.purpose == "),
    ("(context.purpose == ", "(context.purpose != \"targeting\" || context.purpose == "),
    ("(context.purpose == ", "(context.purpose == \"\" || context.purpose == "),
    (" && (context.derived_uses.isEmpty()", " && (true || context.derived_uses.isEmpty()"),
    (" && (context.derived_uses.isEmpty()", " || (context.derived_uses.isEmpty()"),
    ("containsAll", "containsAny"),
    ("unless", "when"),
    ("forbid (principal,", "permit (principal,"),
    ("(principal, action, resource)", "(principal, action == Exchange::Action::\"release\", resource)"),
    ("(principal, action, resource)", "(principal == Exchange::Party::\"US\", action, resource)"),
    ("(principal, action, resource)", "(principal, action, resource == Exchange::Clause::\"1\")"),
    ("};\n", "} when { context.kind == \"lead\" };\n"),
    ("};\n", "} when { context.from == Exchange::Party::\"CO\" };\n"),
    ("};\n", "} when { context.purpose != \"lethal\" };\n"),
    ("};\n", "} when { context.derived_uses.isEmpty() };\n"),
    ("};\n", "} when { false };\n"),
    ("};\n", "} unless { context.standing };\n"),
    ("};\n", "} unless { context.approvals > 2 };\n"),
    ("};\n", "} unless { context.derived_uses.contains(\"seizure\") };\n"),
    ("};\n", "} unless { principal == Exchange::Party::\"US\" && context.now > 1800000000 };\n"),
    ("};\n", "} unless { true };\n"),
    ("};\n", "} when { context.now * 9223372036854775807 > 0 };\n"),
    ("context.purpose", "context.kind"),
    ("context.derived_uses", "context.conditions_met"),
];

/// Of a suspension of a part by everything, with one exception, beside a permit of everything.
const HOLES: &[(&str, &str)] = &[
    ("forbid (principal,", "permit (principal,"),
    ("when {", "unless {"),
    ("(principal, action, resource)", "(principal, action == Exchange::Action::\"release\", resource)"),
    ("(principal, action, resource)", "(principal, action == Exchange::Action::\"open\", resource)"),
    ("(principal, action, resource)", "(principal, action, resource == Exchange::Clause::\"2\")"),
    ("context.from == Exchange::Party::\"CO\"", "context.from == Exchange::Party::\"US\""),
    ("context.from == Exchange::Party::\"CO\"", "context.originator == Exchange::Party::\"CO\""),
    ("principal == Exchange::Party::\"US\"", "principal == Exchange::Party::\"CO\""),
    ("context.kind == \"track\"", "context.kind == \"contact\""),
    ("(context.kind == \"lead\" || context.kind == \"track\")", "context.kind == \"lead\""),
    ("(context.areas.isEmpty() || ", "(context.areas.isEmpty() && "),
    ("context.areas.isEmpty() || ", ""),
    ("context.areas.contains(\"north\")", "context.areas.contains(\"south\")"),
    (" || context.derived_uses.contains(\"seizure\")", ""),
    (" || context.derived_uses.contains(\"seizure\")", " && context.derived_uses.contains(\"seizure\")"),
    ("context.purpose == \"seizure\"", "context.purpose == \"arrest\""),
    ("[Exchange::Clause::\"1\"", "[Exchange::Clause::\"2\", Exchange::Clause::\"1\""),
    (".contains(resource) };\n", ".contains(resource) || context.approvals > 1 };\n"),
    (".contains(resource) };\n", ".contains(resource) || context.standing };\n"),
    (".contains(resource) };\n", ".contains(resource) } when { context.positioned };\n"),
    (".contains(resource) };\n", ".contains(resource) } when { context.now * 2 > 0 };\n"),
];

/// Conditions that some request makes overflow, whatever times an `Instant` can hold.
const OVERFLOWS: &[&str] = &[
    "context.now * 9223372036854775807 > 0",
    "context.approvals * context.approvals >= 0",
    "context.source + context.information > 0 || true",
    "-context.approvals < 1",
    "0 - context.source - 2 < 0",
];

fn altered(text: &str, (old, new): (&str, &str)) -> String {
    let changed = text.replace(old, new);
    assert_ne!(changed, text, "{old} is not in {text}");
    changed
}

fn planted(property: &str, name: String, schema: &str, policies: Vec<String>, within: Option<Vec<String>>) {
    Claim { property, name, schema, policies, within, holds: false }.print();
}

pub fn claims(everything: &Agreement) {
    let set = everything.compile(&[]).unwrap();
    weak_prohibitions(&set);
    lost_prohibition();
    holes(everything);
    lost_suspension(everything);
    lost_conditions();
    lost_prohibitions(everything);
    lost_waivers();
    lost_retention();
    stops_too_much(everything);
    overflows(&set);
}

/// A waiver whose policy is gone or wider, and permits that do not ask for one.
fn lost_waivers() {
    let agreement = of_rules([
        rule(PLAIN),
        rule(r#"{"kind":"receipt_waived","from":"CO","to":"US","items":["contact"]}"#),
        rule(r#"{"kind":"safety_of_life"}"#),
    ]);
    let set = agreement.compile(&[]).unwrap();
    let within = || Some(crate::waived(&agreement.clauses));
    let without = |id: &str, change: &dyn Fn(&str) -> Option<String>| -> Vec<String> {
        set.policies()
            .filter_map(|(one, text)| if one == id { change(text) } else { Some(text.to_owned()) })
            .collect()
    };
    let all_kinds = |text: &str| Some(altered(text, ("!((", "false && !((")));
    let unasked =
        |text: &str| Some(altered(text, ("!(action == Exchange::Action::\"poll\") || ", "true || ")));
    for (name, policies) in [
        ("waiver without its policy", without("2", &|_| None)),
        ("waiver of every kind", without("2", &all_kinds)),
        ("flow that asks for no waiver", without("3", &unasked)),
    ] {
        planted(WAIVED_ALONE, name.to_owned(), set.schema(), policies, within());
    }
    let mut unwaived = agreement.clone();
    unwaived.clauses.retain(|clause| !matches!(clause.rule, Rule::ReceiptWaived { .. }));
    let permits = |text: &str| Some(altered(text, ("forbid (principal,", "permit (principal,")));
    let within = Some(texts(&unwaived.compile(&[]).unwrap()));
    planted(
        WAIVER_WIDENS_NOTHING,
        "a waiver that permits".to_owned(),
        set.schema(),
        without("2", &permits),
        within,
    );
}

/// Retention that is gone, counts from another moment, ends later or covers less.
fn lost_retention() {
    let agreement =
        of_rules([rule(PLAIN), rule(r#"{"kind":"retention","items":["lead","track"],"days":90}"#)]);
    let set = agreement.compile(&[]).unwrap();
    let text = in_time(&text_of(&set, "2"));
    let (_, within) = crate::retained(&agreement.clauses[2]).unwrap();
    let changes = [
        ("7776000", "7862400"),
        (" >= 7776000", " > 7776000"),
        ("context.observed >= 7776000", "context.observed <= 7776000"),
        ("context.now - context.observed", "context.now - context.now"),
        ("context.kind == \"track\"", "context.kind == \"contact\""),
        ("(principal, action, resource)", "(principal, action == Exchange::Action::\"release\", resource)"),
        ("forbid (principal,", "permit (principal,"),
    ];
    let weaker =
        changes.map(|change| (format!("{:?} for {:?}", change.1, change.0), Some(altered(&text, change))));
    for (name, text) in weaker.into_iter().chain([("none".to_owned(), None)]) {
        let policies = text.into_iter().chain([EVERYTHING.to_owned()]).collect();
        planted(
            RETAINED,
            format!("retention with {name}"),
            set.schema(),
            policies,
            Some(vec![within.clone()]),
        );
    }
}

/// Suspensions that stop what they do not cover: beside them, what is left must not all be permitted. Of two parties one end of a
/// direction implies the other, so losing one of them stops no more.
fn stops_too_much(everything: &Agreement) {
    let (rule, _, set) = part(everything);
    let open = everything.compile(&[]).unwrap();
    let left = suspensions::only(&suspensions::left(&rule, &safety_of_life(&everything.clauses)));
    let rest: Vec<String> = texts(&open).into_iter().chain([left]).collect();
    let id = rule.id.to_string();
    let stop = text_of(&set, &id);
    let wider = [
        ("(context.kind == \"lead\" || context.kind == \"track\")", "true"),
        ("context.areas.contains(\"north\")", "true"),
        ("context.purpose == \"seizure\"", "true"),
        ("[Exchange::Clause::\"1\"", "[Exchange::Clause::\"77\""),
    ];
    for change in wider {
        let altered = altered(&stop, change);
        let policies =
            set.policies().map(|(one, text)| if one == id { altered.clone() } else { text.to_owned() });
        let name = format!("suspension with {:?} for {:?}", change.1, change.0);
        planted(REST_GOES_ON, name, set.schema(), rest.clone(), Some(policies.collect()));
    }
}

fn weak_prohibitions(set: &PolicySet) {
    let base = text_of(set, "0.1");
    for change in WEAKER {
        let policies = vec![altered(&base, *change), EVERYTHING.to_owned()];
        let name = format!("prohibition with {:?} for {:?}", change.1, change.0);
        planted(NEVER_LETHAL, name, set.schema(), policies, Some(vec![LAWFUL.to_owned()]));
    }
}

/// Without the prohibition, a flow whose own purposes were widened lets the unlawful pass.
fn lost_prohibition() {
    let set = of_rules([rule(PLAIN)]).compile(&[]).unwrap();
    let wider = [
        ("(context.purpose == ", "(context.purpose == \"strike\" || context.purpose == "),
        ("\"arrest\"].", "\"arrest\", \"strike\"]."),
        (" && (context.derived_uses.isEmpty()", " || (context.derived_uses.isEmpty()"),
        ("containsAll", "containsAny"),
    ];
    for change in wider {
        let policies = vec![altered(&text_of(&set, "1"), change)];
        let name = format!("no prohibition, a flow with {:?}", change.1);
        planted(NEVER_LETHAL, name, set.schema(), policies, Some(vec![LAWFUL.to_owned()]));
    }
}

fn part(everything: &Agreement) -> (SuspensionRule, Vec<String>, PolicySet) {
    let all = scopes::all();
    let (_, rules) =
        all.into_iter().find(|(name, _)| name == "a part by everything, but one clause").unwrap();
    let rule = rules[0].clone();
    let left = vec![suspensions::left(&rule, &safety_of_life(&everything.clauses))];
    let set = everything.compile(&rules).unwrap();
    (rule, suspensions::all_leave(&left), set)
}

fn holes(everything: &Agreement) {
    let (rule, left, set) = part(everything);
    let text = text_of(&set, &rule.id.to_string());
    for change in HOLES {
        let policies = vec![altered(&text, *change), EVERYTHING.to_owned()];
        let name = format!("suspension with {:?} for {:?}", change.1, change.0);
        planted(SUSPENDED, name, set.schema(), policies, Some(left.clone()));
    }
}

/// A suspension that is not there, and one that permits.
fn lost_suspension(everything: &Agreement) {
    let (rule, left, set) = part(everything);
    let open = everything.compile(&[]).unwrap();
    planted(SUSPENDED, "no suspension".to_owned(), set.schema(), texts(&open), Some(left));
    let whole = scopes::whole();
    let left = suspensions::all_leave(&[suspensions::left(&whole, &safety_of_life(&everything.clauses))]);
    planted(SUSPENDED, "a part, claimed to be the whole".to_owned(), set.schema(), texts(&set), Some(left));
    let permit = altered(&text_of(&set, &rule.id.to_string()), ("forbid (principal,", "permit (principal,"));
    let policies = texts(&open).into_iter().chain([permit]).collect();
    let name = "a suspension that permits".to_owned();
    planted(SUSPENSION_NARROWS, name, set.schema(), policies, Some(texts(&open)));
}

/// Each permit of each template without one of its conditions. The prohibition is left out where that would hide it, since
/// an amendment is compared with what it replaces and not with the list.
fn lost_conditions() {
    for (name, text) in TEMPLATES {
        if !matches!(rule(text), Rule::Scope(_) | Rule::SafetyOfLife | Rule::CourtOrder { .. }) {
            continue;
        }
        let set = of_rules([rule(text)]).compile(&[]).unwrap();
        let whole = text_of(&set, "1");
        let conditions: Vec<&str> = whole.lines().filter(|line| line.starts_with("when {")).collect();
        for condition in &conditions {
            let rest = whole.replacen(condition, "", 1);
            let rest = if rest.trim_end().ends_with(';') { rest } else { format!("{};", rest.trim_end()) };
            // A condition that the others already imply is no loss; so is any of a clause that permits nothing.
            if never_matters(name, condition) {
                continue;
            }
            let name = format!("{name}, without {condition}");
            planted(AMENDMENT_NARROWS, name, set.schema(), vec![rest], Some(vec![whole.clone()]));
        }
    }
}

/// Conditions whose loss gives nothing: of a clause that permits nothing all but the one that says so.
fn never_matters(template: &str, condition: &str) -> bool {
    match template {
        "flow of nothing" => condition != "when { false }",
        "flow for no purpose" => !condition.starts_with("when { false && "),
        "court order in no case" => condition != "when { false }",
        _ => false,
    }
}

/// Each prohibition gone, where it forbade what a permit allows.
fn lost_prohibitions(everything: &Agreement) {
    let set = everything.compile(&[]).unwrap();
    for clause in &everything.clauses {
        let id = clause.id.as_str();
        let text = text_of(&set, id);
        if !text.contains("\nforbid (")
            || id == "0.1"
            || text.contains("{ (false)")
            || text.contains("{ (false &&")
        {
            continue;
        }
        // Alone with a permit of everything, so that no other clause forbids the same.
        let (policies, within) = (vec![EVERYTHING.to_owned()], vec![EVERYTHING.to_owned(), text]);
        planted(AMENDMENT_NARROWS, format!("without clause {id}"), set.schema(), policies, Some(within));
    }
}

fn overflows(set: &PolicySet) {
    for (id, text) in set.policies().filter(|(id, _)| ["0.1", "1", "10", "11", "14", "16"].contains(id)) {
        for overflow in OVERFLOWS {
            // Within its times a permit is proved never to err, so what errs is what was put in.
            let text = in_time(text);
            let end = text.trim_end().trim_end_matches(';');
            // Of a permit before its other conditions, which would keep it from being reached.
            let text = if text.contains("\npermit ") {
                text.replacen("\nwhen ", &format!("\nwhen {{ {overflow} }}\nwhen "), 1)
            } else {
                format!("{end} when {{ {overflow} }};")
            };
            planted(NEVER_ERRS, format!("policy {id} with {overflow}"), set.schema(), vec![text], None);
        }
    }
    // The one sum that permits have, without the bounds of time: here the solver must find it.
    let plain = text_of(set, "1");
    planted(NEVER_ERRS, "times beyond an instant".to_owned(), set.schema(), vec![plain], None);
}
