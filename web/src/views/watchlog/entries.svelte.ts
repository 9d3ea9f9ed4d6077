/**
 * The entries on the page. What arrives live waits when the officer is reading further down or has a row in
 * focus: rows under someone's eyes do not move.
 */
import { untrack } from 'svelte';
import { api } from '../../core/api';
import type { WatchLogEntry } from '../../core/model';
import { matches, toQuery, type Filter } from './filter';
import { merge } from './groups';

export class Entries {
  shown = $state.raw<WatchLogEntry[]>([]);
  waiting = $state.raw<WatchLogEntry[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  /** The node may have older entries than those shown. */
  hasMore = $state(false);
  #filter: Filter | null = null;
  #abort: AbortController | null = null;
  /** Time of the oldest entry that the node was asked for, shown or not. */
  #reached: number | null = null;

  async load(filter: Filter): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#filter = filter;
    if (this.shown.length === 0) this.state = 'loading';
    try {
      const query = toQuery(filter);
      const found = await api.watchlog(query, abort.signal);
      if (abort.signal.aborted) return;
      this.shown = merge([], found.filter((entry) => matches(entry, filter)));
      this.waiting = [];
      this.#note(found, query.limit);
      this.state = 'ready';
    } catch {
      if (!abort.signal.aborted) this.state = 'failed';
    }
  }

  async older(): Promise<void> {
    const filter = this.#filter;
    if (filter === null || this.#reached === null) return;
    try {
      const query = toQuery(filter);
      // One millisecond more: entries of the same instant may have been cut in two.
      const found = await api.watchlog({ ...query, to: this.#reached + 1 });
      const before = this.#reached;
      this.shown = merge(this.shown, found.filter((entry) => matches(entry, filter)));
      this.#note(found, query.limit);
      if (this.#reached >= before) this.hasMore = false;
    } catch {
      this.state = 'failed';
    }
  }

  #note(found: readonly WatchLogEntry[], asked: number | undefined): void {
    this.hasMore = asked !== undefined && found.length >= asked;
    const last = found.at(-1);
    if (last) this.#reached = Date.parse(last.at);
  }

  /** Entries from the stream; `calm` says that nobody would see rows move. */
  arrive(entries: readonly WatchLogEntry[], calm: boolean): void {
    untrack(() => this.#arrive(entries, calm));
  }

  #arrive(entries: readonly WatchLogEntry[], calm: boolean): void {
    const filter = this.#filter;
    if (filter === null || this.state !== 'ready') return;
    const known = new Set([...this.shown, ...this.waiting].map((entry) => entry.id));
    const fresh = entries.filter((entry) => !known.has(entry.id) && matches(entry, filter));
    if (fresh.length === 0) return;
    if (calm && this.waiting.length === 0) this.shown = merge(this.shown, fresh);
    else this.waiting = merge(this.waiting, fresh);
  }

  /** What the node now has: entries that changed are renewed where they stand, new ones arrive. */
  async refresh(calm: () => boolean): Promise<void> {
    const filter = this.#filter;
    if (filter === null || this.state !== 'ready') return;
    try {
      const found = await api.watchlog(toQuery(filter));
      if (filter !== this.#filter) return;
      const byId = new Map(found.map((entry) => [entry.id, entry]));
      this.shown = this.shown.map((entry) => byId.get(entry.id) ?? entry);
      this.arrive(found, calm());
    } catch {
      // The next change asks again; what is shown stays true.
    }
  }

  /** The officer's own note, or a press on the button: shown at once. */
  show(entries: readonly WatchLogEntry[] = []): void {
    this.shown = merge(this.shown, [...this.waiting, ...entries]);
    this.waiting = [];
  }
}
