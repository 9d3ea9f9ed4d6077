import { expect, it } from 'vitest';
import { bytesOf, overrideOf, published } from './fixture';
import { rederive } from './rederive';
import { firstDiffering, type ShownSlot } from './shown';

it('the page’s list is the derived one with the overrides applied, or its first other slot is named', async () => {
  const draw = published({ count: 60, slots: 4, capacity: 3, seed: 21, sealed: 1 });
  const gone = draw.slots[1]!.picks[0]!;
  draw.overrides = [overrideOf(draw.hash, 0, 'add', 'ADDED', 'seal'), overrideOf(draw.hash, 1, 'remove', gone, 'sailed')];
  const derived = (await rederive(bytesOf(draw))).draw!;
  const slot = (n: number, names: string[], state = 'open'): ShownSlot => ({ n, state, picks: names.map((container) => ({ container })) });
  const names = (n: number): string[] => derived.slots[n]!.picks;
  const good = [slot(2, names(2)), slot(0, ['ADDED', ...names(0)]), slot(1, names(1).slice(1)), slot(3, [], 'sealed')];
  expect(names(1).length).toBeGreaterThan(1);
  expect(firstDiffering({ slots: good }, derived)).toBeNull();
  expect(firstDiffering({ slots: [slot(0, names(0)), ...good.slice(2)] }, derived)).toBe(0);
  expect(firstDiffering({ slots: [slot(1, names(1))] }, derived)).toBe(1);
  expect(firstDiffering({ slots: [slot(2, [...names(2).slice(1), 'OTHER'])] }, derived)).toBe(2);
  // Opened on one side only, between the two answers.
  expect(firstDiffering({ slots: [slot(3, ['LATER']), slot(2, [], 'waits')] }, derived)).toBeNull();
});
