/** How a lead and its reasons are put into words: assembled from codes, names and numbers, never from sentences of the node. */
import { findingPieces } from '../../core/findings';
import { i18n, word, type Messages } from '../../core/i18n.svelte';
import { placeOf, reasonWord, subjectName } from '../../core/lead-words';
import type { BehaviourEvent, LeadSummary, Reason } from '../../core/model';
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
/** Numbers that are choices from a list, and those that are angles between directions, not directions. */
const SPEED_CHANGES = ['slower', 'faster', 'sudden_stop', 'sprint'] as const;
const DEPARTURES = ['stop', 'first_heard'] as const;
const ANGLES = new Set(['heading_offset_deg', 'course_difference_deg']);
const SHARES = new Set(['heading_share', 'heading_steadiness', 'course_steadiness', 'contradicted_share', 'nav_status_share', 'p_reception']);

function piece(t: Messages, name: string, value: number): string | null {
  if (/_(lat|lon)(_deg)?$/.test(name)) return null;
  if (name in t.core.identityReason) return word(t.core.identityReason, name);
  if (name === 'change') return word(t.core.speedChange, SPEED_CHANGES[value - 1] ?? String(value));
  if (name === 'origin') return word(t.core.departureFrom, DEPARTURES[value - 1] ?? String(value));
  const named = (text: string): string => `${word(t.core.number, name)} ${text}`;
  if (name === 'entered' || name === 'left') return named(value === 1 ? t.core.yesNo.yes : t.core.yesNo.no);
  if (ANGLES.has(name)) return named(`${show.number(value)}°`);
  if (SHARES.has(name)) return named(`${show.number(value * 100)} %`);
  if (name.endsWith('_min')) return named(show.named('duration_h', value / 60));
  return PLAIN.has(name) ? show.named(name, value) : named(show.named(name, value));
}

/** The numbers of an event or a reason in words, its duration first. */
/** An event's numbers, but for that of a place which has a name. */
export function eventNumbers(e: Pick<BehaviourEvent, 'numbers' | 'place'>): Record<string, number> {
  const unnamed = (name: string): boolean => e.place === null || (name !== 'anchorage' && name !== 'area');
  return Object.fromEntries(Object.entries(e.numbers).filter(([name]) => unnamed(name)));
}

export function numberWords(t: Messages, numbers: Readonly<Record<string, number>>): string {
  return Object.entries(numbers)
    .sort(([a], [b]) => Number(b === 'duration_h') - Number(a === 'duration_h'))
    .map(([name, value]) => piece(t, name, value))
    .filter((text): text is string => text !== null)
    .join(' · ');
}

export function reasonNumbers(t: Messages, r: Pick<Reason, 'numbers' | 'code'>): string {
  const port = findingPieces(r.code, r.numbers, {}, t, i18n.lang);
  return port ? port.join(' · ') : numberWords(t, r.numbers);
}
