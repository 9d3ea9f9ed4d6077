/** What the officer's filters let through: one predicate for the chart's rows, one for leads, one for events. */
import { ROUTINE, type BehaviourEvent, type LeadSummary } from './model';
import { SHIP_CLASSES } from './ship-types';
import { toMs } from './time';
import type { PageState, Sort } from './url.svelte';
import type { VesselTable } from './vessel-table';

type Filters = Pick<PageState, 'q' | 'classes' | 'minKn' | 'maxKn' | 'kinds' | 'states' | 'about' | 'event'>;

/** Upper case without accents, as AIS writes names. */
export const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();

export function matches(q: string, mmsi: number | null, name: string | null): boolean {
  const wanted = plain(q.trim());
  if (wanted === '') return true;
  if (/^[\d ]+$/.test(wanted)) return mmsi !== null && String(mmsi).padStart(9, '0').includes(wanted.replaceAll(' ', ''));
  return name !== null && plain(name).includes(wanted);
}

/** A container's number with or without its blanks, or any part of it. */
export const matchesBox = (q: string, container: string): boolean => container.includes(plain(q).replaceAll(' ', ''));

/** `since` leaves out vessels unheard for longer. */
export function rowFilter(table: VesselTable, f: Filters, since = Number.NEGATIVE_INFINITY): (row: number) => boolean {
  const anyClass = f.classes.length === 0;
  const wanted = new Uint8Array(SHIP_CLASSES.length);
  SHIP_CLASSES.forEach((c, i) => { wanted[i] = f.classes.includes(c) ? 1 : 0; });
  const { minKn, maxKn } = f;
  const q = f.q.trim();
  if (anyClass && minKn === null && maxKn === null && q === '') return (row) => (table.t[row] as number) >= since;
  return (row) => {
    if ((table.t[row] as number) < since) return false;
    if (!anyClass && wanted[table.shipClass[row] as number] === 0) return false;
    const sog = table.sog[row] as number;
    // An unknown speed passes no speed filter: missing is not zero.
    if (minKn !== null && !(sog >= minKn)) return false;
    if (maxKn !== null && !(sog <= maxKn)) return false;
    return q === '' || matches(q, table.mmsi[row] as number, table.names[row] ?? null);
  };
}

export const CLOSED: ReadonlySet<string> = new Set(['dismissed', 'expired', 'outcome_recorded']);

/** Leads in these states, about these; none named is all. */
export const keepsKind = (l: LeadSummary, f: Pick<Filters, 'states' | 'about'>): boolean =>
  (f.states.length === 0 || f.states.includes(l.state)) && (f.about.length === 0 || f.about.includes(l.container === null ? 'vessel' : 'container'));

/** Open leads before closed ones, then the officer's order. `at` hides what had not begun. */
export function sortLeads(leads: readonly LeadSummary[], f: Filters, sort: Sort, at: number): LeadSummary[] {
  const strength = (l: LeadSummary): number => l.sum_nats;
  return leads
    .filter((l) => toMs(l.start) <= at + 60_000 && keepsKind(l, f))
    .filter((l) => matches(f.q, l.mmsi, l.name) || (l.container !== null && matchesBox(f.q, l.container)) || (l.other !== null && matches(f.q, l.other, l.other_name)))
    .sort((a, b) => {
      const closed = Number(CLOSED.has(a.state)) - Number(CLOSED.has(b.state));
      if (closed !== 0) return closed;
      if (sort === 'newest') return toMs(b.updated) - toMs(a.updated);
      if (sort === 'oldest') return toMs(a.updated) - toMs(b.updated);
      return strength(b) - strength(a) || a.number.localeCompare(b.number);
    });
}

/** Events of the window that had begun at the instant shown. Routine kinds only when asked for, or chosen. */
export function windowEvents(events: readonly BehaviourEvent[], f: Filters, from: number, at: number): BehaviourEvent[] {
  return events.filter((e) => {
    const start = toMs(e.start);
    if (start > at || (e.end !== null && toMs(e.end) < from)) return false;
    if (f.kinds.length > 0 ? !f.kinds.includes(e.kind) : ROUTINE.has(e.kind) && e.id !== f.event) return false;
    return matches(f.q, e.mmsi, e.name) || (e.other !== null && matches(f.q, e.other, e.other_name));
  });
}

export const activeFilters = (f: Filters): number =>
  f.classes.length + f.kinds.length + f.states.length + f.about.length + Number(f.minKn !== null) + Number(f.maxKn !== null) + Number(f.q !== '');
