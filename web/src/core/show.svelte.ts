/** Formatting bound to the officer's language and formats. Components use this, never `units` or `time` with a guess. */
import { i18n } from './i18n.svelte';
import { settings } from './settings.svelte';
import { formatInstant, formatSpan, toMs, type Instant } from './time';
import {
  formatBearing, formatDistanceM, formatDistanceNm, formatNumber, formatPosition, formatSigned, formatSpeed, UNKNOWN,
  type Lang, type LatLon,
} from './units';

export const show = {
  number: (n: number | null, digits = 0): string => formatNumber(i18n.lang, n, digits),
  signed: (n: number, digits = 1): string => formatSigned(i18n.lang, n, digits),
  speed: (kn: number | null): string => formatSpeed(i18n.lang, kn),
  metres: (m: number | null): string => formatDistanceM(i18n.lang, m),
  nm: (nm: number | null): string => formatDistanceNm(i18n.lang, nm),
  bearing: (deg: number | null): string => formatBearing(deg),
  position: (at: LatLon | null): string => formatPosition(at, settings.position),
  instant: (at: Instant): string => formatInstant(at, settings.time),
  /** How long ago, against the picture's own time. */
  age: (at: Instant, now: number): string => {
    const ms = toMs(at);
    return Number.isFinite(ms) && Number.isFinite(now) ? formatSpan(Math.max(0, now - ms)) : UNKNOWN;
  },
  named: (name: string, value: number): string => named(i18n.lang, name, value),
};

/** A named number of an event or a reason, by the unit its name ends in; in either language, for print. */
export function named(lang: Lang, name: string, value: number): string {
  if (name.endsWith('_kn')) return formatSpeed(lang, value);
  if (name.endsWith('_m')) return formatDistanceM(lang, value);
  if (name.endsWith('_nm')) return formatDistanceNm(lang, value);
  if (name.endsWith('_h')) return formatSpan(value * 3_600_000);
  if (name.endsWith('_s')) return formatSpan(value * 1000);
  if (name.endsWith('_deg')) return formatBearing(value);
  return formatNumber(lang, value, Number.isInteger(value) ? 0 : 2);
}
