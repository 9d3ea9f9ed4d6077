/** The draw's slots as columns of places: what a scan gave, what is open without a result, left free, sealed, waiting or put there by hand. */
import type { DrawSlot, DrawPick, PortDraw, ScanOutcome } from '../../core/port';
import { toMs } from '../../core/time';

export type CellState = ScanOutcome | 'open' | 'free' | 'by_hand' | 'sealed' | 'waits';
export interface Column { key: string; at: number; label: string; day: string; cells: CellState[]; now: boolean }

/** By slot while there is room, else by hour. A slot holds its capacity; one put there by hand stands on top of it. */
export function columns(slots: readonly DrawSlot[], asOf: number, most: number): Column[] {
  const cells = (s: DrawSlot): CellState[] => {
    if (s.state !== 'open') return Array.from({ length: s.capacity }, () => s.state as CellState);
    const drawn = s.picks.filter((p) => !p.added);
    const of = (p: DrawPick): CellState => p.results.at(-1)?.outcome ?? (p.added ? 'by_hand' : 'open');
    return [
      ...drawn.map(of), ...Array.from({ length: Math.max(0, s.capacity - drawn.length) }, (): CellState => 'free'), ...s.picks.filter((p) => p.added).map(of),
    ];
  };
  const iso = (at: number): string => new Date(at).toISOString();
  const byHour = slots.length > most;
  const out: Column[] = [];
  for (const s of [...slots].sort((a, b) => toMs(a.at) - toMs(b.at))) {
    const at = toMs(s.at);
    const key = byHour ? iso(at).slice(0, 13) : `${s.n}`;
    const last = out.at(-1);
    if (last?.key === key) last.cells.push(...cells(s));
    else out.push({ key, at, label: byHour || at % 3_600_000 === 0 ? iso(at).slice(11, 13) : iso(at).slice(11, 16), day: iso(at).slice(5, 10), cells: cells(s), now: false });
  }
  const running = current(out, asOf);
  if (running) running.now = true;
  return out;
}

/** The slot that runs: the last that has begun, while the next has not. `by` is in order of time. */
export function current<T extends { at: number }>(by: readonly T[], asOf: number): T | null {
  const i = by.findLastIndex((c) => c.at <= asOf);
  const found = by[i];
  const step = by.length > 1 ? (by[1]?.at ?? 0) - (by[0]?.at ?? 0) : 3_600_000;
  return found && (by[i + 1] || asOf < found.at + step) ? found : null;
}

export interface Tally { open: number; sealed: number; waiting: number; opened: number; done: number; found: number }
/** `opened` counts picks that the draw made; those put there by hand are no picks. `done` and `found` count what was scanned, whoever put it there. */
export function tally(draw: PortDraw): Tally {
  const of = (state: DrawSlot['state']): DrawSlot[] => draw.slots.filter((s) => s.state === state);
  const opened = of('open').reduce((n, s) => n + s.picks.filter((p) => !p.added).length, 0);
  const stand = draw.slots.flatMap((s) => s.picks).map((p) => p.results.at(-1)?.outcome);
  return {
    done: stand.filter((o) => o === 'clean' || o === 'found').length, found: stand.filter((o) => o === 'found').length, open: of('open').length, waiting: of('waits').length, opened, sealed: Math.max(0, draw.picks_in_all - opened),
  };
}
