#!/usr/bin/env python3
"""Derives every pick of a published inspection draw again, from public data and nothing else (docs/port-draw.md).

    verify_draw.py DRAW.json [HASH]     HASH: the commitment's hash as it stands in the ledger

Prints one line per slot, pick and override, the same bytes as `bitacora port verify-draw`; exits 1 with the first thing
that does not hold. Python's own library only. Of a drand round it checks that the randomness is the hash of the published
signature, not the BLS signature itself: compare the signature with another copy of the chain, or use the other verifier.
"""
import hashlib, json, re, sys

GRID, FORMAT, BODIES, THRESHOLD = 10**15, "bitacora-draw-1", ["customs", "police", "port"], 2
DRAND = {"drand_chained": (48, 96), "drand_unchained": (48, 96), "drand_quicknet": (96, 48)}  # key, signature: bytes


class Wrong(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Wrong(what)


def sha256(data):
    return hashlib.sha256(data).digest()


def canonical(value):  # RFC 8785; there are no fractions, and member names are plain ASCII
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def members(value, names, what):
    need(isinstance(value, dict) and sorted(value) == sorted(names.split()), f"{what}: members")
    return value


def number(value, low, high, what):
    need(type(value) is int and low <= value <= high, f"{what}: number")
    return value


def text(value, pattern, what):
    need(isinstance(value, str) and re.fullmatch(pattern, value), f"{what}: text")
    return value


def hexa(value, size, what):
    return bytes.fromhex(text(value, "[0-9a-f]{%d}" % (2 * size), what))


def items(value, most, what):
    need(isinstance(value, list) and len(value) <= most, f"{what}: items")
    return value


# edwards25519 (RFC 8032, section 5.1), in extended coordinates
P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ZERO = (0, 1, 1, 0)


def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * D * a[3] * b[3] % P, 2 * a[2] * b[2] % P
    x, y, z, t = f - e, h - g, h + g, f + e
    return x * y % P, z * t % P, y * z % P, x * t % P


def times(k, a):
    total = ZERO
    while k:
        if k & 1:
            total = add(total, a)
        a, k = add(a, a), k >> 1
    return total


def minus(a):
    return (P - a[0]) % P, a[1], a[2], (P - a[3]) % P


def encode(a):
    inverse = pow(a[2], P - 2, P)
    x, y = a[0] * inverse % P, a[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if (v * x * x + u) % P == 0:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (v * x * x - u) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def small(a):
    return encode(times(8, a)) == encode(ZERO)


def signed(key, message, signature):  # RFC 8032, section 5.1.7, without cofactor, no point of small order
    a, r, s = decode(key), decode(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q or small(a) or small(r):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    return encode(add(times(s, BASE), minus(times(k, a)))) == signature[:32]


def vrf(key, message, proof):
    """ECVRF-EDWARDS25519-SHA512-TAI (RFC 9381, section 5.3): the output, or None."""
    y, gamma = decode(key), decode(proof[:32])
    c, s = int.from_bytes(proof[32:48], "little"), int.from_bytes(proof[48:], "little")
    if y is None or gamma is None or s >= Q or small(y):
        return None
    for counter in range(256):
        h = decode(hashlib.sha512(b"\x03\x01" + key + message + bytes([counter, 0])).digest()[:32])
        if h is not None and not small(h):
            h = times(8, h)
            break
    else:
        return None
    u, v = add(times(s, BASE), minus(times(c, y))), add(times(s, h), minus(times(c, gamma)))
    points = key + encode(h) + proof[:32] + encode(u) + encode(v)
    if hashlib.sha512(b"\x03\x02" + points + b"\0").digest()[:16] != proof[32:48]:
        return None
    return hashlib.sha512(b"\x03\x03" + encode(times(8, gamma)) + b"\0").hexdigest()


def root(leaves):  # RFC 6962, section 2.1
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + root(leaves[:half]) + root(leaves[half:]))


def check_commitment(c, entries):
    members(c, "beacon bodies format list model officers port rules shift slots threshold units", "commitment")
    need((c["format"], c["threshold"], c["units"]) == (FORMAT, THRESHOLD, GRID), "commitment: version")
    number(c["threshold"], 2, 2, "threshold"), number(c["units"], GRID, GRID, "units")
    for name in "port", "shift", "rules", "model":
        text(c[name], "[ -~]{1,100}", name)
    bodies = [members(b, "body key", "body") for b in items(c["bodies"], 3, "bodies")]
    need([b["body"] for b in bodies] == BODIES and len({hexa(b["key"], 32, "key") for b in bodies}) == 3, "bodies")
    officers = [members(o, "key officer", "officer") for o in items(c["officers"], 200, "officers")]
    need(len({hexa(o["key"], 32, "key") for o in officers}) == len(officers), "officers: keys")
    need(len({text(o["officer"], "off-[0-9a-f]{20}", "officer") for o in officers}) == len(officers), "officers: ids")
    for slot, terms in enumerate(items(c["slots"], 336, "slots")):
        members(terms, "capacity round", f"slot {slot}")
        number(terms["capacity"], 0, 10000, f"slot {slot}"), number(terms["round"], 1, 2**53 - 1, f"slot {slot}")
    beacon = c["beacon"]
    need(isinstance(beacon, dict), "beacon")
    if beacon.get("chain") == "three_party":
        members(beacon, "chain from keys times", "beacon"), members(beacon["from"], "round value", "beacon: from")
        need(len({hexa(k, 32, "beacon key") for k in items(beacon["keys"], 3, "beacon keys")}) == 3, "beacon keys")
        number(beacon["from"]["round"], 0, 2**53 - 1, "beacon: from"), hexa(beacon["from"]["value"], 32, "beacon: from")
    else:
        need(members(beacon, "chain key times", "beacon")["chain"] in DRAND, "beacon: chain")
        hexa(beacon["key"], DRAND[beacon["chain"]][0], "beacon: key")
    members(beacon["times"], "first period", "times")
    number(beacon["times"]["first"], 0, 4102444800, "times"), number(beacon["times"]["period"], 1, 86400, "times")
    members(c["list"], "count root", "list"), number(c["list"]["count"], 0, 200000, "list: count")
    need(len(items(entries, 200000, "list")) == c["list"]["count"], "list: count")
    sums, incoming, before = [0] * len(c["slots"]), [0] * len(c["slots"]), ""
    for entry in entries:
        name = text(members(entry, "container first last marginal plan", "entry")["container"], "[A-Z0-9-]{1,32}", "name")
        need(before < name, f"list: order at {name}")
        before, done, at = name, 0, number(entry["first"], 0, len(sums) - 1, name)
        last = number(entry["last"], at, len(sums) - 1, name)
        for mass in items(entry["plan"], 336, name):
            need(len(items(mass, 2, name)) == 2, f"{name}: plan")
            slot, units = number(mass[0], at, last, name), number(mass[1], 1, GRID, name)
            sums[slot], incoming[slot], done, at = sums[slot] + units, incoming[slot] + (done > 0), done + units, slot + 1
        need(done == number(entry["marginal"], 0, GRID, name), f"{name}: marginal is not the sum of the plan")
    for slot, terms in enumerate(c["slots"]):
        need(sums[slot] <= terms["capacity"] * GRID, f"slot {slot}: capacity")
        need(incoming[slot] < 2, f"slot {slot}: two containers may have been scanned before")
    need(root([sha256(b"\0" + canonical(e)) for e in entries]) == hexa(c["list"]["root"], 32, "root"), "list: root")


def beacon_values(beacon, rounds):
    values, last = {}, 0
    for r in items(rounds, 25000, "rounds"):
        n = number(r.get("round") if isinstance(r, dict) else None, last + 1, 2**53 - 1, "round")
        need(r.get("chain") == beacon["chain"], f"round {n}: chain")
        last = n
        if beacon["chain"] != "three_party":
            chained = beacon["chain"] == "drand_chained"
            members(r, "chain round signature" + " previous" * chained, f"round {n}")
            if chained:
                hexa(r["previous"], 96, f"round {n}")
            values[n] = sha256(hexa(r["signature"], DRAND[beacon["chain"]][1], f"round {n}")).hex()
            continue
        start, value = values.get("at", (beacon["from"]["round"], beacon["from"]["value"]))
        need(n == start + 1, f"round {n}: order")
        question, line, previous = f"{FORMAT} beacon\n{n}\n{value}\n", f"{FORMAT} round\n{n}\n{value}\n", -1
        need(2 <= len(items(members(r, "chain parts round", f"round {n}")["parts"], 3, f"round {n}")), f"round {n}: parts")
        for part in r["parts"]:
            previous = number(members(part, "party proof", f"round {n}")["party"], previous + 1, 2, f"round {n}")
            key, proof = hexa(beacon["keys"][previous], 32, "key"), hexa(part["proof"], 80, f"round {n}")
            output = vrf(key, question.encode(), proof)
            need(output, f"round {n}: part of {previous}")
            line += f"{previous} {output}\n"
        values[n] = sha256(line.encode()).hex()
        values["at"] = n, values[n]
    return values


def split(masses, place, before):  # what each mass weighs if the lot at `place` was scanned before
    rest, total = GRID - before, sum(masses)
    limits = [(max(0, m - rest), min(before, m)) if j != place else (0, 0) for j, m in enumerate(masses)]
    parts = [min(max(m * before // GRID, low), high) for m, (low, high) in zip(masses, limits)]
    least, most = total // GRID, -(-total // GRID)
    low = max(sum(l for l, _ in limits), total - most * rest, least * before)
    high = min(sum(h for _, h in limits), most * before, total - least * rest)
    goal = min(max(sum(parts), low), high)
    sign = 1 if goal > sum(parts) else -1
    room = [h - p if sign > 0 else p - l for p, (l, h) in zip(parts, limits)]
    amount, whole = abs(goal - sum(parts)), sum(room)
    shares = [r * amount // whole if whole else 0 for r in room]
    left = amount - sum(shares)
    for j, r in enumerate(room):
        more = min(left, r - shares[j])
        parts[j], left = parts[j] + sign * (shares[j] + more), left - more
    return parts


def picks_of(column, drawn, scanned, seed):  # column: (place in the list, mass, mass in earlier slots) each
    weights, spacing = [mass for _, mass, _ in column], GRID
    for j, (place, _, earlier) in enumerate(column):
        before = sum(units for slot, units in earlier if slot in drawn)
        if before:
            parts = split(weights, j, before)
            held = place in scanned
            weights, spacing = (parts, before) if held else ([m - p for m, p in zip(weights, parts)], GRID - before)
            break
    counter = 0

    def below(n):
        nonlocal counter
        while True:
            counter += 1
            block = int.from_bytes(sha256(f"{seed},{counter}".encode()), "big")
            if block < 2**256 - 2**256 % n:
                return block % n

    order = list(range(len(column)))
    for last in range(len(order) - 1, 0, -1):
        other = below(last + 1)
        order[last], order[other] = order[other], order[last]
    offset, point, picked = below(spacing), 0, []
    for j in order:
        teeth = -(-(point - offset) // spacing)
        point += weights[j]
        if -(-(point - offset) // spacing) > teeth:
            picked.append(column[j][0])
    return sorted(picked)


def verify(data, ledger_hash=None):
    b = members(json.loads(data), "commitment hash list overrides rounds slots", "draw")
    need(canonical(b) == data, "the text is not in canonical form")
    c, entries = b["commitment"], b["list"]
    check_commitment(c, entries)
    digest = sha256(canonical(c)).hex()
    need(digest == b["hash"] and ledger_hash in (None, digest), "the commitment's hash is another")
    values, lines, drawn, scanned = beacon_values(c["beacon"], b["rounds"]), [f"draw {digest}"], set(), set()
    columns = [[] for _ in c["slots"]]
    for place, entry in enumerate(entries):
        for at, (slot, units) in enumerate(entry["plan"]):
            columns[slot].append((place, units, entry["plan"][:at]))
    keys = {body["body"]: bytes.fromhex(body["key"]) for body in c["bodies"]}
    for slot, record in enumerate(items(b["slots"], len(c["slots"]), "slots")):
        members(record, "attempts picks slot", f"slot {slot}")
        need(number(record["slot"], slot, slot, f"slot {slot}") == slot, f"slot {slot}: order")
        roster, final, missing, waits, picks = BODIES, "-", 0, 0, []
        for at, attempt in enumerate(items(record["attempts"], 64, f"slot {slot}")):
            n = number(members(attempt, "round shares", f"slot {slot}")["round"], 1, 2**54, f"slot {slot}")
            need(n == c["slots"][slot]["round"] + at and final == "-", f"slot {slot}: attempt {at}")
            need(n in values, f"slot {slot}: round {n} is missing")
            shares = [members(s, "body proof", f"slot {slot}") for s in items(attempt["shares"], 3, f"slot {slot}")]
            given = [s["body"] for s in shares]
            need([body for body in roster if body in given] == given, f"slot {slot}: order of shares")
            line = f"{FORMAT} seed\n{digest}\n{slot}\n{n}\n{values[n]}\n"
            for s in shares:
                question = f"{FORMAT} share\n{digest}\n{slot}\n{n}\n"
                output = vrf(keys[s["body"]], question.encode(), hexa(s["proof"], 80, f"slot {slot}"))
                need(output, f"slot {slot}: share of {s['body']} for round {n}")
                line += f"{s['body']} {output}\n"
            if given == roster:
                final = n
                places = picks_of(columns[slot], drawn, scanned, sha256(line.encode()).hex())
                drawn.add(slot), scanned.update(places)
                picks = [entries[place]["container"] for place in places]
            else:
                missing, waits = missing + len(roster) - len(given), waits + (len(given) < THRESHOLD)
                roster = given if len(given) >= THRESHOLD else BODIES
        need(record["picks"] == picks, f"slot {slot}: published {record['picks']}, drawn {picks}")
        lines.append(f"slot {slot} capacity {c['slots'][slot]['capacity']} round {final} attempts "
                     f"{len(record['attempts'])} missing {missing} waits {waits} picks {len(picks)}")
        lines += [f"pick {slot} {name}" for name in picks]
    officers, seen = {o["officer"]: bytes.fromhex(o["key"]) for o in c["officers"]}, set()
    for at, o in enumerate(items(b["overrides"], 10000, "overrides")):
        members(o, "action container reason signatures slot", f"override {at}")
        need(o["action"] in ("add", "remove"), f"override {at}: action")
        text(o["container"], "[A-Z0-9-]{1,32}", f"override {at}"), number(o["slot"], 0, len(columns) - 1, f"override {at}")
        text(o["reason"], r"(?s)[^\x00-\x1f\x7f-\x9f]+", f"override {at}: reason")
        need(o["reason"].strip() and len(o["reason"].encode()) <= 500, f"override {at}: reason")
        fact = {"commitment": digest, "format": FORMAT} | {k: o[k] for k in ("action", "container", "reason", "slot")}
        need((key := (o["slot"], o["action"], o["container"])) not in seen, f"override {at}: repeated")
        seen.add(key)
        pair = [members(s, "officer signature", f"override {at}") for s in items(o["signatures"], 2, f"override {at}")]
        need(len(pair) == 2 and pair[0]["officer"] < pair[1]["officer"], f"override {at}: two officers")
        for s in pair:
            need(s["officer"] in officers, f"override {at}: officer")
            signature = hexa(s["signature"], 64, f"override {at}")
            need(signed(officers[s["officer"]], canonical(fact), signature), f"override {at}: signature")
        lines.append(f"override {o['slot']} {o['action']} {o['container']}")
    return "".join(line + "\n" for line in lines)


def main(arguments):
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with open(arguments[0], "rb") as file:
            sys.stdout.write(verify(file.read(), *arguments[1:]))
    except (Wrong, OSError, ValueError, TypeError, KeyError, RecursionError) as why:
        print(f"does not hold: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
