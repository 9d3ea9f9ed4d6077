import { describe, expect, it } from 'vitest';
import { point } from '../fixture';
import { fanLines, largestRevision, placeYears, tableOnly } from './fan';
import { firstCharts } from './first';
import { hullPaths, linePaths, missingRuns, niceTicks, runs, scaleOf, sizeOf, spread, styleOf, vintageTime, yearTicks } from './scale';

const frame = { width: 144, height: 120, left: 22, right: 22, top: 10, bottom: 10 };
const scale = scaleOf(frame, 2000, 2010, 290_000);

describe('the scale', () => {
  it('starts at zero and ends above the largest', () => {
    expect(niceTicks(290_000)).toEqual([0, 100_000, 200_000, 300_000]);
    expect(niceTicks(1.7)).toEqual([0, 0.5, 1, 1.5, 2]);
    expect(niceTicks(0)).toEqual([0, 1]);
    for (const n of [3, 7, 99, 1001, 2664, 262_428, 14e9]) expect(niceTicks(n).at(-1)).toBeGreaterThanOrEqual(n);
  });
  it('puts years and values in the frame', () => {
    expect([scale.x(2000), scale.x(2010), scale.y(0), scale.y(300_000)]).toEqual([22, 122, 110, 10]);
    expect(yearTicks(1999, 2025, 388)).toEqual([2000, 2005, 2010, 2015, 2020, 2025]);
  });
  it('says large numbers in thousands', () => expect([972, 262_428, 3e6, 14e9].map((n) => sizeOf(n).name)).toEqual(['one', 'thousand', 'million', 'billion']));
});

describe('lines', () => {
  const points = [point(2000, '100'), point(2001, '150'), point(2004, '120'), point(2005, '130'), point(2006, '140', { status: 'leaked' })];
  it('break where a year is missing, and a figure that nobody measured joins none', () => {
    expect(runs(points).map((run) => run.map((p) => p.year))).toEqual([[2000, 2001], [2004, 2005, 2006]]);
    expect(linePaths(points, scale)).toHaveLength(2);
    expect(linePaths([point(2000, '1'), point(2002, '2')], scale)).toEqual([]);
  });
  it('bound the hull only where both rivals have the year', () => {
    const paths = hullPaths([{ year: 2000, low: '0', high: '300000' }, { year: 2001, low: '0', high: '300000' }, { year: 2005, low: '1', high: '2' }], scale);
    expect(paths).toEqual(['M22 10L32 10L32 110L22 110Z']);
  });
  it('hatch missing years inside the axis only', () => {
    const found = missingRuns([[2003, 2006], [1990, 1995], [2010, 2024]], scale, [2000, 2010]);
    expect(found.map((r) => [r.from, r.to])).toEqual([[2003, 2006], [2010, 2024]]);
    for (const r of found) expect(r.x + r.width).toBeLessThanOrEqual(122.001);
  });
});

describe('labels and styles', () => {
  it('stand apart', () => {
    const at = spread([{ y: 50 }, { y: 52 }, { y: 51 }], 20, 0, 100).map((l) => l.at);
    expect(at).toEqual([50, 70, 90]);
    expect(spread([{ y: 98 }, { y: 99 }], 20, 0, 100).map((l) => l.at)).toEqual([80, 100]);
  });
  it('are the same for a method on every chart, and differ within one', () => {
    expect(styleOf('us_government', ['us_government'])).toEqual(styleOf('us_government', ['simci', 'us_government', 'registry']));
    const all = ['simci', 'us_government', 'siima', 'registry', 'other'];
    expect(new Set(all.map((m) => styleOf(m, all).shape)).size).toBe(5);
  });
});

describe('revisions', () => {
  const step = (vintage: string, value: string, first = false) => ({ vintage, value, low: null, high: null, observation: Number(value), first });
  const fan = [
    { method: 'simci', year: 2017, steps: [step('2019', '1058'), step('2018-09', '1379', true)] },
    { method: 'us_government', year: 2018, steps: [step('2019-06', '887', true), step('2020-03', '879')] },
    { method: 'simci', year: 2015, steps: [step('2016-07', '646', true), step('unknown', '649')] },
  ];
  it('stand by date of publication; what has none is left to the table', () => {
    expect(fanLines(fan).map((l) => l.steps.map((s) => s.value))).toEqual([['1379', '1058'], ['887', '879']]);
    expect(tableOnly(fan)).toBe(2);
    expect(vintageTime('2019')).toBe(2019.5);
    expect(vintageTime('unknown')).toBeNull();
  });
  it('are labelled where no year touches another', () => {
    const box = { left: 0, right: 200, top: 0, bottom: 100 };
    const flat = (key: string) => ({ key, at: [{ x: 80, y: 50 }, { x: 120, y: 50 }] });
    const placed = placeYears([flat('a'), flat('b'), flat('c'), flat('d'), flat('e')], box);
    expect(placed.map((p) => p.key)).toEqual(['a', 'b', 'c', 'd']);
    expect(new Set(placed.map((p) => `${p.x} ${p.y}`)).size).toBe(4);
    expect(placeYears([{ key: 'a', at: [{ x: 5, y: 3 }, { x: 6, y: 99 }] }], box)).toEqual([]);
  });
  it('name the largest', () => expect(largestRevision(fan)).toMatchObject({ year: 2017, then: { value: '1379' }, now: { value: '1058' } }));
});

it('the first charts are those with rivals and most figures, in their own order', () => {
  const one = (id: string, methods: string[], figures: number) => ({ id, programme: 'p', name: { es: id, en: id }, unit: 't', methods, figures, series: [] });
  expect(firstCharts([one('labs', ['r'], 90), one('prod', ['a', 'b'], 30), one('area', ['a', 'b'], 60), one('base', ['a', 'b'], 3)])).toEqual(['prod', 'area']);
});
