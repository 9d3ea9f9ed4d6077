/**
 * The entries on the page. What arrives live waits when the officer is reading further down or has a row in
 * focus: rows under someone's eyes do not move.
 */
import { untrack } from 'svelte';
import { api } from '../../core/api';
import type { WatchLogEntry } from '../../core/model';
import { matches, toQuery, type Filter } from './filter';
import { merge } from './groups';

const PAGE = 200;

export class Entries {
  shown = $state.raw<WatchLogEntry[]>([]);
  waiting = $state.raw<WatchLogEntry[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  /** The node may have older entries than those shown. */
  hasMore = $state(false);
  #filter: Filter | null = null;
  #abort: AbortController | null = null;

  async load(filter: Filter): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#filter = filter;
    if (this.shown.length === 0) this.state = 'loading';
    try {
      const found = await api.watchlog({ ...toQuery(filter), limit: PAGE }, abort.signal);
      if (abort.signal.aborted) return;
      this.shown = merge([], found.filter((entry) => matches(entry, filter)));
      this.waiting = [];
      this.hasMore = found.length >= PAGE;
      this.state = 'ready';
    } catch {
      if (!abort.signal.aborted) this.state = 'failed';
    }
  }

  async older(): Promise<void> {
    const filter = this.#filter;
    const last = this.shown.at(-1);
    if (filter === null || last === undefined) return;
    try {
      const found = await api.watchlog({ ...toQuery(filter), to: Date.parse(last.at), limit: PAGE });
      const before = this.shown.length;
      this.shown = merge(this.shown, found.filter((entry) => matches(entry, filter)));
      this.hasMore = found.length >= PAGE && this.shown.length > before;
    } catch {
      this.state = 'failed';
    }
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

  /** The officer's own note, or a press on the button: shown at once. */
  show(entries: readonly WatchLogEntry[] = []): void {
    this.shown = merge(this.shown, [...this.waiting, ...entries]);
    this.waiting = [];
  }
}
