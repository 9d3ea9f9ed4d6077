/** Results of scans in words and signs, and what an officer may send. Which pick may have one, the node judges. */
import { i18n } from '../../core/i18n.svelte';
import { SCAN, type NotDone, type NewScanResult, type DrawPick, type PickResult, type ScanOutcome } from '../../core/port';
import { show } from '../../core/show.svelte';
import type { IconName } from '../../parts/Icon.svelte';

export const SIGN: Record<ScanOutcome, { icon: IconName; tone: 'ok' | 'stop' | 'warn' }> = {
  clean: { icon: 'tick', tone: 'ok' }, found: { icon: 'diamond', tone: 'stop' }, not_done: { icon: 'cross', tone: 'warn' },
};

/** The one that stands. */
export const standing = (pick: DrawPick): PickResult | null => pick.results.at(-1) ?? null;

/** The outcome, and in short what is said of it: what was found, or why nothing was done. */
export function resultText(r: PickResult): string {
  const t = i18n.t.port.scan;
  const mass = r.kilograms === null ? '' : t.kg(show.number(r.kilograms, Number.isInteger(r.kilograms) ? 0 : 1));
  const why = r.reason === null ? '' : t.reason[r.reason];
  return [t.outcome[r.outcome], why, mass].filter(Boolean).join(', ');
}

export interface Draft { outcome: ScanOutcome | null; reason: NotDone | ''; kilograms: string; note: string }
export const EMPTY: Draft = { outcome: null, reason: '', kilograms: '', note: '' };
export const draftOf = (r: PickResult | null): Draft =>
  r === null ? EMPTY : { outcome: r.outcome, reason: r.reason ?? '', kilograms: r.kilograms === null ? '' : String(r.kilograms), note: r.note };

/** `null`: empty. A comma is read as the decimal sign: that is how half of the officers write it. */
export function kilograms(text: string): number | null | 'wrong' {
  if (text.trim() === '') return null;
  const value = /^\d+([.,]\d+)?$/.test(text.trim()) ? Number(text.trim().replace(',', '.')) : Number.NaN;
  return value >= SCAN.least && value <= SCAN.most ? value : 'wrong';
}

export type Lack = 'outcome' | 'reason' | 'note' | 'mass';
export function lacks(d: Draft): Lack | null {
  if (d.outcome === null) return 'outcome';
  if (d.outcome === 'found' && kilograms(d.kilograms) === 'wrong') return 'mass';
  if (d.outcome === 'not_done' && d.reason === '') return 'reason';
  return d.outcome === 'not_done' && d.reason === 'other' && d.note.trim() === '' ? 'note' : null;
}

/** What of the draft is sent: only what the outcome asks for. Line breaks and other controls become blanks. */
export function said(d: Draft): Pick<NewScanResult, 'outcome' | 'reason' | 'kilograms' | 'note'> | null {
  if (d.outcome === null || lacks(d) !== null) return null;
  const mass = d.outcome === 'found' ? kilograms(d.kilograms) : null;
  return {
    outcome: d.outcome, reason: d.outcome === 'not_done' ? d.reason || null : null, kilograms: mass === 'wrong' ? null : mass,
    note: d.note.replace(/\p{Cc}+/gu, ' ').trim(),
  };
}

/** A name for an act. `crypto.randomUUID` is absent where the page comes over plain HTTP. */
export const newKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
