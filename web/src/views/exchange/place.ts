/** Where in the exchange an officer stands, kept in the link: agreement, leaf, suspension, the act at hand, filters. */
import type { DecisionView } from '../../core/exchange';

export type Panel = 'stop' | 'interval' | 'release' | 'received';
export const PANELS: readonly Panel[] = ['stop', 'interval', 'release', 'received'];
export const OUTCOMES: readonly DecisionView['what'][] =
  ['released', 'received', 'held', 'refused', 'partner_refused', 'exception', 'cut', 'withdrawn', 'corrected'];

export interface Place {
  agreement: string | null; leaf: number | null; suspension: string | null; panel: Panel | null;
  what: DecisionView['what'] | null; find: string;
  item: string | null; to: string | null; purpose: string | null;
}
const KEYS: { [K in keyof Place]: string } = {
  agreement: 'e_agr', leaf: 'e_leaf', suspension: 'e_sus', panel: 'e_act', what: 'e_what', find: 'e_find',
  item: 'e_item', to: 'e_to', purpose: 'e_for',
};

export function readPlace(extra: Readonly<Record<string, string>>): Place {
  const leaf = extra[KEYS.leaf] ?? '';
  return {
    agreement: extra[KEYS.agreement] ?? null, suspension: extra[KEYS.suspension] ?? null,
    leaf: /^\d{1,15}$/.test(leaf) ? Number(leaf) : null,
    panel: PANELS.find((p) => p === extra[KEYS.panel]) ?? null,
    what: OUTCOMES.find((w) => w === extra[KEYS.what]) ?? null, find: extra[KEYS.find] ?? '',
    item: extra[KEYS.item] ?? null, to: extra[KEYS.to] ?? null, purpose: extra[KEYS.purpose] ?? null,
  };
}

/** The other views' keys are kept; what is null or empty leaves the link. */
export function writePlace(extra: Readonly<Record<string, string>>, change: Partial<Place>): Record<string, string> {
  const next = { ...extra };
  for (const name of Object.keys(change) as (keyof Place)[]) {
    const value = change[name];
    if (value === null || value === undefined || value === '') delete next[KEYS[name]];
    else next[KEYS[name]] = String(value);
  }
  return next;
}

/** Decisions that match: by outcome, and by a word of clause, item or purpose. */
export function matching(decisions: readonly DecisionView[], what: Place['what'], find: string): DecisionView[] {
  const wanted = find.trim().toLowerCase();
  return decisions.filter((d) => (what === null || d.what === what)
    && (wanted === '' || [d.label, d.item, d.purpose, ...d.reasons.map((r) => r.clause)].some((text) => text.toLowerCase().includes(wanted))));
}
