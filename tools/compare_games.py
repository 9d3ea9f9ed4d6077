#!/usr/bin/env python3
"""Compares answers of `bitacora port solve slot` and `origami` with HiGHS (through scipy) on the same tables.

compare_games.py slot GAME.csv ANSWER.json --slots N --capacity N [--rows ROWS.csv]
compare_games.py origami GAME.csv ANSWER.json --resources N          (one linear programme for each target)
Prints both values and their difference; exits with 1 when it exceeds 1e-9.
"""
import argparse, json, sys

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog


def least_maximum(game, capacity, rows):
    """Least v: v + (v_i + p_i) * coverage_i >= v_i, coverage within windows, slots and side constraints."""
    cells = [(i, s) for i, (_, _, a, b) in enumerate(game) for s in range(a, b + 1)]
    n, m = len(game), len(cells)
    owner = sp.csr_matrix((np.ones(m), ([i for i, _ in cells], range(m))), shape=(n, m))
    slot = sp.csr_matrix((np.ones(m), ([s for _, s in cells], range(m))), shape=(len(capacity), m))
    stake = np.array([(v + p) / 100 for v, p, _, _ in game])
    none = lambda height: sp.csr_matrix((height, 1))
    blocks = [sp.hstack([-sp.diags(stake) @ owner, -np.ones((n, 1))]), sp.hstack([owner, none(n)])]
    limits = [-np.array([g[0] / 100 for g in game]), np.ones(n)]
    blocks.append(sp.hstack([slot, none(len(capacity))]))
    limits.append(np.array(capacity, float))
    for sense, bound, members in rows:
        pick = np.zeros((1, n))
        pick[0, members] = sense
        blocks.append(sp.hstack([sp.csr_matrix(pick) @ owner, none(1)]))
        limits.append(np.array([sense * bound / 100]))
    cost = np.r_[np.zeros(m), 1.0]
    bounds = [(0, 1)] * m + [(None, None)]
    return linprog(cost, A_ub=sp.vstack(blocks).tocsr(), b_ub=np.concatenate(limits), bounds=bounds, method="highs").fun


def equilibrium(game, resources):
    """For each target the most the defender earns while attacking it is a best reply; the most of those."""
    u, v, s, l = (np.array(column) / 100 for column in zip(*game))
    best, n = -np.inf, len(game)
    for t in range(n):
        a = -np.diag(u - v)
        a[:, t] += (u - v)[t]
        a[t, :] = 0.0
        limits = np.r_[u[t] - u, resources]
        cost = np.zeros(n)
        cost[t] = -(s - l)[t]
        found = linprog(cost, A_ub=np.vstack([a, np.ones(n)]), b_ub=limits, bounds=(0, 1), method="highs")
        if found.status == 0:
            best = max(best, l[t] - found.fun)
    return best


if __name__ == "__main__":
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("kind", choices=["slot", "origami"])
    ask.add_argument("game")
    ask.add_argument("answer")
    ask.add_argument("--slots", type=int, default=24)
    ask.add_argument("--capacity", default="1")
    ask.add_argument("--rows")
    ask.add_argument("--resources", type=int, default=1)
    args = ask.parse_args()
    game = [tuple(int(field) for field in line.split(",")[1:]) for line in open(args.game).read().splitlines()[1:]]
    answer = json.load(open(args.answer))
    if args.kind == "slot":
        capacity = [int(c) for c in args.capacity.split(",")]
        capacity = capacity * args.slots if len(capacity) == 1 else capacity
        lines = [line.split(",") for line in open(args.rows).read().splitlines()[1:]] if args.rows else []
        rows = [(1 if s == "most" else -1, int(b), [int(i) for i in m.split()]) for s, b, m in lines]
        ours, theirs = answer["v_attacker"], least_maximum(game, capacity, rows)
    else:
        ours, theirs = answer["u_defender"], float(equilibrium(game, args.resources))
    print(f"{ours!r} HiGHS {theirs!r} difference {abs(ours - theirs):.2e}")
    sys.exit(abs(ours - theirs) > 1e-9)
