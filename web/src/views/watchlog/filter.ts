/** What the watch log is filtered by: read from and written to the URL's `w_` keys, applied here and by the node. */
import type { WatchLogQuery } from '../../core/api';
import type { WatchLogEntry } from '../../core/model';
import { formatInstant, parseInstant } from '../../core/time';

export type EntryKind = WatchLogEntry['kind'];
export const ENTRY_KINDS: readonly EntryKind[] = ['event', 'lead', 'decision', 'note', 'export', 'feed', 'sign_in'];

export interface Filter {
  kind: EntryKind | null;
  officer: string | null;
  text: string;
  mmsi: number | null;
  from: number | null;
  to: number | null;
}
export const NO_FILTER: Filter = { kind: null, officer: null, text: '', mmsi: null, from: null, to: null };

type Extra = Record<string, string>;

export function readFilter(extra: Extra): Filter {
  return {
    kind: ENTRY_KINDS.find((kind) => kind === extra['w_kind']) ?? null,
    officer: extra['w_officer'] || null,
    text: extra['w_text'] ?? '',
    mmsi: readMmsi(extra['w_mmsi'] ?? ''),
    from: parseInstant(extra['w_from'] ?? ''),
    to: parseInstant(extra['w_to'] ?? ''),
  };
}

/** The URL's extra keys with this filter in them; keys of other views stay. */
export function writeFilter(extra: Extra, filter: Filter): Extra {
  const next: Extra = {};
  for (const [key, value] of Object.entries(extra)) if (!key.startsWith('w_')) next[key] = value;
  const put = (key: string, value: string | null): void => { if (value) next[key] = value; };
  put('w_kind', filter.kind);
  put('w_officer', filter.officer);
  put('w_text', filter.text);
  put('w_mmsi', filter.mmsi === null ? null : String(filter.mmsi));
  put('w_from', filter.from === null ? null : formatInstant(filter.from).replace(' ', 'T'));
  put('w_to', filter.to === null ? null : formatInstant(filter.to).replace(' ', 'T'));
  return next;
}

/** Nine figures, blanks allowed as people write them; null for anything else. */
export function readMmsi(text: string): number | null {
  const figures = text.replace(/\s/g, '');
  return /^\d{9}$/.test(figures) ? Number(figures) : null;
}

export function isFiltered(filter: Filter): boolean {
  return filter.kind !== null || filter.officer !== null || filter.text !== ''
    || filter.mmsi !== null || filter.from !== null || filter.to !== null;
}

/** What the node narrows down; it searches only people's words, so text and vessel are matched here, over more entries. */
export function toQuery(filter: Filter): WatchLogQuery {
  const narrowedHere = filter.text !== '' || filter.mmsi !== null;
  return { from: filter.from, to: filter.to, kind: filter.kind, officer: filter.officer, limit: narrowedHere ? 2000 : 200 };
}

/** The whole question, for what the node answered and for what arrives live. */
export function matches(entry: WatchLogEntry, filter: Filter): boolean {
  const at = Date.parse(entry.at);
  if (filter.kind !== null && entry.kind !== filter.kind) return false;
  if (filter.officer !== null && entry.officer?.id !== filter.officer) return false;
  if (filter.mmsi !== null && entry.mmsi !== filter.mmsi) return false;
  if (filter.from !== null && at < filter.from) return false;
  if (filter.to !== null && at > filter.to) return false;
  if (filter.text === '') return true;
  const sought = filter.text.toLowerCase();
  return [entry.text, entry.name, entry.lead_number, entry.code, entry.officer?.name, entry.mmsi?.toString()]
    .some((field) => field?.toLowerCase().includes(sought) ?? false);
}
