import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { TABLES } from '../../../core/i18n.svelte';
import { canonical, type Published } from './document';
import { bytesOf, published } from './fixture';
import { lines, rederive, type Progress } from './rederive';
import { placeLine } from './wording';
import { FAULTS, STEPS } from './wrong';

/** A draw that the node's own program made: shares that were missing, a later round, an override. */
const GOLDEN = readFileSync(new URL('../../../../../fuzz/corpus/draw/finished.json', import.meta.url));

// A draw over an own beacon that touched this would fail.
vi.mock('./bls', () => {
  throw new Error('the arithmetic of drand was loaded');
});

describe('a published draw', () => {
  it('that another program made holds, and every line is the same', async () => {
    const { steps, fault, draw } = await rederive(GOLDEN);
    expect(fault).toBeNull();
    expect(steps).toEqual(STEPS.map((step) => ({ step, verdict: 'holds' })));
    expect(lines(draw!)).toBe([
      'draw 34ff5903ff5e18eefb81209d50e3dcd848aba40318c00ba6b24a2a30f4117712',
      'slot 0 capacity 1 round 502 attempts 2 missing 1 waits 0 picks 1', 'pick 0 XYZU0000003',
      'slot 1 capacity 1 round 506 attempts 2 missing 2 waits 1 picks 1', 'pick 1 XYZU0000002',
      'override 0 add XYZU0000001', '',
    ].join('\n'));
  });
  it('tells who gave no share, and for which round', async () => {
    const { draw } = await rederive(GOLDEN);
    const given = (JSON.parse(GOLDEN.toString()) as Published).slots.map((s) => s.attempts[0]!.shares.map(({ body }) => body));
    const absent = given.flatMap((bodies, slot) => ['customs', 'police', 'port'].filter((body) => !bodies.includes(body)).map((body) => ({ slot, round: slot === 0 ? 501 : 505, body })));
    expect(draw!.missing).toEqual(absent);
    expect(absent).toHaveLength(3);
  });
  it('is held against the hash of the log, where it is known', async () => {
    const { hash } = JSON.parse(GOLDEN.toString()) as Published;
    expect((await rederive(GOLDEN, hash)).fault).toBeNull();
    const other = await rederive(GOLDEN, '0'.repeat(64));
    expect(other.fault).toEqual({ step: 'commitment', fault: 'other_hash', place: { path: 'hash' } });
    expect(other.draw).toBeNull();
  });
  it('without loading drand’s arithmetic, where the beacon is an own one', async () => expect((await rederive(GOLDEN)).draw?.chain).toBe('three_party'));
  it('tells how far it has come, step by step', async () => {
    const told: Progress[] = [];
    await rederive(GOLDEN, null, (progress) => told.push(progress));
    expect([...new Set(told.map(({ step }) => step))]).toEqual([...STEPS]);
    expect(told.filter(({ step, done, of }) => step === 'rounds' && done === of)).toHaveLength(1);
    expect(told.every(({ done, of }) => done <= of)).toBe(true);
  });
});

describe('a slot', () => {
  it('that nobody tried is sealed, and nothing of it fails', async () => {
    const { fault, draw } = await rederive(bytesOf(published({ count: 20, slots: 4, capacity: 2, seed: 3, sealed: 3 })));
    expect(fault).toBeNull();
    expect([draw!.slots.length, draw!.sealed, draw!.waiting]).toEqual([1, 3, 0]);
  });
  it('whose shares stay away waits: it has no picks, and the later slots go on', async () => {
    const { fault, draw } = await rederive(bytesOf(published({ count: 20, slots: 3, capacity: 2, seed: 4, present: (slot, _, body) => slot !== 1 || body === 'port' })));
    expect(fault).toBeNull();
    expect([draw!.waiting, draw!.sealed, draw!.slots[1]!.round, draw!.slots[1]!.picks]).toEqual([1, 0, null, []]);
    expect(draw!.slots[1]!.waits).toBe(draw!.slots[1]!.attempts);
    expect(draw!.slots[2]!.picks.length).toBeGreaterThan(0);
  });
  it('with two of three shares goes to the later round, and asks those two', async () => {
    const { draw } = await rederive(bytesOf(published({ count: 20, slots: 2, capacity: 2, seed: 5, present: (_, attempt, body) => attempt > 0 || body !== 'police' })));
    expect(draw!.slots.map(({ round, attempts, missing, waits }) => [round, attempts, missing, waits])).toEqual([[502, 2, 1, 0], [506, 2, 1, 0]]);
    expect(draw!.shares).toBe(8);
  });
});

describe('an empty draw', () => {
  it('holds with no pick', async () => {
    const { fault, draw } = await rederive(bytesOf({ ...published({ count: 1, slots: 1, capacity: 1, seed: 1, sealed: 1 }), overrides: [] }));
    expect(fault).toBeNull();
    expect([draw!.picks, draw!.sealed]).toEqual([0, 1]);
  });
});

describe('words', () => {
  it.each([['es', TABLES.es], ['en', TABLES.en]])('there is one for each step and fault (%s)', (_, t) => {
    expect(Object.keys(t.port.rederive.step).sort()).toEqual([...STEPS].sort());
    expect(Object.keys(t.port.rederive.fault).sort()).toEqual([...FAULTS].sort());
  });
  it('say the place in the officer’s language', () => {
    const place = { slot: 3, round: 41000506, body: 'customs' };
    expect(placeLine(place, TABLES.en, 'en', () => '15:00Z')).toBe('slot 3 (15:00Z), round 41,000,506, customs');
    expect(placeLine(place, TABLES.es, 'es', () => '')).toBe('turno 3, ronda 41.000.506, aduana');
    expect(placeLine({ override: 0, container: 'TGHU4821151' }, TABLES.en, 'en', () => '')).toBe('override 1, TGHU 482115 1');
    expect(placeLine({ path: 'list[3].plan[0]' }, TABLES.es, 'es', () => '')).toBe('en list[3].plan[0]');
  });
});

describe('the canonical form', () => {
  it('has members in order, and texts as RFC 8785 writes them', () =>
    expect(canonical({ b: [1, 'ü"\n\u0001'], a: { d: null, c: true } })).toBe('{"a":{"c":true,"d":null},"b":[1,"ü\\"\\n\\u0001"]}'));
});
