/**
 * The picture at an instant in the past, from stored positions: a chunk of hours around the instant is asked for once,
 * and the hand moves inside it. Kept apart from the live picture, which goes on filling.
 */
import { api } from './api';
import type { PositionColumns } from './model';
import { picture } from './picture.svelte';
import { VesselTable, type Moved } from './vessel-table';

const BEFORE_MS = 2 * 3_600_000;
const AFTER_MS = 2 * 3_600_000;

class Past {
  table = new VesselTable();
  version = $state(0);
  loading = $state(false);
  truncated = $state(false);
  failure = $state.raw<unknown>(null);
  onMove: Moved | undefined;
  onRestart: (() => void) | undefined;
  #data: PositionColumns | null = null;
  #from = 0;
  #to = 0;
  #cursor = 0;
  #at = 0;
  #abort: AbortController | undefined;

  show(at: number): void {
    if (this.#data && at >= this.#from + BEFORE_MS / 2 && at <= this.#to) return this.#move(at);
    if (this.loading && at >= this.#from && at <= this.#to) return;
    void this.#load(at);
  }

  forget(): void {
    this.#abort?.abort();
    this.#data = null;
    this.loading = false;
    this.truncated = false;
  }

  async #load(at: number): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.#from = at - BEFORE_MS;
    this.#to = Math.max(at, Math.min(picture.now, at + AFTER_MS));
    this.loading = true;
    try {
      const data = await api.positions(this.#from, this.#to, abort.signal);
      this.#data = data;
      this.truncated = data.truncated;
      this.failure = null;
      this.#at = Number.POSITIVE_INFINITY;
      this.loading = false;
      this.#move(at);
    } catch (cause) {
      if (abort.signal.aborted) return;
      this.loading = false;
      this.failure = cause;
    }
  }

  #move(at: number): void {
    const data = this.#data;
    if (!data) return;
    if (at < this.#at) {
      this.table = new VesselTable();
      this.table.borrowIdentities(picture.table);
      this.#cursor = 0;
      this.onRestart?.();
    }
    let end = this.#cursor;
    while (end < data.t_ms.length && (data.t_ms[end] as number) <= at) end += 1;
    this.table.applyFixes(data, this.#cursor, end, this.onMove);
    this.#cursor = end;
    this.#at = at;
    this.version += 1;
  }
}
export const past = new Past();
