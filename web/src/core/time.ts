/**
 * Time as the watch keeps it: UTC everywhere, `2026-11-21 16:00:09Z` or the date-time group `211600ZNOV26`.
 * Never reads the machine's zone; local time is shown only where a person asks for it.
 */
import { UNKNOWN } from './units';

export type TimeFormat = 'iso' | 'dtg';
export type Instant = number | string | null | undefined;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** Epoch milliseconds of an RFC 3339 string or of a number; NaN when it is neither. */
export function toMs(at: Instant): number {
  if (typeof at === 'number') return at;
  return at ? Date.parse(at) : Number.NaN;
}

function parts(at: Instant): string[] | null {
  const ms = toMs(at);
  if (!Number.isFinite(ms)) return null;
  return new Date(ms).toISOString().split(/[-T:.Z]/);
}

/** `2026-11-21 16:00:09Z` */
export function formatInstant(at: Instant, format: TimeFormat = 'iso'): string {
  const p = parts(at);
  if (!p) return UNKNOWN;
  if (format === 'dtg') return formatDtg(at);
  return `${p[0]}-${p[1]}-${p[2]} ${p[3]}:${p[4]}:${p[5]}Z`;
}

/** `211600ZNOV26`: day, hours and minutes, zone, month, year. */
export function formatDtg(at: Instant): string {
  const p = parts(at);
  if (!p) return UNKNOWN;
  return `${p[2]}${p[3]}${p[4]}Z${MONTHS[Number(p[1]) - 1]}${(p[0] ?? '').slice(2)}`;
}

/** `2026-11-21` */
export function formatDate(at: Instant): string {
  const p = parts(at);
  return p ? `${p[0]}-${p[1]}-${p[2]}` : UNKNOWN;
}

/** `16:00:09Z` */
export function formatClock(at: Instant): string {
  const p = parts(at);
  return p ? `${p[3]}:${p[4]}:${p[5]}Z` : UNKNOWN;
}

/** `16:00:09.412Z`: for acts whose order within a second matters. */
export function formatClockMs(at: Instant): string {
  const p = parts(at);
  return p ? `${p[3]}:${p[4]}:${p[5]}.${p[6]}Z` : UNKNOWN;
}

/** `16:00Z`; with a reference day other than its own, `21 16:00Z`. */
export function formatShort(at: Instant, reference?: Instant): string {
  const p = parts(at);
  if (!p) return UNKNOWN;
  const r = reference === undefined ? null : parts(reference);
  const sameDay = !r || (r[0] === p[0] && r[1] === p[1] && r[2] === p[2]);
  return sameDay ? `${p[3]}:${p[4]}Z` : `${p[2]} ${p[3]}:${p[4]}Z`;
}

/** A span in the two largest units: `2 s`, `48 min`, `6 h 57 min`, `3 d 4 h`. Units read the same in both languages. */
export function formatSpan(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return UNKNOWN;
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

export const formatHours = (hours: number | null): string => formatSpan(hours === null ? null : hours * 3_600_000);

/**
 * Reads `2026-11-21 16:00:09Z`, RFC 3339 or a date-time group. A text without a zone is taken as UTC; another
 * zone is honoured when RFC 3339 states it.
 */
export function parseInstant(text: string): number | null {
  const s = text.trim().toUpperCase();
  const dtg = /^(\d{2})(\d{2})(\d{2})Z\s?([A-Z]{3})\s?(\d{2})$/.exec(s);
  if (dtg) {
    const month = MONTHS.indexOf(dtg[4] ?? '');
    if (month < 0) return null;
    return exact(2000 + Number(dtg[5]), month, Number(dtg[1]), Number(dtg[2]), Number(dtg[3]), 0);
  }
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s?(Z|[+-]\d{2}:?\d{2})?$/.exec(s);
  if (!iso) return null;
  const base = exact(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]), Number(iso[4] ?? 0), Number(iso[5] ?? 0), Number(iso[6] ?? 0));
  if (base === null) return null;
  const zone = iso[7];
  if (!zone || zone === 'Z') return base;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return base + (zone.startsWith('-') ? 1 : -1) * minutes * 60_000;
}

/** Refuses dates that do not exist instead of rolling them over. */
function exact(y: number, month: number, d: number, h: number, min: number, s: number): number | null {
  if (h > 23 || min > 59 || s > 59) return null;
  const ms = Date.UTC(y, month, d, h, min, s);
  const back = new Date(ms);
  return back.getUTCFullYear() === y && back.getUTCMonth() === month && back.getUTCDate() === d ? ms : null;
}
