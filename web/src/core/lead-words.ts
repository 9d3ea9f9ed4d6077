/** A lead's codes and its subject as words, for vessels and containers alike: queue, list, card, sheet, announcement. */
import { word, type Messages } from './i18n.svelte';
import type { LeadSummary } from './model';
import { formatContainer } from './port';
import { formatMmsi, UNKNOWN, type LatLon } from './units';

/** What a rule or a behaviour found, by its code. */
export function reasonWord(code: string, t: Messages): string {
  const sea: Readonly<Record<string, string>> = t.core.reason;
  return sea[code] ?? word(t.port.finding, code);
}
/** An innocent reading, by its code. */
export function causeWord(code: string, t: Messages): string {
  const sea: Readonly<Record<string, string>> = t.sea.card.alternative;
  return sea[code] ?? word(t.port.cause, code);
}

type Subject = Pick<LeadSummary, 'mmsi' | 'container' | 'name'>;

/** The ship's name or number, or the container's number in its groups. */
export function subjectName(l: Subject): string {
  if (l.container) return formatContainer(l.container);
  return l.name?.trim() || (l.mmsi === null ? UNKNOWN : formatMmsi(l.mmsi));
}

/** Where it stands on the chart; null for what has no place there. */
export const placeOf = (l: { lat: number | null; lon: number | null }): LatLon | null =>
  l.lat === null || l.lon === null ? null : { lat: l.lat, lon: l.lon };
