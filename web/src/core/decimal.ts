/**
 * Exact decimals as text. A figure of the node is rounded and grouped here by its digits alone, so that what an officer
 * reads is the published number and not its nearest float.
 */
import { UNKNOWN, type Lang } from './units';

const FORM = /^(-?)(\d+)(?:\.(\d+))?$/;
const MARKS: Record<Lang, { group: string; point: string }> = { es: { group: '.', point: ',' }, en: { group: ',', point: '.' } };

interface Parts { negative: boolean; whole: string; part: string }
function partsOf(num: string | null | undefined): Parts | null {
  const found = FORM.exec(num ?? '');
  if (!found) return null;
  return { negative: found[1] === '-', whole: (found[2] ?? '0').replace(/^0+(?=\d)/, ''), part: found[3] ?? '' };
}

/** Half away from zero, by digits. A text that is no decimal is null. */
export function roundDecimal(num: string, digits: number): string | null {
  const p = partsOf(num);
  if (!p) return null;
  let { whole } = p;
  let part = p.part.padEnd(digits, '0').slice(0, digits);
  if ((p.part[digits] ?? '0') >= '5') {
    const up = (BigInt(whole + part) + 1n).toString().padStart(digits + 1, '0');
    whole = digits === 0 ? up : up.slice(0, -digits);
    part = digits === 0 ? '' : up.slice(-digits);
  }
  const zero = /^0*$/.test(whole + part);
  return `${p.negative && !zero ? '-' : ''}${whole}${part === '' ? '' : `.${part}`}`;
}

/** Signs that a sum of texts can have: −1, 0, 1. */
export function signOf(num: string): -1 | 0 | 1 {
  const p = partsOf(num);
  if (!p || /^0*$/.test(p.whole + p.part)) return 0;
  return p.negative ? -1 : 1;
}

interface How {
  /** Digits after the point at most; without it all that are there. */
  most?: number;
  /** Always this many, zeros included. */
  always?: number;
  /** A plus as well as a minus. */
  signed?: boolean;
}

export function formatDecimal(lang: Lang, num: string | null | undefined, { most, always, signed = false }: How = {}): string {
  if (num === null || num === undefined || num === '') return UNKNOWN;
  const digits = always ?? most;
  const rounded = digits === undefined ? num : roundDecimal(num, digits);
  const p = partsOf(rounded);
  // What is no decimal is shown as it came: hiding it would say that nothing is known.
  if (!p) return num;
  const part = always === undefined ? p.part.replace(/0+$/, '') : p.part;
  const { group, point } = MARKS[lang];
  const body = p.whole.replace(/\B(?=(\d{3})+$)/g, group) + (part === '' ? '' : point + part);
  const zero = /^0*$/.test(p.whole + p.part);
  return (zero ? '' : p.negative ? '−' : signed ? '+' : '') + body;
}

/** As a table shows it: whole above a hundred, one digit above ten, two below. The source panel shows every digit. */
export function formatShortDecimal(lang: Lang, num: string | null | undefined, signed = false): string {
  const size = Math.abs(floatOf(num));
  return formatDecimal(lang, num, { most: size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 4, signed });
}

/** For the place of a mark on a scale only; never for a number that is read. */
export function floatOf(num: string | null | undefined): number {
  return num === null || num === undefined || num === '' ? Number.NaN : Number(num);
}
