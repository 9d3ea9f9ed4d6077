import { describe, expect, it } from 'vitest';
import { ALERTS, alert, CONTAINER, DRAW, event, EVENTS, seal } from './fixture';
import { settled } from '../../core/port';
import { afterScan, kgScale, placeRuns, plannedLoad, powerRuns, sealLanes, weights } from './history';
import { layOut, type Words } from './layout';
import { columns, tally } from './slots';
import { placeTexts, placeUnder, timeScale } from './timescale';

const t = (clock: string, day = 21): string => `2026-11-${String(day).padStart(2, '0')}T${clock}:00Z`;
const ms = (clock: string, day = 21): number => Date.parse(t(clock, day));
const WORDS: Words = { event: (e) => e.kind, times: (name, n) => (n > 1 ? `${name} ×${n}` : name), alert: (a) => a.finding, weight: (w) => `${w.kind} ${w.kg}` };

describe('the time axis', () => {
  const times = [ms('00:00', 1), ms('10:00'), ms('10:20'), ms('11:00'), ms('12:00')];
  const scale = timeScale(times, 100, 700);
  it('keeps the order, and its ends', () => {
    const at = times.map(scale.x);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect([at[0], at.at(-1)]).toEqual([100, 700]);
    expect([scale.x(0), scale.x(ms('23:00'))]).toEqual([100, 700]);
  });
  it('shortens an idle stretch and marks it', () => {
    expect(scale.breaks).toHaveLength(1);
    expect(scale.x(ms('10:00')) - 100).toBeLessThan(300);
  });
  it('shortens nothing where events come evenly', () => expect(timeScale([0, 1, 2, 3, 4, 5, 6].map((h) => h * 3_600_000), 0, 600).breaks).toEqual([]));
  it('names days before hours and never lets two names touch', () => {
    const { ticks } = timeScale(EVENTS.map((e) => Date.parse(e.at)), 80, 640);
    expect(ticks.some((k) => k.day)).toBe(true);
    ticks.slice(1).forEach((k, i) => expect(k.x - (ticks[i]?.x ?? 0)).toBeGreaterThanOrEqual(46));
  });
  it('holds a single instant and none at all', () => {
    expect(Number.isFinite(timeScale([ms('10:00')], 0, 100).x(ms('10:00')))).toBe(true);
    expect(Number.isFinite(timeScale([], 0, 100).x(0))).toBe(true);
  });
});

describe('texts', () => {
  it('beside marks never overlap nor leave the picture', () => {
    const placed = placeTexts([10, 20, 95, 99].map((x) => ({ x, text: 'abcdef' })), 0, 100, 5, 8);
    for (const p of placed) if (p) expect([p.from >= -1, p.to <= 101]).toEqual([true, true]);
    const rows = placed.filter((p) => p !== null);
    for (const a of rows) for (const b of rows) if (a !== b && a.row === b.row) expect(a.to <= b.from || b.to <= a.from).toBe(true);
  });
  it('without room are left out, not stacked', () => expect(placeUnder([{ x: 50, text: 'abcdef' }, { x: 52, text: 'abcdef' }], 0, 100, 1)).toEqual([{ row: 0, x: 50 }, null]));
});

describe('seals', () => {
  const lanes = sealLanes(EVENTS, ALERTS);
  it('door and vent are apart', () => expect(lanes.map((l) => [l.placement, l.runs.map((r) => r.number)])).toEqual([['DOOR', ['4471820', '4477203']], ['VENT', ['V88204']]]));
  it('a change stands between two readings and bears what was found', () => {
    const changed = lanes[0]?.runs[1];
    expect(changed).toMatchObject({ twice: true, change: { before: '4471820', from: ms('22:40', 20), at: ms('06:35'), verdict: 'alert' } });
    expect(lanes[1]?.runs[0]?.change).toBeNull();
  });
  const reads = (...numbers: string[]) => numbers.map((n, i) => event('SEAL', t(`0${i}:00`), { seals: n.split('+').map((x) => seal(x)) }));
  it('a misread is doubtful, and the reading that sets it right is a change that nothing is held against', () => {
    const all = reads('A1', 'A7', 'A1');
    const doubt = alert('seal_changed', 'R1', { tier: 'reread', texts: { seal_expected: 'A1', seal_read: 'A7' } });
    expect(sealLanes(all, [doubt])[0]?.runs.map((r) => [r.number, r.change?.verdict ?? null])).toEqual([['A1', null], ['A7', 'doubtful'], ['A1', 'known']]);
  });
  it('a seal put beside the first is no change, and read alone says nothing of it', () => {
    const runs = sealLanes(reads('A1', 'A1+C9', 'C9', 'A1'), [])[0]?.runs ?? [];
    expect(runs.map((r) => [r.number, r.row, r.reads.length, r.change])).toEqual([['A1', 0, 3, null], ['C9', 1, 2, null]]);
  });
  it('a plan is no reading', () => expect(sealLanes([event('LOAD', t('19:00'), { classifier: 'PLN', seals: [seal('A1')] })], [])).toEqual([]));
});

