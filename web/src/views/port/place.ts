/** Where in the port an officer stands, kept in the link: container, part of the page, picture or table, order. */
export type Part = 'queue' | 'box' | 'draw';
export const PARTS: readonly Part[] = ['queue', 'box', 'draw'];
export type As = 'picture' | 'table';
export type Order = 'strength' | 'load';

export interface Place {
  box: string | null;
  /** On a narrow screen one part stands at a time. */
  part: Part;
  as: As;
  order: Order;
  find: string;
}
const KEYS: { [K in keyof Place]: string } = { box: 'p_box', part: 'p_part', as: 'p_as', order: 'p_order', find: 'p_find' };
const DEFAULT: Place = { box: null, part: 'queue', as: 'picture', order: 'strength', find: '' };

export function readPlace(extra: Readonly<Record<string, string>>): Place {
  const box = (extra[KEYS.box] ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '');
  return {
    box: box === '' ? null : box,
    part: PARTS.find((p) => p === extra[KEYS.part]) ?? DEFAULT.part,
    as: extra[KEYS.as] === 'table' ? 'table' : 'picture',
    order: extra[KEYS.order] === 'load' ? 'load' : 'strength',
    find: extra[KEYS.find] ?? '',
  };
}

/** The other views' keys are kept; what is as by default leaves the link. */
export function writePlace(extra: Readonly<Record<string, string>>, change: Partial<Place>): Record<string, string> {
  const next = { ...extra };
  for (const name of Object.keys(change) as (keyof Place)[]) {
    const value = change[name];
    if (value === null || value === undefined || value === DEFAULT[name]) delete next[KEYS[name]];
    else next[KEYS[name]] = value;
  }
  return next;
}
