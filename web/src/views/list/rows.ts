/** What the list shows and how it sorts and filters: plain functions over the picture, no drawing. */
import type { BehaviourEvent, LeadSummary } from '../../core/model';
import { keepsKind } from '../../core/filters';
import { formatContainer } from '../../core/port';
import { shipClass } from '../../core/ship-types';
import type { PageState } from '../../core/url.svelte';
import type { VesselRow } from '../../core/vessel-table';

export type Tab = 'vessels' | 'events' | 'leads';
export const TABS: readonly Tab[] = ['vessels', 'events', 'leads'];
export type Direction = 'asc' | 'desc';

/** A value to sort by; null sorts last in either direction, since missing is neither large nor small. */
export type Key = string | number | null;

export const VESSEL_KEYS = {
  name: (v: VesselRow): Key => v.name,
  mmsi: (v: VesselRow): Key => v.mmsi,
  type: (v: VesselRow): Key => shipClass(v.shipType),
  speed: (v: VesselRow): Key => v.sog,
  course: (v: VesselRow): Key => v.cog,
  position: (v: VesselRow): Key => v.lat,
  age: (v: VesselRow): Key => -v.t,
} as const;
export const EVENT_KEYS = {
  kind: (e: BehaviourEvent): Key => e.kind,
  vessel: (e: BehaviourEvent): Key => e.name ?? String(e.mmsi),
  other: (e: BehaviourEvent): Key => e.other_name ?? (e.other === null ? null : String(e.other)),
  start: (e: BehaviourEvent): Key => e.start,
  duration: (e: BehaviourEvent): Key => e.numbers['duration_h'] ?? null,
  position: (e: BehaviourEvent): Key => e.lat,
} as const;
const LEVEL = { low: 1, medium: 2, high: 3 } as const;
export const LEAD_KEYS = {
  number: (l: LeadSummary): Key => l.number,
  title: (l: LeadSummary): Key => l.title,
  level: (l: LeadSummary): Key => LEVEL[l.level] * 1000 + l.sum_nats,
  state: (l: LeadSummary): Key => l.state,
  vessel: (l: LeadSummary): Key => l.container ?? l.name ?? (l.mmsi === null ? null : String(l.mmsi)),
  other: (l: LeadSummary): Key => l.other_name ?? (l.other === null ? null : String(l.other)),
  updated: (l: LeadSummary): Key => l.updated,
  position: (l: LeadSummary): Key => l.lat,
} as const;

/** The order in which each table opens: what a watch looks at first. */
export const FIRST_SORT: Record<Tab, { column: string; direction: Direction }> = {
  vessels: { column: 'name', direction: 'asc' },
  events: { column: 'start', direction: 'desc' },
  leads: { column: 'level', direction: 'desc' },
};

export function compare(a: Key, b: Key, direction: Direction, lang: string): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), lang, { numeric: true });
  return direction === 'asc' ? order : -order;
}

export function sorted<T>(rows: readonly T[], key: (row: T) => Key, direction: Direction, lang: string): T[] {
  return [...rows].sort((a, b) => compare(key(a), key(b), direction, lang));
}

export type VesselFilter = Pick<PageState, 'q' | 'classes' | 'minKn' | 'maxKn'>;

export function keepsVessel(v: VesselRow, f: VesselFilter): boolean {
  if (f.classes.length > 0 && !f.classes.includes(shipClass(v.shipType))) return false;
  // A vessel whose speed is not known meets no bound on speed.
  if (f.minKn !== null && (v.sog === null || v.sog < f.minKn)) return false;
  if (f.maxKn !== null && (v.sog === null || v.sog > f.maxKn)) return false;
  return found(f.q, [v.name, String(v.mmsi)]);
}

export function keepsEvent(e: BehaviourEvent, f: Pick<PageState, 'q' | 'kinds'>): boolean {
  if (f.kinds.length > 0 && !f.kinds.includes(e.kind)) return false;
  return found(f.q, [e.name, String(e.mmsi), e.other_name, e.other === null ? null : String(e.other)]);
}

export function keepsLead(l: LeadSummary, f: Pick<PageState, 'q' | 'states' | 'about'>): boolean {
  if (!keepsKind(l, f)) return false;
  const box = l.container === null ? [] : [l.container, formatContainer(l.container)];
  return found(f.q, [l.number, l.name, l.mmsi === null ? null : String(l.mmsi), ...box, l.other_name, l.other === null ? null : String(l.other)]);
}

/** Names without regard to case or accents, numbers without the blanks people read them with. */
function found(q: string, fields: readonly (string | null)[]): boolean {
  const sought = plain(q.trim());
  if (sought === '') return true;
  const figures = sought.replace(/\s/g, '');
  return fields.some((field) => field !== null && (plain(field).includes(sought) || (/^\d+$/.test(figures) && field.includes(figures))));
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
