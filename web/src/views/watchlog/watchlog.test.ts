import { describe, expect, it } from 'vitest';
import { TABLES } from '../../core/i18n.svelte';
import type { WatchLogEntry } from '../../core/model';
import { isFiltered, matches, NO_FILTER, readFilter, readMmsi, writeFilter } from './filter';
import { byHour, merge, watchOf, watchStart } from './groups';
import { detail, headline, partnersOf, withPartner } from './wording';

const entry = (over: Partial<WatchLogEntry>): WatchLogEntry => ({
  id: 'a', at: '2026-03-14T05:10:00Z', recorded: '2026-03-14T05:10:00Z', kind: 'event', code: 'gap', officer: null, mmsi: 100000001,
  name: 'ALBATROS', lead: null, lead_number: null, event: 'e', lat: 1, lon: 2, text: null, numbers: {}, leaf: null, ...over,
});

describe('filter', () => {
  it('comes back from the URL as it went in, and leaves other views\' keys alone', () => {
    const filter = { kind: 'note' as const, officer: 'o1', text: 'faro & práctico', mmsi: 100000001, from: Date.UTC(2026, 2, 14, 4), to: null };
    const extra = writeFilter({ l_tab: 'leads', w_kind: 'feed' }, filter);
    expect(extra['l_tab']).toBe('leads');
    expect(readFilter(extra)).toEqual(filter);
    expect(isFiltered(readFilter({}))).toBe(false);
  });

  it('a kind that does not exist filters nothing, a short number is no MMSI', () => {
    expect(readFilter({ w_kind: 'nonsense' })).toEqual(NO_FILTER);
    expect(readMmsi('12345678')).toBeNull();
    expect(readMmsi('100 000 001')).toBe(100000001);
  });

  it('matches what people read: names, numbers of leads, words', () => {
    const decided = entry({ kind: 'decision', lead_number: 'IND-2603-0007', text: 'patrulla avisada' });
    expect(matches(decided, { ...NO_FILTER, text: 'ind-2603-0007' })).toBe(true);
    expect(matches(decided, { ...NO_FILTER, text: 'albatros', kind: 'decision' })).toBe(true);
    expect(matches(decided, { ...NO_FILTER, mmsi: 100000002 })).toBe(false);
    expect(matches(decided, { ...NO_FILTER, from: Date.parse('2026-03-14T06:00:00Z') })).toBe(false);
  });
});

describe('order', () => {
  it('newest first, each entry once, grouped by hour within its watch', () => {
    const old = entry({ id: 'a' }), late = entry({ id: 'b', at: '2026-03-14T08:00:00Z' });
    const merged = merge([old], [late, entry({ id: 'a', text: 'again' })]);
    expect(merged.map((e) => e.id)).toEqual(['b', 'a']);
    expect(merged[1]?.text).toBe('again');
    expect(byHour(merged).map((g) => g.watch)).toEqual([['08', '12'], ['04', '08']]);
  });

  it('a watch begins on its first second and the last one ends at 24', () => {
    expect(watchOf(Date.UTC(2026, 2, 14, 3, 59, 59))).toEqual(['00', '04']);
    expect(watchOf(Date.UTC(2026, 2, 14, 4))).toEqual(['04', '08']);
    expect(watchOf(Date.UTC(2026, 2, 14, 23))).toEqual(['20', '24']);
    expect(new Date(watchStart(Date.UTC(2026, 2, 14, 7, 5))).getUTCHours()).toBe(4);
  });
});

describe('wording', () => {
  it('says codes in both languages and shows an unknown code as it came', () => {
    expect(headline(entry({}), TABLES.es)).toBe('Silencio de AIS');
    expect(headline(entry({ kind: 'lead', code: 'encounter' }), TABLES.en)).toBe(TABLES.en.core.reason.encounter);
    expect(headline(entry({ code: 'not_yet_named' }), TABLES.en)).toBe('not_yet_named');
  });

  it('numbers carry their unit, with the language\'s decimal mark', () => {
    const e = entry({ numbers: { duration_h: 6.95, implied_speed_kn: 10.2 } });
    expect(detail(e, TABLES.es, 'es')).toContain('10,2 kn');
    expect(detail(e, TABLES.en, 'en')).toContain('10.2 kn');
  });
});

describe('an encounter names both ships', () => {
  const met = { id: 'e', other: 100000002, other_name: 'PETREL' } as never;
  const partners = partnersOf([met], []);
  it('when the picture holds the event', () => {
    expect(withPartner('Encuentro', entry({ code: 'encounter' }), partners, TABLES.es)).toBe('Encuentro con PETREL');
    expect(withPartner('Encounter', entry({ code: 'encounter' }), partners, TABLES.en)).toBe('Encounter with PETREL');
  });
  it('and says nothing it does not know, nor of other kinds of entry', () => {
    expect(withPartner('Encuentro', entry({ event: 'x' }), partners, TABLES.es)).toBe('Encuentro');
    expect(withPartner('Aceptado', entry({ kind: 'decision' }), partners, TABLES.es)).toBe('Aceptado');
  });
});
