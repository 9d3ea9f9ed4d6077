/** Orders the watch log and cuts it into hours; each hour belongs to one of the ship's six four-hour watches. */
import type { WatchLogEntry } from '../../core/model';

const HOUR = 3_600_000;
export const WATCH_HOURS = 4;

export interface HourGroup {
  /** Epoch milliseconds at which the hour begins. */
  hour: number;
  /** Two figures each, `04` and `08`. */
  watch: [string, string];
  entries: WatchLogEntry[];
}

/** Newest first; entries of one instant keep the order in which the node recorded them, latest first. */
export function newestFirst(a: WatchLogEntry, b: WatchLogEntry): number {
  return Date.parse(b.at) - Date.parse(a.at) || Date.parse(b.recorded) - Date.parse(a.recorded) || (a.id < b.id ? 1 : -1);
}

/** One list out of two, each entry once, the later copy of an entry winning. */
export function merge(old: readonly WatchLogEntry[], more: readonly WatchLogEntry[]): WatchLogEntry[] {
  const byId = new Map(old.map((entry) => [entry.id, entry]));
  for (const entry of more) byId.set(entry.id, entry);
  return [...byId.values()].sort(newestFirst);
}

export function byHour(entries: readonly WatchLogEntry[]): HourGroup[] {
  const groups: HourGroup[] = [];
  for (const entry of entries) {
    const hour = Math.floor(Date.parse(entry.at) / HOUR) * HOUR;
    const last = groups.at(-1);
    if (last?.hour === hour) last.entries.push(entry);
    else groups.push({ hour, watch: watchOf(hour), entries: [entry] });
  }
  return groups;
}

/** The watch an instant falls in, by its hours: 00-04, 04-08 and so on. */
export function watchOf(at: number): [string, string] {
  const start = Math.floor(new Date(at).getUTCHours() / WATCH_HOURS) * WATCH_HOURS;
  const two = (hour: number): string => String(hour).padStart(2, '0');
  return [two(start), two(start + WATCH_HOURS)];
}

export function watchStart(at: number): number {
  return Math.floor(at / (WATCH_HOURS * HOUR)) * WATCH_HOURS * HOUR;
}
