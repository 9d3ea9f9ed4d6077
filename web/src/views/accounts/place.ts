/** Where in the accounts an officer stands, kept in the link: part, day, place, cell, chart, open source. */
import { ENDS, type End } from '../../core/accounts';

export const TABS = ['commitments', 'programmes', 'claims', 'meetings', 'read', 'findings', 'moved'] as const;
export type Tab = (typeof TABS)[number];

export interface Place {
  tab: Tab;
  /** As known on; null is today. */
  day: string | null;
  /** Of what is measured; null is the node's own. */
  where: string | null;
  /** A reading of the baseline; null is all of them. */
  base: string | null;
  end: End;
  row: string | null;
  method: string | null;
  vintage: string | null;
  /** The chart chosen from all; null shows the first ones. */
  chart: string | null;
  /** The figure whose source is open. */
  source: number | null;
  meeting: string | null;
  from: string | null;
  to: string | null;
}
const KEYS: { [K in keyof Place]: string } = {
  tab: 'a_tab', day: 'a_day', where: 'a_where', base: 'a_base', end: 'a_end', row: 'a_row', method: 'a_m', vintage: 'a_v', chart: 'a_chart', source: 'a_src',
  meeting: 'a_meet', from: 'a_from', to: 'a_to',
};
const DEFAULT: Place = {
  tab: 'commitments', day: null, where: null, base: null, end: 'point', row: null, method: null, vintage: null, chart: null, source: null, meeting: null, from: null, to: null,
};

/** A day that exists, or nothing: an old or mistyped link must still open. */
export function dayOf(text: string | null | undefined): string | null {
  if (!text || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text) ? text : null;
}

export function readPlace(extra: Readonly<Record<string, string>>): Place {
  const text = (key: keyof Place): string | null => extra[KEYS[key]] || null;
  const source = text('source');
  return {
    tab: TABS.find((one) => one === text('tab')) ?? DEFAULT.tab,
    day: dayOf(text('day')), where: text('where'), base: text('base'),
    end: ENDS.find((one) => one === text('end')) ?? DEFAULT.end,
    row: text('row'), method: text('method'), vintage: text('vintage'), chart: text('chart'),
    source: source !== null && /^\d{1,12}$/.test(source) ? Number(source) : null,
    meeting: text('meeting'), from: dayOf(text('from')), to: dayOf(text('to')),
  };
}

/** The other views' keys are kept; what is as by default leaves the link. */
export function writePlace(extra: Readonly<Record<string, string>>, change: Partial<Place>): Record<string, string> {
  const next = { ...extra };
  for (const name of Object.keys(change) as (keyof Place)[]) {
    const value = change[name];
    if (value === null || value === undefined || value === DEFAULT[name]) delete next[KEYS[name]];
    else next[KEYS[name]] = String(value);
  }
  return next;
}
