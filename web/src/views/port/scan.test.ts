import { describe, expect, it } from 'vitest';
import { i18n, TABLES } from '../../core/i18n.svelte';
import { NOT_DONE, OUTCOMES, type DrawPick, type PickResult } from '../../core/port';
import { DRAW } from './fixture';
import { draftOf, EMPTY, kilograms, lacks, newKey, resultText, said, SIGN, standing, type Draft } from './scan';
import { columns, current, tally } from './slots';
import { chanceText } from './wording';

const result = (over: Partial<PickResult> = {}): PickResult => ({
  number: 0, outcome: 'found', reason: null, kilograms: 412.5, note: '<b>bolsas</b>', officer: 'Lt. A. Rojas', at: '2026-11-21T12:00:00Z', leaf: 9, ...over,
});
const draft = (over: Partial<Draft>): Draft => ({ ...EMPTY, ...over });

describe('a result', () => {
  it('has a sign and a word for each outcome and reason, in both languages', () => {
    expect(new Set(OUTCOMES.map((o) => SIGN[o].icon)).size).toBe(OUTCOMES.length);
    for (const t of [TABLES.es, TABLES.en]) {
      expect(Object.keys(t.port.scan.outcome).sort()).toEqual([...OUTCOMES].sort());
      expect(Object.keys(t.port.scan.reason).sort()).toEqual([...NOT_DONE].sort());
    }
  });
  it('is said in short, its note apart', () => {
    const t = i18n.t.port.scan;
    expect(resultText(result())).toBe(`${t.outcome.found}, 412,5 kg`);
    expect(resultText(result({ outcome: 'not_done', reason: 'box_gone', kilograms: null }))).toBe(`${t.outcome.not_done}, ${t.reason.box_gone}`);
  });
  it('that came last stands', () => {
    const pick: DrawPick = { container: 'A', chance: 0.1, added: false, results: [result({ outcome: 'clean' }), result({ number: 1 })] };
    expect([standing(pick)?.number, standing({ ...pick, results: [] })]).toEqual([1, null]);
  });
});

describe('what is sent', () => {
  it.each([
    ['nothing chosen', draft({}), 'outcome'], ['no reason', draft({ outcome: 'not_done' }), 'reason'], ['other without a note', draft({ outcome: 'not_done', reason: 'other', note: ' ' }), 'note'],
    ['a mass that is none', draft({ outcome: 'found', kilograms: 'many' }), 'mass'],
  ] as const)('lacks something: %s', (_, d, lack) => expect([lacks(d), said(d)]).toEqual([lack, null]));
  it('is only what the outcome asks for, and the note as it was written', () => {
    const all = draft({ outcome: 'clean', reason: 'other', kilograms: '5', note: ' <i>x</i>\n\u0000y ' });
    expect(said(all)).toEqual({ outcome: 'clean', reason: null, kilograms: null, note: '<i>x</i> y' });
    expect(said({ ...all, outcome: 'found' })).toMatchObject({ kilograms: 5, reason: null });
    expect(said({ ...all, outcome: 'not_done' })).toMatchObject({ kilograms: null, reason: 'other' });
  });
  it('reads a mass with comma or point', () => expect(['412,5', ' 412.5 ', '', '0', '-1', '1e3', '50000', '1.2.3'].map(kilograms)).toEqual([412.5, 412.5, null, 'wrong', 'wrong', 'wrong', 'wrong', 'wrong']));
  it('begins a correction with what stands', () => expect(said(draftOf(result()))).toEqual({ outcome: 'found', reason: null, kilograms: 412.5, note: '<b>bolsas</b>' }));
  it('has a name of its own that the node takes', () => {
    expect(newKey()).toMatch(/^[0-9a-f]{32}$/);
    expect(newKey()).not.toBe(newKey());
  });
});

describe('the picture of slots', () => {
  const asOf = Date.parse('2026-11-21T16:00:00Z');
  it('shows what each scan gave, corrections as they stand', () => {
    const cols = columns(DRAW.slots, asOf, 24);
    expect([cols[0]?.cells[0], cols[1]?.cells[1], cols[2]?.cells[0], cols[5]?.cells[0], cols[6]?.cells[0], cols[7]?.cells[0]]).toEqual(['found', 'not_done', 'clean', 'open', 'waits', 'sealed']);
    expect(cols[3]?.cells).toEqual(['clean', 'clean', 'clean', 'by_hand']);
  });
  it('counts what was inspected', () => expect(tally(DRAW)).toMatchObject({ open: 6, opened: 18, done: 11, found: 1 }));
  it('marks the slot that runs, and none before the first or after the last', () => {
    const slots = [0, 1, 2].map((n) => ({ at: n * 1000 }));
    expect([-1, 0, 1500, 2999, 3000].map((at) => current(slots, at)?.at ?? null)).toEqual([null, 0, 1000, 2000, null]);
  });
});

it('a p is never shown as none', () => expect([0.44, 0.0123, 0.00001].map(chanceText)).toEqual(['0,44', '0,012', '<0,001']));
