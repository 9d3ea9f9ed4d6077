/** A place of the document in an officer's words: what it is, then its number. Members of the file keep their own names. */
import type { TABLES } from '../../../core/i18n.svelte';
import { formatContainer } from '../../../core/port';
import { formatNumber, type Lang } from '../../../core/units';
import type { Place } from './wrong';

type Table = (typeof TABLES)[Lang];

/** `timeOf`: when a slot opens, or nothing where it is not known. */
export function placeLine(place: Place, t: Table, lang: Lang, timeOf: (slot: number) => string): string {
  const words = t.port.rederive.place, bodies: Record<string, string> = t.port.draw.body;
  const n = (value: number): string => formatNumber(lang, value, 0);
  const out: string[] = [];
  if (place.slot !== undefined) out.push(words.slot(n(place.slot), timeOf(place.slot)));
  // People count attempts and overrides from one.
  if (place.attempt !== undefined) out.push(words.attempt(n(place.attempt + 1)));
  if (place.round !== undefined) out.push(words.round(n(place.round)));
  if (place.party !== undefined) out.push(words.party(n(place.party + 1)));
  if (place.body !== undefined) out.push(bodies[place.body] ?? place.body);
  if (place.override !== undefined) out.push(words.override(n(place.override + 1)));
  if (place.container !== undefined) out.push(formatContainer(place.container));
  if (place.path) out.push(words.path(place.path));
  return out.join(', ');
}
