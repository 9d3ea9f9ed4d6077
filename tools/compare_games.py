#!/usr/bin/env python3
"""Compares `bitacora port solve slot` and `origami` with HiGHS (through scipy) on tables of games.

compare_games.py --command "bitacora port solve" FOLDER
Solves slot_20, slot_100 and slot_1000 (24 slots), and gs_5, gs_20 and gs_100 (one linear programme for each target) of the
folder, and prints both values and their difference; exits with 1 when one exceeds 1e-9.
"""
import argparse, json, pathlib, shlex, subprocess, sys

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog


def least_maximum(game, capacity):
    """Least v: v + (v_i + p_i) * coverage_i >= v_i, coverage within windows and slots."""
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


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--command", required=True)
    ask.add_argument("folder", type=pathlib.Path)
    args = ask.parse_args()
    worst = 0.0
    for name, kind in [(f"slot_{n}", "slot") for n in (20, 100, 1000)] + [(f"gs_{n}", "origami") for n in (5, 20, 100)]:
        path = args.folder / f"{name}.csv"
        game = [tuple(int(field) for field in line.split(",")[1:]) for line in path.read_text().splitlines()[1:]]
        share = max(1, len(game) // (240 if kind == "slot" else 10))
        options = ["--slots", "24", "--capacity", str(share)] if kind == "slot" else ["--resources", str(share)]
        run = subprocess.run([*shlex.split(args.command), kind, "--in", str(path), *options], capture_output=True, check=True)
        answer = json.loads(run.stdout)
        if kind == "slot":
            ours, theirs = answer["v_attacker"], least_maximum(game, [share] * 24)
        else:
            ours, theirs = answer["u_defender"], float(equilibrium(game, share))
        worst = max(worst, abs(ours - theirs))
        print(f"{name}: {ours!r}, HiGHS {theirs!r}, difference {abs(ours - theirs):.2e}")
    return worst > 1e-9


if __name__ == "__main__":
    sys.exit(main())
