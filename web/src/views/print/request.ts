/** The export form as a request to the node, or the reasons why it is not one yet. Decides nothing about permission. */
import type { NewExport } from '../../core/model';
import { parseInstant } from '../../core/time';
import type { Lang } from '../../core/units';
import { readMmsi } from '../watchlog/filter';

export type What = NewExport['what'];
export type Format = NewExport['format'];
export const WHATS: readonly What[] = ['watchlog', 'leads', 'events', 'vessels', 'track'];

/** Formats that make sense for each thing; only the watch log has a sheet, only things with a place have maps. */
export const FORMATS: Record<What, readonly Format[]> = {
  watchlog: ['sheet', 'csv'],
  leads: ['csv', 'geojson', 'kml'],
  events: ['csv', 'geojson', 'kml'],
  vessels: ['csv', 'geojson', 'kml'],
  track: ['csv', 'geojson', 'kml'],
};

export interface Form { what: What; format: Format; purpose: string; from: string; to: string; mmsi: string; lead: string | null }
export type Fault = 'needPurpose' | 'badTime' | 'badOrder' | 'badMmsi';

/** The node refuses a shorter one. */
const MIN_PURPOSE = 4;

export function readForm(form: Form, lang: Lang): { body: NewExport } | { faults: Fault[] } {
  const from = parseInstant(form.from), to = parseInstant(form.to), mmsi = readMmsi(form.mmsi);
  const faults: Fault[] = [];
  if (form.purpose.trim().length < MIN_PURPOSE) faults.push('needPurpose');
  const unread = (text: string, at: number | null): boolean => text.trim() !== '' && at === null;
  if (unread(form.from, from) || unread(form.to, to)) faults.push('badTime');
  if (from !== null && to !== null && from >= to) faults.push('badOrder');
  if (form.what === 'track' && mmsi === null) faults.push('badMmsi');
  if (faults.length > 0) return { faults };
  const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  return {
    body: {
      what: form.what, format: form.format, purpose: form.purpose.trim(), lang, from: iso(from), to: iso(to),
      mmsi: form.what === 'track' ? mmsi : null, lead: form.lead,
    },
  };
}
