import { describe, expect, it } from 'vitest';
import { format, parse, DEFAULTS } from '../../core/url.svelte';
import { acceptanceOf, draftsOf, lacking, seriesFor } from './reading';
import { dayOf, readPlace, writePlace } from './place';
import { yearRuns } from './years';

describe('the place in the link', () => {
  it('comes back as it was written, and defaults leave the link', () => {
    const extra = writePlace({ p_box: 'X' }, { tab: 'claims', day: '2019-10-01', row: 'hld-50pct-area~2017 (2018)', method: 'simci', vintage: '2019-09', source: 12, end: 'point' });
    const again = parse(format({ ...DEFAULTS, view: 'accounts', extra }));
    expect(again.view).toBe('accounts');
    expect(readPlace(again.extra)).toMatchObject({ tab: 'claims', day: '2019-10-01', row: 'hld-50pct-area~2017 (2018)', method: 'simci', vintage: '2019-09', source: 12, end: 'point' });
    expect(again.extra['a_end']).toBeUndefined();
    expect(again.extra['p_box']).toBe('X');
  });
  it('leaves what it does not understand at its default', () => {
    expect(readPlace({ a_tab: 'x', a_day: '2019-02-30', a_src: '-1', a_end: 'top' })).toMatchObject({ tab: 'commitments', day: null, source: null, end: 'point' });
    expect([dayOf('2024-02-29'), dayOf('2023-02-29'), dayOf('1/2/2024')]).toEqual(['2024-02-29', null, null]);
  });
});

describe('what a person makes of a reading', () => {
  const quantity = { n: 0, span: { from: 0, to: 2 }, text: '12 t', value: '12', low: null, high: null, unit: 't', what: '', bound: 'as_stated', period: null, place: null, reasons: [] };
  const drafts = draftsOf({ document: 'd', language: 'es', published: '2025-01-02', personal_allegations: 0, quantities: [quantity], dates: [], actors: [], claims: [{ n: 0, span: { from: 0, to: 2 }, text: '', speaker: '', quantities: [], act: null }], left_out: [] }, 'CO');
  it('is nothing until it is ticked', () => expect(acceptanceOf('d', drafts)).toEqual({ document: 'd', quantities: [], claims: [] }));
  it('needs series, place and period', () => {
    const ticked = { ...drafts, quantities: drafts.quantities.map((q) => ({ ...q, take: true })) };
    expect(lacking(ticked)).toBe(true);
    const fixed = { quantities: ticked.quantities.map((q) => ({ ...q, series: ' co.seiz.hcl.gov ', period: '2024' })), claims: ticked.claims.map((c) => ({ ...c, take: true })) };
    expect(lacking(fixed)).toBe(false);
    expect(acceptanceOf('d', fixed)).toEqual({ document: 'd', quantities: [{ n: 0, series: 'co.seiz.hcl.gov', place: 'CO', period: '2024' }], claims: [{ n: 0, day: '2025-01-02' }] });
  });
  it('is offered series of its unit first', () => {
    const one = (id: string, unit: string) => ({ id, programme: '', name: { es: '', en: '' }, unit, methods: [], figures: 1, series: [`${id}.x`] });
    expect(seriesFor([one('a', 'ha'), one('b', 't')], 't')).toEqual(['b.x', 'a.x']);
  });
});

it('years are told in runs', () => expect(yearRuns([2007, 1999, 2000, 2001, 2007])).toBe('1999–2001, 2007'));
