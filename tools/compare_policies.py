#!/usr/bin/env python3
"""Another binding of Cedar (cedarpy, from PyPI) decides our agreement cases, each template of a clause and each suspension on
the same policy texts.

The context of each request is built here, from the case, not taken from us; every clause is tried as the resource. Then a
policy is taken out of each set, which must be noticed, and one put in that errs, which must refuse all.

    pip install cedarpy==4.12.2
    cargo run --release -p bitacora-policy --example dump_decisions | python3 tools/compare_policies.py
"""
import datetime
import importlib.metadata
import json
import re
import sys

import cedarpy

# Every kind of policy that an agreement or a suspension compiles to.
RULES = {
    "base_prohibition", "scope", "safety_of_life", "court_order", "handling", "grading", "originator_control", "removed",
    "officers", "precedent", "receipt_waived", "retention", "unknown", "suspension",
}  # fmt: skip
# Taken out, these change no decision: every permit has a closed list of purposes of its own, and what is removed was cut
# before it is asked about. tools/check_proofs.sh proves the prohibition by itself.
DOUBLED = {"base_prohibition", "removed"}
ERRS = "forbid (principal, action, resource) when { context.now * 9223372036854775807 > 0 };"


def seconds(text, up):
    whole = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    floor = int(whole.replace(microsecond=0).timestamp())
    return floor + (1 if up and whole.microsecond else 0)


def party(code):
    return {"__entity": {"type": "Exchange::Party", "id": code}}


def context(r, counted):
    handling = r["handling"]
    return {
        "from": party(r["from"]),
        "kind": r["kind"],
        "originator": party(r["originator"]),
        "areas": r["areas"],
        "positioned": bool(r["areas"]) or "position" in r["fields"],
        "observed": seconds(r["observed"], True),
        "source": "ABCDEF".index(r["grading"][0]) + 1,
        "information": int(r["grading"][1]),
        "tlp": handling["tlp"],
        "codes": handling["codes"],
        "releasable_to": [party(code) for code in handling["releasable_to"]],
        "case": r["case"] or "",
        "fields": r["fields"],
        "leaving": [],  # ours asks after removed fields only, and those have been cut
        "purpose": r["purpose"],
        "derived_uses": r["derived_uses"],
        "now": seconds(r["now"], False),
        "released_today": {clause: r["released_today"].get(clause, 0) for clause in counted},
        "approvals": r["approvals"],
        "standing": r["standing"],
        "asset": r["asset"] or "",
        "conditions_met": r["conditions_met"],
    }


class Group:
    """A set of policies and the requests under it."""

    def __init__(self, line):
        self.policies, self.schema = line["policies"], line["schema"]
        self.clauses, self.counted, self.cases = line["clauses"], line["counted"], []

    def answers(self, policies):
        """For each case, whether a clause permits it, and whether Cedar alone would though a policy erred."""
        requests = []
        for case in self.cases:
            facts = context(case["request"], self.counted)
            requests += [
                {
                    "principal": f'Exchange::Party::"{case["request"]["to"]}"',
                    "action": f'Exchange::Action::"{case["request"]["act"]}"',
                    "resource": f'Exchange::Clause::"{clause}"',
                    "context": facts,
                }
                for clause in self.clauses
            ]
        found = cedarpy.is_authorized_batch(requests, "\n".join(policies), [], self.schema)
        width = len(self.clauses)
        for place in range(len(self.cases)):
            under = found[place * width : (place + 1) * width]
            # An error in any policy is a refusal; Cedar skips the policy and may permit.
            yield (
                any(answer.allowed and not answer.diagnostics.errors for answer in under),
                any(answer.allowed and answer.diagnostics.errors for answer in under),
                any(answer.diagnostics.errors for answer in under),
            )


def read(lines):
    group = None
    for line in map(json.loads, lines):
        if "policies" in line:
            if group:
                yield group
            group = Group(line)
        else:
            group.cases.append(line)
    if group:
        yield group


def rule_of(policy):
    return re.search(r'^@rule\("(\w+)"\)$', policy, re.MULTILINE)[1]


def main():
    print(f"cedarpy {importlib.metadata.version('cedarpy')}")
    count, permits, sets, spared, wrong = 0, 0, 0, 0, []
    rules, noticed = set(), set()
    for group in read(sys.stdin):
        sets += 1
        result = cedarpy.validate_policies("\n".join(group.policies), group.schema)
        if not result.validation_passed:
            wrong.append(f"{group.cases[0]['name']}: does not validate: {result.errors}")
        for case, (theirs, _, erred) in zip(group.cases, group.answers(group.policies)):
            count += 1
            permits += theirs
            if theirs != case["permits"]:
                wrong.append(f"{case['name']}, {case['request']['act']}: ours {case['permits']}, theirs {theirs}: {case['reasons']}")
            if erred:
                wrong.append(f"{case['name']}: a policy errs")
        for place, policy in enumerate(group.policies):
            rule = rule_of(policy)
            rules.add(rule)
            # A set with a single case tells too little.
            if rule in noticed | DOUBLED or len(group.cases) < 50:
                continue
            rest = group.policies[:place] + group.policies[place + 1 :]
            differs = any(theirs != case["permits"] for case, (theirs, _, _) in zip(group.cases, group.answers(rest)))
            noticed |= {rule} if differs else set()
        if any(case["permits"] for case in group.cases) and sets % 10 == 0:
            for case, (theirs, alone, _) in zip(group.cases, group.answers([*group.policies, ERRS])):
                spared += alone
                if theirs:
                    wrong.append(f"{case['name']}: permitted though a policy errs")
    if rules != RULES:
        wrong.append(f"kinds of policy not met, or unknown: {sorted(rules ^ RULES)}")
    if noticed != RULES - DOUBLED:
        wrong.append(f"taken out, and nothing changed: {sorted(RULES - DOUBLED - noticed)}")
    if not spared:
        wrong.append("no erring policy was skipped by Cedar: the check of errors checked nothing")
    print(
        f"{count} requests under {sets} sets with {len(rules)} kinds of policy, {permits} permitted, {len(noticed)} kinds missed when taken "
        f"out, {spared} refused for an error that Cedar alone skips, {len(wrong)} differences"
    )
    for text in wrong[:20]:
        print("  " + text)
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
