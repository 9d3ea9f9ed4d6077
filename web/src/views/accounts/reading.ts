/** What a person makes of the proposals of a reading: ticked, with the series, place and period under which each enters. */
import type { Acceptance, Indicator, Reading } from '../../core/accounts';
import { dayOf } from './place';

export interface QuantityDraft { n: number; take: boolean; done: boolean; series: string; place: string; period: string }
export interface ClaimDraft { n: number; take: boolean; done: boolean; day: string }
export interface Drafts { quantities: QuantityDraft[]; claims: ClaimDraft[] }

/** Nothing is ticked for anyone: a figure enters because a person chose it. */
export function draftsOf(reading: Reading, place: string): Drafts {
  return {
    quantities: reading.quantities.map((q) => ({ n: q.n, take: false, done: false, series: '', place: q.place ?? place, period: q.period ?? '' })),
    claims: reading.claims.map((c) => ({ n: c.n, take: false, done: false, day: reading.published ?? '' })),
  };
}

export function lacking(drafts: Drafts): boolean {
  return drafts.quantities.some((q) => q.take && (q.series.trim() === '' || q.place.trim() === '' || q.period.trim() === ''));
}

export function acceptanceOf(document: string, drafts: Drafts): Acceptance {
  return {
    document,
    quantities: drafts.quantities.filter((q) => q.take && !q.done).map(({ n, series, place, period }) => ({ n, series: series.trim(), place: place.trim(), period: period.trim() })),
    claims: drafts.claims.filter((c) => c.take && !c.done).map(({ n, day }) => ({ n, day: dayOf(day) })),
  };
}

/** Series under which a quantity of that unit may enter; those of its own unit first. */
export function seriesFor(indicators: readonly Indicator[], unit: string | null): string[] {
  const own = indicators.filter((i) => i.unit === unit).flatMap((i) => i.series);
  return [...new Set([...own, ...indicators.flatMap((i) => i.series)])];
}
