/** What the hand-over sheet is made of: the node's answer to the export, cut into the sheet's parts. */
import type { Lead, SheetData, WatchLogEntry } from '../../core/model';
import { readCheckpoint, readNote } from '../logentry/note';
import { toHex } from '../logentry/merkle';

export interface Sheet {
  leads: Lead[];
  decisions: WatchLogEntry[];
  notes: WatchLogEntry[];
  seen: WatchLogEntry[];
  origin: string | null;
  size: number | null;
  root: string | null;
  leaf: number;
}

/** A lead closed within the watch stands among its decisions. */
const OPEN: ReadonlySet<string> = new Set(['new', 'acknowledged', 'accepted']);

/** In the order of the watch, oldest first: a relief reads forward. */
export function cut(data: SheetData): Sheet {
  const entries = [...data.entries].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const of = (...kinds: WatchLogEntry['kind'][]): WatchLogEntry[] => entries.filter((entry) => kinds.includes(entry.kind));
  const note = readNote(data.checkpoint);
  const checkpoint = note === null ? null : readCheckpoint(note.text);
  return {
    leads: data.leads.filter((lead) => OPEN.has(lead.state)), decisions: of('decision'), notes: of('note'), seen: of('event', 'lead', 'feed'),
    origin: checkpoint?.origin ?? null, size: checkpoint?.size ?? null, root: checkpoint ? toHex(checkpoint.root) : null,
    leaf: data.leaf,
  };
}
