/** How a lead and its reasons are put into words: assembled from codes, names and numbers, never from sentences of the node. */
import { findingPieces } from '../../core/findings';
import { i18n, word, type Messages } from '../../core/i18n.svelte';
import { placeOf, reasonWord, subjectName } from '../../core/lead-words';
import type { LeadSummary, Reason } from '../../core/model';
import { shipClass } from '../../core/ship-types';
import { show } from '../../core/show.svelte';
import { formatShort } from '../../core/time';
import { formatMmsi } from '../../core/units';

export const vesselName = (name: string | null, mmsi: number): string => name?.trim() || formatMmsi(mmsi);

export function leadVessels(t: Messages, l: LeadSummary): string {
  const first = subjectName(l);
  return l.other === null ? first : t.sea.queue.with(first, vesselName(l.other_name, l.other));
}

/** `Merodeo · +1`: what else counts for the lead beside its title, strongest first; alone, its place. */
export function leadSummaryLine(t: Messages, l: LeadSummary): string {
  const seen = [...new Set(l.bars.filter(([code, nats]) => nats > 0 && code !== l.title).map(([code]) => reasonWord(code, t)))];
  if (seen.length === 0) return [formatShort(l.start), ...(l.container === null ? [show.position(placeOf(l))] : [])].join(' · ');
  const rest = seen.length - 2;
  return [...seen.slice(0, 2), ...(rest > 0 ? [t.sea.queue.more(rest)] : [])].join(' · ');
}

export function vesselDetails(t: Messages, name: string | null, mmsi: number, type: number | null): string {
  const details = [type === null ? '' : t.core.shipClass[shipClass(type)].toLowerCase(), name ? `MMSI ${formatMmsi(mmsi)}` : ''].filter(Boolean).join(', ');
  return details ? t.sea.card.described(vesselName(name, mmsi), details) : vesselName(name, mmsi);
}

/** Numbers that stand alone by their unit; the others need their name. */
const PLAIN = new Set(['duration_h', 'distance_m', 'avg_speed_kn', 'median_speed_kn', 'speed_kn']);

export function reasonNumbers(t: Messages, r: Pick<Reason, 'numbers' | 'code'>): string {
  const port = findingPieces(r.code, r.numbers, {}, t, i18n.lang);
  if (port) return port.join(' · ');
  return Object.entries(r.numbers)
    .filter(([name]) => !/_(lat|lon)$/.test(name))
    .sort(([a], [b]) => Number(b === 'duration_h') - Number(a === 'duration_h'))
    .map(([name, value]) => (PLAIN.has(name) ? show.named(name, value) : `${word(t.core.number, name)} ${show.named(name, value)}`))
    .join(' · ');
}
