#!/usr/bin/env python3
"""Compares `bitacora port solve patrol` with HiGHS (through scipy) on made-up seas.

compare_patrols.py --command "bitacora port solve"
The sea is a grid of sectors and every attack one sector at one step, so that the boats' flow over the graph of sectors and
steps, with each attack met at most once, is a linear programme whose value the mixture of schedules must reach. Prints both
values and their difference; exits with 1 when one exceeds 1e-9.
"""
import argparse, json, pathlib, random, shlex, subprocess, sys, tempfile

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog


def sea(seed, wide, high, steps, boats, attacks, alike):
    draw = random.Random(seed)
    name = lambda x, y: f"s{x}-{y}"
    moves = [[name(x, y), name(x + dx, y + dy), draw.choice((1, 1, 2))] for x in range(wide) for y in range(high)
             for dx, dy in ((1, 0), (0, 1)) if x + dx < wide and y + dy < high]
    slow = [[a, b, n + 1] for a, b, n in moves]
    boat = lambda i: {"id": f"P{i}", "class": "fast", "base": name(0, 0), "first": 0, "last": steps - 1}
    fleet = [boat(i) for i in range(boats)]
    if not alike:
        for i, one in enumerate(fleet):
            one.update({"class": ("fast", "slow")[i % 2], "base": name(draw.randrange(wide), draw.randrange(high)), "first": i % 3})
            if i % 2 == 0:
                one["end"] = one["base"]
    places = draw.sample([(x, y, t) for x in range(wide) for y in range(high) for t in range(steps // 2, steps)], attacks)
    return {
        "steps": steps, "sectors": [{"id": name(x, y)} for x in range(wide) for y in range(high)],
        "classes": [{"id": "fast", "moves": moves}, {"id": "slow", "moves": slow}], "boats": fleet,
        "attacks": [{"id": f"a{i}", "value": draw.randrange(300, 1000), "penalty": draw.randrange(0, 400),
                     "chance": draw.randrange(50, 101), "at": [[name(x, y), t, t]]} for i, (x, y, t) in enumerate(places)],
    }


def least(game):
    """Least v over the flows of the boats: value - (value + penalty) * chance * met <= v, met <= 1, met <= flow there."""
    number = {sector["id"]: i for i, sector in enumerate(game["sectors"])}
    ways = {kind["id"]: [(s, s, 1) for s in number.values()] for kind in game["classes"]}
    for kind in game["classes"]:
        for a, b, n in kind["moves"]:
            ways[kind["id"]] += [(number[a], number[b], n), (number[b], number[a], n)]
    there = {(number[a["at"][0][0]], a["at"][0][1]): i for i, a in enumerate(game["attacks"])}
    count, arcs, kept, sources, reach = len(game["attacks"]), 0, [], [], []
    for boat in game["boats"]:
        rows, start = {}, (number[boat["base"]], boat["first"])
        row = lambda node: rows.setdefault(node, len(sources) + len(rows))
        row(start)
        if start in there:
            reach.append((there[start], None))
        for step in range(boat["first"], boat["last"]):
            for a, b, n in ways[boat["class"]]:
                if step + n <= boat["last"]:
                    kept += [(row((a, step)), arcs, 1.0), (row((b, step + n)), arcs, -1.0)]
                    if (b, step + n) in there:
                        reach.append((there[b, step + n], arcs))
                    arcs += 1
        for (sector, step), at in list(rows.items()):
            if step == boat["last"] and boat.get("end") in (None, game["sectors"][sector]["id"]):
                kept.append((at, arcs, 1.0))
                arcs += 1
        sources += [float(node == start) for node in rows]
    width = arcs + count + 1
    flow = sp.csr_matrix(([x for _, _, x in kept], ([r for r, _, _ in kept], [c for _, c, _ in kept])), shape=(len(sources), width))
    cells, limits = [], np.zeros(2 * count)
    for i, a in enumerate(game["attacks"]):
        cells += [(i, arcs + i, -(a["value"] + a["penalty"]) * a["chance"] / 1e4), (i, width - 1, -1.0), (count + i, arcs + i, 1.0)]
        limits[i] = -a["value"] / 100
    for i, arc in reach:
        if arc is None:
            limits[count + i] += 1.0
        else:
            cells.append((count + i, arc, -1.0))
    above = sp.csr_matrix(([x for _, _, x in cells], ([r for r, _, _ in cells], [c for _, c, _ in cells])), shape=(2 * count, width))
    bounds = [(0, None)] * arcs + [(0, 1)] * count + [(None, None)]
    return linprog(np.eye(1, width, width - 1)[0], A_ub=above, b_ub=limits, A_eq=flow, b_eq=sources, bounds=bounds, method="highs").fun


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--command", required=True)
    args = ask.parse_args()
    worst = 0.0
    for seed, (wide, high, steps, boats, attacks, alike) in enumerate(
            [(3, 2, 8, 1, 12, True), (4, 3, 16, 2, 40, True), (4, 3, 16, 3, 40, False), (5, 4, 24, 3, 90, True), (5, 4, 24, 3, 90, False)]):
        game = sea(seed, wide, high, steps, boats, attacks, alike)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "patrol.json"
            path.write_text(json.dumps(game))
            run = subprocess.run([*shlex.split(args.command), "patrol", "--in", str(path)], capture_output=True, check=True)
        answer = json.loads(run.stdout)
        ours, theirs, bound = answer["v_attacker"], least(game), answer["certificate"]["v_bound"]
        # Boats that differ: the programme is what the bound is made of, and the mixture may lie above it, by the gap.
        differ = abs((ours if alike else bound) - theirs)
        worst = max(worst, differ)
        print(f"{wide * high} sectors, {steps} steps, {boats} boats: {ours!r}, bound {bound!r}, HiGHS {theirs!r}, difference {differ:.2e}")
    return worst > 1e-9


if __name__ == "__main__":
    sys.exit(main())
