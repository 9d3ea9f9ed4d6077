#!/usr/bin/env python3
"""Another binding of Cedar (cedarpy, from PyPI) decides our agreement cases on the same policy texts.

The context of each request is built here, from the case, not taken from us; every clause is tried as the resource.

    pip install cedarpy==4.12.2
    cargo run --release -p bitacora-policy --example dump_decisions | python3 tools/compare_policies.py
"""
import datetime
import json
import sys

import cedarpy


def seconds(text, up):
    whole = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    floor = int(whole.replace(microsecond=0).timestamp())
    return floor + (1 if up and whole.microsecond else 0)


def party(code):
    return {"__entity": {"type": "Exchange::Party", "id": code}}


def context(case):
    r = case["request"]
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
        "released_today": {"3.1": r["released_today"].get("3.1", 0)},
        "approvals": r["approvals"],
        "standing": r["standing"],
        "asset": r["asset"] or "",
        "conditions_met": r["conditions_met"],
    }


def main():
    count, permits, validated, wrong = 0, 0, set(), []
    for line in sys.stdin:
        case = json.loads(line)
        policies, schema = "\n".join(case["policies"]), case["schema"]
        if (policies, schema) not in validated:
            result = cedarpy.validate_policies(policies, schema)
            if not result.validation_passed:
                wrong.append(f"{case['name']}: does not validate: {result.errors}")
            validated.add((policies, schema))
        facts = context(case)
        requests = [
            {
                "principal": f'Exchange::Party::"{case["request"]["to"]}"',
                "action": f'Exchange::Action::"{case["request"]["act"]}"',
                "resource": f'Exchange::Clause::"{clause}"',
                "context": facts,
            }
            for clause in case["clauses"]
        ]
        answers = cedarpy.is_authorized_batch(requests, policies, [], schema)
        theirs = any(answer.allowed and not answer.diagnostics.errors for answer in answers)
        count += 1
        permits += theirs
        if theirs != case["permits"]:
            wrong.append(f"{case['name']}, {case['request']['act']}: ours {case['permits']}, theirs {theirs}: {case['reasons']}")
    print(f"{count} requests, {permits} permitted, {len(validated)} policy sets validated, {len(wrong)} differences")
    for text in wrong[:20]:
        print("  " + text)
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
