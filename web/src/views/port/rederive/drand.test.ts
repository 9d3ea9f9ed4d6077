/** Real drand rounds, and the election auditors' numbers, from the data beside the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drandChecker } from './bls';
import type { DrandBeacon, DrandRound } from './document';
import { bytesOf, hexOf, published } from './fixture';
import { bytesToHex, sha256 } from './hash';
import { sampler } from './lots';
import { rederive } from './rederive';

function shared<T>(name: string): T | null {
  const path = new URL(`../../../../../../shared/data/port/beacon/${name}`, import.meta.url);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as T;
  if (process.env['CI'] === 'true') throw new Error(`no ${path.pathname}`);
  console.log('skipped: no ../shared');
  return null;
}

interface Row { chain: string; pk: string; round: number; prev: string; sig: string }
const TIMES = { first: 1_692_803_367, period: 3 };
function vector(row: Row): { beacon: DrandBeacon; round: DrandRound } {
  const kind = row.chain.split(' ')[1], chain = kind === 'chained' ? 'drand_chained' : kind === 'unchained' ? 'drand_unchained' : 'drand_quicknet';
  return { beacon: { chain, key: row.pk, times: TIMES }, round: { chain, round: row.round, signature: row.sig, ...(chain === 'drand_chained' ? { previous: row.prev } : {}) } };
}
const flip = (hex: string, at: number): string => hex.slice(0, 2 * at) + (Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16) ^ (1 << (at % 8))).toString(16).padStart(2, '0') + hex.slice(2 * at + 2);

describe('drand', () => {
  const rows = shared<{ vectors: Row[] }>('drand_vectors.json')?.vectors ?? [];
  it('has a chain of each scheme in the data', ({ skip }) => {
    if (rows.length === 0) skip();
    expect(rows.map((row) => vector(row).beacon.chain).sort()).toEqual(['drand_chained', 'drand_quicknet', 'drand_unchained']);
  });
  it.for(rows)('rounds verify, and none does with another bit: $chain', { timeout: 60_000 }, (row) => {
    const { beacon, round } = vector(row), holds = drandChecker(beacon)!;
    expect(holds(round)).toBe(true);
    expect(holds({ ...round, round: round.round + 1 })).toBe(false);
    const held: string[] = [];
    for (let at = 0; at < round.signature.length / 2; at += 5) if (holds({ ...round, signature: flip(round.signature, at) })) held.push(`signature ${at}`);
    for (let at = 0; at < (round.previous ?? '').length / 2; at += 11) if (holds({ ...round, previous: flip(round.previous!, at) })) held.push(`previous ${at}`);
    for (let at = 0; at < beacon.key.length / 2; at += 5) if (drandChecker({ ...beacon, key: flip(beacon.key, at) })?.(round)) held.push(`key ${at}`);
    expect(held).toEqual([]);
    // The neutral point is no key and signs nothing.
    const neutral = (size: number): string => `c0${'00'.repeat(size - 1)}`;
    expect(drandChecker({ ...beacon, key: neutral(beacon.key.length / 2) })).toBeNull();
    expect(holds({ ...round, signature: neutral(round.signature.length / 2) })).toBe(false);
  });
  it.for(rows)('a draw over a real round holds, and with another signature it does not: $chain', { timeout: 60_000 }, async (row) => {
    const { beacon, round } = vector(row), value = bytesToHex(sha256(hexOf(round.signature)));
    const draw = published({ count: 30, slots: 2, capacity: 3, seed: 77, drand: { beacon, round, value } });
    const good = await rederive(bytesOf(draw));
    expect(good.fault).toBeNull();
    expect(good.draw!.picks).toBeGreaterThan(0);
    const forged = structuredClone(draw);
    (forged.rounds[0] as DrandRound).signature = flip(round.signature, round.signature.length / 2 - 1);
    expect((await rederive(bytesOf(forged))).fault).toEqual({ step: 'rounds', fault: 'round_signature', place: { round: round.round } });
    const keyless = published({ count: 30, slots: 2, capacity: 3, seed: 77, drand: { beacon: { ...beacon, key: flip(beacon.key, 0) }, round, value } });
    expect((await rederive(bytesOf(keyless))).fault?.step).toBe('rounds');
    for (const other of rows.filter(({ chain }) => chain !== row.chain)) {
      const foreign = { ...structuredClone(draw), rounds: [vector(other).round] };
      expect((await rederive(bytesOf(foreign))).fault).toMatchObject({ step: 'rounds', fault: 'round_chain' });
    }
  });
});

describe('numbers from a seed', () => {
  interface Case { data: { seed: string; total: number; count: number }; expected: number[] }
  const tests = shared<{ tests: Case[] }>('rivest_sampler_tests.json')?.tests ?? [];
  it.for(tests)('are the election auditors’: $data.seed', ({ data, expected }) => {
    const below = sampler(data.seed);
    expect(Array.from({ length: data.count }, () => Number(below(BigInt(data.total))) + 1)).toEqual(expected.map(Number));
  });
});