describe('places, weights, power', () => {
  it('a place holds until the next that is named; a scan at the same facility does not move it', () => {
    const runs = placeRuns(EVENTS);
    expect(runs.map((r) => r.label)).toEqual(['COARM-COFI', 'COCTG-SPRC', 'C07', 'A02', 'Q1']);
    expect(runs.map((r) => r.reach)).toEqual([false, false, false, true, false]);
    expect(runs.at(-1)?.to).toBeNull();
  });
  it('leaving by the gate ends a place, loading begins one aboard', () => {
    const runs = placeRuns([event('GTIN', t('01:00')), event('GTOT', t('02:00')), event('GTIN', t('05:00')), event('LOAD', t('06:00'), { vessel: 'V-1' })]);
    expect(runs.map((r) => [r.label, r.to, r.aboard])).toEqual([['COCTG-SPRC', ms('02:00'), false], ['COCTG-SPRC', ms('06:00'), false], ['V-1', null, true]]);
  });
  it('weights stand on a scale with round marks', () => {
    expect(weights(EVENTS).map((w) => w.kg)).toEqual([24180, 24260, 25410]);
    const scale = kgScale([24180, 25410]);
    expect(scale.low).toBeLessThan(24180);
    expect(scale.ticks.every((kg) => kg % 50 === 0) && scale.ticks.length >= 2).toBe(true);
    expect(kgScale([18120]).ticks.length).toBeGreaterThan(0);
  });
  it('power is on or off, and unknown is neither', () => {
    const runs = powerRuns([event('GTIN', t('01:00')), event('PLUG', t('02:00')), event('MEAS', t('03:00'), { reefer: { powered: false } }), event('MEAS', t('04:00'), { reefer: {} })]);
    expect(runs).toEqual([{ on: true, from: ms('02:00'), to: ms('03:00') }, { on: false, from: ms('03:00'), to: null }]);
  });
});

describe('scan and load', () => {
  it('the load is due until it is done', () => {
    expect(plannedLoad(EVENTS, null)).toBe(ms('19:00'));
    expect(plannedLoad([], t('20:00'))).toBe(ms('20:00'));
    expect(plannedLoad([event('LOAD', t('18:00'))], t('20:00'))).toBeNull();
    expect(plannedLoad([], null)).toBeNull();
  });
  it('the time after the last scan ends with the load', () => {
    expect(afterScan(EVENTS, ms('19:00'))).toEqual({ from: ms('22:40', 20), to: ms('19:00') });
    expect(afterScan([event('GTIN', t('01:00'))], ms('19:00'))).toBeNull();
  });
});

describe('the picture', () => {
  it.each([320, 366, 640, 736])('stands within %d px, whatever is drawn', (width) => {
    const d = layOut(CONTAINER, '2026-11-21T16:00:00Z', width, WORDS);
    for (const run of [...d.place.items, ...d.seals.flatMap((l) => l.items)]) expect([run.x >= d.x0, run.x + run.width <= width]).toEqual([true, true]);
    for (const mark of d.events.items) expect(mark.x <= d.x1 && mark.x >= d.x0).toBe(true);
    for (const w of d.weight?.items ?? []) expect(w.y >= (d.weight?.y ?? 0) && w.y <= (d.weight?.y ?? 0) + (d.weight?.height ?? 0)).toBe(true);
    expect(d.now !== null && d.load !== null && d.load > d.now).toBe(true);
  });
  it('marks each alert and shows the rise that was found', () => {
    const d = layOut(CONTAINER, null, 736, WORDS);
    expect(d.events.flags).toHaveLength(ALERTS.length);
    expect(d.weight?.rise?.kg).toBe(1150);
    expect(d.weight?.limit?.kg).toBe(485);
  });
  it('of a box without events or alerts is empty, not broken', () => {
    const d = layOut({ ...CONTAINER, row: null, events: [], alerts: [] }, null, 640, WORDS);
    expect([d.seals, d.weight, d.power, d.now, d.load]).toEqual([[], null, null, null, null]);
    expect(Number.isFinite(d.height)).toBe(true);
  });
});

describe('the draw', () => {
  it('counts what opened without what was put there by hand', () => expect(tally(DRAW)).toEqual({ open: 6, sealed: 52, waiting: 1, opened: 18, done: 11, found: 1 }));
  it('a column holds its capacity; one by hand stands on top', () => {
    const cols = columns(DRAW.slots, ms('16:00'), 40);
    expect(cols[3]?.cells).toEqual(['clean', 'clean', 'clean', 'by_hand']);
    expect(cols[6]?.cells).toEqual(['waits', 'waits', 'waits']);
    expect(cols.filter((c) => c.now).map((c) => c.label)).toEqual(['16']);
  });
  it('a place that was not filled is free', () => {
    const slot = DRAW.slots[0];
    expect(columns(slot ? [{ ...slot, picks: slot.picks.slice(0, 1) }] : [], 0, 40)[0]?.cells).toEqual(['found', 'free', 'free']);
  });
  it('slots too many for the picture are told by the hour', () => {
    const many = Array.from({ length: 30 }, (_, n) => ({ ...(DRAW.slots[20] as (typeof DRAW.slots)[number]), n, at: new Date(ms('10:00') + n * 600_000).toISOString() }));
    expect(columns(many, ms('09:00'), 24).map((c) => [c.label, c.cells.length])).toEqual([['10', 18], ['11', 18], ['12', 18], ['13', 18], ['14', 18]]);
    expect(columns(many, ms('09:00'), 24).some((c) => c.now)).toBe(false);
  });
});

it('an event that leaves out what it does not know is settled: unknown is null, and no seal is an empty list', () => {
  const e = settled({ id: 'evt-1', kind: 'MOVE', at: t('01:00'), source_name: 'tos.csv', line: 1, yard: { slot: 'A1' } as never, mass: undefined });
  expect(e).toMatchObject({ classifier: 'ACT', seals: [], mass: null, reefer: null, order: null, facility: null, yard: { slot: 'A1', tier: null, doors: null, camera_blind: null } });
  expect(settled({ ...e, seals: [{ number: 'A1', placement: 'DOOR' } as never] }).seals[0]).toEqual({ number: 'A1', placement: 'DOOR', maker: null, source: null, second_read: null, read_count: 0 });
});
