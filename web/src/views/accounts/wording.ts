/** Cells, rows and figures of the accounts as words and numbers of the officer's language. */
import { PLAIN, type Cell, type Figure, type MatrixRow, type SourceRef, type Tongues, type Verdict, type Vintage } from '../../core/accounts';
import { floatOf, formatDecimal, formatShortDecimal } from '../../core/decimal';
import { i18n, word } from '../../core/i18n.svelte';
import type { IconName } from '../../parts/Icon.svelte';
import { UNDATED, type MarkName } from './matrix';

export const tongue = (text: Tongues | null | undefined): string => text?.[i18n.lang] ?? '';
export const short = (num: string | null | undefined, signed = false): string => formatShortDecimal(i18n.lang, num, signed);
export const exact = (num: string | null | undefined): string => formatDecimal(i18n.lang, num);
export const percent = (num: string | null | undefined, signed = false): string => formatDecimal(i18n.lang, num, { most: 1, signed });

/** A count of things needs no unit. */
export const unitText = (unit: string | null | undefined): string => (!unit || unit === 'count' ? '' : word(i18n.t.accounts.unitWord, unit));
export const withUnit = (text: string, unit: string | null | undefined): string => [text, unitText(unit)].filter(Boolean).join(' ');
export const vintageText = (vintage: Vintage): string => (vintage === UNDATED ? i18n.t.accounts.matrix.undated : vintage);
export const boundText = (bound: string): string => (bound === 'point' || bound === 'as_stated' ? '' : word(i18n.t.accounts.bound, bound));
export const figureText = (f: Pick<Figure, 'value' | 'unit'>): string => withUnit(short(f.value), f.unit);

/** A verdict on measured figures needs no reason beside it. */
export const reasonText = (reason: string | null): string => (reason === null || PLAIN.includes(reason) ? '' : word(i18n.t.accounts.reason, reason));

export interface Mark { icon: IconName | null; tone: '' | 'ok' | 'warn' | 'stop' }
export const MARK: Record<MarkName, Mark> = {
  met: { icon: 'tick', tone: 'ok' }, missed: { icon: 'cross', tone: 'stop' }, undecided: { icon: 'half-disc', tone: 'warn' }, pending: { icon: 'half-ring', tone: '' },
  not_measurable: { icon: null, tone: '' }, same: { icon: null, tone: '' }, absent: { icon: null, tone: '' },
};
export const verdictMark = (verdict: Verdict, pending: boolean): MarkName => (pending && verdict !== 'met' && verdict !== 'missed' ? 'pending' : verdict);

/** A promised change reads as the change; another target, as the part of it that was reached. */
export function cellNumber(row: MatrixRow, cell: Cell): string {
  const change = row.direction === 'change';
  const num = change || cell.progress === null ? cell.value : cell.progress;
  // Near a hundred a tenth decides whether a target was met; a change that large has no such edge.
  return formatDecimal(i18n.lang, num, { most: change && Math.abs(floatOf(num)) >= 100 ? 0 : 1, signed: change });
}
export function cellUnit(row: MatrixRow, cell: Cell): string {
  return row.direction !== 'change' && cell.progress !== null ? '%' : unitText(cell.unit);
}

export function targetText(row: MatrixRow): string {
  const t = i18n.t.accounts.matrix.target;
  const signed = row.direction === 'change';
  const one = row.target === null ? '' : short(row.target, signed);
  const both = row.target_high === null ? one : `${one}–${short(row.target_high, signed)}`;
  return t[row.direction](withUnit(both, row.unit));
}

export function deadlineText(deadline: string | null): string {
  const t = i18n.t.accounts.matrix;
  if (deadline === null) return '';
  return deadline === 'open' ? t.open : deadline === 'not_stated' ? t.notStated : t.until(deadline);
}

export function baselineText(row: MatrixRow): string {
  const t = i18n.t.accounts.matrix;
  if (!row.baseline) return '';
  if (row.baseline.stated) return t.base(row.baseline.label);
  return row.first_of_commitment ? t.read(row.baseline.label) : t.readAlso(row.baseline.label);
}

export function sourceName(source: SourceRef): string {
  return source.kind === 'named' ? source.name : i18n.t.accounts.source.document;
}
export const shortHash = (hash: string): string => (hash.length > 12 ? `${hash.slice(0, 4)}…${hash.slice(-4)}` : hash);

/** A refusal's own words, then those that any view has. */
export function failureText(code: string): string {
  const own = i18n.t.accounts.errors[code];
  return i18n.t.core.errorWithCode(own ?? word(i18n.t.core.errors, code), code);
}
