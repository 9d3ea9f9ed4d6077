import { describe, expect, it } from 'vitest';
import { GRID } from './document';
import { columns, picksOf, split, touched } from './lots';
import { listOf, numbers } from './fixture';
import { sha256Hex, treeRoot } from './hash';

const WHOLE = BigInt(GRID), sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

describe('a comb', () => {
  it('touches each lot at exactly as many offsets as it weighs, whatever the order', () => {
    const below = numbers(11);
    for (let time = 0; time < 60; time += 1) {
      const q = 2 + below(30), weights = Array.from({ length: 1 + below(9) }, () => BigInt(below(q + 1)));
      const order = weights.map((_, j) => j).sort(() => below(3) - 1);
      const counts = weights.map(() => 0n), total = sum(weights);
      for (let offset = 0n; offset < BigInt(q); offset += 1n) {
        const found = touched(weights, order, BigInt(q), offset);
        for (const j of found) counts[j]! += 1n;
        expect([total / BigInt(q), (total + BigInt(q) - 1n) / BigInt(q)]).toContain(BigInt(found.length));
      }
      expect(counts).toEqual(weights);
    }
  });
});

describe('a split', () => {
  it('keeps each mass within both cases, and both sums between floor and ceiling', () => {
    const below = numbers(12);
    for (let time = 0; time < 400; time += 1) {
      const count = 2 + below(7), at = below(count), before = 1n + BigInt(below(GRID - 2)), rest = WHOLE - before;
      const masses = Array.from({ length: count }, (_, j) => (j === at ? 1n + BigInt(below(Number(rest))) : BigInt(below(3) === 0 ? GRID - below(5) : below(GRID))));
      const parts = split(masses, at, before), total = sum(masses), floor = total / WHOLE, ceil = (total + WHOLE - 1n) / WHOLE;
      expect(parts[at]).toBe(0n);
      parts.forEach((part, j) => expect(part >= 0n && part <= before && masses[j]! - part >= 0n && masses[j]! - part <= rest).toBe(true));
      const held = sum(parts), not = total - held;
      expect(held >= floor * before && held <= ceil * before && not >= floor * rest && not <= ceil * rest).toBe(true);
    }
  });
});

describe('the picks of a draw', () => {
  it('name nobody twice, and each slot has the floor or the ceiling of its mass', () => {
    for (let seed = 0; seed < 60; seed += 1) {
      const lots = columns(listOf(40, 5, 2, seed), 5), drawn = new Set<number>(), scanned = new Set<number>();
      lots.forEach((column, slot) => {
        // Now and then a slot is never drawn.
        if ((seed + slot) % 7 === 3) return;
        const places = picksOf(column, drawn, scanned, sha256Hex(`${seed} ${slot}`)), mass = sum(column.map((lot) => lot.mass));
        drawn.add(slot);
        for (const place of places) {
          expect(scanned.has(place)).toBe(false);
          scanned.add(place);
        }
        expect([mass / WHOLE, (mass + WHOLE - 1n) / WHOLE]).toContain(BigInt(places.length));
      });
    }
  });
});

describe('a slot that was never drawn', () => {
  it('scanned nobody: what a container had in it counts for nothing later', () => {
    const lots = [['A', 3n], ['B', 5n], ['C', 9n]].map(([, part], place) => ({ place, mass: (WHOLE * (part as bigint)) / 10n, earlier: [] as [number, bigint][] }));
    const later = lots.map((lot, j) => (j === 0 ? { ...lot, earlier: [[0, WHOLE / 2n]] as [number, bigint][] } : lot));
    const seeds = Array.from({ length: 40 }, (_, i) => sha256Hex(`${i}`));
    const plain = seeds.map((seed) => picksOf(lots, new Set(), new Set(), seed));
    expect(seeds.map((seed) => picksOf(later, new Set([1]), new Set(), seed))).toEqual(plain);
    // Drawn, it counts: who was scanned in it is never picked again.
    expect(seeds.map((seed) => picksOf(later, new Set([0]), new Set([0]), seed)).flat()).not.toContain(0);
    expect(plain.flat()).toContain(0);
  });
});

describe('the tree over a list', () => {
  it('has the roots of RFC 6962 (the vectors of its reference implementation)', () => {
    const text = (hex: string): string => String.fromCharCode(...(hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)));
    const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(text);
    expect([0, 1, 2, 3, 7, 8].map((n) => treeRoot(leaves.slice(0, n)))).toEqual([
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]);
  });
});
