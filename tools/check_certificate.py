#!/usr/bin/env python3
"""Verifies what `bitacora port solve` prints, from the game's table alone: no solver, standard library, exact integers.

check_certificate.py slot GAME.csv ANSWER.json --slots N --capacity N [--rows ROWS.csv]   (or --capacity N,N,... by slot)
check_certificate.py origami GAME.csv ANSWER.json --resources N
check_certificate.py qr GAME.csv ANSWER.json --resources N --lambda X
check_certificate.py patrol GAME.json ANSWER.json
Prints `valid`, and between which numbers the value lies; or the first thing that does not hold, and exits with 1.
"""
import argparse, hashlib, json, math, sys
from decimal import Decimal, getcontext

getcontext().prec = 60
PARTS, INDIFFERENT = 10**15, 4 * 10**8  # probability 1; payoffs this close are equal (hundredths x PARTS)
STATES = 50_000  # up to so many places with sets of attacks met, what a patrol meets is counted once


def must(holds, what):
    if not holds:
        sys.exit(f"invalid: {what}")


def parts(coverage, count):
    got = [int(c * PARTS) for c in coverage]
    must(len(got) == count and all(0 <= g <= PARTS and Decimal(g) / PARTS == c for g, c in zip(got, coverage)), "coverage")
    return got


def first_best(values):
    best = max(values)
    return values.index(best), best


def same(printed, scaled, places):  # a printed double against an exact decimal
    return float(printed) == scaled / 10**places


def attacker_bound(proof, stakes, capacity, rows):
    """No plan brings the attacker below this, in 10^-14 units: he mixes by `weights` whatever the plan is."""
    for name in ("weights", "prices", "rows"):
        ids = [i for i, _ in proof.get(name, [])]
        must(ids == sorted(set(ids)) and all(n >= 0 for _, n in proof.get(name, [])), name)
    must(all(capacity[s] > 0 for s, _ in proof["prices"]), "prices")
    weights, prices = dict(proof["weights"]), dict(proof["prices"])
    net = [weights.get(i, 0) * r for i, (_, r, _, _) in enumerate(stakes)]
    paid = 100 * sum(p * capacity[s] for s, p in prices.items())
    for row, price in proof.get("rows", []):
        sense, bound, members = rows[row]
        paid += sense * price * bound
        for i in members:
            net[i] -= sense * price
    spill = 0
    for n, (_, _, a, b) in zip(net, stakes):
        if n > 0:
            spill += max(0, n - min((prices.get(s, 0) for s in range(a, b + 1) if capacity[s]), default=n))
    weight, gain = sum(weights.values()), sum(w * stakes[i][0] for i, w in weights.items())
    for name, total in (("weight", weight), ("gain", gain), ("paid", paid), ("spill", spill)):
        must(proof[name] == str(total), name)
    return (100 * (gain - spill) - paid) * 10**12 // (100 * weight)


