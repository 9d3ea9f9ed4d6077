import { describe, expect, it } from 'vitest';
import { cell, row } from './fixture';
import type { Cell } from '../../core/accounts';
import { alone, baselinesOf, byVintage, cellsOf, changesOf, columnsOf, hiddenOf, markOf, rowKey, rowsOf, shownIn, stepTo } from './matrix';

const many = row({
  commitment: 'manual-2020', baseline: null, cells: [
    cell({ method: 'registry', vintage: '2020-12', verdict: 'missed' }), cell({ method: 'registry', vintage: '2021-01', verdict: 'met' }), cell({ method: 'registry', vintage: '2021-03', verdict: 'met' }),
    cell({ method: 'registry', vintage: '2021-06', verdict: 'undecided', reason: 'bound_only', mark: 'left_open' }), cell({ method: 'registry', vintage: '2022-07', verdict: 'met' }), cell({ method: 'registry', vintage: 'unknown', verdict: 'met' }),
  ],
});
const vintages = (columns: ReturnType<typeof columnsOf>): string[] => columns.map((c) => (c.slot.kind === 'vintage' ? c.slot.vintage : c.slot.kind));

describe('columns', () => {
  it('are the vintages themselves while they are few', () => {
    expect(vintages(columnsOf([row({})], ['simci', 'us_government'], 'point', 9))).toEqual(['2019-09', '2008-10']);
  });
  it('are first, changed and last where there are many', () => {
    const columns = columnsOf([many], ['registry'], 'point', 9);
    expect(vintages(columns)).toEqual(['first', 'change', 'change', 'last']);
    expect(columns.map((c) => shownIn(many, c, 'point').cell?.vintage)).toEqual(['2020-12', '2021-01', '2021-06', 'unknown']);
  });
  it('give way to the room, down to the last vintage alone', () => {
    expect(columnsOf([many, row({})], ['simci', 'registry'], 'point', 4)).toHaveLength(4);
    expect(vintages(columnsOf([many], ['registry'], 'point', 1))).toEqual(['last']);
  });
  it('leave nothing out silently', () => {
    expect(hiddenOf(many, columnsOf([many], ['registry'], 'point', 9), 'point')).toBe(2);
    expect(hiddenOf(many, columnsOf([many], ['registry'], 'point', 1), 'point')).toBe(5);
  });
  it('say that a row has no other verdict, not that it does not apply', () => {
    const single = row({ commitment: 'manual-2021', baseline: null, cells: [cell({ method: 'registry', vintage: '2022-07', verdict: 'missed' })] });
    const columns = columnsOf([many, single], ['registry'], 'point', 9);
    expect(columns.map((c) => markOf(shownIn(single, c, 'point')))).toEqual(['same', 'same', 'same', 'missed']);
    expect(columns.map((c) => markOf(shownIn(row({}), c, 'point')))).toEqual(['absent', 'absent', 'absent', 'absent']);
  });
});

describe('cells', () => {
  it('stand in the order in which they became known, the undated last', () => {
    expect(['unknown', '2019-09', '2019', '2018-12-03'].sort(byVintage)).toEqual(['2018-12-03', '2019', '2019-09', 'unknown']);
  });
  it('fall back to the point where no interval was published', () => {
    const r = row({ cells: [cell({ vintage: '2018-09' }), cell({ vintage: '2019-09' }), cell({ vintage: '2019-09', end: 'high', verdict: 'missed' })] });
    expect(cellsOf(r, 'simci', 'high').map((c) => [c.vintage, c.end])).toEqual([['2018-09', 'point'], ['2019-09', 'high']]);
    expect(changesOf(cellsOf(r, 'simci', 'high')).map((c) => c.vintage)).toEqual(['2019-09']);
    expect(changesOf(cellsOf(r, 'simci', 'point'))).toEqual([]);
  });
  it('are carried to later vintages and never to earlier ones', () => {
    const early = row({ commitment: 'a', baseline: null, cells: [cell({ vintage: '2018-09' })] });
    const late = row({ commitment: 'b', baseline: null, cells: [cell({ vintage: '2020-07', verdict: 'missed' })] });
    const columns = columnsOf([early, late], ['simci'], 'point', 9);
    expect(shownIn(early, columns[1]!, 'point')).toMatchObject({ carried: true, cell: { vintage: '2018-09' } });
    expect(markOf(shownIn(late, columns[0]!, 'point'))).toBe('pending');
  });
  it('tell "not yet published" from "does not apply" and from a margin', () => {
    const mark = (own: Cell['mark'], verdict: Cell['verdict']) => markOf(alone(cell({ verdict, mark: own })));
    expect([mark('not_yet', 'undecided'), mark('not_yet', 'not_measurable'), mark('left_open', 'undecided'), mark('does_not_apply', 'not_measurable'), mark('not_measured', 'not_measurable'), mark('judged', 'met')]).toEqual(['pending', 'pending', 'undecided', 'absent', 'not_measurable', 'met']);
  });
});

it('a cell without a figure makes no column, and says why there is none', () => {
  const r = row({ cells: [cell({}), cell({ method: 'siima', vintage: '-', verdict: 'not_measurable', reason: 'series_starts_later', mark: 'does_not_apply', value: null, observations: [] })] });
  const columns = columnsOf([r, row({ commitment: 'b', cells: [cell({ method: 'siima', vintage: '2025-04' })] })], ['simci', 'siima'], 'point', 9);
  expect(vintages(columns)).toEqual(['2019-09', '2025-04']);
  expect(markOf(shownIn(r, columns[1]!, 'point'))).toBe('absent');
  expect(shownIn(r, columns[1]!, 'point').cell?.reason).toBe('series_starts_later');
  expect(hiddenOf(r, columns, 'point')).toBe(0);
});

describe('rows', () => {
  const groups = [{ rows: [row({}), row({ commitment: 'hld', baseline: { label: '2017', stated: false } }), row({ commitment: 'hld', baseline: { label: '2016', stated: false }, first_of_commitment: false }), many] }];
  it('have a key for each reading of a baseline', () => expect(groups[0]!.rows.map(rowKey)).toEqual(['plan-colombia-50pct~2000', 'hld~2017', 'hld~2016', 'manual-2020']));
  it('of one reading keep the promises that need none', () => {
    expect(baselinesOf(groups)).toEqual(['2000', '2016', '2017']);
    expect(rowsOf(groups, '2016').map(rowKey)).toEqual(['hld~2016', 'manual-2020']);
  });
});

it('arrows stay inside the table and leave other keys alone', () => {
  expect(stepTo('ArrowUp', { row: 0, column: 3 }, 4, 5)).toEqual({ row: 0, column: 3 });
  expect(stepTo('ArrowRight', { row: 1, column: 4 }, 4, 5)).toEqual({ row: 1, column: 4 });
  expect(stepTo('Home', { row: 1, column: 4 }, 4, 5)).toEqual({ row: 1, column: 0 });
  expect(stepTo('Enter', { row: 1, column: 4 }, 4, 5)).toBeNull();
});