def slot(args, game, answer, cert):
    capacity = [int(c) for c in args.capacity.split(",")]
    capacity = capacity * args.slots if len(capacity) == 1 else capacity
    lines = [line.split(",") for line in open(args.rows).read().splitlines()[1:]] if args.rows else []
    rows = [(1 if s == "most" else -1, int(b), [int(i) for i in m.split()]) for s, b, m in lines]
    text = ["slot", ",".join(map(str, capacity))] + [",".join(map(str, g)) for g in game] + [",".join(l) for l in lines]
    must(cert["game"] == hashlib.sha256(("\n".join(text) + "\n").encode()).hexdigest(), "game")
    coverage, stakes = parts(answer["coverage"], len(game)), [(v, v + p, a, b) for v, p, a, b in game]
    given, loads, keys = [0] * len(game), [0] * len(capacity), [(i, s) for i, s, _ in cert["plan"]]
    must(keys == sorted(set(keys)), "plan")
    for i, s, n in cert["plan"]:
        must(n > 0 and i >= 0 and game[i][2] <= s <= game[i][3], "plan")
        given[i] += n
        loads[s] += n
    must(given == coverage, "plan")
    must(cert["loads"] == [str(n) for n in loads] and all(n <= c * PARTS for n, c in zip(loads, capacity)), "loads")
    for sense, bound, members in rows:
        must(sense * sum(coverage[i] for i in members) <= sense * bound * PARTS // 100, "row")
    reply, best = first_best([v * PARTS - r * c for (v, r, _, _), c in zip(stakes, coverage)])
    must(cert["reply"] == reply, "reply")
    must(same(answer["v_attacker"], best, 17), "v_attacker")
    must(answer["u_defender"] == -answer["v_attacker"], "u_defender")
    bound = attacker_bound(cert["proof"], stakes, capacity, rows)
    must(same(cert["v_bound"], bound, 14), "v_bound")
    must(best - bound * 1000 <= 10**6 * max(100, max(r for _, r, _, _ in stakes)), "gap")
    return cert["v_bound"], answer["v_attacker"]


def security(kind, args, game, answer, cert, tail=""):
    text = [kind, str(args.resources)] + [",".join(map(str, g)) for g in game]
    must(cert["game"] == hashlib.sha256(("\n".join(text) + "\n" + tail).encode()).hexdigest(), "game")
    coverage = parts(answer["coverage"], len(game))
    must(cert["used"] == str(sum(coverage)) and sum(coverage) <= args.resources * PARTS, "used")
    return coverage, [u * PARTS - (u - v) * c for (u, v, _, _), c in zip(game, coverage)], \
        [l * PARTS + (s - l) * c for (_, _, s, l), c in zip(game, coverage)]


def origami(args, game, answer, cert):
    coverage, attacker, defender = security("origami", args, game, answer, cert)
    best = max(attacker)
    reply, defended = first_best([d if a >= best - INDIFFERENT else -10**30 for a, d in zip(attacker, defender)])
    must(cert["reply"] == reply, "reply")
    must(same(answer["v_attacker"], best, 17) and same(answer["u_defender"], defended, 17), "v_attacker, u_defender")
    low = attacker_bound(cert["proof"], [(u, u - v, 0, 0) for u, v, _, _ in game], [args.resources], [])
    # Where he attacks he earns at least that, which limits the coverage there, and with it what the defender earns.
    high = max(l * 10**12 + min(-(-(s - l) * (u * 10**12 - low) // (u - v)), (s - l) * 10**12)
               for u, v, s, l in game if u * 10**12 >= low)
    must(same(cert["v_bound"], low, 14) and same(cert["u_bound"], high, 14), "v_bound, u_bound")
    tolerance = 10**6 * max(100, max(max(u - v, s - l) for u, v, s, l in game))
    must(best - low * 1000 <= tolerance and high * 1000 - defended <= tolerance, "gap")
    return answer["u_defender"], cert["u_bound"]


def qr(args, game, answer, cert):
    millionths = round(Decimal(args.rationality) * 10**6)
    coverage, attacker, defender = security("qr", args, game, answer, cert, f"lambda {millionths}\n")
    lam, r, price, level = millionths / 1e6, float(cert["u_bound"]), float(cert["price"]), float(cert["level"])
    mass = attacked = defended = spent = size = 0.0
    dual = price * args.resources
    must(price >= 0 and math.isfinite(r) and math.isfinite(price), "price")
    for (u, v, s, l), c in zip(game, coverage):
        loot, drop, lost, saved, c = u / 100, (u - v) / 100, l / 100, (s - l) / 100, c / PARTS
        weight = lambda x: math.exp(min(700.0, lam * (loot - level - drop * x)))
        mass += weight(c)
        attacked += weight(c) * (loot - drop * c)
        defended += weight(c) * (lost + saved * c)
        # A term rises, ever less, up to `end` and falls after it; the most of term - price*c is left of it.
        steep = saved - lam * drop * (lost - r)
        end = min(1.0, max(0.0, steep / (lam * drop * saved))) if saved else float(steep > 0)
        slope = lambda x: weight(x) * (steep - lam * drop * saved * x) - price
        low, high = 0.0, end
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if slope(middle) > 0 else (low, middle)
        spent += low
        dual += weight(low) * (lost + saved * low - r) - price * low + max(0.0, slope(low)) * (high - low)
        size += weight(low) * abs(lost + saved * low - r) + price * low
    v, u = float(answer["v_attacker"]), float(answer["u_defender"])
    scale, slack = max(1.0, abs(defended / mass), abs(attacked / mass)), 1e-9 * max(1, args.resources)
    must(abs(v - attacked / mass) <= 1e-12 * scale and abs(u - defended / mass) <= 1e-12 * scale, "v_attacker, u_defender")
    must(dual <= 1e-13 * size and r - u >= -1e-12 * scale, "u_bound")
    must(spent <= args.resources + slack and (price == 0 or spent >= args.resources - slack), "price")
    if "guard" in cert:
        (guard, (target, earned)), = cert["guard"].items()
        sure, _ = first_best(attacker if guard == "rational" else [-d for d in defender])
        must(guard in ("rational", "worst") and target == sure and same(earned, defender[sure], 17), "guard")
    else:
        must(r - u <= 1e-8 * scale, "gap")
    return answer["u_defender"], cert["u_bound"]


def patrol(args, game, answer, cert):
    """Places are (sector, step). An attack is met when any boat is at one of its places; a second meeting adds nothing."""
    names = {sector["id"]: i for i, sector in enumerate(game["sectors"])}
    kinds = {kind["id"]: i for i, kind in enumerate(game["classes"])}
    text, ways = ["patrol", f"{game['steps']},{len(names)}"], []
    for kind in game["classes"]:  # a move holds both ways unless its way back is listed too
        moves = [(names[a], names[b], n) for a, b, n in kind["moves"]]
        listed = {(a, b) for a, b, _ in moves}
        moves += [(b, a, n) for a, b, n in moves if (b, a) not in listed]
        text += ["class"] + [",".join(map(str, move)) for move in moves]
        ways.append({s: [(s, 1)] + [(b, n) for a, b, n in moves if a == s] for s in names.values()})
    boats = []
    for b in game["boats"]:
        end = None if b.get("end") is None else names[b["end"]]
        boats.append((kinds[b["class"]], names[b["base"]], b["first"], b["last"], end))
        text.append("boat " + ",".join("-" if field is None else str(field) for field in boats[-1]))
    attacks, at = [], {}
    for i, a in enumerate(game["attacks"]):
        windows = [(names[s], first, last) for s, first, last in a["at"]]
        text.append(f"attack {a['value']},{a['penalty']},{a['chance']}," + ",".join("%d %d %d" % w for w in windows))
        attacks.append((a["value"], (a["value"] + a["penalty"]) * a["chance"]))  # payoff x 100 is 100 * value - range * met
        for s, first, last in windows:
            for step in range(first, last + 1):
                at.setdefault((s, step), set()).add(i)
    must(cert["game"] == hashlib.sha256(("\n".join(text) + "\n").encode()).hexdigest(), "game")
    met, loads, total = [0] * len(attacks), [0] * len(names), 0
    patrols = [schedule["boats"] for schedule in cert["schedules"]]
    must(all(a < b for a, b in zip(patrols, patrols[1:])), "schedules")
    for schedule in cert["schedules"]:
        share, meets = schedule["parts"], set()
        must(share > 0 and len(schedule["boats"]) == len(boats), "schedules")
        total += share
        for (kind, base, first, last, end), patrol in zip(boats, schedule["boats"]):
            must(patrol[0] == [first, base] and (end is None or patrol[-1][1] == end), "schedules")
            for (step, s), then in zip(patrol, patrol[1:] + [None]):  # stays until it must leave for the next sector
                leaves = last if then is None else then[0] - dict(ways[kind][s])[then[1]]
                must(step <= leaves and (then is None or (then[1] != s and then[0] <= last)), "schedules")
                loads[s] += share * (leaves - step + 1)
                for here in range(step, leaves + 1):
                    meets |= at.get((s, here), set())
        for i in meets:
            met[i] += share
    must(total == PARTS and met == parts(answer["coverage"], len(attacks)), "coverage")
    must(cert["loads"] == [str(n) for n in loads], "loads")
    reply, best = first_best([100 * v * PARTS - r * m for (v, r), m in zip(attacks, met)])
    must(cert["reply"] == reply and same(answer["v_attacker"], best, 19), "reply, v_attacker")
    must(answer["u_defender"] == -answer["v_attacker"], "u_defender")
    # He mixes by `weights`; a patrol takes weight x range when it meets (in large games: enters) an attack, at most `most`.
    proof = cert["proof"]
    ids, (sure, rest) = [i for i, _ in proof["weights"]], proof["sure"]
    must(ids == sorted(set(ids)) and all(w >= 0 and i >= 0 for i, w in proof["weights"] + [proof["sure"]]), "weights")
    must(sure == first_best([100 * v - r for v, r in attacks])[0], "sure")
    pays = {i: w * attacks[i][1] for i, w in proof["weights"]}

    def enters(before, place):
        return sum(pays.get(i, 0) for i in at.get(place, ()) if i not in at.get(before, ()))

    def most(kind, base, first, last, end):
        after = {(s, last): 0 for s in names.values() if end in (None, s)}
        for step in range(last - 1, first - 1, -1):
            for s in names.values():
                then = [(to, step + n) for to, n in ways[kind][s] if (to, step + n) in after]
                if then:
                    after[s, step] = max(after[place] + enters((s, step), place) for place in then)
        # Where places with the sets of attacks met on the way are few, no attack is counted twice.
        paying = {i: 1 << bit for bit, i in enumerate(sorted(i for i in pays if pays[i]))}
        meets = lambda place: sum(paying.get(i, 0) for i in at.get(place, ()))
        states, count = {step: set() for step in range(first, last + 1)}, 1
        states[first].add((base, meets((base, first))))
        for step in range(first, last):
            for s, seen in states[step]:
                new = {(to, step + n, seen | meets((to, step + n))) for to, n in ways[kind][s] if (to, step + n) in after}
                for to, then, mask in new:
                    count += (to, mask) not in states[then]
                    states[then].add((to, mask))
            if count > STATES or len(paying) > 128:
                return after[base, first] + enters(None, (base, first))
        return max(sum(pays[i] for i, bit in paying.items() if bit & mask) for _, mask in states[last])

    known = {boat: most(*boat) for boat in set(boats)}
    must(proof["most"] == [str(known[boat]) for boat in boats], "most")
    weight = sum(w for _, w in proof["weights"]) + rest
    gain = sum(w * 100 * attacks[i][0] for i, w in proof["weights"]) + rest * (100 * attacks[sure][0] - attacks[sure][1])
    must(proof["weight"] == str(weight) and proof["gain"] == str(gain), "weight, gain")
    bound = (gain - sum(known[boat] for boat in boats)) * 10**10 // weight
    must(same(cert["v_bound"], bound, 14) and same(cert["gap"], best - bound * 10**5, 19), "v_bound, gap")
    return cert["v_bound"], answer["v_attacker"]


if __name__ == "__main__":
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("kind", choices=["slot", "origami", "qr", "patrol"])
    ask.add_argument("game")
    ask.add_argument("answer")
    ask.add_argument("--slots", type=int, default=24)
    ask.add_argument("--capacity", default="1")
    ask.add_argument("--rows")
    ask.add_argument("--resources", type=int, default=1)
    ask.add_argument("--lambda", dest="rationality", default="0.76")
    args = ask.parse_args()
    text = open(args.game).read()
    if args.kind == "patrol":
        game = json.loads(text)
    else:
        game = [tuple(int(field) for field in line.split(",")[1:]) for line in text.splitlines()[1:]]
    try:
        answer = json.load(open(args.answer), parse_float=Decimal)
        check = {"slot": slot, "origami": origami, "qr": qr, "patrol": patrol}[args.kind]
        low, high = check(args, game, answer, answer["certificate"])
    except (KeyError, IndexError, TypeError, ValueError, ArithmeticError) as error:
        sys.exit(f"invalid: {type(error).__name__} {error}")
    print(f"valid: {low} .. {high}")
